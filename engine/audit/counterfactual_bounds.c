/* SPDX-License-Identifier: Apache-2.0
 *
 * How far a change may go: "60 or more" is said only when more was tried, too, and with the bound
 * on the other side where the condition has one.
 */
#include "engine/audit/counterfactual_internal.h"

#define FAR INT64_C(1000000) /* how far beyond the edge is tried */

enum op op_flipped(enum op op)
{
	switch (op) {
	case OP_LT:
		return OP_GT;
	case OP_LE:
		return OP_GE;
	case OP_GT:
		return OP_LT;
	case OP_GE:
		return OP_LE;
	default:
		return op;
	}
}

enum op op_negated(enum op op)
{
	static const uint8_t to[] = {OP_NE, OP_EQ, OP_GE, OP_GT, OP_LE, OP_LT};
	return (enum op)to[op - OP_EQ];
}

enum relation relation_of(enum op op)
{
	static const enum relation of[] = {IS, IS_NOT, IS_LESS, IS_AT_MOST, IS_MORE, IS_AT_LEAST};
	return of[op - OP_EQ];
}

static bool is_lower(enum relation r)
{
	return r == IS_AT_LEAST || r == IS_MORE;
}

static bool is_upper(enum relation r)
{
	return r == IS_AT_MOST || r == IS_LESS;
}

static bool reads(const struct rulebook *rb, const struct term *t, const struct change *c)
{
	return term_is_operand(t) && c->what.len &&
	       str_eq(rulebook_text(rb, t->in->span), rulebook_text(rb, c->what));
}

static void note_bound(struct change *c, enum op op, struct value bound)
{
	enum relation r = op >= OP_EQ && op <= OP_GE ? relation_of(op) : IS;
	if (!(is_lower(c->relation) && is_upper(r)) && !(is_upper(c->relation) && is_lower(r)))
		return;
	if (c->has_also && (is_upper(r) ? c->also_bound.i <= bound.i : c->also_bound.i >= bound.i))
		return;
	c->has_also = true;
	c->also = r;
	c->also_bound = bound;
}

/* What else has to hold of the same thing: all that is joined by `and`. */
static void find_bounds(const struct rulebook *rb, const struct term *t, bool wanted,
			struct change *c)
{
	struct value v;
	enum op op = t->in->op;
	if (op == (wanted ? OP_AND : OP_OR)) {
		find_bounds(rb, t->a, wanted, c);
		find_bounds(rb, t->b, wanted, c);
	} else if (op == OP_NOT) {
		find_bounds(rb, t->a, !wanted, c);
	} else if (op >= OP_EQ && op <= OP_GE) {
		op = wanted ? op : op_negated(op);
		if (reads(rb, t->a, c) && term_value(rb, t->b, &v))
			note_bound(c, op, v);
		if (reads(rb, t->b, c) && term_value(rb, t->a, &v))
			note_bound(c, op_flipped(op), v);
	}
}

/* The value that is farthest from the edge, as far as the bounds go. */
static bool farthest(const struct change *c, struct value *out)
{
	bool up = is_lower(c->relation);
	*out = c->value;
	if (!up && !is_upper(c->relation))
		return false;
	out->i += up ? FAR : -FAR;
	if (c->has_also) {
		int64_t edge = c->also_bound.i;
		edge -= c->also == IS_LESS ? 1 : c->also == IS_MORE ? -1 : 0;
		out->i = up ? (out->i < edge ? out->i : edge) : (out->i > edge ? out->i : edge);
	}
	if (!c->type.has_range && c->value.i >= 0 && out->i < 0)
		out->i = 0;
	if (c->type.has_range && out->i > c->type.max)
		out->i = c->type.max;
	if (c->type.has_range && out->i < c->type.min)
		out->i = c->type.min;
	return true;
}

static bool holds_far(struct attempt *a, const struct change_set *set, size_t i)
{
	struct considered seen;
	struct change_set far = *set;
	struct change *c = &far.at[i];
	struct value v;
	if (!farthest(c, &v))
		return true;
	if (c->kind == CHANGE_COUNT) {
		int64_t least = c->times + (v.i - c->value.i);
		c->times = c->value.i + FAR == v.i ? c->times + 1 : least;
	}
	c->value = v;
	return attempt_decide(a, &far, &seen) && seen.result == RESULT_APPLIES;
}

void change_set_bounds(struct attempt *a, struct change_set *set, const struct considered *applies)
{
	struct arena arena = {0};
	const struct rulebook *rb = a->past->rb;
	const struct condition *cond =
	    condition_read(&arena, reading_code(rb, applies), applies->seen, applies->nseen);
	for (size_t i = 0; cond->root && i < set->n; i++)
		find_bounds(rb, cond->root, true, &set->at[i]);
	arena_release(&arena);
	for (size_t i = 0; i < set->n; i++) {
		struct change *c = &set->at[i];
		if (c->kind == CHANGE_DAY || c->kind == CHANGE_STEP || holds_far(a, set, i))
			continue;
		c->relation = IS;
		c->bound = c->value;
		c->has_also = false;
	}
}
