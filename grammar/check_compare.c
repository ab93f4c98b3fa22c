/* SPDX-License-Identifier: Apache-2.0
 *
 * Comparisons: both sides are of one type, a choice is one of its list, and only what has an order
 * is ordered.
 */
#include "grammar/check.h"

#include "engine/base/limits.h"

static const struct type yes_no = {.kind = TYPE_YES_NO};

static enum op op_of(enum ast_expr_kind kind)
{
	return kind == EXPR_EQ   ? OP_EQ
	       : kind == EXPR_NE ? OP_NE
	       : kind == EXPR_LT ? OP_LT
	       : kind == EXPR_LE ? OP_LE
	       : kind == EXPR_GT ? OP_GT
				 : OP_GE;
}

static bool in_set(const struct book *b, uint16_t set, struct str name)
{
	const struct choice_set *c = &b->choices.at[set];
	for (uint16_t i = 0; i < c->n; i++)
		if (str_eq(c->names[i], name))
			return true;
	return false;
}

bool adopt_unit(struct texpr *l, struct texpr *r)
{
	if (l->bare && type_is_unit(r->type.kind))
		l->type.kind = r->type.kind;
	else if (r->bare && type_is_unit(l->type.kind))
		r->type.kind = l->type.kind;
	return type_same(&l->type, &r->type);
}

struct texpr *check_against(struct scope *s, const struct type *side, const struct ast_expr *e)
{
	const struct ast_expr *in = expr_inner(e);
	if (side->kind == TYPE_CHOICE && in->kind == EXPR_NAME &&
	    (in_set(s->b, side->of, in->word.s) || !name_resolves(s, in->word.s))) {
		uint16_t i = resolve_choice(s->b, side->of, &in->word);
		return i == NONE ? NULL : check_constant(s, in, value_int(TYPE_CHOICE, i), *side);
	}
	return check_expr(s, e);
}

static bool pair(struct scope *s, const struct ast_expr *e, struct texpr **l, struct texpr **r)
{
	const struct ast_expr *a = expr_inner(e->a), *b = expr_inner(e->b);
	bool right_first =
	    a->kind == EXPR_NAME && !name_resolves(s, a->word.s) &&
	    (b->kind == EXPR_MEMBER || (b->kind == EXPR_NAME && name_resolves(s, b->word.s)));
	if (right_first) {
		*r = check_expr(s, e->b);
		*l = *r ? check_against(s, &(*r)->type, e->a) : NULL;
	} else {
		*l = check_expr(s, e->a);
		*r = *l ? check_against(s, &(*l)->type, e->b) : NULL;
	}
	return *l && *r;
}

/* A number that is a parameter has no unit; one that is a period has. */
static bool help_number_parameter(struct scope *s, struct diag *d, const struct texpr *number,
				  const struct texpr *side)
{
	if (number->op != OP_PARAM || number->type.kind != TYPE_NUMBER ||
	    !type_is_unit(side->type.kind) || side->type.kind == TYPE_MINUTES)
		return false;
	const struct param *p = &s->b->rb->params[number->a];
	help(s->b, d, "declare `period " STR_FMT " is %lld " STR_FMT "`, a length of time",
	     STR_ARG(p->name), (long long)p->values.at[0].value.i,
	     STR_ARG(type_kind_name(side->type.kind)));
	return true;
}

static void help_comparing(struct scope *s, struct diag *d, const struct texpr *l,
			   const struct texpr *r, struct str left_words)
{
	struct book *b = s->b;
	bool units = type_is_unit(l->type.kind) && type_is_unit(r->type.kind);
	bool plain = l->type.kind == TYPE_NUMBER && type_is_unit(r->type.kind) && r->op == OP_CONST;
	bool quoted = (l->type.kind == TYPE_CHOICE || l->type.kind == TYPE_YES_NO) &&
		      r->type.kind == TYPE_TEXT;
	bool name =
	    l->op == OP_CONST && l->type.kind == TYPE_TEXT && name_resolves(s, value_as_str(l->k));
	if (help_number_parameter(s, d, r, l) || help_number_parameter(s, d, l, r))
		return;
	if (quoted || name)
		help(b, d, "leave the quotes out");
	else if (plain)
		help(b, d, "leave the unit out, or declare `" STR_FMT "` in " STR_FMT,
		     STR_ARG(span_text(b, l->span)), STR_ARG(type_kind_name(r->type.kind)));
	else
		help(b, d,
		     units ? "both sides need the same unit; a month has no fixed number of days"
			   : "compare it with something that is " STR_FMT,
		     STR_ARG(left_words));
}

