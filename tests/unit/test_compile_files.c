/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole files and folders that nobody means to write: too many, too large, too deep, garbage of
 * every kind. The compiler and the loader say so, and need no more memory than the size of the text
 * warrants.
 */
#include "daemon/wire/load.h"
#include "engine/base/limits.h"
#include "grammar/codes.h"
#include "tests/support/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const struct compile_env env = {.zone_bytes = vocabulary_zone};

/* The code of the first error, 0 when it compiles; `many`: how many errors there were. */
static int first_error(const struct source *sources, size_t n, size_t *used)
{
	struct arena arena = {0};
	struct diag_list diags;
	struct rulebook *rb = NULL;
	diag_init(&diags, &arena);
	compile(sources, n, &env, &diags, &rb);
	int code = diags.errors ? diags.at[0].code : 0;
	assert_true(diags.n <= LIMIT_DIAGNOSTICS);
	for (size_t i = 0; i < diags.n; i++)
		assert_true(str_is_utf8(diags.at[i].message) && str_is_utf8(diags.at[i].help));
	if (used)
		*used = arena.used;
	rulebook_unref(rb);
	diag_release(&diags);
	arena_release(&arena);
	return code;
}

/* ---- how many, how large ---- */

static struct source *small_files(size_t n)
{
	struct source *s = test_malloc(n * sizeof(*s));
	s[0] = (struct source){STR("a.way"), {vocabulary_text, sizeof(vocabulary_text) - 1}};
	for (size_t i = 1; i < n; i++)
		s[i] = (struct source){STR("b.way"), STR("# nothing here\n")};
	return s;
}

static void test_as_many_files_as_a_rulebook_may_have(void **state)
{
	(void)state;
	struct source *files = small_files(LIMIT_SOURCES + 1);
	assert_int_equal(first_error(files, LIMIT_SOURCES, NULL), 0);
	assert_int_equal(first_error(files, LIMIT_SOURCES + 1, NULL), W_TOO_MANY);
	test_free(files);
}

/* A comment as long as asked for, behind the vocabulary. */
static struct str long_text(size_t bytes)
{
	char *p = malloc(bytes);
	assert_non_null(p);
	size_t n = sizeof(vocabulary_text) - 1;
	memcpy(p, vocabulary_text, n);
	memset(p + n, '#', bytes - n);
	return (struct str){p, bytes};
}

static void test_as_large_a_file_as_may_be(void **state)
{
	(void)state;
	struct str text = long_text(LIMIT_SOURCE_BYTES + 1);
	struct source file = {STR("a.way"), {text.p, LIMIT_SOURCE_BYTES}};
	assert_int_equal(first_error(&file, 1, NULL), 0);
	file.text.len++;
	assert_int_equal(first_error(&file, 1, NULL), W_TOO_MANY);
	free((char *)text.p);
}

static void test_more_text_than_a_rulebook_may_have(void **state)
{
	(void)state;
	enum { FILES = LIMIT_RULEBOOK_BYTES / LIMIT_SOURCE_BYTES + 1 };
	struct str text = long_text(LIMIT_SOURCE_BYTES);
	struct source files[FILES];
	for (size_t i = 0; i < FILES; i++)
		files[i] = (struct source){STR("a.way"), text};
	files[FILES - 1].text.len = 1; /* one byte too many in all */
	assert_int_equal(first_error(files, FILES, NULL), W_TOO_MANY);
	free((char *)text.p);
}

/* ---- folders ---- */

static void make_folder(struct buf *path, unsigned deep)
{
	char top[] = "/tmp/waymark-folders.XXXXXX";
	assert_non_null(mkdtemp(top));
	buf_c(path, top);
	for (unsigned i = 0; i < deep; i++) {
		buf_c(path, "/d");
		buf_char(path, '\0');
		assert_int_equal(mkdir(path->p, 0700), 0);
		path->len--;
	}
}

static void write_policy(const struct buf *folder)
{
	struct buf path = {0};
	buf_fmt(&path, STR_FMT "/a.way%c", STR_ARG(buf_view(folder)), 0);
	FILE *f = fopen(path.p, "w");
	assert_non_null(f);
	fputs(vocabulary_text, f);
	fclose(f);
	buf_release(&path);
}

static void remove_folder(const char *top)
{
	char command[128];
	snprintf(command, sizeof(command), "rm -rf '%.60s'", top);
	assert_int_equal(system(command), 0);
}

static enum status load_folder(const char *top, struct buf *why)
{
	struct loaded l = {0};
	enum status s = load_rulebook(&l, top, why);
	load_release(&l);
	return s;
}

static void check_depth(unsigned deep, enum status expected)
{
	struct buf path = {0}, why = {0};
	make_folder(&path, deep);
	write_policy(&path);
	char top[64];
	snprintf(top, sizeof(top), "%.27s", path.p);
	assert_int_equal(load_folder(top, &why), expected);
	assert_int_equal(why.len > 0, expected != STATUS_OK);
	remove_folder(top);
	buf_release(&path);
	buf_release(&why);
}

