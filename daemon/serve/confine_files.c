/* SPDX-License-Identifier: Apache-2.0
 *
 * Landlock has no library: three system calls, described in linux/landlock.h. A ruleset names the
 * rights that it governs; a right that an older kernel does not know is not asked of it.
 */
#include "daemon/serve/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE /* since Linux 6.2; the header may be older than the kernel */
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define READS_FILE  LANDLOCK_ACCESS_FS_READ_FILE
#define READS       (READS_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITES_FILE (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define WRITES                                                                                     \
	(WRITES_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |              \
	 LANDLOCK_ACCESS_FS_MAKE_SOCK)
/* Governed, and given to no path. */
#define NEVER                                                                                      \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                              \
	 LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |                              \
	 LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                            \
	 LANDLOCK_ACCESS_FS_MAKE_SYM)

static uint64_t governed(long abi)
{
	uint64_t rights = READS | WRITES | NEVER;
	return abi < 3 ? rights & ~(uint64_t)LANDLOCK_ACCESS_FS_TRUNCATE : rights;
}

static enum status allow(int ruleset, const struct confine_path *p, uint64_t rights,
			 struct buf *why)
{
	struct stat st;
	int fd = open(p->path, O_PATH | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st)) {
		if (fd >= 0)
			close(fd);
		return STATUS_OK;
	}
	uint64_t wanted = READS | (p->writes ? WRITES : 0);
	if (!S_ISDIR(st.st_mode))
		wanted &= READS_FILE | WRITES_FILE;
	struct landlock_path_beneath_attr rule = {.allowed_access = wanted & rights,
						  .parent_fd = fd};
	long rc = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	if (rc)
		buf_fmt(why, "the kernel does not take %s as a path to be left: %m", p->path);
	close(fd);
	return rc ? STATUS_IO : STATUS_OK;
}

enum status confine_files(const struct confine_path *paths, size_t n, struct buf *why)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 1) {
		buf_fmt(why, "this kernel has no Landlock (Linux 5.13 or newer has it, where it "
			     "is switched on): %m");
		return STATUS_NOT_FOUND;
	}
	struct landlock_ruleset_attr attr = {.handled_access_fs = governed(abi)};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	enum status st = ruleset < 0 ? STATUS_IO : STATUS_OK;
	for (size_t i = 0; !st && i < n; i++)
		st = allow(ruleset, &paths[i], attr.handled_access_fs, why);
	if (!st && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
		    syscall(SYS_landlock_restrict_self, ruleset, 0)))
		st = STATUS_IO;
	if (st && !why->len)
		buf_fmt(why, "the kernel does not take the list of files: %m");
	if (ruleset >= 0)
		close(ruleset);
	return st;
}
