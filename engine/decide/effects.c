/* SPDX-License-Identifier: Apache-2.0
 *
 * Actions become outcomes. Every action is worked out against the same observed state; what several
 * of them bring about together is settle's work.
 */
#include "engine/decide/run.h"

/* ---- ids ---- */

/* From the event, the block's name and the place in the block: the same history gives the same
 * ids, whatever else a rulebook holds. */
struct hash128 effects_id(const struct run *r, uint32_t part, uint16_t number)
{
	const struct block *b = &r->rb->blocks[r->rb->parts[part].block];
	struct hash128 place = hash128_of(part - b->first_part, number);
	return hash_join(r->ev->key, hash_join(b->key, place));
}

/* ---- making one ---- */

struct draft {
	struct run *r;
	const struct action *a;
	const struct proposal *from;
	struct outcome *o;
	struct effect *e;
};

/* The place of the next outcome; it only counts once draft_keep was called. */
static bool draft_open(struct draft *d, enum action_kind kind, uint16_t number, struct span span)
{
	struct scratch *s = d->r->s;
	if (s->outcomes.n == LIMIT_OUTCOMES) {
		run_refuse(d->r, STATUS_LIMIT, "limit",
			   "the event would have more than %u outcomes", LIMIT_OUTCOMES);
		return false;
	}
	vec_reserve(&s->outcomes, s->outcomes.n + 1);
	vec_reserve(&s->effects, s->outcomes.n + 1);
	d->o = &s->outcomes.at[s->outcomes.n];
	d->e = &s->effects.at[s->outcomes.n];
	*d->o = (struct outcome){.action = kind,
				 .status = OUTCOME_DONE,
				 .part = d->r->part,
				 .span = span,
				 .fund = NONE,
				 .name = NONE,
				 .due = DAY_NONE,
				 .first = DAY_NONE,
				 .fact = NONE,
				 .schedule = NONE,
				 .of = d->r->of,
				 .has_of = d->r->has_of,
				 .by = d->r->by};
	*d->e = (struct effect){.action = d->a, .number = number, .at = TIME_NONE};
	return true;
}

static void draft_keep(struct draft *d)
{
	d->o->id = effects_id(d->r, d->r->part, d->e->number);
	d->r->s->outcomes.n++;
	d->r->s->effects.n = d->r->s->outcomes.n;
}

/* ---- amounts, payees, dates ---- */

static bool draft_amount(struct draft *d, const struct code *amount)
{
	d->o->has_amount = true;
	if (d->from) {
		d->o->cents = d->from->cents;
		return true;
	}
	if (!eval_amount(d->r, amount, "the amount", &d->o->cents))
		return false;
	if (d->o->cents >= 0)
		return true;
	run_refuse(d->r, STATUS_OVERFLOW, "overflow",
		   "the amount comes out below zero; an amount of money here is never negative");
	return false;
}

static bool refuse_target(struct run *r, struct str name)
{
	run_refuse(r, STATUS_INVALID, "undecidable",
		   "it is not known whom this is for: `" STR_FMT "` is unknown", STR_ARG(name));
	return false;
}

static bool target_field(struct draft *d, uint16_t index)
{
	struct run *r = d->r;
	const struct event_type *t = &r->rb->events[r->ev->type];
	if (!r->fields || index >= t->nfields)
		return refuse_target(r, STR("a field of an earlier event"));
	struct value v = r->fields[index];
	if (!v.known || v.kind != TYPE_REF)
		return refuse_target(r, t->fields[index].name);
	d->o->to = value_as_str(v);
	return true;
}

/* A fact's text may be replaced by this very event, so it is copied. */
static bool target_fact(struct draft *d, uint16_t index)
{
	struct run *r = d->r;
	struct value v = r->cs->facts[index];
	if (!v.known || v.kind != TYPE_REF)
		return refuse_target(r, r->rb->kinds[r->cs->kind].facts[index].name);
	d->o->to = arena_str(&r->d->arena, value_as_str(v));
	return true;
}

static bool draft_target(struct draft *d, struct target to)
{
	d->e->to = to;
	if (d->from && to.kind != TARGET_NONE) {
		d->o->to = arena_str(&d->r->d->arena, d->from->to);
		return true;
	}
	switch (to.kind) {
	case TARGET_NONE:
		break;
	case TARGET_SELF:
		d->o->to = d->r->cs->id;
		break;
	case TARGET_FIELD:
		return target_field(d, to.index);
	case TARGET_FACT:
		return target_fact(d, to.index);
	case TARGET_PARTY:
		d->o->to = d->r->rb->parties[to.index].name;
		break;
	}
	return true;
}

