/* SPDX-License-Identifier: Apache-2.0
 *
 * Nodes of conditions and amounts. The height of a tree is counted as it is built, and a tree that
 * would be too high is cut off here, so that no pass over it can run out of stack.
 */
#include "grammar/build.h"

#include "engine/base/limits.h"
#include "grammar/codes.h"

static struct ast_expr *make(struct build *b, struct span span, enum ast_expr_kind kind)
{
	struct ast_expr *e = arena_alloc(b->arena, sizeof(*e));
	e->kind = kind;
	e->span = span;
	e->height = 1;
	return e;
}

struct ast_expr *expr_literal(struct build *b, struct span span, struct value value)
{
	struct ast_expr *e = make(b, span, EXPR_LITERAL);
	e->value = value;
	return e;
}

struct ast_expr *expr_word(struct build *b, struct span span, enum ast_expr_kind kind,
			   struct ast_word word)
{
	struct ast_expr *e = make(b, span, kind);
	e->word = word;
	return e;
}

struct ast_expr *expr_member(struct build *b, struct span span, struct ast_word word,
			     struct ast_word member)
{
	struct ast_expr *e = expr_word(b, span, EXPR_MEMBER, word);
	e->word2 = member;
	return e;
}

static struct ast_expr *cut_off(struct ast_expr *e)
{
	e->kind = EXPR_LITERAL;
	e->value = value_int(TYPE_YES_NO, 1);
	e->a = e->b = e->list = NULL;
	e->height = 1;
	e->nesting = 0;
	return e;
}

/* Counts height and nesting once both sides are set. */
static struct ast_expr *measured(struct build *b, struct ast_expr *e, bool nests)
{
	uint16_t height = e->a->height, nesting = e->a->nesting;
	if (e->b && e->b->height > height)
		height = e->b->height;
	if (e->b && e->b->nesting > nesting)
		nesting = e->b->nesting;
	e->height = (uint16_t)(height + 1);
	e->nesting = (uint16_t)(nesting + nests);
	if (e->nesting > LIMIT_NESTING) {
		struct diag *d = build_error(b, W_NESTING, e->span,
					     "parentheses and `not` are nested more than %u deep",
					     LIMIT_NESTING);
		build_help(b, d, "split the condition over several blocks");
		return cut_off(e);
	}
	if (e->height > LIMIT_EXPR_HEIGHT) {
		struct diag *d =
		    build_error(b, W_CONDITION_LONG, e->span, "this joins more than %u parts",
				LIMIT_EXPR_HEIGHT - 1);
		build_help(b, d, "split the block, or compare with `is one of`");
		return cut_off(e);
	}
	return e;
}

struct ast_expr *expr_unary(struct build *b, struct span span, enum ast_expr_kind kind,
			    struct ast_expr *a)
{
	struct ast_expr *e = make(b, span, kind);
	e->a = a;
	return measured(b, e, kind == EXPR_PAREN || kind == EXPR_NOT);
}

struct ast_expr *expr_binary(struct build *b, struct span span, enum ast_expr_kind kind,
			     struct ast_expr *a, struct ast_expr *c)
{
	struct ast_expr *e = make(b, span, kind);
	e->a = a;
	e->b = c;
	return measured(b, e, false);
}

struct ast_expr *expr_rounded(struct build *b, struct span span, enum ast_expr_kind kind,
			      struct ast_expr *a, struct ast_expr *c, enum rounding rounding)
{
	struct ast_expr *e = expr_binary(b, span, kind, a, c);
	e->rounding = rounding;
	return e;
}

struct ast_expr *expr_for_each(struct build *b, struct span span, struct ast_expr *amount,
			       struct ast_expr *unit, enum rounding rounding, struct ast_expr *of)
{
	struct span units = build_join(unit->span, of->span);
	return expr_binary(b, span, EXPR_FOR_EACH, amount,
			   expr_rounded(b, units, EXPR_UNITS, unit, of, rounding));
}

static struct str source_of(const struct build *b, struct span span)
{
	return (struct str){b->text.p + span.off, span.len};
}

/* ---- `and` and `or` without parentheses ---- */

#define MIX_PARTS 12
#define MIX_BYTES 160 /* a reading longer than this is not shown */

/* The parts of a chain in order of writing, and what stands before each of them. */
struct chain {
	const struct ast_expr *part[MIX_PARTS];
	enum ast_expr_kind before[MIX_PARTS];
	size_t n;
	bool long_;
};

static bool joins(const struct ast_expr *e)
{
	return e->kind == EXPR_AND || e->kind == EXPR_OR;
}

static void gather(struct chain *c, const struct ast_expr *e, enum ast_expr_kind before)
{
	if (joins(e)) {
		gather(c, e->a, before);
		gather(c, e->b, e->kind);
		return;
	}
	c->long_ = c->long_ || c->n == MIX_PARTS;
	if (c->long_)
		return;
	c->before[c->n] = before;
	c->part[c->n++] = e;
}

