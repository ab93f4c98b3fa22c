/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds in each county: for each event the parts it can touch, with their days. Counties that
 * adopt the same from the same days, and replace nothing, share one dispatch.
 */
#include "grammar/lower.h"

#include <stdlib.h>

#define FOREVER INT32_MAX

struct placed { /* an entry and its event type */
	uint16_t event;
	struct entry entry;
};

struct placed_list {
	struct placed *at;
	size_t n, cap;
};

struct gathering {
	struct book *b;
	struct placed_list parts, overrides;
	VEC(struct entry) nevers;
	VEC(struct entry) shares;
};

static void place_block(struct gathering *g, uint32_t block, int32_t from, int32_t until)
{
	const struct rulebook *rb = g->b->rb;
	const struct block *k = &rb->blocks[block];
	if (from >= until)
		return;
	if (k->kind == BLOCK_NEVER)
		*vec_push(&g->nevers) = (struct entry){k->detail, from, until};
	if (k->kind == BLOCK_SHARE)
		*vec_push(&g->shares) = (struct entry){k->detail, from, until};
	for (uint32_t i = 0; i < k->nparts; i++) {
		const struct part *p = &rb->parts[k->first_part + i];
		if (p->role != PART_OVERDUE)
			*vec_push(&g->parts) =
			    (struct placed){p->event, {k->first_part + i, from, until}};
	}
	const struct body *body = &g->b->bodies.at[block];
	for (uint32_t i = body->first_precedence; i < body->first_precedence + body->nprecedences;
	     i++)
		*vec_push(&g->overrides) =
		    (struct placed){rb->precedences[i].event, {i, from, until}};
}

/* A program's block with what the county has instead of it; `o` are its overrides by day. */
static void place_overridden(struct gathering *g, uint32_t block, int32_t from,
			     const struct override *o, size_t n)
{
	uint32_t now = block;
	for (size_t i = 0; i < n; i++) {
		int32_t day = o[i].from > from ? o[i].from : from;
		if (now != NO_BODY)
			place_block(g, now, from, day);
		now = o[i].by;
		from = day;
	}
	if (now != NO_BODY)
		place_block(g, now, from, FOREVER);
}

static int by_event(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	if (x->event != y->event)
		return x->event < y->event ? -1 : 1;
	if (x->entry.part != y->entry.part)
		return x->entry.part < y->entry.part ? -1 : 1;
	return (x->entry.from > y->entry.from) - (x->entry.from < y->entry.from);
}

static int by_never(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	return (x->part > y->part) - (x->part < y->part);
}

static void fill_events(struct rulebook *rb, const struct placed_list *list,
			struct entry ***entries, uint32_t **n)
{
	if (list->n)
		qsort(list->at, list->n, sizeof(*list->at), by_event);
	*entries = arena_array(&rb->arena, rb->nevents, sizeof(**entries));
	*n = arena_array(&rb->arena, rb->nevents, sizeof(**n));
	struct entry *all = arena_array(&rb->arena, list->n, sizeof(*all));
	for (size_t i = 0; i < list->n; i++) {
		uint16_t e = list->at[i].event;
		all[i] = list->at[i].entry;
		if (!(*n)[e]++)
			(*entries)[e] = &all[i];
	}
}

static void fill_nevers(struct gathering *g, struct dispatch *d)
{
	struct rulebook *rb = g->b->rb;
	if (g->nevers.n)
		qsort(g->nevers.at, g->nevers.n, sizeof(*g->nevers.at), by_never);
	d->nnevers = (uint32_t)g->nevers.n;
	d->nevers = arena_array(&rb->arena, g->nevers.n, sizeof(*d->nevers));
	d->never_days = arena_array(&rb->arena, g->nevers.n, sizeof(*d->never_days));
	for (size_t i = 0; i < g->nevers.n; i++) {
		d->never_days[i] = g->nevers.at[i];
		d->nevers[i] = rb->nevers[g->nevers.at[i].part].block;
	}
}

static void fill_shares(struct gathering *g, struct dispatch *d)
{
	d->nshares = (uint32_t)g->shares.n;
	d->shares = arena_array(&g->b->rb->arena, g->shares.n, sizeof(*d->shares));
	for (size_t i = 0; i < g->shares.n; i++)
		d->shares[i] = g->shares.at[i];
}

static const struct dispatch *dispatch_of(struct book *b, const struct county *c,
					  const struct override *o, size_t n)
{
	struct gathering g = {.b = b};
	struct dispatch *d = arena_alloc(&b->rb->arena, sizeof(*d));
	/* Overrides are by block; adopted programs may come in any order, so each looks its own up.
	 */
	for (uint16_t i = 0; i < c->nadopts; i++) {
		const struct program *p = &b->rb->programs[c->adopts[i].program];
		uint32_t end = p->first_block + p->nblocks;
		size_t at = 0, over = n;
		while (at < over) { /* the first override of this program */
			size_t mid = at + (over - at) / 2;
			if (o[mid].body < p->first_block)
				at = mid + 1;
			else
				over = mid;
		}
		for (uint32_t k = p->first_block; k < end; k++) {
			size_t own = at;
			while (at < n && o[at].body == k)
				at++;
			place_overridden(&g, k, c->adopts[i].from, at > own ? o + own : NULL,
					 at - own);
		}
	}
	fill_events(b->rb, &g.parts, &d->by_event, &d->n);
	if (g.overrides.n)
		fill_events(b->rb, &g.overrides, &d->overrides, &d->noverrides);
	fill_nevers(&g, d);
	fill_shares(&g, d);
	vec_release(&g.parts);
	vec_release(&g.overrides);
	vec_release(&g.shares);
	vec_release(&g.nevers);
	return d;
}

/* What counties with the same dispatch have in common, as a key. */
static struct str adoption_key(struct book *b, const struct county *c)
{
	struct buf t = {0};
	for (uint16_t p = 0; p < c->nadopts; p++) {
		buf_i64(&t, c->adopts[p].program);
		buf_char(&t, ':');
		buf_i64(&t, c->adopts[p].from);
		buf_char(&t, ';');
	}
	struct str key = arena_str(&b->arena, buf_view(&t));
	buf_release(&t);
	return key;
}

void lower_counties(struct book *b)
{
	struct map shared = {0};
	size_t at = 0;
	for (uint16_t i = 0; i < b->rb->ncounties; i++) {
		struct county *c = &b->rb->counties[i];
		size_t first = at;
		while (at < b->overrides.n && b->overrides.at[at].county == i)
			at++;
		struct str key = adoption_key(b, c);
		uint32_t same = at == first ? map_get(&shared, key) : MAP_NONE;
		if (same != MAP_NONE) {
			c->dispatch = b->rb->counties[same].dispatch;
			continue;
		}
		const struct override *own = at > first ? b->overrides.at + first : NULL;
		c->dispatch = dispatch_of(b, c, own, at - first);
		if (at == first)
			map_put(&shared, key, i);
	}
	map_release(&shared);
}
