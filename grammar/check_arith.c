/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic with units: money with money, a date with a length of time, times a number. Whatever
 * may not come out whole names its rounding.
 */
#include "grammar/check.h"

/* From the first operand to the end, also where the rounding is missing. */
static struct span whole(const struct ast_expr *e)
{
	struct span s = e->span, last = e->b->span;
	if (last.source == s.source && last.off + last.len > s.off + s.len)
		s.len = last.off + last.len - s.off;
	return s;
}

static bool countable(enum type_kind kind)
{
	return kind == TYPE_MONEY || kind == TYPE_NUMBER || kind == TYPE_PERCENT ||
	       type_is_unit(kind);
}

static struct texpr *not_calculable(struct scope *s, const struct texpr *l, const struct texpr *r,
				    struct span span, const char *verb, const char *advice)
{
	struct book *b = s->b;
	struct buf lw = {0}, rw = {0};
	type_words(&lw, b, &l->type);
	type_words(&rw, b, &r->type);
	struct diag *d = fault(b, W_NOT_CALCULABLE, span,
			       "`" STR_FMT "` is " STR_FMT ", but `" STR_FMT "` is " STR_FMT
			       "; they cannot be %s",
			       STR_ARG(span_text(b, l->span)), STR_ARG(buf_view(&lw)),
			       STR_ARG(span_text(b, r->span)), STR_ARG(buf_view(&rw)), verb);
	help(b, d, "%s", advice);
	buf_release(&lw);
	buf_release(&rw);
	return NULL;
}

static struct texpr *binary(struct scope *s, enum op op, struct type type, struct texpr *l,
			    struct texpr *r, struct span span)
{
	struct texpr *t = texpr_new(s, op, type, span);
	t->l = l;
	t->r = r;
	t->type.has_range = false;
	return t;
}

static uint16_t civil_unit(enum type_kind kind)
{
	return kind == TYPE_YEARS           ? UNIT_YEARS
	       : kind == TYPE_MONTHS        ? UNIT_MONTHS
	       : kind == TYPE_BUSINESS_DAYS ? UNIT_BUSINESS_DAYS
					    : UNIT_DAYS;
}

static struct texpr *date_shift(struct scope *s, const struct ast_expr *e, struct texpr *l,
				struct texpr *r)
{
	if (r->type.kind == TYPE_BUSINESS_DAYS && !s->b->calendars.n) {
		struct diag *d = fault(s->b, W_NO_CALENDAR, e->span,
				       "business days need a calendar of holidays");
		help(s->b, d, "add `calendar NAME` with its holidays to the vocabulary");
		return NULL;
	}
	bool plus = e->kind == EXPR_ADD;
	struct texpr *t = binary(s, plus ? OP_DATE_ADD : OP_DATE_SUB, l->type, l, r, e->span);
	t->a = civil_unit(r->type.kind);
	return t;
}

static struct texpr *sum(struct scope *s, const struct ast_expr *e, struct texpr *l,
			 struct texpr *r)
{
	bool plus = e->kind == EXPR_ADD;
	bool shift = type_is_unit(r->type.kind) && r->type.kind != TYPE_MINUTES;
	if (l->type.kind == TYPE_DATE && shift)
		return date_shift(s, e, l, r);
	if (plus && r->type.kind == TYPE_DATE && type_is_unit(l->type.kind) &&
	    l->type.kind != TYPE_MINUTES)
		return date_shift(s, e, r, l);
	if (!plus && l->type.kind == TYPE_DATE && r->type.kind == TYPE_DATE)
		return binary(s, OP_DATE_DIFF, (struct type){.kind = TYPE_DAYS}, l, r, e->span);
	bool bare = l->bare && r->bare;
	if (!adopt_unit(l, r) || !countable(l->type.kind))
		return not_calculable(
		    s, l, r, e->span, plus ? "added" : "subtracted",
		    "both need the same unit; to a date a length of time such as 14 days "
		    "can be added");
	struct texpr *t = binary(s, plus ? OP_ADD : OP_SUB, l->type, l, r, e->span);
	t->bare = bare;
	return t;
}

static struct texpr *product(struct scope *s, const struct ast_expr *e, struct texpr *l,
			     struct texpr *r)
{
	if (r->type.kind != TYPE_NUMBER) {
		struct texpr *swap = l;
		l = r;
		r = swap;
	}
	if (r->type.kind != TYPE_NUMBER || !countable(l->type.kind))
		return not_calculable(s, l, r, e->span, "multiplied",
				      "one side must be a plain number, such as 52 x $251");
	struct texpr *t = binary(s, OP_MUL, l->type, l, r, e->span);
	t->bare = l->bare && r->bare;
	return t;
}

