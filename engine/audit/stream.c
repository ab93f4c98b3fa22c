/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/audit/stream.h"

#include <assert.h>

/* ---- events had before: an open hash table by event key ---- */

struct stream_seen {
	struct hash128 key, digest;
	uint64_t seq; /* 0: empty */
};

static size_t seen_home(size_t cap, struct hash128 key)
{
	uint64_t h;
	memcpy(&h, key.b, sizeof(h));
	return h & (cap - 1);
}

static struct stream_seen *seen_slot(struct stream_seen *table, size_t cap, struct hash128 key)
{
	size_t i = seen_home(cap, key);
	while (table[i].seq && !hash128_eq(table[i].key, key))
		i = (i + 1) & (cap - 1);
	return &table[i];
}

static const struct stream_seen *seen_find(const struct stream *s, struct hash128 key)
{
	if (!s->nseen)
		return NULL;
	const struct stream_seen *e = seen_slot(s->seen, s->seen_cap, key);
	return e->seq ? e : NULL;
}

static void seen_grow(struct stream *s)
{
	size_t cap = s->seen_cap ? s->seen_cap * 2 : 64;
	struct stream_seen *table = mem_alloc(cap * sizeof(*table));
	for (size_t i = 0; i < s->seen_cap; i++)
		if (s->seen[i].seq)
			*seen_slot(table, cap, s->seen[i].key) = s->seen[i];
	mem_free(s->seen);
	s->seen = table;
	s->seen_cap = cap;
}

static void seen_add(struct stream *s, const struct event *ev)
{
	if ((s->nseen + 1) * 4 > s->seen_cap * 3)
		seen_grow(s);
	*seen_slot(s->seen, s->seen_cap, ev->key) =
	    (struct stream_seen){.key = ev->key, .digest = ev->digest, .seq = s->seq};
	s->nseen++;
}

/* ---- histories, when events come in any order ---- */

struct past {
	struct str id;
	struct history history;
	struct case_state *given; /* as the case was put in; NULL: new */
};

struct stream_pasts {
	VEC(struct past *) list;
	struct map by_id;
};

static struct past *past_of(struct stream *s, struct str id)
{
	if (!s->pasts)
		s->pasts = mem_alloc(sizeof(*s->pasts));
	struct stream_pasts *all = s->pasts;
	uint32_t i = map_get(&all->by_id, id);
	if (i != MAP_NONE)
		return all->list.at[i];
	struct past *p = mem_alloc(sizeof(*p));
	p->id = arena_str(&p->history.arena, id);
	map_put(&all->by_id, p->id, (uint32_t)all->list.n);
	*vec_push(&all->list) = p;
	return p;
}

static bool keeps_history(const struct stream *s, struct str id)
{
	return s->any_order && (!s->kept || map_get(s->kept, id) != MAP_NONE);
}

static void pasts_free(struct stream *s)
{
	for (size_t i = 0; s->pasts && i < s->pasts->list.n; i++) {
		struct past *p = s->pasts->list.at[i];
		case_free(s->rb, p->given);
		history_release(&p->history);
		mem_free(p);
	}
	if (s->pasts) {
		vec_release(&s->pasts->list);
		map_release(&s->pasts->by_id);
	}
	mem_free(s->pasts);
}

/* ---- cases ---- */

static const struct case_state *find(void *arg, uint16_t kind, struct str id)
{
	const struct case_state *cs = stream_case(arg, id);
	return cs && cs->kind == kind ? cs : NULL;
}

void stream_init(struct stream *s, const struct rulebook *rb, stream_sink *sink, void *arg)
{
	*s = (struct stream){.rb = rb, .sink = sink, .arg = arg, .passed = TIME_NONE};
	decider_init(&s->decider, rb, (struct world){find, s, &s->pots});
}

void stream_release(struct stream *s)
{
	for (size_t i = 0; i < s->cases.n; i++)
		case_free(s->rb, s->cases.at[i]);
	pasts_free(s);
	vec_release(&s->cases);
	upcoming_release(&s->upcoming);
	map_release(&s->by_id);
	mem_free(s->seen);
	decider_release(&s->decider);
	pots_release(&s->pots);
	arena_release(&s->answers);
}

struct case_state *stream_case(const struct stream *s, struct str id)
{
	uint32_t i = map_get(&s->by_id, id);
	return i == MAP_NONE ? NULL : s->cases.at[i];
}

