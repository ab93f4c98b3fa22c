/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands in the end: pairs within each case, then the sums. Everything goes into lists that
 * are sorted by what they say, so that nothing depends on the order of the table.
 */
#include "engine/audit/comparison.h"

#include "engine/values/money.h"

#include <stdlib.h>
#include <string.h>

/* An outcome that stands on one side only. */
struct apart {
	struct comparison_entry e;
	uint32_t provision;
	uint8_t side;
	bool paired;
};

#define MONTHS_KEPT 512 /* days, so that a year has room */

struct closing {
	struct comparison *c;
	struct compared *out;
	VEC(struct apart) apart;
	struct map by_money, by_fund;
	VEC(uint8_t) benefits; /* by case: a bit for each side */
	struct month {
		int32_t day, first;
	} months[MONTHS_KEPT]; /* of days seen last, by day */
};

/* ---- sums ---- */

/* A sum that leaves the range of amounts stays at its end, and the report says so. */
static int64_t added(int64_t a, int64_t b)
{
	int64_t sum;
	return money_add(a, b, &sum) ? INT64_MAX : sum;
}

static int32_t month_of(struct closing *x, int32_t day)
{
	struct month *m = &x->months[(uint32_t)day % MONTHS_KEPT];
	if (m->day != day)
		*m = (struct month){day, day_month_first(day, 0)};
	return m->first;
}

static struct compared_money *money_row(struct closing *x, const struct comparison_entry *e)
{
	const struct compared_label *l = &x->c->labels.at[e->label];
	struct {
		uint32_t label;
		int32_t month, money;
	} key = {e->label, month_of(x, e->day), e->money};
	struct str text = {(const char *)&key, sizeof(key)};
	uint32_t i = map_get(&x->by_money, text);
	if (i != MAP_NONE)
		return &x->out->money.at[i];
	map_put(&x->by_money, arena_str(&x->out->arena, text), (uint32_t)x->out->money.n);
	struct compared_money *m = vec_push(&x->out->money);
	*m = (struct compared_money){.money = (enum said_money)e->money,
				     .fund = l->fund,
				     .county = l->county,
				     .program = l->program,
				     .month = key.month};
	return m;
}

static struct compared_fund *fund_row(struct closing *x, const struct compared_label *l)
{
	char key[256];
	struct str text = {key, 0};
	memcpy(key, l->county.p, l->county.len);
	key[l->county.len] = '\0';
	memcpy(key + l->county.len + 1, l->fund.p, l->fund.len);
	text.len = l->county.len + 1 + l->fund.len;
	uint32_t i = map_get(&x->by_fund, text);
	if (i != MAP_NONE)
		return &x->out->funds.at[i];
	map_put(&x->by_fund, arena_str(&x->out->arena, text), (uint32_t)x->out->funds.n);
	struct compared_fund *f = vec_push(&x->out->funds);
	*f = (struct compared_fund){l->fund, l->county, {DAY_NONE, DAY_NONE}};
	return f;
}

static void add_sums(struct closing *x, const struct comparison_entry *e, enum side side)
{
	if (e->money == SAID_NO_MONEY)
		return;
	struct compared_money *m = money_row(x, e);
	m->n[side]++;
	m->cents[side] = added(m->cents[side], e->cents);
	if (e->money != SAID_UNFUNDED)
		return;
	struct compared_fund *f = fund_row(x, &x->c->labels.at[e->label]);
	if (f->day[side] == DAY_NONE || e->day < f->day[side])
		f->day[side] = e->day;
}

static void add_benefit(struct closing *x, const struct comparison_entry *e)
{
	while (x->benefits.n <= e->case_no)
		*vec_push(&x->benefits) = 0;
	x->benefits.at[e->case_no] |= e->sides;
}

static bool is_left_out(const struct comparison *c, uint32_t case_no)
{
	return case_no < c->left_out.n && c->left_out.at[case_no];
}

