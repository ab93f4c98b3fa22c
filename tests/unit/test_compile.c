/* SPDX-License-Identifier: Apache-2.0
 *
 * The compiler: valid rulebooks become the right graph, and each mistake gets its code and a
 * message in the author's words. The examples of grammar/codes.def are compiled as well: the wrong
 * one gives its own code, the right one nothing.
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

static void open_sources(struct compiled *c, const struct source *sources, size_t n)
{
	*c = (struct compiled){0};
	diag_init(&c->diags, &c->arena);
	compile(sources, n, &env, &c->diags, &c->rb);
}

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

static void print_diags(const struct compiled *c)
{
	for (size_t i = 0; i < c->diags.n; i++)
		print_message("  W%04d in source %u at %u: " STR_FMT "\n", c->diags.at[i].code,
			      c->diags.at[i].span.source, c->diags.at[i].span.off,
			      STR_ARG(c->diags.at[i].message));
}

static void open_valid(struct compiled *c, const char *text)
{
	open_text(c, text);
	if (!c->rb)
		print_diags(c);
	assert_non_null(c->rb);
}

/* ---- the catalogue's examples ---- */

/* Does the snippet give exactly this code (0: nothing)? What the added vocabulary leaves unused,
 * and that nothing reads what the snippet sets, is not the snippet's fault. */
static bool gives(const struct compiled *c, int code)
{
	size_t n = 0;
	for (size_t i = 0; i < c->diags.n; i++) {
		const struct diag *d = &c->diags.at[i];
		if (d->span.source != 0)
			continue;
		bool may = d->code == W_UNUSED || d->code == W_SET_UNREAD;
		if (d->code != code && !may)
			return false;
		n += d->code == code;
	}
	return code ? n > 0 : true;
}

static void test_examples_of_the_catalogue(void **state)
{
	(void)state;
	size_t seen = 0, failed = 0;
	for (size_t i = 0; i < codes_count(); i++) {
		const struct code_entry *e = codes_at(i);
		if (e->number < 200 || (e->number >= 600 && e->number < 800))
			continue;
		for (int right = 0; right < 2; right++) {
			struct compiled c;
			struct str text = right ? e->right : e->wrong;
			if (!text.len)
				continue;
			open_text(&c, text.p);
			if (!gives(&c, right ? 0 : e->number)) {
				print_message("%s example of W%04d:\n" STR_FMT,
					      right ? "right" : "wrong", e->number, STR_ARG(text));
				print_diags(&c);
				failed++;
			}
			close_compiled(&c);
			seen++;
		}
	}
	assert_true(seen > 80);
	assert_int_equal(failed, 0);
}

/* ---- messages ---- */

#define PROGRAM "program help\n  effective 2026-07-01\n"
#define COUNTY  "county alameda\n  adopts help from 2026-07-01\n"

