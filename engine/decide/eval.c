/* SPDX-License-Identifier: Apache-2.0
 *
 * The evaluation of conditions and amounts. Code was verified when it was compiled: the stack is
 * large enough, jumps go forward, what has no event or no case is a missing value. Truth has three
 * values, and a missing operand makes everything missing but `known`, `or unknown`, and an `and` or
 * `or` that the other side settles.
 */
#include "engine/decide/run.h"

#include "engine/policy/calculate.h"

/* As value_int and value_missing; here so that they are inlined. */
static inline struct value known(enum type_kind kind, int64_t i)
{
	return (struct value){.kind = (uint8_t)kind, .known = true, .i = i};
}

static inline struct value missing(enum type_kind kind)
{
	return (struct value){.kind = (uint8_t)kind};
}

/* ---- reading ---- */

static const struct input *input_find(const struct run *r, uint16_t kind, struct str id,
				      uint16_t fact)
{
	for (size_t i = 0; i < r->s->inputs.n; i++) {
		const struct input *in = &r->s->inputs.at[i];
		if (in->fact == fact && in->kind == kind && str_eq(in->id, id))
			return in;
	}
	return NULL;
}

static const struct case_state *find_other(struct run *r, uint16_t kind, struct str id)
{
	if (r->other.id.len && r->other.kind == kind && str_eq(r->other.id, id))
		return r->other.cs;
	r->other.kind = kind;
	r->other.id = id;
	r->other.cs = r->d->world.find ? r->d->world.find(r->d->world.arg, kind, id) : NULL;
	return r->other.cs;
}

/* The fact as the other case has it now, or as this event saw it when it was decided before. */
static struct value present_or_recorded(struct run *r, const struct input *in)
{
	struct value v;
	if (!r->d->recorded || !r->d->recorded(r->d->world.arg, r->ev, in, &v)) {
		const struct case_state *other = find_other(r, in->kind, in->id);
		v = other ? other->facts[in->fact] : r->rb->kinds[in->kind].facts[in->fact].initial;
	}
	if (v.known && type_is_text(v.kind))
		v.s = arena_str(&r->d->arena, value_as_str(v)).p;
	return v;
}

/* A fact of the case that `ref` names. What is read of another case is an input of the decision. */
static struct value read_other(struct run *r, uint16_t kind, struct value ref, uint16_t fact)
{
	const struct case_kind *k = &r->rb->kinds[kind];
	if (fact >= k->nfacts)
		return missing(TYPE_NUMBER);
	if (!ref.known || ref.kind != TYPE_REF)
		return missing(k->facts[fact].type.kind);
	struct str id = value_as_str(ref);
	if (kind == r->cs->kind && str_eq(id, r->cs->id))
		return r->cs->facts[fact];
	const struct input *seen = input_find(r, kind, id, fact);
	if (seen)
		return seen->value;
	struct input in = {.id = arena_str(&r->d->arena, id), .kind = kind, .fact = fact};
	in.value = present_or_recorded(r, &in);
	*vec_push(&r->s->inputs) = in;
	return in.value;
}

static struct value read_field(const struct run *r, uint16_t field)
{
	if (!r->fields || field >= r->rb->events[r->ev->type].nfields)
		return missing(TYPE_NUMBER);
	return r->fields[field];
}

static struct value read_fact(const struct run *r, uint16_t fact)
{
	if (fact >= r->rb->kinds[r->cs->kind].nfacts)
		return missing(TYPE_NUMBER);
	return r->cs->facts[fact];
}

static struct value read_field_fact(struct run *r, const struct insn *in)
{
	struct value ref = read_field(r, in->a);
	if (!r->fields || in->a >= r->rb->events[r->ev->type].nfields ||
	    r->rb->events[r->ev->type].fields[in->a].type.kind != TYPE_REF)
		return missing(TYPE_NUMBER);
	return read_other(r, r->rb->events[r->ev->type].fields[in->a].type.of, ref,
			  (uint16_t)in->b);
}

static struct value read_fact_fact(struct run *r, const struct insn *in)
{
	const struct case_kind *k = &r->rb->kinds[r->cs->kind];
	if (in->a >= k->nfacts || k->facts[in->a].type.kind != TYPE_REF)
		return missing(TYPE_NUMBER);
	return read_other(r, k->facts[in->a].type.of, r->cs->facts[in->a], (uint16_t)in->b);
}

