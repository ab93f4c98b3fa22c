/* SPDX-License-Identifier: Apache-2.0
 *
 * What is checked exactly over all cases and days: each policy here gives just the diagnostics that
 * stand beside it, and those that must be accepted give none.
 */
#include "grammar/codes.h"
#include "tests/support/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct compiled {
	struct arena arena;
	struct diag_list diags;
	struct rulebook *rb;
};

static const struct compile_env env = {.zone_bytes = vocabulary_zone};

static void open_text(struct compiled *c, const char *text)
{
	*c = (struct compiled){0};
	diag_init(&c->diags, &c->arena);
	vocabulary_compile(str_from(text), &env, &c->diags, &c->rb);
}

static void close_compiled(struct compiled *c)
{
	rulebook_unref(c->rb);
	diag_release(&c->diags);
	arena_release(&c->arena);
}

/* Diagnostics of the snippet itself, but for what it leaves unused. */
static size_t found(const struct compiled *c, int code, const struct diag **first)
{
	size_t n = 0;
	*first = NULL;
	for (size_t i = 0; i < c->diags.n; i++) {
		const struct diag *d = &c->diags.at[i];
		bool of_all = d->code == W_UNUSED || d->code == W_SET_UNREAD;
		if (d->span.source != 0 || (of_all && d->code != code))
			continue;
		*first = n++ ? *first : d;
	}
	return n;
}

struct expected {
	const char *text;
	int code; /* 0: accepted without a word */
	const char *message, *help;
};

static void check_all(const struct expected *at, size_t n)
{
	size_t failed = 0;
	for (size_t i = 0; i < n; i++) {
		struct compiled c;
		const struct diag *d;
		open_text(&c, at[i].text);
		size_t diags = found(&c, at[i].code, &d);
		bool fine = at[i].code == 0
				? diags == 0
				: diags == 1 && d->code == at[i].code &&
				      str_contains(d->message, str_from(at[i].message)) &&
				      str_contains(d->help, str_from(at[i].help));
		if (!fine) {
			failed++;
			print_message("case %zu, W%04d expected:\n%s\n", i, at[i].code, at[i].text);
			for (size_t k = 0; k < c.diags.n; k++)
				print_message("  W%04d " STR_FMT "\n        " STR_FMT "\n",
					      c.diags.at[k].code, STR_ARG(c.diags.at[k].message),
					      STR_ARG(c.diags.at[k].help));
		}
		close_compiled(&c);
	}
	assert_int_equal(failed, 0);
}

#define CHECK_ALL(list) check_all(list, sizeof(list) / sizeof(*(list)))

/* ---- consent and confidential facts ---- */

#define CLIENTS                                                                                    \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"case client\n"                                                                            \
	" consented_on : date optional consent\n"                                                  \
	" ready : yes/no default no\n"                                                             \
	" income : money default $0 confidential\n"                                                \
	" share : money default $0\n"                                                              \
	" helper : agency optional confidential\n"                                                 \
	"case agency\n"                                                                            \
	"event joined of client\n"                                                                 \
	" sets consented_on, income, helper\n"                                                     \
	" plan : text confidential\n"                                                              \
	"event agreed of client\n"                                                                 \
	" sets consented_on\n"                                                                     \
	"event left of client\n"                                                                   \
	"party office\n"                                                                           \
	"requirement form\n"                                                                       \
	"program p\n effective 2026-07-01\n"

