/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/confine.h"

#include "daemon/serve/daemon.h"
#include "daemon/wire/exit_status.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the user ---- */

bool confine_is_root(void)
{
	return geteuid() == 0;
}

enum status confine_user(const char *user, struct buf *why)
{
	struct passwd *p = getpwnam(user);
	if (!p) {
		buf_fmt(why, "there is no user %s on this machine", user);
		return STATUS_INVALID;
	}
	if (geteuid() == p->pw_uid)
		return STATUS_OK;
	if (!confine_is_root()) {
		buf_fmt(why, "only root can become the user %s: start as root, or as %s", user,
			user);
		return STATUS_INVALID;
	}
	/* Of the effective, real and saved ids all are changed, so that none is a way back. */
	if (initgroups(user, p->pw_gid) || setgid(p->pw_gid) || setuid(p->pw_uid) ||
	    (p->pw_uid && setuid(0) == 0)) {
		buf_fmt(why, "cannot become the user %s: %m", user);
		return STATUS_IO;
	}
	return STATUS_OK;
}

/* ---- what this daemon is left with ---- */

#define PATHS_MOST 16

struct leaving {
	struct arena *arena;
	struct confine_path paths[PATHS_MOST];
	size_t n;
};

static void leave(struct leaving *l, const char *path, bool writes)
{
	if (path && l->n < PATHS_MOST)
		l->paths[l->n++] = (struct confine_path){path, writes};
}

/* The folder in which a path stands; the path itself where that would be the root of all. */
static const char *folder_of(struct arena *a, const char *path)
{
	size_t n = strlen(path);
	while (n && path[n - 1] == '/')
		n--;
	while (n && path[n - 1] != '/')
		n--;
	if (!n)
		return ".";
	return n == 1 ? path : arena_str(a, (struct str){path, n - 1}).p;
}

/* Policies are replaced by renaming others over them, or by a symbolic link that points elsewhere
 * in the same folder: so it is the folders around them that have to stay readable. */
static void leave_around(struct leaving *l, const char *path)
{
	char *real = path ? realpath(path, NULL) : NULL;
	if (!path)
		return;
	leave(l, folder_of(l->arena, path), false);
	if (real)
		leave(l, folder_of(l->arena, arena_str(l->arena, str_from(real)).p), false);
	free(real);
}

static void list_paths(struct leaving *l, const struct daemon_config *c)
{
	leave(l, folder_of(l->arena, c->ledger), true);
	leave_around(l, c->policies);
	if (c->trusted_key)
		leave_around(l, c->trusted_key);
	if (c->socket)
		leave(l, folder_of(l->arena, c->socket), true);
	leave_around(l, c->tls.certificate);
	leave_around(l, c->tls.key);
	leave_around(l, c->tls.client_ca);
	leave(l, "/usr/share/zoneinfo", false);
	leave(l, "/etc/ssl", false);
	leave(l, "/usr/lib/ssl", false);
	leave(l, "/dev/urandom", false);
	leave(l, "/dev/null", true);
	leave(l, "/proc/sys/vm/overcommit_memory", false); /* libc asks when it gives memory back */
}

/* What SQLite puts aside while it sorts or rebuilds is as private as the ledger, so it lies there
 * too. */
static void keep_temporary_files(struct arena *a, const char *ledger)
{
	setenv("SQLITE_TMPDIR", folder_of(a, ledger), 1);
}

/* Without what the kernel cannot do the daemon runs on, unless it must not. */
static int judge(struct daemon *d, enum status st, const char *what)
{
	if (!st)
		return EXIT_FINE;
	if (st == STATUS_NOT_FOUND && d->config.confine != CONFINE_REQUIRED) {
		log_line(&d->log, LOG_WARNING, "not-confined", "c", "what", what, "s", "reason",
			 buf_view(&d->why), NULL);
		return EXIT_FINE;
	}
	fprintf(stderr, "waymark serve: " STR_FMT "\n", STR_ARG(buf_view(&d->why)));
	return st == STATUS_INVALID ? EXIT_USAGE : EXIT_ENVIRONMENT;
}

int confine_first(struct daemon *d)
{
	struct arena arena = {0};
	struct leaving l = {.arena = &arena};
	int status = EXIT_FINE;
	buf_clear(&d->why);
	if (d->config.user)
		status = judge(d, confine_user(d->config.user, &d->why), "user");
	else if (confine_is_root())
		log_line(&d->log, LOG_WARNING, "runs-as-root", "c", "help",
			 "give --user NAME, or start it as a user of its own", NULL);
	keep_temporary_files(&arena, d->config.ledger);
	list_paths(&l, &d->config);
	if (!status && d->config.confine != CONFINE_NO)
		status = judge(d, confine_files(l.paths, l.n, &d->why), "files");
	arena_release(&arena);
	return status;
}

int confine_last(struct daemon *d)
{
	buf_clear(&d->why);
	return d->config.confine == CONFINE_NO ? EXIT_FINE
					       : judge(d, confine_calls(&d->why), "calls");
}
