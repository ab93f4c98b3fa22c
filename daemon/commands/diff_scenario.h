/* SPDX-License-Identifier: Apache-2.0
 *
 * A witness as a scenario that `waymark test` runs, and whether it does what it should: a history
 * is shown to nobody before the scenario made of it has passed under the one rulebook and failed
 * under the other.
 */
#ifndef WAYMARK_COMMANDS_DIFF_SCENARIO_H
#define WAYMARK_COMMANDS_DIFF_SCENARIO_H

#include "daemon/wire/load.h"
#include "engine/audit/witness.h"

/* Appends it, expecting what came under one of them (0 old, 1 new). `what` is for its title. */
void diff_scenario(struct buf *b, size_t number, struct str what, struct str county,
		   const struct witness *w, int expected);

/* Passes under loaded[1], and fails under loaded[0] or does not fit it. */
bool diff_reproduced(struct loaded *const loaded[2], struct str scenario);

#endif
