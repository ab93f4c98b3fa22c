/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/export.h"

#include "daemon/ledger/ledger_internal.h"
#include "daemon/ledger/seal.h"

#include <string.h>

#define TIME(column)   "strftime('%Y-%m-%dT%H:%M:%fZ', " column " / 1000000.0, 'unixepoch')"
#define DURING(column) column " >= ?1 AND " column " < ?2"
#define OF(column)     "(?3 = '' OR " column " = ?3)"

#define EVENT          OPENED("event", "e.case_no", "e.seq", "e.event")
#define DECISION       OPENED("decision", "e.case_no", "e.seq", "e.decision")
#define STATE          OPENED("state", "c.no", "c.last_seq", "c.state")
#define ASKED(what)    OPENED(what, "d.case_no", "d.at_us", "d." what) " AS " what

/* A column whose name begins with _ is for the export itself: the version that wrote the row. */
static const struct query {
	const char *table, *sql;
} queries[] = {
    /* clang-format off */
	{"policies",
	 "SELECT number, version, lower(hex(digest)) AS digest, " TIME("recorded_us") " AS recorded"
	 " FROM policies ORDER BY number"},
	{"policy_sources",
	 "SELECT p.version AS policy, s.name, s.text FROM policy_sources s"
	 " JOIN policies p ON p.number = s.policy ORDER BY s.policy, s.name"},
	{"register",
	 "SELECT r.number, " TIME("r.at_us") " AS at, p.version AS policy, r.act,"
	 " " TIME("r.from_us") " AS \"from\", r.who"
	 " FROM register r JOIN policies p ON p.number = r.policy"
	 " WHERE " DURING("r.at_us") " ORDER BY r.number"},
	{"cases",
	 "SELECT c.no, " CASE_ID("c") " AS id, c.kind, c.county, c.last_seq,"
	 " " TIME("c.next_due_us") " AS next_due, " STATE " AS state, e.policy AS _policy"
	 " FROM cases c JOIN events e ON e.seq = c.last_seq"
	 " WHERE " OF("c.county") " ORDER BY c.no"},
	{"events",
	 "SELECT e.seq, e.prev_seq, " CASE_ID("c") " AS case_id, c.kind AS case_kind, c.county,"
	 " " TIME("e.received_us") " AS received, e.sender, p.version AS policy,"
	 " " EVENT " AS event, " DECISION " AS decision, e.policy AS _policy"
	 " FROM events e JOIN cases c ON c.no = e.case_no JOIN policies p ON p.number = e.policy"
	 " WHERE " DURING("e.received_us") " AND " OF("c.county") " ORDER BY e.seq"},
	{"outcomes",
	 "SELECT position, seq, item, case_id, county, kind, outcome ->> '$.id' AS id,"
	 " amount_cents, fund, name, outcome ->> '$.to' AS recipient,"
	 " outcome ->> '$.due' AS due, received"
	 " FROM (SELECT o.position, o.seq, o.item, " CASE_ID("c") " AS case_id, o.county, o.kind,"
	 "  o.amount_cents, o.fund, o.name, " TIME("e.received_us") " AS received,"
	 "  json_extract(" DECISION ", '$.outcomes[' || o.item || ']') AS outcome"
	 "  FROM outcomes o JOIN events e ON e.seq = o.seq JOIN cases c ON c.no = e.case_no"
	 "  WHERE " DURING("e.received_us") " AND " OF("o.county") ") ORDER BY position"},
	{"disclosures",
	 "SELECT d.number, " TIME("d.at_us") " AS at, " CASE_ID("c") " AS case_id, d.county,"
	 " d.route, d.share, " ASKED("partner") ", d.asker, p.version AS policy, d.allowed,"
	 " " ASKED("fields") ", " ASKED("reasons")
	 " FROM disclosures d JOIN cases c ON c.no = d.case_no JOIN policies p ON p.number = d.policy"
	 " WHERE " DURING("d.at_us") " AND " OF("d.county") " ORDER BY d.number"},
	{"holds",
	 "SELECT h.number, " TIME("h.at_us") " AS at, " CASE_ID("c") " AS case_id, c.county, h.act,"
	 " h.under, h.reason, h.who FROM holds h JOIN cases c ON c.no = h.case_no"
	 " WHERE " DURING("h.at_us") " AND " OF("c.county") " ORDER BY h.number"},
	{"pots",
	 "SELECT kind, name, county, period, reserved, committed FROM pots"
	 " WHERE " OF("county") " ORDER BY kind, name, county, period"},
	{"seats",
	 "SELECT s.docket, s.meeting, s.county, " CASE_ID("c") " AS case_id, s.urgent, s.others"
	 " FROM seats s JOIN cases c ON c.no = s.case_no"
	 " WHERE " OF("s.county") " ORDER BY s.docket, s.meeting, s.county, s.case_no"},
	{"waiting",
	 "SELECT w.no, w.name, w.county, " CASE_ID("c") " AS case_id"
	 " FROM waiting w JOIN cases c ON c.no = w.case_no WHERE " OF("w.county") " ORDER BY w.no"},
    /* clang-format on */
};
#define NQUERIES (sizeof(queries) / sizeof(queries[0]))

