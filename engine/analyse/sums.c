/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/sums.h"

#include "engine/analyse/amount_range.h"
#include "engine/analyse/often.h"
#include "engine/base/mem.h"
#include "engine/base/vec.h"

/* Something that brings money about: an action of a part, or the items of a schedule that it
 * starts. */
struct source_of_money {
	uint32_t part;
	const struct action *action;
	uint16_t schedule; /* whose items; NONE: the action's own amount */
	bool later; /* at a deadline of another length each time, or when somebody approves it */
};

struct summer {
	struct asker *a;
	const struct rulebook *rb;
	const struct place *where;
	VEC(struct source_of_money) sources;
	struct often *often; /* by part */
	bool *asked;
	struct entry *days; /* of each part */
};

/* ---- what there is ---- */

/* So many days after the event, each time: as often in a length of time as the event itself. */
static bool is_fixed(const struct period *p)
{
	return p->param == NONE && (p->unit == UNIT_DAYS || p->unit == UNIT_WEEKS);
}

static void gather_action(struct summer *s, uint32_t part, const struct action *a, bool later)
{
	for (uint16_t i = 0; i < a->notherwise; i++)
		gather_action(s, part, &a->otherwise[i], later || a->may || !is_fixed(&a->within));
	if (a->kind == ACTION_PAY || a->kind == ACTION_ASSESS)
		*vec_push(&s->sources) = (struct source_of_money){part, a, NONE, later || a->may};
	if (a->kind == ACTION_START)
		*vec_push(&s->sources) = (struct source_of_money){part, a, a->schedule, true};
}

static void gather_part(struct summer *s, const struct entry *e)
{
	const struct part *p = &s->rb->parts[e->part];
	if (s->days[e->part].until)
		return;
	s->days[e->part] = *e;
	for (uint16_t i = 0; i < p->nactions; i++)
		gather_action(s, e->part, &p->actions[i], p->role == PART_OVERDUE);
}

/* Steps that time enters stand in no dispatch; they go with those of their block. */
static void gather_block(struct summer *s, const struct entry *e)
{
	const struct block *k = &s->rb->blocks[s->rb->parts[e->part].block];
	gather_part(s, e);
	for (uint32_t i = k->first_part; i < k->first_part + k->nparts; i++) {
		struct entry overdue = {i, e->from, e->until};
		if (s->rb->parts[i].role == PART_OVERDUE)
			gather_part(s, &overdue);
	}
}

struct summer *summer_new(struct asker *a, const struct place *where)
{
	const struct rulebook *rb = asker_rulebook(a);
	struct summer *s = mem_alloc(sizeof(*s));
	*s = (struct summer){.a = a, .rb = rb, .where = where};
	s->often = mem_alloc((rb->nparts + 1u) * sizeof(*s->often));
	s->asked = mem_alloc((rb->nparts + 1u) * sizeof(*s->asked));
	s->days = mem_alloc((rb->nparts + 1u) * sizeof(*s->days));
	memset(s->asked, 0, (rb->nparts + 1u) * sizeof(*s->asked));
	memset(s->days, 0, (rb->nparts + 1u) * sizeof(*s->days));
	for (uint16_t e = 0; e < rb->nevents; e++)
		for (uint32_t i = 0; i < where->dispatch->n[e]; i++)
			gather_block(s, &where->dispatch->by_event[e][i]);
	return s;
}

void summer_free(struct summer *s)
{
	if (!s)
		return;
	vec_release(&s->sources);
	mem_free(s->often);
	mem_free(s->asked);
	mem_free(s->days);
	mem_free(s);
}

/* ---- one of them ---- */

/* In one county. A copy tries something without consequences. */
struct summing {
	struct summer *s;
	const struct sum_of *of;
	uint16_t county;
	const struct never *but; /* what this speaks of is left out; NULL: nothing */
	struct sum sum;
};

static const struct block *block_of(const struct summing *x, const struct source_of_money *m)
{
	return &x->s->rb->blocks[x->s->rb->parts[m->part].block];
}

