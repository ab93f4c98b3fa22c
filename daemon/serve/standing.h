/* SPDX-License-Identifier: Apache-2.0
 *
 * Before a new policy is in force: do all cases stand in steps that it has? A case in a step that
 * is gone, and that no `move step` speaks of, cannot be read under it; its events are refused and
 * its deadlines wait. So whoever brings a policy in is told how many stand where, and how to mend
 * it.
 */
#ifndef WAYMARK_SERVE_STANDING_H
#define WAYMARK_SERVE_STANDING_H

#include "daemon/ledger/ledger.h"
#include "engine/policy/policy.h"

/* A sentence for each step that the rulebook lacks, joined by spaces; nothing when all is well. The
 * whole ledger is looked through: not on the loop's thread while requests wait. */
void standing_report(struct ledger_reader *r, const struct rulebook *rb, struct buf *out);

#endif
