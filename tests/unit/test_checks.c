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
		if (d->span.source != 0 || (d->code == W_UNUSED && code != W_UNUSED))
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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
