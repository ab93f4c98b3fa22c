/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/trial/scenario_run.h"

#include "tests/support/policy_text.h"
#include "tests/support/small_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

struct outcome_of_run {
	struct policy_text p;
	struct scenario_result r;
	struct buf text, json;
};

/* Runs the first scenario of SMALL_POLICY + `scenario`. */
static void run(struct outcome_of_run *o, const char *scenario)
{
	struct buf text = {0};
	*o = (struct outcome_of_run){0};
	buf_fmt(&text, "%s%s%c", SMALL_POLICY, scenario, 0);
	policy_text_load(&o->p, text.p);
	assert_int_equal(o->p.rb->nscenarios, 1);
	scenario_run(o->p.rb, &o->p.rb->scenarios[0], (struct scenario_options){0}, &o->r);
	scenario_text(&o->text, o->p.rb, &o->r);
	scenario_json(&o->json, o->p.rb, &o->r);
	buf_release(&text);
}

static void done(struct outcome_of_run *o)
{
	scenario_result_release(&o->r);
	buf_release(&o->text);
	buf_release(&o->json);
	policy_text_release(&o->p);
}

/* ---- scenarios that hold ---- */

static const char *const holding[] = {
    "scenario \"paid once a day\" in alameda\n"
    "  given survivor\n"
    "  2026-07-06 09:00 session with minutes 60\n"
    "    expect pay $100 to survivor from services\n"
    "  2026-07-06 session with minutes 60\n"
    "    expect nothing\n",

    "scenario \"a deadline fires at the end of its last day\" in alameda\n"
    "  given survivor ana\n"
    "  2026-07-06 missed with explained no\n"
    "    expect refer to diversion due 2026-07-20\n"
    "    expect attendance at first_step\n"
    "  2026-07-19\n"
    "    expect nothing\n"
    "  2026-07-20\n"
    "    expect notify advocate \"no answer\"\n",

    "scenario \"an answer on the last day is in time\" in alameda\n"
    "  given survivor\n"
    "  2026-07-06 missed with explained no\n"
    "    expect refer to diversion\n"
    "  2026-07-20 23:59 enrolled\n"
    "    expect nothing\n"
    "  2026-12-31\n"
    "    expect nothing\n",

    "scenario \"deadlines before an event belong to its line\" in alameda\n"
    "  given survivor\n"
    "  2026-07-06 missed with explained no\n"
    "    expect refer to diversion\n"
    "  2026-07-22 session with minutes 60\n"
    "    expect notify advocate\n"
    "    expect pay $100\n",

    "scenario \"a proposal is approved, and paid in two parts\" in alameda\n"
    "  given survivor\n"
    "  2026-07-06 missed with explained no\n"
    "    expect among others\n"
    "  2026-07-07 missed with explained no\n"
    "    expect may assess $50 as late_fee\n"
    "    expect owed $0\n"
    "  2026-07-08 approved with outcome late_fee, by \"Ana Ruiz\"\n"
    "    expect assess $50 as late_fee\n"
    "    expect owed $50\n"
    "  2026-07-09 payment_received with outcome late_fee, amount $20\n"
    "    expect owed $30\n"
    "  2026-07-09 payment_received with outcome late_fee, amount $31\n"
    "    expect refused\n"
    "    expect owed $30\n",

    "scenario \"a schedule runs, is held and stops\" in alameda\n"
    "  given survivor\n"
    "  2026-07-06 housed\n"
    "    expect start housing 3 times\n"
    "  2026-08-01\n"
    "    expect pay $500 to survivor\n"
    "  2026-08-02 arrested\n"
    "    expect order jail\n"
    "    expect set custody to juvenile\n"
    "    expect custody is juvenile\n"
    "  2026-09-29\n"
    "    expect nothing\n"
    "  2026-09-30 left\n"
    "    expect stop housing 1 times\n",

    "scenario \"instalments and lines\" in alameda\n"
    "  given survivor\n"
    "  2026-07-06 conviction\n"
    "    expect assess $30 as book due 2026-07-16\n"
    "    expect assess $100 as course in 4 instalments\n"
    "    expect owed $130\n"
    "    expect no order jail\n",

    "scenario \"an expectation that says little leaves the outcome to one that says more\" in "
    "alameda\n"
    "  given survivor\n"
    "  2026-07-06 conviction\n"
    "    expect assess $30 as book\n"
    "    expect assess $100 as course\n",

    "scenario \"a never refuses the event\" in alameda\n"
    "  given survivor\n"
    "  2026-07-06 arrested\n"
    "    expect among others\n"
    "  2026-07-07 arrested\n"
    "    expect refused\n",

    "scenario \"before the policy\" in alameda\n"
    "  given survivor\n"
    "  2026-06-30 session with minutes 60\n"
    "    expect refused \"no program was in force\"\n",

    "scenario \"a line without expectations is not judged\" in alameda\n"
    "  given survivor\n"
    "  2026-07-06 session with minutes 60\n"
    "  2026-07-07 session with minutes 60\n"
    "    expect owed $0\n"
    "  2026-07-08 session with minutes 60\n"
    "    expect no order jail\n",
};

