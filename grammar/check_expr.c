/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions: and, or, not, known. Comparisons, arithmetic and leaves have files of their own.
 */
#include "grammar/check.h"

#include "engine/base/limits.h"

static const struct type yes_no = {.kind = TYPE_YES_NO};

const struct ast_expr *expr_inner(const struct ast_expr *e)
{
	while (e->kind == EXPR_PAREN)
		e = e->a;
	return e;
}

struct texpr *texpr_and(struct scope *s, struct texpr *l, struct texpr *r)
{
	if (!l || !r)
		return l ? l : r;
	struct texpr *t = texpr_new(s, OP_AND, yes_no, l->span);
	t->l = l;
	t->r = r;
	return t;
}

struct texpr *texpr_count_is(struct scope *s, uint16_t event, int64_t n,
			     const struct ast_period *in_last, struct span span)
{
	struct type number = {.kind = TYPE_NUMBER};
	struct texpr *t = texpr_new(s, OP_EQ, yes_no, span);
	if (in_last->span.len) {
		t->l = texpr_count_in(s, event, in_last, span);
		if (!t->l)
			return NULL;
	} else {
		t->l = texpr_new(s, OP_COUNT, number, span);
		t->l->a = event;
	}
	t->r = texpr_new(s, OP_CONST, number, span);
	t->r->k = value_int(TYPE_NUMBER, n);
	return t;
}

static struct texpr *needs_yes_no(struct scope *s, const struct ast_expr *e, struct texpr *t)
{
	if (!t || t->type.kind == TYPE_YES_NO)
		return t;
	struct buf words = {0};
	type_words(&words, s->b, &t->type);
	struct str text = span_text(s->b, e->span);
	struct diag *d =
	    fault(s->b, W_NO_CONDITION, e->span, "`" STR_FMT "` is " STR_FMT ", not a condition",
		  STR_ARG(text), STR_ARG(buf_view(&words)));
	help(s->b, d, "compare it with something, such as `" STR_FMT " is …`", STR_ARG(text));
	buf_release(&words);
	return NULL;
}

struct texpr *check_condition(struct scope *s, const struct ast_expr *e)
{
	return needs_yes_no(s, e, check_expr(s, e));
}

static struct texpr *junction(struct scope *s, const struct ast_expr *e)
{
	struct texpr *l = check_condition(s, e->a);
	struct texpr *r = check_condition(s, e->b);
	if (!l || !r)
		return NULL;
	struct texpr *t = texpr_new(s, e->kind == EXPR_AND ? OP_AND : OP_OR, yes_no, e->span);
	t->l = l;
	t->r = r;
	return t;
}

static struct texpr *unary(struct scope *s, const struct ast_expr *e, enum op op)
{
	struct texpr *l = check_condition(s, e->a);
	if (!l)
		return NULL;
	struct texpr *t = texpr_new(s, op, yes_no, e->span);
	t->l = l;
	return t;
}

static struct texpr *negated(struct scope *s, struct texpr *l, struct span span)
{
	struct texpr *t = texpr_new(s, OP_NOT, yes_no, span);
	t->l = l;
	return t;
}

static struct texpr *known(struct scope *s, const struct ast_expr *e)
{
	const struct ast_expr *of = expr_inner(e->a);
	bool leaf = of->kind == EXPR_NAME || of->kind == EXPR_MEMBER || of->kind == EXPR_DAYS_SINCE;
	struct texpr *l = leaf ? check_expr(s, of) : NULL;
	if (!leaf) {
		struct diag *d = fault(s->b, W_WRONG_TYPE, e->span,
				       "`" STR_FMT "` cannot be asked whether it is known",
				       STR_ARG(span_text(s->b, of->span)));
		help(s->b, d, "ask it of a fact, a field or `days since …`");
	}
	if (!l)
		return NULL;
	if (!l->optional && !(l->l && l->l->optional)) {
		struct diag *d =
		    warn(s->b, W_ALWAYS_KNOWN, e->span, "`" STR_FMT "` is always known",
			 STR_ARG(span_text(s->b, of->span)));
		help(s->b, d,
		     "only what is declared `optional` can be unknown; remove this question");
	}
	struct texpr *t = texpr_new(s, OP_KNOWN, yes_no, e->span);
	t->l = l;
	return e->kind == EXPR_UNKNOWN ? negated(s, t, e->span) : t;
}

static struct texpr *paid_under(struct scope *s, const struct ast_expr *e)
{
	uint32_t body = s->program == NONE
			    ? NO_BODY
			    : resolve_block(s->b, s->program, BLOCK_SCHEDULE, &e->word);
	if (body == NO_BODY)
		return NULL;
	struct texpr *t = texpr_new(s, OP_PAID_UNDER, (struct type){.kind = TYPE_MONEY}, e->span);
	t->a = s->b->rb->blocks[body].detail;
	return t;
}

static struct texpr *placed_on(struct scope *s, const struct ast_expr *e)
{
	uint16_t docket = resolve_docket(s->b, s->kind, &e->word);
	if (docket == NONE)
		return NULL;
	struct texpr *t = texpr_new(s, OP_PLACED_ON, yes_no, e->span);
	t->a = docket;
	return t;
}