static void test_as_deep_as_folders_may_lie(void **state)
{
	(void)state;
	check_depth(LIMIT_FOLDER_DEPTH, STATUS_OK);
	check_depth(LIMIT_FOLDER_DEPTH + 1, STATUS_LIMIT);
}

static void test_links_that_lead_back_are_told(void **state)
{
	(void)state;
	struct buf path = {0}, why = {0};
	char link_name[64];
	make_folder(&path, 0);
	write_policy(&path);
	buf_char(&path, '\0');
	for (int i = 0; i < 3; i++) { /* several, so that paths would multiply */
		snprintf(link_name, sizeof(link_name), "%.40s/loop%d", path.p, i);
		assert_int_equal(symlink(path.p, link_name), 0);
	}
	assert_int_equal(load_folder(path.p, &why), STATUS_LIMIT);
	assert_true(str_contains(buf_view(&why), STR("does a link lead back?")));
	remove_folder(path.p);
	buf_release(&path);
	buf_release(&why);
}

/* ---- garbage ---- */

struct dice {
	uint64_t state;
};

static unsigned roll(struct dice *d, unsigned n)
{
	d->state = d->state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(d->state >> 33) % n;
}

static void fill(struct buf *b, size_t most, const char *piece)
{
	size_t n = strlen(piece);
	while (b->len + n <= most)
		buf_bytes(b, piece, n);
}

static const char *const garbage[] = {
    "(",
    ")",
    "\"",
    "'",
    "not ",
    "a ",
    "a\n",
    "9",
    "$",
    "rule r\n",
    "rule r on x when (",
    "when a and (b or ",
    "a_very_long_name_",
    "Heading ",
    "Word Word\n",
    "cite Capital \n",
    "- pay 5 dollars\n",
    "50 percent of ",
    "\xe2\x80\x9c",
    "\xf0\x9f\x98\x80",
    "| a | b\n",
    "case x\n  a : one of b, c\n",
    "# c\n",
    "=IF(",
    "-----\n",
    "2026-07-01\n",
    "expect pay $5, ",
    "+ 1 ",
    "\t",
    "scenario \"s\" in x\n  given y\n",
    "event e of k\n",
};

static void check_garbage(struct buf *b, const char *what)
{
	size_t used = 0;
	struct source file = {STR("a.way"), buf_view(b)};
	first_error(&file, 1, &used);
	if (used > 64u << 20) /* messages only; the tree is the compiler's own */
		fail_msg("%s: %zu bytes of messages", what, used);
}

static void test_the_same_over_and_over(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(garbage) / sizeof(*garbage); i++) {
		struct buf b = {0};
		fill(&b, 1u << 19, garbage[i]);
		check_garbage(&b, garbage[i]);
		buf_release(&b);
	}
}

static void test_four_megabytes_of_anything(void **state)
{
	(void)state;
	struct dice d = {7};
	for (int kind = 0; kind < 3; kind++) {
		struct buf b = {0};
		while (b.len < LIMIT_SOURCE_BYTES - 64) {
			if (kind == 0)
				buf_char(&b, (char)roll(&d, 256));
			else if (kind == 1)
				buf_char(&b, (char)(32 + roll(&d, 95)));
			else
				buf_c(&b, garbage[roll(&d, sizeof(garbage) / sizeof(*garbage))]);
		}
		check_garbage(&b, "anything");
		buf_release(&b);
	}
}

/* Every prefix of a text with long characters, and every byte of it damaged. */
static void test_characters_that_are_cut_off(void **state)
{
	(void)state;
	static const char text[] =
	    "\xef\xbb\xbfprogram p \"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"\r\n"
	    "  effective 2026-07-01 # \xe2\x80\x9c\r\n";
	for (size_t n = 0; n < sizeof(text); n++) {
		char *exact = malloc(n + 1); /* so that a sanitizer sees a read past the end */
		assert_non_null(exact);
		memcpy(exact, text, n);
		struct source file = {STR("a.way"), {exact, n}};
		first_error(&file, 1, NULL);
		for (unsigned char byte = 0; n && byte < 0xff; byte = (unsigned char)(byte + 51)) {
			exact[n - 1] = (char)byte;
			first_error(&file, 1, NULL);
		}
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_as_many_files_as_a_rulebook_may_have),
	    cmocka_unit_test(test_as_large_a_file_as_may_be),
	    cmocka_unit_test(test_more_text_than_a_rulebook_may_have),
	    cmocka_unit_test(test_as_deep_as_folders_may_lie),
	    cmocka_unit_test(test_links_that_lead_back_are_told),
	    cmocka_unit_test(test_the_same_over_and_over),
	    cmocka_unit_test(test_four_megabytes_of_anything),
	    cmocka_unit_test(test_characters_that_are_cut_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
