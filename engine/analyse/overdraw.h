/* SPDX-License-Identifier: Apache-2.0
 *
 * Can a fund be overdrawn? What an event asks it gets only as far as the budget has room for it
 * (decide/draw.c), so no event ever overdraws one. What is left to ask is whether the budget itself
 * falls, within one of its years, below what may have been given out by then.
 */
#ifndef WAYMARK_ANALYSE_OVERDRAW_H
#define WAYMARK_ANALYSE_OVERDRAW_H

#include "engine/base/vec.h"
#include "engine/policy/policy.h"

struct overdraw {
	uint16_t fund;
	bool falls; /* its budget does, on some day in some county: */
	uint16_t county;
	int32_t day; /* the first such day */
	int64_t before, after;
};

struct overdraws {
	struct overdraw *at;
	size_t n, cap;
};

/* Each fund with a budget, in order. */
void overdraws_find(struct overdraws *o, const struct rulebook *rb);
void overdraws_release(struct overdraws *o);

#endif