static const struct {
	const char *text;
	int code;
	const char *message, *help; /* parts of them */
} mistakes[] = {
    {PROGRAM "share s of survivor\n with agency\n show houzed\n", W_UNKNOWN_NAME,
     "`survivor` has no fact `houzed`", "did you mean `housed`?"},
    {PROGRAM "share s of survivor\n with agency\n show housed\n needs custody for 1 year\n",
     W_SHARE, "the fact `custody` is no consent", "date optional consent"},
    {PROGRAM "share s of survivor\n with agency\n show housed, note\n", W_SHARE,
     "`note` is confidential, and this share needs no consent", "needs CONSENT"},
    {PROGRAM "share s of survivor\n with agency\n", W_SHARE, "does not say what is shown",
     "add `show"},
    {PROGRAM "share s of survivor\n show housed\n", W_SHARE, "does not say who sees it",
     "add `with"},
    {PROGRAM "share s\n with agency\n show housed\n", W_KIND_UNCLEAR,
     "it is not said whose facts `s` shows", "of KIND"},
    {PROGRAM "share s of survivor\n with agency\n show housed, housed\n", W_DEFINED_TWICE,
     "`housed` is shown twice", ""},
    {PROGRAM "share s of survivor\n with agency\n show housed\n when partner.veted\n",
     W_UNKNOWN_NAME, "`agency` has no fact `veted`", "did you mean `vetted`?"},
    {PROGRAM "share s of survivor\n with agency\n show housed\n when partner.until > today\n",
     W_UNGUARDED, "`partner.until` may be unknown", ""},
    {PROGRAM "share s of survivor\n with agency\n show housed\n when minutes > 5\n",
     W_NO_EVENT_HERE, "a share is asked for on a day, without an event", ""},
    {PROGRAM "rule r\n on intake when partner.vetted\n notify advocate\n", W_UNKNOWN_NAME,
     "`partner`", ""},
    {PROGRAM "escalation e\n step a\n on intake\n notify advocate\n move step a to b\n", W_MOVE,
     "`a` still is a step of `e`", "take this line out"},
    {PROGRAM
     "escalation e\n step a\n on intake\n notify advocate\n move step x to y\n move step y to x\n",
     W_MOVE, "`x` is moved in a circle", "or at `none`"},
    {PROGRAM "escalation e\n step a\n on intake\n notify advocate\n move step x to aa\n", W_STEPS,
     "`e` has no step `aa`", "did you mean `a`?"},
    {PROGRAM "escalation e\n step a\n on intake\n notify advocate\n move step x to a\n move step x "
	     "to none\n",
     W_DEFINED_TWICE, "`x` is moved twice", ""},
    {PROGRAM "schedule s\n on session_attended\n pay minutes x $1 to survivor monthly for 3 "
	     "months\n also for "
	     "running schedules\n",
     W_NO_EVENT_HERE, "`minutes` is a field of `session_attended`; `also for running schedules`",
     ""},
    {PROGRAM "rule r\n on intake\n pay $6 to survivor\nnever pay more than $5 per case\n",
     W_NEVER_BROKEN,
     "`pay $6 to survivor` must never happen; the policy says `never pay more than $5 per case`",
     ""},
    {PROGRAM
     "schedule s\n on intake\n pay $6 to survivor monthly for 3 months from services\nnever pay "
     "more than $5 per case per year from services\n",
     W_NEVER_BROKEN, "`pay $6 to survivor monthly", ""},
    {PROGRAM "rule r\n on intake\n pay $6 to survivor\nnever pay more than 5 per case\n",
     W_WRONG_TYPE, "`5` is a number, but what is paid is money", "$5,000"},
    {PROGRAM "rule r of buyer\n on letter_returned\n notify diversion\nonly after intake notify "
	     "diversion for buyer\n",
     W_NOT_OF_KIND, "`intake` is no event of `buyer`", ""},
    {PROGRAM "event moved of agency\nrule r\n on moved\n notify diversion\nonly after "
	     "letter_returned notify "
	     "diversion\n",
     W_NEVER_BROKEN, "`only after letter_returned notify diversion`", ""},
    {PROGRAM "rule r\n on intake\n notify advocate\nalways notify advocate\n", W_NO_TRIGGER,
     "does not say by when this always happens", "within PERIOD of EVENT"},
    {PROGRAM
     "rule r\n on intake\n notify advocate\nalways notify advocate within 3 days of intake when "
     "age < 18\n",
     W_UNGUARDED, "`age` may be unknown", ""},
    {PROGRAM "rule r\n on intake\n notify advocate\nonly after plan_agreed start support\n",
     W_UNKNOWN_NAME, "there is no schedule `support`", ""},
    {PROGRAM "rule a\n overrides b\n on intake\n notify advocate\nrule b\n overrides c\n on "
	     "intake\n notify "
	     "advocate\nrule c\n overrides a when age is known\n",
     W_OVERRIDES_ROUND, "`a` overrides `b`, `b` overrides `c`, `c` overrides `a`", "goes before"},
    {PROGRAM "rule a\n overrides a\n on intake\n notify advocate\n", W_OVERRIDES_ROUND,
     "in a circle: `a` overrides `a`", "take one"},
    {PROGRAM
     "rule a\n overrides b\n on intake\n notify advocate\nlocked rule b\n on intake\n notify "
     "advocate\n",
     W_LOCKED, "`b` is locked; no other block can override it", "leave it out"},
    {PROGRAM "rule a\n overrides inform\nrule infrom\n on intake\n notify advocate\n",
     W_UNKNOWN_NAME, "there is no block `inform` in this program to override",
     "did you mean `infrom`?"},
    {PROGRAM "rule a\n overrides never_1\nnever order arrest for survivor\n", W_OTHER_SORT,
     "there is no block `never_1`", "is a never"},
    {PROGRAM "rule a\n overrides b, b\nrule b\n on intake\n notify advocate\n", W_DEFINED_TWICE,
     "`b` stands here twice", "once"},
    {PROGRAM "rule a\n overrides b\n on conviction\n notify advocate\nrule b\n on intake\n notify "
	     "advocate\n",
     W_OVERRIDES_NOTHING, "`a` is about cases of the kind `buyer`", "other kind"},
    {PROGRAM
     "rule a\n overrides b\n on housing_ended\n notify advocate\nrule b\n on intake\n notify "
     "advocate\n",
     W_OVERRIDES_NOTHING, "`a` and `b` never wait for the same event", "take out `on`"},
    {PROGRAM
     "rule a\n overrides b when minutes > 5\nrule b\n on intake or session_attended\n notify "
     "advocate\n",
     W_UNKNOWN_NAME, "`minutes` is no field of `intake`", ""},
    {PROGRAM "rule a\n overrides b when minutes > 5\nescalation b\n step x\n on session_attended\n "
	     "notify advocate\n step y after x\n when no intake within 3 days\n notify advocate\n",
     W_NO_EVENT_HERE, "`minutes` is a field of `session_attended`; this also overrides a `when no",
     ""},
    {PROGRAM "rule a\n overrides b when age < 18\nrule b\n on intake\n notify advocate\n",
     W_UNGUARDED, "`age` may be unknown", ""},
    {PROGRAM "rule a\n overrides b\n notify advocate\nrule b\n on intake\n notify advocate\n",
     W_NO_TRIGGER, "has no trigger", "on EVENT"},
    {PROGRAM "rule r\n on intake when age is known and age < $5\n notify advocate\n",
     W_NOT_COMPARABLE, "`age` is in years, but `$5` is money; they cannot be compared", "in years"},
    {PROGRAM "number adult is 18\nrule r\n on intake when age is known and age < adult\n notify "
	     "advocate\n",
     W_NOT_COMPARABLE, "`age` is in years, but `adult` is a number; they cannot be compared",
     "declare `period adult is 18 years`, a length of time"},
    {PROGRAM "rule r\n on intake when 14 days = 1 month\n notify advocate\n", W_NOT_COMPARABLE,
     "`14 days` is in days, but `1 month` is in months", "same unit"},
    {PROGRAM "rule r\n on intake when age < 18\n notify advocate\n", W_UNGUARDED,
     "`age` may be unknown", "`age is known and …`"},
    {PROGRAM "rule r\n on intake when age is known or age < 18\n notify advocate\n", W_UNGUARDED,
     "`age` may be unknown", ""},
    {PROGRAM "rule r\n on intake when days since plan_agreed > 3\n notify advocate\n", W_UNGUARDED,
     "never have happened", ""},
    {PROGRAM "rule r\n on session_attended when provider.until > 2026-07-01\n notify advocate\n",
     W_UNGUARDED, "`provider.until` may be unknown", ""},
    {PROGRAM "rule r\n on intake when custody is juvenil\n notify advocate\n", W_UNKNOWN_CHOICE,
     "`juvenil` is none of none, juvenile, adult", "did you mean `juvenile`?"},
    {PROGRAM "rule r\n on intke\n notify advocate\n", W_UNKNOWN_NAME, "there is no event `intke`",
     "did you mean `intake`?"},
    {PROGRAM "rule r\n on intake when conviction\n notify advocate\n", W_UNKNOWN_NAME,
     "`conviction`", "`conviction` is an event, but a field, a fact or a parameter is needed here"},
    {PROGRAM "rule r\n on intake\n notify arrest\n", W_UNKNOWN_NAME, "`arrest`",
     "`arrest` is an action"},
    {PROGRAM "rule r\n on session_attended when minutes\n notify advocate\n", W_NO_CONDITION,
     "`minutes` is a number, not a condition", ""},
    {PROGRAM "rule r\n on intake when 3 + $5 > $1\n notify advocate\n", W_NOT_CALCULABLE,
     "`3` is a number, but `$5` is money; they cannot be added", ""},
    {PROGRAM "rule r\n on intake when $3 x $5 > $1\n notify advocate\n", W_NOT_CALCULABLE,
     "multiplied", "plain number"},
    {PROGRAM "rule r\n on hearing_missed\n assess $10 / 3 as late_fee\n", W_NO_ROUNDING,
     "`$10 / 3` may not come out", "rounded half up"},
    {PROGRAM "rule r\n on hearing_missed\n assess 7.5% of $10 as late_fee\n", W_NO_ROUNDING,
     "`7.5% of $10` may not come out", ""},
    {PROGRAM "rule r\n on hearing_missed\n assess $10 / 0 rounded up to the cent as late_fee\n",
     W_NOT_CALCULABLE, "divided by 0", ""},
    {PROGRAM "period back is 1 month\n 130 months from 2027-01-01\n"
	     "rule r of buyer\n on third conviction in last back\n notify advocate\n",
     W_WINDOW_LONG, "`in last` reaches back 10 years at most, 3720 days", "all there ever were"},
    {PROGRAM "rule r of buyer\n on conviction when count of conviction in last 3721 days > 1\n"
	     " notify advocate\n",
     W_WINDOW_LONG, "3720 days", ""},
    {PROGRAM "rule r of buyer\n on conviction when count of conviction in last 90 minutes > 1\n"
	     " notify advocate\n",
     W_WRONG_UNIT, "minutes", "days"},
    {PROGRAM "rule r of buyer\n on conviction when count of conviction in last $5 > 1\n"
	     " notify advocate\n",
     W_SYNTAX, "", ""},
    {PROGRAM "rule r of buyer\n on conviction when count of intake in last 5 days > 1\n"
	     " notify advocate\n",
     W_NOT_OF_KIND, "`intake` is no event of `buyer`", ""},
#define MEETS " meets weekly on Monday\n"
    {PROGRAM "docket k of survivor\n" MEETS " at most 2 cases\n keeps 3 for urgent\n", W_DOCKET,
     "more seats are kept than a meeting has", "keep fewer"},
    {PROGRAM "docket k of survivor\n" MEETS " at most 0 cases\n", W_DOCKET, "without a seat", ""},
    {PROGRAM "docket k of survivor\n" MEETS, W_DOCKET, "does not say how many cases it hears",
     "at most 15 cases"},
    {PROGRAM "docket k\n" MEETS " at most 2 cases\n", W_KIND_UNCLEAR, "whose cases `k` hears",
     "of survivor"},
    {PROGRAM "amount a is $5\ndocket k of survivor\n" MEETS " at most a cases\n", W_WRONG_TYPE,
     "`a` is no number", "15"},
    {PROGRAM "docket k of survivor\n meets monthly on fifth Monday\n at most 2 cases\n",
     W_OUT_OF_RANGE, "not every month", "last"},
    {PROGRAM "docket k of survivor\n meets every 2 months from 2026-07-01\n at most 2 cases\n",
     W_WRONG_UNIT, "every so many months", "monthly on first Thursday"},
    {PROGRAM "docket k of survivor\n meets every 0 days from 2026-07-01\n at most 2 cases\n",
     W_OUT_OF_RANGE, "every day to every 366 days", ""},
    {PROGRAM "docket k of survivor\n meets every 367 days from 2026-07-01\n at most 2 cases\n",
     W_OUT_OF_RANGE, "every day to every 366 days", ""},
    {PROGRAM "docket k of survivor\n" MEETS
	     " at most 2 cases\nrule r of buyer\n on conviction\n place on k\n",
     W_NOT_OF_KIND, "`k` hears cases of `survivor`, not of `buyer`", ""},
    {PROGRAM "docket review of survivor\n" MEETS
	     " at most 2 cases\nrule r\n on intake\n place on reviw\n",
     W_UNKNOWN_NAME, "there is no docket `reviw`", "did you mean `review`?"},
#define STAGES "stages j of survivor\n stage a\n  on intake\n stage b after a\n  on plan_agreed\n"
    {PROGRAM STAGES "rule r\n on intake\n enter bb\n", W_ENTER,
     "no stages of this program have a stage `bb`", "did you mean `b`?"},
    {PROGRAM STAGES "stages k of survivor\n stage b\n  on intake\n rule r\n on intake\n enter b\n",
     W_ENTER, "both `j` and `k` have a stage `b`", "another name"},
    {PROGRAM STAGES "rule r of buyer\n on conviction\n enter b\n", W_NOT_OF_KIND,
     "the stages `j` are of `survivor`, not of `buyer`", ""},
    {PROGRAM STAGES "rule r\n on intake when stage of j\n notify advocate\n", W_NO_CONDITION,
     "must be compared with a stage", "`stage of j is STAGE`"},
    {PROGRAM STAGES "rule r\n on intake when stage of j is c\n notify advocate\n", W_STEPS,
     "`j` has no stage `c`", ""},
    {PROGRAM STAGES "rule r\n on intake when step of j is a\n notify advocate\n", W_OTHER_SORT,
     "there is no escalation `j`", "`j` is a block of stages"},
    {PROGRAM STAGES "never enter thriver\n", W_ENTER, "there is no stage `thriver`", ""},
    {PROGRAM STAGES "never enter b\n", W_NEVER_BROKEN, "`stage b after a` must never happen", ""},
    {PROGRAM "stages j\n stage a\n  on intake\n stage b after c\n  on intake\n", W_STEPS,
     "`j` has no stage `c`", ""},
    {PROGRAM "stages j\n stage none\n  on intake\n", W_RESERVED_NAME, "stands in no stage", ""},
    {PROGRAM "rule r of buyer\n on conviction\n assess $28 for each $0 of $250 as f\n",
     W_NOT_CALCULABLE, "nothing can be counted in units of `$0`", "above zero"},
    {PROGRAM "rule r of buyer\n on conviction\n assess $28 for each 10 or part of $250 as f\n",
     W_NOT_CALCULABLE, "`10` is a number, but `$250` is money", "same unit"},
    {PROGRAM "rule r of buyer\n on conviction\n assess 7% for each $10 of $250 as f\n",
     W_NOT_CALCULABLE, "`7%` is a percentage; `for each` needs money or a number", "$28 for each"},
    {PROGRAM "rule r\n on intake when housed > yes\n notify advocate\n", W_NO_ORDER, "no order",
     ""},
    {PROGRAM "period grace is 14 days\n  1 month from 2027-01-01\n"
	     "rule r\n on intake\n require care_plan within grace\n",
     W_WRONG_UNIT, "in days", "write it in days"},
    {PROGRAM "amount fee is $50\nrule r\n on intake\n require care_plan within fee\n", W_WRONG_TYPE,
     "`fee` is money, but a length of time is needed here", "period fee"},
    {PROGRAM "stipend s\n on intake\n pay $5 to survivor\n pay $6 to survivor\n may pay $7 to "
	     "survivor\n at most 2 per day\n at most 1 per week\n",
     W_LIMIT_LOW, "one event would bring 2 payments, and `at most 1 per week` leaves",
     "`at most 2`"},
    {PROGRAM "stipend s\n on intake\n pay $5 to survivor\n at most 1 per day\n at most 3 per year\n"
	     " at most $5 per year\n at most 2 per day\n",
     W_TWICE, "a limit of payments per day stands here for the second time", "the lower one"},
    {PROGRAM "stipend s\n on intake\n pay $5 to survivor\n at most 3 days per year\n", W_WRONG_TYPE,
     "a limit is a number or money", ""},
    {PROGRAM "schedule s\n on intake\n pay $5 to survivor every 2 months for 13 months\n",
     W_NOT_WHOLE, "no whole number of intervals", "multiple"},
    {PROGRAM "period long is 12 months\nschedule s\n on intake\n pay $5 to survivor every 5 months "
	     "for long\n",
     W_NOT_WHOLE, "no whole number", ""},
    {PROGRAM
     "number often is 0\nschedule s\n on intake\n pay $5 to survivor monthly for often times\n",
     W_TIMES, "1 to 1200", "at least 1"},
    {PROGRAM "schedule s\n on intake\n pay $5 to survivor monthly\n", W_TIMES, "for how long", ""},
    {PROGRAM "schedule s of survivor\n pay $5 to survivor monthly for 3 months\n", W_NO_TRIGGER,
     "never starts", "start s"},
    {PROGRAM
     "escalation e of survivor\n step a after b\n  on intake\n step b after a\n  on intake\n",
     W_STEPS, "can never be entered", ""},
    {PROGRAM "escalation e of survivor\n step a\n  on intake\n step a\n  on plan_agreed\n",
     W_DEFINED_TWICE, "the step `a` is defined twice", ""},
    {PROGRAM "rule r\n on intake when step of nothing is x\n notify advocate\n", W_UNKNOWN_NAME,
     "no escalation `nothing`", ""},
    {PROGRAM "rule r\n on intake\n start r\n", W_OTHER_SORT, "no schedule `r`", "`r` is a rule"},
    {PROGRAM "rule r\n on intake or conviction\n notify advocate\n", W_KIND_UNCLEAR,
     "different kinds of case", "of KIND"},
    {PROGRAM "rule r of survivor\n on conviction\n notify advocate\n", W_NOT_OF_KIND,
     "`conviction` is no event of `survivor`", ""},
    {PROGRAM "rule r of survivor\n on approved\n pay $5 to mnutes\n", W_UNKNOWN_NAME,
     "`mnutes` is nobody", ""},
    {PROGRAM "never order arrest for survivor\nescalation e\n step a\n  on intake\n  refer to "
	     "advocate within 3 days\n   otherwise order arrest\n",
     W_NEVER_BROKEN, "`order arrest`", ""},
    {PROGRAM "never order arrest\nrule r\n on conviction\n may order arrest\n", W_NEVER_BROKEN,
     "order arrest`", ""},
    {PROGRAM
     "never pay to advocate\nschedule s\n on intake\n pay $5 to advocate monthly for 2 months\n",
     W_NEVER_BROKEN, "pay $5", ""},
    {PROGRAM
     "never order arrest when age is known and age < 3\nrule r\n on intake\n notify advocate\n",
     W_UNKNOWN_NAME, "for KIND", ""},
    {PROGRAM
     "never order arrest for survivor when minutes > 3\nrule r\n on intake\n notify advocate\n",
     W_NO_EVENT_HERE, "looks at the case", ""},
    {PROGRAM
     "rule r\n on session_attended\n refer to advocate within 3 days\n  otherwise pay $5 to "
     "provider\n",
     W_NO_EVENT_HERE,
     "`provider` is a field of `session_attended`; what follows `otherwise` comes "
     "with a deadline",
     "a fact of the case"},
    {PROGRAM "locked rule r\n on intake\n notify advocate\n" COUNTY "drop rule r\n", W_LOCKED,
     "`r` is locked; a county cannot drop it", ""},
    {PROGRAM "amount fee is $1\nrule r\n on hearing_missed\n assess fee as late_fee\n" COUNTY
	     "change number fee to 3\n",
     W_WRONG_TYPE, "declared as amount, not as number", "change amount fee"},
    {PROGRAM "rule r\n on intake\n notify advocate\n" COUNTY "change amount fee to $3\n",
     W_UNKNOWN_NAME, "no program that this county adopts", ""},
    {PROGRAM "rule r\n on intake\n notify advocate\ncounty alameda\n adopts halp from 2026-07-01\n",
     W_UNKNOWN_NAME, "there is no program `halp`", "did you mean `help`?"},
    {PROGRAM "rule r\n on intake\n notify advocate\n" COUNTY
	     "replace rule r of buyer\n on conviction\n notify advocate\n",
     W_REPLACE_DIFFERS, "same kind of case", ""},
    {PROGRAM "never order arrest for survivor\nrule r\n on intake\n notify advocate\n" COUNTY
	     "replace rule r from 2027-01-01\n on intake\n order arrest\n",
     W_NEVER_BROKEN, "`order arrest`", ""},
    {PROGRAM "never order arrest for survivor\nprogram more\n effective 2026-07-01\nrule r\n on "
	     "intake\n order arrest\n" COUNTY " adopts more from 2026-07-01\n",
     W_NEVER_BROKEN, "`order arrest`", ""},
    {PROGRAM
     "amount fee is $1\nrule r\n on hearing_missed\n assess fee as late_fee\namount fee is $2\n",
     W_DEFINED_TWICE, "the parameter `fee` is defined twice", ""},
    {PROGRAM "rule r\n on intake\n pay $1 to survivor from servces\n", W_UNKNOWN_NAME,
     "there is no fund `servces`", "did you mean `services`?"},
    {"timezone \"America/Los_Angeles\"\ntimezone \"America/Los_Angeles\"\n", W_DEFINED_TWICE,
     "stated twice", ""},
    {PROGRAM "rule r\n on plan_agreed\n notify advocate\n" COUNTY
	     "scenario \"x\" in alamda\n given survivor\n 2026-07-02 plan_agreed\n",
     W_UNKNOWN_NAME, "there is no county `alamda`", "did you mean `alameda`?"},
    {PROGRAM "rule r\n on plan_agreed\n notify advocate\n" COUNTY
	     "scenario \"x\" in alameda\n given survivor with age 300\n 2026-07-02 plan_agreed\n",
     W_OUT_OF_RANGE, "`300` is outside of its range", "120 years"},
    {PROGRAM
     "rule r\n on plan_agreed\n notify advocate\n" COUNTY
     "scenario \"x\" in alameda\n given survivor\n given buyer bob\n 2026-07-02 session_attended "
     "with provider bob, minutes 3\n",
     W_WRONG_TYPE, "`bob` is a case of kind `buyer`, not `agency`", ""},
    {PROGRAM
     "rule r\n on plan_agreed\n notify advocate\n" COUNTY
     "scenario \"x\" in alameda\n given survivor\n 2026-07-02 plan_agreed\n  expect order arest\n",
     W_UNKNOWN_NAME, "there is no action `arest`", "did you mean `arrest`?"},
};

