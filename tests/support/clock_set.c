/* SPDX-License-Identifier: Apache-2.0
 *
 * A library to be preloaded (LD_PRELOAD): tells the program under test that the clock was set, as
 * the kernel does. A timer of CLOCK_REALTIME that is armed with TFD_TIMER_ABSTIME and
 * TFD_TIMER_CANCEL_ON_SET becomes readable then, and reading it fails with ECANCELED
 * (timerfd_create(2)). Tests must not set the clock of the machine that they run on, and faketime
 * tells nobody that it has set its own: so such a timer, once it is armed, is the FIFO that
 * CLOCK_SET names, into which a test writes a byte. One that is armed otherwise stays the kernel's.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define PUBLIC    __attribute__((visibility("default")))
#define CANCELLED (TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)

typedef int create_fn(int, int);
typedef int settime_fn(int, int, const struct itimerspec *, struct itimerspec *);
typedef ssize_t read_fn(int, void *, size_t);

static int timer = -1;
static bool armed;

PUBLIC int timerfd_create(clockid_t clock, int flags)
{
	create_fn *real = (create_fn *)dlsym(RTLD_NEXT, "timerfd_create");
	int fd = real(clock, flags);
	if (clock == CLOCK_REALTIME) {
		timer = fd;
		armed = false;
	}
	return fd;
}

PUBLIC int timerfd_settime(int fd, int flags, const struct itimerspec *at, struct itimerspec *was)
{
	settime_fn *real = (settime_fn *)dlsym(RTLD_NEXT, "timerfd_settime");
	const char *path = getenv("CLOCK_SET");
	if (fd != timer || (flags & CANCELLED) != CANCELLED || !path)
		return real(fd, flags, at, was);
	if (armed)
		return 0;
	int fifo = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	armed = fifo >= 0 && dup3(fifo, fd, O_CLOEXEC) >= 0;
	close(fifo);
	return armed ? 0 : -1;
}

PUBLIC ssize_t read(int fd, void *p, size_t n)
{
	read_fn *real = (read_fn *)dlsym(RTLD_NEXT, "read");
	ssize_t got = real(fd, p, n);
	if (!armed || fd != timer || got <= 0)
		return got;
	errno = ECANCELED;
	return -1;
}