/* The day from which the dates of a plan are counted; see plan_day. */
static enum status plan_anchor(const struct run *r, const struct plan *p, int32_t *anchor)
{
	const struct calendar *c = rulebook_calendar(r->rb);
	int32_t day = r->ev->day;
	switch (p->anchor) {
	case ANCHOR_AFTER_STEP:
	case ANCHOR_SAME_DAY:
		*anchor = day;
		return STATUS_OK;
	case ANCHOR_NEXT_DAY:
		return day_add(day, 1, UNIT_DAYS, c, anchor);
	case ANCHOR_NEXT_MONTH:
		*anchor = day_month_first(day, 1);
		return STATUS_OK;
	case ANCHOR_AFTER_PERIOD:
		break;
	}
	return day_add(day, period_length(r, &p->anchor_period), p->anchor_period.unit, c, anchor);
}

/* Number, first and last date of instalments or items. */
static bool draft_plan(struct draft *d, const struct plan *p, int32_t *last)
{
	int64_t times;
	if (!eval_amount(d->r, &p->times, "the number of payments", &times))
		return false;
	if (times < 1 || times > LIMIT_TIMES) {
		run_refuse(d->r, STATUS_LIMIT, "limit",
			   "the number of payments must be from 1 to %u", LIMIT_TIMES);
		return false;
	}
	d->o->times = (uint16_t)times;
	const struct rulebook *rb = d->r->rb;
	if (plan_anchor(d->r, p, &d->o->anchor) == STATUS_OK &&
	    plan_day(rb, p, d->o->anchor, 0, &d->o->first) == STATUS_OK &&
	    plan_day(rb, p, d->o->anchor, (uint32_t)times - 1, last) == STATUS_OK)
		return true;
	run_refuse(d->r, STATUS_OVERFLOW, "overflow", "the last date is after the year 9999");
	return false;
}

static bool has_period(const struct period *p)
{
	return p->param != NONE || p->n >= 0;
}

/* ---- one function for each kind of action ---- */

static bool make_pay(struct draft *d)
{
	d->o->fund = d->a->fund;
	d->o->status = OUTCOME_DUE;
	d->o->due = d->r->ev->day;
	bool happens = !d->a->may || d->from;
	return draft_amount(d, &d->a->amount) && draft_target(d, d->a->to) &&
	       (!d->from || limits_approve(d->r, d->o->cents)) &&
	       (!happens || draw_payment(d->r, d->o));
}

static bool whole_amount(struct draft *d)
{
	/* A proposal's amount is the whole already. */
	if (!d->a->each || d->from ||
	    money_mul(d->o->cents, d->o->times, &d->o->cents) == STATUS_OK)
		return true;
	run_refuse(d->r, STATUS_OVERFLOW, "overflow",
		   "the sum of the instalments leaves the range of exact amounts");
	return false;
}

static bool make_assess(struct draft *d)
{
	int64_t at;
	d->o->fund = d->a->fund;
	d->o->name = d->a->name;
	d->o->status = OUTCOME_DUE;
	if (!draft_amount(d, &d->a->amount))
		return false;
	if (d->a->plan.times.n && !(draft_plan(d, &d->a->plan, &d->o->due) && whole_amount(d)))
		return false;
	return !has_period(&d->a->within) || due_deadline(d->r, &d->a->within, &d->o->due, &at);
}

static bool no_effect(struct draft *d)
{
	d->r->result = RESULT_NO_EFFECT;
	return false;
}

/* How much a credit or waiver comes to is settled when all those of the event are known. */
static bool make_credit(struct draft *d)
{
	d->o->name = d->a->name;
	if (case_owed_on(d->r->cs, d->a->name) == 0)
		return no_effect(d);
	return draft_amount(d, &d->a->amount);
}

static bool make_waive(struct draft *d)
{
	d->o->name = d->a->name;
	d->o->has_amount = true;
	d->o->cents = case_owed_on(d->r->cs, d->a->name);
	return d->o->cents != 0 || no_effect(d);
}