const char *ledger_export_table(size_t i)
{
	return i < NQUERIES ? queries[i].table : NULL;
}

static enum export_holds holds_of(const char *table, const char *column)
{
	bool events = strcmp(table, "events") == 0;
	if (events && strcmp(column, "event") == 0)
		return EXPORT_EVENT;
	if (events && strcmp(column, "decision") == 0)
		return EXPORT_DECISION;
	return strcmp(table, "cases") == 0 && strcmp(column, "state") == 0 ? EXPORT_STATE
									   : EXPORT_PLAIN;
}

static struct export_table table_of(const struct query *q, sqlite3_stmt *s)
{
	struct export_table t = {.name = q->table};
	for (int i = 0; i < sqlite3_column_count(s); i++) {
		const char *name = sqlite3_column_name(s, i);
		if (name[0] == '_')
			continue;
		t.holds[t.n] = holds_of(q->table, name);
		t.columns[t.n++] = name;
	}
	return t;
}

static struct export_cell cell_of(sqlite3_stmt *s, int i)
{
	switch (sqlite3_column_type(s, i)) {
	case SQLITE_NULL:
		return (struct export_cell){.kind = EXPORT_NULL};
	case SQLITE_INTEGER:
		return (struct export_cell){.kind = EXPORT_INT, .n = sqlite3_column_int64(s, i)};
	default:
		return (struct export_cell){.kind = EXPORT_TEXT, .text = sql_text(s, i)};
	}
}

static bool give_row(const struct export_config *c, const struct export_table *t, sqlite3_stmt *s)
{
	struct export_cell cells[EXPORT_COLUMNS];
	for (size_t i = 0; i < t->n; i++)
		cells[i] = cell_of(s, (int)i);
	bool has_policy = sqlite3_column_count(s) > (int)t->n;
	uint32_t policy = has_policy ? (uint32_t)sqlite3_column_int64(s, (int)t->n) : 0;
	return c->on_row(c->arg, t, cells, policy);
}

/* *more: no callback has ended it. */
static enum status export_table(const struct export_config *c, sqlite3 *db, const struct query *q,
				bool *more)
{
	sqlite3_stmt *s = sql_prepare(db, q->sql);
	if (!s)
		return STATUS_IO;
	struct export_table t = table_of(q, s);
	sqlite3_bind_int64(s, 1, c->from_us);
	sqlite3_bind_int64(s, 2, c->to_us);
	sqlite3_bind_text64(s, 3, c->county.p ? c->county.p : "", c->county.len, SQLITE_STATIC,
			    SQLITE_UTF8);
	*more = c->on_table(c->arg, &t);
	enum step step = *more ? sql_step(s) : STEP_DONE;
	for (; step == STEP_ROW && *more; step = sql_step(s))
		*more = give_row(c, &t, s);
	sqlite3_finalize(s);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}

static bool is_wanted(const struct export_config *c, const struct query *q)
{
	return !c->only || strcmp(c->only, q->table) == 0;
}

static enum status export_all(const struct export_config *c, sqlite3 *db)
{
	enum status st = ledger_reader_begin(c->reader);
	bool more = true;
	for (size_t i = 0; !st && more && i < NQUERIES; i++)
		if (is_wanted(c, &queries[i]))
			st = export_table(c, db, &queries[i], &more);
	ledger_reader_end(c->reader);
	return st;
}

enum status ledger_export(const struct export_config *c, struct buf *why)
{
	bool known = false;
	for (size_t i = 0; i < NQUERIES; i++)
		known = known || is_wanted(c, &queries[i]);
	if (!known) {
		buf_fmt(why, "there is no table `%s` to export", c->only);
		return STATUS_NOT_FOUND;
	}
	enum status st = export_all(c, ledger_reader_db(c->reader));
	if (st)
		buf_str(why, ledger_reader_error(c->reader));
	return st;
}
