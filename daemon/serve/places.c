/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/places.h"

#include "daemon/serve/daemon.h"
#include "daemon/serve/submit.h"

struct giving {
	struct daemon *d;
	struct case_slot *slot;
	struct flight *flight; /* NULL until there is something to record */
	struct buf json;
};

static void record(struct giving *g, const struct decision *decision)
{
	struct daemon *d = g->d;
	if (!g->flight)
		g->flight = flight_open(d, g->slot);
	buf_clear(&g->json);
	event_json(&g->json, d->rb, &decision->event);
	flight_add(d, g->flight, decision, buf_view(&g->json));
}

static void on_fired(void *arg, const struct decision *due)
{
	struct giving *g = arg;
	record(g, due);
	timers_count(g->d, g->flight, due->event.time);
}

static void note_stuck(struct daemon *d)
{
	log_line(&d->log, LOG_ERROR, "place-stuck", "s", "reason", buf_view(&d->why), NULL);
}

/* False: the case cannot be read, or does not wait: nothing was changed. */
static bool give(struct giving *g, const struct vacancy *v, int64_t at, struct hash128 cause)
{
	struct daemon *d = g->d;
	struct decision decision;
	struct arena a = {0};
	buf_clear(&d->why);
	enum status st = cases_get(&d->cases, daemon_reader(d), d->rb, v->id, &g->slot, &d->why);
	if (!st)
		st = submit_fetch(d, g->slot->cs, NULL);
	const struct enrolment *e = st ? NULL : case_place(g->slot->cs, v->capacity);
	if (!e || !e->waiting) {
		note_stuck(d);
		return false;
	}
	struct event ev = place_event(&a, d->rb, g->slot->cs, v, at, cause);
	st = submit_decide(d, g->slot->cs, &ev, on_fired, g, &decision);
	if (!st)
		record(g, &decision);
	if (g->flight)
		flight_submit(d, g->flight);
	arena_release(&a);
	return !st;
}

static size_t give_all(struct daemon *d, int32_t day, int64_t at, struct hash128 cause)
{
	struct vacancy v;
	size_t n = 0;
	while (pots_vacancy(&d->pots, d->rb, day, at, &v)) {
		struct giving g = {.d = d};
		bool given = give(&g, &v, at, cause);
		buf_release(&g.json);
		if (!given)
			break;
		n++;
	}
	return n;
}

void places_give(struct daemon *d, int32_t day, int64_t at, struct hash128 cause)
{
	struct ledger_due grows;
	give_all(d, day, at, cause);
	if (places_grow_next(d, &grows))
		timers_note(d, grows.at);
}

bool places_grow_next(const struct daemon *d, struct ledger_due *out)
{
	if (!pots_growth(&d->pots, d->rb, &out->day))
		return false;
	out->at = zone_day_start(d->rb->zone, out->day);
	return true;
}

void places_grow(struct daemon *d, struct ledger_due grows)
{
	pots_served(&d->pots, grows.day);
	size_t n = give_all(d, grows.day, grows.at, pots_growth_key(grows.day));
	while (n--)
		timers_count(d, NULL, grows.at);
}
