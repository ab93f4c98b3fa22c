/* SPDX-License-Identifier: Apache-2.0
 *
 * What follows from the rows that the log covers: the tables that change, and the references.
 */
#include "daemon/ledger/verify_internal.h"

#include "engine/base/arena.h"

#include <string.h>

/* Runs a query whose every row is a fault: what about, and what is wrong. */
static enum status each_fault(struct verification *v, const char *table, const char *sql)
{
	sqlite3_stmt *s = sql_prepare(v->db, sql);
	enum step step = s ? sql_step(s) : STEP_FAILED;
	for (; step == STEP_ROW; step = sql_step(s)) {
		buf_str(&v->row, sql_text(s, 0));
		buf_str(&v->what, sql_text(s, 1));
		verify_fault(v, table);
	}
	enum status st = step == STEP_FAILED ? verify_broken(v, table) : STATUS_OK;
	sqlite3_finalize(s);
	return st;
}

/* ---- cases ---- */

static int64_t last_seq_of(sqlite3_stmt *s)
{
	int i = 0;
	while (i < sqlite3_column_count(s) && strcmp(sqlite3_column_name(s, i), "last_seq") != 0)
		i++;
	return sqlite3_column_int64(s, i);
}

static void check_case(struct verification *v, sqlite3_stmt *s, uint64_t expected)
{
	int64_t no = sqlite3_column_int64(s, 0);
	if ((uint64_t)no != expected) {
		verify_fault_at(v, "cases", "no", no, "cases are missing before it");
		return;
	}
	if ((uint64_t)no > v->cases.n) {
		verify_fault_at(v, "cases", "no", no, "has no event: it was added");
		return;
	}
	const struct verified_case *c = &v->cases.at[no - 1];
	if ((uint64_t)last_seq_of(s) != c->last_seq) {
		verify_fault_at(v, "cases", "no", no, "last_seq is not its last event");
		return;
	}
	buf_clear(&v->bytes);
	log_encode_row(&v->bytes, "cases", s);
	struct hash256 made = hasher_leaf(&v->hasher, v->bytes.p, v->bytes.len);
	if (!c->has_digest || memcmp(made.b, c->digest.b, sizeof(made.b)) != 0)
		verify_fault_at(v, "cases", "no", no,
				"differs from the hash that its last event holds (case_digest): "
				"its row was changed");
}

static enum status check_cases(struct verification *v)
{
	sqlite3_stmt *s = sql_prepare(v->db, "SELECT * FROM cases ORDER BY no");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	uint64_t n = 0;
	for (; step == STEP_ROW; step = sql_step(s)) {
		n++;
		check_case(v, s, n);
		n = (uint64_t)sqlite3_column_int64(s, 0);
	}
	enum status st = step == STEP_FAILED ? verify_broken(v, "cases") : STATUS_OK;
	sqlite3_finalize(s);
	v->report->cases = n;
	for (; !st && step == STEP_DONE && n < v->cases.n; n++)
		verify_fault_at(v, "cases", "no", (int64_t)n + 1, "is missing: it was removed");
	return st;
}

/* Of a case that was destroyed, its row is as the order left it. */
static enum status take_destroyed(struct verification *v)
{
	sqlite3_stmt *s = sql_prepare(v->db, "SELECT case_no, case_digest FROM destroyed_cases");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	for (; step == STEP_ROW; step = sql_step(s)) {
		uint64_t no = (uint64_t)sqlite3_column_int64(s, 0);
		const void *digest = sqlite3_column_blob(s, 1);
		if (!no || no > v->cases.n || !digest)
			continue;
		struct verified_case *c = &v->cases.at[no - 1];
		memcpy(c->digest.b, digest, sizeof(c->digest.b));
		c->has_digest = true;
	}
	enum status st = step == STEP_FAILED ? verify_broken(v, "destroyed_cases") : STATUS_OK;
	sqlite3_finalize(s);
	return st;
}

/* ---- sums ---- */

/* Rows of one table that the other query does not give, and the other way round. */
#define DIFFERENCE(columns, row, is, should)                                                       \
	"SELECT " row ", 'is not the sum of the draws of the outcomes' FROM (SELECT " columns      \
	" FROM " is " EXCEPT " should ")"                                                          \
	" UNION ALL SELECT " row ", 'should be there: it is the sum of the draws of the outcomes'" \
	" FROM (" should " EXCEPT SELECT " columns " FROM " is ")"

#define POT_COLUMNS "kind, name, county, period, reserved, committed, served"
static const char pots[] = DIFFERENCE(
    POT_COLUMNS,
    "kind || ' ' || name || ', ' || county || ', ' || period || ': ' || reserved || ' reserved, '"
    " || committed || ' committed'",
    "pots",
    "SELECT kind, name, county, period, reserved, committed,"
    " coalesce((SELECT draw_served FROM outcomes WHERE position = last), '') AS served"
    " FROM (SELECT draw_kind AS kind, draw_name AS name, county, draw_period AS period,"
    " sum(draw_reserved) AS reserved, sum(draw_committed) AS committed, max(position) AS last"
    " FROM (SELECT draw_kind, draw_name, county, draw_period, draw_reserved, draw_committed,"
    " position FROM outcomes WHERE draw_kind IS NOT NULL UNION ALL SELECT draw_kind, draw_name,"
    " county, draw_period, draw_reserved, draw_committed, NULL FROM given_back)"
    " GROUP BY 1, 2, 3, 4)");