static void test_scenarios_that_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(holding) / sizeof(holding[0]); i++) {
		struct outcome_of_run o;
		run(&o, holding[i]);
		if (o.r.verdict != VERDICT_PASSED)
			fail_msg(STR_FMT, STR_ARG(buf_view(&o.text)));
		assert_int_equal(o.text.len, 0);
		done(&o);
	}
}

/* ---- scenarios that do not: what is said ---- */

#define GIVEN "scenario \"s\" in alameda\n  given survivor\n"

static const struct {
	const char *scenario;
	const char *says[4]; /* each stands in the text */
} failing[] = {
    {GIVEN "  2026-07-06 session with minutes 59\n    expect pay $100 to survivor\n",
     {"- pay $100 to survivor   (did not happen)", "policy.way:73  2026-07-06 session",
      "stipend counselling did not apply: minutes >= 60 was not met (minutes was 59)",
      "policy.way:33"}},
    {GIVEN "  2026-07-06 session with minutes 60\n    expect pay $110 to survivor\n",
     {"! pay $110 to survivor   pay $100.00 to survivor from services due 2026-07-06"}},
    {GIVEN "  2026-07-06 session with minutes 60\n    expect nothing\n",
     {"+ (not expected)   pay $100.00 to survivor",
      "comes from stipend counselling (minutes was 60)"}},
    {GIVEN "  2026-07-06 missed with explained yes\n    expect refer to diversion\n",
     {"escalation attendance, step first_step did not apply: not explained was not met "
      "(explained was yes)"}},
    {GIVEN "  2026-07-06 missed with explained yes\n    expect attendance at first_step\n",
     {"! attendance at first_step   attendance at none", "not explained was not met"}},
    {GIVEN "  2026-07-06 left\n    expect pay $100\n",
     {"stipend counselling waits for session", "schedule housing waits for housed", "- pay $100"}},
    {GIVEN "  2026-07-06 left\n    expect refer to advocate\n",
     {"no provision brings about `refer to advocate`"}},
    {GIVEN "  2026-07-06 left\n    expect stop housing\n",
     {"schedule housing, stops did nothing: the schedule was not running"}},
    {GIVEN "  2026-07-06 09:00 session with minutes 60\n  2026-07-06 session with minutes 60\n"
	   "    expect pay $100\n",
     {"stipend counselling paid nothing: it would have gone over `at most 1 per day`"}},
    {GIVEN "  2026-07-06 conviction\n    expect owed $100\n    expect among others\n",
     {"! owed $100   owed $130.00"}},
    {GIVEN "  2026-07-06 arrested\n    expect custody is none\n",
     {"! custody is none   custody is juvenile"}},
    {GIVEN "  2026-07-06 arrested\n    expect among others\n  2026-07-07 left\n    expect no order "
	   "jail\n",
     {"+ no order jail   order jail", "comes from rule takes_custody"}},
    {GIVEN "  2026-07-06 arrested\n  2026-07-07 arrested\n",
     {"+ (not expected)   refused \"", "2026-07-07 arrested"}},
    {GIVEN "  2026-07-06 session with minutes 60\n    expect refused\n    expect among others\n",
     {"- refused    not refused"}},
    {GIVEN "  2026-06-06 session with minutes 60\n    expect refused \"too late\"\n",
     {"! refused \"too late\"   refused \""}},
};

