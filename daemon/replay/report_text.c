/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/replay/report.h"

#include "engine/values/money.h"

#define NAME_WIDE  34
#define MONEY_WIDE 18
#define COUNT_WIDE 10
#define CASES_MOST 20 /* named in the text; the JSON has all */

/* ---- columns ---- */

static void left(struct buf *b, struct str s)
{
	buf_str(b, s);
	buf_pad(b, ' ', s.len < NAME_WIDE ? NAME_WIDE - s.len : 1);
}

static void right(struct buf *b, struct str s, size_t wide)
{
	if (s.len < wide)
		buf_pad(b, ' ', wide - s.len);
	buf_str(b, s);
}

static void money(struct buf *b, int64_t cents)
{
	struct buf text = {0};
	money_text(&text, cents);
	right(b, buf_view(&text), MONEY_WIDE);
	buf_release(&text);
}

static void count(struct buf *b, uint64_t n)
{
	struct buf text = {0};
	number_text(&text, (int64_t)n);
	right(b, buf_view(&text), COUNT_WIDE);
	buf_release(&text);
}

/* ---- what the candidate asks, and what it refuses ---- */

static void put_lacks(struct buf *b, const struct replayed *r)
{
	if (!r->lacks.n)
		return;
	buf_c(b, "\nThe change asks what this history does not hold:\n");
	for (size_t i = 0; i < r->lacks.n; i++) {
		buf_c(b, "  ");
		replay_lack_words(b, &r->lacks.at[i]);
		buf_char(b, '\n');
	}
}

static void put_unknown(struct buf *b, const struct replayed *r)
{
	bool any = false;
	for (size_t i = 0; i < r->types.n; i++) {
		if (r->types.at[i].known)
			continue;
		buf_c(b,
		      any ? "" : "\nThe history has events that are not known under the change:\n");
		any = true;
		buf_c(b, "  ");
		left(b, r->types.at[i].type);
		count(b, r->types.at[i].n);
		buf_char(b, '\n');
	}
}

static void put_refusals(struct buf *b, const struct replayed *r)
{
	if (r->refusals.n)
		buf_c(b, "\nRefused under the change, so without effects there:\n");
	for (size_t i = 0; i < r->refusals.n; i++) {
		const struct replay_refusal *x = &r->refusals.at[i];
		count(b, x->n);
		buf_fmt(b, "  " STR_FMT ": " STR_FMT "%s" STR_FMT "\n", STR_ARG(x->type),
			STR_ARG(x->slug), x->where.len ? " at " : "", STR_ARG(x->where));
	}
}

/* ---- what comes out ---- */

static void put_head(struct buf *b, const struct replayed *r)
{
	replay_head_words(b, r);
	buf_char(b, '\n');
	if (!r->destroyed && !r->left_out)
		return;
	replay_left_out_words(b, r);
	buf_char(b, '\n');
}

static void put_counts(struct buf *b, const struct replayed *r)
{
	buf_char(b, '\n');
	replay_cases_words(b, r);
	buf_c(b, " A benefit is a payment, a schedule of payments or a place.\n");
	if (!r->compared.cases.n)
		return;
	replay_outcomes_words(b, r);
	buf_char(b, '\n');
}

static void put_provisions(struct buf *b, const struct compared *c)
{
	if (!c->provisions.n)
		return;
	buf_c(b, "\nBy provision");
	buf_pad(b, ' ', NAME_WIDE - 12);
	for (int k = 0; k < OUTCOME_CHANGES; k++)
		right(b, difference_kind_name((enum difference_kind)k), COUNT_WIDE);
	right(b, STR("cases"), COUNT_WIDE);
	buf_char(b, '\n');
	for (size_t i = 0; i < c->provisions.n; i++) {
		const struct compared_provision *p = &c->provisions.at[i];
		struct buf name = {0};
		buf_fmt(&name, "  " STR_FMT " " STR_FMT, STR_ARG(p->block), STR_ARG(p->kind));
		if (p->name.len && !str_eq(p->name, p->block))
			buf_fmt(&name, " " STR_FMT, STR_ARG(p->name));
		left(b, buf_view(&name));
		for (int k = 0; k < OUTCOME_CHANGES; k++)
			count(b, p->changes[k]);
		count(b, p->cases);
		buf_char(b, '\n');
		buf_release(&name);
	}
}

static void money_name(struct buf *b, const struct compared_money *m, enum compared_by by)
{
	buf_c(b, "  ");
	buf_str(b, said_money_name(m->money));
	buf_char(b, ' ');
	switch (by) {
	case BY_FUND:
		buf_str(b, m->fund.len ? m->fund : STR("(no fund)"));
		break;
	case BY_COUNTY:
		buf_str(b, m->county);
		break;
	case BY_PROGRAM:
		buf_str(b, m->program.len ? m->program : STR("(no program)"));
		break;
	case BY_MONTH:
	case COMPARED_BYS:
		day_text(b, m->month);
		b->len -= 3; /* 2026-07 */
		break;
	}
}

