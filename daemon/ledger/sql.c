/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/sql.h"

#include <stdio.h>
#include <string.h>

enum step sql_step(sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		return STEP_ROW;
	return rc == SQLITE_DONE ? STEP_DONE : STEP_FAILED;
}

enum status sql_run(sqlite3_stmt *s)
{
	enum step step = sql_step(s);
	while (step == STEP_ROW)
		step = sql_step(s);
	sqlite3_reset(s);
	return step == STEP_DONE ? STATUS_OK : STATUS_IO;
}

enum status sql_exec(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK : STATUS_IO;
}

sqlite3_stmt *sql_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) != SQLITE_OK)
		return NULL;
	return s;
}

void sql_bind_int(sqlite3_stmt *s, int i, int64_t v)
{
	sqlite3_bind_int64(s, i, v);
}

void sql_bind_text(sqlite3_stmt *s, int i, struct str v)
{
	sqlite3_bind_text64(s, i, v.p ? v.p : "", v.len, SQLITE_STATIC, SQLITE_UTF8);
}

void sql_bind_text_or_null(sqlite3_stmt *s, int i, struct str v)
{
	if (v.len)
		sql_bind_text(s, i, v);
	else
		sqlite3_bind_null(s, i);
}

void sql_bind_hash(sqlite3_stmt *s, int i, const struct hash128 *h)
{
	sql_bind_blob(s, i, h->b, sizeof(h->b));
}

void sql_bind_blob(sqlite3_stmt *s, int i, const void *p, size_t n)
{
	sqlite3_bind_blob64(s, i, p, n, SQLITE_STATIC);
}

struct str sql_text(sqlite3_stmt *s, int i)
{
	const char *p = (const char *)sqlite3_column_text(s, i);
	return (struct str){p ? p : "", p ? (size_t)sqlite3_column_bytes(s, i) : 0};
}

struct hash128 sql_hash(sqlite3_stmt *s, int i)
{
	struct hash128 h = {{0}};
	const void *p = sqlite3_column_blob(s, i);
	if (p && sqlite3_column_bytes(s, i) == (int)sizeof(h.b))
		memcpy(h.b, p, sizeof(h.b));
	return h;
}

enum status sql_int(sqlite3 *db, const char *sql, int64_t *out)
{
	sqlite3_stmt *s = sql_prepare(db, sql);
	if (!s)
		return STATUS_IO;
	enum step step = sql_step(s);
	enum status status = step == STEP_FAILED ? STATUS_IO : STATUS_NOT_FOUND;
	if (step == STEP_ROW && sqlite3_column_type(s, 0) == SQLITE_INTEGER) {
		*out = sqlite3_column_int64(s, 0);
		status = STATUS_OK;
	}
	sqlite3_finalize(s);
	return status;
}

/* The first column of the first row is what is expected. */
static bool answers(sqlite3 *db, const char *sql, const char *expected)
{
	sqlite3_stmt *s = sql_prepare(db, sql);
	bool same = s && sql_step(s) == STEP_ROW && str_eq(sql_text(s, 0), str_from(expected));
	sqlite3_finalize(s);
	return same;
}

bool sql_pragma(sqlite3 *db, const char *name, const char *value, const char *expected)
{
	char sql[128];
	snprintf(sql, sizeof(sql), "PRAGMA %s=%s", name, value);
	if (sql_exec(db, sql))
		return false;
	snprintf(sql, sizeof(sql), "PRAGMA %s", name);
	return answers(db, sql, expected);
}

/* What is to be done where SQLite's own words leave one alone. */
static const char *remedy(sqlite3 *db)
{
	switch (db ? sqlite3_errcode(db) & 0xff : SQLITE_NOMEM) {
	case SQLITE_CORRUPT:
		return "; the file is damaged or cut off: copy it again or put a backup back, and "
		       "let the "
		       "senders send again what came since";
	case SQLITE_NOTADB:
		return "; the file is no ledger, or its beginning is overwritten";
	default:
		return "";
	}
}

void sql_complain(struct buf *why, const char *what, const char *path, sqlite3 *db)
{
	buf_fmt(why, "%s %s: %s%s", what, path, db ? sqlite3_errmsg(db) : "out of memory",
		remedy(db));
}
