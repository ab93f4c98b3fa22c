/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/values/calendar.h"

#include "tests/support/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *program;

static bool unit_of(const char *word, enum unit *unit)
{
	static const struct {
		const char *word;
		enum unit unit;
	} units[] = {{"days", UNIT_DAYS},
		     {"weeks", UNIT_WEEKS},
		     {"months", UNIT_MONTHS},
		     {"years", UNIT_YEARS}};
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(word, units[i].word) == 0) {
			*unit = units[i].unit;
			return true;
		}
	}
	return false;
}

/* ---- against the oracle ---- */

static void check_day(const struct rows *r)
{
	struct date d = {(int32_t)rows_int(r, 1), (int32_t)rows_int(r, 2), (int32_t)rows_int(r, 3)};
	int32_t day = (int32_t)rows_int(r, 4), back;
	rows_check(r, date_exists(d), "the date exists");
	rows_check(r, day_of(d) == day, "its day number");
	struct date again = date_of(day);
	rows_check(r, again.year == d.year && again.month == d.month && again.day == d.day,
		   "its date again");
	rows_check(r, day_weekday(day) == rows_int(r, 5), "its weekday");
	struct buf b = {0};
	day_text(&b, day);
	rows_check(r, day_read(buf_view(&b), &back) == STATUS_OK && back == day,
		   "written and read back");
	buf_release(&b);
}

static void check_sum(const struct rows *r, enum status status, int32_t got)
{
	if (str_eq(rows_last(r), STR("overflow")))
		rows_check(r, status == STATUS_OVERFLOW, "leaves the range");
	else
		rows_check(r, !status && got == rows_int(r, r->words - 1), "the day it leads to");
}

static void check_add(const struct rows *r)
{
	enum unit unit = UNIT_MINUTES;
	int32_t out = 0;
	rows_check(r, unit_of(r->word[3], &unit), "a unit");
	enum status status = day_add((int32_t)rows_int(r, 1), rows_int(r, 2), unit, NULL, &out);
	check_sum(r, status, out);
}

static void check_period(const struct rows *r)
{
	enum unit unit = UNIT_MINUTES;
	rows_check(r, unit_of(r->word[2], &unit), "a unit");
	rows_check(r, day_period_start((int32_t)rows_int(r, 1), unit) == rows_int(r, 3),
		   "where its period begins");
}

static void check_read(const struct rows *r)
{
	int32_t day = -1;
	enum status status = day_read(str_from(r->word[1]), &day);
	if (str_eq(rows_last(r), STR("bad")))
		rows_check(r, status == STATUS_INVALID && day == -1, "is refused");
	else
		rows_check(r, !status && day == rows_int(r, 2), "is read");
}

static void read_calendar(const struct rows *r, struct calendar *c, int32_t *holidays)
{
	for (size_t i = 3; i < r->words; i++)
		holidays[i - 3] = (int32_t)rows_int(r, i);
	*c = (struct calendar){
	    .weekend = (uint32_t)rows_int(r, 1), .holidays = holidays, .n = (size_t)rows_int(r, 2)};
}

static void check_business(const struct rows *r, const struct calendar *c)
{
	int32_t out = 0, day = (int32_t)rows_int(r, 1);
	enum status status = day_add(day, rows_int(r, 2), UNIT_BUSINESS_DAYS, c, &out);
	check_sum(r, status, out);
}

static void test_all_rows_of_the_oracle(void **state)
{
	(void)state;
	struct rows r;
	struct calendar c = {0};
	int32_t holidays[ROWS_WORDS];
	unsigned long n[6] = {0};
	for (rows_open(&r, program, "calendar"); rows_next(&r);) {
		if (rows_is(&r, "day"))
			check_day(&r), n[0]++;
		else if (rows_is(&r, "add"))
			check_add(&r), n[1]++;
		else if (rows_is(&r, "period"))
			check_period(&r), n[2]++;
		else if (rows_is(&r, "read"))
			check_read(&r), n[3]++;
		else if (rows_is(&r, "calendar"))
			read_calendar(&r, &c, holidays);
		else if (rows_is(&r, "open"))
			rows_check(&r,
				   day_is_business((int32_t)rows_int(&r, 1), &c) == rows_int(&r, 2),
				   "whether it is a business day"),
			    n[4]++;
		else if (rows_is(&r, "business"))
			check_business(&r, &c), n[5]++;
		else
			rows_check(&r, false, "what is asked");
	}
	rows_close(&r);
	assert_true(n[0] >= 146097); /* every day of 400 years */
	for (size_t i = 1; i < 6; i++)
		assert_true(n[i] > 1000);
}

