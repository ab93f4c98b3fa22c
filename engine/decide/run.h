/* SPDX-License-Identifier: Apache-2.0
 *
 * One decision under way; private to engine/decide. The phases and the files they live in:
 *
 *     observe.c   the event's facts and counters are written, with what is needed to undo them
 *     override.c  which blocks are overridden for this event
 *     decide.c    every part that the event can touch is considered
 *     eval.c      conditions and amounts
 *     effects.c   actions become outcomes
 *     limits.c    what a block may pay in a period
 *     draw.c      what outcomes take of the money that cases share
 *     seat.c      which meeting of a docket a case is placed on
 *     place.c     places of capacities, and the lines before them
 *     settle.c    contradictions, credits, never blocks: may this be applied?
 *     due.c       the case's next list of deadlines and items
 *     apply.c     outcomes change the case; nothing can fail any more
 *
 * Until apply, nothing of the case changes but what observe can undo. Whatever goes wrong is put
 * down with run_refuse, and the run goes on, so that every fault is named.
 */
#ifndef WAYMARK_DECIDE_RUN_H
#define WAYMARK_DECIDE_RUN_H

#include "engine/base/limits.h"
#include "engine/decide/decide.h"

/* What apply needs to know of an outcome beside what everybody may know. By index of outcome. */
struct effect {
	const struct action *action; /* NULL: an item of a schedule, or a `stops on` */
	uint16_t number;             /* of the action in its part */
	struct target to;            /* for never blocks */
	int64_t at;                  /* deadline of a referral or requirement; TIME_NONE: none */
	bool dropped;
};

/* A case goes to a step of an escalation, or (step 0) out of it. */
struct move {
	uint16_t escalation, step;
	uint32_t part;
};

struct old_fact {
	uint16_t fact;
	struct value value;
};

struct overridden {
	uint16_t block; /* the program's own */
	const struct precedence *by;
};

/* Memory that is kept from decision to decision. */
struct scratch {
	VEC(struct outcome) outcomes;
	VEC(struct effect) effects;
	VEC(struct input) inputs;
	VEC(struct pot_input) pots;
	VEC(struct lookup) lookups;
	VEC(struct move) moves;
	VEC(struct used) uses; /* limits as they will stand */
	VEC(struct old_fact) old_facts;
	VEC(struct overridden) overridden;
	VEC(uint32_t) promises; /* parts: what is promised from this event on */
	struct due_list due;    /* the case's next list, when it changes */
};

struct run {
	struct decider *d;
	const struct rulebook *rb;
	struct scratch *s;
	struct case_state *cs;
	const struct event *ev;
	const struct value
	    *fields;        /* what conditions and actions read of the event; NULL: nothing */
	enum status status; /* of the first fault */

	/* observed */
	int32_t previous_day; /* of this type of event before this one; DAY_NONE: never */
	size_t counter;       /* index of the one that was moved; SIZE_MAX: none was */
	size_t obligation;    /* paid by this event; SIZE_MAX: none */
	int64_t payment;
	size_t place;    /* found for the case by this event; SIZE_MAX: none */
	size_t proposal; /* approved or declined by this event; SIZE_MAX: none */

	/* the other case that was read last: several of its facts are usually read in turn */
	struct {
		uint16_t kind;
		struct str id; /* empty: none was read */
		const struct case_state *cs;
	} other;

	/* what all outcomes of this event refer to, and who approved them */
	struct hash128 of;
	bool has_of;
	struct str by;

	/* the part being considered */
	uint32_t part;
	enum trace_result result;
	struct span result_span;
	uint16_t overridden_by;     /* RESULT_OVERRIDDEN: block */
	const struct insn *missing; /* the first thing read that was missing */
	bool beyond;      /* what a jump left out is looked at: nothing comes of it but its trace */
	uint32_t applied; /* the last part that applied; UINT32_MAX: none */

	bool asks;   /* some outcome asks something of a pot */
	bool places; /* some outcome places the case on a docket */

	struct str partner; /* who asks for a share; else empty */
	uint16_t alone;     /* what is asked has no part: its block; else NONE */

	bool due_changes; /* s->due takes the place of the case's list */
};

