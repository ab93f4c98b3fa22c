/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/values/money.h"

#include <assert.h>

__extension__ typedef __int128 wide;

enum status money_add(int64_t a, int64_t b, int64_t *out)
{
	return __builtin_add_overflow(a, b, out) ? STATUS_OVERFLOW : STATUS_OK;
}

enum status money_sub(int64_t a, int64_t b, int64_t *out)
{
	return __builtin_sub_overflow(a, b, out) ? STATUS_OVERFLOW : STATUS_OK;
}

enum status money_mul(int64_t a, int64_t n, int64_t *out)
{
	return __builtin_mul_overflow(a, n, out) ? STATUS_OVERFLOW : STATUS_OK;
}

/* Whether the quotient q (towards zero) with remainder r of a division by den > 0 moves one away
 * from zero. */
static bool rounds_away(wide q, wide r, wide den, enum rounding how)
{
	wide twice = (r < 0 ? -r : r) * 2;
	switch (how) {
	case ROUND_UP:
		return r != 0;
	case ROUND_HALF_UP:
		return twice >= den;
	case ROUND_HALF_EVEN:
		return twice > den || (twice == den && q % 2 != 0);
	case ROUND_DOWN:
	case ROUND_EXACT:
		return false;
	}
	return false;
}

enum status money_ratio(int64_t a, int64_t num, int64_t den, enum rounding how, int64_t *out)
{
	assert(den != 0);
	wide d = den < 0 ? -(wide)den : den;
	wide n = (wide)a * num * (den < 0 ? -1 : 1); /* below 2^127 in size */
	wide q = n / d, r = n % d;
	if (r && how == ROUND_EXACT)
		return STATUS_INVALID;
	if (rounds_away(q, r, d, how))
		q += n < 0 ? -1 : 1;
	if (q > INT64_MAX || q < INT64_MIN)
		return STATUS_OVERFLOW;
	*out = (int64_t)q;
	return STATUS_OK;
}

int64_t money_part(int64_t total, int64_t n, int64_t i, bool remainder_in_first)
{
	assert(n > 0 && i >= 0 && i < n);
	int64_t odd = total % n;
	bool takes_odd = remainder_in_first ? i == 0 : i == n - 1;
	return total / n + (takes_odd ? odd : 0);
}

/* Digits of u, in groups of three where asked. */
static void digits(struct buf *b, uint64_t u, bool grouped)
{
	char t[32];
	size_t i = sizeof(t), n = 0;
	do {
		if (grouped && n && n % 3 == 0)
			t[--i] = ',';
		t[--i] = (char)('0' + u % 10);
		u /= 10;
		n++;
	} while (u);
	buf_bytes(b, t + i, sizeof(t) - i);
}

static uint64_t magnitude(int64_t v)
{
	return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

static void cents_of(struct buf *b, int64_t cents, bool grouped)
{
	uint64_t u = magnitude(cents);
	digits(b, u / 100, grouped);
	buf_char(b, '.');
	buf_char(b, (char)('0' + u % 100 / 10));
	buf_char(b, (char)('0' + u % 10));
}

void money_plain(struct buf *b, int64_t cents)
{
	if (cents < 0)
		buf_char(b, '-');
	cents_of(b, cents, false);
}

void money_json(struct buf *b, int64_t cents)
{
	buf_char(b, '"');
	money_plain(b, cents);
	buf_char(b, '"');
}

void money_text(struct buf *b, int64_t cents)
{
	buf_c(b, cents < 0 ? "-$" : "$");
	cents_of(b, cents, true);
}

enum status money_read(struct str s, int64_t *cents)
{
	size_t i = 0;
	bool minus = s.len && s.p[0] == '-';
	if (minus)
		i++;
	if (s.len < i + 4 || s.p[s.len - 3] != '.')
		return STATUS_INVALID;
	if (s.p[i] == '0' && s.p[i + 1] != '.')
		return STATUS_INVALID; /* one spelling for one amount */
	int64_t v = 0;
	for (; i < s.len; i++) {
		if (i == s.len - 3)
			continue;
		if (s.p[i] < '0' || s.p[i] > '9')
			return STATUS_INVALID;
		if (money_mul(v, 10, &v) || money_add(v, s.p[i] - '0', &v))
			return STATUS_OVERFLOW;
	}
	if (minus && v == 0)
		return STATUS_INVALID;
	*cents = minus ? -v : v;
	return STATUS_OK;
}

void number_text(struct buf *b, int64_t n)
{
	if (n < 0)
		buf_char(b, '-');
	digits(b, magnitude(n), true);
}

void percent_text(struct buf *b, int64_t millionths)
{
	uint64_t u = magnitude(millionths), one = PERCENT_ONE / 100;
	if (millionths < 0)
		buf_char(b, '-');
	digits(b, u / one, true);
	uint64_t rest = u % one;
	if (rest)
		buf_char(b, '.');
	for (uint64_t place = one / 10; rest; place /= 10) {
		buf_char(b, (char)('0' + rest / place));
		rest %= place;
	}
	buf_char(b, '%');
}