static const struct expected consent[] = {
    {CLIENTS "rule r\n on joined\n pay $5 to client\n"
	     "rule o\n overrides r when consented_on is unknown\n",
     W_CONSENT_CONDITION, "`pay $5 to client` depends on the consent `consented_on` through `o`",
     ""},
    {CLIENTS "rule r\n on joined\n pay $5 to client\n"
	     "rule a\n overrides r\n on joined when consented_on is known\n",
     W_CONSENT_CONDITION, "through `a`", ""},
    {CLIENTS "rule r\n on joined\n notify office\n"
	     "rule o\n overrides r when consented_on is unknown\n",
     0, "", ""},
    {CLIENTS "rule r\n on joined when consented_on is known\n pay $5 to client\n",
     W_CONSENT_CONDITION, "`pay $5 to client` depends on the consent `consented_on`",
     "ask for it with `require`"},
    {CLIENTS "rule a\n on joined when consented_on is known\n set ready to yes\n"
	     "rule r\n on left when ready\n pay $5 to client\n",
     W_CONSENT_CONDITION, "the consent `consented_on` through `ready`", ""},
    {CLIENTS "rule r\n on joined when consented_on is unknown\n deny \"No\"\n", W_CONSENT_CONDITION,
     "`deny \"No\"`", ""},
    {CLIENTS "rule r\n on agreed\n pay $5 to client\n", W_CONSENT_CONDITION,
     "depends on the consent `agreed`", ""},
    {CLIENTS "rule r\n on left when count of agreed > 0\n pay $5 to client\n", W_CONSENT_CONDITION,
     "depends on the consent `agreed`", ""},
    {CLIENTS
     "escalation e\n step a\n on joined when consented_on is known\n notify office\n step b "
     "after a\n on left\n refer to office\n ends on left when ready\n",
     W_CONSENT_CONDITION, "the consent `consented_on` through `a`", ""},
    {CLIENTS "schedule s\n on joined\n pay $5 to client monthly for 3 months\n holds while "
	     "consented_on is unknown\n",
     W_CONSENT_CONDITION, "`consented_on is unknown`", ""},
    {CLIENTS "rule r\n on joined\n pay $5 to client\nnever pay for client when consented_on is "
	     "unknown\n",
     W_CONSENT_CONDITION, "`never pay for client when consented_on is unknown`", ""},
    {CLIENTS "rule r\n on joined\n require form answered by agreed within 3 days\n  otherwise deny "
	     "\"No\"\n",
     W_CONSENT_CONDITION, "`deny \"No\"` depends on the consent `agreed`", ""},
    {CLIENTS "rule r\n on joined when consented_on is known\n require form within 3 days\n notify "
	     "office\n set "
	     "ready to yes\nrule q\n on left when ready\n notify office\n",
     0, "", ""},
    {CLIENTS
     "rule r\n on joined\n pay $5 to client\nrule q\n on left when count of joined > 0\n pay "
     "$5 to client\n",
     0, "", ""},
    {"timezone \"America/Los_Angeles\"\ncase client\n ok : yes/no default no consent\n",
     W_CONSENT_FACT, "`ok` cannot be a person's consent", "`ok : date optional consent`"},
    {"timezone \"America/Los_Angeles\"\ncase client\nevent met of client\n ok : date optional "
     "consent\n",
     W_CONSENT_FACT, "not a field of an event", "`sets ok`"},
};

static void test_a_consent_is_never_a_condition(void **state)
{
	(void)state;
	CHECK_ALL(consent);
}

static const struct expected confidential[] = {
    {CLIENTS "rule r\n on joined\n set share to income\n", W_CONFIDENTIAL,
     "`income` is confidential, but the fact `share`, which takes its value, is not",
     "declare `share` confidential as well"},
    {CLIENTS "rule r\n on joined\n set ready to (income > $5)\n", W_CONFIDENTIAL, "`ready`", ""},
    {CLIENTS "rule r\n on joined\n pay 10% of income rounded down to the cent to client\n",
     W_CONFIDENTIAL, "would show `income`, which is confidential", "a condition may decide on it"},
    {CLIENTS "rule r\n on joined when helper is known\n pay $5 to helper\n", W_CONFIDENTIAL,
     "`pay $5 to helper` would show `helper`", ""},
    {CLIENTS "schedule s\n on joined\n pay income to client monthly for 3 months\n", W_CONFIDENTIAL,
     "`income` would show `income`", ""},
    {CLIENTS
     "rule r\n on joined when income > $5 and plan is \"x\"\n pay $5 to client\n set income "
     "to income + $5\n",
     0, "", ""},
};

static void test_a_confidential_value_stays_in_the_case(void **state)
{
	(void)state;
	CHECK_ALL(confidential);
}

/* ---- contradictions ---- */

#define PROGRAM   "program help\n effective 2026-07-01\n"
#define COUNTY    "county alameda\n adopts help from 2026-07-01\n"
#define YES(when) "rule y\n on session_attended" when "\n set housed to yes\n"
#define NO(when)  "rule n\n on session_attended" when "\n set housed to no\n"

