/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/due.h"

#include "daemon/ledger/seal.h"
#include "daemon/ledger/sql.h"

#include <stdlib.h>

#define OVER_KEPT 1024 /* of a crowd's given cases that are over: then they are taken out */

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

/* Takes the rows of a bound statement - no, next_due_us, next_due_day and, with an arena, the id -
 * and finalises it. */
static enum status take_all(sqlite3_stmt *s, struct arena *a, due_cases *out)
{
	enum step step = s ? sql_step(s) : STEP_FAILED;
	for (; step == STEP_ROW; step = sql_step(s))
		*vec_push(out) = (struct due_case){.no = (uint64_t)sqlite3_column_int64(s, 0),
						   .id = a ? arena_str(a, sql_text(s, 3)) : STR(""),
						   .due = due_of(s, 1, 2)};
	sqlite3_finalize(s);
	return step == STEP_DONE ? STATUS_OK : STATUS_IO;
}

/* Without their ids: the index has all that. */
static enum status take_first(sqlite3 *db, int64_t until, size_t most, due_cases *out)
{
	sqlite3_stmt *s =
	    sql_prepare(db, "SELECT no, next_due_us, next_due_day FROM cases"
			    " WHERE next_due_us <= ?1 ORDER BY next_due_us, next_due_day LIMIT ?2");
	if (s) {
		sql_bind_int(s, 1, until);
		sql_bind_int(s, 2, (int64_t)most);
	}
	return take_all(s, NULL, out);
}

static enum status open_ids(sqlite3 *db, struct arena *a, struct due_case *cases, size_t n)
{
	enum status status = STATUS_OK;
	sqlite3_stmt *s =
	    n ? sql_prepare(db, "SELECT " CASE_ID("cases") " FROM cases WHERE no = ?1") : NULL;
	for (size_t i = 0; i < n && !status; i++) {
		status = STATUS_IO;
		if (!s)
			break;
		sql_bind_int(s, 1, (int64_t)cases[i].no);
		if (sql_step(s) == STEP_ROW) {
			cases[i].id = arena_str(a, sql_text(s, 0));
			status = STATUS_OK;
		}
		sqlite3_reset(s);
	}
	sqlite3_finalize(s);
	return status;
}

/* ---- a crowd ---- */

void due_release(struct due_crowd *crowd)
{
	vec_release(&crowd->heap);
	vec_release(&crowd->given);
	arena_release(&crowd->arena);
	*crowd = (struct due_crowd){0};
}

static void heap_push(due_cases *heap, const struct due_case *c)
{
	size_t i = heap->n, up;
	(void)vec_push(heap);
	for (; i && in_order(c, &heap->at[up = (i - 1) / 2]) < 0; i = up)
		heap->at[i] = heap->at[up];
	heap->at[i] = *c;
}

static struct due_case heap_pop(due_cases *heap)
{
	struct due_case first = heap->at[0], last = heap->at[--heap->n];
	size_t i = 0, down;
	while ((down = 2 * i + 1) < heap->n) {
		down += down + 1 < heap->n && in_order(&heap->at[down + 1], &heap->at[down]) < 0;
		if (in_order(&last, &heap->at[down]) <= 0)
			break;
		heap->at[i] = heap->at[down];
		i = down;
	}
	heap->at[i] = last;
	return first;
}

/* The next part of it. */
static enum status gather(sqlite3 *db, struct due_crowd *crowd)
{
	struct buf day = {0};
	due_cases some = {0};
	sqlite3_stmt *s = sql_prepare(db, "SELECT no, next_due_us, next_due_day, " CASE_ID(
					      "cases") " FROM cases"
						       " WHERE next_due_us = ?1 AND next_due_day "
						       "IS ?2 AND no > ?3 ORDER BY no LIMIT ?4");
	if (s) {
		if (crowd->due.day != DAY_NONE)
			day_text(&day, crowd->due.day);
		sql_bind_int(s, 1, crowd->due.at);
		sql_bind_text_or_null(s, 2, buf_view(&day));
		sql_bind_int(s, 3, (int64_t)crowd->reached);
		sql_bind_int(s, 4, DUE_GATHERED);
	}
	enum status status = take_all(s, &crowd->arena, &some);
	for (size_t i = 0; !status && i < some.n; i++) {
		heap_push(&crowd->heap, &some.at[i]);
		crowd->reached = some.at[i].no;
	}
	crowd->is_whole = !status && some.n < DUE_GATHERED;
	vec_release(&some);
	buf_release(&day);
	return status;
}

