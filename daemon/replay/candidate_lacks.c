/* SPDX-License-Identifier: Apache-2.0
 *
 * What the candidate asks and the history does not hold: what its provisions wait for, count or
 * read (engine/policy/asks.h), and no event says. Either none of the versions knew it that decided
 * the history, so that no event could say it, or none did.
 */
#include "daemon/replay/candidate_internal.h"

#include "daemon/replay/recorded_versions.h"
#include "daemon/wire/canonical.h"
#include "engine/policy/asks.h"

/* What the versions that decided it knew and asked. */
struct known {
	struct loaded *versions;
	struct asks *asks;
	size_t n;
	const struct held *held;
};

/* ---- what the history holds ---- */

/* A correction may give a field that the event did not have; which event, is not looked at. */
static void holds_corrected(struct held *h, const struct rulebook *rb, struct str data)
{
	struct str rest = data, name, value;
	if (!canonical_enter(&rest))
		return;
	while (canonical_member(&rest, &name, &value))
		for (uint16_t i = 0; i < rb->nevents; i++) {
			uint16_t field = field_index(&rb->events[i], name);
			if (field != NONE)
				h->given[i] |= UINT64_C(1) << field;
		}
}

void candidate_holds(struct held *h, const struct rulebook *rb, const struct event *ev)
{
	h->events[ev->type]++;
	h->given[ev->type] |= ev->given;
	if (ev->type == EVENT_CORRECTED && ev->fields[CORRECTED_DATA].known)
		holds_corrected(h, rb, value_as_str(ev->fields[CORRECTED_DATA]));
}

/* ---- what was known ---- */

static const struct event_type *event_named(const struct rulebook *rb, struct str name)
{
	uint16_t i = rulebook_event(rb, name);
	return i == NONE ? NULL : &rb->events[i];
}

static bool knows_event(const struct known *k, struct str name)
{
	for (size_t i = 0; i < k->n; i++)
		if (event_named(k->versions[i].rb, name))
			return true;
	return false;
}

static bool knows_field(const struct known *k, struct str event, struct str name)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct event_type *e = event_named(k->versions[i].rb, event);
		if (e && field_index(e, name) != NONE)
			return true;
	}
	return false;
}

static bool asks_it(const struct asks *a, const struct replay_lack *l)
{
	const struct rulebook *rb = a->rb;
	uint16_t kind = rulebook_kind(rb, l->inside), event = rulebook_event(rb, l->inside), at;
	switch (l->of) {
	case LACKS_EVENT:
		at = rulebook_event(rb, l->name);
		return at != NONE && a->events[at];
	case LACKS_FIELD:
		at = event == NONE ? NONE : field_index(&rb->events[event], l->name);
		return at != NONE && a->fields[event] >> at & 1;
	case LACKS_FACT:
		at = kind == NONE ? NONE : fact_index(&rb->kinds[kind], l->name);
		return at != NONE && a->facts[kind][at];
	}
	return false;
}

static bool was_asked(const struct known *k, const struct replay_lack *l)
{
	for (size_t i = 0; i < k->n; i++)
		if (asks_it(&k->asks[i], l))
			return true;
	return false;
}

static uint64_t events_of(const struct replayed *out, struct str type)
{
	for (size_t i = 0; i < out->types.n; i++)
		if (str_eq(out->types.at[i].type, type))
			return out->types.at[i].n;
	return 0;
}

/* Behind those of its kind. */
static void add(const struct known *k, struct replayed *out, struct replay_lack l)
{
	size_t at = out->lacks.n;
	l.name = arena_str(&out->arena, l.name);
	l.inside = arena_str(&out->arena, l.inside);
	l.before = was_asked(k, &l);
	(void)vec_push(&out->lacks);
	for (; at && !l.before && out->lacks.at[at - 1].before; at--)
		out->lacks.at[at] = out->lacks.at[at - 1];
	out->lacks.at[at] = l;
}

/* ---- what is not there ---- */

