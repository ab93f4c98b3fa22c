/* SPDX-License-Identifier: Apache-2.0
 *
 * Projections: what they come to, held against the same cases decided one by one.
 */
#include "engine/trial/projection.h"

#include "engine/audit/stream.h"
#include "tests/support/policy_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const char policy[] =
    "timezone \"America/Los_Angeles\"\n"
    "case survivor\n  age : years from 0 to 120 optional\n"
    "case agency\n"
    "event session of survivor\n  minutes : number from 0 to 600\n"
    "event housed of survivor\n"
    "event conviction of survivor\n"
    "party office\n"
    "fund pot budget $1,000 per year\n"
    "program help\n  effective 2026-07-01\n"
    "stipend stipends\n  on session when minutes >= 60\n  pay $100 to survivor from pot\n"
    "rule bonus\n  on session when age is known and age < 18\n  pay $7 to survivor\n"
    "schedule housing\n  on housed\n"
    "  pay $30 to survivor monthly for 3 months starting first of next month\n"
    "rule fined\n  on conviction\n  may assess $40 as fee\n  assess $60 as fine_line\n"
    "locked never pay for survivor when age is known and age > 90\n"
    "county alameda\n  adopts help from 2026-07-01\n";

struct fixture {
	struct policy_text p;
	struct projection_result r;
	struct buf text, json;
};

static void project(struct fixture *f, const char *projection)
{
	struct buf text = {0};
	*f = (struct fixture){0};
	buf_fmt(&text, "%sprojection one in alameda\n%s%c", policy, projection, 0);
	policy_text_load(&f->p, text.p);
	assert_int_equal(f->p.rb->nprojections, 1);
	projection_run(f->p.rb, &f->p.rb->projections[0], NULL, &f->r);
	projection_failures(&f->text, f->p.rb, &f->r);
	buf_char(&f->text, '\0');
	projection_json(&f->json, f->p.rb, &f->r);
	buf_char(&f->json, '\0');
	buf_release(&text);
}

static void done(struct fixture *f)
{
	projection_result_release(&f->r);
	buf_release(&f->text);
	buf_release(&f->json);
	policy_text_release(&f->p);
}

static void holds(const char *projection)
{
	struct fixture f;
	project(&f, projection);
	assert_string_equal(f.text.p, "");
	assert_false(f.r.failed);
	done(&f);
}

static void fails(const char *projection, const char *says)
{
	struct fixture f;
	project(&f, projection);
	assert_true(f.r.failed);
	if (!strstr(f.text.p, says))
		fail_msg("not said: %s\n%s", says, f.text.p);
	done(&f);
}

/* ---- who it happens to ---- */

static void test_shares_of_a_cohort(void **state)
{
	(void)state;
	/* the first four, then the three behind them, then all: nobody twice on one day */
	holds("  cohort 8 of survivor with age 17\n"
	      "    50% of them 2026-07-06 session with minutes 10\n"
	      "    another 3 of them 2026-07-07 session with minutes 10\n"
	      "    another 1 of them 2026-07-08 session with minutes 10\n"
	      "    all of them 2026-07-09 session with minutes 10\n"
	      "    2 of them 2026-07-10 session with minutes 10\n"
	      "  expect 18 times pay $7\n  expect paid by bonus $126\n  expect 0 times deny\n");
	holds("  cohort 3 of survivor with age 17\n    100% of them 2026-07-06 session with "
	      "minutes 1\n"
	      "  cohort 2 of survivor\n    all of them 2026-07-06 session with minutes 1\n"
	      "  expect paid by bonus $21\n");
}

/* ---- the order of time, over all cohorts ---- */

static void test_a_fund_runs_out_for_who_comes_last(void **state)
{
	(void)state;
	/* ten are paid; the cohort that is written first comes last */
	holds("  cohort 8 of survivor with age 30\n"
	      "    all of them 2026-07-20 session with minutes 60\n"
	      "  cohort 6 of survivor with age 17\n"
	      "    all of them 2026-07-06 session with minutes 60\n"
	      "    1 of them 2027-01-04 session with minutes 60\n"
	      "  expect paid from pot $1,100\n  expect unfunded from pot $400\n"
	      "  expect unfunded $400\n  expect 4 times unfunded pay $100 from pot\n");
	holds("  given fund pot with $200 left\n  cohort 3 of survivor\n"
	      "    all of them 2026-07-06 session with minutes 60\n"
	      "  expect paid from pot $200\n  expect unfunded $100\n");
}

/* ---- time passes ---- */

