/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/case/decision.h"

#include <assert.h>

static bool same_span(struct span a, struct span b)
{
	return a.source == b.source && a.off == b.off && a.len == b.len;
}

/* The assessment of a part that an outcome came from. */
static const struct action *action_of(const struct rulebook *rb, const struct outcome *o)
{
	const struct part *p = &rb->parts[o->part];
	const struct action *a;
	for (uint16_t i = 0; (a = part_action(p, i)); i++)
		if (a->kind == o->action && same_span(a->span, o->span))
			return a;
	return NULL;
}

enum status plan_day(const struct rulebook *rb, const struct plan *plan, int32_t anchor, uint32_t i,
		     int32_t *day)
{
	int64_t steps = (int64_t)i + (plan->anchor == ANCHOR_AFTER_STEP);
	return day_add(anchor, plan->every * steps, plan->unit, rulebook_calendar(rb), day);
}

void outcome_instalment(const struct rulebook *rb, const struct outcome *o, uint16_t i,
			int32_t *day, int64_t *cents)
{
	const struct action *a = action_of(rb, o);
	assert(a && i < o->times);
	*day = o->first;
	/* Deciding has made sure that the last date exists. */
	(void)plan_day(rb, &a->plan, o->anchor, i, day);
	*cents = money_part(o->cents, o->times, i, !a->plan.remainder_in_last);
}

bool outcome_withheld(const struct outcome *o)
{
	return o->item && (o->status == OUTCOME_HELD || o->status == OUTCOME_STOPPED);
}

struct str outcome_kind(const struct outcome *o)
{
	if (o->reversal)
		return STR("reversal");
	if (o->unfunded)
		return STR("unfunded");
	if (o->waiting)
		return STR("waitlisting");
	return o->proposal ? STR("proposal") : action_outcome(o->action);
}

struct str outcome_status_name(enum outcome_status s)
{
	static const struct str names[] = {
	    [OUTCOME_DUE] = STR_INIT("due"),           [OUTCOME_OPEN] = STR_INIT("open"),
	    [OUTCOME_DONE] = STR_INIT("done"),         [OUTCOME_STARTED] = STR_INIT("started"),
	    [OUTCOME_STOPPED] = STR_INIT("stopped"),   [OUTCOME_HELD] = STR_INIT("held"),
	    [OUTCOME_UNFUNDED] = STR_INIT("unfunded"),
	};
	return names[s];
}

const struct named *outcome_names(const struct rulebook *rb, enum action_kind action, uint16_t *n)
{
	*n = 0;
	switch (action) {
	case ACTION_ASSESS:
	case ACTION_CREDIT:
	case ACTION_WAIVE:
		*n = rb->nlines;
		return rb->lines;
	case ACTION_REQUIRE:
		*n = rb->nrequirements;
		return rb->requirements;
	case ACTION_ORDER:
		*n = rb->norders;
		return rb->orders;
	case ACTION_PLACE:
		*n = rb->ndockets;
		return rb->dockets;
	case ACTION_ENTER:
		*n = rb->nstages;
		return rb->stages;
	case ACTION_ENROL:
	case ACTION_RELEASE:
		*n = rb->ncapacities;
		return rb->capacities;
	case ACTION_PAY:
	case ACTION_REFER:
	case ACTION_NOTIFY:
	case ACTION_START:
	case ACTION_STOP:
	case ACTION_SET:
	case ACTION_DENY:
	case ACTION_BROKEN:
		break;
	}
	return NULL;
}