/* On one line, in the author's words. */
static bool add_words(struct buf *out, struct str s)
{
	bool space = false;
	for (size_t i = 0; i < s.len; i++) {
		bool blank = s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r';
		if (s.p[i] == '#')
			return false; /* a comment in the middle */
		if (blank && !space)
			buf_char(out, ' ');
		else if (!blank)
			buf_char(out, s.p[i]);
		space = blank;
	}
	return out->len <= MIX_BYTES;
}

/* The chain with parentheses around what `group` joins. */
static bool add_reading(const struct build *b, struct buf *out, const struct chain *c,
			enum ast_expr_kind group)
{
	for (size_t i = 0; i < c->n; i++) {
		bool with_left = i > 0 && c->before[i] == group;
		bool with_right = i + 1 < c->n && c->before[i + 1] == group;
		if (i)
			buf_c(out, c->before[i] == EXPR_AND ? " and " : " or ");
		buf_c(out, with_right && !with_left ? "(" : "");
		if (!add_words(out, source_of(b, c->part[i]->span)))
			return false;
		buf_c(out, with_left && !with_right ? ")" : "");
	}
	return true;
}

static void show_readings(struct build *b, const struct ast_expr *e)
{
	struct chain c = {0};
	struct buf ands = {0}, ors = {0};
	gather(&c, e, EXPR_AND);
	if (!c.long_ && add_reading(b, &ands, &c, EXPR_AND) && add_reading(b, &ors, &c, EXPR_OR))
		build_help(b, b->mixed, "write `" STR_FMT "` or `" STR_FMT "`, whichever is meant",
			   STR_ARG(buf_view(&ands)), STR_ARG(buf_view(&ors)));
	else
		build_help(b, b->mixed, "put parentheses around those that belong together");
	buf_release(&ands);
	buf_release(&ors);
}

/* A chain is read from left to right; its report grows with it. */
static void check_mix(struct build *b, const struct ast_expr *e)
{
	bool mixes =
	    (joins(e->a) && e->a->kind != e->kind) || (joins(e->b) && e->b->kind != e->kind);
	bool grows = b->mixed && b->mixed->span.off == e->span.off;
	if (!mixes && !grows)
		return;
	if (!grows)
		b->mixed = build_error(b, W_AND_OR_MIXED, e->span,
				       "`and` and `or` are mixed without parentheses");
	if (!b->mixed)
		return;
	if (e->span.len > b->mixed->span.len)
		b->mixed->span = e->span;
	show_readings(b, e);
}

struct ast_expr *expr_join(struct build *b, struct span span, enum ast_expr_kind kind,
			   struct ast_expr *a, struct ast_expr *c)
{
	struct ast_expr *e = expr_binary(b, span, kind, a, c);
	if (e->kind == kind)
		check_mix(b, e);
	return e;
}

struct ast_expr *expr_between(struct build *b, struct span span, struct ast_expr *low,
			      struct ast_expr *high, struct ast_expr *likely)
{
	struct ast_expr *e = expr_binary(b, span, EXPR_BETWEEN, low, high);
	e->list = likely;
	return e;
}

struct ast_expr *expr_one_of(struct build *b, struct span span, enum ast_expr_kind kind,
			     struct ast_expr *a, struct ast_expr *options)
{
	struct ast_expr *e = expr_unary(b, span, kind, a);
	BUILD_TURN(struct ast_expr, options);
	if (e->kind == kind)
		e->list = options;
	return e;
}

static enum type_kind unit_type(enum unit unit)
{
	switch (unit) {
	case UNIT_DAYS:
	case UNIT_WEEKS:
		return TYPE_DAYS;
	case UNIT_BUSINESS_DAYS:
		return TYPE_BUSINESS_DAYS;
	case UNIT_MONTHS:
		return TYPE_MONTHS;
	case UNIT_YEARS:
		return TYPE_YEARS;
	case UNIT_MINUTES:
		return TYPE_MINUTES;
	}
	return TYPE_DAYS;
}

struct ast_expr *build_period_literal(struct build *b, struct span span, struct ast_period period)
{
	int64_t n = period.n;
	bool weeks = period.unit == UNIT_WEEKS;
	if (weeks && __builtin_mul_overflow(n, 7, &n)) {
		build_error(b, W_NUMBER_RANGE, span, "this is larger than the language can keep");
		n = 0;
	}
	struct ast_expr *e = expr_literal(b, span, value_int(unit_type(period.unit), n));
	e->weeks = weeks;
	return e;
}

struct ast_expr *expr_count_in(struct build *b, struct span span, struct ast_word event,
			       struct ast_period length)
{
	struct ast_expr *a = length.param.s.len ? expr_word(b, length.span, EXPR_NAME, length.param)
						: build_period_literal(b, length.span, length);
	struct ast_expr *e = expr_unary(b, span, EXPR_COUNT_IN, a);
	if (e->kind == EXPR_COUNT_IN)
		e->word = event;
	return e;
}

struct ast_period build_interval(struct span span, enum unit unit)
{
	return (struct ast_period){.span = span, .unit = unit, .n = 1};
}
