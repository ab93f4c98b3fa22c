/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/ranges.h"

#define CENTS 100

void plain_value_words(struct buf *b, const struct rulebook *rb, const struct type *t, int64_t v)
{
	if (type_is_unit(t->kind)) {
		value_text(b, value_int(TYPE_NUMBER, v));
		return;
	}
	policy_value_text(b, rb, t, value_int(t->kind, v));
	if (t->kind == TYPE_MONEY && v % CENTS == 0)
		b->len -= 3;
}

/* A bound whose neighbour is rounder is better said by that one: under $30,000. */
static bool rounder(const struct type *t, int64_t neighbour)
{
	return t->kind == TYPE_MONEY && neighbour % CENTS == 0;
}

static void at_most_words(struct buf *b, const struct rulebook *rb, const struct type *t,
			  int64_t high)
{
	bool under = high < INT64_MAX && rounder(t, high + 1);
	buf_c(b, under ? "under " : "");
	plain_value_words(b, rb, t, under ? high + 1 : high);
	buf_c(b, under ? "" : t->kind == TYPE_DATE ? " or earlier" : " or less");
}

static void at_least_words(struct buf *b, const struct rulebook *rb, const struct type *t,
			   int64_t low)
{
	bool over = low > INT64_MIN && rounder(t, low - 1);
	buf_c(b, over ? "over " : "");
	plain_value_words(b, rb, t, over ? low - 1 : low);
	buf_c(b, over ? "" : t->kind == TYPE_DATE ? " or later" : " or more");
}

static bool said_by_ends(const struct type *t, const struct range *r)
{
	return !r->no_low && !r->no_high && r->low != r->high && !rounder(t, r->low - 1) &&
	       !rounder(t, r->high + 1);
}

void range_cell_words(struct buf *b, const struct rulebook *rb, const struct type *t,
		      const struct range *r)
{
	if (said_by_ends(t, r)) {
		plain_value_words(b, rb, t, r->low);
		buf_c(b, " to ");
		plain_value_words(b, rb, t, r->high);
		return;
	}
	if (r->low == r->high) {
		plain_value_words(b, rb, t, r->low);
		return;
	}
	if (!r->no_low)
		at_least_words(b, rb, t, r->low);
	if (!r->no_low && !r->no_high)
		buf_c(b, " and ");
	if (!r->no_high)
		at_most_words(b, rb, t, r->high);
}

static void choice_words(struct buf *b, const struct rulebook *rb, const struct type *t,
			 const struct range *r)
{
	for (int64_t v = r->low; v <= r->high; v++) {
		if (v > r->low)
			buf_c(b, v == r->high ? " or " : ", ");
		plain_value_words(b, rb, t, v);
	}
}

void range_words(struct buf *b, const struct rulebook *rb, const struct type *t,
		 const struct range *r)
{
	buf_c(b, " is ");
	if (t->kind == TYPE_CHOICE || t->kind == TYPE_YES_NO) {
		choice_words(b, rb, t, r);
		return;
	}
	if (r->no_low && r->no_high) {
		buf_c(b, "anything");
		return;
	}
	buf_c(b, said_by_ends(t, r) ? "from " : "");
	range_cell_words(b, rb, t, r);
}
