/* SPDX-License-Identifier: Apache-2.0
 *
 * Dockets: on which days they meet, which meeting has a seat, and what a case remembers of it. That
 * late events keep and free seats is in test_pots and test_redecide.
 */
#include "engine/explain/explain.h"
#include "engine/base/limits.h"
#include "tests/support/carry.h"

#define HEAD                                                                                       \
	"timezone \"America/Los_Angeles\"\ncase youth\n"                                           \
	"event referred of youth\nevent crisis of youth\nevent asked of youth\n"                   \
	"event both of youth\nparty office\nrequirement plan\n"                                    \
	"program p\n  effective 2026-01-01\n"
#define RULES                                                                                      \
	"rule normal\n  on referred\n  place on review\n"                                          \
	"rule urgent_one\n  on crisis\n  place on review urgent\n"                                 \
	"rule both_a\n  on both\n  place on review\n"                                              \
	"rule both_b\n  on both\n  place on review urgent\n"                                       \
	"rule asks\n  on asked when placed on review\n  notify office\n"                           \
	"county alameda\n  adopts p from 2026-01-01\n"
#define REVIEW(clauses) HEAD "docket review of youth\n" clauses RULES

static const char *send(struct rig *rig, const char *id, const char *when, const char *type)
{
	return rig_event(rig, rig_case(rig, "youth", id), when, type, "");
}

/* ---- days ---- */

static void test_meetings_come_after_the_day(void **state)
{
	(void)state;
	static const struct {
		const char *meets, *day, *meeting;
	} rows[] = {
	    {"weekly on Thursday", "2026-07-01", "2026-07-02"},
	    {"weekly on Thursday", "2026-07-02",
	     "2026-07-09"}, /* on the day itself: the next one */
	    {"weekly on Monday", "2026-12-31", "2027-01-04"},
	    {"weekly on Sunday", "2026-07-04", "2026-07-05"},
	    {"every 2 weeks from 2026-07-02", "2026-01-05", "2026-07-02"},
	    {"every 2 weeks from 2026-07-02", "2026-07-01", "2026-07-02"},
	    {"every 2 weeks from 2026-07-02", "2026-07-02", "2026-07-16"},
	    {"every 2 weeks from 2026-07-02", "2026-07-15", "2026-07-16"},
	    {"every 10 days from 2026-07-02", "2027-07-02", "2027-07-07"},
	    {"every 366 days from 2026-07-02", "2026-07-02", "2027-07-03"},
	    {"every 1 day from 2026-07-02", "2026-07-02", "2026-07-03"},
	    {"monthly on first Thursday", "2026-07-01", "2026-07-02"},
	    {"monthly on first Thursday", "2026-07-02", "2026-08-06"},
	    {"monthly on second Monday", "2026-12-14", "2027-01-11"},
	    {"monthly on fourth Saturday", "2027-02-01", "2027-02-27"},
	    {"monthly on last Friday", "2026-07-30", "2026-07-31"},
	    {"monthly on last Friday", "2026-07-31", "2026-08-28"},
	    {"monthly on last Monday", "2028-02-01", "2028-02-28"},
	    {"monthly on last Tuesday", "2028-02-01", "2028-02-29"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rig rig;
		char policy[2000], expected[80];
		snprintf(policy, sizeof(policy), REVIEW("  meets %s\n  at most 2 cases\n"),
			 rows[i].meets);
		snprintf(expected, sizeof(expected), "place review due %s\n", rows[i].meeting);
		rig_open(&rig, policy);
		assert_string_equal(send(&rig, "A", rows[i].day, "referred"), expected);
		rig_close(&rig);
	}
}

/* ---- seats ---- */

#define THREE "  meets weekly on Thursday\n  at most 3 cases\n  keeps 1 for urgent\n"

static void test_a_full_meeting_sends_on(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, REVIEW(THREE));
	assert_string_equal(send(&rig, "A", "2026-07-01", "referred"),
			    "place review due 2026-07-02\n");
	assert_string_equal(send(&rig, "B", "2026-07-01", "referred"),
			    "place review due 2026-07-02\n");
	assert_string_equal(send(&rig, "C", "2026-07-01", "referred"),
			    "place review due 2026-07-09\n"); /* one seat is kept */
	assert_string_equal(send(&rig, "D", "2026-07-01", "crisis"),
			    "place review due 2026-07-02\n");
	assert_string_equal(send(&rig, "E", "2026-07-01", "crisis"),
			    "place review due 2026-07-09\n");
	assert_string_equal(send(&rig, "F", "2026-07-01", "crisis"),
			    "place review due 2026-07-09\n"); /* urgent ones may take any seat */
	assert_string_equal(send(&rig, "G", "2026-07-01", "referred"),
			    "place review due 2026-07-16\n");
	rig_close(&rig);
}

