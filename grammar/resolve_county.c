/* SPDX-License-Identifier: Apache-2.0
 *
 * What counties adopt, and which blocks they replace or drop. A replacement becomes a body of its
 * own behind all those of the programs.
 */
#include "grammar/lower.h"

#include "engine/base/limits.h"

#include <stdlib.h>

static void adopt_one(struct book *b, struct county *c, const struct ast_adopt *a)
{
	uint16_t program = resolve_program(b, &a->program);
	if (program == NONE)
		return;
	for (uint16_t i = 0; i < c->nadopts; i++) {
		if (c->adopts[i].program != program)
			continue;
		struct diag *d = fault(b, W_ADOPTED_TWICE, a->span,
				       "`" STR_FMT "` is adopted twice", STR_ARG(a->program.s));
		help(b, d, "keep one `adopts` line for each program");
		diag_also(b->diags, d, c->adopts[i].span, "first adopted here");
		return;
	}
	int32_t effective = b->programs.at[program].decl->effective;
	int32_t from = a->from > effective ? a->from : effective;
	c->adopts[c->nadopts++] = (struct adoption){program, from, a->span};
	if (c->nadopts == 1 || from < c->first_day)
		c->first_day = from;
}

static void lower_county(struct book *b, uint16_t i)
{
	const struct ast_decl *d = b->counties.at[i];
	struct county *c = &b->rb->counties[i];
	*c = (struct county){.name = d->name.s, .title = d->title.s, .span = d->name.span};
	c->first_day = DAY_MAX;
	size_t n = 0;
	for (const struct ast_adopt *a = d->adopts; a; a = a->next)
		if (resolve_room(b, n, LIMIT_PROGRAMS, a->span, "adopted programs"))
			n++;
	c->adopts = arena_array(&b->rb->arena, n, sizeof(*c->adopts));
	for (const struct ast_adopt *a = d->adopts; a && n > 0; a = a->next, n--)
		adopt_one(b, c, a);
}

bool county_is_whole(const struct book *b, uint16_t county)
{
	const struct ast_decl *d = b->counties.at[county];
	bool whole = !d->broken;
	for (const struct ast_adopt *a = d->adopts; a && whole; a = a->next)
		whole = map_get(&b->program_names, a->program.s) != MAP_NONE;
	return whole;
}

/* ---- replace and drop ---- */

static uint32_t adopted_block(struct book *b, const struct county *c, const struct ast_word *w)
{
	uint32_t found = NO_BODY;
	for (uint16_t i = 0; i < c->nadopts; i++) {
		uint32_t at = map_get(&b->programs.at[c->adopts[i].program].blocks, w->s);
		if (at == MAP_NONE)
			continue;
		if (found != NO_BODY) {
			struct diag *d =
			    fault(b, W_AMBIGUOUS, w->span,
				  "two adopted programs have a block `" STR_FMT "`", STR_ARG(w->s));
			help(b, d, "rename one of them");
			return NO_BODY;
		}
		found = at;
	}
	if (found != NO_BODY)
		name_used(b, w, b->bodies.at[found].name);
	if (found != NO_BODY || !county_is_whole(b, (uint16_t)(c - b->rb->counties)))
		return found;
	struct suggestion s;
	suggest_init(b, &s, w->s);
	for (size_t i = 0; i < b->bodies.n; i++)
		for (uint16_t j = 0; j < c->nadopts; j++)
			if (b->bodies.at[i].program == c->adopts[j].program &&
			    b->bodies.at[i].county == NONE)
				suggest_try(&s, b->bodies.at[i].name);
	struct diag *d =
	    fault(b, W_NOT_ADOPTED, w->span,
		  "no program that this county adopts has a block `" STR_FMT "`", STR_ARG(w->s));
	suggest_help(b, d, &s, "a block of an adopted program");
	return NO_BODY;
}

static enum block_kind kind_of(const struct ast_decl *d)
{
	return d->block;
}

