/* SPDX-License-Identifier: Apache-2.0
 *
 * `count of EVENT in last PERIOD`: compared with a count over all events, whatever of them a case
 * keeps; what a case keeps; and what is known after the policy has changed.
 */
#include "engine/base/limits.h"
#include "tests/support/carry.h"

#define HEAD                                                                                       \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"calendar courts\n  holiday 2026-07-03 \"a\"\n  holiday 2026-12-25 \"b\"\n"                \
	"  weekend Saturday, Sunday\n"                                                             \
	"case survivor\n  a : number default 0\n  b : number default 0\n"                          \
	"  c : number default 0\n  d : number default 0\n  e : number default 0\n"                 \
	"  f : number default 0\n"                                                                 \
	"event met of survivor\nevent other of survivor\nparty office\naction jail\n"              \
	"program p\n  effective 2026-07-01\n"
#define FOOT "county alameda\n  adopts p from 2026-07-01\n"

static const char ALL[] = HEAD "period look_back is 30 days\n  60 days from 2027-06-01\n"
			       "rule r\n  on met or other\n"
			       "  set a to count of met in last 14 days\n"
			       "  set b to count of met in last 2 weeks\n"
			       "  set c to count of met in last 3 business days\n"
			       "  set d to count of met in last 2 months\n"
			       "  set e to count of met in last 1 year\n"
			       "  set f to count of met in last look_back\n" FOOT;

/* As the language says it: the period of the event has not ended on the day of the other one. */
static int64_t expected(const struct rig *rig, const int32_t *days, size_t n, int64_t length,
			enum unit unit, int32_t today)
{
	int64_t count = 0;
	for (size_t i = 0; i < n; i++) {
		int32_t last;
		assert_int_equal(day_add(days[i], length, unit, rulebook_calendar(rig->rb), &last),
				 STATUS_OK);
		count += last >= today;
	}
	return count;
}

static void test_every_unit_counts_as_if_all_days_were_kept(void **state)
{
	(void)state;
	static const struct {
		int64_t n;
		enum unit unit;
	} windows[] = {{14, UNIT_DAYS},  {2, UNIT_WEEKS}, {3, UNIT_BUSINESS_DAYS},
		       {2, UNIT_MONTHS}, {1, UNIT_YEARS}, {30, UNIT_DAYS}};
	struct rig rig;
	rig_open(&rig, ALL);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	int32_t days[700], today = day_of((struct date){2026, 7, 1});
	int32_t longer = day_of((struct date){2027, 6, 1});
	size_t n = 0;
	uint32_t dice = 1;
	for (int i = 0; i < 700; i++) {
		struct buf when = {0};
		dice = dice * 1664525u + 1013904223u;
		today += (int32_t)(dice >> 28); /* 0 to 15 days later */
		bool met = dice >> 20 & 1;
		day_text(&when, today);
		buf_char(&when, '\0');
		rig_event(&rig, cs, when.p, met ? "met" : "other", "");
		assert_int_equal(rig.status, STATUS_OK);
		buf_release(&when);
		if (met)
			days[n++] = today;
		for (size_t k = 0; k < 6; k++) {
			int64_t length = k == 5 && today >= longer ? 60 : windows[k].n;
			assert_int_equal(cs->facts[k].i,
					 expected(&rig, days, n, length, windows[k].unit, today));
		}
		assert_true(cs->recent.n <= 366 + 2);
	}
	assert_true(cs->recent.at[0].n == 0 && cs->recent.n < n);
	rig_close(&rig);
}

/* `enrolled in` asks for a place, but `in last` belongs together. */
static void test_an_event_may_be_called_enrolled(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, "timezone \"America/Los_Angeles\"\ncase survivor\n"
		       "event enrolled of survivor\nparty office\nprogram p\n"
		       "  effective 2026-07-01\n"
		       "capacity house of survivor is 1 places\n"
		       "rule r\n  on second enrolled in last 14 days when not enrolled in house\n"
		       "  notify office\n"
		       "rule s\n  on enrolled when count of enrolled in last 14 days is 3\n"
		       "  enrol in house\n" FOOT);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	static const size_t brings[] = {0, 1, 1, 0};
	static const char *const days[] = {"2026-07-02", "2026-07-03", "2026-07-04", "2026-07-05"};
	for (size_t i = 0; i < 4; i++) {
		rig_event(&rig, cs, days[i], "enrolled", "");
		assert_int_equal(rig.status, STATUS_OK);
		assert_int_equal(rig.nids, brings[i]);
	}
	rig_close(&rig);
}

