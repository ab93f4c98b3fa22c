/* SPDX-License-Identifier: Apache-2.0
 *
 * Notices that somebody sets the clock: deadlines go by the wall clock, and the timer that waits
 * for them by one that nobody can set. The kernel says so at once (a timerfd with
 * TFD_TIMER_CANCEL_ON_SET, which also ends when the machine wakes up); besides, each turn of the
 * loop compares the two clocks. What becomes due by a step forward fires then, in order; a step
 * back makes nothing fire again, for what has fired is used up.
 *
 * A clock that is behind what the ledger has recorded is wrong, or was: until it has caught up,
 * what comes in is late for its cases, and nothing falls due.
 */
#ifndef WAYMARK_SERVE_CLOCK_WATCH_H
#define WAYMARK_SERVE_CLOCK_WATCH_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

/* Both are far above what reading two clocks one after the other, or slewing, can bring about. */
#define CLOCK_STEP_US   1000000   /* the two clocks moved apart by so much between turns: a step */
#define CLOCK_BEHIND_US 300000000 /* so far behind the ledger: said, and not ready */

struct daemon;

struct clock_watch {
	ev_io on_set;
	int fd;            /* -1: the kernel has none, the turns have to do */
	int64_t apart_us;  /* wall clock less the one that nobody can set */
	int64_t latest_us; /* recorded ever; TIME_NONE: nothing was */
	uint64_t steps;    /* ever */
};

/* The ledger is open: reads what it recorded last, and says when the clock is behind that. */
void clock_watch_start(struct daemon *d);
void clock_watch_stop(struct daemon *d);
/* At the start of a turn of the loop, when d->now_us is known. */
void clock_watch_turn(struct daemon *d);
/* Something is stamped with d->now_us. */
void clock_watch_stamp(struct daemon *d);
/* By how much the wall clock is behind the latest that is recorded; 0: it is not. For /readyz: more
 * than CLOCK_BEHIND_US is wrong. */
int64_t clock_watch_behind_us(const struct daemon *d);

#endif