static const struct expected contradictions[] = {
    {PROGRAM YES("") NO(""), W_CONTRADICTION,
     "`y` and `n` set `housed` to different values in every case", "`overrides` the other"},
    {PROGRAM YES(" when minutes >= 60") NO(" when minutes <= 60"), W_CONTRADICTION,
     "different values when minutes is 60", ""},
    {PROGRAM YES(" when minutes >= 60") NO(" when minutes < 60"), 0, "", ""},
    {PROGRAM YES(" when minutes >= 60") NO(" when count of session_attended is 2"), W_CONTRADICTION,
     "when minutes is 60 or more and count of session_attended is 2", ""},
    {PROGRAM YES(" when age is known and age < 18") NO(" when age is unknown or age >= 18"), 0, "",
     ""},
    {PROGRAM YES(" when age < 18 or unknown") NO(" when age is unknown or age >= 18"),
     W_CONTRADICTION, "when age is unknown", ""},
    {PROGRAM YES(" when age < 18 or unknown") NO(" when age > 17 or unknown"), W_CONTRADICTION,
     "when age is unknown", ""},
    {PROGRAM YES(" when custody is one of none, juvenile") NO(" when custody is not none"),
     W_CONTRADICTION, "when custody is juvenile", ""},
    {PROGRAM YES(" when custody is none") NO(" when custody is one of juvenile, adult"), 0, "", ""},
    {PROGRAM YES(" when count of intake + count of plan_agreed is 0")
	 NO(" when count of intake > 0 or count of plan_agreed > 0"),
     0, "", ""},
    {PROGRAM YES(" when count of intake > count of plan_agreed")
	 NO(" when count of plan_agreed + 2 > count of intake"),
     W_CONTRADICTION, "when count of intake is 1 and count of plan_agreed is 0", ""},
    {PROGRAM YES(" when count of intake > count of plan_agreed")
	 NO(" when count of plan_agreed > count of intake"),
     0, "", ""},
    {PROGRAM YES(" when days since intake is known and days since intake < 7")
	 NO(" when count of intake is 0"),
     0, "", ""},
    {PROGRAM YES(" when count of intake in last 6 months >= 3") NO(" when count of intake < 3"), 0,
     "", ""},
    {PROGRAM YES(" when today < 2027-01-01") NO(" when today >= 2027-01-01"), 0, "", ""},
    {PROGRAM YES(" when provider.vetted") NO(" when not provider.vetted"), 0, "", ""},
    {PROGRAM YES(" when provider.until is unknown") NO(" when not provider.vetted"),
     W_CONTRADICTION, "when provider.until is unknown and provider.vetted is no", ""},
    {PROGRAM YES(" when housed") NO(" when not housed"), 0, "", ""},
    {PROGRAM YES("") "rule n\n on session_attended\n set housed to yes\n", 0, "", ""},
    {PROGRAM YES("") "rule n\n on session_attended\n set housed to housed\n", W_CONTRADICTION,
     "when housed is no", ""},
    {PROGRAM YES("") "rule n of survivor\n on intake\n set housed to no\n", 0, "", ""},
    {PROGRAM "rule y\n on session_attended\n set housed to yes\n set housed to no\n",
     W_CONTRADICTION, "`y` sets `housed` to two different values", "set it once"},
    {PROGRAM
     "rule y\n on intake\n require care_plan within 3 days\n  otherwise set housed to yes\n  "
     "otherwise set housed to no\n",
     W_CONTRADICTION, "`y` sets `housed` to two different values", "set it once"},
    {PROGRAM
     "rule y\n on session_attended when minutes > 5\n on session_attended when housed\n set "
     "housed to (not housed)\n",
     0, "", ""},
    {PROGRAM "rule y\n on session_attended\n set note to \"a\"\n"
	     "rule n\n on session_attended\n set note to unknown\n",
     W_CONTRADICTION, "set `note` to different values in every case", ""},
    {PROGRAM
     "rule y of survivor\n on session_attended when balance owed > 10% of balance owed rounded "
     "up to the cent\n set housed to yes\n" NO(" when balance owed > $5"),
     W_NOT_EXCLUDED, "it cannot be excluded that `y` and `n` set `housed`", ""},
    {PROGRAM "capacity home of survivor is 3 places\nrule o of survivor\n on intake\n enrol in "
	     "home\n" YES(" when enrolled in home") NO(" when waiting for home"),
     0, "", ""},
    {PROGRAM "capacity home of survivor is 3 places\nrule o of survivor\n on intake\n enrol in "
	     "home\n" YES(" when not enrolled in home") NO(" when waiting for home"),
     W_CONTRADICTION, "when enrolled in home is no and waiting for home is yes", ""},
    /* overridden */
    {PROGRAM YES("") "rule n overrides y\n on session_attended\n set housed to no\n", 0, "", ""},
    {PROGRAM YES(
	 "") "rule n overrides y when minutes > 30\n on session_attended\n set housed to no\n",
     W_CONTRADICTION, "when minutes is 30 or less", ""},
    {PROGRAM YES("") NO("") "rule o of survivor overrides y\n when age is known and age < 18\n",
     W_CONTRADICTION, "", ""},
    {PROGRAM YES(" when age is known and age < 12")
	 NO("") "rule o of survivor overrides y when age is known and age < 18\n",
     0, "", ""},
    /* parameters, counties, days */
    {PROGRAM "number long is 60\n 50 from 2027-01-01\n" YES(" when minutes >= long")
	 NO(" when minutes < 60"),
     W_CONTRADICTION, "when minutes is from 50 to 59 on 2027-01-01", ""},
    {PROGRAM "number long is 60\n" YES(" when minutes >= long") NO(" when minutes < 60") COUNTY
     "change number long to 45 from 2028-01-01\n",
     W_CONTRADICTION, "when minutes is from 45 to 59 in `alameda` on 2028-01-01", ""},
    {PROGRAM "number long is 60\n" YES(" when minutes >= long") NO(" when minutes < long") COUNTY
     "change number long to 45 from 2028-01-01\n",
     0, "", ""},
    {PROGRAM YES(" when minutes >= 60") NO(" when minutes < 60") COUNTY
     "replace rule n from 2027-01-01\n on session_attended\n set housed to no\n",
     W_CONTRADICTION, "when minutes is 60 or more", ""},
    {PROGRAM YES("") "program other\n effective 2026-07-01\n" NO("") COUNTY, 0, "", ""},
    {PROGRAM YES("") "program other\n effective 2026-07-01\n" NO("") COUNTY
     " adopts other from 2027-01-01\n",
     W_CONTRADICTION, "`y` and `n`", ""},
};

