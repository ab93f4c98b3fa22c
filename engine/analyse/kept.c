/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/kept.h"

#include "engine/analyse/in_time.h"
#include "engine/base/vec.h"

struct keeper {
	uint32_t part;
	struct unless applies;
	bool later;
	int32_t from, until;
};

struct keeping {
	struct asker *a;
	const struct rulebook *rb;
	const struct place *where;
	const struct entry *promise;
	const struct part *made;
	const struct never *what;
	uint16_t kind; /* of the case under way */
	struct promised *out;
	struct arena *arena;
	VEC(struct keeper) keepers;
	/* what is on its way: periods one after another */
	struct period chain[IN_TIME_LINKS];
	size_t links;
	uint64_t been; /* steps of the escalation under way */
};

static bool is_kind(const struct keeping *k, const struct block *b)
{
	return b->case_kind == NONE || b->case_kind == k->kind;
}

/* The first thing that stands in the way of what comes nearest is said. */
static bool stands_in_the_way(struct keeping *k, enum unkept why, uint32_t part, uint16_t event)
{
	if (k->out->why == UNKEPT_NOTHING || k->out->why == UNKEPT_CASE) {
		k->out->why = why;
		k->out->part = part;
		k->out->event = event;
	}
	return false;
}

/* ---- actions ---- */

static bool speaks(const struct keeping *k, const struct part *p, const struct action *a)
{
	return never_speaks_of(k->rb, k->what, &k->rb->blocks[p->block], a);
}

/* A stage's own part enters it whenever it applies. */
static bool enters_own(const struct part *p, const struct action *a)
{
	return p->escalation == a->escalation && p->step == a->step;
}

/* Is it certain of the action that it happens when its part applies? Where it cannot, the event is
 * refused, or it had happened before. */
static bool is_certain(struct keeping *k, uint32_t part, const struct action *a)
{
	switch (a->kind) {
	case ACTION_NOTIFY:
	case ACTION_ORDER:
	case ACTION_REFER:
	case ACTION_REQUIRE:
	case ACTION_DENY:
	case ACTION_ASSESS:
	case ACTION_SET:
		break;
	case ACTION_PAY:
		if (fund_budget(k->rb, a->fund))
			return stands_in_the_way(k, UNKEPT_FUND, part, NONE);
		break;
	case ACTION_ENTER:
		if (!enters_own(&k->rb->parts[part], a))
			return false;
		break;
	default:
		return false;
	}
	if (a->may)
		return stands_in_the_way(k, UNKEPT_PROPOSED, part, NONE);
	if (k->rb->blocks[k->rb->parts[part].block].nlimits)
		return stands_in_the_way(k, UNKEPT_LIMIT, part, NONE);
	return true;
}

static bool does(struct keeping *k, uint32_t part, const struct action *at, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		if (speaks(k, &k->rb->parts[part], &at[i]) && is_certain(k, part, &at[i]))
			return true;
	return false;
}

/* ---- when time comes ---- */

static bool is_constant(const struct code *c)
{
	return !c->n ||
	       (c->n == 1 && ((c->at->op == OP_CONST && c->at->k.known) || c->at->op == OP_PARAM));
}

/* Nothing of it can fail, for then nothing of the whole deadline would come. */
static bool cannot_fail(const struct keeping *k, const struct part *p, const struct action *a)
{
	bool addressed = a->to.kind != TARGET_FIELD && a->to.kind != TARGET_FACT;
	switch (a->kind) {
	case ACTION_NOTIFY:
	case ACTION_ORDER:
	case ACTION_REFER:
	case ACTION_REQUIRE:
	case ACTION_DENY:
	case ACTION_WAIVE:
		return addressed;
	case ACTION_ASSESS:
	case ACTION_CREDIT:
		return is_constant(&a->amount) && !a->plan.times.n;
	case ACTION_PAY:
		return addressed && is_constant(&a->amount) && !fund_budget(k->rb, a->fund);
	case ACTION_SET:
		return is_constant(&a->value);
	case ACTION_ENTER:
		return enters_own(p, a);
	default:
		return false;
	}
}

