/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a trace: which parts and prohibitions were considered, how each ended, and what its
 * condition saw. A condition is taken apart along its code again, so that a part that did not
 * apply can be blamed on just those comparisons that were not met.
 *
 *     struct considered c;
 *     for (size_t i = 0; reading_next(t, &i, &c);) {
 *             struct condition *cond = condition_read(arena, reading_code(rb, &c), c.seen,
 * c.nseen); n = condition_blame(cond, blamed, MAX);
 *     }
 */
#ifndef WAYMARK_EXPLAIN_READING_H
#define WAYMARK_EXPLAIN_READING_H

#include "engine/decide/trace.h"

enum subject { SUBJECT_PART, SUBJECT_NEVER, SUBJECT_OVERRIDE };

/* A part, a never block or an `overrides`, as the trace tells of it. */
struct considered {
	enum subject what;
	uint32_t index; /* of the part, the never, the precedence */
	enum trace_result result;
	struct span limit;              /* RESULT_LIMIT: the limit that is used up;
					   RESULT_OVERRIDDEN: what overrides it */
	uint16_t by;                    /* RESULT_OVERRIDDEN: block */
	const struct trace_entry *seen; /* values and truths, in order */
	size_t nseen;
};

/* The next one from entry *i on; false at the end. */
bool reading_next(const struct trace *t, size_t *i, struct considered *out);
const struct code *reading_code(const struct rulebook *rb, const struct considered *c);
const struct block *reading_block(const struct rulebook *rb, const struct considered *c);

enum answer { ANSWER_NOT_SEEN, ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

/* One instruction of a condition with the instructions it takes its operands from. */
struct term {
	const struct insn *in;
	struct term *a, *b; /* operands; NULL: none */
	bool is_leaf;       /* a comparison or a yes/no: what `and`, `or` and `not` join */
	bool seen;          /* it was evaluated; `value` is what came out */
	struct value value;
	struct type type;
};

struct condition {
	struct term *terms; /* by instruction */
	struct term *root;  /* NULL: always */
	size_t n;
};

struct condition *condition_read(struct arena *a, const struct code *code,
				 const struct trace_entry *seen, size_t nseen);
enum answer term_answer(const struct term *t);
/* `and`: ANSWER_NO settles it whatever the other is; `or`: ANSWER_YES does. */
enum answer answer_join(enum answer a, enum answer b, enum answer decisive);
enum answer answer_not(enum answer a);
/* What came out at it, worked out again where it is a calculation; false: that is not known. */
bool term_value(const struct rulebook *rb, const struct term *t, struct value *out);
bool term_is_operand(const struct term *t); /* reads something: a fact, a field, a count … */

/* The smallest terms that made the condition fail to be met, at most `most`; returns how many. */
size_t condition_blame(const struct condition *c, const struct term **out, size_t most);
/* The operands at and below a term that were read, each source text once, added to the n that are
 * in `out` already; returns how many there are then. */
size_t term_operands(const struct rulebook *rb, const struct term *t, const struct term **out,
		     size_t n, size_t most);

/* Does an operand read a confidential fact (of the case, or of one that a reference names)? */
bool code_is_confidential(const struct rulebook *rb, const struct considered *c,
			  const struct code *code);
bool term_is_confidential(const struct rulebook *rb, const struct considered *c,
			  const struct term *t);

#endif
