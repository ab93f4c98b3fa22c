/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/policy/code.h"

#include "engine/base/limits.h"
#include "engine/policy/policy.h"

struct str op_name(enum op op)
{
	static const struct str names[] = {
#define X(constant, pops, pushes) [constant] = STR_INIT(#constant),
	    OPS(X)
#undef X
	};
	return names[op];
}

uint32_t op_pops(enum op op)
{
	static const uint8_t pops[] = {
#define X(constant, in, out) [constant] = in,
	    OPS(X)
#undef X
	};
	return pops[op];
}

uint32_t op_pushes(enum op op)
{
	static const uint8_t pushes[] = {
#define X(constant, in, out) [constant] = out,
	    OPS(X)
#undef X
	};
	return pushes[op];
}

enum op op_opposite(enum op op)
{
	switch (op) {
	case OP_EQ:
		return OP_NE;
	case OP_NE:
		return OP_EQ;
	case OP_LT:
		return OP_GE;
	case OP_GE:
		return OP_LT;
	case OP_LE:
		return OP_GT;
	default:
		return OP_LE;
	}
}

#define X(constant, in, out) +1
enum { OP_COUNT_OF = 0 OPS(X) };
#undef X

/* ---- verification ---- */

static bool fact_exists(const struct rulebook *rb, uint32_t fact)
{
	for (uint16_t k = 0; k < rb->nkinds; k++)
		if (fact < rb->kinds[k].nfacts)
			return true;
	return false;
}

static bool step_exists(const struct rulebook *rb, uint16_t escalation, uint32_t step)
{
	return escalation < rb->nescalations && step <= rb->escalations[escalation].nsteps;
}

static bool indices_exist(const struct rulebook *rb, const struct insn *in)
{
	switch ((enum op)in->op) {
	case OP_FACT:
		return fact_exists(rb, in->a);
	case OP_FIELD:
		return in->a < LIMIT_FIELDS;
	case OP_FIELD_FACT:
		return in->a < LIMIT_FIELDS && fact_exists(rb, in->b);
	case OP_PARTNER:
		return in->b < rb->nkinds && in->a < rb->kinds[in->b].nfacts;
	case OP_FACT_FACT:
		return fact_exists(rb, in->a) && fact_exists(rb, in->b);
	case OP_PARAM:
		return in->a < rb->nparams;
	case OP_COUNT:
	case OP_DAYS_SINCE:
		return in->a < rb->nevents;
	case OP_COUNT_IN:
		return in->a < rb->nevents && in->b < UNIT_MINUTES;
	case OP_STEP_IS:
		return step_exists(rb, in->a, in->b);
	case OP_PLACE:
		return in->a < rb->ncapacities && in->b <= 1;
	case OP_PAID_UNDER:
		return in->a < rb->nschedules;
	case OP_TABLE:
		return in->a < rb->ntables && TABLE_OUTPUT(in->b) < rb->tables[in->a].noutputs &&
		       TABLE_READING(in->b) < rb->tables[in->a].nreadings;
	case OP_PLACED_ON:
		return in->a < rb->ndockets;
	case OP_DIV:
	case OP_PERCENT:
		return in->a <= ROUND_HALF_EVEN;
	case OP_UNITS:
		return in->a == ROUND_UP || in->a == ROUND_DOWN;
	case OP_DATE_ADD:
	case OP_DATE_SUB:
		return in->a < UNIT_MINUTES;
	case OP_CONST:
	case OP_OWED:
	case OP_TODAY:
	case OP_EQ:
	case OP_NE:
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
	case OP_KNOWN:
	case OP_NOT:
	case OP_AND:
	case OP_OR:
	case OP_OR_UNKNOWN:
	case OP_SKIP_IF_NO:
	case OP_SKIP_IF_YES:
	case OP_ADD:
	case OP_SUB:
	case OP_MUL:
	case OP_LESSER:
	case OP_GREATER:
	case OP_DATE_DIFF:
		break;
	}
	return true;
}

static bool is_skip(const struct insn *in)
{
	return in->op == OP_SKIP_IF_NO || in->op == OP_SKIP_IF_YES;
}

bool code_verify(const struct rulebook *rb, const struct code *c)
{
	uint8_t expected[LIMIT_CODE + 1] = {0}; /* depth with which a jump arrives; 0: none does */
	uint32_t depth = 0;
	if (c->n == 0)
		return true;
	if (c->n > LIMIT_CODE)
		return false;
	for (uint32_t i = 0; i < c->n; i++) {
		const struct insn *in = &c->at[i];
		if (expected[i] && expected[i] != depth)
			return false;
		if (in->op >= OP_COUNT_OF || op_pops(in->op) > depth || !indices_exist(rb, in))
			return false;
		depth += op_pushes(in->op) - op_pops(in->op);
		if (depth > LIMIT_STACK)
			return false;
		if (!is_skip(in))
			continue;
		if (in->b <= i || in->b > c->n || (expected[in->b] && expected[in->b] != depth))
			return false;
		expected[in->b] = (uint8_t)depth;
	}
	return depth == 1 && (!expected[c->n] || expected[c->n] == 1);
}

struct code code_with_constant(struct arena *a, const struct code *c, uint32_t first, uint32_t last,
			       struct value k)
{
	struct code out = *c;
	uint32_t behind = c->n - last - 1, less = last - first;
	struct insn *at = arena_array(a, c->n - less, sizeof(*at));
	memcpy(at, c->at, first * sizeof(*at));
	at[first] = (struct insn){.op = OP_CONST, .k = k, .span = c->at[last].span};
	memcpy(at + first + 1, c->at + last + 1, behind * sizeof(*at));
	out.at = at;
	out.n = c->n - less;
	for (uint32_t i = 0; i < out.n; i++)
		if (is_skip(&at[i]) && at[i].b > last)
			at[i].b -= less;
	return out;
}