static bool make_referral(struct draft *d)
{
	d->o->name = d->a->name;
	d->o->status = OUTCOME_OPEN;
	if (!draft_target(d, d->a->to))
		return false;
	return !has_period(&d->a->within) ||
	       due_deadline(d->r, &d->a->within, &d->o->due, &d->e->at);
}

static bool make_notice(struct draft *d)
{
	d->o->text = d->a->text;
	return draft_target(d, d->a->to);
}

static bool make_start(struct draft *d)
{
	int32_t last;
	const struct schedule *s =
	    schedule_on(d->r->rb, d->r->cs->county, d->a->schedule, d->r->ev->day);
	if (!s || case_running(d->r->cs, s->first))
		return no_effect(d);
	d->o->schedule = s->first;
	d->o->fund = s->fund;
	d->o->status = OUTCOME_STARTED;
	return draft_amount(d, &s->amount) && draft_target(d, s->to) &&
	       draft_plan(d, &s->plan, &last) && draw_start(d->r, d->o);
}

/* Items are due one by one, so what has not fallen due yet is known from the next one. */
static uint16_t items_left(const struct case_state *cs, const struct running *running)
{
	for (size_t i = 0; i < cs->due.n; i++)
		if (cs->due.at[i].kind == DUE_ITEM &&
		    hash128_eq(cs->due.at[i].origin, running->origin))
			return (uint16_t)(running->times - cs->due.at[i].n);
	return 0;
}

static void fill_stop(struct draft *d, const struct running *running, uint16_t left)
{
	d->o->schedule = running->schedule;
	d->o->status = OUTCOME_STOPPED;
	d->o->times = left;
	d->o->of = running->origin;
	d->o->has_of = true;
	draw_stop(d->o, running);
}

static bool make_stop(struct draft *d, uint16_t schedule)
{
	const struct running *running = case_running(d->r->cs, d->r->rb->schedules[schedule].first);
	if (!running)
		return no_effect(d);
	fill_stop(d, running, items_left(d->r->cs, running));
	return true;
}

static bool in_range(struct draft *d, const struct fact *f, struct value v)
{
	if (!v.known || !f->type.has_range || (v.i >= f->type.min && v.i <= f->type.max))
		return true;
	run_refuse(d->r, STATUS_OVERFLOW, "overflow",
		   "the new value of `" STR_FMT "` is outside the range declared for it",
		   STR_ARG(f->name));
	return false;
}

/* Two blocks that set one fact to different values contradict each other. */
static bool agrees(struct draft *d)
{
	const struct scratch *s = d->r->s;
	for (size_t i = 0; i < s->outcomes.n; i++) {
		const struct outcome *o = &s->outcomes.at[i];
		if (o->action != ACTION_SET || o->proposal || o->fact != d->o->fact ||
		    value_eq(o->value, d->o->value))
			continue;
		run_refuse(d->r, STATUS_CONFLICT, "contradiction",
			   "`" STR_FMT "` and `" STR_FMT "` set the fact `" STR_FMT
			   "` to different values",
			   STR_ARG(d->r->rb->blocks[d->r->rb->parts[o->part].block].name),
			   STR_ARG(run_block(d->r)->name),
			   STR_ARG(d->r->rb->kinds[d->r->cs->kind].facts[o->fact].name));
		return false;
	}
	return true;
}

static bool set_value(struct draft *d, const struct fact *f, struct value *v)
{
	int64_t ignored;
	*v = value_missing(f->type.kind);
	if (d->from)
		*v = d->from->value;
	else if (d->a->value.n && !eval_code(d->r, &d->a->value, v))
		return false;
	if (!d->from && d->a->value.n && !v->known) /* says what is missing */
		return eval_amount(d->r, &d->a->value, "the new value", &ignored);
	v->kind = (uint8_t)f->type.kind;
	if (v->known && type_is_text(v->kind))
		v->s = arena_str(&d->r->d->arena, value_as_str(*v)).p;
	return true;
}

static bool make_set(struct draft *d)
{
	const struct fact *f = &d->r->rb->kinds[d->r->cs->kind].facts[d->a->fact];
	d->o->fact = d->a->fact;
	if (!set_value(d, f, &d->o->value) || !in_range(d, f, d->o->value))
		return false;
	return (d->a->may && !d->from) || agrees(d);
}

