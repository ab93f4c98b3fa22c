/* SPDX-License-Identifier: Apache-2.0
 *
 * The row of a table that a decision went by: where it stands, what its cells say, and what was
 * looked up.
 */
#include "engine/explain/wording.h"

static bool same_place(struct span a, struct span b)
{
	return a.source == b.source && a.off == b.off && a.len == b.len;
}

/* What the trace tells of a column: read before the row was found. NULL: it was worked out. */
static const struct trace_entry *seen_column(const struct considered *c,
					     const struct table_row *row, struct span column)
{
	size_t at = 0;
	while (at < c->nseen &&
	       !(c->seen[at].kind == TRACE_ROW && same_place(c->seen[at].span, row->span)))
		at++;
	for (; at > 0; at--)
		if (c->seen[at - 1].kind == TRACE_VALUE && same_place(c->seen[at - 1].span, column))
			return &c->seen[at - 1];
	return NULL;
}

static bool column_is_hidden(const struct wording *w, const struct considered *c,
			     const struct lookup *l, uint16_t column)
{
	const struct table *t = &w->rb->tables[l->table];
	bool hidden = false;
	for (uint16_t i = 0; i < t->nreadings && !w->confidential; i++)
		hidden |= code_is_confidential(w->rb, c, &t->readings[i].inputs[column]);
	return hidden;
}

static void column_words(struct buf *b, const struct wording *w, const struct considered *c,
			 const struct lookup *l, uint16_t i)
{
	const struct table *t = &w->rb->tables[l->table];
	const struct trace_entry *seen = seen_column(c, l->row, t->inputs[i].span);
	source_words(b, w->rb, t->inputs[i].span);
	buf_char(b, ' ');
	if (l->row->cells)
		source_words(b, w->rb, l->row->cells[i].span);
	if (!seen)
		return;
	buf_str(b, l->row->cells ? STR(" (was ") : STR("was "));
	policy_value_text(b, w->rb, &seen->type, seen->value);
	buf_str(b, l->row->cells ? STR(")") : STR(""));
}

bool row_is_confidential(const struct wording *w, const struct considered *c,
			 const struct lookup *l)
{
	bool hidden = false;
	for (uint16_t i = 0; i < w->rb->tables[l->table].ninputs; i++)
		hidden |= column_is_hidden(w, c, l, i);
	return hidden;
}

void row_words(struct buf *b, const struct wording *w, const struct considered *c,
	       const struct lookup *l)
{
	const struct table *t = &w->rb->tables[l->table];
	struct str before = STR(": ");
	buf_str(b, w->rb->blocks[t->block].name);
	if (row_is_confidential(w, c, l)) { /* where the row stands says what was looked up */
		buf_str(b, STR(" goes by one of its rows (confidential)"));
		return;
	}
	buf_str(b, l->row->cells ? STR(" goes by its row at ") : STR(" goes by `otherwise` at "));
	place_words(b, w->rb, l->row->span);
	for (uint16_t i = 0; i < t->ninputs; i++) {
		if (l->row->cells && l->row->cells[i].any)
			continue;
		buf_str(b, before);
		column_words(b, w, c, l, i);
		before = STR(", ");
	}
}
