/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/names.h"

#include <stdlib.h>

void names_release(struct names *n)
{
	vec_release(&n->uses);
	vec_release(&n->decls);
	arena_release(&n->arena);
	rulebook_unref(n->rb);
	*n = (struct names){0};
}

struct span names_place(const struct rulebook *rb, struct str s)
{
	uintptr_t at = (uintptr_t)s.p;
	for (uint32_t i = 0; s.len && i < rb->nsources; i++) {
		struct str text = rb->sources[i].text;
		uintptr_t from = (uintptr_t)text.p;
		if (at >= from && at - from < text.len)
			return (struct span){i, (uint32_t)(at - from), (uint32_t)s.len};
	}
	return (struct span){0};
}

void names_use(struct names *n, const struct rulebook *rb, const struct ast_word *w,
	       struct str declared)
{
	struct span decl = names_place(rb, declared);
	if (decl.len && w->span.len)
		*vec_push(&n->uses) = (struct name_use){w->span, decl};
}

/* ---- what the trees declare ---- */

struct walk {
	struct names *n;
	const struct ast_decl *decl, *in;
};

static void declare(struct walk *w, enum name_role role, const struct ast_word *word,
		    struct name_decl d)
{
	if (!word->s.len)
		return;
	d.name = word->span;
	d.role = role;
	d.decl = w->decl;
	d.in = w->in == w->decl ? NULL : w->in;
	*vec_push(&w->n->decls) = d;
	*vec_push(&w->n->uses) = (struct name_use){d.name, d.name};
}

static void declare_lines(struct walk *w, const struct ast_action *a)
{
	for (; a; a = a->next) {
		if (a->kind == ACTION_ASSESS)
			declare(w, NAME_LINE, &a->name, (struct name_decl){0});
		declare_lines(w, a->otherwise);
	}
}

static void declare_slots(struct walk *w)
{
	for (const struct ast_slot *s = w->decl->slots; s; s = s->next) {
		declare(w, NAME_SLOT, &s->name, (struct name_decl){.slot = s});
		for (const struct ast_word *c = s->type.choices; c; c = c->next)
			declare(w, NAME_CHOICE, c, (struct name_decl){.slot = s});
	}
}

static void declare_inside(struct walk *w)
{
	const struct ast_decl *d = w->decl;
	declare_slots(w);
	declare_lines(w, d->body.actions);
	for (const struct ast_section *s = d->sections; s; s = s->next) {
		if (d->block != BLOCK_FINE) /* tiers have numbers */
			declare(w, NAME_SECTION, &s->name, (struct name_decl){.section = s});
		declare_lines(w, s->actions);
	}
	for (const struct ast_cell *c = d->rows ? d->rows->cells : NULL; c; c = c->next)
		declare(w, NAME_COLUMN, &c->output, (struct name_decl){0});
	for (const struct ast_given *g = d->given; g; g = g->next)
		if (g->name.s.len)
			declare(w, NAME_GIVEN, &g->name, (struct name_decl){.given = g});
}

/* A change, a replacement or a drop speaks of what a program has declared. */
static bool declares(const struct ast_decl *d)
{
	return d->kind != AST_CHANGE && d->kind != AST_REPLACE && d->kind != AST_DROP;
}

static void declare_file(struct names *n, const struct ast_file *f)
{
	struct walk w = {.n = n};
	for (const struct ast_decl *d = f->decls; d; d = d->next) {
		w.decl = d;
		if (d->kind == AST_PROGRAM || d->kind == AST_COUNTY)
			w.in = d;
		if (declares(d))
			declare(&w, NAME_DECL, &d->name, (struct name_decl){0});
		if (d->replacement)
			w.decl = d->replacement;
		declare_inside(&w);
	}
}

/* ---- order ---- */

static int by_place(struct span a, struct span b)
{
	if (a.source != b.source)
		return a.source < b.source ? -1 : 1;
	return (a.off > b.off) - (a.off < b.off);
}

static int by_use(const void *a, const void *b)
{
	const struct name_use *x = a, *y = b;
	int c = by_place(x->at, y->at);
	return c ? c : by_place(x->decl, y->decl);
}

static int by_name(const void *a, const void *b)
{
	return by_place(((const struct name_decl *)a)->name, ((const struct name_decl *)b)->name);
}

