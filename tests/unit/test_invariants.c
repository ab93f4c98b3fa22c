/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds over all blocks of all programs: sums that are never passed, what comes only after
 * something else, and what is promised in time.
 */
#include "tests/support/carry.h"

#define VOCABULARY                                                                                 \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"case survivor\n  age : years optional\n"                                                  \
	"case buyer\n"                                                                             \
	"event aged of survivor\n  sets age\n"                                                     \
	"event came of survivor\n  minutes : number\n"                                             \
	"event asked of survivor\n"                                                                \
	"event agreed of survivor\n"                                                               \
	"event seen of survivor, buyer\n"                                                          \
	"party office\nparty advocate\nfund one\nfund two\n"
#define PROGRAM "program p\n  effective 2026-07-01\n"
#define COUNTY  "county alameda\n  adopts p from 2026-07-01\n"

static const char *on(struct rig *rig, const char *when, const char *event, const char *fields)
{
	return rig_event(rig, rig_case(rig, "survivor", "S-1"), when, event, fields);
}

static void open_with(struct rig *rig, const char *program, const char *county)
{
	struct buf text = {0};
	buf_fmt(&text, "%s%s%s%c", VOCABULARY, program, county, 0);
	rig_open(rig, text.p);
	buf_release(&text);
}

#define PAYS                                                                                       \
	PROGRAM "stipend a\n  on came\n  pay $60 to survivor from one\n"                           \
		"rule b\n  on asked\n  may pay $50 to survivor from one\n"

/* ---- never pay more than ---- */

static void test_a_sum_over_all_programs_of_the_county(void **state)
{
	(void)state;
	struct rig rig;
	open_with(&rig,
		  PAYS "program q\n  effective 2026-07-01\n"
		       "never pay more than $100 per case from one\n",
		  "county alameda\n  adopts p from 2026-07-01\n  adopts q from 2026-08-01\n"
		  "county alpine\n  adopts p from 2026-07-01\n");
	struct case_state *alpine = case_new(rig.rb, STR("A"), 0, 1);
	rig.cases[rig.ncases++] = alpine;
	on(&rig, "2026-07-02", "came", "minutes=1");
	on(&rig, "2026-07-03", "came", "minutes=1"); /* before q is adopted nothing is counted */
	assert_string_equal(on(&rig, "2026-08-01", "came", "minutes=1"),
			    "pay $60.00 to S-1 from one due 2026-08-01\n");
	assert_string_equal(on(&rig, "2026-08-02", "came", "minutes=1"), "refused breaks-never\n");
	for (int i = 0; i < 3; i++)
		assert_string_equal(rig_event(&rig, alpine, "2026-08-02", "came", "minutes=1"),
				    "pay $60.00 to A from one due 2026-08-02\n");
	rig_close(&rig);
}

static void test_a_proposal_counts_when_it_is_approved(void **state)
{
	(void)state;
	struct rig rig;
	open_with(&rig, PAYS "never pay more than $100 per case\n", COUNTY);
	assert_string_equal(on(&rig, "2026-07-02", "asked", ""),
			    "may pay $50.00 to S-1 from one due 2026-07-02\n");
	const char *first = rig_about(&rig, 0, ",by=Ana");
	on(&rig, "2026-07-02", "asked", "");
	const char *second = rig_about(&rig, 0, ",by=Ana");
	on(&rig, "2026-07-02", "asked", "");
	const char *third = rig_about(&rig, 0, ",by=Ana");
	on(&rig, "2026-07-03", "approved", first);
	assert_int_equal(rig.status, STATUS_OK);
	on(&rig, "2026-07-03", "approved", second);
	assert_int_equal(rig.status, STATUS_OK);
	assert_string_equal(on(&rig, "2026-07-03", "approved", third), "refused breaks-never\n");
	rig_close(&rig);
}

