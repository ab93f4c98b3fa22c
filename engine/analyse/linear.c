/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/linear.h"

#include "engine/base/vec.h"

struct rows {
	VEC(struct linear_row) list;
	size_t unknowns;
	bool none, overflow;
};

int64_t floor_div(int64_t x, int64_t by)
{
	return x / by - (x % by < 0);
}

int64_t ceil_div(int64_t x, int64_t by)
{
	return x / by + (x % by > 0);
}

static int64_t magnitude(int64_t x)
{
	return x < 0 ? -x : x;
}

static int64_t gcd(int64_t a, int64_t b)
{
	while (b) {
		int64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

/* Divides by what the coefficients have in common; for whole numbers the bound is rounded down. */
static void add_row(struct rows *to, struct linear_row row)
{
	int64_t common = 0;
	for (size_t i = 0; i < to->unknowns; i++)
		common = gcd(magnitude(row.coef[i]), common);
	if (common == 0) {
		to->none |= row.most < 0;
		return;
	}
	for (size_t i = 0; i < to->unknowns; i++)
		row.coef[i] /= common;
	row.most = floor_div(row.most, common);
	for (size_t i = 0; i < to->list.n; i++) {
		struct linear_row *same = &to->list.at[i];
		if (memcmp(same->coef, row.coef, sizeof(row.coef)) != 0)
			continue;
		same->most = row.most < same->most ? row.most : same->most;
		return;
	}
	*vec_push(&to->list) = row;
}

/* x times `by` plus y times `and`: the unknown k falls out. */
static bool combine(const struct rows *of, const struct linear_row *x, int64_t by,
		    const struct linear_row *y, int64_t and, struct linear_row *out)
{
	int64_t a, b;
	bool bad = false;
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < of->unknowns; i++) {
		bad |= __builtin_mul_overflow(x->coef[i], by, &a);
		bad |= __builtin_mul_overflow(y->coef[i], and, &b);
		bad |= __builtin_add_overflow(a, b, &out->coef[i]);
	}
	bad |= __builtin_mul_overflow(x->most, by, &a);
	bad |= __builtin_mul_overflow(y->most, and, &b);
	bad |= __builtin_add_overflow(a, b, &out->most);
	return !bad;
}

static void eliminate(const struct rows *from, size_t k, struct rows *to)
{
	struct linear_row row;
	to->unknowns = from->unknowns;
	to->none = from->none;
	to->overflow = from->overflow;
	for (size_t i = 0; i < from->list.n; i++) {
		const struct linear_row *x = &from->list.at[i];
		if (x->coef[k] == 0)
			add_row(to, *x);
		for (size_t j = 0; x->coef[k] > 0 && j < from->list.n; j++) {
			const struct linear_row *y = &from->list.at[j];
			if (y->coef[k] >= 0)
				continue;
			if (to->list.n >= LIMIT_LINEAR_ROWS ||
			    !combine(from, x, -y->coef[k], y, x->coef[k], &row))
				to->overflow = true;
			else
				add_row(to, row);
		}
	}
}

/* What is left for unknown k where the later ones have their values: the least such one, or the
 * greatest where there is no least. */
static bool choose(const struct rows *rows, size_t k, int64_t *values)
{
	int64_t low = INT64_MIN, high = INT64_MAX;
	for (size_t i = 0; i < rows->list.n; i++) {
		const struct linear_row *x = &rows->list.at[i];
		int64_t left = x->most, part;
		if (x->coef[k] == 0)
			continue;
		for (size_t j = k + 1; j < rows->unknowns; j++)
			if (__builtin_mul_overflow(x->coef[j], values[j], &part) ||
			    __builtin_sub_overflow(left, part, &left))
				return false;
		if (x->coef[k] > 0) {
			int64_t most = floor_div(left, x->coef[k]);
			high = most < high ? most : high;
		} else {
			int64_t least =
			    left == INT64_MIN ? INT64_MAX : ceil_div(-left, -x->coef[k]);
			low = least > low ? least : low;
		}
	}
	if (low > high)
		return false;
	values[k] = low > INT64_MIN ? low : high < INT64_MAX ? high : 0;
	return true;
}

enum linear_answer linear_solve(struct arena *arena, size_t unknowns, const struct linear_row *rows,
				size_t n, int64_t *values)
{
	struct rows *level = arena_array(arena, unknowns + 1, sizeof(*level));
	enum linear_answer answer = LINEAR_FOUND;
	level[0].unknowns = unknowns;
	for (size_t i = 0; i < n; i++)
		add_row(&level[0], rows[i]);
	for (size_t k = 0; k < unknowns; k++)
		eliminate(&level[k], k, &level[k + 1]);
	if (level[unknowns].none)
		answer = LINEAR_NONE;
	else if (level[unknowns].overflow)
		answer = LINEAR_OPEN;
	for (size_t k = unknowns; k-- > 0 && answer == LINEAR_FOUND;)
		if (!choose(&level[k], k, values))
			answer = LINEAR_OPEN;
	for (size_t k = 0; k <= unknowns; k++)
		vec_release(&level[k].list);
	return answer;
}
