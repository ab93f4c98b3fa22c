/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to engine/trial/coverage*:
 *
 *     coverage.c             what decisions show is put down with the points
 *     coverage_points.c      all that there is to see of a rulebook
 *     coverage_condition.c   which comparisons of a condition decided
 *     coverage_possible.c    which comparisons can never decide
 *     coverage_weight.c      what recorded history adds
 *     coverage_mutant.c      the change that a missing scenario would notice
 *     coverage_words.c       what was not seen, in words
 *     coverage_report.c      the sums; all of it as text and as JSON
 *     coverage_html.c        as a page, with the source coloured
 *     coverage_lcov.c        for other people's tools
 */
#ifndef WAYMARK_TRIAL_COVERAGE_INTERNAL_H
#define WAYMARK_TRIAL_COVERAGE_INTERNAL_H

#include "engine/trial/coverage.h"

/* Whose outcome an undecidable condition leads to. */
enum undecided { UNDECIDED_NO, UNDECIDED_YES, UNDECIDED_REFUSED };

struct node {
	uint16_t a, b; /* operands, by instruction; NONE: none */
	bool leaf;
	bool turned; /* under an odd number of `not` */
};

/* A condition, whatever events it is asked for: those of one text in one block are one. */
struct condition_shape {
	const struct code *code; /* of the first */
	const struct node *nodes;
	enum undecided undecided;
	uint32_t first_point;
	uint64_t asked;
};

/* One time that a condition was asked, by instruction. */
struct condition_run {
	enum answer *came;   /* in: of comparisons; out: of what joins them, too */
	uint8_t *decided;    /* out: 1 << its answer where a comparison decided, else 0 */
	uint8_t (*leads)[4]; /* what the whole comes to, for each answer that might stand here */
};

/* Of a comparison that did not decide. */
struct possible {
	bool never;         /* there is no case in which it would */
	struct str example; /* one in which it would; empty: any, or none was found */
};

struct coverage {
	const struct rulebook *rb;
	struct arena arena;
	VEC(struct coverage_point) points;
	VEC(struct condition_shape) conditions;
	uint32_t *first[OF_KINDS];      /* by index: its first point; one more at the end */
	uint32_t *condition[OF_KINDS];  /* by index: its condition, or COVERAGE_NONE */
	uint64_t *seen, *came;          /* by point */
	uint64_t *last;                 /* by point: the latest decision that showed it, */
	uint64_t decision;              /* of which this is the number */
	struct possible *possible;      /* by point */
	struct condition_run run;       /* room for the longest condition */
	const struct decision *of;      /* that is being added, or NULL */
	uint32_t part;                  /* whose money is at stake; COVERAGE_NONE: nobody's */
	struct point_weight *weights;   /* by point; NULL: nothing is weighed */
	uint32_t case_no;               /* whose decision it is, with weights */
	const struct coverage *history; /* that this one is weighed by, or NULL */
};

/* coverage_points.c */
void points_make(struct coverage *c);
uint32_t points_count(const struct rulebook *rb, enum coverage_of of);
/* The first precedence of the same block: all those of a block are one `overrides`. */
uint16_t precedence_first(const struct rulebook *rb, uint32_t i);

/* What a point is about; NULL for a fund or a capacity. */
const struct block *coverage_block(const struct coverage *c, const struct coverage_point *p);

/* The points of one source that count, by line, then in order. */
struct coverage_line {
	uint32_t line, point;
};
size_t coverage_lines(const struct coverage *c, struct arena *a, uint16_t source,
		      const struct coverage_line **out);

/* coverage_words.c */
void coverage_subject_words(struct buf *b, const struct coverage *c, size_t point); /* whose */

/* coverage_weight.c */
void weights_add(struct coverage *c, uint32_t point);
void weights_free(struct coverage *c);
void weight_words(struct buf *b, struct coverage_weight w); /* 312 cases, $41,200.00 */
/* The gaps; with a history those first that weigh most. */
size_t coverage_gaps(const struct coverage *c, struct arena *a, const uint32_t **out);

/* coverage_condition.c */
/* One that was compiled from the same text is taken again, if it is not before `from`.
 * COVERAGE_NONE: nothing is compared. */
uint32_t condition_add(struct coverage *c, uint32_t from, const struct code *code,
		       enum undecided undecided);
void condition_decide(const struct condition_shape *s, struct condition_run *run);
/* The first of the instructions that work out a comparison. */
uint32_t condition_first(const struct condition_shape *s, uint32_t leaf);
/* Code of the condition, for whatever event, with an answer in the place of a comparison. */
struct code condition_with(struct arena *a, const struct condition_shape *s,
			   const struct code *code, uint32_t leaf, bool yes);
/* What the condition as a whole comes to where the comparison decides by coming out so. */
bool condition_outcome(const struct condition_shape *s, uint16_t leaf, bool came_out);

#endif
