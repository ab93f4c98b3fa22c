/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/space.h"
#include "engine/case/across.h"
#include "engine/trial/alphabet.h"

#define VALUES_MOST 32u /* of one example; more are left to the combinations */

void alphabet_lead(struct alphabet *a, const struct rulebook *rb, uint16_t county,
		   const struct part *p)
{
	if (p->when.n && a->leads.n < ALPHABET_LEADS)
		*vec_push(&a->leads) = (struct lead){.rb = rb, .county = county, .part = p};
}

/* ---- from an example to values ---- */

struct example {
	struct alphabet *a;
	struct lead *lead;
	struct space_value at[VALUES_MOST];
	size_t n;
};

/* Is the other case as the example says of what is reached through the reference? */
static bool is_as_said(const struct example *x, const struct space_value *ref,
		       const struct person *other)
{
	enum op through = ref->op == OP_FIELD ? OP_FIELD_FACT : OP_FACT_FACT;
	const struct case_kind *k = &x->lead->rb->kinds[ref->type.of];
	for (size_t i = 0; i < x->n; i++) {
		const struct space_value *v = &x->at[i];
		struct value want =
		    v->known ? value_int(v->type.kind, v->value) : value_missing(v->type.kind);
		if (v->op != through || v->a != ref->a || type_is_text(v->type.kind))
			continue;
		uint16_t f = fact_index(&x->a->rb->kinds[other->kind], k->facts[v->b].name);
		if (f != NONE && !value_eq(other->facts[f], want))
			return false;
	}
	return true;
}

static struct value other_case(const struct example *x, const struct space_value *ref)
{
	struct str kind = x->lead->rb->kinds[ref->type.of].name;
	for (size_t i = 0; i < x->a->others.n; i++) {
		const struct person *other = &x->a->others.at[i];
		if (str_eq(x->a->rb->kinds[other->kind].name, kind) && is_as_said(x, ref, other))
			return value_str(TYPE_REF, other->id);
	}
	return value_missing(TYPE_REF);
}

static struct value value_of(const struct example *x, const struct space_value *v)
{
	if (!v->known)
		return value_missing(v->type.kind);
	if (v->type.kind == TYPE_REF)
		return other_case(x, v);
	if (v->type.kind == TYPE_TEXT)
		return value_str(TYPE_TEXT, v->text.len ? v->text : STR("text"));
	return value_int(v->type.kind, v->value);
}

static void carry(const struct example *x, const struct space_value *v, const struct type *as,
		  struct lead_value *out)
{
	out->read = across_value(x->lead->rb, &v->type, value_of(x, v), x->a->rb, as, &out->v);
}

static void carry_all(const struct example *x)
{
	const struct lead *l = x->lead;
	const struct case_kind *from = &l->rb->kinds[l->rb->blocks[l->part->block].case_kind];
	const struct case_kind *to = &x->a->rb->kinds[x->a->kind];
	const struct event_type *sent = &l->rb->events[l->part->event];
	const struct event_type *event = &x->a->rb->events[l->event];
	for (size_t i = 0; i < x->n; i++) {
		const struct space_value *v = &x->at[i];
		uint16_t f = NONE;
		if (v->op == OP_FACT && (f = fact_index(to, from->facts[v->a].name)) != NONE)
			carry(x, v, &to->facts[f].type, &l->facts[f]);
		else if (v->op == OP_FIELD &&
			 (f = field_index(event, sent->fields[v->a].name)) != NONE)
			carry(x, v, &event->fields[f].type, &l->fields[f]);
	}
}

/* On the first day on which a history begins. */
static void find_lead(struct alphabet *a, struct lead *l)
{
	const struct block *b = &l->rb->blocks[l->part->block];
	struct example x = {.a = a, .lead = l};
	int32_t day = a->starts[0];
	l->event = rulebook_event(a->rb, l->rb->events[l->part->event].name);
	if (b->case_kind == NONE || l->event == NONE ||
	    !str_eq(l->rb->kinds[b->case_kind].name, a->rb->kinds[a->kind].name))
		return;
	struct space *s = space_new(&(struct situation){l->rb, l->county, day, day + 1,
							b->case_kind, l->part->event, .work = 0});
	space_want(s, &l->part->when, TRUTH_MET);
	l->found = space_solve(s) == SPACE_EXAMPLE;
	if (l->found) {
		l->facts =
		    arena_array(&a->arena, a->rb->kinds[a->kind].nfacts + 1u, sizeof(*l->facts));
		l->fields = arena_array(&a->arena, a->rb->events[l->event].nfields + 1u,
					sizeof(*l->fields));
		x.n = space_values(s, x.at, VALUES_MOST);
		carry_all(&x);
	}
	space_free(s);
}

void alphabet_find_leads(struct alphabet *a)
{
	for (size_t i = 0; i < a->leads.n; i++)
		find_lead(a, &a->leads.at[i]);
}
