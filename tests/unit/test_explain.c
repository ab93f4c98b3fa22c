/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/explain.h"

#include "engine/explain/before.h"
#include "engine/audit/stream.h"
#include "tests/support/policy_text.h"
#include "tests/support/small_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct policy_text p;
	struct stream s;
	struct trace trace;
	struct before before;
	bool confidential;
	struct buf text, json; /* of the latest decision */
};

static void explain(void *arg, const struct decision *d, uint64_t seq)
{
	struct fixture *f = arg;
	(void)seq;
	struct wording w = {f->p.rb, f->confidential};
	buf_clear(&f->text);
	buf_clear(&f->json);
	struct counterfactuals changes = {0};
	struct past past;
	assert_true(before_past(&f->before, d, &f->trace, &past));
	counterfactuals_find(&changes, &past);
	explain_decision(&f->text, &(struct account){w, d, &f->trace, &changes});
	explain_json(&f->json, &(struct account){w, d, &f->trace, &changes});
	counterfactuals_release(&changes);
}

static void start(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	policy_text_load(&f->p, SMALL_POLICY);
	stream_init(&f->s, f->p.rb, explain, f);
	f->s.decider.trace = &f->trace;
	before_watch(&f->before, &f->s.decider);
}

static void finish(struct fixture *f)
{
	before_release(&f->before);
	stream_release(&f->s);
	trace_release(&f->trace);
	policy_text_release(&f->p);
	buf_release(&f->text);
	buf_release(&f->json);
}

static void feed(struct fixture *f, const char *id, const char *type, const char *data)
{
	struct event ev =
	    policy_text_event(&f->p, id, type, "ana", "2026-07-06T12:00:00-07:00", data);
	struct stream_answer a = stream_feed(&f->s, &ev);
	if (a.status)
		fail_msg("%s: " STR_FMT, id, STR_ARG(a.refusal->reasons[0].text));
}

static void assert_text(const struct fixture *f, const char *want)
{
	if (!str_eq(buf_view(&f->text), str_from(want)))
		fail_msg("got\n" STR_FMT "instead of\n%s", STR_ARG(buf_view(&f->text)), want);
}

static void test_an_outcome_says_where_it_comes_from(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed(&f, "1", "session", "\"minutes\":60");
	assert_text(&f, "2026-07-06T12:00:00-07:00 session of ana\n"
			"  pay $100.00 to ana from services due 2026-07-06\n"
			"    stipend counselling — policy.way:33\n"
			"    minutes was 60\n"
			"    it keeps within `at most 1 per day`\n");
	finish(&f);
}

static void test_what_did_not_apply_names_the_failed_condition(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed(&f, "1", "session", "\"minutes\":59");
	assert_text(
	    &f, "2026-07-06T12:00:00-07:00 session of ana\n"
		"  nothing follows\n"
		"  stipend counselling did not apply: minutes >= 60 was not met (minutes was 59) "
		"— policy.way:33\n"
		"    minutes would have to be 60 or more; it was 59\n");
	feed(&f, "2", "missed", "\"explained\":true");
	assert_text(
	    &f,
	    "2026-07-06T12:00:00-07:00 missed of ana\n"
	    "  nothing follows\n"
	    "  escalation attendance, step first_step did not apply: not explained was not met "
	    "(explained was yes) — policy.way:38\n"
	    "    explained would have to be no; it was yes\n"
	    "  escalation attendance, step second_step did not apply: the case did not stand in "
	    "step first_step — policy.way:42\n"
	    "    the case would have to stand in step first_step of attendance, and explained "
	    "would "
	    "have to be no; it was yes\n");
	finish(&f);
}

static void test_only_the_failed_part_of_a_condition_is_blamed(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	f.confidential = true;
	feed(&f, "1", "placed", "\"provider\":\"haven\",\"price\":\"10.00\",\"share\":\"50\"");
	assert_text(
	    &f,
	    "2026-07-06T12:00:00-07:00 placed of ana\n"
	    "  nothing follows\n"
	    "  rule placement did not apply: provider.vetted was no — policy.way:61\n"
	    "    provider.vetted would have to be yes; it was no, and risk would have to be 3 or "
	    "more; it was 0\n");
	finish(&f);
}

static void vet(struct fixture *f)
{
	struct event ev = policy_text_event(&f->p, "v", "vetting", "haven",
					    "2026-07-06T12:00:00-07:00", "\"vetted\":true");
	assert_int_equal(stream_feed(&f->s, &ev).status, STATUS_OK);
}

static void test_confidential_values_are_shown_only_when_asked(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	vet(&f);
	feed(&f, "1", "risk_found", "\"risk\":2");
	feed(&f, "2", "placed", "\"provider\":\"haven\",\"price\":\"10.00\",\"share\":\"50\"");
	assert_true(str_contains(buf_view(&f.text),
				 STR("risk >= 3 was not met (risk was (confidential))")));
	assert_false(str_contains(buf_view(&f.text), STR("risk was 2")));
	assert_true(
	    str_contains(buf_view(&f.text),
			 STR("what would have to be different rests on something confidential")));
	assert_false(str_contains(buf_view(&f.json), STR("\"sets\"")));
	assert_true(str_contains(
	    buf_view(&f.json),
	    STR("{\"what\":\"risk\",\"known\":true,\"value\":null,\"confidential\":true}")));
	f.confidential = true;
	feed(&f, "3", "placed", "\"provider\":\"haven\",\"price\":\"10.00\",\"share\":\"50\"");
	assert_true(str_contains(buf_view(&f.text), STR("risk >= 3 was not met (risk was 2)")));
	assert_true(
	    str_contains(buf_view(&f.text), STR("risk would have to be 3 or more; it was 2")));
	f.confidential = false;
	feed(&f, "4", "risk_found", "\"risk\":9");
	feed(&f, "5", "enrolled", "");
	assert_true(str_contains(buf_view(&f.text), STR("set risk to (confidential)")));
	assert_false(str_contains(buf_view(&f.json), STR("\"value\":5")));
	assert_false(str_contains(buf_view(&f.json), STR("\"value\":9")));
	finish(&f);
}

