/* SPDX-License-Identifier: Apache-2.0
 *
 * POST /v1/purges: destroys a case while the daemon runs. From here on the case takes nothing: it
 * has a slot that says so, until it is on disk.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/destroying.h"
#include "daemon/serve/orders.h"
#include "daemon/serve/routes.h"

#include "daemon/ledger/hold.h"

/* ---- when it is on disk ---- */

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
	if (destroying_landed(d, f))
		answer(d, f, ledger_unit_order(f->unit));
	else
		flight_lost(d, f->waiters);
}

/* False: answered. A hold on its way to the disk may be one of this case. */
static bool may_go(struct call *c, uint64_t no)
{
	struct ledger_hold h;
	if (c->d->holds_flying) {
		http_header_add(c->http, STR("Retry-After"), STR("1"));
		call_problem(c, PROBLEM_BUSY,
			     "a hold is on its way to the disk; send it again in a moment");
		return false;
	}
	enum status st = ledger_hold_of(daemon_reader(c->d), no, STR(""), &h);
	if (st == STATUS_NOT_FOUND)
		return true;
	if (st)
		call_ledger_failed(c);
	else
		call_problem(c, PROBLEM_HELD,
			     "the case is under the legal hold " STR_FMT
			     " and is kept until that is "
			     "lifted",
			     STR_ARG(h.under));
	return false;
}

void post_purges(struct call *c)
{
	struct daemon *d = c->d;
	struct order_asked a;
	uint64_t no;
	if (!call_only(c, NULL, 0) || !order_read(c, false, &a) || !call_has_room(c, 1) ||
	    !(no = order_find_case(c, a.id)) || !may_go(c, no))
		return;
	const struct ledger_order order = {
	    .at_us = d->now_us, .under = a.under, .reason = a.reason, .who = c->token->name};
	struct reply *r = reply_new(c, 1, false);
	struct ledger_unit *u = ledger_unit_new(d->ledger, NULL);
	struct destroying *what = arena_alloc(&u->arena, sizeof(*what));
	*what = (struct destroying){arena_array(&u->arena, 1, sizeof(*what->ids)),
				    arena_array(&u->arena, 1, sizeof(*what->numbers)), 1};
	what->ids[0] = arena_str(&u->arena, a.id);
	what->numbers[0] = no;
	flight_await(destroying_begin(d, u, &order, what, landed), r, 0, false);
	reply_close(r);
}
