/* SPDX-License-Identifier: Apache-2.0
 *
 * What the candidate asks and history does not hold: of its vocabulary, what none of the versions
 * knew that decided the history. No recorded event can say it, whatever happened.
 */
#include "daemon/replay/candidate_internal.h"

#include "daemon/replay/recorded_versions.h"

struct known {
	struct loaded *versions;
	size_t n;
};

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

static bool knows_fact(const struct known *k, struct str kind, struct str name)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct rulebook *rb = k->versions[i].rb;
		uint16_t at = rulebook_kind(rb, kind);
		if (at != NONE && fact_index(&rb->kinds[at], name) != NONE)
			return true;
	}
	return false;
}

static uint64_t events_of(const struct replayed *out, struct str type)
{
	for (size_t i = 0; i < out->types.n; i++)
		if (str_eq(out->types.at[i].type, type))
			return out->types.at[i].n;
	return 0;
}

static void add(struct replayed *out, enum lack_of of, struct str name, struct str inside,
		bool optional)
{
	*vec_push(&out->lacks) =
	    (struct replay_lack){of, arena_str(&out->arena, name), arena_str(&out->arena, inside),
				 optional, of == LACKS_FIELD ? events_of(out, inside) : 0};
}

static void look_at_events(const struct known *k, const struct rulebook *rb, struct replayed *out)
{
	for (uint16_t i = EVENT_BUILTINS; i < rb->nevents; i++) {
		const struct event_type *e = &rb->events[i];
		if (!knows_event(k, e->name)) {
			add(out, LACKS_EVENT, e->name, STR(""), false);
			continue;
		}
		for (uint16_t f = 0; f < e->nfields; f++)
			if (!knows_field(k, e->name, e->fields[f].name))
				add(out, LACKS_FIELD, e->fields[f].name, e->name,
				    e->fields[f].optional);
	}
}

static void look_at_facts(const struct known *k, const struct rulebook *rb, struct replayed *out)
{
	for (uint16_t i = 0; i < rb->nkinds; i++)
		for (uint16_t f = 0; f < rb->kinds[i].nfacts; f++)
			if (!knows_fact(k, rb->kinds[i].name, rb->kinds[i].facts[f].name))
				add(out, LACKS_FACT, rb->kinds[i].facts[f].name, rb->kinds[i].name,
				    rb->kinds[i].facts[f].optional);
}

enum status candidate_lacks(struct ledger_reader *r, const struct rulebook *rb, const bool *decided,
			    size_t n, struct replayed *out, struct buf *why)
{
	struct known k = {mem_alloc((n + 1) * sizeof(*k.versions)), 0};
	enum status st = STATUS_OK;
	for (size_t i = 0; i < n && !st; i++)
		if (decided[i])
			st = recorded_version(r, (uint32_t)i, &k.versions[k.n++], why);
	out->versions = k.n;
	if (!st) {
		look_at_events(&k, rb, out);
		look_at_facts(&k, rb, out);
	}
	for (size_t i = 0; i < k.n; i++)
		load_release(&k.versions[i]);
	mem_free(k.versions);
	return st;
}
