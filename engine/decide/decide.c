/* SPDX-License-Identifier: Apache-2.0
 *
 * The phases of a decision and the calls that start them.
 */
#include "engine/decide/run.h"

void decider_init(struct decider *d, const struct rulebook *rb, struct world world)
{
	*d = (struct decider){.rb = rb, .world = world, .refusal = {.block = NONE}};
	d->scratch = mem_alloc(sizeof(*d->scratch));
}

void decider_release(struct decider *d)
{
	struct scratch *s = d->scratch;
	if (!s)
		return; /* never begun, or released already */
	vec_release(&s->outcomes);
	vec_release(&s->effects);
	vec_release(&s->inputs);
	vec_release(&s->pots);
	vec_release(&s->lookups);
	vec_release(&s->moves);
	vec_release(&s->uses);
	vec_release(&s->old_facts);
	vec_release(&s->overridden);
	vec_release(&s->promises);
	vec_release(&s->due);
	mem_free(s);
	arena_release(&d->arena);
	*d = (struct decider){0};
}

/* ---- a run ---- */

static void run_start(struct run *r, struct decider *d, struct case_state *cs,
		      const struct event *ev)
{
	struct scratch *s = d->scratch;
	s->outcomes.n = s->effects.n = s->inputs.n = s->pots.n = s->moves.n = 0;
	s->uses.n = s->old_facts.n = 0;
	s->overridden.n = s->promises.n = s->lookups.n = 0;
	*r = (struct run){.d = d,
			  .rb = d->rb,
			  .s = s,
			  .cs = cs,
			  .ev = ev,
			  .fields = ev->fields,
			  .previous_day = DAY_NONE,
			  .counter = SIZE_MAX,
			  .obligation = SIZE_MAX,
			  .proposal = SIZE_MAX,
			  .place = SIZE_MAX,
			  .applied = UINT32_MAX,
			  .alone = NONE};
}

static void decider_reset(struct decider *d)
{
	arena_reset(&d->arena);
	d->refusal = (struct refusal){.block = NONE};
}

void run_begin(struct run *r, struct decider *d, struct case_state *cs, const struct event *ev)
{
	decider_reset(d);
	run_start(r, d, cs, ev);
}

const struct block *run_block(const struct run *r)
{
	return &r->rb->blocks[r->rb->parts[r->part].block];
}

static void refuse(struct run *r, uint16_t block, enum status status, const char *slug,
		   const char *fmt, va_list ap)
{
	struct refusal *to = &r->d->refusal;
	if (r->beyond)
		return;
	if (r->status == STATUS_OK)
		r->status = status;
	refusal_addv(to, &r->d->arena, slug, r->rb->blocks[block].name, fmt, ap);
	if (status == STATUS_CONFLICT && to->block == NONE)
		to->block = block;
}

void run_refuse(struct run *r, enum status status, const char *slug, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	refuse(r, r->alone != NONE ? r->alone : r->rb->parts[r->part].block, status, slug, fmt, ap);
	va_end(ap);
}

void run_refuse_block(struct run *r, uint16_t block, enum status status, const char *slug,
		      const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	refuse(r, block, status, slug, fmt, ap);
	va_end(ap);
}

/* ---- deciding: one part ---- */

bool part_in_step(const struct run *r, const struct part *p)
{
	if (p->role != PART_STEP && p->role != PART_ENDS && p->role != PART_OVERDUE)
		return true;
	const struct position *at = case_position(r->cs, p->escalation);
	return p->after >> (at ? at->step : 0) & 1;
}

/* Several triggers of one clause are alternatives: it applies once to an event. */
static bool applied_already(const struct run *r, const struct part *p)
{
	if (r->applied == UINT32_MAX)
		return false;
	const struct part *last = &r->rb->parts[r->applied];
	return last->block == p->block && last->role == p->role && str_eq(last->label, p->label);
}

