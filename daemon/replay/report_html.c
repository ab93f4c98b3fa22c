/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/replay/report.h"

#include "engine/page/chart.h"
#include "engine/page/html.h"
#include "engine/values/money.h"

#define CASES_MOST 200 /* rows of a table that people read */

static const struct chart_series two[SIDES] = {{STR_INIT("as recorded")},
					       {STR_INIT("under the candidate")}};

/* ---- what was asked, and of what ---- */

static void put_words(struct buf *b, const struct replayed *r,
		      void (*words)(struct buf *b, const struct replayed *r), bool is_note)
{
	struct buf text = {0};
	words(&text, r);
	if (is_note)
		html_note(b, STR_FMT, STR_ARG(buf_view(&text)));
	else
		html_p(b, STR_FMT, STR_ARG(buf_view(&text)));
	buf_release(&text);
}

static void put_head(struct buf *b, const struct replayed *r)
{
	put_words(b, r, replay_head_words, false);
	if (r->destroyed || r->left_out)
		put_words(b, r, replay_left_out_words, true);
	if (r->compared.overflow)
		html_note(b, "A sum is beyond the range of amounts; sums are not exact.");
}

static void put_lacks(struct buf *b, const struct replayed *r)
{
	struct buf words = {0};
	if (!r->lacks.n)
		return;
	html_note(b, "The candidate asks what this history cannot hold, whatever happened. What "
		     "follows says nothing of cases for which that matters.");
	html_list(b);
	for (size_t i = 0; i < r->lacks.n; i++) {
		buf_clear(&words);
		replay_lack_words(&words, &r->lacks.at[i]);
		html_item(b, buf_view(&words));
	}
	html_list_end(b);
	buf_release(&words);
}

static void put_unknown(struct buf *b, const struct replayed *r)
{
	static const struct html_column columns[] = {
	    {"event that the candidate does not know", false}, {"recorded", true}};
	size_t n = 0;
	for (size_t i = 0; i < r->types.n; i++) {
		if (r->types.at[i].known)
			continue;
		if (!n++)
			html_table(b, columns, 2);
		html_row(b);
		html_cell(b, r->types.at[i].type);
		html_count(b, (int64_t)r->types.at[i].n);
	}
	if (n)
		html_table_end(b);
}

static void put_refusals(struct buf *b, const struct replayed *r)
{
	static const struct html_column columns[] = {
	    {"refused by the candidate", false}, {"why", false}, {"at", false}, {"events", true}};
	if (!r->refusals.n)
		return;
	html_table(b, columns, 4);
	for (size_t i = 0; i < r->refusals.n; i++) {
		const struct replay_refusal *x = &r->refusals.at[i];
		html_row(b);
		html_cell(b, x->type);
		html_cell(b, x->slug);
		html_cell(b, x->where);
		html_count(b, (int64_t)x->n);
	}
	html_table_end(b);
}

/* ---- whom it concerns ---- */

static void put_people(struct buf *b, const struct replayed *r)
{
	put_words(b, r, replay_cases_words, false);
	if (r->compared.cases.n)
		put_words(b, r, replay_outcomes_words, false);
}

static void put_provisions(struct buf *b, const struct compared *c)
{
	static const struct html_column columns[] = {{"provision", false}, {"outcome", false},
						     {"added", true},      {"removed", true},
						     {"changed", true},    {"cases", true}};
	if (!c->provisions.n)
		return;
	html_subsection(b, STR("By provision"));
	html_table(b, columns, 6);
	for (size_t i = 0; i < c->provisions.n; i++) {
		const struct compared_provision *p = &c->provisions.at[i];
		struct buf outcome = {0};
		buf_str(&outcome, p->kind);
		if (p->name.len && !str_eq(p->name, p->block))
			buf_fmt(&outcome, " " STR_FMT, STR_ARG(p->name));
		html_row(b);
		html_cell(b, p->block);
		html_cell(b, buf_view(&outcome));
		for (int k = 0; k < OUTCOME_CHANGES; k++)
			html_count(b, (int64_t)p->changes[k]);
		html_count(b, (int64_t)p->cases);
		buf_release(&outcome);
	}
	html_table_end(b);
}

/* ---- money ---- */

static struct str row_name(struct buf *b, const struct compared_money *m, enum compared_by by)
{
	buf_clear(b);
	if (by == BY_FUND)
		buf_str(b, m->fund.len ? m->fund : STR("no fund"));
	else if (by == BY_COUNTY)
		buf_str(b, m->county);
	else if (by == BY_PROGRAM)
		buf_str(b, m->program.len ? m->program : STR("no program"));
	else
		day_text(b, m->month), b->len -= 3; /* 2026-07 */
	return buf_view(b);
}

static void put_table(struct buf *b, const struct compared_money *rows, size_t n,
		      enum compared_by by, const char *head)
{
	const struct html_column columns[] = {{head, false},
					      {"", false},
					      {"as recorded", true},
					      {"under the candidate", true},
					      {"difference", true}};
	struct buf name = {0};
	html_table(b, columns, 5);
	for (size_t i = 0; i < n; i++) {
		int64_t difference = 0;
		(void)money_sub(rows[i].cents[SIDE_CANDIDATE], rows[i].cents[SIDE_RECORDED],
				&difference);
		html_row(b);
		html_cell(b, row_name(&name, &rows[i], by));
		html_cell(b, said_money_name(rows[i].money));
		html_money(b, rows[i].cents[SIDE_RECORDED]);
		html_money(b, rows[i].cents[SIDE_CANDIDATE]);
		html_money(b, difference);
	}
	html_table_end(b);
	buf_release(&name);
}

