/* SPDX-License-Identifier: Apache-2.0
 *
 * Business days differ: that shows where a provision counts in them, on the days before one that is
 * a business day under one of the rulebooks only.
 */
#include "engine/trial/witness_internal.h"
#include "engine/policy/reads.h"

#define CALENDAR_WORK   400u /* lines decided from one day on */
#define CALENDAR_BEFORE 6    /* days before one that differs */
#define CALENDAR_DAYS   40u  /* that are tried */

/* ---- which provisions count in business days ---- */

static void note_period(void *arg, const struct period *p)
{
	*(bool *)arg = *(bool *)arg || p->unit == UNIT_BUSINESS_DAYS;
}

static void note_code(void *arg, const struct code *c)
{
	for (uint32_t i = 0; i < c->n; i++) {
		const struct insn *in = &c->at[i];
		bool adds = in->op == OP_DATE_ADD || in->op == OP_DATE_SUB;
		bool counts = in->op == OP_COUNT_IN && in->b == UNIT_BUSINESS_DAYS;
		if (counts || (adds && in->a == UNIT_BUSINESS_DAYS))
			*(bool *)arg = true;
	}
}

static bool counts_in_them(const struct rulebook *rb, uint32_t block)
{
	const struct block *k = &rb->blocks[block];
	bool any = false;
	for (uint32_t i = k->first_part; i < k->first_part + k->nparts; i++)
		part_reads(rb, &rb->parts[i], &(struct part_reader){note_code, note_period, &any});
	return any;
}

static uint32_t same_block(const struct rulebook *rb, const struct rulebook *from, uint32_t block)
{
	const struct block *b = &from->blocks[block];
	for (uint32_t i = 0; i < rb->nblocks; i++)
		if (str_eq(rb->blocks[i].name, b->name) && rb->blocks[i].county == NONE &&
		    str_eq(rb->programs[rb->blocks[i].program].name,
			   from->programs[b->program].name))
			return i;
	return UINT32_MAX;
}

/* ---- on which days ---- */

static bool is_business(const struct rulebook *rb, int32_t day)
{
	return day_is_business(day, rulebook_calendar(rb));
}

static bool try_from(struct witness *w, struct wanted *wanted, int32_t day, size_t *tried)
{
	for (int32_t before = 1; before <= CALENDAR_BEFORE; before++) {
		wanted->setting = (struct setting){.dated = true, .day = day - before};
		bool found = witness_find(w, wanted);
		*tried += w->tried;
		w->tried = *tried;
		if (found)
			return true;
		witness_release(w);
	}
	return false;
}

/* The next few years have all holidays that anybody has written down. */
static bool try_block(struct witness *w, struct wanted *wanted, size_t *tried)
{
	int32_t first = wanted->rb[1]->counties[wanted->county[1]].first_day;
	size_t days = 0;
	for (int32_t day = first + CALENDAR_BEFORE; day < first + 3 * 366; day++) {
		if (is_business(wanted->rb[0], day) == is_business(wanted->rb[1], day))
			continue;
		if (try_from(w, wanted, day, tried))
			return true;
		if (++days == CALENDAR_DAYS)
			return false;
	}
	return false;
}

bool witness_find_calendar(struct witness *w, const struct wanted *from)
{
	struct wanted wanted = *from;
	size_t tried = 0;
	wanted.work = CALENDAR_WORK;
	for (uint32_t i = 0; i < wanted.rb[1]->nblocks; i++) {
		wanted.block[1] = i;
		wanted.block[0] = same_block(wanted.rb[0], wanted.rb[1], i);
		if (wanted.block[0] != UINT32_MAX && wanted.rb[1]->blocks[i].county == NONE &&
		    counts_in_them(wanted.rb[1], i) && try_block(w, &wanted, &tried))
			return true;
	}
	*w = (struct witness){.tried = tried};
	return false;
}
