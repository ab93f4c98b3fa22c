/* SPDX-License-Identifier: Apache-2.0
 *
 * What recorded history adds: of each point, how many cases showed it and how much money was at
 * stake then; and which of the gaps weigh most. The money is what the provision that showed it paid
 * or assessed by the same decision.
 */
#include "engine/trial/coverage_internal.h"

#include <stdlib.h>

struct point_weight {
	struct coverage_weight sum;
	uint64_t *cases; /* a set of their numbers */
	size_t words;
	uint64_t decision; /* the latest, and whose money of it was counted */
	uint32_t part;
};

void coverage_weigh(struct coverage *c)
{
	c->weights = mem_alloc((c->points.n + 1) * sizeof(*c->weights));
}

void weights_free(struct coverage *c)
{
	for (size_t i = 0; c->weights && i < c->points.n; i++)
		mem_free(c->weights[i].cases);
	mem_free(c->weights);
	c->weights = NULL;
}

/* ---- adding ---- */

static bool is_new(struct point_weight *w, uint32_t number)
{
	size_t at = number / 64;
	uint64_t bit = UINT64_C(1) << number % 64;
	if (at >= w->words) {
		size_t n = vec_capacity(w->words, at + 1, sizeof(*w->cases));
		w->cases = mem_grow(w->cases, n, sizeof(*w->cases));
		memset(w->cases + w->words, 0, (n - w->words) * sizeof(*w->cases));
		w->words = n;
	}
	bool had = w->cases[at] & bit;
	w->cases[at] |= bit;
	return !had;
}

static bool is_money(const struct outcome *o)
{
	return (o->action == ACTION_PAY || o->action == ACTION_ASSESS) && !o->proposal &&
	       !o->reversal && !outcome_withheld(o);
}

static int64_t money_of(const struct decision *d, uint32_t part)
{
	int64_t sum = 0;
	for (size_t i = 0; d && i < d->n; i++)
		if (d->outcomes[i].part == part && is_money(&d->outcomes[i]))
			(void)money_add(sum, d->outcomes[i].cents, &sum);
	return sum;
}

void weights_add(struct coverage *c, uint32_t point)
{
	struct point_weight *w = &c->weights[point];
	if (w->decision == c->decision && w->part == c->part)
		return;
	w->decision = c->decision;
	w->part = c->part;
	w->sum.cases += is_new(w, c->case_no);
	(void)money_add(w->sum.cents, money_of(c->of, c->part), &w->sum.cents);
}

/* ---- beside the scenarios ---- */

void coverage_beside(struct coverage *c, const struct coverage *history)
{
	c->history = history;
}

struct coverage_weight coverage_weight(const struct coverage *c, size_t point)
{
	return c->history ? c->history->weights[point].sum : (struct coverage_weight){0};
}

struct heavy {
	struct coverage_weight weight;
	uint32_t point;
};

static int by_weight(const void *a, const void *b)
{
	const struct heavy *x = a, *y = b;
	if (x->weight.cents != y->weight.cents)
		return x->weight.cents > y->weight.cents ? -1 : 1;
	if (x->weight.cases != y->weight.cases)
		return x->weight.cases > y->weight.cases ? -1 : 1;
	return x->point < y->point ? -1 : x->point > y->point;
}

size_t coverage_gaps(const struct coverage *c, struct arena *a, const uint32_t **out)
{
	struct heavy *gaps = arena_array(a, c->points.n + 1, sizeof(*gaps));
	uint32_t *points = arena_array(a, c->points.n + 1, sizeof(*points));
	size_t n = 0;
	for (size_t i = 0; i < c->points.n; i++)
		if (coverage_is_gap(c, i))
			gaps[n++] = (struct heavy){coverage_weight(c, i), (uint32_t)i};
	if (c->history)
		qsort(gaps, n, sizeof(*gaps), by_weight);
	for (size_t i = 0; i < n; i++)
		points[i] = gaps[i].point;
	*out = points;
	return n;
}

void weight_words(struct buf *b, struct coverage_weight w)
{
	number_text(b, (int64_t)w.cases);
	buf_c(b, w.cases == 1 ? " case" : " cases");
	if (!w.cents)
		return;
	buf_c(b, ", ");
	money_text(b, w.cents);
}
