/* SPDX-License-Identifier: Apache-2.0
 *
 * One case as a daemon has it, in memory: a clock that fires what is due, what is recorded, events
 * in any order. And what holds whatever the order of arrival: the net of all recorded outcomes, and
 * the case, are those of the same history in order through engine/audit/stream.
 */
#ifndef WAYMARK_TESTS_HISTORY_RIG_H
#define WAYMARK_TESTS_HISTORY_RIG_H

#include "engine/audit/redecide.h"

#include "daemon/wire/correction_read.h"
#include "daemon/wire/past_read.h"
#include "engine/audit/stream.h"
#include "engine/base/limits.h"
#include "engine/case/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/said.h"

#define DAY_US (86400 * SECOND_US)
#define OTHERS 3

/* ---- a small daemon: one case, a clock, and what is recorded ---- */

struct record {
	struct str event, decision; /* JSON */
};

struct rig {
	const struct rulebook *rb;
	struct arena arena; /* events and records */
	struct decider d;
	struct case_state *cs;             /* NULL: no event yet */
	struct case_state *others[OTHERS]; /* that events refer to */
	uint16_t others_kind;
	struct history h;
	struct pots pots;
	int64_t now;
	bool ahead; /* an event dated ahead of the clock was refused, and let time pass */
	struct correction_reader corrections;
	struct map fired; /* keys of deadlines and items, as a ledger would have them */
	VEC(struct record) records;
	VEC(struct event) accepted; /* in order of arrival */
	struct json_doc *doc;
	bool from_json; /* each time, the history is read from the records */
	size_t late, reversals, additions, voids, refused, amended;
	struct buf last; /* JSON of the decision made last */
	const char *slug;
};

static const struct case_state *rig_find(void *arg, uint16_t kind, struct str id)
{
	const struct rig *g = arg;
	for (int i = 0; i < OTHERS; i++)
		if (g->others[i] && g->others[i]->kind == kind && str_eq(g->others[i]->id, id))
			return g->others[i];
	return NULL;
}

static inline void rig_start(struct rig *g, const struct rulebook *rb)
{
	*g = (struct rig){.rb = rb, .doc = json_doc_new(), .now = INT64_MAX};
	correction_reader_init(&g->corrections);
	decider_init(&g->d, rb, (struct world){rig_find, g, &g->pots});
}

static inline void rig_finish(struct rig *g)
{
	case_free(g->rb, g->cs);
	for (int i = 0; i < OTHERS; i++)
		case_free(g->rb, g->others[i]);
	decider_release(&g->d);
	history_release(&g->h);
	pots_release(&g->pots);
	vec_release(&g->records);
	vec_release(&g->accepted);
	json_doc_free(g->doc);
	correction_reader_release(&g->corrections);
	map_release(&g->fired);
	buf_release(&g->last);
	arena_release(&g->arena);
}

static inline void count_outcomes(struct rig *g, const struct decision *d)
{
	for (size_t i = 0; i < d->n; i++) {
		g->reversals += d->outcomes[i].reversal;
		g->additions += d->outcomes[i].source.len > 0;
	}
	g->voids += d->nvoids;
}

/* No deadline is recorded twice under one key. */
static inline void note_fired(struct rig *g, const struct event *ev)
{
	char key[24];
	if (ev->type != EVENT_DEADLINE && ev->type != EVENT_SCHEDULED)
		return;
	memcpy(key, ev->key.b, sizeof(ev->key.b));
	memcpy(key + sizeof(ev->key.b), &g->cs->amendments, sizeof(g->cs->amendments));
	struct str s = {key, sizeof(ev->key.b) + sizeof(g->cs->amendments)};
	assert_true(map_put(&g->fired, arena_str(&g->arena, s), 0));
}

static inline void rig_record(struct rig *g, const struct decision *d)
{
	note_fired(g, &d->event);
	assert_said_as_read(g->rb, d);
	struct buf b = {0};
	history_add(&g->h, g->rb, d);
	pots_apply(&g->pots, g->rb, d);
	buf_clear(&g->last);
	decision_json(&g->last, g->rb, d, g->records.n + 1, false);
	event_json(&b, g->rb, &d->event);
	*vec_push(&g->records) = (struct record){arena_str(&g->arena, buf_view(&b)),
						 arena_str(&g->arena, buf_view(&g->last))};
	buf_release(&b);
	count_outcomes(g, d);
}

