/* SPDX-License-Identifier: Apache-2.0
 *
 * What outcomes take of the money that cases share. What a block asks at one event of a fund with a
 * budget it gets whole or not at all: what does not fit becomes `unfunded`. Several blocks are
 * served in order of their names.
 */
#include "engine/decide/run.h"

/* ---- what an outcome would draw ---- */

static bool is_ask(const struct outcome *o)
{
	return o->draw.pot == POT_FUND && o->draw.reserved + o->draw.committed > 0;
}

static bool draw_ask(struct run *r, struct outcome *o, int64_t reserved, int64_t committed)
{
	const struct budget *b = fund_budget(r->rb, o->fund);
	if (!b || !(reserved | committed))
		return true;
	o->draw = (struct draw){.pot = POT_FUND,
				.index = o->fund,
				.from = budget_year(b, r->ev->day),
				.reserved = reserved,
				.committed = committed};
	r->asks = true;
	return true;
}

bool draw_payment(struct run *r, struct outcome *o)
{
	return draw_ask(r, o, 0, o->cents);
}

bool draw_start(struct run *r, struct outcome *o)
{
	int64_t whole;
	if (!fund_budget(r->rb, o->fund))
		return true;
	if (money_mul(o->cents, o->times, &whole) == STATUS_OK)
		return draw_ask(r, o, whole, 0);
	run_refuse(r, STATUS_OVERFLOW, "overflow",
		   "the sum of the schedule's payments leaves the range of exact amounts");
	return false;
}

/* What the fund still holds for a schedule. */
static int64_t held_for(const struct running *running)
{
	return running->cents * (running->times - running->paid - running->held);
}

static void draw_of(struct outcome *o, const struct running *running)
{
	if (running->reserved)
		o->draw =
		    (struct draw){.pot = POT_FUND, .index = running->fund, .from = running->year};
}

/* An item that has become dearer than what was set aside for it asks for the rest. */
void draw_item(struct run *r, struct outcome *o, const struct running *running, uint16_t n)
{
	draw_of(o, running);
	if (!running->reserved)
		return;
	int64_t after = running->cents * (running->times - n - 1);
	o->draw.reserved = after - held_for(running);
	o->draw.committed = outcome_withheld(o) ? 0 : o->cents;
	r->asks = r->asks || is_ask(o);
}

void draw_stop(struct outcome *o, const struct running *running)
{
	draw_of(o, running);
	if (running->reserved)
		o->draw.reserved = -held_for(running);
}

/* ---- what the pot has for it ---- */

/* NULL: this event has not looked at the pot yet. */
static struct pot_input *looked_at(const struct run *r, const struct draw *d)
{
	struct scratch *s = r->s;
	for (size_t i = 0; i < s->pots.n; i++)
		if (s->pots.at[i].pot == d->pot && s->pots.at[i].index == d->index &&
		    s->pots.at[i].from == d->from)
			return &s->pots.at[i];
	return NULL;
}

/* The year of a schedule's start has the budget of that year, also when a later one has more. */
static int64_t most_of(const struct run *r, const struct draw *d)
{
	uint16_t county = r->cs->county;
	if (d->pot == POT_CAPACITY)
		return places_on(r->rb, county, d->index, r->ev->day);
	const struct budget *b = &r->rb->budgets[d->index];
	return budget_on(r->rb, county, b, budget_day(b, d->from, r->ev->day));
}

/* What the case draws on, as the event saw it: before it took anything itself. */
struct pot_input *draw_look(struct run *r, const struct draw *d)
{
	struct pot_input *in = looked_at(r, d);
	if (in)
		return in;
	in = vec_push(&r->s->pots);
	*in = (struct pot_input){.pot = d->pot, .index = d->index, .from = d->from};
	in->most = most_of(r, d);
	return in;
}

/* A pot in the course of one event. What stands from when the event was decided before is in the
 * pot already. */
struct level {
	struct pot_input *seen;
	int64_t whole; /* with all that stands */
	uint32_t part; /* of what was served last */
	int64_t left;  /* when all is served, and what the event gives back is back */
};

enum kept draw_kept(const struct run *r, const struct outcome *o)
{
	return r->d->kept ? r->d->kept(r->d->world.arg, o) : KEPT_NOT;
}

static bool draws_on(const struct outcome *o, const struct draw *pot)
{
	return is_ask(o) && o->draw.pot == pot->pot && o->draw.index == pot->index &&
	       o->draw.from == pot->from;
}