static void test_provisions_do_not_contradict_each_other(void **state)
{
	(void)state;
	CHECK_ALL(contradictions);
}

#define FINE(one, two)                                                                             \
	PROGRAM "fine f\n on conviction\n tier 1 when " one                                        \
		"\n  assess $1 as course\n tier 2 when " two "\n  assess $2 as course\n"

static const struct expected tiers[] = {
    {FINE("count of conviction <= 2", "count of conviction >= 2"), W_TIERS_MEET,
     "tier 1 and tier 2 of `f` both apply when count of conviction is 2", "exclude each other"},
    {FINE("count of conviction is 1", "count of conviction is 2"), W_TIER_GAP,
     "no tier of `f` applies when count of conviction is 3 or more", "`otherwise nothing`"},
    {FINE("count of conviction is 1", "count of conviction > 2"), W_TIER_GAP,
     "when count of conviction is 2", ""},
    {FINE("count of conviction is 1", "count of conviction > 2") " otherwise nothing\n", 0, "", ""},
    {FINE("count of conviction is 1", "count of conviction > 1") " otherwise nothing\n",
     W_NOTHING_LEFT, "leave nothing for `otherwise nothing`", ""},
    {FINE("count of conviction > 0", "count of conviction is 0"), W_TIER_NEVER,
     "tier 2 can never apply", "count of conviction is 1 or more"},
    {FINE("balance owed > $5", "balance owed < $5"), W_TIER_GAP, "when balance owed is $5", ""},
    {PROGRAM
     "fine f\n on conviction when count of conviction > 1\n tier 1 when count of conviction "
     "is 2\n  assess $1 as course\n tier 2 when count of conviction > 2\n  assess $2 as "
     "course\n",
     0, "", ""},
    {PROGRAM "number most is 2\n 3 from 2027-01-01\nfine f\n on conviction\n tier 1 when count of "
	     "conviction <= most\n  assess $1 as course\n tier 2 when count of conviction > 2\n  "
	     "assess $2 as course\n",
     W_TIERS_MEET, "when count of conviction is 3 on 2027-01-01", ""},
    {PROGRAM
     "fine f\n on second conviction or hearing_missed\n tier 1 when count of hearing_missed "
     "is 0\n  assess $1 as course\n tier 2 when count of hearing_missed > 0\n  assess $2 as "
     "course\n",
     0, "", ""},
};

