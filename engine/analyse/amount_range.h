/* SPDX-License-Identifier: Apache-2.0
 *
 * Between which bounds an amount or number lies, whatever the case and the event: worked out from
 * the declared ranges of what it reads and from all values that its parameters ever have in a
 * county. Bounds are never too narrow; where arithmetic is not followed they are open.
 *
 *     struct amount_range r = amount_range(rb, county, kind, event, &action->amount);
 *     if (r.bounded[1])
 *             ... never more than r.at[1] ...
 */
#ifndef WAYMARK_ANALYSE_AMOUNT_RANGE_H
#define WAYMARK_ANALYSE_AMOUNT_RANGE_H

#include "engine/policy/policy.h"

struct amount_range {
	int64_t at[2]; /* lowest, highest */
	bool bounded[2];
	struct span open; /* the first thing read that leaves it open; len 0: none */
};

/* Of a case of the kind, at an event of the type (NONE: fields are not at hand). Absent code has no
 * bounds. */
struct amount_range amount_range(const struct rulebook *rb, uint16_t county, uint16_t kind,
				 uint16_t event, const struct code *c);

#endif