/* Who asks is of the kind that the share names. */
static struct value read_partner(struct run *r, const struct insn *in)
{
	struct value ref = {.kind = TYPE_REF, .known = r->partner.len != 0};
	ref.s = r->partner.p;
	ref.len = (uint32_t)r->partner.len;
	return read_other(r, (uint16_t)in->b, ref, in->a);
}

static struct value read_days_since(const struct run *r, uint16_t event)
{
	const struct counter *c = case_count(r->cs, event);
	int32_t last = c ? c->last_day : DAY_NONE;
	if (event == r->ev->type && r->counter != SIZE_MAX)
		last = r->previous_day; /* before this one */
	if (last == DAY_NONE)
		return missing(TYPE_DAYS);
	return known(TYPE_DAYS, (int64_t)r->ev->day - last);
}

static struct value read_step_is(const struct run *r, const struct insn *in)
{
	const struct position *p = case_position(r->cs, in->a);
	return known(TYPE_YES_NO, (p ? p->step : 0u) == in->b);
}

static struct value read_place(const struct run *r, const struct insn *in)
{
	const struct enrolment *p = case_place(r->cs, in->a);
	return known(TYPE_YES_NO, p && p->waiting == (in->b != 0));
}

static struct value read_paid_under(const struct run *r, uint16_t schedule)
{
	for (size_t i = 0; i < r->cs->paid.n; i++)
		if (r->cs->paid.at[i].schedule == schedule)
			return known(TYPE_MONEY, r->cs->paid.at[i].cents);
	return known(TYPE_MONEY, 0);
}

static struct value read_placed_on(const struct run *r, uint16_t docket)
{
	const struct placed *p = case_placed(r->cs, docket);
	return known(TYPE_YES_NO, p && p->meeting > r->ev->day);
}

static struct value read_count(const struct run *r, uint16_t event)
{
	const struct counter *c = case_count(r->cs, event);
	return known(TYPE_NUMBER, c ? c->n : 0);
}

/* A period has not ended on its last day. Later days are later last days, so the first one that is
 * over ends the search; what was not kept may have happened on any day up to the one it notes. */
static struct value read_count_in(const struct run *r, const struct insn *in, struct value length)
{
	int64_t n = 0;
	if (!length.known)
		return missing(TYPE_NUMBER);
	for (size_t i = r->cs->recent.n; i > 0; i--) {
		const struct recent *e = &r->cs->recent.at[i - 1];
		int32_t last;
		if (e->event != in->a)
			continue;
		if (!day_add(e->day, length.i, (enum unit)in->b, rulebook_calendar(r->rb), &last) &&
		    last < r->ev->day)
			break;
		if (!e->n)
			return missing(TYPE_NUMBER);
		n += e->n;
	}
	return known(TYPE_NUMBER, n);
}

static struct value read_value(struct run *r, const struct insn *in)
{
	switch ((enum op)in->op) {
	case OP_CONST:
		return in->k;
	case OP_FACT:
		return read_fact(r, in->a);
	case OP_FIELD:
		return read_field(r, in->a);
	case OP_FIELD_FACT:
		return read_field_fact(r, in);
	case OP_FACT_FACT:
		return read_fact_fact(r, in);
	case OP_PARAM:
		return param_on(r->rb, r->cs->county, in->a, r->ev->day)->value;
	case OP_COUNT:
		return read_count(r, in->a);
	case OP_DAYS_SINCE:
		return read_days_since(r, in->a);
	case OP_STEP_IS:
		return read_step_is(r, in);
	case OP_PLACE:
		return read_place(r, in);
	case OP_OWED:
		return known(TYPE_MONEY, case_balance(r->cs));
	case OP_PLACED_ON:
		return read_placed_on(r, in->a);
	case OP_PAID_UNDER:
		return read_paid_under(r, in->a);
	case OP_PARTNER:
		return read_partner(r, in);
	default: /* OP_TODAY: the last of those that push without popping */
		return known(TYPE_DATE, r->ev->day);
	}
}

/* ---- tables ---- */

static void note_lookup(struct run *r, uint16_t table, const struct table_row *row)
{
	for (size_t i = 0; i < r->s->lookups.n; i++)
		if (r->s->lookups.at[i].row == row && r->s->lookups.at[i].part == r->part)
			return;
	*vec_push(&r->s->lookups) = (struct lookup){r->part, table, row};
}

