/* SPDX-License-Identifier: Apache-2.0
 *
 * What a table gives is different when another row fits: all that does not fit a row is changed
 * together.
 */
#include "engine/explain/counterfactual_internal.h"

struct lookup_change {
	const struct past *past;
	const struct trace_entry *seen;
	size_t nseen;
	struct change_set set;
};

/* What a column was read as; false: it is no single thing. */
static bool column_read(const struct lookup_change *l, const struct code *input, struct term *out)
{
	*out = (struct term){.in = input->at};
	for (size_t i = 0; input->n == 1 && i < l->nseen; i++) {
		const struct trace_entry *e = &l->seen[i];
		if (e->kind != TRACE_VALUE || e->span.off != input->at->span.off ||
		    e->span.source != input->at->span.source)
			continue;
		out->value = e->value;
		out->type = e->type;
		out->seen = true;
		return term_is_operand(out);
	}
	return false;
}

static bool range_of(const struct lookup_change *l, const struct table_range *r, int64_t *lo,
		     int64_t *hi)
{
	const struct event *ev = &l->past->decision->event;
	return table_range_on(l->past->rb, l->past->before->county, r, ev->day, lo, hi);
}

static bool fits(const struct lookup_change *l, const struct table_cell *cell, struct value v)
{
	int64_t lo, hi;
	if (cell->any || !v.known)
		return cell->any || cell->unknown;
	for (uint16_t i = 0; i < cell->n; i++)
		if (range_of(l, &cell->at[i], &lo, &hi) && lo <= v.i && v.i <= hi)
			return true;
	return false;
}

/* From the range, as far as what is declared goes; the value is the nearest in it. */
static void set_range(struct change *c, int64_t lo, int64_t hi)
{
	bool from = !c->type.has_range || lo > c->type.min;
	bool to = !c->type.has_range || hi < c->type.max;
	from &= lo > INT64_MIN / 2;
	to &= hi < INT64_MAX / 2;
	enum type_kind kind = c->type.kind;
	bool below = c->was.known && c->was.i > hi;
	c->value = value_int(kind, below || !from ? hi : lo);
	c->relation = lo == hi ? IS : !from || (below && to) ? IS_AT_MOST : IS_AT_LEAST;
	c->bound = c->value;
	c->has_also = lo != hi && from && to;
	c->also = c->relation == IS_AT_MOST ? IS_AT_LEAST : IS_AT_MOST;
	c->also_bound = value_int(kind, c->relation == IS_AT_MOST ? lo : hi);
}

static bool change_column(struct lookup_change *l, const struct table_cell *cell,
			  const struct code *input)
{
	struct term t;
	struct change c = {0};
	int64_t lo, hi;
	if (!column_read(l, input, &t))
		return false;
	if (fits(l, cell, t.value))
		return true;
	if (!cell->n || !range_of(l, &cell->at[0], &lo, &hi) || l->set.n == CHANGES_MOST)
		return false;
	struct change how = {.type = t.type, .was = t.value};
	set_range(&how, lo, hi);
	if (!change_operand(l->past, &l->set, &t, how.value, &c))
		return false;
	c.what = t.in->span;
	c.type = how.type;
	c.was = how.was;
	c.relation = how.relation;
	c.bound = how.bound;
	c.has_also = how.has_also;
	c.also = how.also;
	c.also_bound = how.also_bound;
	change_set_put(&l->set, c);
	return true;
}

static bool change_row(struct lookup_change *l, const struct table *t, const struct table_row *row,
		       const struct table_reading *reading)
{
	for (uint16_t i = 0; i < t->ninputs; i++)
		if (!row->cells[i].any && !change_column(l, &row->cells[i], &reading->inputs[i]))
			return false;
	return true;
}

void propose_rows(struct attempt *a, const struct change_set *set, const struct insn *in,
		  const struct trace_entry *seen, size_t nseen, struct proposals *out)
{
	const struct past *past = a->past;
	const struct table *t =
	    table_on(past->rb, past->before->county, in->a, past->decision->event.day);
	for (uint16_t r = 0; t && r < t->nrows; r++) {
		struct lookup_change l = {past, seen, nseen, *set};
		if (t->rows[r].cells &&
		    change_row(&l, t, &t->rows[r], &t->readings[TABLE_READING(in->b)]) &&
		    l.set.n > set->n)
			*vec_push(&out->sets) = l.set;
	}
}
