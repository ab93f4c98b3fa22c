/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/undecided.h"

#include "engine/base/limits.h"
#include "engine/policy/reads.h"

/* What something may come out as; of what is no truth only MAY_BE_OPEN says anything. */
enum { MAY_BE_YES = 1, MAY_BE_NO = 2, MAY_BE_OPEN = 4, MAY_BE_EITHER = 3 };

/* Kleene's: the one side settles it when it is `settling`. */
static unsigned join(unsigned x, unsigned y, unsigned settling)
{
	unsigned other = MAY_BE_EITHER & ~settling;
	unsigned out = (x | y) & settling;
	if (x & other && y & other)
		out |= other;
	if ((x & MAY_BE_OPEN && y & (other | MAY_BE_OPEN)) ||
	    (y & MAY_BE_OPEN && x & (other | MAY_BE_OPEN)))
		out |= MAY_BE_OPEN;
	return out;
}

static unsigned negated(unsigned x)
{
	return (x & MAY_BE_YES ? MAY_BE_NO : 0u) | (x & MAY_BE_NO ? MAY_BE_YES : 0u) |
	       (x & MAY_BE_OPEN);
}

static unsigned come_out(const struct rulebook *rb, const struct code *code);

/* The columns are read where the table is looked up. */
static unsigned of_table(const struct rulebook *rb, const struct insn *in)
{
	const struct table *t = &rb->tables[in->a];
	unsigned open = 0;
	for (uint16_t i = 0; i < t->ninputs; i++)
		open |= come_out(rb, &t->readings[TABLE_READING(in->b)].inputs[i]) & MAY_BE_OPEN;
	return MAY_BE_EITHER | open;
}

static unsigned of_insn(const struct rulebook *rb, const struct insn *in, unsigned x, unsigned y)
{
	switch ((enum op)in->op) {
	case OP_COUNT_IN:
		return MAY_BE_EITHER | MAY_BE_OPEN;
	case OP_TABLE:
		return of_table(rb, in);
	case OP_KNOWN:
		return MAY_BE_EITHER;
	case OP_NOT:
		return negated(x);
	case OP_AND:
		return join(x, y, MAY_BE_NO);
	case OP_OR:
		return join(x, y, MAY_BE_YES);
	case OP_OR_UNKNOWN:
		return (x & MAY_BE_EITHER) | (x & MAY_BE_OPEN ? MAY_BE_YES : 0u);
	default: /* it is open where what it is made of is */
		return MAY_BE_EITHER | ((x | y) & MAY_BE_OPEN);
	}
}

static unsigned come_out(const struct rulebook *rb, const struct code *code)
{
	unsigned stack[LIMIT_STACK];
	size_t depth = 0;
	for (uint32_t i = 0; i < code->n; i++) {
		const struct insn *in = &code->at[i];
		unsigned x = 0, y = 0;
		if (in->op == OP_SKIP_IF_NO || in->op == OP_SKIP_IF_YES)
			continue;
		if (op_pops(in->op) == 2)
			y = stack[--depth];
		if (op_pops(in->op))
			x = stack[--depth];
		stack[depth++] = of_insn(rb, in, x, y);
	}
	return depth ? stack[depth - 1] : MAY_BE_YES;
}

/* ---- of a rulebook ---- */

struct finding {
	struct undecideds *out;
	const struct rulebook *rb;
	uint32_t block;
	enum undecided_as as;
	const struct code *when; /* whose own outcome is `as`; other code of the part refuses */
};

static void note(struct finding *f, enum undecided_as as, struct span span)
{
	for (size_t i = f->out->n; i-- > 0 && f->out->at[i].block == f->block;)
		if (f->out->at[i].span.off == span.off && f->out->at[i].span.source == span.source)
			return;
	*vec_push(f->out) = (struct undecided){f->block, as, span};
}

static void look_at(void *arg, const struct code *code)
{
	struct finding *f = arg;
	enum undecided_as as = code == f->when ? f->as : UNDECIDED_REFUSED;
	if (!(come_out(f->rb, code) & MAY_BE_OPEN))
		return;
	for (uint32_t i = 0; i < code->n; i++)
		if (code->at[i].op == OP_COUNT_IN || code->at[i].op == OP_TABLE)
			note(f, as, code->at[i].span);
}

static void look_at_block(struct finding *f, const struct block *k)
{
	for (uint32_t p = k->first_part; p < k->first_part + k->nparts; p++) {
		f->as = UNDECIDED_NOT_APPLIED;
		f->when = &f->rb->parts[p].when;
		part_reads(f->rb, &f->rb->parts[p], &(struct part_reader){look_at, NULL, f});
	}
	if (k->kind == BLOCK_NEVER) {
		f->as = UNDECIDED_STOPPED;
		f->when = &f->rb->nevers[k->detail].when;
		look_at(f, f->when);
	}
	if (k->kind == BLOCK_SHARE) {
		f->as = UNDECIDED_NOT_SHOWN;
		f->when = &f->rb->shares[k->detail].when;
		look_at(f, f->when);
	}
	for (uint16_t i = 0; i < f->rb->nprecedences; i++) {
		f->when = NULL;
		if (f->rb->precedences[i].block == f->block)
			look_at(f, &f->rb->precedences[i].when);
	}
}

void undecided_find(struct undecideds *u, const struct rulebook *rb)
{
	struct finding f = {.out = u, .rb = rb};
	for (f.block = 0; f.block < rb->nblocks; f.block++)
		look_at_block(&f, &rb->blocks[f.block]);
}

void undecided_release(struct undecideds *u)
{
	vec_release(u);
}
