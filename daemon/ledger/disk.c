/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/ledger.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

static uint64_t file_bytes(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

enum status ledger_disk(const char *path, struct ledger_disk *out)
{
	struct buf log = {0};
	struct statvfs fs;
	buf_fmt(&log, "%s-wal", path);
	buf_char(&log, '\0');
	out->bytes = file_bytes(path);
	out->log_bytes = file_bytes(log.p);
	buf_release(&log);
	if (statvfs(path, &fs) != 0)
		return STATUS_IO;
	out->free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	return STATUS_OK;
}
