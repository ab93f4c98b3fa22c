/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/space_internal.h"

#include "engine/base/mem.h"

struct space *space_new(const struct situation *at)
{
	struct space *s = mem_alloc(sizeof(*s));
	s->at = *at;
	return s;
}

void space_free(struct space *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->dims.n; i++)
		vec_release(&s->dims.at[i].cuts);
	vec_release(&s->dims);
	vec_release(&s->ties);
	vec_release(&s->nodes);
	vec_release(&s->wanted);
	vec_release(&s->texts);
	vec_release(&s->order);
	arena_release(&s->arena);
	mem_free(s);
}

uint32_t space_node(struct space *s, struct node n)
{
	*vec_push(&s->nodes) = n;
	return (uint32_t)s->nodes.n - 1;
}

uint32_t space_fixed(struct space *s, uint32_t truths)
{
	return space_node(s, (struct node){.kind = NODE_FIXED, .truths = truths});
}

uint32_t space_join(struct space *s, enum node_kind kind, uint32_t left, uint32_t right)
{
	return space_node(s, (struct node){.kind = kind, .left = left, .right = right});
}

uint32_t space_condition(struct space *s, const struct code *c)
{
	return read_condition(s, c);
}

uint32_t space_met(struct space *s, const struct code *c)
{
	return space_join(s, NODE_MET, read_condition(s, c), 0);
}

uint32_t space_step(struct space *s, uint16_t escalation, uint64_t steps)
{
	struct node n = {.kind = NODE_STEPS, .steps = steps};
	n.dimension = read_step(s, escalation);
	return space_node(s, n);
}

uint32_t space_not(struct space *s, uint32_t x)
{
	return space_join(s, NODE_NOT, x, 0);
}

uint32_t space_both(struct space *s, uint32_t x, uint32_t y)
{
	return space_join(s, NODE_AND, x, y);
}

uint32_t space_either(struct space *s, uint32_t x, uint32_t y)
{
	return space_join(s, NODE_OR, x, y);
}

uint32_t space_always(struct space *s)
{
	return space_fixed(s, TRUTH_MET);
}

void space_want_node(struct space *s, uint32_t node, uint32_t truths)
{
	*vec_push(&s->wanted) = (struct wanted){node, truths};
}

void space_want(struct space *s, const struct code *c, uint32_t truths)
{
	space_want_node(s, read_condition(s, c), truths);
}

void space_want_step(struct space *s, uint16_t escalation, uint64_t steps)
{
	space_want_node(s, space_step(s, escalation, steps), TRUTH_MET);
}

void space_want_differ(struct space *s, const struct code *x, const struct code *y)
{
	space_want_node(s, read_differ(s, x, y), TRUTH_MET);
}

bool space_reads(const struct space *s, enum op op)
{
	for (size_t i = 0; i < s->dims.n; i++)
		if (s->dims.at[i].kind != DIMENSION_SUM && s->dims.at[i].op == op)
			return true;
	return false;
}

size_t space_values(const struct space *s, struct space_value *out, size_t most)
{
	size_t n = 0;
	for (size_t i = 0; i < s->dims.n; i++) {
		const struct dimension *d = &s->dims.at[i];
		if (d->kind != DIMENSION_TERM || n == most)
			continue;
		struct space_value *v = &out[n++];
		*v = (struct space_value){.op = d->op, .a = d->a, .b = d->b, .type = d->type};
		v->length = d->length;
		v->known = !d->missing;
		v->value = d->value;
		if (type_is_text(d->type.kind) && v->known && (size_t)v->value < s->texts.n)
			v->text = s->texts.at[v->value];
	}
	return n;
}
