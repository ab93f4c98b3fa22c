/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/policy/reads.h"

static void period_reads(const struct period *p, const struct part_reader *r)
{
	if (r->period)
		r->period(r->arg, p);
}

static void plan_reads(const struct plan *plan, const struct part_reader *r)
{
	r->code(r->arg, &plan->times);
	if (plan->anchor == ANCHOR_AFTER_PERIOD)
		period_reads(&plan->anchor_period, r);
}

static void actions_read(const struct action *at, uint16_t n, const struct part_reader *r)
{
	for (uint16_t i = 0; i < n; i++) {
		r->code(r->arg, &at[i].amount);
		plan_reads(&at[i].plan, r);
		r->code(r->arg, &at[i].value);
		period_reads(&at[i].within, r);
		actions_read(at[i].otherwise, at[i].notherwise, r);
	}
}

void part_reads(const struct rulebook *rb, const struct part *p, const struct part_reader *r)
{
	const struct block *block = &rb->blocks[p->block];
	r->code(r->arg, &p->when);
	actions_read(p->actions, p->nactions, r);
	if (p->role == PART_OVERDUE || p->role == PART_PROMISE)
		period_reads(&p->within, r);
	for (uint16_t i = 0; i < block->nlimits; i++)
		r->code(r->arg, &block->limits[i].most);
	if (block->kind != BLOCK_SCHEDULE || p->role != PART_PLAIN)
		return;
	const struct schedule *s = &rb->schedules[block->detail];
	r->code(r->arg, &s->amount);
	plan_reads(&s->plan, r);
	r->code(r->arg, &s->holds);
}
