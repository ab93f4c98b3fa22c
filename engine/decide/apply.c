/* SPDX-License-Identifier: Apache-2.0
 *
 * Outcomes change the case. Everything that could stand against it was looked at before; nothing
 * fails here.
 */
#include "engine/decide/run.h"

static void apply_proposal(struct run *r, const struct outcome *o, const struct effect *e)
{
	case_add_proposal(r->cs, &(struct proposal){.outcome = o->id,
						    .part = o->part,
						    .action = e->number,
						    .cents = o->cents,
						    .day = r->ev->day,
						    .to = o->to,
						    .value = o->value});
}

static void apply_payment(struct case_state *cs, const struct outcome *o)
{
	if (!o->item || outcome_withheld(o))
		return;
	for (size_t i = 0; i < cs->paid.n; i++) {
		if (cs->paid.at[i].schedule == o->schedule) {
			cs->paid.at[i].cents += o->cents;
			return;
		}
	}
	*case_push(cs, paid) = (struct counter_cents){o->schedule, o->cents};
}

static void apply_assessment(struct case_state *cs, const struct outcome *o)
{
	if (o->cents)
		*case_push(cs, owed) = (struct obligation){
		    .outcome = o->id, .name = o->name, .fund = o->fund, .cents = o->cents};
}

/* The oldest obligation of the line is lowered first. */
static void apply_reduction(struct case_state *cs, const struct outcome *o)
{
	int64_t cents = o->cents;
	for (size_t i = 0; i < cs->owed.n && cents > 0; i++) {
		struct obligation *b = &cs->owed.at[i];
		int64_t left = b->cents - b->settled;
		if (b->name != o->name)
			continue;
		int64_t part = cents < left ? cents : left;
		b->settled += part;
		cents -= part;
	}
}

static void apply_start(struct case_state *cs, const struct outcome *o, int32_t day)
{
	case_add_running(cs, &(struct running){.schedule = o->schedule,
					       .fund = o->fund,
					       .origin = o->id,
					       .started = day,
					       .first = o->first,
					       .anchor = o->anchor,
					       .cents = o->cents,
					       .times = o->times,
					       .to = o->to,
					       .reserved = o->draw.pot == POT_FUND,
					       .year = o->draw.from});
}

static void apply_stop(struct case_state *cs, const struct outcome *o)
{
	for (size_t i = 0; i < cs->running.n; i++) {
		if (hash128_eq(cs->running.at[i].origin, o->of)) {
			case_remove_running(cs, i);
			return;
		}
	}
}

static void apply_place(struct case_state *cs, const struct outcome *o)
{
	size_t i = 0;
	while (i < cs->placed.n && cs->placed.at[i].docket != o->name)
		i++;
	struct placed *p = i < cs->placed.n ? &cs->placed.at[i] : case_push(cs, placed);
	*p = (struct placed){.docket = o->name, .urgent = o->urgent, .meeting = o->due};
}

static void apply_outcome(struct run *r, const struct outcome *o)
{
	if (o->unfunded)
		return;
	switch (o->action) {
	case ACTION_PAY:
		apply_payment(r->cs, o);
		break;
	case ACTION_ASSESS:
		apply_assessment(r->cs, o);
		break;
	case ACTION_CREDIT:
	case ACTION_WAIVE:
		apply_reduction(r->cs, o);
		break;
	case ACTION_START:
		apply_start(r->cs, o, r->ev->day);
		break;
	case ACTION_STOP:
		apply_stop(r->cs, o);
		break;
	case ACTION_ENROL:
	case ACTION_RELEASE:
		apply_enrolment(r, o);
		break;
	case ACTION_SET:
		case_set_fact(r->rb, r->cs, o->fact, o->value);
		break;
	case ACTION_PLACE:
		apply_place(r->cs, o);
		break;
	case ACTION_REFER:
	case ACTION_REQUIRE: /* their deadlines are in the next list already */
	case ACTION_NOTIFY:
	case ACTION_ORDER:
	case ACTION_ENTER: /* the case moves with the others: apply_move */
	case ACTION_DENY:
	case ACTION_BROKEN:
		break;
	}
}

static size_t position_index(const struct case_state *cs, uint16_t escalation)
{
	size_t i = 0;
	while (i < cs->positions.n && cs->positions.at[i].escalation != escalation)
		i++;
	return i;
}

static void apply_move(struct run *r, const struct move *m)
{
	struct case_state *cs = r->cs;
	size_t i = position_index(cs, m->escalation);
	bool stands = i < cs->positions.n;
	if (m->step == 0) {
		if (stands)
			vec_remove(&cs->positions, i);
		return;
	}
	struct position *p = stands ? &cs->positions.at[i] : case_push(cs, positions);
	*p = (struct position){m->escalation, m->step, r->ev->day};
}

static void apply_use(struct case_state *cs, const struct used *use)
{
	for (size_t i = 0; i < cs->used.n; i++) {
		if (cs->used.at[i].limit == use->limit) {
			cs->used.at[i] = *use;
			return;
		}
	}
	*case_push(cs, used) = *use;
}

static void apply_due(struct run *r)
{
	const struct due_list *from = &r->s->due;
	if (!r->due_changes)
		return;
	case_reserve(r->cs, due, from->n);
	if (from->n)
		memcpy(r->cs->due.at, from->at, from->n * sizeof(*from->at));
	r->cs->due.n = from->n;
}

static bool lowers_owed(const struct run *r)
{
	if (r->obligation != SIZE_MAX)
		return true;
	for (size_t i = 0; i < r->s->outcomes.n; i++)
		if (r->s->outcomes.at[i].action == ACTION_CREDIT ||
		    r->s->outcomes.at[i].action == ACTION_WAIVE)
			return true;
	return false;
}

static void remove_settled(struct case_state *cs)
{
	size_t kept = 0;
	for (size_t i = 0; i < cs->owed.n; i++)
		if (cs->owed.at[i].settled < cs->owed.at[i].cents)
			cs->owed.at[kept++] = cs->owed.at[i];
	cs->owed.n = kept;
}

/* In the order of their ids, so that the order of blocks leaves no mark on the case. */
static void apply_outcomes(struct run *r)
{
	const struct scratch *s = r->s;
	uint16_t order[LIMIT_OUTCOMES];
	for (size_t i = 0; i < s->outcomes.n; i++) {
		size_t at = i;
		for (; at > 0 && memcmp(s->outcomes.at[order[at - 1]].id.b, s->outcomes.at[i].id.b,
					sizeof(s->outcomes.at[i].id.b)) > 0;
		     at--)
			order[at] = order[at - 1];
		order[at] = (uint16_t)i;
	}
	for (size_t i = 0; i < s->outcomes.n; i++) {
		const struct outcome *o = &s->outcomes.at[order[i]];
		if (o->proposal)
			apply_proposal(r, o, &s->effects.at[order[i]]);
		else
			apply_outcome(r, o);
	}
}

void apply(struct run *r)
{
	struct scratch *s = r->s;
	observe_keep(r);
	if (r->proposal != SIZE_MAX)
		case_remove_proposal(r->cs, r->proposal);
	apply_outcomes(r);
	for (size_t i = 0; i < s->moves.n; i++)
		apply_move(r, &s->moves.at[i]);
	for (size_t i = 0; i < s->uses.n; i++)
		apply_use(r->cs, &s->uses.at[i]);
	apply_due(r);
	if (lowers_owed(r))
		remove_settled(r->cs);
	if (r->ev->time > r->cs->last)
		r->cs->last = r->ev->time;
}
