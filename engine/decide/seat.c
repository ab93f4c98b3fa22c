/* SPDX-License-Identifier: Apache-2.0
 *
 * Which meeting a case is placed on: the first one after the day of the event that has a seat for
 * it. Some seats may be kept for urgent cases; an urgent case takes a kept seat first, so that a
 * meeting has as many for the others as it says. A pot counts them: `reserved` are the urgent cases
 * of a meeting, `committed` the others.
 */
#include "engine/decide/run.h"

static struct draw seat_of(const struct outcome *o, int32_t meeting)
{
	return (struct draw){.pot = POT_DOCKET,
			     .index = o->name,
			     .from = meeting,
			     .reserved = o->urgent,
			     .committed = !o->urgent};
}

/* The meeting as it is now, without this outcome's own seat when that stands. */
static struct pot_input look(const struct run *r, const struct outcome *o, bool kept)
{
	const struct draw *d = &o->draw;
	struct pot key = pot_key(r->rb, r->cs->county, d->pot, d->index, d->from);
	const struct pot *pot = r->d->world.pots ? pots_find(r->d->world.pots, &key) : NULL;
	struct pot_input in = {.pot = d->pot, .index = d->index, .from = d->from};
	in.reserved = (pot ? pot->reserved : 0) - (kept ? d->reserved : 0);
	in.committed = (pot ? pot->committed : 0) - (kept ? d->committed : 0);
	return in;
}

static bool has_seat(const struct pot_input *in, int64_t keeps, bool urgent)
{
	int64_t set_aside = urgent || in->reserved > keeps ? in->reserved : keeps;
	return in->committed + set_aside < in->most;
}

/* Takes the seat at the meeting of o->draw, unless there is none. */
static bool take(struct run *r, struct outcome *o, bool kept)
{
	int64_t keeps;
	struct pot_input in = look(r, o, kept);
	docket_seats(r->rb, r->cs->county, &r->rb->meetings[o->name], r->ev->day, &in.most, &keeps);
	if (!kept && !has_seat(&in, keeps, o->urgent))
		return false;
	struct pot_input was = in;
	if (kept && r->d->recorded_pot && r->d->recorded_pot(r->d->world.arg, r->ev, &was))
		in = was;
	*vec_push(&r->s->pots) = in;
	o->due = o->draw.from;
	return true;
}

static bool is_kept(const struct run *r, const struct outcome *o)
{
	return r->d->kept && r->d->kept(r->d->world.arg, o) == KEPT_FUNDED;
}

/* Goes through the meetings that come; with `kept` for the seat that it had when the event was
 * decided before, which stands. */
static bool seek(struct run *r, struct outcome *o, bool kept)
{
	const struct docket *k = &r->rb->meetings[o->name];
	int32_t meeting = r->ev->day;
	for (unsigned i = 0; i < LIMIT_MEETINGS && docket_next(k, meeting, &meeting); i++) {
		o->draw = seat_of(o, meeting);
		if (kept ? is_kept(r, o) && take(r, o, true) : take(r, o, false))
			return true;
	}
	o->draw = (struct draw){0};
	return false;
}

void settle_seats(struct run *r)
{
	for (size_t i = 0; i < r->s->outcomes.n; i++) {
		struct outcome *o = &r->s->outcomes.at[i];
		if (o->action != ACTION_PLACE)
			continue;
		r->part = o->part;
		if ((r->d->kept && seek(r, o, true)) || seek(r, o, false))
			continue;
		run_refuse(r, STATUS_LIMIT, "limit",
			   "the docket `" STR_FMT "` has no seat in the next %u meetings",
			   STR_ARG(r->rb->dockets[o->name].name), LIMIT_MEETINGS);
	}
}
