/* SPDX-License-Identifier: Apache-2.0
 *
 * `at most 1 per day`, `at most $500 per year`: counted per case over the payments of a block; and
 * `never pay more than $5,000 per case per year`, over those of all blocks.
 */
#include "engine/decide/run.h"

static int32_t period_of(const struct run *r, const struct limit *l)
{
	if (l->per == UNIT_DAYS && !l->per_case)
		return r->ev->day; /* the usual one, without taking the date apart */
	return l->per_case ? 0 : day_period_start(r->ev->day, l->per);
}

/* What is used up already, by earlier events and by this one. */
static int64_t used_up(const struct run *r, uint16_t limit, int32_t period)
{
	for (size_t i = 0; i < r->s->uses.n; i++)
		if (r->s->uses.at[i].limit == limit)
			return r->s->uses.at[i].n;
	for (size_t i = 0; i < r->cs->used.n; i++) {
		const struct used *u = &r->cs->used.at[i];
		if (u->limit == limit)
			return u->period == period ? u->n : 0;
	}
	return 0;
}

static void use(struct run *r, uint16_t limit, int32_t period, int64_t n)
{
	for (size_t i = 0; i < r->s->uses.n; i++) {
		if (r->s->uses.at[i].limit == limit) {
			r->s->uses.at[i].n = n;
			return;
		}
	}
	*vec_push(&r->s->uses) = (struct used){limit, period, n};
}

/* Payments that a limit counts together. */
struct payments {
	int64_t n, cents;
};

/* Do they stay within the limit? */
static bool fits(struct run *r, const struct limit *l, const struct payments *p)
{
	int64_t most, with;
	if (!eval_amount(r, &l->most, "the limit", &most))
		return false;
	if (money_add(used_up(r, l->index, period_of(r, l)), l->is_money ? p->cents : p->n,
		      &with)) {
		run_refuse(r, STATUS_OVERFLOW, "overflow",
			   "the sum of payments leaves the range of exact amounts");
		return false;
	}
	if (with <= most)
		return true;
	r->result = RESULT_LIMIT;
	r->result_span = l->span;
	return false;
}

static void count(struct run *r, const struct limit *l, int64_t n)
{
	int32_t period = period_of(r, l);
	use(r, l->index, period, used_up(r, l->index, period) + n);
}

static void refuse_approval(struct run *r)
{
	run_refuse(r, STATUS_LIMIT, "limit",
		   "the proposal cannot be approved now, because it would go over a limit of "
		   "`" STR_FMT "`",
		   STR_ARG(run_block(r)->name));
}

static bool fit_all(struct run *r, const struct payments *p)
{
	const struct block *b = run_block(r);
	for (uint16_t i = 0; i < b->nlimits; i++)
		if (!fits(r, &b->limits[i], p))
			return false;
	return true;
}

static void count_all(struct run *r, const struct payments *p)
{
	const struct block *b = run_block(r);
	for (uint16_t i = 0; i < b->nlimits; i++)
		count(r, &b->limits[i], b->limits[i].is_money ? p->cents : p->n);
}

bool limits_approve(struct run *r, int64_t cents)
{
	struct payments p = {1, cents};
	if (fit_all(r, &p)) {
		count_all(r, &p);
		return true;
	}
	if (r->result == RESULT_LIMIT)
		refuse_approval(r);
	return false;
}

static void drop_payments(struct scratch *s, size_t from)
{
	for (size_t i = from; i < s->outcomes.n; i++)
		if (s->outcomes.at[i].action == ACTION_PAY && !s->outcomes.at[i].proposal)
			s->effects.at[i].dropped = true;
}

/* All or nothing, whatever the order of the clauses; a proposal is made where there is room for it
 * behind what is paid. */
void limits_settle(struct run *r, size_t from)
{
	struct scratch *s = r->s;
	struct payments all = {0};
	for (size_t i = from; i < s->outcomes.n; i++) {
		const struct outcome *o = &s->outcomes.at[i];
		if (o->action != ACTION_PAY || o->proposal)
			continue;
		all.n++;
		if (money_add(all.cents, o->cents, &all.cents)) {
			run_refuse(r, STATUS_OVERFLOW, "overflow",
				   "the sum of payments leaves the range of exact amounts");
			return;
		}
	}
	if (all.n && fit_all(r, &all))
		count_all(r, &all);
	else
		drop_payments(s, from);
	for (size_t i = from; i < s->outcomes.n; i++) {
		const struct outcome *o = &s->outcomes.at[i];
		if (o->action == ACTION_PAY && o->proposal &&
		    !fit_all(r, &(struct payments){1, o->cents}))
			s->effects.at[i].dropped = true;
	}
}

bool limits_cap(struct run *r, const struct limit *l, int64_t cents)
{
	int32_t period = period_of(r, l);
	int64_t most, with;
	if (!eval_amount(r, &l->most, "the most that is allowed", &most))
		return true; /* refused for that */
	if (money_add(used_up(r, l->index, period), cents, &with)) {
		run_refuse(r, STATUS_OVERFLOW, "overflow",
			   "the sum of payments leaves the range of exact amounts");
		return true;
	}
	use(r, l->index, period, with);
	return with <= most;
}

void limits_return(struct run *r, uint32_t part, int64_t cents)
{
	const struct block *b = &r->rb->blocks[r->rb->parts[part].block];
	for (uint16_t i = 0; i < b->nlimits; i++)
		count(r, &b->limits[i], b->limits[i].is_money ? -cents : -1);
}
