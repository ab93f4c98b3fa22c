/* SPDX-License-Identifier: Apache-2.0
 *
 * `overrides`: where a block applies, those that it names do not. In whatever order the blocks
 * stand, the result is the same.
 */
#include "tests/support/case_rig.h"

#define VOCABULARY                                                                                 \
	"timezone \"America/Los_Angeles\"\n"                                                       \
	"case survivor\n"                                                                          \
	"  age : years optional\n"                                                                 \
	"  rank : number default 0\n"                                                              \
	"event aged of survivor\n  sets age, rank\n"                                               \
	"event missed of survivor\n  minutes : number\n"                                           \
	"event left of survivor\n  minutes : number\n"                                             \
	"event came of survivor\n"                                                                 \
	"action visit\n"                                                                           \
	"party office\n"                                                                           \
	"program p\n  effective 2026-07-01\n"
#define COUNTY "county alameda\n  adopts p from 2026-07-01\n"

static const char *on(struct rig *rig, const char *when, const char *event, const char *fields)
{
	return rig_event(rig, rig_case(rig, "survivor", "S-1"), when, event, fields);
}

static void open_with(struct rig *rig, const char *blocks)
{
	struct buf text = {0};
	buf_fmt(&text, "%s%s%s%c", VOCABULARY, blocks, COUNTY, 0);
	struct str kept = buf_view(&text);
	rig_open(rig, kept.p);
	buf_release(&text);
}

static const char *const links[] = {
    "rule a\n  on missed\n  assess $1 as fee\n",
    "rule b\n  overrides a when rank >= 1\n",
    "rule c\n  overrides b\n  on missed when rank >= 2\n  notify office\n",
    "rule d\n  overrides c when rank >= 3\n",
};

/* Each stands above the one before it; what is overridden itself overrides nothing. */
static void assert_links(const char *policy)
{
	struct rig rig;
	open_with(&rig, policy);
	assert_string_equal(on(&rig, "2026-07-02", "missed", "minutes=1"), "assess $1.00 as fee\n");
	on(&rig, "2026-07-03", "aged", "rank=1");
	assert_string_equal(on(&rig, "2026-07-04", "missed", "minutes=1"), "");
	on(&rig, "2026-07-05", "aged", "rank=2");
	const char *both = on(&rig, "2026-07-06", "missed", "minutes=1");
	assert_non_null(strstr(both, "assess $1.00 as fee\n"));
	assert_non_null(strstr(both, "notify to office\n"));
	on(&rig, "2026-07-07", "aged", "rank=3");
	assert_string_equal(on(&rig, "2026-07-08", "missed", "minutes=1"), "");
	rig_close(&rig);
}

