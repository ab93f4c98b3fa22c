/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables: their headers, and the places where they are looked up.
 */
#include "grammar/lower_table.h"

#include "engine/base/limits.h"

/* ---- headers ---- */

static struct table_plan *plan_of(const struct book *b, uint16_t table)
{
	return &b->tables[table];
}

static const struct ast_decl *decl_of(const struct book *b, uint16_t table)
{
	return b->bodies.at[plan_of(b, table)->body].decl;
}

static bool odd_header(struct book *b, struct span span, const char *what, const char *advice)
{
	help(b, fault(b, W_TABLE_SHAPE, span, "%s", what), "%s", advice);
	return false;
}

/* Counts the columns: first those that are looked up, then those that it gives. */
static bool count_columns(struct book *b, struct table_plan *p, const struct ast_row *header)
{
	for (const struct ast_cell *c = header->cells; c; c = c->next) {
		if (word_given(&c->output)) {
			p->noutputs++;
			continue;
		}
		if (p->noutputs)
			return odd_header(
			    b, c->span, "a column that is looked up stands behind one with `->`",
			    "put the columns with `->` last: they are what the table gives");
		if (c->options->next || c->options->kind != OPTION_VALUE)
			return odd_header(b, c->span, "this is no column",
					  "name a fact, a field, a count or a parameter; ranges "
					  "stand in the rows below");
		p->ninputs++;
	}
	if (!p->noutputs)
		return odd_header(b, header->span, "the table gives nothing",
				  "begin at least one column of its first row with `->`, such as "
				  "`-> fee`");
	if (!p->ninputs)
		return odd_header(b, header->span, "the table looks nothing up",
				  "put what decides between the rows before the columns with `->`");
	return resolve_room(b, p->ninputs <= LIMIT_TABLE_INPUTS ? 0 : LIMIT_TABLE_INPUTS,
			    LIMIT_TABLE_INPUTS, header->span, "columns that are looked up") &&
	       resolve_room(b, p->noutputs <= LIMIT_TABLE_OUTPUTS ? 0 : LIMIT_TABLE_OUTPUTS,
			    LIMIT_TABLE_OUTPUTS, header->span, "columns that it gives");
}

static bool name_columns(struct book *b, struct table_plan *p, struct table *t,
			 const struct ast_row *header)
{
	uint16_t in = 0, out = 0;
	bool fine = true;
	p->inputs = arena_array(&b->arena, p->ninputs, sizeof(struct ast_cell *));
	p->typed = arena_array(&b->arena, p->ninputs, sizeof(bool));
	t->inputs = arena_array(&b->rb->arena, p->ninputs, sizeof(*t->inputs));
	t->outputs = arena_array(&b->rb->arena, p->noutputs, sizeof(*t->outputs));
	for (const struct ast_cell *c = header->cells; c; c = c->next) {
		if (!word_given(&c->output)) {
			t->inputs[in] =
			    (struct table_column){.name = span_text(b, c->span), .span = c->span};
			p->inputs[in++] = c;
			continue;
		}
		for (uint16_t i = 0; i < out; i++) {
			if (!str_eq(t->outputs[i].name, c->output.s))
				continue;
			struct diag *d = fault(b, W_DEFINED_TWICE, c->span,
					       "the column `" STR_FMT "` is defined twice",
					       STR_ARG(c->output.s));
			help(b, d, "give this one another name");
			diag_also(b->diags, d, t->outputs[i].span, "first defined here");
			fine = false;
		}
		t->outputs[out++] = (struct table_column){.name = c->output.s, .span = c->span};
	}
	t->ninputs = in;
	t->noutputs = out;
	return fine;
}

/* ---- what the output columns give ---- */

static const struct ast_cell *output_cell(const struct ast_row *r, uint16_t noutputs, uint16_t i)
{
	uint16_t n = 0;
	for (const struct ast_cell *c = r->cells; c; c = c->next)
		n++;
	uint16_t at = n < noutputs ? 0 : (uint16_t)(n - noutputs + i);
	const struct ast_cell *c = r->cells;
	while (at-- && c->next)
		c = c->next;
	return c;
}

