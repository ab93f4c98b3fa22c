/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of tables: cells to ranges of values, output cells to values.
 */
#include "grammar/lower_table.h"

#include "engine/base/limits.h"

struct row_maker {
	struct book *b;
	const struct table_plan *p;
	struct table *t;
	uint16_t program;
	uint16_t params[LIMIT_TABLE_INPUTS * LIMIT_CELL_RANGES * 2u + LIMIT_TABLE_OUTPUTS];
	uint16_t nparams; /* of the row being made */
	bool fine;
};

const struct ast_word *cell_name(const struct ast_cell *c)
{
	const struct ast_option *o = c->options;
	if (!o || o->next || o->kind != OPTION_VALUE || o->a->kind != EXPR_NAME)
		return NULL;
	return &o->a->word;
}

static bool cell_says(const struct ast_cell *c, const char *word)
{
	const struct ast_word *w = cell_name(c);
	return w && str_eq(w->s, str_from(word));
}

bool row_is_otherwise(const struct ast_row *r)
{
	return r->cells && cell_says(r->cells, "otherwise");
}

static struct diag *odd_cell(struct row_maker *m, struct span span, const char *what)
{
	m->fine = false;
	return fault(m->b, W_TABLE_CELL, span, "`" STR_FMT "` %s", STR_ARG(span_text(m->b, span)),
		     what);
}

static void note_param(struct row_maker *m, uint16_t param)
{
	for (uint16_t i = 0; i < m->nparams; i++)
		if (m->params[i] == param)
			return;
	m->params[m->nparams++] = param;
}

/* ---- one value ---- */

static bool has_choice(const struct book *b, const struct type *t, struct str name)
{
	const struct choice_set *c = t->kind == TYPE_CHOICE ? &b->choices.at[t->of] : NULL;
	for (uint16_t i = 0; c && i < c->n; i++)
		if (str_eq(c->names[i], name))
			return true;
	return false;
}

/* The parameter that a cell names, of the type that is needed there; NONE: it names none. */
static uint16_t cell_param(struct row_maker *m, const struct ast_expr *e, const struct type *t)
{
	struct book *b = m->b;
	uint16_t param = e->kind == EXPR_NAME && !has_choice(b, t, e->word.s)
			     ? find_param(b, m->program, e->word.s)
			     : NONE;
	if (param == NONE)
		return NONE;
	b->param_used[param] = true;
	name_used(b, &e->word, b->rb->params[param].name);
	const struct type *is = &b->rb->params[param].type;
	if (!type_same(is, t)) {
		struct buf needed = {0}, got = {0};
		type_words(&needed, b, t);
		type_words(&got, b, is);
		m->fine = false;
		struct diag *d =
		    fault(b, W_TABLE_CELL, e->span,
			  "`" STR_FMT "` is " STR_FMT ", but this column is " STR_FMT,
			  STR_ARG(e->word.s), STR_ARG(buf_view(&got)), STR_ARG(buf_view(&needed)));
		diag_also(b->diags, d, b->rb->params[param].span, "the parameter");
		buf_release(&needed);
		buf_release(&got);
	}
	note_param(m, param);
	return param;
}

static bool is_calculation(const struct ast_expr *e)
{
	return e->kind != EXPR_LITERAL && e->kind != EXPR_NAME;
}

static bool cell_value(struct row_maker *m, const struct ast_expr *e, const struct type *t,
		       struct table_bound *out)
{
	struct value v;
	e = expr_inner(e);
	*out = (struct table_bound){0, cell_param(m, e, t)};
	if (out->param != NONE)
		return m->fine;
	if (is_calculation(e)) {
		struct diag *d = odd_cell(m, e->span, "cannot stand in a cell");
		if (e->kind == EXPR_SUB)
			help(m->b, d, "write `" STR_FMT " to " STR_FMT "`",
			     STR_ARG(span_text(m->b, e->a->span)),
			     STR_ARG(span_text(m->b, e->b->span)));
		else
			help(m->b, d,
			     "a cell holds values, ranges such as `2 to 4` or `under $30,000`, "
			     "parameters, or `any`");
		return false;
	}
	if (!check_value(m->b, e, t, &v)) {
		m->fine = false;
		return false;
	}
	out->n = v.i;
	return true;
}

