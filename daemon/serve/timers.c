/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/timers.h"

#include "daemon/serve/clock.h"
#include "daemon/serve/daemon.h"
#include "daemon/serve/places.h"
#include "daemon/serve/submit.h"
#include "daemon/wire/event_read.h"

/* When what is due cannot be read: how long to the next try. */
#define STUCK_PAUSE_US (5 * SECOND_US)

/* A case with something due now. */
struct turn_case {
	struct str id;
	int64_t at;
	struct case_slot *slot;
};

/* One turn: what the ledger says is due, ascending by time. */
struct turn {
	struct daemon *d;
	struct arena arena;
	struct turn_case *cases;
	size_t n, most, stuck, fired;
};

static void arm(struct daemon *d)
{
	struct timers *t = &d->timers;
	ev_timer_stop(d->loop, &t->timer);
	if (t->next == TIME_NEVER)
		return;
	int64_t wait = t->next - clock_now_us();
	int64_t most = (int64_t)TIMERS_AHEAD_S * SECOND_US;
	wait = wait < 0 ? 0 : wait > most ? most : wait;
	ev_timer_set(&t->timer, (double)wait / 1e6, 0.);
	ev_timer_start(d->loop, &t->timer);
}

void timers_note(struct daemon *d, int64_t at)
{
	if (at >= d->timers.next)
		return;
	d->timers.next = at;
	arm(d);
}

void timers_count(struct daemon *d, int64_t due_us)
{
	d->timers.fired++;
	d->timers.late += d->now_us - due_us > TIMERS_LATE_US;
}

static bool on_due(void *arg, struct str case_id, int64_t at)
{
	struct turn *t = arg;
	t->cases[t->n++] = (struct turn_case){arena_str(&t->arena, case_id), at, NULL};
	return t->n < t->most;
}

/* Loads the cases; those that cannot be, or have nothing due any more (an event in flight settled
 * it), are left out. */
static void load_cases(struct turn *t)
{
	struct daemon *d = t->d;
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++) {
		struct turn_case *c = &t->cases[i];
		buf_clear(&d->why);
		if (cases_get(&d->cases, daemon_reader(d), d->rb, c->id, &c->slot, &d->why) ||
		    submit_fetch(d, c->slot->cs, NULL)) {
			if (t->stuck++ == d->timers.stuck)
				log_line(&d->log, LOG_ERROR, "due-stuck", "s", "reason",
					 buf_view(&d->why), NULL);
			continue;
		}
		if (case_next_due(c->slot->cs, &c->at) && c->at <= d->now_us)
			t->cases[n++] = *c;
	}
	t->n = n;
}

static void sink(struct turn *t, size_t i)
{
	for (; i + 1 < t->n && t->cases[i].at > t->cases[i + 1].at; i++) {
		struct turn_case c = t->cases[i];
		t->cases[i] = t->cases[i + 1];
		t->cases[i + 1] = c;
	}
}

static void fire(struct daemon *d, struct case_slot *slot, int64_t at)
{
	struct decision decision;
	struct flight *f = flight_open(d, slot);
	decide_due(&d->decider, slot->cs, &decision);
	buf_clear(&d->event_text);
	event_json(&d->event_text, d->rb, &decision.event);
	flight_add(d, f, &decision, buf_view(&d->event_text));
	f->is_due = true;
	flight_submit(d, f);
	timers_count(d, at);
	places_give(d, at, event_key(STR("due"), slot->id));
}

/* The first of the list is due first; its next item, if due too, takes its place in the order. */
static void fire_all(struct turn *t)
{
	struct daemon *d = t->d;
	for (size_t i = t->n; i-- > 0;)
		sink(t, i);
	while (t->n && t->fired < TIMERS_ROUND) {
		struct turn_case *c = &t->cases[0];
		bool due = case_next_due(c->slot->cs, &c->at) && c->at <= d->now_us;
		if (due) { /* a place that was found may have come before it */
			fire(d, c->slot, c->at);
			t->fired++;
		}
		if (!case_next_due(c->slot->cs, &c->at) || c->at > d->now_us)
			*c = (struct turn_case){.at = TIME_NEVER};
		sink(t, 0);
		t->n -= t->cases[t->n - 1].at == TIME_NEVER;
	}
}

static void tell_unreadable(struct daemon *d)
{
	log_line(&d->log, LOG_ERROR, "ledger-unreadable", "s", "reason",
		 ledger_reader_error(d->reader), NULL);
}

/* When to look again, if nothing is due now. */
static int64_t first_due(struct daemon *d)
{
	int64_t at;
	enum status st = ledger_first_due(daemon_reader(d), &at);
	if (st == STATUS_OK)
		return at;
	if (st == STATUS_NOT_FOUND)
		return TIME_NEVER;
	tell_unreadable(d);
	return d->now_us + STUCK_PAUSE_US;
}

/* Those that cannot be read come again every time: they are asked for on top of the others. */
static bool list_due(struct turn *t)
{
	struct daemon *d = t->d;
	t->most = TIMERS_ROUND + d->timers.stuck;
	t->cases = arena_array(&t->arena, t->most, sizeof(*t->cases));
	if (!ledger_due(daemon_reader(d), d->now_us, t->most, on_due, t))
		return true;
	tell_unreadable(d);
	t->n = 0;
	return false;
}

static void one_turn(struct daemon *d)
{
	struct turn t = {.d = d};
	struct timers *timers = &d->timers;
	bool readable = list_due(&t);
	size_t listed = t.n;
	load_cases(&t);
	fire_all(&t);
	timers->stuck = t.stuck;
	if (readable && !listed) {
		timers->next = first_due(d);
	} else if (t.stuck == listed) {
		timers->next = d->now_us + STUCK_PAUSE_US;
	} else if (!t.fired) {
		timers->waits = true; /* for an event in flight that settles what is due */
	}
	arena_release(&t.arena);
}

void timers_turn(struct daemon *d)
{
	struct timers *t = &d->timers;
	if (t->flying || d->commit.full || d->draining)
		return;
	d->now_us = clock_now_us();
	t->waits = false;
	if (t->next <= d->now_us)
		one_turn(d);
	cases_trim(&d->cases, d->rb);
	if (!t->flying && !t->waits)
		arm(d);
}

bool timers_busy(const struct daemon *d, int64_t now_us)
{
	return d->timers.flying || (d->timers.next <= now_us && !d->commit.full);
}

static void on_timer(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop, (void)events;
	timers_turn(w->data);
}

void timers_start(struct daemon *d)
{
	struct timers *t = &d->timers;
	ev_timer_init(&t->timer, on_timer, 0., 0.);
	t->timer.data = d;
	t->next = TIME_NEVER;
	timers_note(d, first_due(d));
}

void timers_stop(struct daemon *d)
{
	ev_timer_stop(d->loop, &d->timers.timer);
}
