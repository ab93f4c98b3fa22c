/* SPDX-License-Identifier: Apache-2.0
 *
 * The formatter's inside: a line being put together, with the places where it may be broken, and
 * the comments that are still to be written.
 */
#ifndef WAYMARK_GRAMMAR_FORMAT_WRITE_H
#define WAYMARK_GRAMMAR_FORMAT_WRITE_H

#include "engine/base/vec.h"
#include "grammar/format.h"

#define FORMAT_COLUMNS 100
#define FORMAT_INDENT  2
#define FORMAT_WRAP    4 /* more, for the rest of a broken line */

struct writer {
	struct buf *out;
	struct str text;                   /* the source */
	const struct ast_comment *comment; /* the next one to be written */
	struct buf line;
	VEC(size_t) breaks; /* offsets in line of spaces that may become line breaks */
	unsigned indent;    /* levels, of the line being put together */
	uint32_t written;   /* end, in the source, of what was written last */
};

/* Writes the comments that stand before `off`, then begins a line. */
void line_begin(struct writer *w, unsigned indent, uint32_t off);
void line_word(struct writer *w, const char *word);       /* after a space, unless first */
void line_str(struct writer *w, struct str s);            /* likewise */
void line_quoted(struct writer *w, struct ast_word text); /* likewise; nothing when absent */
void line_glue(struct writer *w, const char *s);          /* without a space */
size_t line_characters(struct str s);                     /* how wide it is */
void line_break(struct writer *w);                        /* the next space may be a line break */
/* Ends the line, whose source ended at `end`, with the comments that trail it. */
void line_end(struct writer *w, uint32_t end);

void comments_before(struct writer *w, unsigned indent, uint32_t off);
bool blank_line_in(const struct writer *w, uint32_t from, uint32_t to);

uint32_t span_end(struct span span);

/* ---- format_expr.c: onto the line ---- */

void write_expr(struct writer *w, const struct ast_expr *e);
/* A range; `end` writes its ends and what is likely. */
void write_between(struct writer *w, const struct ast_expr *e,
		   void (*end)(struct writer *w, const struct ast_expr *e));
void write_period(struct writer *w, const struct ast_period *p);
void write_interval(struct writer *w, int64_t every, enum unit unit);
void write_names(struct writer *w, const struct ast_word *list, const char *separator);
void write_day(struct writer *w, int32_t day);
void write_value(struct writer *w, const struct ast_expr *e); /* also `unknown` */

/* ---- format_clause.c: whole lines ---- */

void write_action(struct writer *w, unsigned indent, const struct ast_action *a);
void write_trigger(struct writer *w, unsigned indent, const char *head,
		   const struct ast_trigger *t);
void write_block_items(struct writer *w, const struct ast_decl *d);
void write_never_head(struct writer *w, const struct ast_decl *d);

/* ---- format_table.c ---- */

void write_table_items(struct writer *w, const struct ast_decl *d);

/* ---- format_scenario.c ---- */

void write_scenario_items(struct writer *w, const struct ast_decl *d);
void write_projection_items(struct writer *w, const struct ast_decl *d);

/* Pieces of a declaration in order of their places in the source. */
struct item {
	uint32_t off;
	int kind; /* the caller's own */
	const void *node;
};
struct items {
	struct item *at;
	size_t n, cap;
};
void items_add(struct items *items, uint32_t off, int kind, const void *node);
void items_sort(struct items *items);
void items_release(struct items *items);

const char *write_verb(enum action_kind kind);

#endif
