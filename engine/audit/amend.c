/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/audit/amend.h"

#include "engine/base/map.h"
#include "engine/case/across.h"

#include <stdlib.h>

#define NOWHERE SIZE_MAX

bool event_amends(const struct event *ev)
{
	return ev->type == EVENT_RETRACTED || ev->type == EVENT_CORRECTED;
}

struct hash128 amends_key(const struct event *ev)
{
	return event_key(value_as_str(ev->fields[AMENDS_SOURCE]),
			 value_as_str(ev->fields[AMENDS_EVENT]));
}

/* One history being amended. */
struct amending {
	struct amendments *am;
	const struct reigns *reigns;
	struct amend_reader reader;
	struct arena *arena;
	size_t *messages; /* by their times, then their keys */
};

static const struct event *event_at(const struct amending *m, size_t i)
{
	return &m->am->at[i].event;
}

/* ---- the order of retractions and corrections ---- */

static int compare(const struct event *a, const struct event *b)
{
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return memcmp(a->key.b, b->key.b, sizeof(a->key.b));
}

static int by_making(const void *a, const void *b)
{
	return compare(*(const struct event *const *)a, *(const struct event *const *)b);
}

static void list_messages(struct amending *m)
{
	struct amendments *am = m->am;
	const struct event **order = arena_array(m->arena, am->n, sizeof(*order));
	for (size_t i = 0; i < am->n; i++)
		if (event_amends(&am->at[i].event))
			order[am->messages++] = &am->at[i].event;
	if (am->messages)
		qsort(order, am->messages, sizeof(*order), by_making);
	m->messages = arena_array(m->arena, am->messages, sizeof(*m->messages));
	for (size_t i = 0; i < am->messages; i++)
		m->messages[i] = (size_t)((const struct amended *)(const void *)order[i] - am->at);
}

/* ---- what each of them names ---- */

static void idle(const struct amending *m, struct amended *e, const char *slug, struct str where,
		 const char *why)
{
	if (!e->no.slug)
		refusal_add(&e->no, m->arena, slug, where, "%s", why);
}

static void settle_target(const struct amending *m, const struct map *keys, size_t i)
{
	struct amended *e = &m->am->at[i];
	struct hash128 key = amends_key(&e->event);
	uint32_t t = map_get(keys, (struct str){(const char *)key.b, sizeof(key.b)});
	if (t == MAP_NONE) {
		e->awaits = true;
		idle(m, e, "no-such-event", STR("data.event"),
		     "the event that it names has not come yet; it holds as soon as that comes");
	} else if (!event_amends(event_at(m, t))) {
		e->target = t;
	} else if (e->event.type == EVENT_CORRECTED) {
		idle(m, e, "bad-event", STR("data.event"),
		     "a correction or retraction is not corrected; send another correction of the "
		     "event itself, or retract the one that is wrong");
	} else if (compare(&e->event, event_at(m, t)) <= 0) {
		idle(m, e, "bad-event", STR("time"),
		     "it is dated no later than the correction or retraction that it takes back");
	} else {
		e->target = t;
	}
}

static void settle_targets(const struct amending *m)
{
	struct map keys = {0};
	if (!m->am->messages)
		return;
	for (size_t i = 0; i < m->am->n; i++) {
		const struct event *ev = event_at(m, i);
		map_put(&keys, (struct str){(const char *)ev->key.b, sizeof(ev->key.b)},
			(uint32_t)i);
	}
	for (size_t i = 0; i < m->am->messages; i++)
		settle_target(m, &keys, m->messages[i]);
	map_release(&keys);
}

/* ---- retractions: the latest first, as each may be taken back by a later one only ---- */

static void take_back(const struct amending *m, size_t target, size_t by)
{
	struct amended *e = &m->am->at[target];
	const struct event *ev = event_at(m, by);
	e->taken_by = by;
	e->counts = false;
	e->no = (struct refusal){.block = NONE};
	refusal_add(&e->no, m->arena, "retracted", STR(""),
		    "it was retracted by the event " STR_FMT " of " STR_FMT, STR_ARG(ev->id),
		    STR_ARG(ev->source));
}

static void retract_all(const struct amending *m)
{
	for (size_t k = m->am->messages; k-- > 0;) {
		size_t i = m->messages[k];
		const struct amended *e = &m->am->at[i];
		if (e->event.type == EVENT_RETRACTED && e->taken_by == NOWHERE &&
		    e->target != NOWHERE && m->am->at[e->target].taken_by == NOWHERE)
			take_back(m, e->target, i);
	}
}

