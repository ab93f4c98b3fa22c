/* SPDX-License-Identifier: Apache-2.0
 *
 * Is what an `always` promises sure to come in time, whatever happens? Something brings it about
 *
 * - at the same event: a part whose actions do it, when its condition is met;
 * - by a deadline that the event begins: `refer … within … otherwise` it, step after step of an
 *   escalation that goes on by itself, a schedule whose next payment comes in time (in_time.h).
 *
 * What could come between counts: an answer that calls a deadline off has to bring it about itself,
 * and so has every way out of a step; nothing that a `never` speaks of is relied on, no proposal,
 * no limited payment, no fund with a budget. Whatever an event brings that is refused did not
 * happen: then nothing was promised. Of all cases for which it is promised none may be left over
 * (ask.h).
 *
 * Events may come late: what is recorded then is what would have come of the history in the order
 * of occurrence, and of that it is proved, too. Limits (limits.h) and the end of the calendar are
 * left aside: a case with thousands of open deadlines, a period that ends after the year 9999.
 */
#ifndef WAYMARK_ANALYSE_KEPT_H
#define WAYMARK_ANALYSE_KEPT_H

#include "engine/analyse/ask.h"

#define KEPT_PARTS 24u /* that are looked at for one promise */

/* What stands in the way. */
enum unkept {
	UNKEPT_NOTHING, /* no part that waits for the event does it, nor begins a deadline that does
			 */
	UNKEPT_CASE,    /* there is a case in which none does: `words` */
	UNKEPT_PROPOSED, /* a part only proposes it; these are of one `part`: */
	UNKEPT_LIMIT,    /* how often, or how much, is limited */
	UNKEPT_FUND,     /* there may be no money left */
	UNKEPT_NEVER,    /* a `never` speaks of it, and may stop it when its deadline ends */
	UNKEPT_LATE,     /* its deadline may be after the promise's */
	UNKEPT_ANSWERED, /* `event` calls its deadline off */
	UNKEPT_LEFT,     /* the case may leave the step before its deadline */
	UNKEPT_STOPPED,  /* the schedule may be stopped or held */
	UNKEPT_REPLACED, /* a county has another text */
	UNKEPT_FAILS     /* what else happens at its deadline may stop it */
};

struct promised {
	bool sure, at_once;         /* at_once: all of it at the same event */
	uint32_t parts[KEPT_PARTS]; /* sure: that do it; none of them can be left out */
	size_t nparts;
	enum unkept why; /* not sure */
	uint32_t part;
	uint16_t event;
	int32_t day;      /* UNKEPT_LATE: an event on this day shows it; DAY_NONE: not known */
	struct str words; /* in the arena; may be empty */
};

struct promised kept_in_time(struct asker *a, const struct place *where,
			     const struct entry *promise, struct arena *arena);

#endif
