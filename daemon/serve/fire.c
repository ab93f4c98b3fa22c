/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/fire.h"

#include "daemon/serve/daemon.h"
#include "daemon/serve/late.h"
#include "daemon/serve/places.h"
#include "daemon/wire/event_read.h"
#include "engine/case/across.h"

static void record(struct daemon *d, struct case_slot *slot, const struct version *v,
		   const struct decision *decision)
{
	struct flight *f = flight_open(d, slot);
	buf_clear(&d->event_text);
	event_json(&d->event_text, v->rb, &decision->event);
	flight_add_under(d, f, v, decision, buf_view(&d->event_text));
	f->is_due = true;
	timers_count(d, f, decision->event.time);
	flight_submit(d, f);
}

/* What fell due before the version in force was is decided under the one that was. False: it cannot
 * be, and the log says why; better under this one than never. */
static bool fire_under_its_own(struct daemon *d, struct case_slot *slot)
{
	struct version v;
	struct late l;
	struct decision decision;
	struct arena a = {0};
	struct event ev = next_due_event(&a, slot->cs);
	bool decided = false;
	if (versions_deciding(d, ev.time, &v) || v.rb == d->rb) {
		arena_release(&a);
		return false;
	}
	ev.county = across_county(d->rb, ev.county, v.rb);
	ev.kind = across_kind(d->rb, ev.kind, v.rb);
	if (ev.county != NONE && ev.kind != NONE) {
		decided = late_decide(d, slot, &ev, &v, NULL, &l, &decision) == LATE_DECIDED;
		if (decided) {
			late_settle(d, slot, &l);
			record(d, slot, &v, &decision);
		}
		late_release(&l);
	}
	if (!decided)
		log_line(&d->log, LOG_WARNING, "due-under-other-version", "s", "reason",
			 buf_view(&d->why), NULL);
	arena_release(&a);
	return decided;
}

void fire_due(struct daemon *d, struct case_slot *slot, struct ledger_due due)
{
	struct decision decision;
	buf_clear(&d->why);
	if (due.at >= d->versions.since || !fire_under_its_own(d, slot)) {
		decide_due(&d->decider, slot->cs, &decision);
		record(d, slot, &(struct version){d->policy, d->rb}, &decision);
	}
	places_give(d, due.day, due.at, event_key(STR("due"), slot->id));
}
