/* SPDX-License-Identifier: Apache-2.0
 *
 * Text to tree: what binds to what, what stays usable as a name, what is said about mistakes and
 * how reading goes on behind them.
 */
#include "engine/base/limits.h"
#include "grammar/ast_dump.h"
#include "grammar/codes.h"
#include "grammar/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct parsed {
	struct arena arena;
	struct diag_list diags;
	struct ast_file *file;
};

static void read_text(struct parsed *p, struct str text)
{
	*p = (struct parsed){0};
	struct source source = {STR("x.way"), text};
	diag_init(&p->diags, &p->arena);
	p->file = parse(&p->arena, &source, 0, &p->diags);
	diag_sort(&p->diags);
}

static void release(struct parsed *p)
{
	diag_release(&p->diags);
	arena_release(&p->arena);
}

/* ---- expressions ---- */

static const struct expression {
	const char *text, *tree;
} expressions[] = {
    {"a", "a"},
    {"not a", "(not a)"},
    {"not a and b", "(and (not a) b)"},
    {"a and b and c", "(and (and a b) c)"},
    {"(a and b) or c", "(or (paren (and a b)) c)"},
    {"a = 1", "(= a 1)"},
    {"a is 1", "(= a 1)"},
    {"a is not 1", "(is-not a 1)"},
    {"a is known", "(known a)"},
    {"a is not known", "(unknown a)"},
    {"a is one of b, c and d", "(and (one-of a b c) d)"},
    {"a is not one of 1, $2", "(not-one-of a 1 $2.00)"},
    {"age < 18 or unknown", "(or-unknown (< age 18))"},
    {"a and age < 18 or unknown", "(and a (or-unknown (< age 18)))"},
    {"not a or unknown", "(or-unknown (not a))"},
    {"a + b x c - d < 5", "(< (- (+ a (x b c)) d) 5)"},
    {"lesser of a and b is $5", "(= (lesser a b) $5.00)"},
    {"greater of a + 1 and b x 2 > 3 and c", "(and (> (greater (+ a 1) (x b 2)) 3) c)"},
    {"7.5% of base rounded half up to the cent > $1", "(> (percent-of 7.5% base half-up) $1.00)"},
    {"a / 3 rounded down to the cent = b", "(= (/ a 3 down) b)"},
    {"count of contact >= 2", "(>= (count contact) 2)"},
    {"days since contact > 2 weeks", "(> (days-since contact) 14 days:weeks)"},
    {"step of attendance is none", "(= (step-of attendance) none)"},
    {"paid under support < $5", "(< (paid-under support) $5.00)"},
    {"balance owed > $0", "(> (balance-owed) $0.00)"},
    {"today >= 2026-07-01", "(>= (today) 2026-07-01)"},
    {"provider.vetted", "(member provider vetted)"},
    {"order and pay and amount > $5", "(and (and order pay) (> amount $5.00))"},
    {"x x x > 1", "(> (x x x) 1)"},
    {"minutes >= 60 and date is known and first", "(and (and (>= minutes 60) (known date)) first)"},
    {"event is scenario or case is weekly", "(or (= event scenario) (= case weekly))"},
};

static void test_parse_builds_expressions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++) {
		struct buf text = {0}, tree = {0};
		buf_fmt(&text, "rule r\n  on e when %s\n  order a\n", expressions[i].text);
		struct parsed p;
		read_text(&p, buf_view(&text));
		if (p.diags.errors)
			fail_msg("%s: " STR_FMT, expressions[i].text,
				 STR_ARG(p.diags.at[0].message));
		ast_dump_expr(&tree, p.file->decls->body.triggers->when);
		if (!str_eq(buf_view(&tree), str_from(expressions[i].tree)))
			fail_msg("%s: " STR_FMT, expressions[i].text, STR_ARG(buf_view(&tree)));
		release(&p);
		buf_release(&text);
		buf_release(&tree);
	}
}

/* ---- the catalogue's own examples ---- */

static void assert_only(struct str text, int code, const char *which)
{
	struct parsed p;
	read_text(&p, text);
	for (size_t i = 0; i < p.diags.n; i++)
		if (p.diags.at[i].code != code)
			fail_msg("%s example of W%04d: W%04d " STR_FMT, which, code,
				 p.diags.at[i].code, STR_ARG(p.diags.at[i].message));
	if (!p.diags.n)
		fail_msg("%s example of W%04d: no diagnostic", which, code);
	release(&p);
}

