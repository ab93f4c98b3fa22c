/* SPDX-License-Identifier: Apache-2.0
 *
 * What the projections of the changed policy come to, before and after the change.
 */
#ifndef WAYMARK_COMMANDS_REVIEW_MONEY_H
#define WAYMARK_COMMANDS_REVIEW_MONEY_H

#include "engine/trial/projection.h"

struct projected {
	const struct projection *projection; /* of the new rulebook */
	struct projection_result before, after;
	bool had_before; /* the old rulebook has one of that name */
	bool differs;
};

struct review_money {
	const struct rulebook *rb[2];
	VEC(struct projected) at;
	size_t gone; /* projections that only the old rulebook has */
	size_t differ;
};

/* What the projections of the new one show is added to its coverage. */
void review_money_find(struct review_money *m, const struct rulebook *old,
		       const struct rulebook *new, struct coverage *covered);
void review_money_release(struct review_money *m);

void review_money_html(struct buf *b, const struct review_money *m);

#endif