static bool may_override(struct book *b, const struct ast_decl *d, uint32_t body,
			 enum block_kind kind, const struct ast_word *name)
{
	const struct ast_decl *own = b->bodies.at[body].decl;
	const char *verb = d->kind == AST_DROP ? "drop" : "replace";
	if (own->locked) {
		struct diag *g =
		    fault(b, W_LOCKED, name->span, "`" STR_FMT "` is locked; a county cannot %s it",
			  STR_ARG(name->s), verb);
		help(b, g, "remove this, or ask for the lock to be lifted in the program");
		diag_also(b->diags, g, own->span, "locked here");
		return false;
	}
	if (kind_of(own) == kind)
		return true;
	struct diag *g =
	    fault(b, W_REPLACE_DIFFERS, name->span,
		  "`" STR_FMT "` is a " STR_FMT ", not a " STR_FMT, STR_ARG(name->s),
		  STR_ARG(block_kind_name(kind_of(own))), STR_ARG(block_kind_name(kind)));
	help(b, g, "write `%s " STR_FMT " " STR_FMT "`", verb,
	     STR_ARG(block_kind_name(kind_of(own))), STR_ARG(name->s));
	diag_also(b->diags, g, own->span, "the program's block");
	return false;
}

static void override_one(struct book *b, const struct county_change *c)
{
	const struct ast_decl *d = c->decl, *anew = d->kind == AST_REPLACE ? d->replacement : NULL;
	if (d->kind == AST_REPLACE && !anew)
		return;
	const struct ast_word *name = anew ? &anew->name : &d->name;
	uint32_t body = adopted_block(b, &b->rb->counties[c->county], name);
	enum block_kind kind = anew ? kind_of(anew) : d->block;
	if (body == NO_BODY || !may_override(b, d, body, kind, name))
		return;
	struct override o = {c->county, body, NO_BODY, d->from, name->span};
	if (anew) {
		if (!resolve_room(b, b->bodies.n, NONE - 1u, d->span, "blocks"))
			return;
		struct body with = {
		    .decl = anew, .name = b->bodies.at[body].name, .county = c->county};
		with.program = b->bodies.at[body].program;
		with.replaces = body;
		o.by = (uint32_t)b->bodies.n;
		*vec_push(&b->bodies) = with;
	}
	*vec_push(&b->overrides) = o;
}

static int by_county(const void *a, const void *b)
{
	const struct override *x = a, *y = b;
	if (x->county != y->county)
		return x->county < y->county ? -1 : 1;
	if (x->body != y->body)
		return x->body < y->body ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->span.off > y->span.off) - (x->span.off < y->span.off);
}

static void overridden_twice(struct book *b)
{
	for (size_t i = 1; i < b->overrides.n; i++) {
		const struct override *o = &b->overrides.at[i], *p = o - 1;
		if (o->county != p->county || o->body != p->body || o->from != p->from)
			continue;
		struct diag *d =
		    fault(b, W_DEFINED_TWICE, o->span,
			  "`" STR_FMT "` is replaced or dropped twice from the same day",
			  STR_ARG(b->bodies.at[o->body].name));
		help(b, d, "keep one of them, or give them different `from` dates");
		diag_also(b->diags, d, p->span, "the other one");
	}
}

void resolve_counties(struct book *b)
{
	struct rulebook *rb = b->rb;
	rb->ncounties = (uint16_t)b->counties.n;
	rb->counties = arena_array(&rb->arena, b->counties.n, sizeof(*rb->counties));
	for (uint16_t i = 0; i < rb->ncounties; i++)
		lower_county(b, i);
	size_t kept = 0; /* a county past the limit has no index */
	for (size_t i = 0; i < b->changes.n; i++)
		if (b->changes.at[i].county < rb->ncounties)
			b->changes.at[kept++] = b->changes.at[i];
	b->changes.n = kept;
	for (size_t i = 0; i < b->changes.n; i++)
		if (b->changes.at[i].decl->kind != AST_CHANGE)
			override_one(b, &b->changes.at[i]);
	if (b->overrides.n)
		qsort(b->overrides.at, b->overrides.n, sizeof(*b->overrides.at), by_county);
	overridden_twice(b);
}
