/* SPDX-License-Identifier: Apache-2.0
 *
 * What an outcome says is the same from the decision and from its JSON.
 */
#ifndef WAYMARK_TESTS_SAID_H
#define WAYMARK_TESTS_SAID_H

#include "daemon/wire/outcome_read.h"
#include "engine/audit/said.h"
#include "engine/case/json.h"

static inline void assert_same_said(const struct said *a, const struct said *b)
{
	assert_true(hash128_eq(a->id, b->id));
	assert_int_equal(a->reversal, b->reversal);
	assert_true(hash128_eq(a->of, b->of));
	assert_true(str_eq(a->kind, b->kind));
	if (a->reversal)
		return; /* the rest is the original's */
	assert_true(hash128_eq(a->content, b->content));
	assert_int_equal(a->money, b->money);
	assert_int_equal(a->benefit, b->benefit);
	assert_int_equal(a->cents, b->cents);
	assert_int_equal(a->day, b->day);
	assert_true(str_eq(a->program, b->program));
	assert_true(str_eq(a->block, b->block));
	assert_true(str_eq(a->name, b->name));
	assert_true(str_eq(a->fund, b->fund));
}

/* Each is read with a reader that has read the others. */
static inline void assert_said_as_read(const struct rulebook *rb, const struct decision *d)
{
	struct outcome_reader reader = {0};
	struct arena a = {0};
	for (size_t i = 0; i < 2 * d->n; i++) {
		const struct outcome *o = &d->outcomes[i % d->n];
		struct buf json = {0}, text = {0};
		struct outcome_read read;
		struct said said;
		outcome_json(&json, rb, o);
		outcome_said_json(&text, rb, o, false);
		struct str rest = buf_view(&json);
		assert_true(outcome_read(&reader, &read, &rest, d->event.day, &a));
		assert_int_equal(rest.len, 0);
		assert_true(o->reversal || str_eq(read.text, buf_view(&text)));
		assert_int_equal(read.follows, !o->reversal && o->source.len && o->due == DAY_NONE);
		said_of(&said, rb, o, buf_view(&text), d->event.day);
		assert_same_said(&said, &read.said);
		buf_release(&json);
		buf_release(&text);
	}
	outcome_reader_release(&reader);
	arena_release(&a);
}

#endif
