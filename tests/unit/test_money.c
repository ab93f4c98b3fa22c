/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/values/money.h"

#include "tests/support/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *program;

/* ---- against the oracle ---- */

static enum rounding rounding_of(const struct rows *r, const char *word)
{
	static const char *const words[] = {[ROUND_EXACT] = "exact",
					    [ROUND_UP] = "up",
					    [ROUND_DOWN] = "down",
					    [ROUND_HALF_UP] = "half_up",
					    [ROUND_HALF_EVEN] = "half_even"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i]) == 0)
			return (enum rounding)i;
	rows_check(r, false, "a rounding");
	return ROUND_EXACT;
}

static void check_result(const struct rows *r, enum status status, int64_t got)
{
	if (str_eq(rows_last(r), STR("overflow")))
		rows_check(r, status == STATUS_OVERFLOW, "leaves the range");
	else if (str_eq(rows_last(r), STR("inexact")))
		rows_check(r, status == STATUS_INVALID, "is no whole number of cents");
	else
		rows_check(r, !status && got == rows_int(r, r->words - 1), "the amount");
}

static void check_ratio(const struct rows *r)
{
	int64_t out = 0;
	enum status status = money_ratio(rows_int(r, 1), rows_int(r, 2), rows_int(r, 3),
					 rounding_of(r, r->word[4]), &out);
	check_result(r, status, out);
}

static bool check_arithmetic(const struct rows *r)
{
	int64_t a = rows_int(r, 1), b = rows_int(r, 2), out = 0;
	enum status status;
	if (rows_is(r, "add"))
		status = money_add(a, b, &out);
	else if (rows_is(r, "sub"))
		status = money_sub(a, b, &out);
	else if (rows_is(r, "mul"))
		status = money_mul(a, b, &out);
	else
		return false;
	check_result(r, status, out);
	return true;
}

static void check_part(const struct rows *r)
{
	bool first = strcmp(r->word[4], "first") == 0;
	int64_t part = money_part(rows_int(r, 1), rows_int(r, 2), rows_int(r, 3), first);
	rows_check(r, part == rows_int(r, 5), "the part");
}

static bool check_words(const struct rows *r)
{
	struct buf b = {0};
	int64_t v = rows_int(r, 1), back = 0;
	if (rows_is(r, "plain"))
		money_plain(&b, v);
	else if (rows_is(r, "text"))
		money_text(&b, v);
	else if (rows_is(r, "number"))
		number_text(&b, v);
	else if (rows_is(r, "percent"))
		percent_text(&b, v);
	else
		return false;
	struct str want = rows_last(r);
	if (rows_is(r, "text") && v < 0)
		rows_check(r, str_starts(want, STR("-$")), "a minus before the sign");
	rows_check(r, str_eq(buf_view(&b), want), "how it is written");
	if (rows_is(r, "plain") && v != INT64_MIN) /* whose size has no positive counterpart */
		rows_check(r, !money_read(want, &back) && back == v, "read back");
	buf_release(&b);
	return true;
}

static void test_all_rows_of_the_oracle(void **state)
{
	(void)state;
	struct rows r;
	unsigned long ratios = 0, parts = 0, others = 0;
	for (rows_open(&r, program, "money"); rows_next(&r);) {
		if (rows_is(&r, "ratio"))
			check_ratio(&r), ratios++;
		else if (rows_is(&r, "part"))
			check_part(&r), parts++;
		else if (check_arithmetic(&r) || check_words(&r))
			others++;
		else
			rows_check(&r, false, "what is asked");
	}
	rows_close(&r);
	assert_true(ratios > 20000 && parts > 1000 && others > 2000);
}

/* ---- by hand ---- */

static void test_parts_add_up_to_the_whole(void **state)
{
	(void)state;
	static const int64_t totals[] = {0,       1,    99, 100,       300000,
					 1305200, -100, -7, INT64_MAX, INT64_MIN};
	static const int64_t counts[] = {1, 2, 3, 7, 12, 52, 1200};
	for (size_t t = 0; t < sizeof(totals) / sizeof(totals[0]); t++) {
		for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
			int64_t n = counts[c], first = 0, last = 0;
			for (int64_t i = 0; i < n; i++) {
				first += money_part(totals[t], n, i, true);
				last += money_part(totals[t], n, i, false);
				if (i > 0)
					assert_int_equal(money_part(totals[t], n, i, true),
							 totals[t] / n);
			}
			assert_int_equal(first, totals[t]);
			assert_int_equal(last, totals[t]);
		}
	}
	assert_int_equal(money_part(10000, 3, 0, true), 3334);
	assert_int_equal(money_part(10000, 3, 2, false), 3334);
}

static void test_amounts_that_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum status status;
		int64_t cents;
	} cases[] = {
	    {"100.00", STATUS_OK, 10000},
	    {"0.00", STATUS_OK, 0},
	    {"0.05", STATUS_OK, 5},
	    {"-3.05", STATUS_OK, -305},
	    {"-0.01", STATUS_OK, -1},
	    {"92233720368547758.07", STATUS_OK, INT64_MAX},
	    {"-92233720368547758.07", STATUS_OK, -INT64_MAX},
	    {"92233720368547758.08", STATUS_OVERFLOW, 0},
	    {"99999999999999999999.00", STATUS_OVERFLOW, 0},
	    {"", STATUS_INVALID, 0},
	    {"-", STATUS_INVALID, 0},
	    {".00", STATUS_INVALID, 0},
	    {"-.00", STATUS_INVALID, 0},
	    {"1", STATUS_INVALID, 0},
	    {"100", STATUS_INVALID, 0},
	    {"1.0", STATUS_INVALID, 0},
	    {"1.000", STATUS_INVALID, 0},
	    {"1,000.00", STATUS_INVALID, 0},
	    {"$1.00", STATUS_INVALID, 0},
	    {"+1.00", STATUS_INVALID, 0},
	    {"01.00", STATUS_INVALID, 0},
	    {"00.00", STATUS_INVALID, 0},
	    {"-0.00", STATUS_INVALID, 0},
	    {" 1.00", STATUS_INVALID, 0},
	    {"1.00 ", STATUS_INVALID, 0},
	    {"1.0a", STATUS_INVALID, 0},
	    {"1e3.00", STATUS_INVALID, 0},
	    {"--1.00", STATUS_INVALID, 0},
	    {"1..00", STATUS_INVALID, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t cents = 77;
		enum status status = money_read(str_from(cases[i].text), &cents);
		if (status != cases[i].status || cents != (status ? 77 : cases[i].cents))
			fail_msg("'%s': status %d, %lld cents", cases[i].text, (int)status,
				 (long long)cents);
	}
}

static void test_json_is_a_quoted_text(void **state)
{
	(void)state;
	struct buf b = {0};
	money_json(&b, -1234567);
	assert_true(str_eq(buf_view(&b), STR("\"-12345.67\"")));
	buf_release(&b);
}

int main(int argc, char **argv)
{
	(void)argc;
	program = argv[0];
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_rows_of_the_oracle),
	    cmocka_unit_test(test_parts_add_up_to_the_whole),
	    cmocka_unit_test(test_amounts_that_are_read),
	    cmocka_unit_test(test_json_is_a_quoted_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
