/* SPDX-License-Identifier: Apache-2.0
 *
 * What a rulebook means in a county, thing by thing, in a form that two rulebooks share when they
 * mean the same: by names and values, without layout, comments, titles, citations, the order of
 * blocks, files and clauses, or the names of parameters and tables, whose values stand where they
 * are used, and conditions in one form however they are put (meaning_condition.c). What is equal
 * here decides the same; what is not may still.
 *
 *     struct meaning m = {0};
 *     meaning_read(&m, rb, county);
 *     for (i < m.n) m.at[i] ...              // in order of kind, name, then text
 *     meaning_release(&m);
 */
#ifndef WAYMARK_ANALYSE_MEANING_H
#define WAYMARK_ANALYSE_MEANING_H

#include "engine/base/vec.h"
#include "engine/policy/policy.h"

#define NO_BLOCK UINT32_MAX

enum meant {
	MEANT_KIND,     /* a kind of case, with its facts */
	MEANT_EVENT,    /* an event type, with its fields */
	MEANT_FUND,     /* with its budget in the county */
	MEANT_CAPACITY, /* with its places there */
	MEANT_DOCKET,
	MEANT_CALENDAR, /* the first one, which business days go by, and the time zone */
	MEANT_BLOCK,    /* a provision that is in force there at some time */
};

struct thing {
	enum meant meant;
	struct str name;    /* of a block: program/block; of a never or always: its text */
	struct str text;    /* equal texts: the same */
	struct str days;    /* MEANT_BLOCK: when it is in force, likewise */
	uint32_t block;     /* MEANT_BLOCK: index; else NO_BLOCK */
	int32_t from;       /* MEANT_BLOCK: the first day on which any of it is in force */
	struct span span;   /* where it is written */
	struct str said[2]; /* title and citation */
};

struct meaning {
	struct thing *at;
	size_t n, cap;
	struct arena arena;
};

void meaning_read(struct meaning *m, const struct rulebook *rb, uint16_t county);
void meaning_release(struct meaning *m);

/* ---- from within ---- */

/* Where code stands: what its fields, facts and parameters are. */
struct within {
	const struct rulebook *rb;
	uint16_t county;
	uint16_t event; /* whose fields are read, or NONE */
	uint16_t kind;  /* whose facts are read, or NONE */
};

void meant_insn(struct buf *b, const struct within *w, const struct insn *in); /* without operands
										*/
void meant_code(struct buf *b, const struct within *w, const struct code *c);
void meant_param(struct buf *b, const struct within *w, uint16_t param);
/* The value of a parameter that never has another there; false: it has several. */
bool meant_only_value(const struct within *w, uint16_t param, struct value *v);
void meant_table(struct buf *b, const struct within *w, uint16_t table, uint32_t reading);
void meant_block(struct buf *b, const struct rulebook *rb, uint16_t county, uint32_t block);
/* All of it but its parts, and one of those, with its condition or without. */
void meant_block_but(struct buf *b, const struct rulebook *rb, uint16_t county, uint32_t block);
void meant_part(struct buf *b, const struct within *w, const struct part *p, bool condition);
void meant_one_action(struct buf *b, const struct within *w, const struct action *a);
void meant_days(struct buf *b, const struct rulebook *rb, uint16_t county, uint32_t block);
void meant_type(struct buf *b, const struct rulebook *rb, const struct type *t);
void meant_value(struct buf *b, const struct rulebook *rb, const struct type *t, struct value v);

/* Texts whose order means nothing: collected, sorted, written. */
struct heap_of_texts {
	struct str *at;
	size_t n, cap;
	struct arena arena;
};
void heap_add(struct heap_of_texts *h, struct buf *text); /* takes what is in it, and clears it */
void heap_write(struct buf *b, struct heap_of_texts *h);  /* and releases */

#endif
