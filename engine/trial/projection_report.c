/* SPDX-License-Identifier: Apache-2.0
 *
 * What a projection comes to, as text for people.
 */
#include "engine/trial/projection_internal.h"

#include "engine/explain/wording.h"

#define BAR_WIDTH  40
#define LABEL_WIDE 32
#define MONEY_WIDE 18

/* ---- columns ---- */

static void right(struct buf *b, struct str s)
{
	if (s.len < MONEY_WIDE)
		buf_pad(b, ' ', MONEY_WIDE - s.len);
	buf_str(b, s);
}

static void money_column(struct buf *b, int64_t cents)
{
	struct buf text = {0};
	money_text(&text, cents);
	right(b, buf_view(&text));
	buf_release(&text);
}

static void label(struct buf *b, struct str s)
{
	buf_str(b, s);
	if (s.len < LABEL_WIDE)
		buf_pad(b, ' ', LABEL_WIDE - s.len);
}

/* One amount; or of several runs the lowest, what is likely, and the highest. */
static void span_columns(struct buf *b, const struct projection_result *r,
			 const struct projection_span *s)
{
	money_column(b, s->low);
	if (r->nruns == 1)
		return;
	if (r->projection->likely)
		money_column(b, s->likely);
	money_column(b, s->high);
}

static void times_words(struct buf *b, const struct projection_result *r, const int64_t *n)
{
	struct projection_span s = projection_span(r, n);
	buf_fmt(b, "%lld", (long long)s.low);
	if (s.low != s.high)
		buf_fmt(b, " to %lld", (long long)s.high);
	buf_c(b, s.low == 1 && s.high == 1 ? " time" : " times");
}

/* ---- bars ---- */

/* A bar is never empty, so that a small month is seen too. */
static size_t bar_length(int64_t cents, int64_t most)
{
	int64_t n = 0;
	if (cents > 0 && most > 0 && money_ratio(cents, BAR_WIDTH, most, ROUND_HALF_UP, &n))
		n = 0;
	return (size_t)(cents > 0 && n < 1 ? 1 : n);
}

static void bar(struct buf *b, const struct projection_result *r, const struct projection_span *s,
		int64_t most)
{
	size_t low = bar_length(s->low, most), high = bar_length(s->high, most);
	size_t likely = r->projection->likely ? bar_length(s->likely, most) : low;
	buf_c(b, "  ");
	buf_pad(b, '#', low);
	buf_pad(b, '=', likely - low);
	buf_pad(b, '-', high - likely);
}

/* ---- groups ---- */

static void months_text(struct buf *b, const struct projection_result *r,
			const struct projection_group *g)
{
	struct buf words = {0};
	for (size_t i = 0; i < g->months.n; i++) {
		struct projection_span s = projection_span(r, g->months.at[i].cents);
		buf_clear(&words);
		buf_c(&words, "  ");
		month_words(&words, g->months.at[i].first);
		label(b, buf_view(&words));
		span_columns(b, r, &s);
		bar(b, r, &s, g->most);
		buf_char(b, '\n');
	}
	buf_release(&words);
}

/* What each range does by itself, and where that is not all there is to it. */
static void effects_text(struct buf *b, const struct rulebook *rb,
			 const struct projection_result *r, const struct projection_group *g)
{
	struct buf words = {0};
	for (uint16_t i = 0; i < r->projection->nranges; i++) {
		struct projection_effect e = projection_effect(r, g->cents, i);
		if (!e.least && !e.most)
			continue;
		buf_clear(&words);
		buf_c(&words, "  ");
		measure_words(&words, rb, r->projection, i);
		buf_c(&words, ", from its low end to its high one: ");
		effect_words(&words, e, false);
		buf_str(b, buf_view(&words));
		buf_char(b, '\n');
	}
	if (beyond_corners(r, g->cents))
		buf_c(b, "  what is likely lies outside of what came at the ends: between them it "
			 "may be more or less still\n");
	buf_release(&words);
}

static void group_text(struct buf *b, const struct rulebook *rb, const struct projection_result *r,
		       const struct projection_group *g)
{
	struct projection_span s = projection_span(r, g->cents);
	struct buf words = {0};
	group_words(&words, rb, &r->sums.at[g->from]);
	buf_char(b, '\n');
	label(b, buf_view(&words));
	span_columns(b, r, &s);
	buf_c(b, "  ");
	times_words(b, r, g->n);
	buf_char(b, '\n');
	months_text(b, r, g);
	effects_text(b, rb, r, g);
	buf_release(&words);
}

/* ---- the head ---- */

static void assumed_text(struct buf *b, const struct rulebook *rb, const struct projection *p)
{
	for (uint16_t i = 0; i < p->nassumed; i++) {
		const struct assumption *a = &p->assumed[i];
		if (a->n.range != NONE)
			continue;
		buf_c(b, "assuming that ");
		buf_str(b, rb->params[a->param].name);
		buf_c(b, " is ");
		policy_value_text(b, rb, &rb->params[a->param].type, a->value.value);
		buf_char(b, '\n');
	}
}

static void ranges_text(struct buf *b, const struct rulebook *rb, const struct projection *p)
{
	for (uint16_t i = 0; i < p->nranges; i++) {
		buf_c(b, "assuming ");
		measure_words(b, rb, p, i);
		buf_c(b, ": between ");
		measure_end_words(b, rb, p, i, END_LOW);
		buf_c(b, " and ");
		measure_end_words(b, rb, p, i, END_HIGH);
		if (p->likely) {
			buf_c(b, ", likely ");
			measure_end_words(b, rb, p, i, END_LIKELY);
		}
		buf_c(b, " — ");
		place_words(b, rb, measure_span(p, i));
		buf_char(b, '\n');
	}
}

