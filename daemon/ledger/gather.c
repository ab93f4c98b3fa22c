/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/gather.h"

#include "engine/base/mem.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

#define GATHERED_BYTES 131071 /* SQLite's own VFS writes no more at once */

struct log_file {
	sqlite3_file file; /* ours */
	sqlite3_int64 at;  /* where what is gathered belongs */
	size_t n;
	char *bytes;
	sqlite3_file real; /* and whatever else it has */
};

static struct {
	sqlite3_vfs vfs, *real;
} gather;

static struct log_file *log_of(sqlite3_file *f)
{
	return (struct log_file *)f;
}

/* What cannot be written is forgotten: the transaction is undone, and the next begins at the same
 * place. */
static int put_down(struct log_file *l)
{
	size_t n = l->n;
	l->n = 0;
	return n ? l->real.pMethods->xWrite(&l->real, l->bytes, (int)n, l->at) : SQLITE_OK;
}

static int close_log(sqlite3_file *f)
{
	struct log_file *l = log_of(f);
	int rc = put_down(l), closed = l->real.pMethods->xClose(&l->real);
	mem_free(l->bytes);
	return rc ? rc : closed;
}

static int read_log(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
	struct log_file *l = log_of(f);
	int rc = put_down(l);
	return rc ? rc : l->real.pMethods->xRead(&l->real, to, n, at);
}

static int write_log(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
	struct log_file *l = log_of(f);
	size_t more = (size_t)n;
	bool goes_on = at == l->at + (sqlite3_int64)l->n && more <= GATHERED_BYTES - l->n;
	int rc = goes_on ? SQLITE_OK : put_down(l);
	if (rc || more > GATHERED_BYTES)
		return rc ? rc : l->real.pMethods->xWrite(&l->real, from, n, at);
	if (!l->n)
		l->at = at;
	memcpy(l->bytes + l->n, from, more);
	l->n += more;
	return SQLITE_OK;
}

static int truncate_log(sqlite3_file *f, sqlite3_int64 n)
{
	struct log_file *l = log_of(f);
	int rc = put_down(l);
	return rc ? rc : l->real.pMethods->xTruncate(&l->real, n);
}

static int sync_log(sqlite3_file *f, int flags)
{
	struct log_file *l = log_of(f);
	int rc = put_down(l);
	return rc ? rc : l->real.pMethods->xSync(&l->real, flags);
}

static int measure_log(sqlite3_file *f, sqlite3_int64 *n)
{
	struct log_file *l = log_of(f);
	int rc = put_down(l);
	return rc ? rc : l->real.pMethods->xFileSize(&l->real, n);
}

/* Nobody locks the log: its locks are in its index. */
static int leave_unlocked(sqlite3_file *f, int how)
{
	(void)f, (void)how;
	return SQLITE_OK;
}

static int is_unlocked(sqlite3_file *f, int *locked)
{
	(void)f;
	*locked = 0;
	return SQLITE_OK;
}

static int control_log(sqlite3_file *f, int op, void *arg)
{
	struct log_file *l = log_of(f);
	return l->real.pMethods->xFileControl(&l->real, op, arg);
}

static int sector_of_log(sqlite3_file *f)
{
	struct log_file *l = log_of(f);
	return l->real.pMethods->xSectorSize(&l->real);
}

static int traits_of_log(sqlite3_file *f)
{
	struct log_file *l = log_of(f);
	return l->real.pMethods->xDeviceCharacteristics(&l->real);
}

static const sqlite3_io_methods methods = {.iVersion = 1,
					   .xClose = close_log,
					   .xRead = read_log,
					   .xWrite = write_log,
					   .xTruncate = truncate_log,
					   .xSync = sync_log,
					   .xFileSize = measure_log,
					   .xLock = leave_unlocked,
					   .xUnlock = leave_unlocked,
					   .xCheckReservedLock = is_unlocked,
					   .xFileControl = control_log,
					   .xSectorSize = sector_of_log,
					   .xDeviceCharacteristics = traits_of_log};

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out)
{
	(void)vfs;
	if (!(flags & SQLITE_OPEN_WAL))
		return gather.real->xOpen(gather.real, path, f, flags, out);
	struct log_file *l = log_of(f);
	l->file.pMethods = NULL;
	int rc = gather.real->xOpen(gather.real, path, &l->real, flags, out);
	if (rc)
		return rc;
	l->file.pMethods = &methods;
	l->n = 0;
	l->bytes = mem_alloc(GATHERED_BYTES);
	return SQLITE_OK;
}

const char *gather_vfs(void)
{
	sqlite3_vfs *real = sqlite3_vfs_find(NULL);
	if (gather.real == real)
		return gather.vfs.zName;
	gather.real = real;
	gather.vfs = *real;
	gather.vfs.zName = "waymark";
	gather.vfs.pNext = NULL;
	gather.vfs.szOsFile = (int)sizeof(struct log_file) + real->szOsFile;
	gather.vfs.xOpen = open_file;
	sqlite3_vfs_register(&gather.vfs, 0);
	return gather.vfs.zName;
}