static struct texpr *check_place(struct scope *s, const struct ast_expr *e)
{
	uint16_t capacity = resolve_capacity(s->b, s->kind, &e->word);
	if (capacity == NONE)
		return NULL;
	struct texpr *t = texpr_new(s, OP_PLACE, (struct type){.kind = TYPE_YES_NO}, e->span);
	t->a = capacity;
	t->b = e->kind == EXPR_WAITING;
	return t;
}

static struct texpr *lone_step(struct scope *s, const struct ast_expr *e)
{
	bool stage = e->kind == EXPR_STAGE;
	enum block_kind kind = stage ? BLOCK_STAGES : BLOCK_ESCALATION;
	if (s->program != NONE && resolve_block(s->b, s->program, kind, &e->word) == NO_BODY)
		return NULL;
	struct diag *d =
	    fault(s->b, W_NO_CONDITION, e->span, "`" STR_FMT "` must be compared with a %s",
		  STR_ARG(span_text(s->b, e->span)), stage ? "stage" : "step");
	help(s->b, d, "write `" STR_FMT " is %s`, or `is none`", STR_ARG(span_text(s->b, e->span)),
	     stage ? "STAGE" : "STEP");
	return NULL;
}

/* How deep it goes the parser has bounded (LIMIT_EXPR_HEIGHT). */
struct texpr *check_expr(struct scope *s, const struct ast_expr *e)
{
	switch (e->kind) {
	case EXPR_LITERAL:
		return check_constant(s, e, e->value,
				      (struct type){.kind = (enum type_kind)e->value.kind});
	case EXPR_NAME:
		return check_name(s, &e->word);
	case EXPR_MEMBER:
		return check_member(s, e);
	case EXPR_COUNT:
	case EXPR_DAYS_SINCE:
		return check_event_leaf(s, e);
	case EXPR_COUNT_IN:
		return check_count_in(s, e);
	case EXPR_PAID_UNDER:
		return paid_under(s, e);
	case EXPR_PLACED:
		return placed_on(s, e);
	case EXPR_STEP:
	case EXPR_STAGE:
		return lone_step(s, e);
	case EXPR_ENROLLED:
	case EXPR_WAITING:
		return check_place(s, e);
	case EXPR_BALANCE:
		return texpr_new(s, OP_OWED, (struct type){.kind = TYPE_MONEY}, e->span);
	case EXPR_TODAY:
		return texpr_new(s, OP_TODAY, (struct type){.kind = TYPE_DATE}, e->span);
	case EXPR_NOT:
		return unary(s, e, OP_NOT);
	case EXPR_AND:
	case EXPR_OR:
		return junction(s, e);
	case EXPR_EQ:
	case EXPR_NE:
	case EXPR_LT:
	case EXPR_LE:
	case EXPR_GT:
	case EXPR_GE:
		return check_compare(s, e);
	case EXPR_KNOWN:
	case EXPR_UNKNOWN:
		return known(s, e);
	case EXPR_OR_UNKNOWN:
		return unary(s, e, OP_OR_UNKNOWN);
	case EXPR_ONE_OF:
	case EXPR_NOT_ONE_OF:
		return check_one_of(s, e);
	case EXPR_ADD:
	case EXPR_SUB:
	case EXPR_MUL:
	case EXPR_DIV:
	case EXPR_PERCENT_OF:
	case EXPR_FOR_EACH:
	case EXPR_UNITS:
	case EXPR_LESSER:
	case EXPR_GREATER:
		return check_arith(s, e);
	case EXPR_PAREN:
		return check_expr(s, e->a);
	case EXPR_BETWEEN: /* no condition or amount holds one */
		break;
	}
	return NULL;
}

struct texpr *check_typed(struct scope *s, const struct ast_expr *e, const struct type *want)
{
	struct texpr *t = check_against(s, want, e);
	if (!t || type_is_broken(want))
		return NULL;
	if (t->bare && type_is_unit(want->kind))
		t->type.kind = want->kind;
	if (type_same(&t->type, want))
		return t;
	struct buf is = {0}, needed = {0};
	type_words(&is, s->b, &t->type);
	type_words(&needed, s->b, want);
	struct diag *d = fault(s->b, W_WRONG_TYPE, e->span,
			       "`" STR_FMT "` is " STR_FMT ", but here it must be " STR_FMT,
			       STR_ARG(span_text(s->b, e->span)), STR_ARG(buf_view(&is)),
			       STR_ARG(buf_view(&needed)));
	if (want->kind == TYPE_MONEY && t->op == OP_CONST && t->bare)
		help(s->b, d, "write it with a dollar sign: $" STR_FMT,
		     STR_ARG(span_text(s->b, e->span)));
	else
		help(s->b, d,
		     want->kind == TYPE_MONEY ? "write an amount such as $100"
					      : "use another value");
	buf_release(&is);
	buf_release(&needed);
	return NULL;
}

struct texpr *check_money(struct scope *s, const struct ast_expr *e)
{
	struct type money = {.kind = TYPE_MONEY};
	struct asked *asked = s->b->names ? s->b->names->asked : NULL;
	if (asked)
		asked->money = true;
	struct texpr *t = check_typed(s, e, &money);
	if (asked)
		asked->money = false;
	return t;
}
