/* SPDX-License-Identifier: Apache-2.0
 *
 * The filter is made while the program is built: daemon/filter.
 */
#include "daemon/serve/confine.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct sock_filter filter[] = {
#include "daemon/serve/confine_filter.inc"
};

enum status confine_calls(struct buf *why)
{
	struct sock_fprog all = {sizeof(filter) / sizeof(*filter), filter};
	/* For all threads at once; more than 0 is the number of one that escapes. */
	long rc = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!rc)
		rc = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &all);
	if (!rc)
		return STATUS_OK;
	if (rc > 0)
		errno = ESRCH;
	buf_fmt(why, "the kernel does not take the list of calls: %m");
	return errno == EINVAL || errno == EFAULT || errno == ENOSYS ? STATUS_NOT_FOUND : STATUS_IO;
}
