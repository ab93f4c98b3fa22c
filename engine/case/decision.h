/* SPDX-License-Identifier: Apache-2.0
 *
 * What an event brought about. Belongs to the decider and lives until its next decision; texts may
 * also be those of the rulebook, the event and the case's id, which live at least as long.
 */
#ifndef WAYMARK_CASE_DECISION_H
#define WAYMARK_CASE_DECISION_H

#include "engine/case/case.h"

/* What several cases share: see engine/case/pots.h. */
enum pot_kind {
	POT_NONE,
	POT_FUND,     /* index into funds; reserved and committed are cents */
	POT_CAPACITY, /* index into capacities; reserved are cases that wait, committed are places
			 taken */
	POT_DOCKET,   /* index into dockets; reserved are the seats of urgent cases, committed the
			 others */
	POT_KINDS
};

/* What an outcome takes of a pot, or gives back. The pot is that of the case's county. */
struct draw {
	enum pot_kind pot; /* POT_NONE: nothing */
	uint16_t index;
	int32_t from; /* first day of the pot's period; DAY_NONE: there is only one */
	int64_t reserved, committed;
};

enum outcome_status {
	OUTCOME_DUE,     /* payment, assessment: to be carried out by `due` */
	OUTCOME_OPEN,    /* referral, requirement, proposal: waits for an answer */
	OUTCOME_DONE,    /* order, notice, fact, credit, waiver, denial, breach */
	OUTCOME_STARTED, /* schedule */
	OUTCOME_STOPPED, /* schedule: `times` items will never happen; an item: it was stopped, and
			    what was set aside for it is free */
	OUTCOME_HELD,    /* schedule: an item fell due while it holds */
	OUTCOME_UNFUNDED /* payment, schedule: its fund has not enough left; it does not happen */
};

struct outcome {
	struct hash128 id; /* from the event's key, the block's key and the place in the block */
	enum action_kind action;
	bool proposal; /* kind in JSON is then "proposal" */
	bool reversal; /* takes back the outcome `of`; what is said of amount, fund, name and whom
			  is the original's, so that sums can be taken */
	bool waiting;  /* enrolment: all places are taken; kind in JSON "waitlisting" */
	bool unfunded; /* what the fund cannot pay: nothing happens; kind in JSON "unfunded" */
	enum outcome_status status;
	uint32_t part;    /* why: the part; its block has program, file, cite */
	struct span span; /* the action that brought it about */
	bool has_amount;
	int64_t cents;
	uint16_t fund, name; /* as in struct action; NONE when there is none */
	struct str to;       /* party name, or id of the case; may be empty */
	int32_t due;     /* DAY_NONE when there is none. A payment: its day. An assessment: the end
			    of `due within`, else the last instalment's date */
	int32_t first;   /* instalments, schedule: first date; DAY_NONE otherwise */
	int32_t anchor;  /* the day from which all those dates are counted (plan_day) */
	uint16_t times;  /* instalments or items in all (stopped: that never happen); 0: none */
	bool urgent;     /* place */
	struct str text; /* message or reason */
	uint16_t fact;   /* ACTION_SET */
	struct value value;
	uint16_t schedule; /* ACTION_START, ACTION_STOP, and payments of a schedule; else NONE */
	uint16_t item;     /* payment of a schedule: its number from 1 */
	struct hash128 of; /* what it refers to: the schedule started, the proposal approved, the
			      referral that was not answered; has_of */
	bool has_of;
	struct draw draw; /* a reversal carries the negated one */
	/* The version that decided it, when that is another one than the decision's; else NULL. Its
	 * indices are those of that rulebook. */
	const struct rulebook *under;
	struct str by;            /* approved by */
	struct str source, event; /* the event that it follows from, when that is another one of the
				     case, decided again; else empty */
};

/* A fact of another case that the decision rested on: recorded, and kept in a re-decision. */
struct input {
	struct str id; /* of the other case */
	uint16_t kind, fact;
	struct value value;
	struct str source, event; /* the event that read it, when that is another one of the case,
				     decided again; else empty */
	const struct rulebook *under; /* as in struct outcome */
};

/* What the decision saw of a pot before it drew on it: recorded and kept likewise. */
struct pot_input {
	enum pot_kind pot;
	uint16_t index;
	int32_t from;
	int64_t reserved, committed;
	int64_t most; /* the budget, the number of places, or the seats of a meeting, on that day */
	struct str source, event;
	const struct rulebook *under;
};

/* A row of a table that the condition or an amount of a part went by. */
struct lookup {
	uint32_t part;
	uint16_t table; /* as it holds in the county */
	const struct table_row *row;
};

/* An event that was accepted before and has no effects any more, in the order in which things
 * occurred. */
struct void_event {
	struct str source, id;
	struct str reason; /* a sentence */
	uint16_t
	    block; /* the prohibition that refuses it, under the version of its time; else NONE */
};

struct decision {
	struct event event; /* as decided; for deadlines and items the internal event:
			       source "waymark", id derived from what is due */
	struct str
	    type_name; /* name of the event type; "deadline" and "scheduled" for internal ones */
	struct outcome *outcomes;
	size_t n;
	struct input *inputs; /* in order of first use, each once */
	size_t ninputs;
	struct pot_input *pots; /* likewise */
	size_t npots;
	struct lookup *lookups; /* each once */
	size_t nlookups;
	struct void_event *voids; /* of a late event: see engine/audit/redecide.h */
	size_t nvoids;
	struct refusal stopped; /* internal events only: what stopped it; of what it would bring
				   nothing came */
};

struct str outcome_kind(const struct outcome *o); /* "payment", "proposal", "reversal" */
struct str outcome_status_name(enum outcome_status s);

static inline const struct rulebook *outcome_rulebook(const struct outcome *o,
						      const struct rulebook *decisions)
{
	return o->under ? o->under : decisions;
}

/* An item of a schedule that fell due and is not paid, being held or stopped. */
bool outcome_withheld(const struct outcome *o);

/* The table that the name of such an outcome points into, and its length; NULL: it has none. */
const struct named *outcome_names(const struct rulebook *rb, enum action_kind action, uint16_t *n);

/* The i-th date (from 0) of a plan, counted from its anchor each time, so that a short month does
 * not pull later dates with it. Without `starting` the anchor is the day of the event and the first
 * date comes one interval later; otherwise the anchor is the first date. STATUS_OVERFLOW past the
 * calendar. */
enum status plan_day(const struct rulebook *rb, const struct plan *plan, int32_t anchor, uint32_t i,
		     int32_t *day);

/* Day and amount of the i-th instalment (from 0) of an assessment with `times`. */
void outcome_instalment(const struct rulebook *rb, const struct outcome *o, uint16_t i,
			int32_t *day, int64_t *cents);

#endif
