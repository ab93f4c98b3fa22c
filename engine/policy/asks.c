/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/policy/asks.h"

#include "engine/policy/reads.h"

/* Where code stands: fields are those of the event, facts those of the kind of case. */
struct reading {
	struct asks *asks;
	uint16_t event, kind;
};

static void ask_event(struct asks *a, uint16_t event)
{
	if (event < a->rb->nevents)
		a->events[event] = true;
}

static void ask_fact(struct asks *a, uint16_t kind, uint16_t fact)
{
	if (kind < a->rb->nkinds && fact < a->rb->kinds[kind].nfacts)
		a->facts[kind][fact] = true;
}

/* The kind of case that a reference in the event names. */
static uint16_t ask_field(const struct reading *r, uint16_t field)
{
	if (r->event >= r->asks->rb->nevents || field >= r->asks->rb->events[r->event].nfields)
		return NONE;
	const struct field *f = &r->asks->rb->events[r->event].fields[field];
	r->asks->fields[r->event] |= UINT64_C(1) << field;
	if (f->sets && r->kind != NONE)
		ask_fact(r->asks, r->kind, f->sets[r->kind]);
	return f->type.kind == TYPE_REF ? f->type.of : NONE;
}

static uint16_t kind_named(const struct reading *r, uint16_t fact)
{
	const struct rulebook *rb = r->asks->rb;
	if (r->kind >= rb->nkinds || fact >= rb->kinds[r->kind].nfacts)
		return NONE;
	return rb->kinds[r->kind].facts[fact].type.of;
}

static void read_code(void *arg, const struct code *c);

static void read_table(struct reading *r, const struct insn *in)
{
	const struct table *t = &r->asks->rb->tables[in->a];
	const struct table_reading *reading = &t->readings[TABLE_READING(in->b)];
	for (uint16_t i = 0; i < t->ninputs; i++)
		read_code(r, &reading->inputs[i]);
}

static void read_insn(struct reading *r, const struct insn *in)
{
	switch (in->op) {
	case OP_FACT:
		ask_fact(r->asks, r->kind, in->a);
		break;
	case OP_FIELD:
		ask_field(r, in->a);
		break;
	case OP_FIELD_FACT:
		ask_fact(r->asks, ask_field(r, in->a), (uint16_t)in->b);
		break;
	case OP_FACT_FACT:
		ask_fact(r->asks, r->kind, in->a);
		ask_fact(r->asks, kind_named(r, in->a), (uint16_t)in->b);
		break;
	case OP_COUNT:
	case OP_COUNT_IN:
	case OP_DAYS_SINCE:
		ask_event(r->asks, in->a);
		break;
	case OP_TABLE:
		read_table(r, in);
		break;
	default:
		break;
	}
}

static void read_code(void *arg, const struct code *c)
{
	for (uint32_t i = 0; i < c->n; i++)
		read_insn(arg, &c->at[i]);
}

static void read_actions(struct reading *r, const struct action *at, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		ask_event(r->asks, at[i].answered_by);
		if (at[i].to.kind == TARGET_FIELD)
			ask_field(r, at[i].to.index);
		if (at[i].to.kind == TARGET_FACT)
			ask_fact(r->asks, r->kind, at[i].to.index);
		if (at[i].kind == ACTION_SET && r->kind != NONE)
			r->asks->sets[r->kind][at[i].fact] = true;
		read_actions(r, at[i].otherwise, at[i].notherwise);
	}
}

/* Prohibitions, and what stands above other provisions. */
static void read_others(struct asks *a)
{
	const struct rulebook *rb = a->rb;
	for (uint16_t i = 0; i < rb->nnevers; i++) {
		const struct never *n = &rb->nevers[i];
		ask_event(a, n->after);
		read_code(&(struct reading){a, NONE, rb->blocks[n->block].case_kind}, &n->when);
	}
	for (uint16_t i = 0; i < rb->nprecedences; i++) {
		const struct precedence *p = &rb->precedences[i];
		read_code(&(struct reading){a, p->event, rb->blocks[p->block].case_kind}, &p->when);
	}
}

void asks_init(struct asks *a, const struct rulebook *rb)
{
	*a = (struct asks){.rb = rb};
	a->events = arena_array(&a->arena, rb->nevents, sizeof(*a->events));
	a->fields = arena_array(&a->arena, rb->nevents, sizeof(*a->fields));
	a->facts = arena_array(&a->arena, rb->nkinds, sizeof(*a->facts));
	a->sets = arena_array(&a->arena, rb->nkinds, sizeof(*a->sets));
	for (uint16_t i = 0; i < rb->nkinds; i++) {
		a->facts[i] = arena_array(&a->arena, rb->kinds[i].nfacts, sizeof(**a->facts));
		a->sets[i] = arena_array(&a->arena, rb->kinds[i].nfacts, sizeof(**a->sets));
	}
	for (uint32_t i = 0; i < rb->nparts; i++) {
		const struct part *p = &rb->parts[i];
		struct reading r = {a, p->event, rb->blocks[p->block].case_kind};
		ask_event(a, p->event);
		part_reads(rb, p, &(struct part_reader){read_code, NULL, &r});
		read_actions(&r, p->actions, p->nactions);
	}
	read_others(a);
}

void asks_release(struct asks *a)
{
	arena_release(&a->arena);
}