/* The type of a column is that of its first cell. */
static bool output_type(struct book *b, uint16_t program, const struct ast_cell *c,
			struct type *out)
{
	const struct ast_option *o = c->options;
	const struct ast_expr *e =
	    o && !o->next && o->kind == OPTION_VALUE ? expr_inner(o->a) : NULL;
	if (e && e->kind == EXPR_LITERAL && !type_is_text((enum type_kind)e->value.kind)) {
		*out = (struct type){.kind = (enum type_kind)e->value.kind};
		return true;
	}
	if (e && e->kind == EXPR_NAME) {
		uint16_t param = resolve_param_or(
		    b, program, &e->word,
		    "a value such as $100, 12 or yes, or a parameter, but no word of your own,");
		if (param != NONE)
			*out = b->rb->params[param].type;
		return param != NONE;
	}
	help(b,
	     fault(b, W_TABLE_CELL, c->span, "`" STR_FMT "` is no value that a table can give",
		   STR_ARG(span_text(b, c->span))),
	     "write a value such as $100, 12 or yes, or the name of a parameter");
	return false;
}

static bool type_outputs(struct book *b, const struct table_plan *p, struct table *t,
			 const struct ast_row *first)
{
	uint16_t program = b->bodies.at[p->body].program;
	bool fine = true;
	for (uint16_t i = 0; i < p->noutputs; i++)
		fine &= output_type(b, program, output_cell(first, p->noutputs, i),
				    &t->outputs[i].type);
	return fine;
}

/* A replacement gives what the program's table gives, under the same names. */
static bool match_outputs(struct book *b, struct table_plan *p, const struct table *t)
{
	const struct table *own = &b->rb->tables[t->first];
	const struct table_plan *theirs = plan_of(b, t->first);
	if (theirs->broken)
		return false;
	p->order = arena_array(&b->arena, own->noutputs, sizeof(*p->order));
	for (uint16_t i = 0; i < own->noutputs; i++) {
		uint16_t at = 0;
		while (at < t->noutputs && !str_eq(t->outputs[at].name, own->outputs[i].name))
			at++;
		p->order[i] = at;
		if (at < t->noutputs && type_same(&t->outputs[at].type, &own->outputs[i].type))
			continue;
		struct diag *d =
		    at == t->noutputs
			? fault(b, W_REPLACE_DIFFERS,
				decl_of(b, (uint16_t)(t - b->rb->tables))->span,
				"this table has no column `-> " STR_FMT "`",
				STR_ARG(own->outputs[i].name))
			: fault(b, W_REPLACE_DIFFERS, t->outputs[at].span,
				"the column `" STR_FMT "` is of another type than the program's",
				STR_ARG(own->outputs[i].name));
		help(b, d, "a replacement gives the same columns as the program's table");
		diag_also(b->diags, d, own->outputs[i].span, "the program's column");
		return false;
	}
	return true;
}

static bool lower_header(struct book *b, uint16_t table)
{
	struct table_plan *p = plan_of(b, table);
	struct table *t = &b->rb->tables[table];
	const struct body *body = &b->bodies.at[p->body];
	const struct ast_row *header = body->decl->rows;
	if (body->broken || body->decl->broken)
		return false;
	if (!header || !header->next)
		return odd_header(
		    b, body->decl->span, header ? "the table has no rows" : "the table is empty",
		    "write a first row with its columns, such as | count of conviction "
		    "| -> fee |, and a row for each case below it");
	if (!count_columns(b, p, header) || !name_columns(b, p, t, header) ||
	    !type_outputs(b, p, t, header->next))
		return false;
	if (t->first != table)
		return match_outputs(b, p, t);
	p->order = arena_array(&b->arena, p->noutputs, sizeof(*p->order));
	for (uint16_t i = 0; i < p->noutputs; i++)
		p->order[i] = i;
	return true;
}

void lower_table_heads(struct book *b)
{
	struct rulebook *rb = b->rb;
	b->tables = arena_array(&b->arena, rb->ntables, sizeof(*b->tables));
	b->table_used = arena_array(&b->arena, rb->ntables, sizeof(bool));
	for (uint32_t i = 0; i < rb->nblocks; i++) {
		if (rb->blocks[i].kind != BLOCK_TABLE)
			continue;
		uint16_t table = rb->blocks[i].detail;
		struct table_plan *p = plan_of(b, table);
		rb->tables[table] = (struct table){
		    .block = (uint16_t)i, .first = rb->blocks[b->bodies.at[i].replaces].detail};
		p->body = i;
		p->last = &p->readings;
		p->broken = !lower_header(b, table);
	}
}