static void test_what_one_event_brings_is_taken_together(void **state)
{
	(void)state;
	struct rig rig;
	open_with(&rig,
		  PROGRAM "rule a\n  on came\n  pay $60 to survivor from one\n"
			  "rule b\n  on came when minutes >= 60\n  pay $60 to survivor from two\n"
			  "never pay more than $100 per case per day\n",
		  COUNTY);
	assert_string_equal(on(&rig, "2026-07-02 09:00", "came", "minutes=60"),
			    "refused breaks-never\n");
	on(&rig, "2026-07-02 10:00", "came", "minutes=1");
	assert_int_equal(rig.status, STATUS_OK);
	on(&rig, "2026-07-02 11:00", "came", "minutes=1");
	assert_int_equal(rig.status, STATUS_CONFLICT);
	on(&rig, "2026-07-03 11:00", "came", "minutes=1");
	assert_int_equal(rig.status, STATUS_OK);
	rig_close(&rig);
}

/* With a condition it binds, and counts, only while that holds or cannot be decided. */
static void test_a_cap_under_a_condition(void **state)
{
	(void)state;
	struct rig rig;
	open_with(&rig, PAYS "never pay more than $100 per case for survivor when age < 18\n",
		  COUNTY);
	on(&rig, "2026-07-02", "came", "minutes=1");
	assert_string_equal(on(&rig, "2026-07-03", "came", "minutes=1"), "refused breaks-never\n");
	on(&rig, "2026-07-04", "aged", "age=18");
	on(&rig, "2026-07-05", "came", "minutes=1");
	assert_int_equal(rig.status, STATUS_OK);
	on(&rig, "2026-07-06", "aged", "age=17");
	assert_string_equal(on(&rig, "2026-07-07", "came", "minutes=1"), "refused breaks-never\n");
	rig_close(&rig);
}

/* ---- a new version of the policy ---- */

/* What stands before it, and the amounts, may change: it is known by what it says. */
static void test_what_was_counted_and_promised_is_kept(void **state)
{
	(void)state;
	struct rig old, new;
	open_with(&old,
		  PAYS "never pay more than $100 per case from one\n"
		       "always refer to advocate within 10 days of asked\n",
		  COUNTY);
	open_with(&new,
		  PAYS "always notify office within 1 day of asked\n"
		       "never pay more than $500 per case\n"
		       "never pay more than $130 per case from one\n"
		       "always refer to advocate within 3 days of asked \"Soon\"\n",
		  COUNTY);
	on(&old, "2026-07-02", "came", "minutes=1");
	on(&old, "2026-07-02", "asked", "");
	struct case_state *cs = carried_over(&old, old.cases[0], &new);
	assert_string_equal(rig_event(&new, cs, "2026-07-03", "came", "minutes=1"),
			    "pay $60.00 to S-1 from one due 2026-07-03\n");
	assert_string_equal(rig_event(&new, cs, "2026-07-04", "came", "minutes=1"),
			    "refused breaks-never\n");
	assert_string_equal(rig_pass(&new, cs, "2026-07-31"),
			    "2026-07-12 deadline: broken \"Soon\"\n");
	rig_close(&old);
	rig_close(&new);
}

static void test_a_promise_that_is_gone_binds_nobody(void **state)
{
	(void)state;
	struct rig old, new;
	open_with(&old, PAYS "always refer to advocate within 10 days of asked\n", COUNTY);
	open_with(&new, PAYS, COUNTY);
	on(&old, "2026-07-02", "asked", "");
	assert_int_equal(old.cases[0]->due.n, 1);
	assert_int_equal(carried_over(&old, old.cases[0], &new)->due.n, 0);
	rig_close(&old);
	rig_close(&new);
}

/* ---- only after ---- */

static void test_only_after_this_event_included(void **state)
{
	(void)state;
	struct rig rig;
	open_with(&rig,
		  PROGRAM "rule a\n  on came or agreed\n  may pay $60 to survivor\n"
			  "only after agreed pay\n",
		  COUNTY);
	assert_string_equal(on(&rig, "2026-07-02", "came", "minutes=1"), "refused breaks-never\n");
	assert_non_null(strstr(rig.d.refusal.reasons[0].text.p,
			       "`a` would propose to pay, which is only allowed after `agreed`"));
	on(&rig, "2026-07-03", "agreed", "");
	assert_int_equal(rig.status, STATUS_OK);
	on(&rig, "2026-07-04", "came", "minutes=1");
	assert_int_equal(rig.status, STATUS_OK);
	rig_close(&rig);
}

