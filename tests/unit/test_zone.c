/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/values/zone.h"

#include "engine/values/calendar.h"
#include "tests/support/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *program;

static enum status zone_load(struct arena *a, const char *name, const struct zone **out)
{
	char path[256];
	static char bytes[1 << 16];
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("%s cannot be read; the package tzdata has it", path);
	size_t n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	return zone_read(a, str_from(name), (struct str){bytes, n}, out);
}

/* ---- against the oracle ---- */

static void check_instant(const struct rows *r)
{
	int64_t us = 0, again = 0;
	rows_check(r, !time_read(str_from(r->word[1]), &us) && us == rows_int(r, 2), "is read");
	struct buf b = {0};
	time_text(&b, zone_utc(), us);
	rows_check(r, !time_read(buf_view(&b), &again) && again == us, "written and read back");
	buf_release(&b);
}

static void check_civil(const struct rows *r, const struct zone *z)
{
	int64_t s = rows_int(r, 1), again = 0;
	rows_check(r, zone_day(z, s * SECOND_US) == rows_int(r, 2), "its civil day");
	rows_check(r, zone_offset(z, s * SECOND_US) == rows_int(r, 3), "the offset");
	rows_check(r, zone_day(z, s * SECOND_US + SECOND_US - 1) == rows_int(r, 2),
		   "still that day within the second");
	struct buf b = {0};
	time_text(&b, z, s * SECOND_US + 250000);
	rows_check(r, !time_read(buf_view(&b), &again) && again == s * SECOND_US + 250000,
		   "written in the zone and read back");
	buf_release(&b);
}

static void check_start(const struct rows *r, const struct zone *z)
{
	int32_t day = (int32_t)rows_int(r, 1);
	int64_t start = zone_day_start(z, day);
	rows_check(r, start == rows_int(r, 2) * SECOND_US, "where the day starts");
	rows_check(r, zone_day(z, start) >= day && zone_day(z, start - 1) < day,
		   "its first instant is the first of the day");
}

static void test_all_rows_of_the_oracle(void **state)
{
	(void)state;
	struct rows r;
	struct arena a = {0};
	const struct zone *z = NULL;
	unsigned long zones = 0, starts = 0, minutes = 0, instants = 0;
	for (rows_open(&r, program, "zone"); rows_next(&r);) {
		if (rows_is(&r, "zone"))
			rows_check(&r, !zone_load(&a, r.word[1], &z), "the zone is read"), zones++;
		else if (rows_is(&r, "offset"))
			rows_check(&r,
				   zone_offset(z, rows_int(&r, 1) * SECOND_US) == rows_int(&r, 2),
				   "the offset");
		else if (rows_is(&r, "start"))
			check_start(&r, z), starts++;
		else if (rows_is(&r, "minute"))
			rows_check(
			    &r,
			    zone_instant(z, (int32_t)rows_int(&r, 1), (int32_t)rows_int(&r, 2)) ==
				rows_int(&r, 3) * SECOND_US,
			    "the instant of a wall clock's minute"),
			    minutes++;
		else if (rows_is(&r, "civil"))
			check_civil(&r, z);
		else if (rows_is(&r, "instant"))
			check_instant(&r), instants++;
		else
			rows_check(&r, false, "what is asked");
	}
	rows_close(&r);
	arena_release(&a);
	assert_true(zones >= 8 && starts > 100000 && minutes > 10000 && instants > 1000);
}

/* ---- by hand ---- */

static void test_times_that_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t us;
	} cases[] = {
	    {"1970-01-01T00:00:00Z", 0},
	    {"1970-01-01t00:00:00z", 0},
	    {"1970-01-01T00:00:00-00:00", 0},
	    {"1970-01-01T01:00:00+01:00", 0},
	    {"1969-12-31T23:59:59.999999Z", -1},
	    {"1970-01-01T00:00:00.5Z", 500000},
	    {"1970-01-01T00:00:00.123456789Z", 123456},
	    {"2026-07-14T09:30:00-07:00", INT64_C(1784046600) * SECOND_US},
	    {"9999-12-31T23:59:59Z", INT64_C(253402300799) * SECOND_US},
	    {"0001-01-01T00:00:00Z", INT64_C(-62135596800) * SECOND_US},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t us = 1;
		if (time_read(str_from(cases[i].text), &us) || us != cases[i].us)
			fail_msg("'%s' gave %lld", cases[i].text, (long long)us);
	}
}

