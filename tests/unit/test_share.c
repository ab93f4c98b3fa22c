/* SPDX-License-Identifier: Apache-2.0
 *
 * What a partner may see of a case on a day: consent and its end, conditions over the partner, what
 * counties have instead.
 */
#include "engine/decide/share.h"
#include "tests/support/case_rig.h"

#define POLICY                                                                                     \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"case youth\n  name : text optional confidential\n  open : yes/no default yes\n"           \
	"  agreed_on : date optional consent\n"                                                    \
	"case house\n  signed : yes/no default no\n  beds : number optional\n"                     \
	"case other\n"                                                                             \
	"event joined of youth\n  sets name, open, agreed_on\n"                                    \
	"event changed of house\n  sets signed, beds\n"                                            \
	"event seen of other\n"                                                                    \
	"party office\n"                                                                           \
	"program p\n  effective 2026-07-01\n"                                                      \
	"period lasts is 30 days\n  60 days from 2026-10-01\n"                                     \
	"rule r\n  on seen\n  notify office\n"                                                     \
	"share sheet of youth\n  with house\n  show name, open\n  needs agreed_on for lasts\n"     \
	"  when partner.signed and open\n"                                                         \
	"share beds of youth\n  with house\n  show open\n"                                         \
	"  when partner.beds > 2 or unknown\n"                                                     \
	"county alameda\n  adopts p from 2026-07-01\n"                                             \
	"county alpine\n  adopts p from 2026-07-01\n"                                              \
	"replace share sheet from 2026-08-01\n  with house\n  show open\n"                         \
	"drop share beds from 2026-08-01\n"

struct fixture {
	struct rig rig;
	struct case_state *youth, *house, *alpine;
	struct share_answer a;
};

static void setup(struct fixture *f)
{
	rig_open(&f->rig, POLICY);
	f->youth = rig_case(&f->rig, "youth", "Y");
	f->house = rig_case(&f->rig, "house", "H");
	f->alpine = case_new(f->rig.rb, STR("A"), f->youth->kind, 1);
	f->rig.cases[f->rig.ncases++] = f->alpine;
}

static void ask(struct fixture *f, const struct case_state *cs, const char *name,
		const char *partner, const char *on)
{
	int32_t day;
	assert_int_equal(day_read(str_from(on), &day), STATUS_OK);
	share_decide(&f->rig.d, cs, str_from(name), str_from(partner), day, &f->a);
}

#define ALLOWED(f, cs, name, on)                                                                   \
	do {                                                                                       \
		ask(f, cs, name, "H", on);                                                         \
		if ((f)->a.nreasons)                                                               \
			fail_msg(STR_FMT, STR_ARG((f)->a.reasons[0]));                             \
	} while (0)
#define REFUSED(f, cs, name, partner, on, why)                                                     \
	do {                                                                                       \
		ask(f, cs, name, partner, on);                                                     \
		assert_int_equal((f)->a.nreasons, 1);                                              \
		if (!str_contains((f)->a.reasons[0], STR(why)))                                    \
			fail_msg(STR_FMT, STR_ARG((f)->a.reasons[0]));                             \
	} while (0)

static void consent(struct fixture *f, const char *on)
{
	int32_t day;
	assert_int_equal(day_read(str_from(on), &day), STATUS_OK);
	f->youth->facts[2] = value_int(TYPE_DATE, day);
}

static void test_a_consent_lasts(void **state)
{
	(void)state;
	struct fixture f;
	setup(&f);
	f.house->facts[0] = value_int(TYPE_YES_NO, 1);
	REFUSED(&f, f.youth, "sheet", "H", "2026-07-01", "nobody has consented: `agreed_on`");
	consent(&f, "2026-07-06");
	REFUSED(&f, f.youth, "sheet", "H", "2026-07-05", "begins on a later day");
	ALLOWED(&f, f.youth, "sheet", "2026-07-06");
	assert_int_equal(f.a.share->nfacts, 2);
	assert_int_equal(f.a.share->facts[0], 0);
	ALLOWED(&f, f.youth, "sheet", "2026-08-05");
	REFUSED(&f, f.youth, "sheet", "H", "2026-08-06",
		"the consent `agreed_on` has run out: it lasts 30 days");
	consent(&f, "2026-08-10"); /* from October on a consent lasts 60 days, also this one */
	REFUSED(&f, f.youth, "sheet", "H", "2026-09-30", "30 days");
	ALLOWED(&f, f.youth, "sheet", "2026-10-09");
	REFUSED(&f, f.youth, "sheet", "H", "2026-10-10", "60 days");
	rig_close(&f.rig);
}

static void test_the_partner_and_the_case(void **state)
{
	(void)state;
	struct fixture f;
	setup(&f);
	consent(&f, "2026-07-06");
	REFUSED(&f, f.youth, "sheet", "H", "2026-07-06",
		"its condition is not met: `partner.signed and open`");
	f.house->facts[0] = value_int(TYPE_YES_NO, 1);
	ALLOWED(&f, f.youth, "sheet", "2026-07-06");
	f.youth->facts[1] = value_int(TYPE_YES_NO, 0);
	REFUSED(&f, f.youth, "sheet", "H", "2026-07-06", "its condition is not met");
	REFUSED(&f, f.youth, "sheet", "X", "2026-07-06", "there is no `house` with this id");
	REFUSED(&f, f.youth, "sheet", "", "2026-07-06", "there is no `house`");
	REFUSED(&f, f.youth, "sheets", "H", "2026-07-06",
		"nothing is shared under the name `sheets`");
	REFUSED(&f, f.youth, "sheet", "H", "2026-06-30",
		"nothing is shared under the name `sheet`");
	REFUSED(&f, f.house, "sheet", "H", "2026-07-06", "about cases of the kind `youth`");
	rig_close(&f.rig);
}

static void test_all_reasons_are_told(void **state)
{
	(void)state;
	struct fixture f;
	setup(&f);
	ask(&f, f.youth, "sheet", "H", "2026-07-06");
	assert_int_equal(f.a.nreasons, 2);
	rig_close(&f.rig);
}

static void test_what_the_partner_does_not_say(void **state)
{
	(void)state;
	struct fixture f;
	setup(&f);
	ALLOWED(&f, f.youth, "beds", "2026-07-06");
	f.house->facts[1] = value_int(TYPE_NUMBER, 2);
	REFUSED(&f, f.youth, "beds", "H", "2026-07-06", "its condition is not met");
	f.house->facts[1] = value_int(TYPE_NUMBER, 3);
	ALLOWED(&f, f.youth, "beds", "2026-07-06");
	rig_close(&f.rig);
}

static void test_counties(void **state)
{
	(void)state;
	struct fixture f;
	setup(&f);
	ask(&f, f.alpine, "sheet", "H", "2026-07-31");
	assert_int_equal(f.a.nreasons, 2);
	ALLOWED(&f, f.alpine, "sheet", "2026-08-01");
	assert_int_equal(f.a.share->nfacts, 1);
	ALLOWED(&f, f.alpine, "beds", "2026-07-31");
	REFUSED(&f, f.alpine, "beds", "H", "2026-08-01", "in `alpine` on this day");
	rig_close(&f.rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_consent_lasts),
	    cmocka_unit_test(test_the_partner_and_the_case),
	    cmocka_unit_test(test_all_reasons_are_told),
	    cmocka_unit_test(test_what_the_partner_does_not_say),
	    cmocka_unit_test(test_counties),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
