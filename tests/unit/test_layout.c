/* SPDX-License-Identifier: Apache-2.0
 *
 * Policies that people wrote, laid out anew by chance: words parted by other white space, comments
 * between any two of them. What `waymark fmt` makes of it keeps its promises
 * (tests/support/layout.h), is the same text when only white space changed, and is the same
 * rulebook: the same rules, whose scenarios end as before.
 */
#include "daemon/wire/load.h"
#include "engine/trial/scenario_run.h"
#include "engine/base/vec.h"
#include "tests/support/layout.h"
#include "tests/support/policy_gen.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define EXAMPLES "tests/golden/language"

/* ---- pieces ---- */

/* The next piece of a text: a quoted text, a comment, or what stands between white space. */
static struct str next_piece(struct str text, size_t *at)
{
	while (*at < text.len && strchr(" \t\r\n", text.p[*at]))
		++*at;
	size_t from = *at;
	char first = from < text.len ? text.p[from] : '\0';
	if (first == '"' || first == '#') {
		char last = first == '"' ? '"' : '\n';
		for (++*at; *at < text.len && text.p[*at] != last;)
			++*at;
		*at += first == '"' && *at < text.len;
	} else {
		while (*at < text.len && !strchr(" \t\r\n\"#", text.p[*at]))
			++*at;
	}
	return (struct str){text.p + from, *at - from};
}

static bool blank_line(struct str text, size_t from, size_t to)
{
	size_t breaks = 0;
	for (size_t i = from; i < to; i++)
		breaks += text.p[i] == '\n';
	return breaks > 1;
}

static bool is_touching(struct str text, size_t at)
{
	return at > 0 && at < text.len && !strchr(" \t\r\n", text.p[at - 1]);
}

/* White space by chance, in which a blank line stands where one stood before, and nowhere else. */
static void other_space(struct gen *g, bool blank)
{
	static const char *const plain[] = {" ", "  ", "\t", "\n", "\n      ", "\r\n ", " \t\n"};
	static const char *const blanks[] = {"\n\n", "\r\n\r\n  ", "\n  \t\n\n", "\n\n\n\n"};
	buf_c(&g->out, blank ? GEN_PICK(g, blanks) : GEN_PICK(g, plain));
}

/* The text laid out anew: without its comments, or with new ones, one in so many gaps. */
static void lay_out(struct gen *g, struct str text, unsigned comments)
{
	size_t at = 0, end = 0;
	unsigned n = 0;
	bool blank = false;
	for (;;) {
		struct str piece = next_piece(text, &at);
		size_t from = at - piece.len;
		blank |= blank_line(text, end, from);
		bool touching = is_touching(text, from);
		end = at;
		if (!piece.len)
			break;
		if (piece.p[0] == '#')
			continue;
		if (comments && !touching && gen_below(g, comments) == 0) {
			other_space(g, blank);
			buf_fmt(&g->out, "# comment %u, é “”%s\n", ++n, gen_maybe(g) ? " \t" : "");
		}
		if (!touching)
			other_space(g, blank && g->out.len);
		buf_str(&g->out, piece);
		blank = false;
	}
	buf_char(&g->out, '\n');
}

/* ---- rulebooks ---- */

struct book {
	struct arena arena;
	VEC(struct source) files;
};

static void add_file(struct book *b, const char *path)
{
	struct buf text = {0}, why = {0};
	if (load_file(path, 1u << 20, &text, &why))
		fail_msg(STR_FMT, STR_ARG(buf_view(&why)));
	*vec_push(&b->files) = (struct source){arena_str(&b->arena, str_from(path)),
					       arena_str(&b->arena, buf_view(&text))};
	buf_release(&text);
	buf_release(&why);
}

static void book_release(struct book *b)
{
	vec_release(&b->files);
	arena_release(&b->arena);
}

/* What the files say, and how their scenarios end. */
static void meaning(const struct source *files, size_t n, struct buf *out, size_t *scenarios)
{
	struct loaded l = {0};
	diag_init(&l.diags, &l.arena);
	l.sources = arena_array(&l.arena, n, sizeof(*l.sources));
	l.n = n;
	for (size_t i = 0; i < n; i++)
		l.sources[i] = files[i];
	if (load_compile(&l)) {
		load_report(&l, out, false, false);
		fail_msg("does not compile:\n" STR_FMT, STR_ARG(buf_view(out)));
	}
	layout_rules(out, l.rb);
	for (uint32_t i = 0; i < l.rb->nscenarios; i++) {
		struct scenario_result r;
		scenario_run(l.rb, &l.rb->scenarios[i], (struct scenario_options){0}, &r);
		buf_fmt(out, "scenario %u: %d after %zu\n", i, (int)r.verdict, r.decisions);
		*scenarios += r.verdict == VERDICT_PASSED;
		scenario_result_release(&r);
	}
	load_release(&l);
}