static bool rounding_named(struct scope *s, const struct ast_expr *e, enum type_kind kind)
{
	if (e->rounding != ROUND_EXACT)
		return true;
	struct diag *d =
	    fault(s->b, W_NO_ROUNDING, whole(e), "`" STR_FMT "` may not come out in %s",
		  STR_ARG(span_text(s->b, whole(e))),
		  kind == TYPE_MONEY ? "whole cents" : "a whole number");
	help(s->b, d,
	     "add `rounded up`, `rounded down`, `rounded half up` or `rounded half even`, "
	     "then `to the cent`%s",
	     kind == TYPE_MONEY ? "" : ", which for a number means: to a whole one");
	return false;
}

static struct texpr *quotient(struct scope *s, const struct ast_expr *e, struct texpr *l,
			      struct texpr *r)
{
	if (r->type.kind != TYPE_NUMBER ||
	    (l->type.kind != TYPE_MONEY && l->type.kind != TYPE_NUMBER))
		return not_calculable(s, l, r, e->span, "divided",
				      "money or a number is divided by a plain number");
	if (r->op == OP_CONST && r->k.i == 0) {
		struct diag *d =
		    fault(s->b, W_NOT_CALCULABLE, e->span, "nothing can be divided by 0");
		help(s->b, d, "use another divisor");
		return NULL;
	}
	if (!rounding_named(s, e, l->type.kind))
		return NULL;
	struct texpr *t = binary(s, OP_DIV, l->type, l, r, whole(e));
	t->a = (uint16_t)e->rounding;
	return t;
}

static struct texpr *share(struct scope *s, const struct ast_expr *e, struct texpr *l,
			   struct texpr *r)
{
	if (l->type.kind != TYPE_PERCENT || r->type.kind != TYPE_MONEY)
		return not_calculable(s, l, r, e->span, "taken of each other",
				      "write a percentage of money, such as 7.5% of $100");
	if (!rounding_named(s, e, TYPE_MONEY))
		return NULL;
	struct texpr *t = binary(s, OP_PERCENT, r->type, l, r, whole(e));
	t->a = (uint16_t)e->rounding;
	return t;
}

/* How many units of l there are in r: whole ones, or with `or part` also the one begun. */
static struct texpr *units(struct scope *s, const struct ast_expr *e, struct texpr *l,
			   struct texpr *r)
{
	if (!adopt_unit(l, r) || !countable(l->type.kind))
		return not_calculable(s, l, r, e->span, "counted in each other",
				      "both need the same unit, such as $10 of $250");
	if (l->op == OP_CONST && l->k.i <= 0) {
		struct diag *d = fault(s->b, W_NOT_CALCULABLE, e->a->span,
				       "nothing can be counted in units of `" STR_FMT "`",
				       STR_ARG(span_text(s->b, e->a->span)));
		help(s->b, d, "use a unit above zero");
		return NULL;
	}
	struct texpr *t = binary(s, OP_UNITS, (struct type){.kind = TYPE_NUMBER}, l, r, e->span);
	t->a = (uint16_t)e->rounding;
	return t;
}

static struct texpr *for_each(struct scope *s, const struct ast_expr *e, struct texpr *l,
			      struct texpr *r)
{
	if (l->type.kind == TYPE_MONEY || l->type.kind == TYPE_NUMBER)
		return product(s, e, l, r);
	struct buf words = {0};
	type_words(&words, s->b, &l->type);
	struct diag *d = fault(s->b, W_NOT_CALCULABLE, e->a->span,
			       "`" STR_FMT "` is " STR_FMT "; `for each` needs money or a number",
			       STR_ARG(span_text(s->b, e->a->span)), STR_ARG(buf_view(&words)));
	help(s->b, d, "write it as in $28 for each $10 or part of base_fine");
	buf_release(&words);
	return NULL;
}

static struct texpr *choose(struct scope *s, const struct ast_expr *e, struct texpr *l,
			    struct texpr *r)
{
	bool bare = l->bare && r->bare;
	if (!adopt_unit(l, r) || l->type.kind > TYPE_DATE)
		return not_calculable(s, l, r, e->span, "compared", "both need the same unit");
	struct texpr *t =
	    binary(s, e->kind == EXPR_LESSER ? OP_LESSER : OP_GREATER, l->type, l, r, e->span);
	t->bare = bare;
	return t;
}

struct texpr *check_arith(struct scope *s, const struct ast_expr *e)
{
	struct texpr *l = check_expr(s, e->a);
	/* `number of conviction`: what follows a share that is none is no amount either */
	struct texpr *r = !l && e->kind == EXPR_PERCENT_OF ? NULL : check_expr(s, e->b);
	if (!l || !r)
		return NULL;
	if (e->kind == EXPR_ADD || e->kind == EXPR_SUB)
		return sum(s, e, l, r);
	if (e->kind == EXPR_MUL)
		return product(s, e, l, r);
	if (e->kind == EXPR_DIV)
		return quotient(s, e, l, r);
	if (e->kind == EXPR_PERCENT_OF)
		return share(s, e, l, r);
	if (e->kind == EXPR_UNITS)
		return units(s, e, l, r);
	if (e->kind == EXPR_FOR_EACH)
		return for_each(s, e, l, r);
	return choose(s, e, l, r);
}
