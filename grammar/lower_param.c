/* SPDX-License-Identifier: Apache-2.0
 *
 * Parameters: dated values as their program says, and what counties change.
 */
#include "grammar/lower.h"

#include "engine/base/limits.h"

#include <stdlib.h>

static const char *param_word(enum type_kind kind)
{
	return kind == TYPE_MONEY     ? "amount"
	       : kind == TYPE_NUMBER  ? "number"
	       : kind == TYPE_PERCENT ? "percent"
				      : "period";
}

/* The declared kind; `period` stands as TYPE_DAYS and takes the unit of its first value. */
static bool declared_type(struct book *b, const struct ast_decl *d, struct type *out)
{
	*out = (struct type){.kind = d->type.kind};
	if (!type_is_unit(out->kind) || !d->values)
		return true;
	const struct ast_expr *first = expr_inner(d->values->value);
	if (first->kind == EXPR_LITERAL && type_is_unit((enum type_kind)first->value.kind)) {
		out->kind = (enum type_kind)first->value.kind;
		return true;
	}
	struct diag *g = fault(b, W_WRONG_TYPE, first->span, "`" STR_FMT "` is no length of time",
			       STR_ARG(span_text(b, first->span)));
	help(b, g, "write it with its unit, such as 14 days or 1 month");
	return false;
}

bool param_dated(struct book *b, const struct ast_dated *v, const struct type *t, struct dated *out)
{
	const struct ast_expr *e = expr_inner(v->value);
	struct value value;
	if (e->kind != EXPR_LITERAL) {
		struct diag *d = fault(b, W_WRONG_TYPE, e->span,
				       "a parameter's value is written out, not calculated");
		help(b, d, "write the value itself");
		return false;
	}
	bool unit = type_is_unit(t->kind);
	if (unit && e->value.kind != t->kind) {
		struct diag *d =
		    fault(b, W_WRONG_UNIT, e->span,
			  "all values of this period are in " STR_FMT ", but `" STR_FMT "` is not",
			  STR_ARG(type_kind_name(t->kind)), STR_ARG(span_text(b, e->span)));
		help(b, d, "write it in " STR_FMT, STR_ARG(type_kind_name(t->kind)));
		return false;
	}
	if (!check_value(b, e, t, &value))
		return false;
	if (unit && (value.i < 0 || value.i > LIMIT_PERIOD)) {
		fault(b, W_OUT_OF_RANGE, e->span, "a period is at most 1,000,000 units long");
		return false;
	}
	*out = (struct dated){.from = v->from, .value = value, .span = v->span, .cite = v->cite.s};
	out->placeholder = v->placeholder.s;
	return true;
}

static int by_from(const void *a, const void *b)
{
	const struct dated *x = a, *y = b;
	return x->from != y->from ? (x->from < y->from ? -1 : 1)
				  : (x->span.off > y->span.off) - (x->span.off < y->span.off);
}

static void sort_values(struct book *b, struct dated *at, uint16_t n)
{
	if (n)
		qsort(at, n, sizeof(*at), by_from);
	for (uint16_t i = 1; i < n; i++) {
		if (at[i].from != at[i - 1].from)
			continue;
		struct diag *d =
		    fault(b, W_DEFINED_TWICE, at[i].span, "two values begin on the same day");
		help(b, d, "give each value its own `from` date");
		diag_also(b->diags, d, at[i - 1].span, "the other one");
	}
}

static uint16_t count_values(struct book *b, const struct ast_dated *v)
{
	uint16_t n = 0;
	for (; v && resolve_room(b, n, LIMIT_VALUES, v->span, "values of one parameter");
	     v = v->next)
		n++;
	return n;
}

