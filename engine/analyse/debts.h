/* SPDX-License-Identifier: Apache-2.0
 *
 * What one case of each kind may come to owe in one year of the calendar, at most, in every history
 * (sums.h): what is assessed counts, whatever is paid, credited or waived of it later.
 */
#ifndef WAYMARK_ANALYSE_DEBTS_H
#define WAYMARK_ANALYSE_DEBTS_H

#include "engine/analyse/sums.h"
#include "engine/base/vec.h"

struct debt {
	uint16_t kind;
	struct sum sum; /* in the county where it is highest, or has no bound */
};

struct debts {
	struct debt *at;
	size_t n, cap;
};

/* Each kind of case that anything is assessed to, in any county, in order. */
void debts_find(struct debts *d, const struct rulebook *rb);
void debts_release(struct debts *d);

#endif
