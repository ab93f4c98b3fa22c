/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/canonical.h"
#include "daemon/wire/outcome_read.h"
#include "engine/values/money.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- canonical JSON ---- */

static void test_members_are_found_between_texts_that_look_like_them(void **state)
{
	(void)state;
	struct str o = STR("{\"a\":\"x\\\"},{\",\"b\":{\"c\":[1,\"]\"],\"d\":null},\"e\":-5}");
	assert_true(str_eq(canonical_text(canonical_get(o, STR("a"))), STR("x\\\"},{")));
	assert_true(str_eq(canonical_get(o, STR("b")), STR("{\"c\":[1,\"]\"],\"d\":null}")));
	assert_true(str_eq(canonical_get(o, STR("e")), STR("-5")));
	assert_int_equal(canonical_get(o, STR("c")).len, 0);
	struct str rest = canonical_get(canonical_get(o, STR("b")), STR("c")), v;
	assert_true(canonical_enter(&rest));
	assert_true(canonical_value(&rest, &v) && str_eq(v, STR("1")));
	assert_true(canonical_value(&rest, &v) && str_eq(v, STR("\"]\"")));
	assert_false(canonical_value(&rest, &v));
	assert_true(canonical_leave(&rest));
	assert_int_equal(rest.len, 0);
}

/* Copies of exact length, so that a sanitizer sees what is read beyond. */
static void test_what_is_cut_off_ends_early(void **state)
{
	(void)state;
	static const char whole[] = "{\"a\":\"\\\\\\\"\",\"b\":[{\"c\":\"d\"},2],\"e\":true}";
	for (size_t n = 0; n < sizeof(whole); n++) {
		char *cut = mem_alloc(n + 1);
		memcpy(cut, whole, n);
		struct str rest = {cut, n}, name, value;
		size_t members = 0;
		bool fine = canonical_enter(&rest);
		while (fine && canonical_member(&rest, &name, &value))
			members++;
		assert_true(members <= 3);
		assert_true(canonical_leave(&rest) == (n == sizeof(whole) - 1));
		mem_free(cut);
	}
}

/* With a reader that remembers, and with none. */
struct outcomes {
	struct outcome_reader reader;
	struct arena arena;
};

static bool reads(struct outcomes *x, struct outcome_read *out, struct str text)
{
	struct outcome_read other;
	struct str again = text;
	bool fine = outcome_read(&x->reader, out, &text, 3, &x->arena) && !text.len;
	assert_int_equal(outcome_read(NULL, &other, &again, 3, &x->arena) && !again.len, fine);
	if (fine) {
		assert_true(str_eq(out->text, other.text));
		assert_true(str_eq(out->said.block, other.said.block));
		assert_true(str_eq(out->said.program, other.said.program));
	}
	return fine;
}

static void test_an_outcome_is_read(void **state)
{
	struct outcomes all = {{0}, {0}};
	struct outcome_read x, y;
	const struct said *a = &x.said, *b = &y.said;
	(void)state;
#define OUTCOME(id, amount, file)                                                                  \
	STR("{\"id\":\"" id "\",\"kind\":\"payment\",\"action\":\"pay\",\"amount\":\"" amount      \
	    "\",\"fund\":\"pot\",\"to\":\"P1\",\"status\":\"due\",\"due\":\"2026-07-02\","         \
	    "\"draw\":{\"fund\":\"pot\",\"reserved\":\"0.00\",\"committed\":\"1.00\"},"            \
	    "\"because\":{\"program\":\"trial\",\"block\":\"visits\",\"file\":\"" file "\"}}")
#define ID "00112233445566778899aabbccddeeff"
	assert_true(reads(&all, &x, OUTCOME(ID, "12.50", "a.way")));
	assert_int_equal(a->cents, 1250);
	assert_int_equal(a->money, SAID_PAID);
	assert_true(a->benefit && !a->reversal);
	assert_true(str_eq(a->program, STR("trial")) && str_eq(a->block, STR("visits")));
	assert_true(str_eq(a->fund, STR("pot")) && str_eq(a->kind, STR("payment")));
	int32_t day;
	assert_int_equal(day_read(STR("2026-07-02"), &day), STATUS_OK);
	assert_int_equal(a->day, day);
	/* Where it stands is not what it says. */
	assert_true(reads(&all, &y, OUTCOME(ID, "12.50", "b.way")));
	assert_true(hash128_eq(a->content, b->content));
	assert_true(reads(&all, &y, OUTCOME(ID, "12.51", "a.way")));
	assert_false(hash128_eq(a->content, b->content));
	assert_false(reads(&all, &y, OUTCOME("00", "12.50", "a.way")));
	assert_false(reads(&all, &y, STR("{\"id\":\"" ID "\",\"kind\"")));
	outcome_reader_release(&all.reader);
	arena_release(&all.arena);
}

