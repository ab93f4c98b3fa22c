/* SPDX-License-Identifier: Apache-2.0
 *
 * The versions of the policy that a ledger has, compiled again when they are asked for.
 */
#ifndef WAYMARK_REPLAY_RECORDED_VERSIONS_H
#define WAYMARK_REPLAY_RECORDED_VERSIONS_H

#include "daemon/ledger/ledger.h"
#include "daemon/wire/load.h"

/* Compiles the version with that number. STATUS_INVALID: it does not compile with this program.
 * load_release(l) either way. */
enum status recorded_version(struct ledger_reader *r, uint32_t number, struct loaded *l,
			     struct buf *why);

#endif
