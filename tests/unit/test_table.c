/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables at work: which row fits, what it gives, in which county, and what is said of it.
 */
#include "tests/support/case_rig.h"

#include "engine/case/json.h"

static const char policy[] =
    "timezone \"America/Los_Angeles\"\n"
    "case survivor\n"
    "  age : years from 0 to 120 optional\n"
    "  custody : one of none, juvenile, adult default none\n"
    "case agency\n"
    "  rating : number from 1 to 5 optional\n"
    "event intake of survivor\n  sets age, custody\n"
    "event visit of survivor\n  provider : agency optional\n  minutes : number from 0 to 600\n"
    "event call of survivor\n  minutes : number from 0 to 600\n"
    "event rated of agency\n  sets rating\n"
    "party office\n"
    "program help\n  effective 2026-07-01\n"
    "amount full is $100\n  $110 from 2027-01-01\n"
    "number long_visit is 60\n"
    "table pay_of\n"
    "  | minutes | age | -> pay | -> points |\n"
    "  | under long_visit | under 18 or 65 or more | $20 | 1 |\n"
    "  | under long_visit | 18 to 64 | $10 | 1 |\n"
    "  | long_visit or more | any | full | 2 |\n"
    "  | under long_visit | unknown | $5 | 3 |\n"
    "table most_of\n"
    "  | age | -> most |\n"
    "  | any | 3 |\n"
    "table by_rating\n"
    "  | provider.rating | custody | -> pay |\n"
    "  | 4 or more | none | $7 |\n"
    "  | under 4 | none or adult | $3 |\n"
    "  | otherwise | $1 |\n"
    "stipend visits\n  on visit\n  pay pay_of.pay to survivor\n  at most most_of.most per day\n"
    "rule calls\n  on call when pay_of.pay >= $20\n  notify office\n"
    "rule rating\n  on visit when by_rating.pay > $2\n  pay by_rating.pay to survivor\n"
    "county alameda\n  adopts help from 2026-07-01\n"
    "county kern\n  adopts help from 2026-07-01\n"
    "change number long_visit to 90\n"
    "replace table pay_of from 2027-01-01\n"
    "  | count of visit | -> note | -> points | -> pay |\n"
    "  | 1 | 0 | 9 | $77 |\n"
    "  | otherwise | 0 | 9 | full |\n"
    "drop rule rating\n"
    "county inyo\n  adopts help from 2026-07-01\n"
    "drop rule calls\n"
    "drop stipend visits\n"
    "drop table pay_of\n";

static void test_the_row_that_fits(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, policy);
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-01 12:00", "intake",
		  "age=17,custody=juvenile");
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-02 12:00", "visit",
		  "minutes=59");
	assert_string_equal(rig_text(&rig), "pay $20.00 to S-1 due 2026-07-02\n");
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-03 12:00", "intake",
		  "age=18,custody=juvenile");
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-04 12:00", "visit",
		  "minutes=0");
	assert_string_equal(rig_text(&rig), "pay $10.00 to S-1 due 2026-07-04\n");
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-05 12:00", "visit",
		  "minutes=60");
	assert_string_equal(rig_text(&rig), "pay $100.00 to S-1 due 2026-07-05\n");
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-06 12:00", "call",
		  "minutes=60");
	assert_string_equal(rig_text(&rig), "notify to office\n");
	rig_close(&rig);
}

static void test_unknown_is_a_value(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, policy);
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-01 12:00", "intake",
		  "custody=juvenile");
	for (int i = 0; i < 3; i++) {
		rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-02 12:00", "visit",
			  "minutes=1");
		assert_string_equal(rig_text(&rig), "pay $5.00 to S-1 due 2026-07-02\n");
	}
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-02 13:00", "visit",
		  "minutes=1");
	assert_string_equal(rig_text(&rig), "");
	rig_close(&rig);
}

/* The reference may be missing, and what it names may not be rated: both are `otherwise`. */
static void test_through_a_reference(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, policy);
	rig_event(&rig, rig_case(&rig, "agency", "A-1"), "2026-07-01 12:00", "rated", "rating=4");
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-01 12:00", "intake",
		  "age=20,custody=none");
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-02 12:00", "visit",
		  "provider=A-1,minutes=1");
	assert_string_equal(rig_text(&rig), "pay $10.00 to S-1 due 2026-07-02\n"
					    "pay $7.00 to S-1 due 2026-07-02\n");
	assert_int_equal(rig.ninputs, 1);
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-03 12:00", "visit",
		  "provider=A-2,minutes=1");
	assert_string_equal(rig_text(&rig), "pay $10.00 to S-1 due 2026-07-03\n");
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-04 12:00", "visit",
		  "minutes=1");
	assert_string_equal(rig_text(&rig), "pay $10.00 to S-1 due 2026-07-04\n");
	rig_event(&rig, rig_case(&rig, "agency", "A-1"), "2026-07-05 12:00", "rated", "rating=3");
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-05 12:00", "intake",
		  "age=20,custody=adult");
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-05 12:00", "visit",
		  "provider=A-1,minutes=1");
	assert_string_equal(rig_text(&rig), "pay $10.00 to S-1 due 2026-07-05\n"
					    "pay $3.00 to S-1 due 2026-07-05\n");
	rig_close(&rig);
}

