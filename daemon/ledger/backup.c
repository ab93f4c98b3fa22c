/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/backup.h"

#include "daemon/ledger/connect.h"
#include "daemon/ledger/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGES_AT_ONCE 4096

struct copying {
	const struct backup_config *config;
	sqlite3 *from, *to;
	char *fresh; /* TO.new */
	struct buf *why;
};

/* Nobody but its owner and the group gets to see it, as with the ledger. */
static enum status create(struct copying *c)
{
	struct stat st;
	if (!lstat(c->config->to, &st)) {
		buf_fmt(c->why, "%s is there already, and a backup never replaces a file",
			c->config->to);
		return STATUS_CONFLICT;
	}
	int fd = open(c->fresh, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd < 0 && errno == EEXIST) {
		buf_fmt(c->why,
			"%s is there: another backup is being made, or one was broken off; remove "
			"it in that case",
			c->fresh);
		return STATUS_CONFLICT;
	}
	if (fd < 0) {
		buf_fmt(c->why, "cannot write %s: %m", c->fresh);
		return STATUS_IO;
	}
	close(fd);
	return STATUS_OK;
}

static enum status failed(struct copying *c, sqlite3 *db, const char *path)
{
	bool full = (sqlite3_errcode(db) & 0xFF) == SQLITE_FULL;
	sql_complain(c->why, "cannot copy", path, db);
	return full ? STATUS_FULL : STATUS_IO;
}

/* All steps read from one open transaction, so nothing that is written meanwhile starts it again.
 */
static enum status copy_pages(struct copying *c)
{
	const struct backup_config *config = c->config;
	sqlite3_backup *b = sqlite3_backup_init(c->to, "main", c->from, "main");
	if (!b)
		return failed(c, c->to, c->fresh);
	int rc;
	do {
		rc = sqlite3_backup_step(b, PAGES_AT_ONCE);
		uint64_t of = (uint64_t)sqlite3_backup_pagecount(b);
		if (config->on_progress)
			config->on_progress(config->arg, of - (uint64_t)sqlite3_backup_remaining(b),
					    of);
	} while (rc == SQLITE_OK);
	sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? STATUS_OK : failed(c, c->to, c->fresh);
}

/* One file that can be opened from a medium that cannot be written to. */
static enum status copy(struct copying *c)
{
	int64_t events;
	if (sql_exec(c->from, "BEGIN") || sql_int(c->from, "SELECT count(*) FROM log", &events))
		return failed(c, c->from, c->config->from);
	if (sqlite3_open_v2(c->fresh, &c->to, SQLITE_OPEN_READWRITE, NULL) ||
	    sql_exec(c->to, "PRAGMA synchronous=FULL"))
		return failed(c, c->to, c->fresh);
	enum status st = copy_pages(c);
	if (!st && !sql_pragma(c->to, "journal_mode", "DELETE", "delete"))
		st = failed(c, c->to, c->fresh);
	return st;
}

static enum status verify(struct copying *c, struct verify_report *report)
{
	const struct verify_config config = {.path = c->fresh,
					     .on_fault = c->config->on_fault,
					     .on_progress = c->config->on_progress,
					     .arg = c->config->arg};
	enum status st = ledger_verify(&config, report, c->why);
	if (!st && report->faults) {
		buf_fmt(c->why,
			"the copy was not kept, because the ledger is not as it was written: "
			"`waymark verify %s` says where",
			c->config->from);
		st = STATUS_INVALID;
	}
	return st;
}

/* link() refuses a name that is taken. */
static enum status name(struct copying *c)
{
	int fd = open(c->fresh, O_RDONLY | O_CLOEXEC);
	bool fine = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	if (fine && link(c->fresh, c->config->to) == 0 && file_sync_folder(c->config->to))
		return STATUS_OK;
	buf_fmt(c->why, "cannot put the copy at %s: %m", c->config->to);
	return errno == EEXIST ? STATUS_CONFLICT : STATUS_IO;
}

static enum status make(struct copying *c, struct verify_report *report)
{
	enum status st = ledger_connect(c->config->from, &c->from, c->why);
	if (!st)
		st = create(c);
	if (st)
		return st;
	st = copy(c);
	sqlite3_close(c->to);
	c->to = NULL;
	if (!st)
		st = verify(c, report);
	if (!st)
		st = name(c);
	unlink(c->fresh);
	return st;
}

enum status ledger_backup(const struct backup_config *config, struct verify_report *report,
			  struct buf *why)
{
	struct buf fresh = {0};
	buf_fmt(&fresh, "%s.new", config->to);
	buf_char(&fresh, '\0');
	struct copying c = {.config = config, .fresh = fresh.p, .why = why};
	*report = (struct verify_report){0};
	enum status st = make(&c, report);
	sqlite3_close(c.to);
	sqlite3_close(c.from);
	buf_release(&fresh);
	return st;
}
