/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/orders.h"

#include "daemon/ledger/destroy.h"
#include "daemon/serve/daemon.h"
#include "daemon/serve/intake.h"
#include "daemon/serve/routes.h"
#include "engine/base/limits.h"

/* ---- what is asked for ---- */

static bool take_member(const struct json *root, const char *name, size_t most, struct str *out)
{
	const struct json *v = json_get(root, str_from(name));
	if (!v || v->kind != JSON_TEXT || !v->text.len || v->text.len > most)
		return false;
	*out = v->text;
	return true;
}

/* How many members it has for that, or SIZE_MAX. */
static size_t take_lift(const struct json *root, bool may, bool *out)
{
	const struct json *v = json_get(root, STR("lift"));
	*out = v && v->kind == JSON_BOOL && v->yes;
	if (!v)
		return 0;
	return may && v->kind == JSON_BOOL ? 1 : SIZE_MAX;
}

bool order_read(struct call *c, bool may_lift, struct order_asked *out)
{
	const struct json *root;
	if (!intake_is_json(c)) {
		call_problem(c, PROBLEM_TYPE, "an order comes as application/json");
		return false;
	}
	if (!intake_json(c, &root))
		return false;
	size_t more = root->kind == JSON_OBJECT ? take_lift(root, may_lift, &out->lift) : SIZE_MAX;
	if (more != SIZE_MAX && root->n == 3 + more &&
	    take_member(root, "case", LIMIT_ID_BYTES, &out->id) &&
	    take_member(root, "order", ORDER_TEXT_BYTES, &out->under) &&
	    take_member(root, "reason", ORDER_TEXT_BYTES, &out->reason))
		return true;
	call_problem(c, PROBLEM_JSON,
		     "an order has a case, and what it is called (order) and why (reason) in at "
		     "most %d bytes each, and nothing else%s",
		     ORDER_TEXT_BYTES, may_lift ? " but \"lift\":true, which lifts it" : "");
	return false;
}

uint64_t order_find_case(struct call *c, struct str id)
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