static void test_time_passes_until_its_last_day(void **state)
{
	(void)state;
	holds("  cohort 5 of survivor\n    all of them 2026-07-06 housed\n  until 2026-09-30\n"
	      "  expect paid under housing $300\n  expect paid by housing $300\n"
	      "  expect 5 times start housing 3 times\n");
	holds("  cohort 5 of survivor\n    all of them 2026-07-06 housed\n  until 2026-10-01\n"
	      "  expect paid under housing $450\n");
	/* without `until` it ends with the day of its last line */
	holds("  cohort 5 of survivor\n    all of them 2026-07-06 housed\n"
	      "  expect paid under housing $0\n");
}

static void test_proposals_are_no_money(void **state)
{
	(void)state;
	holds("  cohort 5 of survivor\n    all of them 2026-07-06 conviction\n"
	      "  expect assessed as fee $0\n  expect assessed as fine_line $300\n"
	      "  expect 5 times may assess as fee\n");
}

/* ---- against the same cases, one by one ---- */

struct alone {
	int64_t paid;
	size_t n;
};

static void sum_up(void *arg, const struct decision *d, uint64_t seq)
{
	struct alone *a = arg;
	(void)seq;
	for (size_t i = 0; i < d->n; i++) {
		a->paid += d->outcomes[i].action == ACTION_PAY ? d->outcomes[i].cents : 0;
		a->n++;
	}
}

static void feed(struct policy_text *p, struct stream *s, unsigned member, const char *type,
		 const char *time, const char *data)
{
	char id[32], subject[32];
	snprintf(id, sizeof(id), "%s-%u", type, member);
	snprintf(subject, sizeof(subject), "S-%u", member);
	struct event ev = policy_text_event(p, id, type, subject, time, data);
	assert_int_equal(stream_feed(s, &ev).status, STATUS_OK);
}

/* The same life for everybody: a projection of n is n times what one case comes to. */
static void test_nothing_is_estimated(void **state)
{
	(void)state;
	struct fixture f;
	struct alone a = {0};
	struct stream s;
	int64_t paid = 0;
	project(&f, "  cohort 7 of survivor\n    all of them 2026-07-06 housed\n"
		    "    5 of them 2026-07-08 session with minutes 61\n  until 2026-12-31\n");
	stream_init(&s, f.p.rb, sum_up, &a);
	for (unsigned m = 0; m < 7; m++)
		feed(&f.p, &s, m, "housed", "2026-07-06T12:00:00-07:00", "");
	for (unsigned m = 0; m < 5; m++)
		feed(&f.p, &s, m, "session", "2026-07-08T12:00:00-07:00", "\"minutes\":61");
	stream_until_day(&s, 20818); /* 2026-12-31 */
	for (size_t i = 0; i < f.r.sums.n; i++)
		paid += f.r.sums.at[i].cents[0];
	assert_int_equal(paid, a.paid);
	assert_int_equal(paid, 7 * 9000 + 5 * 10000);
	assert_int_equal(f.r.runs[0].decisions, s.seq);
	stream_release(&s);
	done(&f);
}

/* ---- ranges ---- */

static void test_every_corner_is_run(void **state)
{
	(void)state;
	struct fixture f;
	project(&f, "  cohort between 4 and 6, likely 5 of survivor\n"
		    "    between 1 and 2, likely 2 of them 2026-07-06 housed\n"
		    "    another between 1 and 2, likely 1 of them 2026-07-08 session with "
		    "minutes 60\n    all of them 2026-07-09 session with minutes 60\n");
	assert_int_equal(f.r.nruns, 9);
	for (uint32_t i = 0; i < 8; i++) {
		assert_int_equal(f.r.runs[i].corner, i);
		assert_int_equal(f.r.runs[i].cases, i & 1 ? 6 : 4);
		assert_int_equal(f.r.runs[i].events,
				 (i & 1 ? 6 : 4) + (i & 2 ? 2 : 1) + (i & 4 ? 2 : 1));
	}
	assert_int_equal(f.r.runs[8].corner, CORNER_LIKELY);
	assert_int_equal(f.r.runs[8].events, 5 + 2 + 1);
	/* one sum, the pot's: 5 to 8 sessions at $100, 6 with what is likely */
	struct projection_span s = projection_span(&f.r, f.r.sums.at[0].cents);
	assert_int_equal(s.low, 50000);
	assert_int_equal(s.likely, 60000);
	assert_int_equal(s.high, 80000);
	struct projection_effect e = projection_effect(&f.r, f.r.sums.at[0].cents, 0);
	assert_int_equal(e.least, 20000);
	assert_int_equal(e.most, 20000);
	e = projection_effect(&f.r, f.r.sums.at[0].cents, 1);
	assert_true(e.least == 0 && e.most == 0);
	done(&f);
}

