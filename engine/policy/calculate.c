/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/policy/calculate.h"

static enum status date_shift(const struct rulebook *rb, const struct insn *in, struct value x,
			      struct value y, struct value *out)
{
	int32_t day;
	if (y.i == INT64_MIN)
		return STATUS_OVERFLOW;
	int64_t n = in->op == OP_DATE_SUB ? -y.i : y.i;
	enum status st = day_add((int32_t)x.i, n, in->a, rulebook_calendar(rb), &day);
	*out = value_int(TYPE_DATE, day);
	return st;
}

static enum status divide(int64_t x, int64_t by, enum rounding how, int64_t *out)
{
	return by == 0 ? STATUS_INVALID : money_ratio(x, 1, by, how, out);
}

enum status calculate(const struct rulebook *rb, const struct insn *in, struct value x,
		      struct value y, struct value *out)
{
	/* A bare number takes the unit of the other side. */
	*out = value_int(x.kind == TYPE_NUMBER ? y.kind : x.kind, 0);
	switch ((enum op)in->op) {
	case OP_ADD:
		return money_add(x.i, y.i, &out->i);
	case OP_SUB:
		return money_sub(x.i, y.i, &out->i);
	case OP_MUL:
		return money_mul(x.i, y.i, &out->i);
	case OP_DIV:
		return divide(x.i, y.i, in->a, &out->i);
	case OP_PERCENT:
		out->kind = TYPE_MONEY;
		return money_ratio(y.i, x.i, PERCENT_ONE, in->a, &out->i);
	case OP_UNITS:
		out->kind = TYPE_NUMBER;
		return x.i <= 0 ? STATUS_INVALID : money_ratio(y.i, 1, x.i, in->a, &out->i);
	case OP_LESSER:
		out->i = x.i < y.i ? x.i : y.i;
		return STATUS_OK;
	case OP_GREATER:
		out->i = x.i > y.i ? x.i : y.i;
		return STATUS_OK;
	case OP_DATE_ADD:
	case OP_DATE_SUB:
		return date_shift(rb, in, x, y, out);
	default: /* OP_DATE_DIFF */
		*out = value_int(TYPE_DAYS, x.i - y.i);
		return STATUS_OK;
	}
}
