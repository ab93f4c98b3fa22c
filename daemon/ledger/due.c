/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/due.h"

#include "daemon/ledger/seal.h"
#include "daemon/ledger/sql.h"

#include <stdlib.h>

#define DUE_COLUMNS "SELECT no, " CASE_ID("cases") ", next_due_us, next_due_day FROM cases "

typedef VEC(struct due_case) due_cases;

/* A row of before the day was kept has none. */
struct ledger_due due_of(sqlite3_stmt *s, int at, int day)
{
	struct ledger_due due = LEDGER_NOT_DUE;
	if (sqlite3_column_type(s, at) == SQLITE_NULL)
		return due;
	due.at = sqlite3_column_int64(s, at);
	(void)day_read(sql_text(s, day), &due.day);
	return due;
}

static bool together(struct ledger_due a, struct ledger_due b)
{
	return a.at == b.at && a.day == b.day;
}

static int in_order(const void *a, const void *b)
{
	const struct due_case *x = a, *y = b;
	if (x->due.at != y->due.at)
		return x->due.at < y->due.at ? -1 : 1;
	if (x->due.day != y->due.day)
		return x->due.day < y->due.day ? -1 : 1;
	return str_cmp(x->id, y->id);
}

static void bind_turn(sqlite3_stmt *s, int i, struct ledger_due due, struct buf *day)
{
	buf_clear(day);
	if (due.day != DAY_NONE)
		day_text(day, due.day);
	sql_bind_int(s, i, due.at);
	sql_bind_text_or_null(s, i + 1, buf_view(day));
}

/* Takes the rows of a bound statement, and finalises it. */
static enum status take_all(sqlite3_stmt *s, struct arena *a, due_cases *out)
{
	enum step step = s ? sql_step(s) : STEP_FAILED;
	for (; step == STEP_ROW; step = sql_step(s))
		*vec_push(out) = (struct due_case){.no = (uint64_t)sqlite3_column_int64(s, 0),
						   .id = arena_str(a, sql_text(s, 1)),
						   .due = due_of(s, 2, 3)};
	sqlite3_finalize(s);
	return step == STEP_DONE ? STATUS_OK : STATUS_IO;
}

static enum status take_first(sqlite3 *db, int64_t until, size_t most, struct arena *a,
			      due_cases *out)
{
	sqlite3_stmt *s =
	    sql_prepare(db, DUE_COLUMNS "WHERE next_due_us <= ?1"
					" ORDER BY next_due_us, next_due_day LIMIT ?2");
	if (s) {
		sql_bind_int(s, 1, until);
		sql_bind_int(s, 2, (int64_t)most);
	}
	return take_all(s, a, out);
}

void due_release(struct due_crowd *crowd)
{
	vec_release(&crowd->cases);
	arena_release(&crowd->arena);
	*crowd = (struct due_crowd){0};
}

static enum status take_crowd(sqlite3 *db, struct ledger_due due, struct due_crowd *crowd)
{
	struct buf day = {0};
	due_cases all = {0};
	due_release(crowd);
	sqlite3_stmt *s =
	    sql_prepare(db, DUE_COLUMNS "WHERE next_due_us = ?1 AND next_due_day IS ?2");
	if (s)
		bind_turn(s, 1, due, &day);
	enum status status = take_all(s, &crowd->arena, &all);
	buf_release(&day);
	if (all.n)
		qsort(all.at, all.n, sizeof(*all.at), in_order);
	crowd->cases.at = all.at;
	crowd->cases.n = all.n;
	crowd->cases.cap = all.cap;
	return status;
}

static enum step is_still_due(sqlite3_stmt *s, const struct due_case *c, struct buf *day)
{
	sql_bind_int(s, 1, (int64_t)c->no);
	bind_turn(s, 2, c->due, day);
	enum step step = sql_step(s);
	sqlite3_reset(s);
	return step;
}

static enum status give_crowd(sqlite3 *db, struct due_crowd *crowd, size_t most, ledger_on_due *on,
			      void *arg)
{
	struct buf day = {0};
	enum step step = STEP_DONE;
	sqlite3_stmt *s = sql_prepare(db, "SELECT 1 FROM cases WHERE no = ?1 AND next_due_us = ?2"
					  " AND next_due_day IS ?3");
	if (!s)
		return STATUS_IO;
	for (size_t i = crowd->from; i < crowd->cases.n && most; i++) {
		const struct due_case *c = &crowd->cases.at[i];
		step = is_still_due(s, c, &day);
		if (step == STEP_FAILED)
			break;
		if (step == STEP_DONE) {
			crowd->from += crowd->from == i;
			continue;
		}
		most--;
		if (!on(arg, c->id, c->due))
			break;
	}
	sqlite3_finalize(s);
	buf_release(&day);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}

/* Where the last ones begin when there are more of them than fit; n: they all fit. */
static size_t crowd_begins(const due_cases *first, size_t most)
{
	if (first->n <= most || !together(first->at[most - 1].due, first->at[most].due))
		return first->n < most ? first->n : most;
	size_t i = most;
	while (i > 0 && together(first->at[i - 1].due, first->at[most].due))
		i--;
	return i;
}

enum status due_each(sqlite3 *db, struct due_crowd *crowd, int64_t until, size_t most,
		     ledger_on_due *on, void *arg)
{
	struct arena arena = {0};
	due_cases first = {0};
	bool more = most > 0;
	enum status status = take_first(db, until, most + 1, &arena, &first);
	size_t n = status || !more ? 0 : crowd_begins(&first, most);
	if (n)
		qsort(first.at, n, sizeof(*first.at), in_order);
	for (size_t i = 0; more && i < n; i++)
		more = on(arg, first.at[i].id, first.at[i].due);
	if (!status && more && n < most && n < first.n) {
		struct ledger_due due = first.at[most].due;
		if (crowd->from >= crowd->cases.n ||
		    !together(crowd->cases.at[crowd->from].due, due))
			status = take_crowd(db, due, crowd);
		if (!status)
			status = give_crowd(db, crowd, most - n, on, arg);
	} else if (crowd->cases.n) {
		due_release(crowd);
	}
	vec_release(&first);
	arena_release(&arena);
	return status;
}
