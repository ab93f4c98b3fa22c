/* SPDX-License-Identifier: Apache-2.0
 *
 * decide(policy, case, event) -> (outcomes, case'): the one function that everything else calls.
 * Pure: no clock, no I/O, no randomness, nothing depends on the order of blocks.
 *
 *     struct decider d;
 *     decider_init(&d, rb, (struct world){find, arg, &pots});
 *     while (case_next_due(cs, &at) && at <= ev.time)     // 1 catch up: each an event of its own
 *             decide_due(&d, cs, &decision), record(&decision);
 *     switch (decide_event(&d, cs, &ev, &decision)) {     // 2 observe 3 decide 4 apply
 *     case STATUS_OK: record(&decision); break;
 *     default:        report(&d.refusal);                 // nothing of the event was applied
 *     }
 *     decider_release(&d);
 */
#ifndef WAYMARK_DECIDE_DECIDE_H
#define WAYMARK_DECIDE_DECIDE_H

#include "engine/case/pots.h"
#include "engine/decide/trace.h"

/* How decide sees other cases: by reference only, and only their facts. NULL: no such case yet,
 * its facts have their defaults. */
struct world {
	const struct case_state *(*find)(void *arg, uint16_t kind, struct str id);
	void *arg;
	const struct pots *pots; /* what cases share, as it is now; NULL: untouched */
};

/* How an outcome that asks something of a pot came out when it was decided before. */
enum kept { KEPT_NOT, KEPT_FUNDED, KEPT_UNFUNDED };

struct decider {
	const struct rulebook *rb;
	struct world world;
	struct arena arena;     /* decisions live here until the next one */
	struct refusal refusal; /* why the last event was refused */
	struct trace *trace;    /* NULL: do not trace */
	/* Called with the case as it is before each event and each thing due is decided; NULL:
	 * nobody asks. */
	void (*before)(void *arg, const struct case_state *cs, const struct event *ev);
	void *before_arg;
	/* What this event read of another case when it was decided before, which stands; false: it
	 * did not read it. The arg is world's. NULL: nothing was decided before. */
	bool (*recorded)(void *arg, const struct event *ev, const struct input *wanted,
			 struct value *out);
	/* Likewise what it saw of a pot; and whether the outcome asked for the same before: then it
	 * comes out the same, whatever the pot holds now. */
	bool (*recorded_pot)(void *arg, const struct event *ev, struct pot_input *wanted);
	enum kept (*kept)(void *arg, const struct outcome *o);
	/* the rest is private to engine/decide */
	struct scratch *scratch;
};

void decider_init(struct decider *d, const struct rulebook *rb, struct world world);
void decider_release(struct decider *d);

/* Decides an event that event_check has passed. Nothing of the case may be due at or before its
 * time, and its time may not be before the case's last (STATUS_INVALID, "late-event"). On anything
 * but STATUS_OK the case is as it was and d->refusal says why. */
enum status decide_event(struct decider *d, struct case_state *cs, const struct event *ev,
			 struct decision *out);

/* The event of the case that is next in a line (pots_vacancy), at an instant or when the case was
 * last seen, if that is later; `cause` is the key of the event that freed the place. It is decided
 * like any other, and never refused. */
struct event place_event(struct arena *a, const struct rulebook *rb, const struct case_state *cs,
			 const struct vacancy *v, int64_t time, struct hash128 cause);

/* What the event that a due item is when it fires is known by: its id, and its digest. */
struct hash128 due_key(const struct due *due);
/* The event that the earliest due item is when it fires; there is one. Its texts are in the arena:
 * it may outlive the case. */
struct event next_due_event(struct arena *a, const struct case_state *cs);
/* Fires the earliest due item. It is used up whatever comes of it; what stops it is in
 * out->stopped. */
void decide_due(struct decider *d, struct case_state *cs, struct decision *out);

#endif
