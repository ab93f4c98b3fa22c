/* SPDX-License-Identifier: Apache-2.0
 *
 * `overrides`: which blocks of its program a block names, and that none overrides itself, be it on
 * a way round over others. What counties have instead of a block stands in its place on both sides,
 * so the ways are looked for between the programs' own blocks.
 */
#include "grammar/resolve.h"

/* Does it apply to events, so that something can stand above it? */
static bool applies(const struct ast_decl *d)
{
	return d->kind != AST_NEVER && d->block != BLOCK_TABLE && d->block != BLOCK_SHARE;
}

static void suggest_blocks(struct book *b, uint16_t program, struct suggestion *s)
{
	for (size_t i = 0; i < b->bodies.n; i++) {
		const struct body *o = &b->bodies.at[i];
		if (o->program == program && o->county == NONE && applies(o->decl))
			suggest_try(s, o->name);
	}
}

static uint32_t find_block(struct book *b, uint16_t program, const struct ast_word *w)
{
	uint32_t at = map_get(&b->programs.at[program].blocks, w->s);
	if (at != MAP_NONE && applies(b->bodies.at[at].decl)) {
		name_used(b, w, b->bodies.at[at].name);
		return at;
	}
	struct suggestion s;
	suggest_init(b, &s, w->s);
	suggest_blocks(b, program, &s);
	struct diag *d =
	    fault(b, at == MAP_NONE ? W_UNKNOWN_NAME : W_OTHER_SORT, w->span,
		  "there is no block `" STR_FMT "` in this program to override", STR_ARG(w->s));
	suggest_help(b, d, &s, "a block of this program");
	return NO_BODY;
}

static bool may_be_overridden(struct book *b, const struct ast_word *w, uint32_t body)
{
	const struct ast_decl *d = b->bodies.at[body].decl;
	if (!d->locked)
		return true;
	struct diag *g =
	    fault(b, W_LOCKED, w->span, "`" STR_FMT "` is locked; no other block can override it",
		  STR_ARG(w->s));
	help(b, g, "leave it out, or ask for the lock to be lifted where the block stands");
	diag_also(b->diags, g, d->span, "locked here");
	return false;
}

static bool is_named(const struct body *of, uint32_t body)
{
	for (uint16_t i = 0; i < of->nover; i++)
		if (of->over[i].body == body)
			return true;
	return false;
}

static void resolve_one(struct book *b, struct body *of)
{
	size_t n = 0;
	for (const struct ast_word *w = of->decl->overrides; w; w = w->next)
		n++;
	of->over = arena_array(&b->arena, n, sizeof(*of->over));
	for (const struct ast_word *w = of->decl->overrides; w; w = w->next) {
		uint32_t body = find_block(b, of->program, w);
		if (body == NO_BODY || !may_be_overridden(b, w, body))
			continue;
		if (is_named(of, body)) {
			help(b,
			     fault(b, W_DEFINED_TWICE, w->span, "`" STR_FMT "` stands here twice",
				   STR_ARG(w->s)),
			     "name it once");
			continue;
		}
		if (of->nover < NONE)
			of->over[of->nover++] = (struct over){body, w->span};
	}
}

/* ---- ways round ---- */

void bodies_group(struct book *b, struct body_groups *g)
{
	g->first = arena_array(&b->arena, b->bodies.n, sizeof(*g->first));
	g->next = arena_array(&b->arena, b->bodies.n, sizeof(*g->next));
	for (uint32_t i = (uint32_t)b->bodies.n; i-- > 0;) {
		uint32_t own = b->bodies.at[i].replaces;
		g->next[i] = g->first[own];
		g->first[own] = i + 1;
	}
}

struct ways {
	struct book *b;
	struct body_groups groups;
	uint32_t *waits; /* by own body: how many that override it have no rank yet */
};

static void count_waits(struct ways *w)
{
	for (size_t i = 0; i < w->b->bodies.n; i++) {
		const struct body *of = &w->b->bodies.at[i];
		for (uint16_t k = 0; k < of->nover; k++)
			w->waits[of->over[k].body]++;
	}
}

struct ready { /* blocks above which nothing waits any more */
	VEC(uint32_t) list;
};