static bool is_forbidden(const struct keeping *k, const struct part *p, const struct action *a)
{
	const struct dispatch *d = k->where->dispatch;
	for (uint32_t i = 0; i < d->nnevers; i++)
		if (never_speaks_of(k->rb, &k->rb->nevers[d->never_days[i].part],
				    &k->rb->blocks[p->block], a))
			return true;
	return false;
}

/* Does all that a deadline brings happen for certain? */
static bool comes_for_certain(struct keeping *k, uint32_t part, const struct action *at, uint16_t n)
{
	const struct part *p = &k->rb->parts[part];
	if (k->rb->blocks[p->block].nlimits)
		return stands_in_the_way(k, UNKEPT_LIMIT, part, NONE);
	for (uint16_t i = 0; i < n; i++) {
		if (!at[i].may && !cannot_fail(k, p, &at[i]))
			return stands_in_the_way(k, UNKEPT_FAILS, part, NONE);
		if (at[i].may || is_forbidden(k, p, &at[i]))
			return stands_in_the_way(k, at[i].may ? UNKEPT_PROPOSED : UNKEPT_NEVER,
						 part, NONE);
	}
	return true;
}

static bool push(struct keeping *k, const struct period *p)
{
	if (k->links == IN_TIME_LINKS)
		return false;
	k->chain[k->links++] = *p;
	return true;
}

static bool is_in_time(struct keeping *k, uint32_t part)
{
	return ends_in_time(k->rb, k->where, k->chain, k->links, &k->made->within, &k->out->day) ||
	       stands_in_the_way(k, UNKEPT_LATE, part, NONE);
}

/* ---- is no case left over? ---- */

static void note_keeper(struct keeping *k, struct keeper x)
{
	if (k->keepers.n < KEPT_PARTS)
		*vec_push(&k->keepers) = x;
}

static struct keeper keeper_of(const struct keeping *k, const struct entry *e, bool later)
{
	const struct part *p = &k->rb->parts[e->part];
	bool steps = p->role == PART_STEP || p->role == PART_ENDS;
	return (struct keeper){.part = e->part,
			       .applies = {.when = &p->when,
					   .escalation = steps ? p->escalation : NONE,
					   .steps = p->after,
					   .block = p->role == PART_ENDS ? NONE : p->block},
			       .later = later,
			       .from = e->from,
			       .until = e->until};
}

struct left_over {
	uint16_t event;
	const struct code *when; /* NULL: always */
	uint16_t escalation;     /* in one of the steps; NONE: wherever it stands */
	uint64_t steps;
	const struct keeper *keepers;
	size_t n, without; /* one that is left out, or SIZE_MAX */
};

/* Between two days on which none of the keepers comes or goes. */
static bool left_between(struct keeping *k, const struct left_over *l, int32_t from, int32_t until)
{
	struct unless unless[KEPT_PARTS];
	struct want want = {l->when, TRUTH_MET};
	struct question q = question_of(k->kind, l->event, from, until);
	struct buf key = {0};
	buf_fmt(&key, "kept %u %u %d %d %u %llx", (unsigned)k->promise->part, (unsigned)l->event,
		(int)k->kind, l->when != NULL, (unsigned)l->escalation,
		(unsigned long long)l->steps);
	for (size_t i = 0; i < l->n; i++) {
		const struct keeper *x = &l->keepers[i];
		if (i == l->without || x->from > from || x->until < until)
			continue;
		unless[q.nunless++] = x->applies;
		buf_fmt(&key, " %u/%u/%llx", (unsigned)x->part, (unsigned)x->applies.escalation,
			(unsigned long long)x->applies.steps);
	}
	q.key = arena_str(k->arena, buf_view(&key));
	buf_release(&key);
	q.wants = &want;
	q.nwants = l->when != NULL;
	q.unless = unless;
	q.where[0].escalation = l->escalation;
	q.where[0].steps = l->steps;
	struct reply r = ask(k->a, k->where, &q);
	if (r.answer == SPACE_NONE)
		return false;
	k->out->words = arena_str(k->arena, r.words);
	return true;
}