static void test_codes_examples_do_what_they_say(void **state)
{
	(void)state;
	size_t checked = 0;
	for (size_t i = 0; i < codes_count(); i++) {
		const struct code_entry *e = codes_at(i);
		if (e->number >= 200)
			continue;
		if (e->wrong.len)
			assert_only(e->wrong, e->number, "wrong");
		struct parsed p;
		read_text(&p, e->right);
		if (p.diags.n)
			fail_msg("right example of W%04d: W%04d " STR_FMT, e->number,
				 p.diags.at[0].code, STR_ARG(p.diags.at[0].message));
		release(&p);
		checked += e->wrong.len != 0;
	}
	assert_true(checked > 30);
}

static void test_codes_are_in_order_and_explained(void **state)
{
	(void)state;
	for (size_t i = 0; i < codes_count(); i++) {
		const struct code_entry *e = codes_at(i);
		assert_true(i == 0 || codes_at(i - 1)->number < e->number);
		assert_true(e->title.len && e->explanation.len && e->right.len);
		assert_ptr_equal(codes_find(e->number), e);
	}
	assert_ptr_equal(codes_find_name(STR("W0101")), codes_find(W_MONEY_GROUPING));
	assert_ptr_equal(codes_find_name(STR("w101")), codes_find(W_MONEY_GROUPING));
	assert_null(codes_find_name(STR("W9999")));
	assert_null(codes_find_name(STR("W")));
	assert_null(codes_find_name(STR("0x65")));
}

/* ---- going on after errors ---- */

