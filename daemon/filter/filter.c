/* SPDX-License-Identifier: Apache-2.0
 *
 * Run while the daemon is built: writes the filter of its calls to the kernel, for the kernel of
 * this machine's kind, as C. Made at each start instead, it would depend on there being memory:
 * where there is none, libseccomp 2.5 ends by a double free, or never.
 *
 * The list is of what the daemon and its libraries (libc, SQLite, libev, OpenSSL) were seen to use,
 * with their near relatives, since a newer libc may use those instead.
 */
#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* Nothing that the daemon does needs these: whoever calls them has taken it over. */
static const int forbidden[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(bpf),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(kexec_load),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
};

static const int needed[] = {
    /* memory, threads, time */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(mlock),
    SCMP_SYS(munlock),
    SCMP_SYS(clone),
    SCMP_SYS(clone3),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(prctl),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(timerfd_create),
    SCMP_SYS(timerfd_settime),
    SCMP_SYS(timerfd_gettime),
    /* the process itself */
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getppid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getrlimit),
    SCMP_SYS(prlimit64),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(tgkill),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    /* files: which of them is Landlock's business */
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(close),
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pwrite64),
    SCMP_SYS(pwritev),
    SCMP_SYS(lseek),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate),
    SCMP_SYS(fcntl),
    SCMP_SYS(flock),
    SCMP_SYS(dup),
    SCMP_SYS(dup2),
    SCMP_SYS(dup3),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchown), /* SQLite gives the log the owner of the file */
    SCMP_SYS(utimensat),
    SCMP_SYS(umask),
    SCMP_SYS(pipe2),
    SCMP_SYS(eventfd2),
    /* connections that others open */
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendfile),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(ioctl),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
};

static int add_all(scmp_filter_ctx f, uint32_t action, const int *calls, size_t n)
{
	int rc = 0;
	for (size_t i = 0; !rc && i < n; i++)
		rc = seccomp_rule_add(f, action, calls[i], 0);
	return rc;
}

/* Memory, but none that could be run as a program. */
static int add_memory(scmp_filter_ctx f)
{
	static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};
	int rc = 0;
	for (size_t i = 0; !rc && i < sizeof(calls) / sizeof(*calls); i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return rc;
}

/* systemd is told over a socket of this kind that the daemon is ready. */
static int add_local_sockets(scmp_filter_ctx f)
{
	return seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
				SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));
}

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static int make(scmp_filter_ctx f)
{
	int rc = add_all(f, SCMP_ACT_KILL_PROCESS, forbidden, COUNT(forbidden));
	if (!rc)
		rc = add_all(f, SCMP_ACT_ALLOW, needed, COUNT(needed));
	if (!rc)
		rc = add_memory(f);
	if (!rc)
		rc = add_local_sockets(f);
	return rc;
}

/* libseccomp writes to a file only. */
static int put(scmp_filter_ctx f)
{
	struct sock_filter step;
	FILE *made = tmpfile();
	int rc = made ? seccomp_export_bpf(f, fileno(made)) : -errno;
	if (rc)
		return rc;
	rewind(made);
	while (fread(&step, sizeof(step), 1, made) == 1)
		printf("{0x%02x, %u, %u, 0x%08x},\n", step.code, step.jt, step.jf, step.k);
	return ferror(made) || fflush(stdout) ? -EIO : 0;
}

int main(void)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = f ? make(f) : -ENOMEM;
	if (!rc)
		rc = put(f);
	if (rc)
		fprintf(stderr, "filter: %s\n", strerror(-rc));
	return rc != 0;
}
