/* SPDX-License-Identifier: Apache-2.0
 *
 * A case that is under way goes on under a new version of the policy: where it stands in a step
 * that is gone, and what its running schedules pay.
 */
#include "tests/support/carry.h"

#define VOCABULARY                                                                                 \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"case agency\n"                                                                            \
	"case survivor\n  home : agency optional\n"                                                \
	"event missed of survivor\n"                                                               \
	"event missed_again of survivor\n"                                                         \
	"event came of survivor\n"                                                                 \
	"event answered of survivor\n"                                                             \
	"event left of survivor\n"                                                                 \
	"event housed of survivor\n  provider : agency\n"                                          \
	"event moved of survivor\n  sets home\n"                                                   \
	"party office\nparty advocate\naction visit\nfund one\nfund two\n"                         \
	"program p\n  effective 2026-07-01\n"
#define COUNTY "county alameda\n  adopts p from 2026-07-01\n"

static void open_with(struct rig *rig, const char *program, const char *county)
{
	struct buf text = {0};
	buf_fmt(&text, "%s%s%s%c", VOCABULARY, program, county, 0);
	rig_open(rig, text.p);
	buf_release(&text);
}

static const char *on(struct rig *rig, const char *when, const char *event, const char *fields)
{
	return rig_event(rig, rig_case(rig, "survivor", "S-1"), when, event, fields);
}

/* ---- steps ---- */

#define OLD_STEPS                                                                                  \
	"escalation e\n"                                                                           \
	"  step called\n    on missed\n    refer to office answered by answered within 20 days\n"  \
	"      otherwise notify office \"late\"\n"                                                 \
	"  step visited after called\n    when no came within 10 days\n    order visit\n"          \
	"  step warned after visited\n    on missed_again\n    notify office\n"

/* Before the deadline: in `called`, with the answer and the visit due. */
static void assert_moved(const char *new, const char *later)
{
	struct rig from, to;
	open_with(&from, OLD_STEPS, COUNTY);
	open_with(&to, new, COUNTY);
	on(&from, "2026-07-02", "missed", "");
	struct case_state *cs = carried_over(&from, from.cases[0], &to);
	assert_string_equal(rig_pass(&to, cs, "2026-08-31"), later);
	rig_close(&from);
	rig_close(&to);
}

static void test_what_was_due_goes_with_the_step(void **state)
{
	(void)state;
	/* Renamed twice: its referral waits on, and its deadline leads on. */
	assert_moved(
	    "escalation e\n"
	    "  step phoned\n    on missed\n    refer to office answered by answered within 20 "
	    "days\n      otherwise notify office \"late\"\n"
	    "  step seen after phoned\n    when no came within 10 days\n    order visit\n"
	    "  move step called to rung\n  move step rung to phoned\n"
	    "  move step visited to seen\n  move step warned to none\n",
	    "2026-07-12 deadline: order visit\n"
	    "2026-07-22 deadline: notify to office \"late\"\n");
	/* A deadline to a step that is gone, and moved to one without the like, is gone too. */
	assert_moved(
	    "escalation e\n"
	    "  step called\n    on missed\n    refer to office answered by answered within 20 "
	    "days\n      otherwise notify office \"late\"\n"
	    "  move step visited to called\n  move step warned to called\n",
	    "2026-07-22 deadline: notify to office \"late\"\n");
}

/* Used-up limits are known by what they count: new ones may come before them, in any order. */
static void test_limits_may_move(void **state)
{
	static const char stipend[] = "stipend s\n  on missed\n  pay $100 to survivor\n";
	struct rig from, to;
	struct buf text = {0};
	(void)state;
	buf_fmt(&text, "%s  at most 2 per week\n  at most $300 per month\n", stipend);
	buf_char(&text, '\0');
	open_with(&from, text.p, COUNTY);
	buf_clear(&text);
	buf_fmt(&text, "%s  at most 9 per case\n  at most $300 per month\n  at most 2 per week\n",
		stipend);
	buf_char(&text, '\0');
	open_with(&to, text.p, COUNTY);
	on(&from, "2026-07-06", "missed", "");
	struct case_state *cs = carried_over(&from, from.cases[0], &to);
	assert_int_equal(cs->used.n, 2);
	for (size_t i = 0; i < cs->used.n; i++) {
		const struct block *b = &to.rb->blocks[to.rb->limit_block[cs->used.at[i].limit]];
		assert_int_equal(cs->used.at[i].n,
				 b->limits[1].index == cs->used.at[i].limit ? 10000 : 1);
		assert_true(b->limits[0].index != cs->used.at[i].limit);
	}
	buf_release(&text);
	rig_close(&from);
	rig_close(&to);
}

static void test_where_cases_stand(void **state)
{
	(void)state;
	struct rig from, to;
	open_with(&from, OLD_STEPS, COUNTY);
	open_with(
	    &to,
	    "escalation e\n"
	    "  step first\n    on missed\n    refer to office answered by answered within 20 days\n"
	    "  step second after first\n    on missed_again\n    order visit\n"
	    "  move step warned to visited\n  move step visited to second\n"
	    "  move step called to none\n",
	    COUNTY);
	struct case_state *cs = rig_case(&from, "survivor", "S-1");
	*case_push(cs, positions) = (struct position){0, 3, 20000};
	struct case_state *moved = carried_over(&from, cs, &to);
	assert_int_equal(moved->positions.n, 1);
	assert_int_equal(moved->positions.at[0].step, 2);
	assert_int_equal(moved->positions.at[0].since, 20000);
	cs->positions.at[0].step = 1;
	assert_int_equal(carried_over(&from, cs, &to)->positions.n, 0);
	rig_close(&from);
	rig_close(&to);
}