/* ---- the comparison ---- */

struct fixture {
	struct comparison c;
	struct compared r;
};

static int start(void **state)
{
	*state = mem_alloc(sizeof(struct fixture));
	return 0;
}

static int finish(void **state)
{
	struct fixture *f = *state;
	compared_release(&f->r);
	comparison_release(&f->c);
	mem_free(f);
	return 0;
}

struct told {
	enum side side;
	unsigned case_no, seq, id, content;
	int64_t cents;
	const char *block;
	enum said_money money;
};

static void tell(struct fixture *f, struct told t)
{
	struct said s = {.id = hash128_of(t.id, t.id * 77),
			 .content = hash128_of(t.content, 1),
			 .money = t.money ? t.money : SAID_PAID,
			 .benefit = t.money != SAID_UNFUNDED,
			 .cents = t.cents,
			 .day = (int32_t)t.seq,
			 .program = STR("trial"),
			 .block = str_from(t.block ? t.block : "visits"),
			 .kind = STR("payment"),
			 .fund = STR("pot")};
	comparison_say(&f->c, t.side, t.case_no, t.seq, STR("alameda"), &s);
}

static void take_back(struct fixture *f, enum side side, unsigned case_no, unsigned id)
{
	struct said s = {.reversal = true, .of = hash128_of(id, id * 77)};
	comparison_say(&f->c, side, case_no, 99, STR("alameda"), &s);
}

static void both(struct fixture *f, struct told t)
{
	t.side = SIDE_RECORDED;
	tell(f, t);
	t.side = SIDE_CANDIDATE;
	tell(f, t);
}

static void assert_changes(const struct fixture *f, unsigned added, unsigned removed,
			   unsigned changed, unsigned same)
{
	assert_int_equal(f->r.changes[OUTCOME_ADDED], added);
	assert_int_equal(f->r.changes[OUTCOME_REMOVED], removed);
	assert_int_equal(f->r.changes[OUTCOME_CHANGED], changed);
	assert_int_equal(f->r.same, same);
}

static void test_the_same_is_no_difference(void **state)
{
	struct fixture *f = *state;
	for (unsigned i = 1; i <= 5000; i++)
		both(f,
		     (struct told){.case_no = i / 3, .seq = i, .id = i, .content = 7, .cents = i});
	comparison_close(&f->c, &f->r);
	assert_changes(f, 0, 0, 0, 5000);
	assert_int_equal(f->r.cases.n, 0);
	struct compared_money *rows;
	struct arena a = {0};
	assert_int_equal(compared_sums(&f->r, BY_FUND, &a, &rows), 1);
	assert_int_equal(rows[0].cents[SIDE_RECORDED], 5000 * 5001 / 2);
	assert_int_equal(rows[0].cents[SIDE_CANDIDATE], 5000 * 5001 / 2);
	arena_release(&a);
}

static void test_what_another_block_says_is_the_same(void **state)
{
	struct fixture *f = *state;
	tell(f, (struct told){SIDE_RECORDED, 1, 1, .id = 1, .content = 5, .cents = 10});
	tell(f, (struct told){SIDE_CANDIDATE, 1, 1, .id = 2, .content = 5, .cents = 10,
			      .block = "renamed"});
	comparison_close(&f->c, &f->r);
	assert_changes(f, 0, 0, 0, 1);
}

static void test_another_amount_under_the_same_id_is_a_change(void **state)
{
	struct fixture *f = *state;
	tell(f, (struct told){SIDE_RECORDED, 4, 1, .id = 1, .content = 5, .cents = 10});
	tell(f, (struct told){SIDE_CANDIDATE, 4, 1, .id = 1, .content = 6, .cents = 12});
	comparison_close(&f->c, &f->r);
	assert_changes(f, 0, 0, 1, 0);
	assert_int_equal(f->r.outcomes.at[0].cents[SIDE_RECORDED], 10);
	assert_int_equal(f->r.outcomes.at[0].cents[SIDE_CANDIDATE], 12);
	assert_int_equal(f->r.cases.at[0].case_no, 4);
}

/* In one provision the first is matched with the first; what is left over was added. */
static void test_a_provision_at_another_time_is_a_change(void **state)
{
	struct fixture *f = *state;
	tell(f, (struct told){SIDE_RECORDED, 1, 9, .id = 1, .content = 1});
	tell(f, (struct told){SIDE_CANDIDATE, 1, 5, .id = 2, .content = 2});
	tell(f, (struct told){SIDE_CANDIDATE, 1, 6, .id = 3, .content = 3});
	comparison_close(&f->c, &f->r);
	assert_changes(f, 1, 0, 1, 0);
	assert_int_equal(f->r.outcomes.at[0].seq, 5);
	assert_int_equal(f->r.provisions.n, 1);
	assert_int_equal(f->r.provisions.at[0].cases, 1);
}