/* ---- counties and days ---- */

static struct value output_of(const struct rig *rig, const char *county, const char *day,
			      int64_t first, struct value second, uint16_t output)
{
	const struct rulebook *rb = rig->rb;
	uint16_t c = rulebook_county(rb, str_from(county));
	int32_t on;
	assert_int_equal(day_read(str_from(day), &on), STATUS_OK);
	const struct table *t = table_on(rb, c, 0, on);
	assert_non_null(t);
	struct value inputs[2] = {value_int(TYPE_NUMBER, first), second};
	const struct table_row *row = table_find(rb, c, t, on, inputs);
	assert_non_null(row);
	const struct table_output *o = &row->outputs[output];
	return o->param == NONE ? o->value : param_on(rb, c, o->param, on)->value;
}

static void test_counties_have_their_own(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, policy);
	struct value age = value_int(TYPE_YEARS, 30);
	assert_int_equal(output_of(&rig, "alameda", "2026-12-31", 89, age, 0).i, 10000);
	assert_int_equal(output_of(&rig, "alameda", "2027-01-01", 89, age, 0).i, 11000);
	assert_int_equal(output_of(&rig, "kern", "2026-12-31", 89, age, 0).i, 1000);
	assert_int_equal(output_of(&rig, "kern", "2026-12-31", 90, age, 0).i, 10000);
	/* the replacement has its columns in another order, and one more */
	assert_int_equal(output_of(&rig, "kern", "2027-01-01", 1, age, 0).i, 7700);
	assert_int_equal(output_of(&rig, "kern", "2027-01-01", 1, age, 1).i, 9);
	assert_int_equal(output_of(&rig, "kern", "2027-01-01", 2, age, 0).i, 11000);
	assert_null(table_on(rig.rb, rulebook_county(rig.rb, STR("inyo")), 0, 30000));
	rig_close(&rig);
}

static void test_ranges_end_with_the_numbers(void **state)
{
	(void)state;
	struct rig rig;
	int64_t lo, hi;
	rig_open(&rig, policy);
	struct table_range all = {{INT64_MIN, NONE}, {INT64_MAX, NONE}};
	struct table_range over = {{INT64_MAX, 0}, {INT64_MAX, NONE}}; /* over a parameter */
	struct table_range under = {{INT64_MIN, NONE}, {-10001, 0}};   /* under $100 */
	assert_true(table_range_on(rig.rb, 0, &all, 30000, &lo, &hi));
	assert_true(lo == INT64_MIN && hi == INT64_MAX);
	assert_false(table_range_on(rig.rb, 0, &over, 30000, &lo, &hi));
	assert_true(table_range_on(rig.rb, 0, &under, 20000, &lo, &hi));
	assert_true(lo == INT64_MIN && hi == -1);
	rig_close(&rig);
}

/* ---- what is said of it ---- */

static const char *parameters_of(struct rig *rig, struct buf *b, const struct decision *d)
{
	buf_clear(b);
	decision_json(b, rig->rb, d, 1, false);
	buf_char(b, '\0');
	char *at = strstr(b->p, "\"parameters\"");
	return at ? at : "";
}

static void test_a_decision_names_the_parameters_of_its_row(void **state)
{
	(void)state;
	struct rig rig;
	struct buf b = {0};
	rig_open(&rig, policy);
	rig_event(&rig, rig_case(&rig, "survivor", "S-1"), "2026-07-01 12:00", "intake",
		  "age=20,custody=juvenile");
	for (int i = 0; i < 2; i++) {
		struct decision d;
		struct event ev =
		    rig_make(&rig, rig.cases[0], i ? "2026-07-03 12:00" : "2026-07-02 12:00",
			     "visit", i ? "minutes=60" : "minutes=1");
		assert_int_equal(decide_event(&rig.d, rig.cases[0], &ev, &d), STATUS_OK);
		assert_int_equal(d.n, 1);
		const char *text = parameters_of(&rig, &b, &d);
		assert_non_null(strstr(text, "long_visit"));
		/* the other row's figure is not among them */
		assert_int_equal(strstr(text, "\"full\"") != NULL, i == 1);
	}
	buf_release(&b);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_row_that_fits),
	    cmocka_unit_test(test_unknown_is_a_value),
	    cmocka_unit_test(test_through_a_reference),
	    cmocka_unit_test(test_counties_have_their_own),
	    cmocka_unit_test(test_ranges_end_with_the_numbers),
	    cmocka_unit_test(test_a_decision_names_the_parameters_of_its_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