static inline void read_history(struct rig *g, struct history *h)
{
	struct past_reader r;
	struct buf why = {0};
	past_reader_init(&r, g->doc);
	for (size_t i = 0; i < g->records.n; i++) {
		const struct record *rec = &g->records.at[i];
		history_decision(h);
		if (past_read(&r, g->rb, rec->event, rec->decision, h, &why))
			fail_msg(STR_FMT "\n" STR_FMT, STR_ARG(buf_view(&why)),
				 STR_ARG(rec->decision));
	}
	past_reader_release(&r);
	buf_release(&why);
}

/* What a reversal says is what the outcome said that it takes back. */
static inline void check_reversals(const struct history *h, const struct decision *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct outcome *o = &d->outcomes[i], *was = NULL;
		if (!o->reversal)
			continue;
		for (size_t k = 0; k < h->outcomes.n; k++)
			if (!h->outcomes.at[k].gone &&
			    hash128_eq(h->outcomes.at[k].outcome.id, o->of))
				was = &h->outcomes.at[k].outcome;
		assert_non_null(was);
		assert_true(was->has_amount == o->has_amount && was->cents == o->cents);
		assert_true(was->fund == o->fund && was->name == o->name && was->part == o->part);
		assert_true(str_eq(was->to, o->to) && was->action == o->action);
	}
}

static inline enum status rig_late(struct rig *g, const struct event *ev)
{
	struct redecision r;
	struct decision d;
	struct history read = {0};
	const struct history *h = g->from_json ? &read : &g->h;
	if (g->from_json)
		read_history(g, &read);
	redecision_init(&r, g->rb, (struct world){rig_find, g, &g->pots});
	r.reader = (struct amend_reader){correction_read, &g->corrections};
	r.now = g->now;
	enum status st = redecide(&r, h, g->cs, ev, &d);
	g->slug = r.refusal.slug;
	if (!st) {
		check_reversals(h, &d);
		rig_record(g, &d);
		case_free(g->rb, g->cs);
		g->cs = redecision_take(&r);
		g->late++;
	}
	redecision_release(&r);
	history_release(&read);
	return st;
}

static inline enum status rig_now(struct rig *g, const struct event *ev)
{
	struct decision d;
	int64_t at;
	while (case_next_due(g->cs, &at) && at <= ev->time) {
		decide_due(&g->d, g->cs, &d);
		rig_record(g, &d);
	}
	enum status st = decide_event(&g->d, g->cs, ev, &d);
	g->slug = g->d.refusal.slug;
	if (!st)
		rig_record(g, &d);
	else if (ev->time > g->now)
		g->ahead = true;
	return st;
}

static inline enum status rig_arrive(struct rig *g, const struct event *ev)
{
	bool is_new = !g->cs;
	if (is_new)
		g->cs = case_new(g->rb, ev->subject, ev->kind, ev->county);
	enum status st = event_is_late(g->cs, ev) ? rig_late(g, ev) : rig_now(g, ev);
	if (!st) {
		g->amended += event_amends(ev);
		g->ahead = g->ahead && !event_amends(ev);
		*vec_push(&g->accepted) = *ev;
		return st;
	}
	g->refused++;
	if (is_new) {
		case_free(g->rb, g->cs);
		g->cs = NULL;
	}
	return st;
}

static inline void rig_clock(struct rig *g, int64_t now)
{
	struct decision d;
	int64_t at;
	g->now = now;
	while (g->cs && case_next_due(g->cs, &at) && at <= now) {
		decide_due(&g->d, g->cs, &d);
		rig_record(g, &d);
	}
}

/* ---- the same in order ---- */

struct net {
	struct hash128 id, content;
};

struct nets {
	VEC(struct net) list;
	const struct rulebook *rb;
	const char *of;
};

static inline int net_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct net));
}

