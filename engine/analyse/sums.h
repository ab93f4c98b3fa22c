/* SPDX-License-Identifier: Apache-2.0
 *
 * What one case may be paid, or owe, in all or in a day, week, month or year: the most that the
 * outcomes of one kind of action can come to, over every history of any length. Each action brings
 * as often as its part may apply (often.h) as much as its amount may be (amount_range.h); what a
 * provision or a `never … more than` limits comes to no more than that.
 *
 *     struct summer *s = summer_new(asker, place);
 *     struct sum sum = sums_most(s, &(struct sum_of){.action = ACTION_ASSESS, .kind = kind, ...});
 *     if (sum.bounded) ... never more than sum.most ...
 *     summer_free(s);
 */
#ifndef WAYMARK_ANALYSE_SUMS_H
#define WAYMARK_ANALYSE_SUMS_H

#include "engine/analyse/ask.h"

struct sum_of {
	enum action_kind action;   /* ACTION_PAY or ACTION_ASSESS */
	uint16_t kind;             /* of the case */
	bool per_case;             /* in all, else */
	enum unit per;             /* in one day, week, month or year of the calendar */
	const struct never *never; /* only what it speaks of; NULL: all */
};

struct sum {
	bool bounded;
	int64_t most;    /* cents, in the county where it is highest */
	size_t actions;  /* that bring anything */
	uint16_t county; /* where */
	/* Not bounded: what stands in the way. */
	uint32_t part;
	bool too_often;   /* it may apply any number of times; else */
	struct span open; /* the amount reads this, which has no bound */
	bool schedule;    /* it is a schedule that may start any number of times */
};

struct summer;
/* Of one place that a county has adopted (not NONE). */
struct summer *summer_new(struct asker *a, const struct place *where);
void summer_free(struct summer *s);
struct sum sums_in(struct summer *s, const struct sum_of *of, uint16_t county);
struct sum sums_most(struct summer *s, const struct sum_of *of); /* over all counties there */

/* The least that a limit allows, over all values of its parameters in a county; false: not known.
 */
bool limit_least(const struct rulebook *rb, uint16_t county, const struct block *b,
		 const struct limit *l, int64_t *least);

#endif
