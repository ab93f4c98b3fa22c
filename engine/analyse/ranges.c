/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/ranges.h"

static void value_words(struct buf *b, const struct rulebook *rb, const struct type *t, int64_t v)
{
	policy_value_text(b, rb, t, value_int(t->kind, v));
}

static void choice_words(struct buf *b, const struct rulebook *rb, const struct type *t,
			 const struct range *r)
{
	buf_c(b, " is ");
	for (int64_t v = r->low; v <= r->high; v++) {
		if (v > r->low)
			buf_c(b, v == r->high ? " or " : ", ");
		value_words(b, rb, t, v);
	}
}

static bool has_order(const struct type *t)
{
	return t->kind != TYPE_CHOICE && t->kind != TYPE_YES_NO;
}

void range_words(struct buf *b, const struct rulebook *rb, const struct type *t,
		 const struct range *r)
{
	bool date = t->kind == TYPE_DATE;
	if (!has_order(t)) {
		choice_words(b, rb, t, r);
		return;
	}
	if (r->no_low && r->no_high) {
		buf_c(b, " is anything");
		return;
	}
	buf_c(b, r->low == r->high || r->no_low || r->no_high ? " is " : " is from ");
	value_words(b, rb, t, r->no_low ? r->high : r->low);
	if (r->low == r->high)
		return;
	if (r->no_high)
		buf_c(b, date ? " or later" : " or more");
	else if (r->no_low)
		buf_c(b, date ? " or earlier" : " or less");
	else {
		buf_c(b, " to ");
		value_words(b, rb, t, r->high);
	}
}