static bool declares_itself(const struct name_use *u)
{
	return by_place(u->at, u->decl) == 0;
}

/* One use for each word. A line is declared by the word that assesses it first, so where a word
 * both declares and uses, it uses. */
static void keep_each_once(struct names *n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n->uses.n; i++) {
		struct name_use *u = &n->uses.at[i], *last = &n->uses.at[kept ? kept - 1 : 0];
		if (!kept || by_place(last->at, u->at) != 0)
			n->uses.at[kept++] = *u;
		else if (declares_itself(last))
			*last = *u;
	}
	n->uses.n = kept;
}

/* ---- looking up ---- */

const struct name_use *names_at(const struct names *n, uint32_t source, uint32_t off)
{
	size_t lo = 0, hi = n->uses.n; /* the first use that begins behind the place */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct span *at = &n->uses.at[mid].at;
		if (at->source < source || (at->source == source && at->off <= off))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	const struct name_use *u = &n->uses.at[lo - 1];
	return u->at.source == source && off <= u->at.off + u->at.len ? u : NULL;
}

const struct name_decl *names_decl(const struct names *n, struct span name)
{
	struct name_decl key = {.name = name};
	if (!n->decls.n)
		return NULL;
	return bsearch(&key, n->decls.at, n->decls.n, sizeof(key), by_name);
}

/* ---- the end of a compilation ---- */

/* What a word was found to name may itself be a word that names: the field of `sets age` is the
 * fact `age`. */
static void follow(struct names *n)
{
	for (size_t i = 0; i < n->uses.n; i++) {
		struct name_use *u = &n->uses.at[i];
		if (names_decl(n, u->decl))
			continue;
		const struct name_use *next = names_at(n, u->decl.source, u->decl.off);
		if (next && by_place(next->at, u->decl) == 0)
			u->decl = next->decl;
	}
}

void names_finish(struct names *n, struct rulebook *rb, struct arena *arena, struct ast_file *files)
{
	n->rb = rulebook_ref(rb);
	n->arena = *arena;
	*arena = (struct arena){0};
	n->files = files;
	for (const struct ast_file *f = files; f; f = f->next)
		declare_file(n, f);
	if (n->uses.n)
		qsort(n->uses.at, n->uses.n, sizeof(*n->uses.at), by_use);
	if (n->decls.n)
		qsort(n->decls.at, n->decls.n, sizeof(*n->decls.at), by_name);
	keep_each_once(n);
	follow(n);
}

/* ---- words ---- */

static const char *param_sort(const struct ast_decl *d)
{
	switch (d->type.kind) {
	case TYPE_MONEY:
		return "amount";
	case TYPE_PERCENT:
		return "percent";
	case TYPE_NUMBER:
		return "number";
	default:
		return "period";
	}
}

static const char *decl_sort(const struct ast_decl *d)
{
	switch (d->kind) {
	case AST_TIMEZONE:
		return "time zone";
	case AST_CALENDAR:
		return "calendar";
	case AST_CASE:
		return "kind of case";
	case AST_EVENT:
		return "event";
	case AST_ACTION_NAME:
		return "action";
	case AST_PARTY:
		return "party";
	case AST_REQUIREMENT:
		return "requirement";
	case AST_FUND:
		return "fund";
	case AST_DOCKET:
		return "docket";
	case AST_CAPACITY:
		return "capacity";
	case AST_PROGRAM:
		return "program";
	case AST_PARAM:
	case AST_CHANGE:
		return param_sort(d);
	case AST_BLOCK:
	case AST_REPLACE:
	case AST_DROP:
		return block_kind_name(d->block).p;
	case AST_NEVER:
		return "never";
	case AST_COUNTY:
		return "county";
	case AST_SCENARIO:
		return "scenario";
	case AST_PROJECTION:
		return "projection";
	}
	return "name";
}

const char *names_sort(const struct name_decl *d)
{
	switch (d->role) {
	case NAME_DECL:
		return decl_sort(d->decl);
	case NAME_SLOT:
		return d->decl->kind == AST_CASE ? "fact" : "field";
	case NAME_SECTION:
		return d->decl->block == BLOCK_STAGES ? "stage" : "step";
	case NAME_CHOICE:
		return "choice";
	case NAME_COLUMN:
		return "column";
	case NAME_LINE:
		return "line";
	case NAME_GIVEN:
		return "given case";
	}
	return "name";
}