static void take_entry(struct closing *x, const struct comparison_entry *e)
{
	for (int side = 0; side < SIDES; side++) {
		if (!(e->sides >> side & 1))
			continue;
		x->out->standing[side]++;
		add_sums(x, e, (enum side)side);
	}
	if (e->benefit)
		add_benefit(x, e);
	if (e->sides == 3)
		x->out->same++;
	else
		*vec_push(&x->apart) =
		    (struct apart){*e, x->c->labels.at[e->label].provision,
				   e->sides == 1 ? SIDE_RECORDED : SIDE_CANDIDATE, false};
}

/* ---- pairs ---- */

#define ORDER(a, b)                                                                                \
	if ((a) != (b))                                                                            \
	return (a) < (b) ? -1 : 1

static int in_order(const struct apart *a, const struct apart *b)
{
	ORDER(a->side, b->side);
	ORDER(a->e.seq, b->e.seq);
	int order = memcmp(&a->e.id, &b->e.id, sizeof(a->e.id));
	ORDER(order, 0);
	ORDER(a->e.content, b->e.content);
	return 0;
}

static int by_content(const void *p, const void *q)
{
	const struct apart *a = p, *b = q;
	ORDER(a->e.case_no, b->e.case_no);
	ORDER(a->e.content, b->e.content);
	return in_order(a, b);
}

static int by_id(const void *p, const void *q)
{
	const struct apart *a = p, *b = q;
	ORDER(a->e.case_no, b->e.case_no);
	int order = memcmp(&a->e.id, &b->e.id, sizeof(a->e.id));
	ORDER(order, 0);
	return in_order(a, b);
}

static int by_provision(const void *p, const void *q)
{
	const struct apart *a = p, *b = q;
	ORDER(a->e.case_no, b->e.case_no);
	ORDER(a->provision, b->provision);
	return in_order(a, b);
}

static bool same_content(const struct apart *a, const struct apart *b)
{
	return a->e.case_no == b->e.case_no && a->e.content == b->e.content;
}

static bool same_id(const struct apart *a, const struct apart *b)
{
	return a->e.case_no == b->e.case_no && hash128_eq(a->e.id, b->e.id);
}

static bool same_provision(const struct apart *a, const struct apart *b)
{
	return a->e.case_no == b->e.case_no && a->provision == b->provision;
}

static void emit(struct closing *x, const struct apart *recorded, const struct apart *candidate)
{
	const struct apart *both[SIDES] = {recorded, candidate};
	struct compared_outcome o = {.kind = !recorded    ? OUTCOME_ADDED
					     : !candidate ? OUTCOME_REMOVED
							  : OUTCOME_CHANGED,
				     .seq = UINT32_MAX,
				     .label = {NONE_SUCH, NONE_SUCH}};
	for (int side = 0; side < SIDES; side++) {
		if (!both[side])
			continue;
		const struct comparison_entry *e = &both[side]->e;
		o.case_no = e->case_no;
		o.seq = e->seq < o.seq ? e->seq : o.seq;
		o.label[side] = e->label;
		o.cents[side] = e->cents;
		o.day[side] = e->day;
		o.money[side] = e->money;
	}
	*vec_push(&x->out->outcomes) = o;
}

static void pair(struct closing *x, struct apart *recorded, struct apart *candidate, bool is_change)
{
	recorded->paired = candidate->paired = true;
	if (is_change)
		emit(x, recorded, candidate);
	else
		x->out->same++;
}

/* Of each group the first of the one side with the first of the other, and so on. */
static void pair_all(struct closing *x, int (*order)(const void *, const void *),
		     bool (*belong)(const struct apart *, const struct apart *), bool is_change)
{
	struct apart *at = x->apart.at;
	size_t n = x->apart.n, left = 0;
	if (n)
		qsort(at, n, sizeof(*at), order);
	for (size_t from = 0, to, middle; from < n; from = to) {
		for (to = middle = from; to < n && belong(&at[from], &at[to]); to++)
			middle += at[to].side == SIDE_RECORDED;
		for (size_t i = from, k = middle; i < middle && k < to; i++, k++)
			pair(x, &at[i], &at[k], is_change);
	}
	for (size_t i = 0; i < n; i++)
		if (!at[i].paired)
			at[left++] = at[i];
	x->apart.n = left;
}