static void lower_one(struct book *b, uint16_t i)
{
	const struct ast_decl *d = b->params.at[i];
	struct param *p = &b->rb->params[i];
	*p = (struct param){.name = d->name.s, .title = d->title.s, .cite = d->cite.s};
	p->program = b->param_programs.at[i];
	p->locked = d->locked;
	p->span = d->name.span;
	uint16_t most = count_values(b, d->values), n = 0;
	struct dated *at = arena_array(&b->rb->arena, most + 1u, sizeof(*at));
	if (declared_type(b, d, &p->type))
		for (const struct ast_dated *v = d->values; v && n < most; v = v->next)
			n += param_dated(b, v, &p->type, &at[n]);
	if (!d->broken)
		sort_values(b, at, n);
	if (!n) /* an error has been reported; keep the list from being empty */
		at[n++] = (struct dated){
		    .from = DAY_MIN, .value = value_int(p->type.kind, 0), .span = d->span};
	at[0].from = DAY_MIN;
	p->values = (struct dated_list){at, n};
}

void lower_params(struct book *b)
{
	struct rulebook *rb = b->rb;
	rb->nparams = (uint16_t)b->params.n;
	rb->params = arena_array(&rb->arena, b->params.n, sizeof(*rb->params));
	b->param_used = arena_array(&b->arena, b->params.n, sizeof(bool));
	for (uint16_t i = 0; i < rb->nparams; i++)
		lower_one(b, i);
}

/* ---- what counties change ---- */

/* The parameter of that name in a program that the county adopts. */
static uint16_t adopted_param(struct book *b, const struct county *c, const struct ast_word *w)
{
	uint16_t found = NONE;
	for (uint16_t i = 0; i < c->nadopts; i++) {
		uint32_t at = map_get(&b->programs.at[c->adopts[i].program].params, w->s);
		if (at == MAP_NONE)
			continue;
		if (found != NONE) {
			struct diag *d = fault(
			    b, W_AMBIGUOUS, w->span,
			    "two adopted programs have a parameter `" STR_FMT "`", STR_ARG(w->s));
			help(b, d, "rename one of them");
			return NONE;
		}
		found = (uint16_t)at;
	}
	uint32_t shared = map_get(&b->shared_params, w->s);
	if (found == NONE && shared != MAP_NONE)
		found = (uint16_t)shared;
	if (found != NONE) {
		name_used(b, w, b->params.at[found]->name.s);
		return found;
	}
	if (!county_is_whole(b, (uint16_t)(c - b->rb->counties)))
		return NONE;
	struct suggestion s;
	suggest_init(b, &s, w->s);
	for (size_t i = 0; i < b->params.n; i++)
		for (uint16_t j = 0; j < c->nadopts; j++)
			if (b->param_programs.at[i] == c->adopts[j].program)
				suggest_try(&s, b->params.at[i]->name.s);
	struct diag *d = fault(b, W_UNKNOWN_NAME, w->span,
			       "no program that this county adopts has a parameter `" STR_FMT "`",
			       STR_ARG(w->s));
	suggest_help(b, d, &s, "a parameter of an adopted program");
	return NONE;
}

static bool change_fits(struct book *b, const struct ast_decl *d, const struct param *p)
{
	if (p->locked) {
		struct diag *g =
		    fault(b, W_LOCKED, d->name.span,
			  "`" STR_FMT "` is locked; a county cannot change it", STR_ARG(d->name.s));
		help(b, g, "remove this change, or ask for the lock to be lifted in the program");
		diag_also(b->diags, g, p->span, "locked here");
		return false;
	}
	bool period = type_is_unit(d->type.kind);
	if (period ? type_is_unit(p->type.kind) : d->type.kind == p->type.kind)
		return true;
	struct diag *g =
	    fault(b, W_WRONG_TYPE, d->span, "`" STR_FMT "` is declared as %s, not as %s",
		  STR_ARG(d->name.s), param_word(p->type.kind), param_word(d->type.kind));
	help(b, g, "write `change %s " STR_FMT " to …`", param_word(p->type.kind),
	     STR_ARG(d->name.s));
	diag_also(b->diags, g, p->span, "declared here");
	return false;
}

struct changed {
	uint16_t county, param;
	struct dated value;
};

