/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/hold.h"

#include "daemon/ledger/ledger_internal.h"

void ledger_unit_hold(struct ledger_unit *u, const struct ledger_hold *h)
{
	struct ledger_hold *own = arena_alloc(&u->arena, sizeof(*own));
	*own = *h;
	own->under = arena_str(&u->arena, h->under);
	own->reason = arena_str(&u->arena, h->reason);
	own->who = arena_str(&u->arena, h->who);
	u->hold = own;
}

/* Rare, so nothing is kept prepared. */
enum status writer_hold(struct writer *w, const struct ledger_hold *h)
{
	sqlite3_stmt *s =
	    sql_prepare(w->db, "INSERT INTO holds (at_us, case_no, act, under, reason, who)"
			       " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
	if (!s)
		return STATUS_IO;
	sql_bind_int(s, 1, h->at_us);
	sql_bind_int(s, 2, (int64_t)h->case_no);
	sql_bind_text(s, 3, h->held ? STR("placed") : STR("lifted"));
	sql_bind_text(s, 4, h->under);
	sql_bind_text(s, 5, h->reason);
	sql_bind_text_or_null(s, 6, h->who);
	enum status status = sql_run(s);
	sqlite3_finalize(s);
	return status;
}

/* ---- reading ---- */

static struct ledger_hold read_hold(sqlite3_stmt *s)
{
	return (struct ledger_hold){.at_us = sqlite3_column_int64(s, 0),
				    .case_no = (uint64_t)sqlite3_column_int64(s, 1),
				    .held = str_eq(sql_text(s, 2), STR("placed")),
				    .under = sql_text(s, 3),
				    .reason = sql_text(s, 4),
				    .who = sql_text(s, 5)};
}

enum status ledger_hold_of(struct ledger_reader *r, uint64_t case_no, struct str under,
			   struct ledger_hold *out)
{
	sqlite3_stmt *s = sql_prepare(
	    ledger_reader_db(r),
	    "SELECT at_us, case_no, act, under, reason, who FROM holds h"
	    " WHERE case_no = ?1 AND ?2 IN ('', under) AND act = 'placed' AND " HOLD_LATEST
	    " ORDER BY number LIMIT 1");
	if (!s)
		return STATUS_IO;
	sql_bind_int(s, 1, (int64_t)case_no);
	sql_bind_text(s, 2, under);
	enum step step = sql_step(s);
	if (step == STEP_ROW) {
		struct arena *a = ledger_reader_arena(r);
		*out = read_hold(s);
		out->under = arena_str(a, out->under);
		out->reason = arena_str(a, out->reason);
		out->who = arena_str(a, out->who);
	}
	sqlite3_finalize(s);
	return step == STEP_ROW ? STATUS_OK : step == STEP_DONE ? STATUS_NOT_FOUND : STATUS_IO;
}

enum status ledger_holds(struct ledger_reader *r, ledger_on_hold *on, void *arg)
{
	sqlite3_stmt *s = sql_prepare(
	    ledger_reader_db(r),
	    "SELECT h.at_us, h.case_no, h.act, h.under, h.reason, h.who," OPENED(
		"case", "c.no", "0", "c.id") " FROM holds h JOIN cases c ON c.no = h.case_no"
					     " WHERE h.act = 'placed' AND h." HOLD_LATEST
					     " ORDER BY h.case_no, h.number");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	for (; step == STEP_ROW; step = sql_step(s)) {
		const struct ledger_hold h = read_hold(s);
		on(arg, &h, sql_text(s, 6));
	}
	sqlite3_finalize(s);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}