/* ---- corrections: the earliest first, so that the latest has the last word ---- */

static bool correct_time(const struct event *c, struct event *ev, struct arena *a,
			 struct refusal *no)
{
	struct value time = c->fields[CORRECTED_TIME];
	if (!time.known || !time_read(value_as_str(time), &ev->time))
		return true;
	refusal_add(no, a, "bad-event", STR("data.time"),
		    "time is not a time with its offset, such as \"2026-07-14T09:30:00-07:00\"");
	return false;
}

/* Typed against the version that decides it. */
static bool come_under(const struct amending *m, struct event *ev, const struct rulebook **rb,
		       struct refusal *no)
{
	const struct rulebook *now = reign_at(m->reigns, ev->time);
	struct event was = *ev;
	if (!across_event(*rb, &was, now, m->arena, ev, no))
		return false;
	*rb = now;
	return true;
}

static void own_fields(struct event *ev, const struct rulebook *rb, struct arena *a)
{
	uint16_t n = rb->events[ev->type].nfields;
	struct value *fields = arena_array(a, n, sizeof(*fields));
	if (n)
		memcpy(fields, ev->fields, n * sizeof(*fields));
	ev->fields = fields;
}

static void correct(const struct amending *m, struct amended *e)
{
	struct amended *target = &m->am->at[e->target];
	struct event ev = target->event;
	const struct rulebook *rb = target->rb;
	if (!correct_time(&e->event, &ev, m->arena, &e->no) || !come_under(m, &ev, &rb, &e->no))
		return;
	own_fields(&ev, rb, m->arena);
	ev.day = zone_day(rb->zone, ev.time);
	if (e->event.fields[CORRECTED_DATA].known &&
	    !m->reader.fields(m->reader.arg, rb, &e->event, &ev, m->arena, &e->no))
		return;
	target->event = ev;
	target->rb = rb;
}

static bool is_in_force(const struct amended *e)
{
	return e->target != NOWHERE && e->taken_by == NOWHERE;
}

static void correct_all(const struct amending *m)
{
	for (size_t k = 0; k < m->am->messages; k++) {
		struct amended *e = &m->am->at[m->messages[k]];
		if (e->event.type == EVENT_CORRECTED && is_in_force(e))
			correct(m, e);
	}
}

/* Under the version that decides it, an event that was sent under another one or was corrected must
 * be one that could have been sent. */
static void check_as_it_is(const struct amending *m, struct amended *e,
			   const struct past_event *was)
{
	if (!e->counts)
		return;
	if (!come_under(m, &e->event, &e->rb, &e->no) ||
	    ((e->rb != was->rb || e->event.fields != was->event.fields) &&
	     !event_check(e->rb, &e->event, m->arena, &e->no)))
		e->counts = false;
}

/* ---- the whole ---- */

const struct rulebook *reign_at(const struct reigns *r, int64_t instant)
{
	return r->at ? r->at(r->arg, instant) : r->only;
}

void amend(struct amendments *am, const struct reigns *reigns, struct amend_reader reader,
	   const struct past_event *events, size_t n, struct arena *a)
{
	struct amending m = {.am = am, .reigns = reigns, .reader = reader, .arena = a};
	*am = (struct amendments){.at = arena_array(a, n, sizeof(*am->at)), .n = n};
	for (size_t i = 0; i < n; i++)
		am->at[i] = (struct amended){.event = events[i].event,
					     .rb = events[i].rb,
					     .arrival = i,
					     .counts = !event_amends(&events[i].event),
					     .target = NOWHERE,
					     .taken_by = NOWHERE,
					     .no = {.block = NONE}};
	list_messages(&m);
	settle_targets(&m);
	retract_all(&m);
	correct_all(&m);
	for (size_t i = 0; i < n; i++)
		check_as_it_is(&m, &am->at[i], &events[i]);
}

size_t amends_finally(const struct amendments *am, size_t i)
{
	while (i != NOWHERE && event_amends(&am->at[i].event))
		i = am->at[i].target;
	return i;
}

bool amended_same(const struct amended *a, const struct amended *b)
{
	const struct event *x = &a->event, *y = &b->event;
	bool same =
	    a->counts == b->counts && a->rb == b->rb && x->time == y->time && x->given == y->given;
	for (uint16_t i = 0; same && i < a->rb->events[x->type].nfields; i++)
		same = value_eq(x->fields[i], y->fields[i]);
	return same;
}
