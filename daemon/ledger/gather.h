/* SPDX-License-Identifier: Apache-2.0
 *
 * A VFS over SQLite's own that gathers what is written to the write-ahead log. SQLite writes each
 * page in two calls, one of 24 bytes and one of 4,096: together they take twice as long as the page
 * in one write with many others. What was gathered is written before the log is synced, read, cut
 * or measured, and so, where each commit syncs (synchronous=FULL), before any commit is done; a
 * write that fails is told then. All other files are the other VFS's.
 */
#ifndef WAYMARK_LEDGER_GATHER_H
#define WAYMARK_LEDGER_GATHER_H

/* Its name, for the connection that writes; over the VFS that is the default one now. */
const char *gather_vfs(void);

#endif
