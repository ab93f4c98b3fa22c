/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a space: dimensions and what is asked about them. Private to space.c (what is
 * wanted), space_read.c (code to questions), space_solve.c (the search) and space_words.c.
 */
#ifndef WAYMARK_ANALYSE_SPACE_INTERNAL_H
#define WAYMARK_ANALYSE_SPACE_INTERNAL_H

#include "engine/analyse/space.h"
#include "engine/base/limits.h"
#include "engine/base/vec.h"

/* What has no declared bound ends here; sums of a few such ends stay in range. */
#define FAR ((int64_t)1 << 58)

enum dimension_kind {
	DIMENSION_TERM,  /* something that is read */
	DIMENSION_SUM,   /* of terms, each times a number */
	DIMENSION_OPAQUE /* a calculation that is not followed, or something new */
};

struct dimension {
	enum dimension_kind kind;
	uint8_t op; /* enum op; of a term, and of what is opaque */
	uint16_t a;
	uint32_t b;
	int64_t length; /* OP_COUNT_IN: in units of b */
	struct type type;
	const struct insn *code; /* opaque: the calculation */
	uint32_t ncode;

	uint16_t nparts; /* of a sum; of a calculation, what it reads */
	uint16_t part[LIMIT_UNKNOWNS];
	int64_t times[LIMIT_UNKNOWNS];

	int64_t min, max;
	bool optional;     /* may be unknown */
	bool inexact;      /* opaque, from a table, or a sum with something of the kind in it */
	VEC(int64_t) cuts; /* first values of pieces but the first, ascending */

	/* the search: what is left of it */
	bool assigned, unknown; /* assigned and unknown: nothing else */
	int64_t low, high;
	bool matters; /* for the example's words */
	bool missing; /* in the example; else its value there */
	int64_t value;
};

/* How two dimensions depend on each other. */
enum tie_kind {
	TIE_SINCE,    /* `days since` (b) is known when the event was counted (a) before */
	TIE_OPTIONAL, /* a fact (b) of the case that a (a reference) names; it may be unknown */
	TIE_KNOWN,    /* the same, always known where the reference is */
	TIE_APART,    /* yes or no: not both yes */
	TIE_LESS      /* a is at most b: a shorter time has no more events than a longer one */
};

struct tie {
	enum tie_kind kind;
	uint16_t a, b;
	int64_t before; /* TIE_SINCE: 1 when the count includes this event */
};

enum node_kind {
	NODE_FIXED,   /* truths */
	NODE_WITHIN,  /* dimension from low to high */
	NODE_STEPS,   /* dimension in a set of steps */
	NODE_KNOWN,   /* dimension is known */
	NODE_DECIDED, /* left can be decided */
	NODE_MET,     /* left is met; what cannot be decided is not */
	NODE_NOT,
	NODE_AND,
	NODE_OR,
	NODE_OR_UNKNOWN
};

struct node {
	enum node_kind kind;
	uint32_t truths;
	uint32_t left, right;
	uint16_t dimension;
	int64_t low, high;
	uint64_t steps;
};

struct wanted {
	uint32_t node, truths;
};

struct space {
	struct situation at;
	struct arena arena;
	VEC(struct dimension) dims;
	VEC(struct tie) ties;
	VEC(struct node) nodes;
	VEC(struct wanted) wanted;
	uint32_t *truths;      /* by node: what it can be, as things stand */
	VEC(struct str) texts; /* that conditions name; a text's value is its index here */
	VEC(uint16_t) order;   /* of the search: what is exact first */
	size_t work;
	enum space_answer answer;
	bool too_large;             /* LIMIT_DIMENSIONS */
	bool inexact;               /* the search stands below something opaque that matters */
	struct dimension *possible; /* the first case that cannot be excluded */
};

/* space.c */
uint32_t space_node(struct space *s, struct node n);
uint32_t space_fixed(struct space *s, uint32_t truths);
uint32_t space_join(struct space *s, enum node_kind kind, uint32_t left, uint32_t right);

/* space_read.c */
uint32_t read_condition(struct space *s, const struct code *c);
uint32_t read_differ(struct space *s, const struct code *x, const struct code *y);
uint16_t read_step(struct space *s, uint16_t escalation); /* the dimension */

#endif
