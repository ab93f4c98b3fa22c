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
 * And is all of it there? What was lost of the end, with the log or with the file, cannot be seen
 * in what is left. So the number of the last event goes into the lock file, too, after each commit
 * and without a sync: there it is never ahead of what is on disk.
 *
 *     guard_look(&w->guard, path, lock_fd, why); // before this process has opened the file
 *     guard_pair(&w->guard, db, why);            // once it has
 *     guard_take(&w->guard);                     // after all that writes into the file itself
 *     guard_holds(&w->guard, seq, why);          // before anything is acknowledged
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
	int lock_fd;
	int64_t last; /* event, as the lock file has it */
	bool has_mark;
	unsigned char mark[MARK_BYTES]; /* as the file itself has it, without its log */
	struct stat taken[GUARD_N];
};

/* Reads the mark of the file. STATUS_INVALID: the file is empty and its log is not, or it is not
 * there and had events. Not while any connection of this process is open: POSIX gives up its locks
 * when another is closed. */
enum status guard_look(struct guard *g, const char *path, int lock_fd, struct buf *why);
/* STATUS_INVALID: the log is that of another file, or events are missing at the end. */
enum status guard_pair(struct guard *g, sqlite3 *db, struct buf *why);
void guard_take(struct guard *g);
/* seq: of the last event that was committed; 0: none was. False: *why says what happened to the
 * files. Three calls of stat and a write. */
bool guard_holds(struct guard *g, uint64_t seq, struct buf *why);
/* The log has nothing in it. */
bool guard_log_is_empty(const struct guard *g);

#endif