static void test_an_urgent_case_takes_a_kept_seat_first(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, REVIEW(THREE));
	assert_string_equal(send(&rig, "A", "2026-07-01", "crisis"),
			    "place review due 2026-07-02\n");
	send(&rig, "B", "2026-07-01", "referred");
	assert_string_equal(send(&rig, "C", "2026-07-01", "referred"),
			    "place review due 2026-07-02\n");
	assert_string_equal(send(&rig, "D", "2026-07-01", "crisis"),
			    "place review due 2026-07-09\n");
	rig_close(&rig);
}

static void test_nobody_is_placed_twice(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, REVIEW(THREE));
	send(&rig, "A", "2026-07-02", "referred"); /* for July 9 */
	assert_string_equal(send(&rig, "A", "2026-07-08 23:59", "crisis"), "");
	assert_string_equal(send(&rig, "A", "2026-07-09", "crisis"),
			    "place review due 2026-07-16\n");
	rig_close(&rig);
}

static void test_placed_by_two_it_is_urgent_once(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, REVIEW(THREE));
	assert_string_equal(send(&rig, "A", "2026-07-01", "both"), "place review due 2026-07-02\n");
	assert_true(rig.cases[0]->placed.at[0].urgent);
	assert_int_equal(rig.pots.all.n, 1);
	assert_int_equal(rig.pots.all.at[0].reserved, 1);
	assert_int_equal(rig.pots.all.at[0].committed, 0);
	rig_close(&rig);
}

static void test_placed_on_means_a_coming_meeting(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, REVIEW(THREE));
	assert_string_equal(send(&rig, "A", "2026-07-02", "asked"), "");
	send(&rig, "A", "2026-07-02", "referred");
	assert_string_equal(send(&rig, "A", "2026-07-08", "asked"), "notify to office\n");
	assert_string_equal(send(&rig, "A", "2026-07-09", "asked"), "");
	rig_close(&rig);
}

static void test_each_county_has_its_own(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig,
		 HEAD "number seats is 1\n  2 from 2026-08-01\n"
		      "docket review of youth\n  meets weekly on Thursday\n"
		      "  at most seats cases\n" RULES "county yolo\n  adopts p from 2026-01-01\n"
		      "change number seats to 3 from 2026-08-01\n");
	uint16_t yolo = rulebook_county(rig.rb, STR("yolo"));
	for (int i = 0; i < 3; i++) {
		char id[] = {(char)('A' + i), '\0'};
		rig.cases[rig.ncases++] = case_new(rig.rb, str_from(id), 0, yolo);
		assert_string_equal(send(&rig, id, "2026-08-03", "referred"),
				    "place review due 2026-08-06\n");
	}
	send(&rig, "X", "2026-08-03", "referred");
	send(&rig, "Y", "2026-08-03", "referred");
	assert_string_equal(send(&rig, "Z", "2026-08-03", "referred"),
			    "place review due 2026-08-13\n");
	rig_close(&rig);
}

static void test_a_deadline_may_place(void **state)
{
	(void)state;
	struct rig rig;
	rig_open(&rig, HEAD "docket review of youth\n" THREE
			    "rule late\n  on referred\n  require plan within 3 days\n"
			    "    otherwise place on review\n"
			    "county alameda\n  adopts p from 2026-01-01\n");
	struct case_state *cs = rig_case(&rig, "youth", "A");
	rig_event(&rig, cs, "2026-07-01", "referred", "");
	assert_string_equal(rig_pass(&rig, cs, "2026-07-04"),
			    "2026-07-04 deadline: place review due 2026-07-09\n");
	rig_close(&rig);
}

static void test_without_a_seat_in_years_it_is_refused(void **state)
{
	(void)state;
	struct rig rig;
	char id[16];
	rig_open(&rig, REVIEW("  meets every 1 day from 2026-07-01\n  at most 1 case\n"));
	struct case_state *cs = rig_case(&rig, "youth", "A");
	struct pot key = {.kind = POT_DOCKET, .name = STR("review"), .county = STR("alameda")};
	int32_t first = day_of((struct date){2026, 7, 2});
	for (unsigned i = 0; i < LIMIT_MEETINGS; i++) {
		key.from = first + (int32_t)i;
		pots_get(&rig.pots, &key)->committed = 1;
	}
	assert_string_equal(rig_event(&rig, cs, "2026-07-01", "referred", ""), "refused limit\n");
	assert_int_equal(cs->placed.n, 0);
	pots_get(&rig.pots, &key)->committed = 0; /* the last one that is looked at */
	day_text(&rig.out, key.from);
	snprintf(id, sizeof(id), STR_FMT,
		 STR_ARG(((struct str){rig.out.p + rig.out.len - 10, 10})));
	const char *said = rig_event(&rig, cs, "2026-07-01", "referred", "");
	assert_non_null(strstr(said, id));
	rig_close(&rig);
}

