/* SPDX-License-Identifier: Apache-2.0
 *
 * A ledger of before there was a log: leaves for what it holds, in one transaction, with the memory
 * of one row and one batch. They vouch for the rows from now on, not for what was before, and the
 * rows of `log` say so (`later`).
 */
#include "daemon/ledger/log_internal.h"

#include <stdio.h>
#include <string.h>

#define BATCH 4096 /* leaves to a row of `log` */

static enum status end_batch(struct log *log)
{
	enum status st = log_write(log);
	if (!st)
		log_committed(log);
	return st;
}

static enum status cover_table(struct log *log, const struct log_table *t, int64_t now_us)
{
	char sql[160];
	snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY %s", t->name, t->order);
	sqlite3_stmt *s = sql_prepare(log->db, sql);
	enum step step = s ? sql_step(s) : STEP_FAILED;
	enum status st = STATUS_OK;
	for (; !st && step == STEP_ROW; step = sql_step(s)) {
		buf_clear(&log->bytes);
		log_encode_row(&log->bytes, t->name, s);
		log_leaf(log, t->kind);
		if (log->kinds.len < BATCH)
			continue;
		st = end_batch(log);
		if (!st)
			log_begin(log, now_us, true);
	}
	sqlite3_finalize(s);
	return step == STEP_FAILED ? STATUS_IO : st;
}

static enum status put_digest(struct log *log, sqlite3_stmt *update, sqlite3_stmt *row)
{
	buf_clear(&log->bytes);
	log_encode_row(&log->bytes, "cases", row);
	struct hash256 h = hasher_leaf(&log->hasher, log->bytes.p, log->bytes.len);
	sql_bind_blob(update, 1, h.b, sizeof(h.b));
	sql_bind_int(update, 2, sqlite3_column_int64(row, 0)); /* no */
	return sql_run(update);
}

static enum status put_digests(struct log *log)
{
	sqlite3_stmt *row = sql_prepare(log->db, "SELECT * FROM cases");
	sqlite3_stmt *update =
	    sql_prepare(log->db, "UPDATE events SET case_digest = ?1"
				 " WHERE seq = (SELECT last_seq FROM cases WHERE no = ?2)");
	enum step step = row && update ? sql_step(row) : STEP_FAILED;
	enum status st = STATUS_OK;
	for (; !st && step == STEP_ROW; step = sql_step(row))
		st = put_digest(log, update, row);
	sqlite3_finalize(row);
	sqlite3_finalize(update);
	return step == STEP_FAILED ? STATUS_IO : st;
}

/* Puts the digest into the last event of each case, which the table else refuses. */
static enum status seal_cases(struct log *log)
{
	static const char find[] = "SELECT sql FROM sqlite_schema WHERE name = 'events_no_update'";
	sqlite3_stmt *s = sql_prepare(log->db, find);
	struct buf trigger = {0};
	enum status st = s && sql_step(s) == STEP_ROW ? STATUS_OK : STATUS_IO;
	if (!st)
		buf_str(&trigger, sql_text(s, 0));
	sqlite3_finalize(s);
	buf_char(&trigger, '\0');
	if (!st)
		st = sql_exec(log->db, "DROP TRIGGER events_no_update");
	if (!st)
		st = put_digests(log);
	if (!st)
		st = sql_exec(log->db, trigger.p);
	buf_release(&trigger);
	return st;
}

static enum status cover_all(struct log *log, int64_t now_us)
{
	enum status st = seal_cases(log);
	log_begin(log, now_us, true);
	for (const struct log_table *t = log_tables; !st && t->name; t++)
		st = cover_table(log, t, now_us);
	return st ? st : end_batch(log);
}

enum status log_cover(struct log *log, int64_t now_us)
{
	int64_t policies;
	if (sql_int(log->db, "SELECT count(*) FROM policies", &policies))
		return STATUS_IO;
	if (!policies) /* new */
		return STATUS_OK;
	enum status st = sql_exec(log->db, "BEGIN EXCLUSIVE");
	if (!st)
		st = cover_all(log, now_us);
	return st ? st : sql_exec(log->db, "COMMIT");
}
