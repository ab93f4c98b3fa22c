/* SPDX-License-Identifier: Apache-2.0
 *
 * The scanner and the token list: what a piece of text becomes, and the one message that each kind
 * of malformed piece gets.
 */
#include "engine/base/limits.h"
#include "grammar/codes.h"
#include "grammar/keywords.h"
#include "grammar/parser.h"
#include "grammar/tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct scanned {
	struct arena arena;
	struct diag_list diags;
	struct token_list list;
};

static void scan(struct scanned *s, struct str text)
{
	*s = (struct scanned){0};
	diag_init(&s->diags, &s->arena);
	s->list = tokens_read(&s->arena, text, 0, &s->diags);
}

static void release(struct scanned *s)
{
	diag_release(&s->diags);
	arena_release(&s->arena);
}

/* ---- good tokens ---- */

static const struct good {
	const char *text;
	int kind;
	int64_t n;
} good[] = {
    {"$100", T_MONEY_LITERAL, 10000},
    {"$1,000", T_MONEY_LITERAL, 100000},
    {"$1000.50", T_MONEY_LITERAL, 100050},
    {"$92,233,720,368,547,758.07", T_MONEY_LITERAL, INT64_MAX},
    {"12", T_NUMBER_LITERAL, 12},
    {"10,000", T_NUMBER_LITERAL, 10000},
    {"9223372036854775807", T_NUMBER_LITERAL, INT64_MAX},
    {"7.5%", T_PERCENT_LITERAL, 75000},
    {"0.0001%", T_PERCENT_LITERAL, 1},
    {"2026-07-01", T_DATE_LITERAL, 20635},
    {"09:30", T_TIME_LITERAL, 570},
    {"23:59", T_TIME_LITERAL, 1439},
    {"14 days", T_PERIOD_LITERAL, 14},
    {"1 day", T_PERIOD_LITERAL, 1},
    {"14 day", T_PERIOD_LITERAL, 14},
    {"3 business days", T_PERIOD_LITERAL, 3},
    {"2 # two\n weeks", T_PERIOD_LITERAL, 2},
    {"60 minutes", T_PERIOD_LITERAL, 60},
    {"minutes", T_NAME, 0},
    {"day_1", T_NAME, 0},
    {"minutes :", T_LABEL, 0},
    {"when:", T_LABEL, 0},
    {"Saturday", T_WEEKDAY, 0},
    {"at most", T_AT_MOST, 0},
    {"at\n\tmost", T_AT_MOST, 0},
    {"first of next month", T_FIRST_OF_NEXT_MONTH, 0},
    {"first", T_FIRST, 0},
    {"installments", T_INSTALMENTS, 0},
    {"\"text # not a comment\"", T_TEXT, 0},
    {"<=", T_LE, 0},
    {"52x $251", T_NUMBER_LITERAL, 52},
    {"\xef\xbb\xbfrule", T_RULE, 0},
};

static void test_tokens_read_good_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct scanned s;
		scan(&s, str_from(good[i].text));
		if (s.list.at[0].kind != good[i].kind || s.list.at[0].n != good[i].n)
			fail_msg("%s: kind %d, value %lld", good[i].text, s.list.at[0].kind,
				 (long long)s.list.at[0].n);
		assert_int_equal(s.diags.errors, 0);
		assert_int_equal(s.list.at[s.list.n - 1].kind, T_END);
		release(&s);
	}
}

static void test_tokens_keep_labels_from_periods(void **state)
{
	(void)state;
	struct scanned s;
	scan(&s, STR("a : number from 0 to 120\n  days : number"));
	int kinds[] = {T_LABEL, ':', T_NUMBER, T_FROM, T_NUMBER_LITERAL, T_TO, T_NUMBER_LITERAL,
		       T_LABEL, ':', T_NUMBER, T_END};
	assert_int_equal(s.list.n, sizeof(kinds) / sizeof(kinds[0]));
	for (size_t i = 0; i < s.list.n; i++)
		assert_int_equal(s.list.at[i].kind, kinds[i]);
	release(&s);
}

/* ---- malformed pieces: exactly one message each, and the sentence goes on ---- */

