/* SPDX-License-Identifier: Apache-2.0
 *
 * Trying a set of changes: the case as it was is copied, changed, and decided by the engine itself.
 */
#include "engine/explain/counterfactual_internal.h"

/* ---- what the decision sees of others ---- */

static bool is_of(const struct change *c, uint16_t kind, struct str id)
{
	return c->kind == CHANGE_OTHER && c->case_kind == kind && str_eq(c->id, id);
}

static const struct case_state *find_unchanged(const struct attempt *a, uint16_t kind,
					       struct str id)
{
	const struct world *w = &a->past->world;
	return w->find ? w->find(w->arg, kind, id) : NULL;
}

static const struct case_state *find(void *arg, uint16_t kind, struct str id)
{
	const struct attempt *a = arg;
	for (size_t i = 0; i < a->others.n; i++)
		if (a->others.at[i]->kind == kind && str_eq(a->others.at[i]->id, id))
			return a->others.at[i];
	return find_unchanged(a, kind, id);
}

/* What the decision read stays as it read it, but for what is changed. */
static bool recorded(void *arg, const struct event *ev, const struct input *wanted,
		     struct value *out)
{
	const struct attempt *a = arg;
	const struct decision *d = a->past->decision;
	(void)ev;
	for (size_t i = 0; i < a->set->n; i++)
		if (is_of(&a->set->at[i], wanted->kind, wanted->id) &&
		    a->set->at[i].index == wanted->fact)
			return false;
	for (size_t i = 0; i < d->ninputs; i++) {
		const struct input *in = &d->inputs[i];
		if (in->kind != wanted->kind || in->fact != wanted->fact ||
		    !str_eq(in->id, wanted->id))
			continue;
		*out = in->value;
		return true;
	}
	return false;
}

void attempt_init(struct attempt *a, const struct past *past, struct arena *keep)
{
	*a = (struct attempt){.past = past, .keep = keep};
	decider_init(&a->decider, past->rb, (struct world){find, a, past->world.pots});
	a->decider.trace = &a->trace;
	a->decider.recorded = recorded;
}

static void drop_others(struct attempt *a)
{
	for (size_t i = 0; i < a->others.n; i++)
		case_free(a->past->rb, a->others.at[i]);
	a->others.n = 0;
}

void attempt_release(struct attempt *a)
{
	drop_others(a);
	vec_release(&a->others);
	decider_release(&a->decider);
	trace_release(&a->trace);
	arena_release(&a->arena);
}

/* ---- the changes ---- */

static void change_other(struct attempt *a, const struct change *c)
{
	const struct rulebook *rb = a->past->rb;
	struct case_state *cs = NULL;
	for (size_t i = 0; !cs && i < a->others.n; i++)
		if (is_of(c, a->others.at[i]->kind, a->others.at[i]->id))
			cs = a->others.at[i];
	if (!cs) {
		const struct case_state *as = find_unchanged(a, c->case_kind, c->id);
		uint16_t county = a->past->before->county;
		cs = as ? case_clone(rb, as) : case_new(rb, c->id, c->case_kind, county);
		*vec_push(&a->others) = cs;
	}
	case_set_fact(rb, cs, c->index, c->value);
}

static struct counter *counter_of(struct case_state *cs, uint16_t event)
{
	for (size_t i = 0; i < cs->counts.n; i++)
		if (cs->counts.at[i].event == event)
			return &cs->counts.at[i];
	return NULL;
}

static size_t recent_of(const struct case_state *cs, uint16_t event)
{
	size_t n = 0;
	for (size_t i = 0; i < cs->recent.n; i++)
		n += cs->recent.at[i].event == event ? cs->recent.at[i].n : 0;
	return n;
}

/* It happens more often, or the latest ones have not happened. */
static void change_count(const struct rulebook *rb, struct case_state *cs, const struct change *c)
{
	struct counter *k = counter_of(cs, c->index);
	if (!k) {
		*case_push(cs, counts) = (struct counter){c->index, 0, c->day};
		k = counter_of(cs, c->index);
	}
	k->n = (uint32_t)((int64_t)k->n + c->times);
	if (c->times > 0)
		k->last_day = c->day;
	if (!rb->events[c->index].window)
		return;
	for (int64_t i = 0; i < c->times; i++)
		case_add_recent(cs, c->index, c->day);
	for (int64_t i = c->times; i < 0 && recent_of(cs, c->index); i++)
		case_drop_recent(cs, c->index);
}

static void change_step(struct case_state *cs, const struct change *c, int32_t day)
{
	for (size_t i = 0; i < cs->positions.n; i++) {
		if (cs->positions.at[i].escalation != c->index)
			continue;
		vec_remove(&cs->positions, i);
		break;
	}
	if (c->step)
		*case_push(cs, positions) = (struct position){c->index, c->step, day};
}

/* What it owes more is an assessment of its own; what it owes less was paid. */
static void change_owed(struct case_state *cs, const struct change *c)
{
	int64_t more = c->value.i - case_balance(cs);
	if (more > 0)
		*case_push(cs, owed) =
		    (struct obligation){.name = NONE, .fund = NONE, .cents = more};
	for (size_t i = 0; i < cs->owed.n && more < 0; i++) {
		struct obligation *o = &cs->owed.at[i];
		int64_t left = o->cents - o->settled, now = left < -more ? left : -more;
		o->settled += now;
		more += now;
	}
}

static void change_paid(struct case_state *cs, const struct change *c)
{
	for (size_t i = 0; i < cs->paid.n; i++) {
		if (cs->paid.at[i].schedule != c->index)
			continue;
		cs->paid.at[i].cents = c->value.i;
		return;
	}
	*case_push(cs, paid) = (struct counter_cents){c->index, c->value.i};
}

