/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/map.h"

#include "engine/base/mem.h"

/* Small and apart from the keys: looking for a key reads one line of memory here and one of the
 * keys in a map that is too large for any cache. */
struct map_slot {
	uint32_t hash; /* 0: empty */
	uint32_t value;
};

static uint32_t hash_of(struct str key)
{
	uint64_t h = str_hash(key);
	uint32_t folded = (uint32_t)(h ^ h >> 32);
	return folded ? folded : 1;
}

static size_t slot_of(const struct map *m, struct str key, uint32_t hash)
{
	size_t mask = m->cap - 1, i = hash & mask;
	while (m->slots[i].hash && !(m->slots[i].hash == hash && str_eq(m->keys[i], key)))
		i = (i + 1) & mask;
	return i;
}

static size_t free_slot(const struct map *m, uint32_t hash)
{
	size_t mask = m->cap - 1, i = hash & mask;
	while (m->slots[i].hash)
		i = (i + 1) & mask;
	return i;
}

static void make_room(struct map *m, size_t cap)
{
	m->cap = cap;
	m->slots = mem_alloc(cap * sizeof(*m->slots));
	m->keys = mem_alloc(cap * sizeof(*m->keys));
}

static void grow(struct map *m)
{
	struct map old = *m;
	make_room(m, old.cap ? old.cap * 2 : 16);
	for (size_t i = 0; i < old.cap; i++) {
		if (!old.slots[i].hash)
			continue;
		size_t to = free_slot(m, old.slots[i].hash);
		m->slots[to] = old.slots[i];
		m->keys[to] = old.keys[i];
	}
	mem_free(old.slots);
	mem_free(old.keys);
}

uint32_t map_get(const struct map *m, struct str key)
{
	if (!m->n)
		return MAP_NONE;
	const struct map_slot *s = &m->slots[slot_of(m, key, hash_of(key))];
	return s->hash ? s->value : MAP_NONE;
}

void map_prefetch(const struct map *m, struct str key)
{
	if (!m->n)
		return;
	size_t i = hash_of(key) & (m->cap - 1);
	__builtin_prefetch(&m->slots[i]);
	__builtin_prefetch(&m->keys[i]);
}

uint32_t map_guess(const struct map *m, struct str key)
{
	if (!m->n)
		return MAP_NONE;
	uint32_t hash = hash_of(key);
	size_t mask = m->cap - 1, i = hash & mask;
	while (m->slots[i].hash && m->slots[i].hash != hash)
		i = (i + 1) & mask;
	return m->slots[i].hash ? m->slots[i].value : MAP_NONE;
}

bool map_put(struct map *m, struct str key, uint32_t value)
{
	if ((m->n + 1) * 4 > m->cap * 3)
		grow(m);
	uint32_t hash = hash_of(key);
	size_t i = slot_of(m, key, hash);
	bool fresh = !m->slots[i].hash;
	if (fresh) {
		m->keys[i] = key;
		m->n++;
	}
	m->slots[i] = (struct map_slot){hash, value};
	return fresh;
}

bool map_del(struct map *m, struct str key)
{
	if (!m->n)
		return false;
	size_t mask = m->cap - 1, i = slot_of(m, key, hash_of(key));
	if (!m->slots[i].hash)
		return false;
	/* Close the gap: move back every later slot of the run that may stand here. */
	for (size_t j = (i + 1) & mask; m->slots[j].hash; j = (j + 1) & mask) {
		size_t home = m->slots[j].hash & mask;
		if (((j - home) & mask) < ((j - i) & mask))
			continue;
		m->slots[i] = m->slots[j];
		m->keys[i] = m->keys[j];
		i = j;
	}
	m->slots[i] = (struct map_slot){0};
	m->n--;
	return true;
}

void map_copy(struct map *to, const struct map *from)
{
	if (!from->n)
		return;
	make_room(to, from->cap);
	to->n = from->n;
	memcpy(to->slots, from->slots, from->cap * sizeof(*to->slots));
	memcpy(to->keys, from->keys, from->cap * sizeof(*to->keys));
}

void map_release(struct map *m)
{
	mem_free(m->slots);
	mem_free(m->keys);
	*m = (struct map){0};
}