static void assert_codes(const char *text, const int *codes, size_t n)
{
	struct parsed p;
	read_text(&p, str_from(text));
	struct buf got = {0};
	for (size_t i = 0; i < p.diags.n; i++)
		buf_fmt(&got, " W%04d " STR_FMT "\n", p.diags.at[i].code,
			STR_ARG(p.diags.at[i].message));
	bool same = p.diags.n == n;
	for (size_t i = 0; same && i < n; i++)
		same = p.diags.at[i].code == codes[i];
	if (!same)
		fail_msg("%s\n" STR_FMT, text, STR_ARG(buf_view(&got)));
	buf_release(&got);
	release(&p);
}
#define CODES(text, ...)                                                                           \
	assert_codes(text, (const int[]){__VA_ARGS__},                                             \
		     sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

static void test_parse_reports_the_errors_of_all_blocks(void **state)
{
	(void)state;
	CODES("rule a\n  on x when\n  order y\n\nrule b\n  pay $5 too z\n\nprogram p\n  efective "
	      "2026-01-01\n",
	      W_UNFINISHED, W_MISSPELT, W_MISSPELT);
}

static void test_parse_reports_one_syntax_error_of_a_block(void **state)
{
	(void)state;
	CODES("rule a\n  on x 5\n  order 6\n  pay 7 8\n\nparty 9\n\nparty z\n", W_SYNTAX, W_SYNTAX);
}

static void test_parse_goes_on_behind_a_misspelt_word(void **state)
{
	(void)state;
	struct parsed p;
	read_text(&p, STR("stipned a\n  on x wehn y\n  pay $1,00 to z\n"));
	assert_int_equal(p.diags.n, 3); /* the third is the money's */
	assert_false(p.file->decls->broken);
	assert_int_equal(p.file->decls->block, BLOCK_STIPEND);
	assert_non_null(p.file->decls->body.triggers->when);
	assert_non_null(p.file->decls->body.actions);
	release(&p);
}

static void test_parse_keeps_what_it_has_read(void **state)
{
	(void)state;
	struct parsed p;
	read_text(&p,
		  STR("case c\n  a : years\n  b = 5\n  d : text\n\nevent e of $5\n\nfund f g\n"));
	struct ast_decl *c = p.file->decls;
	assert_true(c->broken);
	assert_true(str_eq(c->slots->name.s, STR("a")));
	assert_true(str_eq(c->slots->next->name.s, STR("d")));
	assert_true(str_eq(c->next->name.s, STR("e")));
	assert_true(c->next->broken);
	assert_true(str_eq(c->next->next->name.s, STR("f_g")));
	release(&p);
}

static void test_parse_caps_what_it_reports(void **state)
{
	(void)state;
	struct buf text = {0};
	for (unsigned i = 0; i < 3 * LIMIT_DIAGNOSTICS; i++)
		buf_c(&text, "rule 5\n\n");
	struct parsed p;
	read_text(&p, buf_view(&text));
	assert_int_equal(p.diags.n, LIMIT_DIAGNOSTICS);
	assert_int_equal(p.diags.errors, 3 * LIMIT_DIAGNOSTICS);
	release(&p);
	buf_release(&text);
}

/* ---- limits ---- */

static size_t errors_of_condition(const char *open, const char *inner, const char *close,
				  unsigned n, int *code)
{
	struct buf text = {0};
	struct parsed p;
	buf_c(&text, "rule r\n  on e when ");
	for (unsigned i = 0; i < n; i++)
		buf_c(&text, open);
	buf_c(&text, inner);
	for (unsigned i = 0; i < n; i++)
		buf_c(&text, close);
	buf_c(&text, "\n  order a\n");
	read_text(&p, buf_view(&text));
	size_t errors = p.diags.errors;
	*code = p.diags.n ? p.diags.at[0].code : 0;
	release(&p);
	buf_release(&text);
	return errors;
}

static void test_parse_holds_nesting_limits(void **state)
{
	(void)state;
	int code;
	assert_int_equal(errors_of_condition("(", "a", ")", LIMIT_NESTING, &code), 0);
	assert_int_equal(errors_of_condition("(", "a", ")", LIMIT_NESTING + 1, &code), 1);
	assert_int_equal(code, W_NESTING);
	assert_int_equal(errors_of_condition("not ", "a", "", LIMIT_NESTING, &code), 0);
	assert_int_equal(errors_of_condition("not ", "a", "", LIMIT_NESTING + 1, &code), 1);
	assert_int_equal(code, W_NESTING);
	assert_true(errors_of_condition("(", "a", ")", 100000, &code) >= 1);
	assert_int_equal(code, W_NESTING);
	assert_int_equal(errors_of_condition("a and ", "a", "", LIMIT_EXPR_HEIGHT - 1, &code), 0);
	assert_int_equal(errors_of_condition("a and ", "a", "", LIMIT_EXPR_HEIGHT, &code), 1);
	assert_int_equal(code, W_CONDITION_LONG);
	assert_true(errors_of_condition("a + ", "a", "", 100000, &code) >= 1);
	assert_int_equal(code, W_CONDITION_LONG);
}

/* Every prefix of a policy, and every policy with one byte damaged, gives a tree and no crash. */
static void test_parse_survives_damage(void **state)
{
	(void)state;
	static const char policy[] =
	    "case s \"x\"\n  age : years from 0 to 120 optional # c\n\nevent e of s\n  sets age\n\n"
	    "fine f of s\n  on second e when (age < 18 or unknown) and not a.b\n  tier 1 when "
	    "count of e = 1\n    assess 52 x $251 as l weekly due within 3 business days\n\n"
	    "scenario \"t\" in a\n  given s with age 22\n  2026-07-01 09:30 e\n    expect "
	    "nothing\n";
	char text[sizeof(policy)];
	for (size_t i = 0; i < sizeof(policy) - 1; i++) {
		for (unsigned k = 0; k < 6; k++) {
			struct parsed p;
			for (size_t j = 0; j < sizeof(policy); j++)
				text[j] = policy[j];
			text[i] = "\"(9 \n\xff"[k];
			read_text(&p, (struct str){text, sizeof(policy) - 1});
			assert_non_null(p.file);
			release(&p);
		}
		struct parsed p;
		read_text(&p, (struct str){policy, i});
		assert_non_null(p.file);
		release(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse_builds_expressions),
	    cmocka_unit_test(test_codes_examples_do_what_they_say),
	    cmocka_unit_test(test_codes_are_in_order_and_explained),
	    cmocka_unit_test(test_parse_reports_the_errors_of_all_blocks),
	    cmocka_unit_test(test_parse_reports_one_syntax_error_of_a_block),
	    cmocka_unit_test(test_parse_goes_on_behind_a_misspelt_word),
	    cmocka_unit_test(test_parse_keeps_what_it_has_read),
	    cmocka_unit_test(test_parse_caps_what_it_reports),
	    cmocka_unit_test(test_parse_holds_nesting_limits),
	    cmocka_unit_test(test_parse_survives_damage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
