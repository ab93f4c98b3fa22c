/* SPDX-License-Identifier: Apache-2.0
 *
 * All that there is to see of a rulebook. What could not be seen in any history is no point: a
 * prohibition of what nothing does, a fund that nothing draws on.
 */
#include "engine/trial/coverage_internal.h"

#include <stdlib.h>

struct maker {
	struct coverage *c;
	const struct rulebook *rb;
	enum coverage_of of;
	uint32_t index;
	uint32_t needs;
	uint32_t block_from; /* the first condition of the block whose parts these are */
};

static uint32_t add(struct maker *m, enum coverage_kind kind, uint16_t number, struct span span)
{
	*vec_push(&m->c->points) = (struct coverage_point){.kind = kind,
							   .of = m->of,
							   .index = m->index,
							   .number = number,
							   .condition = COVERAGE_NONE,
							   .needs = m->needs,
							   .span = span};
	return (uint32_t)(m->c->points.n - 1);
}

/* ---- conditions ---- */

/* That a prohibition stops something is what a right policy does not let happen: of its comparisons
 * only those answers are wanted that let something pass. */
static void add_answers(struct maker *m, uint32_t condition, uint16_t leaf)
{
	const struct condition_shape *s = &m->c->conditions.at[condition];
	for (int yes = 1; yes >= 0; yes--) {
		if (m->of == OF_NEVER && condition_outcome(s, leaf, yes))
			continue;
		uint32_t at = add(m, yes ? COVER_YES : COVER_NO, leaf, s->code->at[leaf].span);
		m->c->points.at[at].condition = condition;
	}
}

static void add_condition(struct maker *m, uint32_t from, const struct code *code,
			  enum undecided undecided)
{
	struct coverage *c = m->c;
	size_t had = c->conditions.n;
	uint32_t at = condition_add(c, from, code, undecided);
	m->needs = COVERAGE_NONE; /* gaps are told where it was asked */
	c->condition[m->of][m->index] = at;
	if (at == COVERAGE_NONE || at < had)
		return;
	c->conditions.at[at].first_point = (uint32_t)c->points.n;
	for (uint32_t i = 0; i < code->n; i++)
		if (c->conditions.at[at].nodes[i].leaf)
			add_answers(m, at, (uint16_t)i);
}

/* ---- parts ---- */

static bool has_deadline(const struct action *a)
{
	return (a->kind == ACTION_REFER || a->kind == ACTION_REQUIRE) &&
	       (a->within.param != NONE || a->within.n >= 0);
}

static void add_action(struct maker *m, uint16_t number, const struct action *a)
{
	if (a->may) {
		add(m, COVER_APPROVED, number, a->span);
		add(m, COVER_DECLINED, number, a->span);
	}
	if (!has_deadline(a))
		return;
	if (a->answered_by != NONE)
		add(m, COVER_ANSWERED, number, a->span);
	add(m, COVER_RAN_OUT, number, a->span);
}

static void add_limits(struct maker *m, const struct block *b)
{
	for (uint16_t i = 0; i < b->nlimits; i++)
		add(m, COVER_LIMIT, i, b->limits[i].span);
}

/* Can a case stand where the step does not lead on from? */
static bool can_be_elsewhere(const struct rulebook *rb, const struct part *p)
{
	uint16_t n = p->role == PART_STEP ? rb->escalations[p->escalation].nsteps : 0;
	uint64_t all = n >= 63 ? UINT64_MAX : (UINT64_C(1) << (n + 1u)) - 1;
	return p->role == PART_STEP && (p->after & all) != all;
}

static void add_part(struct maker *m)
{
	const struct part *p = &m->rb->parts[m->index];
	const struct block *b = &m->rb->blocks[p->block];
	const struct action *a;
	if (m->index == b->first_part)
		m->block_from = (uint32_t)m->c->conditions.n;
	m->needs = COVERAGE_NONE;
	m->needs = add(m, COVER_REACHED, NONE, p->span);
	uint32_t applied = add(m, COVER_APPLIED, NONE, p->span);
	if (can_be_elsewhere(m->rb, p))
		add(m, COVER_ELSEWHERE, NONE, p->span);
	if (p->role == PART_OVERDUE)
		m->needs = COVERAGE_NONE; /* it is reached only when nothing comes in time */
	if (p->role == PART_OVERDUE && p->event != NONE)
		add(m, COVER_ANSWERED, NONE, p->span);
	m->needs = applied;
	if (p->role == PART_PROMISE) {
		add(m, COVER_ANSWERED, NONE, p->span);
		add(m, COVER_RAN_OUT, NONE, p->span);
	}
	for (uint16_t i = 0; (a = part_action(p, i)); i++)
		add_action(m, i, a);
	if (m->index == b->first_part)
		add_limits(m, b);
	add_condition(m, m->block_from, &p->when, UNDECIDED_NO);
}

/* ---- what overrides ---- */