static void not_comparable(struct scope *s, const struct texpr *l, const struct texpr *r,
			   struct span span)
{
	struct book *b = s->b;
	struct buf lw = {0}, rw = {0};
	type_words(&lw, b, &l->type);
	type_words(&rw, b, &r->type);
	struct diag *d = fault(b, W_NOT_COMPARABLE, span,
			       "`" STR_FMT "` is " STR_FMT ", but `" STR_FMT "` is " STR_FMT
			       "; they cannot be compared",
			       STR_ARG(span_text(b, l->span)), STR_ARG(buf_view(&lw)),
			       STR_ARG(span_text(b, r->span)), STR_ARG(buf_view(&rw)));
	help_comparing(s, d, l, r, buf_view(&lw));
	buf_release(&lw);
	buf_release(&rw);
}

static bool ordered(enum type_kind kind)
{
	return kind <= TYPE_DATE;
}

/* What a comparison of a ranged thing with a constant always gives: 1 yes, 0 no, -1 it depends. */
static int settled(enum op op, const struct type *t, int64_t c)
{
	switch (op) {
	case OP_EQ:
		return c < t->min || c > t->max ? 0 : t->min == t->max ? 1 : -1;
	case OP_NE:
		return c < t->min || c > t->max ? 1 : t->min == t->max ? 0 : -1;
	case OP_LT:
		return t->max < c ? 1 : t->min >= c ? 0 : -1;
	case OP_LE:
		return t->max <= c ? 1 : t->min > c ? 0 : -1;
	case OP_GT:
		return t->min > c ? 1 : t->max <= c ? 0 : -1;
	case OP_GE:
		return t->min >= c ? 1 : t->max < c ? 0 : -1;
	default:
		return -1;
	}
}

static enum op mirrored(enum op op)
{
	return op == OP_LT   ? OP_GT
	       : op == OP_LE ? OP_GE
	       : op == OP_GT ? OP_LT
	       : op == OP_GE ? OP_LE
			     : op;
}

static void warn_settled(struct scope *s, enum op op, const struct texpr *l, const struct texpr *r,
			 struct span span)
{
	if (l->op == OP_CONST && r->op != OP_CONST) {
		warn_settled(s, mirrored(op), r, l, span);
		return;
	}
	if (r->op != OP_CONST || !l->type.has_range)
		return;
	int is = settled(op, &l->type, r->k.i);
	if (is < 0)
		return;
	struct buf lo = {0}, hi = {0};
	value_text(&lo, value_int(l->type.kind, l->type.min));
	value_text(&hi, value_int(l->type.kind, l->type.max));
	struct diag *d =
	    warn(s->b, is ? W_ALWAYS_HOLDS : W_NEVER_HOLDS, span, "`" STR_FMT "` %s",
		 STR_ARG(span_text(s->b, span)), is ? "always holds" : "can never hold");
	help(s->b, d, "`" STR_FMT "` is from " STR_FMT " to " STR_FMT,
	     STR_ARG(span_text(s->b, l->span)), STR_ARG(buf_view(&lo)), STR_ARG(buf_view(&hi)));
	buf_release(&lo);
	buf_release(&hi);
}

static struct texpr *compare(struct scope *s, enum op op, struct texpr *l, struct texpr *r,
			     struct span span)
{
	if (!adopt_unit(l, r)) {
		not_comparable(s, l, r, span);
		return NULL;
	}
	if (op != OP_EQ && op != OP_NE && !ordered(l->type.kind)) {
		struct buf words = {0};
		type_words(&words, s->b, &l->type);
		struct diag *d = fault(
		    s->b, W_NO_ORDER, span, "`" STR_FMT "` is " STR_FMT ", which has no order",
		    STR_ARG(span_text(s->b, l->span)), STR_ARG(buf_view(&words)));
		help(s->b, d, "use `is`, `is not` or `is one of`");
		buf_release(&words);
		return NULL;
	}
	warn_settled(s, op, l, r, span);
	struct texpr *t = texpr_new(s, op, yes_no, span);
	t->l = l;
	t->r = r;
	return t;
}

