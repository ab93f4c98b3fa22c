/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks: first the heads of all of them, so that any body can speak of any block; then the bodies.
 */
#include "grammar/lower.h"

#include "engine/base/limits.h"

/* ---- heads ---- */

static void lower_program(struct book *b, uint16_t i)
{
	const struct ast_decl *d = b->programs.at[i].decl;
	struct program *p = &b->rb->programs[i];
	*p = (struct program){.name = d->name.s, .title = d->title.s, .cite = d->cite.s};
	p->effective = d->effective;
	p->span = d->name.span;
	if (d->effective == DAY_NONE)
		p->effective = DAY_MIN;
	if (d->effective == DAY_NONE && !d->broken) {
		struct diag *g = fault(b, W_PROGRAM, d->name.span,
				       "the program does not say from when it is in force");
		help(b, g, "add `effective 2026-07-01` below it");
	}
}

struct kinds_left {
	bool *fits;   /* by kind: all of the events belong to it */
	bool any;     /* events that tell kinds apart */
	bool unknown; /* events that do not exist: reported */
};

static void narrow(struct book *b, const struct ast_trigger *t, struct kinds_left *left)
{
	for (; t; t = t->next)
		for (const struct ast_word *w = t->events; w; w = w->next) {
			uint16_t e = resolve_event(b, w);
			left->unknown = left->unknown || e == NONE || b->event_vague[e];
			left->any = left->any || e >= EVENT_BUILTINS;
			for (size_t k = 0; e != NONE && k < b->kinds.n; k++)
				left->fits[k] = left->fits[k] && b->rb->events[e].of_kind[k];
		}
}

static bool has_trigger(const struct ast_decl *d)
{
	bool any = d->body.triggers || d->ends || d->stops;
	for (const struct ast_section *s = d->sections; s && !any; s = s->next)
		any = s->triggers;
	return any;
}

static void kind_unclear(struct book *b, const struct body *body, bool differ)
{
	const struct ast_decl *d = body->decl;
	struct diag *g;
	if (!has_trigger(d)) {
		g = fault(b, W_NO_TRIGGER, d->span, "the " STR_FMT " `" STR_FMT "` has no trigger",
			  STR_ARG(block_kind_name(d->block)), STR_ARG(body->name));
		help(b, g,
		     d->block == BLOCK_STAGES       ? "add `on EVENT` below each stage"
		     : d->block == BLOCK_ESCALATION ? "add `on EVENT` below each step"
		     : d->block == BLOCK_SCHEDULE
			 ? "add `on EVENT`; or, if a rule starts it, `of KIND` after its name"
			 : "add `on EVENT`: what makes it apply?");
		return;
	}
	g = fault(b, W_KIND_UNCLEAR, d->span,
		  differ ? "the events of `" STR_FMT "` belong to different kinds of case"
			 : "it is not clear whose cases `" STR_FMT "` is about",
		  STR_ARG(body->name));
	help(b, g, "add `of KIND` after the name, such as `of survivor`");
}

static uint16_t kind_of_triggers(struct book *b, const struct body *body)
{
	const struct ast_decl *d = body->decl;
	struct kinds_left left = {.fits = arena_array(&b->arena, b->kinds.n, sizeof(bool))};
	memset(left.fits, true, b->kinds.n);
	narrow(b, d->body.triggers, &left);
	for (const struct ast_section *s = d->sections; s; s = s->next)
		narrow(b, s->triggers, &left);
	narrow(b, d->ends, &left);
	narrow(b, d->stops, &left);
	uint16_t found = NONE, n = 0;
	for (uint16_t k = 0; k < b->kinds.n; k++)
		if (left.fits[k]) {
			found = k;
			n++;
		}
	if (left.unknown || (n == 1 && left.any))
		return left.unknown ? NONE : found;
	if (!d->broken)
		kind_unclear(b, body, left.any && n == 0);
	return NONE;
}

/* Is the kind of what it replaces not settled yet, because that only overrides others? */
static bool kind_is_open(const struct book *b, const struct body *body)
{
	const struct ast_decl *own = b->bodies.at[body->replaces].decl;
	return body->county != NONE && own->overrides && !has_trigger(own) && !word_given(&own->of);
}

/* The kind of case that an event belongs to; NONE: there are several, or no such event. */
static uint16_t only_kind_of(const struct book *b, struct str event)
{
	uint32_t e = map_get(&b->rb->event_names, event);
	uint16_t found = NONE;
	for (uint16_t k = 0; e != MAP_NONE && k < b->rb->nkinds; k++) {
		if (!b->rb->events[e].of_kind[k])
			continue;
		if (found != NONE)
			return NONE;
		found = k;
	}
	return found;
}

