/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/trial/projection_internal.h"

#include <stdlib.h>

bool total_takes(const struct rulebook *rb, const struct total *t, const struct projection_sum *s)
{
	switch (t->kind) {
	case TOTAL_PAID_FROM:
		return s->kind == SUM_PAID && s->index == t->index;
	case TOTAL_PAID_UNDER:
		return s->kind == SUM_PAID && s->schedule != NONE &&
		       rb->schedules[s->schedule].first == t->index;
	case TOTAL_PAID_BY:
		return s->kind == SUM_PAID && rb->blocks[s->block].first == t->index;
	case TOTAL_ASSESSED_AS:
		return s->kind == SUM_ASSESSED && s->index == t->index;
	case TOTAL_UNFUNDED:
		return s->kind == SUM_UNFUNDED && (t->index == NONE || s->index == t->index);
	case TOTAL_COUNT:
		break;
	}
	return false;
}

/* ---- over all runs ---- */

struct projection_span projection_span(const struct projection_result *r, const int64_t *by_run)
{
	struct projection_span s = {by_run[0], by_run[0], by_run[0]};
	for (uint32_t i = 1; i < r->nruns; i++) {
		s.low = by_run[i] < s.low ? by_run[i] : s.low;
		s.high = by_run[i] > s.high ? by_run[i] : s.high;
	}
	s.likely = r->projection->likely ? by_run[r->nruns - 1] : s.low;
	return s;
}

struct projection_effect projection_effect(const struct projection_result *r, const int64_t *by_run,
					   uint16_t range)
{
	struct projection_effect e = {INT64_MAX, INT64_MIN};
	uint32_t bit = UINT32_C(1) << range;
	for (uint32_t i = 0; i < UINT32_C(1) << r->projection->nranges; i++) {
		if (i & bit)
			continue;
		int64_t change = by_run[i | bit] - by_run[i]; /* no sum is negative */
		e.least = change < e.least ? change : e.least;
		e.most = change > e.most ? change : e.most;
	}
	return e;
}

bool beyond_corners(const struct projection_result *r, const int64_t *by_run)
{
	uint32_t corners = UINT32_C(1) << r->projection->nranges, more = 0, less = 0;
	if (!r->projection->likely)
		return false;
	for (uint32_t i = 0; i < corners; i++) {
		more += by_run[corners] > by_run[i];
		less += by_run[corners] < by_run[i];
	}
	return more == corners || less == corners;
}

static void add_runs(struct projection_result *r, int64_t *to, const int64_t *more)
{
	for (uint32_t i = 0; i < r->nruns; i++)
		if (money_add(to[i], more[i], &to[i]))
			r->runs[i].overflow = true;
}

/* ---- groups ---- */

static bool same_group(const struct projection_sum *a, const struct projection_sum *b)
{
	return a->kind == b->kind && a->index == b->index;
}

static struct projection_month *month_of(const struct projection_result *r,
					 struct projection_group *g, int32_t first)
{
	size_t i = 0;
	while (i < g->months.n && g->months.at[i].first < first)
		i++;
	if (i < g->months.n && g->months.at[i].first == first)
		return &g->months.at[i];
	(void)vec_push(&g->months);
	memmove(&g->months.at[i + 1], &g->months.at[i],
		(g->months.n - 1 - i) * sizeof(*g->months.at));
	g->months.at[i] =
	    (struct projection_month){first, arena_array(&g->arena, r->nruns, sizeof(int64_t)),
				      arena_array(&g->arena, r->nruns, sizeof(int64_t))};
	return &g->months.at[i];
}

/* What leaves the range of amounts was told when the projection ran; here it stands still. */
static void add_sum(const struct projection_result *r, struct projection_group *g,
		    const struct projection_sum *s)
{
	struct projection_month *m = month_of(r, g, s->month);
	for (uint32_t i = 0; i < r->nruns; i++) {
		(void)money_add(m->cents[i], s->cents[i], &m->cents[i]);
		(void)money_add(g->cents[i], s->cents[i], &g->cents[i]);
		m->n[i] += s->n[i];
		g->n[i] += s->n[i];
		g->most = m->cents[i] > g->most ? m->cents[i] : g->most;
	}
}