static void runs_text(struct buf *b, const struct projection_result *r)
{
	if (r->nruns == 1)
		return;
	buf_fmt(b,
		"lowest and highest of %u runs: every range at either end with every other%s; what "
		"lies between was not run\n\n",
		r->nruns, r->projection->likely ? ", and all at what is likely" : "");
	label(b, STR(""));
	right(b, STR("lowest"));
	if (r->projection->likely)
		right(b, STR("likely"));
	right(b, STR("highest"));
	buf_c(b,
	      r->projection->likely ? "  # lowest = likely - highest\n" : "  # lowest - highest\n");
}

static int64_t cases_of(const struct projection_run *run)
{
	return run->cases;
}

static int64_t events_of(const struct projection_run *run)
{
	return run->events;
}

static int64_t decisions_of(const struct projection_run *run)
{
	return run->decisions;
}

static void count_words(struct buf *b, const struct projection_result *r,
			int64_t (*of)(const struct projection_run *run), const char *what)
{
	int64_t low = of(&r->runs[0]), high = low;
	for (uint32_t i = 1; i < r->nruns; i++) {
		low = of(&r->runs[i]) < low ? of(&r->runs[i]) : low;
		high = of(&r->runs[i]) > high ? of(&r->runs[i]) : high;
	}
	buf_fmt(b, "%lld", (long long)low);
	if (low != high)
		buf_fmt(b, " to %lld", (long long)high);
	buf_fmt(b, " %s", what);
}

/* ---- expectations ---- */

/* What a sum is made up of, block by block. */
static void made_of(struct buf *b, const struct rulebook *rb, const struct projection_result *r,
		    const struct total *t)
{
	struct arena a = {0};
	for (size_t i = 0, to; i < r->sums.n; i = to) {
		int64_t *cents = arena_array(&a, r->nruns, sizeof(*cents));
		int64_t *n = arena_array(&a, r->nruns, sizeof(*n));
		bool any = false;
		for (to = i; to < r->sums.n && r->sums.at[to].kind == r->sums.at[i].kind &&
			     r->sums.at[to].index == r->sums.at[i].index &&
			     r->sums.at[to].block == r->sums.at[i].block;
		     to++)
			for (uint32_t k = 0; k < r->nruns && total_takes(rb, t, &r->sums.at[to]);
			     k++) {
				(void)money_add(cents[k], r->sums.at[to].cents[k], &cents[k]);
				n[k] += r->sums.at[to].n[k];
				any = true;
			}
		if (!any)
			continue;
		buf_c(b, "        ");
		block_words(b, &rb->blocks[r->sums.at[i].block]);
		buf_c(b, ": ");
		span_words(b, r, projection_span(r, cents), false);
		buf_c(b, ", ");
		times_words(b, r, n);
		buf_c(b, " — ");
		place_words(b, rb, rb->blocks[r->sums.at[i].block].span);
		buf_char(b, '\n');
	}
	arena_release(&a);
}

static void check_text(struct buf *b, const struct rulebook *rb, const struct projection_result *r,
		       uint16_t i)
{
	const struct total *t = &r->projection->totals[i];
	buf_c(b, "    ");
	place_words(b, rb, t->span);
	buf_c(b, "  expected ");
	total_words(b, rb, t);
	buf_c(b, ", came ");
	came_words(b, r, i);
	buf_char(b, '\n');
	made_of(b, rb, r, t);
}

/* Of several runs the first that has something to say speaks for them. */
static void trouble_text(struct buf *b, const struct rulebook *rb,
			 const struct projection_result *r)
{
	for (uint32_t i = 0; i < r->nruns; i++) {
		if (!r->runs[i].refused && !r->runs[i].overflow)
			continue;
		buf_c(b, "    ");
		trouble_words(b, rb, r, &r->runs[i]);
		buf_char(b, '\n');
		return;
	}
}

void projection_failures(struct buf *b, const struct rulebook *rb,
			 const struct projection_result *r)
{
	if (!r->failed)
		return;
	buf_c(b, "failed: projection ");
	head_words(b, rb, r);
	buf_c(b, " — ");
	place_words(b, rb, r->projection->span);
	buf_char(b, '\n');
	trouble_text(b, rb, r);
	for (uint16_t i = 0; i < r->nchecks; i++)
		if (!r->checks[i].met)
			check_text(b, rb, r, i);
}

void projection_text(struct buf *b, const struct rulebook *rb, const struct projection_result *r)
{
	head_words(b, rb, r);
	buf_c(b, ": ");
	count_words(b, r, cases_of, "cases, ");
	count_words(b, r, events_of, "events, ");
	count_words(b, r, decisions_of, "decisions, until ");
	day_text(b, r->projection->until);
	buf_char(b, '\n');
	assumed_text(b, rb, r->projection);
	ranges_text(b, rb, r->projection);
	runs_text(b, r);
	for (size_t i = 0; i < r->sums.n;) {
		struct projection_group g;
		group_of(r, i, &g);
		group_text(b, rb, r, &g);
		i = g.to;
		group_release(&g);
	}
	if (r->nchecks)
		buf_char(b, '\n');
	for (uint16_t i = 0; i < r->nchecks; i++) {
		if (!r->checks[i].met)
			continue;
		buf_c(b, "as expected: ");
		total_words(b, rb, &r->projection->totals[i]);
		buf_char(b, '\n');
	}
	projection_failures(b, rb, r);
}