static void put_row(struct buf *b, const struct compared_money *m, enum compared_by by)
{
	struct buf name = {0};
	int64_t difference = 0;
	money_name(&name, m, by);
	left(b, buf_view(&name));
	money(b, m->cents[SIDE_RECORDED]);
	money(b, m->cents[SIDE_CANDIDATE]);
	(void)money_sub(m->cents[SIDE_CANDIDATE], m->cents[SIDE_RECORDED], &difference);
	money(b, difference);
	buf_char(b, '\n');
	buf_release(&name);
}

/* All funds and programs; of counties and months those that differ. */
static void put_money(struct buf *b, const struct compared *c, enum compared_by by)
{
	static const char *const heads[] = {[BY_FUND] = "By fund",
					    [BY_COUNTY] = "By county (those that differ)",
					    [BY_PROGRAM] = "By program",
					    [BY_MONTH] = "By month due (those that differ)"};
	struct arena a = {0};
	struct compared_money *rows;
	size_t n = compared_sums(c, by, &a, &rows), shown = 0;
	for (size_t i = 0; i < n; i++) {
		if ((by == BY_COUNTY || by == BY_MONTH) &&
		    rows[i].cents[SIDE_RECORDED] == rows[i].cents[SIDE_CANDIDATE])
			continue;
		if (!shown++) {
			buf_char(b, '\n');
			left(b, str_from(heads[by]));
			right(b, STR("recorded"), MONEY_WIDE);
			right(b, STR("under the change"), MONEY_WIDE);
			right(b, STR("difference"), MONEY_WIDE);
			buf_char(b, '\n');
		}
		put_row(b, &rows[i], by);
	}
	arena_release(&a);
}

static void put_day(struct buf *b, int32_t day)
{
	struct buf text = {0};
	replay_day_words(&text, day);
	right(b, buf_view(&text), MONEY_WIDE);
	buf_release(&text);
}

static void put_funds(struct buf *b, const struct compared *c)
{
	if (!c->funds.n)
		return;
	buf_char(b, '\n');
	left(b, STR("Funds that run out, since"));
	right(b, STR("recorded"), MONEY_WIDE);
	right(b, STR("under the change"), MONEY_WIDE);
	buf_char(b, '\n');
	for (size_t i = 0; i < c->funds.n; i++) {
		struct buf name = {0};
		buf_fmt(&name, "  " STR_FMT " of " STR_FMT, STR_ARG(c->funds.at[i].fund),
			STR_ARG(c->funds.at[i].county));
		left(b, buf_view(&name));
		put_day(b, c->funds.at[i].day[SIDE_RECORDED]);
		put_day(b, c->funds.at[i].day[SIDE_CANDIDATE]);
		buf_char(b, '\n');
		buf_release(&name);
	}
}

/* ---- cases ---- */

static void put_side(struct buf *b, const struct compared *c, const struct compared_outcome *o,
		     enum side side)
{
	if (o->label[side] == NONE_SUCH) {
		buf_c(b, "nothing");
		return;
	}
	const struct compared_label *l = &c->labels.at[o->label[side]];
	buf_str(b, l->kind);
	if (l->name.len)
		buf_fmt(b, " " STR_FMT, STR_ARG(l->name));
	if (o->cents[side]) {
		buf_char(b, ' ');
		money_text(b, o->cents[side]);
	}
	if (o->day[side] != DAY_NONE) {
		buf_char(b, ' ');
		day_text(b, o->day[side]);
	}
}

static void put_cases(struct buf *b, const struct replayed *r)
{
	const struct compared *c = &r->compared;
	size_t n = c->cases.n < CASES_MOST ? c->cases.n : CASES_MOST;
	if (!r->ids || !n)
		return;
	buf_c(b, "\nWhere each case parts first: recorded, then under the change\n");
	for (size_t i = 0; i < n; i++) {
		const struct compared_case *x = &c->cases.at[i];
		const struct compared_outcome *o = &c->outcomes.at[x->first];
		buf_fmt(b, "  " STR_FMT " at decision %u: ", STR_ARG(r->ids[i]), o->seq);
		put_side(b, c, o, SIDE_RECORDED);
		buf_c(b, " | ");
		put_side(b, c, o, SIDE_CANDIDATE);
		buf_char(b, '\n');
	}
	if (c->cases.n > n)
		buf_fmt(b, "  and %zu more: --json has all\n", c->cases.n - n);
}

void replayed_text(struct buf *b, const struct replayed *r)
{
	put_head(b, r);
	put_lacks(b, r);
	put_unknown(b, r);
	put_refusals(b, r);
	put_counts(b, r);
	put_provisions(b, &r->compared);
	for (int by = 0; by < COMPARED_BYS; by++)
		put_money(b, &r->compared, (enum compared_by)by);
	if (r->compared.overflow)
		buf_c(b, "\nA sum is beyond the range of amounts; sums are not exact.\n");
	put_funds(b, &r->compared);
	put_cases(b, r);
}