static void lower_kind(struct book *b, struct body *body, struct block *block)
{
	const struct ast_decl *d = body->decl;
	const struct ast_word *of = d->kind == AST_NEVER ? &d->never_for : &d->of;
	block->case_kind = NONE;
	if (word_given(of)) {
		block->case_kind = resolve_kind(b, of);
		body->broken = block->case_kind == NONE;
	} else if (d->kind == AST_NEVER && word_given(&d->after)) {
		block->case_kind = only_kind_of(b, d->after.s);
	} else if (d->overrides && !has_trigger(d)) {
		return; /* that of what it overrides: lower_override_kinds */
	} else if (d->kind != AST_NEVER && body->county != NONE && !kind_is_open(b, body)) {
		block->case_kind =
		    b->rb->blocks[body->replaces].case_kind; /* unless it says otherwise */
		body->broken = block->case_kind == NONE && block->kind != BLOCK_TABLE;
	} else if (block->kind == BLOCK_SHARE) {
		body->broken = true;
		if (d->broken)
			return;
		help(b,
		     fault(b, W_KIND_UNCLEAR, d->span,
			   "it is not said whose facts `" STR_FMT "` shows", STR_ARG(body->name)),
		     "add `of KIND` after the name, such as `of survivor`");
		return;
	} else if (d->kind != AST_NEVER && block->kind != BLOCK_TABLE) {
		block->case_kind = kind_of_triggers(b, body);
		body->broken = block->case_kind == NONE;
	}
	if (body->county == NONE || body->broken || kind_is_open(b, body))
		return;
	if (block->case_kind == b->rb->blocks[body->replaces].case_kind)
		return;
	struct diag *g =
	    fault(b, W_REPLACE_DIFFERS, of->span,
		  "a replacement is about the same kind of case as the program's block");
	help(b, g, "remove `of " STR_FMT "`", STR_ARG(of->s));
	diag_also(b->diags, g, b->bodies.at[body->replaces].decl->span, "the program's block");
	body->broken = true;
}

static void add_step(struct book *b, struct body *own, const struct ast_section *sec)
{
	if (map_get(&own->steps, sec->name.s) != MAP_NONE ||
	    !resolve_room(b, own->step_list.n, LIMIT_STEPS - 1, sec->span,
			  "steps of one escalation"))
		return;
	map_put(&own->steps, sec->name.s, (uint32_t)own->step_list.n + 1);
	*vec_push(&own->step_list) = (struct named){sec->name.s, sec->title.s, sec->name.span, {0}};
}

static bool step_twice(struct book *b, const struct ast_decl *d, const struct ast_section *sec)
{
	struct str step = block_step_name(d->block);
	for (const struct ast_section *o = d->sections; o != sec; o = o->next) {
		if (!str_eq(o->name.s, sec->name.s))
			continue;
		struct diag *g = fault(b, W_DEFINED_TWICE, sec->name.span,
				       "the " STR_FMT " `" STR_FMT "` is defined twice",
				       STR_ARG(step), STR_ARG(sec->name.s));
		help(b, g, "write all triggers of a " STR_FMT " below one `" STR_FMT "`",
		     STR_ARG(step), STR_ARG(step));
		diag_also(b->diags, g, o->name.span, "first defined here");
		return true;
	}
	return false;
}

static void lower_steps(struct book *b, struct body *body)
{
	struct body *own = &b->bodies.at[body->replaces];
	struct str step = block_step_name(body->decl->block);
	uint32_t n = 0;
	for (const struct ast_section *s = body->decl->sections; s; s = s->next) {
		if (n++ >= LIMIT_STEPS) {
			fault(b, W_TOO_MANY, s->span, "there are at most %u " STR_FMT "s",
			      LIMIT_STEPS - 1, STR_ARG(step));
			return;
		}
		if (str_eq(s->name.s, STR("none"))) {
			struct diag *d = fault(b, W_RESERVED_NAME, s->name.span,
					       "`none` means that the case stands in no " STR_FMT,
					       STR_ARG(step));
			help(b, d, "choose another name for this " STR_FMT, STR_ARG(step));
		}
		if (!step_twice(b, body->decl, s))
			add_step(b, own, s);
	}
}

static struct hash128 block_key(struct book *b, const struct body *body)
{
	struct buf t = {0};
	buf_str(&t, b->rb->programs[body->program].name);
	buf_char(&t, '/');
	buf_str(&t, body->name);
	struct hash128 key = hash_sip(t.p, t.len);
	buf_release(&t);
	return key;
}

