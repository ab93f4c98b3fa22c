/* SPDX-License-Identifier: Apache-2.0
 *
 * Plain words: conditions, amounts and actions as people would say them, and the picture made of
 * them.
 */
#include "engine/explain/plain.h"

#include "engine/explain/picture.h"
#include "tests/support/policy_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define DAY_2026_07_01 20635

static const char head[] =
    "timezone \"America/Los_Angeles\"\n"
    "case survivor \"A survivor\"\n  age : years from 0 to 120 optional\n  housed : yes/no default "
    "no\n"
    "  risk : one of not_known, at_risk, exploited default not_known\n  friend : survivor "
    "optional\n"
    "  secret : yes/no default no confidential\n"
    "case agency\n  vetted : yes/no default no\n"
    "event visit of survivor \"A survivor came\"\n  minutes : number from 0 to 600\n"
    "  provider : agency\n  explained : yes/no optional\n  cost : money from $0 to $900\n"
    "event other of survivor\n"
    "party office \"The office of the county\"\n"
    "requirement plan \"A plan for the year\"\n"
    "action arrest \"Arrest a person\"\n"
    "fund pot \"Money for sessions\" budget $1,000 per year\n"
    "capacity house of survivor \"Beds in the house\" is 9 places\n"
    "docket review of survivor \"The weekly review\"\n  meets weekly on Thursday\n"
    "  at most 5 cases\n"
    "program help \"Help\"\n  effective 2026-07-01\n"
    "amount fee is $100\n  $120 from 2027-01-01\n"
    "number twice is 2\n"
    "period wait is 14 days\n"
    "schedule rent of survivor \"Rent\"\n  on other\n"
    "  pay fee to survivor every 2 weeks for 6 times starting same day from pot\n"
    "stages way of survivor \"The way\"\n  stage begun\n    on other\n  ends on visit\n";

static const char county[] = "county alameda \"Alameda County\"\n  adopts help from 2026-07-01\n"
			     "change amount fee to $110 from 2026-07-01\n";

/* The first block whose name is `tried`. */
static const struct block *tried(const struct rulebook *rb)
{
	for (uint32_t i = 0; i < rb->nblocks; i++)
		if (str_eq(rb->blocks[i].name, STR("tried")))
			return &rb->blocks[i];
	return NULL;
}

static struct plain where(const struct rulebook *rb, const struct block *k, bool in_county)
{
	return (struct plain){rb, in_county ? 0 : NONE, DAY_2026_07_01,
			      rb->parts[k->first_part].event, k->case_kind};
}

static void load(struct policy_text *p, const char *block)
{
	struct buf text = {0};
	buf_fmt(&text, "%s%s\n%s%c", head, block, county, 0);
	policy_text_load(p, text.p);
	buf_release(&text);
}

static void is_said(const char *said, const char *expected)
{
	if (!str_eq(str_from(said), str_from(expected)))
		fail_msg("\n  said:     %s\n  expected: %s", said, expected);
}

static void condition(const char *when, const char *expected)
{
	struct policy_text p;
	struct buf block = {0}, b = {0};
	buf_fmt(&block, "rule tried of survivor\n  on visit when %s\n  notify office \"x\"%c", when,
		0);
	load(&p, block.p);
	struct plain at = where(p.rb, tried(p.rb), true);
	plain_condition(&b, &at, &p.rb->parts[tried(p.rb)->first_part].when);
	buf_char(&b, '\0');
	is_said(b.p, expected);
	buf_release(&block);
	buf_release(&b);
	policy_text_release(&p);
}

