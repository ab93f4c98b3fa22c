/* SPDX-License-Identifier: Apache-2.0
 *
 * Postfix code to dimensions and questions about them. What stands on the stack is a truth, or a
 * sum of dimensions, each times a number; every comparison becomes the question whether one
 * dimension lies between two bounds.
 */
#include "engine/analyse/linear.h"
#include "engine/analyse/space_internal.h"

struct operand {
	bool is_truth;
	uint32_t node; /* a truth's */
	enum type_kind kind;
	uint16_t n; /* a sum's; n 0: a constant */
	uint16_t part[LIMIT_UNKNOWNS];
	int64_t times[LIMIT_UNKNOWNS];
	int64_t constant;
	uint32_t first; /* the first instruction that it comes from */
};

struct code_reader {
	struct space *s;
	const struct code *code;
	struct operand stack[LIMIT_STACK];
	uint32_t depth;
};

/* ---- dimensions ---- */

static void range_of(const struct rulebook *rb, const struct type *t, struct dimension *d)
{
	d->type = *t;
	d->min = -FAR;
	d->max = FAR;
	if (t->kind == TYPE_YES_NO || t->kind == TYPE_CHOICE) {
		d->min = 0;
		d->max = t->kind == TYPE_YES_NO ? 1 : (int64_t)rb->choices[t->of].n - 1;
	} else if (t->kind == TYPE_DATE) {
		d->min = DAY_MIN;
		d->max = DAY_MAX;
	} else if (type_is_text(t->kind)) {
		d->min = 0; /* and as many as are needed: space_solve */
	}
	if (!t->has_range)
		return;
	d->min = t->min > d->min ? t->min : d->min;
	d->max = t->max < d->max ? t->max : d->max;
}

static uint16_t add_dimension(struct space *s, const struct dimension *d)
{
	if (s->dims.n == LIMIT_DIMENSIONS) {
		s->too_large = true;
		return 0;
	}
	*vec_push(&s->dims) = *d;
	return (uint16_t)(s->dims.n - 1);
}

static void tie(struct space *s, enum tie_kind kind, uint16_t a, uint16_t b, int64_t before)
{
	*vec_push(&s->ties) = (struct tie){kind, a, b, before};
}

static uint16_t find_term(const struct space *s, enum op op, uint16_t a, uint32_t b)
{
	for (size_t i = 0; i < s->dims.n; i++) {
		const struct dimension *d = &s->dims.at[i];
		if (d->kind == DIMENSION_TERM && d->op == op && d->a == a && d->b == b)
			return (uint16_t)i;
	}
	return NONE;
}

static const struct fact *fact_of(const struct space *s, uint16_t kind, uint32_t fact)
{
	const struct rulebook *rb = s->at.rb;
	return kind != NONE && fact < rb->kinds[kind].nfacts ? &rb->kinds[kind].facts[fact] : NULL;
}

static const struct field *field_of(const struct space *s, uint16_t field)
{
	const struct event_type *e = s->at.event == NONE ? NULL : &s->at.rb->events[s->at.event];
	return e && field < e->nfields ? &e->fields[field] : NULL;
}

static uint16_t read_term(struct space *s, enum op op, uint16_t a, uint32_t b);

/* A fact of another case: known only where the case is. */
static uint16_t read_other(struct space *s, struct dimension *d, enum op ref_op,
			   const struct type *ref, bool ref_optional)
{
	const struct fact *f = fact_of(s, ref->of, d->b);
	if (!f)
		return NONE;
	range_of(s->at.rb, &f->type, d);
	d->optional = f->optional || ref_optional;
	uint16_t by = ref_optional ? read_term(s, ref_op, d->a, 0) : NONE;
	uint16_t i = add_dimension(s, d);
	if (by != NONE)
		tie(s, f->optional ? TIE_OPTIONAL : TIE_KNOWN, by, i, 0);
	return i;
}

static uint16_t read_reference(struct space *s, struct dimension *d)
{
	if (d->op == OP_FIELD_FACT) {
		const struct field *field = field_of(s, d->a);
		return field ? read_other(s, d, OP_FIELD, &field->type, field->optional) : NONE;
	}
	const struct fact *fact = fact_of(s, s->at.kind, d->a);
	return fact ? read_other(s, d, OP_FACT, &fact->type, fact->optional) : NONE;
}

