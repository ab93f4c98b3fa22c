/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/before.h"

static void forget(struct before *b)
{
	if (b->cs)
		case_free(b->rb, b->cs);
	pots_release(&b->pots);
	arena_reset(&b->arena);
	b->cs = NULL;
}

static void keep_event(struct before *b, const struct event *ev)
{
	uint16_t n = b->rb->events[ev->type].nfields;
	struct value *fields = arena_array(&b->arena, n + 1u, sizeof(*fields));
	for (uint16_t i = 0; i < n; i++) {
		fields[i] = ev->fields[i];
		if (fields[i].known && type_is_text(fields[i].kind))
			fields[i].s = arena_str(&b->arena, value_as_str(fields[i])).p;
	}
	b->event = *ev;
	b->event.fields = fields;
	b->event.id = arena_str(&b->arena, ev->id);
	b->event.source = arena_str(&b->arena, ev->source);
	b->event.subject = arena_str(&b->arena, ev->subject);
}

static void note(void *arg, const struct case_state *cs, const struct event *ev)
{
	struct before *b = arg;
	forget(b);
	b->rb = b->decider->rb;
	b->cs = case_clone(b->rb, cs);
	keep_event(b, ev);
	if (b->decider->world.pots)
		pots_copy(&b->pots, b->decider->world.pots);
}

void before_watch(struct before *b, struct decider *d)
{
	*b = (struct before){.decider = d};
	d->before = note;
	d->before_arg = b;
}

/* Whether the trace is of the event that was seen last: of a correction it is of what that puts
 * right. */
static bool is_told(const struct before *b, const struct decision *d, const struct trace *t)
{
	if (hash128_eq(b->event.key, d->event.key))
		return true;
	return d->event.type == EVENT_CORRECTED && t->entries.n &&
	       str_eq(b->cs->id, d->event.subject) &&
	       str_eq(b->event.id, value_as_str(d->event.fields[AMENDS_EVENT])) &&
	       str_eq(b->event.source, value_as_str(d->event.fields[AMENDS_SOURCE]));
}

bool before_past(struct before *b, const struct decision *d, const struct trace *t,
		 struct past *out)
{
	if (!b->cs || !is_told(b, d, t))
		return false;
	struct world world = b->decider->world;
	world.pots = &b->pots;
	b->decision = *d;
	b->decision.event = b->event;
	*out = (struct past){b->rb, &b->decision, t, b->cs, world};
	return true;
}

void before_release(struct before *b)
{
	forget(b);
	arena_release(&b->arena);
}
