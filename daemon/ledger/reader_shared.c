/* SPDX-License-Identifier: Apache-2.0
 *
 * What cases share, as it is recorded: funds, places and who waits for them, seats.
 */
#include "daemon/ledger/ledger_internal.h"
#include "daemon/ledger/seal.h"
#include "daemon/ledger/sql.h"
#include "engine/base/limits.h"

static bool pot_of(sqlite3_stmt *s, struct pot *out)
{
	struct str period = sql_text(s, 3), served = sql_text(s, 6);
	*out = (struct pot){.name = sql_text(s, 1),
			    .county = sql_text(s, 2),
			    .from = DAY_NONE,
			    .served = DAY_NONE,
			    .reserved = sqlite3_column_int64(s, 4),
			    .committed = sqlite3_column_int64(s, 5)};
	return pot_kind_of(sql_text(s, 0), &out->kind) && out->name.len <= LIMIT_NAME_BYTES &&
	       out->county.len <= LIMIT_NAME_BYTES &&
	       (!period.len || day_read(period, &out->from) == STATUS_OK) &&
	       (!served.len || day_read(served, &out->served) == STATUS_OK);
}

/* Runs a query made for this once; `take` says whether a row is whole. */
static enum status each_row(struct ledger_reader *r, const char *sql,
			    bool (*take)(struct pots *, sqlite3_stmt *), struct pots *out)
{
	sqlite3_stmt *s = sql_prepare(ledger_reader_db(r), sql);
	enum step step;
	bool fine = true;
	if (!s)
		return STATUS_IO;
	for (step = sql_step(s); fine && step == STEP_ROW; step = sql_step(s))
		fine = take(out, s);
	sqlite3_finalize(s);
	return step == STEP_FAILED || !fine ? STATUS_IO : STATUS_OK;
}

enum status ledger_agenda(struct ledger_reader *r, struct str docket, int32_t meeting,
			  ledger_on_seat *on, void *arg)
{
	sqlite3_stmt *s = sql_prepare(
	    ledger_reader_db(r),
	    "SELECT " CASE_ID("c") ", s.county, s.urgent > 0 FROM seats s"
				   " JOIN cases c ON c.no = s.case_no WHERE s.docket = ?1"
				   " AND s.meeting = ?2 AND s.urgent + s.others > 0"
				   " ORDER BY s.county, s.case_no");
	struct buf day = {0};
	enum step step;
	if (!s)
		return STATUS_IO;
	day_text(&day, meeting);
	sql_bind_text(s, 1, docket);
	sql_bind_text(s, 2, buf_view(&day));
	for (step = sql_step(s); step == STEP_ROW; step = sql_step(s))
		on(arg, &(struct ledger_seat){.case_id = sql_text(s, 0),
					      .county = sql_text(s, 1),
					      .urgent = sqlite3_column_int(s, 2)});
	sqlite3_finalize(s);
	buf_release(&day);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}

static bool take_pot(struct pots *out, sqlite3_stmt *s)
{
	struct pot row;
	if (!pot_of(s, &row))
		return false;
	struct pot *own = pots_get(out, &row);
	own->reserved = row.reserved;
	own->committed = row.committed;
	own->served = row.served;
	return true;
}

static bool take_waiting(struct pots *out, sqlite3_stmt *s)
{
	struct pot key = {.kind = POT_CAPACITY,
			  .name = sql_text(s, 0),
			  .county = sql_text(s, 1),
			  .from = DAY_NONE};
	if (key.name.len > LIMIT_NAME_BYTES || key.county.len > LIMIT_NAME_BYTES)
		return false;
	pots_join(out, pots_get(out, &key), sql_text(s, 2));
	return true;
}

enum status ledger_pots(struct ledger_reader *r, struct pots *out)
{
	enum status st = each_row(r,
				  "SELECT kind, name, county, period, reserved, committed, served"
				  " FROM pots"
				  " ORDER BY kind, name, county, period",
				  take_pot, out);
	if (st)
		return st;
	return each_row(
	    r,
	    "SELECT w.name, w.county, " CASE_ID("c") " FROM waiting w JOIN cases c"
						     " ON c.no = w.case_no ORDER BY w.no",
	    take_waiting, out);
}