static uint16_t read_since(struct space *s, struct dimension *d)
{
	uint16_t count = read_term(s, OP_COUNT, d->a, 0);
	d->type = (struct type){.kind = TYPE_DAYS};
	d->min = 0;
	d->max = FAR;
	d->optional = true;
	uint16_t i = add_dimension(s, d);
	tie(s, TIE_SINCE, count, i, d->a == s->at.event);
	return i;
}

static void range_sum(struct dimension *d, enum type_kind kind, int64_t min, int64_t max)
{
	d->type = (struct type){.kind = kind};
	d->min = min;
	d->max = max;
}

/* The number of events in the last so and so long. Whoever asks for a length that was not kept
 * before the policy changed gets no answer for a while; that is left out here. */
static uint16_t read_window(struct space *s, uint16_t event, uint32_t unit, int64_t length)
{
	size_t n = s->dims.n;
	for (size_t i = 0; i < n; i++) {
		const struct dimension *d = &s->dims.at[i];
		if (d->kind == DIMENSION_TERM && d->op == OP_COUNT_IN && d->a == event &&
		    d->b == unit && d->length == length)
			return (uint16_t)i;
	}
	uint16_t all = read_term(s, OP_COUNT, event, 0);
	struct dimension d = {.kind = DIMENSION_TERM, .op = OP_COUNT_IN, .a = event, .b = unit};
	d.length = length;
	range_sum(&d, TYPE_NUMBER, event == s->at.event && length >= 0, FAR);
	uint16_t own = add_dimension(s, &d);
	tie(s, TIE_LESS, own, all, 0);
	for (uint16_t i = 0; i < n; i++) {
		const struct dimension *o = &s->dims.at[i];
		if (o->op == OP_COUNT_IN && o->a == event && o->b == unit)
			tie(s, TIE_LESS, o->length < length ? i : own, o->length < length ? own : i,
			    0);
	}
	return own;
}

/* What a table gives: one of the values of its rows, in counties' replacements too. Which one
 * depends on what it looks up, and that is not followed. */
static void read_table(const struct space *s, struct dimension *d)
{
	const struct rulebook *rb = s->at.rb;
	uint32_t output = TABLE_OUTPUT(d->b);
	range_of(rb, &rb->tables[d->a].outputs[output].type, d);
	d->inexact = true;
	int64_t min = d->max, max = d->min;
	for (uint16_t t = 0; t < rb->ntables; t++)
		for (uint16_t i = 0; rb->tables[t].first == d->a && i < rb->tables[t].nrows; i++) {
			const struct table_output *o = &rb->tables[t].rows[i].outputs[output];
			if (o->param != NONE)
				return; /* it stands differently in other counties, on other days */
			min = o->value.i < min ? o->value.i : min;
			max = o->value.i > max ? o->value.i : max;
		}
	d->min = min > d->min ? min : d->min;
	d->max = max < d->max ? max : d->max;
}

/* Whoever has a place does not wait for one. */
static uint16_t read_place(struct space *s, struct dimension *d)
{
	uint16_t other = find_term(s, OP_PLACE, d->a, !d->b);
	range_sum(d, TYPE_YES_NO, 0, 1);
	uint16_t i = add_dimension(s, d);
	if (other != NONE)
		tie(s, TIE_APART, other, i, 0);
	return i;
}

/* NONE where nothing is known of it: it is always missing then, or new to this file. */
static uint16_t new_term(struct space *s, struct dimension *d)
{
	const struct fact *fact;
	const struct field *field;
	int32_t last = s->at.until > DAY_MAX ? DAY_MAX : s->at.until - 1;
	switch (d->op) {
	case OP_FACT:
		fact = fact_of(s, s->at.kind, d->a);
		if (!fact)
			return NONE;
		range_of(s->at.rb, &fact->type, d);
		d->optional = fact->optional;
		break;
	case OP_FIELD:
		field = field_of(s, d->a);
		if (!field)
			return NONE;
		range_of(s->at.rb, &field->type, d);
		d->optional = field->optional;
		break;
	case OP_FIELD_FACT:
	case OP_FACT_FACT:
		return read_reference(s, d);
	case OP_DAYS_SINCE:
		return read_since(s, d);
	case OP_COUNT:
		range_sum(d, TYPE_NUMBER, d->a == s->at.event, FAR);
		break;
	case OP_STEP_IS:
		range_sum(d, TYPE_NUMBER, 0, s->at.rb->escalations[d->a].nsteps);
		break;
	case OP_PLACE:
		return read_place(s, d);
	case OP_PLACED_ON:
		range_sum(d, TYPE_YES_NO, 0, 1);
		break;
	case OP_OWED:
	case OP_PAID_UNDER:
		range_sum(d, TYPE_MONEY, 0, FAR);
		break;
	case OP_TODAY:
		range_sum(d, TYPE_DATE, s->at.from < DAY_MIN ? DAY_MIN : s->at.from, last);
		break;
	case OP_TABLE:
		read_table(s, d);
		break;
	default:
		return NONE;
	}
	return add_dimension(s, d);
}