static void test_conditions(void **state)
{
	(void)state;
	condition("minutes >= 60", "“minutes” is 60 or more");
	condition("not minutes >= 60", "“minutes” is less than 60");
	condition("minutes > 60 and minutes <= 90",
		  "“minutes” is more than 60, and “minutes” is 90 or less");
	condition("minutes is not 60", "“minutes” is not 60");
	condition("cost < fee", "“cost” is less than $110.00");
	condition("provider.vetted", "“vetted” of the provider is yes");
	condition("not housed", "“housed” is no");
	condition("explained is known and not explained", "“explained” is no");
	condition("age is unknown", "“age” is not known");
	condition("age is known and age < 18", "“age” is less than 18 years");
	condition("risk is at_risk", "“risk” is at risk");
	condition("risk is one of at_risk, exploited", "“risk” is at risk or exploited");
	condition("risk is not one of at_risk, exploited",
		  "“risk” is neither at risk nor exploited");
	condition("not risk is one of at_risk, exploited",
		  "“risk” is neither at risk nor exploited");
	condition("housed or (minutes > 5 and risk is at_risk)",
		  "“housed” is yes, or (“minutes” is more than 5, and “risk” is at risk)");
	condition("not (housed or minutes > 5)", "“housed” is no, and “minutes” is 5 or less");
	condition("explained or unknown", "“explained” is yes, or that is not known");
	condition("count of visit is 1", "it is the first time");
	condition("count of visit >= twice", "it is time number 2 or later");
	condition("count of visit > 2", "it is time number 3 or later");
	condition("count of other is 0", "“other” was never reported");
	condition("count of other >= 1", "“other” was reported 1 time or more");
	condition("count of other < 3",
		  "the number of times that “other” was reported is less than 3");
	condition("count of other + count of visit is 0",
		  "neither “other” nor “visit” was ever reported");
	condition(
	    "count of other in last 12 months > 1",
	    "the number of times that “other” was reported in the last 12 months is more than 1");
	condition("days since other is known and days since other < wait",
		  "the time since “other” is less than 14 days");
	condition("days since other is unknown", "“other” was never reported before");
	condition("balance owed > $5", "what is still owed is more than $5.00");
	condition("paid under rent > $5", "what was paid under “rent” is more than $5.00");
	condition("enrolled in house", "the survivor has a place in “Beds in the house”");
	condition("not waiting for house",
		  "the survivor does not wait for a place in “Beds in the house”");
	condition("placed on review", "a seat is kept at “The weekly review”");
	condition("stage of way is none", "the survivor is in no stage of “The way”");
	condition("not stage of way is begun",
		  "the survivor is not in the stage “begun” of “The way”");
	condition("friend is known and friend.housed",
		  "“friend” is known, and “housed” of the friend is yes");
}

/* What the part of the block `tried` brings about, action by action. */
static void actions(const char *block, const char *expected)
{
	struct policy_text p;
	struct buf b = {0};
	load(&p, block);
	const struct block *k = tried(p.rb);
	const struct part *part = &p.rb->parts[k->first_part];
	struct plain at = where(p.rb, k, true);
	for (uint16_t i = 0; i < part->nactions; i++) {
		size_t from = b.len;
		plain_action(&b, &at, &part->actions[i]);
		plain_sentence(&b, from);
		buf_char(&b, ' ');
		plain_answer(&b, &at, &part->actions[i]);
	}
	for (uint16_t i = 0; i < k->nlimits; i++)
		plain_limit(&b, &at, &k->limits[i]);
	buf_char(&b, '\0');
	is_said(b.p, expected);
	buf_release(&b);
	policy_text_release(&p);
}

static void test_actions(void **state)
{
	(void)state;
	actions("stipend tried of survivor\n  on visit\n  pay fee x 2 to provider from pot\n  at "
		"most 1 per day",
		"A payment of $110.00 times 2 to the provider, from the fund “Money for sessions”. "
		"at most 1 time a day");
	actions("stipend tried of survivor\n  on visit\n  pay cost to survivor\n  at most $500 per "
		"case",
		"A payment of the “cost” to the survivor. at most $500.00 in all");
	actions("schedule tried of survivor\n  on visit\n"
		"  pay $5 to survivor monthly for 12 months starting first of next month",
		"Payments of $5.00 to the survivor, 12 times, every month, beginning on the first "
		"day of "
		"the next month. ");
	actions("rule tried of survivor\n  on visit\n  assess $90 as late_fee in 3 weekly "
		"instalments into pot",
		"The survivor owes $90.00 for the “late fee”, in 3 parts, one every week, into the "
		"fund "
		"“Money for sessions”. ");
	actions("rule tried of survivor\n  on visit\n  may assess 5 x $9 as late_fee weekly due "
		"within wait",
		"If a named person approves it: the survivor owes 5 times $9.00 for the “late "
		"fee”, one "
		"part every week, to be paid within 14 days. ");
	actions(
	    "rule tried of survivor\n  on visit\n  refer to office answered by other within wait\n"
	    "    otherwise notify office \"Nobody came\"",
	    "A referral to the office of the county. This should follow within 14 days: other. If "
	    "not: "
	    "a notice to the office of the county: “Nobody came”.");
	actions(
	    "rule tried of survivor\n  on visit\n  require plan answered by other within 2 weeks",
	    "This is asked for: a plan for the year. This should follow within 14 days: other.");
	actions("rule tried of survivor\n  on visit\n  start rent",
		"Payments of $110.00 to the survivor, 6 times, every 2 weeks, beginning the same "
		"day, from "
		"the fund “Money for sessions”. ");
	actions(
	    "rule tried of survivor\n  on visit\n  order arrest\n  set housed to yes\n  set risk "
	    "to at_risk\n"
	    "  set secret to yes\n  deny \"Too late\"",
	    "This is ordered: Arrest a person. It is noted that “housed” is yes. It is noted that "
	    "“risk” is at risk. A protected detail is noted. The request is turned down: “Too "
	    "late”. ");
	actions("rule tried of survivor\n  on visit\n  enrol in house\n  place on review urgent\n  "
		"enter begun\n"
		"  waive late_fee\n  credit $5 against late_fee\n  assess $5 as late_fee",
		"A place in “Beds in the house”, or in the line for one. An urgent seat at the "
		"next “The "
		"weekly review”. The survivor enters the stage “begun”. Nothing more is owed for "
		"the “late "
		"fee”. $5.00 less is owed for the “late fee”. The survivor owes $5.00 for the "
		"“late fee”. ");
}

