/* SPDX-License-Identifier: Apache-2.0
 *
 * Many events, many cases, in memory: `run`, scenarios, `explain` and the benchmarks all decide
 * through this. It keeps the cases, knows which events it has had, lets time pass, and hands each
 * decision to its sink. The same events in the same order give the same decisions.
 *
 *     struct stream s;
 *     stream_init(&s, rb, sink, arg);
 *     struct stream_answer a = stream_feed(&s, &ev);
 *     if (a.status)
 *             report(a.refusal);            // nothing of the event was applied
 *     stream_until_day(&s, last_day);       // deadlines and schedules up to the end of that day
 *     stream_release(&s);
 */
#ifndef WAYMARK_AUDIT_STREAM_H
#define WAYMARK_AUDIT_STREAM_H

#include "engine/audit/redecide.h"
#include "engine/audit/upcoming.h"

/* Called once for each decision, in order; seq counts from 1. The decision lives until the sink
 * returns, likewise the trace that s->decider.trace names when it is set. */
typedef void stream_sink(void *arg, const struct decision *d, uint64_t seq);

struct stream_seen;
struct stream {
	const struct rulebook *rb;
	struct decider decider; /* set .trace to have decisions traced */
	struct arena answers;   /* refusals, until the next event */
	struct refusal refusal;
	VEC(struct case_state *) cases; /* in order of arrival; owned */
	struct map by_id;               /* case id -> index */
	struct pots pots;               /* the sum of all decisions' draws */
	struct stream_seen *seen;       /* events decided, by key */
	size_t nseen, seen_cap;
	bool once;      /* set it when no event can come twice: none is remembered then */
	bool any_order; /* set it before the first event: the history of every case is kept, so
			   that events may come late, be retracted and corrected */
	const struct map *kept; /* with any_order: ids of the only cases whose history is kept;
				   NULL: of all */
	bool by_hand; /* set it when time passes only as stream_until and stream_fire say */
	struct amend_reader reader; /* with any_order */
	/* Likewise, or NULL: called with each decision of a history that is decided again, in the
	 * order of occurrence, before the sink; it may be more than once. */
	void (*watch)(void *arg, const struct decision *d);
	struct stream_pasts *pasts;
	int64_t passed;           /* how far time was let pass, whatever events came */
	uint64_t seq;             /* of the latest decision */
	struct upcoming upcoming; /* what is due in which case */
	stream_sink *sink;
	void *arg;
};

struct stream_answer {
	enum status status; /* STATUS_OK decided, or a duplicate; STATUS_CONFLICT the same source
			       and id with another content; anything else: see refusal */
	bool duplicate;     /* had before: `seq` is its decision's, the sink was not called */
	uint64_t seq;
	const struct refusal *refusal; /* NULL on STATUS_OK; until the next event */
};

void stream_init(struct stream *s, const struct rulebook *rb, stream_sink *sink, void *arg);
void stream_release(struct stream *s);

/* Puts a case in as it is; the stream owns it from then on. The id must be new. */
void stream_add(struct stream *s, struct case_state *cs);
struct case_state *stream_case(const struct stream *s, struct str id); /* NULL: none */

/* Fires what is due in the event's own case up to its time (in all cases, where one may feel what
 * another does then: the rulebook's felt_later), then decides the event. An
 * event whose kind is NONE is of the kind of its case. A refused event is not remembered: it may
 * come again. Unless `any_order` is set, events of one case come in order of time: a late one is
 * refused, since keeping every history in memory costs all the others. So is one whose case is not
 * among `kept`. */
struct stream_answer stream_feed(struct stream *s, const struct event *ev);
/* For whoever knows the index of the event's case; MAP_NONE: there is none yet. */
struct stream_answer stream_feed_of(struct stream *s, uint32_t which, const struct event *ev);

/* Asks for the memory that deciding these events (STREAM_FETCH of them at most) will visit, all at
 * once; they are decided right after. An event without a subject is passed over. */
#define STREAM_FETCH 32
void stream_fetch(const struct stream *s, const struct event *events, size_t n);
/* Of the cases at these indices; MAP_NONE: passed over. */
void stream_fetch_of(const struct stream *s, const uint32_t *which, size_t n);

/* Lets time pass for all cases: fires everything due up to the instant, or to the end of a civil
 * day (its own deadlines included, the next day's items not), in the order of upcoming.h. Places
 * that a day brings are given at its first instant, before the items of that day. */
void stream_until(struct stream *s, int64_t instant);
void stream_until_day(struct stream *s, int32_t day);

/* For whoever has a clock of its own: what comes next of all that comes by itself. False: nothing
 * ever does. */
struct stream_next {
	bool grows;     /* places that the day brings; else what a case has due first */
	uint32_t which; /* index of the case */
	int64_t at;
	int32_t day;
};
bool stream_next(struct stream *s, struct stream_next *out);
/* Lets it happen; any case that has something due may be named instead. */
void stream_fire(struct stream *s, const struct stream_next *next);
/* Gives the places that are free, when the pots were changed past the stream. */
void stream_give_places(struct stream *s, int64_t instant);
/* Nothing happens to the case by itself any more. */
void stream_forget(struct stream *s, uint32_t which);

#endif
