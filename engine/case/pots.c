/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/case/pots.h"

#include "engine/base/limits.h"
#include "engine/case/across.h"

/* Kind, first day, county and name as one text. */
struct key_text {
	char text[1 + sizeof(int32_t) + 2 * LIMIT_NAME_BYTES + 1];
};

static struct str key_text(struct key_text *k, const struct pot *pot)
{
	char *p = k->text;
	*p++ = (char)pot->kind;
	memcpy(p, &pot->from, sizeof(pot->from));
	p += sizeof(pot->from);
	memcpy(p, pot->county.p, pot->county.len);
	p += pot->county.len;
	*p++ = '\0';
	memcpy(p, pot->name.p, pot->name.len);
	p += pot->name.len;
	return (struct str){k->text, (size_t)(p - k->text)};
}

const struct pot *pots_find(const struct pots *p, const struct pot *key)
{
	struct key_text k;
	uint32_t i = map_get(&p->by_key, key_text(&k, key));
	return i == MAP_NONE ? NULL : &p->all.at[i];
}

struct pot *pots_get(struct pots *p, const struct pot *key)
{
	struct key_text k;
	struct str text = key_text(&k, key);
	uint32_t i = map_get(&p->by_key, text);
	if (i != MAP_NONE)
		return &p->all.at[i];
	map_put(&p->by_key, arena_str(&p->arena, text), (uint32_t)p->all.n);
	struct pot *pot = vec_push(&p->all);
	*pot = (struct pot){.kind = key->kind,
			    .name = arena_str(&p->arena, key->name),
			    .county = arena_str(&p->arena, key->county),
			    .from = key->from,
			    .served = DAY_NONE};
	return pot;
}

struct str pot_name(const struct rulebook *rb, enum pot_kind kind, uint16_t index)
{
	switch (kind) {
	case POT_FUND:
		return rb->funds[index].name;
	case POT_DOCKET:
		return rb->dockets[index].name;
	case POT_CAPACITY:
		return rb->capacities[index].name;
	case POT_NONE:
	case POT_KINDS:
		break;
	}
	return STR("");
}

struct pot pot_key(const struct rulebook *rb, uint16_t county, enum pot_kind kind, uint16_t index,
		   int32_t from)
{
	return (struct pot){.kind = kind,
			    .name = pot_name(rb, kind, index),
			    .county = rb->counties[county].name,
			    .from = from};
}

struct pot outcome_pot(const struct rulebook *rb, const struct decision *d, const struct outcome *o)
{
	const struct rulebook *own = outcome_rulebook(o, rb);
	return pot_key(own, across_county(rb, d->event.county, own), o->draw.pot, o->draw.index,
		       o->draw.from);
}

void pots_draw(struct pots *p, const struct rulebook *rb, uint16_t county, const struct draw *d)
{
	if (d->pot == POT_NONE)
		return;
	struct pot key = pot_key(rb, county, d->pot, d->index, d->from);
	struct pot *pot = pots_get(p, &key);
	pot->reserved += d->reserved;
	pot->committed += d->committed;
}

/* ---- the line ---- */

void pots_join(struct pots *p, struct pot *pot, struct str id)
{
	char *own = mem_alloc(id.len + 1);
	memcpy(own, id.p, id.len);
	*vec_push(&p->line) =
	    (struct waiting){(uint32_t)(pot - p->all.at), (struct str){own, id.len}};
}

static void leave(struct pots *p, const struct pot *pot, struct str id)
{
	for (size_t i = 0; i < p->line.n; i++) {
		const struct waiting *w = &p->line.at[i];
		if (w->pot != (uint32_t)(pot - p->all.at) || !str_eq(w->id, id))
			continue;
		mem_free((char *)(uintptr_t)w->id.p);
		vec_remove(&p->line, i);
		return;
	}
}

void pots_forget(struct pots *p, struct str id)
{
	for (size_t i = p->line.n; i-- > 0;) {
		if (!str_eq(p->line.at[i].id, id))
			continue;
		mem_free((char *)(uintptr_t)p->line.at[i].id.p);
		vec_remove(&p->line, i);
	}
}

static struct str capacity_drawn(const struct rulebook *rb, const struct outcome *o)
{
	return pot_name(outcome_rulebook(o, rb), POT_CAPACITY, o->draw.index);
}

int64_t pots_line_change(const struct rulebook *rb, const struct decision *d, size_t i)
{
	const struct outcome *o = &d->outcomes[i];
	int64_t change = 0;
	if (o->draw.pot != POT_CAPACITY)
		return 0;
	for (size_t k = 0; k < d->n; k++) {
		const struct outcome *other = &d->outcomes[k];
		if (other->draw.pot != POT_CAPACITY ||
		    !str_eq(capacity_drawn(rb, other), capacity_drawn(rb, o)))
			continue;
		if (k < i)
			return 0;
		change += other->draw.reserved;
	}
	return change;
}

