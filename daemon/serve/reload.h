/* SPDX-License-Identifier: Apache-2.0
 *
 * The folder of policies: read when the daemon starts, and at SIGHUP, then on a thread of its own
 * while requests go on. When it has changed since it was last read, its version is activated from
 * that instant: recorded in the register, then put in force. A version with any error, or under
 * which cases would stand nowhere, is never in force: the old one stays, and the log, /metrics and
 * /readyz say so until a reload succeeds. Trusted keys and tokens are read again too.
 *
 * A folder that has not changed activates nothing, so that a restart does not undo what was
 * activated otherwise.
 *
 * Tokens and the certificate of TLS are read again too; what cannot be read leaves what was.
 */
#ifndef WAYMARK_SERVE_RELOAD_H
#define WAYMARK_SERVE_RELOAD_H

#include "daemon/serve/folder.h"
#include "daemon/serve/jobs.h"
#include "engine/base/status.h"
#include "engine/base/str.h"

struct daemon;

struct reload {
	struct job job;
	bool running;         /* until what it found is on disk */
	bool again;           /* asked for while one was running */
	struct buf failed;    /* why the last reload was not taken; empty: it was */
	bool waits;           /* the folder's version, for somebody's approval */
	struct folder folder; /* the job's while it runs */
};

void reload_release(struct daemon *d);
void reload_ask(struct daemon *d);
/* Reads the certificate and keys, if there are to be any. On failure all stays as it was, and
 * d->why gets a sentence. */
enum status reload_tls(struct daemon *d);

/* At start, before anything is sent. First the folder is read; then, with the ledger and the
 * register open, its version is brought in when it has changed. Each returns 0, or the exit status
 * of the failure, which has been said on stderr; after the second, a version is in force. */
int reload_read(struct daemon *d);
int reload_first(struct daemon *d);

#endif