static const struct bad {
	struct str text;
	int code;
	int kind;         /* of the first token all the same; T_END: nothing is left of it */
	const char *says; /* in message or help */
} bad[] = {
    {STR_INIT("$1,00"), W_MONEY_GROUPING, T_MONEY_LITERAL, "$100"},
    {STR_INIT("$1,0000"), W_MONEY_GROUPING, T_MONEY_LITERAL, "$10,000"},
    {STR_INIT("$1000,000"), W_MONEY_GROUPING, T_MONEY_LITERAL, "$1,000,000"},
    {STR_INIT("$5.5"), W_MONEY_CENTS, T_MONEY_LITERAL, "$5.50"},
    {STR_INIT("$5.505"), W_MONEY_CENTS, T_MONEY_LITERAL, "two decimals"},
    {STR_INIT("$ 100"), W_MONEY_SIGN, T_MONEY_LITERAL, "$100"},
    {STR_INIT("$92,233,720,368,547,758.08"), W_NUMBER_RANGE, T_MONEY_LITERAL, "larger"},
    {STR_INIT("1,00"), W_NUMBER_GROUPING, T_NUMBER_LITERAL, "100"},
    {STR_INIT("7.5"), W_NUMBER_DECIMALS, T_NUMBER_LITERAL, "$7.50"},
    {STR_INIT("9223372036854775808"), W_NUMBER_RANGE, T_NUMBER_LITERAL, "larger"},
    {STR_INIT("7.12345%"), W_PERCENT_DECIMALS, T_PERCENT_LITERAL, "four"},
    {STR_INIT("7 %"), W_PERCENT_ALONE, T_PERCENT_LITERAL, "space"},
    {STR_INIT("%"), W_PERCENT_ALONE, T_END, "7.5%"},
    {STR_INIT(".5%"), W_NUMBER_DECIMALS, T_PERCENT_LITERAL, "0.5%"},
    {STR_INIT("2026-02-30"), W_DATE_NOT_REAL, T_DATE_LITERAL, "February 2026 has 28 days"},
    {STR_INIT("2028-02-30"), W_DATE_NOT_REAL, T_DATE_LITERAL, "February 2028 has 29 days"},
    {STR_INIT("2026-13-01"), W_DATE_NOT_REAL, T_DATE_LITERAL, "01 to 12"},
    {STR_INIT("0000-01-01"), W_DATE_NOT_REAL, T_DATE_LITERAL, "0001"},
    {STR_INIT("2026-7-1"), W_DATE_FORM, T_DATE_LITERAL, "2026-07-01"},
    {STR_INIT("7/1/2026"), W_DATE_FORM, T_DATE_LITERAL, "year-month-day"},
    {STR_INIT("24:00"), W_TIME_NOT_REAL, T_TIME_LITERAL, "23:59"},
    {STR_INIT("9:30"), W_TIME_NOT_REAL, T_TIME_LITERAL, "two digits"},
    {STR_INIT("14days"), W_NUMBER_GLUED, T_PERIOD_LITERAL, "14 days"},
    {STR_INIT("2nd_visit"), W_NUMBER_GLUED, T_NAME, "digit"},
    {STR_INIT("Survivor"), W_NAME_UPPER_CASE, T_NAME, "`survivor`"},
    {STR_INIT("WHEN"), W_NAME_UPPER_CASE, T_WHEN, "`when`"},
    {STR_INIT("=="), W_PROGRAM_SIGN, '=', "`is`"},
    {STR_INIT("&&"), W_PROGRAM_SIGN, T_AND, "`and`"},
    {STR_INIT("||"), W_PROGRAM_SIGN, T_OR, "`or`"},
    {STR_INIT("!="), W_PROGRAM_SIGN, T_IS, "`is not`"},
    {STR_INIT("*"), W_PROGRAM_SIGN, T_X, "`x`"},
    {STR_INIT(";"), W_PROGRAM_SIGN, T_END, "leave it out"},
    {STR_INIT("{"), W_PROGRAM_SIGN, T_END, "leave it out"},
    {STR_INIT("@"), W_CHARACTER, T_END, "`@`"},
    {STR_INIT("'text'"), W_CHARACTER, T_TEXT, "double quotes"},
    {STR_INIT("caf\xc3\xa9"), W_CHARACTER, T_NAME, "\xc3\xa9"},
    {STR_INIT("\xe2\x80\x9ctext\xe2\x80\x9d"), W_CURLY_QUOTES, T_TEXT, "straight"},
    {STR_INIT("\xe2\x80\x9ctext\""), W_CURLY_QUOTES, T_TEXT, "straight"},
    {STR_INIT("\xe2\x80\x93"), W_TYPOGRAPHY, T_END, "en dash"},
    {STR_INIT("\xc2\xa0"), W_TYPOGRAPHY, T_END, "non-breaking"},
    {STR_INIT("\xff"), W_NOT_UTF8, T_END, "UTF-8"},
    {STR_INIT("\"caf\xe9\""), W_NOT_UTF8, T_TEXT, "UTF-8"},
    {STR_INIT("\xff\xfe"
	      "a\0"),
     W_NOT_UTF8, T_END, "UTF-16"},
    {STR_INIT("# caf\xe9"), W_NOT_UTF8, T_END, "UTF-8"},
    {STR_INIT("\0"), W_NUL, T_END, "NUL"},
    {STR_INIT("\"a\0b\""), W_NUL, T_TEXT, "NUL"},
    {STR_INIT("\"a\001b\""), W_CONTROL_CHARACTER, T_TEXT, "byte 1"},
    {STR_INIT("\f"), W_CONTROL_CHARACTER, T_END, "byte 12"},
    {STR_INIT("\"open"), W_TEXT_OPEN, T_TEXT, "closing"},
};

