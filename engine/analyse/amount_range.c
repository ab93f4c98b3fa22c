/* SPDX-License-Identifier: Apache-2.0
 *
 * Interval arithmetic. A bound that would leave the range of exact amounts is open: decide refuses
 * such an event, so nothing is lost.
 */
#include "engine/analyse/amount_range.h"

#include "engine/base/limits.h"

struct ranging {
	const struct rulebook *rb;
	uint16_t county, kind, event;
	struct amount_range stack[LIMIT_STACK];
	size_t depth;
};

static struct amount_range open_range(struct span span)
{
	return (struct amount_range){.open = span};
}

static struct amount_range exactly(int64_t n)
{
	return (struct amount_range){{n, n}, {true, true}, {0}};
}

static struct amount_range at_least_nothing(struct span span)
{
	struct amount_range r = open_range(span);
	r.bounded[0] = true;
	return r;
}

/* ---- what is read ---- */

static struct amount_range range_of_type(const struct type *t, struct span span)
{
	if (t->has_range)
		return (struct amount_range){{t->min, t->max}, {true, true}, {0}};
	return open_range(span);
}

static void widen(struct amount_range *r, const struct amount_range *by)
{
	for (int side = 0; side < 2; side++) {
		r->bounded[side] = r->bounded[side] && by->bounded[side];
		if (side ? by->at[1] > r->at[1] : by->at[0] < r->at[0])
			r->at[side] = by->at[side];
	}
	if (!r->open.len)
		r->open = by->open;
}

static struct amount_range range_of_param(const struct ranging *x, uint16_t param)
{
	const struct dated_list *l = &x->rb->counties[x->county].values[param];
	struct amount_range all = exactly(l->at[0].value.i);
	for (uint16_t i = 1; i < l->n; i++) {
		struct amount_range one = exactly(l->at[i].value.i);
		widen(&all, &one);
	}
	return all;
}

static void widen_by_rows(const struct ranging *x, struct amount_range *all, bool *any,
			  const struct table *t, uint16_t output)
{
	for (uint16_t i = 0; i < t->nrows; i++) {
		const struct table_output *o = &t->rows[i].outputs[output];
		struct amount_range one =
		    o->param == NONE ? exactly(o->value.i) : range_of_param(x, o->param);
		if (*any)
			widen(all, &one);
		else
			*all = one;
		*any = true;
	}
}

/* Of all rows, also of those that the county has put in their place. */
static struct amount_range range_of_table(const struct ranging *x, const struct insn *in)
{
	const struct table *own = &x->rb->tables[x->rb->tables[in->a].first];
	uint16_t output = (uint16_t)TABLE_OUTPUT(in->b);
	struct amount_range all = open_range(in->span);
	bool any = false;
	widen_by_rows(x, &all, &any, own, output);
	for (uint16_t i = 0; i < own->variants.n; i++) {
		const struct variant *v = &own->variants.at[i];
		if (v->county == x->county && v->by != NONE)
			widen_by_rows(x, &all, &any, &x->rb->tables[v->by], output);
	}
	return all;
}

static struct amount_range range_of_fact(const struct ranging *x, uint16_t kind, uint32_t fact,
					 struct span span)
{
	if (kind >= x->rb->nkinds || fact >= x->rb->kinds[kind].nfacts)
		return open_range(span);
	return range_of_type(&x->rb->kinds[kind].facts[fact].type, span);
}

static struct amount_range range_read(const struct ranging *x, const struct insn *in)
{
	const struct rulebook *rb = x->rb;
	const struct event_type *e = x->event < rb->nevents ? &rb->events[x->event] : NULL;
	const struct field *field = e && in->a < e->nfields ? &e->fields[in->a] : NULL;
	switch ((enum op)in->op) {
	case OP_CONST:
		return in->k.known && !type_is_text(in->k.kind) ? exactly(in->k.i)
								: open_range(in->span);
	case OP_PARAM:
		return range_of_param(x, in->a);
	case OP_FACT:
		return range_of_fact(x, x->kind, in->a, in->span);
	case OP_FIELD:
		return field ? range_of_type(&field->type, in->span) : open_range(in->span);
	case OP_FIELD_FACT:
		return field ? range_of_fact(x, field->type.of, in->b, in->span)
			     : open_range(in->span);
	case OP_FACT_FACT:
		return x->kind < rb->nkinds && in->a < rb->kinds[x->kind].nfacts
			   ? range_of_fact(x, rb->kinds[x->kind].facts[in->a].type.of, in->b,
					   in->span)
			   : open_range(in->span);
	case OP_COUNT:
	case OP_COUNT_IN:
	case OP_DAYS_SINCE:
	case OP_OWED:
	case OP_PAID_UNDER:
		return at_least_nothing(in->span);
	case OP_TABLE:
		return range_of_table(x, in);
	default:
		return open_range(in->span);
	}
}

/* ---- arithmetic ---- */

/* The bound is the least or greatest of what the corners of both ranges give. */
typedef enum status corner_fn(const struct insn *in, int64_t a, int64_t b, int64_t *out);

