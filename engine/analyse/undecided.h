/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be undecidable. What may be unknown has to be guarded (W0401), so one thing is left: how
 * often something happened in a length of time that reaches back to days which a case has not kept,
 * because no version before counted them. Exact: it follows from the code alone.
 */
#ifndef WAYMARK_ANALYSE_UNDECIDED_H
#define WAYMARK_ANALYSE_UNDECIDED_H

#include "engine/base/vec.h"
#include "engine/policy/policy.h"

enum undecided_as {
	UNDECIDED_NOT_APPLIED, /* the provision does not apply then */
	UNDECIDED_STOPPED,     /* the prohibition stops the event */
	UNDECIDED_NOT_SHOWN,   /* the share shows nothing */
	UNDECIDED_REFUSED      /* the event is refused: an amount, what a schedule holds on, what
				  overrides */
};

struct undecided {
	uint32_t block;
	enum undecided_as as;
	struct span span; /* of the count */
};

struct undecideds {
	struct undecided *at;
	size_t n, cap;
};

/* In order of the rulebook; each count of a block once. */
void undecided_find(struct undecideds *u, const struct rulebook *rb);
void undecided_release(struct undecideds *u);

#endif