static bool is_left_over(struct keeping *k, const struct left_over *l, int32_t from, int32_t until)
{
	while (from < until) {
		int32_t next = until;
		for (size_t i = 0; i < l->n; i++) {
			const struct keeper *x = &l->keepers[i];
			next = x->from > from && x->from < next ? x->from : next;
			next = x->until > from && x->until < next ? x->until : next;
		}
		if (left_between(k, l, from, next))
			return true;
		from = next;
	}
	return false;
}

/* Whenever the event comes from now on, in one of the steps, and the condition is met: is it done
 * at once? */
static bool done_at(struct keeping *k, uint16_t event, const struct code *when, uint16_t escalation,
		    uint64_t steps)
{
	struct keeper at[KEPT_PARTS];
	struct left_over l = {event, when, escalation, steps, at, 0, SIZE_MAX};
	const struct dispatch *d = k->where->dispatch;
	for (uint32_t i = 0; i < d->n[event] && l.n < KEPT_PARTS; i++) {
		const struct entry *e = &d->by_event[event][i];
		const struct part *p = &k->rb->parts[e->part];
		if (is_kind(k, &k->rb->blocks[p->block]) && p->role != PART_OVERDUE &&
		    does(k, e->part, p->actions, p->nactions))
			at[l.n++] = keeper_of(k, e, false);
	}
	return !is_left_over(k, &l, k->promise->from, INT32_MAX);
}

/* ---- refer … within … otherwise ---- */

/* What comes after `otherwise` has none of its own. */
static bool answer_in_time(struct keeping *k, uint32_t part, const struct action *a)
{
	bool asks = a->kind == ACTION_REFER || a->kind == ACTION_REQUIRE;
	if (!asks || a->may || !does(k, part, a->otherwise, a->notherwise))
		return false;
	if (a->answered_by != NONE && !done_at(k, a->answered_by, NULL, NONE, 0))
		return stands_in_the_way(k, UNKEPT_ANSWERED, part, a->answered_by);
	k->chain[0] = a->within;
	k->links = 1;
	bool ok = is_in_time(k, part) && comes_for_certain(k, part, a->otherwise, a->notherwise);
	k->links = 0;
	return ok;
}

static bool asks_in_time(struct keeping *k, uint32_t part)
{
	const struct part *p = &k->rb->parts[part];
	for (uint16_t i = 0; i < p->nactions; i++)
		if (answer_in_time(k, part, &p->actions[i]))
			return true;
	return false;
}

/* ---- step after step ---- */

static bool enters(const struct action *at, uint16_t n, uint16_t escalation, uint16_t own)
{
	for (uint16_t i = 0; i < n; i++)
		if ((at[i].kind == ACTION_ENTER && at[i].escalation == escalation &&
		     at[i].step != own) ||
		    enters(at[i].otherwise, at[i].notherwise, escalation, own))
			return true;
	return false;
}

/* Only its own parts move a case along it, and all counties have the same text. */
static bool is_moved_by_itself(struct keeping *k, uint16_t escalation)
{
	const struct escalation *e = &k->rb->escalations[escalation];
	if (e->variants.n)
		return stands_in_the_way(k, UNKEPT_REPLACED, k->rb->blocks[e->block].first_part,
					 NONE);
	for (uint32_t i = 0; i < k->rb->nparts; i++) {
		const struct part *p = &k->rb->parts[i];
		if (enters(p->actions, p->nactions, escalation,
			   p->escalation == escalation ? p->step : NONE))
			return stands_in_the_way(k, UNKEPT_LEFT, i, NONE);
	}
	return true;
}

static bool may_be_overridden(const struct keeping *k, uint16_t block)
{
	for (uint16_t i = 0; i < k->rb->nprecedences; i++)
		if (precedence_is_over(&k->rb->precedences[i], k->rb->blocks[block].first))
			return true;
	return false;
}

