/* SPDX-License-Identifier: Apache-2.0
 *
 * From a decision to the answer that it is on disk. A flight is a unit of the ledger with who waits
 * for it: one event with the deadlines that it caught up with, or one deadline alone.
 *
 *     struct flight *f = flight_open(d, slot);
 *     flight_add(d, f, &decision, event_json);     // once for each decision, in order
 *     flight_key(d, f, &ev);                       // an event: repetitions find it from now on
 *     flight_await(f, reply, 0, false);
 *     flight_submit(d, f);
 *
 * When the writer is done, the loop is woken: flights land in order, waiters are answered, cases
 * unpinned. When the disk is full all that is in flight is lost: waiters get 507, cases are
 * forgotten (the ledger has their last good state), and after a pause writing is tried again. When
 * writing fails otherwise the process ends at once, with nothing acknowledged. What is recorded
 * apart from any case (a disclosure, what is done with a version of the policy) has no slot, and
 * says itself what is to be done when it has landed.
 */
#ifndef WAYMARK_SERVE_COMMIT_H
#define WAYMARK_SERVE_COMMIT_H

#include "daemon/serve/cases.h"
#include "daemon/serve/reply.h"
#include "engine/case/decision.h"

#include <ev.h>

struct daemon;
struct version;

struct waiter {
	struct reply *reply;
	size_t index;
	bool duplicate;
	struct waiter *next;
};

/* Lives in the arena of its unit. */
struct flight {
	struct ledger_unit *unit;
	struct case_slot *slot;
	struct hash128 key, digest; /* of the event; has_key */
	bool has_key;
	bool is_due;                /* fired by the timer */
	uint32_t fired, fired_late; /* of its decisions: timers_count */
	uint32_t at;                /* index in commit.flying */
	struct str decision;        /* JSON of the last decision, in the unit's arena */
	struct waiter *waiters;
	struct flight *next; /* of the same case */
	uint32_t shadow;     /* the shadow's epoch when it met the case with this flight; else 0 */
	struct str before;   /* then: the case's state before; empty: a new case */
	/* without a slot; unit->status says whether it is on disk */
	void (*landed)(struct daemon *d, struct flight *f);
	void *arg;  /* its own */
	int status; /* of its answer, which is `decision` */
};

struct commit {
	ev_async landed;   /* the writer has finished a transaction */
	ev_timer retry;    /* after the disk was full */
	struct map by_key; /* the events in flight -> index in flying */
	VEC(struct flight *) flying;
	VEC(uint32_t) vacant;
	int64_t landed_us; /* ticks: when something landed last, or nothing was in flight */
	bool full;         /* until the disk has room again */
};

void commit_start(struct daemon *d);
void commit_release(struct daemon *d);

struct flight *flight_open(struct daemon *d, struct case_slot *slot);
void flight_add(struct daemon *d, struct flight *f, const struct decision *decision,
		struct str event_json);
/* A decision of another version than the one in force. */
void flight_add_under(struct daemon *d, struct flight *f, const struct version *v,
		      const struct decision *decision, struct str event_json);
void flight_key(struct daemon *d, struct flight *f, const struct event *ev);
void flight_await(struct flight *f, struct reply *r, size_t index, bool duplicate);
void flight_submit(struct daemon *d, struct flight *f);

/* Submits a unit without a case. */
struct flight *flight_apart(struct daemon *d, struct ledger_unit *u,
			    void (*landed)(struct daemon *d, struct flight *f));
/* For who waits for what could not be recorded, since the disk is full. */
void flight_lost(struct daemon *d, const struct waiter *w);

/* The unit has disclosures: the answer goes to who waits when they are on record. */
void flight_disclose(struct daemon *d, struct reply *r, struct ledger_unit *u, int status,
		     struct str answer);

/* The flight of the event with that key, or NULL. */
struct flight *flight_find(struct daemon *d, struct hash128 key);

#endif
