/* SPDX-License-Identifier: Apache-2.0
 *
 * What a projection comes to, as sections of a page: what was assumed, the money with charts,
 * county by county where there are several, and what was expected.
 */
#include "engine/trial/projection_internal.h"

#include "engine/explain/plain.h"
#include "engine/explain/wording.h"
#include "engine/page/chart.h"
#include "engine/page/html.h"

static const struct html_column head_low = {"lowest", true}, head_likely = {"likely", true},
				head_high = {"highest", true}, head_all = {"amount", true};

/* ---- tables of amounts ---- */

/* The columns of amounts: one, or lowest, likely where that is said, highest. */
static size_t amount_columns(const struct projection_result *r, struct html_column *at)
{
	size_t n = 0;
	if (r->nruns == 1) {
		at[0] = head_all;
		return 1;
	}
	at[n++] = head_low;
	if (r->projection->likely)
		at[n++] = head_likely;
	at[n++] = head_high;
	return n;
}

static void amounts(struct buf *b, const struct projection_result *r, const int64_t *cents)
{
	struct projection_span s = projection_span(r, cents);
	html_money(b, s.low);
	if (r->nruns == 1)
		return;
	if (r->projection->likely)
		html_money(b, s.likely);
	html_money(b, s.high);
}

static void amount_table(struct buf *b, const struct projection_result *r, const char *first)
{
	struct html_column columns[4] = {{first, false}};
	html_table(b, columns, 1 + amount_columns(r, columns + 1));
}

/* ---- the head ---- */

static void cell_words(struct buf *b, struct buf *words)
{
	html_cell(b, buf_view(words));
	buf_clear(words);
}

static void assumed_table(struct buf *b, const struct rulebook *rb, const struct projection *p)
{
	static const struct html_column columns[] = {
	    {"assumed", false}, {"from", true}, {"to", true}, {"likely", true}, {"where", false}};
	struct buf words = {0};
	html_table(b, columns, 5);
	for (uint16_t i = 0; i < p->nassumed; i++) {
		const struct assumption *a = &p->assumed[i];
		if (a->n.range != NONE)
			continue;
		html_row(b);
		plain_title(&words, rb->params[a->param].title, rb->params[a->param].name);
		cell_words(b, &words);
		policy_value_text(&words, rb, &rb->params[a->param].type, a->value.value);
		cell_words(b, &words);
		html_cell(b, STR(""));
		html_cell(b, STR(""));
		place_words(&words, rb, a->value.span);
		cell_words(b, &words);
	}
	for (uint16_t i = 0; i < p->nranges; i++) {
		html_row(b);
		measure_words(&words, rb, p, i);
		cell_words(b, &words);
		for (enum measure_end end = END_LOW; end <= END_LIKELY; end++) {
			if (end != END_LIKELY || p->likely)
				measure_end_words(&words, rb, p, i, end);
			cell_words(b, &words);
		}
		place_words(&words, rb, measure_span(p, i));
		cell_words(b, &words);
	}
	html_table_end(b);
	buf_release(&words);
}

static void where_called(struct buf *b, const struct rulebook *rb,
			 const struct projection_result *r)
{
	if (r->county == NONE)
		where_words(b, rb, r);
	else
		plain_title(b, rb->counties[r->county].title, rb->counties[r->county].name);
}

static void head(struct buf *b, const struct rulebook *rb, const struct projection_result *r)
{
	const struct projection *p = r->projection;
	struct buf words = {0};
	plain_title(&words, p->base.title, p->name);
	buf_c(&words, ", in ");
	where_called(&words, rb, r);
	html_section(b, buf_view(&words));
	buf_clear(&words);
	day_text(&words, p->until);
	html_p(b, "What comes until " STR_FMT " is counted.", STR_ARG(buf_view(&words)));
	if (p->nassumed || p->nranges)
		assumed_table(b, rb, p);
	if (r->nruns > 1)
		html_note(b,
			  "Lowest and highest are those of %u runs: every range at either end with "
			  "every other%s. What lies between the ends was not run.",
			  r->nruns, p->likely ? ", and all at what is likely" : "");
	buf_release(&words);
}

/* ---- one fund or line ---- */

static void chart_value(struct chart *c, const struct projection_result *r, const int64_t *cents)
{
	struct projection_span s = projection_span(r, cents);
	if (r->nruns == 1)
		chart_bar(c, 0, s.low);
	else
		chart_range(c, 0, s.low, s.likely, s.high);
}

static void months_chart(struct buf *b, const struct rulebook *rb,
			 const struct projection_result *r, const struct projection_group *g)
{
	static const struct chart_series one[] = {{STR_INIT("")}};
	struct chart c;
	struct buf words = {0};
	group_called(&words, rb, &r->sums.at[g->from]);
	buf_c(&words, ", by month");
	chart_begin(&c, b, buf_view(&words), one, 1, g->most);
	for (size_t i = 0; i < g->months.n; i++) {
		struct buf month = {0};
		month_words(&month, g->months.at[i].first);
		chart_group(&c, buf_view(&month));
		chart_value(&c, r, g->months.at[i].cents);
		buf_release(&month);
	}
	chart_end(&c);
	buf_release(&words);
}