/* ---- readings ---- */

static struct table_domain domain_of(const struct book *b, const struct scope *s,
				     const struct texpr *e)
{
	const struct type *t = &e->type;
	struct table_domain d = {INT64_MIN, INT64_MAX, e->optional, NONE};
	if (op_pops(e->op) == 0 && e->l && e->l->optional)
		d.unknown = true; /* the reference that it is read through */
	if (t->has_range) {
		d.lo = t->min;
		d.hi = t->max;
	} else if (t->kind == TYPE_YES_NO || t->kind == TYPE_CHOICE) {
		d.lo = 0;
		d.hi = t->kind == TYPE_YES_NO ? 1 : b->choices.at[t->of].n - 1;
	} else if (t->kind == TYPE_DATE) {
		d.lo = DAY_MIN;
		d.hi = DAY_MAX;
	}
	if (e->op == OP_COUNT) /* an event counts itself */
		d.lo = e->a == s->event && !s->elsewhere;
	else if (e->op == OP_DAYS_SINCE || e->op == OP_PAID_UNDER || e->op == OP_OWED)
		d.lo = 0;
	else if (e->op == OP_PARAM)
		d.param = e->a;
	else if (e->op == OP_CONST)
		d.lo = d.hi = e->k.i;
	return d;
}

static bool column_fits(struct book *b, const struct texpr *e, struct table_column *c, bool first)
{
	struct diag *d = NULL;
	if (type_is_text(e->type.kind)) {
		d = fault(b, W_TABLE_CELL, c->span, "`" STR_FMT "` cannot be looked up in a table",
			  STR_ARG(c->name));
		help(b, d,
		     "a column is money, a number, a percentage, a date, a length of time, yes/no "
		     "or one of a list");
	} else if (!first && !type_same(&e->type, &c->type)) {
		struct buf is = {0}, was = {0};
		type_words(&is, b, &e->type);
		type_words(&was, b, &c->type);
		d = fault(b, W_TABLE_CELL, c->span,
			  "`" STR_FMT "` is " STR_FMT " in one place where this table is looked "
			  "up, and " STR_FMT " in another",
			  STR_ARG(c->name), STR_ARG(buf_view(&was)), STR_ARG(buf_view(&is)));
		help(b, d, "give the two fields the same type, or write two tables");
		buf_release(&is);
		buf_release(&was);
	}
	return !d;
}

static bool read_column(struct scope *s, const struct table_plan *p, struct table *t, uint16_t i,
			struct reading_plan *r, struct code *out)
{
	struct book *b = s->b;
	struct texpr *e = check_expr(s, p->inputs[i]->options->a);
	if (!e || !column_fits(b, e, &t->inputs[i], !p->typed[i]))
		return false;
	p->typed[i] = true;
	if (op_pops(e->op))
		check_guards(b, e, NULL);
	r->domains[i] = domain_of(b, s, e);
	t->inputs[i].type = e->type;
	t->inputs[i].type.has_range = false;
	*out = lower_code(b, e);
	return true;
}

static bool add_reading(struct scope *s, uint16_t table)
{
	struct book *b = s->b;
	struct table_plan *p = plan_of(b, table);
	struct reading_plan *r = arena_alloc(&b->arena, sizeof(*r));
	struct code *codes = arena_array(&b->rb->arena, p->ninputs, sizeof(*codes));
	bool fine = !p->broken;
	r->domains = arena_array(&b->arena, p->ninputs, sizeof(*r->domains));
	r->codes = codes;
	for (uint16_t i = 0; fine && i < p->ninputs; i++)
		fine = read_column(s, p, &b->rb->tables[table], i, r, &codes[i]);
	*p->last = r;
	p->last = &r->next;
	return fine;
}

/* Whoever reads a message about the header has to know from where the table is looked up. */
static void say_where(struct book *b, size_t from, struct span span)
{
	for (size_t i = from; i < b->diags->n; i++)
		if (!b->diags->at[i].also.len)
			diag_also(b->diags, &b->diags->at[i], span, "looked up here");
}