static void test_tiers_are_complete_and_disjoint(void **state)
{
	(void)state;
	CHECK_ALL(tiers);
}

#define STEPS PROGRAM "escalation e of survivor\n"

static const struct expected steps[] = {
    {STEPS " step a\n  on intake\n step b\n  on intake\n ends on plan_agreed\n", W_STEPS_MEET,
     "step a and step b of `e` both apply to one `intake` when step of e is none", ""},
    {STEPS " step a\n  on intake\n step b after a\n  on plan_agreed\n ends on plan_agreed\n",
     W_STEPS_MEET, "step b and the end of `e` both apply to one `plan_agreed` when step of e is a",
     ""},
    {STEPS " step a\n  on intake\n step b after a\n  on intake\n ends on plan_agreed\n", 0, "", ""},
    {STEPS " step a\n  on intake\n step b after a\n  on intake when housed\n step c after a\n  on "
	   "intake when not housed\n ends on plan_agreed\n",
     0, "", ""},
    {STEPS " step a\n  on intake\n step b after a\n  on intake when step of e is none\n ends on "
	   "plan_agreed\n",
     W_STEPS, "the step `b` can never be entered", ""},
    {STEPS " step a\n  on intake\n step b after a\n  on plan_agreed\n", W_NO_WAY_OUT,
     "a case stays in the step `b` for good", "`ends never`"},
    {STEPS " step a\n  on intake\n step b after a\n  on plan_agreed\n ends never\n", 0, "", ""},
    {STEPS " step a\n  on intake\n ends on plan_agreed when count of plan_agreed is 0\n",
     W_NO_WAY_OUT, "", ""},
};

static void test_steps_are_entered_one_by_one_and_left(void **state)
{
	(void)state;
	struct expected first[sizeof(steps) / sizeof(*steps) - 1];
	memcpy(first, steps, sizeof(first));
	CHECK_ALL(first);
	struct compiled c; /* an end that never comes is told as well */
	const struct diag *d;
	open_text(&c, steps[sizeof(first) / sizeof(*first)].text);
	assert_int_equal(found(&c, W_NO_WAY_OUT, &d), 2);
	close_compiled(&c);
}

static const struct expected verdicts[] = {
    {PROGRAM "rule r\n on session_attended when minutes < 15 and minutes > 60\n notify advocate\n",
     W_NEVER_MET, "`minutes < 15 and minutes > 60` can never be met here",
     "minutes is from 0 to 1,440"},
    {PROGRAM "rule r\n on session_attended when minutes < 60 or minutes >= 60\n notify advocate\n",
     W_ALWAYS_MET, "is always met here", ""},
    {PROGRAM "rule r\n on intake when age is known or age is unknown\n notify advocate\n",
     W_ALWAYS_MET, "", ""},
    {PROGRAM "rule r\n on intake when age is known and age > 200\n notify advocate\n",
     W_NEVER_HOLDS, "`age > 200` can never hold", ""},
    {PROGRAM "rule r of survivor\n on intake or plan_agreed when count of intake >= 1\n notify "
	     "advocate\n",
     0, "", ""},
    {PROGRAM
     "schedule s\n on intake\n pay $5 to survivor monthly for 3 months\n holds while custody "
     "is none and custody is adult\n",
     W_NEVER_MET, "can never be met here", ""},
    {PROGRAM
     "number long is 60\n 10 from 2027-01-01\nrule r\n on session_attended when minutes < 15 "
     "and minutes > long\n notify advocate\n",
     0, "", ""},
};

