/* SPDX-License-Identifier: Apache-2.0
 *
 * What a case's history comes to with its retractions and corrections: which events count, and as
 * what. A function of what has been recorded, not of the order in which it came:
 *
 * - `retracted` takes back the event that it names by source and id; `corrected` gives it another
 *   time, other fields, or both. They are about the record, not about the case: nothing is decided
 *   on them, and their own time is when they were made.
 * - Of several corrections of an event each field goes by the latest that gives it, in order of
 *   their times, then of their keys.
 * - A retraction may also take back a correction, or an earlier retraction: what that had taken
 *   back counts again. It must be dated after it.
 * - What names an event that has not come yet waits, and holds from when it comes.
 *
 *     struct amendments am;
 *     amend(&am, reigns, reader, events, n, &arena);
 *     for (i < n) if (am.at[i].counts) decide(&am.at[i].event) under am.at[i].rb;
 *
 * An event counts under the version of the policy that was in force when it occurred.
 */
#ifndef WAYMARK_AUDIT_AMEND_H
#define WAYMARK_AUDIT_AMEND_H

#include "engine/case/event.h"

/* The new fields of an event are on their way as text; whoever reads events from text reads them
 * too. False: they do not fit the event's type; every fault is in *no. The target's list of fields
 * may be written to. */
struct amend_reader {
	bool (*fields)(void *arg, const struct rulebook *rb, const struct event *correction,
		       struct event *target, struct arena *a, struct refusal *no);
	void *arg;
};

/* Which version of the policy decides what occurs at an instant. */
struct reigns {
	const struct rulebook *(*at)(void *arg, int64_t instant); /* NULL: there is one version */
	void *arg;
	const struct rulebook *only;
};
const struct rulebook *reign_at(const struct reigns *r, int64_t instant);

struct past_event {
	struct event event;
	const struct rulebook *rb; /* that it is typed against */
};

struct amended {
	struct event event; /* as it counts now */
	const struct rulebook *rb;
	size_t arrival;    /* its place in the list given */
	bool counts;       /* an event of the case that is to be decided */
	bool awaits;       /* what it names has not come */
	size_t target;     /* of a retraction or correction that can hold: what it names; else
			      SIZE_MAX */
	size_t taken_by;   /* the retraction that holds for it; SIZE_MAX: none */
	struct refusal no; /* why it has no effects; no slug: it has some */
};

struct amendments {
	struct amended *at; /* by arrival; in the arena */
	size_t n;
	size_t messages; /* retractions and corrections among them */
};

bool event_amends(const struct event *ev);         /* a retraction or a correction */
struct hash128 amends_key(const struct event *ev); /* of the event that it names */

/* The events in order of arrival, each with its kind of case. */
void amend(struct amendments *am, const struct reigns *reigns, struct amend_reader reader,
	   const struct past_event *events, size_t n, struct arena *a);

/* The event of the case that a retraction or correction comes down to; SIZE_MAX: none. */
size_t amends_finally(const struct amendments *am, size_t i);

/* Does an event count as the same in both? */
bool amended_same(const struct amended *a, const struct amended *b);

#endif