/* What somebody writes who has never programmed. */
static const struct {
	const char *text;
	const char *help;
} newcomer[] = {
    {"rule r\n on session_attended when provider is vetted\n", "write `provider.vetted`"},
    {"rule r\n on session_attended when housed = true\n", "write `yes`"},
    {"rule r\n on session_attended when custody is \"adult\"\n", "leave the quotes out"},
    {"rule r\n on session_attended when custody is juvenile or adult\n",
     "`custody is one of adult, …`"},
    {"rule r\n on session_attended when minutes >= 60 minutes\n", "leave the unit out"},
    {"rule r\n on session_attended when count > 2\n", "write `count of EVENT`"},
    {"rule r\n on intake when age is null\n", "`is unknown`"},
    {"amount fee is 100\nrule r\n on hearing_missed\n", "with a dollar sign: $100"},
    {"stipend s\n on intake\n at most one per day\n pay $1 to survivor\n", "in digits: 1"},
};

static void test_newcomers_are_told_what_to_write(void **state)
{
	(void)state;
	size_t failed = 0;
	for (size_t i = 0; i < sizeof(newcomer) / sizeof(*newcomer); i++) {
		struct compiled c;
		struct buf t = {0};
		buf_fmt(&t, PROGRAM "%s notify advocate\n%c", newcomer[i].text, 0);
		open_text(&c, t.p);
		if (c.diags.errors != 1 ||
		    !str_contains(c.diags.at[0].help, str_from(newcomer[i].help))) {
			print_message("case %zu: %s", i, newcomer[i].text);
			print_diags(&c);
			failed++;
		}
		close_compiled(&c);
		buf_release(&t);
	}
	assert_int_equal(failed, 0);
}