static uint16_t detail_of(struct book *b, enum block_kind kind)
{
	if (kind == BLOCK_SCHEDULE)
		return b->rb->nschedules++;
	if (block_has_steps(kind))
		return b->rb->nescalations++;
	if (kind == BLOCK_TABLE)
		return b->rb->ntables++;
	if (kind == BLOCK_SHARE)
		return b->rb->nshares++;
	return kind == BLOCK_NEVER || kind == BLOCK_ALWAYS ? b->rb->nnevers++ : NONE;
}

static void lower_head(struct book *b, uint32_t i)
{
	struct body *body = &b->bodies.at[i];
	const struct ast_decl *d = body->decl;
	struct block *block = &b->rb->blocks[i];
	*block = (struct block){.name = body->name, .title = d->title.s, .cite = d->cite.s};
	block->kind = d->block;
	block->program = body->program;
	block->county = body->county;
	block->first = (uint16_t)body->replaces;
	block->locked = d->locked;
	block->key = block_key(b, body);
	block->span = d->span;
	block->detail = detail_of(b, block->kind);
	lower_kind(b, body, block);
	if (block_has_steps(block->kind))
		lower_steps(b, body);
	if (body->county != NONE)
		return;
	struct program *p = &b->rb->programs[body->program];
	if (!p->nblocks)
		p->first_block = i;
	p->nblocks++;
}

/* ---- lines: whatever some `assess … as LINE` names ---- */

static void gather_lines(struct book *b, const struct ast_action *a)
{
	for (; a; a = a->next) {
		gather_lines(b, a->otherwise);
		b->lines_lost |= a->kind == ACTION_ASSESS && !word_given(&a->name);
		if (a->kind != ACTION_ASSESS || !word_given(&a->name) ||
		    map_get(&b->line_names, a->name.s) != MAP_NONE ||
		    !resolve_room(b, b->lines.n, NONE - 1u, a->span, "lines"))
			continue;
		map_put(&b->line_names, a->name.s, (uint32_t)b->lines.n);
		*vec_push(&b->lines) = (struct named){a->name.s, {0}, a->name.span, {0}};
	}
}

/* The names of stages, each once, whichever block they belong to. */
static void gather_stages(struct book *b)
{
	for (size_t i = 0; i < b->bodies.n; i++) {
		const struct body *body = &b->bodies.at[i];
		for (size_t k = 0; body->decl->block == BLOCK_STAGES && k < body->step_list.n;
		     k++) {
			struct named n = body->step_list.at[k];
			if (map_get(&b->stage_names, n.name) != MAP_NONE ||
			    !resolve_room(b, b->stages.n, NONE - 1u, n.span, "stages"))
				continue;
			map_put(&b->stage_names, n.name, (uint32_t)b->stages.n);
			*vec_push(&b->stages) = n;
		}
	}
	b->rb->nstages = (uint16_t)b->stages.n;
	b->rb->stages = arena_array(&b->rb->arena, b->stages.n, sizeof(*b->rb->stages));
	if (b->stages.n)
		memcpy(b->rb->stages, b->stages.at, b->stages.n * sizeof(*b->rb->stages));
}

void lower_heads(struct book *b)
{
	struct rulebook *rb = b->rb;
	rb->nprograms = (uint16_t)b->programs.n;
	rb->programs = arena_array(&rb->arena, b->programs.n, sizeof(*rb->programs));
	rb->nblocks = (uint32_t)b->bodies.n;
	rb->blocks = arena_array(&rb->arena, b->bodies.n, sizeof(*rb->blocks));
	for (uint16_t i = 0; i < rb->nprograms; i++)
		lower_program(b, i);
	for (uint32_t i = 0; i < rb->nblocks; i++)
		lower_head(b, i);
	lower_override_kinds(b);
	for (size_t i = 0; i < b->bodies.n; i++) {
		b->lines_lost |= b->bodies.at[i].decl->broken;
		gather_lines(b, b->bodies.at[i].decl->body.actions);
		for (const struct ast_section *s = b->bodies.at[i].decl->sections; s; s = s->next)
			gather_lines(b, s->actions);
	}
	rb->nlines = (uint16_t)b->lines.n;
	rb->lines = arena_array(&rb->arena, b->lines.n, sizeof(*rb->lines));
	if (b->lines.n)
		memcpy(rb->lines, b->lines.at, b->lines.n * sizeof(*rb->lines));
	gather_stages(b);
	rb->schedules = arena_array(&rb->arena, rb->nschedules, sizeof(*rb->schedules));
	rb->escalations = arena_array(&rb->arena, rb->nescalations, sizeof(*rb->escalations));
	rb->shares = arena_array(&rb->arena, rb->nshares, sizeof(*rb->shares));
	rb->nevers = arena_array(&rb->arena, rb->nnevers, sizeof(*rb->nevers));
	rb->tables = arena_array(&rb->arena, rb->ntables, sizeof(*rb->tables));
}
