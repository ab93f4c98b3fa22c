/* SPDX-License-Identifier: Apache-2.0
 *
 * The most that one case may come to owe or be paid in a year: each kind of bound, at its value,
 * and what has none.
 */
#include "engine/analyse/debts.h"

#include "tests/support/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct compile_env env = {.zone_bytes = vocabulary_zone};

#define WORLD                                                                                      \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"case buyer\n"                                                                             \
	"  age : years from 0 to 120 optional\n"                                                   \
	"event convicted of buyer\n"                                                               \
	"  fine : money\n"                                                                         \
	"  level : number from 1 to 5\n"                                                           \
	"event missed of buyer\n"                                                                  \
	"event cleared of buyer\n"                                                                 \
	"party court\n"                                                                            \
	"program p \"P\"\n"                                                                        \
	"  effective 2026-01-01\n"                                                                 \
	"amount fee is $50\n"                                                                      \
	"  $60 from 2027-01-01\n"                                                                  \
	"percent share is 10%\n"

#define COUNTIES                                                                                   \
	"county alameda \"A\"\n"                                                                   \
	"  adopts p from 2026-01-01\n"                                                             \
	"county fresno \"F\"\n"                                                                    \
	"  adopts p from 2026-01-01\n"                                                             \
	"change amount fee to $80\n"

/* The sum of an action kind over a year, in the county where it is highest. */
static struct sum sum_of(const char *program, enum action_kind action, struct buf *way)
{
	struct buf text = {0};
	struct arena a = {0};
	struct diag_list diags;
	struct rulebook *rb;
	buf_c(&text, WORLD);
	buf_c(&text, program);
	buf_c(&text, COUNTIES);
	struct source source = {STR("p.way"), buf_view(&text)};
	diag_init(&diags, &a);
	assert_int_equal(compile_unchecked(&source, 1, &env, &diags, &rb), STATUS_OK);
	struct places places = places_of(rb, &a);
	struct asker *asker = asker_new(rb);
	struct summer *s = summer_new(asker, &places.at[0]);
	struct sum sum = sums_most(s, &(struct sum_of){.action = action, .per = UNIT_YEARS});
	buf_clear(way);
	if (!sum.bounded && sum.open.len)
		buf_str(way, rulebook_text(rb, sum.open));
	summer_free(s);
	asker_free(asker);
	diag_release(&diags);
	rulebook_unref(rb);
	arena_release(&a);
	buf_release(&text);
	return sum;
}

static void bounded(const char *program, enum action_kind action, int64_t most)
{
	struct buf way = {0};
	struct sum sum = sum_of(program, action, &way);
	buf_release(&way);
	if (!sum.bounded)
		fail_msg("no bound: %s", program);
	assert_int_equal(sum.most, most);
}

static void open_because(const char *program, enum action_kind action, const char *reads)
{
	struct buf way = {0};
	struct sum sum = sum_of(program, action, &way);
	assert_false(sum.bounded);
	assert_int_equal(sum.too_often, !reads);
	if (reads) {
		buf_char(&way, '\0');
		assert_string_equal(way.p, reads);
	}
	buf_release(&way);
}

static void test_counts_bound_how_often(void **state)
{
	(void)state;
	bounded("rule r of buyer\n  on convicted when count of convicted <= 3\n"
		"  assess $10 as a\n",
		ACTION_ASSESS, 3000);
	bounded("fine f of buyer\n  on convicted\n  tier 1 when count of convicted is 1\n"
		"    assess $1,000 as a\n  tier 2 when count of convicted is 2\n"
		"    assess 3 x $100 as b weekly\n  otherwise nothing\n",
		ACTION_ASSESS, 130000);
	open_because("rule r of buyer\n  on convicted when count of convicted >= 3\n"
		     "  assess $10 as a\n",
		     ACTION_ASSESS, NULL);
	open_because("rule r of buyer\n  on convicted when count of missed <= 3\n"
		     "  assess $10 as a\n",
		     ACTION_ASSESS, NULL);
}

