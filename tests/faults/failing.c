/* SPDX-License-Identifier: Apache-2.0
 *
 * A library to be preloaded (LD_PRELOAD) into the program under test: makes chosen calls of the C
 * library fail. FAILING names the file through which a test says which, at any time: failing.h.
 * Nothing fails as long as the file says so, and a call that fails does nothing.
 */
#include "tests/faults/failing.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define PUBLIC __attribute__((visibility("default")))

static struct failing *control;

/* The C library's own; `next` finds it once. */
static void *next(void **kept, const char *name)
{
	if (!*kept)
		*kept = dlsym(RTLD_NEXT, name);
	return *kept;
}

#define NEXT(type, name)                                                                           \
	static void *kept_##name;                                                                  \
	type real_##name = (type)next(&kept_##name, #name)

typedef int open_fn(const char *, int, ...);
typedef int openat_fn(int, const char *, int, ...);
typedef void *mmap_fn(void *, size_t, int, int, int, off_t);

static void __attribute__((constructor)) start(void)
{
	const char *path = getenv("FAILING");
	NEXT(open_fn *, open);
	NEXT(mmap_fn *, mmap);
	int fd = path ? real_open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	void *p = real_mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p != MAP_FAILED)
		control = p;
}

static bool wanted(enum call call)
{
	return control && (__atomic_load_n(&control->calls, __ATOMIC_ACQUIRE) & (1u << call));
}

/* Counts the call; true: it is to fail, and errno says how. */
static bool strike(void)
{
	__atomic_add_fetch(&control->seen, 1, __ATOMIC_RELAXED);
	if (__atomic_fetch_sub(&control->pass, 1, __ATOMIC_RELAXED) > 0)
		return false;
	__atomic_store_n(&control->pass, 0, __ATOMIC_RELAXED);
	if (control->fail == 0)
		return false;
	if (control->fail > 0)
		__atomic_sub_fetch(&control->fail, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&control->failed, 1, __ATOMIC_RELAXED);
	errno = control->error;
	return true;
}

static bool is_ours(const char *path)
{
	size_t n = strlen(path), want = strnlen(control->path, sizeof(control->path));
	return n >= want && memcmp(path + n - want, control->path, want) == 0;
}

static bool fails(enum call call)
{
	return wanted(call) && strike();
}

static bool fails_at(enum call call, const char *path)
{
	return wanted(call) && is_ours(path) && strike();
}

/* Only what lies on a disk fails: pipes and sockets do so in other ways. */
static bool fails_on(enum call call, int fd)
{
	char link[32], path[512];
	if (!wanted(call))
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	return path[0] == '/' && is_ours(path) && strike();
}

/* ---- memory ---- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

PUBLIC void *malloc(size_t size)
{
	return fails(CALL_MALLOC) ? NULL : __libc_malloc(size);
}

PUBLIC void *calloc(size_t n, size_t size)
{
	return fails(CALL_MALLOC) ? NULL : __libc_calloc(n, size);
}

PUBLIC void *realloc(void *p, size_t size)
{
	return fails(CALL_MALLOC) ? NULL : __libc_realloc(p, size);
}

/* ---- files ---- */

static mode_t mode_of(int flags, va_list ap)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
}

#define OPEN_LIKE(name)                                                                            \
	PUBLIC int name(const char *path, int flags, ...)                                          \
	{                                                                                          \
		NEXT(open_fn *, name);                                                             \
		va_list ap;                                                                        \
		va_start(ap, flags);                                                               \
		mode_t mode = mode_of(flags, ap);                                                  \
		va_end(ap);                                                                        \
		return fails_at(CALL_OPEN, path) ? -1 : real_##name(path, flags, mode);            \
	}
OPEN_LIKE(open)
OPEN_LIKE(open64)

