/* SPDX-License-Identifier: Apache-2.0
 *
 * What is given up is given up for good, so each attempt is made by a child of its own, which tells
 * by its end how it went: 0, an errno, or the signal.
 */
#include "daemon/serve/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct place {
	char folder[64], inside[80], read[80], outside[80];
};

static void write_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
}

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	snprintf(p->folder, sizeof(p->folder), "/tmp/waymark-confine-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->inside, sizeof(p->inside), "%s/writes", p->folder);
	snprintf(p->read, sizeof(p->read), "%s/reads", p->folder);
	snprintf(p->outside, sizeof(p->outside), "%s/outside", p->folder);
	assert_int_equal(mkdir(p->inside, 0700), 0);
	assert_int_equal(mkdir(p->read, 0700), 0);
	write_file(p->outside);
	char file[96];
	snprintf(file, sizeof(file), "%s/a", p->read);
	write_file(file);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	char file[96];
	snprintf(file, sizeof(file), "%s/a", p->read);
	unlink(file);
	snprintf(file, sizeof(file), "%s/b", p->inside);
	unlink(file);
	unlink(p->outside);
	rmdir(p->inside);
	rmdir(p->read);
	rmdir(p->folder);
	free(p);
	return 0;
}

/* Runs in the child; 0 or an errno. */
typedef int attempt(const struct place *p);

#define NO_CONFINEMENT 200 /* the child could not give anything up */

static void child(attempt *try, const struct place *p)
{
	const struct confine_path paths[] = {{p->inside, true}, {p->read, false}, {"/none", true}};
	struct buf why = {0};
	enum status st = confine_files(paths, 3, &why);
	if (!st)
		st = confine_calls(&why);
	_exit(st ? NO_CONFINEMENT : try(p));
}

static int outcome(attempt *try, const struct place *p)
{
	int status;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		child(try, p);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	int end = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
	if (end == NO_CONFINEMENT)
		skip(); /* an old kernel, or one in which this is switched off */
	return end;
}

static int opens(const char *folder, const char *name, int flags)
{
	char file[128];
	snprintf(file, sizeof(file), "%s%s", folder, name);
	int fd = open(file, flags | O_CLOEXEC, 0600);
	return fd < 0 ? errno : 0;
}

static int read_inside(const struct place *p)
{
	return opens(p->read, "/a", O_RDONLY);
}

static int write_inside(const struct place *p)
{
	return opens(p->inside, "/b", O_RDWR | O_CREAT);
}

static int write_where_it_reads(const struct place *p)
{
	return opens(p->read, "/a", O_WRONLY);
}

static int make_where_it_reads(const struct place *p)
{
	return opens(p->read, "/b", O_WRONLY | O_CREAT);
}

static int cut_where_it_reads(const struct place *p)
{
	return opens(p->read, "/a", O_RDWR | O_TRUNC);
}

static int read_outside(const struct place *p)
{
	return opens(p->outside, "", O_RDONLY);
}

static int climb_out(const struct place *p)
{
	return opens(p->inside, "/../outside", O_RDONLY);
}

static int run_a_program(const struct place *p)
{
	(void)p;
	char *argv[] = {"/bin/true", NULL};
	execv(argv[0], argv);
	return errno;
}

static int call_out(const struct place *p)
{
	(void)p;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(9)};
	connect(0, (struct sockaddr *)&a, sizeof(a));
	return errno;
}

static int look_into_another(const struct place *p)
{
	(void)p;
	return ptrace(PTRACE_ATTACH, getppid(), 0, 0) ? errno : 0;
}

static int new_socket(const struct place *p)
{
	(void)p;
	return socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int memory_that_runs(const struct place *p)
{
	(void)p;
	void *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (m == MAP_FAILED)
		return 1;
	return mprotect(m, 4096, PROT_READ | PROT_EXEC) ? errno : 0;
}

static void *in_thread(void *arg)
{
	*(int *)arg = opens("/etc/passwd", "", O_RDONLY);
	return NULL;
}

static int a_thread_of_it(const struct place *p)
{
	(void)p;
	int got = 0;
	pthread_t t;
	if (pthread_create(&t, NULL, in_thread, &got))
		return 1;
	pthread_join(t, NULL);
	return got;
}

static void what_is_left(void **state)
{
	const struct place *p = *state;
	assert_int_equal(outcome(read_inside, p), 0);
	assert_int_equal(outcome(write_inside, p), 0);
}

static void files_are_gone(void **state)
{
	const struct place *p = *state;
	assert_int_equal(outcome(write_where_it_reads, p), EACCES);
	assert_int_equal(outcome(make_where_it_reads, p), EACCES);
	assert_int_equal(outcome(cut_where_it_reads, p), EACCES);
	assert_int_equal(outcome(read_outside, p), EACCES);
	assert_int_equal(outcome(climb_out, p), EACCES);
	assert_int_equal(outcome(a_thread_of_it, p), EACCES);
}

static void calls_are_gone(void **state)
{
	const struct place *p = *state;
	assert_int_equal(outcome(run_a_program, p), -SIGSYS);
	assert_int_equal(outcome(call_out, p), -SIGSYS);
	assert_int_equal(outcome(look_into_another, p), -SIGSYS);
	assert_int_equal(outcome(new_socket, p), EPERM);
	assert_int_equal(outcome(memory_that_runs, p), EPERM);
}

static void there_is_no_such_user(void **state)
{
	(void)state;
	struct buf why = {0};
	assert_int_equal(confine_user("no-such-user-here", &why), STATUS_INVALID);
	assert_true(why.len > 0);
	buf_release(&why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(what_is_left, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(files_are_gone, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(calls_are_gone, set_up, tear_down),
	    cmocka_unit_test(there_is_no_such_user),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
