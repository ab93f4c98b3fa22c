/* SPDX-License-Identifier: Apache-2.0
 *
 * Lengths of time, and series of dates: `within 14 days`, `monthly for 12 months`.
 */
#include "grammar/lower.h"

#include "engine/base/limits.h"

static enum unit unit_of(enum type_kind kind)
{
	return kind == TYPE_YEARS           ? UNIT_YEARS
	       : kind == TYPE_MONTHS        ? UNIT_MONTHS
	       : kind == TYPE_BUSINESS_DAYS ? UNIT_BUSINESS_DAYS
	       : kind == TYPE_MINUTES       ? UNIT_MINUTES
					    : UNIT_DAYS;
}

static bool unit_fits(struct book *b, enum unit unit, struct span span)
{
	if (unit == UNIT_MINUTES) {
		struct diag *d =
		    fault(b, W_WRONG_UNIT, span, "a deadline is not counted in minutes");
		help(b, d, "write it in days, business days, weeks, months or years");
		return false;
	}
	if (unit == UNIT_BUSINESS_DAYS && !b->calendars.n) {
		struct diag *d =
		    fault(b, W_NO_CALENDAR, span, "business days need a calendar of holidays");
		help(b, d, "add `calendar NAME` with its holidays to the vocabulary");
		return false;
	}
	return true;
}

bool lower_period(struct scope *s, const struct ast_period *p, struct period *out)
{
	struct book *b = s->b;
	*out = (struct period){UNIT_DAYS, -1, NONE};
	if (!p->span.len)
		return true;
	if (!word_given(&p->param)) {
		if (p->n < 0 || p->n > LIMIT_PERIOD) {
			fault(b, W_OUT_OF_RANGE, p->span,
			      "a period is at most 1,000,000 units long");
			return false;
		}
		bool weeks = p->unit == UNIT_WEEKS;
		*out = (struct period){weeks ? UNIT_DAYS : p->unit,
				       (int32_t)(p->n * (weeks ? 7 : 1)), NONE};
		return unit_fits(b, p->unit, p->span);
	}
	uint16_t i = resolve_param(b, s->program, &p->param);
	if (i == NONE)
		return false;
	const struct param *of = &b->rb->params[i];
	if (!type_is_unit(of->type.kind)) {
		struct buf words = {0};
		type_words(&words, b, &of->type);
		struct diag *d =
		    fault(b, W_WRONG_TYPE, p->span,
			  "`" STR_FMT "` is " STR_FMT ", but a length of time is needed here",
			  STR_ARG(of->name), STR_ARG(buf_view(&words)));
		help(b, d, "declare it as `period " STR_FMT " is 14 days`", STR_ARG(of->name));
		buf_release(&words);
		return false;
	}
	*out = (struct period){unit_of(of->type.kind), 0, i};
	return unit_fits(b, out->unit, p->span);
}

/* ---- how many times ---- */

struct times_check {
	struct book *b;
	struct span span;
	int64_t mul, div; /* items = value * mul / div */
	bool failed;
};

static void check_times(struct times_check *c, int64_t value, struct span also)
{
	struct book *b = c->b;
	struct diag *d = NULL;
	if (c->failed)
		return;
	if (value < 0 || value > INT64_MAX / c->mul)
		value = 0;
	if (value * c->mul % c->div) {
		d = fault(b, W_NOT_WHOLE, c->span, "this length is no whole number of intervals");
		help(b, d, "make it a multiple of the interval, or say `for N times`");
	} else if (value * c->mul / c->div < 1 || value * c->mul / c->div > LIMIT_TIMES) {
		d = fault(b, W_TIMES, c->span, "there must be 1 to %u of them", LIMIT_TIMES);
		help(b, d, "%s",
		     value <= 0 ? "write at least 1" : "use a longer interval or a shorter time");
	}
	c->failed = d != NULL;
	if (d && also.len)
		diag_also(b->diags, d, also, "this value");
}

static void check_dated(void *arg, const struct dated *v)
{
	check_times(arg, v->value.i, v->span);
}

static bool times_number(struct scope *s, const struct ast_expr *e, struct code *out)
{
	struct type number = {.kind = TYPE_NUMBER};
	struct times_check c = {s->b, e->span, 1, 1, false};
	struct texpr *t = check_typed(s, e, &number);
	if (!t)
		return false;
	if (t->op == OP_CONST)
		check_times(&c, t->k.i, (struct span){0});
	else if (t->op == OP_PARAM)
		param_values(s->b, t->a, check_dated, &c);
	else if (t->op == OP_TABLE)
		table_output_values(s->b, t->a, (uint16_t)TABLE_OUTPUT(t->b), check_dated, &c);
	check_guards(s->b, t, NULL);
	*out = lower_code(s->b, t);
	return !c.failed;
}

