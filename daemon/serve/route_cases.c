/* SPDX-License-Identifier: Apache-2.0
 *
 * What is recorded of a case. Read from the ledger, never from memory: what is shown is on disk.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/recorded.h"
#include "daemon/serve/routes.h"
#include "engine/case/json.h"

#define TIMELINE_MOST  1000u
#define TIMELINE_USUAL 100u

static void no_such_case(struct call *c)
{
	call_problem(c, PROBLEM_NOT_FOUND,
		     "there is no case of this id in the counties of this token");
}

static void unreadable(struct call *c, bool ledger)
{
	struct daemon *d = c->d;
	log_line(&d->log, LOG_ERROR, ledger ? "ledger-unreadable" : "case-unreadable", "s",
		 "reason", ledger ? ledger_reader_error(d->reader) : buf_view(&d->why), NULL);
	call_problem(c, ledger ? PROBLEM_LEDGER : PROBLEM_CASE, "the log of the daemon says why");
}

/* A case of a county that the token does not see is as one that does not exist. False: answered. */
static bool find(struct call *c, struct ledger_case *row)
{
	enum status st = ledger_find_case(daemon_reader(c->d), call_part(c, 2), row);
	if (!st && call_sees(c, row->county))
		return true;
	if (st && st != STATUS_NOT_FOUND)
		unreadable(c, true);
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
	unreadable(c, false);
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

struct timeline {
	struct call *call;
	struct buf *out;
	size_t n;
	uint64_t last, next; /* next: where an older page begins, 0: there is none */
};

static bool on_event(void *arg, const struct ledger_event *e)
{
	struct timeline *t = arg;
	buf_str(t->out, t->n++ ? STR(",") : STR(""));
	recorded_json(t->out, t->call, e);
	t->last = e->seq;
	t->next = e->prev_seq ? e->seq : 0;
	return true;
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
	struct timeline t = {.call = c, .out = &d->text};
	buf_clear(&d->text);
	buf_str(&d->text, STR("{\"case\":"));
	buf_json(&d->text, id);
	buf_str(&d->text, STR(",\"events\":["));
	if (limit && ledger_timeline(daemon_reader(d), id, before, limit, on_event, &t)) {
		unreadable(c, true);
		return;
	}
	buf_str(&d->text, STR("],\"before\":"));
	if (t.next)
		buf_i64(&d->text, (int64_t)t.next);
	else
		buf_str(&d->text, STR("null"));
	buf_char(&d->text, '}');
	call_json(c, 200, buf_view(&d->text));
}