static void test_conditions_that_decide_nothing(void **state)
{
	(void)state;
	CHECK_ALL(verdicts);
}

#define SMALL                                                                                      \
	"timezone \"America/Los_Angeles\"\ncase client\nevent met of client\nparty "               \
	"office\n" PROGRAM "rule r\n on met\n notify office\n"

static const struct expected unused[] = {
    {SMALL "requirement form\n", W_UNUSED, "the requirement `form` is not used anywhere", ""},
    {SMALL "action go\n", W_UNUSED, "the action `go` is not used anywhere", ""},
    {SMALL "fund money\n", W_UNUSED, "the fund `money` is not used anywhere", ""},
    {SMALL "party nobody\n", W_UNUSED, "the party `nobody` is not used anywhere", ""},
};

static void test_what_nothing_names_is_told(void **state)
{
	(void)state;
	CHECK_ALL(unused);
	struct compiled c; /* what is only forbidden is named, too */
	const struct diag *d;
	open_text(&c, SMALL "action go\nnever order go\n");
	assert_int_equal(found(&c, W_UNUSED, &d), 0);
	close_compiled(&c);
}

#define SETS PROGRAM "rule y\n on session_attended\n set housed to yes\n" COUNTY

static void test_what_is_set_and_not_read_is_told(void **state)
{
	static const struct {
		const char *text;
		size_t n;
	} cases[] = {
	    {SETS, 1},
	    {PROGRAM "rule y\n on session_attended\n set note to \"seen\"\n", 0},
	    {PROGRAM "rule y\n on session_attended\n set housed to yes\n"
		     "rule z\n on intake when housed\n notify advocate\n",
	     0},
	    {PROGRAM "rule z\n on intake when housed\n notify advocate\n"
		     "rule y\n on session_attended\n set housed to yes\n",
	     0},
	    {PROGRAM "rule y\n on session_attended\n set housed to yes\n"
		     "share s of survivor\n with agency\n show housed\n",
	     0},
	    {SETS "scenario \"s\" in alameda\n given survivor\n given agency haven\n"
		  " 2026-07-06 session_attended with provider haven, minutes 60\n"
		  "  expect among others\n  expect housed is yes\n",
	     0},
	    {SETS "scenario \"s\" in alameda\n given survivor\n given agency haven\n"
		  " 2026-07-06 session_attended with provider haven, minutes 60\n"
		  "  expect set housed to yes\n",
	     0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct compiled c;
		const struct diag *d;
		open_text(&c, cases[i].text);
		size_t n = found(&c, W_SET_UNREAD, &d);
		if (n != cases[i].n)
			fail_msg("case %zu: %zu, %s", i, n, d ? d->message.p : "");
		close_compiled(&c);
	}
}

static void test_a_field_is_confidential_as_its_fact_is(void **state)
{
	(void)state;
	struct compiled c;
	open_text(&c, CLIENTS "rule r\n on joined\n notify office\n");
	assert_non_null(c.rb);
	const struct event_type *joined = &c.rb->events[rulebook_event(c.rb, STR("joined"))];
	assert_true(joined->fields[field_index(joined, STR("income"))].confidential);
	assert_true(joined->fields[field_index(joined, STR("plan"))].confidential);
	assert_false(joined->fields[field_index(joined, STR("consented_on"))].confidential);
	close_compiled(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_consent_is_never_a_condition),
	    cmocka_unit_test(test_a_confidential_value_stays_in_the_case),
	    cmocka_unit_test(test_a_field_is_confidential_as_its_fact_is),
	    cmocka_unit_test(test_provisions_do_not_contradict_each_other),
	    cmocka_unit_test(test_tiers_are_complete_and_disjoint),
	    cmocka_unit_test(test_steps_are_entered_one_by_one_and_left),
	    cmocka_unit_test(test_conditions_that_decide_nothing),
	    cmocka_unit_test(test_what_nothing_names_is_told),
	    cmocka_unit_test(test_what_is_set_and_not_read_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