static void test_a_step_that_is_gone_is_named(void **state)
{
	(void)state;
	struct rig from, to;
	struct buf why = {0};
	enum status status;
	open_with(&from, OLD_STEPS, COUNTY);
	open_with(&to, "escalation e\n  step phoned\n    on missed\n    notify office\n", COUNTY);
	struct case_state *cs = rig_case(&from, "survivor", "S-1");
	*case_push(cs, positions) = (struct position){0, 2, 20000};
	assert_null(carry(&from, cs, &to, &status, &why));
	assert_int_equal(status, STATUS_CONFLICT);
	buf_char(&why, '\0');
	assert_string_equal(
	    why.p, "the policy has no longer what the case needs: the step \"visited\" of \"e\" "
		   "(write `move step visited to …` there)");
	buf_release(&why);
	rig_close(&from);
	rig_close(&to);
}

/* ---- running schedules ---- */

#define OLD_SCHEDULE                                                                               \
	"amount support is $500\n"                                                                 \
	"schedule s\n  on housed\n  pay support to provider monthly for 4 months from one\n"
#define NEW_SCHEDULE(clause)                                                                       \
	"amount support is $600\n  $650 from 2026-10-01\n"                                         \
	"schedule s\n  on housed\n  pay support to advocate monthly for 9 months from "            \
	"two\n" clause

static const char *goes_on(struct rig *from, struct rig *to, const char *new)
{
	open_with(from, OLD_SCHEDULE, COUNTY);
	open_with(to, new, COUNTY);
	on(from, "2026-07-01", "housed", "provider=H-1");
	rig_pass(from, from->cases[0], "2026-08-01");
	struct case_state *cs = carried_over(from, from->cases[0], to);
	return rig_pass(to, cs, "2027-12-31");
}

static void test_a_running_schedule_keeps_its_terms(void **state)
{
	(void)state;
	struct rig from, to;
	assert_string_equal(
	    goes_on(&from, &to, NEW_SCHEDULE("")),
	    "2026-09-01 scheduled: pay $500.00 to H-1 from one under s item 2 due 2026-09-01\n"
	    "2026-10-01 scheduled: pay $500.00 to H-1 from one under s item 3 due 2026-10-01\n"
	    "2026-11-01 scheduled: pay $500.00 to H-1 from one under s item 4 due 2026-11-01\n");
	rig_close(&from);
	rig_close(&to);
}

static void test_also_for_running_schedules(void **state)
{
	(void)state;
	struct rig from, to;
	assert_string_equal(
	    goes_on(&from, &to, NEW_SCHEDULE("  also for running schedules\n")),
	    "2026-09-01 scheduled: pay $600.00 to advocate from two under s item 2 due 2026-09-01\n"
	    "2026-10-01 scheduled: pay $650.00 to advocate from two under s item 3 due 2026-10-01\n"
	    "2026-11-01 scheduled: pay $650.00 to advocate from two under s item 4 due "
	    "2026-11-01\n");
	rig_close(&from);
	rig_close(&to);
}

/* Whom a field named at the start stays the payee; a fact is that of the day, or it is not known.
 */
static void test_the_payee_of_the_day(void **state)
{
	(void)state;
	struct rig rig;
	open_with(
	    &rig,
	    "schedule f\n  on housed\n  pay $1 to provider monthly for 2 months\n"
	    "  also for running schedules\n"
	    "schedule g\n  on moved when home is known\n  pay $2 to home monthly for 3 months\n"
	    "  also for running schedules\n",
	    COUNTY);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	on(&rig, "2026-07-01 09:00", "housed", "provider=H-1");
	on(&rig, "2026-07-01 10:00", "moved", "home=A-1");
	assert_non_null(
	    strstr(rig_pass(&rig, cs, "2026-08-01"), "pay $2.00 to A-1 under g item 1"));
	on(&rig, "2026-08-02", "moved", "home=A-2");
	const char *later = rig_pass(&rig, cs, "2026-09-01");
	assert_non_null(strstr(later, "pay $1.00 to H-1 under f item 2"));
	assert_non_null(strstr(later, "pay $2.00 to A-2 under g item 2"));
	on(&rig, "2026-09-02", "moved", "home=unknown");
	assert_string_equal(rig_pass(&rig, cs, "2026-12-31"),
			    "2026-10-01 scheduled: stopped undecidable\n");
	rig_close(&rig);
}

/* What is paid on a day rests on the parameters of that day; what is settled already does not. */
static void test_the_parameters_of_an_item(void **state)
{
	(void)state;
	for (int also = 0; also < 2; also++) {
		struct rig rig;
		struct decision d;
		struct buf json = {0};
		open_with(&rig,
			  also ? NEW_SCHEDULE("  also for running schedules\n") : NEW_SCHEDULE(""),
			  COUNTY);
		on(&rig, "2026-07-01", "housed", "provider=H-1");
		decide_due(&rig.d, rig.cases[0], &d);
		decision_json(&json, rig.rb, &d, 1, false);
		buf_char(&json, '\0');
		assert_int_equal(
		    strstr(json.p, "\"parameters\":[{\"name\":\"support\",\"value\":\"600.00\"") !=
			NULL,
		    also);
		buf_release(&json);
		rig_close(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_was_due_goes_with_the_step),
	    cmocka_unit_test(test_limits_may_move),
	    cmocka_unit_test(test_where_cases_stand),
	    cmocka_unit_test(test_a_step_that_is_gone_is_named),
	    cmocka_unit_test(test_a_running_schedule_keeps_its_terms),
	    cmocka_unit_test(test_also_for_running_schedules),
	    cmocka_unit_test(test_the_payee_of_the_day),
	    cmocka_unit_test(test_the_parameters_of_an_item),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