/* Those that are over stand among those that were given until there are many. */
static void forget_over(struct due_crowd *crowd)
{
	size_t n = 0;
	if (crowd->over < OVER_KEPT)
		return;
	for (size_t i = 0; i < crowd->given.n; i++)
		if (crowd->given.at[i].no)
			crowd->given.at[n++] = crowd->given.at[i];
	crowd->given.n = n;
	crowd->over = 0;
}

/* Gives on from where the last call began, without those that are over. True: it was served to its
 * end. */
static bool give_crowd(struct due_crowd *crowd, size_t most, ledger_on_due *on, void *arg)
{
	forget_over(crowd);
	for (size_t i = 0; most; i++) {
		if (i == crowd->given.n && !crowd->heap.n)
			return true;
		if (i == crowd->given.n) {
			struct due_case next = heap_pop(&crowd->heap);
			*vec_push(&crowd->given) = next;
		}
		struct due_case *c = &crowd->given.at[i];
		if (!c->no)
			continue;
		enum ledger_due_seen seen = on(arg, c->id, c->due);
		if (seen == LEDGER_DUE_STOP)
			break;
		if (seen == LEDGER_DUE_OVER) {
			c->no = 0;
			crowd->over++;
		}
		most--;
	}
	return false;
}

/* Whose turn is after those before them. */
static enum status serve_crowd(sqlite3 *db, struct due_crowd *crowd, struct ledger_due due,
			       size_t most, ledger_on_due *on, void *arg)
{
	if (!crowd->is_there || !together(crowd->due, due)) {
		due_release(crowd);
		crowd->due = due;
		crowd->is_there = true;
	}
	if (!crowd->is_whole) {
		enum status status = gather(db, crowd);
		if (status || !crowd->is_whole)
			return status;
	}
	if (give_crowd(crowd, most, on, arg))
		due_release(crowd); /* whoever has joined it meanwhile is the next one */
	return STATUS_OK;
}

/* ---- all of it ---- */

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

/* Those that come before any crowd, and the crowd behind them. */
static enum status give_first(sqlite3 *db, struct due_crowd *crowd, due_cases *first, size_t most,
			      ledger_on_due *on, void *arg, bool *all)
{
	struct arena arena = {0};
	bool more = true;
	size_t n = crowd_begins(first, most);
	enum status status = open_ids(db, &arena, first->at, n);
	if (n && !status)
		qsort(first->at, n, sizeof(*first->at), in_order);
	for (size_t i = 0; !status && more && i < n; i++)
		more = on(arg, first->at[i].id, first->at[i].due) != LEDGER_DUE_STOP;
	*all = more && n == first->n;
	if (!status && more && n < most && n < first->n)
		status = serve_crowd(db, crowd, first->at[most].due, most - n, on, arg);
	arena_release(&arena);
	return status;
}

/* While a crowd is being served nothing but its first case need be looked for. */
static enum status is_first(sqlite3 *db, const struct due_crowd *crowd, int64_t until, bool *is)
{
	due_cases first = {0};
	*is = false;
	enum status status = crowd->is_there ? take_first(db, until, 1, &first) : STATUS_OK;
	if (!status && first.n)
		*is = together(first.at[0].due, crowd->due);
	vec_release(&first);
	return status;
}

enum status due_each(sqlite3 *db, struct due_crowd *crowd, int64_t until, size_t most,
		     ledger_on_due *on, void *arg, bool *all)
{
	due_cases first = {0};
	bool is;
	enum status status = is_first(db, crowd, until, &is);
	*all = false;
	if (status || !most)
		return status;
	if (is)
		return serve_crowd(db, crowd, crowd->due, most, on, arg);
	due_release(crowd);
	status = take_first(db, until, most + 1, &first);
	if (!status)
		status = give_first(db, crowd, &first, most, on, arg, all);
	vec_release(&first);
	return status;
}