static void test_reversed_and_added_again(void **state)
{
	struct fixture *f = *state;
	both(f, (struct told){.case_no = 1, .seq = 1, .id = 1, .content = 1, .cents = 5});
	take_back(f, SIDE_RECORDED, 1, 1);
	tell(f, (struct told){SIDE_RECORDED, 1, 2, .id = 1, .content = 2, .cents = 6});
	take_back(f, SIDE_CANDIDATE, 1, 1);
	tell(f, (struct told){SIDE_CANDIDATE, 1, 2, .id = 1, .content = 2, .cents = 6});
	both(f, (struct told){.case_no = 2, .seq = 3, .id = 2, .content = 1, .cents = 5});
	take_back(f, SIDE_CANDIDATE, 2, 2);
	take_back(f, SIDE_CANDIDATE, 2, 1234); /* never told: nothing happens */
	comparison_close(&f->c, &f->r);
	assert_changes(f, 0, 1, 0, 1);
	assert_int_equal(f->r.no_longer, 1);
	assert_int_equal(f->r.newly, 0);
	assert_int_equal(f->r.standing[SIDE_RECORDED], 2);
	assert_int_equal(f->r.standing[SIDE_CANDIDATE], 1);
}

static void test_what_is_left_out_counts_nowhere(void **state)
{
	struct fixture *f = *state;
	tell(f, (struct told){SIDE_RECORDED, 1, 1, .id = 1, .content = 5, .cents = 10});
	tell(f, (struct told){SIDE_CANDIDATE, 2, 1, .id = 2, .content = 5, .cents = 10});
	comparison_leave_out(&f->c, 1);
	comparison_close(&f->c, &f->r);
	assert_changes(f, 1, 0, 0, 0);
	assert_int_equal(f->r.newly, 1);
	assert_int_equal(f->r.money.n, 1);
	assert_int_equal(f->r.money.at[0].cents[SIDE_RECORDED], 0);
}

static void test_the_day_on_which_a_fund_runs_out(void **state)
{
	struct fixture *f = *state;
	tell(f, (struct told){SIDE_RECORDED, 1, 30, .id = 1, .content = 1, .money = SAID_UNFUNDED});
	tell(f, (struct told){SIDE_RECORDED, 2, 20, .id = 2, .content = 2, .money = SAID_UNFUNDED});
	comparison_close(&f->c, &f->r);
	assert_int_equal(f->r.funds.n, 1);
	assert_int_equal(f->r.funds.at[0].day[SIDE_RECORDED], 20);
	assert_int_equal(f->r.funds.at[0].day[SIDE_CANDIDATE], DAY_NONE);
	assert_int_equal(f->r.newly + f->r.no_longer, 0);
}

/* The sum stays at its end, and the report says so. */
static void test_a_sum_out_of_range_is_said(void **state)
{
	struct fixture *f = *state;
	tell(f, (struct told){SIDE_RECORDED, 1, 1, .id = 1, .content = 1, .cents = INT64_MAX / 2});
	tell(f, (struct told){SIDE_RECORDED, 1, 1, .id = 2, .content = 2, .cents = INT64_MAX / 2});
	comparison_close(&f->c, &f->r);
	assert_false(f->r.overflow);
	compared_release(&f->r);
	f->r = (struct compared){0};
	tell(f, (struct told){SIDE_RECORDED, 1, 1, .id = 3, .content = 3, .cents = INT64_MAX / 2});
	comparison_close(&f->c, &f->r);
	assert_true(f->r.overflow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_members_are_found_between_texts_that_look_like_them),
	    cmocka_unit_test(test_what_is_cut_off_ends_early),
	    cmocka_unit_test(test_an_outcome_is_read),
	    cmocka_unit_test_setup_teardown(test_the_same_is_no_difference, start, finish),
	    cmocka_unit_test_setup_teardown(test_what_another_block_says_is_the_same, start,
					    finish),
	    cmocka_unit_test_setup_teardown(test_another_amount_under_the_same_id_is_a_change,
					    start, finish),
	    cmocka_unit_test_setup_teardown(test_a_provision_at_another_time_is_a_change, start,
					    finish),
	    cmocka_unit_test_setup_teardown(test_reversed_and_added_again, start, finish),
	    cmocka_unit_test_setup_teardown(test_what_is_left_out_counts_nowhere, start, finish),
	    cmocka_unit_test_setup_teardown(test_the_day_on_which_a_fund_runs_out, start, finish),
	    cmocka_unit_test_setup_teardown(test_a_sum_out_of_range_is_said, start, finish),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