static inline void take(void *arg, const struct decision *d, uint64_t seq)
{
	struct nets *n = arg;
	(void)seq;
	for (size_t i = 0; i < d->n; i++) {
		assert_false(d->outcomes[i].reversal);
		*vec_push(&n->list) =
		    (struct net){d->outcomes[i].id, outcome_content(n->rb, &d->outcomes[i])};
	}
}

/* ---- what the history comes to, the slow way ---- */

static inline bool makes_earlier(const struct event *a, const struct event *b)
{
	return a->time != b->time ? a->time < b->time : memcmp(&a->key, &b->key, 16) < 0;
}

static inline bool is_named_by(const struct event *message, const struct event *ev)
{
	return hash128_eq(amends_key(message), ev->key) &&
	       (!event_amends(ev) ||
		(message->type == EVENT_RETRACTED && makes_earlier(ev, message)));
}

static inline bool still_holds(const struct rig *g, const struct event *ev)
{
	for (size_t i = 0; i < g->accepted.n; i++) {
		const struct event *m = &g->accepted.at[i];
		if (m->type == EVENT_RETRACTED && is_named_by(m, ev) && still_holds(g, m))
			return false;
	}
	return true;
}

/* The next correction of the event after `after` (NULL: the first). */
static inline const struct event *next_correction(const struct rig *g, const struct event *ev,
						  const struct event *after)
{
	const struct event *next = NULL;
	for (size_t i = 0; i < g->accepted.n; i++) {
		const struct event *m = &g->accepted.at[i];
		if (m->type == EVENT_CORRECTED && is_named_by(m, ev) && still_holds(g, m) &&
		    (!after || makes_earlier(after, m)) && (!next || makes_earlier(m, next)))
			next = m;
	}
	return next;
}

static inline struct event now_reads(struct rig *g, const struct event *ev)
{
	struct event out = *ev;
	uint16_t n = g->rb->events[ev->type].nfields;
	for (const struct event *c = NULL; (c = next_correction(g, ev, c));) {
		struct event next = out;
		struct refusal no = {0};
		next.fields = arena_array(&g->arena, n, sizeof(*next.fields));
		for (uint16_t i = 0; i < n; i++)
			next.fields[i] = out.fields[i];
		if (c->fields[CORRECTED_DATA].known &&
		    !correction_read(&g->corrections, g->rb, c, &next, &g->arena, &no))
			continue;
		if (c->fields[CORRECTED_TIME].known)
			assert_int_equal(
			    time_read(value_as_str(c->fields[CORRECTED_TIME]), &next.time), 0);
		next.day = zone_day(g->rb->zone, next.time);
		out = next;
	}
	return out;
}

static inline int event_order(const void *a, const void *b)
{
	const struct event *x = *(const struct event *const *)a;
	const struct event *y = *(const struct event *const *)b;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x > y) - (x < y); /* they stand in order of arrival */
}

/* The events of the case in order; how many. */
static inline size_t events_in_order(struct rig *g, const struct event ***order)
{
	struct event *as = arena_array(&g->arena, g->accepted.n + 1, sizeof(*as));
	size_t n = 0;
	*order = arena_array(&g->arena, g->accepted.n + 1, sizeof(**order));
	for (size_t i = 0; i < g->accepted.n; i++) {
		const struct event *ev = &g->accepted.at[i];
		if (event_amends(ev) || !still_holds(g, ev))
			continue;
		as[n] = now_reads(g, ev);
		(*order)[n] = &as[n];
		n++;
	}
	if (n)
		qsort(*order, n, sizeof(**order), event_order);
	return n;
}

/* A retraction or correction lets time pass as any event does. */
static inline int64_t latest_message(const struct rig *g)
{
	int64_t at = TIME_NONE;
	for (size_t i = 0; i < g->accepted.n; i++)
		if (event_amends(&g->accepted.at[i]) && g->accepted.at[i].time > at)
			at = g->accepted.at[i].time;
	return at;
}

/* ---- and what follows from that ---- */

static inline void case_text(struct buf *b, const struct rulebook *rb, struct case_state *cs)
{
	struct case_state as = *cs;
	as.last = TIME_NONE; /* when nothing happens, a clock leaves no mark on a stream's case */
	as.awaited.n = 0;
	as.amendments = 0;
	case_json(b, rb, &as, true);
}

