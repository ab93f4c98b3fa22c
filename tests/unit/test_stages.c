/* SPDX-License-Identifier: Apache-2.0
 *
 * Stages: what is the same as for escalations is tested there; here that entering one is an
 * outcome, and that `enter` moves a case from anywhere.
 */
#include "engine/explain/explain.h"
#include "engine/case/json.h"
#include "tests/support/case_rig.h"

#define HEAD                                                                                       \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"case survivor\n  hurt : yes/no default no\n"                                              \
	"event intake of survivor\nevent agreed of survivor\nevent housed of survivor\n"           \
	"event called of survivor\nevent left of survivor\n"                                       \
	"event found of survivor\n  sets hurt\n"                                                   \
	"party office\naction visit\n"                                                             \
	"program p\n  effective 2026-07-01\n"
#define JOURNEY                                                                                    \
	"stages journey\n"                                                                         \
	"  stage victim\n    on intake\n    notify office\n"                                       \
	"  stage helped after victim\n    on agreed\n"                                             \
	"  stage thriver after helped\n    on housed\n"                                            \
	"  stage lost after victim or helped\n    when no called within 10 days\n    order "       \
	"visit\n"                                                                                  \
	"  ends on left\n"
#define FOOT "county alameda\n  adopts p from 2026-07-01\n"

struct fixture {
	struct rig rig;
	struct case_state *cs;
};

static void start(struct fixture *f, const char *policy)
{
	rig_open(&f->rig, policy);
	f->cs = rig_case(&f->rig, "survivor", "S-1");
}

static void says(struct fixture *f, const char *when, const char *type, const char *expected)
{
	assert_string_equal(rig_event(&f->rig, f->cs, when, type, ""), expected);
}

static void test_each_entry_is_an_outcome(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, HEAD JOURNEY FOOT);
	says(&f, "2026-07-01", "housed", "");
	says(&f, "2026-07-02", "intake", "enter victim\nnotify to office\n");
	says(&f, "2026-07-03", "intake", "");
	assert_string_equal(rig_pass(&f.rig, f.cs, "2026-07-12"),
			    "2026-07-12 deadline: enter lost\n2026-07-12 deadline: order visit\n");
	says(&f, "2026-07-13", "left", "");
	assert_int_equal(f.cs->positions.n, 0);
	rig_close(&f.rig);
}

static void test_enter_moves_from_any_stage(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, HEAD JOURNEY "rule r\n  on called\n  enter helped\n" FOOT);
	says(&f, "2026-07-02", "called", "enter helped\n"); /* from none */
	says(&f, "2026-07-03", "called", "");               /* already there */
	assert_int_equal(f.cs->positions.at[0].since, day_of((struct date){2026, 7, 2}));
	says(&f, "2026-07-04", "housed", "enter thriver\n");
	says(&f, "2026-07-05", "called", "enter helped\n");
	rig_close(&f.rig);
}

static void test_enter_arms_what_a_stage_waits_for(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, HEAD JOURNEY "rule r\n  on housed\n  enter helped\n" FOOT);
	says(&f, "2026-07-02", "housed", "enter helped\n");
	assert_int_equal(f.cs->due.n, 1);
	says(&f, "2026-07-03", "called", ""); /* cancels it */
	assert_int_equal(f.cs->due.n, 0);
	says(&f, "2026-07-04", "left", "");
	says(&f, "2026-07-05", "housed", "enter helped\n");
	assert_string_equal(rig_pass(&f.rig, f.cs, "2026-07-15"),
			    "2026-07-15 deadline: enter lost\n2026-07-15 deadline: order visit\n");
	rig_close(&f.rig);
}

static void test_a_deadline_may_enter(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, HEAD JOURNEY "requirement plan\nrule r\n  on intake\n"
			       "  require plan answered by agreed within 3 days\n"
			       "    otherwise enter thriver\n" FOOT);
	rig_event(&f.rig, f.cs, "2026-07-02", "intake", "");
	assert_string_equal(rig_pass(&f.rig, f.cs, "2026-07-05"),
			    "2026-07-05 deadline: enter thriver\n");
	rig_close(&f.rig);
}

static void test_entered_by_two_it_is_entered_once(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, HEAD JOURNEY "rule r\n  on agreed\n  enter helped\n"
			       "rule s\n  on agreed\n  enter helped\n" FOOT);
	rig_event(&f.rig, f.cs, "2026-07-02", "intake", "");
	says(&f, "2026-07-03", "agreed", "enter helped\n");
	rig_close(&f.rig);
}

static void test_two_ways_at_once_contradict(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, HEAD JOURNEY "rule r\n  on agreed\n  enter thriver\n" FOOT);
	rig_event(&f.rig, f.cs, "2026-07-02", "intake", "");
	struct str before = rig_dump(&f.rig, f.cs);
	says(&f, "2026-07-03", "agreed", "refused contradiction\n");
	assert_true(str_eq(before, rig_dump(&f.rig, f.cs)));
	struct str why = f.rig.d.refusal.reasons[0].text;
	assert_non_null(memmem(why.p, why.len, "move `journey` to two places at once", 36));
	assert_non_null(memmem(why.p, why.len, "thriver", 7));
	rig_close(&f.rig);
}