uint16_t precedence_first(const struct rulebook *rb, uint32_t i)
{
	while (i > 0 && rb->precedences[i - 1].block == rb->precedences[i].block)
		i--;
	return (uint16_t)i;
}

static void add_override(struct maker *m)
{
	const struct precedence *p = &m->rb->precedences[m->index];
	uint16_t own = precedence_first(m->rb, m->index);
	m->needs = COVERAGE_NONE;
	if (own != m->index) {
		m->c->condition[OF_OVERRIDE][m->index] = m->c->condition[OF_OVERRIDE][own];
		return;
	}
	if (p->standing) {
		m->needs = add(m, COVER_REACHED, NONE, p->span);
		m->needs = add(m, COVER_APPLIED, NONE, p->span);
	}
	for (uint16_t i = 0; i < p->nover; i++)
		add(m, COVER_OVERRIDES, i, p->span);
	add_condition(m, (uint32_t)m->c->conditions.n, &p->when, UNDECIDED_REFUSED);
}

/* ---- never ---- */

static bool schedule_does(const struct rulebook *rb, const struct never *n)
{
	for (uint16_t i = 0; i < rb->nschedules; i++) {
		struct action pays = schedule_payment(&rb->schedules[i]);
		if (never_speaks_of(rb, n, &rb->blocks[rb->schedules[i].block], &pays))
			return true;
	}
	return false;
}

static bool part_does(const struct rulebook *rb, const struct never *n, const struct part *p)
{
	const struct action *a;
	for (uint16_t i = 0; (a = part_action(p, i)); i++)
		if (never_speaks_of(rb, n, &rb->blocks[p->block], a))
			return true;
	return p->role == PART_STOPS && n->action == ACTION_STOP;
}

/* Is there anything that does what it forbids? */
static bool is_spoken_of(const struct rulebook *rb, const struct never *n)
{
	for (uint32_t i = 0; i < rb->nparts; i++)
		if (part_does(rb, n, &rb->parts[i]))
			return true;
	return schedule_does(rb, n);
}

static void add_never(struct maker *m)
{
	const struct never *n = &m->rb->nevers[m->index];
	const struct block *b = &m->rb->blocks[n->block];
	m->needs = COVERAGE_NONE;
	m->c->condition[OF_NEVER][m->index] = COVERAGE_NONE;
	if (b->kind != BLOCK_NEVER || !is_spoken_of(m->rb, n))
		return;
	m->needs = add(m, COVER_CHECKED, NONE, b->span);
	add_limits(m, b);
	add_condition(m, (uint32_t)m->c->conditions.n, &n->when, UNDECIDED_YES);
}

/* ---- the rest ---- */

static void add_table(struct maker *m)
{
	const struct table *t = &m->rb->tables[m->index];
	m->needs = COVERAGE_NONE;
	for (uint16_t i = 0; i < t->nrows; i++)
		add(m, COVER_ROW, i, t->rows[i].span);
}

static uint32_t find_applied(const struct maker *m, uint32_t part)
{
	uint32_t at = m->c->first[OF_PART][part];
	while (m->c->points.at[at].kind != COVER_APPLIED)
		at++;
	return at;
}

static void add_schedule(struct maker *m)
{
	const struct schedule *s = &m->rb->schedules[m->index];
	const struct block *b = &m->rb->blocks[s->block];
	struct span span = b->span;
	m->needs = find_applied(m, b->first_part); /* that begins it */
	m->needs = add(m, COVER_ITEM, NONE, span);
	add(m, COVER_LAST, NONE, span);
	if (s->holds.n)
		add(m, COVER_HELD, NONE, s->holds.span);
	add_condition(m, (uint32_t)m->c->conditions.n, &s->holds, UNDECIDED_REFUSED);
}

static void add_share(struct maker *m)
{
	const struct share *s = &m->rb->shares[m->index];
	struct span span = m->rb->blocks[s->block].span;
	m->needs = COVERAGE_NONE;
	add(m, COVER_SHARED, NONE, span);
	add(m, COVER_NOT_SHARED, NONE, span);
	add_condition(m, (uint32_t)m->c->conditions.n, &s->when, UNDECIDED_NO);
}

static bool part_pays_from(const struct part *p, uint16_t fund)
{
	const struct action *a;
	for (uint16_t i = 0; (a = part_action(p, i)); i++)
		if (a->kind == ACTION_PAY && a->fund == fund)
			return true;
	return false;
}

static bool is_drawn_on(const struct rulebook *rb, uint16_t fund)
{
	for (uint16_t i = 0; i < rb->nschedules; i++)
		if (rb->schedules[i].fund == fund)
			return true;
	for (uint32_t i = 0; i < rb->nparts; i++)
		if (part_pays_from(&rb->parts[i], fund))
			return true;
	return false;
}