/* Twelve are more than the pot pays. */
static void test_lowest_and_highest_are_what_came(void **state)
{
	(void)state;
	holds("  cohort between 8 and 12 of survivor\n"
	      "    all of them 2026-07-06 session with minutes 60\n"
	      "  expect paid from pot between $800 and $1,000\n"
	      "  expect unfunded between $0 and $200\n"
	      "  expect between 8 and 10 times pay $100\n");
	fails("  cohort between 8 and 12 of survivor\n"
	      "    all of them 2026-07-06 session with minutes 60\n"
	      "  expect paid from pot between $801 and $1,000\n",
	      "expected paid from pot between $801 and $1,000, came $800.00 to $1,000.00\n"
	      "        stipend stipends: $800.00 to $1,000.00, 8 to 10 times");
	fails("  cohort between 8 and 12 of survivor\n"
	      "    all of them 2026-07-06 session with minutes 60\n"
	      "  expect paid from pot $1,000\n",
	      "came $800.00 to $1,000.00");
	fails("  cohort between 8 and 12 of survivor\n"
	      "    between 0 and 3 of them 2026-06-30 session with minutes 60\n",
	      "3 events were refused or stopped; the first one: ");
}

/* ---- what is wrong is said ---- */

static void test_failures_say_what_made_it_up(void **state)
{
	(void)state;
	fails("  cohort 5 of survivor with age 17\n"
	      "    all of them 2026-07-06 session with minutes 60\n"
	      "  expect paid from pot $600\n",
	      "expected paid from pot $600, came $500.00\n        stipend stipends: $500.00, 5 "
	      "times");
	fails("  cohort 5 of survivor\n    2 of them 2026-06-30 session with minutes 60\n",
	      "2 events were refused or stopped; the first one: ");
	fails("  cohort 1 of survivor with age 95\n    1 of them 2026-07-30 session with minutes "
	      "60\n",
	      "1 event was refused or stopped");
	fails("  cohort 5 of survivor\n    all of them 2026-07-06 housed\n"
	      "  expect 6 times start housing\n",
	      "expected 6 times start housing, came 5 times");
}

/* What stands behind an action is compared, too: its day, and how many times it pays. */
static void test_counts_look_at_all_that_is_said(void **state)
{
	(void)state;
	holds("  cohort 5 of survivor\n    all of them 2026-07-06 housed\n  until 2026-09-30\n"
	      "  expect 5 times pay $30 due 2026-08-01\n  expect 0 times pay due 2026-08-02\n");
	fails("  cohort 5 of survivor\n    all of them 2026-07-06 housed\n  until 2026-09-30\n"
	      "  expect 10 times pay due 2026-08-01\n",
	      "expected 10 times pay due 2026-08-01, came 5 times");
	fails("  cohort 5 of survivor\n    all of them 2026-07-06 housed\n"
	      "  expect 5 times start housing 4 times\n",
	      "came 0 times");
}

static void test_json_has_the_same_sums(void **state)
{
	(void)state;
	struct fixture f;
	project(&f,
		"  cohort 2 of survivor\n    all of them 2026-07-06 session with minutes 60\n"
		"    1 of them 2026-08-06 session with minutes 60\n  expect paid from pot $5\n");
	assert_non_null(strstr(f.json.p, "\"verdict\":\"failed\",\"cases\":2,\"events\":3"));
	assert_non_null(strstr(f.json.p,
			       "\"kind\":\"paid\",\"fund\":\"pot\",\"amount\":\"300.00\","
			       "\"times\":3,\"months\":[{\"month\":\"2026-07-01\",\"amount\":"
			       "\"200.00\",\"times\":2},{\"month\":\"2026-08-01\",\"amount\":"
			       "\"100.00\",\"times\":1}]"));
	assert_non_null(
	    strstr(f.json.p, "\"met\":false,\"expected\":\"5.00\",\"came\":\"300.00\""));
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_shares_of_a_cohort),
	    cmocka_unit_test(test_a_fund_runs_out_for_who_comes_last),
	    cmocka_unit_test(test_time_passes_until_its_last_day),
	    cmocka_unit_test(test_proposals_are_no_money),
	    cmocka_unit_test(test_nothing_is_estimated),
	    cmocka_unit_test(test_every_corner_is_run),
	    cmocka_unit_test(test_lowest_and_highest_are_what_came),
	    cmocka_unit_test(test_failures_say_what_made_it_up),
	    cmocka_unit_test(test_counts_look_at_all_that_is_said),
	    cmocka_unit_test(test_json_has_the_same_sums),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
