/* SPDX-License-Identifier: Apache-2.0
 *
 * What will happen by itself: periods and deadlines, the case's list of them as it will stand after
 * an event, and the internal events that they become.
 *
 * A period counts from the day after its anchor and includes its last day; the deadline is the
 * first instant of the day after, so that daylight saving never moves it to another day.
 */
#include "engine/decide/run.h"

#define MINUTE_US (60 * SECOND_US)

int64_t period_length(const struct run *r, const struct period *p)
{
	if (p->param == NONE)
		return p->n;
	return param_on(r->rb, r->cs->county, p->param, r->ev->day)->value.i;
}

static enum status deadline_minutes(const struct run *r, int64_t n, int32_t *day, int64_t *at)
{
	if (money_mul(n, MINUTE_US, &n) || money_add(r->ev->time, n, &n) ||
	    n > zone_day_start(r->rb->zone, DAY_MAX))
		return STATUS_OVERFLOW;
	*at = n;
	*day = zone_day(r->rb->zone, n);
	return STATUS_OK;
}

static enum status deadline(const struct run *r, const struct period *p, int32_t *day, int64_t *at)
{
	int32_t last;
	int64_t n = period_length(r, p);
	if (p->unit == UNIT_MINUTES)
		return deadline_minutes(r, n, day, at);
	enum status st = day_add(r->ev->day, n, p->unit, rulebook_calendar(r->rb), &last);
	if (st || last >= DAY_MAX)
		return STATUS_OVERFLOW;
	*day = last;
	*at = zone_day_start(r->rb->zone, last + 1);
	return STATUS_OK;
}

bool due_deadline(struct run *r, const struct period *p, int32_t *day, int64_t *at)
{
	if (deadline(r, p, day, at) == STATUS_OK)
		return true;
	run_refuse(r, STATUS_OVERFLOW, "overflow", "the period ends after the year 9999");
	return false;
}

/* ---- the next list ---- */

static uint16_t escalation_of(const struct rulebook *rb, uint32_t part)
{
	const struct block *b = &rb->blocks[rb->parts[part].block];
	if (!block_has_steps(b->kind) || b->detail == NONE)
		return NONE;
	return rb->escalations[b->detail].first;
}

/* Leaving a step cancels its deadline; leaving the escalation closes all that it had open. */
static bool closed_by_move(const struct run *r, const struct due *due)
{
	for (size_t i = 0; i < r->s->moves.n; i++) {
		const struct move *m = &r->s->moves.at[i];
		if (escalation_of(r->rb, due->part) != m->escalation)
			continue;
		if (due->kind == DUE_STEP || (due->kind == DUE_ANSWER && m->step == 0))
			return true;
	}
	return false;
}

static bool closed_by_stop(const struct run *r, const struct due *due)
{
	for (size_t i = 0; i < r->s->outcomes.n; i++) {
		const struct outcome *o = &r->s->outcomes.at[i];
		if (o->action == ACTION_STOP && hash128_eq(o->of, due->origin))
			return true;
	}
	return false;
}

static bool is_answered(const struct run *r, const struct due *due)
{
	if (due->kind == DUE_PROMISE)
		return promise_kept(r, due->part);
	return due->kind != DUE_ITEM && due->answered_by == r->ev->type;
}

static bool stays(const struct run *r, const struct due *due)
{
	if (is_answered(r, due) || closed_by_move(r, due))
		return false;
	return due->kind != DUE_ITEM || !closed_by_stop(r, due);
}

static bool changes(const struct run *r)
{
	if (r->s->moves.n || r->s->promises.n)
		return true;
	for (size_t i = 0; i < r->cs->due.n; i++)
		if (is_answered(r, &r->cs->due.at[i]))
			return true;
	for (size_t i = 0; i < r->s->outcomes.n; i++) {
		enum action_kind k = r->s->outcomes.at[i].action;
		if (k == ACTION_START || k == ACTION_STOP || r->s->effects.at[i].at != TIME_NONE)
			return true;
	}
	return false;
}

/* A deadline of an action is told with its number, one of the part itself without. */
void due_told(struct run *r, const struct due *due, enum trace_later later)
{
	bool own = due->kind == DUE_STEP || due->kind == DUE_PROMISE;
	if (r->d->trace)
		trace_later(r, due->part, own ? NONE : due->action, later);
}

static void add(struct run *r, const struct due *due)
{
	if (r->s->due.n == LIMIT_CASE_DUE) {
		r->part = due->part;
		run_refuse(r, STATUS_LIMIT, "limit",
			   "the case would have more than %u open deadlines and schedules",
			   LIMIT_CASE_DUE);
		return;
	}
	vec_reserve(&r->s->due, r->s->due.n + 1);
	due_insert(&r->s->due, due);
	due_told(r, due, LATER_OPENED);
}

/* What the event that ends an escalation asks for within it is closed with the rest. */
static void add_answer(struct run *r, const struct outcome *o, const struct effect *e)
{
	struct due due = {.at = e->at,
			  .day = o->due,
			  .kind = DUE_ANSWER,
			  .part = o->part,
			  .action = e->number,
			  .answered_by = e->action->answered_by,
			  .origin = o->id};
	if (!closed_by_move(r, &due))
		add(r, &due);
}

static void add_first_item(struct run *r, const struct outcome *o, const struct effect *e)
{
	int64_t at = zone_day_start(r->rb->zone, o->first);
	add(r, &(struct due){.at = at > r->ev->time ? at : r->ev->time,
			     .day = o->first,
			     .kind = DUE_ITEM,
			     .part = o->part,
			     .action = e->number,
			     .answered_by = NONE,
			     .origin = o->id});
}

