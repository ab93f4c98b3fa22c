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

/* Does the payment stay within the limit? */
static bool fits(struct run *r, const struct limit *l, int64_t cents)
{
	int64_t most, with;
	if (!eval_amount(r, &l->most, "the limit", &most))
		return false;
	if (money_add(used_up(r, l->index, period_of(r, l)), l->is_money ? cents : 1, &with)) {
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
		   "the proposal cannot be approved now, because the limit of `" STR_FMT
		   "` is used up",
		   STR_ARG(run_block(r)->name));
}

bool limits_allow(struct run *r, int64_t cents, bool counts)
{
	const struct block *b = run_block(r);
	for (uint16_t i = 0; i < b->nlimits; i++) {
		if (fits(r, &b->limits[i], cents))
			continue;
		if (r->by.len && r->result == RESULT_LIMIT)
			refuse_approval(r);
		return false;
	}
	for (uint16_t i = 0; counts && i < b->nlimits; i++)
		count(r, &b->limits[i], b->limits[i].is_money ? cents : 1);
	return true;
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