static void group_init(const struct projection_result *r, struct projection_group *g)
{
	*g = (struct projection_group){0};
	g->cents = arena_array(&g->arena, r->nruns, sizeof(*g->cents));
	g->n = arena_array(&g->arena, r->nruns, sizeof(*g->n));
}

void group_of(const struct projection_result *r, size_t from, struct projection_group *g)
{
	group_init(r, g);
	g->from = g->to = from;
	while (g->to < r->sums.n && same_group(&r->sums.at[from], &r->sums.at[g->to]))
		add_sum(r, g, &r->sums.at[g->to++]);
}

bool group_like(const struct projection_result *r, const struct projection_sum *s,
		struct projection_group *g)
{
	for (size_t i = 0; i < r->sums.n; i++) {
		if (!same_group(&r->sums.at[i], s))
			continue;
		group_of(r, i, g);
		return true;
	}
	group_init(r, g);
	return false;
}

void group_release(struct projection_group *g)
{
	vec_release(&g->months);
	arena_release(&g->arena);
}

/* ---- several counties ---- */

static int by_name(const void *a, const void *b)
{
	const struct projection_sum *x = a, *y = b;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	if (x->month != y->month)
		return x->month < y->month ? -1 : 1;
	return (x->schedule > y->schedule) - (x->schedule < y->schedule);
}

void projection_sort(struct projection_result *r)
{
	if (r->sums.n)
		qsort(r->sums.at, r->sums.n, sizeof(*r->sums.at), by_name);
}

static void join_runs(struct projection_result *out, const struct projection_result *more)
{
	for (uint32_t i = 0; i < out->nruns; i++) {
		struct projection_run *to = &out->runs[i];
		const struct projection_run *from = &more->runs[i];
		to->corner = from->corner;
		to->cases += from->cases;
		to->events += from->events;
		to->decisions += from->decisions;
		to->refusal = to->refused ? to->refusal : from->refusal;
		to->refused += from->refused;
		to->overflow |= from->overflow;
	}
}

/* Sums of the same name become one. */
static void join_sums(struct projection_result *out)
{
	size_t kept = 0;
	projection_sort(out);
	for (size_t i = 0; i < out->sums.n; i++) {
		struct projection_sum *s = &out->sums.at[i];
		if (kept && by_name(&out->sums.at[kept - 1], s) == 0) {
			add_runs(out, out->sums.at[kept - 1].cents, s->cents);
			add_runs(out, out->sums.at[kept - 1].n, s->n);
		} else {
			out->sums.at[kept++] = *s;
		}
	}
	out->sums.n = kept;
}

static int64_t *copy_runs(struct projection_result *r, const int64_t *by_run)
{
	int64_t *copy = arena_array(&r->arena, r->nruns, sizeof(*copy));
	memcpy(copy, by_run, r->nruns * sizeof(*copy));
	return copy;
}

void projection_join(const struct projection_result *of, size_t n, struct projection_result *out)
{
	*out = (struct projection_result){.projection = of[0].projection,
					  .county = NONE,
					  .ncounties = (uint32_t)n,
					  .nruns = of[0].nruns};
	out->runs = arena_array(&out->arena, out->nruns, sizeof(*out->runs));
	for (size_t c = 0; c < n; c++) {
		join_runs(out, &of[c]);
		for (size_t i = 0; i < of[c].sums.n; i++) {
			struct projection_sum *s = vec_push(&out->sums);
			*s = of[c].sums.at[i];
			s->cents = copy_runs(out, s->cents);
			s->n = copy_runs(out, s->n);
		}
	}
	join_sums(out);
	for (uint32_t i = 0; i < out->nruns; i++)
		out->failed |= out->runs[i].refused || out->runs[i].overflow;
}
