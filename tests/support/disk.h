/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk whose power can be cut: a VFS for SQLite on top of the usual one. What was written and not
 * synced is kept apart; a cut loses all of it, or some, or parts of it, in any order. So does what
 * a folder says of files that were created or removed. One disk for the process; it is the default
 * VFS once it is installed.
 *
 *     disk_install(seed);
 *     disk_cut_after(n);           // the n-th call that changes anything from now on fails, and so
 *                                  // does everything after it
 *     ... until a call fails ...
 *     ... close all files ...
 *     disk_power_on();             // the files are now what is found after the cut
 *
 * Bytes of one sector are written together or not at all (SQLite counts on that, "powersafe
 * overwrite"); sectors and calls are not.
 */
#ifndef WAYMARK_TESTS_DISK_H
#define WAYMARK_TESTS_DISK_H

#include <stdbool.h>
#include <stdint.h>

#define DISK_SECTOR 512

void disk_install(uint64_t seed);
void disk_remove(void); /* the usual VFS is the default again; no file may be open */

/* 0: never. */
void disk_cut_after(uint64_t calls);
bool disk_is_cut(void);
void disk_power_on(void);

/* A disk that says that it has synced and has not; until the power is on again. */
void disk_lie(bool lies);

uint64_t disk_random(uint64_t below); /* what the cuts draw on, too */

#endif
