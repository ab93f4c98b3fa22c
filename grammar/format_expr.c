/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions, amounts and values onto a line. Parentheses are nodes of the tree, so what is
 * written follows it without thinking about precedence.
 */
#include "grammar/format_write.h"

void write_names(struct writer *w, const struct ast_word *list, const char *separator)
{
	for (const struct ast_word *word = list; word; word = word->next) {
		if (word != list) {
			if (separator[0] == ',') {
				line_glue(w, separator);
				line_break(w);
			} else {
				line_break(w);
				line_word(w, separator);
			}
		}
		line_str(w, word->s);
	}
}

void write_day(struct writer *w, int32_t day)
{
	struct buf b = {0};
	day_text(&b, day);
	line_str(w, buf_view(&b));
	buf_release(&b);
}

/* Four digits stay together, as in a year; from 10,000 on commas help. */
static void number(struct buf *b, int64_t n)
{
	if (n < 10000)
		buf_i64(b, n);
	else
		number_text(b, n);
}

static void count_of_unit(struct writer *w, int64_t n, enum unit unit)
{
	struct buf b = {0};
	number(&b, n);
	line_str(w, buf_view(&b));
	line_str(w, unit_name(unit, n != 1));
	buf_release(&b);
}

void write_period(struct writer *w, const struct ast_period *p)
{
	if (p->param.span.len)
		line_str(w, p->param.s);
	else
		count_of_unit(w, p->n, p->unit);
}

void write_interval(struct writer *w, int64_t every, enum unit unit)
{
	static const char *const words[] = {
	    [UNIT_DAYS] = "daily",     [UNIT_BUSINESS_DAYS] = NULL, [UNIT_WEEKS] = "weekly",
	    [UNIT_MONTHS] = "monthly", [UNIT_YEARS] = "yearly",     [UNIT_MINUTES] = NULL};
	if (every == 1 && words[unit]) {
		line_word(w, words[unit]);
		return;
	}
	line_word(w, "every");
	count_of_unit(w, every, unit);
}

static enum unit unit_of_type(enum type_kind kind)
{
	return kind == TYPE_YEARS           ? UNIT_YEARS
	       : kind == TYPE_MONTHS        ? UNIT_MONTHS
	       : kind == TYPE_BUSINESS_DAYS ? UNIT_BUSINESS_DAYS
	       : kind == TYPE_MINUTES       ? UNIT_MINUTES
					    : UNIT_DAYS;
}

static void money(struct buf *b, int64_t cents)
{
	money_text(b, cents);
	if (cents % 100 == 0)
		b->len -= 3; /* whole dollars have no decimals */
}

static void literal(struct writer *w, const struct ast_expr *e)
{
	struct buf b = {0};
	if (e->weeks) {
		count_of_unit(w, e->value.i / 7, UNIT_WEEKS);
		return;
	}
	switch ((enum type_kind)e->value.kind) {
	case TYPE_MONEY:
		money(&b, e->value.i);
		break;
	case TYPE_NUMBER:
		number(&b, e->value.i);
		break;
	case TYPE_PERCENT:
		percent_text(&b, e->value.i);
		break;
	case TYPE_YEARS:
	case TYPE_MONTHS:
	case TYPE_DAYS:
	case TYPE_BUSINESS_DAYS:
	case TYPE_MINUTES:
		count_of_unit(w, e->value.i, unit_of_type(e->value.kind));
		return;
	case TYPE_DATE:
		day_text(&b, (int32_t)e->value.i);
		break;
	case TYPE_YES_NO:
		buf_c(&b, e->value.i ? "yes" : "no");
		break;
	case TYPE_TEXT:
		buf_char(&b, '"');
		buf_str(&b, value_as_str(e->value));
		buf_char(&b, '"');
		break;
	case TYPE_CHOICE:
	case TYPE_REF:
		break; /* no literals of these */
	}
	line_str(w, buf_view(&b));
	buf_release(&b);
}

static const char *sign(enum ast_expr_kind kind)
{
	switch (kind) {
	case EXPR_AND:
		return "and";
	case EXPR_OR:
		return "or";
	case EXPR_EQ:
		return "is";
	case EXPR_NE:
		return "is not";
	case EXPR_LT:
		return "<";
	case EXPR_LE:
		return "<=";
	case EXPR_GT:
		return ">";
	case EXPR_GE:
		return ">=";
	case EXPR_ADD:
		return "+";
	case EXPR_SUB:
		return "-";
	case EXPR_MUL:
		return "x";
	case EXPR_DIV:
		return "/";
	case EXPR_PERCENT_OF:
		return "of";
	case EXPR_FOR_EACH:
		return "for each";
	default:
		return "";
	}
}

static void rounding(struct writer *w, enum rounding how)
{
	static const char *const words[] = {[ROUND_EXACT] = NULL,
					    [ROUND_UP] = "rounded up to the cent",
					    [ROUND_DOWN] = "rounded down to the cent",
					    [ROUND_HALF_UP] = "rounded half up to the cent",
					    [ROUND_HALF_EVEN] = "rounded half even to the cent"};
	if (words[how])
		line_word(w, words[how]);
}