/* Of events that do not fit the candidate's vocabulary it is not known what fields they have. */
static bool lacks_field(const struct known *k, const struct rulebook *rb, uint16_t event,
			uint16_t field)
{
	const struct event_type *e = &rb->events[event];
	if (!knows_field(k, e->name, e->fields[field].name))
		return true;
	return k->held->events[event] && !(k->held->given[event] >> field & 1);
}

/* A field that sets a fact is looked at as that. */
static void look_at_fields(const struct known *k, const struct asks *asks, uint16_t event,
			   struct replayed *out)
{
	const struct event_type *e = &asks->rb->events[event];
	for (uint16_t f = 0; events_of(out, e->name) && f < e->nfields; f++) {
		const struct field *field = &e->fields[f];
		bool is_read = asks->fields[event] >> f & 1 && !field->sets;
		if ((is_read || !field->optional) && lacks_field(k, asks->rb, event, f))
			add(k, out,
			    (struct replay_lack){.of = LACKS_FIELD,
						 .name = field->name,
						 .inside = e->name,
						 .optional = field->optional,
						 .events = events_of(out, e->name)});
	}
}

static void look_at_events(const struct known *k, const struct asks *asks, struct replayed *out)
{
	for (uint16_t i = EVENT_BUILTINS; i < asks->rb->nevents; i++) {
		const struct event_type *e = &asks->rb->events[i];
		if (knows_event(k, e->name))
			look_at_fields(k, asks, i, out);
		else if (asks->events[i])
			add(k, out, (struct replay_lack){.of = LACKS_EVENT, .name = e->name});
	}
}

/* Does an event that is recorded say it? One that the versions knew and the candidate refuses may.
 */
static bool is_said(const struct known *k, const struct rulebook *rb, const struct replayed *out,
		    uint16_t kind, uint16_t fact)
{
	for (uint16_t i = EVENT_BUILTINS; i < rb->nevents; i++) {
		const struct event_type *e = &rb->events[i];
		for (uint16_t f = 0; events_of(out, e->name) && f < e->nfields; f++)
			if (e->fields[f].sets && e->fields[f].sets[kind] == fact &&
			    !lacks_field(k, rb, i, f))
				return true;
	}
	return false;
}

static void look_at_facts(const struct known *k, const struct asks *asks, struct replayed *out)
{
	for (uint16_t i = 0; i < asks->rb->nkinds; i++) {
		const struct case_kind *kind = &asks->rb->kinds[i];
		for (uint16_t f = 0; k->held->kinds[i] && f < kind->nfacts; f++)
			if (asks->facts[i][f] && !asks->sets[i][f] &&
			    !is_said(k, asks->rb, out, i, f))
				add(k, out,
				    (struct replay_lack){.of = LACKS_FACT,
							 .name = kind->facts[f].name,
							 .inside = kind->name,
							 .optional = kind->facts[f].optional});
	}
}

enum status candidate_lacks(struct candidate *x)
{
	size_t n = x->decided.n;
	struct known k = {mem_alloc((n + 1) * sizeof(*k.versions)),
			  mem_alloc((n + 1) * sizeof(*k.asks)), 0, &x->held};
	struct asks asks;
	enum status st = STATUS_OK;
	for (size_t i = 0; i < n && !st; i++) {
		if (!x->decided.at[i])
			continue;
		st = recorded_version(x->past, (uint32_t)i, &k.versions[k.n], x->why);
		if (st)
			load_release(&k.versions[k.n]);
		else
			asks_init(&k.asks[k.n], k.versions[k.n].rb), k.n++;
	}
	x->out->versions = k.n;
	asks_init(&asks, x->config->rb);
	if (!st && x->out->events) {
		look_at_events(&k, &asks, x->out);
		look_at_facts(&k, &asks, x->out);
	}
	asks_release(&asks);
	for (size_t i = 0; i < k.n; i++) {
		asks_release(&k.asks[i]);
		load_release(&k.versions[i]);
	}
	mem_free(k.asks);
	mem_free(k.versions);
	return st;
}
