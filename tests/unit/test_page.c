/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/page/chart.h"
#include "engine/page/html.h"
#include "engine/page/sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct html_column columns[] = {{"what", false}, {"how much", true}};
static const struct chart_series two[] = {{STR_INIT("then")}, {STR_INIT("<now>")}};

static size_t times(const struct buf *b, const char *what)
{
	size_t n = 0;
	struct buf text = {0};
	buf_str(&text, buf_view(b));
	buf_char(&text, '\0');
	for (const char *p = text.p; (p = strstr(p, what)); p++)
		n++;
	buf_release(&text);
	return n;
}

/* Nothing that is given as text may become markup, wherever it is put. */
static void no_text_becomes_markup(void **state)
{
	static const char bad[] = "</td><script>alert('1')</script>\"&";
	struct buf b = {0};
	(void)state;
	html_begin(&b, str_from(bad));
	html_chapter(&b, STR("first"), str_from(bad));
	html_section(&b, str_from(bad));
	html_subsection(&b, str_from(bad));
	html_section_at(&b, STR("here"), str_from(bad));
	html_p(&b, "of %s", bad);
	html_note(&b, "%s", bad);
	html_pre(&b, str_from(bad));
	html_list(&b);
	html_item(&b, str_from(bad));
	html_link_item(&b, STR("first"), str_from(bad));
	html_list_end(&b);
	html_table(&b, columns, 2);
	html_row(&b);
	html_cell(&b, str_from(bad));
	html_money(&b, -500);
	html_table_end(&b);
	struct chart c;
	chart_begin(&c, &b, str_from(bad), two, 2, 100);
	chart_group(&c, str_from(bad));
	chart_bar(&c, 1, 100);
	chart_end(&c);
	html_end(&b);
	assert_int_equal(times(&b, "<script"), 0);
	assert_int_equal(times(&b, "alert('"), 0);
	assert_int_equal(times(&b, "&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)"), 14);
	assert_int_equal(times(&b, "&lt;now&gt;"), 1);
	assert_int_equal(times(&b, "-$5.00"), 1);
	buf_release(&b);
}

static void bars_are_in_proportion(void **state)
{
	struct buf b = {0};
	struct chart c;
	(void)state;
	chart_begin(&c, &b, STR("money"), two, 2, 20000);
	chart_group(&c, STR("2026-07"));
	chart_bar(&c, 0, 20000);
	chart_bar(&c, 1, 10000);
	chart_group(&c, STR("2026-08"));
	chart_bar(&c, 0, -1);
	chart_bar(&c, 1, INT64_MAX); /* more than was said: not past the edge */
	chart_end(&c);
	assert_int_equal(times(&b, "width=\"480\""), 2);
	assert_int_equal(times(&b, "width=\"240\""), 1);
	assert_int_equal(times(&b, "width=\"0\""), 1);
	assert_int_equal(times(&b, "$200.00"), 1);
	buf_release(&b);
}

static void a_range_has_its_line(void **state)
{
	struct buf b = {0};
	struct chart c;
	(void)state;
	chart_begin(&c, &b, STR("cases"), two, 1, 100);
	c.counts = true;
	chart_group(&c, STR("2026-07"));
	chart_range(&c, 0, 25, 50, 100);
	chart_end(&c);
	assert_int_equal(times(&b, "x1=\"310\" x2=\"670\""), 1);
	assert_int_equal(times(&b, "25 to 100"), 1);
	assert_int_equal(times(&b, "then"), 0); /* one series needs no legend */
	buf_release(&b);
}

/* The same calls give a page and a text with the same words. */
static void write_sheet(struct buf *b, bool html)
{
	struct sheet s = {.b = b, .html = html};
	sheet_chapter(&s, STR("one"), STR("Äpfel & more"));
	sheet_p(&s, STR("Words that go on, and on, and on, until the line is so full that the next "
			"word needs another one."));
	sheet_list(&s);
	sheet_item(&s, STR("First of all, this one is also so long that it goes on below its first "
			   "letter, not below its dash."));
	sheet_list_end(&s);
	sheet_table(&s, columns, 2);
	sheet_row(&s);
	sheet_cell(&s, STR("<b>"));
	sheet_cell(&s, STR("$5.00"));
	sheet_row(&s);
	sheet_cell(&s, STR("c"));
	sheet_cell(&s, STR(""));
	sheet_table_end(&s);
	sheet_note(&s, STR("Take care"));
	sheet_release(&s);
}

static void a_sheet_is_a_page_or_a_text(void **state)
{
	struct buf b = {0};
	(void)state;
	write_sheet(&b, false);
	buf_char(&b, '\0');
	assert_string_equal(
	    b.p, "\nÄpfel & more\n============\n"
		 "Words that go on, and on, and on, until the line is so full that the next word "
		 "needs another\none.\n"
		 "- First of all, this one is also so long that it goes on below its first letter, "
		 "not below its\n  dash.\n"
		 "  what | how much\n- <b> | $5.00\n- c\n! Take care\n");
	buf_clear(&b);
	write_sheet(&b, true);
	assert_int_equal(times(&b, "<h1 class=\"chapter\" id=\"one\">Äpfel &amp; more</h1>"), 1);
	assert_int_equal(times(&b, "<td>&lt;b&gt;<td>$5.00"), 1);
	assert_int_equal(times(&b, "<li>First of all"), 1);
	buf_release(&b);
}

static void a_drawing_begins_with_its_picture(void **state)
{
	struct buf b = {0};
	(void)state;
	html_drawing(&b, STR("<?xml version=\"1.0\"?>\n<!DOCTYPE svg>\n<svg width=\"5\"></svg>\n"));
	assert_true(str_eq(buf_view(&b), STR("<svg class=\"drawn\" width=\"5\"></svg>\n")));
	buf_clear(&b);
	html_drawing(&b, STR("no picture"));
	assert_int_equal(b.len, 0);
	html_link_item(&b, STR("a&b.html"), STR("<a>"));
	assert_int_equal(times(&b, "<li><a href=\"a&amp;b.html\">&lt;a&gt;</a></li>"), 1);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_text_becomes_markup),
	    cmocka_unit_test(bars_are_in_proportion),
	    cmocka_unit_test(a_range_has_its_line),
	    cmocka_unit_test(a_sheet_is_a_page_or_a_text),
	    cmocka_unit_test(a_drawing_begins_with_its_picture),
	};
	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