static void test_the_last_day_is_in_and_the_next_is_not(void **state)
{
	(void)state;
	static const struct {
		const char *first, *last, *next;
		uint16_t fact;
	} rows[] = {
	    {"2026-07-01", "2026-07-15", "2026-07-16", 0},
	    {"2026-07-01 00:00", "2026-07-15 23:59", "2026-07-16 00:00", 0},
	    {"2026-07-02", "2026-07-08", "2026-07-09", 2}, /* a holiday and a weekend between */
	    {"2026-12-31", "2027-02-28", "2027-03-01", 3},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rig rig;
		rig_open(&rig, ALL);
		struct case_state *cs = rig_case(&rig, "survivor", "S-1");
		rig_event(&rig, cs, rows[i].first, "met", "");
		assert_int_equal(cs->facts[rows[i].fact].i, 1); /* the present one counts */
		rig_event(&rig, cs, rows[i].last, "other", "");
		assert_int_equal(cs->facts[rows[i].fact].i, 1);
		rig_event(&rig, cs, rows[i].next, "other", "");
		assert_int_equal(cs->facts[rows[i].fact].i, 0);
		rig_close(&rig);
	}
}

static void test_a_refused_event_leaves_no_trace(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig,
		 HEAD "rule r\n  on met when count of met in last 14 days >= 2\n  order jail\n"
		      "never order jail for survivor when d is 0\n" FOOT);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	rig_event(&rig, cs, "2026-07-01", "met", "");
	for (int i = 0; i < 2; i++) {
		rig_event(&rig, cs, i ? "2026-07-15" : "2026-07-01", "met", "");
		assert_int_equal(rig.status, STATUS_CONFLICT);
		assert_int_equal(cs->recent.n, 1);
		assert_int_equal(cs->recent.at[0].n, 1);
	}
	rig_event(&rig, cs, "2026-07-16", "met", "");
	assert_int_equal(rig.status, STATUS_OK);
	rig_close(&rig);
}

static void test_only_what_is_counted_in_a_window_is_kept(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, HEAD "rule r\n  on met when count of met in last 14 days >= 2\n"
			    "  notify office\n" FOOT);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	for (int i = 0; i < 3; i++) {
		rig_event(&rig, cs, "2026-07-01", "met", "");
		rig_event(&rig, cs, "2026-07-01", "other", "");
	}
	assert_int_equal(cs->recent.n, 1); /* one entry a day */
	assert_int_equal(cs->recent.at[0].n, 3);
	rig_close(&rig);
}

/* At the limit: every day an event, and no more days are kept than the longest length has. */
static void test_the_longest_length_bounds_what_is_kept(void **state)
{
	(void)state;
	struct rig rig;
	_Static_assert(LIMIT_WINDOW_DAYS == 3720, "as written below");
	rig_open(&rig, HEAD "rule r\n  on met\n  set a to count of met in last 3720 days\n" FOOT);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	struct event ev = rig_make(&rig, cs, "2026-07-01", "met", "");
	struct decision out;
	for (unsigned i = 0; i < LIMIT_WINDOW_DAYS + 100; i++) {
		ev.key = hash_sip(&i, sizeof(i));
		assert_int_equal(decide_event(&rig.d, cs, &ev, &out), STATUS_OK);
		assert_int_equal(cs->facts[0].i,
				 i < LIMIT_WINDOW_DAYS ? i + 1 : LIMIT_WINDOW_DAYS + 1);
		assert_true(cs->recent.n <= LIMIT_WINDOW_DAYS + 3);
		ev.time += 86400 * SECOND_US;
		ev.day++;
	}
	rig_close(&rig);
}

/* ---- another version of the policy ---- */