/* Numbers of actions end far below. */
#define NUMBER_OF_STEP (NONE - 1)

/* What the move goes by: that of the step that was entered, or what the county has on the day. */
static const struct escalation *moved_by(const struct run *r, const struct move *m)
{
	const struct part *p = &r->rb->parts[m->part];
	if (escalation_of(r->rb, m->part) == m->escalation)
		return &r->rb->escalations[r->rb->blocks[p->block].detail];
	return escalation_on(r->rb, r->cs->county, m->escalation, r->ev->day);
}

/* A deadline that belongs to the part itself, not to an action of it. */
static void add_within(struct run *r, enum due_kind kind, uint32_t part, uint16_t answered_by)
{
	struct due due = {.kind = kind, .part = part, .answered_by = answered_by};
	r->part = part;
	if (!due_deadline(r, &r->rb->parts[part].within, &due.day, &due.at))
		return;
	due.origin = effects_id(r, part, NUMBER_OF_STEP);
	add(r, &due);
}

static void arm(struct run *r, const struct move *m)
{
	const struct escalation *e = m->step ? moved_by(r, m) : NULL;
	for (uint16_t i = 0; e && i < e->narmed[m->step]; i++)
		add_within(r, DUE_STEP, e->armed[m->step][i],
			   r->rb->parts[e->armed[m->step][i]].event);
}

void due_next_list(struct run *r)
{
	struct scratch *s = r->s;
	if (!changes(r))
		return;
	r->due_changes = true;
	s->due.n = 0;
	for (size_t i = 0; i < r->cs->due.n; i++) {
		const struct due *due = &r->cs->due.at[i];
		if (is_answered(r, due))
			due_told(r, due, LATER_ANSWERED);
		if (!stays(r, due))
			continue;
		vec_reserve(&s->due, s->due.n + 1);
		s->due.at[s->due.n++] = *due;
	}
	for (size_t i = 0; i < s->outcomes.n; i++) {
		if (s->outcomes.at[i].unfunded)
			continue;
		if (s->outcomes.at[i].action == ACTION_START)
			add_first_item(r, &s->outcomes.at[i], &s->effects.at[i]);
		else if (s->effects.at[i].at != TIME_NONE)
			add_answer(r, &s->outcomes.at[i], &s->effects.at[i]);
	}
	for (size_t i = 0; i < s->moves.n; i++)
		arm(r, &s->moves.at[i]);
	for (size_t i = 0; i < s->promises.n; i++)
		if (!promise_kept(r, s->promises.at[i]))
			add_within(r, DUE_PROMISE, s->promises.at[i], NONE);
		else if (r->d->trace)
			trace_later(r, s->promises.at[i], NONE, LATER_ANSWERED);
}

/* ---- firing ---- */

struct hash128 due_key(const struct due *due)
{
	return hash_join(due->origin, hash128_of(due->kind, due->n));
}

struct event due_event(struct arena *a, const struct case_state *cs, const struct due *due)
{
	struct hash128 h = due_key(due);
	char *id = arena_alloc(a, 2 * sizeof(h.b));
	hash_hex(h.b, sizeof(h.b), id);
	struct event ev = {.source = STR("waymark"),
			   .id = {id, 2 * sizeof(h.b)},
			   .subject = cs->id,
			   .type = due->kind == DUE_ITEM ? EVENT_SCHEDULED : EVENT_DEADLINE,
			   .county = cs->county,
			   .kind = cs->kind,
			   .time = due->at,
			   .day = due->day,
			   .digest = h};
	ev.key = event_key(ev.source, ev.id);
	return ev;
}

struct event next_due_event(struct arena *a, const struct case_state *cs)
{
	struct event ev = due_event(a, cs, &cs->due.at[0]);
	ev.subject = arena_str(a, cs->id);
	return ev;
}

/* The dates of a schedule that runs stay those of the text under which it began. */
const struct schedule *due_schedule(const struct rulebook *rb, const struct case_state *cs,
				    const struct running *running)
{
	const struct schedule *s = schedule_on(rb, cs->county, running->schedule, running->started);
	return s ? s : &rb->schedules[running->schedule];
}

static size_t running_index(const struct case_state *cs, struct hash128 origin)
{
	size_t i = 0;
	while (i < cs->running.n && !hash128_eq(cs->running.at[i].origin, origin))
		i++;
	return i;
}

/* After an item, whatever came of it (`o`: NULL when nothing is on record), the next one is due. */
void due_advance(const struct rulebook *rb, struct case_state *cs, const struct due *due,
		 const struct outcome *o)
{
	size_t i = running_index(cs, due->origin);
	if (i == cs->running.n)
		return;
	struct running *running = &cs->running.at[i];
	struct due next = *due;
	next.n++;
	running->paid = (uint16_t)(running->paid + (o && o->status == OUTCOME_DUE));
	running->held = (uint16_t)(running->held + (o && outcome_withheld(o)));
	if (running->reserved && o) /* its part is paid, or free again */
		running->held = (uint16_t)(next.n - running->paid);
	if (next.n >= running->times || plan_day(rb, &due_schedule(rb, cs, running)->plan,
						 running->anchor, next.n, &next.day)) {
		case_remove_running(cs, i);
		return;
	}
	next.at = zone_day_start(rb->zone, next.day);
	case_add_due(cs, &next);
}
