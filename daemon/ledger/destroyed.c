/* SPDX-License-Identifier: Apache-2.0
 *
 * The reading side of destroy.h.
 */
#include "daemon/ledger/destroy.h"
#include "daemon/ledger/hold.h"
#include "daemon/ledger/ledger_internal.h"

#include <string.h>

enum status ledger_order_at(struct ledger_reader *r, uint64_t number, struct ledger_order *out)
{
	sqlite3_stmt *s =
	    sql_prepare(ledger_reader_db(r), "SELECT at_us, under, reason, who FROM destructions"
					     " WHERE number = ?1");
	if (!s)
		return STATUS_IO;
	sql_bind_int(s, 1, (int64_t)number);
	enum step step = sql_step(s);
	if (step == STEP_ROW) {
		struct arena *a = ledger_reader_arena(r);
		*out = (struct ledger_order){.number = number,
					     .at_us = sqlite3_column_int64(s, 0),
					     .under = arena_str(a, sql_text(s, 1)),
					     .reason = arena_str(a, sql_text(s, 2)),
					     .who = arena_str(a, sql_text(s, 3))};
	}
	sqlite3_finalize(s);
	return step == STEP_ROW ? STATUS_OK : step == STEP_DONE ? STATUS_NOT_FOUND : STATUS_IO;
}

enum status ledger_destroyed_cases(struct ledger_reader *r, ledger_on_destroyed *on, void *arg)
{
	sqlite3_stmt *s =
	    sql_prepare(ledger_reader_db(r), "SELECT c.no, c.county FROM destroyed_cases d"
					     " JOIN cases c ON c.no = d.case_no ORDER BY c.no");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	for (; step == STEP_ROW; step = sql_step(s))
		if (!on(arg, (uint64_t)sqlite3_column_int64(s, 0), sql_text(s, 1)))
			break;
	sqlite3_finalize(s);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}

#define DRAW_COLUMNS "draw_kind, draw_name, county, draw_period, draw_reserved, draw_committed, "

/* Runs a statement of such columns and the event, as long as it is `only` when that is not 0, and
 * finalises it. */
static enum status each_draw(sqlite3_stmt *s, uint64_t only, ledger_on_draw *on, void *arg)
{
	enum step step = s ? sql_step(s) : STEP_FAILED;
	for (; step == STEP_ROW; step = sql_step(s)) {
		uint64_t seq = (uint64_t)sqlite3_column_int64(s, 6);
		if (only && seq != only)
			break;
		struct pot draw = {.name = sql_text(s, 1),
				   .county = sql_text(s, 2),
				   .from = DAY_NONE,
				   .reserved = sqlite3_column_int64(s, 4),
				   .committed = sqlite3_column_int64(s, 5),
				   .served = DAY_NONE};
		(void)day_read(sql_text(s, 3), &draw.from);
		if (pot_kind_of(sql_text(s, 0), &draw.kind))
			on(arg, &draw, seq);
	}
	sqlite3_finalize(s);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}

enum status ledger_given_back(struct ledger_reader *r, uint64_t *after, ledger_on_draw *on,
			      void *arg)
{
	int64_t last;
	sqlite3 *db = ledger_reader_db(r);
	if (sql_int(db, "SELECT coalesce(max(number), 0) FROM given_back", &last))
		return STATUS_IO;
	sqlite3_stmt *s = sql_prepare(db, "SELECT " DRAW_COLUMNS "after_seq FROM given_back"
					  " WHERE number > ?1 AND number <= ?2 ORDER BY number");
	if (s) {
		sql_bind_int(s, 1, (int64_t)*after);
		sql_bind_int(s, 2, last);
	}
	*after = (uint64_t)last;
	return each_draw(s, 0, on, arg);
}

enum status outcome_finder_init(struct outcome_finder *f, sqlite3 *db)
{
	f->from = sql_prepare(db, "SELECT seq FROM outcomes WHERE position >= ?1"
				  " ORDER BY position LIMIT 1");
	if (!f->from)
		return STATUS_IO;
	return sql_int(db, "SELECT coalesce(max(position), 0) + 1 FROM outcomes", &f->end);
}

enum status outcome_position(struct outcome_finder *f, uint64_t seq, int64_t *out)
{
	int64_t low = 1, high = f->end;
	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		sql_bind_int(f->from, 1, middle);
		enum step step = sql_step(f->from);
		bool before = step == STEP_ROW && sqlite3_column_int64(f->from, 0) < (int64_t)seq;
		sqlite3_reset(f->from);
		if (step == STEP_FAILED)
			return STATUS_IO;
		if (before)
			low = middle + 1;
		else
			high = middle;
	}
	*out = low;
	return STATUS_OK;
}