#define COUNTING(length)                                                                           \
	HEAD "rule r\n  on other when count of met in last " length " >= 1\n  notify "             \
	     "office\n" FOOT

static void test_what_was_kept_comes_back(void **state)
{
	(void)state;
	struct rig rig, same;
	rig_open(&rig, ALL);
	rig_open(&same, ALL);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	rig_event(&rig, cs, "2026-07-01", "met", "");
	rig_event(&rig, cs, "2026-07-01", "met", "");
	rig_event(&rig, cs, "2028-07-01", "met", "");
	struct buf a = {0}, b = {0};
	struct case_state *read = carried_over(&rig, cs, &same);
	case_json(&a, rig.rb, cs, true);
	case_json(&b, same.rb, read, true);
	assert_true(str_eq(buf_view(&a), buf_view(&b)));
	static const char kept[] = "\"recent\":[{\"event\":\"met\",\"day\":\"2026-07-01\",\"n\":0},"
				   "{\"event\":\"met\",\"day\":\"2028-07-01\",\"n\":1}]}";
	assert_non_null(memmem(a.p, a.len, kept, sizeof(kept) - 1));
	buf_release(&a);
	buf_release(&b);
	rig_close(&rig);
	rig_close(&same);
}

/* What nobody kept is not taken for nothing. */
static void test_days_that_were_not_kept_leave_the_count_open(void **state)
{
	(void)state;
	struct rig none, month;
	rig_open(&none, HEAD "rule r\n  on other\n  notify office\n" FOOT);
	rig_open(&month, COUNTING("1 month"));
	struct case_state *cs = rig_case(&none, "survivor", "S-1");
	rig_event(&none, cs, "2026-07-01", "met", "");
	rig_event(&none, cs, "2026-07-10", "met", "");
	cs = carried_over(&none, cs, &month);
	assert_int_equal(cs->recent.n, 1);
	struct trace trace = {0};
	month.d.trace = &trace;
	rig_event(&month, cs, "2026-08-10", "other", "");
	assert_int_equal(trace.entries.at[trace.entries.n - 1].result, RESULT_UNDECIDABLE);
	trace_clear(&trace);
	rig_event(&month, cs, "2026-08-11", "other", ""); /* whatever was not kept is over */
	assert_int_equal(trace.entries.at[trace.entries.n - 1].result, RESULT_NOT_MET);
	month.d.trace = NULL;
	trace_release(&trace);
	rig_close(&none);
	rig_close(&month);
}

static void test_a_longer_window_knows_what_a_shorter_one_kept(void **state)
{
	(void)state;
	struct rig week, month;
	rig_open(&week, COUNTING("7 days"));
	rig_open(&month, COUNTING("1 month"));
	struct case_state *cs = rig_case(&week, "survivor", "S-1");
	rig_event(&week, cs, "2026-07-01", "met", "");
	struct case_state *young = carried_over(&week, cs, &month);
	assert_string_equal(rig_event(&month, young, "2026-07-20", "other", ""),
			    "notify to office\n");
	rig_event(&week, cs, "2026-08-20", "met", ""); /* July 1 is not kept any more */
	assert_int_equal(cs->recent.at[0].n, 0);
	struct case_state *old = carried_over(&week, cs, &month);
	assert_string_equal(rig_event(&month, old, "2026-08-25", "other", ""),
			    "notify to office\n"); /* its month had ended */
	rig_close(&week);
	rig_close(&month);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_unit_counts_as_if_all_days_were_kept),
	    cmocka_unit_test(test_an_event_may_be_called_enrolled),
	    cmocka_unit_test(test_the_last_day_is_in_and_the_next_is_not),
	    cmocka_unit_test(test_a_refused_event_leaves_no_trace),
	    cmocka_unit_test(test_only_what_is_counted_in_a_window_is_kept),
	    cmocka_unit_test(test_the_longest_length_bounds_what_is_kept),
	    cmocka_unit_test(test_what_was_kept_comes_back),
	    cmocka_unit_test(test_days_that_were_not_kept_leave_the_count_open),
	    cmocka_unit_test(test_a_longer_window_knows_what_a_shorter_one_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
