/* SPDX-License-Identifier: Apache-2.0
 *
 * The feed of outcomes, for systems that carry them out, and single decisions.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/feed.h"
#include "daemon/serve/recorded.h"
#include "daemon/serve/redact.h"
#include "daemon/serve/routes.h"
#include "daemon/serve/streams.h"

#define FEED_MOST  1000u
#define FEED_USUAL 100u

struct feed {
	struct call *call;
	struct buf *out;
	size_t n;
};

static bool on_outcome(void *arg, const struct ledger_outcome_row *o)
{
	struct feed *f = arg;
	buf_str(f->out, f->n++ ? STR(",") : STR(""));
	feed_item(f->out, f->call->d, &f->call->http->arena, o);
	return f->out->len < PAGE_BYTES;
}

/* A peer that comes back says where it was. */
static void stream(struct call *c)
{
	const struct str names[] = {STR("after")};
	struct str last;
	uint64_t after = 0;
	if (!call_only(c, names, 1) || !call_number(c, names[0], INT64_MAX, &after))
		return;
	if (http_header_find(c->http, STR("Last-Event-ID"), &last) &&
	    !number_read(last, INT64_MAX, &after))
		call_problem(c, PROBLEM_QUERY, "Last-Event-ID is a position of the feed");
	else if (c->http->method == HTTP_METHOD_HEAD)
		call_text(c, STR("text/event-stream"), STR(""));
	else
		streams_open(c, after);
}

void get_outcomes(struct call *c)
{
	struct daemon *d = c->d;
	const struct str names[] = {STR("after"), STR("limit")};
	uint64_t after = 0, limit = FEED_USUAL, reached;
	if (c->wants_stream) {
		stream(c);
		return;
	}
	if (!call_only(c, names, 2) || !call_number(c, names[0], INT64_MAX, &after) ||
	    !call_number(c, names[1], FEED_MOST, &limit))
		return;
	reached = after;
	struct feed f = {.call = c, .out = &d->text};
	buf_clear(&d->text);
	buf_str(&d->text, STR("{\"outcomes\":["));
	if (limit && ledger_outcomes(daemon_reader(d), after, limit, c->token->counties,
				     c->token->n, &reached, on_outcome, &f)) {
		call_ledger_failed(c);
		return;
	}
	buf_str(&d->text, STR("],\"after\":"));
	buf_i64(&d->text, (int64_t)reached);
	buf_char(&d->text, '}');
	call_json(c, 200, buf_view(&d->text));
}

/* ---- decisions ---- */

static bool part_number(struct call *c, uint64_t *out)
{
	struct str s = call_part(c, 2);
	uint64_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || i >= 18)
			return false;
		n = n * 10 + (uint64_t)(s.p[i] - '0');
	}
	*out = n;
	return n > 0;
}

/* The county of a recorded event, as long as the document lives. */
static struct str county_of(struct daemon *d, struct str event)
{
	const struct json *root;
	buf_clear(&d->why);
	if (json_parse(d->doc, event, SIZE_MAX, &root, &d->why))
		return STR("");
	const struct json *county = json_get(root, STR("county"));
	return county && county->kind == JSON_TEXT ? county->text : STR("");
}

/* An event of a destroyed case says nothing any more, not even its county: its case does. */
static bool may_know(struct call *c, const struct ledger_event *e)
{
	struct ledger_case row;
	struct str sender = arena_str(&c->http->arena, e->sender);
	if (ledger_case_at(daemon_reader(c->d), e->case_no, &row) != STATUS_GONE ||
	    !call_sees(c, row.county) ||
	    (c->token->role == ROLE_SUBMIT && !str_eq(sender, c->token->name)))
		return false;
	call_destroyed(c, row.destroyed);
	return true;
}

static bool may_see(struct call *c, const struct ledger_event *e)
{
	if (!call_sees(c, county_of(c->d, e->event)))
		return false;
	return c->token->role != ROLE_SUBMIT || str_eq(e->sender, c->token->name);
}

void get_decision(struct call *c)
{
	struct daemon *d = c->d;
	struct ledger_event e;
	uint64_t seq;
	if (!call_only(c, NULL, 0))
		return;
	enum status st =
	    part_number(c, &seq) ? ledger_event_at(daemon_reader(d), seq, &e) : STATUS_NOT_FOUND;
	if (!st && e.destroyed && may_know(c, &e))
		return;
	if (st && st != STATUS_NOT_FOUND) {
		call_ledger_failed(c);
	} else if (st || e.destroyed || !may_see(c, &e)) {
		call_problem(c, PROBLEM_NOT_FOUND,
			     "there is no decision of this number that this token may see");
	} else {
		buf_clear(&d->text);
		e.event = arena_str(&c->http->arena, e.event); /* it may ask the reader again */
		e.decision = arena_str(&c->http->arena, e.decision);
		recorded_json(&d->text, c, &e);
		call_json(c, 200, buf_view(&d->text));
	}
}
