/* SPDX-License-Identifier: Apache-2.0
 *
 * The space of everything that conditions can ask about: may they be met together, and when? Each
 * thing they read (a fact, a field, a count, where the case stands, the day) is a dimension with
 * the range that is declared for it, cut where a condition compares it; within a piece nothing that
 * is asked changes, so that trying one value of each piece tries all. Sums of several things are
 * dimensions of their own, tied to their parts by linear inequalities (linear.h). Parameters are
 * numbers: a question is asked for one county and a time in which none of them changes.
 *
 *     struct space *s = space_new(&(struct situation){rb, county, from, until, kind, event});
 *     space_want(s, &one->when, TRUTH_MET);
 *     space_want(s, &other->when, TRUTH_MET);
 *     if (space_solve(s) == SPACE_EXAMPLE)
 *             space_words(&words, s);          // count of conviction is 2
 *     space_free(s);
 */
#ifndef WAYMARK_ANALYSE_SPACE_H
#define WAYMARK_ANALYSE_SPACE_H

#include "engine/policy/policy.h"

/* Where and when a question is asked. */
struct situation {
	const struct rulebook *rb;
	uint16_t county;     /* NONE: parameters are as their programs say */
	int32_t from, until; /* from <= day < until; no parameter that is read changes in between */
	uint16_t kind;       /* of the case; NONE: any, whose facts are missing */
	uint16_t event;      /* that is being decided; NONE: there is none */
	size_t work;         /* at most this much; 0: LIMIT_SPACE_WORK */
};

/* Sets of what a condition can come out as. */
#define TRUTH_NOT_MET     1u
#define TRUTH_MET         2u
#define TRUTH_UNDECIDABLE 4u

enum space_answer {
	SPACE_NONE,     /* there is no such case */
	SPACE_EXAMPLE,  /* there is, and it is at hand */
	SPACE_POSSIBLE, /* it rests on a calculation that is not followed: it cannot be excluded */
	SPACE_OPEN      /* not decided: too many pieces */
};

struct space *space_new(const struct situation *at);
void space_free(struct space *s); /* NULL is fine */

/* What has to hold, all of it together. Absent code is always met. */
void space_want(struct space *s, const struct code *c, uint32_t truths);
void space_want_step(struct space *s, uint16_t escalation, uint64_t steps); /* bit 0: none */
/* Two values that are both known are not the same. */
void space_want_differ(struct space *s, const struct code *x, const struct code *y);

/* Questions put together from smaller ones. */
uint32_t space_condition(struct space *s, const struct code *c);
uint32_t space_met(struct space *s, const struct code *c); /* what cannot be decided is not met */
uint32_t space_step(struct space *s, uint16_t escalation, uint64_t steps);
uint32_t space_not(struct space *s, uint32_t x);
uint32_t space_both(struct space *s, uint32_t x, uint32_t y);
uint32_t space_either(struct space *s, uint32_t x, uint32_t y);
uint32_t space_always(struct space *s);
void space_want_node(struct space *s, uint32_t node, uint32_t truths);

enum space_answer space_solve(struct space *s);
size_t space_work(const struct space *s); /* spent: nodes of conditions worked out */

/* The example, as far as it matters: `count of conviction is 3 or more and housed is yes`. Empty
 * when everything is an example. */
void space_words(struct buf *b, const struct space *s);
/* The ranges of all that is read: `age is from 0 to 120`. */
void space_ranges(struct buf *b, const struct space *s);
bool space_reads(const struct space *s, enum op op); /* among all that was wanted */

/* The example, thing by thing: what an instruction `op a b` reads there. */
struct space_value {
	enum op op;
	uint16_t a;
	uint32_t b;
	int64_t length; /* OP_COUNT_IN: in units of b */
	struct type type;
	bool known;
	int64_t value;   /* of a text or reference: a number of its own for each different one */
	struct str text; /* the text, where a condition names it */
};
size_t space_values(const struct space *s, struct space_value *out, size_t most);

#endif
