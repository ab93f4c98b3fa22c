/* SPDX-License-Identifier: Apache-2.0
 *
 * `overrides A, B when …` to the rule graph: once for each event, so that the condition can read
 * its fields. A block with triggers overrides on its own events, one without on all events that A
 * and B wait for.
 */
#include "grammar/lower.h"

#include "engine/base/limits.h"

#include <stdlib.h>

struct ranked {
	uint32_t rank, body;
};

struct overriding {
	struct book *b;
	struct body_groups groups;
	struct ranked *order; /* the bodies that override something */
	size_t n;
	bool **events; /* by body: for which events it overrides; NULL: it does not */
};

static int by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return (x->body > y->body) - (x->body < y->body);
}

/* What overrides stands before what it overrides. */
static void gather(struct book *b, struct overriding *o)
{
	*o = (struct overriding){.b = b};
	for (size_t i = 0; i < b->bodies.n; i++)
		o->n += b->bodies.at[i].nover != 0;
	o->order = arena_array(&b->arena, o->n, sizeof(*o->order));
	o->n = 0;
	for (uint32_t i = 0; i < b->bodies.n; i++)
		if (b->bodies.at[i].nover)
			o->order[o->n++] =
			    (struct ranked){b->bodies.at[b->bodies.at[i].replaces].rank, i};
	if (o->n)
		qsort(o->order, o->n, sizeof(*o->order), by_rank);
}

/* ---- kinds of case ---- */

static void kinds_differ(struct book *b, const struct body *of, const struct over *over)
{
	uint16_t own = b->rb->blocks[of - b->bodies.at].case_kind;
	const struct block *other = &b->rb->blocks[over->body];
	struct diag *d = fault(b, W_OVERRIDES_NOTHING, over->span,
			       "`" STR_FMT "` is about cases of the kind `" STR_FMT
			       "`, and `" STR_FMT "` about `" STR_FMT "`: it can never override it",
			       STR_ARG(of->name), STR_ARG(b->rb->kinds[own].name),
			       STR_ARG(other->name), STR_ARG(b->rb->kinds[other->case_kind].name));
	help(b, d, "take the name out, or write a block of its own for the other kind");
	diag_also(b->diags, d, b->bodies.at[over->body].decl->span, "the block that is named");
}

static void settle_kind(struct book *b, struct body *of)
{
	struct block *block = &b->rb->blocks[of - b->bodies.at];
	for (uint16_t i = 0; i < of->nover; i++) {
		uint16_t kind = b->rb->blocks[of->over[i].body].case_kind;
		if (block->case_kind == NONE && !of->broken)
			block->case_kind = kind;
		else if (kind != NONE && block->case_kind != NONE && kind != block->case_kind) {
			kinds_differ(b, of, &of->over[i]);
			of->broken = true;
			return;
		}
	}
	of->broken = of->broken || block->case_kind == NONE;
}

void lower_override_kinds(struct book *b)
{
	struct overriding o;
	gather(b, &o);
	for (size_t i = o.n; i-- > 0;) /* what is overridden first */
		settle_kind(b, &b->bodies.at[o.order[i].body]);
	for (size_t i = 0; i < b->bodies.n; i++) {
		struct body *of = &b->bodies.at[i];
		if (of->decl->kind != AST_NEVER && b->rb->blocks[i].kind != BLOCK_TABLE &&
		    b->rb->blocks[i].case_kind == NONE)
			of->broken = true; /* it names nothing that can be overridden: told */
	}
}

/* ---- events ---- */

/* The events on which a body's own parts apply; those that stop or end it are its own affair. */
static bool own_events(const struct book *b, uint32_t body, bool deadlines, bool *events)
{
	const struct block *block = &b->rb->blocks[body];
	bool any = false;
	for (uint32_t i = 0; i < block->nparts; i++) {
		const struct part *p = &b->rb->parts[block->first_part + i];
		if (p->role == PART_STOPS || p->role == PART_ENDS)
			continue;
		any = true;
		if (p->role != PART_OVERDUE)
			events[p->event] = true;
		else if (deadlines)
			events[EVENT_DEADLINE] = true;
	}
	return any;
}

/* The events for which something of a block, or of what counties have instead, can apply. */
static void waited_for(const struct overriding *o, uint32_t own, bool *events)
{
	for (uint32_t at = o->groups.first[own]; at; at = o->groups.next[at - 1]) {
		const bool *more = o->events[at - 1];
		own_events(o->b, at - 1, true, events);
		for (uint16_t e = 0; more && e < o->b->rb->nevents; e++)
			events[e] = events[e] || more[e];
	}
}