/* Does the county have the stage on the day? It may have replaced or dropped the stages. */
static bool has_stage(const struct run *r, const struct action *a)
{
	const struct escalation *e = escalation_on(r->rb, r->cs->county, a->escalation, r->ev->day);
	const struct block *b = e ? &r->rb->blocks[e->block] : NULL;
	for (uint16_t i = 0; b && i < b->nparts; i++)
		if (r->rb->parts[b->first_part + i].step == a->step)
			return true;
	return false;
}

/* A stage's own parts enter it whenever they apply; for others there is nothing to do where the
 * case stands in it already, or the county has no such stage. */
static bool make_enter(struct draft *d)
{
	struct run *r = d->r;
	const struct action *a = d->a;
	const struct part *p = &r->rb->parts[r->part];
	const struct position *at = case_position(r->cs, a->escalation);
	bool own = p->escalation == a->escalation && p->step == a->step;
	if (!own && ((at && at->step == a->step) || !has_stage(r, a)))
		return no_effect(d);
	d->o->name = a->name;
	effects_move(r, a->escalation, a->step);
	return true;
}

/* Which meeting it is, is settled when all outcomes are known. */
static bool make_place(struct draft *d)
{
	const struct placed *p = case_placed(d->r->cs, d->a->name);
	if (p && p->meeting > d->r->ev->day)
		return no_effect(d);
	d->o->name = d->a->name;
	d->o->urgent = d->a->urgent;
	d->o->status = OUTCOME_DUE;
	d->r->places = true;
	return true;
}

static bool make(struct draft *d)
{
	switch (d->a->kind) {
	case ACTION_PAY:
		return make_pay(d);
	case ACTION_ASSESS:
		return make_assess(d);
	case ACTION_CREDIT:
		return make_credit(d);
	case ACTION_WAIVE:
		return make_waive(d);
	case ACTION_REFER:
	case ACTION_REQUIRE:
		return make_referral(d);
	case ACTION_NOTIFY:
		return make_notice(d);
	case ACTION_ORDER:
		d->o->name = d->a->name;
		return true;
	case ACTION_START:
		return make_start(d);
	case ACTION_STOP:
		return make_stop(d, d->a->schedule);
	case ACTION_SET:
		return make_set(d);
	case ACTION_ENTER:
		return make_enter(d);
	case ACTION_PLACE:
		return make_place(d);
	case ACTION_ENROL:
		return make_enrol(d->r, d->o, d->a->name) || no_effect(d);
	case ACTION_RELEASE:
		return make_release(d->r, d->o, d->a->name) || no_effect(d);
	case ACTION_DENY:
		d->o->text = d->a->text;
		return true;
	case ACTION_BROKEN: /* no action of a policy */
		break;
	}
	return false;
}

void effects_perform(struct run *r, uint16_t number, const struct action *a,
		     const struct proposal *from)
{
	struct draft d = {.r = r, .a = a, .from = from};
	if (!draft_open(&d, a->kind, number, a->span) || !make(&d))
		return;
	if (a->may && !from) {
		d.o->proposal = true;
		d.o->status = OUTCOME_OPEN;
		d.e->at = TIME_NONE;
	}
	draft_keep(&d);
}

void effects_stop(struct run *r, uint16_t schedule, uint16_t number, struct span span)
{
	struct draft d = {.r = r};
	if (draft_open(&d, ACTION_STOP, number, span) && make_stop(&d, schedule))
		draft_keep(&d);
}

void effects_broken(struct run *r)
{
	const struct block *b = run_block(r);
	struct draft d = {.r = r};
	if (!draft_open(&d, ACTION_BROKEN, 0, b->span))
		return;
	d.o->text = r->rb->nevers[b->detail].said;
	draft_keep(&d);
}

/* The place that the case has waited for. */
void effects_place(struct run *r, const struct enrolment *place)
{
	struct draft d = {.r = r};
	if (!draft_open(&d, ACTION_ENROL, 0, r->rb->parts[place->part].span))
		return;
	d.o->name = place->capacity;
	d.o->to = r->cs->id;
	d.o->draw = (struct draw){POT_CAPACITY, place->capacity, DAY_NONE, -1, 1};
	r->asks = true;
	draft_keep(&d);
}

/* ---- schedules and steps ---- */

/* Is the item held? A condition that cannot be decided neither pays nor withholds: it stops. */
static enum truth item_held(struct run *r, const struct schedule *s)
{
	if (!s->holds.n)
		return TRUTH_NO;
	enum truth t = eval_when(r, &s->holds);
	if (r->d->trace)
		trace_holds(r, (uint16_t)(s - r->rb->schedules), trace_truth(t));
	if (t == TRUTH_UNKNOWN) {
		int64_t ignored;
		(void)eval_amount(r, &s->holds, "whether the schedule holds", &ignored);
		return TRUTH_FAULT;
	}
	return t;
}

