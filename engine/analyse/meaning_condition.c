/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions in one form, however they are put: `and` and `or` in any order and grouping, `not`
 * drawn inwards to the comparisons, these all as `<=`, `is` or `is not`. Every step holds in the
 * three-valued logic of decide, so what comes out alike is decided alike, unknown facts included.
 *
 * Order matters in one way: what stands behind a condition that is not met is not worked out, so
 * that an amount too large, or a division by zero, stops no event there. Where a part of an `and`
 * or `or` can fail like that, all of it keeps its order.
 */
#include "engine/analyse/meaning.h"

#include "engine/base/limits.h"

#include <stdlib.h>

struct term_tree {
	const struct insn *in;
	struct term_tree *child[2];
	bool can_fail;
};

struct condition {
	const struct within *w;
	struct arena arena;
};

/* ---- from code to a tree ---- */

static bool fails(enum op op)
{
	switch (op) {
	case OP_ADD:
	case OP_SUB:
	case OP_MUL:
	case OP_DIV:
	case OP_PERCENT:
	case OP_UNITS:
	case OP_DATE_ADD:
	case OP_DATE_SUB:
	case OP_DATE_DIFF:
	case OP_TABLE:
		return true;
	default:
		return false;
	}
}

/* A parameter that has one value for ever is as good as the value. */
static const struct insn *plain(struct condition *c, const struct insn *in)
{
	const struct rulebook *rb = c->w->rb;
	struct value v;
	if (in->op != OP_PARAM || !meant_only_value(c->w, in->a, &v) || type_is_text(v.kind) ||
	    rb->params[in->a].type.kind == TYPE_CHOICE)
		return in;
	struct insn *value = arena_alloc(&c->arena, sizeof(*value));
	*value = *in;
	value->op = OP_CONST;
	value->k = v;
	value->k.kind = (uint8_t)rb->params[in->a].type.kind;
	return value;
}

static struct term_tree *tree_of(struct condition *c, const struct code *code)
{
	struct term_tree *stack[LIMIT_STACK];
	size_t n = 0;
	for (uint32_t i = 0; i < code->n; i++) {
		const struct insn *in = &code->at[i];
		uint32_t pops = op_pops((enum op)in->op);
		if (in->op == OP_SKIP_IF_NO || in->op == OP_SKIP_IF_YES)
			continue; /* they only spare the work of the `and` or `or` that follows */
		struct term_tree *t = arena_alloc(&c->arena, sizeof(*t));
		*t = (struct term_tree){.in = plain(c, in), .can_fail = fails((enum op)in->op)};
		for (uint32_t k = 0; k < pops; k++) {
			t->child[k] = stack[n - pops + k];
			t->can_fail = t->can_fail || t->child[k]->can_fail;
		}
		n -= pops;
		stack[n++] = t;
	}
	return n ? stack[0] : NULL;
}

/* ---- comparisons ---- */

static void write_tree(struct buf *b, struct condition *c, const struct term_tree *t, bool negated);

static void write_next_to(struct buf *b, struct condition *c, const struct term_tree *t, int by)
{
	struct insn in = *t->in;
	if (by && in.op == OP_CONST) {
		in.k.i += by;
		write_tree(b, c, &(struct term_tree){.in = &in}, false);
		return;
	}
	write_tree(b, c, t, false);
	buf_c(b, by > 0 ? "+1;" : by < 0 ? "-1;" : "");
}

static bool is_number(const struct term_tree *t)
{
	return t->in->op == OP_CONST && t->in->k.known && !type_is_text(t->in->k.kind) &&
	       t->in->k.i > INT64_MIN / 2 && t->in->k.i < INT64_MAX / 2;
}

/* low <= high. All that has an order is counted in whole steps, so `x < 5` is `x <= 4`. */
static void write_order(struct buf *b, struct condition *c, const struct term_tree *low,
			const struct term_tree *high, bool strictly)
{
	int more = strictly && is_number(low), less = strictly && !more && is_number(high);
	buf_c(b, strictly && !more && !less ? "less(" : "at most(");
	write_next_to(b, c, low, more);
	write_next_to(b, c, high, -less);
	buf_str(b, STR(");"));
}