void stream_add(struct stream *s, struct case_state *cs)
{
	uint32_t which = (uint32_t)s->cases.n;
	bool fresh = map_put(&s->by_id, cs->id, which);
	assert(fresh);
	*vec_push(&s->cases) = cs;
	upcoming_note(&s->upcoming, s->cases.at, which);
	if (cs->last == TIME_NONE && keeps_history(s, cs->id))
		past_of(s, cs->id)->given = case_clone(s->rb, cs);
}

/* After each decision of a case that is there already. */
static void note_due(struct stream *s, uint32_t which)
{
	upcoming_note(&s->upcoming, s->cases.at, which);
}

struct horizon {
	int64_t at;
	int32_t day; /* what comes exactly at `at` comes when it is of this day or before */
};

static void pass_time(struct stream *s, struct horizon h);

/* ---- deciding ---- */

static void hand_over(struct stream *s, const struct decision *d)
{
	s->seq++;
	pots_apply(&s->pots, s->rb, d);
	if (keeps_history(s, d->event.subject))
		history_add(&past_of(s, d->event.subject)->history, s->rb, d);
	if (s->sink)
		s->sink(s->arg, d, s->seq);
}

static void fire_due(struct stream *s, struct case_state *cs)
{
	struct decision d;
	if (s->decider.trace)
		trace_clear(s->decider.trace);
	decide_due(&s->decider, cs, &d);
	hand_over(s, &d);
}

/* What falls due for the case before comes first, and may itself free places. */
static bool give_place(struct stream *s, const struct vacancy *v, int64_t time,
		       struct hash128 cause)
{
	struct decision d;
	struct arena a = {0};
	uint32_t which = map_get(&s->by_id, v->id);
	struct case_state *cs = which == MAP_NONE ? NULL : s->cases.at[which];
	int64_t at;
	while (cs && case_next_due(cs, &at) && at <= time)
		fire_due(s, cs), note_due(s, which);
	const struct enrolment *place = cs ? case_place(cs, v->capacity) : NULL;
	bool waits = place && place->waiting;
	if (waits) {
		struct event ev = place_event(&a, s->rb, cs, v, time, cause);
		if (s->decider.trace)
			trace_clear(s->decider.trace);
		waits = decide_event(&s->decider, cs, &ev, &d) == STATUS_OK;
		if (waits)
			hand_over(s, &d);
		note_due(s, which);
	}
	arena_release(&a);
	return waits;
}

/* As long as a place is free on the day and somebody waits for it. */
static void give_places(struct stream *s, int64_t time, int32_t day, struct hash128 cause)
{
	struct vacancy v;
	while (pots_vacancy(&s->pots, s->rb, day, time, &v) && give_place(s, &v, time, cause))
		;
}

static void fire(struct stream *s, uint32_t which)
{
	struct case_state *cs = s->cases.at[which];
	struct due due = cs->due.at[0];
	fire_due(s, cs);
	note_due(s, which);
	if (s->pots.line.n)
		give_places(s, due.at, due.day, event_key(STR("due"), cs->id));
}

static struct stream_answer refused(const struct stream *s, enum status status,
				    const struct refusal *why)
{
	return (struct stream_answer){.status = status, .seq = s->seq, .refusal = why};
}

static struct stream_answer had_before(struct stream *s, const struct stream_seen *seen,
				       const struct event *ev)
{
	if (hash128_eq(seen->digest, ev->digest))
		return (struct stream_answer){.duplicate = true, .seq = seen->seq};
	refusal_add(&s->refusal, &s->answers, "conflict", STR("id"),
		    "the event " STR_FMT " of " STR_FMT
		    " has come before with another content; give what is new an id of its own",
		    STR_ARG(ev->id), STR_ARG(ev->source));
	return refused(s, STATUS_CONFLICT, &s->refusal);
}

/* A case that is new has nothing due, and is none of the stream's yet. */
static struct stream_answer decide_now(struct stream *s, uint32_t which, struct case_state *cs,
				       const struct event *ev)
{
	int64_t at;
	while (which != MAP_NONE && case_next_due(cs, &at) && at <= ev->time)
		fire(s, which);
	if (s->decider.trace)
		trace_clear(s->decider.trace);
	struct decision d;
	enum status status = decide_event(&s->decider, cs, ev, &d);
	if (status)
		return refused(s, status, &s->decider.refusal);
	hand_over(s, &d);
	if (!s->once)
		seen_add(s, ev);
	return (struct stream_answer){.seq = s->seq};
}

