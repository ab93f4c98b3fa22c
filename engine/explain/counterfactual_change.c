/* SPDX-License-Identifier: Apache-2.0
 *
 * What would have to change for an operand to have another value: a field that came with the event,
 * a fact, how often something happened, the day.
 */
#include "engine/explain/counterfactual_internal.h"

/* The field of the event that sets a fact of its case; NONE: it does not. */
static uint16_t field_that_sets(const struct past *past, uint16_t fact)
{
	const struct event *ev = &past->decision->event;
	const struct event_type *t = &past->rb->events[ev->type];
	for (uint16_t i = 0; i < t->nfields; i++)
		if (t->fields[i].sets && t->fields[i].sets[past->before->kind] == fact &&
		    (ev->given >> i & 1))
			return i;
	return NONE;
}

static bool of_fact(const struct past *past, uint16_t fact, struct value v, struct change *c)
{
	uint16_t field = field_that_sets(past, fact);
	*c = (struct change){.kind = CHANGE_FACT, .index = fact, .value = v};
	if (field != NONE)
		*c = (struct change){.kind = CHANGE_FIELD, .index = field, .value = v};
	return v.known || past->rb->kinds[past->before->kind].facts[fact].optional;
}

static bool of_field(const struct past *past, uint16_t field, struct value v, struct change *c)
{
	const struct event_type *t = &past->rb->events[past->decision->event.type];
	*c = (struct change){.kind = CHANGE_FIELD, .index = field, .value = v};
	return field < t->nfields && (v.known || t->fields[field].optional);
}

static bool of_other(const struct past *past, struct value ref, uint16_t kind, uint16_t fact,
		     struct value v, struct change *c)
{
	if (!ref.known || ref.kind != TYPE_REF || fact >= past->rb->kinds[kind].nfacts)
		return false;
	*c = (struct change){.kind = CHANGE_OTHER,
			     .index = fact,
			     .id = value_as_str(ref),
			     .case_kind = kind,
			     .value = v};
	bool own = kind == past->before->kind && str_eq(c->id, past->before->id);
	return !own && (v.known || past->rb->kinds[kind].facts[fact].optional);
}

/* This event is one of them, where it is of that type. */
static bool of_count(const struct past *past, uint16_t event, struct value was, struct value v,
		     struct change *c)
{
	const struct event *ev = &past->decision->event;
	*c = (struct change){.kind = CHANGE_COUNT, .index = event, .value = v, .day = ev->day};
	if (!was.known || !v.known || v.i < (event == ev->type))
		return false;
	c->times = v.i - was.i;
	return c->times != 0 && c->times <= UINT16_MAX;
}

static bool of_day(const struct event *ev, int64_t day, struct change *c)
{
	*c = (struct change){.kind = CHANGE_DAY, .day = (int32_t)day};
	return day > ev->day && day <= DAY_MAX;
}

static bool was_added(const struct change_set *set, uint16_t event)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->at[i].kind == CHANGE_COUNT && set->at[i].index == event)
			return set->at[i].times > 0;
	return false;
}

/* The event comes later, or what never happened has happened by then. */
static bool of_days_since(const struct event *ev, const struct change_set *set, uint16_t event,
			  struct value was, struct value v, struct change *c)
{
	bool added = was_added(set, event);
	if (was.known && !added)
		return of_day(ev, ev->day + (v.i - was.i), c);
	*c = (struct change){.kind = CHANGE_COUNT, .index = event, .times = !added};
	c->day = (int32_t)(ev->day - v.i);
	return v.known && v.i >= 0 && v.i < ev->day - DAY_MIN && event != ev->type;
}

static bool of_sum(enum change_kind kind, uint16_t schedule, struct value v, struct change *c)
{
	*c = (struct change){.kind = kind, .index = schedule, .value = v};
	return v.known && v.i >= 0;
}

static bool of_place(enum change_kind kind, const struct insn *in, struct value v, struct change *c)
{
	*c = (struct change){
	    .kind = kind, .index = in->a, .value = v, .waits = kind == CHANGE_PLACE && in->b};
	return v.known;
}

bool change_operand(const struct past *past, const struct change_set *set, const struct term *t,
		    struct value v, struct change *out)
{
	const struct insn *in = t->in;
	struct arena a = {0};
	const struct case_kind *own = &past->rb->kinds[past->before->kind];
	struct event ev = attempt_event(past, set, &a);
	const struct event_type *type = &past->rb->events[ev.type];
	bool can = false;
	switch ((enum op)in->op) {
	case OP_FACT:
		can = in->a < own->nfacts && of_fact(past, in->a, v, out);
		break;
	case OP_FIELD:
		can = of_field(past, in->a, v, out);
		break;
	case OP_FIELD_FACT:
		can = in->a < type->nfields &&
		      of_other(past, ev.fields[in->a], type->fields[in->a].type.of, (uint16_t)in->b,
			       v, out);
		break;
	case OP_FACT_FACT:
		can = in->a < own->nfacts &&
		      of_other(past, past->before->facts[in->a], own->facts[in->a].type.of,
			       (uint16_t)in->b, v, out);
		break;
	case OP_COUNT:
	case OP_COUNT_IN:
		can = of_count(past, in->a, t->value, v, out);
		break;
	case OP_DAYS_SINCE:
		can = of_days_since(&ev, set, in->a, t->value, v, out);
		break;
	case OP_TODAY:
		can = of_day(&ev, v.i, out);
		break;
	case OP_OWED:
		can = of_sum(CHANGE_OWED, 0, v, out);
		break;
	case OP_PAID_UNDER:
		can = of_sum(CHANGE_PAID, in->a, v, out);
		break;
	case OP_PLACE:
		can = of_place(CHANGE_PLACE, in, v, out);
		break;
	case OP_PLACED_ON:
		can = of_place(CHANGE_SEAT, in, v, out);
		break;
	default: /* what the policy sets, or what follows from other decisions */
		break;
	}
	arena_release(&a);
	return can;
}
