/* SPDX-License-Identifier: Apache-2.0
 *
 * The canonical layout: what it looks like, that formatting twice changes nothing more, and that it
 * never changes the tree. Policies by chance: test_layout.c.
 */
#include "engine/base/mem.h"
#include "grammar/ast_dump.h"
#include "grammar/diagnostics.h"
#include "grammar/format.h"
#include "grammar/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct formatted {
	struct arena arena;
	struct buf once, twice, dump, dump_after, errors;
};

static struct ast_file *read_policy(struct formatted *f, struct str text)
{
	struct source source = {STR("x.way"), text};
	struct diag_list diags;
	diag_init(&diags, &f->arena);
	struct ast_file *file = parse(&f->arena, &source, 0, &diags);
	diagnostics_text(&f->errors, &diags, &source, 1, STR(""), false);
	diag_release(&diags);
	return file;
}

static void run(struct formatted *f, struct str text)
{
	*f = (struct formatted){0};
	struct ast_file *first = read_policy(f, text);
	if (f->errors.len)
		return;
	format(first, text, &f->once);
	ast_dump(&f->dump, first);
	struct ast_file *second = read_policy(f, buf_view(&f->once));
	format(second, buf_view(&f->once), &f->twice);
	ast_dump(&f->dump_after, second);
}

static void release(struct formatted *f)
{
	buf_release(&f->once);
	buf_release(&f->twice);
	buf_release(&f->dump);
	buf_release(&f->dump_after);
	buf_release(&f->errors);
	arena_release(&f->arena);
}

static void assert_same(struct str got, struct str want, struct str text, const char *what)
{
	if (str_eq(got, want))
		return;
	fprintf(stderr,
		"%s\n---- policy\n" STR_FMT "\n---- got\n" STR_FMT "\n---- want\n" STR_FMT "\n",
		what, STR_ARG(text), STR_ARG(got), STR_ARG(want));
	fail();
}

static void assert_stable(struct formatted *f, struct str text)
{
	assert_same(buf_view(&f->errors), STR(""), text, "does not parse");
	assert_same(buf_view(&f->dump_after), buf_view(&f->dump), text, "the tree changed");
	assert_same(buf_view(&f->twice), buf_view(&f->once), text, "formatting again changes it");
}

static const struct layout {
	const char *from, *to;
} layouts[] = {
    {"", ""},
    {"# only a comment", "# only a comment\n"},
    {"amount a is $1000", "amount a is $1,000\n"},
    {"amount a is $1000.50", "amount a is $1,000.50\n"},
    {"number a is 10000", "number a is 10,000\n"},
    {"number a is 2026", "number a is 2026\n"},
    {"period a is 1 days", "period a is 1 day\n"},
    {"period a is 14 day", "period a is 14 days\n"},
    {"period a is 2 weeks", "period a is 2 weeks\n"},
    {"percent a is 7.50%", "percent a is 7.5%\n"},
    {"party a party b\n\n\nparty c", "party a\nparty b\n\nparty c\n"},
    {"party a fund b", "party a\n\nfund b\n"},
    {"case c\nage:years\ncustody:text optional",
     "case c\n  age     : years\n  custody : text optional\n"},
    {"rule r on x when a=1 order y", "rule r\n  on x when a is 1\n  order y\n"},
    {"rule r on x pay $5 from f to y", "rule r\n  on x\n  pay $5 to y from f\n"},
    {"rule r on x # why\norder y # so\n# last\n",
     "rule r\n  on x  # why\n  order y  # so\n\n# last\n"},
    {"rule r\n  on x\n  # before\n  order y\n  # behind\n\nparty a\n",
     "rule r\n  on x\n  # before\n  order y\n  # behind\n\nparty a\n"},
    {"# head\n\n# about r\nrule r on x order y\n",
     "# head\n\n# about r\nrule r\n  on x\n  order y\n"},
    {"rule r on x # one\n when a # two\n order y",
     "rule r\n  # one\n  on x when a  # two\n  order y\n"},
    {"rule r on x refer to p within 3 days otherwise order y otherwise order z",
     "rule r\n  on x\n  refer to p within 3 days\n    otherwise order y\n    otherwise order z\n"},
    {"rule r on x when aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa and bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb "
     "and "
     "ccccccccccccccccccccccccccccc order y",
     "rule r\n  on x when aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa and "
     "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"
     "      and ccccccccccccccccccccccccccccc\n  order y\n"},
    {"fine f on x tier 1 when a assess $3000 as c in 12 weekly installments cite \"s\"",
     "fine f\n  on x\n  tier 1 when a\n    assess $3,000 as c in 12 weekly instalments\n"
     "    cite \"s\"\n"},
    {"scenario \"s\" in a given c with age 5\n2026-01-01 09:05 x expect nothing",
     "scenario \"s\" in a\n  given c with age 5\n  2026-01-01 09:05 x\n    expect nothing\n"},
    {"\xef\xbb\xbfparty a\r\nparty b\r\n", "party a\nparty b\n"},
    {"calendar c weekend Sunday, Saturday # off\nholiday 2026-07-03",
     "calendar c\n  weekend Saturday, Sunday  # off\n  holiday 2026-07-03\n"},
};

static void test_format_gives_the_canonical_layout(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		struct formatted f;
		struct str text = str_from(layouts[i].from);
		run(&f, text);
		assert_same(buf_view(&f.once), str_from(layouts[i].to), text, "layout");
		assert_stable(&f, text);
		release(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_format_gives_the_canonical_layout),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