static inline void assert_same_as_in_order(struct rig *g, int64_t end, unsigned seed)
{
	struct stream s;
	struct nets want = {.rb = g->rb}, got = {.rb = g->rb};
	struct buf a = {0}, b = {0};
	const struct event **order;
	if (!g->cs)
		return;
	size_t n = events_in_order(g, &order);
	stream_init(&s, g->rb, take, &want);
	for (int i = 0; i < OTHERS; i++)
		if (g->others[i])
			stream_add(&s, case_clone(g->rb, g->others[i]));
	for (size_t i = 0; i < n; i++)
		(void)stream_feed(&s, order[i]);
	struct case_state *cs = stream_case(&s, g->cs->id);
	if (!cs) { /* every event was retracted or is refused */
		cs = case_new(g->rb, g->cs->id, g->cs->kind, g->cs->county);
		stream_add(&s, cs);
	}
	stream_until(&s, end > latest_message(g) ? end : latest_message(g));
	for (size_t i = 0; i < g->h.outcomes.n; i++)
		if (!g->h.outcomes.at[i].gone)
			*vec_push(&got.list) = (struct net){g->h.outcomes.at[i].outcome.id,
							    g->h.outcomes.at[i].content};
	assert_non_null(cs);
	case_text(&a, g->rb, cs);
	case_text(&b, g->rb, g->cs);
	if (!str_eq(buf_view(&a), buf_view(&b))) {
		fprintf(stderr, "in order\n" STR_FMT "\nas it came\n" STR_FMT "\n",
			STR_ARG(buf_view(&a)), STR_ARG(buf_view(&b)));
		fail_msg("seed %u: the case is not as in order", seed);
	}
	if (want.list.n != got.list.n)
		fail_msg("seed %u: %zu outcomes in order, %zu net as it came", seed, want.list.n,
			 got.list.n);
	if (want.list.n) {
		qsort(want.list.at, want.list.n, sizeof(struct net), net_order);
		qsort(got.list.at, got.list.n, sizeof(struct net), net_order);
		if (memcmp(want.list.at, got.list.at, want.list.n * sizeof(struct net)))
			fail_msg("seed %u: the outcomes are not as in order", seed);
	}
	stream_release(&s);
	vec_release(&want.list);
	vec_release(&got.list);
	buf_release(&a);
	buf_release(&b);
}

/* ---- random histories ---- */

struct dice {
	uint64_t state;
};

static inline uint64_t roll(struct dice *d, uint64_t n)
{
	d->state += 0x9E3779B97F4A7C15u;
	uint64_t z = d->state;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (z ^ (z >> 31)) % n;
}

static inline struct value random_value(struct rig *g, struct dice *d, const struct type *t)
{
	static const int64_t numbers[] = {0, 1, 2, 3, 5, 17, 18, 21, 30, 59, 60, 90};
	static const char *const cases[] = {"x0", "x1", "x2"};
	static const char *const texts[] = {"", "one \"two\"", "three"};
	int64_t i = numbers[roll(d, sizeof(numbers) / sizeof(*numbers))];
	switch (t->kind) {
	case TYPE_MONEY:
		i *= 1733;
		break;
	case TYPE_PERCENT:
		i *= 12500;
		break;
	case TYPE_DATE:
		i = day_of((struct date){2026, 8, 1}) + (int32_t)i;
		break;
	case TYPE_YES_NO:
		i = (int64_t)roll(d, 2);
		break;
	case TYPE_CHOICE:
		i = (int64_t)roll(d, g->rb->choices[t->of].n);
		break;
	case TYPE_TEXT:
		return value_str(t->kind, str_from(texts[roll(d, 3)]));
	case TYPE_REF:
		return value_str(t->kind, str_from(cases[roll(d, 3)]));
	default:
		break;
	}
	if (t->has_range)
		i = i < t->min ? t->min : i > t->max ? t->max : i;
	return value_int(t->kind, i);
}

static inline struct value hex_value(struct rig *g, struct hash128 id)
{
	char *p = arena_alloc(&g->arena, 2 * sizeof(id.b));
	hash_hex(id.b, sizeof(id.b), p);
	return value_str(TYPE_TEXT, (struct str){p, 2 * sizeof(id.b)});
}