static void enter_tier(struct run *r, const struct part *p)
{
	const struct part *last = r->applied == UINT32_MAX ? NULL : &r->rb->parts[r->applied];
	if (last && last->block == p->block)
		run_refuse(r, STATUS_CONFLICT, "contradiction",
			   STR_FMT " and " STR_FMT " of `" STR_FMT "` apply at once",
			   STR_ARG(last->label), STR_ARG(p->label), STR_ARG(run_block(r)->name));
}

static void part_applies(struct run *r, const struct part *p)
{
	if (applied_already(r, p)) {
		r->result = RESULT_NO_EFFECT;
		return;
	}
	size_t from = r->s->outcomes.n;
	for (uint16_t i = 0; i < p->nactions; i++)
		effects_perform(r, i, &p->actions[i], NULL);
	if (run_block(r)->nlimits)
		limits_settle(r, from);
	switch (p->role) {
	case PART_PLAIN:
		break;
	case PART_TIER:
		enter_tier(r, p);
		break;
	case PART_STEP:
	case PART_OVERDUE:
		effects_move(r, p->escalation, p->step);
		break;
	case PART_ENDS:
		effects_move(r, p->escalation, 0);
		break;
	case PART_STOPS:
		effects_stop(r, p->schedule, p->nactions, p->span);
		break;
	case PART_PROMISE:
		*vec_push(&r->s->promises) = r->part;
		break;
	}
	r->applied = r->part;
}

/* What an overridden block began earlier goes on, and so it may also end. */
static bool is_overridden(struct run *r, const struct part *p)
{
	const struct precedence *by = NULL;
	if (p->role != PART_STOPS && p->role != PART_ENDS)
		by = overridden_by(r, p->block);
	if (!by)
		return false;
	r->result_span = by->span;
	r->overridden_by = by->block;
	return true;
}

static enum trace_result part_result(struct run *r, const struct part *p)
{
	if (r->s->overridden.n && is_overridden(r, p))
		return RESULT_OVERRIDDEN;
	if (!part_in_step(r, p))
		return RESULT_OTHER_STEP;
	switch (eval_when(r, &p->when)) {
	case TRUTH_YES:
		r->result = RESULT_APPLIES;
		part_applies(r, p);
		return r->result;
	case TRUTH_NO:
		return RESULT_NOT_MET;
	case TRUTH_UNKNOWN:
	case TRUTH_FAULT:
		break;
	}
	return RESULT_UNDECIDABLE;
}

static void part_consider(struct run *r, uint32_t part, bool in_force)
{
	const struct part *p = &r->rb->parts[part];
	r->part = part;
	r->result_span = p->span;
	if (!r->d->trace) {
		if (in_force)
			(void)part_result(r, p);
		return;
	}
	trace_part(r);
	enum trace_result result = in_force ? part_result(r, p) : RESULT_NOT_IN_FORCE;
	trace_result(r, result, r->result_span);
}

/* An action that is decided on later than its part: a proposal, an answer that did not come. */
static void later_begin(struct run *r, uint32_t part, struct hash128 of)
{
	r->part = part;
	r->fields = NULL;
	r->of = of;
	r->has_of = true;
	r->result = RESULT_APPLIES;
	r->result_span = r->rb->parts[part].span;
	if (r->d->trace)
		trace_part(r);
}

static void later_end(struct run *r)
{
	if (r->d->trace)
		trace_result(r, r->result, r->result_span);
	r->fields = r->ev->fields;
	r->has_of = false;
	r->of = (struct hash128){0};
	r->by = STR("");
}

static void approve(struct run *r)
{
	const struct proposal *p = &r->cs->proposals.at[r->proposal];
	const struct action *a = part_action(&r->rb->parts[p->part], p->action);
	later_begin(r, p->part, p->outcome);
	r->by = value_as_str(r->ev->fields[1]);
	if (a)
		effects_perform(r, p->action, a, p);
	later_end(r);
}

static void told_of_proposal(struct run *r)
{
	const struct proposal *p = &r->cs->proposals.at[r->proposal];
	trace_later(r, p->part, p->action,
		    r->ev->type == EVENT_APPROVED ? LATER_APPROVED : LATER_DECLINED);
}

