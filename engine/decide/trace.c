/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/decide/run.h"

void trace_clear(struct trace *t)
{
	t->entries.n = 0;
}

void trace_release(struct trace *t)
{
	vec_release(&t->entries);
}

void trace_part(struct run *r)
{
	*vec_push(&r->d->trace->entries) = (struct trace_entry){
	    .kind = TRACE_PART, .part = r->part, .span = r->rb->parts[r->part].span};
}

void trace_result(struct run *r, enum trace_result result, struct span span)
{
	*vec_push(&r->d->trace->entries) = (struct trace_entry){.kind = TRACE_RESULT,
								.part = r->part,
								.result = result,
								.by = r->overridden_by,
								.span = span};
}

void trace_never(struct run *r, uint32_t never, enum trace_result result)
{
	struct span span = r->rb->blocks[r->rb->nevers[never].block].span;
	*vec_push(&r->d->trace->entries) = (struct trace_entry){
	    .kind = TRACE_NEVER, .part = never, .result = result, .span = span};
}

void trace_override(struct run *r, const struct precedence *p, enum trace_result result)
{
	const struct precedence *over = overridden_by(r, p->block);
	*vec_push(&r->d->trace->entries) =
	    (struct trace_entry){.kind = TRACE_OVERRIDE,
				 .part = (uint32_t)(p - r->rb->precedences),
				 .result = result,
				 .by = over ? over->block : NONE,
				 .span = over ? over->span : p->span};
}

enum trace_result trace_truth(enum truth t)
{
	switch (t) {
	case TRUTH_YES:
		return RESULT_APPLIES;
	case TRUTH_NO:
		return RESULT_NOT_MET;
	case TRUTH_UNKNOWN:
	case TRUTH_FAULT:
		break;
	}
	return RESULT_UNDECIDABLE;
}

void trace_holds(struct run *r, uint16_t schedule, enum trace_result result)
{
	*vec_push(&r->d->trace->entries) =
	    (struct trace_entry){.kind = TRACE_HOLDS, .part = schedule, .result = result};
}

void trace_share(struct run *r, uint16_t share, enum trace_result result)
{
	*vec_push(&r->d->trace->entries) =
	    (struct trace_entry){.kind = TRACE_SHARE, .part = share, .result = result};
}

void trace_later(struct run *r, uint32_t part, uint16_t action, enum trace_later later)
{
	*vec_push(&r->d->trace->entries) =
	    (struct trace_entry){.kind = TRACE_LATER, .part = part, .later = later, .by = action};
}

void trace_row(struct run *r, uint16_t table, const struct table_row *row)
{
	*vec_push(&r->d->trace->entries) =
	    (struct trace_entry){.kind = TRACE_ROW, .part = table, .span = row->span};
}

static bool is_truth(enum op op)
{
	return (op >= OP_EQ && op <= OP_OR_UNKNOWN);
}

/* What an instruction reads has the type that was declared for it. */
static struct type type_of(const struct run *r, const struct insn *in, struct value v)
{
	const struct case_kind *own = &r->rb->kinds[r->cs->kind];
	const struct event_type *t = &r->rb->events[r->ev->type];
	struct type none = {.kind = v.kind};
	switch ((enum op)in->op) {
	case OP_FACT:
		return in->a < own->nfacts ? own->facts[in->a].type : none;
	case OP_FIELD:
		return in->a < t->nfields ? t->fields[in->a].type : none;
	case OP_FIELD_FACT:
		if (in->a >= t->nfields || t->fields[in->a].type.kind != TYPE_REF)
			return none;
		return r->rb->kinds[t->fields[in->a].type.of].facts[in->b].type;
	case OP_FACT_FACT:
		if (in->a >= own->nfacts || own->facts[in->a].type.kind != TYPE_REF)
			return none;
		return r->rb->kinds[own->facts[in->a].type.of].facts[in->b].type;
	case OP_PARAM:
		return r->rb->params[in->a].type;
	case OP_TABLE:
		return r->rb->tables[in->a].outputs[TABLE_OUTPUT(in->b)].type;
	default: /* the kind says it all */
		return none;
	}
}

void trace_insn(struct run *r, const struct insn *in, struct value v)
{
	bool truth = is_truth(in->op);
	if (!truth && (in->op < OP_FACT || in->op > OP_TABLE) && in->op != OP_COUNT_IN)
		return;
	if (v.known && type_is_text(v.kind))
		v.s = arena_str(&r->d->arena, value_as_str(v)).p;
	*vec_push(&r->d->trace->entries) = (struct trace_entry){.kind = r->beyond ? TRACE_BEYOND
									: truth   ? TRACE_TRUTH
										  : TRACE_VALUE,
								.part = r->part,
								.in = in,
								.span = in->span,
								.type = type_of(r, in, v),
								.value = v};
}
