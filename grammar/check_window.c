/* SPDX-License-Identifier: Apache-2.0
 *
 * `count of EVENT in last LENGTH`: a case keeps the days of these events for as long as the longest
 * length reaches, so the length is bounded here and nothing has to be refused later.
 */
#include "engine/base/limits.h"
#include "grammar/lower.h"

struct length_check {
	struct book *b;
	uint16_t event;
	struct span span;
	enum unit unit;
	bool failed;
};

/* No window of n units is longer than this many days, wherever it begins. */
static int64_t most_days(const struct book *b, enum unit unit, int64_t n)
{
	const struct calendar *c = rulebook_calendar(b->rb);
	switch (unit) {
	case UNIT_DAYS:
	case UNIT_MINUTES:
		return n;
	case UNIT_WEEKS:
		return 7 * n;
	case UNIT_BUSINESS_DAYS: /* every week has a business day, unless it is all holidays */
		return 7 * (n + 1 + (c ? (int64_t)c->n : 0));
	case UNIT_MONTHS:
		return 31 * n;
	case UNIT_YEARS:
		return 366 * n;
	}
	return n;
}

static void check_length(struct length_check *c, int64_t n, struct span also)
{
	struct book *b = c->b;
	int64_t days = most_days(b, c->unit, n);
	int32_t *window = &b->rb->events[c->event].window;
	if (days <= LIMIT_WINDOW_DAYS && days >= *window)
		*window = (int32_t)days + 1;
	if (c->failed || days <= LIMIT_WINDOW_DAYS)
		return;
	struct diag *d =
	    fault(b, W_WINDOW_LONG, c->span, "`in last` reaches back 10 years at most, %u days",
		  LIMIT_WINDOW_DAYS);
	help(b, d,
	     "use a shorter time, or `count of …` without it: that counts all there ever were");
	c->failed = true;
	if (also.len)
		diag_also(b->diags, d, also, "this value");
}

static void check_dated(void *arg, const struct dated *v)
{
	check_length(arg, v->value.i, v->span);
}

static enum type_kind type_of(enum unit unit)
{
	switch (unit) {
	case UNIT_BUSINESS_DAYS:
		return TYPE_BUSINESS_DAYS;
	case UNIT_MONTHS:
		return TYPE_MONTHS;
	case UNIT_YEARS:
		return TYPE_YEARS;
	case UNIT_DAYS:
	case UNIT_WEEKS:
	case UNIT_MINUTES: /* refused before */
		break;
	}
	return TYPE_DAYS;
}

struct texpr *texpr_count_in(struct scope *s, uint16_t event, const struct ast_period *length,
			     struct span span)
{
	struct period p;
	struct length_check c = {.b = s->b, .event = event, .span = length->span};
	if (!lower_period(s, length, &p))
		return NULL;
	c.unit = p.unit;
	struct texpr *n = texpr_new(s, p.param == NONE ? OP_CONST : OP_PARAM,
				    (struct type){.kind = type_of(p.unit)}, length->span);
	if (p.param == NONE) {
		n->k = value_int(n->type.kind, p.n);
		check_length(&c, p.n, (struct span){0});
	} else {
		n->a = p.param;
		param_values(s->b, p.param, check_dated, &c);
	}
	struct texpr *t = texpr_new(s, OP_COUNT_IN, (struct type){.kind = TYPE_NUMBER}, span);
	t->a = event;
	t->b = p.unit;
	t->l = n;
	return c.failed ? NULL : t;
}

static struct ast_period length_of(const struct ast_expr *e)
{
	struct ast_period p = {.span = e->span, .unit = UNIT_DAYS, .n = e->value.i};
	if (e->kind == EXPR_NAME)
		p.param = e->word;
	else if (e->value.kind == TYPE_BUSINESS_DAYS)
		p.unit = UNIT_BUSINESS_DAYS;
	else if (e->value.kind == TYPE_MONTHS)
		p.unit = UNIT_MONTHS;
	else if (e->value.kind == TYPE_YEARS)
		p.unit = UNIT_YEARS;
	else if (e->value.kind == TYPE_MINUTES)
		p.unit = UNIT_MINUTES;
	return p;
}

struct texpr *check_count_in(struct scope *s, const struct ast_expr *e)
{
	struct ast_period length = length_of(e->a);
	uint16_t event = resolve_event(s->b, &e->word);
	if (event == NONE || !event_reaches(s->b, event, s->kind, &e->word))
		return NULL;
	return texpr_count_in(s, event, &length, e->span);
}
