/* SPDX-License-Identifier: Apache-2.0
 *
 * What is told, into one table by the ids of outcomes. An outcome that says the same on both sides
 * is one entry there; one that says something else under the same id stands beside it.
 */
#include "engine/audit/comparison.h"

#include <string.h>

#define FIRST_SLOTS   256
#define RECENT_LABELS 4096

/* ---- the table ---- */

static size_t home(size_t cap, const struct hash128 *id)
{
	uint64_t h;
	memcpy(&h, id->b, sizeof(h));
	return h & (cap - 1);
}

static bool is_empty(const struct comparison_entry *e)
{
	return !e->used;
}

static void grow(struct comparison *c)
{
	size_t cap = c->cap ? c->cap * 2 : FIRST_SLOTS;
	struct comparison_entry *slots = mem_alloc(cap * sizeof(*slots));
	size_t kept = 0;
	for (size_t i = 0; i < c->cap; i++) {
		if (is_empty(&c->slots[i]) || !c->slots[i].sides)
			continue;
		size_t k = home(cap, &c->slots[i].id);
		while (slots[k].used)
			k = (k + 1) & (cap - 1);
		slots[k] = c->slots[i];
		kept++;
	}
	mem_free(c->slots);
	c->slots = slots;
	c->cap = cap;
	c->n = kept;
}

/* The entry with the id that fits; else the empty slot behind all of that id. */
static struct comparison_entry *find(const struct comparison *c, const struct hash128 *id,
				     bool (*fits)(const struct comparison_entry *e, uint64_t of),
				     uint64_t of)
{
	size_t k = home(c->cap, id);
	while (c->slots[k].used && !(hash128_eq(c->slots[k].id, *id) && fits(&c->slots[k], of)))
		k = (k + 1) & (c->cap - 1);
	return &c->slots[k];
}

static bool says(const struct comparison_entry *e, uint64_t content)
{
	return e->content == content;
}

static bool stands_on(const struct comparison_entry *e, uint64_t side)
{
	return e->sides >> side & 1;
}

/* ---- labels ---- */

struct key {
	char at[512];
	size_t n;
};

/* Names are short (LIMIT_NAME_BYTES); what is cut off would only join two rows. */
static void put(struct key *k, struct str s)
{
	size_t room = sizeof(k->at) - k->n - 1, n = s.len < room ? s.len : room;
	if (n)
		memcpy(k->at + k->n, s.p, n);
	k->n += n;
	if (k->n < sizeof(k->at))
		k->at[k->n++] = '\0';
}

static struct str key_view(const struct key *k)
{
	return (struct str){k->at, k->n};
}

static uint32_t provision_of(struct comparison *c, struct str key)
{
	uint32_t i = map_get(&c->by_provision, key);
	if (i != MAP_NONE)
		return i;
	map_put(&c->by_provision, arena_str(&c->arena, key), c->provisions);
	return c->provisions++;
}

static uint64_t head_of(struct str s)
{
	uint64_t head = 0;
	if (s.len)
		memcpy(&head, s.p, s.len < sizeof(head) ? s.len : sizeof(head));
	return head ^ (uint64_t)s.len << 56;
}

/* The place of a label in `recent`: the same names give the same one. */
static size_t recent_place(struct str county, const struct said *s)
{
	const uint64_t k = 0x9e3779b97f4a7c15u;
	uint64_t h = head_of(s->block) * k ^ head_of(county);
	h = (h ^ h >> 32) * k ^ head_of(s->name) ^ (uint64_t)s->kind.len << 32;
	return (h * k) >> 32 & (RECENT_LABELS - 1);
}

static bool is_label(const struct compared_label *l, struct str county, const struct said *s)
{
	return str_eq(l->block, s->block) && str_eq(l->county, county) &&
	       str_eq(l->name, s->name) && str_eq(l->kind, s->kind) && str_eq(l->fund, s->fund) &&
	       str_eq(l->program, s->program);
}

static uint32_t find_label(struct comparison *c, struct str county, const struct said *s)
{
	struct key k = {.n = 0};
	put(&k, s->program);
	put(&k, s->block);
	put(&k, s->kind);
	put(&k, s->name);
	size_t provision = k.n;
	put(&k, s->fund);
	put(&k, county);
	uint32_t i = map_get(&c->by_label, key_view(&k));
	if (i != MAP_NONE)
		return i;
	i = (uint32_t)c->labels.n;
	*vec_push(&c->labels) =
	    (struct compared_label){arena_str(&c->arena, county),
				    arena_str(&c->arena, s->program),
				    arena_str(&c->arena, s->block),
				    arena_str(&c->arena, s->kind),
				    arena_str(&c->arena, s->name),
				    arena_str(&c->arena, s->fund),
				    provision_of(c, (struct str){k.at, provision})};
	map_put(&c->by_label, arena_str(&c->arena, key_view(&k)), i);
	return i;
}

/* ---- telling ---- */

static void take_back(struct comparison *c, enum side side, const struct hash128 *of)
{
	struct comparison_entry *e = c->cap ? find(c, of, stands_on, side) : NULL;
	if (e && e->used)
		e->sides = (uint8_t)(e->sides & ~(1u << side));
}

/* Looking one up by all of its names is much of what telling costs. */
static uint32_t label_of(struct comparison *c, struct str county, const struct said *s)
{
	if (!c->recent)
		c->recent = mem_alloc(RECENT_LABELS * sizeof(*c->recent));
	uint32_t *at = &c->recent[recent_place(county, s)];
	if (!*at || !is_label(&c->labels.at[*at - 1], county, s))
		*at = find_label(c, county, s) + 1;
	return *at - 1;
}

static uint64_t content_of(const struct said *s)
{
	uint64_t h;
	memcpy(&h, s->content.b, sizeof(h));
	return h;
}

void comparison_say(struct comparison *c, enum side side, uint64_t case_no, uint64_t seq,
		    struct str county, const struct said *said)
{
	if (said->reversal) {
		take_back(c, side, &said->of);
		return;
	}
	if ((c->n + 1) * 4 > c->cap * 3)
		grow(c);
	struct comparison_entry *e = find(c, &said->id, says, content_of(said));
	if (!e->used) {
		c->n++;
		*e = (struct comparison_entry){.id = said->id,
					       .content = content_of(said),
					       .cents = said->cents,
					       .day = said->day,
					       .label = label_of(c, county, said),
					       .case_no = (uint32_t)case_no,
					       .seq = (uint32_t)seq,
					       .money = (uint8_t)said->money,
					       .benefit = said->benefit,
					       .used = true};
	}
	e->sides = (uint8_t)(e->sides | 1u << side);
}

void comparison_fetch(const struct comparison *c, const struct hash128 *id)
{
	if (c->cap)
		__builtin_prefetch(&c->slots[home(c->cap, id)]);
}

void comparison_leave_out(struct comparison *c, uint64_t case_no)
{
	while (c->left_out.n <= case_no)
		*vec_push(&c->left_out) = 0;
	c->left_out.at[case_no] = 1;
}

void comparison_release(struct comparison *c)
{
	mem_free(c->slots);
	mem_free(c->recent);
	vec_release(&c->labels);
	vec_release(&c->left_out);
	map_release(&c->by_label);
	map_release(&c->by_provision);
	arena_release(&c->arena);
	*c = (struct comparison){0};
}