static void test_messages_speak_of_the_mistake(void **state)
{
	(void)state;
	size_t failed = 0;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		struct compiled c;
		open_text(&c, mistakes[i].text);
		const struct diag *d = NULL;
		for (size_t k = 0; k < c.diags.n && !d; k++)
			if (c.diags.at[k].severity == SEVERITY_ERROR)
				d = &c.diags.at[k];
		bool fine = d && d->code == mistakes[i].code && !c.rb &&
			    str_contains(d->message, str_from(mistakes[i].message)) &&
			    str_contains(d->help, str_from(mistakes[i].help));
		if (!fine) {
			print_message("case %zu, W%04d expected:\n%s", i, mistakes[i].code,
				      mistakes[i].text);
			print_diags(&c);
			if (d)
				print_message("  help: " STR_FMT "\n", STR_ARG(d->help));
			failed++;
		}
		close_compiled(&c);
	}
	assert_int_equal(failed, 0);
}

/* ---- one mistake, one message ---- */

#define ZONE "timezone \"America/Los_Angeles\"\n"

static const struct {
	const char *text;
	int code;
	const char *help;
} alone[] = {
    {ZONE "case survivor\nevent met of survivor\n minutes : integer\n" PROGRAM
	  "rule r\n on met when minutes >= 60\n pay $5 to minutes\n" COUNTY
	  "scenario \"x\" in alameda\n given survivor\n 2026-07-02 met with minutes 60\n",
     W_UNKNOWN_NAME, "did you mean `number`?"},
    {ZONE "case survivor\n housed : boolean\nevent met of survivor\n sets housed\n" PROGRAM
	  "rule r\n on met when housed\n set housed to no\n",
     W_UNKNOWN_NAME, "did you mean `yes/no`?"},
    {ZONE "case survivor\n kind : enum optional\nevent met of survivor\n sets kind\n" PROGRAM
	  "rule r\n on met when kind is known and kind is a\n deny \"x\"\n",
     W_UNKNOWN_NAME, "one of none, juvenile, adult"},
    {ZONE "case survivor\n age : years from 0 through 9 optional\nevent met of survivor\n sets "
	  "age\n" PROGRAM "rule r\n on met when age < 5\n set age to 3\n" COUNTY
	  "scenario \"x\" in alameda\n given survivor with age 3\n 2026-07-02 met with age 4\n  "
	  "expect age is 3\n",
     W_SYNTAX, "expected `to`"},
    {ZONE "case survivor\ncase buyer\nevent met survivor\n minutes : number\n" PROGRAM
	  "rule r\n on met when minutes > 3\n deny \"x\"\n" COUNTY
	  "scenario \"x\" in alameda\n given survivor\n given buyer\n 2026-07-02 met with minutes "
	  "4\n",
     W_SYNTAX, "expected `of`"},
    {ZONE "case survivor\ncase buyer\nevent met of surviver\n sets age\n" PROGRAM
	  "rule r\n on met when age > 3\n deny \"x\"\n",
     W_UNKNOWN_NAME, "did you mean `survivor`?"},
    {PROGRAM "rule r\n on hearing_missed\n assess $50\nrule q\n on hardship_shown\n waive "
	     "late_fee\n" COUNTY
	     "scenario \"x\" in alameda\n given buyer\n 2026-07-02 hearing_missed\n  expect assess "
	     "$50 as late_fee\n 2026-07-03 payment_received with outcome late_fee, amount $5\n",
     W_PHRASE_MISSING, "assess AMOUNT as LINE"},
    {PROGRAM "rule r\n on\n pay $5 to survivor\n", W_UNFINISHED, "the name of an event"},
    {PROGRAM "rule r\n on intake\n pay to survivor\n", W_SYNTAX, "an amount"},
    {PROGRAM "schedule s\n on intake\n pay to survivor monthly\n", W_SYNTAX, "an amount"},
    {PROGRAM "escalation e\n step one\n  on\n  notify advocate\n step two after one\n  on "
	     "plan_agreed\n",
     W_UNFINISHED, "the name of an event"},
    {PROGRAM "rule r\n pay $5 to survivor\n", W_NO_TRIGGER, "on EVENT"},
    {PROGRAM "schedule s\n pay $5 to survivor monthly for 2 months\n", W_NO_TRIGGER, "of KIND"},
    {PROGRAM "schedule s of survivor\n on intke when provider.vetted\n pay $5 to provider monthly "
	     "for 2 months\n",
     W_UNKNOWN_NAME, "did you mean `intake`?"},
    {PROGRAM "rule r\n on session_atended when minutes > 5 and provider.vetted\n pay $5 to "
	     "provider\n",
     W_UNKNOWN_NAME, "did you mean `session_attended`?"},
    {"program help me\n effective 2026-07-01\nrule r\n on intake\n notify advocate\n", W_NAME_PARTS,
     "help_me"},
    {"program \"Help\"\n effective 2026-07-01\nrule r\n on intake\n notify advocate\nrule q\n on "
     "intake\n notify advocate\n",
     W_SYNTAX, "`program help \"Help\"`"},
    {"rule r\n on intake\n notify advocate\nrule q\n on intake\n notify advocate\n", W_HOMELESS,
     "program NAME"},
    {PROGRAM "rule r\n on intake\n notify advocate\ncounty alameda\n adopts halp from "
	     "2026-07-01\ndrop rule r\nchange amount x to $5\n",
     W_UNKNOWN_NAME, "did you mean `help`?"},
    {PROGRAM "schedule s of survivor\n pay $5 to survivor monthly for 2 months\nrule r\n on "
	     "intake\n start s\n" COUNTY "drop schedule s\n",
     W_DROPPED_START, "drop rule r"},
    {PROGRAM "rule r\n on law_enforcement_contact\n order arrest\nlocked never order arrest for "
	     "survivor\n cite \"There will be no arrests at any time.\"\n",
     W_NEVER_BROKEN, "no county and no other program"},
};