/* An answer or a payment needs something to refer to; now and then to what is gone. */
static inline struct value random_outcome(struct rig *g, struct dice *d, uint16_t type)
{
	if (g->cs && type == EVENT_PAYMENT_RECEIVED && g->cs->owed.n)
		return hex_value(g, g->cs->owed.at[roll(d, g->cs->owed.n)].outcome);
	if (g->cs && type != EVENT_PAYMENT_RECEIVED && g->cs->proposals.n)
		return hex_value(g, g->cs->proposals.at[roll(d, g->cs->proposals.n)].outcome);
	if (g->h.outcomes.n)
		return hex_value(g, g->h.outcomes.at[roll(d, g->h.outcomes.n)].outcome.id);
	return hex_value(g, (struct hash128){{0}});
}

/* Mostly one that some provision waits for. */
static inline bool is_wanted(struct rig *g, struct dice *d, uint16_t kind, uint16_t county,
			     uint16_t t)
{
	const struct dispatch *by = g->rb->counties[county].dispatch;
	return t >= EVENT_BUILTINS && g->rb->events[t].of_kind[kind] &&
	       (by->n[t] || roll(d, 8) == 0);
}

static inline uint16_t random_type(struct rig *g, struct dice *d, uint16_t kind, uint16_t county)
{
	for (;;) {
		uint16_t t = (uint16_t)roll(d, g->rb->nevents);
		if (t == EVENT_APPROVED && g->cs && g->cs->proposals.n)
			return t;
		if (t == EVENT_PAYMENT_RECEIVED && g->cs && g->cs->owed.n)
			return t;
		if (t == EVENT_DECLINED && roll(d, 4) == 0)
			return t;
		if (is_wanted(g, d, kind, county, t))
			return t;
	}
}

static inline struct event random_event(struct rig *g, struct dice *d, uint16_t kind,
					uint16_t county, int64_t time)
{
	char id[24];
	snprintf(id, sizeof(id), "e%zu", g->accepted.n + g->refused);
	struct event ev = {.source = STR("/random"),
			   .id = arena_str(&g->arena, str_from(id)),
			   .subject = STR("c"),
			   .type = random_type(g, d, kind, county),
			   .county = county,
			   .kind = kind,
			   .time = time,
			   .day = zone_day(g->rb->zone, time)};
	const struct event_type *t = &g->rb->events[ev.type];
	ev.fields = arena_array(&g->arena, t->nfields, sizeof(*ev.fields));
	ev.key = ev.digest = event_key(ev.source, ev.id);
	for (uint16_t i = 0; i < t->nfields; i++) {
		const struct field *f = &t->fields[i];
		ev.fields[i] = value_missing(f->type.kind);
		if (f->optional && roll(d, 4) == 0) {
			if (f->sets && roll(d, 2))
				ev.given |= UINT64_C(1) << i; /* null: unknown again */
			continue;
		}
		ev.fields[i] = random_value(g, d, &f->type);
		ev.given |= UINT64_C(1) << i;
	}
	if (ev.type == EVENT_APPROVED || ev.type == EVENT_DECLINED ||
	    ev.type == EVENT_PAYMENT_RECEIVED) {
		ev.fields[0] = random_outcome(g, d, ev.type);
		if (ev.type == EVENT_PAYMENT_RECEIVED)
			ev.fields[1] = value_int(TYPE_MONEY, 1 + (int64_t)roll(d, 20000));
	}
	return ev;
}

static inline void random_others(struct rig *g, struct dice *d, uint16_t county)
{
	static const char *const ids[OTHERS] = {"x0", "x1", "x2"};
	uint16_t kind = rulebook_kind(g->rb, STR("agency"));
	if (kind == NONE)
		return;
	for (int i = 0; i < OTHERS; i++) {
		g->others[i] = case_new(g->rb, str_from(ids[i]), kind, county);
		const struct case_kind *k = &g->rb->kinds[kind];
		for (uint16_t f = 0; f < k->nfacts; f++)
			case_set_fact(g->rb, g->others[i], f,
				      random_value(g, d, &k->facts[f].type));
	}
}

#endif