/* ---- one cell of a column that is looked up ---- */

/* One below or above a bound; where there is no such number, the range is empty. */
static void step(struct table_range *r, struct table_bound *bound, int64_t by)
{
	if (!__builtin_add_overflow(bound->n, by, &bound->n))
		return;
	r->lo = (struct table_bound){1, NONE};
	r->hi = (struct table_bound){0, NONE};
}

static bool lower_option(struct row_maker *m, const struct ast_option *o, const struct type *t,
			 struct table_range *out)
{
	struct table_bound a, z;
	*out = (struct table_range){{INT64_MIN, NONE}, {INT64_MAX, NONE}};
	if (o->kind != OPTION_VALUE && (t->kind == TYPE_YES_NO || t->kind == TYPE_CHOICE)) {
		help(m->b, odd_cell(m, o->span, "is a range, but this column has no order"),
		     "write the values themselves, with `or` between them");
		return false;
	}
	if (!cell_value(m, o->a, t, &a))
		return false;
	switch (o->kind) {
	case OPTION_VALUE:
		out->lo = out->hi = a;
		break;
	case OPTION_RANGE:
		if (!cell_value(m, o->b, t, &z))
			return false;
		*out = (struct table_range){a, z};
		break;
	case OPTION_UNDER:
		out->hi = a;
		step(out, &out->hi, -1);
		break;
	case OPTION_OVER:
		out->lo = a;
		step(out, &out->lo, 1);
		break;
	case OPTION_OR_MORE:
		out->lo = a;
		break;
	case OPTION_OR_LESS:
		out->hi = a;
		break;
	case OPTION_UNKNOWN:
		break;
	}
	if (out->lo.param != NONE || out->hi.param != NONE || out->lo.n <= out->hi.n ||
	    o->kind != OPTION_RANGE)
		return true;
	struct diag *d = odd_cell(m, o->span, "is empty: it ends before it begins");
	help(m->b, d, "write the smaller value first");
	return false;
}

static bool may_be_unknown(const struct table_plan *p, uint16_t column)
{
	for (const struct reading_plan *r = p->readings; r; r = r->next)
		if (r->domains[column].unknown)
			return true;
	return false;
}

static void lower_unknown(struct row_maker *m, uint16_t column, const struct ast_option *o)
{
	if (may_be_unknown(m->p, column))
		return;
	struct diag *d = odd_cell(m, o->span, "can never be: this column is always known");
	help(m->b, d, "only what is declared `optional`, and `days since`, can be unknown");
}

static void lower_cell(struct row_maker *m, uint16_t column, const struct ast_cell *c,
		       struct table_cell *out)
{
	const struct type *t = &m->t->inputs[column].type;
	*out = (struct table_cell){.span = c->span};
	if (cell_says(c, "any")) {
		out->any = true;
		return;
	}
	uint16_t n = 0;
	for (const struct ast_option *o = c->options; o; o = o->next)
		n++;
	if (!resolve_room(m->b, n <= LIMIT_CELL_RANGES ? 0 : LIMIT_CELL_RANGES, LIMIT_CELL_RANGES,
			  c->span, "values in one cell")) {
		m->fine = false;
		return;
	}
	struct table_range *at = arena_array(&m->b->rb->arena, n, sizeof(*at));
	for (const struct ast_option *o = c->options; o; o = o->next) {
		if (o->kind == OPTION_UNKNOWN) {
			out->unknown = true;
			lower_unknown(m, column, o);
		} else if (lower_option(m, o, t, &at[out->n])) {
			out->n++;
		}
	}
	out->at = at;
}

/* ---- one cell of a column that the table gives ---- */