/* The event itself is answered for; what it sets off in other cases comes behind. */
static struct stream_answer with_places(struct stream *s, struct stream_answer a,
					const struct event *ev)
{
	if (!a.status && s->pots.line.n)
		give_places(s, ev->time, zone_day(s->rb->zone, ev->time), ev->key);
	return a;
}

/* Without histories nothing can be decided again: whoever has all events can sort them. */
static struct stream_answer out_of_order(struct stream *s, const struct event *ev)
{
	if (event_amends(ev))
		refusal_add(&s->refusal, &s->answers, "late-event", STR("type"),
			    "retractions and corrections need the history of the case, which is "
			    "kept with --any-order");
	else
		refusal_add(&s->refusal, &s->answers, "late-event", STR("time"),
			    "the event is earlier than one of its case that was decided before "
			    "it; sort the events by time, here they are decided in the order "
			    "given unless --any-order is set");
	return refused(s, STATUS_INVALID, &s->refusal);
}

static void replace_case(struct stream *s, struct case_state *cs)
{
	uint32_t i = map_get(&s->by_id, cs->id);
	if (i == MAP_NONE) {
		stream_add(s, cs);
		return;
	}
	struct case_state *old = s->cases.at[i];
	s->cases.at[i] = cs;
	map_del(&s->by_id, old->id);
	map_put(&s->by_id, cs->id, i);
	case_free(s->rb, old);
}

/* The history of its case is decided again. */
static struct stream_answer decide_again(struct stream *s, const struct case_state *was,
					 const struct event *ev)
{
	struct redecision r;
	struct decision d;
	struct past *past = past_of(s, ev->subject);
	redecision_init(&r, s->rb, s->decider.world);
	r.decider.trace = s->decider.trace;
	r.decider.before = s->decider.before;
	r.decider.before_arg = s->decider.before_arg;
	r.reader = s->reader;
	r.given = past->given;
	r.now = s->passed;
	r.watch = s->watch;
	r.watch_arg = s->arg;
	enum status st = redecide(&r, &past->history, was, ev, &d);
	if (!st) {
		replace_case(s, redecision_take(&r));
		hand_over(s, &d);
		note_due(s, map_get(&s->by_id, ev->subject));
		if (!s->once)
			seen_add(s, ev);
	}
	for (size_t i = 0; st && i < r.refusal.n; i++)
		refusal_add(&s->refusal, &s->answers, r.refusal.slug, r.refusal.reasons[i].where,
			    STR_FMT, STR_ARG(r.refusal.reasons[i].text));
	s->refusal.block = st ? r.refusal.block : NONE;
	redecision_release(&r);
	return st ? refused(s, st, &s->refusal) : (struct stream_answer){.seq = s->seq};
}

/* Is it, of its case, one for which the history is decided again? */
static bool goes_back(const struct case_state *cs, const struct event *ev)
{
	if (!cs)
		return event_amends(ev);
	return cs->county == ev->county && cs->kind == ev->kind && event_is_late(cs, ev);
}

static struct stream_answer feed_back(struct stream *s, struct case_state *cs,
				      const struct event *ev)
{
	if (!keeps_history(s, ev->subject))
		return out_of_order(s, ev);
	struct case_state *none = cs ? NULL : case_new(s->rb, ev->subject, ev->kind, ev->county);
	struct stream_answer a = decide_again(s, cs ? cs : none, ev);
	case_free(s->rb, none);
	return a;
}

struct stream_answer stream_feed(struct stream *s, const struct event *ev)
{
	return stream_feed_of(s, map_get(&s->by_id, ev->subject), ev);
}