static void stands_in_the_way(struct summing *x, const struct source_of_money *m, bool too_often,
			      struct span open)
{
	x->sum = (struct sum){.county = x->county,
			      .part = m->part,
			      .too_often = too_often,
			      .open = open,
			      .schedule = m->schedule != NONE};
}

static enum speech speaks_of(const struct summing *x, const struct never *n,
			     const struct source_of_money *m)
{
	if (m->schedule != NONE)
		return never_speaks_of_items(x->s->rb, n, block_of(x, m), m->schedule);
	return never_speaks_of(x->s->rb, n, block_of(x, m), m->action) ? SPEAKS_ALWAYS : SPEAKS_NOT;
}

static bool is_meant(const struct summing *x, const struct source_of_money *m)
{
	enum action_kind brings = m->schedule == NONE ? m->action->kind : ACTION_PAY;
	return brings == x->of->action && block_of(x, m)->case_kind == x->of->kind &&
	       (!x->of->never || speaks_of(x, x->of->never, m) != SPEAKS_NOT) &&
	       (!x->but || speaks_of(x, x->but, m) != SPEAKS_ALWAYS);
}

/* Days in which a length of time of the calendar lies; OFTEN_EVER: in all. */
static int64_t days_in(const struct sum_of *of)
{
	if (of->per_case)
		return OFTEN_EVER;
	switch (of->per) {
	case UNIT_WEEKS:
		return 7;
	case UNIT_MONTHS:
		return 31;
	case UNIT_YEARS:
		return 366;
	case UNIT_DAYS:
	case UNIT_BUSINESS_DAYS:
	case UNIT_MINUTES:
		break;
	}
	return 1;
}

static bool times_of(struct summing *x, const struct source_of_money *m, int64_t *times)
{
	struct summer *s = x->s;
	if (!s->asked[m->part])
		s->often[m->part] = often_applies(s->a, s->where, &s->days[m->part]);
	s->asked[m->part] = true;
	if (often_within(&s->often[m->part], m->later ? OFTEN_EVER : days_in(x->of), times))
		return true;
	stands_in_the_way(x, m, true, (struct span){0});
	return false;
}

/* The amount, as often as the plan says. */
static bool whole(struct summing *x, const struct source_of_money *m, const struct code *amount,
		  const struct code *times, int64_t *most)
{
	const struct rulebook *rb = x->s->rb;
	const struct part *p = &rb->parts[m->part];
	uint16_t event = p->role == PART_OVERDUE ? NONE : p->event;
	struct amount_range one =
	    amount_range(rb, x->county, block_of(x, m)->case_kind, event, amount);
	struct amount_range n = {{1, 1}, {true, true}, {0}};
	if (times)
		n = amount_range(rb, x->county, block_of(x, m)->case_kind, event, times);
	if (one.bounded[1] && n.bounded[1] && n.at[1] >= 0 &&
	    !money_mul(one.at[1] < 0 ? 0 : one.at[1], n.at[1], most))
		return true;
	stands_in_the_way(x, m, false, one.bounded[1] ? n.open : one.open);
	return false;
}

/* What one start of a schedule brings, under the dearest of its texts in the county. */
static bool items_of(struct summing *x, const struct source_of_money *m, int64_t *most)
{
	const struct rulebook *rb = x->s->rb;
	const struct schedule *own = &rb->schedules[rb->schedules[m->schedule].first];
	if (!whole(x, m, &own->amount, &own->plan.times, most))
		return false;
	for (uint16_t i = 0; i < own->variants.n; i++) {
		const struct variant *v = &own->variants.at[i];
		int64_t other;
		if (v->county != x->county || v->by == NONE)
			continue;
		const struct schedule *by = &rb->schedules[v->by];
		if (by->also_running || own->also_running) {
			stands_in_the_way(x, m, false, by->amount.span);
			return false;
		}
		if (!whole(x, m, &by->amount, &by->plan.times, &other))
			return false;
		*most = other > *most ? other : *most;
	}
	return true;
}

static bool amount_of(struct summing *x, const struct source_of_money *m, int64_t *most)
{
	if (m->schedule != NONE)
		return items_of(x, m, most);
	return whole(x, m, &m->action->amount, m->action->each ? &m->action->plan.times : NULL,
		     most);
}

