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

struct action schedule_stop(uint16_t schedule)
{
	return (struct action){
	    .kind = ACTION_STOP,
	    .name = NONE,
	    .fact = NONE,
	    .fund = NONE,
	    .schedule = schedule,
	    .answered_by = NONE,
	};
}

/* The nth text of a schedule; NULL: there are no more, or *n was one that drops it. */
static const struct schedule *nth_text(const struct rulebook *rb, const struct schedule *own,
				       uint16_t n)
{
	if (!n)
		return own;
	uint16_t by = own->variants.at[n - 1].by;
	return by == NONE ? NULL : &rb->schedules[by];
}

/* Whom it is for goes by the text of its day; the fund by that of the day on which it began. */
enum speech never_speaks_of_items(const struct rulebook *rb, const struct never *n,
				  const struct block *block, uint16_t schedule)
{
	const struct schedule *own = &rb->schedules[rb->schedules[schedule].first];
	size_t all = 0, spoken = 0;
	for (uint16_t i = 0; i <= own->variants.n; i++) {
		for (uint16_t j = 0; j <= own->variants.n; j++) {
			const struct schedule *text = nth_text(rb, own, i);
			const struct schedule *began = nth_text(rb, own, j);
			if (!text || !began)
				continue;
			struct action pay = schedule_payment(text);
			pay.fund = began->fund;
			all++;
			spoken += never_speaks_of(rb, n, block, &pay);
		}
	}
	return !spoken ? SPEAKS_NOT : spoken == all ? SPEAKS_ALWAYS : SPEAKS_SOMETIMES;
}
