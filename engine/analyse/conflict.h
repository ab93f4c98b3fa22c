/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks that could contradict each other: two that set one fact to different values at one event,
 * two steps that one event would enter, two tiers of a fine that both apply. What decide would stop
 * at run time (engine/decide: agrees, effects_move, enter_tier) is found here for all cases at
 * once.
 */
#ifndef WAYMARK_ANALYSE_CONFLICT_H
#define WAYMARK_ANALYSE_CONFLICT_H

#include "engine/analyse/ask.h"

enum conflict_kind { CONFLICT_SET, CONFLICT_STEPS, CONFLICT_TIERS };

struct conflict {
	enum conflict_kind kind;
	uint32_t one, other;            /* parts; the same one where its own actions disagree */
	const struct action *action[2]; /* CONFLICT_SET: both; CONFLICT_STEPS: an `enter` */
	struct reply reply;             /* not SPACE_NONE */
};

typedef void conflict_fn(void *arg, const struct conflict *c);

/* Each pair once, with an example where there is one. */
void conflicts_find(struct asker *a, conflict_fn *each, void *arg);

#endif
