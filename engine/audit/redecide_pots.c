/* SPDX-License-Identifier: Apache-2.0
 *
 * What deciding again does to what cases share: what stands is not asked for again, what is new
 * asks for what is left, and nothing is overdrawn.
 */
#include "engine/audit/redecide_internal.h"

#include "engine/case/across.h"

static bool same_draw(const struct draw *a, const struct draw *b)
{
	return a->pot == b->pot && a->index == b->index && a->from == b->from &&
	       a->reserved == b->reserved && a->committed == b->committed;
}

struct draw again_negated(struct draw d)
{
	d.reserved = -d.reserved;
	d.committed = -d.committed;
	return d;
}

uint16_t again_county(const struct redecision *r, const struct rulebook *rb)
{
	return across_county(r->home, r->county, rb);
}

static void redraw(struct redecision *r, const struct rulebook *rb, struct draw d)
{
	pots_draw(&r->pots, rb, again_county(r, rb), &d);
}

static void put_back(struct redecision *r, size_t past)
{
	redraw(r, r->history->outcomes.at[past].rb, r->taken[past]);
	r->taken[past] = (struct draw){0};
}

/* As the version that decides now would say it. */
static struct outcome said_before(const struct redecision *r, size_t past)
{
	const struct past_outcome *p = &r->history->outcomes.at[past];
	return across_outcome(p->rb, &p->outcome, r->decider.rb);
}

/* Did the recorded outcome ask for what this one asks for? */
static enum kept kept_of(const struct outcome *was, const struct outcome *o)
{
	if (was->action != o->action)
		return KEPT_NOT;
	if (was->waiting && was->name == o->name && !o->has_of)
		return KEPT_UNFUNDED;
	if (was->unfunded && was->fund == o->fund && was->cents == o->cents &&
	    was->times == o->times)
		return KEPT_UNFUNDED;
	return same_draw(&was->draw, &o->draw) ? KEPT_FUNDED : KEPT_NOT;
}

/* What stands is in the pots from the moment that they are asked for it. */
enum kept again_kept(void *arg, const struct outcome *o)
{
	struct redecision *r = arg;
	size_t past = history_find(r->history, o->id);
	if (past == SIZE_MAX)
		return KEPT_NOT;
	struct outcome was = said_before(r, past);
	enum kept as = kept_of(&was, o);
	if (as == KEPT_FUNDED)
		put_back(r, past);
	return as;
}

/* The pots move on by what is new; what stands is in them already. */
void again_draw(struct redecision *r, const struct outcome *o)
{
	size_t past = history_find(r->history, o->id);
	if (past != SIZE_MAX) {
		put_back(r, past);
		struct outcome was = said_before(r, past);
		if (same_draw(&was.draw, &o->draw))
			return;
		const struct past_outcome *p = &r->history->outcomes.at[past];
		redraw(r, p->rb, again_negated(p->outcome.draw));
	}
	redraw(r, r->decider.rb, o->draw);
}

/* What an outcome drew that asked, with what its payments and its stop have given back since. */
static struct draw net_draw(const struct history *h, const struct outcome *o)
{
	struct draw net = o->draw;
	bool goes_on = o->action == ACTION_START || o->action == ACTION_ENROL;
	for (size_t i = 0; goes_on && i < h->outcomes.n; i++) {
		const struct past_outcome *p = &h->outcomes.at[i];
		if (p->gone || !p->outcome.has_of || !hash128_eq(p->outcome.of, o->id))
			continue;
		net.reserved += p->outcome.draw.reserved;
		net.committed += p->outcome.draw.committed;
	}
	return net;
}

static bool has_asked(const struct outcome *o)
{
	return o->draw.pot == POT_CAPACITY ? o->draw.committed > 0
					   : o->draw.reserved + o->draw.committed > 0;
}

/* A place that the case has is none that others wait for: nobody is in line for it. */
static int64_t in_line(const struct redecision *r, const struct rulebook *rb, const struct draw *d)
{
	struct pot key = pot_key(rb, again_county(r, rb), d->pot, d->index, d->from);
	const struct pot *pot = pots_find(&r->pots, &key);
	return pot ? pot->reserved : 0;
}

