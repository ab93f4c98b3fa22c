/* SPDX-License-Identifier: Apache-2.0
 *
 * The writing side. All cases of a unit at once, since nothing leads from a case to its outcomes
 * but its events: three tables of the connection, in memory, hold the cases, their events and the
 * outcomes of these. What it costs does not grow with the ledger.
 */
#include "daemon/ledger/destroy.h"

#include "daemon/ledger/ledger_internal.h"

#include <string.h>

struct ledger_destroying {
	struct ledger_order order;
	const uint64_t *cases;
	size_t n;
};

void ledger_unit_destroy(struct ledger_unit *u, const struct ledger_order *order,
			 const uint64_t *cases, size_t n)
{
	struct ledger_destroying *d = arena_alloc(&u->arena, sizeof(*d));
	uint64_t *own = arena_array(&u->arena, n, sizeof(*own));
	memcpy(own, cases, n * sizeof(*own));
	*d = (struct ledger_destroying){*order, own, n};
	d->order.under = arena_str(&u->arena, order->under);
	d->order.reason = arena_str(&u->arena, order->reason);
	d->order.who = arena_str(&u->arena, order->who);
	u->destroying = d;
}

uint64_t ledger_unit_order(const struct ledger_unit *u)
{
	return u->destroying ? u->destroying->order.number : 0;
}

/* ---- in the transaction ---- */

/* Only used for orders, which are rare: so nothing is kept prepared. */
static enum status run_with(sqlite3 *db, const char *sql, int64_t a, int64_t b)
{
	sqlite3_stmt *s = sql_prepare(db, sql);
	if (!s)
		return STATUS_IO;
	if (sqlite3_bind_parameter_count(s) > 0)
		sql_bind_int(s, 1, a);
	if (sqlite3_bind_parameter_count(s) > 1)
		sql_bind_int(s, 2, b);
	enum status status = sql_run(s);
	sqlite3_finalize(s);
	return status;
}

static enum status write_order(sqlite3 *db, struct ledger_order *order)
{
	sqlite3_stmt *s = sql_prepare(db, "INSERT INTO destructions (at_us, under, reason, who)"
					  " VALUES (?1, ?2, ?3, ?4)");
	if (!s)
		return STATUS_IO;
	sql_bind_int(s, 1, order->at_us);
	sql_bind_text(s, 2, order->under);
	sql_bind_text(s, 3, order->reason);
	sql_bind_text_or_null(s, 4, order->who);
	enum status status = sql_run(s);
	sqlite3_finalize(s);
	if (!status)
		order->number = (uint64_t)sqlite3_last_insert_rowid(db);
	return status;
}

static enum status list_outcomes(struct outcome_finder *f, sqlite3_stmt *add, uint64_t seq,
				 int64_t case_no)
{
	int64_t first, end;
	enum status status = outcome_position(f, seq, &first);
	if (!status)
		status = outcome_position(f, seq + 1, &end);
	if (status || first == end)
		return status;
	sql_bind_int(add, 1, first);
	sql_bind_int(add, 2, end);
	sql_bind_int(add, 3, case_no);
	return sql_run(add);
}

static enum status list_all_outcomes(sqlite3 *db)
{
	struct outcome_finder f;
	enum status status = outcome_finder_init(&f, db);
	sqlite3_stmt *add = sql_prepare(db, "INSERT INTO doomed_outcomes (position, case_no)"
					    " SELECT position, ?3 FROM outcomes"
					    " WHERE position >= ?1 AND position < ?2");
	sqlite3_stmt *s = sql_prepare(db, "SELECT seq, case_no FROM doomed_events ORDER BY seq");
	enum step step = add && s ? sql_step(s) : STEP_FAILED;
	for (; !status && step == STEP_ROW; step = sql_step(s))
		status = list_outcomes(&f, add, (uint64_t)sqlite3_column_int64(s, 0),
				       sqlite3_column_int64(s, 1));
	sqlite3_finalize(s);
	sqlite3_finalize(add);
	outcome_finder_release(&f);
	return status || step == STEP_DONE ? status : STATUS_IO;
}