static struct table_use *make_use(struct scope *s, uint16_t table, struct span span)
{
	struct book *b = s->b;
	struct table_plan *own = plan_of(b, table);
	struct table_use *u = arena_alloc(&b->arena, sizeof(*u));
	struct scope in = *s;
	size_t told = b->diags->n;
	in.in_table = true;
	in.used_fields = false;
	*u = (struct table_use){.kind = s->kind, .event = s->event, .elsewhere = s->elsewhere};
	u->index = own->uses ? (uint16_t)(own->uses->index + 1) : 0;
	u->next = own->uses;
	own->uses = u;
	for (uint16_t i = 0; i < b->rb->ntables; i++)
		if (b->rb->tables[i].first == table && !add_reading(&in, i))
			u->failed = true;
	u->uses_fields = in.used_fields;
	say_where(b, told, span);
	return u;
}

static struct table_use *use_table(struct scope *s, uint16_t table, struct span span)
{
	for (struct table_use *u = plan_of(s->b, table)->uses; u; u = u->next)
		if (u->kind == s->kind && u->event == s->event && u->elsewhere == s->elsewhere)
			return u;
	if (plan_of(s->b, table)->uses &&
	    !resolve_room(s->b, plan_of(s->b, table)->uses->index + 1u, LIMIT_EVENT_TYPES, span,
			  "kinds of events on which one table is looked up"))
		return NULL;
	return make_use(s, table, span);
}

/* ---- looking up ---- */

static uint32_t body_named(const struct scope *s, struct str name)
{
	if (s->program == NONE)
		return NO_BODY;
	uint32_t at = map_get(&s->b->programs.at[s->program].blocks, name);
	if (at == MAP_NONE || s->b->rb->blocks[at].kind != BLOCK_TABLE)
		return NO_BODY;
	return at;
}

bool names_table(const struct scope *s, struct str name)
{
	return body_named(s, name) != NO_BODY;
}

void suggest_tables(const struct scope *s, struct suggestion *near)
{
	const struct book *b = s->b;
	for (size_t i = 0; i < b->bodies.n; i++)
		if (b->bodies.at[i].program == s->program && b->bodies.at[i].county == NONE &&
		    b->rb->blocks[i].kind == BLOCK_TABLE)
			suggest_try(near, b->bodies.at[i].name);
}

static uint16_t find_output(struct book *b, uint16_t table, const struct ast_word *w)
{
	const struct table *t = &b->rb->tables[table];
	struct suggestion near;
	suggest_init(b, &near, w->s);
	for (uint16_t i = 0; i < t->noutputs; i++) {
		if (str_eq(t->outputs[i].name, w->s)) {
			name_used(b, w, t->outputs[i].name);
			return i;
		}
		suggest_try(&near, t->outputs[i].name);
	}
	struct diag *d =
	    fault(b, W_UNKNOWN_NAME, w->span, "the table `" STR_FMT "` gives no `" STR_FMT "`",
		  STR_ARG(b->rb->blocks[t->block].name), STR_ARG(w->s));
	if (near.best.len)
		help(b, d, "did you mean `" STR_FMT "`?", STR_ARG(near.best));
	else
		help(b, d, "it gives the columns that begin with `->` in its first row");
	diag_also(b->diags, d, decl_of(b, table)->span, "the table");
	return NONE;
}

struct texpr *check_lookup(struct scope *s, const struct ast_expr *e)
{
	struct book *b = s->b;
	uint16_t table = b->rb->blocks[body_named(s, e->word.s)].detail;
	const struct block *block = &b->rb->blocks[b->rb->tables[table].block];
	b->table_used[table] = true;
	name_used(b, &e->word, block->name);
	if (s->body != NO_BODY)
		*vec_push(&b->starts) =
		    (struct start){b->rb->tables[table].block, s->body, s->event, e->span};
	if (plan_of(b, table)->broken)
		return NULL;
	if (s->in_table) {
		help(b,
		     fault(b, W_TABLE_CELL, e->span,
			   "a column of a table is not looked up in a table"),
		     "let the table decide by what `" STR_FMT "` decides by", STR_ARG(e->word.s));
		return NULL;
	}
	if (block->case_kind != NONE && s->kind != block->case_kind) {
		struct diag *d =
		    fault(b, W_NOT_OF_KIND, e->span,
			  "`" STR_FMT "` is a table of `" STR_FMT "`, and this is not",
			  STR_ARG(e->word.s), STR_ARG(b->rb->kinds[block->case_kind].name));
		help(b, d, "write a table of its own, or leave `of …` away there");
		return NULL;
	}
	uint16_t output = find_output(b, table, &e->word2);
	name_used(b, &e->word, block->name);
	if (output != NONE)
		name_used(b, &e->word2, b->rb->tables[table].outputs[output].name);
	struct table_use *u = output == NONE ? NULL : use_table(s, table, e->span);
	if (!u || u->failed)
		return NULL;
	if (u->uses_fields) {
		s->used_fields = true;
		s->field_span = e->span;
	}
	struct texpr *t =
	    texpr_new(s, OP_TABLE, b->rb->tables[table].outputs[output].type, e->span);
	t->a = table;
	t->b = (uint32_t)u->index << 8 | output;
	return t;
}

