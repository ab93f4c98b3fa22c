/* SPDX-License-Identifier: Apache-2.0
 *
 * How far a change may go: "60 or more" is said only when more was tried, too, and with the bound
 * on the other side where the condition has one.
 */
#include "engine/explain/counterfactual_internal.h"

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
	enum relation r = relation_of(op);
	if (c->relation == IS_KNOWN) { /* and that it has to be, too */
		c->relation = r;
		c->bound = bound;
		return;
	}
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
	} else if (reads(rb, t, c)) { /* a yes/no by itself */
		note_bound(c, OP_EQ, value_int(TYPE_YES_NO, wanted));
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

int64_t type_choices(const struct rulebook *rb, const struct type *t)
{
	return t->kind == TYPE_YES_NO ? 2 : t->kind == TYPE_CHOICE ? rb->choices[t->of].n : 0;
}

static bool holds_with(struct attempt *a, const struct change_set *set, size_t i, int64_t v)
{
	struct considered seen;
	struct change_set other = *set;
	other.at[i].value.i = v;
	return attempt_decide(a, &other, &seen) && seen.result == RESULT_APPLIES;
}

/* Any value, or any other one, is said only where every choice does, and of a number one on each
 * side. */
static bool holds_others(struct attempt *a, const struct change_set *set, size_t i)
{
	const struct change *c = &set->at[i];
	int64_t n = type_choices(a->past->rb, &c->type);
	bool other = c->relation == IS_NOT;
	if ((c->relation != IS_KNOWN && !other) || !c->value.known || type_is_text(c->type.kind) ||
	    c->kind == CHANGE_COUNT)
		return true;
	for (int64_t v = 0; v < n; v++)
		if (!(other && v == c->bound.i) && !holds_with(a, set, i, v))
			return false;
	for (int64_t by = -1; !n && by <= 1; by += 2) {
		int64_t v = (other ? c->bound.i : c->value.i) + by;
		bool within = c->type.has_range ? v >= c->type.min && v <= c->type.max : v >= 0;
		if (within && !holds_with(a, set, i, v))
			return false;
	}
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
		find_bounds(rb, cond->root, applies->what != SUBJECT_NEVER, &set->at[i]);
	arena_release(&arena);
	for (size_t i = 0; i < set->n; i++) {
		struct change *c = &set->at[i];
		if (c->kind == CHANGE_DAY || c->kind == CHANGE_STEP ||
		    (holds_far(a, set, i) && holds_others(a, set, i)))
			continue;
		c->relation = IS;
		c->bound = c->value;
		c->has_also = false;
	}
}
