/* SPDX-License-Identifier: Apache-2.0
 *
 * Two provisions that are written differently and still decide every case alike: all is the same
 * but the conditions of their parts, and of each pair of those there is no case in which they come
 * out differently (space.h). Both rulebooks have the same vocabulary. What cannot be told is not
 * alike: calculations that can fail, tables, windows of time.
 */
#ifndef WAYMARK_ANALYSE_ALIKE_H
#define WAYMARK_ANALYSE_ALIKE_H

#include "engine/analyse/ask.h"

/* A block of one rulebook in one of its counties. */
struct block_at {
	const struct rulebook *rb;
	uint16_t county;
	uint32_t block;
};

/* The asker is of the new rulebook. */
bool blocks_alike(struct asker *a, const struct block_at *old, const struct block_at *new);

/* A condition of one block, at an event of its rulebook, in terms of another block; made in the
 * arena. False: it has something in it that is not in the other, or that cannot be told. */
bool condition_carried(struct arena *arena, const struct block_at *from, uint16_t event,
		       const struct block_at *to, uint16_t as, const struct code *when,
		       struct code *out);

#endif