static uint16_t read_term(struct space *s, enum op op, uint16_t a, uint32_t b)
{
	uint16_t i = find_term(s, op, a, b);
	struct dimension d = {.kind = DIMENSION_TERM, .op = (uint8_t)op, .a = a, .b = b};
	return i != NONE ? i : new_term(s, &d);
}

uint16_t read_step(struct space *s, uint16_t escalation)
{
	return read_term(s, OP_STEP_IS, s->at.rb->escalations[escalation].first, 0);
}

static bool same_code(const struct insn *x, const struct insn *y, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (x[i].op != y[i].op || x[i].a != y[i].a || x[i].b != y[i].b ||
		    (x[i].op == OP_CONST && !value_eq(x[i].k, y[i].k)))
			return false;
	return true;
}

/* A calculation that is not followed, or an instruction that this file does not know: anything may
 * come out of it, but the same each time. */
static uint16_t opaque(struct space *s, const struct insn *code, uint32_t n, enum type_kind kind)
{
	for (size_t i = 0; i < s->dims.n; i++) {
		const struct dimension *d = &s->dims.at[i];
		if (d->kind == DIMENSION_OPAQUE && d->ncode == n && same_code(d->code, code, n))
			return (uint16_t)i;
	}
	struct dimension d = {.kind = DIMENSION_OPAQUE,
			      .op = code[n - 1].op,
			      .a = code[n - 1].a,
			      .b = code[n - 1].b,
			      .code = code,
			      .ncode = n,
			      .inexact = true};
	d.type = (struct type){.kind = kind};
	d.min = -FAR;
	d.max = FAR;
	d.optional = true;
	return add_dimension(s, &d);
}

/* ---- the stack ---- */

static struct operand constant_of(int64_t k, enum type_kind kind, uint32_t first)
{
	return (struct operand){.kind = kind, .constant = k, .first = first};
}

static struct operand one(const struct space *s, uint16_t dim, uint32_t first)
{
	struct operand o = {.n = 1, .first = first};
	o.kind = s->dims.at[dim].type.kind;
	o.part[0] = dim;
	o.times[0] = 1;
	return o;
}

static int64_t text_number(struct space *s, struct str t)
{
	for (size_t i = 0; i < s->texts.n; i++)
		if (str_eq(s->texts.at[i], t))
			return (int64_t)i;
	*vec_push(&s->texts) = arena_str(&s->arena, t);
	return (int64_t)s->texts.n - 1;
}

static struct operand read_constant(struct space *s, struct value v, uint32_t at)
{
	int64_t k = type_is_text(v.kind) ? text_number(s, value_as_str(v)) : v.i;
	return constant_of(k, v.kind, at);
}

static struct operand read_leaf(struct code_reader *r, uint32_t at)
{
	struct space *s = r->s;
	const struct insn *in = &r->code->at[at];
	if (in->op == OP_CONST)
		return read_constant(s, in->k, at);
	if (in->op == OP_PARAM)
		return read_constant(s, param_on(s->at.rb, s->at.county, in->a, s->at.from)->value,
				     at);
	if (in->op == OP_STEP_IS) {
		struct node n = {.kind = NODE_WITHIN, .low = in->b, .high = in->b};
		n.dimension = read_step(s, in->a);
		return (struct operand){
		    .is_truth = true, .node = space_node(s, n), .kind = TYPE_YES_NO, .first = at};
	}
	uint16_t dim = read_term(s, in->op, in->a, in->b);
	return one(s, dim != NONE ? dim : opaque(s, in, 1, TYPE_NUMBER), at);
}

static uint32_t within(struct space *s, uint16_t dim, int64_t low, int64_t high)
{
	return space_node(s, (struct node){.kind = NODE_WITHIN,
					   .dimension = dim,
					   .low = low < -FAR ? -FAR : low,
					   .high = high > FAR ? FAR : high});
}

