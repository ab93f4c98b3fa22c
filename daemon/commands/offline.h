/* SPDX-License-Identifier: Apache-2.0
 *
 * For commands that write into a ledger while no daemon has it: purge, hold.
 */
#ifndef WAYMARK_COMMANDS_OFFLINE_H
#define WAYMARK_COMMANDS_OFFLINE_H

#include "daemon/ledger/ledger.h"

/* STATUS_NOT_FOUND: there is none; STATUS_CONFLICT: a daemon has it. head_key may be NULL: the one
 * beside the ledger. */
enum status offline_open(const char *path, const char *head_key, struct ledger **out,
			 struct buf *why);
/* Submits the unit and waits until it is on disk; the caller frees it. */
enum status offline_commit(struct ledger *l, struct ledger_unit *u);
/* The name of an order or hold, or a reason: text of 1 to ORDER_TEXT_BYTES bytes. */
bool offline_is_text(const char *text);

#endif
