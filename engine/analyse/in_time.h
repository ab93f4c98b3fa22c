/* SPDX-License-Identifier: Apache-2.0
 *
 * Does one period after another always end by the end of a single one that begins on the same day?
 * Exact on the calendar: lengths are compared on every day on which a history may begin, with its
 * holidays, until the calendar repeats itself. Where a period is a parameter, all of its values are
 * tried in every county of the place, also such as never hold together.
 *
 *     struct period chain[IN_TIME_LINKS] = {two_business_days, one_week};
 *     if (ends_in_time(rb, place, chain, 2, &thirty_days, &day)) ...
 *
 * A deadline's own periods begin on its last day, as decide counts them.
 */
#ifndef WAYMARK_ANALYSE_IN_TIME_H
#define WAYMARK_ANALYSE_IN_TIME_H

#include "engine/analyse/ask.h"

#define IN_TIME_LINKS 8u       /* periods, one after another */
#define IN_TIME_WORK  20000000 /* days walked for one answer; above: false */

/* `late`: the first day from which it does not, where one was found; else left as it is. */
bool ends_in_time(const struct rulebook *rb, const struct place *where, const struct period *chain,
		  size_t n, const struct period *limit, int32_t *late);

#endif