static void test_citation_and_title_are_given(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	vet(&f);
	feed(&f, "1", "risk_found", "\"risk\":3");
	feed(&f, "2", "placed", "\"provider\":\"haven\",\"price\":\"10.01\",\"share\":\"50\"");
	assert_text(&f, "2026-07-06T12:00:00-07:00 placed of ana\n"
			"  pay $5.00 to haven due 2026-07-06\n"
			"    rule placement \"Placement with an agency\" — policy.way:61\n"
			"    cites \"Section 4\"\n"
			"    provider.vetted was yes, risk was (confidential), share was 50%, "
			"price was $10.01\n"
			"    50% of $10.01 = $5.005, rounded down to $5.00\n");
	finish(&f);
}

static void test_limits_and_idle_schedules_are_told(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed(&f, "1", "session", "\"minutes\":60");
	feed(&f, "2", "session", "\"minutes\":60");
	assert_true(
	    str_contains(buf_view(&f.text), STR("stipend counselling paid nothing: it would "
						"have gone over `at most 1 per day`")));
	assert_true(str_contains(
	    buf_view(&f.text), STR("the day of the event would have to be 2026-07-07 or later; it "
				   "was 2026-07-06")));
	feed(&f, "3", "left", "");
	assert_true(str_contains(buf_view(&f.text),
				 STR("stops did nothing: the schedule was not running")));
	finish(&f);
}

static void test_a_prohibition_is_told_when_checked(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed(&f, "1", "arrested", "");
	assert_false(str_contains(buf_view(&f.text), STR("never"))); /* kept: not worth telling */
	assert_true(str_contains(buf_view(&f.json), STR("\"result\":\"holds\"")));
	finish(&f);
}

/* The trace of a condition with a missing fact, put together by hand: the compiler does not let a
 * missing fact through without a guard. */
static void test_what_could_not_be_decided(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	const struct rulebook *rb = f.p.rb;
	uint32_t part = 0;
	while (!str_eq(rb->blocks[rb->parts[part].block].name, STR("counselling")))
		part++;
	const struct code *when = &rb->parts[part].when;
	assert_int_equal(when->n, 3); /* minutes, 60, >= */
	struct type number = {.kind = TYPE_NUMBER}, truth = {.kind = TYPE_YES_NO};
	struct trace_entry entries[] = {
	    {.kind = TRACE_PART, .part = part},
	    {.kind = TRACE_VALUE,
	     .span = when->at[0].span,
	     .type = number,
	     .value = value_missing(TYPE_NUMBER)},
	    {.kind = TRACE_TRUTH,
	     .span = when->at[2].span,
	     .type = truth,
	     .value = value_missing(TYPE_YES_NO)},
	    {.kind = TRACE_RESULT, .result = RESULT_UNDECIDABLE, .part = part},
	};
	struct trace t = {.entries = {entries, 4, 4}};
	struct considered c;
	size_t i = 0;
	assert_true(reading_next(&t, &i, &c));
	explain_considered(&f.text, &(struct wording){rb, false}, &c);
	assert_text(&f,
		    "stipend counselling could not be decided, because `minutes` is not known — "
		    "policy.way:33");
	finish(&f);
}

static void test_json_is_well_formed(void **state)
{
	(void)state;
	struct fixture f;
	struct buf why = {0};
	struct json_doc *doc = json_doc_new();
	const struct json *root;
	start(&f);
	feed(&f, "1", "missed", "\"explained\":false");
	assert_int_equal(json_parse(doc, buf_view(&f.json), 1 << 20, &root, &why), STATUS_OK);
	const struct json *outcome = json_first(json_get(root, STR("outcomes")));
	assert_true(
	    str_eq(json_get(outcome, STR("text"))->text, STR("refer to diversion due 2026-07-20")));
	const struct json *seen = json_first(json_get(outcome, STR("seen")));
	assert_true(str_eq(json_get(seen, STR("what"))->text, STR("explained")));
	assert_false(json_get(seen, STR("value"))->yes);
	const struct json *other = json_first(json_get(root, STR("not_applied")));
	assert_true(str_eq(json_get(other, STR("result"))->text, STR("other-step")));
	assert_int_equal(json_get(other, STR("line"))->i, 42);
	json_doc_free(doc);
	finish(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_an_outcome_says_where_it_comes_from),
	    cmocka_unit_test(test_what_did_not_apply_names_the_failed_condition),
	    cmocka_unit_test(test_only_the_failed_part_of_a_condition_is_blamed),
	    cmocka_unit_test(test_confidential_values_are_shown_only_when_asked),
	    cmocka_unit_test(test_citation_and_title_are_given),
	    cmocka_unit_test(test_limits_and_idle_schedules_are_told),
	    cmocka_unit_test(test_a_prohibition_is_told_when_checked),
	    cmocka_unit_test(test_what_could_not_be_decided),
	    cmocka_unit_test(test_json_is_well_formed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