/* The columns are read anew, in the place where the table is looked up, and the row that fits gives
 * its value; missing where none does, which only something unforeseen can bring about. */
static bool read_table(struct run *r, const struct insn *in, struct value *out)
{
	struct value inputs[LIMIT_TABLE_INPUTS];
	const struct insn *missed = r->missing;
	const struct table *t = table_on(r->rb, r->cs->county, in->a, r->ev->day);
	const struct table_row *row = NULL;
	*out = missing(r->rb->tables[in->a].outputs[TABLE_OUTPUT(in->b)].type.kind);
	bool open = !t;
	for (uint16_t i = 0; t && i < t->ninputs; i++) {
		const struct table_reading *reading = &t->readings[TABLE_READING(in->b)];
		if (!eval_code(r, &reading->inputs[i], &inputs[i]))
			return false;
		open |= !inputs[i].known && !reading->unknown[i];
	}
	if (!open)
		row = table_find(r->rb, r->cs->county, t, r->ev->day, inputs);
	if (row) {
		const struct table_output *o = &row->outputs[TABLE_OUTPUT(in->b)];
		uint16_t table = (uint16_t)(t - r->rb->tables);
		*out = o->param == NONE
			   ? o->value
			   : param_on(r->rb, r->cs->county, o->param, r->ev->day)->value;
		note_lookup(r, table, row);
		if (r->d->trace && !r->beyond)
			trace_row(r, table, row);
	}
	if (missed || row)
		r->missing = missed;
	else if (!r->missing)
		r->missing = in;
	return true;
}

/* ---- truths ---- */

static struct value truth(bool yes)
{
	return known(TYPE_YES_NO, yes);
}

static struct value compare(enum op op, struct value x, struct value y)
{
	if (!x.known || !y.known)
		return missing(TYPE_YES_NO);
	switch (op) {
	case OP_EQ:
		return truth(value_eq(x, y));
	case OP_NE:
		return truth(!value_eq(x, y));
	case OP_LT:
		return truth(x.i < y.i);
	case OP_LE:
		return truth(x.i <= y.i);
	case OP_GT:
		return truth(x.i > y.i);
	default: /* OP_GE */
		return truth(x.i >= y.i);
	}
}

/* Kleene's: the one side settles it when it is the `settling` value. */
static struct value join(struct value x, struct value y, bool settling)
{
	if ((x.known && x.i == settling) || (y.known && y.i == settling))
		return truth(settling);
	return x.known && y.known ? truth(!settling) : missing(TYPE_YES_NO);
}

static struct value negate(struct value v)
{
	return v.known ? truth(!v.i) : v;
}

/* ---- arithmetic ---- */

static bool arithmetic(struct run *r, const struct insn *in, struct value x, struct value y,
		       struct value *out)
{
	if (!x.known || !y.known) {
		*out = missing(x.kind == TYPE_NUMBER ? y.kind : x.kind);
		return true;
	}
	switch (calculate(r->rb, in, x, y, out)) {
	case STATUS_OK:
		return true;
	case STATUS_INVALID:
		if (in->op == OP_UNITS)
			run_refuse(r, STATUS_OVERFLOW, "overflow",
				   "the unit after `for each` is not above zero");
		else
			run_refuse(r, STATUS_OVERFLOW, "overflow",
				   "a division cannot be worked out: it is by zero, or not exact "
				   "where no rounding is stated");
		return false;
	default:
		run_refuse(r, STATUS_OVERFLOW, "overflow",
			   "a calculation leaves the range of exact amounts and dates");
		return false;
	}
}

/* ---- the machine ---- */

static bool binary(struct run *r, const struct insn *in, struct value *x, struct value y)
{
	if (in->op <= OP_GE)
		*x = compare(in->op, *x, y);
	else if (in->op == OP_AND || in->op == OP_OR)
		*x = join(*x, y, in->op == OP_OR);
	else
		return arithmetic(r, in, *x, y, x);
	return true;
}

static bool settles(const struct insn *in, struct value v)
{
	return v.known && v.i == (in->op == OP_SKIP_IF_YES);
}

static void unary(struct run *r, const struct insn *in, struct value *x)
{
	if (in->op == OP_COUNT_IN) {
		*x = read_count_in(r, in, *x);
		if (!x->known && !r->missing)
			r->missing = in;
	} else if (in->op == OP_KNOWN)
		*x = truth(x->known);
	else if (in->op == OP_NOT)
		*x = negate(*x);
	else if (!x->known) /* OP_OR_UNKNOWN */
		*x = truth(true);
}

