/* SPDX-License-Identifier: Apache-2.0
 *
 * How often something may happen: a bucket that gets so many drops a second and holds a burst of
 * them. Time is passed in, in microseconds from anywhere as long as it does not go back.
 *
 *     struct bucket b = {0};                                   // full
 *     int64_t wait = bucket_take(&b, (struct rate){50, 100}, now_us);
 *     if (wait) ... not now: try again in so many microseconds ...
 */
#ifndef WAYMARK_BASE_BUCKET_H
#define WAYMARK_BASE_BUCKET_H

#include <stdint.h>

#define RATE_MOST 100000u /* a second, and of a burst */

struct rate {
	uint32_t per_s; /* 1 to RATE_MOST */
	uint32_t burst; /* 1 to RATE_MOST */
};

struct bucket {
	int64_t full_us; /* when it is full again, or was */
};

/* How long until there is a drop; 0: there is one. */
int64_t bucket_wait(const struct bucket *b, struct rate r, int64_t now_us);
/* The same, and takes it when there is one. */
int64_t bucket_take(struct bucket *b, struct rate r, int64_t now_us);

#endif
