/* SPDX-License-Identifier: Apache-2.0
 *
 * Which comparisons decided. From the whole condition down to its comparisons it is worked out what
 * the whole would come to for each answer that might stand in a place, all else staying as it came
 * out: where yes and no lead to different outcomes, the comparison there decides.
 */
#include "engine/trial/coverage_internal.h"
#include "engine/base/limits.h"

#include <assert.h>

static bool is_skip(const struct insn *in)
{
	return in->op == OP_SKIP_IF_NO || in->op == OP_SKIP_IF_YES;
}

static bool joins(const struct insn *in)
{
	return in->op == OP_AND || in->op == OP_OR || in->op == OP_NOT || in->op == OP_OR_UNKNOWN;
}

/* Operands first, so that what is joined stands before what joins it. */
static void link_operands(const struct code *code, struct node *nodes)
{
	uint16_t stack[LIMIT_STACK];
	size_t depth = 0;
	for (uint32_t i = 0; i < code->n; i++) {
		nodes[i].a = nodes[i].b = NONE;
		if (is_skip(&code->at[i]))
			continue;
		uint32_t pops = op_pops(code->at[i].op);
		assert(pops <= depth && depth - pops < LIMIT_STACK);
		if (pops == 2)
			nodes[i].b = stack[--depth];
		if (pops)
			nodes[i].a = stack[--depth];
		stack[depth++] = (uint16_t)i;
	}
}

/* From the last instruction, which is the whole; false: nothing is compared. */
static bool mark_leaves(const struct code *code, struct node *nodes)
{
	bool any = false;
	nodes[code->n - 1].leaf = true;
	for (uint32_t i = code->n; i-- > 0;) {
		const struct insn *in = &code->at[i];
		if (!nodes[i].leaf)
			continue;
		nodes[i].leaf = !joins(in) && in->op != OP_CONST;
		any |= nodes[i].leaf;
		if (!joins(in))
			continue;
		bool turned = nodes[i].turned ^ (in->op == OP_NOT);
		nodes[nodes[i].a].leaf = true;
		nodes[nodes[i].a].turned = turned;
		if (nodes[i].b != NONE) {
			nodes[nodes[i].b].leaf = true;
			nodes[nodes[i].b].turned = turned;
		}
	}
	return any;
}

/* Were they compiled from one text, for different events? */
static bool is_same(const struct code *a, const struct code *b)
{
	if (a->n != b->n || a->span.source != b->span.source || a->span.off != b->span.off ||
	    a->span.len != b->span.len)
		return false;
	for (uint32_t i = 0; i < a->n; i++)
		if (a->at[i].op != b->at[i].op || a->at[i].span.off != b->at[i].span.off)
			return false;
	return true;
}

uint32_t condition_add(struct coverage *c, uint32_t from, const struct code *code,
		       enum undecided undecided)
{
	if (!code->n)
		return COVERAGE_NONE;
	for (size_t i = from; i < c->conditions.n; i++)
		if (is_same(c->conditions.at[i].code, code))
			return (uint32_t)i;
	struct node *nodes = arena_array(&c->arena, code->n, sizeof(*nodes));
	link_operands(code, nodes);
	if (!mark_leaves(code, nodes))
		return COVERAGE_NONE;
	*vec_push(&c->conditions) =
	    (struct condition_shape){.code = code, .nodes = nodes, .undecided = undecided};
	return (uint32_t)(c->conditions.n - 1);
}

/* ---- one time that it was asked ---- */

static enum answer joined(const struct insn *in, enum answer a, enum answer b)
{
	switch ((enum op)in->op) {
	case OP_AND:
		return answer_join(a, b, ANSWER_NO);
	case OP_OR:
		return answer_join(a, b, ANSWER_YES);
	case OP_NOT:
		return answer_not(a);
	default: /* OP_OR_UNKNOWN */
		return a == ANSWER_UNKNOWN ? ANSWER_YES : a;
	}
}

static void join_upwards(const struct condition_shape *s, enum answer *came)
{
	for (uint32_t i = 0; i < s->code->n; i++) {
		const struct insn *in = &s->code->at[i];
		const struct node *n = &s->nodes[i];
		if (in->op == OP_CONST)
			came[i] = in->k.i ? ANSWER_YES : ANSWER_NO;
		else if (joins(in))
			came[i] =
			    joined(in, came[n->a], n->b == NONE ? ANSWER_NOT_SEEN : came[n->b]);
	}
}

static void lead_to_whole(const struct condition_shape *s, uint8_t leads[4])
{
	for (uint8_t x = 0; x < 4; x++)
		leads[x] = x;
	if (s->undecided != UNDECIDED_REFUSED)
		leads[ANSWER_UNKNOWN] = s->undecided == UNDECIDED_YES ? ANSWER_YES : ANSWER_NO;
}

static void lead_downwards(const struct condition_shape *s, struct condition_run *run)
{
	for (uint32_t i = s->code->n; i-- > 0;) {
		const struct insn *in = &s->code->at[i];
		const struct node *n = &s->nodes[i];
		if (!joins(in))
			continue;
		for (uint8_t x = 0; x < 4; x++) {
			enum answer b = n->b == NONE ? ANSWER_NOT_SEEN : run->came[n->b];
			run->leads[n->a][x] = run->leads[i][joined(in, x, b)];
			if (n->b != NONE)
				run->leads[n->b][x] = run->leads[i][joined(in, run->came[n->a], x)];
		}
	}
}

void condition_decide(const struct condition_shape *s, struct condition_run *run)
{
	uint32_t n = s->code->n;
	join_upwards(s, run->came);
	lead_to_whole(s, run->leads[n - 1]);
	lead_downwards(s, run);
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *leads = run->leads[i];
		bool known = run->came[i] == ANSWER_YES || run->came[i] == ANSWER_NO;
		bool decides = s->nodes[i].leaf && known && leads[ANSWER_YES] && leads[ANSWER_NO] &&
			       leads[ANSWER_YES] != leads[ANSWER_NO];
		run->decided[i] = (uint8_t)(decides ? 1u << run->came[i] : 0u);
	}
}

bool condition_outcome(const struct condition_shape *s, uint16_t leaf, bool came_out)
{
	return came_out != s->nodes[leaf].turned;
}

uint32_t condition_first(const struct condition_shape *s, uint32_t leaf)
{
	while (s->nodes[leaf].a != NONE)
		leaf = s->nodes[leaf].a;
	return leaf;
}

struct code condition_with(struct arena *a, const struct condition_shape *s,
			   const struct code *code, uint32_t leaf, bool yes)
{
	return code_with_constant(a, code, condition_first(s, leaf), leaf,
				  value_int(TYPE_YES_NO, yes));
}