static void change_place(struct case_state *cs, const struct change *c, int32_t day)
{
	for (size_t i = 0; i < cs->places.n; i++) {
		if (cs->places.at[i].capacity != c->index)
			continue;
		vec_remove(&cs->places, i);
		break;
	}
	if (c->value.i)
		*case_push(cs, places) =
		    (struct enrolment){.capacity = c->index, .waiting = c->waits, .since = day};
}

/* The next meeting is after the day of the event; which one, does not matter to the condition. */
static void change_seat(struct case_state *cs, const struct change *c, int32_t day)
{
	for (size_t i = 0; i < cs->placed.n; i++) {
		if (cs->placed.at[i].docket != c->index)
			continue;
		vec_remove(&cs->placed, i);
		break;
	}
	if (c->value.i)
		*case_push(cs, placed) = (struct placed){.docket = c->index, .meeting = day + 1};
}

static void apply(struct attempt *a, struct case_state *cs)
{
	const struct rulebook *rb = a->past->rb;
	for (size_t i = 0; i < a->set->n; i++) {
		const struct change *c = &a->set->at[i];
		switch (c->kind) {
		case CHANGE_FACT:
			case_set_fact(rb, cs, c->index, c->value);
			break;
		case CHANGE_OTHER:
			change_other(a, c);
			break;
		case CHANGE_COUNT:
			change_count(rb, cs, c);
			break;
		case CHANGE_STEP:
			change_step(cs, c, a->past->decision->event.day);
			break;
		case CHANGE_OWED:
			change_owed(cs, c);
			break;
		case CHANGE_PAID:
			change_paid(cs, c);
			break;
		case CHANGE_PLACE:
			change_place(cs, c, a->past->decision->event.day);
			break;
		case CHANGE_SEAT:
			change_seat(cs, c, a->past->decision->event.day);
			break;
		case CHANGE_FIELD:
		case CHANGE_DAY:
			break; /* of the event */
		}
	}
}

/* The same time of day on another day. */
static void move_to(const struct rulebook *rb, struct event *ev, int32_t day)
{
	int64_t into = ev->time - zone_day_start(rb->zone, ev->day);
	ev->time = zone_day_start(rb->zone, day) + into;
	if (zone_day(rb->zone, ev->time) != day) /* a day that is shorter */
		ev->time = zone_day_start(rb->zone, day);
	ev->day = day;
}

struct event attempt_event(const struct past *past, const struct change_set *set, struct arena *a)
{
	struct event ev = past->decision->event;
	uint16_t n = past->rb->events[ev.type].nfields;
	struct value *fields = arena_array(a, n, sizeof(*fields));
	for (uint16_t i = 0; i < n; i++)
		fields[i] = ev.fields[i];
	for (size_t i = 0; i < set->n; i++) {
		const struct change *c = &set->at[i];
		if (c->kind == CHANGE_FIELD) {
			fields[c->index] = c->value;
			ev.given |= UINT64_C(1) << c->index;
		} else if (c->kind == CHANGE_DAY) {
			move_to(past->rb, &ev, c->day);
		}
	}
	ev.fields = fields;
	return ev;
}

/* ---- deciding ---- */

static bool is_internal(const struct event *ev)
{
	return ev->type == EVENT_DEADLINE || ev->type == EVENT_SCHEDULED;
}

static bool decide(struct attempt *a, struct case_state *cs)
{
	int64_t at;
	if (is_internal(&a->past->decision->event)) {
		if (!cs->due.n)
			return false;
		decide_due(&a->decider, cs, &a->made);
		return !a->made.stopped.slug;
	}
	struct event ev = attempt_event(a->past, a->set, &a->arena);
	struct refusal no = {.block = NONE};
	if (ev.type >= EVENT_BUILTINS && !event_check(a->past->rb, &ev, &a->arena, &no))
		return false;
	while (case_next_due(cs, &at) && at <= ev.time) {
		decide_due(&a->decider, cs, &a->made);
		trace_clear(&a->trace);
	}
	return decide_event(&a->decider, cs, &ev, &a->made) == STATUS_OK;
}

static bool read_part(const struct attempt *a, struct considered *out)
{
	for (size_t i = 0; reading_next(&a->trace, &i, out);)
		if (out->what == SUBJECT_PART && out->index == a->index)
			return true;
	return false;
}

/* False: something else than a prohibition is in the way. */
static bool read_never(const struct attempt *a, bool taken, struct considered *out)
{
	struct considered c;
	*out =
	    (struct considered){.what = SUBJECT_NEVER, .index = a->index, .result = RESULT_APPLIES};
	for (size_t i = 0; reading_next(&a->trace, &i, &c);) {
		if (c.what != SUBJECT_NEVER)
			continue;
		if (!taken && c.result == RESULT_BREAKS) {
			*out = c;
			return true;
		}
		if (taken && c.index == a->index) {
			out->seen = c.seen;
			out->nseen = c.nseen;
		}
	}
	return taken;
}

bool attempt_decide(struct attempt *a, const struct change_set *set, struct considered *out)
{
	if (!a->left)
		return false;
	a->left--;
	a->set = set;
	drop_others(a);
	trace_clear(&a->trace);
	arena_reset(&a->arena);
	struct case_state *cs = case_clone(a->past->rb, a->past->before);
	apply(a, cs);
	bool taken = decide(a, cs);
	case_free(a->past->rb, cs);
	return a->what == SUBJECT_NEVER ? read_never(a, taken, out) : taken && read_part(a, out);
}
