/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/often.h"

#include "engine/base/mem.h"

struct counting {
	struct asker *a;
	const struct place *where;
	const struct entry *e;
	const struct part *part;
};

/* ---- what the part's condition lets a number be ---- */

#define READING_MOST 2 /* instructions that read the number */

/* May the part apply while what `read` reads compares so with n? */
static bool may_apply(struct counting *c, const struct insn *read, uint32_t nread, enum op op,
		      int64_t n)
{
	const struct rulebook *rb = asker_rulebook(c->a);
	struct insn at[READING_MOST + 2];
	struct buf key = {0};
	for (uint32_t i = 0; i < nread; i++)
		at[i] = read[i];
	at[nread] = (struct insn){.op = OP_CONST, .k = value_int(TYPE_NUMBER, n)};
	if (read[nread - 1].op == OP_DAYS_SINCE)
		at[nread].k.kind = TYPE_DAYS;
	at[nread + 1] = (struct insn){.op = (uint8_t)op};
	struct code compare = {.at = at, .n = nread + 2, .type = {.kind = TYPE_YES_NO}};
	struct want wants[2] = {{&c->part->when, TRUTH_MET}, {&compare, TRUTH_MET}};
	struct question q = question_of(rb->blocks[c->part->block].case_kind, c->part->event,
					c->e->from, c->e->until);
	buf_fmt(&key, "often %u %d %d %lld", (unsigned)c->e->part, (int)read[0].op, (int)op,
		(long long)n);
	for (uint32_t i = 0; i < nread; i++)
		buf_fmt(&key, " %u %u %lld", (unsigned)read[i].a, (unsigned)read[i].b,
			(long long)read[i].k.i);
	q.key = buf_view(&key);
	q.wants = wants;
	q.nwants = 2;
	q.in_step[0] = c->part->role == PART_STEP ? c->part : NULL;
	q.standing[0] = c->part->block;
	bool may = ask(c->a, c->where, &q).answer != SPACE_NONE;
	buf_release(&key);
	return may;
}

/* The greatest and the least that the number may be where the part applies, by halving: where n or
 * more is possible, so is any less or more. */
static int64_t greatest(struct counting *c, const struct insn *read, uint32_t nread)
{
	int64_t low = 0, high = OFTEN_MOST; /* may apply at low; high: does it? */
	if (may_apply(c, read, nread, OP_GE, high))
		return OFTEN_NEVER;
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		if (may_apply(c, read, nread, OP_GE, middle))
			low = middle;
		else
			high = middle;
	}
	return low;
}

static int64_t least(struct counting *c, const struct insn *read, uint32_t nread, int64_t most)
{
	int64_t low = -1, high = most; /* not at low; may at high */
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		if (may_apply(c, read, nread, OP_LE, middle))
			high = middle;
		else
			low = middle;
	}
	return high;
}

/* ---- what the condition asks of its own event ---- */

static void by_count(struct counting *c, struct often *o, const struct insn *in)
{
	int64_t high = greatest(c, in, 1);
	if (high == OFTEN_NEVER)
		return;
	int64_t times = high ? high - least(c, in, 1, high) + 1 : 0;
	o->ever = times < o->ever ? times : o->ever;
}

static void by_gap(struct counting *c, struct often *o, const struct insn *in)
{
	int64_t gap = least(c, in, 1, OFTEN_MOST);
	o->gap = gap > o->gap ? gap : o->gap;
}

/* Days that a length of time has at least. */
static int64_t days_of(int64_t n, uint32_t unit)
{
	switch ((enum unit)unit) {
	case UNIT_DAYS:
	case UNIT_BUSINESS_DAYS:
		return n;
	case UNIT_WEEKS:
		return 7 * n;
	case UNIT_MONTHS:
		return 28 * n;
	case UNIT_YEARS:
		return 365 * n;
	case UNIT_MINUTES:
		break;
	}
	return 0;
}

/* Of a window whose length is written down. */
static void by_window(struct counting *c, struct often *o, const struct insn *length)
{
	if (length->op != OP_CONST || !length->k.known || length->k.i < 1 ||
	    length->k.i > OFTEN_MOST)
		return;
	int64_t days = days_of(length->k.i, length[1].b);
	int64_t times = days ? greatest(c, length, 2) : OFTEN_NEVER;
	if (times == OFTEN_NEVER || (o->window && times * o->window >= o->in_window * days))
		return;
	o->window = days;
	o->in_window = times;
}

static void by_condition(struct counting *c, struct often *o)
{
	const struct code *when = &c->part->when;
	for (uint32_t i = 0; i < when->n; i++) {
		const struct insn *in = &when->at[i];
		if (in->a != c->part->event)
			continue;
		if (in->op == OP_COUNT)
			by_count(c, o, in);
		else if (in->op == OP_DAYS_SINCE)
			by_gap(c, o, in);
		else if (in->op == OP_COUNT_IN && i)
			by_window(c, o, in - 1);
	}
}

/* ---- steps ---- */

static bool acts_on(const struct action *at, uint16_t n, uint16_t escalation)
{
	for (uint16_t i = 0; i < n; i++)
		if ((at[i].kind == ACTION_ENTER && at[i].escalation == escalation) ||
		    acts_on(at[i].otherwise, at[i].notherwise, escalation))
			return true;
	return false;
}

/* Where a case may go by one part, that stands in one of these steps. */
static uint64_t moved(const struct part *p, uint16_t escalation, uint64_t from)
{
	bool moves = p->role == PART_STEP || p->role == PART_OVERDUE;
	if ((moves || p->role == PART_ENDS) && p->escalation == escalation && (p->after & from))
		return moves ? UINT64_C(1) << p->step : 1;
	return 0;
}

/* May a case that has entered the part's step come to stand where it can be entered from again? By
 * all parts of the rulebook, whichever county has them. */
static bool comes_back(const struct rulebook *rb, const struct part *part)
{
	uint64_t reached = UINT64_C(1) << part->step, before = 0;
	while (before != reached) {
		before = reached;
		for (uint32_t i = 0; i < rb->nparts; i++)
			reached |= moved(&rb->parts[i], part->escalation, reached);
	}
	for (uint32_t i = 0; i < rb->nparts; i++) {
		const struct part *p = &rb->parts[i];
		/* The first action of a stage's part only enters its own step. */
		uint16_t own = moved(p, part->escalation, UINT64_MAX) > 1 && p->nactions > 0;
		if (acts_on(p->actions + own, (uint16_t)(p->nactions - own), part->escalation))
			return true;
	}
	return reached & part->after;
}

struct often often_applies(struct asker *a, const struct place *where, const struct entry *e)
{
	struct often o = {.ever = OFTEN_NEVER};
	const struct rulebook *rb = asker_rulebook(a);
	struct counting c = {a, where, e, &rb->parts[e->part]};
	bool enters = c.part->role == PART_STEP || c.part->role == PART_OVERDUE;
	if (enters && !comes_back(rb, c.part))
		o.ever = 1;
	if (c.part->role != PART_OVERDUE && c.part->role != PART_PROMISE)
		by_condition(&c, &o);
	return o;
}

bool often_within(const struct often *o, int64_t days, int64_t *times)
{
	*times = o->ever;
	if (days != OFTEN_EVER && o->gap) {
		int64_t n = 1 + (days - 1) / o->gap;
		*times = n < *times ? n : *times;
	}
	if (days != OFTEN_EVER && o->window) {
		int64_t n = (days + o->window - 1) / o->window * o->in_window;
		*times = n < *times ? n : *times;
	}
	return *times != OFTEN_NEVER;
}
