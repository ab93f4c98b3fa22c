/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking for counterfactuals: a set of changes is tried by deciding with it; what still stands in
 * the way proposes the next change.
 */
#ifndef WAYMARK_EXPLAIN_COUNTERFACTUAL_INTERNAL_H
#define WAYMARK_EXPLAIN_COUNTERFACTUAL_INTERNAL_H

#include "engine/explain/counterfactual.h"

struct attempt {
	const struct past *past;
	enum subject what; /* SUBJECT_PART is to apply; SUBJECT_NEVER is not to stop the event */
	uint32_t index;
	struct arena *keep; /* texts of changes */
	size_t left;        /* so many more */
	/* of the latest one */
	const struct change_set *set;
	struct decider decider;
	struct trace trace;
	struct arena arena;
	VEC(struct case_state *) others;
	struct decision made; /* of the event itself */
};

void find_shortfalls(struct counterfactuals *out, const struct past *past);

void attempt_init(struct attempt *a, const struct past *past, struct arena *keep);
void attempt_release(struct attempt *a);
/* Decides with the changes and says how the part came out then; false: it was not considered, the
 * event was refused, or no attempts are left. Of a prohibition: RESULT_APPLIES when the event is
 * taken, else the first one that stops it. `out` reads from the attempt's trace, until the next
 * one. */
bool attempt_decide(struct attempt *a, const struct change_set *set, struct considered *out);
/* The event as the set has it; its fields are in the arena. */
struct event attempt_event(const struct past *past, const struct change_set *set, struct arena *a);

struct proposals {
	VEC(struct change_set) sets;
};

/* After `set` was tried and the part came out as `c` tells: every change that may take out of the
 * way what it failed for, each added to `set`. Tries on its own, so that `c` is used up. */
void counterfactual_propose(struct attempt *a, const struct change_set *set,
			    const struct considered *c, struct proposals *out);

/* What is changed already is changed further; what it was at first stays. */
void change_set_put(struct change_set *set, struct change c);
/* For each row of the table that an OP_TABLE looks up: the changes by which it fits. */
void propose_rows(struct attempt *a, const struct change_set *set, const struct insn *in,
		  const struct trace_entry *seen, size_t nseen, struct proposals *out);

/* How many values there are to choose from; 0: it is a number, or text. */
int64_t type_choices(const struct rulebook *rb, const struct type *t);
/* x < y: y > x; not x < y: x >= y. */
enum op op_flipped(enum op op);
enum op op_negated(enum op op);
enum relation relation_of(enum op op);
/* After the set was tried and the part applied: finds the bounds on the other side, and says that a
 * thing has to be that one value where going further does not do. Tries on its own. */
void change_set_bounds(struct attempt *a, struct change_set *set, const struct considered *applies);

/* A change by which an operand comes to have a value, after the changes of the set. False: nothing
 * that could be different in this event or case would bring that about. */
bool change_operand(const struct past *past, const struct change_set *set, const struct term *t,
		    struct value value, struct change *out);

#endif
