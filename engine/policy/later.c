/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens when time comes, steps and answers that are overdue and the payments of schedules:
 * may another case feel it, or does it rest on another case as that is then? Where nothing of the
 * kind can be, cases need not wait for one another.
 */
#include "engine/policy/reads.h"

struct later {
	const struct rulebook *rb;
	bool comes; /* something does */
	bool reads; /* facts of another case */
	bool takes; /* or gives back, of what cases share */
	bool sets;  /* facts */
};

struct reading {
	const struct rulebook *rb;
	bool found; /* something of another case is read */
};

static void see_code(void *arg, const struct code *c);

static void see_table(struct reading *r, const struct table *t)
{
	for (uint16_t i = 0; i < t->nreadings; i++)
		for (uint16_t k = 0; k < t->ninputs && !r->found; k++)
			see_code(r, &t->readings[i].inputs[k]);
}

/* Of a table any text may hold: the program's own, or a county's. */
static void see_tables(struct reading *r, uint16_t table)
{
	for (uint16_t i = 0; i < r->rb->ntables; i++)
		if (r->rb->tables[i].first == r->rb->tables[table].first)
			see_table(r, &r->rb->tables[i]);
}

static void see_code(void *arg, const struct code *c)
{
	struct reading *r = arg;
	for (uint32_t i = 0; i < c->n && !r->found; i++) {
		if (c->at[i].op == OP_FIELD_FACT || c->at[i].op == OP_FACT_FACT)
			r->found = true;
		else if (c->at[i].op == OP_TABLE)
			see_tables(r, c->at[i].a);
	}
}

static bool reads_another(const struct rulebook *rb, const struct code *c)
{
	struct reading r = {rb, false};
	see_code(&r, c);
	return r.found;
}

static bool part_reads_another(const struct rulebook *rb, const struct part *p)
{
	struct reading r = {rb, false};
	part_reads(rb, p, &(struct part_reader){see_code, NULL, &r});
	return r.found;
}

/* Which fund a schedule pays from may differ by county. */
static bool schedule_takes(const struct rulebook *rb, uint16_t schedule)
{
	for (uint16_t i = 0; i < rb->nschedules; i++)
		if (rb->schedules[i].first == rb->schedules[schedule].first &&
		    fund_budget(rb, rb->schedules[i].fund))
			return true;
	return false;
}

static bool action_takes(const struct rulebook *rb, const struct action *a)
{
	switch (a->kind) {
	case ACTION_PLACE:
	case ACTION_ENROL:
	case ACTION_RELEASE:
		return true;
	case ACTION_PAY:
		return fund_budget(rb, a->fund);
	case ACTION_START:
	case ACTION_STOP:
		return schedule_takes(rb, a->schedule);
	case ACTION_ASSESS:
	case ACTION_CREDIT:
	case ACTION_WAIVE:
	case ACTION_REFER:
	case ACTION_REQUIRE:
	case ACTION_NOTIFY:
	case ACTION_ORDER:
	case ACTION_SET:
	case ACTION_ENTER:
	case ACTION_DENY:
	case ACTION_BROKEN:
		return false;
	}
	return false;
}

static void see_actions(struct later *l, const struct action *actions, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		l->comes = true;
		l->takes |= action_takes(l->rb, &actions[i]);
		l->sets |= actions[i].kind == ACTION_SET;
	}
}

static void see_otherwise(struct later *l, const struct part *p, const struct action *actions,
			  uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		const struct action *a = &actions[i];
		see_actions(l, a->otherwise, a->notherwise);
		see_otherwise(l, p, a->otherwise, a->notherwise);
		l->reads |= a->notherwise && part_reads_another(l->rb, p);
	}
}

static void see_part(struct later *l, const struct part *p)
{
	if (p->role == PART_OVERDUE) {
		see_actions(l, p->actions, p->nactions);
		l->comes = true;
		l->reads |= part_reads_another(l->rb, p);
	}
	l->comes |= p->role == PART_PROMISE;
	see_otherwise(l, p, p->actions, p->nactions);
}

/* A payment that is held back when it is due sets free what was set aside for it. */
static void see_schedule(struct later *l, const struct schedule *s)
{
	l->comes = true;
	l->takes |= fund_budget(l->rb, s->fund) != NULL;
	l->reads |= reads_another(l->rb, &s->holds) ||
		    (s->also_running && reads_another(l->rb, &s->amount));
}

/* What is asked of all outcomes, whatever brings them. */
static bool checks_read_another(const struct rulebook *rb)
{
	struct reading r = {rb, false};
	for (uint16_t i = 0; i < rb->nnevers; i++)
		see_code(&r, &rb->nevers[i].when);
	for (uint16_t i = 0; i < rb->nprecedences; i++)
		see_code(&r, &rb->precedences[i].when);
	for (uint32_t i = 0; i < rb->nblocks; i++)
		for (uint16_t j = 0; rb->blocks[i].kind == BLOCK_NEVER && j < rb->blocks[i].nlimits;
		     j++)
			see_code(&r, &rb->blocks[i].limits[j].most);
	return r.found;
}

static bool anything_reads_another(const struct rulebook *rb)
{
	for (uint32_t i = 0; i < rb->nparts; i++)
		if (part_reads_another(rb, &rb->parts[i]))
			return true;
	return checks_read_another(rb);
}

/* A place that is found is an event of a case whose own deadlines come first. */
bool later_is_felt(const struct rulebook *rb)
{
	struct later l = {.rb = rb};
	for (uint32_t i = 0; i < rb->nparts; i++)
		see_part(&l, &rb->parts[i]);
	for (uint16_t i = 0; i < rb->nschedules; i++)
		see_schedule(&l, &rb->schedules[i]);
	return rb->ncapacities || l.takes || l.reads || (l.comes && checks_read_another(rb)) ||
	       (l.sets && anything_reads_another(rb));
}
