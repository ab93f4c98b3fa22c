/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/retention.h"

#include "daemon/serve/clock.h"
#include "daemon/serve/daemon.h"
#include "daemon/serve/destroying.h"
#include "engine/values/calendar.h"

#include <stdio.h>

#define RESTS      9    /* times as long as a transaction took */
#define UNREADABLE 60.0 /* seconds until the next try */

int64_t retention_before(uint64_t years, int64_t now_us)
{
	struct date day = date_of(zone_day(zone_utc(), now_us));
	day.year -= (int32_t)years;
	if (day.month == 2 && day.day == 29)
		day.day = 28;
	return zone_day_start(zone_utc(), day_of(day));
}

static void again_in(struct daemon *d, double seconds)
{
	struct retention *r = &d->retention;
	ev_timer_stop(d->loop, &r->timer);
	ev_timer_set(&r->timer, seconds, 0.);
	ev_timer_start(d->loop, &r->timer);
}

/* ---- when it begins ---- */

static void wait_for_the_clock(struct daemon *d, const char *why)
{
	d->retention.going = false;
	log_line(&d->log, LOG_WARNING, "retention-waits", "c", "reason", why, NULL);
	again_in(d, RETENTION_DOUBT_S);
}

static bool was_set(struct daemon *d)
{
	struct retention *r = &d->retention;
	bool set = r->steps != d->clock.steps;
	r->steps = d->clock.steps;
	return set;
}

static bool begin(struct daemon *d)
{
	struct retention *r = &d->retention;
	struct ledger_totals totals;
	if (ledger_totals(daemon_reader(d), &totals))
		return false;
	r->going = true;
	r->after = r->order = r->destroyed = 0;
	r->of = totals.cases;
	r->before_us = retention_before(d->config.retention, d->now_us);
	return true;
}

static void end(struct daemon *d)
{
	struct retention *r = &d->retention;
	r->going = false;
	r->passed_us = d->now_us;
	log_line(&d->log, LOG_INFO, "retention-done", "i", "count", (int64_t)r->destroyed, "i",
		 "order", (int64_t)r->order, NULL);
	again_in(d, RETENTION_EVERY_S);
}

/* ---- some cases ---- */

static void landed(struct daemon *d, struct flight *f)
{
	struct retention *r = &d->retention;
	const struct destroying *what = f->arg;
	int64_t took = clock_ticks_us() - r->began_us;
	r->flying = false;
	if (destroying_landed(d, f)) {
		r->order = ledger_unit_order(f->unit);
		r->destroyed += what->n;
	} else {
		r->after = what->numbers[0] - 1; /* when there is room again */
	}
	if (!d->draining)
		again_in(d, (double)took * RESTS / 1e6 + RETENTION_PAUSE_S);
}

struct old {
	uint64_t numbers[RETENTION_LOOKS];
	size_t n;
};

static bool on_old(void *arg, uint64_t no)
{
	struct old *o = arg;
	o->numbers[o->n++] = no;
	return true;
}

/* Those of which nothing is on its way to the disk: the others are not over. */
static struct destroying *take(struct daemon *d, const struct old *old, struct arena *a)
{
	struct destroying *what = arena_alloc(a, sizeof(*what));
	what->ids = arena_array(a, old->n, sizeof(*what->ids));
	what->numbers = arena_array(a, old->n, sizeof(*what->numbers));
	for (size_t i = 0; i < old->n; i++) {
		struct ledger_case c;
		if (ledger_case_at(daemon_reader(d), old->numbers[i], &c) ||
		    cases_are_flying(&d->cases, c.id))
			continue;
		what->ids[what->n] = arena_str(a, c.id);
		what->numbers[what->n++] = c.no;
	}
	return what;
}

static void destroy(struct daemon *d, const struct old *old)
{
	struct retention *r = &d->retention;
	struct ledger_unit *u = ledger_unit_new(d->ledger, NULL);
	struct destroying *what = take(d, old, &u->arena);
	char under[48], reason[64];
	unsigned long long years = d->config.retention;
	if (!what->n) {
		ledger_unit_free(d->ledger, u);
		again_in(d, RETENTION_PAUSE_S);
		return;
	}
	snprintf(under, sizeof(under), "retention %llu", years);
	snprintf(reason, sizeof(reason), "over for %llu years or longer", years);
	const struct ledger_order order = {.number = r->order,
					   .at_us = d->now_us,
					   .under = str_from(under),
					   .reason = str_from(reason)};
	r->flying = true;
	r->began_us = clock_ticks_us();
	destroying_begin(d, u, &order, what, landed);
	ledger_flush(d->ledger);
}

static void look(struct daemon *d)
{
	struct retention *r = &d->retention;
	struct old old = {.n = 0};
	uint64_t to = r->after + RETENTION_LOOKS;
	if (ledger_ended(daemon_reader(d), r->before_us, r->after, to, on_old, &old)) {
		log_line(&d->log, LOG_ERROR, "ledger-unreadable", "s", "reason",
			 ledger_reader_error(d->reader), NULL);
		again_in(d, UNREADABLE);
		return;
	}
	r->after = to;
	if (old.n)
		destroy(d, &old);
	else
		again_in(d, RETENTION_PAUSE_S);
}

static void on_timer(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop, (void)events;
	struct daemon *d = w->data;
	struct retention *r = &d->retention;
	if (d->draining || r->flying)
		return;
	if (was_set(d))
		wait_for_the_clock(d, "the clock was set");
	else if (d->commit.full || d->settling.on || d->holds_flying)
		again_in(d, 1.0); /* a hold on its way to the disk may be one of these cases */
	else if (!r->going && !begin(d))
		again_in(d, UNREADABLE);
	else if (r->after >= r->of)
		end(d);
	else
		look(d);
}

void retention_start(struct daemon *d)
{
	struct retention *r = &d->retention;
	int64_t latest = d->clock.latest_us;
	ev_timer_init(&r->timer, on_timer, 0., 0.);
	r->timer.data = d;
	if (!d->config.retention)
		return;
	r->steps = d->clock.steps;
	if (latest != TIME_NONE && d->now_us - latest > RETENTION_AHEAD_US)
		wait_for_the_clock(d, "nothing was recorded for more than 30 days: is the clock "
				      "right?");
	else
		again_in(d, RETENTION_PAUSE_S);
}

void retention_stop(struct daemon *d)
{
	ev_timer_stop(d->loop, &d->retention.timer);
}