static bool brings(struct summing *x, const struct source_of_money *m, int64_t *most)
{
	int64_t times, amount;
	*most = 0;
	if (!times_of(x, m, &times))
		return false;
	if (!times)
		return true;
	if (!amount_of(x, m, &amount))
		return false;
	if (!money_mul(amount, times, most))
		return true;
	stands_in_the_way(x, m, true, (struct span){0});
	return false;
}

/* ---- what a provision's own limits allow ---- */

/* How many periods of a limit a length of time may touch; 0: no bound. */
static int64_t periods(const struct limit *l, const struct sum_of *of)
{
	int64_t days = days_in(of);
	if (l->per_case)
		return 1;
	if (days == OFTEN_EVER)
		return 0;
	switch (l->per) {
	case UNIT_WEEKS: /* 366 days that begin with a Sunday */
		return of->per == UNIT_WEEKS ? 1 : 1 + (days + 5) / 7;
	case UNIT_MONTHS:
		return of->per == UNIT_YEARS ? 12 : of->per == UNIT_WEEKS ? 2 : 1;
	case UNIT_YEARS:
		return of->per == UNIT_WEEKS ? 2 : 1;
	case UNIT_DAYS:
	case UNIT_BUSINESS_DAYS:
	case UNIT_MINUTES:
		break;
	}
	return days;
}

static bool limit_range(const struct rulebook *rb, uint16_t county, const struct block *b,
			const struct limit *l, int side, int64_t *n)
{
	uint16_t event = b->nparts ? rb->parts[b->first_part].event : NONE;
	struct amount_range r = amount_range(rb, county, b->case_kind, event, &l->most);
	*n = r.at[side];
	return r.bounded[side];
}

bool limit_least(const struct rulebook *rb, uint16_t county, const struct block *b,
		 const struct limit *l, int64_t *least)
{
	return limit_range(rb, county, b, l, 0, least);
}

/* What a limit lets through in the time asked for; a limit of payments, each of `each`. */
static bool limit_lets(const struct summing *x, const struct block *b, const struct limit *l,
		       int64_t each, int64_t *most)
{
	int64_t n, times = periods(l, x->of);
	return times && limit_range(x->s->rb, x->county, b, l, 1, &n) && n >= 0 &&
	       !money_mul(n, times, &n) && !money_mul(n, l->is_money ? 1 : each, most);
}

/* ---- all of a block ---- */

/* A limit counts what its block pays at an event and by approval. */
static bool is_limited(const struct summing *x, const struct source_of_money *m)
{
	const struct part *p = &x->s->rb->parts[m->part];
	return block_of(x, m)->nlimits && m->schedule == NONE && m->action->kind == ACTION_PAY &&
	       p->role != PART_OVERDUE && part_action_number(p, m->action) < p->nactions;
}

/* One of the block's payments that its limits count? */
static bool counts(const struct summing *x, const struct source_of_money *m, uint32_t block)
{
	return x->s->rb->parts[m->part].block == block && is_meant(x, m) && is_limited(x, m);
}

static bool dearest(const struct summing *x, uint32_t block, int64_t *each)
{
	struct summing try = *x;
	*each = 0;
	for (size_t i = 0; i < x->s->sources.n; i++) {
		const struct source_of_money *m = &x->s->sources.at[i];
		int64_t amount;
		if (!counts(x, m, block))
			continue;
		if (!amount_of(&try, m, &amount))
			return false;
		*each = amount > *each ? amount : *each;
	}
	return true;
}

/* By the tightest of the block's limits; false: they set no bound. */
static bool by_limits(const struct summing *x, uint32_t block, int64_t *most)
{
	const struct block *b = &x->s->rb->blocks[block];
	int64_t each, one;
	bool any = false, known = dearest(x, block, &each);
	for (uint16_t i = 0; i < b->nlimits; i++) {
		const struct limit *l = &b->limits[i];
		if ((!l->is_money && !known) || !limit_lets(x, b, l, each, &one))
			continue;
		*most = !any || one < *most ? one : *most;
		any = true;
	}
	return any;
}