/* ---- JSON ---- */

static void test_json_tells_of_the_seat(void **state)
{
	(void)state;
	struct rig rig;
	struct decision out;
	struct buf b = {0};
	rig_open(&rig, REVIEW(THREE));
	send(&rig, "B", "2026-07-01", "referred");
	struct case_state *cs = rig_case(&rig, "youth", "A");
	struct event ev = rig_make(&rig, cs, "2026-07-01", "crisis", "");
	assert_int_equal(decide_event(&rig.d, cs, &ev, &out), STATUS_OK);
	decision_json(&b, rig.rb, &out, 1, false);
	static const char *const parts[] = {
	    "\"kind\":\"docket\",\"action\":\"place\",\"name\":\"review\",\"status\":\"due\","
	    "\"due\":\"2026-07-02\",\"urgent\":true",
	    "\"draw\":{\"docket\":\"review\",\"meeting\":\"2026-07-02\",\"urgent\":1,\"others\":0}",
	    "\"inputs\":[{\"docket\":\"review\",\"meeting\":\"2026-07-02\",\"seats\":3,"
	    "\"urgent\":0,\"others\":1}]"};
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (!memmem(b.p, b.len, parts[i], strlen(parts[i])))
			fail_msg("%s is not in " STR_FMT, parts[i], STR_ARG(buf_view(&b)));
	buf_release(&b);
	rig_close(&rig);
}

static void test_it_is_explained_which_meeting_it_is(void **state)
{
	(void)state;
	struct rig rig;
	struct decision out;
	struct trace trace = {0};
	struct buf b = {0};
	rig_open(&rig, REVIEW(THREE));
	send(&rig, "B", "2026-07-01", "crisis");
	struct case_state *cs = rig_case(&rig, "youth", "A");
	struct event ev = rig_make(&rig, cs, "2026-07-01", "referred", "");
	rig.d.trace = &trace;
	assert_int_equal(decide_event(&rig.d, cs, &ev, &out), STATUS_OK);
	struct wording w = {rig.rb, true};
	explain_decision(&b, &(struct account){w, &out, &trace, NULL});
	static const char *const parts[] = {
	    "place on review due 2026-07-02", "rule normal",
	    "the first meeting after the event that has a seat: 1 of 3 were taken, 1 by urgent"};
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (!memmem(b.p, b.len, parts[i], strlen(parts[i])))
			fail_msg("%s is not in\n" STR_FMT, parts[i], STR_ARG(buf_view(&b)));
	trace_release(&trace);
	buf_release(&b);
	rig_close(&rig);
}

static void test_a_case_knows_where_it_is_placed(void **state)
{
	(void)state;
	struct rig rig, same, none;
	rig_open(&rig, REVIEW(THREE));
	rig_open(&same, REVIEW(THREE));
	rig_open(&none, HEAD "rule r\n  on referred\n  notify office\n"
			     "county alameda\n  adopts p from 2026-01-01\n");
	send(&rig, "A", "2026-07-01", "crisis");
	struct case_state *read = carried_over(&rig, rig.cases[0], &same);
	assert_int_equal(read->placed.n, 1);
	assert_true(read->placed.at[0].urgent);
	assert_int_equal(read->placed.at[0].meeting, day_of((struct date){2026, 7, 2}));
	assert_int_equal(carried_over(&rig, rig.cases[0], &none)->placed.n, 0);
	rig_close(&rig);
	rig_close(&same);
	rig_close(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_meetings_come_after_the_day),
	    cmocka_unit_test(test_a_full_meeting_sends_on),
	    cmocka_unit_test(test_an_urgent_case_takes_a_kept_seat_first),
	    cmocka_unit_test(test_nobody_is_placed_twice),
	    cmocka_unit_test(test_placed_by_two_it_is_urgent_once),
	    cmocka_unit_test(test_placed_on_means_a_coming_meeting),
	    cmocka_unit_test(test_each_county_has_its_own),
	    cmocka_unit_test(test_a_deadline_may_place),
	    cmocka_unit_test(test_without_a_seat_in_years_it_is_refused),
	    cmocka_unit_test(test_json_tells_of_the_seat),
	    cmocka_unit_test(test_it_is_explained_which_meeting_it_is),
	    cmocka_unit_test(test_a_case_knows_where_it_is_placed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