/* What one unit is in the other, so that `for 12 months` can be counted in intervals. */
static bool convert(enum unit from, enum unit to, int64_t *mul, int64_t *div)
{
	static const int days[] = {[UNIT_DAYS] = 1, [UNIT_WEEKS] = 7};
	static const int months[] = {[UNIT_MONTHS] = 1, [UNIT_YEARS] = 12};
	bool in_days = from == UNIT_DAYS || from == UNIT_WEEKS;
	bool in_months = from == UNIT_MONTHS || from == UNIT_YEARS;
	if (in_days && (to == UNIT_DAYS || to == UNIT_WEEKS)) {
		*mul = days[from];
		*div = days[to];
	} else if (in_months && (to == UNIT_MONTHS || to == UNIT_YEARS)) {
		*mul = months[from];
		*div = months[to];
	} else {
		return false;
	}
	return true;
}

static bool times_lasting(struct scope *s, const struct ast_plan *p, struct code *out)
{
	struct period lasts;
	struct book *b = s->b;
	struct times_check c = {b, p->lasts.span, 1, 1, false};
	if (!lower_period(s, &p->lasts, &lasts))
		return false;
	if (!convert(lasts.unit, p->unit, &c.mul, &c.div)) {
		struct diag *d =
		    fault(b, W_NOT_WHOLE, p->lasts.span,
			  "a time in " STR_FMT " has no fixed number of intervals in " STR_FMT,
			  STR_ARG(unit_name(lasts.unit, true)), STR_ARG(unit_name(p->unit, true)));
		help(b, d, "use the same unit for both, or say `for N times`");
		return false;
	}
	c.div *= p->every;
	if (lasts.param == NONE) {
		check_times(&c, lasts.n, (struct span){0});
		if (!c.failed)
			*out = lower_number(b, lasts.n * c.mul / c.div, p->lasts.span);
		return !c.failed;
	}
	param_values(b, lasts.param, check_dated, &c);
	struct type number = {.kind = TYPE_NUMBER};
	struct texpr *t = texpr_new(s, OP_PARAM, number, p->lasts.span);
	t->a = lasts.param;
	for (int i = 0; i < 2; i++) {
		int64_t n = i ? c.div : c.mul;
		if (n == 1)
			continue;
		struct texpr *by = texpr_new(s, i ? OP_DIV : OP_MUL, number, p->lasts.span);
		by->l = t;
		by->r = texpr_new(s, OP_CONST, number, p->lasts.span);
		by->r->k = value_int(TYPE_NUMBER, n);
		by->a = i ? ROUND_EXACT : 0;
		t = by;
	}
	*out = lower_code(b, t);
	return !c.failed;
}

static bool interval_fits(struct book *b, const struct ast_plan *p)
{
	if (!p->has_interval) {
		struct diag *d = fault(b, W_NO_ACTION, p->span, "it does not say how often");
		help(b, d, "add `weekly`, `monthly`, `yearly` or `every N days`");
		return false;
	}
	if (p->unit == UNIT_MINUTES || p->unit == UNIT_BUSINESS_DAYS) {
		struct diag *d =
		    fault(b, W_WRONG_UNIT, p->span, "an interval is not counted in " STR_FMT,
			  STR_ARG(unit_name(p->unit, true)));
		help(b, d, "use days, weeks, months or years");
		return false;
	}
	if (p->every >= 1 && p->every <= 10000)
		return true;
	fault(b, W_OUT_OF_RANGE, p->span, "an interval is 1 to 10,000 units long");
	return false;
}

bool lower_plan(struct scope *s, const struct ast_plan *p, struct plan *out)
{
	struct book *b = s->b;
	*out = (struct plan){.every = 1, .unit = UNIT_MONTHS};
	out->anchor_period = (struct period){UNIT_DAYS, -1, NONE};
	if (!p->span.len)
		return true;
	if (!interval_fits(b, p))
		return false;
	out->every = (int32_t)p->every;
	out->unit = p->unit;
	out->anchor = p->anchor;
	out->remainder_in_last = p->remainder_stated && p->remainder_in_last;
	if (p->anchor == ANCHOR_AFTER_PERIOD &&
	    !lower_period(s, &p->anchor_period, &out->anchor_period))
		return false;
	if (p->times)
		return times_number(s, p->times, &out->times);
	if (p->lasts.span.len)
		return times_lasting(s, p, &out->times);
	return true;
}