static void test_one_mistake_gives_one_message(void **state)
{
	(void)state;
	size_t failed = 0;
	for (size_t i = 0; i < sizeof(alone) / sizeof(*alone); i++) {
		struct compiled c;
		open_text(&c, alone[i].text);
		bool fine = c.diags.errors == 1 && c.diags.at[0].code == alone[i].code &&
			    str_contains(c.diags.at[0].help, str_from(alone[i].help));
		if (!fine) {
			print_message("case %zu, W%04d alone expected:\n%s", i, alone[i].code,
				      alone[i].text);
			print_diags(&c);
			failed++;
		}
		close_compiled(&c);
	}
	assert_int_equal(failed, 0);
}

static void test_an_event_that_sets_what_is_read_is_used(void **state)
{
	(void)state;
	struct compiled c;
	open_valid(&c, ZONE "case survivor\n housed : yes/no default no\nevent moved of survivor\n "
			    "sets housed\nevent met of survivor\n" PROGRAM
			    "rule r\n on met when housed\n deny \"x\"\n");
	assert_int_equal(c.diags.warnings, 0);
	close_compiled(&c);
}

/* ---- the graph of valid rulebooks ---- */

static const struct block *block_named(const struct rulebook *rb, const char *name, uint16_t county)
{
	for (uint32_t i = 0; i < rb->nblocks; i++)
		if (str_eq(rb->blocks[i].name, str_from(name)) && rb->blocks[i].county == county)
			return &rb->blocks[i];
	fail_msg("no block %s", name);
	return NULL;
}

