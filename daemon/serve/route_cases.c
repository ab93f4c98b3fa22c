/* SPDX-License-Identifier: Apache-2.0
 *
 * What is recorded of a case. Read from the ledger, never from memory: what is shown is on disk.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/recorded.h"
#include "daemon/serve/routes.h"
#include "daemon/serve/seen.h"
#include "engine/base/vec.h"
#include "engine/case/json.h"

#define TIMELINE_MOST  1000u
#define TIMELINE_USUAL 100u
#define AROUND_BYTES   192u /* of an entry, beside its event and decision */

static void no_such_case(struct call *c)
{
	call_problem(c, PROBLEM_NOT_FOUND,
		     "there is no case of this id in the counties of this token");
}

static void unreadable(struct call *c)
{
	struct daemon *d = c->d;
	log_line(&d->log, LOG_ERROR, "case-unreadable", "s", "reason", buf_view(&d->why), NULL);
	call_problem(c, PROBLEM_CASE, "the log of the daemon says why");
}

/* A case of a county that the token does not see is as one that does not exist. False: answered. */
static bool find(struct call *c, struct ledger_case *row)
{
	enum status st = ledger_find_case(daemon_reader(c->d), call_part(c, 2), row);
	if (!st && call_sees(c, row->county))
		return true;
	if (st == STATUS_GONE && call_sees(c, row->county))
		call_destroyed(c, row->destroyed);
	else if (st && st != STATUS_NOT_FOUND && st != STATUS_GONE)
		call_ledger_failed(c);
	else
		no_such_case(c);
	return false;
}

struct case_state *call_case(struct call *c, const struct str *names, size_t n, uint64_t *no)
{
	struct daemon *d = c->d;
	struct ledger_case row;
	struct case_state *cs;
	const struct json *root;
	if (!call_only(c, names, n) || !find(c, &row))
		return NULL;
	*no = row.no;
	buf_clear(&d->why);
	if (!json_parse(d->doc, row.state, SIZE_MAX, &root, &d->why) &&
	    !case_read(d->rb, root, &cs, &d->why))
		return cs;
	unreadable(c);
	return NULL;
}

static void put_balance(struct buf *b, const struct case_state *cs)
{
	b->len--; /* the closing brace */
	buf_str(b, STR(",\"balance\":"));
	money_json(b, case_balance(cs));
	buf_char(b, '}');
}

void get_case(struct call *c)
{
	struct daemon *d = c->d;
	uint64_t no;
	struct case_state *cs = call_case(c, NULL, 0, &no);
	if (!cs)
		return;
	buf_clear(&d->text);
	case_json(&d->text, d->rb, cs, c->sees_confidential);
	put_balance(&d->text, cs);
	if (c->sees_confidential)
		seen_facts(c, cs);
	case_free(d->rb, cs);
	call_json(c, 200, buf_view(&d->text));
}

void get_upcoming(struct call *c)
{
	struct daemon *d = c->d;
	uint64_t no;
	struct case_state *cs = call_case(c, NULL, 0, &no);
	if (!cs)
		return;
	buf_clear(&d->text);
	buf_str(&d->text, STR("{\"case\":"));
	buf_json(&d->text, cs->id);
	buf_str(&d->text, STR(",\"upcoming\":"));
	case_upcoming_json(&d->text, d->rb, cs);
	buf_char(&d->text, '}');
	case_free(d->rb, cs);
	call_json(c, 200, buf_view(&d->text));
}

/* Copies: writing an event may ask the reader again. */
struct timeline {
	struct arena *arena;
	VEC(struct ledger_event) events;
	size_t bytes;
};

static bool on_event(void *arg, const struct ledger_event *e)
{
	struct timeline *t = arg;
	struct ledger_event *own = vec_push(&t->events);
	*own = *e;
	own->event = arena_str(t->arena, e->event);
	own->decision = arena_str(t->arena, e->decision);
	t->bytes += e->event.len + e->decision.len + AROUND_BYTES;
	return t->bytes < PAGE_BYTES;
}

static void put_timeline(struct buf *b, struct call *c, struct str id, const struct timeline *t)
{
	uint64_t older = 0; /* where an older page begins; 0: there is none */
	buf_str(b, STR("{\"case\":"));
	buf_json(b, id);
	buf_str(b, STR(",\"events\":["));
	for (size_t i = 0; i < t->events.n; i++) {
		const struct ledger_event *e = &t->events.at[i];
		buf_str(b, i ? STR(",") : STR(""));
		recorded_json(b, c, e);
		older = e->prev_seq ? e->seq : 0;
	}
	buf_str(b, STR("],\"before\":"));
	if (older)
		buf_i64(b, (int64_t)older);
	else
		buf_str(b, STR("null"));
	buf_char(b, '}');
}

void get_timeline(struct call *c)
{
	struct daemon *d = c->d;
	const struct str names[] = {STR("before"), STR("limit")};
	uint64_t before = 0, limit = TIMELINE_USUAL;
	struct ledger_case row;
	if (!call_only(c, names, 2) || !call_number(c, names[0], INT64_MAX, &before) ||
	    !call_number(c, names[1], TIMELINE_MOST, &limit) || !find(c, &row))
		return;
	struct str id = arena_str(&c->http->arena, row.id);
	struct timeline t = {.arena = &c->http->arena};
	if (limit && ledger_timeline(daemon_reader(d), id, before, limit, on_event, &t)) {
		call_ledger_failed(c);
	} else {
		buf_clear(&d->text);
		put_timeline(&d->text, c, id, &t);
		call_json(c, 200, buf_view(&d->text));
	}
	vec_release(&t.events);
}