/* Without `for` it is about the kind of case whose event it is. */
static void test_only_after_binds_cases_that_have_the_event(void **state)
{
	(void)state;
	struct rig rig;
	open_with(&rig,
		  PROGRAM "rule a of buyer\n  on seen\n  notify office\n"
			  "rule b of survivor\n  on seen\n  notify office\n"
			  "only after agreed notify office\n",
		  COUNTY);
	struct case_state *buyer = rig_case(&rig, "buyer", "B-1");
	assert_string_equal(rig_event(&rig, buyer, "2026-07-02", "seen", ""), "notify to office\n");
	assert_string_equal(on(&rig, "2026-07-02", "seen", ""), "refused breaks-never\n");
	rig_close(&rig);
}

/* ---- always ---- */

#define REFERS                                                                                     \
	PROGRAM "rule a\n  on came when minutes >= 60\n  refer to advocate\n"                      \
		"rule b\n  on agreed\n  may refer to advocate\n"                                   \
		"rule c\n  on aged\n  refer to office\n"                                           \
		"always refer to advocate within 3 days of asked\n"                                \
		"always notify office within 1 day of came when minutes < 10\n"

static void test_a_promise_that_is_not_kept(void **state)
{
	(void)state;
	struct rig rig;
	open_with(&rig, REFERS, COUNTY);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	on(&rig, "2026-07-02", "asked", "");
	on(&rig, "2026-07-03", "asked", "");
	on(&rig, "2026-07-04", "aged", "age=3"); /* to somebody else */
	assert_string_equal(
	    rig_pass(&rig, cs, "2026-08-31"),
	    "2026-07-05 deadline: broken \"always refer to advocate within 3 days of asked\"\n"
	    "2026-07-06 deadline: broken \"always refer to advocate within 3 days of asked\"\n");
	on(&rig, "2026-09-01", "came", "minutes=10");
	assert_string_equal(rig_pass(&rig, cs, "2026-09-30"), "");
	on(&rig, "2026-10-01", "came", "minutes=9");
	assert_string_equal(rig_pass(&rig, cs, "2026-10-31"),
			    "2026-10-02 deadline: broken \"always notify office within 1 day of "
			    "came when minutes < 10\"\n");
	rig_close(&rig);
}

static void test_a_promise_is_kept_by_any_block(void **state)
{
	(void)state;
	struct rig rig;
	open_with(&rig, REFERS, COUNTY);
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	on(&rig, "2026-07-02", "asked", "");
	on(&rig, "2026-07-03", "asked", "");
	on(&rig, "2026-07-05 23:59", "came", "minutes=60"); /* both, on the last day */
	assert_int_equal(cs->due.n, 0);
	on(&rig, "2026-07-06", "asked", "");
	on(&rig, "2026-07-07", "agreed", ""); /* a proposal keeps nothing */
	assert_int_equal(cs->due.n, 1);
	on(&rig, "2026-07-08", "approved", rig_about(&rig, 0, ",by=Ana"));
	assert_int_equal(cs->due.n, 0);
	assert_string_equal(rig_pass(&rig, cs, "2026-08-31"), "");
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_sum_over_all_programs_of_the_county),
	    cmocka_unit_test(test_a_proposal_counts_when_it_is_approved),
	    cmocka_unit_test(test_what_one_event_brings_is_taken_together),
	    cmocka_unit_test(test_a_cap_under_a_condition),
	    cmocka_unit_test(test_what_was_counted_and_promised_is_kept),
	    cmocka_unit_test(test_a_promise_that_is_gone_binds_nobody),
	    cmocka_unit_test(test_only_after_this_event_included),
	    cmocka_unit_test(test_only_after_binds_cases_that_have_the_event),
	    cmocka_unit_test(test_a_promise_that_is_not_kept),
	    cmocka_unit_test(test_a_promise_is_kept_by_any_block),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