void outcome_finder_release(struct outcome_finder *f)
{
	sqlite3_finalize(f->from);
}

enum status ledger_draws(struct ledger_reader *r, uint64_t seq, ledger_on_draw *on, void *arg)
{
	int64_t first;
	sqlite3 *db = ledger_reader_db(r);
	struct outcome_finder f;
	enum status st = outcome_finder_init(&f, db);
	if (!st)
		st = outcome_position(&f, seq, &first);
	outcome_finder_release(&f);
	if (st)
		return st;
	sqlite3_stmt *s = sql_prepare(db, "SELECT " DRAW_COLUMNS "seq FROM outcomes"
					  " WHERE position >= ?1 ORDER BY position");
	if (s)
		sql_bind_int(s, 1, first);
	return each_draw(s, seq, on, arg);
}

/* A state without what a case that goes on has. */
#define NONE_OF(member) " AND coalesce(json_array_length(state, '$." member "'), 0) = 0"

enum status ledger_ended(struct ledger_reader *r, int64_t since_us, uint64_t after, uint64_t to,
			 ledger_on_number *on, void *arg)
{
	sqlite3_stmt *s = sql_prepare(
	    ledger_reader_db(r),
	    "SELECT no FROM (SELECT c.no, " OPENED(
		"state", "c.no", "c.last_seq",
		"c.state") " AS state FROM cases c JOIN events e ON e.seq = c.last_seq"
			   " WHERE c.no > ?1 AND c.no <= ?3 AND c.destroyed IS NULL AND "
			   "c.next_due_us IS NULL"
			   " AND e.received_us < ?2 AND c.no NOT IN (SELECT case_no FROM waiting)"
			   " AND c.no NOT IN (" HELD_CASES ")"
			   " ORDER BY c.no) WHERE 1" NONE_OF("owed") NONE_OF("proposals")
			       NONE_OF("places") NONE_OF("due") NONE_OF("running") " ORDER BY no");
	if (!s)
		return STATUS_IO;
	sql_bind_int(s, 1, (int64_t)after);
	sql_bind_int(s, 2, since_us);
	sql_bind_int(s, 3, (int64_t)to);
	enum step step = sql_step(s);
	for (; step == STEP_ROW; step = sql_step(s))
		if (!on(arg, (uint64_t)sqlite3_column_int64(s, 0)))
			break;
	sqlite3_finalize(s);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}

static enum status count_into(struct ledger_reader *r, const char *sql, const struct ledger_case *c,
			      struct str quoted, uint64_t *a, uint64_t *b)
{
	sqlite3_stmt *s = sql_prepare(ledger_reader_db(r), sql);
	if (!s)
		return STATUS_IO;
	sql_bind_int(s, 1, (int64_t)c->no);
	if (sqlite3_bind_parameter_count(s) > 1)
		sql_bind_text(s, 2, quoted);
	enum step step = sql_step(s);
	if (step == STEP_ROW) {
		*a = (uint64_t)sqlite3_column_int64(s, 0);
		if (b)
			*b = (uint64_t)sqlite3_column_int64(s, 1);
	}
	sqlite3_finalize(s);
	return step == STEP_ROW ? STATUS_OK : STATUS_IO;
}

enum status ledger_extent(struct ledger_reader *r, const struct ledger_case *c,
			  struct ledger_extent *out)
{
	struct buf quoted = {0};
	uint64_t none;
	buf_json(&quoted, c->id);
	struct str id = buf_view(&quoted);
	enum status status = count_into(r, "SELECT count(*), 0 FROM events WHERE case_no = ?1", c,
					id, &out->events, &none);
	if (!status)
		status = count_into(r,
				    "SELECT count(*), 0 FROM outcomes o JOIN events e"
				    " ON e.seq = o.seq WHERE e.case_no = ?1",
				    c, id, &out->outcomes, &none);
	if (!status)
		status = count_into(r, "SELECT count(*), 0 FROM disclosures WHERE case_no = ?1", c,
				    id, &out->disclosures, &none);
	if (!status)
		status = count_into(
		    r,
		    "SELECT count(*), count(DISTINCT case_no) FROM events WHERE case_no <> ?1"
		    " AND (instr(" OPENED("event", "case_no", "seq",
					  "event") ", ?2) OR instr(" OPENED("decision", "case_no",
									    "seq",
									    "decision") ", ?2))",
		    c, id, &out->mentions, &out->mentioning);
	buf_release(&quoted);
	return status;
}