static bool step_in_time(struct keeping *k, uint16_t escalation, uint16_t step);

/* A way out of the step at any time until the deadline under way: it does it, or leads to where it
 * is done in what time is left. */
static bool way_out(struct keeping *k, uint32_t part, uint16_t step)
{
	const struct part *p = &k->rb->parts[part];
	bool done = p->role == PART_OVERDUE
			? does(k, part, p->actions, p->nactions)
			: done_at(k, p->event, &p->when, p->escalation, UINT64_C(1) << step);
	if (done)
		return is_in_time(k, part);
	return p->role != PART_ENDS && step_in_time(k, p->escalation, p->step);
}

static bool leads_out(const struct part *p, uint16_t step)
{
	return (p->role == PART_STEP || p->role == PART_ENDS || p->role == PART_OVERDUE) &&
	       (p->after >> step & 1);
}

static bool is_in_force(const struct keeping *k, uint32_t part)
{
	uint16_t event = k->rb->parts[part].event;
	const struct dispatch *d = k->where->dispatch;
	for (uint32_t i = 0; i < d->n[event]; i++)
		if (d->by_event[event][i].part == part)
			return d->by_event[event][i].from <= k->promise->from &&
			       d->by_event[event][i].until == INT32_MAX;
	return false;
}

/* Does the event that the deadline waits for always lead out of the step? */
static bool leaves_on(const struct keeping *k, const struct block *b, uint16_t step, uint16_t event)
{
	for (uint32_t i = b->first_part; i < b->first_part + b->nparts; i++) {
		const struct part *p = &k->rb->parts[i];
		if (p->role != PART_OVERDUE && leads_out(p, step) && p->event == event &&
		    !p->when.n && is_in_force(k, i) && !may_be_overridden(k, p->block))
			return true;
	}
	return false;
}

static bool deadline_of_step(struct keeping *k, uint32_t part, uint16_t step)
{
	const struct part *p = &k->rb->parts[part];
	const struct block *b = &k->rb->blocks[p->block];
	if (p->when.n || may_be_overridden(k, p->block))
		return stands_in_the_way(k, UNKEPT_FAILS, part, NONE);
	if (!leaves_on(k, b, step, p->event) &&
	    !done_at(k, p->event, NULL, p->escalation, UINT64_C(1) << step))
		return stands_in_the_way(k, UNKEPT_ANSWERED, part, p->event);
	if (!push(k, &p->within))
		return false;
	bool ok = comes_for_certain(k, part, p->actions, p->nactions);
	for (uint32_t i = b->first_part; ok && i < b->first_part + b->nparts; i++)
		if (leads_out(&k->rb->parts[i], step) && !way_out(k, i, step))
			ok = stands_in_the_way(k, UNKEPT_LEFT, i, NONE);
	k->links--;
	return ok;
}

/* From when the case has come to the step: by a deadline of it, whatever leads out before. */
static bool step_in_time(struct keeping *k, uint16_t escalation, uint16_t step)
{
	const struct escalation *e = &k->rb->escalations[escalation];
	bool found = false;
	if (!step || k->been >> step & 1)
		return false;
	k->been |= UINT64_C(1) << step;
	for (uint16_t i = 0; !found && i < e->narmed[step]; i++)
		found = deadline_of_step(k, e->armed[step][i], step);
	k->been &= ~(UINT64_C(1) << step);
	return found;
}

/* Where it stands in the step already, its deadline is under way, for nothing but a way out calls
 * it off; and it began before, so that it ends no later. */
