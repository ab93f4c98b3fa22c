/* SPDX-License-Identifier: Apache-2.0
 *
 * Differences of texts: applied to the old text they give the new one, and they are short.
 */
#include "engine/base/line_diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct buf diff;

static struct str line_of(struct str *s)
{
	const char *end = s->len ? memchr(s->p, '\n', s->len) : NULL;
	struct str line = {s->p, end ? (size_t)(end - s->p) + 1 : s->len};
	*s = (struct str){s->p + line.len, s->len - line.len};
	return line;
}

/* As `patch` would: puts the new text together from the old one and the difference. */
static void apply(struct buf *out, struct str old, struct str d)
{
	size_t at = 1;
	while (d.len) {
		struct str head = line_of(&d);
		size_t x, n, y, m;
		char text[64];
		snprintf(text, sizeof(text), STR_FMT, STR_ARG(head));
		assert_int_equal(sscanf(text, "@@ -%zu,%zu +%zu,%zu @@", &x, &n, &y, &m), 4);
		for (size_t from = n ? x : x + 1; at < from; at++)
			buf_str(out, line_of(&old));
		while (n || m) {
			struct str line = line_of(&d);
			struct str rest = {line.p + 1, line.len - 1};
			if (str_starts(d, STR("\\ No newline"))) {
				line_of(&d);
				rest.len--;
			}
			if (line.p[0] != '+') {
				assert_true(str_eq(line_of(&old), rest));
				at++, n--;
			}
			if (line.p[0] != '-') {
				buf_str(out, rest);
				m--;
			}
		}
		if (str_starts(d, STR("\\ No newline")))
			line_of(&d);
	}
	buf_str(out, old);
}

static size_t edits(struct str d)
{
	size_t n = 0;
	while (d.len) {
		struct str line = line_of(&d);
		n += line.p[0] == '+' || line.p[0] == '-';
	}
	return n;
}

static void check(struct str old, struct str new)
{
	struct buf out = {0};
	buf_clear(&diff);
	line_diff(&diff, old, new);
	assert_int_equal(diff.len == 0, str_eq(old, new));
	apply(&out, old, buf_view(&diff));
	if (!str_eq(buf_view(&out), new)) {
		print_error("old:\n" STR_FMT "\nnew:\n" STR_FMT "\ndiff:\n" STR_FMT "\n",
			    STR_ARG(old), STR_ARG(new), STR_ARG(buf_view(&diff)));
		fail();
	}
	buf_release(&out);
}

static void test_a_changed_line(void **state)
{
	(void)state;
	check(STR("a\nb\nc\nd\ne\nf\ng\nh\n"), STR("a\nb\nc\nd\nE\nf\ng\nh\n"));
	assert_true(
	    str_eq(buf_view(&diff), STR("@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n")));
}

static void test_edges(void **state)
{
	(void)state;
	check(STR(""), STR(""));
	check(STR(""), STR("a\n"));
	check(STR("a\n"), STR(""));
	check(STR("a"), STR("a\n"));
	check(STR("a\nb"), STR("a\nc"));
	check(STR("\n\n\n"), STR("\n"));
}

/* Random texts over few lines: many ways to go wrong. The shortest difference is known from the
 * longest common subsequence. */
static size_t fewest(const char *a, size_t n, const char *b, size_t m)
{
	static size_t len[40][40];
	for (size_t i = 0; i <= n; i++)
		for (size_t j = 0; j <= m; j++)
			len[i][j] = !i || !j                        ? 0
				    : a[i - 1] == b[j - 1]          ? len[i - 1][j - 1] + 1
				    : len[i - 1][j] > len[i][j - 1] ? len[i - 1][j]
								    : len[i][j - 1];
	return n + m - 2 * len[n][m];
}

static size_t make(unsigned *seed, char *letters, struct buf *text)
{
	size_t n = (size_t)rand_r(seed) % 30;
	buf_clear(text);
	for (size_t i = 0; i < n; i++) {
		letters[i] = (char)('a' + rand_r(seed) % 4);
		buf_char(text, letters[i]);
		buf_char(text, '\n');
	}
	return n;
}

static void test_random_texts(void **state)
{
	(void)state;
	struct buf old = {0}, new = {0};
	unsigned seed = 7;
	char a[40], b[40];
	for (int i = 0; i < 20000; i++) {
		size_t n = make(&seed, a, &old), m = make(&seed, b, &new);
		check(buf_view(&old), buf_view(&new));
		assert_int_equal(edits(buf_view(&diff)), fewest(a, n, b, m));
	}
	buf_release(&old);
	buf_release(&new);
}

static void test_beyond_the_limit_it_is_whole(void **state)
{
	(void)state;
	struct buf old = {0}, new = {0};
	for (int i = 0; i < LINE_EDITS_MOST; i++)
		buf_fmt(&old, "old %d\n", i);
	check(buf_view(&old), STR(""));
	assert_int_equal(edits(buf_view(&diff)), LINE_EDITS_MOST);
	for (int i = 0; i < LINE_EDITS_MOST; i++)
		buf_fmt(&new, "new %d\n%s", i, i % 100 ? "" : "old 5\n");
	check(buf_view(&old), buf_view(&new));
	assert_int_equal(edits(buf_view(&diff)), 2 * LINE_EDITS_MOST + 10);
	buf_release(&old);
	buf_release(&new);
}

static int teardown(void **state)
{
	(void)state;
	buf_release(&diff);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_changed_line),
	    cmocka_unit_test(test_edges),
	    cmocka_unit_test(test_random_texts),
	    cmocka_unit_test(test_beyond_the_limit_it_is_whole),
	};
	return cmocka_run_group_tests(tests, NULL, teardown);
}
