/* SPDX-License-Identifier: Apache-2.0
 *
 * Escalations and stages: steps with their triggers, the deadlines that a step arms, and the end.
 */
#include "grammar/lower.h"

static uint64_t after_set(struct book *b, uint32_t own, const struct ast_section *s)
{
	uint64_t set = 0;
	for (const struct ast_word *w = s->after; w; w = w->next)
		set |= (uint64_t)1 << resolve_step(b, own, w);
	if (s->after)
		return set & ~(uint64_t)1;
	return 1;
}

/* Steps are reached from those that stand after none, over and over until nothing is added. */
static void check_reach(struct book *b, uint32_t own, const struct ast_decl *d)
{
	uint64_t reached = 1;
	struct str step = block_step_name(d->block);
	const struct map *steps = &b->bodies.at[own].steps;
	for (uint64_t before = 0; before != reached;) {
		before = reached;
		for (const struct ast_section *s = d->sections; s; s = s->next) {
			bool can = !s->after;
			for (const struct ast_word *w = s->after; w && !can; w = w->next) {
				uint32_t at = map_get(steps, w->s);
				can = at == MAP_NONE || (reached >> at & 1); /* unknown: reported */
			}
			uint32_t self = map_get(steps, s->name.s);
			if (can && self != MAP_NONE)
				reached |= (uint64_t)1 << self;
		}
	}
	for (const struct ast_section *s = d->sections; s; s = s->next) {
		uint32_t self = map_get(steps, s->name.s);
		if (self == MAP_NONE || (reached >> self & 1))
			continue;
		struct diag *g =
		    fault(b, W_STEPS, s->span, "the " STR_FMT " `" STR_FMT "` can never be entered",
			  STR_ARG(step), STR_ARG(s->name.s));
		help(b, g, "let it follow a " STR_FMT " that can be entered, or leave out `after`",
		     STR_ARG(step));
	}
}

static void check_sections(struct book *b, const struct ast_decl *d)
{
	struct str kind = block_kind_name(d->block), step = block_step_name(d->block);
	if (!d->sections)
		help(b,
		     fault(b, W_STEPS, d->span, "the " STR_FMT " `" STR_FMT "` %s no " STR_FMT,
			   STR_ARG(kind), STR_ARG(d->name.s),
			   d->block == BLOCK_STAGES ? "have" : "has", STR_ARG(step)),
		     "add `" STR_FMT " NAME` with its trigger and actions", STR_ARG(step));
	if (d->sections && (d->body.triggers || d->body.actions))
		help(b,
		     fault(b, W_MISPLACED,
			   d->body.triggers ? d->body.triggers->span : d->body.actions->span,
			   d->block == BLOCK_STAGES
			       ? "triggers and actions of stages stand below each stage"
			       : "triggers and actions of an escalation stand in its steps"),
		     "write `" STR_FMT " NAME` above it", STR_ARG(step));
	for (const struct ast_section *s = d->sections; s; s = s->next)
		if (!s->triggers)
			help(b,
			     fault(b, W_NO_TRIGGER, s->span,
				   "the " STR_FMT " `" STR_FMT "` has no trigger", STR_ARG(step),
				   STR_ARG(s->name.s)),
			     "add `on EVENT`, or `when no EVENT within PERIOD`");
}

static struct str step_label(struct book *b, const struct ast_section *sec)
{
	struct buf t = {0};
	buf_c(&t, sec->stage ? "stage " : "step ");
	buf_str(&t, sec->name.s);
	struct str s = arena_str(&b->rb->arena, buf_view(&t));
	buf_release(&t);
	return s;
}

/* A stage's own actions, and before them that it is entered, which is an outcome. */
static const struct ast_action *with_entry(struct book *b, const struct ast_section *s)
{
	struct ast_action *enter = arena_alloc(&b->arena, sizeof(*enter));
	enter->kind = ACTION_ENTER;
	enter->span = enter->head = s->span;
	enter->name = s->name;
	enter->next = s->actions;
	return enter;
}

static void lower_step(struct book *b, uint32_t own, struct part_maker *m,
		       const struct ast_section *s)
{
	uint32_t step = map_get(&b->bodies.at[own].steps, s->name.s);
	if (step == MAP_NONE)
		return;
	m->role = PART_STEP;
	m->label = step_label(b, s);
	m->cite = s->cite.s;
	m->span = s->span;
	m->actions = s->stage ? with_entry(b, s) : s->actions;
	m->step = (uint16_t)step;
	m->after = after_set(b, own, s);
	for (const struct ast_trigger *t = s->triggers; t; t = t->next)
		lower_trigger(m, t);
}

/* For each step the deadlines to arm when it is entered. */
static void arm(struct book *b, struct escalation *e, uint32_t first)
{
	struct arena *a = &b->rb->arena;
	size_t n = (size_t)e->nsteps + 1;
	uint32_t **armed = arena_array(a, n, sizeof(*armed));
	e->narmed = arena_array(a, n, sizeof(*e->narmed));
	for (size_t step = 1; step < n; step++) {
		for (size_t i = first; i < b->parts.n; i++)
			if (b->parts.at[i].role == PART_OVERDUE &&
			    (b->parts.at[i].after >> step & 1))
				e->narmed[step]++;
		armed[step] = arena_array(a, e->narmed[step], sizeof(**armed));
		uint16_t k = 0;
		for (size_t i = first; i < b->parts.n; i++)
			if (b->parts.at[i].role == PART_OVERDUE &&
			    (b->parts.at[i].after >> step & 1))
				armed[step][k++] = (uint32_t)i;
	}
	e->armed = (const uint32_t **)armed;
}

void lower_escalation(struct book *b, uint32_t body)
{
	const struct body *of = &b->bodies.at[body], *own = &b->bodies.at[of->replaces];
	const struct ast_decl *d = of->decl;
	const struct block *block = &b->rb->blocks[body];
	struct escalation *e = &b->rb->escalations[block->detail];
	uint32_t first = (uint32_t)b->parts.n;
	*e = (struct escalation){.block = (uint16_t)body};
	e->first = b->rb->blocks[of->replaces].detail;
	e->nsteps = (uint16_t)own->step_list.n;
	e->steps = arena_array(&b->rb->arena, own->step_list.n, sizeof(*e->steps));
	if (own->step_list.n)
		memcpy(e->steps, own->step_list.at, own->step_list.n * sizeof(*e->steps));

	if (!d->broken) {
		check_sections(b, d);
		check_reach(b, of->replaces, d);
	}
	struct part_maker m = {.block = body, .schedule = NONE, .escalation = e->first};
	m.scope =
	    (struct scope){.b = b, .program = of->program, .kind = block->case_kind, .body = body};
	m.scope.event = NONE;
	for (const struct ast_section *s = d->sections; s; s = s->next)
		lower_step(b, of->replaces, &m, s);
	m.role = PART_ENDS;
	m.label = STR("ends");
	m.cite = (struct str){0};
	m.actions = NULL;
	m.step = 0;
	m.after = ~(uint64_t)1;
	for (const struct ast_trigger *t = d->ends; t; t = t->next) {
		m.span = t->span;
		lower_trigger(&m, t);
	}
	arm(b, e, first);
}