static const struct part *part_of(const struct rulebook *rb, const struct block *b, uint16_t i)
{
	assert_true(i < b->nparts);
	return &rb->parts[b->first_part + i];
}

static void assert_str(struct str s, const char *expected)
{
	if (!str_eq(s, str_from(expected)))
		fail_msg("'" STR_FMT "' is not '%s'", STR_ARG(s), expected);
}

static int64_t constant(struct code c)
{
	assert_int_equal(c.n, 1);
	assert_int_equal(c.at[0].op, OP_CONST);
	return c.at[0].k.i;
}

static void test_builtin_events_come_first(void **state)
{
	(void)state;
	struct compiled c;
	open_valid(&c,
		   "timezone \"America/Los_Angeles\"\ncase survivor\nevent intake of survivor\n");
	assert_str(c.rb->events[EVENT_PAYMENT_RECEIVED].name, "payment_received");
	assert_int_equal(c.rb->events[EVENT_PAYMENT_RECEIVED].fields[1].type.min, 1);
	assert_true(c.rb->events[EVENT_APPROVED].of_kind[0]);
	assert_true(c.rb->events[EVENT_DECLINED].fields[2].optional);
	assert_int_equal(rulebook_event(c.rb, STR("intake")), EVENT_BUILTINS);
	close_compiled(&c);
}

static void test_sets_gives_the_event_a_field_of_the_fact(void **state)
{
	(void)state;
	struct compiled c;
	open_valid(&c,
		   PROGRAM "rule r\n on intake when age is known and age < 18\n notify advocate\n");
	const struct event_type *e = &c.rb->events[rulebook_event(c.rb, STR("intake"))];
	uint16_t kind = rulebook_kind(c.rb, STR("survivor"));
	assert_int_equal(e->nfields, 2);
	assert_true(e->fields[0].optional);
	assert_int_equal(e->fields[0].sets[kind], 0);
	assert_int_equal(e->fields[0].sets[rulebook_kind(c.rb, STR("buyer"))], NONE);
	/* the name means the fact, which `sets` has written before anything is decided */
	assert_int_equal(part_of(c.rb, block_named(c.rb, "r", NONE), 0)->when.at[0].op, OP_FACT);
	close_compiled(&c);
}

static void test_conditions_become_postfix_code_with_jumps(void **state)
{
	(void)state;
	struct compiled c;
	open_valid(&c, PROGRAM
		   "rule r\n on session_attended when minutes >= 60 and provider.vetted\n notify "
		   "advocate\n");
	const struct code *w = &part_of(c.rb, block_named(c.rb, "r", NONE), 0)->when;
	static const enum op ops[] = {OP_FIELD,      OP_CONST,      OP_GE,
				      OP_SKIP_IF_NO, OP_FIELD_FACT, OP_AND};
	assert_int_equal(w->n, 6);
	for (uint32_t i = 0; i < w->n; i++)
		assert_int_equal(w->at[i].op, ops[i]);
	assert_int_equal(w->at[3].b, 6);
	assert_int_equal(w->at[1].k.i, 60);
	close_compiled(&c);
}

static void test_ordinals_count_the_event(void **state)
{
	(void)state;
	struct compiled c;
	open_valid(&c, PROGRAM
		   "rule r\n on second law_enforcement_contact\n order dispatch_advocate\n");
	const struct part *p = part_of(c.rb, block_named(c.rb, "r", NONE), 0);
	assert_int_equal(p->when.at[0].op, OP_COUNT);
	assert_int_equal(p->when.at[0].a, p->event);
	assert_int_equal(p->when.at[1].k.i, 2);
	assert_int_equal(p->when.at[2].op, OP_EQ);
	close_compiled(&c);
}