static void pair_apart(struct closing *x)
{
	pair_all(x, by_content, same_content, false);
	pair_all(x, by_id, same_id, true);
	pair_all(x, by_provision, same_provision, true);
	for (size_t i = 0; i < x->apart.n; i++) {
		const struct apart *a = &x->apart.at[i];
		emit(x, a->side == SIDE_RECORDED ? a : NULL, a->side == SIDE_CANDIDATE ? a : NULL);
	}
}

/* ---- lists in order ---- */

#define ORDER_TEXT(a, b)                                                                           \
	do {                                                                                       \
		int order_ = str_cmp(a, b);                                                        \
		if (order_)                                                                        \
			return order_;                                                             \
	} while (0)

static int outcome_order(const void *p, const void *q)
{
	const struct compared_outcome *a = p, *b = q;
	ORDER(a->case_no, b->case_no);
	ORDER(a->seq, b->seq);
	ORDER(a->kind, b->kind);
	for (int side = 0; side < SIDES; side++) {
		ORDER(a->label[side], b->label[side]);
		ORDER(a->day[side], b->day[side]);
		ORDER(a->cents[side], b->cents[side]);
	}
	return 0;
}

static int money_order(const void *p, const void *q)
{
	const struct compared_money *a = p, *b = q;
	ORDER(a->money, b->money);
	ORDER_TEXT(a->fund, b->fund);
	ORDER_TEXT(a->county, b->county);
	ORDER_TEXT(a->program, b->program);
	ORDER(a->month, b->month);
	return 0;
}

static int fund_order(const void *p, const void *q)
{
	const struct compared_fund *a = p, *b = q;
	ORDER_TEXT(a->county, b->county);
	ORDER_TEXT(a->fund, b->fund);
	return 0;
}

static int provision_order(const void *p, const void *q)
{
	const struct compared_provision *a = p, *b = q;
	ORDER_TEXT(a->program, b->program);
	ORDER_TEXT(a->block, b->block);
	ORDER_TEXT(a->kind, b->kind);
	ORDER_TEXT(a->name, b->name);
	return 0;
}

/* Rows that belong together, in order, become one: how many there are then. */
static size_t join_money(struct compared_money *rows, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		if (!kept || money_order(&rows[kept - 1], &rows[i])) {
			rows[kept++] = rows[i];
			continue;
		}
		for (int side = 0; side < SIDES; side++) {
			rows[kept - 1].n[side] += rows[i].n[side];
			rows[kept - 1].cents[side] =
			    added(rows[kept - 1].cents[side], rows[i].cents[side]);
		}
	}
	return kept;
}

#define SORT(list, order)                                                                          \
	do {                                                                                       \
		if ((list)->n)                                                                     \
			qsort((list)->at, (list)->n, sizeof(*(list)->at), order);                  \
	} while (0)

/* ---- by case, by provision ---- */

static void list_cases(struct closing *x)
{
	struct compared *out = x->out;
	for (size_t i = 0, to; i < out->outcomes.n; i = to) {
		uint32_t no = out->outcomes.at[i].case_no;
		for (to = i; to < out->outcomes.n && out->outcomes.at[to].case_no == no; to++)
			;
		unsigned benefits = no < x->benefits.n ? x->benefits.at[no] : 0;
		*vec_push(&out->cases) = (struct compared_case){
		    no, i, to - i, {(benefits & 1) != 0, (benefits & 2) != 0}};
		out->newly += benefits == 2;
		out->no_longer += benefits == 1;
	}
}