static bool is_unary(const struct insn *in)
{
	return in->op >= OP_KNOWN && op_pops(in->op) == 1;
}

static void look_beyond(struct run *r, const struct code *c, const struct insn *skip,
			struct value *next);

/* Most instructions read, so that comes first. next[-1] is the top of the stack, also afterwards.
 */
static inline bool eval_insns(struct run *r, const struct code *c, const struct insn *in,
			      const struct insn *end, struct value **top)
{
	struct value *next = *top;
	for (; in < end; in++) {
		if (in->op <= OP_TODAY) {
			*next++ = read_value(r, in);
			if (!next[-1].known && !r->missing)
				r->missing = in;
		} else if (in->op == OP_SKIP_IF_NO || in->op == OP_SKIP_IF_YES) {
			if (!settles(in, next[-1]))
				continue;
			if (r->d->trace && r->d->trace->whole)
				look_beyond(r, c, in, next);
			in = c->at + in->b - 1;
			continue;
		} else if (is_unary(in)) {
			unary(r, in, &next[-1]);
		} else if (in->op == OP_TABLE) {
			if (!read_table(r, in, next++))
				return false;
		} else {
			next--;
			if (!binary(r, in, &next[-1], next[0]))
				return false;
		}
		if (r->d->trace)
			trace_insn(r, in, next[-1]);
	}
	*top = next;
	return true;
}

/* The right side of the `and` or `or` that a jump passes over. What it reads is no input, and a
 * fault in it is none. */
static void look_beyond(struct run *r, const struct code *c, const struct insn *skip,
			struct value *next)
{
	const struct insn *missing = r->missing;
	size_t inputs = r->s->inputs.n, lookups = r->s->lookups.n;
	bool beyond = r->beyond;
	r->beyond = true;
	(void)eval_insns(r, c, skip + 1, c->at + skip->b - 1, &next);
	r->beyond = beyond;
	r->missing = missing;
	r->s->inputs.n = inputs;
	r->s->lookups.n = lookups;
}

bool eval_code(struct run *r, const struct code *c, struct value *out)
{
	struct value stack[LIMIT_STACK];
	struct value *next = stack;
	r->missing = NULL;
	if (!eval_insns(r, c, c->at, c->at + c->n, &next))
		return false;
	*out = next[-1];
	return true;
}

enum truth eval_when(struct run *r, const struct code *c)
{
	struct value v;
	if (!c->n)
		return TRUTH_YES;
	if (!eval_code(r, c, &v))
		return TRUTH_FAULT;
	if (!v.known)
		return TRUTH_UNKNOWN;
	return v.i ? TRUTH_YES : TRUTH_NO;
}

/* ---- amounts ---- */

/* The name of what was missing; a value, confidential or not, is never said. */
static void missing_name(struct buf *b, const struct run *r)
{
	const struct insn *in = r->missing;
	const struct case_kind *k = &r->rb->kinds[r->cs->kind];
	const struct event_type *t = &r->rb->events[r->ev->type];
	struct str text = in ? rulebook_text(r->rb, in->span) : STR("");
	if (in && (in->op == OP_FACT || in->op == OP_FACT_FACT) && in->a < k->nfacts)
		buf_str(b, k->facts[in->a].name);
	else if (in && r->fields && (in->op == OP_FIELD || in->op == OP_FIELD_FACT) &&
		 in->a < t->nfields)
		buf_str(b, t->fields[in->a].name);
	else if (in && in->op == OP_DAYS_SINCE)
		buf_str(b, r->rb->events[in->a].name);
	else
		buf_str(b, text.len ? text : STR("a value"));
}

bool eval_amount(struct run *r, const struct code *c, const char *what, int64_t *out)
{
	struct value v;
	if (!eval_code(r, c, &v))
		return false;
	if (v.known) {
		*out = v.i;
		return true;
	}
	struct buf name = {0};
	missing_name(&name, r);
	run_refuse(r, STATUS_INVALID, "undecidable",
		   "%s cannot be worked out: `" STR_FMT "` is unknown", what,
		   STR_ARG(buf_view(&name)));
	buf_release(&name);
	return false;
}