static void test_several_events_give_a_part_each(void **state)
{
	(void)state;
	struct compiled c;
	open_valid(&c, PROGRAM
		   "rule r\n on intake or plan_agreed\n on housing_ended\n notify advocate\n");
	const struct block *b = block_named(c.rb, "r", NONE);
	assert_int_equal(b->nparts, 3);
	assert_int_equal(part_of(c.rb, b, 1)->event, rulebook_event(c.rb, STR("plan_agreed")));
	assert_int_equal(part_of(c.rb, b, 2)->nactions, 1);
	close_compiled(&c);
}

static void test_schedule_becomes_start_and_stop_parts(void **state)
{
	(void)state;
	struct compiled c;
	open_valid(&c, PROGRAM
		   "schedule support\n on housing_accepted when provider.vetted\n pay $500 to "
		   "provider every 2 weeks for 26 weeks starting first of next month from "
		   "services\n holds while custody is not none\n stops on housing_ended\n");
	const struct block *b = block_named(c.rb, "support", NONE);
	const struct schedule *s = &c.rb->schedules[b->detail];
	assert_int_equal(constant(s->amount), 50000);
	assert_int_equal(constant(s->plan.times), 13);
	assert_int_equal(s->plan.anchor, ANCHOR_NEXT_MONTH);
	assert_int_equal(s->to.kind, TARGET_FIELD);
	assert_int_equal(s->fund, 0);
	assert_true(s->holds.n > 0);
	const struct part *start = part_of(c.rb, b, 0), *stop = part_of(c.rb, b, 1);
	assert_int_equal(start->role, PART_PLAIN);
	assert_int_equal(start->nactions, 1);
	assert_int_equal(start->actions[0].kind, ACTION_START);
	assert_int_equal(start->actions[0].schedule, b->detail);
	assert_int_equal(stop->role, PART_STOPS);
	assert_int_equal(stop->schedule, b->detail);
	close_compiled(&c);
}

static void test_escalation_arms_its_deadlines(void **state)
{
	(void)state;
	struct compiled c;
	open_valid(
	    &c, PROGRAM
	    "escalation e\n step one\n  on appointment_missed\n  refer to diversion\n step two "
	    "after one\n  when no diversion_enrolled within 14 days\n  notify advocate\n step "
	    "three after one or two\n  on diversion_missed\n ends on diversion_completed\n");
	const struct block *b = block_named(c.rb, "e", NONE);
	const struct escalation *e = &c.rb->escalations[b->detail];
	assert_int_equal(e->nsteps, 3);
	assert_int_equal(part_of(c.rb, b, 0)->after, 1);
	assert_int_equal(part_of(c.rb, b, 1)->role, PART_OVERDUE);
	assert_int_equal(part_of(c.rb, b, 1)->within.n, 14);
	assert_int_equal(part_of(c.rb, b, 2)->after, 6);
	assert_int_equal(part_of(c.rb, b, 3)->role, PART_ENDS);
	assert_true(part_of(c.rb, b, 3)->after == ~(uint64_t)1);
	assert_int_equal(e->narmed[1], 1);
	assert_int_equal(e->armed[1][0], b->first_part + 1);
	assert_int_equal(e->narmed[2], 0);
	close_compiled(&c);
}

static void test_instalments_are_split_or_counted(void **state)
{
	(void)state;
	struct compiled c;
	open_valid(
	    &c, PROGRAM
	    "fine f\n on conviction\n tier 1 when count of conviction is 1\n  assess $3,000 as "
	    "course in 12 weekly instalments remainder in last\n tier 2 when count of "
	    "conviction >= 2\n  assess 52 x $251 as course weekly\n");
	const struct block *b = block_named(c.rb, "f", NONE);
	const struct action *one = part_of(c.rb, b, 0)->actions,
			    *two = part_of(c.rb, b, 1)->actions;
	assert_str(part_of(c.rb, b, 1)->label, "tier 2");
	assert_false(one->each);
	assert_int_equal(constant(one->amount), 300000);
	assert_int_equal(constant(one->plan.times), 12);
	assert_true(one->plan.remainder_in_last);
	assert_true(two->each);
	assert_int_equal(constant(two->amount), 25100);
	assert_int_equal(constant(two->plan.times), 52);
	assert_int_equal(one->name, two->name);
	close_compiled(&c);
}

static void test_county_values_and_replacements(void **state)
{
	(void)state;
	struct compiled c;
	open_valid(
	    &c, PROGRAM
	    "amount fee is $100\n $110 from 2028-01-01\nrule r\n on hearing_missed\n assess fee "
	    "as late_fee\nschedule s\n on plan_agreed\n pay $5 to survivor monthly for 2 "
	    "months\n"
	    "county alameda\n adopts help from 2027-01-01\n"
	    "change amount fee to $120 from 2027-06-01\n"
	    "replace schedule s from 2027-03-01\n on plan_agreed\n pay $9 to survivor monthly "
	    "for 3 months\n"
	    "county kern\n adopts help from 2026-01-01\n"
	    "county kings\n adopts help from 2026-01-01\n");
	uint16_t alameda = rulebook_county(c.rb, STR("alameda")),
		 kern = rulebook_county(c.rb, STR("kern"));
	uint16_t kings = rulebook_county(c.rb, STR("kings"));
	int32_t before = 20600 /* 2026-05-27 */, after = 21500 /* 2028-11-12 */;
	assert_int_equal(param_on(c.rb, alameda, 0, before)->value.i, 10000);
	assert_int_equal(param_on(c.rb, alameda, 0, after)->value.i, 12000);
	assert_int_equal(param_on(c.rb, kern, 0, after)->value.i, 11000);
	assert_ptr_equal(c.rb->counties[kern].dispatch, c.rb->counties[kings].dispatch);
	assert_ptr_not_equal(c.rb->counties[kern].dispatch, c.rb->counties[alameda].dispatch);

	/* adopted from the later of both days */
	assert_int_equal(c.rb->counties[kern].adopts[0].from, c.rb->programs[0].effective);
	const struct block *own = block_named(c.rb, "s", NONE),
			   *anew = block_named(c.rb, "s", alameda);
	assert_true(hash128_eq(own->key, anew->key));
	uint16_t event = rulebook_event(c.rb, STR("plan_agreed"));
	const struct dispatch *d = c.rb->counties[alameda].dispatch;
	assert_int_equal(d->n[event], 2);
	assert_int_equal(d->by_event[event][0].part, own->first_part);
	assert_int_equal(d->by_event[event][0].until, d->by_event[event][1].from);
	assert_int_equal(d->by_event[event][1].until, INT32_MAX);
	assert_int_equal(c.rb->schedules[anew->detail].first, own->detail);
	assert_ptr_equal(schedule_on(c.rb, alameda, own->detail, after),
			 &c.rb->schedules[anew->detail]);
	assert_ptr_equal(schedule_on(c.rb, kern, own->detail, after),
			 &c.rb->schedules[own->detail]);
	close_compiled(&c);
}

