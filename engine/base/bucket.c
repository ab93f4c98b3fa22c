/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/bucket.h"

#define SECOND 1000000

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t bucket_wait(const struct bucket *b, struct rate r, int64_t now_us)
{
	int64_t each = SECOND / r.per_s;
	int64_t missing = later(b->full_us - now_us, 0); /* time until it is full */
	return later(missing - (int64_t)(r.burst - 1) * each, 0);
}

int64_t bucket_take(struct bucket *b, struct rate r, int64_t now_us)
{
	int64_t wait = bucket_wait(b, r, now_us);
	if (!wait)
		b->full_us = later(b->full_us, now_us) + SECOND / r.per_s;
	return wait;
}