static void note_standing(struct keeping *k, const struct part *p)
{
	const struct escalation *e = &k->rb->escalations[p->escalation];
	const struct block *b = &k->rb->blocks[e->block];
	for (uint16_t s = 1; s <= e->nsteps; s++) {
		bool stays = true;
		for (uint16_t i = 0; i < e->narmed[s]; i++)
			stays = stays && leaves_on(k, b, s, k->rb->parts[e->armed[s][i]].event) &&
				k->rb->parts[e->armed[s][i]].within.param == NONE;
		if (stays && step_in_time(k, p->escalation, s))
			note_keeper(k, (struct keeper){.part = e->armed[s][0],
						       .applies = {.escalation = p->escalation,
								   .steps = UINT64_C(1) << s,
								   .block = NONE},
						       .later = true,
						       .from = INT32_MIN,
						       .until = INT32_MAX});
	}
}

/* ---- schedules ---- */

static bool stops(const struct action *at, uint16_t n, uint16_t schedule)
{
	for (uint16_t i = 0; i < n; i++)
		if ((at[i].kind == ACTION_STOP && at[i].schedule == schedule) ||
		    stops(at[i].otherwise, at[i].notherwise, schedule))
			return true;
	return false;
}

static bool may_be_stopped(const struct keeping *k, uint16_t schedule)
{
	for (uint32_t i = 0; i < k->rb->nparts; i++) {
		const struct part *p = &k->rb->parts[i];
		if ((p->role == PART_STOPS && p->schedule == schedule) ||
		    stops(p->actions, p->nactions, schedule))
			return true;
	}
	return false;
}

/* How long from its start to the first payment. */
static struct period to_the_first(const struct plan *p)
{
	switch (p->anchor) {
	case ANCHOR_AFTER_STEP:
		return (struct period){p->unit, p->every, NONE};
	case ANCHOR_SAME_DAY:
		return (struct period){UNIT_DAYS, 0, NONE};
	case ANCHOR_NEXT_DAY:
		return (struct period){UNIT_DAYS, 1, NONE};
	case ANCHOR_NEXT_MONTH: /* at most */
		return (struct period){UNIT_MONTHS, 1, NONE};
	case ANCHOR_AFTER_PERIOD:
		break;
	}
	return p->anchor_period;
}

/* And from one to the next at most: counted from the first day of all, a month may have 31 days
 * after one that was cut short. */
static struct period to_the_next(const struct plan *p)
{
	if (p->unit == UNIT_MONTHS)
		return (struct period){UNIT_DAYS, 31 * p->every, NONE};
	if (p->unit == UNIT_YEARS)
		return (struct period){UNIT_DAYS, 366 * p->every, NONE};
	return (struct period){p->unit, p->every, NONE};
}

/* Started anew, or running already: then the next payment is what comes. */
static bool pays_in_time(struct keeping *k, uint32_t part, const struct action *a)
{
	const struct schedule *s = &k->rb->schedules[a->schedule];
	const struct part *p = &k->rb->parts[part];
	struct action pay = schedule_payment(s);
	if (!speaks(k, p, &pay))
		return false;
	if (s->variants.n || s->also_running)
		return stands_in_the_way(k, UNKEPT_REPLACED, part, NONE);
	if (s->holds.n || may_be_stopped(k, s->first))
		return stands_in_the_way(k, UNKEPT_STOPPED, part, NONE);
	if (fund_budget(k->rb, s->fund))
		return stands_in_the_way(k, UNKEPT_FUND, part, NONE);
	if (a->may || is_forbidden(k, p, &pay))
		return stands_in_the_way(k, a->may ? UNKEPT_PROPOSED : UNKEPT_NEVER, part, NONE);
	struct period first = to_the_first(&s->plan), next = to_the_next(&s->plan);
	return (ends_in_time(k->rb, k->where, &first, 1, &k->made->within, &k->out->day) &&
		ends_in_time(k->rb, k->where, &next, 1, &k->made->within, &k->out->day)) ||
	       stands_in_the_way(k, UNKEPT_LATE, part, NONE);
}

static bool starts_in_time(struct keeping *k, uint32_t part)
{
	const struct part *p = &k->rb->parts[part];
	for (uint16_t i = 0; i < p->nactions; i++)
		if (p->actions[i].kind == ACTION_START && pays_in_time(k, part, &p->actions[i]))
			return true;
	return false;
}

/* ---- all that the event sets off ---- */

