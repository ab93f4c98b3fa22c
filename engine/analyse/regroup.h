/* SPDX-License-Identifier: Apache-2.0
 *
 * Provisions that were split, or put together, and still decide every case alike: each action that
 * any of them brings comes about in the same cases before and after, as often. Only rules, fines
 * and stipends that stand for themselves: without limits, and nothing overrides them or is
 * overridden. What cannot be told is not alike.
 *
 *     struct regrouping r = {.asker = a, .rb = {old, new}, .county = {i, j}};
 *     *vec_push(&r.blocks) = (struct grouped){.side = 0, .block = b};    // each that differs
 *     regroup(&r);
 *     for (i < r.blocks.n) if (r.blocks.at[i].alike) ...
 *     regrouping_release(&r);
 */
#ifndef WAYMARK_ANALYSE_REGROUP_H
#define WAYMARK_ANALYSE_REGROUP_H

#include "engine/analyse/ask.h"
#include "engine/base/vec.h"

struct grouped {
	int side; /* 0 old, 1 new */
	uint32_t block;
	bool alike;   /* with those of both sides that have actions in common */
	size_t first; /* private: one of those */
};

struct regrouping {
	struct asker *asker; /* of the new rulebook */
	const struct rulebook *rb[2];
	uint16_t county[2];
	VEC(struct grouped) blocks;
	struct arena arena;
};

/* Where several such actions come at one event, who comes first goes by the names of their blocks:
 * the last of a fund, of places, of what is owed. */
bool action_competes(const struct rulebook *rb, const struct action *a);
void regroup(struct regrouping *r);
void regrouping_release(struct regrouping *r);

#endif