static void test_a_chain_in_every_order(void **state)
{
	(void)state;
	size_t seen = 0;
	for (unsigned order = 0; order < 256; order++) {
		unsigned at[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
		unsigned set = 1u << at[0] | 1u << at[1] | 1u << at[2] | 1u << at[3];
		struct buf text = {0};
		for (int i = 0; i < 4; i++)
			buf_c(&text, links[at[i]]);
		buf_char(&text, '\0');
		if (set == 15) {
			assert_links(text.p);
			seen++;
		}
		buf_release(&text);
	}
	assert_int_equal(seen, 24);
}

static void test_what_is_overridden_is_not_counted(void **state)
{
	(void)state;
	struct rig rig;
	open_with(&rig, "stipend s\n  on missed\n  pay $5 to survivor\n  at most 1 per case\n"
			"rule r\n  overrides s when rank >= 1\n");
	on(&rig, "2026-07-02", "aged", "rank=1");
	assert_string_equal(on(&rig, "2026-07-03", "missed", "minutes=1"), "");
	on(&rig, "2026-07-04", "aged", "rank=0");
	assert_string_equal(on(&rig, "2026-07-05", "missed", "minutes=1"),
			    "pay $5.00 to S-1 due 2026-07-05\n");
	assert_string_equal(on(&rig, "2026-07-06", "missed", "minutes=1"), "");
	rig_close(&rig);
}

/* The overriding block applies when its condition is met, also when its own limit is used up. */
static void test_a_limit_of_the_overriding_block(void **state)
{
	(void)state;
	struct rig rig;
	open_with(&rig, "rule fee\n  on missed\n  assess $1 as fee\n"
			"stipend s\n  overrides fee\n  on missed when minutes >= 60\n"
			"  pay $5 to survivor\n  at most 1 per case\n");
	assert_string_equal(on(&rig, "2026-07-03", "missed", "minutes=60"),
			    "pay $5.00 to S-1 due 2026-07-03\n");
	assert_string_equal(on(&rig, "2026-07-04", "missed", "minutes=60"), "");
	assert_string_equal(on(&rig, "2026-07-05", "missed", "minutes=59"),
			    "assess $1.00 as fee\n");
	rig_close(&rig);
}

static void test_what_began_goes_on_and_may_end(void **state)
{
	(void)state;
	struct rig rig;
	open_with(&rig, "escalation e\n  step one\n    on missed\n    refer to office answered by "
			"aged within 10 days\n      otherwise order visit\n  step two after one\n"
			"    on missed\n    notify office\n  ends on left\n"
			"schedule s\n  on came\n  pay $5 to survivor monthly for 3 months\n"
			"  stops on left\n"
			"rule r\n  overrides e, s when rank >= 1\n");
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	on(&rig, "2026-07-02", "missed", "minutes=1");
	on(&rig, "2026-07-02", "came", "");
	cs->facts[1] = value_int(TYPE_NUMBER, 1);
	assert_string_equal(on(&rig, "2026-07-03", "missed", "minutes=1"), "");
	assert_int_equal(cs->positions.at[0].step, 1);
	assert_string_equal(
	    rig_pass(&rig, cs, "2026-08-02"),
	    "2026-07-12 deadline: order visit\n"
	    "2026-08-02 scheduled: pay $5.00 to S-1 under s item 1 due 2026-08-02\n");
	assert_string_equal(on(&rig, "2026-08-03", "left", "minutes=1"), "stop under s 2 times\n");
	assert_int_equal(cs->positions.n, 0);
	assert_string_equal(on(&rig, "2026-08-04", "came", ""), "");
	rig_close(&rig);
}

static void test_a_step_that_a_deadline_would_enter(void **state)
{
	(void)state;
	struct rig rig;
	open_with(&rig, "escalation e\n  step one\n    on missed\n    notify office\n"
			"  step two after one\n    when no came within 10 days\n    order visit\n"
			"rule c\n  overrides r when rank >= 2\n"
			"rule r\n  overrides e when rank >= 1\n");
	struct case_state *cs = rig_case(&rig, "survivor", "S-1");
	struct case_state *other = rig_case(&rig, "survivor", "S-2");
	on(&rig, "2026-07-02", "missed", "minutes=1");
	rig_event(&rig, other, "2026-07-02", "missed", "minutes=1");
	cs->facts[1] = value_int(TYPE_NUMBER, 1);
	other->facts[1] = value_int(TYPE_NUMBER, 2);
	assert_string_equal(rig_pass(&rig, cs, "2026-08-31"), "2026-07-12 deadline: nothing\n");
	assert_int_equal(cs->positions.at[0].step, 1);
	assert_string_equal(rig_pass(&rig, other, "2026-08-31"),
			    "2026-07-12 deadline: order visit\n");
	rig_close(&rig);
}

static void test_fields_that_all_events_have(void **state)
{
	(void)state;
	struct rig rig;
	open_with(&rig, "rule a\n  on missed or left\n  notify office\n"
			"rule r\n  overrides a when minutes >= 10\n");
	assert_string_equal(on(&rig, "2026-07-02", "missed", "minutes=9"), "notify to office\n");
	assert_string_equal(on(&rig, "2026-07-03", "missed", "minutes=10"), "");
	assert_string_equal(on(&rig, "2026-07-04", "left", "minutes=10"), "");
	assert_string_equal(on(&rig, "2026-07-05", "left", "minutes=9"), "notify to office\n");
	rig_close(&rig);
}

/* A replacement stands in the place of the block that it replaces, on both sides. */
static void test_a_countys_replacements(void **state)
{
	(void)state;
	struct rig rig;
	open_with(&rig, "rule a\n  on missed\n  notify office\n"
			"rule r\n  overrides a when rank >= 1\n"
			"county alpine\n  adopts p from 2026-07-01\n"
			"replace rule a\n  on missed or left\n  order visit\n"
			"replace rule r from 2026-08-01\n  overrides a when rank >= 2\n"
			"county colusa\n  adopts p from 2026-07-01\n"
			"drop rule r from 2026-08-01\n");
	uint16_t kind = rulebook_kind(rig.rb, STR("survivor"));
	struct case_state *alpine = case_new(rig.rb, STR("A"), kind, 0);
	struct case_state *colusa = case_new(rig.rb, STR("C"), kind, 1);
	rig.cases[rig.ncases++] = alpine;
	rig.cases[rig.ncases++] = colusa;
	rig_event(&rig, alpine, "2026-07-02", "aged", "rank=1");
	rig_event(&rig, colusa, "2026-07-02", "aged", "rank=1");
	assert_string_equal(rig_event(&rig, alpine, "2026-07-03", "left", "minutes=1"), "");
	assert_string_equal(rig_event(&rig, alpine, "2026-08-01", "left", "minutes=1"),
			    "order visit\n");
	rig_event(&rig, alpine, "2026-08-02", "aged", "rank=2");
	assert_string_equal(rig_event(&rig, alpine, "2026-08-03", "left", "minutes=1"), "");
	assert_string_equal(rig_event(&rig, colusa, "2026-07-31", "missed", "minutes=1"), "");
	assert_string_equal(rig_event(&rig, colusa, "2026-08-01", "missed", "minutes=1"),
			    "notify to office\n");
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_chain_in_every_order),
	    cmocka_unit_test(test_what_is_overridden_is_not_counted),
	    cmocka_unit_test(test_a_limit_of_the_overriding_block),
	    cmocka_unit_test(test_what_began_goes_on_and_may_end),
	    cmocka_unit_test(test_a_step_that_a_deadline_would_enter),
	    cmocka_unit_test(test_fields_that_all_events_have),
	    cmocka_unit_test(test_a_countys_replacements),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