static uint32_t truth_of(struct space *s, const struct operand *o)
{
	if (o->is_truth)
		return o->node;
	if (o->n == 0)
		return space_fixed(s, o->constant ? TRUTH_MET : TRUTH_NOT_MET);
	return within(s, o->part[0], 1, 1);
}

/* ---- sums ---- */

static bool add_part(struct operand *o, uint16_t dim, int64_t times)
{
	for (uint16_t i = 0; i < o->n; i++)
		if (o->part[i] == dim)
			return !__builtin_add_overflow(o->times[i], times, &o->times[i]);
	if (o->n == LIMIT_UNKNOWNS)
		return false;
	o->part[o->n] = dim;
	o->times[o->n++] = times;
	return true;
}

/* What falls out of a sum goes, unless it may be unknown: then the sum is unknown with it. */
static void drop_zeros(const struct space *s, struct operand *o)
{
	uint16_t kept = 0;
	for (uint16_t i = 0; i < o->n; i++) {
		if (!o->times[i] && !s->dims.at[o->part[i]].optional)
			continue;
		o->part[kept] = o->part[i];
		o->times[kept++] = o->times[i];
	}
	o->n = kept;
}

/* x plus `by` times y; false where it leaves what can be followed. */
static bool add_times(const struct space *s, const struct operand *x, const struct operand *y,
		      int64_t by, struct operand *out)
{
	struct operand sum = *x;
	int64_t times;
	if (x->is_truth || y->is_truth)
		return false;
	for (uint16_t i = 0; i < y->n; i++)
		if (__builtin_mul_overflow(y->times[i], by, &times) ||
		    !add_part(&sum, y->part[i], times))
			return false;
	if (__builtin_mul_overflow(y->constant, by, &times) ||
	    __builtin_add_overflow(sum.constant, times, &sum.constant))
		return false;
	drop_zeros(s, &sum);
	*out = sum;
	return true;
}

static bool both_constant(const struct operand *x, const struct operand *y)
{
	return !x->is_truth && !y->is_truth && !x->n && !y->n;
}

static bool calculate_constant(const struct space *s, const struct insn *in, int64_t x, int64_t y,
			       int64_t *out)
{
	int32_t day;
	switch (in->op) {
	case OP_MUL:
		return money_mul(x, y, out) == STATUS_OK;
	case OP_DIV:
		return y && money_ratio(x, 1, y, in->a, out) == STATUS_OK;
	case OP_PERCENT:
		return money_ratio(y, x, PERCENT_ONE, in->a, out) == STATUS_OK;
	case OP_LESSER:
		*out = x < y ? x : y;
		return true;
	case OP_GREATER:
		*out = x > y ? x : y;
		return true;
	case OP_DATE_ADD:
	case OP_DATE_SUB:
		if (y == INT64_MIN || day_add((int32_t)x, in->op == OP_DATE_SUB ? -y : y, in->a,
					      rulebook_calendar(s->at.rb), &day) != STATUS_OK)
			return false;
		*out = day;
		return true;
	default:
		return false;
	}
}

/* What is linear is followed; of the rest, constants are worked out. */
static bool calculate(const struct space *s, const struct insn *in, const struct operand *x,
		      const struct operand *y, struct operand *out)
{
	struct operand none = {.kind = x->kind};
	bool days = in->a == UNIT_DAYS || in->a == UNIT_WEEKS;
	int64_t week = in->a == UNIT_WEEKS ? 7 : 1;
	if (in->op == OP_ADD)
		return add_times(s, x, y, 1, out);
	if (in->op == OP_SUB || in->op == OP_DATE_DIFF)
		return add_times(s, x, y, -1, out);
	if ((in->op == OP_DATE_ADD || in->op == OP_DATE_SUB) && days)
		return add_times(s, x, y, in->op == OP_DATE_ADD ? week : -week, out);
	if (both_constant(x, y)) {
		*out = none;
		return calculate_constant(s, in, x->constant, y->constant, &out->constant);
	}
	if (in->op == OP_MUL && !y->is_truth && !y->n && y->constant)
		return add_times(s, &none, x, y->constant, out);
	return false;
}

/* ---- comparisons ---- */

/* With the sign of the first that is not zero; 1 where all are. */
static int64_t common_factor(const struct operand *o)
{
	int64_t all = 0, sign = 0;
	for (uint16_t i = 0; i < o->n; i++) {
		int64_t a = o->times[i] < 0 ? -o->times[i] : o->times[i];
		if (a && !sign)
			sign = o->times[i] < 0 ? -1 : 1;
		while (a) {
			int64_t rest = all % a;
			all = a;
			a = rest;
		}
	}
	return all ? sign * all : 1;
}