static void counties_table(struct buf *b, const struct rulebook *rb,
			   const struct projection_result *of, size_t n,
			   const struct projection_sum *like, const struct projection_group *all,
			   const struct projection_result *joined)
{
	struct buf words = {0};
	amount_table(b, joined, "county");
	for (size_t i = 0; i < n; i++) {
		struct projection_group g;
		group_like(&of[i], like, &g);
		html_row(b);
		where_called(&words, rb, &of[i]);
		cell_words(b, &words);
		amounts(b, &of[i], g.cents);
		group_release(&g);
	}
	html_row(b);
	html_cell(b, STR("together"));
	amounts(b, joined, all->cents);
	html_table_end(b);
	buf_release(&words);
}

/* One row for each block, over all months. */
static void blocks_table(struct buf *b, const struct rulebook *rb,
			 const struct projection_result *r, const struct projection_group *g)
{
	struct arena a = {0};
	struct buf words = {0};
	amount_table(b, r, "provision");
	for (size_t i = g->from, to; i < g->to; i = to) {
		int64_t *cents = arena_array(&a, r->nruns, sizeof(*cents));
		for (to = i; to < g->to && r->sums.at[to].block == r->sums.at[i].block; to++)
			for (uint32_t k = 0; k < r->nruns; k++)
				(void)money_add(cents[k], r->sums.at[to].cents[k], &cents[k]);
		html_row(b);
		plain_block(&words, rb, &rb->blocks[r->sums.at[i].block]);
		plain_capital(&words, 0);
		buf_c(&words, " — ");
		place_words(&words, rb, rb->blocks[r->sums.at[i].block].span);
		cell_words(b, &words);
		amounts(b, r, cents);
	}
	html_row(b);
	html_cell(b, STR("together"));
	amounts(b, r, g->cents);
	html_table_end(b);
	buf_release(&words);
	arena_release(&a);
}

static void effects_table(struct buf *b, const struct rulebook *rb,
			  const struct projection_result *r, const struct projection_group *g)
{
	static const struct html_column columns[] = {{"from its low end to its high one", false},
						     {"changes this by", true}};
	struct buf words = {0};
	if (r->nruns == 1)
		return;
	html_table(b, columns, 2);
	for (uint16_t i = 0; i < r->projection->nranges; i++) {
		html_row(b);
		measure_words(&words, rb, r->projection, i);
		cell_words(b, &words);
		effect_words(&words, projection_effect(r, g->cents, i), false);
		cell_words(b, &words);
	}
	html_table_end(b);
	if (beyond_corners(r, g->cents))
		html_note(b, "What is likely lies outside of what came at the ends: between them "
			     "it may be more or less still.");
	buf_release(&words);
}

static void group_section(struct buf *b, const struct rulebook *rb,
			  const struct projection_result *of, size_t n,
			  const struct projection_result *r, const struct projection_group *g)
{
	struct buf words = {0};
	group_called(&words, rb, &r->sums.at[g->from]);
	buf_c(&words, ": ");
	span_words(&words, r, projection_span(r, g->cents), false);
	html_subsection(b, buf_view(&words));
	months_chart(b, rb, r, g);
	if (n > 1)
		counties_table(b, rb, of, n, &r->sums.at[g->from], g, r);
	blocks_table(b, rb, r, g);
	effects_table(b, rb, r, g);
	buf_release(&words);
}

/* ---- what was expected ---- */

static void expected_table(struct buf *b, const struct rulebook *rb,
			   const struct projection_result *r)
{
	static const struct html_column columns[] = {
	    {"expected", false}, {"came", true}, {"is it so", false}};
	struct buf words = {0}, expected = {0};
	if (!r->nchecks)
		return;
	html_table(b, columns, 3);
	for (uint16_t i = 0; i < r->nchecks; i++) {
		html_row(b);
		buf_clear(&expected);
		total_words(&expected, rb, &r->projection->totals[i]);
		plain_name(&words, buf_view(&expected));
		cell_words(b, &words);
		came_words(&words, r, i);
		html_number(b, buf_view(&words));
		buf_clear(&words);
		html_cell(b, r->checks[i].met ? STR("as expected") : STR("NOT as expected"));
	}
	html_table_end(b);
	buf_release(&words);
	buf_release(&expected);
}

static void troubles(struct buf *b, const struct rulebook *rb, const struct projection_result *r)
{
	struct buf words = {0};
	for (uint32_t i = 0; i < r->nruns; i++) {
		buf_clear(&words);
		where_words(&words, rb, r);
		buf_c(&words, ": ");
		trouble_words(&words, rb, r, &r->runs[i]);
		if (r->runs[i].refused || r->runs[i].overflow)
			html_note(b, STR_FMT, STR_ARG(buf_view(&words)));
	}
	buf_release(&words);
}

static void sections(struct buf *b, const struct rulebook *rb, const struct projection_result *of,
		     size_t n, const struct projection_result *r)
{
	head(b, rb, r);
	for (size_t i = 0; i < n; i++)
		troubles(b, rb, &of[i]);
	for (size_t i = 0; i < r->sums.n;) {
		struct projection_group g;
		group_of(r, i, &g);
		group_section(b, rb, of, n, r, &g);
		i = g.to;
		group_release(&g);
	}
	expected_table(b, rb, r);
}

void projection_html_head(struct buf *b)
{
	html_p(
	    b,
	    "Every person counted here is a case of its own, decided by the engine as a real one "
	    "would be. Nothing is estimated.");
}

void projection_html(struct buf *b, const struct rulebook *rb, const struct projection_result *of,
		     size_t n)
{
	struct projection_result joined;
	if (n == 1) {
		sections(b, rb, of, n, of);
		return;
	}
	projection_join(of, n, &joined);
	sections(b, rb, of, n, &joined);
	projection_result_release(&joined);
}
