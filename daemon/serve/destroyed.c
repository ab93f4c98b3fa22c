/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/routes.h"

#include "daemon/ledger/destroy.h"

void call_destroyed(struct call *c, uint64_t number)
{
	struct daemon *d = c->d;
	struct ledger_order order;
	struct buf b = {0}, members = {0};
	struct problem p = {.kind = PROBLEM_DESTROYED};
	if (number && ledger_order_at(daemon_reader(d), number, &order) == STATUS_OK) {
		buf_fmt(&b,
			"destroyed under order " STR_FMT "; nothing that was recorded of it "
			"can be read any more",
			STR_ARG(order.under));
		buf_str(&members, STR("\"order\":"));
		buf_json(&members, order.under);
		buf_str(&members, STR(",\"destroyed\":\""));
		time_text(&members, d->rb->zone, order.at_us);
		buf_char(&members, '"');
	} else {
		buf_c(&b, "destroyed; nothing that was recorded of it can be read any more");
	}
	p.detail = buf_view(&b);
	p.members = buf_view(&members);
	call_problem_with(c, &p);
	buf_release(&b);
	buf_release(&members);
}