/* What the event saw: as recorded when all that it asks stands, else the pot as it is now, less
 * what of it stands. */
static void level_open(struct run *r, struct level *l, const struct draw *d)
{
	const struct decider *by = r->d;
	struct draw kept = {0};
	bool stands = true;
	for (size_t i = 0; by->kept && i < r->s->outcomes.n; i++) {
		const struct outcome *o = &r->s->outcomes.at[i];
		enum kept as = draws_on(o, d) ? draw_kept(r, o) : KEPT_UNFUNDED;
		stands = stands && as != KEPT_NOT;
		kept.reserved += as == KEPT_FUNDED ? o->draw.reserved : 0;
		kept.committed += as == KEPT_FUNDED ? o->draw.committed : 0;
	}
	struct pot key = pot_key(r->rb, r->cs->county, d->pot, d->index, d->from);
	const struct pot *pot = by->world.pots ? pots_find(by->world.pots, &key) : NULL;
	struct pot_input *seen = draw_look(r, d);
	*l = (struct level){.seen = seen, .whole = pot ? pot->reserved + pot->committed : 0};
	if (!stands || !by->recorded_pot || !by->recorded_pot(by->world.arg, r->ev, seen)) {
		seen->reserved = (pot ? pot->reserved : 0) - kept.reserved;
		seen->committed = (pot ? pot->committed : 0) - kept.committed;
	}
}

/* Has so much of the budget been used that its owner is to be told? */
static bool is_past(const struct run *r, const struct level *l, int64_t used)
{
	int64_t line, warn = r->rb->budgets[l->seen->index].warn;
	if (!warn || money_ratio(l->seen->most, warn, PERCENT_ONE, ROUND_UP, &line))
		return false;
	return used >= line;
}

/* Is the owner to be told? A line was crossed, from what the event found to what it leaves. */
static bool crosses(const struct run *r, struct level *l, const struct draw *pot)
{
	int64_t before = l->seen->reserved + l->seen->committed, after = before;
	for (size_t i = 0; i < r->s->outcomes.n; i++) {
		const struct draw *d = &r->s->outcomes.at[i].draw;
		if (d->pot == pot->pot && d->index == pot->index && d->from == pot->from)
			after += d->reserved + d->committed;
	}
	l->left = l->seen->most - after;
	return (!is_past(r, l, before) && is_past(r, l, after)) ||
	       (before < l->seen->most && after >= l->seen->most);
}

/* What was set aside for a payment that cannot be made is free at once. */
static void deny(struct run *r, struct outcome *o)
{
	if (o->action == ACTION_PAY && !o->item)
		limits_return(r, o->part, o->cents);
	if (o->draw.reserved < 0)
		o->draw.committed = 0;
	else
		o->draw = (struct draw){0};
	o->unfunded = true;
	o->status = OUTCOME_UNFUNDED;
}

/* What one block asks of the pot, beside what was settled before. */
struct asked {
	int64_t anew;
	bool too_much; /* it leaves the range of exact amounts */
};

static bool is_of(const struct run *r, const struct outcome *o, const struct block *b)
{
	const struct block *own = &r->rb->blocks[r->rb->parts[o->part].block];
	return own->first == b->first;
}

static struct asked sum_of(const struct run *r, const struct draw *pot, const struct block *b)
{
	struct asked sum = {0};
	for (size_t i = 0; i < r->s->outcomes.n; i++) {
		const struct outcome *o = &r->s->outcomes.at[i];
		if (draws_on(o, pot) && is_of(r, o, b) && draw_kept(r, o) == KEPT_NOT &&
		    money_add(sum.anew, o->draw.reserved + o->draw.committed, &sum.anew))
			sum.too_much = true;
	}
	return sum;
}

static void serve(struct run *r, struct level *l, struct outcome *o, bool fits)
{
	enum kept kept = draw_kept(r, o);
	if (kept == KEPT_UNFUNDED || (kept == KEPT_NOT && !fits)) {
		deny(r, o);
		return;
	}
	l->part = o->part;
}

/* All that a block asks of a fund at one event, or nothing of it: so the order of its clauses means
 * nothing. */
