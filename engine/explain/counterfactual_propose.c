/* SPDX-License-Identifier: Apache-2.0
 *
 * What may take out of the way what a provision failed for: of each comparison that came out wrong
 * the value on the edge of it, for each thing that it reads.
 */
#include "engine/explain/counterfactual_internal.h"

#include "engine/base/limits.h"

#define LEAVES_MOST 16u
#define REACH_MOST  (INT64_C(1) << 40) /* how far a value is moved when it has no range */

/* A comparison, or a yes/no, that should have come out otherwise. */
struct leaf {
	const struct term *term;
	bool wanted;
};

struct proposing {
	struct attempt *attempt;
	const struct change_set *set;
	struct proposals *out;
	const struct code *code;
	struct condition *condition;
	const struct trace_entry *seen; /* a copy */
	size_t nseen;
	struct leaf leaves[LEAVES_MOST];
	size_t n;
};

/* ---- putting one forward ---- */

static struct value keep_value(struct arena *a, struct value v)
{
	if (v.known && type_is_text(v.kind))
		v.s = arena_str(a, value_as_str(v)).p;
	return v;
}

void change_set_put(struct change_set *set, struct change c)
{
	for (size_t i = 0; i < set->n; i++) {
		struct change *is = &set->at[i];
		if (!change_same(is, &c))
			continue;
		c.was = is->was;
		c.times += is->times;
		*is = c;
		return;
	}
	set->at[set->n++] = c;
}

static void put(struct proposing *p, struct change c)
{
	struct arena *keep = p->attempt->keep;
	struct change_set set = *p->set;
	c.value = keep_value(keep, c.value);
	c.bound = keep_value(keep, c.bound);
	c.was = keep_value(keep, c.was);
	c.id = arena_str(keep, c.id);
	change_set_put(&set, c);
	*vec_push(&p->out->sets) = set;
}

static bool in_range(const struct type *t, int64_t v)
{
	return !t->has_range || (v >= t->min && v <= t->max);
}

static void put_operand(struct proposing *p, const struct term *t, struct value value,
			enum relation relation, struct value bound)
{
	struct change c;
	if (value.known && !type_is_text(value.kind) && !in_range(&t->type, value.i))
		return;
	if (!change_operand(p->attempt->past, p->set, t, value, &c))
		return;
	c.what = t->in->span;
	c.type = t->type;
	c.relation = relation;
	c.bound = bound;
	c.was = t->value;
	put(p, c);
}

/* ---- a comparison of one thing with what is known ---- */

/* Any other than the bound: every choice, or the number above it and below. */
static void put_others(struct proposing *p, const struct term *t, struct value bound)
{
	int64_t n = type_choices(p->attempt->past->rb, &t->type);
	struct value v = bound;
	if (type_is_text(bound.kind))
		return;
	for (v.i = 0; v.i < n; v.i++)
		if (v.i != bound.i)
			put_operand(p, t, v, n == 2 ? IS : IS_NOT, n == 2 ? v : bound);
	if (n)
		return;
	for (int64_t by = 1; by >= -1; by -= 2) {
		v.i = bound.i + by;
		put_operand(p, t, v, IS_NOT, bound);
	}
}

static void put_comparison(struct proposing *p, const struct term *t, enum op op, struct value v)
{
	struct value edge = v;
	edge.kind = (uint8_t)t->type.kind;
	if (op == OP_NE) {
		put_others(p, t, edge);
		return;
	}
	if ((op == OP_LT && v.i == INT64_MIN) || (op == OP_GT && v.i == INT64_MAX))
		return;
	if (op == OP_LT || op == OP_GT)
		edge.i += op == OP_GT ? 1 : -1;
	put_operand(p, t, edge, relation_of(op), v);
}

/* ---- a calculation: the edge is found by trying ---- */

static bool comes_out(struct proposing *p, const struct change *c, const struct leaf *leaf)
{
	struct considered seen;
	struct arena a = {0};
	struct change_set set = *p->set;
	change_set_put(&set, *c);
	enum answer is = ANSWER_NOT_SEEN;
	if (attempt_decide(p->attempt, &set, &seen))
		is = term_answer(&condition_read(&a, p->code, seen.seen, seen.nseen)
				      ->terms[leaf->term - p->condition->terms]);
	arena_release(&a);
	return is == (leaf->wanted ? ANSWER_YES : ANSWER_NO);
}

/* The nearest value on one side with which the comparison comes out as wanted. */
static void put_nearest(struct proposing *p, const struct term *t, const struct leaf *leaf, int by)
{
	struct value v = t->value;
	int64_t fails = v.i, step = 1;
	struct change c;
	for (;; step *= 2) {
		v.i = t->value.i + by * step;
		if (step > REACH_MOST || !in_range(&t->type, v.i) ||
		    !change_operand(p->attempt->past, p->set, t, v, &c))
			return;
		if (comes_out(p, &c, leaf))
			break;
		fails = v.i;
	}
	for (int64_t meets = v.i; meets - fails != by;) {
		v.i = fails + (meets - fails) / 2;
		if (!change_operand(p->attempt->past, p->set, t, v, &c))
			return;
		*(comes_out(p, &c, leaf) ? &meets : &fails) = v.i;
		v.i = meets;
	}
	put_operand(p, t, v, by > 0 ? IS_AT_LEAST : IS_AT_MOST, v);
}

