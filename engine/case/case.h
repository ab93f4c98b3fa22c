/* SPDX-License-Identifier: Apache-2.0
 *
 * The state of one case: what decide needs to know of its history. Changed only by decide's apply
 * phase. Indices are those of one rulebook: to carry a case over to another version of the policy,
 * write it as JSON (case_json.h) and read it back with the new rulebook, which matches by name.
 *
 * A case owns its memory (heap, through base/mem): texts are copied in and freed with it. It stands
 * in two blocks, one with the facts and one with all lists: deciding mostly waits for memory, so it
 * matters in how few places a case lies. The lists are read like any VEC, and grow by case_push.
 */
#ifndef WAYMARK_CASE_CASE_H
#define WAYMARK_CASE_CASE_H

#include "engine/base/vec.h"
#include "engine/case/event.h"

struct counter {
	uint16_t event;
	uint32_t n;
	int32_t last_day; /* of the latest one */
};

/* A day on which events of a type happened that are counted `in last` a length of time. */
struct recent {
	uint16_t event;
	uint32_t n; /* 0: what happened on this day and before it was not kept */
	int32_t day;
};

struct position {
	uint16_t escalation;
	uint16_t step; /* from 1 */
	int32_t since; /* day on which it was entered */
};

struct placed { /* the latest placement on a docket */
	uint16_t docket;
	bool urgent;
	int32_t meeting; /* its day */
};

struct used {
	uint16_t limit;
	int32_t period; /* first day of the period counted */
	int64_t n;      /* payments, or cents */
};

/* Something that happens by itself when time comes. */
enum due_kind {
	DUE_ANSWER, /* a referral or requirement was not answered in time */
	DUE_STEP,   /* a PART_OVERDUE part */
	DUE_ITEM,   /* the next item of a running schedule */
	DUE_PROMISE /* a PART_PROMISE part: what it promises has not come in time */
};

struct due {
	int64_t at;  /* instant: deadlines at the end of their last day, items at the day's start,
			or when the schedule started if that is later */
	int32_t day; /* the deadline's last day, or the item's day */
	enum due_kind kind;
	uint32_t part;   /* whose */
	uint16_t action; /* DUE_ANSWER, DUE_ITEM: number of the action in the part (part_action) */
	uint16_t answered_by;  /* DUE_ANSWER, DUE_STEP: event type that settles it, or NONE */
	struct hash128 origin; /* outcome that opened it (answer), or that started the schedule;
				  for DUE_STEP and DUE_PROMISE derived from event and part
				*/
	uint16_t n;            /* DUE_ITEM: number of the item, from 0 */
};

struct due_list { /* as VEC, with a name */
	struct due *at;
	size_t n, cap;
};

struct running { /* a schedule under way */
	uint16_t schedule;
	uint16_t fund;         /* of the items, settled at the start like their amount and payee */
	struct hash128 origin; /* outcome that started it */
	int32_t started;       /* its dates stay those of the text of that day */
	int32_t first;         /* day of the first item */
	int32_t anchor;        /* day from which the items' days are counted (plan_day) */
	int64_t cents;         /* one item, settled at the start */
	uint16_t times, paid;
	uint16_t held; /* not paid, and set free what was set aside for it */
	struct str to; /* owned */
	bool reserved; /* the fund has set the rest of it aside, for the year of its start */
	int32_t year;
};

struct obligation { /* an assessment: what the case owes */
	struct hash128 outcome;
	uint16_t name; /* line, or NONE */
	uint16_t fund;
	int64_t cents;   /* assessed */
	int64_t settled; /* paid, credited and waived so far */
};

struct proposal {
	struct hash128 outcome;
	uint32_t part;
	uint16_t action; /* number in the part: see part_action */
	int64_t cents;
	int32_t day;
	struct str to;      /* owned */
	struct value value; /* ACTION_SET; text owned */
};

struct enrolment { /* of a capacity: the case has it, or waits for it */
	uint16_t capacity;
	bool waiting;
	int32_t since;
	struct hash128 origin; /* the outcome by which it has it, or waits */
	uint32_t part;         /* of that outcome; kept while it waits only */
};

struct awaited { /* an event that was retracted or corrected before it came */
	struct hash128 key;
	struct str source, id; /* owned */
};

struct counter_cents {
	uint16_t schedule;
	int64_t cents;
};

