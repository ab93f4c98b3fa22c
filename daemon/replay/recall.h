/* SPDX-License-Identifier: Apache-2.0
 *
 * When events happened that no version of the policy counted in a window before: a case does not
 * keep it, the ledger has it. Read once, when a case comes from the ledger and lacks it.
 */
#ifndef WAYMARK_REPLAY_RECALL_H
#define WAYMARK_REPLAY_RECALL_H

#include "daemon/ledger/ledger.h"
#include "daemon/wire/json.h"

/* Fills in the days that the case has not kept, from its recorded events; nothing of it may be in
 * flight. Where the ledger does not tell the same number of events as the case, or the history is
 * longer than can be decided again, the case stays as it is: its counts stay open. `last`: of the
 * case's events up to that one; 0: of all. STATUS_IO: the ledger cannot be read. */
enum status recall_days(struct ledger_reader *r, struct json_doc *doc, const struct rulebook *rb,
			struct case_state *cs, uint64_t last);

#endif
