/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/guard.h"

#include "daemon/ledger/sql.h"

#include <string.h>

static const char *const SUFFIX[GUARD_N] = {
    [GUARD_FILE] = "", [GUARD_LOG] = "-wal", [GUARD_INDEX] = "-shm"};

static bool look_at(const struct guard *g, enum guarded which, struct stat *st)
{
	struct buf path = {0};
	buf_fmt(&path, "%s%s", g->path, SUFFIX[which]);
	buf_char(&path, '\0');
	*st = (struct stat){0};
	bool there = stat(path.p, st) == 0;
	buf_release(&path);
	return there;
}

/* ---- the pair ---- */

/* SQLite's name for the file without its log: what is not plain is escaped. */
static void uri_of(struct buf *b, const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "/._-";
	buf_c(b, "file:");
	for (const char *p = path; *p; p++) {
		if (strchr(plain, *p))
			buf_char(b, *p);
		else
			buf_fmt(b, "%%%02x", (unsigned)(unsigned char)*p);
	}
	buf_c(b, "?immutable=1");
	buf_char(b, '\0');
}

/* A column of the mark; false when there is none. */
static bool read_mark(sqlite3 *db, const char *sql, unsigned char *out)
{
	sqlite3_stmt *s = sql_prepare(db, sql);
	bool found = s && sql_step(s) == STEP_ROW && sqlite3_column_bytes(s, 0) == MARK_BYTES;
	if (found)
		memcpy(out, sqlite3_column_blob(s, 0), MARK_BYTES);
	sqlite3_finalize(s);
	return found;
}

/* A file that a power cut left half copied may not be readable by itself: then there is nothing to
 * compare. */
static void read_file(struct guard *g)
{
	struct buf uri = {0};
	sqlite3 *db = NULL;
	uri_of(&uri, g->path);
	if (sqlite3_open_v2(uri.p, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) == SQLITE_OK)
		g->has_mark = read_mark(db, "SELECT now FROM mark", g->mark);
	sqlite3_close(db);
	buf_release(&uri);
}

enum status guard_look(struct guard *g, const char *path, struct buf *why)
{
	struct stat file, log;
	*g = (struct guard){.path = path};
	if (!look_at(g, GUARD_FILE, &file))
		return STATUS_OK;
	if (!file.st_size && look_at(g, GUARD_LOG, &log) && log.st_size) {
		buf_fmt(why,
			"%s is empty, but %s-wal has what was written last: the file was cut off; "
			"put a backup in its place, without the files %s-wal and %s-shm",
			path, path, path, path);
		return STATUS_INVALID;
	}
	if (file.st_size)
		read_file(g);
	return STATUS_OK;
}

enum status guard_pair(struct guard *g, sqlite3 *db, struct buf *why)
{
	unsigned char now[MARK_BYTES], before[MARK_BYTES];
	if (!g->has_mark || !read_mark(db, "SELECT now FROM mark", now) ||
	    !read_mark(db, "SELECT before FROM mark", before))
		return STATUS_OK;
	if (!memcmp(g->mark, now, MARK_BYTES) || !memcmp(g->mark, before, MARK_BYTES))
		return STATUS_OK;
	buf_fmt(why,
		"%s-wal is not the log of %s: was another copy of the ledger put there? Put the "
		"file back that belongs to it, or, to go on from the copy, remove %s-wal and "
		"%s-shm: what is only in them is lost",
		g->path, g->path, g->path, g->path);
	return STATUS_INVALID;
}

bool guard_log_is_empty(const struct guard *g)
{
	struct stat log;
	return !look_at(g, GUARD_LOG, &log) || !log.st_size;
}

/* ---- while it is open ---- */

void guard_take(struct guard *g)
{
	for (enum guarded i = GUARD_FILE; i < GUARD_N; i++)
		look_at(g, i, &g->taken[i]);
}

/* Only the file itself: its log and index change with every commit. */
static bool was_written(const struct stat *now, const struct stat *then)
{
	return now->st_size != then->st_size || now->st_mtim.tv_sec != then->st_mtim.tv_sec ||
	       now->st_mtim.tv_nsec != then->st_mtim.tv_nsec;
}

bool guard_holds(const struct guard *g, struct buf *why)
{
	for (enum guarded i = GUARD_FILE; i < GUARD_N; i++) {
		struct stat now;
		const struct stat *then = &g->taken[i];
		const char *what = NULL;
		if (!look_at(g, i, &now))
			what = "somebody has removed";
		else if (now.st_ino != then->st_ino || now.st_dev != then->st_dev)
			what = "somebody has put another file in the place of";
		else if (i == GUARD_FILE && was_written(&now, then))
			what = "somebody else has written into";
		if (what) {
			buf_fmt(why, "%s %s%s", what, g->path, SUFFIX[i]);
			return false;
		}
	}
	return true;
}
