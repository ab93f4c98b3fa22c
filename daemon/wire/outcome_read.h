/* SPDX-License-Identifier: Apache-2.0
 *
 * What an outcome says, from its canonical JSON, whichever version of the policy wrote it: what a
 * replay and a shadow compare. All that is said to anybody counts, and not the names and places in
 * the policy that it comes from, nor what its pot had.
 */
#ifndef WAYMARK_WIRE_OUTCOME_READ_H
#define WAYMARK_WIRE_OUTCOME_READ_H

#include "engine/audit/comparison.h"

/* Appends the members that are compared. */
void outcome_compared(struct buf *b, struct str outcome);

/* Its texts are parts of `outcome`. `day`: of the event that was decided. `scratch` is overwritten.
 * False: it is not canonical. */
bool outcome_read(struct said *out, struct str outcome, int32_t day, struct buf *scratch);

/* An outcome that a late event brought about follows from another event, and has no day of its own:
 * which event, by its key? False: it is dated, or follows from the one decided. */
bool outcome_follows(struct str outcome, struct hash128 *event);

#endif
