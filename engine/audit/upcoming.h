/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of many cases has something due first: in order of time; at one instant what ends a day
 * before what begins the next; then by the id of the case. A heap that costs an event next to
 * nothing: what a case has due is looked at again only when its turn seems to have come.
 *
 *     upcoming_note(&u, cases, i);                 // after each change of the i-th case
 *     while ((first = upcoming_first(&u, cases)) && first->at <= until)
 *             decide_due(&d, cases[first->which], &decision), upcoming_note(&u, cases, ...);
 *     upcoming_release(&u);
 */
#ifndef WAYMARK_AUDIT_UPCOMING_H
#define WAYMARK_AUDIT_UPCOMING_H

#include "engine/case/case.h"

struct upcoming_case {
	uint64_t head; /* the first bytes of the case's id, in their order */
	int64_t at;
	int32_t day;    /* that it belongs to: of a deadline the last one */
	uint32_t which; /* index of the case */
};

struct upcoming {
	VEC(struct upcoming_case) heap; /* none is later than what its case has due */
	VEC(uint32_t) place;            /* by case: where in the heap, from 1; 0: not */
};

void upcoming_note(struct upcoming *u, struct case_state *const *cases, uint32_t which);
/* NULL: nothing is due, ever. Until the next call. */
const struct upcoming_case *upcoming_first(struct upcoming *u, struct case_state *const *cases);
void upcoming_release(struct upcoming *u);

#endif