static void lower_output(struct row_maker *m, const struct ast_cell *c, const struct type *t,
			 struct table_output *out)
{
	const struct ast_option *o = c->options;
	struct table_bound bound;
	*out = (struct table_output){.param = NONE};
	if (!o || o->next || o->kind != OPTION_VALUE) {
		help(m->b, odd_cell(m, c->span, "is not one value"),
		     "a column with `->` gives one value, such as $100");
		return;
	}
	if (!cell_value(m, o->a, t, &bound))
		return;
	out->value = value_int(t->kind, bound.n);
	out->param = bound.param;
}

/* ---- rows ---- */

static bool shape_fits(struct row_maker *m, const struct ast_row *r, bool otherwise)
{
	unsigned n = 0, need = (otherwise ? 1u : m->p->ninputs) + m->p->noutputs;
	for (const struct ast_cell *c = r->cells; c; c = c->next) {
		n++;
		if (!word_given(&c->output))
			continue;
		help(m->b, odd_cell(m, c->span, "stands only in the first row"),
		     "write the value itself");
		return false;
	}
	if (otherwise && r->next) {
		help(m->b,
		     fault(m->b, W_TABLE_SHAPE, r->span,
			   "`otherwise` is what holds where no other row does; it stands last"),
		     "move this row to the end of the table");
		return m->fine = false;
	}
	if (n == need)
		return true;
	struct diag *d = fault(m->b, W_TABLE_SHAPE, r->span,
			       "this row has %u cell%s, but the table has %u column%s", n,
			       n == 1 ? "" : "s", need, need == 1 ? "" : "s");
	help(m->b, d, "%s",
	     otherwise ? "`otherwise` stands for all columns that are looked up; after it comes a "
			 "cell for each column with `->`"
		       : "write a cell for each column; `any` where the value does not matter");
	return m->fine = false;
}

static void lower_row(struct row_maker *m, const struct ast_row *r, struct table_row *out)
{
	struct rulebook *rb = m->b->rb;
	bool otherwise = row_is_otherwise(r);
	*out = (struct table_row){.span = r->span};
	if (!shape_fits(m, r, otherwise))
		return;
	m->nparams = 0;
	const struct ast_cell *c = r->cells;
	struct table_cell *cells = arena_array(&rb->arena, m->p->ninputs, sizeof(*cells));
	for (uint16_t i = 0; !otherwise && i < m->p->ninputs; i++, c = c->next)
		lower_cell(m, i, c, &cells[i]);
	if (otherwise)
		c = c->next;
	const struct table *own = &rb->tables[m->t->first];
	struct table_output *outputs = arena_array(&rb->arena, own->noutputs, sizeof(*outputs));
	for (uint16_t at = 0; c; c = c->next, at++) {
		uint16_t i = 0;
		while (i < own->noutputs && m->p->order[i] != at)
			i++;
		struct table_output ignored; /* a column that only the replacement has */
		lower_output(m, c, &m->t->outputs[at].type,
			     i < own->noutputs ? &outputs[i] : &ignored);
	}
	uint16_t *params = arena_array(&rb->arena, m->nparams, sizeof(*params));
	if (m->nparams)
		memcpy(params, m->params, m->nparams * sizeof(*params));
	out->cells = otherwise ? NULL : cells;
	out->outputs = outputs;
	out->params = params;
	out->nparams = m->nparams;
}

bool lower_table_rows(struct book *b, uint16_t table)
{
	struct table *t = &b->rb->tables[table];
	const struct table_plan *p = &b->tables[table];
	const struct ast_decl *d = b->bodies.at[p->body].decl;
	struct row_maker m = {
	    .b = b, .p = p, .t = t, .program = b->bodies.at[p->body].program, .fine = true};
	size_t n = 0;
	for (const struct ast_row *r = d->rows->next; r; r = r->next)
		if (!resolve_room(b, n++, LIMIT_TABLE_ROWS, r->span, "rows of one table"))
			return false;
	t->rows = arena_array(&b->rb->arena, n, sizeof(*t->rows));
	for (const struct ast_row *r = d->rows->next; r; r = r->next)
		lower_row(&m, r, &t->rows[t->nrows++]);
	return m.fine;
}