static void test_time_between_and_windows(void **state)
{
	(void)state;
	/* 366 days have room for 4 events that are 100 days apart, and 5 windows of 90 days. */
	bounded("rule r of buyer\n  on missed when days since missed >= 100 or unknown\n"
		"  assess $10 as a\n",
		ACTION_ASSESS, 4000);
	bounded("rule r of buyer\n  on missed when count of missed in last 90 days <= 2\n"
		"  assess $10 as a\n",
		ACTION_ASSESS, 10000);
	/* A proposal may be approved in another year than it was made. */
	open_because("rule r of buyer\n  on missed when days since missed >= 100 or unknown\n"
		     "  may assess $10 as a\n",
		     ACTION_ASSESS, NULL);
	bounded("rule r of buyer\n  on missed when count of missed is 1\n"
		"  may assess $10 as a\n",
		ACTION_ASSESS, 1000);
}

static void test_steps_are_entered_once_unless_it_ends(void **state)
{
	(void)state;
#define STEPS                                                                                      \
	"escalation e of buyer\n  step one\n    on missed\n    assess $5 as a\n"                   \
	"  step two after one\n    on missed\n    assess $7 as a\n"
	bounded(STEPS "  ends never\n", ACTION_ASSESS, 1200);
	open_because(STEPS "  ends on cleared\n", ACTION_ASSESS, NULL);
}

static void test_amounts(void **state)
{
	(void)state;
#define ONCE(amount)                                                                               \
	"rule r of buyer\n  on convicted when count of convicted is 1\n  assess " amount " as a\n"
	bounded(ONCE("fee x level"), ACTION_ASSESS, 40000); /* Fresno's $80, five times */
	bounded(ONCE("lesser of fine and $70"), ACTION_ASSESS, 7000);
	bounded(ONCE("share of $605 rounded up to the cent"), ACTION_ASSESS, 6050);
	bounded(ONCE("$1,000 / level rounded down to the cent"), ACTION_ASSESS, 100000);
	bounded(ONCE("$28 for each $10 or part of fee"), ACTION_ASSESS, 22400);
	open_because(ONCE("greater of fine and $70"), ACTION_ASSESS, "fine");
	open_because(ONCE("fine + fee"), ACTION_ASSESS, "fine");
}

static void test_limits_and_caps(void **state)
{
	(void)state;
	bounded("stipend s of buyer\n  on missed\n  pay $10 to buyer\n  at most 2 per month\n",
		ACTION_PAY, 24000);
	bounded("stipend s of buyer\n  on convicted\n  pay fine to buyer\n"
		"  at most $500 per year\n",
		ACTION_PAY, 50000);
	/* 366 days touch 54 weeks when they begin with a Sunday. */
	bounded("stipend s of buyer\n  on missed\n  may pay $10 to buyer\n  at most 1 per week\n",
		ACTION_PAY, 54000);
	bounded("rule r of buyer\n  on missed\n  assess $10 as a\n"
		"never assess more than $300 per case per year as a\n",
		ACTION_ASSESS, 30000);
	open_because("rule r of buyer\n  on missed\n  assess $10 as a\n"
		     "never assess more than $300 per case per year as b\n"
		     "rule q of buyer\n  on cleared\n  assess $1 as b\n",
		     ACTION_ASSESS, NULL);
	bounded("rule r of buyer\n  on missed when count of missed is 1\n  assess $10 as a\n"
		"never assess more than $300 per case per year as b\n"
		"rule q of buyer\n  on cleared\n  assess $1 as b\n",
		ACTION_ASSESS, 31000);
}

static void test_schedules(void **state)
{
	(void)state;
	bounded("schedule s of buyer\n  on missed when count of missed is 1\n"
		"  pay fee to buyer monthly for 12 months\n",
		ACTION_PAY, 96000);
	open_because("schedule s of buyer\n  on missed\n  pay fee to buyer monthly for 12 months\n",
		     ACTION_PAY, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_counts_bound_how_often),
	    cmocka_unit_test(test_time_between_and_windows),
	    cmocka_unit_test(test_steps_are_entered_once_unless_it_ends),
	    cmocka_unit_test(test_amounts),
	    cmocka_unit_test(test_limits_and_caps),
	    cmocka_unit_test(test_schedules),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
