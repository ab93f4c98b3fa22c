/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/audit/stream.h"

#include "engine/case/json.h"
#include "tests/support/policy_text.h"
#include "tests/support/small_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

struct fixture {
	struct policy_text p;
	struct stream s;
	struct buf told; /* one line for each decision: seq type case day outcomes */
	struct buf json;
};

static void tell(void *arg, const struct decision *d, uint64_t seq)
{
	struct fixture *f = arg;
	buf_fmt(&f->told, "%u " STR_FMT " " STR_FMT " ", (unsigned)seq, STR_ARG(d->type_name),
		STR_ARG(d->event.subject));
	day_text(&f->told, d->event.day);
	for (size_t i = 0; i < d->n; i++)
		buf_fmt(&f->told, " " STR_FMT, STR_ARG(action_verb(d->outcomes[i].action)));
	buf_char(&f->told, '\n');
	decision_json(&f->json, f->p.rb, d, seq, false);
	buf_char(&f->json, '\n');
}

static void start(struct fixture *f)
{
	*f = (struct fixture){0};
	policy_text_load(&f->p, SMALL_POLICY);
	stream_init(&f->s, f->p.rb, tell, f);
}

static void finish(struct fixture *f)
{
	stream_release(&f->s);
	policy_text_release(&f->p);
	buf_release(&f->told);
	buf_release(&f->json);
}

static struct stream_answer feed(struct fixture *f, const char *id, const char *type,
				 const char *subject, const char *time, const char *data)
{
	struct event ev = policy_text_event(&f->p, id, type, subject, time, data);
	return stream_feed(&f->s, &ev);
}

static void feed_ok(struct fixture *f, const char *id, const char *type, const char *subject,
		    const char *time, const char *data)
{
	struct stream_answer a = feed(f, id, type, subject, time, data);
	if (a.status)
		fail_msg("%s: %s: " STR_FMT, id, a.refusal->slug,
			 STR_ARG(a.refusal->reasons[0].text));
}

static void assert_told(const struct fixture *f, const char *want)
{
	if (!str_eq(buf_view(&f->told), str_from(want)))
		fail_msg("got\n" STR_FMT "instead of\n%s", STR_ARG(buf_view(&f->told)), want);
}

static void test_catches_up_with_the_events_own_case_only(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed_ok(&f, "1", "missed", "ana", "2026-07-06T12:00:00-07:00", "\"explained\":false");
	feed_ok(&f, "2", "missed", "bea", "2026-07-06T13:00:00-07:00", "\"explained\":false");
	feed_ok(&f, "3", "left", "bea", "2026-07-21T00:00:00-07:00", "");
	assert_told(&f, "1 missed ana 2026-07-06 refer\n"
			"2 missed bea 2026-07-06 refer\n"
			"3 deadline bea 2026-07-20 notify\n"
			"4 left bea 2026-07-21\n");
	finish(&f);
}

static void test_the_last_second_of_a_deadline_is_in_time(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed_ok(&f, "1", "missed", "ana", "2026-07-06T12:00:00-07:00", "\"explained\":false");
	feed_ok(&f, "2", "enrolled", "ana", "2026-07-20T23:59:59.999999-07:00", "");
	stream_until_day(&f.s, day_of((struct date){2027, 1, 1}));
	assert_told(&f, "1 missed ana 2026-07-06 refer\n2 enrolled ana 2026-07-20\n");
	finish(&f);
}

static void test_time_passes_in_order_of_time_then_case(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed_ok(&f, "1", "missed", "zoe", "2026-07-06T12:00:00-07:00", "\"explained\":false");
	feed_ok(&f, "2", "missed", "ana", "2026-07-06T13:00:00-07:00", "\"explained\":false");
	feed_ok(&f, "3", "missed", "bea", "2026-07-05T13:00:00-07:00", "\"explained\":false");
	feed_ok(&f, "4", "housed", "cleo", "2026-07-01T08:00:00-07:00", "");
	buf_clear(&f.told);
	stream_until_day(&f.s, day_of((struct date){2026, 9, 1}));
	assert_told(&f, "5 deadline bea 2026-07-19 notify\n"
			"6 deadline ana 2026-07-20 notify\n"
			"7 deadline zoe 2026-07-20 notify\n"
			"8 scheduled cleo 2026-08-01 pay\n"
			"9 scheduled cleo 2026-09-01 pay\n");
	buf_clear(&f.told);
	stream_until_day(&f.s, day_of((struct date){2026, 9, 30})); /* not the item of October 1 */
	assert_told(&f, "");
	stream_until(&f.s, zone_day_start(f.p.rb->zone, day_of((struct date){2026, 10, 1})));
	assert_told(&f, "10 scheduled cleo 2026-10-01 pay\n");
	finish(&f);
}

static void test_the_end_of_a_day_holds_its_deadlines(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed_ok(&f, "1", "missed", "ana", "2026-07-06T12:00:00-07:00", "\"explained\":false");
	stream_until_day(&f.s, day_of((struct date){2026, 7, 19}));
	assert_told(&f, "1 missed ana 2026-07-06 refer\n");
	stream_until_day(&f.s, day_of((struct date){2026, 7, 20}));
	assert_told(&f, "1 missed ana 2026-07-06 refer\n2 deadline ana 2026-07-20 notify\n");
	finish(&f);
}

