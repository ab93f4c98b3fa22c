/* SPDX-License-Identifier: Apache-2.0
 *
 * Diagnostics as text and as JSON: places, carets under other letters than ASCII, tabs, a second
 * place, and what a malformed source must not do to a terminal.
 */
#include "grammar/diagnostics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct rig {
	struct arena arena;
	struct diag_list diags;
	struct source source;
	struct buf out;
};

static void open_rig(struct rig *r, struct str text)
{
	*r = (struct rig){.source = {STR("x.way"), text}};
	diag_init(&r->diags, &r->arena);
}

static void close_rig(struct rig *r)
{
	diag_release(&r->diags);
	arena_release(&r->arena);
	buf_release(&r->out);
}

static struct diag *report(struct rig *r, uint32_t off, uint32_t len)
{
	struct diag *d =
	    diag_add(&r->diags, 102, SEVERITY_ERROR, (struct span){0, off, len}, "it is wrong");
	diag_help(&r->diags, d, "put it right");
	return d;
}

static void assert_text(struct rig *r, const char *want)
{
	diagnostics_text(&r->out, &r->diags, &r->source, 1, STR("policies"), false);
	if (!str_eq(buf_view(&r->out), str_from(want)))
		fail_msg("got\n" STR_FMT "want\n%s", STR_ARG(buf_view(&r->out)), want);
}

static void test_text_marks_the_span(void **state)
{
	(void)state;
	struct rig r;
	open_rig(&r, STR("one\ntwo three\nfour\n"));
	report(&r, 8, 5);
	assert_text(&r, "policies/x.way:2:5: error W0102: it is wrong\n"
			" 2 | two three\n"
			"   |     ^^^^^\n"
			"  help: put it right\n");
	close_rig(&r);
}

static void test_text_counts_characters_and_keeps_tabs(void **state)
{
	(void)state;
	struct rig r;
	open_rig(&r, STR("\t\"\xc3\xa9\xe2\x80\x94\" bad\xc3\xa9\n"));
	report(&r, 9, 5);
	assert_text(&r, "policies/x.way:1:7: error W0102: it is wrong\n"
			" 1 | \t\"\xc3\xa9\xe2\x80\x94\" bad\xc3\xa9\n"
			"   | \t     ^^^^\n"
			"  help: put it right\n");
	close_rig(&r);
}

static void test_text_marks_the_end_of_the_file_and_cuts_at_the_line(void **state)
{
	(void)state;
	struct rig r;
	open_rig(&r, STR("one\r\ntwo"));
	report(&r, 8, 0);
	report(&r, 0, 8);
	assert_text(&r, "policies/x.way:2:4: error W0102: it is wrong\n"
			" 2 | two\n"
			"   |    ^\n"
			"  help: put it right\n"
			"policies/x.way:1:1: error W0102: it is wrong\n"
			" 1 | one\n"
			"   | ^^^\n"
			"  help: put it right\n");
	close_rig(&r);
}

static void test_text_shows_a_second_place_and_no_control_characters(void **state)
{
	(void)state;
	struct rig r;
	open_rig(&r, STR("a\033[31m\nb\xff\n"));
	diag_also(&r.diags, report(&r, 7, 1), (struct span){0, 0, 1}, "first defined here");
	assert_text(&r, "policies/x.way:2:1: error W0102: it is wrong\n"
			" 2 | b?\n"
			"   | ^\n"
			"  help: put it right\n"
			"  policies/x.way:1:1: first defined here\n"
			" 1 | a?[31m\n"
			"   | ^\n");
	close_rig(&r);
}

static void test_text_says_how_many_are_not_shown(void **state)
{
	(void)state;
	struct rig r;
	open_rig(&r, STR("one\n"));
	report(&r, 0, 1);
	r.diags.errors = 4;
	diagnostics_text(&r.out, &r.diags, &r.source, 1, STR(""), false);
	assert_true(str_contains(buf_view(&r.out), STR("\n3 more are not shown\n")));
	assert_true(str_starts(buf_view(&r.out), STR("x.way:1:1: ")));
	close_rig(&r);
}

static void test_text_has_colour_only_when_asked(void **state)
{
	(void)state;
	struct rig r;
	open_rig(&r, STR("one\n"));
	report(&r, 0, 1);
	diagnostics_text(&r.out, &r.diags, &r.source, 1, STR(""), false);
	assert_false(str_contains(buf_view(&r.out), STR("\033")));
	diagnostics_text(&r.out, &r.diags, &r.source, 1, STR(""), true);
	assert_true(str_contains(buf_view(&r.out), STR("\033[1;31m")));
	close_rig(&r);
}

static void test_json_has_all_members(void **state)
{
	(void)state;
	struct rig r;
	open_rig(&r, STR("one\ntwo \"three\"\n"));
	report(&r, 8, 7);
	diag_add(&r.diags, 801, SEVERITY_WARNING, (struct span){0, 0, 5}, "say \"no\"");
	diagnostics_json(&r.out, &r.diags, &r.source, 1, STR("policies/"));
	assert_string_equal(
	    (buf_char(&r.out, 0), r.out.p),
	    "[{\"code\":\"W0102\",\"severity\":\"error\",\"file\":\"policies/x.way\",\"line\":2,"
	    "\"column\":5,\"end_line\":2,\"end_column\":12,\"message\":\"it is wrong\","
	    "\"help\":\"put it right\"},\n"
	    "{\"code\":\"W0801\",\"severity\":\"warning\",\"file\":\"policies/x.way\",\"line\":1,"
	    "\"column\":1,\"end_line\":2,\"end_column\":2,\"message\":\"say \\\"no\\\"\","
	    "\"help\":\"\"}]\n");
	close_rig(&r);
}

static void test_json_of_nothing_is_an_empty_array(void **state)
{
	(void)state;
	struct rig r;
	open_rig(&r, STR(""));
	diagnostics_json(&r.out, &r.diags, &r.source, 1, STR(""));
	assert_true(str_eq(buf_view(&r.out), STR("[]\n")));
	close_rig(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text_marks_the_span),
	    cmocka_unit_test(test_text_counts_characters_and_keeps_tabs),
	    cmocka_unit_test(test_text_marks_the_end_of_the_file_and_cuts_at_the_line),
	    cmocka_unit_test(test_text_shows_a_second_place_and_no_control_characters),
	    cmocka_unit_test(test_text_says_how_many_are_not_shown),
	    cmocka_unit_test(test_text_has_colour_only_when_asked),
	    cmocka_unit_test(test_json_has_all_members),
	    cmocka_unit_test(test_json_of_nothing_is_an_empty_array),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
