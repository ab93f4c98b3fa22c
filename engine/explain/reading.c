/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/reading.h"

#include "engine/base/limits.h"
#include "engine/policy/calculate.h"

#include <assert.h>

/* ---- the trace ---- */

static bool ends_group(enum trace_kind k)
{
	return k == TRACE_RESULT || k == TRACE_NEVER || k == TRACE_OVERRIDE;
}

static enum subject subject_of(enum trace_kind k)
{
	if (k == TRACE_OVERRIDE)
		return SUBJECT_OVERRIDE;
	return k == TRACE_NEVER ? SUBJECT_NEVER : SUBJECT_PART;
}

bool reading_next(const struct trace *t, size_t *i, struct considered *out)
{
	size_t from = *i;
	for (size_t at = from; at < t->entries.n; at++) {
		const struct trace_entry *e = &t->entries.at[at];
		if (e->kind == TRACE_PART)
			from = at + 1;
		if (!ends_group(e->kind))
			continue;
		*out = (struct considered){.what = subject_of(e->kind),
					   .index = e->part,
					   .result = e->result,
					   .limit = e->span,
					   .by = e->by,
					   .seen = t->entries.at + from,
					   .nseen = at - from};
		*i = at + 1;
		return true;
	}
	*i = t->entries.n;
	return false;
}

const struct code *reading_code(const struct rulebook *rb, const struct considered *c)
{
	switch (c->what) {
	case SUBJECT_NEVER:
		return &rb->nevers[c->index].when;
	case SUBJECT_OVERRIDE:
		return &rb->precedences[c->index].when;
	case SUBJECT_PART:
		break;
	}
	return &rb->parts[c->index].when;
}

const struct block *reading_block(const struct rulebook *rb, const struct considered *c)
{
	switch (c->what) {
	case SUBJECT_NEVER:
		return &rb->blocks[rb->nevers[c->index].block];
	case SUBJECT_OVERRIDE:
		return &rb->blocks[rb->precedences[c->index].block];
	case SUBJECT_PART:
		break;
	}
	return &rb->blocks[rb->parts[c->index].block];
}

/* ---- the condition, as a tree again ---- */

static bool same_place(struct span a, struct span b)
{
	return a.source == b.source && a.off == b.off && a.len == b.len;
}

static bool is_skip(const struct insn *in)
{
	return in->op == OP_SKIP_IF_NO || in->op == OP_SKIP_IF_YES;
}

/* Finds what came out at an instruction: the first entry from *cursor on with its span. Code that
 * was jumped over has no entries, and entries stand in the order of evaluation. */
static void look_up(struct term *t, const struct trace_entry *seen, size_t n, size_t *cursor)
{
	for (size_t i = *cursor; i < n; i++) {
		if ((seen[i].kind != TRACE_VALUE && seen[i].kind != TRACE_TRUTH) ||
		    !same_place(seen[i].span, t->in->span))
			continue;
		t->seen = true;
		t->value = seen[i].value;
		t->type = seen[i].type;
		*cursor = i + 1;
		return;
	}
}

static bool joins(const struct term *t)
{
	return t->in->op == OP_AND || t->in->op == OP_OR;
}

static void mark_leaves(struct term *t)
{
	if (joins(t)) {
		mark_leaves(t->a);
		mark_leaves(t->b);
	} else if (t->in->op == OP_NOT || t->in->op == OP_OR_UNKNOWN) {
		mark_leaves(t->a);
	} else {
		t->is_leaf = t->in->op != OP_CONST;
	}
}

struct condition *condition_read(struct arena *a, const struct code *code,
				 const struct trace_entry *seen, size_t nseen)
{
	struct condition *c = arena_alloc(a, sizeof(*c));
	struct term *stack[LIMIT_STACK];
	size_t depth = 0, cursor = 0;
	c->terms = arena_array(a, code->n, sizeof(*c->terms));
	c->n = code->n;
	for (uint32_t i = 0; i < code->n; i++) {
		struct term *t = &c->terms[i];
		t->in = &code->at[i];
		if (is_skip(t->in))
			continue;
		uint32_t pops = op_pops(t->in->op);
		assert(pops <= depth && depth - pops < LIMIT_STACK);
		if (pops == 2)
			t->b = stack[--depth];
		if (pops)
			t->a = stack[--depth];
		stack[depth++] = t;
		if (t->in->op != OP_CONST)
			look_up(t, seen, nseen, &cursor);
	}
	c->root = depth ? stack[depth - 1] : NULL;
	if (c->root)
		mark_leaves(c->root);
	return c;
}

enum answer answer_join(enum answer a, enum answer b, enum answer decisive)
{
	enum answer other = decisive == ANSWER_NO ? ANSWER_YES : ANSWER_NO;
	if (a == decisive || b == decisive)
		return decisive;
	if (a == ANSWER_UNKNOWN || b == ANSWER_UNKNOWN)
		return ANSWER_UNKNOWN;
	return a == ANSWER_NOT_SEEN || b == ANSWER_NOT_SEEN ? ANSWER_NOT_SEEN : other;
}

enum answer answer_not(enum answer a)
{
	return a == ANSWER_NO ? ANSWER_YES : a == ANSWER_YES ? ANSWER_NO : a;
}

/* What `and`, `or` and `not` come to is worked out from what they join: a jump leaves no entry for
 * them. */
