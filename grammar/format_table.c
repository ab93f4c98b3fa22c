/* SPDX-License-Identifier: Apache-2.0
 *
 * The layout of tables: the cells of a column stand below each other.
 */
#include "grammar/format_write.h"

#include "engine/base/limits.h"

enum table_item { ITEM_ROW, ITEM_CITE };

/* Widths of columns, in characters; a table has at most so many columns. */
#define COLUMNS_MOST (LIMIT_TABLE_INPUTS + LIMIT_TABLE_OUTPUTS + 1u)

struct widths {
	size_t at[COLUMNS_MOST];
	size_t n, inputs;
};

static void write_option(struct writer *w, const struct ast_option *o)
{
	switch (o->kind) {
	case OPTION_UNKNOWN:
		line_word(w, "unknown");
		return;
	case OPTION_UNDER:
		line_word(w, "under");
		break;
	case OPTION_OVER:
		line_word(w, "over");
		break;
	case OPTION_VALUE:
	case OPTION_RANGE:
	case OPTION_OR_MORE:
	case OPTION_OR_LESS:
		break;
	}
	write_expr(w, o->a);
	if (o->kind == OPTION_RANGE) {
		line_word(w, "to");
		write_expr(w, o->b);
	}
	if (o->kind == OPTION_OR_MORE)
		line_word(w, "or more");
	if (o->kind == OPTION_OR_LESS)
		line_word(w, "or less");
}

static void write_cell(struct writer *w, const struct ast_cell *c)
{
	if (c->output.span.len) {
		line_word(w, "->");
		line_str(w, c->output.s);
	}
	for (const struct ast_option *o = c->options; o; o = o->next) {
		if (o != c->options)
			line_word(w, "or");
		write_option(w, o);
	}
}

/* The text of a cell, put together on a line of its own. */
static struct str cell_text(struct writer *scratch, const struct ast_cell *c)
{
	buf_clear(&scratch->line);
	scratch->breaks.n = 0;
	write_cell(scratch, c);
	return buf_view(&scratch->line);
}

static size_t count(const struct ast_row *r)
{
	size_t n = 0;
	for (const struct ast_cell *c = r->cells; c; c = c->next)
		n++;
	return n;
}

/* `otherwise` stands for all input columns: its cell is as wide as all of them. */
static bool spans_inputs(const struct widths *widths, const struct ast_row *r)
{
	size_t n = count(r);
	return n < widths->n && widths->inputs && n == widths->n - widths->inputs + 1;
}

static void measure(struct writer *scratch, struct widths *widths, const struct ast_row *r)
{
	size_t i = 0;
	bool spans = spans_inputs(widths, r);
	for (const struct ast_cell *c = r->cells; c; c = c->next) {
		size_t wide = line_characters(cell_text(scratch, c));
		bool counts = !(spans && i == 0);
		if (counts && i < COLUMNS_MOST && wide > widths->at[i])
			widths->at[i] = wide;
		i += spans && i == 0 ? widths->inputs : 1;
	}
}

static void measure_all(struct writer *scratch, struct widths *widths, const struct ast_row *rows)
{
	size_t wide = 0, all = 0;
	widths->n = count(rows);
	for (const struct ast_cell *c = rows->cells; c && !c->output.span.len; c = c->next)
		widths->inputs++;
	for (const struct ast_row *r = rows; r; r = r->next)
		measure(scratch, widths, r);
	for (const struct ast_row *r = rows->next; r; r = r->next)
		if (spans_inputs(widths, r))
			wide = line_characters(cell_text(scratch, r->cells));
	for (size_t i = 0; i < widths->inputs && i < COLUMNS_MOST; i++)
		all += widths->at[i] + (i ? 3 : 0);
	if (widths->inputs && widths->inputs <= COLUMNS_MOST && wide > all)
		widths->at[widths->inputs - 1] += wide - all;
}

static size_t span_width(const struct widths *widths)
{
	size_t wide = 0;
	for (size_t i = 0; i < widths->inputs && i < COLUMNS_MOST; i++)
		wide += widths->at[i] + (i ? 3 : 0);
	return wide;
}

static void write_row(struct writer *w, struct writer *scratch, const struct widths *widths,
		      const struct ast_row *r)
{
	bool spans = spans_inputs(widths, r);
	size_t i = 0;
	line_begin(w, 1, r->span.off);
	line_word(w, "|");
	for (const struct ast_cell *c = r->cells; c; c = c->next) {
		struct str text = cell_text(scratch, c);
		size_t wide = i < COLUMNS_MOST ? widths->at[i] : 0;
		if (spans && i == 0)
			wide = span_width(widths);
		line_str(w, text);
		if (line_characters(text) < wide)
			buf_pad(&w->line, ' ', wide - line_characters(text));
		line_word(w, "|");
		i += spans && i == 0 ? widths->inputs : 1;
	}
	line_end(w, span_end(r->span));
}

static void write_cite(struct writer *w, const struct ast_word *cite)
{
	line_begin(w, 1, cite->span.off);
	line_word(w, "cite");
	line_quoted(w, *cite);
	line_end(w, span_end(cite->span));
}

void write_table_items(struct writer *w, const struct ast_decl *d)
{
	struct items items = {0};
	struct widths widths = {0};
	struct writer scratch = {0};
	if (d->rows)
		measure_all(&scratch, &widths, d->rows);
	for (const struct ast_row *r = d->rows; r; r = r->next)
		items_add(&items, r->span.off, ITEM_ROW, r);
	if (d->cite.span.len)
		items_add(&items, d->cite.span.off, ITEM_CITE, &d->cite);
	items_sort(&items);
	for (size_t i = 0; i < items.n; i++) {
		if (items.at[i].kind == ITEM_ROW)
			write_row(w, &scratch, &widths, items.at[i].node);
		else
			write_cite(w, items.at[i].node);
	}
	items_release(&items);
	buf_release(&scratch.line);
	vec_release(&scratch.breaks);
}