static enum status list_doomed(sqlite3 *db, const struct ledger_destroying *d)
{
	static const char events[] =
	    "INSERT INTO doomed_events (seq, case_no)"
	    " WITH RECURSIVE chain (seq, case_no) AS (SELECT c.last_seq, c.no FROM cases c"
	    " JOIN doomed d ON d.no = c.no UNION ALL SELECT e.prev_seq, e.case_no FROM chain"
	    " JOIN events e ON e.seq = chain.seq WHERE e.prev_seq IS NOT NULL)"
	    " SELECT seq, case_no FROM chain";
	enum status status = sql_exec(
	    db, "CREATE TEMP TABLE IF NOT EXISTS doomed (no INTEGER PRIMARY KEY);"
		"CREATE TEMP TABLE IF NOT EXISTS doomed_events (seq INTEGER PRIMARY KEY, case_no);"
		"CREATE TEMP TABLE IF NOT EXISTS doomed_outcomes"
		" (position INTEGER PRIMARY KEY, case_no);"
		"DELETE FROM doomed; DELETE FROM doomed_events; DELETE FROM doomed_outcomes");
	for (size_t i = 0; !status && i < d->n; i++)
		status = run_with(db,
				  "INSERT INTO doomed SELECT no FROM cases"
				  " WHERE no = ?1 AND destroyed IS NULL",
				  (int64_t)d->cases[i], 0);
	if (!status)
		status = sql_exec(db, events);
	return status ? status : list_all_outcomes(db);
}

/* What was paid stays where it is, and everything else goes back. The seats and lines follow. */
static enum status give_back(sqlite3 *db, uint64_t order)
{
	int64_t before;
	if (sql_int(db, "SELECT coalesce(max(number), 0) FROM given_back", &before))
		return STATUS_IO;
	enum status status = run_with(
	    db,
	    "INSERT INTO given_back (destruction, case_no, after_seq, county, draw_kind,"
	    " draw_name, draw_period, draw_reserved, draw_committed, line_change)"
	    " SELECT ?1, case_no, (SELECT coalesce(max(seq), 0) FROM events), county, kind,"
	    " name, period, -reserved, iif(kind = 'fund', 0, -committed), iif(waits, -1, NULL)"
	    " FROM (SELECT d.case_no, o.county, o.draw_kind AS kind, o.draw_name AS name,"
	    " o.draw_period AS period, sum(o.draw_reserved) AS reserved,"
	    " sum(o.draw_committed) AS committed, coalesce(sum(o.line_change), 0) AS waits"
	    " FROM doomed_outcomes d CROSS JOIN outcomes o ON o.position = d.position"
	    " WHERE o.draw_kind IS NOT NULL GROUP BY 1, 2, 3, 4, 5)"
	    " WHERE reserved <> 0 OR (kind <> 'fund' AND committed <> 0) OR waits"
	    " ORDER BY case_no, kind, name, county, period",
	    (int64_t)order, 0);
	if (!status)
		status = run_with(
		    db,
		    "UPDATE pots SET reserved = pots.reserved + g.reserved,"
		    " committed = pots.committed + g.committed FROM (SELECT draw_kind, draw_name,"
		    " county, draw_period, sum(draw_reserved) AS reserved,"
		    " sum(draw_committed) AS committed FROM given_back WHERE number > ?1"
		    " GROUP BY 1, 2, 3, 4) g WHERE pots.kind = g.draw_kind"
		    " AND pots.name = g.draw_name AND pots.county = g.county"
		    " AND pots.period = g.draw_period",
		    before, 0);
	if (!status)
		status = run_with(db,
				  "UPDATE seats SET urgent = 0, others = 0"
				  " WHERE (docket, meeting, county, case_no) IN"
				  " (SELECT draw_name, draw_period, county, case_no FROM given_back"
				  " WHERE number > ?1 AND draw_kind = 'docket')",
				  before, 0);
	if (!status)
		status = run_with(db,
				  "DELETE FROM waiting WHERE (name, county, case_no) IN"
				  " (SELECT draw_name, county, case_no FROM given_back"
				  " WHERE number > ?1 AND line_change < 0)",
				  before, 0);
	return status;
}

static enum status write_destroyed(struct writer *w, uint64_t order, int64_t case_no)
{
	enum status status =
	    run_with(w->db,
		     "UPDATE cases SET id = NULL, state = NULL, next_due_us = NULL,"
		     " next_due_day = NULL, destroyed = ?2 WHERE no = ?1",
		     case_no, (int64_t)order);
	sqlite3_stmt *s = status ? NULL
				 : sql_prepare(w->db, "INSERT INTO destroyed_cases (destruction,"
						      " case_no, events, case_digest) VALUES (?1,"
						      " ?2, (SELECT count(*) FROM doomed_events"
						      " WHERE case_no = ?2), ?3)");
	if (!s)
		return STATUS_IO;
	sql_bind_int(s, 1, (int64_t)order);
	sql_bind_int(s, 2, case_no);
	sql_bind_blob(s, 3, w->log.case_digest.b, sizeof(w->log.case_digest.b));
	status = sql_run(s);
	sqlite3_finalize(s);
	return status;
}

