/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a case may wait for ever: steps that nothing leaves, or that only an event leaves which may
 * never come; referrals and requirements without a day by which they have to be answered, without
 * anything that follows when they are not, or only proposed, so that somebody has to approve or
 * decline them first. Exact: it follows from the rule graph alone.
 */
#ifndef WAYMARK_ANALYSE_ENDINGS_H
#define WAYMARK_ANALYSE_ENDINGS_H

#include "engine/base/vec.h"
#include "engine/policy/policy.h"

enum ending {
	ENDING_SURE,       /* none of these */
	ENDING_NONE,       /* a step: nothing leads out of it, and nothing ends the escalation */
	ENDING_EVENT,      /* a step: only events lead out of it */
	ENDING_CALLED_OFF, /* a step: time leads out of it, unless an event calls the deadline off;
			      then only events do */
	ENDING_NO_DAY,     /* a referral or requirement: no `within` */
	ENDING_NO_MORE,    /* it has a day, and no `otherwise` */
	ENDING_PROPOSED    /* it is a proposal */
};

struct open_end {
	enum ending ending;
	uint32_t block;
	uint16_t step;               /* of steps, from 1 */
	uint16_t event;              /* ENDING_CALLED_OFF: that does */
	const struct action *action; /* of referrals and requirements */
};

struct open_ends {
	struct open_end *at;
	size_t n, cap;
	size_t steps, duties, referrals; /* looked at; the referrals are among the duties */
};

/* In order of the rulebook, the programs' own provisions and the counties'. */
void endings_find(struct open_ends *e, const struct rulebook *rb);
void endings_release(struct open_ends *e);

#endif
