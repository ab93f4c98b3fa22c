/* SPDX-License-Identifier: Apache-2.0
 *
 * A version of the policy beside the one in force: it is told every decision once that is on disk,
 * decides the same events by itself, and where something else would have followed, a row says so.
 * It has a thread of its own, its own states of the cases and its own pots, all in memory; it has
 * no way to an outcome, a pot, a case or a timer of the daemon.
 *
 *     loop:    flight_submit -> shadow_before     a case is met first: its state before the event
 *              landed        -> shadow_tell       what was decided, to the queue
 *     thread:  shadow_run.c                       decides, compares
 *     loop:    on_found                           rows to the ledger
 *
 * A case begins as it stood before its first event since the shadow began, and goes on as the
 * candidate decides. Not followed any more are cases that a late, retracted or corrected event
 * comes for (their history is not kept here), and cases beyond SHADOW_CASES. When the thread falls
 * behind by SHADOW_QUEUE notes, it begins anew with the states that the cases have then.
 */
#ifndef WAYMARK_SERVE_SHADOW_H
#define WAYMARK_SERVE_SHADOW_H

#include "daemon/ledger/ledger.h"

#include <ev.h>
#include <pthread.h>

#define SHADOW_CASES    65536
#define SHADOW_QUEUE    16384
/* What one fires by itself and the other does not (yet): how long to wait for it. */
#define SHADOW_GRACE_US (10 * SECOND_US)

struct case_slot;
struct daemon;
struct flight;
struct rulebook;

/* Since it began; those of the thread. */
struct shadow_counts {
	uint64_t compared, same; /* decisions */
	uint64_t different, refused, missing, extra, unreadable;
	uint64_t cases, left_out; /* followed, and not any more */
};

/* What the thread is told, in one arena. */
struct shadow_note {
	struct shadow_note *next;
	struct arena arena;
	bool anew;                           /* forget all cases */
	struct str case_id, county, state;   /* state: JSON before; empty: known, or a new case */
	const struct ledger_record *records; /* copies; only what is needed is set */
};

/* What it found. */
struct shadow_find {
	struct shadow_find *next;
	struct arena arena;
	uint64_t seq;
	struct str county, kind, real, shadow, why;
};

struct shadowing {
	bool on;
	uint32_t policy; /* its number in the ledger */
	struct rulebook *rb;
	int64_t since_us;
	uint32_t epoch;    /* of slots: whose state the thread has been given */
	bool anew;         /* the next note says so */
	struct str before; /* of the flight being submitted; scratch */
	ev_async found_some;
	pthread_t thread;
	/* between the threads */
	pthread_mutex_t mutex;
	pthread_cond_t work;
	struct shadow_note *first, *last;
	size_t queued;
	struct shadow_find *found, *last_found;
	bool stop;
	struct shadow_counts counts;
	uint64_t overrun; /* times that it began anew */
	const char *ledger;
	struct ev_loop *loop;
};

void shadow_start(struct daemon *d); /* takes up again what the register says */
void shadow_release(struct daemon *d);

/* Begins, or ends, as the register says now; called when it has changed. */
void shadow_turn(struct daemon *d);
/* The version that the register has in shadow; 0: none. */
uint32_t shadow_policy(const struct daemon *d);

void shadow_before(struct daemon *d, struct flight *f);
void shadow_tell(struct daemon *d, const struct flight *f);
void shadow_lost(struct daemon *d); /* what was submitted is not on disk: all cases anew */

struct shadow_counts shadow_counts(struct daemon *d);

/* ---- the thread ---- */

void *shadow_main(void *arg);

/* The outcomes of a decision's JSON: what is compared, and what is recorded of them. */
bool shadow_outcomes(struct str decision, struct buf *compared, struct buf *recorded);

#endif