/* Counts by provision; of a change that goes by the candidate's. A case counts once for each. */
static void list_provisions(struct closing *x)
{
	struct compared *out = x->out;
	size_t n = x->c->provisions;
	struct compared_provision *all = mem_alloc((n + 1) * sizeof(*all));
	uint32_t *last = mem_alloc((n + 1) * sizeof(*last));
	for (size_t i = 0; i < out->outcomes.n; i++) {
		const struct compared_outcome *o = &out->outcomes.at[i];
		const struct compared_label *l =
		    &x->c->labels.at[o->label[o->kind != OUTCOME_REMOVED]];
		struct compared_provision *p = &all[l->provision];
		p->program = l->program, p->block = l->block, p->kind = l->kind, p->name = l->name;
		p->changes[o->kind]++;
		out->changes[o->kind]++;
		p->cases += last[l->provision] != o->case_no + 1;
		last[l->provision] = o->case_no + 1;
	}
	for (size_t i = 0; i < n; i++)
		if (all[i].cases)
			*vec_push(&out->provisions) = all[i];
	SORT(&out->provisions, provision_order);
	mem_free(all);
	mem_free(last);
}

void comparison_close(struct comparison *c, struct compared *out)
{
	struct closing x = {.c = c, .out = out};
	for (size_t i = 0; i < MONTHS_KEPT; i++)
		x.months[i].day = DAY_NONE;
	for (size_t i = 0; i < c->cap; i++)
		if (c->slots[i].sides && !is_left_out(c, c->slots[i].case_no))
			take_entry(&x, &c->slots[i]);
	pair_apart(&x);
	SORT(&out->outcomes, outcome_order);
	SORT(&out->money, money_order);
	SORT(&out->funds, fund_order);
	out->money.n = join_money(out->money.at, out->money.n);
	list_cases(&x);
	list_provisions(&x);
	for (size_t i = 0; i < out->money.n; i++)
		out->overflow |= out->money.at[i].cents[0] == INT64_MAX ||
				 out->money.at[i].cents[1] == INT64_MAX;
	for (size_t i = 0; i < c->labels.n; i++)
		*vec_push(&out->labels) = c->labels.at[i];
	vec_release(&x.apart);
	vec_release(&x.benefits);
	map_release(&x.by_money);
	map_release(&x.by_fund);
}

void compared_release(struct compared *r)
{
	vec_release(&r->labels);
	vec_release(&r->outcomes);
	vec_release(&r->cases);
	vec_release(&r->provisions);
	vec_release(&r->money);
	vec_release(&r->funds);
	arena_release(&r->arena);
}

/* ---- asking ---- */

size_t compared_sums(const struct compared *r, enum compared_by by, struct arena *a,
		     struct compared_money **out)
{
	struct compared_money *rows = arena_array(a, r->money.n, sizeof(*rows));
	for (size_t i = 0; i < r->money.n; i++) {
		const struct compared_money *m = &r->money.at[i];
		rows[i] = *m;
		rows[i].fund = by == BY_FUND ? m->fund : STR("");
		rows[i].county = by == BY_COUNTY ? m->county : STR("");
		rows[i].program = by == BY_PROGRAM ? m->program : STR("");
		rows[i].month = by == BY_MONTH ? m->month : DAY_NONE;
	}
	*out = rows;
	if (r->money.n)
		qsort(rows, r->money.n, sizeof(*rows), money_order);
	return join_money(rows, r->money.n);
}

struct str said_money_name(enum said_money money)
{
	static const struct str names[SAID_MONEYS] = {STR_INIT(""), STR_INIT("paid"),
						      STR_INIT("assessed"), STR_INIT("unfunded")};
	return names[money];
}

struct str difference_kind_name(enum difference_kind kind)
{
	static const struct str names[OUTCOME_CHANGES] = {STR_INIT("added"), STR_INIT("removed"),
							  STR_INIT("changed")};
	return names[kind];
}