static void never(const char *block, const char *expected)
{
	struct policy_text p;
	struct buf b = {0};
	load(&p, block);
	assert_int_equal(p.rb->nnevers, 1);
	const struct block *k = &p.rb->blocks[p.rb->nevers[0].block];
	struct plain at = {p.rb, 0, DAY_2026_07_01, NONE, k->case_kind};
	plain_never(&b, &at, &p.rb->nevers[0]);
	buf_char(&b, '\0');
	is_said(b.p, expected);
	buf_release(&b);
	policy_text_release(&p);
}

static void test_what_never_happens(void **state)
{
	(void)state;
	never("never order arrest for survivor", "no “arrest” for a survivor");
	never("never refer to office for survivor when housed",
	      "no referral to the office of the county for a survivor while “housed” is yes");
	never("never pay more than $5,000 per case per year for survivor",
	      "no payment for a survivor of more than $5,000.00 a year");
	never("only after other start rent for survivor",
	      "no start of payments of “rent” for a survivor before this: other");
	never("always notify office within 2 days of visit for survivor",
	      "a notice to the office of the county for a survivor");
}

/* A county's own amounts, and those of the day. */
static void test_amounts_of_the_day_and_place(void **state)
{
	(void)state;
	struct policy_text p;
	struct buf b = {0};
	load(&p, "");
	struct plain at = {p.rb, NONE, DAY_2026_07_01, NONE, NONE};
	uint16_t fee = 0;
	while (!str_eq(p.rb->params[fee].name, STR("fee")))
		fee++;
	plain_param(&b, &at, fee);
	at.day += 200;
	plain_param(&b, &at, fee);
	at.county = 0;
	plain_param(&b, &at, fee);
	plain_day(&b, DAY_2026_07_01);
	buf_char(&b, '\0');
	is_said(b.p, "$100.00$120.00$110.00July 1, 2026");
	buf_release(&b);
	policy_text_release(&p);
}

static void test_picture_shows_all_and_leads_on(void **state)
{
	(void)state;
	struct policy_text p;
	struct buf b = {0}, again = {0};
	load(&p, "escalation tried of survivor \"Staying <away>\"\n  step one\n    on other\n  "
		 "step two after one\n"
		 "    when no visit within 14 days\n    notify office \"Nobody \\ came\"\n  ends "
		 "on visit or other\n"
		 "never order arrest for survivor\n  \"No arrests\"");
	struct picture_view v = {NONE, 0, DAY_2026_07_01};
	picture_dot(&b, p.rb, &v);
	picture_dot(&again, p.rb, &v);
	assert_true(str_eq(buf_view(&b), buf_view(&again)));
	buf_char(&b, '\0');
	static const char *const shows[] = {"Staying &lt;away&gt;",
					    "Step one",
					    "↓",
					    "when this has not happened within 14 days:",
					    "It is over",
					    "This never happens",
					    "No arrests",
					    "No “arrest” for a survivor.",
					    "Payments of $110.00 to the survivor, 6 times,",
					    "Money for sessions",
					    "$1,000.00 a year",
					    "Nobody \\",
					    "dir=back"};
	for (size_t i = 0; i < sizeof(shows) / sizeof(*shows); i++)
		if (!strstr(b.p, shows[i]))
			fail_msg("not shown: %s\n%s", shows[i], b.p);
	/* `ends on a or b` is one row that two events lead to */
	size_t ends = 0;
	for (const char *at = b.p; (at = strstr(at, "It is over")); at++)
		ends++;
	assert_int_equal(ends, 2); /* of the stages, and of the escalation */
	buf_release(&b);
	buf_release(&again);
	policy_text_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_conditions),
	    cmocka_unit_test(test_actions),
	    cmocka_unit_test(test_what_never_happens),
	    cmocka_unit_test(test_amounts_of_the_day_and_place),
	    cmocka_unit_test(test_picture_shows_all_and_leads_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
