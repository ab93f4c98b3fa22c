/* SPDX-License-Identifier: Apache-2.0
 *
 * Ranges in words, the same for every message that names one, as authors write them: `3 or more`,
 * `2 to 4`, `under $30,000`, `2026-07-01 or later`; and with what they are of, `is from 2 to 4`,
 * `is juvenile or adult`.
 */
#ifndef WAYMARK_ANALYSE_RANGES_H
#define WAYMARK_ANALYSE_RANGES_H

#include "engine/policy/policy.h"

struct range {
	int64_t low, high;    /* both included */
	bool no_low, no_high; /* open at that end */
};

/* $30,000 and not $30,000.00, 18 and not 18 years. */
void plain_value_words(struct buf *b, const struct rulebook *rb, const struct type *t, int64_t v);
/* As in the cell of a table. Not for choices of several, nor for what is open at both ends. */
void range_cell_words(struct buf *b, const struct rulebook *rb, const struct type *t,
		      const struct range *r);
/* With a verb before it: ` is 3 or more`. */
void range_words(struct buf *b, const struct rulebook *rb, const struct type *t,
		 const struct range *r);

#endif