static void test_times_that_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    "",
	    "2026-07-14",
	    "2026-07-14T09:30:00",  /* no offset */
	    "2026-07-14 09:30:00Z", /* no T */
	    "2026-07-14T09:30Z",    /* no seconds */
	    "2026-07-14T24:00:00Z",
	    "2026-07-14T23:60:00Z",
	    "2016-12-31T23:59:60Z", /* a leap second */
	    "2026-02-30T00:00:00Z",
	    "2026-13-01T00:00:00Z",
	    "0000-01-01T00:00:00Z",
	    "2026-07-14T09:30:00.Z",
	    "2026-07-14T09:30:00.1234567890Z", /* ten decimals */
	    "2026-07-14T09:30:00,5Z",
	    "2026-07-14T09:30:00+7:00",
	    "2026-07-14T09:30:00+0700",
	    "2026-07-14T09:30:00+24:00",
	    "2026-07-14T09:30:00+07:60",
	    "2026-07-14T09:30:00-07:00x",
	    "2026-07-14T09:30:00Zx",
	    "2026-07-14T09:30:00 Z",
	    "2026-07-14T9:30:00Z",
	    "0001-01-01T00:00:00+00:01", /* before the first instant */
	    "9999-12-31T23:59:59-00:01", /* after the last */
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t us = 77;
		if (time_read(str_from(bad[i]), &us) != STATUS_INVALID || us != 77)
			fail_msg("'%s' was read", bad[i]);
	}
}

static void test_how_times_are_written(void **state)
{
	(void)state;
	struct arena a = {0};
	struct buf b = {0};
	const struct zone *la;
	assert_int_equal(zone_load(&a, "America/Los_Angeles", &la), STATUS_OK);
	assert_true(str_eq(zone_name(la), STR("America/Los_Angeles")));
	time_text(&b, la, INT64_C(1784046600) * SECOND_US);
	assert_true(str_eq(buf_view(&b), STR("2026-07-14T09:30:00-07:00")));
	buf_clear(&b);
	time_text(&b, zone_utc(), INT64_C(1784046600) * SECOND_US + 42);
	assert_true(str_eq(buf_view(&b), STR("2026-07-14T16:30:00.000042Z")));
	buf_release(&b);
	arena_release(&a);
}

/* Every prefix and many corruptions of a zone's file are refused or read, never out of bounds. */
static void test_damaged_files_do_no_harm(void **state)
{
	(void)state;
	char bytes[8192], copy[8192];
	FILE *f = fopen("/usr/share/zoneinfo/America/Los_Angeles", "rb");
	assert_non_null(f);
	size_t n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	struct arena a = {0};
	const struct zone *z;
	for (size_t i = 0; i < n; i++) {
		char *exact = test_malloc(i + 1); /* so that a sanitizer sees a read past the end */
		memcpy(exact, bytes, i);
		assert_int_equal(zone_read(&a, STR("x"), (struct str){exact, i}, &z),
				 STATUS_INVALID);
		test_free(exact);
		arena_reset(&a);
	}
	for (size_t i = 0; i < n; i++) {
		memcpy(copy, bytes, n);
		copy[i] = (char)(copy[i] ^ 0xff);
		if (!zone_read(&a, STR("x"), (struct str){copy, n}, &z))
			(void)zone_day_start(z, 20000);
		arena_reset(&a);
	}
	arena_release(&a);
}

int main(int argc, char **argv)
{
	(void)argc;
	program = argv[0];
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_rows_of_the_oracle),
	    cmocka_unit_test(test_times_that_are_read),
	    cmocka_unit_test(test_times_that_are_refused),
	    cmocka_unit_test(test_how_times_are_written),
	    cmocka_unit_test(test_damaged_files_do_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