/* Of one kind of money, from `from` on: bars for each row. Returns the end of that kind. */
static size_t put_chart(struct buf *b, const struct compared_money *rows, size_t from, size_t n,
			enum compared_by by)
{
	struct buf name = {0};
	struct chart c;
	int64_t most = 0;
	size_t to = from;
	for (; to < n && rows[to].money == rows[from].money; to++)
		for (int side = 0; side < SIDES; side++)
			most = rows[to].cents[side] > most ? rows[to].cents[side] : most;
	html_p(b, "Amounts " STR_FMT ":", STR_ARG(said_money_name(rows[from].money)));
	chart_begin(&c, b, said_money_name(rows[from].money), two, SIDES, most);
	for (size_t i = from; i < to; i++) {
		chart_group(&c, row_name(&name, &rows[i], by));
		for (int side = 0; side < SIDES; side++)
			chart_bar(&c, (size_t)side, rows[i].cents[side]);
	}
	chart_end(&c);
	buf_release(&name);
	return to;
}

static void put_money(struct buf *b, const struct compared *c, enum compared_by by)
{
	static const char *const heads[] = {[BY_FUND] = "fund",
					    [BY_COUNTY] = "county",
					    [BY_PROGRAM] = "program",
					    [BY_MONTH] = "month due"};
	struct arena a = {0};
	struct buf title = {0};
	struct compared_money *rows;
	size_t n = compared_sums(c, by, &a, &rows);
	if (n) {
		buf_fmt(&title, "Money by %s", heads[by]);
		html_subsection(b, buf_view(&title));
		for (size_t i = 0; by == BY_MONTH && i < n;)
			i = put_chart(b, rows, i, n, by);
		put_table(b, rows, n, by, heads[by]);
	}
	buf_release(&title);
	arena_release(&a);
}

static void put_day(struct buf *b, int32_t day)
{
	struct buf text = {0};
	if (day == DAY_NONE)
		buf_c(&text, "never");
	else
		day_text(&text, day);
	html_cell(b, buf_view(&text));
	buf_release(&text);
}

static void put_funds(struct buf *b, const struct compared *c)
{
	static const struct html_column columns[] = {{"fund", false},
						     {"county", false},
						     {"as recorded", false},
						     {"under the candidate", false}};
	if (!c->funds.n)
		return;
	html_subsection(b,
			STR("Funds that run out, and the first day on which they had not enough"));
	html_table(b, columns, 4);
	for (size_t i = 0; i < c->funds.n; i++) {
		html_row(b);
		html_cell(b, c->funds.at[i].fund);
		html_cell(b, c->funds.at[i].county);
		for (int side = 0; side < SIDES; side++)
			put_day(b, c->funds.at[i].day[side]);
	}
	html_table_end(b);
}

/* ---- cases ---- */

static void put_side(struct buf *b, const struct compared *c, const struct compared_outcome *o,
		     int side)
{
	struct buf text = {0};
	if (o->label[side] == NONE_SUCH) {
		html_cell(b, STR("nothing"));
		return;
	}
	const struct compared_label *l = &c->labels.at[o->label[side]];
	buf_str(&text, l->kind);
	if (l->name.len)
		buf_fmt(&text, " " STR_FMT, STR_ARG(l->name));
	if (o->cents[side]) {
		buf_char(&text, ' ');
		money_text(&text, o->cents[side]);
	}
	if (o->day[side] != DAY_NONE) {
		buf_c(&text, ", ");
		day_text(&text, o->day[side]);
	}
	html_cell(b, buf_view(&text));
	buf_release(&text);
}

static void put_cases(struct buf *b, const struct replayed *r)
{
	static const struct html_column columns[] = {
	    {"case", false}, {"as recorded", false}, {"under the candidate", false}};
	const struct compared *c = &r->compared;
	size_t n = c->cases.n < CASES_MOST ? c->cases.n : CASES_MOST;
	if (!r->ids || !n)
		return;
	html_subsection(b, STR("Where each case parts first"));
	html_table(b, columns, 3);
	for (size_t i = 0; i < n; i++) {
		html_row(b);
		html_cell(b, r->ids[i]);
		for (int side = 0; side < SIDES; side++)
			put_side(b, c, &c->outcomes.at[c->cases.at[i].first], side);
	}
	html_table_end(b);
	if (n < c->cases.n)
		html_p(b, "And %zu more.", c->cases.n - n);
}

void replay_html(struct buf *b, const struct replayed *r)
{
	html_section_at(b, STR("replay"), STR("What would have been decided otherwise"));
	put_head(b, r);
	put_lacks(b, r);
	put_unknown(b, r);
	put_refusals(b, r);
	put_people(b, r);
	put_provisions(b, &r->compared);
	for (int by = 0; by < COMPARED_BYS; by++)
		put_money(b, &r->compared, (enum compared_by)by);
	put_funds(b, &r->compared);
	put_cases(b, r);
}