static bool comes_later(struct keeping *k, uint32_t part)
{
	const struct part *p = &k->rb->parts[part];
	if (p->role == PART_STEP)
		return is_moved_by_itself(k, p->escalation) &&
		       step_in_time(k, p->escalation, p->step);
	/* What an escalation asks for is closed with it. */
	return (p->role == PART_PLAIN || p->role == PART_TIER) &&
	       (asks_in_time(k, part) || starts_in_time(k, part));
}

static bool waits_for_steps(const struct part *p)
{
	return p->role == PART_STEP || p->role == PART_ENDS;
}

static void gather(struct keeping *k)
{
	const struct dispatch *d = k->where->dispatch;
	uint16_t event = k->made->event, standing = NONE;
	for (uint32_t i = 0; i < d->n[event]; i++) {
		const struct entry *e = &d->by_event[event][i];
		const struct part *p = &k->rb->parts[e->part];
		if (!is_kind(k, &k->rb->blocks[p->block]) || p->role == PART_OVERDUE ||
		    p->role == PART_PROMISE)
			continue;
		bool now = does(k, e->part, p->actions, p->nactions);
		if (now || comes_later(k, e->part))
			note_keeper(k, keeper_of(k, e, !now));
		if (waits_for_steps(p) && p->escalation != standing &&
		    is_moved_by_itself(k, p->escalation))
			note_standing(k, p);
		standing = waits_for_steps(p) ? p->escalation : standing;
	}
}

/* Those without which some case is left over. */
static void keep_needed(struct keeping *k, struct left_over *l)
{
	for (size_t i = k->keepers.n; i-- > 0;) {
		l->without = i;
		l->keepers = k->keepers.at;
		l->n = k->keepers.n;
		if (is_left_over(k, l, k->promise->from, k->promise->until))
			continue;
		for (size_t j = i; j + 1 < k->keepers.n; j++)
			k->keepers.at[j] = k->keepers.at[j + 1];
		k->keepers.n--;
	}
}

static void add_parts(struct keeping *k)
{
	struct promised *out = k->out;
	for (size_t i = 0; i < k->keepers.n && out->nparts < KEPT_PARTS; i++) {
		bool known = false;
		for (size_t j = 0; j < out->nparts; j++)
			known = known || out->parts[j] == k->keepers.at[i].part;
		if (!known)
			out->parts[out->nparts++] = k->keepers.at[i].part;
		out->at_once = out->at_once && !k->keepers.at[i].later;
	}
}

static bool kept_of_kind(struct keeping *k)
{
	struct left_over l = {.event = k->made->event,
			      .when = &k->made->when,
			      .escalation = NONE,
			      .without = SIZE_MAX};
	k->keepers.n = 0;
	gather(k);
	l.keepers = k->keepers.at;
	l.n = k->keepers.n;
	if (is_left_over(k, &l, k->promise->from, k->promise->until)) {
		if (k->keepers.n)
			stands_in_the_way(k, UNKEPT_CASE, k->keepers.at[0].part, NONE);
		return false;
	}
	keep_needed(k, &l);
	add_parts(k);
	return true;
}

struct promised kept_in_time(struct asker *a, const struct place *where,
			     const struct entry *promise, struct arena *arena)
{
	const struct rulebook *rb = asker_rulebook(a);
	struct promised out = {
	    .sure = true, .at_once = true, .part = UINT32_MAX, .event = NONE, .day = DAY_NONE};
	struct keeping k = {.a = a, .rb = rb, .where = where, .promise = promise, .out = &out};
	k.made = &rb->parts[promise->part];
	k.arena = arena;
	const struct block *b = &rb->blocks[k.made->block];
	k.what = &rb->nevers[b->detail];
	for (k.kind = 0; out.sure && k.kind < rb->nkinds; k.kind++)
		if (is_kind(&k, b) && rb->events[k.made->event].of_kind[k.kind])
			out.sure = kept_of_kind(&k);
	vec_release(&k.keepers);
	return out;
}