struct stream_answer stream_feed_of(struct stream *s, uint32_t which, const struct event *given)
{
	struct event ev = *given;
	arena_reset(&s->answers);
	if (s->decider.trace)
		trace_clear(s->decider.trace); /* also for an event that is refused unlooked at */
	s->refusal = (struct refusal){.block = NONE};
	const struct stream_seen *seen = seen_find(s, ev.key);
	if (seen)
		return had_before(s, seen, &ev);
	struct case_state *cs = which == MAP_NONE ? NULL : s->cases.at[which];
	if (ev.kind == NONE && cs)
		ev.kind = cs->kind;
	if (!event_check(s->rb, &ev, &s->answers, &s->refusal))
		return refused(s, STATUS_INVALID, &s->refusal);
	if (goes_back(cs, &ev))
		return with_places(s, feed_back(s, cs, &ev), &ev);
	/* Facts of other cases that the event reads, and what it asks of the pots, are as they are
	 * by then. */
	if (s->rb->felt_later && !s->by_hand)
		pass_time(s, (struct horizon){ev.time, DAY_MAX});
	bool is_new = !cs;
	if (is_new)
		cs = case_new(s->rb, ev.subject, ev.kind, ev.county);
	struct stream_answer a = decide_now(s, which, cs, &ev);
	if (!is_new)
		note_due(s, which);
	else if (a.status)
		case_free(s->rb, cs);
	else
		stream_add(s, cs);
	return with_places(s, a, &ev);
}

/* ---- memory ahead of time ---- */

static void seen_prefetch(const struct stream *s, struct hash128 key)
{
	if (s->nseen)
		__builtin_prefetch(&s->seen[seen_home(s->seen_cap, key)]);
}

/* Each round asks for what the next one reads. */
void stream_fetch_of(const struct stream *s, const uint32_t *which, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (which[i] != MAP_NONE)
			__builtin_prefetch(&s->cases.at[which[i]]);
	for (size_t i = 0; i < n; i++)
		if (which[i] != MAP_NONE)
			case_prefetch(s->cases.at[which[i]]);
	for (size_t i = 0; i < n; i++)
		if (which[i] != MAP_NONE)
			case_prefetch_lists(s->cases.at[which[i]]);
}

void stream_fetch(const struct stream *s, const struct event *events, size_t n)
{
	uint32_t which[STREAM_FETCH];
	n = n < STREAM_FETCH ? n : STREAM_FETCH;
	for (size_t i = 0; i < n; i++) {
		seen_prefetch(s, events[i].key);
		map_prefetch(&s->by_id, events[i].subject);
	}
	for (size_t i = 0; i < n; i++)
		which[i] =
		    events[i].subject.len ? map_guess(&s->by_id, events[i].subject) : MAP_NONE;
	stream_fetch_of(s, which, n);
}

/* ---- time passes ---- */

static bool is_within(struct horizon h, int64_t at, int32_t day)
{
	return at < h.at || (at == h.at && day <= h.day);
}

static void grow(struct stream *s, int32_t day)
{
	pots_served(&s->pots, day);
	give_places(s, zone_day_start(s->rb->zone, day), day, pots_growth_key(day));
}

/* Places that a new day brings come before what is due then. */
bool stream_next(struct stream *s, struct stream_next *out)
{
	const struct upcoming_case *first = upcoming_first(&s->upcoming, s->cases.at);
	struct stream_next grows = {.grows = true};
	if (s->pots.line.n && pots_growth(&s->pots, s->rb, &grows.day)) {
		grows.at = zone_day_start(s->rb->zone, grows.day);
		if (!first ||
		    is_within((struct horizon){first->at, first->day}, grows.at, grows.day)) {
			*out = grows;
			return true;
		}
	}
	if (first)
		*out = (struct stream_next){false, first->which, first->at, first->day};
	return first != NULL;
}

void stream_fire(struct stream *s, const struct stream_next *next)
{
	if (next->grows)
		grow(s, next->day);
	else
		fire(s, next->which);
}

void stream_give_places(struct stream *s, int64_t instant)
{
	give_places(s, instant, zone_day(s->rb->zone, instant), (struct hash128){0});
}

void stream_forget(struct stream *s, uint32_t which)
{
	s->cases.at[which]->due.n = 0;
}

static void pass_time(struct stream *s, struct horizon h)
{
	struct stream_next next;
	while (stream_next(s, &next) && is_within(h, next.at, next.day))
		stream_fire(s, &next);
}

static void let_pass(struct stream *s, struct horizon h)
{
	pass_time(s, h);
	s->passed = h.at > s->passed ? h.at : s->passed;
}

void stream_until(struct stream *s, int64_t instant)
{
	let_pass(s, (struct horizon){instant, DAY_MAX});
}

void stream_until_day(struct stream *s, int32_t day)
{
	let_pass(s, (struct horizon){zone_day_start(s->rb->zone, day + 1), day});
}