static void put_calculated(struct proposing *p, const struct term *t, const struct leaf *leaf)
{
	if (t->a)
		put_calculated(p, t->a, leaf);
	if (t->b)
		put_calculated(p, t->b, leaf);
	if (!term_is_operand(t) || !t->value.known ||
	    type_choices(p->attempt->past->rb, &t->type) || type_is_text(t->type.kind))
		return;
	put_nearest(p, t, leaf, 1);
	put_nearest(p, t, leaf, -1);
}

/* ---- one thing that came out wrong ---- */

static void put_compared(struct proposing *p, const struct leaf *leaf)
{
	const struct rulebook *rb = p->attempt->past->rb;
	const struct term *t = leaf->term;
	struct value v;
	enum op op = leaf->wanted ? t->in->op : op_negated(t->in->op);
	bool simple = false;
	if (term_is_operand(t->a) && term_value(rb, t->b, &v)) {
		put_comparison(p, t->a, op, v);
		simple = true;
	}
	if (term_is_operand(t->b) && term_value(rb, t->a, &v)) {
		put_comparison(p, t->b, op_flipped(op), v);
		simple = true;
	}
	if (simple)
		return;
	put_calculated(p, t->a, leaf);
	put_calculated(p, t->b, leaf);
}

/* A value that something unknown might have: any of its type. */
static struct value some_value(const struct rulebook *rb, const struct type *t, int32_t today)
{
	(void)rb;
	if (type_is_text(t->kind))
		return value_str(t->kind, STR("some"));
	if (t->kind == TYPE_DATE)
		return value_int(t->kind, today);
	return value_int(t->kind, t->has_range ? t->min : 1);
}

static void put_known(struct proposing *p, const struct term *t, bool known)
{
	const struct past *past = p->attempt->past;
	struct value v = known ? some_value(past->rb, &t->type, past->decision->event.day)
			       : value_missing(t->type.kind);
	if (term_is_operand(t) && t->seen)
		put_operand(p, t, v, known ? IS_KNOWN : IS_UNKNOWN, v);
}

static void put_step(struct proposing *p, uint16_t escalation, uint16_t step)
{
	put(p, (struct change){.kind = CHANGE_STEP, .index = escalation, .step = step});
}

static void put_tables(struct proposing *p, const struct term *t)
{
	if (t->a)
		put_tables(p, t->a);
	if (t->b)
		put_tables(p, t->b);
	if (t->in->op == OP_TABLE)
		propose_rows(p->attempt, p->set, t->in, p->seen, p->nseen, p->out);
}

static void put_leaf(struct proposing *p, const struct leaf *leaf)
{
	const struct term *t = leaf->term;
	put_tables(p, t);
	struct value wanted = value_int(TYPE_YES_NO, leaf->wanted);
	if (t->in->op == OP_STEP_IS)
		put_step(p, t->in->a, leaf->wanted ? (uint16_t)t->in->b : 0);
	else if (term_is_operand(t))
		put_operand(p, t, wanted, IS, wanted);
	else if (t->in->op == OP_KNOWN)
		put_known(p, t->a, leaf->wanted);
	else if (t->in->op >= OP_EQ && t->in->op <= OP_GE)
		put_compared(p, leaf);
}

/* ---- a condition ---- */

static void find_leaves(struct proposing *p, const struct term *t, bool wanted)
{
	enum answer is = term_answer(t);
	if (is == (wanted ? ANSWER_YES : ANSWER_NO) || is == ANSWER_NOT_SEEN)
		return;
	if (t->in->op == OP_AND || t->in->op == OP_OR) {
		find_leaves(p, t->a, wanted);
		find_leaves(p, t->b, wanted);
	} else if (t->in->op == OP_NOT || t->in->op == OP_OR_UNKNOWN) {
		find_leaves(p, t->a, wanted != (t->in->op == OP_NOT));
	} else if (p->n < LEAVES_MOST) {
		p->leaves[p->n++] = (struct leaf){t, wanted};
	}
}

/* What was seen is copied first: finding edges decides again, and the trace is gone then. */
static void put_condition(struct proposing *p, const struct considered *c, bool wanted)
{
	struct arena a = {0};
	struct trace_entry *seen = arena_array(&a, c->nseen, sizeof(*seen));
	for (size_t i = 0; i < c->nseen; i++) {
		seen[i] = c->seen[i];
		seen[i].value = keep_value(&a, seen[i].value);
	}
	p->code = reading_code(p->attempt->past->rb, c);
	p->condition = condition_read(&a, p->code, seen, c->nseen);
	p->seen = seen;
	p->nseen = c->nseen;
	p->n = 0;
	if (p->condition->root)
		find_leaves(p, p->condition->root, wanted);
	for (size_t i = 0; i < p->n; i++)
		put_leaf(p, &p->leaves[i]);
	arena_release(&a);
}