struct case_state {
	struct str id; /* in the same block of memory as the case, likewise the facts */
	uint16_t kind, county;
	int64_t last;        /* instant of the latest decided event; TIME_NONE before the first */
	struct value *facts; /* by fact of the kind; texts owned */
	VEC(struct counter) counts;
	VEC(struct position) positions;
	VEC(struct used) used;
	struct due_list
	    due; /* ascending by (at, day, kind, origin, n), items last: the order of firing */
	VEC(struct running) running;
	VEC(struct obligation) owed;
	VEC(struct proposal) proposals;
	VEC(struct counter_cents) paid; /* by schedule */
	VEC(struct placed) placed;
	VEC(struct enrolment) places;
	VEC(struct recent) recent; /* of each type: ascending, what was not kept first */
	VEC(struct awaited) awaited;
	uint32_t amendments; /* retractions and corrections so far */
	struct {
		char *p;
		size_t used, cap;
	} room; /* what the lists stand in; private to case.c */
};

struct case_state *case_new(const struct rulebook *rb, struct str id, uint16_t kind,
			    uint16_t county);
struct case_state *case_clone(const struct rulebook *rb, const struct case_state *cs);
void case_free(const struct rulebook *rb, struct case_state *cs); /* NULL is fine */

/* A pointer to a new element at the end of a list, as vec_push; and memory for `want` elements.
 * Both may move all lists. */
#define case_push(cs, list)                                                                        \
	(case_reserve(cs, list, (cs)->list.n + 1), &(cs)->list.at[(cs)->list.n++])
#define case_reserve(cs, list, want)                                                               \
	((cs)->list.cap >= (want)                                                                  \
	     ? (void)0                                                                             \
	     : case_grow((cs), offsetof(struct case_state, list), sizeof(*(cs)->list.at), (want)))
void case_grow(struct case_state *cs, size_t list, size_t size, size_t want);

/* Asks for the case's memory, so that it has come when the case is decided: first the one, and a
 * while later the other. Worth it when several events are at hand. */
void case_prefetch(const struct case_state *cs);
void case_prefetch_lists(const struct case_state *cs);

void case_set_fact(const struct rulebook *rb, struct case_state *cs, uint16_t fact,
		   struct value v);          /* copies text */
struct value case_own_value(struct value v); /* a copy with its own text; drop it when done */
void case_drop_value(struct value v);
void case_add_running(struct case_state *cs, const struct running *r); /* copies texts */
void case_remove_running(struct case_state *cs, size_t i);
void case_add_proposal(struct case_state *cs, const struct proposal *p); /* copies texts */
void case_remove_proposal(struct case_state *cs, size_t i);
void case_add_due(struct case_state *cs, const struct due *d);
void case_add_awaited(struct case_state *cs, struct str source, struct str id); /* once each */
bool case_awaits(const struct case_state *cs, struct hash128 key);
void due_insert(struct due_list *list, const struct due *d); /* in the order of firing; there must
								be memory for it */

/* Keeps that an event happened, which is not earlier than any before; and takes the same back. */
void case_add_recent(struct case_state *cs, uint16_t event, int32_t day);
void case_drop_recent(struct case_state *cs, uint16_t event);
void case_forget_recent(struct case_state *cs, uint16_t event); /* all of a type, and any note */
/* Are all days kept that the longest window can still ask for? */
bool case_recent_is_whole(const struct rulebook *rb, const struct case_state *cs,
			  const struct counter *count);
/* Of the events of a type on days before `day` only the last day is kept, as not kept. */
void case_prune_recent(struct case_state *cs, uint16_t event, int32_t day);

const struct counter *case_count(const struct case_state *cs, uint16_t event); /* NULL: none */
const struct position *case_position(const struct case_state *cs, uint16_t escalation);
const struct placed *case_placed(const struct case_state *cs, uint16_t docket);
const struct enrolment *case_place(const struct case_state *cs, uint16_t capacity);
const struct running *case_running(const struct case_state *cs, uint16_t schedule);
int64_t case_balance(const struct case_state *cs); /* owed in all */
int64_t case_owed_on(const struct case_state *cs, uint16_t line);
bool case_next_due(const struct case_state *cs, int64_t *at); /* the earliest; false: nothing */
size_t case_bytes(const struct case_state *cs); /* memory held beside the facts, for reports */

#endif