/* `step of E`, `stage of E` against the name of a step or `none`. */
static struct texpr *step_is(struct scope *s, const struct ast_expr *step, const struct ast_expr *e,
			     struct span span)
{
	enum block_kind kind = step->kind == EXPR_STAGE ? BLOCK_STAGES : BLOCK_ESCALATION;
	struct str what = block_step_name(kind);
	e = expr_inner(e);
	uint32_t body =
	    s->program == NONE ? NO_BODY : resolve_block(s->b, s->program, kind, &step->word);
	if (body == NO_BODY)
		return NULL;
	if (e->kind != EXPR_NAME) {
		struct diag *d = fault(s->b, W_NOT_COMPARABLE, span, "`" STR_FMT "` is no " STR_FMT,
				       STR_ARG(span_text(s->b, e->span)), STR_ARG(what));
		help(s->b, d, "compare with the name of a " STR_FMT ", or with `none`",
		     STR_ARG(what));
		return NULL;
	}
	uint16_t n = 0;
	if (!str_eq(e->word.s, STR("none"))) {
		n = resolve_step(s->b, body, &e->word);
		if (!n)
			return NULL;
	}
	struct texpr *t = texpr_new(s, OP_STEP_IS, yes_no, span);
	t->a = s->b->rb->blocks[body].detail;
	t->b = n;
	return t;
}

static struct texpr *negated(struct scope *s, struct texpr *l, struct span span)
{
	if (!l)
		return NULL;
	struct texpr *t = texpr_new(s, OP_NOT, yes_no, span);
	t->l = l;
	return t;
}

static bool asks_step(const struct ast_expr *e)
{
	return e->kind == EXPR_STEP || e->kind == EXPR_STAGE;
}

static struct texpr *compare_steps(struct scope *s, const struct ast_expr *e)
{
	const struct ast_expr *a = expr_inner(e->a), *b = expr_inner(e->b);
	const struct ast_expr *step = asks_step(a) ? a : b;
	const struct ast_expr *name = step == a ? b : a;
	if (e->kind != EXPR_EQ && e->kind != EXPR_NE) {
		struct diag *d = fault(s->b, W_NO_ORDER, e->span, "steps and stages have no order");
		help(s->b, d, "use `is`, `is not` or `is one of`");
		return NULL;
	}
	struct texpr *t = step_is(s, step, name, e->span);
	return e->kind == EXPR_NE ? negated(s, t, e->span) : t;
}

struct texpr *check_compare(struct scope *s, const struct ast_expr *e)
{
	if (asks_step(expr_inner(e->a)) || asks_step(expr_inner(e->b)))
		return compare_steps(s, e);
	struct texpr *l, *r;
	if (!pair(s, e, &l, &r))
		return NULL;
	return compare(s, op_of(e->kind), l, r, e->span);
}

struct texpr *check_one_of(struct scope *s, const struct ast_expr *e)
{
	const struct ast_expr *a = expr_inner(e->a);
	struct texpr *l = asks_step(a) ? NULL : check_expr(s, e->a), *all = NULL;
	if (!l && !asks_step(a))
		return NULL;
	bool fine = true;
	uint32_t n = 0;
	for (const struct ast_expr *o = e->list; o; o = o->next) {
		if (!resolve_room(s->b, n++, LIMIT_OPTIONS, o->span, "options"))
			return NULL;
		struct texpr *is, *r = l ? check_against(s, &l->type, o) : NULL;
		if (l)
			is = r ? compare(s, OP_EQ, l, r, e->span) : NULL;
		else
			is = step_is(s, a, o, e->span);
		fine = fine && is;
		if (!is || !all) {
			all = is ? is : all;
			continue;
		}
		struct texpr *t = texpr_new(s, OP_OR, yes_no, e->span);
		t->l = all;
		t->r = is;
		all = t;
	}
	if (!fine)
		return NULL;
	return e->kind == EXPR_NOT_ONE_OF ? negated(s, all, e->span) : all;
}
