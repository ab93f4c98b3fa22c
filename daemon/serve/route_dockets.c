/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is heard at a meeting of a docket, for each county that the token sees.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/routes.h"
#include "engine/case/json.h"
#include "engine/case/json_write.h"

struct agenda {
	struct call *call;
	struct buf *out;
	uint16_t docket;
	struct str county; /* whose list is open; empty: none */
	size_t n;          /* cases in it */
	struct arena arena;
};

static uint16_t docket_of(const struct rulebook *rb, struct str name)
{
	for (uint16_t i = 0; i < rb->ndockets; i++)
		if (str_eq(rb->dockets[i].name, name))
			return i;
	return NONE;
}

/* The seats are those of today's policy. */
static void close_county(struct agenda *a)
{
	const struct daemon *d = a->call->d;
	uint16_t county = rulebook_county(d->rb, a->county);
	int64_t seats, keeps;
	if (!a->county.len)
		return;
	buf_char(a->out, ']');
	if (county != NONE) {
		docket_seats(d->rb, county, &d->rb->meetings[a->docket],
			     zone_day(d->rb->zone, d->now_us), &seats, &keeps);
		buf_str(a->out, STR(",\"seats\":"));
		buf_i64(a->out, seats);
		buf_str(a->out, STR(",\"keeps\":"));
		buf_i64(a->out, keeps);
	}
	buf_char(a->out, '}');
}

static void open_county(struct agenda *a, struct str county)
{
	buf_str(a->out, a->county.len ? STR(",{\"county\":") : STR("{\"county\":"));
	buf_json(a->out, county);
	buf_str(a->out, STR(",\"cases\":["));
	a->county = arena_str(&a->arena, county);
	a->n = 0;
}

static void on_seat(void *arg, const struct ledger_seat *seat)
{
	struct agenda *a = arg;
	if (!call_sees(a->call, seat->county))
		return;
	if (!str_eq(a->county, seat->county)) {
		close_county(a);
		open_county(a, seat->county);
	}
	buf_str(a->out, a->n++ ? STR(",{\"case\":") : STR("{\"case\":"));
	buf_json(a->out, seat->case_id);
	buf_str(a->out, seat->urgent ? STR(",\"urgent\":true}") : STR("}"));
}

/* The day that is asked for; without one the next meeting, today's included. False: answered. */
static bool meeting_of(struct call *c, const struct docket *k, int32_t *meeting)
{
	const struct daemon *d = c->d;
	struct str text;
	if (!http_query_find(c->http, STR("date"), &text)) {
		if (docket_next(k, zone_day(d->rb->zone, d->now_us) - 1, meeting))
			return true;
	} else if (day_read(text, meeting) == STATUS_OK) {
		return true;
	}
	call_problem(c, PROBLEM_QUERY, "date is a day such as 2026-07-02");
	return false;
}

void get_docket(struct call *c)
{
	struct daemon *d = c->d;
	const struct str names[] = {STR("date")};
	struct agenda a = {.call = c, .out = &d->text};
	int32_t meeting;
	if (!call_only(c, names, 1))
		return;
	a.docket = docket_of(d->rb, call_part(c, 2));
	if (a.docket == NONE) {
		call_problem(c, PROBLEM_NOT_FOUND, "the policy in force has no such docket");
		return;
	}
	if (!meeting_of(c, &d->rb->meetings[a.docket], &meeting))
		return;
	struct str name = d->rb->dockets[a.docket].name;
	buf_clear(a.out);
	buf_str(a.out, STR("{\"docket\":"));
	json_name(a.out, name);
	buf_str(a.out, STR(",\"meeting\":"));
	json_day(a.out, meeting);
	buf_str(a.out, STR(",\"counties\":["));
	enum status st = ledger_agenda(daemon_reader(d), name, meeting, on_seat, &a);
	close_county(&a);
	buf_str(a.out, STR("]}"));
	arena_release(&a.arena);
	if (st) {
		call_ledger_failed(c);
		return;
	}
	call_json(c, 200, buf_view(a.out));
}
