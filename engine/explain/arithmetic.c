/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/arithmetic.h"

#define DECIMALS 4u /* of what does not end */

static struct str rounding_words(enum rounding how)
{
	static const struct str words[] = {
	    [ROUND_EXACT] = STR_INIT("exact"),         [ROUND_UP] = STR_INIT("up"),
	    [ROUND_DOWN] = STR_INIT("down"),           [ROUND_HALF_UP] = STR_INIT("half up"),
	    [ROUND_HALF_EVEN] = STR_INIT("half even"),
	};
	return words[how];
}

/* ---- what stands before rounding ---- */

/* The digits behind whole units: those of `shift` places that are in them already, then those of
 * the remainder, as far as they go. */
static void fraction_words(struct buf *b, uint64_t part, uint64_t rest, uint64_t den,
			   unsigned places)
{
	char digits[2];
	size_t start = b->len;
	for (unsigned i = places; i-- > 0; part /= 10)
		digits[i] = (char)('0' + part % 10);
	buf_char(b, '.');
	buf_bytes(b, digits, places);
	for (unsigned i = 0; rest && i < DECIMALS + 2; i++) {
		__uint128_t next = (__uint128_t)rest * 10;
		buf_char(b, (char)('0' + (char)(next / den)));
		rest = (uint64_t)(next % den);
	}
	if (rest)
		buf_str(b, STR("…"));
	if (b->len == start + 1)
		b->len = start;
}

/* num / den, where num is of cents when it is money; not negative. */
static void exact_words(struct buf *b, bool is_money, __uint128_t num, uint64_t den)
{
	uint64_t whole = (uint64_t)(num / den), rest = (uint64_t)(num % den);
	if (is_money)
		buf_char(b, '$');
	number_text(b, (int64_t)(is_money ? whole / 100 : whole));
	fraction_words(b, is_money ? whole % 100 : 0, rest, den, is_money ? 2 : 0);
}

static void rounded_words(struct buf *b, const struct insn *in, const struct value v[2],
			  struct value out)
{
	bool percent = in->op == OP_PERCENT, units = in->op == OP_UNITS;
	__uint128_t num = percent ? (__uint128_t)v[0].i * (uint64_t)v[1].i
				  : (__uint128_t)(units ? v[1].i : v[0].i);
	uint64_t den = percent ? PERCENT_ONE : (uint64_t)(units ? v[0].i : v[1].i);
	if (v[0].i >= 0 && v[1].i >= 0 && num % den) {
		exact_words(b, out.kind == TYPE_MONEY, num, den);
		buf_fmt(b, ", rounded " STR_FMT " to ",
			STR_ARG(rounding_words((enum rounding)in->a)));
	}
	value_text(b, out);
}

/* ---- one step ---- */

static void pair_words(struct buf *b, const struct value v[2], const char *before,
		       const char *between)
{
	buf_c(b, before);
	value_text(b, v[0]);
	buf_c(b, between);
	value_text(b, v[1]);
	buf_str(b, STR(" = "));
}

static void step_words(struct buf *b, const struct insn *in, const struct value v[2],
		       struct value out)
{
	const struct value swapped[2] = {v[1], v[0]};
	switch ((enum op)in->op) {
	case OP_ADD:
	case OP_DATE_ADD:
		pair_words(b, v, "", " + ");
		break;
	case OP_SUB:
	case OP_DATE_SUB:
	case OP_DATE_DIFF:
		pair_words(b, v, "", " - ");
		break;
	case OP_MUL:
		pair_words(b, v, "", " x ");
		break;
	case OP_DIV:
		pair_words(b, v, "", " / ");
		break;
	case OP_PERCENT:
		pair_words(b, v, "", " of ");
		break;
	case OP_UNITS:
		pair_words(b, swapped, "", " for each ");
		break;
	case OP_LESSER:
		pair_words(b, v, "the lesser of ", " and ");
		break;
	default: /* OP_GREATER */
		pair_words(b, v, "the greater of ", " and ");
		break;
	}
	if (in->op == OP_DIV || in->op == OP_PERCENT || in->op == OP_UNITS)
		rounded_words(b, in, v, out);
	else
		value_text(b, out);
}

static void steps(struct buf *b, const struct rulebook *rb, const struct term *t, size_t start)
{
	struct value v[2], out;
	if (t->in->op < OP_ADD)
		return;
	steps(b, rb, t->a, start);
	steps(b, rb, t->b, start);
	if (!term_value(rb, t->a, &v[0]) || !term_value(rb, t->b, &v[1]) ||
	    !term_value(rb, t, &out))
		return;
	if (b->len > start)
		buf_str(b, STR("; "));
	step_words(b, t->in, v, out);
}

void arithmetic_words(struct buf *b, const struct wording *w, const struct considered *c,
		      const struct code *amount)
{
	struct arena a = {0};
	const struct condition *cond = condition_read(&a, amount, c->seen, c->nseen);
	if (cond->root && cond->root->in->op >= OP_ADD) {
		if (!w->confidential && code_is_confidential(w->rb, c, amount))
			buf_c(b, "its amount was worked out from confidential values");
		else
			steps(b, w->rb, cond->root, b->len);
	}
	arena_release(&a);
}

/* ---- how it is split ---- */

static void parts_words(struct buf *b, uint16_t n, int64_t cents)
{
	if (n > 1)
		buf_fmt(b, "%u of ", (unsigned)n);
	money_text(b, cents);
}

static void instalments_words(struct buf *b, const struct rulebook *rb, const struct outcome *o)
{
	int64_t first, middle, last;
	int32_t day;
	outcome_instalment(rb, o, 0, &day, &first);
	outcome_instalment(rb, o, o->times > 2 ? 1 : 0, &day, &middle);
	outcome_instalment(rb, o, (uint16_t)(o->times - 1), &day, &last);
	money_text(b, o->cents);
	buf_fmt(b, " in %u parts", (unsigned)o->times);
	buf_c(b, first == last ? " of " : ": ");
	if (first == last) {
		money_text(b, first);
	} else if (first != middle) {
		money_text(b, first);
		buf_str(b, STR(", then "));
		parts_words(b, (uint16_t)(o->times - 1), last);
	} else {
		parts_words(b, (uint16_t)(o->times - 1), first);
		buf_str(b, STR(", then "));
		money_text(b, last);
	}
}

void arithmetic_split(struct buf *b, const struct rulebook *rb, const struct outcome *o)
{
	int64_t sum;
	if (o->times < 2 || !o->has_amount)
		return;
	if (o->action == ACTION_ASSESS) {
		instalments_words(b, rb, o);
	} else if (o->action == ACTION_START && !money_mul(o->cents, o->times, &sum)) {
		buf_fmt(b, "%u x ", (unsigned)o->times);
		money_text(b, o->cents);
		buf_str(b, STR(" = "));
		money_text(b, sum);
		buf_str(b, STR(" in all"));
	}
}
