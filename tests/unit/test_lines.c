/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lsp/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* a, ä (2 bytes, 1 unit), € (3, 1), 🙂 (4, 2) in every kind of line. */
#define TEXT "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x99\x82z\n\r\nx\ry"

static const struct row {
	uint32_t off, line, utf16, utf8;
} rows[] = {
    {0, 0, 0, 0},  {1, 0, 1, 1},  {3, 0, 2, 3},  {6, 0, 3, 6},  {10, 0, 5, 10}, {11, 0, 6, 11},
    {12, 1, 0, 0}, {14, 2, 0, 0}, {15, 2, 1, 1}, {16, 3, 0, 0}, {17, 3, 1, 1},
};

static void test_offsets_and_positions_agree(void **state)
{
	(void)state;
	struct lines l;
	lines_read(&l, STR(TEXT));
	assert_int_equal(l.starts.n, 4);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *r = &rows[i];
		struct position p = lines_position(&l, r->off, ENCODING_UTF16);
		assert_int_equal(p.line, r->line);
		assert_int_equal(p.character, r->utf16);
		assert_int_equal(lines_offset(&l, p, ENCODING_UTF16), r->off);
		p = lines_position(&l, r->off, ENCODING_UTF8);
		assert_int_equal(p.line, r->line);
		assert_int_equal(p.character, r->utf8);
		assert_int_equal(lines_offset(&l, p, ENCODING_UTF8), r->off);
	}
	lines_release(&l);
}

static uint32_t offset(const struct lines *l, uint32_t line, uint32_t character, enum encoding e)
{
	return lines_offset(l, (struct position){line, character}, e);
}

static void test_places_outside_are_the_end(void **state)
{
	(void)state;
	struct lines l;
	lines_read(&l, STR(TEXT));
	assert_int_equal(offset(&l, 0, 99, ENCODING_UTF16), 11);
	assert_int_equal(offset(&l, 1, 5, ENCODING_UTF16), 12);
	assert_int_equal(offset(&l, 2, 2, ENCODING_UTF16), 15);
	assert_int_equal(offset(&l, 3, UINT32_MAX, ENCODING_UTF8), 17);
	assert_int_equal(offset(&l, UINT32_MAX, 0, ENCODING_UTF8), 17);
	assert_int_equal(lines_position(&l, 500, ENCODING_UTF16).line, 3);
	lines_release(&l);
}

static void test_places_inside_of_a_character_are_its_beginning(void **state)
{
	(void)state;
	struct lines l;
	lines_read(&l, STR(TEXT));
	assert_int_equal(offset(&l, 0, 4, ENCODING_UTF16), 6); /* between the two halves */
	assert_int_equal(offset(&l, 0, 2, ENCODING_UTF8), 1);
	assert_int_equal(lines_position(&l, 8, ENCODING_UTF16).character, 3);
	assert_int_equal(lines_position(&l, 13, ENCODING_UTF16).character,
			 0); /* before \n of \r\n */
	lines_release(&l);
}

static void test_malformed_pieces_count_one(void **state)
{
	(void)state;
	struct lines l;
	lines_read(&l, STR("\xff\x80\xe2\x82z\xf0"));
	assert_int_equal(lines_position(&l, 4, ENCODING_UTF16).character, 2);
	assert_int_equal(lines_position(&l, 6, ENCODING_UTF16).character, 4);
	assert_int_equal(offset(&l, 0, 3, ENCODING_UTF16), 5);
	lines_release(&l);
}

static void test_an_empty_text_has_one_line(void **state)
{
	(void)state;
	struct lines l;
	lines_read(&l, STR(""));
	assert_int_equal(l.starts.n, 1);
	assert_int_equal(offset(&l, 0, 0, ENCODING_UTF16), 0);
	assert_int_equal(lines_position(&l, 0, ENCODING_UTF16).character, 0);
	lines_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_offsets_and_positions_agree),
	    cmocka_unit_test(test_places_outside_are_the_end),
	    cmocka_unit_test(test_places_inside_of_a_character_are_its_beginning),
	    cmocka_unit_test(test_malformed_pieces_count_one),
	    cmocka_unit_test(test_an_empty_text_has_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
