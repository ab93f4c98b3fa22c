/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/values/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_values_as_an_author_writes_them(void **state)
{
	(void)state;
	const struct {
		struct value value;
		const char *text;
	} cases[] = {
	    {value_int(TYPE_MONEY, 10000), "$100.00"},
	    {value_int(TYPE_MONEY, -123456789), "-$1,234,567.89"},
	    {value_int(TYPE_NUMBER, 10000), "10,000"},
	    {value_int(TYPE_PERCENT, 75000), "7.5%"},
	    {value_int(TYPE_PERCENT, 1), "0.0001%"},
	    {value_int(TYPE_YEARS, 18), "18 years"},
	    {value_int(TYPE_MONTHS, 1), "1 month"},
	    {value_int(TYPE_DAYS, 0), "0 days"},
	    {value_int(TYPE_DAYS, -1), "-1 days"},
	    {value_int(TYPE_BUSINESS_DAYS, 1), "1 business day"},
	    {value_int(TYPE_MINUTES, 60), "60 minutes"},
	    {value_int(TYPE_DATE, 20648), "2026-07-14"},
	    {value_int(TYPE_YES_NO, 1), "yes"},
	    {value_int(TYPE_YES_NO, 0), "no"},
	    {value_str(TYPE_TEXT, STR("a b")), "\"a b\""},
	    {value_str(TYPE_REF, STR("haven")), "haven"},
	    {value_missing(TYPE_MONEY), "unknown"},
	    {value_missing(TYPE_TEXT), "unknown"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = {0};
		value_text(&b, cases[i].value);
		if (!str_eq(buf_view(&b), str_from(cases[i].text)))
			fail_msg("'%.*s' instead of '%s'", STR_ARG(buf_view(&b)), cases[i].text);
		buf_release(&b);
	}
}

static void test_what_is_equal(void **state)
{
	(void)state;
	struct value text = value_str(TYPE_TEXT, STR("a"));
	assert_true(value_eq(value_int(TYPE_MONEY, 5), value_int(TYPE_MONEY, 5)));
	assert_false(value_eq(value_int(TYPE_MONEY, 5), value_int(TYPE_MONEY, 6)));
	assert_true(value_eq(value_missing(TYPE_DATE), value_missing(TYPE_DATE)));
	assert_false(value_eq(value_missing(TYPE_NUMBER), value_int(TYPE_NUMBER, 0)));
	assert_false(value_eq(value_int(TYPE_NUMBER, 0), value_missing(TYPE_NUMBER)));
	assert_true(value_eq(text, value_str(TYPE_TEXT, STR("a"))));
	assert_false(value_eq(text, value_str(TYPE_TEXT, STR("ab"))));
	assert_false(value_eq(text, value_missing(TYPE_TEXT)));
	assert_true(value_eq(value_str(TYPE_TEXT, STR("")), value_str(TYPE_TEXT, (struct str){0})));
}

static void test_types_that_are_the_same(void **state)
{
	(void)state;
	struct type number = {.kind = TYPE_NUMBER}, few = {TYPE_NUMBER, 0, true, 0, 5};
	struct type days = {.kind = TYPE_DAYS};
	struct type one = {.kind = TYPE_CHOICE, .of = 1}, other = {.kind = TYPE_CHOICE, .of = 2};
	struct type ref = {.kind = TYPE_REF, .of = 1};
	assert_true(type_same(&number, &few)); /* ranges aside */
	assert_false(type_same(&number, &days));
	assert_false(type_same(&one, &other));
	assert_false(type_same(&one, &ref));
	assert_true(type_same(&one, &one));
}

static void test_kinds_of_types(void **state)
{
	(void)state;
	assert_true(type_is_unit(TYPE_YEARS) && type_is_unit(TYPE_MINUTES));
	assert_false(type_is_unit(TYPE_NUMBER) || type_is_unit(TYPE_DATE) ||
		     type_is_unit(TYPE_PERCENT));
	assert_true(type_is_text(TYPE_TEXT) && type_is_text(TYPE_REF));
	assert_false(type_is_text(TYPE_CHOICE));
	assert_true(str_eq(type_kind_name(TYPE_BUSINESS_DAYS), STR("business days")));
	assert_int_equal(sizeof(struct value), 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values_as_an_author_writes_them),
	    cmocka_unit_test(test_what_is_equal),
	    cmocka_unit_test(test_types_that_are_the_same),
	    cmocka_unit_test(test_kinds_of_types),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
