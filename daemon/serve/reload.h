/* SPDX-License-Identifier: Apache-2.0
 *
 * SIGHUP: the policies are read and compiled on a thread of its own while requests go on; then one
 * pointer is swapped. A policy with any error is never in force: the old one stays, and the log,
 * /metrics and /readyz say so until a reload succeeds. Tokens are read again too.
 */
#ifndef WAYMARK_SERVE_RELOAD_H
#define WAYMARK_SERVE_RELOAD_H

#include "engine/base/str.h"

#include <ev.h>
#include <pthread.h>

struct daemon;
struct rulebook;

struct reload {
	ev_async done;
	pthread_t thread;
	bool running;
	bool again;        /* asked for while one was running */
	struct buf failed; /* why the last reload was not taken; empty: it was */
	/* the compiling thread's, handed over when it is done */
	const char *path, *ledger;
	struct ev_loop *loop;
	struct rulebook *rb; /* NULL: it has errors */
	struct buf text;     /* the diagnostics, or why it could not be read */
	struct buf standing; /* standing_report */
};

void reload_start(struct daemon *d);
void reload_release(struct daemon *d);
void reload_ask(struct daemon *d);

/* Cases stand in steps that the policy does not have: logs what is to be done. */
void reload_tell_standing(struct daemon *d, const struct buf *standing);

/* Loads a rulebook now. NULL: it has errors, or cannot be read; the text says which. Warnings go to
 * the text too. */
struct rulebook *reload_compile(const char *path, struct buf *text);

#endif
