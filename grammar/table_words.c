/* SPDX-License-Identifier: Apache-2.0
 *
 * Boxes of a table's space in the author's words.
 */
#include "grammar/lower_table.h"

#include "engine/analyse/cover.h"

#define CENTS 100

/* As it is written in a cell: $30,000 and not $30,000.00, 18 and not 18 years. */
static void value_words(struct buf *out, const struct book *b, const struct type *t, int64_t v)
{
	if (t->kind == TYPE_CHOICE) {
		buf_str(out, b->choices.at[t->of].names[v]);
		return;
	}
	value_text(out, value_int(type_is_unit(t->kind) ? TYPE_NUMBER : t->kind, v));
	if (t->kind == TYPE_MONEY && v % CENTS == 0)
		out->len -= 3;
}

/* A bound whose neighbour is rounder is better said by that one: under $30,000. */
static bool rounder(const struct type *t, int64_t neighbour)
{
	return t->kind == TYPE_MONEY && neighbour % CENTS == 0;
}

static void at_most_words(struct buf *out, const struct book *b, const struct type *t, int64_t hi)
{
	bool under = hi < INT64_MAX && rounder(t, hi + 1);
	buf_c(out, under ? "under " : "");
	value_words(out, b, t, under ? hi + 1 : hi);
	buf_c(out, under ? "" : " or less");
}

static void at_least_words(struct buf *out, const struct book *b, const struct type *t, int64_t lo)
{
	bool over = lo > INT64_MIN && rounder(t, lo - 1);
	buf_c(out, over ? "over " : "");
	value_words(out, b, t, over ? lo - 1 : lo);
	buf_c(out, over ? "" : " or more");
}

static void interval_words(struct buf *out, const struct book *b, const struct type *t,
			   const struct cover_column *of, struct interval v)
{
	bool from = v.lo > of->lo, to = v.hi < of->hi;
	if (v.lo == v.hi) {
		value_words(out, b, t, v.lo);
	} else if (!from) {
		at_most_words(out, b, t, v.hi);
	} else if (!to) {
		at_least_words(out, b, t, v.lo);
	} else if (rounder(t, v.lo - 1) || rounder(t, v.hi + 1)) {
		at_least_words(out, b, t, v.lo);
		buf_c(out, " and ");
		at_most_words(out, b, t, v.hi);
	} else {
		value_words(out, b, t, v.lo);
		buf_c(out, " to ");
		value_words(out, b, t, v.hi);
	}
}

static void set_words(struct buf *out, const struct book *b, const struct type *t,
		      const struct cover_column *of, const struct cover_set *s)
{
	bool any = false, listed = t->kind == TYPE_CHOICE || t->kind == TYPE_YES_NO;
	bool all_known = s->n == 1 && s->at[0].lo == of->lo && s->at[0].hi == of->hi;
	if (all_known && !listed) {
		buf_c(out, "known");
		return;
	}
	for (uint32_t i = 0; i < s->n; i++) {
		int64_t lo = s->at[i].lo;
		do {
			buf_c(out, any ? " or " : "");
			any = true;
			struct interval one = {lo, listed ? lo : s->at[i].hi};
			interval_words(out, b, t, of, one);
		} while (listed && lo++ < s->at[i].hi);
	}
	if (s->unknown)
		buf_c(out, any ? " or unknown" : "unknown");
}

void table_box_words(struct buf *out, const struct book *b, const struct table *t,
		     const struct cover *c, const struct cover_set *box)
{
	bool any = false;
	for (uint16_t i = 0; i < t->ninputs; i++) {
		if (cover_is_all(c, i, &box[i]))
			continue;
		buf_c(out, any ? " and " : "");
		buf_str(out, t->inputs[i].name);
		buf_char(out, ' ');
		set_words(out, b, &t->inputs[i].type, &c->axes[i].of, &box[i]);
		any = true;
	}
	if (!any)
		buf_c(out, "whatever the columns are");
}