static void test_tokens_report_malformed_text_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct scanned s;
		scan(&s, bad[i].text);
		if (s.diags.n != 1 || s.diags.at[0].code != bad[i].code ||
		    s.list.at[0].kind != bad[i].kind)
			fail_msg("%s: %zu diagnostics, first %d; token %d", bad[i].text.p,
				 s.diags.n, s.diags.n ? s.diags.at[0].code : 0, s.list.at[0].kind);
		struct str says = str_from(bad[i].says);
		if (!str_contains(s.diags.at[0].message, says) &&
		    !str_contains(s.diags.at[0].help, says))
			fail_msg("%s: does not say %s: " STR_FMT "; " STR_FMT, bad[i].text.p,
				 bad[i].says, STR_ARG(s.diags.at[0].message),
				 STR_ARG(s.diags.at[0].help));
		assert_true(str_is_utf8(s.diags.at[0].message));
		release(&s);
	}
}

/* ---- limits: the last that is allowed, and one past it ---- */

static size_t errors_of(char fill, size_t n, const char *quote)
{
	struct buf b = {0};
	struct scanned s;
	buf_c(&b, quote);
	buf_pad(&b, fill, n);
	buf_c(&b, quote);
	scan(&s, buf_view(&b));
	size_t errors = s.diags.errors;
	release(&s);
	buf_release(&b);
	return errors;
}

static void test_tokens_hold_limits(void **state)
{
	(void)state;
	assert_int_equal(errors_of('a', LIMIT_NAME_BYTES, ""), 0);
	assert_int_equal(errors_of('a', LIMIT_NAME_BYTES + 1, ""), 1);
	assert_int_equal(errors_of('a', LIMIT_TEXT_BYTES, "\""), 0);
	assert_int_equal(errors_of('a', LIMIT_TEXT_BYTES + 1, "\""), 1);
	assert_int_equal(errors_of(' ', LIMIT_SOURCE_BYTES, ""), 0);
	assert_int_equal(errors_of(' ', LIMIT_SOURCE_BYTES + 1, ""), 1);
}

static void test_comments_know_whether_they_stand_alone(void **state)
{
	(void)state;
	struct scanned s;
	scan(&s, STR("# one\nrule # two\r\n  # three"));
	struct ast_comment *c = s.list.comments;
	assert_true(c->alone);
	assert_false(c->next->alone);
	assert_int_equal(c->next->span.len, 5);
	assert_true(c->next->next->alone);
	assert_null(c->next->next->next);
	release(&s);
}

static void test_keywords_are_sorted_and_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < keyword_count(); i++) {
		const struct keyword *k = keyword_at(i);
		if (i && strcmp(keyword_at(i - 1)->text, k->text) >= 0)
			fail_msg("%s is out of order", k->text);
		assert_ptr_equal(keyword_find(str_from(k->text)), k);
		assert_true(strlen(k->text) <= KEYWORD_PHRASE_BYTES);
	}
	assert_null(keyword_find(STR("stipned")));
	assert_null(keyword_find(STR("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tokens_read_good_text),
	    cmocka_unit_test(test_tokens_keep_labels_from_periods),
	    cmocka_unit_test(test_tokens_report_malformed_text_once),
	    cmocka_unit_test(test_tokens_hold_limits),
	    cmocka_unit_test(test_comments_know_whether_they_stand_alone),
	    cmocka_unit_test(test_keywords_are_sorted_and_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
