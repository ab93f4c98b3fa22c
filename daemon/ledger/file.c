/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_fully(int fd, struct str s)
{
	while (s.len) {
		ssize_t n = write(fd, s.p, s.len);
		if (n <= 0)
			return false;
		s.p += n;
		s.len -= (size_t)n;
	}
	return true;
}

bool file_sync_folder(const char *path)
{
	struct buf folder = {0};
	const char *slash = strrchr(path, '/');
	buf_bytes(&folder, slash ? path : ".", slash && slash > path ? (size_t)(slash - path) : 1);
	buf_char(&folder, '\0');
	int fd = open(folder.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	buf_release(&folder);
	bool fine = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return fine;
}

enum status file_replace(const char *path, const char *fresh, mode_t mode, struct str text,
			 struct buf *why)
{
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	bool fine = fd >= 0 && fchmod(fd, mode) == 0 && write_fully(fd, text) && fsync(fd) == 0;
	if (!fine)
		buf_fmt(why, "cannot write %s: %m", fresh);
	if (fd >= 0)
		close(fd);
	if (fine && (rename(fresh, path) || !file_sync_folder(path))) {
		buf_fmt(why, "cannot replace %s: %m", path);
		fine = false;
	}
	if (!fine)
		unlink(fresh);
	return fine ? STATUS_OK : STATUS_IO;
}