static void test_what_is_said_when_they_fail(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(failing) / sizeof(failing[0]); i++) {
		struct outcome_of_run o;
		run(&o, failing[i].scenario);
		if (o.r.verdict != VERDICT_FAILED)
			fail_msg("this should fail: %s", failing[i].scenario);
		for (size_t s = 0; s < 4 && failing[i].says[s]; s++)
			if (!str_contains(buf_view(&o.text), str_from(failing[i].says[s])))
				fail_msg("'%s' is not in\n" STR_FMT, failing[i].says[s],
					 STR_ARG(buf_view(&o.text)));
		done(&o);
	}
}

static void test_the_result_as_json(void **state)
{
	(void)state;
	struct outcome_of_run o;
	struct json_doc *doc = json_doc_new();
	const struct json *root;
	struct buf why = {0};
	run(&o, failing[0].scenario);
	assert_int_equal(json_parse(doc, buf_view(&o.json), 1 << 20, &root, &why), STATUS_OK);
	assert_true(str_eq(json_get(root, STR("verdict"))->text, STR("failed")));
	const struct json *f = json_get(root, STR("failures"));
	assert_int_equal(f->n, 1);
	const struct json *rows = json_get(json_first(f), STR("rows"));
	assert_true(str_eq(json_get(json_first(rows), STR("mark"))->text, STR("missing")));
	assert_int_equal(json_get(json_first(rows), STR("line"))->i, 74);
	json_doc_free(doc);
	done(&o);
}

static void test_a_todo_scenario_is_not_run(void **state)
{
	(void)state;
	struct outcome_of_run o;
	run(&o, "todo scenario \"later\" in alameda\n  given survivor\n"
		"  2026-07-06 session with minutes 60\n    expect nothing\n");
	assert_int_equal(o.r.verdict, VERDICT_TODO);
	assert_int_equal(o.r.decisions, 0);
	assert_true(str_starts(buf_view(&o.text), STR("todo: \"later\"")));
	done(&o);
}

/* ---- coverage ---- */

static bool has_gap(const struct coverage *c, const char *words)
{
	const struct coverage_point *points;
	size_t n = coverage_points(c, &points);
	bool found = false;
	for (size_t i = 0; i < n; i++) {
		struct buf b = {0};
		coverage_gap_words(&b, c, i);
		found |= coverage_is_gap(c, i) && str_starts(buf_view(&b), str_from(words));
		buf_release(&b);
	}
	return found;
}

static void test_coverage_names_what_was_not_reached(void **state)
{
	(void)state;
	struct outcome_of_run o;
	struct coverage_sum sums[GROUPS];
	run(&o,
	    GIVEN "  2026-07-06 session with minutes 60\n  2026-07-07 missed with explained yes\n");
	struct coverage *c = coverage_new(o.p.rb);
	scenario_result_release(&o.r);
	scenario_run(o.p.rb, &o.p.rb->scenarios[0], (struct scenario_options){.coverage = c}, &o.r);
	coverage_close(c);
	coverage_sums(c, sums);
	assert_int_equal(sums[GROUP_PROVISIONS].of, o.p.rb->nparts);
	assert_int_equal(sums[GROUP_PROVISIONS].seen, 1);
	assert_true(has_gap(c, "stipend counselling: `minutes >= 60` was never not met"));
	assert_false(has_gap(c, "stipend counselling: `minutes >= 60` was never met"));
	assert_true(has_gap(c, "stipend counselling: no scenario reaches `at most 1 per day`"));
	assert_true(has_gap(c, "escalation attendance, step first_step never applied"));
	assert_true(has_gap(c, "escalation attendance, step first_step: `explained` was never "
			       "not met"));
	assert_true(has_gap(c, "schedule housing was never reached"));
	assert_true(has_gap(c, "rule fined was never reached"));
	assert_false(has_gap(c, "rule minors: `age")); /* said once, by its rule */
	coverage_free(c);
	done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_scenarios_that_hold),
	    cmocka_unit_test(test_what_is_said_when_they_fail),
	    cmocka_unit_test(test_the_result_as_json),
	    cmocka_unit_test(test_a_todo_scenario_is_not_run),
	    cmocka_unit_test(test_coverage_names_what_was_not_reached),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
