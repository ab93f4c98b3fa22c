/* SPDX-License-Identifier: Apache-2.0
 *
 * POST /v1/purges: destroys a case while the daemon runs. From here on the case takes nothing: it
 * has a slot that says so, until it is on disk.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/intake.h"
#include "daemon/serve/places.h"
#include "daemon/serve/routes.h"

#include "daemon/ledger/destroy.h"
#include "engine/base/limits.h"

struct asked {
	struct str id, order, reason;
};

/* ---- what is asked for ---- */

static bool take_member(const struct json *root, const char *name, size_t most, struct str *out)
{
	const struct json *v = json_get(root, str_from(name));
	if (!v || v->kind != JSON_TEXT || !v->text.len || v->text.len > most)
		return false;
	*out = v->text;
	return true;
}

/* False: answered. */
static bool read_asked(struct call *c, struct asked *a)
{
	const struct json *root;
	if (!intake_is_json(c)) {
		call_problem(c, PROBLEM_TYPE, "an order comes as application/json");
		return false;
	}
	if (!intake_json(c, &root))
		return false;
	if (root->kind == JSON_OBJECT && root->n == 3 &&
	    take_member(root, "case", LIMIT_ID_BYTES, &a->id) &&
	    take_member(root, "order", ORDER_TEXT_BYTES, &a->order) &&
	    take_member(root, "reason", ORDER_TEXT_BYTES, &a->reason))
		return true;
	call_problem(c, PROBLEM_JSON,
		     "an order has a case, and what it is called (order) and why (reason) in at "
		     "most %d bytes each, and nothing else",
		     ORDER_TEXT_BYTES);
	return false;
}

/* The number of the case, when it can be destroyed now. 0: answered. */
static uint64_t find_case(struct call *c, struct str id)
{
	struct daemon *d = c->d;
	struct ledger_case row;
	if (cases_are_flying(&d->cases, id)) {
		http_header_add(c->http, STR("Retry-After"), STR("1"));
		call_problem(c, PROBLEM_BUSY,
			     "something of this case is on its way to the disk; send it again in "
			     "a moment");
		return 0;
	}
	enum status st = ledger_find_case(daemon_reader(d), id, &row);
	if (st == STATUS_GONE && call_sees(c, row.county)) {
		call_destroyed(c, row.destroyed);
		return 0;
	}
	if (st == STATUS_IO) {
		log_line(&d->log, LOG_ERROR, "ledger-unreadable", "s", "reason",
			 ledger_reader_error(d->reader), NULL);
		call_problem(c, PROBLEM_LEDGER, "the log of the daemon says why");
		return 0;
	}
	if (st || !call_sees(c, row.county)) {
		call_problem(c, PROBLEM_NOT_FOUND,
			     "there is no case of this id in the counties of this token");
		return 0;
	}
	return row.no;
}

/* ---- when it is on disk ---- */

static void on_back(void *arg, const struct pot *draw, uint64_t after_seq)
{
	struct pot *own = pots_get(arg, draw);
	(void)after_seq;
	own->reserved += draw->reserved;
	own->committed += draw->committed;
}

static void answer(struct daemon *d, const struct flight *f, uint64_t number)
{
	struct ledger_order order;
	if (ledger_order_at(daemon_reader(d), number, &order))
		order = (struct ledger_order){.number = number, .at_us = d->now_us};
	buf_clear(&d->text);
	buf_fmt(&d->text, "{\"number\":%llu,\"order\":", (unsigned long long)number);
	buf_json(&d->text, order.under);
	buf_str(&d->text, STR(",\"destroyed\":\""));
	time_text(&d->text, d->rb->zone, order.at_us);
	buf_str(&d->text, STR("\"}"));
	reply_give(f->waiters->reply, f->waiters->index, 200, buf_view(&d->text));
}

static void landed(struct daemon *d, struct flight *f)
{
	struct str id = f->decision; /* of this flight it is the id of the case */
	uint64_t number = ledger_unit_order(f->unit);
	cases_forget_one(&d->cases, d->rb, id);
	if (f->unit->status) {
		flight_lost(d, f->waiters);
		return;
	}
	/* Not read: the next start does. Until then the pots hold more than they should. */
	if (ledger_given_back(daemon_reader(d), number, on_back, &d->pots))
		log_line(&d->log, LOG_ERROR, "ledger-unreadable", "s", "reason",
			 ledger_reader_error(d->reader), NULL);
	pots_forget(&d->pots, id);
	log_line(&d->log, LOG_INFO, "destroyed", "i", "order", (int64_t)number, NULL);
	answer(d, f, number);
	places_give(d, zone_day(d->rb->zone, d->now_us), d->now_us, hash128_of(number, 0));
}

void post_purges(struct call *c)
{
	struct daemon *d = c->d;
	struct asked a;
	uint64_t no;
	if (!call_only(c, NULL, 0) || !read_asked(c, &a) || !call_has_room(c, 1) ||
	    !(no = find_case(c, a.id)))
		return;
	const struct ledger_order order = {
	    .at_us = d->now_us, .under = a.order, .reason = a.reason, .who = c->token->name};
	struct reply *r = reply_new(c, 1, false);
	struct ledger_unit *u = ledger_unit_new(d->ledger, NULL);
	ledger_unit_destroy(u, &order, &no, 1);
	cases_add_gone(&d->cases, d->rb, a.id);
	struct flight *f = flight_apart(d, u, landed);
	f->decision = arena_str(&u->arena, a.id);
	flight_await(f, r, 0, false);
	reply_close(r);
}