/* ---- by hand ---- */

static int32_t on(int32_t year, int32_t month, int32_t day)
{
	return day_of((struct date){year, month, day});
}

static void test_dates_count_from_their_anchor(void **state)
{
	(void)state;
	int32_t out;
	assert_int_equal(day_add(on(2026, 1, 31), 1, UNIT_MONTHS, NULL, &out), STATUS_OK);
	assert_int_equal(out, on(2026, 2, 28));
	assert_int_equal(day_add(on(2026, 1, 31), 2, UNIT_MONTHS, NULL, &out), STATUS_OK);
	assert_int_equal(out, on(2026, 3, 31));
	assert_int_equal(day_add(on(2024, 2, 29), 1, UNIT_YEARS, NULL, &out), STATUS_OK);
	assert_int_equal(out, on(2025, 2, 28));
}

static void test_the_ends_of_time(void **state)
{
	(void)state;
	int32_t out = 7;
	assert_int_equal(on(1, 1, 1), DAY_MIN);
	assert_int_equal(on(9999, 12, 31), DAY_MAX);
	assert_int_equal(day_add(DAY_MAX, 1, UNIT_BUSINESS_DAYS, NULL, &out), STATUS_OVERFLOW);
	assert_int_equal(day_add(DAY_MIN, -1, UNIT_BUSINESS_DAYS, NULL, &out), STATUS_OVERFLOW);
	assert_int_equal(day_add(0, 1, UNIT_MINUTES, NULL, &out), STATUS_INVALID);
	assert_int_equal(out, 7); /* untouched on failure */
	assert_int_equal(day_period_start(DAY_MIN, UNIT_WEEKS), DAY_MIN);
}

static void test_a_calendar_without_any_open_day_ends(void **state)
{
	(void)state;
	struct calendar closed = {.weekend = 0x7f};
	int32_t out;
	assert_int_equal(day_add(0, 1, UNIT_BUSINESS_DAYS, &closed, &out), STATUS_OVERFLOW);
}

static void test_first_of_months(void **state)
{
	(void)state;
	assert_int_equal(day_month_first(on(2026, 7, 14), 0), on(2026, 7, 1));
	assert_int_equal(day_month_first(on(2026, 12, 31), 1), on(2027, 1, 1));
	assert_int_equal(day_month_first(on(2026, 1, 31), -1), on(2025, 12, 1));
}

static void test_what_is_no_date_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    "",           "2026-7-14",   "2026-07-1",   "26-07-14",
	    "2026/07/14", "2026-07-14 ", " 2026-07-14", "2026-07-1a",
	    "+026-07-14", "0000-01-01",  "10000-01-01", "2026-07-014"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int32_t day;
		if (day_read(str_from(bad[i]), &day) != STATUS_INVALID)
			fail_msg("'%s' was read as a date", bad[i]);
	}
}

static void test_unit_names(void **state)
{
	(void)state;
	assert_true(str_eq(unit_name(UNIT_BUSINESS_DAYS, true), STR("business days")));
	assert_true(str_eq(unit_name(UNIT_YEARS, false), STR("year")));
}

int main(int argc, char **argv)
{
	(void)argc;
	program = argv[0];
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_rows_of_the_oracle),
	    cmocka_unit_test(test_dates_count_from_their_anchor),
	    cmocka_unit_test(test_the_ends_of_time),
	    cmocka_unit_test(test_a_calendar_without_any_open_day_ends),
	    cmocka_unit_test(test_first_of_months),
	    cmocka_unit_test(test_what_is_no_date_is_refused),
	    cmocka_unit_test(test_unit_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
