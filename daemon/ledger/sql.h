/* SPDX-License-Identifier: Apache-2.0
 *
 * What both sides of the ledger need of SQLite: a connection whose settings are known to hold, and
 * statements whose steps tell a row, the end and a failure apart.
 */
#ifndef WAYMARK_LEDGER_SQL_H
#define WAYMARK_LEDGER_SQL_H

#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/base/str.h"

#include <sqlite3.h>

enum step { STEP_ROW, STEP_DONE, STEP_FAILED };

enum step sql_step(sqlite3_stmt *s);
/* Runs to the end and resets. */
enum status sql_run(sqlite3_stmt *s);
enum status sql_exec(sqlite3 *db, const char *sql);
/* NULL when it fails, which can only be the environment's fault. */
sqlite3_stmt *sql_prepare(sqlite3 *db, const char *sql);

/* Parameters from 1, columns from 0. Texts and blobs are not copied: they must live until the
 * statement is reset. */
void sql_bind_int(sqlite3_stmt *s, int i, int64_t v);
void sql_bind_text(sqlite3_stmt *s, int i, struct str v);
void sql_bind_text_or_null(sqlite3_stmt *s, int i, struct str v); /* empty: NULL */
void sql_bind_hash(sqlite3_stmt *s, int i, const struct hash128 *h);
void sql_bind_blob(sqlite3_stmt *s, int i, const void *p, size_t n);
struct str sql_text(sqlite3_stmt *s, int i); /* valid until the next step or reset */
struct hash128 sql_hash(sqlite3_stmt *s, int i);

/* The single integer that a query gives; STATUS_NOT_FOUND when it gives none or NULL. */
enum status sql_int(sqlite3 *db, const char *sql, int64_t *out);

/* Sets a pragma and reads it back: false when it did not take. */
bool sql_pragma(sqlite3 *db, const char *name, const char *value, const char *expected);

/* "cannot open x.db: disk I/O error" */
void sql_complain(struct buf *why, const char *what, const char *path, sqlite3 *db);

#endif
