/* SPDX-License-Identifier: Apache-2.0
 *
 * The money of a report: sums of each kind, then by fund, county, program and month those that are
 * not the same.
 */
#include "daemon/replay/report_html.h"

#include "daemon/replay/report_names.h"
#include "engine/explain/plain.h"
#include "engine/page/chart.h"
#include "engine/page/html.h"
#include "engine/values/money.h"

static const struct chart_series two[SIDES] = {{STR_INIT("as recorded")},
					       {STR_INIT("under the change")}};

static const char *const heads[] = {
    [BY_FUND] = "fund", [BY_COUNTY] = "county", [BY_PROGRAM] = "program", [BY_MONTH] = "month due"};

struct moneys {
	struct buf *b;
	const struct rulebook *rb;
	enum compared_by by;
	const struct compared_money *rows;
	size_t n;
};

static struct str money_name(enum said_money m)
{
	return m == SAID_UNFUNDED ? STR("left unpaid for lack of money") : said_money_name(m);
}

static bool is_same(const struct compared_money *m)
{
	return m->cents[SIDE_RECORDED] == m->cents[SIDE_CANDIDATE];
}

static struct str row_name(struct buf *b, const struct moneys *m, const struct compared_money *row)
{
	buf_clear(b);
	switch (m->by) {
	case BY_FUND:
		if (row->fund.len)
			called_fund(b, m->rb, row->fund);
		else
			buf_c(b, "no fund");
		break;
	case BY_COUNTY:
		called_county(b, m->rb, row->county);
		break;
	case BY_PROGRAM:
		if (row->program.len)
			called_program(b, m->rb, row->program);
		else
			buf_c(b, "no program");
		break;
	case BY_MONTH:
	case COMPARED_BYS:
		day_text(b, row->month);
		b->len -= 3; /* 2026-07 */
		break;
	}
	return buf_view(b);
}

static void cells(struct buf *b, const int64_t cents[SIDES])
{
	int64_t difference = 0;
	(void)money_sub(cents[SIDE_CANDIDATE], cents[SIDE_RECORDED], &difference);
	html_money(b, cents[SIDE_RECORDED]);
	html_money(b, cents[SIDE_CANDIDATE]);
	html_money(b, difference);
}

/* Those that differ, and how many do not. */
static void put_table(const struct moneys *m)
{
	const struct html_column columns[] = {{heads[m->by], false},
					      {"is", false},
					      {"as recorded", true},
					      {"under the change", true},
					      {"difference", true}};
	struct buf name = {0};
	size_t shown = 0;
	for (size_t i = 0; i < m->n; i++) {
		const struct compared_money *row = &m->rows[i];
		if (is_same(row))
			continue;
		if (!shown++)
			html_table(m->b, columns, 5);
		html_row(m->b);
		html_cell(m->b, row_name(&name, m, row));
		html_cell(m->b, money_name(row->money));
		cells(m->b, row->cents);
	}
	if (shown)
		html_table_end(m->b);
	if (shown < m->n)
		html_p(m->b, "%s %zu are the same.", shown ? "The other" : "All", m->n - shown);
	buf_release(&name);
}

/* Of one kind of money, from `from` on: bars for each row. Returns the end of that kind. */
static size_t put_chart(const struct moneys *m, size_t from)
{
	struct buf name = {0};
	struct chart c;
	int64_t most = 0;
	size_t to = from;
	bool differs = false;
	for (; to < m->n && m->rows[to].money == m->rows[from].money; to++) {
		differs |= !is_same(&m->rows[to]);
		for (int side = 0; side < SIDES; side++)
			if (m->rows[to].cents[side] > most)
				most = m->rows[to].cents[side];
	}
	if (!differs)
		return to;
	html_p(m->b, "Amounts " STR_FMT ":", STR_ARG(money_name(m->rows[from].money)));
	chart_begin(&c, m->b, money_name(m->rows[from].money), two, SIDES, most);
	for (size_t i = from; i < to; i++) {
		chart_group(&c, row_name(&name, m, &m->rows[i]));
		for (int side = 0; side < SIDES; side++)
			chart_bar(&c, (size_t)side, m->rows[i].cents[side]);
	}
	chart_end(&c);
	buf_release(&name);
	return to;
}

static void put_by(struct buf *b, const struct compared *c, const struct rulebook *rb,
		   enum compared_by by)
{
	struct arena a = {0};
	struct buf title = {0};
	struct compared_money *rows;
	size_t n = compared_sums(c, by, &a, &rows);
	struct moneys m = {b, rb, by, rows, n};
	buf_fmt(&title, "Money by %s", heads[by]);
	html_subsection(b, buf_view(&title));
	for (size_t i = 0; by == BY_MONTH && i < n;)
		i = put_chart(&m, i);
	put_table(&m);
	buf_release(&title);
	arena_release(&a);
}

/* Returns whether anything differs. */
static bool put_sums(struct buf *b, const struct compared *c)
{
	static const struct html_column columns[] = {{"money", false},
						     {"as recorded", true},
						     {"under the change", true},
						     {"difference", true}};
	int64_t sums[SAID_MONEYS][SIDES] = {0};
	bool any[SAID_MONEYS] = {0}, differs = false;
	for (size_t i = 0; i < c->money.n; i++) {
		const struct compared_money *m = &c->money.at[i];
		any[m->money] = true;
		differs |= !is_same(m);
		for (int side = 0; side < SIDES; side++)
			(void)money_add(sums[m->money][side], m->cents[side],
					&sums[m->money][side]);
	}
	html_subsection(b, STR("Money"));
	html_table(b, columns, 4);
	for (enum said_money m = SAID_PAID; m < SAID_MONEYS; m++) {
		if (!any[m])
			continue;
		html_row(b);
		html_cell(b, money_name(m));
		cells(b, sums[m]);
	}
	html_table_end(b);
	return differs;
}

static void put_day(struct buf *b, int32_t day)
{
	struct buf text = {0};
	replay_day_words(&text, day);
	html_unbroken(b, buf_view(&text));
	buf_release(&text);
}

static void put_funds(struct buf *b, const struct compared *c, const struct rulebook *rb)
{
	static const struct html_column columns[] = {{"fund", false},
						     {"county", false},
						     {"as recorded", false},
						     {"under the change", false}};
	struct buf name = {0};
	if (!c->funds.n)
		return;
	html_subsection(b,
			STR("Funds that run out, and the first day on which they had not enough"));
	html_table(b, columns, 4);
	for (size_t i = 0; i < c->funds.n; i++) {
		html_row(b);
		called_fund(&name, rb, c->funds.at[i].fund);
		html_cell(b, buf_view(&name));
		buf_clear(&name);
		called_county(&name, rb, c->funds.at[i].county);
		html_cell(b, buf_view(&name));
		buf_clear(&name);
		for (int side = 0; side < SIDES; side++)
			put_day(b, c->funds.at[i].day[side]);
	}
	html_table_end(b);
	buf_release(&name);
}

void replay_html_money(struct buf *b, const struct compared *c, const struct rulebook *rb)
{
	if (!c->money.n)
		return;
	if (put_sums(b, c)) {
		for (int by = 0; by < COMPARED_BYS; by++)
			put_by(b, c, rb, (enum compared_by)by);
	} else {
		html_p(b, "Every sum is the same in every fund, county, program and month.");
	}
	put_funds(b, c, rb);
}
