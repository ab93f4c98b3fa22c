/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/endings.h"

static void add(struct open_ends *e, enum ending ending, uint32_t block, uint16_t step,
		const struct action *action)
{
	*vec_push(e) = (struct open_end){ending, block, step, action};
}

/* ---- steps ---- */

static void look_at_step(struct open_ends *e, const struct rulebook *rb, uint32_t block, uint16_t s)
{
	const struct block *k = &rb->blocks[block];
	bool by_event = false, by_time = false, is_entered = false;
	for (uint32_t i = k->first_part; i < k->first_part + k->nparts; i++) {
		const struct part *p = &rb->parts[i];
		bool moves = p->role == PART_STEP || p->role == PART_OVERDUE;
		is_entered = is_entered || (moves && p->step == s);
		if (!(p->after >> s & 1) || (moves && p->step == s))
			continue;
		by_time = by_time || p->role == PART_OVERDUE;
		by_event = by_event || p->role == PART_STEP || p->role == PART_ENDS;
	}
	if (!is_entered)
		return;
	e->steps++;
	if (!by_time)
		add(e, by_event ? ENDING_EVENT : ENDING_NONE, block, s, NULL);
}

/* ---- duties ---- */

static void look_at_actions(struct open_ends *e, uint32_t block, const struct action *at,
			    uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		const struct action *a = &at[i];
		bool duty = a->kind == ACTION_REFER || a->kind == ACTION_REQUIRE;
		bool has_day = a->within.n >= 0 || a->within.param != NONE;
		e->duties += duty;
		if (duty && !has_day)
			add(e, ENDING_NO_DAY, block, 0, a);
		else if (duty && !a->notherwise)
			add(e, ENDING_NO_MORE, block, 0, a);
		look_at_actions(e, block, a->otherwise, a->notherwise);
	}
}

void endings_find(struct open_ends *e, const struct rulebook *rb)
{
	for (uint32_t i = 0; i < rb->nblocks; i++) {
		const struct block *k = &rb->blocks[i];
		for (uint32_t p = k->first_part; p < k->first_part + k->nparts; p++)
			look_at_actions(e, i, rb->parts[p].actions, rb->parts[p].nactions);
		for (uint16_t s = 1; block_has_steps(k->kind) && k->detail != NONE &&
				     s <= rb->escalations[k->detail].nsteps;
		     s++)
			look_at_step(e, rb, i, s);
	}
}

void endings_release(struct open_ends *e)
{
	vec_release(e);
}
