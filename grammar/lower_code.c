/* SPDX-License-Identifier: Apache-2.0
 *
 * An expression's tree to flat code. `and` and `or` jump over their right side when the left one
 * has settled the matter.
 */
#include "grammar/lower.h"

#include "engine/base/limits.h"

struct emitter {
	VEC(struct insn) insns;
	uint32_t depth, deepest;
};

static void emit(struct emitter *m, const struct texpr *e, enum op op)
{
	if (m->insns.n > LIMIT_CODE)
		return; /* reported at the end */
	*vec_push(&m->insns) =
	    (struct insn){.op = (uint8_t)op, .a = e->a, .b = e->b, .span = e->span};
	if (op == OP_CONST) {
		m->insns.at[m->insns.n - 1].k = e->k;
		m->insns.at[m->insns.n - 1].k.kind = (uint8_t)e->type.kind;
	}
	m->depth = m->depth - op_pops(op) + op_pushes(op);
	if (m->depth > m->deepest)
		m->deepest = m->depth;
}

static void flatten(struct emitter *m, const struct texpr *e)
{
	if (op_pops(e->op) == 0) {
		emit(m, e, e->op);
		return;
	}
	flatten(m, e->l);
	if (e->op == OP_AND || e->op == OP_OR) {
		size_t at = m->insns.n;
		emit(m, e, e->op == OP_AND ? OP_SKIP_IF_NO : OP_SKIP_IF_YES);
		flatten(m, e->r);
		emit(m, e, e->op);
		if (at < m->insns.n)
			m->insns.at[at].b = (uint32_t)m->insns.n;
		return;
	}
	if (e->r)
		flatten(m, e->r);
	emit(m, e, e->op);
}

struct code lower_code(struct book *b, const struct texpr *e)
{
	struct emitter m = {0};
	struct code c = {0};
	if (!e)
		return c;
	flatten(&m, e);
	if (m.insns.n > LIMIT_CODE || m.deepest > LIMIT_STACK) {
		struct diag *d = fault(b, W_TOO_MANY, e->span, "this expression is too large");
		help(b, d, "split it over several blocks");
	} else {
		struct insn *at = arena_array(&b->rb->arena, m.insns.n, sizeof(*at));
		memcpy(at, m.insns.at, m.insns.n * sizeof(*at));
		c = (struct code){at, (uint32_t)m.insns.n, e->type, e->span};
		*vec_push(&b->codes) = c;
	}
	vec_release(&m.insns);
	return c;
}

struct code lower_number(struct book *b, int64_t n, struct span span)
{
	struct texpr e = {.op = OP_CONST, .type = {.kind = TYPE_NUMBER}, .span = span};
	e.k = value_int(TYPE_NUMBER, n);
	return lower_code(b, &e);
}