static void binary(struct writer *w, const struct ast_expr *e)
{
	write_expr(w, e->a);
	if (e->kind == EXPR_AND || e->kind == EXPR_OR)
		line_break(w);
	line_word(w, sign(e->kind));
	write_expr(w, e->b);
	rounding(w, e->rounding);
}

static void units(struct writer *w, const struct ast_expr *e)
{
	write_expr(w, e->a);
	line_word(w, e->rounding == ROUND_UP ? "or part of" : "of");
	write_expr(w, e->b);
}

static void named(struct writer *w, const char *phrase, const struct ast_expr *e)
{
	line_word(w, phrase);
	line_str(w, e->word.s);
}

static void chosen(struct writer *w, const char *phrase, const struct ast_expr *e)
{
	line_word(w, phrase);
	write_expr(w, e->a);
	line_word(w, "and");
	write_expr(w, e->b);
}

void write_between(struct writer *w, const struct ast_expr *e,
		   void (*end)(struct writer *w, const struct ast_expr *e))
{
	line_word(w, "between");
	end(w, e->a);
	line_word(w, "and");
	end(w, e->b);
	if (!e->list)
		return;
	line_glue(w, ",");
	line_word(w, "likely");
	end(w, e->list);
}

static void suffixed(struct writer *w, const struct ast_expr *e, const char *phrase)
{
	write_expr(w, e->a);
	line_word(w, phrase);
	for (const struct ast_expr *o = e->list; o; o = o->next) {
		write_value(w, o);
		if (o->next) {
			line_glue(w, ",");
			line_break(w);
		}
	}
}

/* The parenthesis sticks to what is in it. */
static void parenthesis(struct writer *w, const struct ast_expr *e)
{
	struct buf outer = w->line;
	size_t outer_breaks = w->breaks.n, from = outer.len + (outer.len != 0) + 1;
	w->line = (struct buf){0};
	write_expr(w, e->a);
	struct buf inner = w->line;
	w->line = outer;
	line_word(w, "(");
	buf_str(&w->line, buf_view(&inner));
	buf_char(&w->line, ')');
	for (size_t i = outer_breaks; i < w->breaks.n; i++)
		w->breaks.at[i] += from;
	buf_release(&inner);
}

void write_value(struct writer *w, const struct ast_expr *e)
{
	if (e->kind == EXPR_UNKNOWN && !e->a)
		line_word(w, "unknown");
	else
		write_expr(w, e);
}

void write_expr(struct writer *w, const struct ast_expr *e)
{
	switch (e->kind) {
	case EXPR_LITERAL:
		literal(w, e);
		return;
	case EXPR_NAME:
		line_str(w, e->word.s);
		return;
	case EXPR_MEMBER:
		line_str(w, e->word.s);
		line_glue(w, ".");
		buf_str(&w->line, e->word2.s);
		return;
	case EXPR_COUNT:
		named(w, "count of", e);
		return;
	case EXPR_COUNT_IN:
		named(w, "count of", e);
		line_word(w, "in last");
		write_expr(w, e->a);
		return;
	case EXPR_DAYS_SINCE:
		named(w, "days since", e);
		return;
	case EXPR_PAID_UNDER:
		named(w, "paid under", e);
		return;
	case EXPR_STEP:
		named(w, "step of", e);
		return;
	case EXPR_STAGE:
		named(w, "stage of", e);
		return;
	case EXPR_PLACED:
		named(w, "placed on", e);
		return;
	case EXPR_ENROLLED:
		named(w, "enrolled in", e);
		return;
	case EXPR_WAITING:
		named(w, "waiting for", e);
		return;
	case EXPR_BALANCE:
		line_word(w, "balance owed");
		return;
	case EXPR_TODAY:
		line_word(w, "today");
		return;
	case EXPR_NOT:
		line_word(w, "not");
		write_expr(w, e->a);
		return;
	case EXPR_KNOWN:
		suffixed(w, e, "is known");
		return;
	case EXPR_UNKNOWN:
		suffixed(w, e, "is unknown");
		return;
	case EXPR_OR_UNKNOWN:
		suffixed(w, e, "or unknown");
		return;
	case EXPR_ONE_OF:
		suffixed(w, e, "is one of");
		return;
	case EXPR_NOT_ONE_OF:
		suffixed(w, e, "is not one of");
		return;
	case EXPR_LESSER:
		chosen(w, "lesser of", e);
		return;
	case EXPR_GREATER:
		chosen(w, "greater of", e);
		return;
	case EXPR_UNITS:
		units(w, e);
		return;
	case EXPR_PAREN:
		parenthesis(w, e);
		return;
	case EXPR_BETWEEN:
		write_between(w, e, write_expr);
		return;
	case EXPR_AND:
	case EXPR_OR:
	case EXPR_EQ:
	case EXPR_NE:
	case EXPR_LT:
	case EXPR_LE:
	case EXPR_GT:
	case EXPR_GE:
	case EXPR_ADD:
	case EXPR_SUB:
	case EXPR_MUL:
	case EXPR_DIV:
	case EXPR_PERCENT_OF:
	case EXPR_FOR_EACH:
		binary(w, e);
		return;
	}
}