static bool same_sum(const struct dimension *d, const struct operand *o)
{
	return d->kind == DIMENSION_SUM && d->nparts == o->n &&
	       memcmp(d->part, o->part, o->n * sizeof(*o->part)) == 0 &&
	       memcmp(d->times, o->times, o->n * sizeof(*o->times)) == 0;
}

static void sort_parts(struct operand *o)
{
	for (uint16_t i = 1; i < o->n; i++)
		for (uint16_t j = i; j > 0 && o->part[j - 1] > o->part[j]; j--) {
			uint16_t part = o->part[j];
			int64_t times = o->times[j];
			o->part[j] = o->part[j - 1];
			o->times[j] = o->times[j - 1];
			o->part[j - 1] = part;
			o->times[j - 1] = times;
		}
}

static uint16_t sum_dimension(struct space *s, const struct operand *o)
{
	for (size_t i = 0; i < s->dims.n; i++)
		if (same_sum(&s->dims.at[i], o))
			return (uint16_t)i;
	struct dimension d = {.kind = DIMENSION_SUM, .nparts = o->n, .min = -FAR, .max = FAR};
	d.type.kind = o->kind;
	for (uint16_t i = 0; i < o->n; i++) {
		d.part[i] = o->part[i];
		d.times[i] = o->times[i];
		d.optional |= s->dims.at[o->part[i]].optional;
		d.inexact |= s->dims.at[o->part[i]].inexact;
	}
	return add_dimension(s, &d);
}

/* A sum with its constant lies between two bounds. */
static uint32_t sum_within(struct space *s, struct operand o, int64_t low, int64_t high)
{
	if (o.n == 0)
		return space_fixed(s, low <= o.constant && o.constant <= high ? TRUTH_MET
									      : TRUTH_NOT_MET);
	sort_parts(&o);
	int64_t factor = common_factor(&o), swap;
	low = low <= -FAR ? -FAR : low - o.constant;
	high = high >= FAR ? FAR : high - o.constant;
	if (factor < 0) {
		swap = -high;
		high = -low;
		low = swap;
	}
	int64_t by = factor < 0 ? -factor : factor;
	for (uint16_t i = 0; i < o.n; i++)
		o.times[i] /= factor;
	low = low <= -FAR ? -FAR : ceil_div(low, by);
	high = high >= FAR ? FAR : floor_div(high, by);
	bool plain = o.n == 1 && o.times[0];
	return within(s, plain ? o.part[0] : sum_dimension(s, &o), low, high);
}

/* Both met, or both not met. */
static uint32_t alike(struct space *s, uint32_t x, uint32_t y)
{
	uint32_t both = space_join(s, NODE_AND, x, y);
	uint32_t neither =
	    space_join(s, NODE_AND, space_join(s, NODE_NOT, x, 0), space_join(s, NODE_NOT, y, 0));
	return space_join(s, NODE_OR, both, neither);
}

/* Constants as large as FAR are followed no more than sums that leave the numbers. */
static bool is_near(const struct operand *o)
{
	bool near = o->constant > -FAR && o->constant < FAR;
	for (uint16_t i = 0; i < o->n; i++)
		near = near && o->times[i] > -(1 << 30) && o->times[i] < 1 << 30;
	return near;
}

static uint32_t compare(struct code_reader *r, enum op op, const struct operand *x,
			const struct operand *y, uint32_t at)
{
	struct space *s = r->s;
	struct operand d;
	if (x->is_truth || y->is_truth) {
		uint32_t same = alike(s, truth_of(s, x), truth_of(s, y));
		return op == OP_NE ? space_join(s, NODE_NOT, same, 0) : same;
	}
	if (!add_times(s, x, y, -1, &d) || !is_near(&d))
		return within(s, opaque(s, r->code->at + x->first, at - x->first + 1, TYPE_YES_NO),
			      1, 1);
	switch (op) {
	case OP_EQ:
		return sum_within(s, d, 0, 0);
	case OP_NE:
		return space_join(s, NODE_NOT, sum_within(s, d, 0, 0), 0);
	case OP_LT:
		return sum_within(s, d, -FAR, -1);
	case OP_LE:
		return sum_within(s, d, -FAR, 0);
	case OP_GT:
		return sum_within(s, d, 1, FAR);
	default: /* OP_GE */
		return sum_within(s, d, 0, FAR);
	}
}

/* ---- the machine ---- */

