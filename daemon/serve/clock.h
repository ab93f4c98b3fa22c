/* SPDX-License-Identifier: Apache-2.0
 *
 * The clocks of the world, in microseconds: the wall clock says when things are due, the monotonic
 * one how long they took. Nothing below the daemon asks either.
 */
#ifndef WAYMARK_SERVE_CLOCK_H
#define WAYMARK_SERVE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_read_us(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static inline int64_t clock_now_us(void)
{
	return clock_read_us(CLOCK_REALTIME);
}

static inline int64_t clock_ticks_us(void)
{
	return clock_read_us(CLOCK_MONOTONIC);
}

#endif
