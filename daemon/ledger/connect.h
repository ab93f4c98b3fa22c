/* SPDX-License-Identifier: Apache-2.0
 *
 * A read-only connection to a ledger, whose settings are known to hold.
 */
#ifndef WAYMARK_LEDGER_CONNECT_H
#define WAYMARK_LEDGER_CONNECT_H

#include "daemon/ledger/sql.h"

/* STATUS_INVALID: the file is not a ledger. STATUS_IO: anything else. *why gets a sentence; *db is
 * for the caller to close either way. */
enum status ledger_connect(const char *path, sqlite3 **db, struct buf *why);

#endif
