/* SPDX-License-Identifier: Apache-2.0
 *
 * Code, parameters and tables by names and values. Operands are separated so that no two different
 * things come out alike: every word ends with a semicolon, and texts are quoted.
 */
#include "engine/analyse/meaning.h"

void meant_value(struct buf *b, const struct rulebook *rb, const struct type *t, struct value v)
{
	if (!v.known)
		buf_str(b, STR("unknown"));
	else if (type_is_text(t->kind))
		buf_json(b, value_as_str(v));
	else
		policy_value_text(b, rb, t, v);
	buf_char(b, ';');
}

void meant_type(struct buf *b, const struct rulebook *rb, const struct type *t)
{
	buf_str(b, type_kind_name(t->kind));
	if (t->has_range)
		buf_fmt(b, " %lld..%lld", (long long)t->min, (long long)t->max);
	if (t->kind == TYPE_REF)
		buf_str(b, rb->kinds[t->of].name);
	for (uint16_t i = 0; t->kind == TYPE_CHOICE && i < rb->choices[t->of].n; i++) {
		buf_char(b, '|');
		buf_str(b, rb->choices[t->of].names[i]);
	}
	buf_char(b, ';');
}

bool meant_only_value(const struct within *w, uint16_t param, struct value *v)
{
	const struct dated_list *l = w->county == NONE ? &w->rb->params[param].values
						       : &w->rb->counties[w->county].values[param];
	*v = l->at[0].value;
	return l->n == 1 && v->known;
}

void meant_param(struct buf *b, const struct within *w, uint16_t param)
{
	const struct param *p = &w->rb->params[param];
	const struct dated_list *l =
	    w->county == NONE ? &p->values : &w->rb->counties[w->county].values[param];
	buf_char(b, '(');
	for (uint16_t i = 0; i < l->n; i++) {
		if (i) {
			buf_str(b, STR("from "));
			day_text(b, l->at[i].from);
			buf_char(b, ' ');
		}
		meant_value(b, w->rb, &p->type, l->at[i].value);
	}
	buf_char(b, ')');
}

/* ---- tables ---- */

static void meant_bound(struct buf *b, const struct within *w, const struct table_bound *x)
{
	buf_i64(b, x->n);
	if (x->param != NONE)
		meant_param(b, w, x->param);
	buf_char(b, ';');
}

static void meant_cell(struct buf *b, const struct within *w, const struct type *t,
		       const struct table_cell *c)
{
	struct heap_of_texts ranges = {0};
	struct buf one = {0};
	buf_str(b, c->any ? STR("any") : c->unknown ? STR("unknown") : STR("in"));
	for (uint16_t i = 0; i < c->n; i++) {
		if (t->kind == TYPE_CHOICE && c->at[i].lo.n == c->at[i].hi.n)
			meant_value(&one, w->rb, t, value_int(TYPE_CHOICE, c->at[i].lo.n));
		meant_bound(&one, w, &c->at[i].lo);
		meant_bound(&one, w, &c->at[i].hi);
		heap_add(&ranges, &one);
	}
	heap_write(b, &ranges);
	buf_release(&one);
}

/* Rows exclude each other, so their order means nothing. */
static void meant_rows(struct buf *b, const struct within *w, const struct table *t)
{
	const struct table *own = &w->rb->tables[t->first];
	struct heap_of_texts rows = {0};
	struct buf one = {0};
	for (uint16_t i = 0; i < t->nrows; i++) {
		for (uint16_t k = 0; t->rows[i].cells && k < t->ninputs; k++)
			meant_cell(&one, w, &t->inputs[k].type, &t->rows[i].cells[k]);
		buf_str(&one, STR("gives "));
		for (uint16_t k = 0; k < own->noutputs; k++) {
			const struct table_output *o = &t->rows[i].outputs[k];
			if (o->param != NONE)
				meant_param(&one, w, o->param);
			else
				meant_value(&one, w->rb, &own->outputs[k].type, o->value);
		}
		heap_add(&rows, &one);
	}
	heap_write(b, &rows);
	buf_release(&one);
}

