/* SPDX-License-Identifier: Apache-2.0
 *
 * Ranges in words, the same for every message that names one: `is 3 or more`, `is from 2 to 4`,
 * `is 2026-07-01 or later`, `is juvenile or adult`.
 */
#ifndef WAYMARK_ANALYSE_RANGES_H
#define WAYMARK_ANALYSE_RANGES_H

#include "engine/policy/policy.h"

struct range {
	int64_t low, high;    /* both included */
	bool no_low, no_high; /* open at that end */
};

void range_words(struct buf *b, const struct rulebook *rb, const struct type *t,
		 const struct range *r);

#endif