static struct str formatted(struct book *b, struct str text)
{
	struct layout l = {0};
	const char *broken = layout_check(&l, text);
	if (broken || l.errors)
		fail_msg("%s:\n" STR_FMT "\n---- expected\n" STR_FMT "\n---- found\n" STR_FMT,
			 broken ? broken : "can no longer be read", STR_ARG(text),
			 STR_ARG(buf_view(&l.expected)), STR_ARG(buf_view(&l.found)));
	struct str once = arena_str(&b->arena, buf_view(&l.once));
	layout_release(&l);
	return once;
}

static struct str laid_out(struct book *b, struct str text, uint64_t seed, unsigned comments)
{
	struct gen g = {.state = seed * 0x9e3779b97f4a7c15u + 1};
	for (unsigned i = 0; i < 8; i++)
		gen_below(&g, 2);
	lay_out(&g, text, comments);
	struct str once = formatted(b, arena_str(&b->arena, buf_view(&g.out)));
	buf_release(&g.out);
	return once;
}

static void check_file(struct book *b, size_t i, uint64_t seed)
{
	struct str text = b->files.at[i].text, first = laid_out(b, text, 1, 0);
	struct str again = laid_out(b, text, seed, 0);
	if (!str_eq(first, again))
		fail_msg("white space changes the layout, seed %llu:\n" STR_FMT
			 "\n---- and\n" STR_FMT,
			 (unsigned long long)seed, STR_ARG(first), STR_ARG(again));
}

/* Rows of a table end with their lines, so that their words cannot be moved about. */
static bool has_table(struct str text)
{
	return str_contains(text, STR("\n  |"));
}

static size_t check_book(struct book *b, unsigned rounds)
{
	struct buf before = {0}, after = {0};
	size_t passed = 0, again = 0;
	meaning(b->files.at, b->files.n, &before, &passed);
	for (uint64_t seed = 2; seed < rounds + 2; seed++) {
		struct source *files = arena_array(&b->arena, b->files.n, sizeof(*files));
		for (size_t i = 0; i < b->files.n; i++) {
			files[i] = b->files.at[i];
			if (has_table(files[i].text)) {
				files[i].text = formatted(b, files[i].text);
				continue;
			}
			check_file(b, i, seed);
			files[i].text = laid_out(b, files[i].text, seed, 1 + (unsigned)(seed % 9));
		}
		buf_clear(&after);
		again = 0;
		meaning(files, b->files.n, &after, &again);
		assert_true(str_eq(buf_view(&before), buf_view(&after)));
		assert_int_equal(passed, again);
	}
	buf_release(&before);
	buf_release(&after);
	return passed;
}

static bool names_policy(const char *name)
{
	size_t n = strlen(name);
	return n > 4 && strcmp(name + n - 4, ".way") == 0 && strcmp(name, "vocabulary.way") != 0;
}

static void test_the_languages_examples_stay_what_they_are(void **state)
{
	(void)state;
	struct dirent **names;
	size_t books = 0, passed = 0;
	int n = scandir(EXAMPLES, &names, NULL, alphasort);
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		char path[512];
		snprintf(path, sizeof(path), EXAMPLES "/%s", names[i]->d_name);
		if (names_policy(names[i]->d_name)) {
			struct book b = {0};
			add_file(&b, path);
			if (!str_starts(b.files.at[0].text, STR("timezone")))
				add_file(&b, EXAMPLES "/vocabulary.way");
			passed += check_book(&b, 20);
			books++;
			book_release(&b);
		}
		free(names[i]);
	}
	free(names);
	assert_true(books > 10 && passed > 30);
}

static void test_the_shipped_policies_stay_what_they_are(void **state)
{
	(void)state;
	struct loaded l = {0};
	struct buf why = {0};
	struct book b = {0};
	assert_int_equal(load_sources(&l, "policies", &why), STATUS_OK);
	for (size_t i = 0; i < l.n; i++)
		*vec_push(&b.files) = l.sources[i];
	assert_true(check_book(&b, 4) > 10);
	book_release(&b);
	load_release(&l);
	buf_release(&why);
}

static void test_policies_by_chance_keep_every_promise(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3000; seed++) {
		struct gen g;
		struct book b = {0};
		gen_policy(&g, seed, (unsigned)(seed % 7));
		formatted(&b, buf_view(&g.out));
		buf_release(&g.out);
		book_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_policies_by_chance_keep_every_promise),
	    cmocka_unit_test(test_the_languages_examples_stay_what_they_are),
	    cmocka_unit_test(test_the_shipped_policies_stay_what_they_are),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