static int by_county(const void *a, const void *b)
{
	const struct changed *x = a, *y = b;
	if (x->county != y->county)
		return x->county < y->county ? -1 : 1;
	if (x->param != y->param)
		return x->param < y->param ? -1 : 1;
	return by_from(&x->value, &y->value);
}

/* The program's values up to the county's first own one, then the county's. */
static struct dated_list merged(struct book *b, const struct param *p, const struct changed *own,
				uint16_t n)
{
	struct dated *at = arena_array(&b->rb->arena, (size_t)p->values.n + n, sizeof(*at));
	uint16_t k = 0;
	for (uint16_t i = 0; i < p->values.n; i++)
		if (p->values.at[i].from < own[0].value.from)
			at[k++] = p->values.at[i];
	uint16_t first = k;
	for (uint16_t i = 0; i < n; i++)
		at[k++] = own[i].value;
	sort_values(b, at + first, n);
	return (struct dated_list){at, k};
}

static void change_one(struct book *b, const struct county_change *c, struct changed *out,
		       size_t *n)
{
	const struct ast_decl *d = c->decl;
	uint16_t i = adopted_param(b, &b->rb->counties[c->county], &d->name);
	if (i == NONE || !d->values)
		return;
	const struct param *p = &b->rb->params[i];
	if (!change_fits(b, d, p))
		return;
	for (const struct ast_dated *v = d->values; v; v = v->next) {
		struct changed *o = &out[*n];
		if (!param_dated(b, v, &p->type, &o->value))
			continue;
		if (!o->value.cite.len)
			o->value.cite = d->cite.s;
		o->county = c->county;
		o->param = i;
		(*n)++;
	}
}

static void county_values(struct book *b, uint16_t county, const struct changed *own, size_t n)
{
	struct rulebook *rb = b->rb;
	struct dated_list *values = arena_array(&rb->arena, rb->nparams, sizeof(*values));
	for (uint16_t i = 0; i < rb->nparams; i++)
		values[i] = rb->params[i].values;
	for (size_t i = 0, run; i < n; i += run) {
		for (run = 1; i + run < n && own[i + run].param == own[i].param;)
			run++;
		if (run > LIMIT_VALUES)
			fault(b, W_TOO_MANY, own[i].value.span, "there are more than %u changes",
			      LIMIT_VALUES);
		else
			values[own[i].param] =
			    merged(b, &rb->params[own[i].param], own + i, (uint16_t)run);
	}
	rb->counties[county].values = values;
}

void lower_changes(struct book *b)
{
	size_t n = 0, at = 0;
	for (size_t i = 0; i < b->changes.n; i++)
		for (const struct ast_dated *v = b->changes.at[i].decl->values; v; v = v->next)
			n++;
	struct changed *all = arena_array(&b->arena, n + 1, sizeof(*all));
	n = 0;
	for (size_t i = 0; i < b->changes.n; i++)
		if (b->changes.at[i].decl->kind == AST_CHANGE)
			change_one(b, &b->changes.at[i], all, &n);
	if (n)
		qsort(all, n, sizeof(*all), by_county);
	for (uint16_t c = 0; c < b->rb->ncounties; c++) {
		size_t first = at;
		while (at < n && all[at].county == c)
			at++;
		county_values(b, c, all + first, at - first);
	}
}

uint16_t param_assumed(struct book *b, uint16_t county, const struct ast_word *name)
{
	return adopted_param(b, &b->rb->counties[county], name);
}

void param_values(struct book *b, uint16_t param, void (*each)(void *arg, const struct dated *v),
		  void *arg)
{
	const struct dated_list *own = &b->rb->params[param].values;
	for (uint16_t i = 0; i < own->n; i++)
		each(arg, &own->at[i]);
	for (uint16_t c = 0; c < b->rb->ncounties; c++) {
		const struct dated_list *l = &b->rb->counties[c].values[param];
		for (uint16_t i = 0; l->at != own->at && i < l->n; i++)
			each(arg, &l->at[i]);
	}
}
