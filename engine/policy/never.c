/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/policy/policy.h"

bool never_speaks_of(const struct rulebook *rb, const struct never *n, const struct block *block,
		     const struct action *a)
{
	const struct block *own = &rb->blocks[n->block];
	if (n->action != a->kind)
		return false;
	if (own->case_kind != NONE && own->case_kind != block->case_kind)
		return false;
	if (n->name != NONE && n->name != a->name)
		return false;
	if (n->fact != NONE && n->fact != a->fact)
		return false;
	if (n->fund != NONE && n->fund != a->fund)
		return false;
	if (n->schedule != NONE && n->schedule != a->schedule)
		return false;
	return n->to.kind == TARGET_NONE ||
	       (a->to.kind == n->to.kind && a->to.index == n->to.index);
}

struct action schedule_payment(const struct schedule *s)
{
	return (struct action){
	    .kind = ACTION_PAY,
	    .name = NONE,
	    .fact = NONE,
	    .to = s->to,
	    .fund = s->fund,
	    .schedule = NONE,
	    .amount = s->amount,
	    .answered_by = NONE,
	};
}