/* The pots as they are; with `without`, less all that the case has drawn on them. */
void again_start_pots(struct redecision *r, const struct history *h, bool without)
{
	pots_release(&r->pots);
	if (r->world.pots)
		pots_copy(&r->pots, r->world.pots);
	r->taken = arena_array(&r->arena, h->outcomes.n, sizeof(*r->taken));
	for (size_t i = 0; without && i < h->outcomes.n; i++) {
		const struct outcome *o = &h->outcomes.at[i].outcome;
		const struct rulebook *rb = h->outcomes.at[i].rb;
		/* a schedule's payment is in what its start draws, also one that asked for more */
		if (h->outcomes.at[i].gone || o->item || !has_asked(o))
			continue;
		r->taken[i] = net_draw(h, o);
		if (o->draw.pot == POT_CAPACITY)
			r->taken[i].reserved = r->taken[i].committed ? in_line(r, rb, &o->draw) : 0;
		redraw(r, rb, again_negated(r->taken[i]));
	}
}

bool again_draws(const struct history *h)
{
	for (size_t i = 0; i < h->outcomes.n; i++)
		if (h->outcomes.at[i].outcome.draw.pot != POT_NONE)
			return true;
	return false;
}

/* How much of the pot there is, on the case's last day or the nearest in the pot's year, under the
 * version that holds now; false: no end to it. */
static bool pot_most(const struct redecision *r, const struct draw *d, int64_t *most)
{
	const struct rulebook *rb = r->home;
	int32_t day = zone_day(rb->zone, r->cs->last);
	int64_t keeps;
	if (d->index == NONE)
		return false;
	if (d->pot == POT_CAPACITY) {
		*most = places_on(rb, r->county, d->index, day);
		return true;
	}
	if (d->pot == POT_DOCKET) {
		docket_seats(rb, r->county, &rb->meetings[d->index], day, most, &keeps);
		return true;
	}
	const struct budget *b = fund_budget(rb, d->index);
	if (b)
		*most = budget_on(rb, r->county, b, budget_day(b, d->from, day));
	return b != NULL;
}

static int64_t pot_used(const struct pot *pot)
{
	if (!pot)
		return 0;
	return pot->committed + (pot->kind == POT_CAPACITY ? 0 : pot->reserved);
}

/* By how much the decision overdraws what it draws on, when it takes anything there. */
static int64_t overdrawn(struct redecision *r, const struct pots *after, const struct decision *d,
			 const struct outcome *o)
{
	struct pot key = outcome_pot(r->own, d, o);
	struct draw now = across_draw(outcome_rulebook(o, r->own), &o->draw, r->home);
	int64_t used = pot_used(pots_find(after, &key)), most;
	if (!pot_most(r, &now, &most) || used <= pot_used(pots_find(r->world.pots, &key)))
		return 0;
	return used > most ? used - most : 0;
}

/* The first outcome that overdraws a pot; NULL: none does. */
const struct outcome *again_overdrawn(struct redecision *r, const struct decision *d,
				      int64_t *cents)
{
	struct pots after = {0};
	const struct outcome *found = NULL;
	if (!r->world.pots)
		return NULL;
	pots_copy(&after, r->world.pots);
	pots_apply(&after, r->own, d);
	for (size_t i = 0; !found && i < d->n; i++) {
		const struct outcome *o = &d->outcomes[i];
		if (o->draw.pot != POT_NONE && (*cents = overdrawn(r, &after, d, o)))
			found = o;
	}
	pots_release(&after);
	return found;
}

enum status again_refuse_overdraft(struct redecision *r, const struct outcome *o, int64_t cents)
{
	struct buf missing = {0};
	const struct draw *d = &o->draw;
	struct str name = pot_name(outcome_rulebook(o, r->own), d->pot, d->index);
	if (d->pot == POT_CAPACITY) {
		refusal_add(
		    &r->refusal, &r->arena, "limit", name,
		    "with this event the case needs a place again that was given to another "
		    "since; raise the capacity, then send the event again");
		return STATUS_LIMIT;
	}
	if (d->pot == POT_DOCKET) {
		refusal_add(
		    &r->refusal, &r->arena, "limit", name,
		    "with this event the case needs a seat again that another has taken since");
		return STATUS_LIMIT;
	}
	money_text(&missing, cents);
	refusal_add(&r->refusal, &r->arena, "limit", name,
		    "with this event the case needs money again that others have drawn on the fund "
		    "since, and " STR_FMT
		    " of it is not there; raise the budget, then send the event again",
		    STR_ARG(buf_view(&missing)));
	buf_release(&missing);
	return STATUS_LIMIT;
}
