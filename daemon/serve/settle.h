/* SPDX-License-Identifier: Apache-2.0
 *
 * What fell due while the daemon was down fires first: before it listens, so that whatever is sent
 * is decided after it. After months that may be a lot, and nobody is to wait for it: after
 * SETTLE_ALONE_US the daemon listens all the same, and the rest fires between requests, in order.
 * An event fires what its own case has due, as always. Until it is done /readyz says so, and the
 * log.
 */
#ifndef WAYMARK_SERVE_SETTLE_H
#define WAYMARK_SERVE_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

#define SETTLE_ALONE_US 1000000
#define SETTLE_TELL_US  10000000 /* how often it is said that it goes on */

struct daemon;

struct settling {
	bool on;
	uint64_t before; /* timers.fired when it began */
	int64_t told_us;
};

/* Starts the timers, and returns when there is nothing due any more, or that time is over. */
void settle_start(struct daemon *d);
/* At the end of each turn of the loop. */
void settle_turn(struct daemon *d);

#endif
