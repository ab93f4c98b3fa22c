/* SPDX-License-Identifier: Apache-2.0
 *
 * POST /v1/holds: places a legal hold on a case, or lifts it.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/orders.h"
#include "daemon/serve/routes.h"

#include "daemon/ledger/hold.h"

/* False: answered. */
static bool is_there(struct call *c, uint64_t no, struct str under)
{
	struct ledger_hold h;
	enum status st = ledger_hold_of(daemon_reader(c->d), no, under, &h);
	if (st == STATUS_NOT_FOUND)
		call_problem(c, PROBLEM_BODY, "the case is under no hold of this name");
	else if (st)
		call_ledger_failed(c);
	return !st;
}

static void landed(struct daemon *d, struct flight *f)
{
	const struct ledger_hold *h = f->unit->hold;
	d->holds_flying--;
	if (f->unit->status) {
		flight_lost(d, f->waiters);
		return;
	}
	log_line(&d->log, LOG_INFO, h->held ? "held" : "hold-lifted", NULL);
	buf_clear(&d->text);
	buf_str(&d->text, STR("{\"order\":"));
	buf_json(&d->text, h->under);
	buf_fmt(&d->text, ",\"held\":%s,\"at\":\"", h->held ? "true" : "false");
	time_text(&d->text, d->rb->zone, h->at_us);
	buf_str(&d->text, STR("\"}"));
	reply_give(f->waiters->reply, f->waiters->index, 200, buf_view(&d->text));
}

void post_holds(struct call *c)
{
	struct daemon *d = c->d;
	struct order_asked a;
	uint64_t no;
	if (!call_only(c, NULL, 0) || !order_read(c, true, &a) || !call_has_room(c, 1) ||
	    !(no = order_find_case(c, a.id)) || (a.lift && !is_there(c, no, a.under)))
		return;
	const struct ledger_hold h = {.at_us = d->now_us,
				      .case_no = no,
				      .held = !a.lift,
				      .under = a.under,
				      .reason = a.reason,
				      .who = c->token->name};
	struct reply *r = reply_new(c, 1, false);
	struct ledger_unit *u = ledger_unit_new(d->ledger, NULL);
	ledger_unit_hold(u, &h);
	d->holds_flying++;
	flight_await(flight_apart(d, u, landed), r, 0, false);
	reply_close(r);
}