static uint32_t known(struct space *s, const struct operand *o)
{
	uint32_t all = space_fixed(s, TRUTH_MET);
	if (o->is_truth)
		return space_join(s, NODE_DECIDED, o->node, 0);
	for (uint16_t i = 0; i < o->n; i++) {
		struct node n = {.kind = NODE_KNOWN, .dimension = o->part[i]};
		uint32_t one_more = space_node(s, n);
		all = i ? space_join(s, NODE_AND, all, one_more) : one_more;
	}
	return all;
}

static struct operand truth(uint32_t node, uint32_t first)
{
	return (struct operand){
	    .is_truth = true, .node = node, .kind = TYPE_YES_NO, .first = first};
}

static struct operand unary(struct code_reader *r, uint32_t at, const struct operand *x)
{
	struct space *s = r->s;
	const struct insn *in = &r->code->at[at];
	if (in->op == OP_COUNT_IN && !x->is_truth && !x->n)
		return one(s, read_window(s, in->a, in->b, x->constant), x->first);
	if (in->op != OP_KNOWN && in->op != OP_NOT && in->op != OP_OR_UNKNOWN)
		return one(s, opaque(s, r->code->at + x->first, at - x->first + 1, TYPE_NUMBER),
			   x->first);
	if (in->op == OP_KNOWN)
		return truth(known(s, x), x->first);
	return truth(
	    space_join(s, in->op == OP_NOT ? NODE_NOT : NODE_OR_UNKNOWN, truth_of(s, x), 0),
	    x->first);
}

static struct operand binary(struct code_reader *r, uint32_t at, const struct operand *x,
			     const struct operand *y)
{
	struct space *s = r->s;
	const struct insn *in = &r->code->at[at];
	struct operand out;
	if (in->op >= OP_EQ && in->op <= OP_GE)
		return truth(compare(r, in->op, x, y, at), x->first);
	if (in->op == OP_AND || in->op == OP_OR)
		return truth(space_join(s, in->op == OP_AND ? NODE_AND : NODE_OR, truth_of(s, x),
					truth_of(s, y)),
			     x->first);
	if (!calculate(s, in, x, y, &out) || !is_near(&out))
		out =
		    one(s, opaque(s, r->code->at + x->first, at - x->first + 1, x->kind), x->first);
	/* A bare number takes the unit of the other side. */
	out.kind = in->op == OP_PERCENT || x->kind == TYPE_NUMBER ? y->kind : x->kind;
	if (in->op == OP_DATE_DIFF)
		out.kind = TYPE_DAYS;
	out.first = x->first;
	return out;
}

static bool is_skip(const struct insn *in)
{
	return in->op == OP_SKIP_IF_NO || in->op == OP_SKIP_IF_YES;
}

static struct operand read_code(struct space *s, const struct code *c)
{
	struct code_reader r = {.s = s, .code = c};
	for (uint32_t i = 0; i < c->n; i++) {
		const struct insn *in = &c->at[i];
		uint32_t pops = op_pops(in->op);
		struct operand *top = &r.stack[r.depth - pops];
		if (is_skip(in))
			continue; /* what it would skip is read all the same */
		struct operand out = pops == 0   ? read_leaf(&r, i)
				     : pops == 1 ? unary(&r, i, top)
						 : binary(&r, i, &top[0], &top[1]);
		*top = out;
		r.depth = r.depth - pops + 1;
	}
	return r.stack[0];
}

uint32_t read_condition(struct space *s, const struct code *c)
{
	if (c->n == 0)
		return space_fixed(s, TRUTH_MET);
	struct operand o = read_code(s, c);
	return truth_of(s, &o);
}

/* Absent code is the value `unknown`. */
uint32_t read_differ(struct space *s, const struct code *x, const struct code *y)
{
	if (x->n == y->n && same_code(x->at, y->at, x->n))
		return space_fixed(s, TRUTH_NOT_MET);
	if (!x->n || !y->n) {
		struct operand o = read_code(s, x->n ? x : y);
		return known(s, &o);
	}
	struct code_reader r = {.s = s, .code = x};
	struct operand a = read_code(s, x), b = read_code(s, y), d;
	if (a.is_truth || b.is_truth || (add_times(s, &a, &b, -1, &d) && is_near(&d)))
		return compare(&r, OP_NE, &a, &b, 0);
	/* Two calculations of which one is not followed: they may differ. */
	return within(s, opaque(s, y->at, y->n, TYPE_YES_NO), 1, 1);
}