/* decide.c */
/* The place named is the block of the part being considered, or the given one. */
void run_refuse_block(struct run *r, uint16_t block, enum status status, const char *slug,
		      const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void run_refuse(struct run *r, enum status status, const char *slug, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
const struct block *run_block(const struct run *r); /* of the part being considered */
bool part_in_step(const struct run *r,
		  const struct part *p); /* does the case stand where it must? */

/* What deciding begins with; d->arena is empty then. */
void run_begin(struct run *r, struct decider *d, struct case_state *cs, const struct event *ev);

/* override.c */
void overrides_find(struct run *r, uint16_t event); /* fills s->overridden */
/* What overrides a block for this event; NULL: nothing. */
const struct precedence *overridden_by(const struct run *r, uint16_t block);

/* observe.c */
void observe(struct run *r);
void observe_undo(struct run *r);
void observe_keep(struct run *r);

/* eval.c */
enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN, TRUTH_FAULT };
/* False when the arithmetic left its range; it was refused then. The value may be missing. */
bool eval_code(struct run *r, const struct code *c, struct value *out);
enum truth eval_when(struct run *r, const struct code *c); /* absent code is yes */
/* The value of an amount or a count; false, and refused, when it is missing. */
bool eval_amount(struct run *r, const struct code *c, const char *what, int64_t *out);

/* effects.c */
/* `from` is the proposal that is approved, or NULL. */
void effects_perform(struct run *r, uint16_t number, const struct action *a,
		     const struct proposal *from);
void effects_stop(struct run *r, uint16_t schedule, uint16_t number, struct span span);
void effects_item(struct run *r, const struct due *due, const struct running *running);
/* The item was stopped: it sets free what was set aside for it. False: nothing was. */
bool effects_item_stopped(struct run *r, const struct due *due);
void effects_broken(struct run *r); /* the promise of the part was not kept */
void effects_place(struct run *r, const struct enrolment *place);
void effects_move(struct run *r, uint16_t escalation, uint16_t step);
struct hash128 effects_id(const struct run *r, uint32_t part, uint16_t number);

/* limits.c */
/* May the block of the part pay this, that is approved, once more? It is counted, or refused. */
bool limits_approve(struct run *r, int64_t cents);
/* What the block of the part pays by the outcomes from `from` on is paid whole and counted, or not
 * at all. */
void limits_settle(struct run *r, size_t from);

/* Do the payments or assessments of a case stay within a cap with these? They are counted. */
bool limits_cap(struct run *r, const struct limit *l, int64_t cents);
/* The payment is not made after all. */
void limits_return(struct run *r, uint32_t part, int64_t cents);

/* draw.c */
/* Gives the outcome its draw: a payment commits, a schedule reserves the whole sum, its items turn
 * a part of that into a payment, what will not happen is set free. False, and refused: the sum
 * leaves the range. */
bool draw_payment(struct run *r, struct outcome *o);
bool draw_start(struct run *r, struct outcome *o);
void draw_item(struct run *r, struct outcome *o, const struct running *running, uint16_t n);
void draw_stop(struct outcome *o, const struct running *running);
/* Sees which of the outcomes that ask can be funded. */
void settle_draws(struct run *r);
/* What the event sees of a pot, to be filled in; the same one each time. */
struct pot_input *draw_look(struct run *r, const struct draw *d);
enum kept draw_kept(const struct run *r, const struct outcome *o);

/* place.c */
void observe_place(struct run *r);
bool make_enrol(struct run *r, struct outcome *o, uint16_t capacity);
bool make_release(struct run *r, struct outcome *o, uint16_t capacity);
void settle_places(struct run *r);
void apply_enrolment(struct run *r, const struct outcome *o);

/* seat.c */
/* Finds the meeting for each outcome that places the case on a docket. */
void settle_seats(struct run *r);

/* settle.c */
bool id_less(struct hash128 a, struct hash128 b);
void settle(struct run *r);
/* Did an outcome of this event keep the promise that the part makes? */
bool promise_kept(const struct run *r, uint32_t part);

/* due.c */
int64_t period_length(const struct run *r, const struct period *p);
/* Into the trace, when there is one: what became of a deadline or an item. */
void due_told(struct run *r, const struct due *due, enum trace_later later);
bool due_deadline(struct run *r, const struct period *p, int32_t *day, int64_t *at);
void due_next_list(struct run *r);
struct event due_event(struct arena *a, const struct case_state *cs, const struct due *due);
void due_advance(const struct rulebook *rb, struct case_state *cs, const struct due *due,
		 const struct outcome *o);
const struct schedule *due_schedule(const struct rulebook *rb, const struct case_state *cs,
				    const struct running *running);

/* apply.c */
void apply(struct run *r);

/* trace.c; all but the clearing are called only when there is a trace */
void trace_part(struct run *r);
void trace_result(struct run *r, enum trace_result result, struct span span);
void trace_never(struct run *r, uint32_t never, enum trace_result result);
void trace_override(struct run *r, const struct precedence *p, enum trace_result result);
void trace_insn(struct run *r, const struct insn *in, struct value v);
void trace_row(struct run *r, uint16_t table, const struct table_row *row);
void trace_holds(struct run *r, uint16_t schedule, enum trace_result result);
void trace_share(struct run *r, uint16_t share, enum trace_result result);
/* `action` is NONE for what the part itself leaves open. */
void trace_later(struct run *r, uint32_t part, uint16_t action, enum trace_later later);
enum trace_result trace_truth(enum truth t); /* of a condition */

#endif
