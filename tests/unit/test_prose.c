/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/page/prose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define LONG "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"

static void fill(struct prose *p)
{
	buf_c(prose_add(p, PROSE_TITLE), "About <you>");
	buf_c(prose_add(p, PROSE_P), LONG);
	prose_add(p, PROSE_P); /* left out: it has no words */
	buf_c(prose_add(p, PROSE_SECTION), "Next");
	buf_c(prose_add(p, PROSE_ITEM), LONG);
	buf_c(prose_add(p, PROSE_SUBITEM), "why");
	buf_c(prose_add(p, PROSE_ITEM), "last");
}

static void assert_written(void (*write)(struct buf *, const struct prose *), const char *want)
{
	struct prose p = {0};
	struct buf b = {0};
	fill(&p);
	write(&b, &p);
	if (!str_eq(buf_view(&b), str_from(want)))
		fail_msg("got\n" STR_FMT "instead of\n%s", STR_ARG(buf_view(&b)), want);
	buf_release(&b);
	prose_release(&p);
}

static void test_an_outline_has_a_line_for_each_piece(void **state)
{
	(void)state;
	assert_written(prose_outline,
		       "About <you>\n  " LONG "\nNext\n  " LONG "\n    why\n  last\n");
}

static void test_a_letter_is_broken_into_lines(void **state)
{
	(void)state;
	assert_written(prose_letter,
		       "About <you>\n===========\n\n"
		       "one two three four five six seven eight nine ten eleven twelve thirteen\n"
		       "fourteen\n\n"
		       "Next\n----\n"
		       "- one two three four five six seven eight nine ten eleven twelve thirteen\n"
		       "  fourteen\n"
		       "  - why\n"
		       "- last\n");
}

static void test_words_longer_than_a_line_stand_alone(void **state)
{
	(void)state;
	struct prose p = {0};
	struct buf b = {0};
	struct buf *to = prose_add(&p, PROSE_P);
	buf_c(to, "a ");
	buf_pad(to, 'x', PROSE_WIDTH + 1);
	buf_c(to, " b");
	prose_letter(&b, &p);
	assert_int_equal(b.len, 2 + PROSE_WIDTH + 1 + 1 + 2);
	assert_int_equal(b.p[1], '\n');
	buf_release(&b);
	prose_release(&p);
}

static void test_html_is_escaped_and_lists_are_nested(void **state)
{
	(void)state;
	assert_written(prose_html,
		       "<h2>About &lt;you&gt;</h2>\n<p>" LONG "</p>\n<h3>Next</h3>\n<ul>\n<li>" LONG
		       "\n<ul>\n<li>why\n</ul>\n<li>last\n</ul>\n");
}

static void test_json_names_the_pieces(void **state)
{
	(void)state;
	assert_written(
	    prose_json,
	    "[{\"kind\":\"title\",\"text\":\"About <you>\"},"
	    "{\"kind\":\"paragraph\",\"text\":\"" LONG "\"},"
	    "{\"kind\":\"section\",\"text\":\"Next\"},{\"kind\":\"item\",\"text\":\"" LONG "\"},"
	    "{\"kind\":\"subitem\",\"text\":\"why\"},{\"kind\":\"item\",\"text\":\"last\"}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_an_outline_has_a_line_for_each_piece),
	    cmocka_unit_test(test_a_letter_is_broken_into_lines),
	    cmocka_unit_test(test_words_longer_than_a_line_stand_alone),
	    cmocka_unit_test(test_html_is_escaped_and_lists_are_nested),
	    cmocka_unit_test(test_json_names_the_pieces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
