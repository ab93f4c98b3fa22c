/* SPDX-License-Identifier: Apache-2.0
 *
 * Single conditions over all cases: one that can never be met, one that is always met although it
 * asks something, a gap between the tiers of a fine, and the steps that no case can reach or leave.
 */
#ifndef WAYMARK_ANALYSE_CONDITIONS_H
#define WAYMARK_ANALYSE_CONDITIONS_H

#include "engine/analyse/ask.h"

enum condition_verdict { CONDITION_SOMETIMES, CONDITION_NEVER, CONDITION_ALWAYS };

/* For each part of the rulebook, in order; what has no condition is met sometimes. `ranges` gets
 * what the parts read and where it lies. */
enum condition_verdict *conditions_of_parts(struct asker *a, struct arena *arena,
					    struct str *ranges);
/* A condition that is asked of the case alone: `holds while`, a prohibition's. */
enum condition_verdict condition_of_case(struct asker *a, struct arena *arena,
					 const struct code *code, uint16_t kind, int32_t from,
					 struct str *ranges);

/* A case in which an event sets a fine off, and no tier applies. `trigger` is what the event's
 * `when` asks. */
struct reply tiers_gap(struct asker *a, const struct places *places, uint32_t block, uint16_t event,
		       const struct code *trigger);

/* The steps of an escalation's block (bit s: step s) that a case can enter, and of those the ones
 * it can leave. */
struct step_sets {
	uint64_t entered, left;
};
struct step_sets steps_reached(struct asker *a, struct arena *arena, uint32_t block);

#endif