/* ---- other things that stand in the way ---- */

static void put_steps(struct proposing *p, const struct part *part)
{
	const struct escalation *e = &p->attempt->past->rb->escalations[part->escalation];
	for (uint16_t s = 0; s <= e->nsteps; s++)
		if (part->after >> s & 1)
			put_step(p, part->escalation, s);
}

static void put_day(struct proposing *p, int32_t day)
{
	int32_t was = p->attempt->past->decision->event.day;
	if (day > was)
		put(p, (struct change){.kind = CHANGE_DAY,
				       .day = day,
				       .type = {.kind = TYPE_DATE},
				       .relation = IS_AT_LEAST,
				       .bound = value_int(TYPE_DATE, day),
				       .was = value_int(TYPE_DATE, was)});
}

/* The next period of the limit. */
static void put_period(struct proposing *p, const struct block *b, struct span limit)
{
	int32_t next, day = p->attempt->past->decision->event.day;
	for (uint16_t i = 0; i < b->nlimits; i++) {
		const struct limit *l = &b->limits[i];
		if (l->span.off == limit.off && l->span.source == limit.source && !l->per_case &&
		    !day_add(day_period_start(day, l->per), 1, l->per, NULL, &next))
			put_day(p, next);
	}
}

static void put_in_force(struct proposing *p, uint32_t part)
{
	const struct past *past = p->attempt->past;
	const struct event *ev = &past->decision->event;
	const struct dispatch *d = past->rb->counties[past->before->county].dispatch;
	for (uint32_t i = 0; i < d->n[ev->type]; i++)
		if (d->by_event[ev->type][i].part == part)
			put_day(p, d->by_event[ev->type][i].from);
}

/* Proposing decides again, and the attempt's own trace is gone then. */
static void copy_trace(struct trace *copy, const struct trace *t)
{
	for (size_t i = 0; i < t->entries.n; i++)
		*vec_push(&copy->entries) = t->entries.at[i];
}

/* What overrides it would not apply. */
static void put_overriding(struct proposing *p, uint16_t by)
{
	struct considered c;
	struct trace copy = {0};
	copy_trace(&copy, &p->attempt->trace);
	for (size_t i = 0; reading_next(&copy, &i, &c);)
		if (c.what != SUBJECT_NEVER && c.result == RESULT_APPLIES &&
		    reading_block(p->attempt->past->rb, &c) == &p->attempt->past->rb->blocks[by])
			put_condition(p, &c, false);
	trace_release(&copy);
}

/* What brings about what is prohibited, whatever the case is like, would not apply. */
static void put_actors(struct proposing *p, const struct never *n)
{
	struct considered c;
	struct trace copy = {0};
	const struct rulebook *rb = p->attempt->past->rb;
	copy_trace(&copy, &p->attempt->trace);
	for (size_t i = 0; reading_next(&copy, &i, &c);) {
		bool acts = false;
		const struct part *part = c.what == SUBJECT_PART ? &rb->parts[c.index] : NULL;
		for (uint16_t k = 0; part && k < part->nactions; k++)
			acts |= never_speaks_of(rb, n, &rb->blocks[part->block], &part->actions[k]);
		if (acts && c.result == RESULT_APPLIES)
			put_condition(p, &c, false);
	}
	trace_release(&copy);
}

static void put_never(struct proposing *p, const struct considered *c)
{
	const struct rulebook *rb = p->attempt->past->rb;
	const struct never *n = &rb->nevers[c->index];
	const struct block *k = &rb->blocks[n->block];
	if (n->when.n)
		put_condition(p, c, false);
	else
		put_actors(p, n);
	if (k->nlimits)
		put_period(p, k, k->limits[0].span);
}

void counterfactual_propose(struct attempt *a, const struct change_set *set,
			    const struct considered *c, struct proposals *out)
{
	struct proposing p = {.attempt = a, .set = set, .out = out};
	if (c->what == SUBJECT_NEVER) {
		put_never(&p, c);
		return;
	}
	const struct part *part = &a->past->rb->parts[c->index];
	switch (c->result) {
	case RESULT_NOT_MET:
	case RESULT_UNDECIDABLE:
		put_condition(&p, c, true);
		return;
	case RESULT_OTHER_STEP:
		put_steps(&p, part);
		return;
	case RESULT_LIMIT:
		put_period(&p, &a->past->rb->blocks[part->block], c->limit);
		return;
	case RESULT_NOT_IN_FORCE:
		put_in_force(&p, c->index);
		return;
	case RESULT_OVERRIDDEN:
		put_overriding(&p, c->by);
		return;
	case RESULT_APPLIES:
	case RESULT_NO_EFFECT:
	case RESULT_BREAKS:
	case RESULT_HOLDS:
		return;
	}
}