static enum status corner_mul(const struct insn *in, int64_t a, int64_t b, int64_t *out)
{
	(void)in;
	return money_mul(a, b, out);
}

static enum status corner_div(const struct insn *in, int64_t a, int64_t b, int64_t *out)
{
	enum rounding how = in->a == ROUND_EXACT ? ROUND_HALF_UP : (enum rounding)in->a;
	return b == 0 ? STATUS_INVALID : money_ratio(a, 1, b, how, out);
}

static enum status corner_percent(const struct insn *in, int64_t percent, int64_t money,
				  int64_t *out)
{
	enum rounding how = in->a == ROUND_EXACT ? ROUND_HALF_UP : (enum rounding)in->a;
	return money_ratio(money, percent, PERCENT_ONE, how, out);
}

static enum status corner_units(const struct insn *in, int64_t unit, int64_t of, int64_t *out)
{
	return unit <= 0 ? STATUS_INVALID : money_ratio(of, 1, unit, (enum rounding)in->a, out);
}

static bool is_whole(const struct amount_range *r)
{
	return r->bounded[0] && r->bounded[1];
}

static struct amount_range corners(const struct insn *in, const struct amount_range *a,
				   const struct amount_range *b, corner_fn *corner)
{
	struct amount_range all = open_range(a->open.len ? a->open : b->open);
	for (int i = 0; i < 4; i++) {
		int64_t n;
		if (!is_whole(a) || !is_whole(b) || corner(in, a->at[i & 1], b->at[i >> 1], &n)) {
			all.bounded[0] = all.bounded[1] = false;
			all.open = all.open.len ? all.open : in->span;
			return all;
		}
		struct amount_range one = exactly(n);
		if (i)
			widen(&all, &one);
		else
			all = one;
	}
	return all;
}

static struct amount_range add(const struct amount_range *a, const struct amount_range *b,
			       bool minus)
{
	struct amount_range r = open_range(a->open.len ? a->open : b->open);
	for (int side = 0; side < 2; side++) {
		int other = minus ? !side : side;
		r.bounded[side] = a->bounded[side] && b->bounded[other] &&
				  !(minus ? money_sub(a->at[side], b->at[other], &r.at[side])
					  : money_add(a->at[side], b->at[other], &r.at[side]));
	}
	return r;
}

/* The smaller of both is bounded above by either of them, and below by the smaller bound. */
static struct amount_range lesser(const struct amount_range *a, const struct amount_range *b,
				  bool greater)
{
	int either = greater ? 0 : 1, both = !either;
	struct amount_range r = open_range(a->open.len ? a->open : b->open);
	const struct amount_range *tight = a;
	if (!a->bounded[either] ||
	    (b->bounded[either] && (greater ? b->at[0] > a->at[0] : b->at[1] < a->at[1])))
		tight = b;
	r.bounded[either] = tight->bounded[either];
	r.at[either] = tight->at[either];
	r.bounded[both] = a->bounded[both] && b->bounded[both];
	r.at[both] = (greater ? a->at[both] > b->at[both] : a->at[both] < b->at[both])
			 ? a->at[both]
			 : b->at[both];
	return r;
}

/* A divisor or unit that may be zero, or change its sign, has no corners. */
static bool keeps_sign(const struct amount_range *r)
{
	return is_whole(r) && (r->at[0] > 0 || r->at[1] < 0);
}

static struct amount_range combine(const struct insn *in, const struct amount_range *a,
				   const struct amount_range *b)
{
	switch ((enum op)in->op) {
	case OP_ADD:
	case OP_SUB:
		return add(a, b, in->op == OP_SUB);
	case OP_MUL:
		return corners(in, a, b, corner_mul);
	case OP_DIV:
		return keeps_sign(b) ? corners(in, a, b, corner_div) : open_range(in->span);
	case OP_PERCENT:
		return corners(in, a, b, corner_percent);
	case OP_UNITS:
		return keeps_sign(a) ? corners(in, a, b, corner_units) : open_range(in->span);
	case OP_LESSER:
	case OP_GREATER:
		return lesser(a, b, in->op == OP_GREATER);
	default:
		return open_range(in->span);
	}
}

struct amount_range amount_range(const struct rulebook *rb, uint16_t county, uint16_t kind,
				 uint16_t event, const struct code *c)
{
	struct ranging x = {.rb = rb, .county = county, .kind = kind, .event = event};
	for (uint32_t i = 0; i < c->n; i++) {
		const struct insn *in = &c->at[i];
		uint32_t pops = op_pops((enum op)in->op);
		if (in->op == OP_SKIP_IF_NO || in->op == OP_SKIP_IF_YES || pops > x.depth)
			return open_range(in->span);
		struct amount_range r;
		if (pops == 2)
			r = combine(in, &x.stack[x.depth - 2], &x.stack[x.depth - 1]);
		else if (pops == 1 && in->op != OP_COUNT_IN)
			r = open_range(in->span);
		else
			r = range_read(&x, in);
		x.depth -= pops;
		x.stack[x.depth++] = r;
	}
	return x.depth == 1 ? x.stack[0] : open_range(c->span);
}