static void test_scenarios_are_typed(void **state)
{
	(void)state;
	struct compiled c;
	open_valid(
	    &c, PROGRAM
	    "stipend s\n on session_attended when provider.vetted\n pay $100 to survivor\n" COUNTY
	    "scenario \"paid\" in alameda\n given survivor with age 22\n given agency haven with "
	    "vetted yes\n 2026-07-02 09:30 session_attended with provider haven, minutes 60\n  "
	    "expect pay $100 to survivor\n  expect custody is none\n 2026-07-03\n  expect owed "
	    "$0\n");
	const struct scenario *s = &c.rb->scenarios[0];
	assert_int_equal(s->ngiven, 2);
	assert_int_equal(s->given[0].facts[0].i, 22);
	assert_int_equal(s->lines[0].minute, 9 * 60 + 30);
	assert_str(value_as_str(s->lines[0].fields[0]), "haven");
	assert_int_equal(s->lines[0].nexpects, 2);
	assert_int_equal(s->lines[0].expects[0].cents, 10000);
	assert_str(s->lines[0].expects[0].to, "survivor");
	assert_int_equal(s->lines[0].expects[1].kind, EXPECT_FACT);
	assert_int_equal(s->lines[1].event, NONE);
	assert_int_equal(s->lines[1].expects[0].given, 0);
	close_compiled(&c);
}

static void test_order_of_files_never_matters(void **state)
{
	(void)state;
	struct str program = str_from(PROGRAM "rule r\n on intake\n notify advocate\n");
	struct source ab[] = {{STR("a.way"), program},
			      {STR("v.way"), {vocabulary_text, sizeof(vocabulary_text) - 1}}};
	struct source ba[] = {ab[1], ab[0]};
	struct compiled x, y;
	open_sources(&x, ab, 2);
	open_sources(&y, ba, 2);
	assert_non_null(x.rb);
	assert_non_null(y.rb);
	assert_string_equal(x.rb->version, y.rb->version);
	assert_int_equal(x.rb->nparts, y.rb->nparts);
	close_compiled(&x);
	close_compiled(&y);
}

static void test_a_never_binds_only_where_both_are_in_force(void **state)
{
	(void)state;
	struct compiled c;
	open_valid(&c,
		   PROGRAM "never order arrest for survivor\nprogram more\n effective 2026-07-01\n"
			   "rule r\n on intake\n order arrest\n"
			   "county alameda\n adopts help from 2026-07-01\n"
			   "county kern\n adopts more from 2026-07-01\n");
	uint16_t alameda = rulebook_county(c.rb, STR("alameda"));
	assert_int_equal(c.rb->counties[alameda].dispatch->nnevers, 1);
	assert_int_equal(c.rb->counties[rulebook_county(c.rb, STR("kern"))].dispatch->nnevers, 0);
	close_compiled(&c);
}

static void test_a_guard_carries_into_actions(void **state)
{
	(void)state;
	struct compiled c;
	open_valid(&c, PROGRAM
		   "rule r\n on intake when note is known and note is \"x\"\n set note to note\n"
		   "rule q\n on intake when age is unknown or age < 18\n notify advocate\n"
		   "rule o\n on intake when not (age is unknown) and age < 18\n notify advocate\n"
		   "rule p\n on intake when age < 18 or unknown\n notify advocate\n");
	close_compiled(&c);
}

static void test_errors_past_the_limit_are_counted(void **state)
{
	(void)state;
	struct buf t = {0};
	buf_c(&t, PROGRAM);
	for (int i = 0; i < 200; i++)
		buf_fmt(&t, "rule r%d\n on intke\n notify advocat\n", i);
	buf_char(&t, '\0');
	struct compiled c;
	open_text(&c, t.p);
	assert_null(c.rb);
	assert_int_equal(c.diags.n, 50);
	assert_true(c.diags.errors > 50);
	close_compiled(&c);
	buf_release(&t);
}

/* A name that stages of two blocks have is one name, wherever it stands. */
static void test_stages_of_one_name(void **state)
{
	(void)state;
	struct compiled c;
	open_valid(&c,
		   PROGRAM "stages s\n stage a\n  on intake\n stage b after a\n  on plan_agreed\n"
			   "stages t\n stage a\n  on intake\n stage c after a\n  on plan_agreed\n"
			   "never enter a for survivor when housed\n"
			   "never enter c for survivor when housed\n" COUNTY);
	assert_int_equal(c.rb->nstages, 3);
	assert_true(str_eq(c.rb->stages[c.rb->nevers[0].name].name, STR("a")));
	assert_true(str_eq(c.rb->stages[c.rb->nevers[1].name].name, STR("c")));
	close_compiled(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_stages_of_one_name),
	    cmocka_unit_test(test_examples_of_the_catalogue),
	    cmocka_unit_test(test_messages_speak_of_the_mistake),
	    cmocka_unit_test(test_newcomers_are_told_what_to_write),
	    cmocka_unit_test(test_one_mistake_gives_one_message),
	    cmocka_unit_test(test_an_event_that_sets_what_is_read_is_used),
	    cmocka_unit_test(test_builtin_events_come_first),
	    cmocka_unit_test(test_sets_gives_the_event_a_field_of_the_fact),
	    cmocka_unit_test(test_conditions_become_postfix_code_with_jumps),
	    cmocka_unit_test(test_ordinals_count_the_event),
	    cmocka_unit_test(test_several_events_give_a_part_each),
	    cmocka_unit_test(test_schedule_becomes_start_and_stop_parts),
	    cmocka_unit_test(test_escalation_arms_its_deadlines),
	    cmocka_unit_test(test_instalments_are_split_or_counted),
	    cmocka_unit_test(test_county_values_and_replacements),
	    cmocka_unit_test(test_scenarios_are_typed),
	    cmocka_unit_test(test_order_of_files_never_matters),
	    cmocka_unit_test(test_a_never_binds_only_where_both_are_in_force),
	    cmocka_unit_test(test_a_guard_carries_into_actions),
	    cmocka_unit_test(test_errors_past_the_limit_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
