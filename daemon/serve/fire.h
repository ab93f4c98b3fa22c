/* SPDX-License-Identifier: Apache-2.0
 *
 * One item fires: it is decided, under the version of the policy that was in force when it fell
 * due, and is a unit of the ledger of its own. What it sets free is given to who waits for it.
 */
#ifndef WAYMARK_SERVE_FIRE_H
#define WAYMARK_SERVE_FIRE_H

#include "daemon/serve/cases.h"

struct daemon;

/* What the case has due first, and is due now. */
void fire_due(struct daemon *d, struct case_slot *slot, struct ledger_due due);

#endif
