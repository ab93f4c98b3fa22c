/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/timers.h"

#include "daemon/serve/clock.h"
#include "daemon/serve/daemon.h"
#include "daemon/serve/fire.h"
#include "daemon/serve/places.h"
#include "daemon/serve/submit.h"

#include <string.h>

/* When what is due cannot be read: how long to the next try. */
#define STUCK_PAUSE_US (5 * SECOND_US)

/* A case with something due now. */
struct turn_case {
	struct str id;
	struct ledger_due due;
	struct case_slot *slot;
};

/* One turn: what is due up to an instant, in the order of firing. */
struct turn {
	struct daemon *d;
	int64_t until;
	int64_t ends; /* ticks: when its slice of time is used up */
	struct arena arena;
	struct turn_case *cases;
	size_t n, listed, over, stuck, fired;
	struct turn_case last; /* listed; what comes behind it may not be listed: the next turn's */
	bool is_full;          /* there is more */
	bool is_done;          /* there is not, and all of it has fired */
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

void timers_clock_set(struct daemon *d)
{
	if (!d->draining)
		arm(d);
}

void timers_count(struct daemon *d, struct flight *f, int64_t due_us)
{
	bool late = d->now_us - due_us > TIMERS_LATE_US;
	if (f) {
		f->fired++;
		f->fired_late += late;
	} else {
		d->timers.fired++;
		d->timers.late += late;
	}
}

static bool is_before(struct ledger_due a, struct ledger_due b)
{
	return a.at != b.at ? a.at < b.at : a.day < b.day;
}

static bool fires_before(const struct turn_case *a, const struct turn_case *b)
{
	if (is_before(a->due, b->due) || is_before(b->due, a->due))
		return is_before(a->due, b->due);
	return str_cmp(a->id, b->id) < 0;
}

/* What the case has due first; false: nothing by now. */
static bool due_now(const struct turn *t, struct turn_case *c)
{
	const struct case_state *cs = c->slot->cs;
	if (!cs->due.n || cs->due.at[0].at > t->until)
		return false;
	c->due = (struct ledger_due){cs->due.at[0].at, cs->due.at[0].day};
	return true;
}

static bool is_spent(const struct turn *t)
{
	return clock_ticks_us() >= t->ends;
}

/* False: it cannot be read. Of those the first that was not so before is named in the log. */
static bool load(struct turn *t, struct turn_case *c)
{
	struct daemon *d = t->d;
	buf_clear(&d->why);
	if (!cases_get(&d->cases, daemon_reader(d), d->rb, c->id, &c->slot, &d->why) &&
	    !submit_fetch(d, c->slot->cs, NULL))
		return true;
	if (t->stuck++ == d->timers.stuck)
		log_line(&d->log, LOG_ERROR, "due-stuck", "s", "reason", buf_view(&d->why), NULL);
	return false;
}

/* Those that cannot be read, or have nothing due any more (an event in flight settled it, or they
 * have fired), are left out. */
static enum ledger_due_seen on_due(void *arg, struct str case_id, struct ledger_due due)
{
	struct turn *t = arg;
	struct turn_case c = {arena_str(&t->arena, case_id), due, NULL};
	t->listed++;
	t->last = c;
	if (!load(t, &c))
		return LEDGER_DUE_SEEN;
	if (due_now(t, &c))
		t->cases[t->n++] = c;
	else if (!c.slot->pins)
		return t->over++, LEDGER_DUE_OVER;
	return t->n < TIMERS_ROUND && !is_spent(t) ? LEDGER_DUE_SEEN : LEDGER_DUE_STOP;
}

static void sink(struct turn *t, size_t i)
{
	for (; i + 1 < t->n && fires_before(&t->cases[i + 1], &t->cases[i]); i++) {
		struct turn_case c = t->cases[i];
		t->cases[i] = t->cases[i + 1];
		t->cases[i + 1] = c;
	}
}

/* What the first of the list has due is looked at again: it has fired, or a place that was found
 * came before it. False: the list is at its end. */
static bool first_is_due(struct turn *t)
{
	while (t->n) {
		struct turn_case *c = &t->cases[0];
		struct ledger_due was = c->due;
		if (!due_now(t, c))
			memmove(c, c + 1, --t->n * sizeof(*c));
		else if (is_before(was, c->due))
			sink(t, 0);
		else
			return true;
	}
	return false;
}

/* The places that a day brings come before the items of that day. */
static bool grow(struct turn *t)
{
	struct daemon *d = t->d;
	struct ledger_due grows;
	if (!places_grow_next(d, &grows) || grows.at > t->until ||
	    (t->n && is_before(t->cases[0].due, grows)) ||
	    (t->is_full && is_before(t->last.due, grows)))
		return false;
	places_grow(d, grows);
	return true;
}

static void fire_all(struct turn *t)
{
	for (size_t i = t->n; i-- > 0;)
		sink(t, i);
	for (; t->fired < TIMERS_ROUND && (!t->fired || !is_spent(t)); t->fired++) {
		bool is_due = first_is_due(t);
		if (grow(t))
			continue;
		if (!is_due || (t->is_full && fires_before(&t->last, &t->cases[0]))) {
			t->is_done = !is_due && !t->is_full;
			return;
		}
		fire_due(t->d, t->cases[0].slot, t->cases[0].due);
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
	int64_t at = TIME_NEVER;
	struct ledger_due grows;
	enum status st = ledger_first_due(daemon_reader(d), &at);
	if (st != STATUS_OK && st != STATUS_NOT_FOUND) {
		tell_unreadable(d);
		return d->now_us + STUCK_PAUSE_US;
	}
	return places_grow_next(d, &grows) && grows.at < at ? grows.at : at;
}

/* Those that cannot be read come again every time, and those in flight as long as they are: they
 * are asked for on top of the others. */
static bool list_due(struct turn *t)
{
	struct daemon *d = t->d;
	bool all;
	size_t most = TIMERS_ROUND + d->timers.stuck + d->timers.flying;
	t->cases = arena_array(&t->arena, TIMERS_ROUND + d->timers.overdue.n, sizeof(*t->cases));
	if (ledger_due(daemon_reader(d), t->until, most, on_due, t, &all)) {
		tell_unreadable(d);
		return false;
	}
	t->is_full = !all;
	return true;
}

/* And those in flight, of which the ledger may know nothing yet, or what was before. */
static void add_flying(struct turn *t)
{
	struct timers *timers = &t->d->timers;
	size_t listed = t->n;
	for (size_t i = 0; i < timers->overdue.n; i++) {
		struct turn_case c = {.id = timers->overdue.at[i]->id,
				      .slot = timers->overdue.at[i]};
		if (!c.slot->cs || !due_now(t, &c))
			continue;
		size_t k = 0;
		while (k < listed && t->cases[k].slot != c.slot)
			k++;
		if (k == listed)
			t->cases[t->n++] = c;
	}
}

/* Nothing is due any more. Places may be free all the same: there are more of them under this
 * policy, or the daemon ended before it gave them. */
static void look(struct daemon *d)
{
	int32_t today = zone_day(d->rb->zone, d->now_us);
	d->timers.looks = false;
	places_give(d, today, d->now_us, (struct hash128){0});
	pots_served(&d->pots, today);
}

static bool run(struct turn *t)
{
	if (!list_due(t))
		return false;
	add_flying(t);
	fire_all(t);
	if (t->is_done)
		t->d->timers.behind = false;
	return true;
}

static void one_turn(struct daemon *d)
{
	struct turn t = {.d = d, .until = d->now_us, .ends = clock_ticks_us() + TIMERS_SLICE_US};
	struct timers *timers = &d->timers;
	if (!run(&t)) {
		timers->next = d->now_us + STUCK_PAUSE_US;
		arena_release(&t.arena);
		return;
	}
	timers->stuck = t.stuck;
	bool goes_on = t.fired || t.over || (t.is_full && !t.listed);
	if (!goes_on && t.stuck == t.listed) {
		if (timers->looks)
			look(d);
		timers->next = t.listed ? d->now_us + STUCK_PAUSE_US : first_due(d);
	} else if (!goes_on) {
		timers->waits = true; /* for an event in flight that settles what is due */
	}
	arena_release(&t.arena);
}

static bool is_overdue(const struct timers *t, int64_t until)
{
	for (size_t i = 0; i < t->overdue.n; i++)
		if (t->overdue.at[i]->due.at <= until)
			return true;
	return t->next <= until;
}

void timers_catch_up(struct daemon *d, int64_t until)
{
	struct turn t = {.d = d, .until = until < d->now_us ? until : d->now_us, .ends = INT64_MAX};
	if (!d->rb->felt_later || d->commit.full || d->timers.behind ||
	    !is_overdue(&d->timers, t.until))
		return;
	d->timers.behind = run(&t) && !t.is_done;
	arena_release(&t.arena);
}

void timers_submitted(struct daemon *d, struct case_slot *slot)
{
	if (slot->overdue || slot->due.at > d->now_us)
		return;
	slot->overdue = true;
	*vec_push(&d->timers.overdue) = slot;
}

void timers_landed(struct daemon *d, struct case_slot *slot)
{
	struct timers *t = &d->timers;
	size_t i = 0;
	if (!slot->overdue || slot->pins)
		return;
	while (t->overdue.at[i] != slot)
		i++;
	vec_remove(&t->overdue, i);
	slot->overdue = false;
}

void timers_look(struct daemon *d)
{
	d->timers.looks = true;
	timers_note(d, d->now_us);
}

void timers_turn(struct daemon *d)
{
	struct timers *t = &d->timers;
	if (t->flying >= TIMERS_FLYING || d->commit.full || d->draining)
		return;
	d->now_us = clock_now_us();
	t->waits = false;
	if (t->next <= d->now_us)
		one_turn(d);
	else
		t->behind = false;
	cases_trim(&d->cases, d->rb);
	if (t->flying < TIMERS_FLYING && !t->waits)
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
	timers_look(d);
}

void timers_stop(struct daemon *d)
{
	ev_timer_stop(d->loop, &d->timers.timer);
}

void timers_release(struct daemon *d)
{
	vec_release(&d->timers.overdue);
}