void meant_table(struct buf *b, const struct within *w, uint16_t table, uint32_t reading)
{
	const struct table *t = &w->rb->tables[table];
	buf_str(b, STR("table{"));
	for (uint16_t i = 0; i < t->ninputs; i++) {
		meant_type(b, w->rb, &t->inputs[i].type);
		if (reading >= t->nreadings)
			continue;
		meant_code(b, w, &t->readings[reading].inputs[i]);
		buf_c(b, t->readings[reading].unknown[i] ? "or unknown;" : "");
	}
	meant_rows(b, w, t);
	for (uint16_t i = 0; i < t->variants.n; i++) {
		const struct variant *v = &t->variants.at[i];
		if (v->county != w->county)
			continue;
		buf_str(b, STR("from "));
		day_text(b, v->from);
		if (v->by != NONE)
			meant_rows(b, w, &w->rb->tables[v->by]);
	}
	buf_char(b, '}');
}

/* ---- code ---- */

static struct str fact_name(const struct rulebook *rb, uint16_t kind, uint32_t fact)
{
	return kind < rb->nkinds && fact < rb->kinds[kind].nfacts ? rb->kinds[kind].facts[fact].name
								  : STR("?");
}

static void meant_operands(struct buf *b, const struct within *w, const struct insn *in)
{
	const struct rulebook *rb = w->rb;
	const struct event_type *e = w->event < rb->nevents ? &rb->events[w->event] : NULL;
	const struct field *field = e && in->a < e->nfields ? &e->fields[in->a] : NULL;
	switch ((enum op)in->op) {
	case OP_CONST:
		/* The set that a choice is of stands with what it is compared with. */
		if (in->k.known && in->k.kind == TYPE_CHOICE)
			buf_str(b, rulebook_text(rb, in->span));
		else
			meant_value(b, rb, &(struct type){.kind = in->k.kind}, in->k);
		return;
	case OP_FACT:
		buf_str(b, fact_name(rb, w->kind, in->a));
		return;
	case OP_FIELD:
	case OP_FIELD_FACT:
		buf_str(b, field ? field->name : STR("?"));
		if (in->op == OP_FIELD_FACT && field) {
			buf_char(b, '.');
			buf_str(b, fact_name(rb, field->type.of, in->b));
		}
		return;
	case OP_FACT_FACT:
		buf_str(b, fact_name(rb, w->kind, in->a));
		buf_char(b, '.');
		if (w->kind < rb->nkinds)
			buf_str(b, fact_name(rb, rb->kinds[w->kind].facts[in->a].type.of, in->b));
		return;
	case OP_PARAM:
		meant_param(b, w, in->a);
		return;
	case OP_COUNT:
	case OP_COUNT_IN:
	case OP_DAYS_SINCE:
		buf_str(b, rb->events[in->a].name);
		buf_fmt(b, " %u", (unsigned)in->b);
		return;
	case OP_STEP_IS:
		buf_str(b, rb->blocks[rb->escalations[in->a].block].name);
		buf_char(b, '.');
		buf_str(b, in->b ? rb->escalations[in->a].steps[in->b - 1].name : STR("none"));
		return;
	case OP_PAID_UNDER:
		buf_str(b, rb->blocks[rb->schedules[in->a].block].name);
		return;
	case OP_PLACED_ON:
		buf_str(b, rb->dockets[in->a].name);
		return;
	case OP_PLACE:
		buf_str(b, rb->capacities[in->a].name);
		buf_fmt(b, " %u", (unsigned)in->b);
		return;
	case OP_PARTNER:
		buf_str(b, fact_name(rb, (uint16_t)in->b, in->a));
		return;
	case OP_TABLE: {
		const struct table *t = &rb->tables[in->a];
		meant_table(b, w, in->a, TABLE_READING(in->b));
		buf_str(b, STR("column "));
		buf_i64(b, (int64_t)TABLE_OUTPUT(in->b));
		buf_str(b, t->outputs[TABLE_OUTPUT(in->b)].name);
		return;
	}
	default:
		buf_fmt(b, "%u %u", (unsigned)in->a, (unsigned)in->b);
	}
}

void meant_insn(struct buf *b, const struct within *w, const struct insn *in)
{
	if (in->op != OP_PARAM && in->op != OP_CONST) {
		buf_str(b, op_name((enum op)in->op));
		buf_char(b, ' ');
	}
	meant_operands(b, w, in);
	buf_char(b, ';');
}
