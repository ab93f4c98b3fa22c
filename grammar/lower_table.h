/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables while they are lowered. What a column is depends on where the table is looked up, so each
 * such place (a kind of case, and an event whose fields can be read) makes a *reading* of the
 * columns; rows are lowered when all readings are known, and checked for each of them.
 */
#ifndef WAYMARK_GRAMMAR_LOWER_TABLE_H
#define WAYMARK_GRAMMAR_LOWER_TABLE_H

#include "grammar/lower.h"

/* What a column can be in one reading. */
struct table_domain {
	int64_t lo, hi;
	bool unknown;
	uint16_t param; /* exactly this parameter's value, or NONE */
};

struct reading_plan {
	const struct code *codes; /* by input */
	struct table_domain *domains;
	struct reading_plan *next;
};

/* A place where a table is looked up; kept with the program's own table. */
struct table_use {
	uint16_t kind, event;
	bool elsewhere; /* see struct scope */
	uint16_t index; /* of the reading */
	bool failed;    /* reported */
	bool uses_fields;
	struct table_use *next; /* backwards */
};

/* By index of table. */
struct table_plan {
	uint32_t body;
	const struct ast_cell **inputs;
	uint16_t ninputs, noutputs;
	uint16_t *order; /* by output of the program's own table: which of this one's it is */
	bool broken;     /* its header was reported */
	bool *typed;     /* by input: its type is known from an earlier reading */
	struct table_use *uses;
	struct reading_plan *readings; /* in order */
	struct reading_plan **last;
};

/* lower_table_cell.c: the rows, once the types of the columns are known; false: reported. */
bool lower_table_rows(struct book *b, uint16_t table);
/* The one name that a cell holds, such as `any`; NULL when it holds something else. */
const struct ast_word *cell_name(const struct ast_cell *c);
bool row_is_otherwise(const struct ast_row *r);

/* check_table.c: no gap, no overlap, no row that can never apply. */
void check_table(struct book *b, uint16_t table);

/* table_words.c: "count of conviction 2 to 4 and income $30,000 or more" */
struct cover;
struct cover_set;
void table_box_words(struct buf *out, const struct book *b, const struct table *t,
		     const struct cover *c, const struct cover_set *box);

#endif