static void add_fund(struct maker *m)
{
	const struct budget *b = fund_budget(m->rb, (uint16_t)m->index);
	m->needs = COVERAGE_NONE;
	if (!b || !is_drawn_on(m->rb, (uint16_t)m->index))
		return;
	m->needs = add(m, COVER_FUNDED, NONE, b->span);
	add(m, COVER_UNFUNDED, NONE, b->span);
	if (b->warn)
		add(m, COVER_WARNED, NONE, b->span);
}

/* Does any part have such an action, of that capacity or docket? */
static bool is_acted_on(const struct rulebook *rb, enum action_kind kind, uint32_t name)
{
	const struct action *a;
	for (uint32_t p = 0; p < rb->nparts; p++)
		for (uint16_t i = 0; (a = part_action(&rb->parts[p], i)); i++)
			if (a->kind == kind && a->name == name)
				return true;
	return false;
}

static void add_docket(struct maker *m)
{
	struct span span = m->rb->dockets[m->index].span;
	m->needs = COVERAGE_NONE;
	if (!is_acted_on(m->rb, ACTION_PLACE, m->index))
		return;
	m->needs = add(m, COVER_SEAT, NONE, span);
	add(m, COVER_FULL, NONE, span);
}

static void add_capacity(struct maker *m)
{
	struct span span = m->rb->places[m->index].span;
	m->needs = COVERAGE_NONE;
	if (!is_acted_on(m->rb, ACTION_ENROL, m->index))
		return;
	m->needs = add(m, COVER_PLACE, NONE, span);
	m->needs = add(m, COVER_WAITING, NONE, span);
	add(m, COVER_FOUND, NONE, span);
}

const struct block *coverage_block(const struct coverage *c, const struct coverage_point *p)
{
	const struct rulebook *rb = c->rb;
	switch (p->of) {
	case OF_PART:
		return &rb->blocks[rb->parts[p->index].block];
	case OF_OVERRIDE:
		return &rb->blocks[rb->precedences[p->index].block];
	case OF_NEVER:
		return &rb->blocks[rb->nevers[p->index].block];
	case OF_TABLE:
		return &rb->blocks[rb->tables[p->index].block];
	case OF_SCHEDULE:
		return &rb->blocks[rb->schedules[p->index].block];
	case OF_SHARE:
		return &rb->blocks[rb->shares[p->index].block];
	case OF_FUND:
	case OF_CAPACITY:
	case OF_DOCKET:
	case OF_KINDS:
		break;
	}
	return NULL;
}

static int by_line(const void *a, const void *b)
{
	const struct coverage_line *x = a, *y = b;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->point < y->point ? -1 : x->point > y->point;
}

size_t coverage_lines(const struct coverage *c, struct arena *a, uint16_t source,
		      const struct coverage_line **out)
{
	struct coverage_line *at = arena_array(a, c->points.n + 1, sizeof(*at));
	size_t n = 0;
	for (size_t i = 0; i < c->points.n; i++)
		if (c->points.at[i].span.source == source && coverage_wanted(c, i))
			at[n++] = (struct coverage_line){rulebook_line(c->rb, c->points.at[i].span),
							 (uint32_t)i};
	qsort(at, n, sizeof(*at), by_line);
	*out = at;
	return n;
}

uint32_t points_count(const struct rulebook *rb, enum coverage_of of)
{
	switch (of) {
	case OF_PART:
		return rb->nparts;
	case OF_OVERRIDE:
		return rb->nprecedences;
	case OF_NEVER:
		return rb->nnevers;
	case OF_TABLE:
		return rb->ntables;
	case OF_SCHEDULE:
		return rb->nschedules;
	case OF_SHARE:
		return rb->nshares;
	case OF_FUND:
		return rb->nfunds;
	case OF_CAPACITY:
		return rb->ncapacities;
	case OF_DOCKET:
		return rb->ndockets;
	case OF_KINDS:
		break;
	}
	return 0;
}

void points_make(struct coverage *c)
{
	static void (*const makers[])(struct maker * m) = {
	    [OF_PART] = add_part,   [OF_OVERRIDE] = add_override, [OF_NEVER] = add_never,
	    [OF_TABLE] = add_table, [OF_SCHEDULE] = add_schedule, [OF_SHARE] = add_share,
	    [OF_FUND] = add_fund,   [OF_CAPACITY] = add_capacity, [OF_DOCKET] = add_docket,
	};
	struct maker m = {.c = c, .rb = c->rb};
	for (m.of = 0; m.of < OF_KINDS; m.of++) {
		uint32_t n = points_count(c->rb, m.of);
		c->first[m.of] = arena_array(&c->arena, n + 1u, sizeof(**c->first));
		c->condition[m.of] = arena_array(&c->arena, n + 1u, sizeof(**c->condition));
		for (m.index = 0; m.index < n; m.index++) {
			c->first[m.of][m.index] = (uint32_t)c->points.n;
			makers[m.of](&m);
		}
		c->first[m.of][n] = (uint32_t)c->points.n;
	}
}
