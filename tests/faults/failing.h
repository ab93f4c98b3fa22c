/* SPDX-License-Identifier: Apache-2.0
 *
 * What failing.c and the tests agree on: a file that both map. failing.py has the same in Python.
 */
#ifndef WAYMARK_TESTS_FAILING_H
#define WAYMARK_TESTS_FAILING_H

#include <stdint.h>

/* X(constant, word): the kinds of calls that can fail. The order is the file's. */
#define CALLS(X)                                                                                   \
	X(MALLOC, "malloc")                                                                        \
	X(OPEN, "open")                                                                            \
	X(READ, "read")                                                                            \
	X(WRITE, "write")                                                                          \
	X(SYNC, "sync")                                                                            \
	X(TRUNCATE, "truncate")                                                                    \
	X(RENAME, "rename")                                                                        \
	X(UNLINK, "unlink")                                                                        \
	X(READDIR, "readdir")                                                                      \
	X(STAT, "stat")                                                                            \
	X(MMAP, "mmap")                                                                            \
	X(LOCK, "lock")                                                                            \
	X(THREAD, "thread")                                                                        \
	X(ACCEPT, "accept")                                                                        \
	X(WAKE, "wake")

/* A thread that wakes up (pthread_cond_wait) does not fail: it goes on when wakes are wanted no
 * more. */
enum call {
#define X(constant, word) CALL_##constant,
	CALLS(X)
#undef X
};

struct failing {
	uint32_t calls;  /* which kinds, a bit each */
	int32_t pass;    /* so many more calls of these kinds go well */
	int32_t fail;    /* then so many fail; less than 0: all */
	int32_t error;   /* with this errno */
	uint32_t seen;   /* calls of these kinds so far */
	uint32_t failed; /* of which failed */
	char path[64];   /* only files whose path ends so; empty: all. Not looked at for malloc,
			    threads, accept and wakes */
};

#endif