static void test_a_never_may_forbid_a_stage(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, HEAD JOURNEY "never enter victim for survivor when hurt\n" FOOT);
	rig_event(&f.rig, f.cs, "2026-07-01", "found", "hurt=yes");
	says(&f, "2026-07-02", "intake", "refused breaks-never\n");
	rig_event(&f.rig, f.cs, "2026-07-03", "found", "hurt=no");
	says(&f, "2026-07-04", "intake", "enter victim\nnotify to office\n");
	rig_close(&f.rig);
}

static void test_conditions_ask_for_the_stage(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, HEAD JOURNEY
	      "rule a\n  on called when stage of journey is victim\n  notify office \"a\"\n"
	      "rule b\n  on called when stage of journey is none\n  notify office \"b\"\n"
	      "rule c\n  on called when stage of journey is not one of victim, none\n"
	      "  notify office \"c\"\n" FOOT);
	says(&f, "2026-07-01", "called", "notify to office \"b\"\n");
	rig_event(&f.rig, f.cs, "2026-07-02", "intake", "");
	says(&f, "2026-07-03", "called", "notify to office \"a\"\n");
	rig_event(&f.rig, f.cs, "2026-07-04", "agreed", "");
	says(&f, "2026-07-05", "called", "notify to office \"c\"\n");
	rig_close(&f.rig);
}

/* A county's own stages: what `enter` arms is the county's, from the day of the replacement on; a
 * county that drops them has nothing to enter. */
static void test_counties_replace_and_drop(void **state)
{
	(void)state;
	static const char policy[] = HEAD JOURNEY
	    "rule r\n  on called\n  enter helped\nrule s\n  on found\n  enter thriver\n" FOOT
	    "replace stages journey from 2026-08-01\n"
	    "  stage victim\n    on intake\n"
	    "  stage helped after victim\n    on agreed\n"
	    "  stage lost after helped\n    when no housed within 2 days\n"
	    "drop stages journey from 2026-09-01\n";
	struct fixture f;
	start(&f, policy);
	says(&f, "2026-07-02", "called", "enter helped\n");
	assert_int_equal(f.cs->due.at[0].day, day_of((struct date){2026, 7, 12}));
	says(&f, "2026-07-03", "left", "");
	says(&f, "2026-08-02", "called", "enter helped\n");
	assert_int_equal(f.cs->due.n, 1);
	assert_int_equal(f.cs->due.at[0].day, day_of((struct date){2026, 8, 4}));
	assert_string_equal(rig_pass(&f.rig, f.cs, "2026-08-04"),
			    "2026-08-04 deadline: enter lost\n");
	says(&f, "2026-08-05", "found", ""); /* no such stage any more */
	says(&f, "2026-09-02", "called", "");
	rig_close(&f.rig);
}

/* A proposal of a stage is approved by the very event that ends the stages. */
static void test_what_the_end_brings_about_is_closed_too(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, HEAD "stages journey of survivor\n  stage victim\n    on intake\n"
		       "    may refer to office within 3 days\n      otherwise order visit\n"
		       "  ends on approved\n" FOOT);
	rig_event(&f.rig, f.cs, "2026-07-02", "intake", "");
	const char *answer = rig_about(&f.rig, 1, ",by=Ana");
	assert_string_equal(rig_event(&f.rig, f.cs, "2026-07-03", "approved", answer),
			    "refer to office due 2026-07-06 by Ana\n");
	assert_int_equal(f.cs->positions.n, 0);
	assert_int_equal(f.cs->due.n, 0);
	rig_close(&f.rig);
}

static void test_json_names_the_stage(void **state)
{
	(void)state;
	struct fixture f;
	struct decision out;
	struct buf b = {0};
	start(&f, HEAD JOURNEY FOOT);
	struct event ev = rig_make(&f.rig, f.cs, "2026-07-02", "intake", "");
	assert_int_equal(decide_event(&f.rig.d, f.cs, &ev, &out), STATUS_OK);
	outcome_json(&b, f.rig.rb, &out.outcomes[0]);
	static const char head[] = "\"kind\":\"stage\",\"action\":\"enter\",\"name\":\"victim\","
				   "\"status\":\"done\"";
	assert_non_null(memmem(b.p, b.len, head, sizeof(head) - 1));
	assert_non_null(memmem(b.p, b.len, "\"part\":\"stage victim\"", 21));
	buf_clear(&b);
	case_json(&b, f.rig.rb, f.cs, true);
	static const char stands[] = "\"block\":\"journey\",\"step\":\"victim\"";
	assert_non_null(memmem(b.p, b.len, stands, sizeof(stands) - 1));
	buf_release(&b);
	rig_close(&f.rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_entry_is_an_outcome),
	    cmocka_unit_test(test_enter_moves_from_any_stage),
	    cmocka_unit_test(test_enter_arms_what_a_stage_waits_for),
	    cmocka_unit_test(test_a_deadline_may_enter),
	    cmocka_unit_test(test_entered_by_two_it_is_entered_once),
	    cmocka_unit_test(test_two_ways_at_once_contradict),
	    cmocka_unit_test(test_a_never_may_forbid_a_stage),
	    cmocka_unit_test(test_conditions_ask_for_the_stage),
	    cmocka_unit_test(test_counties_replace_and_drop),
	    cmocka_unit_test(test_what_the_end_brings_about_is_closed_too),
	    cmocka_unit_test(test_json_names_the_stage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