void table_output_values(struct book *b, uint16_t table, uint16_t output,
			 void (*each)(void *arg, const struct dated *v), void *arg)
{
	for (uint16_t i = 0; i < b->rb->ntables; i++) {
		const struct table_plan *p = plan_of(b, i);
		if (b->rb->tables[i].first != table || p->broken)
			continue;
		const struct ast_decl *d = decl_of(b, i);
		for (const struct ast_row *r = d->rows->next; r; r = r->next) {
			const struct ast_cell *c = output_cell(r, p->noutputs, p->order[output]);
			const struct ast_expr *e = c->options ? expr_inner(c->options->a) : NULL;
			if (e && e->kind == EXPR_LITERAL)
				each(arg, &(struct dated){.value = e->value, .span = c->span});
			uint16_t param =
			    e && e->kind == EXPR_NAME
				? find_param(b, b->bodies.at[p->body].program, e->word.s)
				: NONE;
			if (param != NONE)
				param_values(b, param, each, arg);
		}
	}
}

/* ---- after all bodies ---- */

/* Could the columns be read outside of any event? A table that nobody looks up yet is checked as
 * far as that goes. */
static bool readable(const struct scope *s, const struct table_plan *p)
{
	for (uint16_t i = 0; i < p->ninputs; i++) {
		const struct ast_expr *e = expr_inner(p->inputs[i]->options->a);
		bool named = e->kind == EXPR_NAME || e->kind == EXPR_MEMBER;
		if (named && !name_resolves(s, e->word.s))
			return false;
		if (!named && e->kind != EXPR_COUNT && e->kind != EXPR_DAYS_SINCE)
			return false;
	}
	return true;
}

static void read_unused(struct book *b, uint16_t table)
{
	const struct table_plan *p = plan_of(b, table);
	struct scope s = {.b = b, .program = b->bodies.at[p->body].program, .event = NONE};
	s.body = NO_BODY;
	s.kind = b->rb->blocks[p->body].case_kind;
	if (!p->uses && !p->broken && readable(&s, p))
		use_table(&s, table, decl_of(b, table)->span);
}

static void keep_readings(struct book *b, uint16_t table)
{
	struct table *t = &b->rb->tables[table];
	const struct table_plan *p = plan_of(b, table);
	for (const struct reading_plan *r = p->readings; r; r = r->next)
		t->nreadings++;
	struct table_reading *at = arena_array(&b->rb->arena, t->nreadings, sizeof(*at));
	t->readings = at;
	for (const struct reading_plan *r = p->readings; r; r = r->next, at++) {
		bool *unknown = arena_array(&b->rb->arena, t->ninputs, sizeof(*unknown));
		for (uint16_t i = 0; i < t->ninputs; i++)
			unknown[i] = r->domains[i].unknown;
		*at = (struct table_reading){r->codes, unknown};
	}
}

static bool all_readings_fine(const struct book *b, uint16_t table)
{
	const struct table_use *u = plan_of(b, b->rb->tables[table].first)->uses;
	bool fine = u != NULL;
	for (; u && fine; u = u->next)
		fine = !u->failed;
	return fine;
}

void lower_tables(struct book *b)
{
	for (uint16_t i = 0; i < b->rb->ntables; i++)
		if (b->rb->tables[i].first == i)
			read_unused(b, i);
	for (uint16_t i = 0; i < b->rb->ntables; i++) {
		keep_readings(b, i);
		if (!plan_of(b, i)->broken && all_readings_fine(b, i) && lower_table_rows(b, i))
			check_table(b, i);
	}
}