/* Each for itself: what the block's limits count, or the rest. */
static bool by_themselves(struct summing *x, uint32_t block, bool limited, int64_t *sum)
{
	*sum = 0;
	for (size_t i = 0; i < x->s->sources.n; i++) {
		const struct source_of_money *m = &x->s->sources.at[i];
		int64_t one;
		if (x->s->rb->parts[m->part].block != block || !is_meant(x, m) ||
		    is_limited(x, m) != limited)
			continue;
		if (!brings(x, m, &one))
			return false;
		if (money_add(*sum, one, sum)) {
			stands_in_the_way(x, m, true, (struct span){0});
			return false;
		}
	}
	return true;
}

static bool sum_of_block(struct summing *x, uint32_t block, int64_t *sum)
{
	struct summing try = *x;
	int64_t rest, own, lets;
	bool limits = by_limits(x, block, &lets), bounded = by_themselves(&try, block, true, &own);
	if (!limits && !bounded)
		x->sum = try.sum;
	if ((!limits && !bounded) || !by_themselves(x, block, false, &rest))
		return false;
	if (limits && (!bounded || lets < own))
		own = lets;
	return !money_add(rest, own, sum);
}

static bool is_source(const struct summing *x, uint32_t block)
{
	for (size_t i = 0; i < x->s->sources.n; i++)
		if (x->s->rb->parts[x->s->sources.at[i].part].block == block &&
		    is_meant(x, &x->s->sources.at[i]))
			return true;
	return false;
}

/* All but what a prohibition speaks of. */
static struct sum sum_but(struct summer *s, const struct sum_of *of, uint16_t county,
			  const struct never *but)
{
	struct summing x = {s, of, county, but, {.bounded = true, .county = county}};
	for (uint32_t b = 0; b < s->rb->nblocks && x.sum.bounded; b++) {
		int64_t one;
		if (!is_source(&x, b))
			continue;
		if (!sum_of_block(&x, b, &one) || money_add(x.sum.most, one, &x.sum.most))
			x.sum.bounded = false;
	}
	return x.sum;
}

/* ---- caps ---- */

/* A prohibition that holds on every day, for every such case, whatever the case is like. */
static bool always_caps(const struct summing *x, const struct entry *e)
{
	const struct rulebook *rb = x->s->rb;
	const struct never *n = &rb->nevers[e->part];
	const struct block *b = &rb->blocks[n->block];
	return b->nlimits && n->action == x->of->action && !n->when.n && n->after == NONE &&
	       n->to.kind == TARGET_NONE && n != x->of->never &&
	       (b->case_kind == NONE || b->case_kind == x->of->kind) &&
	       e->from <= rb->counties[x->county].first_day && e->until == INT32_MAX;
}

/* What is not under the cap, and what the cap lets through, where that is less. */
static void under_cap(struct summing *x, const struct entry *e)
{
	const struct never *n = &x->s->rb->nevers[e->part];
	const struct block *b = &x->s->rb->blocks[n->block];
	int64_t lets;
	if (!always_caps(x, e) || !limit_lets(x, b, &b->limits[0], 1, &lets))
		return;
	struct sum sum = sum_but(x->s, x->of, x->county, n);
	if (sum.bounded && !money_add(sum.most, lets, &sum.most) &&
	    (!x->sum.bounded || sum.most < x->sum.most))
		x->sum = sum;
}

struct sum sums_in(struct summer *s, const struct sum_of *of, uint16_t county)
{
	const struct dispatch *d = s->where->dispatch;
	struct summing x = {s, of, county, NULL, sum_but(s, of, county, NULL)};
	for (uint32_t i = 0; i < d->nnevers; i++)
		under_cap(&x, &d->never_days[i]);
	for (size_t i = 0; i < s->sources.n; i++)
		x.sum.actions += is_meant(&x, &s->sources.at[i]);
	return x.sum;
}

struct sum sums_most(struct summer *s, const struct sum_of *of)
{
	struct sum worst = {.bounded = true};
	for (uint16_t i = 0; i < s->where->ncounties && worst.bounded; i++) {
		struct sum one = sums_in(s, of, s->where->counties[i]);
		if (!one.bounded || !i || one.most > worst.most)
			worst = one;
	}
	return worst;
}