enum status writer_destroy(struct writer *w, struct ledger_destroying *d)
{
	enum status status = d->order.number ? STATUS_OK : write_order(w->db, &d->order);
	if (!status)
		status = list_doomed(w->db, d);
	if (!status)
		status = give_back(w->db, d->order.number);
	sqlite3_stmt *s = status ? NULL : sql_prepare(w->db, "SELECT no FROM doomed ORDER BY no");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	for (; !status && step == STEP_ROW; step = sql_step(s))
		status = write_destroyed(w, d->order.number, sqlite3_column_int64(s, 0));
	sqlite3_finalize(s);
	return status || step == STEP_DONE ? status : STATUS_IO;
}

/* ---- after it ---- */

enum status writer_wipe_keys(struct writer *w, const struct ledger_destroying *d)
{
	enum status status = STATUS_OK;
	sealer_forget(&w->sealer);
	for (size_t i = 0; !status && i < d->n; i++)
		status = keys_destroy(w->keys, d->cases[i], d->order.number);
	return status ? status : keys_sync(w->keys);
}

/* ---- when the ledger is opened ---- */

/* The keys of cases that the ledger says are destroyed: the process ended in between, or an old
 * copy of the file of keys was put back. */
static enum status wipe_again(struct writer *w)
{
	sqlite3_stmt *s = sql_prepare(w->db, "SELECT case_no, destruction FROM destroyed_cases");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	enum status status = STATUS_OK;
	for (; !status && step == STEP_ROW; step = sql_step(s))
		status = keys_destroy(w->keys, (uint64_t)sqlite3_column_int64(s, 0),
				      (uint64_t)sqlite3_column_int64(s, 1));
	sqlite3_finalize(s);
	if (!status && step != STEP_DONE)
		status = STATUS_IO;
	return status ? status : keys_sync(w->keys);
}

/* The cases whose keys are destroyed and of which the ledger does not know it: it is an old copy.
 * Those that it does not have at all are counted. */
static enum status list_lost(struct writer *w, struct case_numbers *out)
{
	uint64_t no = 0, order;
	int64_t cases;
	enum status status = STATUS_OK;
	sqlite3_stmt *s =
	    sql_prepare(w->db, "SELECT 1 FROM cases WHERE no = ?1 AND destroyed IS NULL");
	if (!s || sql_int(w->db, "SELECT coalesce(max(no), 0) FROM cases", &cases))
		status = STATUS_IO;
	while (!status && !(status = keys_next_destroyed(w->keys, no + 1, &no, &order))) {
		if (no > (uint64_t)cases) {
			w->beyond++;
			continue;
		}
		sql_bind_int(s, 1, (int64_t)no);
		enum step step = sql_step(s);
		sqlite3_reset(s);
		if (step == STEP_ROW)
			*vec_push(out) = no;
		status = step == STEP_FAILED ? STATUS_IO : STATUS_OK;
	}
	sqlite3_finalize(s);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status destroy_again(struct writer *w, const struct case_numbers *lost, int64_t now_us)
{
	struct ledger_destroying d = {
	    .order = {.at_us = now_us,
		      .under = STR("in a later copy of this ledger"),
		      .reason = STR("the keys were destroyed already")},
	    .cases = lost->at,
	    .n = lost->n,
	};
	enum status status = sql_run(w->sql[SQL_BEGIN]);
	log_begin(&w->log, now_us, false);
	if (!status)
		status = writer_destroy(w, &d);
	if (!status)
		status = log_write(&w->log);
	if (!status)
		status = sql_run(w->sql[SQL_COMMIT]);
	if (!status)
		log_committed(&w->log);
	return status; /* closing the connection rolls back */
}

enum status writer_finish_destroying(struct writer *w, int64_t now_us)
{
	struct case_numbers lost = {0};
	enum status status = wipe_again(w);
	if (!status)
		status = list_lost(w, &lost);
	if (!status && lost.n)
		status = destroy_again(w, &lost, now_us);
	vec_release(&lost);
	return status;
}
