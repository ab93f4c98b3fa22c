/* SPDX-License-Identifier: Apache-2.0
 *
 * What would have to be different: for a provision that an event touched and that did not apply,
 * the smallest sets of changes under which it would have; for a prohibition that stopped an event,
 * those under which it would have been taken. A change is of a field of the event, of a
 * fact, of how often something happened, of where the case stands, of what it owes, of what it was
 * paid under a schedule, of its place or meeting, or of the day. Each set is decided again before
 * it is told, on a copy of the case as it was; nothing that does not come out is told.
 *
 *     struct counterfactuals changes = {0};
 *     counterfactuals_find(&changes, &(struct past){rb, &decision, &trace, before, world});
 *     counterfactual_words(&b, &wording, counterfactuals_of(&changes, &considered));
 *             // minutes would have to be 60 or more; it was 59
 *     counterfactuals_release(&changes);
 */
#ifndef WAYMARK_EXPLAIN_COUNTERFACTUAL_H
#define WAYMARK_EXPLAIN_COUNTERFACTUAL_H

#include "engine/explain/wording.h"
#include "engine/decide/decide.h"

#define CHANGES_MOST      4u    /* in one set */
#define ALTERNATIVES_MOST 3u    /* sets of one provision */
#define ATTEMPTS_MOST     1000u /* decisions made for one provision */
#define ATTEMPTS_IN_ALL   4000u /* for all provisions that an event touched */

enum change_kind {
	CHANGE_FIELD, /* of the event */
	CHANGE_FACT,  /* of the case */
	CHANGE_OTHER, /* a fact of another case */
	CHANGE_COUNT, /* how often an event has happened */
	CHANGE_STEP,  /* where the case stands in an escalation */
	CHANGE_OWED,  /* what the case owes in all */
	CHANGE_PAID,  /* what it was paid under a schedule */
	CHANGE_PLACE, /* whether it has a place in a capacity, or waits for one */
	CHANGE_SEAT,  /* whether it is placed on a docket */
	CHANGE_DAY    /* on which the event comes */
};

enum relation { IS, IS_NOT, IS_AT_LEAST, IS_MORE, IS_AT_MOST, IS_LESS, IS_KNOWN, IS_UNKNOWN };

struct change {
	enum change_kind kind;
	uint16_t index;     /* field, fact, event type, escalation, schedule, capacity, docket */
	struct str id;      /* CHANGE_OTHER: of the case */
	uint16_t case_kind; /* CHANGE_OTHER */
	struct value value; /* that it would have: tried, and on the edge; of a place whether it
			       has it, or waits for it, as `waits` says */
	bool waits;         /* CHANGE_PLACE */
	int64_t times;      /* CHANGE_COUNT: so many more; less than 0: fewer */
	int32_t day;        /* CHANGE_DAY; CHANGE_COUNT: on which they happen */
	uint16_t step;      /* CHANGE_STEP; 0: none */
	/* how it is said */
	struct span what; /* the operand, as the policy has it; len 0: there is none */
	struct type type;
	enum relation relation;
	struct value bound, was;
	bool has_also; /* a bound on the other side, too: 60 or more and 90 or less */
	enum relation also;
	struct value also_bound;
};

struct change_set {
	struct change at[CHANGES_MOST];
	size_t n;
};

struct counterfactual {
	enum subject what;    /* SUBJECT_NEVER: with it, the event would be taken */
	uint32_t index;       /* of the part, or of the prohibition */
	uint16_t event, kind; /* types of the event and of the case */
	bool confidential;    /* what it would have to be tells of something confidential */
	struct change_set sets[ALTERNATIVES_MOST]; /* any of them would do */
	size_t n;
};

/* So much more in its fund, and what was not paid would have been. */
struct shortfall {
	struct hash128 outcome;
	int64_t cents;
};

struct counterfactuals {
	struct arena arena; /* their texts; those of the decision are not copied */
	VEC(struct counterfactual) all;
	VEC(struct shortfall) short_of;
};

/* A decision that was just made, with what it was made from. */
struct past {
	const struct rulebook *rb;
	const struct decision *decision;
	const struct trace *trace;
	const struct case_state *before; /* the case as it was */
	struct world world;              /* likewise what it could see */
};

void counterfactuals_find(struct counterfactuals *c, const struct past *p);
/* Takes out those that tell of something confidential: not even that there is a change is said. */
void counterfactuals_hide(struct counterfactuals *c);
void counterfactuals_release(struct counterfactuals *c);
/* NULL: none was found, or none was looked for. */
const struct counterfactual *counterfactuals_of(const struct counterfactuals *c,
						const struct considered *of);
/* 0: it was paid, or no sum was found that would have done. */
int64_t counterfactuals_short_of(const struct counterfactuals *c, const struct outcome *o);

/* What it would have to be, with both bounds; `value` writes one value. */
typedef void change_value_words(struct buf *b, const struct rulebook *rb, const struct type *t,
				struct value v);
void change_relation_words(struct buf *b, const struct rulebook *rb, const struct change *c,
			   change_value_words *value);
/* An event has to have happened, however often? */
bool change_is_any_time(const struct change *c);
/* Do they change the same thing? */
bool change_same(const struct change *x, const struct change *y);
/* Is every alternative a value of one and the same thing? */
bool counterfactual_is_of_one(const struct counterfactual *c);

/* One change: minutes would have to be 60 or more; it was 59 */
void change_words(struct buf *b, const struct rulebook *rb, const struct change *c);
void counterfactual_words(struct buf *b, const struct wording *w, const struct counterfactual *c);
/* {"text":…,"sets":[[{"field":"minutes","value":60}, …], …]} */
void counterfactual_json(struct buf *b, const struct wording *w, const struct counterfactual *c);

#endif
