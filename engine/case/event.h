/* SPDX-License-Identifier: Apache-2.0
 *
 * An event, typed against a rulebook's vocabulary, and a refusal: why an event is not decided.
 * Reading JSON into an event is daemon/wire's work; checking the typed fields is event_check's.
 */
#ifndef WAYMARK_CASE_EVENT_H
#define WAYMARK_CASE_EVENT_H

#include "engine/policy/policy.h"

#include <stdarg.h>

struct event {
	struct str source, id; /* together they name the event (the idempotency key) */
	struct str subject;    /* the case */
	uint16_t type;         /* event type of the rulebook */
	uint16_t county;
	uint16_t kind;        /* kind of case: of the existing case, of `casekind`, or the only one
				 that the type allows */
	int64_t time;         /* instant at which it occurred */
	int32_t day;          /* its civil day in the policy's zone */
	struct value *fields; /* by field of the type; the arena that made the event owns texts */
	uint64_t given;       /* bit i: field i was present (also when null) */
	struct hash128 key;   /* event_key(source, id) */
	struct hash128
	    digest; /* of the canonical content: same id with another digest is a conflict */
};

struct hash128 event_key(struct str source, struct str id);

/* Why an event is refused, in words that name every fault. `slug` is the stable name of the
 * problem in the API: "unknown-event", "bad-event", "before-policy", "late-event", "other-county",
 * "other-kind", "breaks-never", "contradiction", "overflow", "undecidable", "no-such-outcome",
 * "no-such-event", "retracted", "limit". */
struct reason {
	struct str where; /* "data.minutes", "time", or a block: "never_1"; may be empty */
	struct str text;  /* a sentence; never a value of a confidential fact */
};

struct refusal {
	const char *slug; /* NULL: not refused */
	struct reason *reasons;
	size_t n;
	uint16_t block; /* breaks-never, contradiction: the block; else NONE */
};

/* Adds a reason; the first one settles the slug. Texts are kept in the arena. */
void refusal_add(struct refusal *r, struct arena *a, const char *slug, struct str where,
		 const char *fmt, ...) __attribute__((format(printf, 5, 6)));

void refusal_addv(struct refusal *r, struct arena *a, const char *slug, struct str where,
		  const char *fmt, va_list ap) __attribute__((format(printf, 5, 0)));

/* Does the event fit the vocabulary: required fields, ranges, kinds, county, in force on its day
 * (before the county's first adopted program: "before-policy"). Internal types are refused. */
bool event_check(const struct rulebook *rb, const struct event *ev, struct arena *a,
		 struct refusal *r);

#endif