#define SEAT_COLUMNS "docket, meeting, county, case_no, urgent, others"
static const char seats[] = DIFFERENCE(
    SEAT_COLUMNS, "docket || ', ' || meeting || ', ' || county || ', case_no ' || case_no", "seats",
    "SELECT docket, meeting, county, case_no, sum(urgent) AS urgent, sum(others) AS others FROM"
    " (SELECT o.draw_name AS docket, o.draw_period AS meeting, o.county AS county,"
    " e.case_no AS case_no, o.draw_reserved AS urgent, o.draw_committed AS others"
    " FROM outcomes o JOIN events e ON e.seq = o.seq WHERE o.draw_kind = 'docket' UNION ALL"
    " SELECT draw_name, draw_period, county, case_no, draw_reserved, draw_committed"
    " FROM given_back WHERE draw_kind = 'docket') GROUP BY 1, 2, 3, 4");

/* ---- the lines ---- */

/* One that waits, as it follows from the outcomes. */
struct waiter {
	int64_t no, case_no;
	struct str name, county;
};

struct lines {
	VEC(struct waiter) at;
	struct arena arena;
};

/* What SQLite gives as the number of a new row: one more than the largest. */
static int64_t next_no(const struct lines *l)
{
	int64_t most = 0;
	for (size_t i = 0; i < l->at.n; i++)
		most = l->at.at[i].no > most ? l->at.at[i].no : most;
	return most + 1;
}

static void change_line(struct lines *l, sqlite3_stmt *s)
{
	struct waiter w = {.name = sql_text(s, 0),
			   .county = sql_text(s, 1),
			   .case_no = sqlite3_column_int64(s, 2)};
	if (sqlite3_column_int64(s, 3) > 0) {
		w.no = next_no(l);
		w.name = arena_str(&l->arena, w.name);
		w.county = arena_str(&l->arena, w.county);
		*vec_push(&l->at) = w;
		return;
	}
	for (size_t i = 0; i < l->at.n; i++) {
		struct waiter *x = &l->at.at[i];
		if (x->case_no != w.case_no || !str_eq(x->name, w.name) ||
		    !str_eq(x->county, w.county))
			continue;
		memmove(x, x + 1, (l->at.n - i - 1) * sizeof(*x));
		l->at.n--;
		return;
	}
}

static void compare_line(struct verification *v, sqlite3_stmt *s, const struct lines *l, size_t i)
{
	const struct waiter *w = i < l->at.n ? &l->at.at[i] : NULL;
	if (w && w->no == sqlite3_column_int64(s, 0) && str_eq(w->name, sql_text(s, 1)) &&
	    str_eq(w->county, sql_text(s, 2)) && w->case_no == sqlite3_column_int64(s, 3))
		return;
	verify_fault_at(v, "waiting", "no", sqlite3_column_int64(s, 0),
			"is not what the outcomes say of who joined and left the line");
}

static enum status read_lines(struct verification *v, struct lines *l)
{
	sqlite3_stmt *s = sql_prepare(
	    v->db, "SELECT o.draw_name, o.county, e.case_no, o.line_change,"
		   " o.seq, 0, o.position FROM outcomes o JOIN events e ON e.seq = o.seq"
		   " WHERE o.line_change IS NOT NULL UNION ALL"
		   " SELECT draw_name, county, case_no, line_change, after_seq, 1, number"
		   " FROM given_back WHERE line_change IS NOT NULL ORDER BY 5, 6, 7");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	for (; step == STEP_ROW; step = sql_step(s))
		change_line(l, s);
	enum status st = step == STEP_FAILED ? verify_broken(v, "outcomes") : STATUS_OK;
	sqlite3_finalize(s);
	return st;
}

static enum status check_lines(struct verification *v)
{
	struct lines l = {0};
	enum status st = read_lines(v, &l);
	sqlite3_stmt *s = sql_prepare(v->db, "SELECT no, name, county, case_no FROM waiting"
					     " ORDER BY no");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	size_t i = 0;
	for (; !st && step == STEP_ROW; step = sql_step(s))
		compare_line(v, s, &l, i++);
	if (!st && step == STEP_FAILED)
		st = verify_broken(v, "waiting");
	for (; !st && step == STEP_DONE && i < l.at.n; i++)
		verify_fault_at(v, "waiting", "no", l.at.at[i].no, "is missing: it was removed");
	sqlite3_finalize(s);
	vec_release(&l.at);
	arena_release(&l.arena);
	return st;
}

/* ---- references ---- */

static const char references[] =
    "SELECT \"table\" || ' row ' || coalesce(rowid, '?'), 'refers to a row of ' || parent ||"
    " ' that is not there' FROM pragma_foreign_key_check";

enum status verify_tables(struct verification *v)
{
	enum status st = each_fault(v, "file", references);
	if (!st)
		st = take_destroyed(v);
	if (!st)
		st = check_cases(v);
	if (!st)
		st = each_fault(v, "pots", pots);
	if (!st)
		st = each_fault(v, "seats", seats);
	return st ? st : check_lines(v);
}