static void serve_block(struct run *r, struct level *l, const struct draw *pot,
			const struct block *b)
{
	struct asked sum = sum_of(r, pot, b);
	int64_t with;
	bool fits = !sum.too_much && !money_add(l->whole, sum.anew, &with) && with <= l->seen->most;
	if (fits)
		l->whole = with;
	for (size_t i = 0; i < r->s->outcomes.n; i++) {
		struct outcome *o = &r->s->outcomes.at[i];
		if (draws_on(o, pot) && is_of(r, o, b))
			serve(r, l, o, fits);
	}
}

/* ---- the notice ---- */

static void notice_words(struct buf *b, const struct run *r, const struct level *l)
{
	const struct budget *budget = &r->rb->budgets[l->seen->index];
	buf_str(b, STR("the fund `"));
	buf_str(b, r->rb->funds[l->seen->index].name);
	if (l->left > 0) {
		buf_str(b, STR("` has passed "));
		percent_text(b, budget->warn);
		buf_str(b, STR(" of its budget of "));
		money_text(b, l->seen->most);
		buf_str(b, STR("; what is left is "));
		money_text(b, l->left);
	} else {
		buf_str(b, STR("` is used up: nothing is left of its budget of "));
		money_text(b, l->seen->most);
	}
	if (l->seen->from == DAY_NONE)
		return;
	buf_str(b, STR(" for the year from "));
	day_text(b, l->seen->from);
}

static struct hash128 notice_id(const struct run *r, const struct level *l)
{
	struct str name = r->rb->funds[l->seen->index].name;
	return hash_join(r->ev->key, hash_sip(name.p, name.len));
}

/* To the fund's owner, when it has one. */
static void notify(struct run *r, const struct level *l)
{
	struct scratch *s = r->s;
	const struct budget *budget = &r->rb->budgets[l->seen->index];
	struct buf words = {0};
	r->part = l->part;
	if (s->outcomes.n == LIMIT_OUTCOMES) {
		run_refuse(r, STATUS_LIMIT, "limit", "the event would have more than %u outcomes",
			   LIMIT_OUTCOMES);
		return;
	}
	notice_words(&words, r, l);
	*vec_push(&s->outcomes) = (struct outcome){
	    .id = notice_id(r, l),
	    .action = ACTION_NOTIFY,
	    .status = OUTCOME_DONE,
	    .part = l->part,
	    .span = budget->span,
	    .has_amount = true,
	    .cents = l->left,
	    .fund = l->seen->index,
	    .name = NONE,
	    .to = budget->owner == NONE ? STR("") : r->rb->parties[budget->owner].name,
	    .due = DAY_NONE,
	    .first = DAY_NONE,
	    .fact = NONE,
	    .schedule = NONE,
	    .text = arena_str(&r->d->arena, buf_view(&words))};
	*vec_push(&s->effects) = (struct effect){.at = TIME_NONE};
	buf_release(&words);
}

/* ---- all of an event ---- */

static struct str program_of(const struct rulebook *rb, const struct block *b)
{
	return b->program == NONE ? STR("") : rb->programs[b->program].name;
}

static int by_name(const struct rulebook *rb, const struct block *a, const struct block *b)
{
	int c = str_cmp(program_of(rb, a), program_of(rb, b));
	return c ? c : str_cmp(a->name, b->name);
}

/* The block that asks something of this pot and comes next in order of names. */
static const struct block *next_block(const struct run *r, const struct draw *pot,
				      const struct block *last)
{
	const struct block *next = NULL;
	for (size_t i = 0; i < r->s->outcomes.n; i++) {
		const struct outcome *o = &r->s->outcomes.at[i];
		const struct block *b = &r->rb->blocks[r->rb->parts[o->part].block];
		if (!draws_on(o, pot) || (last && by_name(r->rb, last, b) >= 0))
			continue;
		if (!next || by_name(r->rb, b, next) < 0)
			next = b;
	}
	return next;
}

void settle_draws(struct run *r)
{
	size_t n = r->s->outcomes.n; /* the notices come behind */
	for (size_t i = 0; i < n && r->status == STATUS_OK; i++) {
		struct draw pot = r->s->outcomes.at[i].draw;
		if (!is_ask(&r->s->outcomes.at[i]) || looked_at(r, &pot))
			continue;
		struct level l;
		level_open(r, &l, &pot);
		const struct block *last = NULL;
		for (const struct block *b; (b = next_block(r, &pot, last)); last = b)
			serve_block(r, &l, &pot, b);
		if (crosses(r, &l, &pot))
			notify(r, &l);
	}
}