static void decide_parts(struct run *r)
{
	const struct dispatch *d = r->rb->counties[r->cs->county].dispatch;
	const struct entry *e = d->by_event[r->ev->type];
	int32_t day = r->ev->day;
	overrides_find(r, r->ev->type);
	for (const struct entry *end = e + d->n[r->ev->type]; e < end; e++) {
		const struct part *p = &r->rb->parts[e->part];
		uint16_t kind = r->rb->blocks[p->block].case_kind;
		if ((kind != NONE && kind != r->cs->kind) || p->role == PART_OVERDUE)
			continue;
		part_consider(r, e->part, e->from <= day && day < e->until);
	}
}

/* Settles and applies, or leaves the case as it was. */
static enum status run_finish(struct run *r, struct decision *out)
{
	struct scratch *s = r->s;
	if (r->status == STATUS_OK)
		settle(r);
	if (r->status == STATUS_OK)
		due_next_list(r);
	*out = (struct decision){.event = *r->ev,
				 .type_name = r->rb->events[r->ev->type].name,
				 .inputs = s->inputs.at,
				 .ninputs = s->inputs.n,
				 .pots = s->pots.at,
				 .npots = s->pots.n,
				 .lookups = s->lookups.at,
				 .nlookups = s->lookups.n,
				 .stopped = {.block = NONE}};
	if (r->status != STATUS_OK) {
		observe_undo(r);
		return r->status;
	}
	apply(r);
	out->outcomes = s->outcomes.at;
	out->n = s->outcomes.n;
	return STATUS_OK;
}

/* ---- an event ---- */

static void refuse_event(struct decider *d, const char *slug, struct str where, const char *text)
{
	refusal_add(&d->refusal, &d->arena, slug, where, "%s", text);
}

static bool belongs(struct decider *d, const struct case_state *cs, const struct event *ev)
{
	if (ev->county != cs->county)
		refuse_event(d, "other-county", STR("county"),
			     "the case belongs to another county, that of its first event");
	if (ev->kind != cs->kind)
		refuse_event(d, "other-kind", STR("type"), "the case is of another kind");
	if (ev->time < cs->last)
		refuse_event(d, "late-event", STR("time"),
			     "the event is earlier than one of this case that was decided already");
	else if (cs->due.n && cs->due.at[0].at <= ev->time)
		refuse_event(
		    d, "late-event", STR("time"),
		    "something of this case fell due before the event and was not decided");
	return !d->refusal.slug;
}

/* Most of a decision's time is waiting for the case to come from memory: ask for all of it at once.
 */
static void fetch(const struct case_state *cs)
{
	case_prefetch(cs);
	case_prefetch_lists(cs);
}

/* A place was found: the case has it, as observed. */
static void give_place(struct run *r)
{
	struct enrolment place = r->cs->places.at[r->place];
	later_begin(r, place.part, place.origin);
	effects_place(r, &place);
	later_end(r);
}

static enum status decide_run(struct decider *d, struct case_state *cs, const struct event *ev,
			      bool with_parts, struct decision *out)
{
	struct run r;
	run_start(&r, d, cs, ev);
	observe(&r);
	if (r.status == STATUS_OK) {
		if (r.proposal != SIZE_MAX && d->trace)
			told_of_proposal(&r);
		if (ev->type == EVENT_APPROVED)
			approve(&r);
		if (r.place != SIZE_MAX)
			give_place(&r);
		if (with_parts)
			decide_parts(&r);
	}
	return run_finish(&r, out);
}

/* Nobody loses the place in a line because of what else would follow: the place alone is given
 * then, and the decision says what was stopped. */
static enum status decide_place_alone(struct decider *d, struct case_state *cs,
				      const struct event *ev, struct decision *out)
{
	struct refusal why = d->refusal;
	d->refusal = (struct refusal){.block = NONE};
	enum status st = decide_run(d, cs, ev, false, out);
	if (!st)
		out->stopped = why;
	return st;
}

enum status decide_event(struct decider *d, struct case_state *cs, const struct event *ev,
			 struct decision *out)
{
	fetch(cs);
	decider_reset(d);
	if (!belongs(d, cs, ev))
		return STATUS_INVALID;
	if (d->before)
		d->before(d->before_arg, cs, ev);
	enum status st = decide_run(d, cs, ev, true, out);
	if (st && ev->type == EVENT_PLACE_FOUND)
		st = decide_place_alone(d, cs, ev, out);
	return st;
}

