/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/endings.h"

static void add(struct open_ends *e, enum ending ending, uint32_t block, uint16_t step,
		const struct action *action)
{
	*vec_push(e) = (struct open_end){ending, block, step, NONE, action};
}

/* ---- steps ---- */

struct leaving {
	const struct rulebook *rb;
	const struct block *block;
	uint16_t step;
};

static const struct part *part_of(const struct leaving *l, uint32_t i)
{
	return &l->rb->parts[l->block->first_part + i];
}

static bool leads_in(const struct leaving *l, const struct part *p)
{
	return (p->role == PART_STEP || p->role == PART_OVERDUE) && p->step == l->step;
}

static bool leads_out(const struct leaving *l, const struct part *p)
{
	return (p->after >> l->step & 1) && !leads_in(l, p);
}

/* Whenever the event comes, the case leaves the step, or enters it anew with new deadlines. */
static bool leaves_on(const struct leaving *l, uint16_t event)
{
	for (uint32_t i = 0; i < l->block->nparts; i++) {
		const struct part *p = part_of(l, i);
		if ((p->role == PART_STEP || p->role == PART_ENDS) && (p->after >> l->step & 1) &&
		    p->event == event && !p->when.n)
			return true;
	}
	return false;
}

/* One way out that time alone makes sure of is enough. */
static enum ending ending_of(const struct leaving *l, uint16_t *called_off)
{
	enum ending ending = ENDING_NONE;
	for (uint32_t i = 0; i < l->block->nparts; i++) {
		const struct part *p = part_of(l, i);
		if (!leads_out(l, p))
			continue;
		if (p->role == PART_OVERDUE && leaves_on(l, p->event))
			return ENDING_SURE;
		if (p->role == PART_OVERDUE) {
			ending = ENDING_CALLED_OFF;
			*called_off = p->event;
		} else if ((p->role == PART_STEP || p->role == PART_ENDS) &&
			   ending == ENDING_NONE) {
			ending = ENDING_EVENT;
		}
	}
	return ending;
}

static void look_at_step(struct open_ends *e, const struct rulebook *rb, uint32_t block, uint16_t s)
{
	struct leaving l = {rb, &rb->blocks[block], s};
	uint16_t called_off = NONE;
	bool is_entered = false;
	for (uint32_t i = 0; i < l.block->nparts; i++)
		is_entered = is_entered || leads_in(&l, part_of(&l, i));
	if (!is_entered)
		return;
	e->steps++;
	enum ending ending = ending_of(&l, &called_off);
	if (ending == ENDING_SURE)
		return;
	add(e, ending, block, s, NULL);
	e->at[e->n - 1].event = called_off;
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
		e->referrals += a->kind == ACTION_REFER;
		if (duty && a->may)
			add(e, ENDING_PROPOSED, block, 0, a);
		else if (duty && !has_day)
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
