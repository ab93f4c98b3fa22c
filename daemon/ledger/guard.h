/* SPDX-License-Identifier: Apache-2.0
 *
 * Do the ledger's files belong together, and are they still those that were opened? Somebody may
 * put an old copy in the place of the file and leave the log of the newer one beside it; or, while
 * the daemon runs, remove a file, move another into its place, or write into it. What is read is
 * wrong then, and what is written is not where it will be looked for.
 *
 * The file and its log are paired by a mark: when the log begins anew, its first transaction sets
 * another one and says which the file had (writer.c). So the file has the mark that the log ends
 * with or the one before it, unless it is another file.
 *
 *     guard_look(&w->guard, path, why);     // before this process has opened the file
 *     guard_pair(&w->guard, db, why);       // once it has
 *     guard_take(&w->guard);                // after everything that writes into the file itself
 *     guard_holds(&w->guard, why);          // before anything is acknowledged
 */
#ifndef WAYMARK_LEDGER_GUARD_H
#define WAYMARK_LEDGER_GUARD_H

#include "engine/base/status.h"
#include "engine/base/str.h"

#include <sqlite3.h>
#include <sys/stat.h>

#define MARK_BYTES 8

enum guarded { GUARD_FILE, GUARD_LOG, GUARD_INDEX, GUARD_N };

struct guard {
	const char *path;
	bool has_mark;
	unsigned char mark[MARK_BYTES]; /* as the file itself has it, without its log */
	struct stat taken[GUARD_N];
};

/* Reads the mark of the file. STATUS_INVALID: the file is empty and its log is not. Not while any
 * connection of this process is open: POSIX gives up its locks when another is closed. */
enum status guard_look(struct guard *g, const char *path, struct buf *why);
/* STATUS_INVALID: the log is that of another file. */
enum status guard_pair(struct guard *g, sqlite3 *db, struct buf *why);
void guard_take(struct guard *g);
/* False: *why says what happened to the files. Three calls of stat. */
bool guard_holds(const struct guard *g, struct buf *why);
/* The log has nothing in it. */
bool guard_log_is_empty(const struct guard *g);

#endif
