/* SPDX-License-Identifier: Apache-2.0
 *
 * Places. A case that asks for one while all are taken joins the line; when one is free, the next
 * in line gets the event `place_found`, which whoever records decisions sends (place_event).
 */
#include "engine/decide/run.h"

/* From here on the case has the place, for all parts to see; undone when the event is stopped. */
void observe_place(struct run *r)
{
	struct value name = r->ev->fields[0];
	for (size_t i = 0; name.known && i < r->cs->places.n; i++) {
		struct enrolment *p = &r->cs->places.at[i];
		if (!p->waiting || !str_eq(r->rb->capacities[p->capacity].name, value_as_str(name)))
			continue;
		p->waiting = false;
		r->place = i;
	}
}

/* False: the case has a place or waits for one already. */
bool make_enrol(struct run *r, struct outcome *o, uint16_t capacity)
{
	o->name = capacity;
	o->to = r->cs->id;
	if (case_place(r->cs, capacity))
		return false;
	o->draw = (struct draw){POT_CAPACITY, capacity, DAY_NONE, 0, 1};
	return r->asks = true;
}

/* False: there is nothing to release. A place found by this very event stays. */
bool make_release(struct run *r, struct outcome *o, uint16_t capacity)
{
	const struct enrolment *p = case_place(r->cs, capacity);
	o->name = capacity;
	o->to = r->cs->id;
	if (!p || (r->place != SIZE_MAX && p == &r->cs->places.at[r->place]))
		return false;
	o->of = p->origin;
	o->has_of = true;
	o->draw = (struct draw){POT_CAPACITY, capacity, DAY_NONE, -(int64_t)p->waiting,
				-(int64_t)!p->waiting};
	return true;
}

/* ---- is one free? ---- */

static bool was_seen(const struct run *r, struct pot_input *in)
{
	return r->d->recorded_pot && r->d->recorded_pot(r->d->world.arg, r->ev, in);
}

static void join_line(struct outcome *o)
{
	o->waiting = true;
	o->status = OUTCOME_OPEN;
	o->draw.reserved = 1;
	o->draw.committed = 0;
}

/* Who comes anew stands behind those who wait. */
static void serve(struct run *r, struct outcome *o)
{
	const struct decider *by = r->d;
	struct pot key = pot_key(r->rb, r->cs->county, POT_CAPACITY, o->draw.index, DAY_NONE);
	enum kept kept = draw_kept(r, o); /* before the pot is read: it may put back what stands */
	const struct pot *pot = by->world.pots ? pots_find(by->world.pots, &key) : NULL;
	struct pot_input *in = draw_look(r, &o->draw);
	bool found = o->draw.reserved < 0;
	if (kept == KEPT_NOT || !was_seen(r, in)) {
		in->reserved = (pot ? pot->reserved : 0) - (kept == KEPT_UNFUNDED) +
			       (kept == KEPT_FUNDED && found);
		in->committed = (pot ? pot->committed : 0) - (kept == KEPT_FUNDED);
	}
	bool fits = in->committed < in->most && (found || in->reserved == 0);
	/* A place found before, and given up in between, is not the case's any more: when there is
	 * one again, it is told so anew. */
	fits = fits && !(found && by->kept);
	if (kept == KEPT_FUNDED || (kept == KEPT_NOT && fits))
		return;
	if (!found) {
		join_line(o);
		return;
	}
	r->part = o->part;
	run_refuse(r, STATUS_LIMIT, "limit", "no place of `" STR_FMT "` is free any more",
		   STR_ARG(r->rb->capacities[o->draw.index].name));
}

void settle_places(struct run *r)
{
	for (size_t i = 0; i < r->s->outcomes.n; i++) {
		struct outcome *o = &r->s->outcomes.at[i];
		if (o->draw.pot == POT_CAPACITY && o->draw.committed > 0)
			serve(r, o);
	}
}

/* ---- afterwards ---- */

static size_t place_index(const struct case_state *cs, uint16_t capacity)
{
	size_t i = 0;
	while (i < cs->places.n && cs->places.at[i].capacity != capacity)
		i++;
	return i;
}

void apply_enrolment(struct run *r, const struct outcome *o)
{
	struct case_state *cs = r->cs;
	size_t i = place_index(cs, o->name);
	if (o->action == ACTION_RELEASE) {
		vec_remove(&cs->places, i);
		return;
	}
	struct enrolment *p = i < cs->places.n ? &cs->places.at[i] : case_push(cs, places);
	*p = (struct enrolment){.capacity = o->name,
				.waiting = o->waiting,
				.since = r->ev->day,
				.origin = o->id,
				.part = o->part};
}

/* ---- the event of the next in line ---- */

struct event place_event(struct arena *a, const struct rulebook *rb, const struct case_state *cs,
			 const struct vacancy *v, int64_t time, struct hash128 cause)
{
	const struct counter *before = case_count(cs, EVENT_PLACE_FOUND);
	const struct enrolment *place = case_place(cs, v->capacity);
	struct hash128 h = hash_join(place ? place->origin : cause,
				     hash_join(cause, hash128_of(before ? before->n : 0, 0)));
	char *id = arena_alloc(a, 2 * sizeof(h.b));
	struct value *fields = arena_array(a, 1, sizeof(*fields));
	hash_hex(h.b, sizeof(h.b), id);
	fields[0] = value_str(TYPE_TEXT, rb->capacities[v->capacity].name);
	struct event ev = {.source = STR("waymark"),
			   .id = {id, 2 * sizeof(h.b)},
			   .subject = cs->id,
			   .type = EVENT_PLACE_FOUND,
			   .county = cs->county,
			   .kind = cs->kind,
			   .time = time > cs->last ? time : cs->last,
			   .fields = fields,
			   .given = 1,
			   .digest = h};
	ev.day = zone_day(rb->zone, ev.time);
	ev.key = event_key(ev.source, ev.id);
	return ev;
}