static void test_a_repeated_event_has_its_effect_once(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	for (unsigned i = 0; i < 300; i++) { /* the table of events grows on the way */
		char id[16];
		snprintf(id, sizeof(id), "e%u", i);
		feed_ok(&f, id, "left", "ana", "2026-07-06T12:00:00-07:00", "");
	}
	buf_clear(&f.told);
	for (unsigned i = 0; i < 300; i++) {
		char id[16];
		snprintf(id, sizeof(id), "e%u", i);
		struct stream_answer a =
		    feed(&f, id, "left", "ana", "2026-07-06T12:00:00-07:00", "");
		assert_int_equal(a.status, STATUS_OK);
		assert_true(a.duplicate);
		assert_int_equal(a.seq, i + 1);
	}
	assert_told(&f, "");
	finish(&f);
}

static void test_the_same_id_with_another_content_is_a_conflict(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed_ok(&f, "1", "session", "ana", "2026-07-06T12:00:00-07:00", "\"minutes\":60");
	struct stream_answer a =
	    feed(&f, "1", "session", "ana", "2026-07-06T12:00:00-07:00", "\"minutes\":61");
	assert_int_equal(a.status, STATUS_CONFLICT);
	assert_string_equal(a.refusal->slug, "conflict");
	/* Another zone for the same instant is not another content. */
	a = feed(&f, "1", "session", "ana", "2026-07-06T19:00:00Z", "\"minutes\":60");
	assert_true(!a.status && a.duplicate);
	finish(&f);
}

static void test_a_refused_event_leaves_nothing_behind(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	struct stream_answer a =
	    feed(&f, "1", "session", "ana", "2026-06-30T12:00:00-07:00", "\"minutes\":60");
	assert_int_equal(a.status, STATUS_INVALID);
	assert_string_equal(a.refusal->slug, "before-policy");
	assert_null(stream_case(&f.s, STR("ana")));
	/* It may come again, put right, under the same id. */
	feed_ok(&f, "1", "session", "ana", "2026-07-01T12:00:00-07:00", "\"minutes\":60");
	assert_non_null(stream_case(&f.s, STR("ana")));
	a = feed(&f, "2", "session", "ana", "2026-07-01T11:00:00-07:00", "\"minutes\":60");
	assert_string_equal(a.refusal->slug, "late-event");
	assert_told(&f, "1 session ana 2026-07-01 pay\n");
	finish(&f);
}

static void test_facts_of_other_cases_are_found(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed_ok(&f, "1", "risk_found", "ana", "2026-07-06T12:00:00-07:00", "\"risk\":4");
	feed_ok(&f, "2", "placed", "ana", "2026-07-06T12:00:00-07:00",
		"\"provider\":\"haven\",\"price\":\"99.99\",\"share\":\"50\"");
	feed_ok(&f, "3", "vetting", "haven", "2026-07-06T12:00:00-07:00", "\"vetted\":true");
	feed_ok(&f, "4", "placed", "ana", "2026-07-06T12:00:00-07:00",
		"\"provider\":\"haven\",\"price\":\"99.99\",\"share\":\"50\"");
	/* A case of another kind is not meant by a reference to an agency. */
	feed_ok(&f, "5", "placed", "bea", "2026-07-06T12:00:00-07:00",
		"\"provider\":\"ana\",\"price\":\"99.99\",\"share\":\"50\"");
	assert_told(&f, "1 risk_found ana 2026-07-06\n"
			"2 placed ana 2026-07-06\n"
			"3 vetting haven 2026-07-06\n"
			"4 placed ana 2026-07-06 pay\n"
			"5 placed bea 2026-07-06\n");
	finish(&f);
}

/* Many cases, in another order of the same instants' cases, twice: the same bytes. */
static void test_the_same_events_give_the_same_bytes(void **state)
{
	(void)state;
	struct fixture f[2];
	for (int k = 0; k < 2; k++) {
		start(&f[k]);
		for (unsigned i = 0; i < 500; i++) {
			char id[16], subject[16];
			snprintf(id, sizeof(id), "e%u", i);
			snprintf(subject, sizeof(subject), "c%u", i * 7919 % 101);
			feed_ok(&f[k], id, i % 3 ? "missed" : "housed", subject,
				"2026-07-06T12:00:00-07:00", i % 3 ? "\"explained\":false" : "");
		}
		stream_until_day(&f[k].s, day_of((struct date){2027, 6, 30}));
	}
	assert_true(f[0].json.len > 100000);
	assert_true(str_eq(buf_view(&f[0].json), buf_view(&f[1].json)));
	finish(&f[0]);
	finish(&f[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_catches_up_with_the_events_own_case_only),
	    cmocka_unit_test(test_the_last_second_of_a_deadline_is_in_time),
	    cmocka_unit_test(test_time_passes_in_order_of_time_then_case),
	    cmocka_unit_test(test_the_end_of_a_day_holds_its_deadlines),
	    cmocka_unit_test(test_a_repeated_event_has_its_effect_once),
	    cmocka_unit_test(test_the_same_id_with_another_content_is_a_conflict),
	    cmocka_unit_test(test_a_refused_event_leaves_nothing_behind),
	    cmocka_unit_test(test_facts_of_other_cases_are_found),
	    cmocka_unit_test(test_the_same_events_give_the_same_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