/* What a schedule that runs pays, to whom and from where was settled when it began; unless the text
 * of the day says that it also holds for those. Whom a field named stays the payee. */
static bool item_terms(struct draft *d, const struct running *running, const struct schedule *s,
		       bool held)
{
	d->e->to = s->to;
	if (held || !s->also_running)
		return true;
	if (!running->reserved) /* else the money lies there */
		d->o->fund = s->fund;
	return draft_amount(d, &s->amount) &&
	       (s->to.kind == TARGET_FIELD || draft_target(d, s->to)) &&
	       (running->reserved || draw_payment(d->r, d->o));
}

static void fill_item_of(struct draft *d, const struct due *due, const struct running *running,
			 enum outcome_status status)
{
	d->o->status = status;
	d->o->due = due->day;
	d->o->schedule = running->schedule;
	d->o->item = (uint16_t)(due->n + 1);
	d->o->of = running->origin;
	d->o->has_of = true;
	d->o->has_amount = true;
	d->o->cents = running->cents;
	d->o->fund = running->fund;
	d->o->to = arena_str(&d->r->d->arena, running->to);
}

static bool fill_item(struct draft *d, const struct due *due, const struct running *running,
		      const struct schedule *s, bool held)
{
	fill_item_of(d, due, running, held ? OUTCOME_HELD : OUTCOME_DUE);
	if (!item_terms(d, running, s, held))
		return false;
	draw_item(d->r, d->o, running, due->n);
	return true;
}

/* The next item of a running schedule; where the county has dropped the schedule it ends here. */
void effects_item(struct run *r, const struct due *due, const struct running *running)
{
	struct draft d = {.r = r};
	const struct action *a = part_action(&r->rb->parts[due->part], due->action);
	struct span span = a ? a->span : r->rb->parts[due->part].span;
	const struct schedule *s = schedule_on(r->rb, r->cs->county, running->schedule, due->day);
	enum truth held = s ? item_held(r, s) : TRUTH_NO;
	if (held == TRUTH_FAULT || !draft_open(&d, s ? ACTION_PAY : ACTION_STOP, due->action, span))
		return;
	if (!s)
		fill_stop(&d, running, (uint16_t)(running->times - due->n));
	else if (!fill_item(&d, due, running, s, held == TRUTH_YES))
		return;
	draft_keep(&d);
}

/* In the place of all that it would have brought. */
bool effects_item_stopped(struct run *r, const struct due *due)
{
	struct draft d = {.r = r};
	const struct part *p = &r->rb->parts[due->part];
	const struct action *a = part_action(p, due->action);
	r->s->outcomes.n = r->s->effects.n = 0;
	r->part = due->part;
	for (size_t i = 0; i < r->cs->running.n; i++) {
		const struct running *running = &r->cs->running.at[i];
		if (!running->reserved || !hash128_eq(running->origin, due->origin) ||
		    !draft_open(&d, ACTION_PAY, due->action, a ? a->span : p->span))
			continue;
		fill_item_of(&d, due, running, OUTCOME_STOPPED);
		draw_item(r, d.o, running, due->n);
		draft_keep(&d);
	}
	return r->s->outcomes.n > 0;
}

static struct str place_name(const struct escalation *e, uint16_t step)
{
	return step ? e->steps[step - 1].name : STR("none");
}

void effects_move(struct run *r, uint16_t escalation, uint16_t step)
{
	const struct escalation *e = &r->rb->escalations[escalation];
	for (size_t i = 0; i < r->s->moves.n; i++) {
		const struct move *m = &r->s->moves.at[i];
		if (m->escalation != escalation)
			continue;
		if (m->step != step)
			run_refuse(r, STATUS_CONFLICT, "contradiction",
				   "this event would move `" STR_FMT
				   "` to two places at once: " STR_FMT " and " STR_FMT,
				   STR_ARG(r->rb->blocks[e->block].name),
				   STR_ARG(place_name(e, m->step)), STR_ARG(place_name(e, step)));
		return;
	}
	*vec_push(&r->s->moves) = (struct move){escalation, step, r->part};
}
