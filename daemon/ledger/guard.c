/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/guard.h"

#include "daemon/ledger/sql.h"

#include <string.h>
#include <unistd.h>

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

/* ---- the end ---- */

/* A number of so many digits: written at once, and within one sector of the disk. */
#define LAST_DIGITS 20

static int64_t read_last(int fd)
{
	char text[LAST_DIGITS + 1] = {0};
	int64_t last = 0;
	if (pread(fd, text, LAST_DIGITS, 0) != LAST_DIGITS)
		return 0;
	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9' || last > (INT64_MAX - 9) / 10)
			return 0;
		last = last * 10 + (*p - '0');
	}
	return last;
}

/* Where it cannot be written, less is noticed. */
static void write_last(const struct guard *g)
{
	struct buf b = {0};
	buf_fmt(&b, "%0*lld\n", LAST_DIGITS, (long long)g->last);
	ssize_t n = pwrite(g->lock_fd, b.p, b.len, 0);
	(void)n;
	buf_release(&b);
}

static enum status not_all_there(const struct guard *g, int64_t has, struct buf *why)
{
	buf_fmt(
	    why,
	    "%s has %lld events, but %lld were acknowledged: it was removed, its log was damaged "
	    "or cut off, or an older copy was put in its place. Put back what is missing; or, to "
	    "go on without it, remove %s.lock",
	    g->path, (long long)has, (long long)g->last, g->path);
	return STATUS_INVALID;
}

static enum status check_end(struct guard *g, sqlite3 *db, struct buf *why)
{
	int64_t has;
	if (sql_int(db, "SELECT coalesce(max(seq), 0) FROM events", &has))
		has = 0; /* no such table yet */
	if (has < g->last)
		return not_all_there(g, has, why);
	g->last = has;
	write_last(g);
	return STATUS_OK;
}

/* ---- opening ---- */

enum status guard_look(struct guard *g, const char *path, int lock_fd, struct buf *why)
{
	struct stat file, log;
	*g = (struct guard){.path = path, .lock_fd = lock_fd, .last = read_last(lock_fd)};
	if (!look_at(g, GUARD_FILE, &file))
		return g->last ? not_all_there(g, 0, why) : STATUS_OK;
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

static bool is_pair(const struct guard *g, sqlite3 *db)
{
	unsigned char now[MARK_BYTES], before[MARK_BYTES];
	if (!g->has_mark || !read_mark(db, "SELECT now FROM mark", now) ||
	    !read_mark(db, "SELECT before FROM mark", before))
		return true;
	return !memcmp(g->mark, now, MARK_BYTES) || !memcmp(g->mark, before, MARK_BYTES);
}

enum status guard_pair(struct guard *g, sqlite3 *db, struct buf *why)
{
	if (is_pair(g, db))
		return check_end(g, db, why);
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

bool guard_holds(struct guard *g, uint64_t seq, struct buf *why)
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
	if (seq) {
		g->last = (int64_t)seq;
		write_last(g);
	}
	return true;
}
