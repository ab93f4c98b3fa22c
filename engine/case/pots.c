/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/case/pots.h"

#include "engine/base/limits.h"

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
			    .from = key->from};
	return pot;
}

struct str pot_name(const struct rulebook *rb, enum pot_kind kind, uint16_t index)
{
	switch (kind) {
	case POT_FUND:
		return rb->funds[index].name;
	case POT_DOCKET:
		return rb->dockets[index].name;
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

void pots_draw(struct pots *p, const struct rulebook *rb, uint16_t county, const struct draw *d)
{
	if (d->pot == POT_NONE)
		return;
	struct pot key = pot_key(rb, county, d->pot, d->index, d->from);
	struct pot *pot = pots_get(p, &key);
	pot->reserved += d->reserved;
	pot->committed += d->committed;
}

void pots_apply(struct pots *p, const struct rulebook *rb, const struct decision *d)
{
	for (size_t i = 0; i < d->n; i++)
		pots_draw(p, rb, d->event.county, &d->outcomes[i].draw);
}

void pots_copy(struct pots *to, const struct pots *from)
{
	for (size_t i = 0; i < from->all.n; i++) {
		struct pot *pot = pots_get(to, &from->all.at[i]);
		pot->reserved = from->all.at[i].reserved;
		pot->committed = from->all.at[i].committed;
	}
}

void pots_release(struct pots *p)
{
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
