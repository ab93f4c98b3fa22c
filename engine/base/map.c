/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/map.h"

#include "engine/base/mem.h"

struct map_slot {
	struct str key; /* key.p NULL: empty */
	uint64_t hash;
	uint32_t value;
};

static size_t slot_of(const struct map *m, struct str key, uint64_t hash)
{
	size_t mask = m->cap - 1, i = hash & mask;
	while (m->slots[i].key.p && !(m->slots[i].hash == hash && str_eq(m->slots[i].key, key)))
		i = (i + 1) & mask;
	return i;
}

static void grow(struct map *m)
{
	struct map old = *m;
	m->cap = old.cap ? old.cap * 2 : 16;
	m->slots = mem_alloc(m->cap * sizeof(*m->slots));
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].key.p)
			m->slots[slot_of(m, old.slots[i].key, old.slots[i].hash)] = old.slots[i];
	mem_free(old.slots);
}

/* An empty key has no bytes; give it some, since a NULL pointer marks an empty slot. */
static struct str keyed(struct str key)
{
	return key.p ? key : STR("");
}

uint32_t map_get(const struct map *m, struct str key)
{
	if (!m->n)
		return MAP_NONE;
	const struct map_slot *s = &m->slots[slot_of(m, keyed(key), str_hash(key))];
	return s->key.p ? s->value : MAP_NONE;
}

bool map_put(struct map *m, struct str key, uint32_t value)
{
	if ((m->n + 1) * 4 > m->cap * 3)
		grow(m);
	uint64_t hash = str_hash(key);
	struct map_slot *s = &m->slots[slot_of(m, keyed(key), hash)];
	bool fresh = !s->key.p;
	if (fresh) {
		*s = (struct map_slot){.key = keyed(key), .hash = hash};
		m->n++;
	}
	s->value = value;
	return fresh;
}

bool map_del(struct map *m, struct str key)
{
	if (!m->n)
		return false;
	size_t mask = m->cap - 1, i = slot_of(m, keyed(key), str_hash(key));
	if (!m->slots[i].key.p)
		return false;
	/* Close the gap: move back every later slot of the run that may stand here. */
	for (size_t j = (i + 1) & mask; m->slots[j].key.p; j = (j + 1) & mask) {
		size_t home = m->slots[j].hash & mask;
		if (((j - home) & mask) < ((j - i) & mask))
			continue;
		m->slots[i] = m->slots[j];
		i = j;
	}
	m->slots[i].key = (struct str){0};
	m->n--;
	return true;
}

void map_release(struct map *m)
{
	mem_free(m->slots);
	*m = (struct map){0};
}