enum answer term_answer(const struct term *t)
{
	switch (t->in->op) {
	case OP_AND:
		return answer_join(term_answer(t->a), term_answer(t->b), ANSWER_NO);
	case OP_OR:
		return answer_join(term_answer(t->a), term_answer(t->b), ANSWER_YES);
	case OP_NOT:
		return answer_not(term_answer(t->a));
	case OP_OR_UNKNOWN: {
		enum answer a = term_answer(t->a);
		return a == ANSWER_UNKNOWN ? ANSWER_YES : a;
	}
	case OP_CONST:
		return t->in->k.i ? ANSWER_YES : ANSWER_NO;
	default: /* a comparison, or a yes/no that is read */
		if (!t->seen)
			return ANSWER_NOT_SEEN;
		return !t->value.known ? ANSWER_UNKNOWN : t->value.i ? ANSWER_YES : ANSWER_NO;
	}
}

bool term_is_operand(const struct term *t)
{
	return t->in->op == OP_COUNT_IN ||
	       (op_pops(t->in->op) == 0 && t->in->op != OP_CONST && t->in->op != OP_STEP_IS);
}

bool term_value(const struct rulebook *rb, const struct term *t, struct value *out)
{
	struct value x, y;
	*out = t->in->op == OP_CONST ? t->in->k : t->value;
	if (t->in->op < OP_ADD)
		return out->known && (t->seen || t->in->op == OP_CONST);
	return term_value(rb, t->a, &x) && term_value(rb, t->b, &y) &&
	       calculate(rb, t->in, x, y, out) == STATUS_OK;
}

static void blame(const struct term *t, enum answer wanted, const struct term **out, size_t most,
		  size_t *n)
{
	if (term_answer(t) != wanted)
		return;
	if (joins(t)) {
		blame(t->a, wanted, out, most, n);
		blame(t->b, wanted, out, most, n);
		return;
	}
	for (size_t i = 0; i < *n; i++) /* `is one of` is several comparisons in one place */
		if (same_place(out[i]->in->span, t->in->span))
			return;
	if (*n < most)
		out[(*n)++] = t;
}

size_t condition_blame(const struct condition *c, const struct term **out, size_t most)
{
	size_t n = 0;
	enum answer came_out = c->root ? term_answer(c->root) : ANSWER_YES;
	if (came_out == ANSWER_NO || came_out == ANSWER_UNKNOWN)
		blame(c->root, came_out, out, most, &n);
	return n;
}

static void operands(const struct rulebook *rb, const struct term *t, const struct term **out,
		     size_t most, size_t *n)
{
	if (t->a)
		operands(rb, t->a, out, most, n);
	if (t->b)
		operands(rb, t->b, out, most, n);
	if (!term_is_operand(t) || !t->seen || *n >= most)
		return;
	for (size_t i = 0; i < *n; i++)
		if (str_eq(rulebook_text(rb, out[i]->in->span), rulebook_text(rb, t->in->span)))
			return;
	out[(*n)++] = t;
}

size_t term_operands(const struct rulebook *rb, const struct term *t, const struct term **out,
		     size_t n, size_t most)
{
	operands(rb, t, out, most, &n);
	return n;
}

/* ---- confidentiality ---- */

static bool is_hidden(const struct rulebook *rb, uint16_t kind, uint16_t fact)
{
	return kind != NONE && fact < rb->kinds[kind].nfacts &&
	       rb->kinds[kind].facts[fact].confidential;
}

/* The event whose fields its condition can read; NONE: there is none. */
static uint16_t event_of(const struct rulebook *rb, const struct considered *c)
{
	switch (c->what) {
	case SUBJECT_NEVER:
		return NONE;
	case SUBJECT_OVERRIDE:
		return rb->precedences[c->index].event;
	case SUBJECT_PART:
		break;
	}
	return rb->parts[c->index].event;
}

static bool insn_is_confidential(const struct rulebook *rb, const struct considered *c,
				 const struct insn *in);

bool code_is_confidential(const struct rulebook *rb, const struct considered *c,
			  const struct code *code)
{
	for (uint32_t i = 0; i < code->n; i++)
		if (insn_is_confidential(rb, c, &code->at[i]))
			return true;
	return false;
}

/* What a table gives tells what was looked up, in a county's replacement too. */
static bool table_is_confidential(const struct rulebook *rb, const struct considered *c,
				  const struct insn *in)
{
	for (uint16_t t = 0; t < rb->ntables; t++)
		for (uint16_t i = 0; rb->tables[t].first == in->a && i < rb->tables[t].ninputs; i++)
			if (code_is_confidential(
				rb, c, &rb->tables[t].readings[TABLE_READING(in->b)].inputs[i]))
				return true;
	return false;
}

static bool insn_is_confidential(const struct rulebook *rb, const struct considered *c,
				 const struct insn *in)
{
	uint16_t kind = reading_block(rb, c)->case_kind;
	uint16_t event = event_of(rb, c);
	const struct event_type *e = event == NONE ? NULL : &rb->events[event];
	switch ((enum op)in->op) {
	case OP_FACT:
		return is_hidden(rb, kind, in->a);
	case OP_FIELD:
		return e && in->a < e->nfields && e->fields[in->a].confidential;
	case OP_FIELD_FACT:
		return e && in->a < e->nfields &&
		       is_hidden(rb, e->fields[in->a].type.of, (uint16_t)in->b);
	case OP_FACT_FACT:
		return kind != NONE && in->a < rb->kinds[kind].nfacts &&
		       is_hidden(rb, rb->kinds[kind].facts[in->a].type.of, (uint16_t)in->b);
	case OP_TABLE:
		return table_is_confidential(rb, c, in);
	default:
		return false;
	}
}

bool term_is_confidential(const struct rulebook *rb, const struct considered *c,
			  const struct term *t)
{
	return insn_is_confidential(rb, c, t->in);
}