/* ---- what falls due ---- */

static void fire_answer(struct run *r, const struct due *due)
{
	const struct part *p = &r->rb->parts[due->part];
	const struct action *asked = part_action(p, due->action);
	size_t from = r->s->outcomes.n;
	later_begin(r, due->part, due->origin);
	for (uint16_t i = 0; asked && i < asked->notherwise; i++) {
		const struct action *a = &asked->otherwise[i];
		effects_perform(r, part_action_number(p, a), a, NULL);
	}
	if (run_block(r)->nlimits)
		limits_settle(r, from);
	later_end(r);
}

/* What the promise was made for is not told as its ground: that was on another day. */
static void fire_promise(struct run *r, const struct due *due)
{
	later_begin(r, due->part, due->origin);
	r->has_of = false;
	effects_broken(r);
	later_end(r);
}

/* A step that comes when nothing else does, as the county has it on the day: of a replacement the
 * part for the same step and event. False: dropped, or not in the replacement. */
static bool overdue_on(const struct run *r, uint32_t *part)
{
	const struct rulebook *rb = r->rb;
	const struct part *p = &rb->parts[*part];
	const struct escalation *e = escalation_on(rb, r->cs->county, p->escalation, r->ev->day);
	if (!e || e->block == p->block)
		return e;
	const struct block *b = &rb->blocks[e->block];
	for (*part = b->first_part; *part < b->first_part + b->nparts; ++*part) {
		const struct part *now = &rb->parts[*part];
		if (now->role == PART_OVERDUE && now->step == p->step && now->event == p->event)
			return true;
	}
	return false;
}

static void fire_step(struct run *r, const struct due *due)
{
	uint32_t part = due->part;
	if (!overdue_on(r, &part))
		return;
	r->part = part;
	overrides_find(r, EVENT_DEADLINE);
	part_consider(r, part, true);
}

static void fire_item(struct run *r, const struct due *due)
{
	later_begin(r, due->part, due->origin);
	for (size_t i = 0; i < r->cs->running.n; i++) {
		const struct running *running = &r->cs->running.at[i];
		if (!hash128_eq(running->origin, due->origin))
			continue;
		if (due->n + 1u >= running->times)
			due_told(r, due, LATER_LAST);
		effects_item(r, due, running);
	}
	later_end(r);
}

/* The case is as it was; what nobody is paid does not stay set aside. */
static void due_stopped(struct run *r, const struct due *due, struct decision *out)
{
	out->stopped = r->d->refusal;
	r->d->refusal = (struct refusal){.block = NONE};
	if (due->kind == DUE_ITEM && effects_item_stopped(r, due)) {
		out->outcomes = r->s->outcomes.at;
		out->n = r->s->outcomes.n;
	}
	if (r->ev->time > r->cs->last)
		r->cs->last = r->ev->time;
}

void decide_due(struct decider *d, struct case_state *cs, struct decision *out)
{
	struct run r;
	struct due due = cs->due.at[0];
	decider_reset(d);
	struct event ev = due_event(&d->arena, cs, &due);
	if (d->before)
		d->before(d->before_arg, cs, &ev);
	vec_remove(&cs->due, 0);
	run_start(&r, d, cs, &ev);
	due_told(&r, &due, LATER_RAN_OUT);
	switch (due.kind) {
	case DUE_ANSWER:
		fire_answer(&r, &due);
		break;
	case DUE_STEP:
		fire_step(&r, &due);
		break;
	case DUE_ITEM:
		fire_item(&r, &due);
		break;
	case DUE_PROMISE:
		fire_promise(&r, &due);
		break;
	}
	if (run_finish(&r, out) != STATUS_OK)
		due_stopped(&r, &due, out);
	if (due.kind == DUE_ITEM)
		due_advance(d->rb, cs, &due, out->n ? &out->outcomes[0] : NULL);
}