static void rank_below(struct ways *w, uint32_t own, const struct body *of, struct ready *ready)
{
	struct book *b = w->b;
	for (uint16_t k = 0; k < of->nover; k++) {
		uint32_t below = of->over[k].body;
		if (b->bodies.at[below].rank <= b->bodies.at[own].rank)
			b->bodies.at[below].rank = b->bodies.at[own].rank + 1;
		if (--w->waits[below] == 0)
			*vec_push(&ready->list) = below;
	}
}

static void rank_all(struct ways *w)
{
	struct book *b = w->b;
	struct ready ready = {0};
	for (uint32_t i = 0; i < b->bodies.n; i++)
		if (b->bodies.at[i].replaces == i && !w->waits[i])
			*vec_push(&ready.list) = i;
	for (size_t next = 0; next < ready.list.n; next++) {
		uint32_t own = ready.list.at[next];
		for (uint32_t at = w->groups.first[own]; at; at = w->groups.next[at - 1])
			rank_below(w, own, &b->bodies.at[at - 1], &ready);
	}
	vec_release(&ready.list);
}

/* One that overrides `body` and waits as well: on a way round, or below one. */
static const struct over *waiting_above(const struct ways *w, uint32_t body, uint32_t *above)
{
	const struct book *b = w->b;
	for (size_t i = 0; i < b->bodies.n; i++) {
		const struct body *of = &b->bodies.at[i];
		for (uint16_t k = 0; w->waits[of->replaces] && k < of->nover; k++) {
			if (of->over[k].body != body)
				continue;
			*above = of->replaces;
			return &of->over[k];
		}
	}
	return NULL;
}

/* A way round, upwards: each is overridden by the next one, and the last by the first. */
struct way {
	VEC(uint32_t) at;
};

static void find_way(const struct ways *w, uint32_t from, struct way *way)
{
	bool *seen = arena_array(&w->b->arena, w->b->bodies.n, sizeof(*seen));
	uint32_t at = from;
	for (; !seen[at]; waiting_above(w, at, &at))
		seen[at] = true;
	for (uint32_t start = at; !way->at.n || at != start; waiting_above(w, at, &at))
		*vec_push(&way->at) = at;
}

/* Told from the block that stands first in the policy. */
static void tell_way(struct ways *w, uint32_t from)
{
	struct book *b = w->b;
	struct way way = {0};
	struct buf words = {0};
	uint32_t ignored;
	size_t first = 0;
	find_way(w, from, &way);
	for (size_t i = 1; i < way.at.n; i++)
		if (way.at.at[i] < way.at.at[first])
			first = i;
	for (size_t i = 0; i < way.at.n; i++) {
		uint32_t above = way.at.at[(first + way.at.n - i) % way.at.n];
		uint32_t below = way.at.at[(first + 2 * way.at.n - i - 1) % way.at.n];
		buf_fmt(&words, "%s`" STR_FMT "` overrides `" STR_FMT "`", i ? ", " : "",
			STR_ARG(b->bodies.at[above].name), STR_ARG(b->bodies.at[below].name));
	}
	const struct over *named = waiting_above(w, way.at.at[first], &ignored);
	struct diag *d = fault(b, W_OVERRIDES_ROUND, named->span,
			       "these blocks override each other in a circle: " STR_FMT,
			       STR_ARG(buf_view(&words)));
	help(b, d, "decide which one goes before the others, and take one of these names out");
	buf_release(&words);
	vec_release(&way.at);
}

void resolve_overrides(struct book *b)
{
	bool any = false;
	for (size_t i = 0; i < b->bodies.n; i++) {
		if (!b->bodies.at[i].decl->overrides)
			continue;
		resolve_one(b, &b->bodies.at[i]);
		any = true;
	}
	if (!any)
		return;
	struct ways w = {.b = b};
	w.waits = arena_array(&b->arena, b->bodies.n, sizeof(*w.waits));
	bodies_group(b, &w.groups);
	count_waits(&w);
	rank_all(&w);
	for (uint32_t i = 0; i < b->bodies.n; i++) {
		if (!w.waits[i])
			continue;
		tell_way(&w, i);
		/* What is told once is enough; nothing that overrides in a circle is lowered. */
		for (size_t k = 0; k < b->bodies.n; k++)
			b->bodies.at[k].nover = 0;
		return;
	}
}
