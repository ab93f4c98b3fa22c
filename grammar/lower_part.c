/* SPDX-License-Identifier: Apache-2.0
 *
 * Parts: one for each trigger and event, with the condition that both the trigger and what it
 * stands in have.
 */
#include "grammar/lower.h"

#include "engine/base/limits.h"

static struct texpr *part_condition(struct part_maker *m, const struct ast_trigger *t,
				    uint16_t event)
{
	struct scope *s = &m->scope;
	struct texpr *when = NULL;
	if (t->ordinal > 0 && event != NONE)
		when = texpr_count_is(s, event, t->ordinal, &t->within, t->span);
	if (t->when)
		when = texpr_and(s, when, check_condition(s, t->when));
	if (m->when)
		when = texpr_and(s, when, check_condition(s, m->when));
	return when;
}

/* Each event of each trigger multiplies the actions below it. After many errors nothing is gained
 * by repeating them for each. */
static bool part_fits(struct part_maker *m)
{
	struct book *b = m->scope.b;
	size_t n = b->parts.n - b->rb->blocks[m->block].first_part;
	return b->diags->errors <= 20 * LIMIT_DIAGNOSTICS && !b->too_many_actions &&
	       resolve_room(b, n, LIMIT_PARTS, m->span, "parts of one block");
}

static void push_part(struct part_maker *m, const struct ast_trigger *t, uint16_t event,
		      const struct period *within)
{
	struct book *b = m->scope.b;
	if (!part_fits(m))
		return;
	struct part p = {.block = (uint16_t)m->block, .role = m->role, .label = m->label};
	p.cite = m->cite;
	p.span = m->span;
	p.event = event;
	p.escalation = m->escalation;
	p.step = m->step;
	p.schedule = m->schedule;
	p.after = m->after;
	p.within = *within;
	struct texpr *when = part_condition(m, t, event);
	const struct known *known = check_guards(b, when, NULL);
	p.when = lower_code(b, when);
	if (m->fixed) {
		struct action *a = arena_alloc(&b->rb->arena, sizeof(*a));
		*a = *m->fixed;
		p.actions = a;
		p.nactions = 1;
	} else {
		m->scope.body = m->block;
		p.actions = lower_actions(&m->scope, m->actions, known, &p.nactions);
	}
	*vec_push(&b->parts) = p;
}

static void lower_absence(struct part_maker *m, const struct ast_trigger *t)
{
	struct book *b = m->scope.b;
	struct period within;
	if (m->after == 1) {
		struct diag *d = fault(b, W_ABSENCE, t->span,
				       "`when no … within …` needs to know from where to count");
		help(b, d,
		     "write `step NAME after STEP`: it counts from the day that step was entered");
		return;
	}
	if (!t->events || !lower_period(&m->scope, &t->within, &within))
		return;
	uint16_t event = resolve_event(b, t->events);
	if (event == NONE || !event_reaches(b, event, m->scope.kind, t->events))
		return;
	m->role = PART_OVERDUE;
	m->scope.event = NONE;
	m->scope.no_event = "a deadline has no fields";
	push_part(m, t, event, &within);
	m->scope.no_event = NULL;
	m->role = PART_STEP;
}

void lower_trigger(struct part_maker *m, const struct ast_trigger *t)
{
	struct book *b = m->scope.b;
	struct period never = {UNIT_DAYS, -1, NONE};
	if (t->absence) {
		lower_absence(m, t);
		return;
	}
	for (const struct ast_word *w = t->events; w; w = w->next) {
		uint16_t event = resolve_event(b, w);
		if (event == NONE || !event_reaches(b, event, m->scope.kind, w))
			continue;
		m->scope.event = event;
		push_part(m, t, event, m->within ? m->within : &never);
	}
	m->scope.event = NONE;
}

void lower_tier_trigger(struct part_maker *m, const struct ast_trigger *t)
{
	struct book *b = m->scope.b;
	for (const struct ast_word *w = t->events; w && !t->absence; w = w->next) {
		uint16_t event = resolve_event(b, w);
		if (event == NONE || !event_reaches(b, event, m->scope.kind, w))
			continue;
		m->scope.event = event;
		struct code when = lower_code(b, part_condition(m, t, event));
		*vec_push(&b->tier_triggers) =
		    (struct tier_trigger){m->block, event, when, t->span};
	}
	m->scope.event = NONE;
}