static void change_line(struct pots *p, const struct rulebook *rb, const struct decision *d,
			size_t i)
{
	int64_t change = pots_line_change(rb, d, i);
	if (!change)
		return;
	struct pot key = outcome_pot(rb, d, &d->outcomes[i]);
	struct pot *pot = pots_get(p, &key);
	if (change > 0)
		pots_join(p, pot, d->event.subject);
	else
		leave(p, pot, d->event.subject);
}

static uint16_t capacity_of(const struct rulebook *rb, struct str name)
{
	for (uint16_t i = 0; i < rb->ncapacities; i++)
		if (str_eq(rb->capacities[i].name, name))
			return i;
	return NONE;
}

static bool next_in_line(const struct pots *p, uint32_t pot, struct str *id)
{
	for (size_t i = 0; i < p->line.n; i++) {
		if (p->line.at[i].pot != pot)
			continue;
		*id = p->line.at[i].id;
		return true;
	}
	return false;
}

/* False: the rulebook does not know it, or nobody waits. */
static bool is_waited_for(const struct rulebook *rb, const struct pot *pot, struct vacancy *out)
{
	if (pot->kind != POT_CAPACITY || pot->reserved <= 0)
		return false;
	out->capacity = capacity_of(rb, pot->name);
	out->county = rulebook_county(rb, pot->county);
	return out->capacity != NONE && out->county != NONE;
}

bool pots_vacancy(const struct pots *p, const struct rulebook *rb, int32_t day, int64_t at,
		  struct vacancy *out)
{
	for (uint32_t i = 0; p->line.n && i < p->all.n; i++) {
		const struct pot *pot = &p->all.at[i];
		if (!is_waited_for(rb, pot, out))
			continue;
		if (pot->committed < places_on(rb, out->county, out->capacity, day) &&
		    pot->committed <
			places_on(rb, out->county, out->capacity, zone_day(rb->zone, at)) &&
		    next_in_line(p, i, &out->id))
			return true;
	}
	return false;
}

bool pots_growth(const struct pots *p, const struct rulebook *rb, int32_t *day)
{
	bool found = false;
	for (size_t i = 0; p->line.n && i < p->all.n; i++) {
		const struct pot *pot = &p->all.at[i];
		struct vacancy v;
		int32_t grows;
		if (pot->served == DAY_NONE || !is_waited_for(rb, pot, &v) ||
		    !places_above(rb, v.county, v.capacity, pot->committed, pot->served, &grows))
			continue;
		*day = found && *day < grows ? *day : grows;
		found = true;
	}
	return found;
}

struct hash128 pots_growth_key(int32_t day)
{
	return hash_join(event_key(STR("waymark"), STR("places")),
			 hash128_of((uint64_t)(int64_t)day, 0));
}

void pots_served(struct pots *p, int32_t day)
{
	for (size_t i = 0; i < p->all.n; i++) {
		struct pot *pot = &p->all.at[i];
		if (pot->kind == POT_CAPACITY && pot->served < day) /* DAY_NONE is before all */
			pot->served = day;
	}
}

void pots_apply(struct pots *p, const struct rulebook *rb, const struct decision *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct outcome *o = &d->outcomes[i];
		const struct rulebook *own = outcome_rulebook(o, rb);
		pots_draw(p, own, across_county(rb, d->event.county, own), &o->draw);
		change_line(p, rb, d, i);
		if (o->draw.pot != POT_CAPACITY)
			continue;
		struct pot key = outcome_pot(rb, d, o);
		pots_get(p, &key)->served = d->event.day;
	}
}

void pots_copy(struct pots *to, const struct pots *from)
{
	map_copy(&to->by_key, &from->by_key);
	vec_reserve(&to->all, from->all.n);
	for (size_t i = 0; i < from->all.n; i++)
		*vec_push(&to->all) = from->all.at[i];
	for (size_t i = 0; i < from->line.n; i++)
		pots_join(to, &to->all.at[from->line.at[i].pot], from->line.at[i].id);
}

void pots_release(struct pots *p)
{
	for (size_t i = 0; i < p->line.n; i++)
		mem_free((char *)(uintptr_t)p->line.at[i].id.p);
	vec_release(&p->line);
	map_release(&p->by_key);
	vec_release(&p->all);
	arena_release(&p->arena);
	*p = (struct pots){0};
}

struct str pot_kind_name(enum pot_kind kind)
{
	static const struct str names[] = {
	    [POT_NONE] = STR_INIT(""),
	    [POT_FUND] = STR_INIT("fund"),
	    [POT_DOCKET] = STR_INIT("docket"),
	    [POT_CAPACITY] = STR_INIT("capacity"),
	};
	return names[kind];
}

bool pot_kind_of(struct str name, enum pot_kind *kind)
{
	for (enum pot_kind k = POT_FUND; k < POT_KINDS; k++) {
		if (!str_eq(pot_kind_name(k), name))
			continue;
		*kind = k;
		return true;
	}
	return false;
}
