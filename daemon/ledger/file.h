/* SPDX-License-Identifier: Apache-2.0
 *
 * Small files that must be there whole or not at all.
 */
#ifndef WAYMARK_LEDGER_FILE_H
#define WAYMARK_LEDGER_FILE_H

#include "engine/base/status.h"
#include "engine/base/str.h"

#include <sys/types.h>

/* Writes `fresh`, syncs it and puts it in the place of `path`: whoever reads sees one of the two
 * whole. *why gets a sentence. */
enum status file_replace(const char *path, const char *fresh, mode_t mode, struct str text,
			 struct buf *why);
/* Makes what was renamed in the folder of a path last. */
bool file_sync_folder(const char *path);

#endif
