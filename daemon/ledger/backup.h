/* SPDX-License-Identifier: Apache-2.0
 *
 * A copy of a ledger as of one moment, while it is in use: on a read-only connection, so the one
 * connection that writes stays the only one. The copy is verified (verify.h) before it gets its
 * name; nothing of that name is ever written over.
 */
#ifndef WAYMARK_LEDGER_BACKUP_H
#define WAYMARK_LEDGER_BACKUP_H

#include "daemon/ledger/verify.h"

struct backup_config {
	const char *from, *to;
	void (*on_fault)(void *arg, const struct verify_fault *f);
	void (*on_progress)(void *arg, uint64_t done,
			    uint64_t of); /* pages, then leaves; or NULL */
	void *arg;
};

/* STATUS_CONFLICT: there is a file of that name. STATUS_INVALID: not a ledger of this version, or
 * report->faults were found in the copy, which is not kept. STATUS_FULL, STATUS_IO: it cannot be
 * read or written. *why gets a sentence. */
enum status ledger_backup(const struct backup_config *config, struct verify_report *report,
			  struct buf *why);

#endif
