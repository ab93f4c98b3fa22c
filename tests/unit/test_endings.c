/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a case may wait for ever, and which funds can be overdrawn: each kind of answer.
 */
#include "engine/analyse/endings.h"
#include "engine/analyse/overdraw.h"

#include "tests/support/policy_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HEAD                                                                                       \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"case person\n"                                                                            \
	"  ill : yes/no default no\n"                                                              \
	"event seen of person\n"                                                                   \
	"event missed of person\n"                                                                 \
	"event ended of person\n"                                                                  \
	"party office\n"                                                                           \
	"program p\n"                                                                              \
	"  effective 2026-01-01\n"

#define COUNTY                                                                                     \
	"county alameda\n"                                                                         \
	"  adopts p from 2026-01-01\n"

/* The ending of the step, referral or requirement looked at last; ENDING_SURE: none is open. */
static enum ending last_of(const char *program, size_t *open)
{
	struct policy_text p;
	struct open_ends e = {0};
	policy_text_load(&p, program);
	endings_find(&e, p.rb);
	enum ending last = e.n ? e.at[e.n - 1].ending : ENDING_SURE;
	*open = e.n;
	endings_release(&e);
	policy_text_release(&p);
	return last;
}

static void ends(const char *program, enum ending expected, size_t open)
{
	size_t n;
	assert_int_equal(last_of(program, &n), expected);
	assert_int_equal(n, open);
}

#define STEPS(rest)                                                                                \
	HEAD "escalation e of person\n  step one\n    on missed\n    notify office \"one\"\n" rest \
	    COUNTY

static void test_steps(void **state)
{
	(void)state;
	ends(STEPS("  ends on ended\n"), ENDING_EVENT, 1);
	ends(STEPS("  ends never\n"), ENDING_NONE, 1);
	/* From one, time leads on; seen calls that off and leads nowhere, or ends it. */
	ends(STEPS("  step two after one\n    when no seen within 5 days\n"
		   "    notify office \"two\"\n  ends on ended\n"),
	     ENDING_EVENT, 2);
	ends(STEPS("  step two after one\n    when no seen within 5 days\n"
		   "    notify office \"two\"\n  ends on seen or ended\n"),
	     ENDING_EVENT, 1);
	ends(STEPS("  step two after one\n    when no seen within 5 days\n"
		   "    notify office \"two\"\n  ends on seen when ill\n"),
	     ENDING_EVENT, 2);
}

static void test_a_deadline_called_off_is_named(void **state)
{
	struct policy_text p;
	struct open_ends e = {0};
	(void)state;
	policy_text_load(&p, STEPS("  step two after one\n    when no seen within 5 days\n"
				   "    notify office \"two\"\n  ends on ended\n"));
	endings_find(&e, p.rb);
	assert_int_equal(e.steps, 2);
	assert_int_equal(e.at[0].ending, ENDING_CALLED_OFF);
	assert_int_equal(e.at[0].event, rulebook_event(p.rb, STR("seen")));
	endings_release(&e);
	policy_text_release(&p);
}

static void test_referrals(void **state)
{
	(void)state;
#define REFERS(how) HEAD "rule r of person\n  on missed\n  " how "\n" COUNTY
	ends(REFERS("refer to office"), ENDING_NO_DAY, 1);
	ends(REFERS("refer to office answered by seen within 5 days"), ENDING_NO_MORE, 1);
	ends(REFERS("refer to office answered by seen within 5 days\n    otherwise notify office "
		    "\"late\""),
	     ENDING_SURE, 0);
	ends(REFERS("may refer to office answered by seen within 5 days\n    otherwise notify "
		    "office \"late\""),
	     ENDING_PROPOSED, 1);
}

/* The first day on which the only fund's budget falls within a year; DAY_NONE: it never does. */
static int32_t falls(const char *amount, const char *per)
{
	struct buf text = {0};
	struct policy_text p;
	struct overdraws o = {0};
	buf_fmt(&text, HEAD "amount most is %s\nfund f budget most %s\n" COUNTY "%c", amount, per,
		'\0');
	policy_text_load(&p, text.p);
	overdraws_find(&o, p.rb);
	assert_int_equal(o.n, 1);
	int32_t day = o.at[0].falls ? o.at[0].day : DAY_NONE;
	overdraws_release(&o);
	policy_text_release(&p);
	buf_release(&text);
	return day;
}

static void test_a_budget_that_falls(void **state)
{
	(void)state;
	int32_t july = day_of((struct date){2026, 7, 1});
	assert_int_equal(falls("$100", "per year"), DAY_NONE);
	assert_int_equal(falls("$100\n  $200 from 2026-07-01", "per year"), DAY_NONE);
	assert_int_equal(falls("$100\n  $90 from 2026-07-01", "per year"), july);
	assert_int_equal(falls("$100\n  $90 from 2026-07-01", "in all"), july);
	assert_int_equal(falls("$100\n  $90 from 2026-07-01", "per fiscal year from July 1"),
			 DAY_NONE);
	assert_int_equal(falls("$100\n  $90 from 2025-07-01", "per year"), DAY_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_steps),
	    cmocka_unit_test(test_a_deadline_called_off_is_named),
	    cmocka_unit_test(test_referrals),
	    cmocka_unit_test(test_a_budget_that_falls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