static void never_meet(struct book *b, const struct body *of, const struct over *over)
{
	struct diag *d = fault(b, W_OVERRIDES_NOTHING, over->span,
			       "`" STR_FMT "` and `" STR_FMT "` never wait for the same event",
			       STR_ARG(of->name), STR_ARG(b->bodies.at[over->body].name));
	help(b, d,
	     "take the name out; or take out `on`, so that the condition alone decides, for every "
	     "event that `" STR_FMT "` waits for",
	     STR_ARG(b->bodies.at[over->body].name));
}

static void find_events(struct overriding *o, uint32_t body)
{
	struct book *b = o->b;
	const struct body *of = &b->bodies.at[body];
	uint16_t n = b->rb->nevents;
	bool *own = arena_array(&b->arena, n, sizeof(*own));
	bool *all = arena_array(&b->arena, n, sizeof(*all));
	bool triggered = own_events(b, body, false, own);
	for (uint16_t i = 0; i < of->nover; i++) {
		bool *theirs = arena_array(&b->arena, n, sizeof(*theirs)), meet = false;
		waited_for(o, of->over[i].body, theirs);
		for (uint16_t e = 0; e < n; e++) {
			theirs[e] = theirs[e] && (!triggered || own[e]);
			meet = meet || theirs[e];
			all[e] = all[e] || theirs[e];
		}
		if (triggered && !meet && !of->broken && !b->bodies.at[of->over[i].body].broken)
			never_meet(b, of, &of->over[i]);
	}
	o->events[body] = all;
}

/* ---- precedences ---- */

struct precedences {
	VEC(struct precedence) list;
};

static const uint16_t *names_of(struct book *b, const struct body *of)
{
	uint16_t *over = arena_array(&b->rb->arena, of->nover, sizeof(*over));
	for (uint16_t i = 0; i < of->nover; i++)
		over[i] = (uint16_t)of->over[i].body;
	return over;
}

static bool condition_on(struct book *b, uint32_t body, uint16_t event, struct code *out)
{
	const struct body *of = &b->bodies.at[body];
	size_t before = b->diags->errors;
	struct scope s = {.b = b, .program = of->program, .event = event, .body = body};
	s.kind = b->rb->blocks[body].case_kind;
	if (event == EVENT_DEADLINE) {
		s.event = NONE;
		s.no_event = "this also overrides a `when no …`, and a deadline has no fields";
	}
	if (of->decl->overrides_when) {
		struct texpr *when = check_condition(&s, of->decl->overrides_when);
		check_guards(b, when, NULL);
		*out = lower_code(b, when);
	}
	return b->diags->errors == before;
}

/* An error is told once, not for each event. */
static void lower_body(struct overriding *o, uint32_t body, struct precedences *out)
{
	struct book *b = o->b;
	struct body *of = &b->bodies.at[body];
	const uint16_t *over = names_of(b, of);
	of->first_precedence = (uint32_t)out->list.n;
	for (uint16_t e = 0; e < b->rb->nevents; e++) {
		struct precedence p = {.block = (uint16_t)body, .event = e, .over = over};
		if (!o->events[body][e])
			continue;
		p.nover = of->nover;
		p.span = of->decl->overrides_span;
		p.standing = !b->rb->blocks[body].nparts;
		if (!condition_on(b, body, e, &p.when) ||
		    !resolve_room(b, out->list.n, NONE - 1u, p.span, "events of `overrides`"))
			return;
		*vec_push(&out->list) = p;
		of->nprecedences++;
	}
}

void lower_overrides(struct book *b)
{
	struct rulebook *rb = b->rb;
	struct overriding o;
	struct precedences all = {0};
	gather(b, &o);
	if (!o.n)
		return;
	bodies_group(b, &o.groups);
	o.events = arena_array(&b->arena, b->bodies.n, sizeof(*o.events));
	for (size_t i = o.n; i-- > 0;)
		find_events(&o, o.order[i].body);
	for (size_t i = 0; i < o.n; i++)
		if (!b->bodies.at[o.order[i].body].broken)
			lower_body(&o, o.order[i].body, &all);
	rb->nprecedences = (uint16_t)all.list.n;
	rb->precedences = arena_array(&rb->arena, all.list.n, sizeof(*rb->precedences));
	if (all.list.n)
		memcpy(rb->precedences, all.list.at, all.list.n * sizeof(*rb->precedences));
	vec_release(&all.list);
}
