/* SPDX-License-Identifier: Apache-2.0
 *
 * What the daemon gives up before it takes its first request, so that whoever takes it over can do
 * little: another user's rights, files that it has no business with, calls of the kernel that it
 * does not use. Each is done once and cannot be taken back by the process.
 *
 *     confine_user("waymark", &why);          // first, while there is one thread
 *     confine_files(paths, n, &why);          // before any other thread starts
 *     confine_calls(&why);                    // last: all threads run, all sockets listen
 *
 * STATUS_OK: done. STATUS_NOT_FOUND: this kernel cannot do it, and *why says what is missing; the
 * daemon runs on without, or not, as the operator has set. STATUS_INVALID, STATUS_IO: it should
 * have worked and did not.
 */
#ifndef WAYMARK_SERVE_CONFINE_H
#define WAYMARK_SERVE_CONFINE_H

#include "engine/base/status.h"
#include "engine/base/str.h"

enum confine_mode {
	CONFINE_POSSIBLE, /* as far as the kernel can; the log says what it cannot */
	CONFINE_REQUIRED, /* does not start without */
	CONFINE_NO,
};

/* From root to that user and its groups. Not root: only checks that it is that user already. */
enum status confine_user(const char *user, struct buf *why);
bool confine_is_root(void);

struct confine_path {
	const char *path; /* a folder with all that is in it, or one file */
	bool writes;      /* files may be made, written, renamed and removed in it */
};

/* Landlock: of the file system only these are left. A path that does not exist is passed over. */
enum status confine_files(const struct confine_path *paths, size_t n, struct buf *why);

/* seccomp: no new program, no new connection to anywhere, no way into another process. What is
 * forbidden outright ends the process; what is merely not needed fails with EPERM. */
enum status confine_calls(struct buf *why);

/* Both for the daemon, as its settings say: before the ledger is opened; when it listens. 0, or the
 * exit status of the failure, which has been said on stderr. */
struct daemon;
int confine_first(struct daemon *d);
int confine_last(struct daemon *d);

#endif