static void write_same(struct buf *b, struct condition *c, const struct term_tree *t, enum op op)
{
	struct heap_of_texts both = {0};
	struct buf one = {0};
	buf_c(b, op == OP_EQ ? "same(" : "differ(");
	for (int i = 0; i < 2; i++) {
		write_tree(&one, c, t->child[i], false);
		heap_add(&both, &one);
	}
	heap_write(b, &both);
	buf_str(b, STR(");"));
	buf_release(&one);
}

static void write_comparison(struct buf *b, struct condition *c, const struct term_tree *t,
			     enum op op)
{
	const struct term_tree *x = t->child[0], *y = t->child[1];
	switch (op) {
	case OP_LT:
	case OP_LE:
		write_order(b, c, x, y, op == OP_LT);
		return;
	case OP_GT:
	case OP_GE:
		write_order(b, c, y, x, op == OP_GT);
		return;
	default:
		write_same(b, c, t, op);
	}
}

/* ---- and, or ---- */

static bool is_group(const struct term_tree *t, bool negated, bool *all)
{
	*all = (t->in->op == OP_AND) != negated;
	return t->in->op == OP_AND || t->in->op == OP_OR;
}

/* The parts of an `and` of `and`s, or an `or` of `or`s, as texts. */
static void gather(struct heap_of_texts *parts, struct condition *c, const struct term_tree *t,
		   bool negated, bool all)
{
	struct buf one = {0};
	bool own;
	while (t->in->op == OP_NOT) {
		t = t->child[0];
		negated = !negated;
	}
	if (is_group(t, negated, &own) && own == all) {
		gather(parts, c, t->child[0], negated, all);
		gather(parts, c, t->child[1], negated, all);
		return;
	}
	write_tree(&one, c, t, negated);
	heap_add(parts, &one);
	buf_release(&one);
}

static int by_text(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* What is said twice is said once. */
static void write_group(struct buf *b, struct condition *c, const struct term_tree *t, bool negated,
			bool all)
{
	struct heap_of_texts parts = {0};
	gather(&parts, c, t, negated, all);
	if (!t->can_fail)
		qsort(parts.at, parts.n, sizeof(*parts.at), by_text);
	buf_c(b, all ? "all(" : "any(");
	for (size_t i = 0; i < parts.n; i++)
		if (t->can_fail || !i || !str_eq(parts.at[i], parts.at[i - 1]))
			buf_str(b, parts.at[i]);
	buf_str(b, STR(");"));
	arena_release(&parts.arena);
	vec_release(&parts);
}

/* ---- the whole ---- */

static void write_plain(struct buf *b, struct condition *c, const struct term_tree *t)
{
	for (uint32_t k = 0; k < op_pops((enum op)t->in->op); k++)
		write_tree(b, c, t->child[k], false);
	meant_insn(b, c->w, t->in);
}

static void write_tree(struct buf *b, struct condition *c, const struct term_tree *t, bool negated)
{
	bool all;
	while (t->in->op == OP_NOT) {
		t = t->child[0];
		negated = !negated;
	}
	if (is_group(t, negated, &all)) {
		write_group(b, c, t, negated, all);
	} else if (t->in->op >= OP_EQ && t->in->op <= OP_GE) {
		enum op op = (enum op)t->in->op;
		write_comparison(b, c, t, negated ? op_opposite(op) : op);
	} else {
		buf_c(b, negated ? "not(" : "");
		write_plain(b, c, t);
		buf_c(b, negated ? ");" : "");
	}
}

void meant_code(struct buf *b, const struct within *w, const struct code *code)
{
	struct condition c = {.w = w};
	const struct term_tree *t = tree_of(&c, code);
	buf_char(b, '[');
	if (t)
		write_tree(b, &c, t, false);
	buf_char(b, ']');
	arena_release(&c.arena);
}
