/* SPDX-License-Identifier: Apache-2.0
 *
 * Deadlines and schedule items that fire because time has come. The ledger knows what is due first;
 * one timer waits for it, at most TIMERS_AHEAD_S at a time, and then asks the wall clock again;
 * when that is set, at once (clock_watch.h). What is due fires in order of time over
 * all cases (at one instant what ends a day before what begins the next, then by id), with the
 * places that a day brings before the items of that day, each as a decision and a unit of its own.
 *
 * There may be a million items at one instant, and requests must not wait for them: a turn of the
 * loop fires for a slice of time, and requests are read between two turns. The next turn does not
 * wait until the last one is on disk, but no more than TIMERS_FLYING are on their way there, so
 * that a request's own way is short. What the ledger says is due may be in flight, then: its case
 * is in memory, and says what it has due by now.
 */
#ifndef WAYMARK_SERVE_TIMERS_H
#define WAYMARK_SERVE_TIMERS_H

#include "engine/base/vec.h"

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMERS_AHEAD_S  60       /* the longest wait before looking at the clock again */
#define TIMERS_ROUND    128u     /* firings in one turn of the loop, at most */
#define TIMERS_SLICE_US 1000     /* or as many as this time is enough for, and one */
#define TIMERS_FLYING   64u      /* on their way to disk: no more fire until some of them are */
#define TIMERS_LATE_US  60000000 /* fired this long after it was due: late */

struct case_slot;
struct daemon;
struct flight;

struct timers {
	ev_timer timer;
	int64_t next;  /* earliest due instant in the ledger, or earlier; TIME_NEVER: nothing */
	size_t flying; /* firings in flight */
	bool waits;    /* nothing can fire until something in flight has landed */
	bool behind;   /* there is more due than a round: events do not wait for it */
	uint64_t fired, late; /* ever */
	size_t stuck; /* cases of the last round that cannot be read under the policy in force */
	bool looks;   /* when nothing is due any more: are there places to be given? */
	VEC(struct case_slot *)
	overdue; /* in flight with something due, which the ledger will
		    know when they have landed */
};

void timers_start(struct daemon *d);
void timers_stop(struct daemon *d);
void timers_release(struct daemon *d);
/* The ledger has something due at that instant from now on. */
void timers_note(struct daemon *d, int64_t at);
/* Whatever is due is looked for anew, and then places that are free: at the start, under another
 * policy, after a full disk. */
void timers_look(struct daemon *d);
/* Fires what is due, a slice of it, unless many are in flight. */
void timers_turn(struct daemon *d);
/* Where one case feels what happens in another: fires what is due in any of them up to an instant,
 * before an event of that instant is decided. At most one round; of a longer backlog the rest waits
 * for its turn, so that whoever sends events need not. */
void timers_catch_up(struct daemon *d, int64_t until);
/* A unit of the case was submitted; and has landed, the last of those in flight. */
void timers_submitted(struct daemon *d, struct case_slot *slot);
void timers_landed(struct daemon *d, struct case_slot *slot);
/* The clock was set: how long to wait is worked out anew. */
void timers_clock_set(struct daemon *d);
/* Something is overdue, or on its way to disk. */
bool timers_busy(const struct daemon *d, int64_t now_us);
/* For metrics: a due item of that instant fires now, by the timer or by an event. It counts when
 * the flight has landed; NULL: at once. */
void timers_count(struct daemon *d, struct flight *f, int64_t due_us);

#endif
