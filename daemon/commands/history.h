/* SPDX-License-Identifier: Apache-2.0
 *
 * A witness as a scenario that `waymark test` runs, and whether it does what it should: a history
 * is shown to nobody before the scenario made of it has passed under the one rulebook and failed
 * under the other.
 */
#ifndef WAYMARK_COMMANDS_HISTORY_H
#define WAYMARK_COMMANDS_HISTORY_H

#include "daemon/wire/load.h"
#include "engine/trial/witness.h"

/* Appends it, expecting what came under one of them (0 old, 1 new). `label` and `what` are for its
 * title. */
void history_scenario(struct buf *b, const char *label, size_t number, struct str what,
		      struct str county, const struct witness *w, int expected);

/* Passes under the new one, and fails under the old one or does not fit it. Without an old one:
 * just passes. */
bool history_reproduced(struct loaded *old, struct loaded *new, struct str scenario);

/* Passes, and shows a point of coverage (engine/trial/coverage.h). */
bool history_covers(struct loaded *l, struct str scenario, size_t point);

#endif