/* One wrapper: TYPE NAME(PARAMETERS) hands ARGUMENTS on unless FAILS, and answers BAD then. */
#define WRAP(type, name, parameters, arguments, fails, bad)                                        \
	typedef type fn_##name parameters;                                                         \
	PUBLIC type name parameters                                                                \
	{                                                                                          \
		NEXT(fn_##name *, name);                                                           \
		return (fails) ? (bad) : real_##name arguments;                                    \
	}

WRAP(FILE *, fopen, (const char *path, const char *mode), (path, mode), fails_at(CALL_OPEN, path),
     NULL)
WRAP(FILE *, fopen64, (const char *path, const char *mode), (path, mode), fails_at(CALL_OPEN, path),
     NULL)
WRAP(DIR *, opendir, (const char *path), (path), fails_at(CALL_OPEN, path), NULL)
WRAP(struct dirent *, readdir, (DIR * dir), (dir), fails_on(CALL_READDIR, dirfd(dir)), NULL)
WRAP(ssize_t, read, (int fd, void *p, size_t n), (fd, p, n), fails_on(CALL_READ, fd), -1)
WRAP(ssize_t, pread, (int fd, void *p, size_t n, off_t at), (fd, p, n, at), fails_on(CALL_READ, fd),
     -1)
WRAP(ssize_t, pread64, (int fd, void *p, size_t n, off_t at), (fd, p, n, at),
     fails_on(CALL_READ, fd), -1)
WRAP(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n), fails_on(CALL_WRITE, fd), -1)
WRAP(ssize_t, pwrite, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at),
     fails_on(CALL_WRITE, fd), -1)
WRAP(ssize_t, pwrite64, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at),
     fails_on(CALL_WRITE, fd), -1)
WRAP(int, fsync, (int fd), (fd), fails_on(CALL_SYNC, fd), -1)
WRAP(int, fdatasync, (int fd), (fd), fails_on(CALL_SYNC, fd), -1)
WRAP(int, ftruncate, (int fd, off_t n), (fd, n), fails_on(CALL_TRUNCATE, fd), -1)
WRAP(int, ftruncate64, (int fd, off_t n), (fd, n), fails_on(CALL_TRUNCATE, fd), -1)
WRAP(int, rename, (const char *from, const char *to), (from, to), fails_at(CALL_RENAME, to), -1)
WRAP(int, unlink, (const char *path), (path), fails_at(CALL_UNLINK, path), -1)
WRAP(int, stat, (const char *path, struct stat *st), (path, st), fails_at(CALL_STAT, path), -1)
WRAP(int, fstat, (int fd, struct stat *st), (fd, st), fails_on(CALL_STAT, fd), -1)
WRAP(int, stat64, (const char *path, struct stat64 *st), (path, st), fails_at(CALL_STAT, path), -1)
WRAP(int, fstat64, (int fd, struct stat64 *st), (fd, st), fails_on(CALL_STAT, fd), -1)
WRAP(void *, mmap, (void *at, size_t n, int prot, int flags, int fd, off_t from),
     (at, n, prot, flags, fd, from), fd >= 0 && fails_on(CALL_MMAP, fd), MAP_FAILED)
WRAP(void *, mmap64, (void *at, size_t n, int prot, int flags, int fd, off_t from),
     (at, n, prot, flags, fd, from), fd >= 0 && fails_on(CALL_MMAP, fd), MAP_FAILED)
WRAP(int, flock, (int fd, int how), (fd, how), fails_on(CALL_LOCK, fd), -1)

typedef size_t fread_fn(void *, size_t, size_t, FILE *);

/* The stream must know of it: this is what ferror looks at in glibc. */
PUBLIC size_t fread(void *p, size_t size, size_t n, FILE *f)
{
	NEXT(fread_fn *, fread);
	if (!fails_on(CALL_READ, fileno(f)))
		return real_fread(p, size, n, f);
	f->_flags |= 0x20; /* _IO_ERR_SEEN */
	return 0;
}

/* ---- the rest ---- */

WRAP(int, accept4, (int fd, struct sockaddr *a, socklen_t *n, int flags), (fd, a, n, flags),
     fails(CALL_ACCEPT), -1)

typedef int create_fn(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

/* Answers with the error instead of setting errno. */
PUBLIC int pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*run)(void *), void *arg)
{
	NEXT(create_fn *, pthread_create);
	return fails(CALL_THREAD) ? control->error : real_pthread_create(t, attr, run, arg);
}

typedef int wait_fn(pthread_cond_t *, pthread_mutex_t *);

/* Who is slow to wake up holds no lock meanwhile. glibc has an older function of this name, which
 * dlsym would find. */
PUBLIC int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
	static void *kept;
	if (!kept)
		kept = dlvsym(RTLD_NEXT, "pthread_cond_wait", "GLIBC_2.3.2");
	wait_fn *real = (wait_fn *)next(&kept, "pthread_cond_wait");
	int rc = real(c, m);
	if (!fails(CALL_WAKE))
		return rc;
	pthread_mutex_unlock(m);
	while (wanted(CALL_WAKE))
		usleep(1000);
	pthread_mutex_lock(m);
	return rc;
}
