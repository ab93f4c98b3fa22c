/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/test_coverage.h"

#include "daemon/commands/cli.h"
#include "daemon/commands/suggest.h"
#include "engine/page/html.h"

static bool is_wanted(const struct covering *c)
{
	return c->told || c->html || c->lcov;
}

int covering_check(struct covering *c)
{
	bool wanted = is_wanted(c);
	c->record = (struct test_record){.path = c->ledger, .since = DAY_NONE};
	if (c->ledger && !wanted)
		return cli_usage("test", "--ledger goes with --coverage or --html");
	if (c->since && !c->ledger)
		return cli_usage("test", "--since goes with --ledger");
	if (c->since && day_read(str_from(c->since), &c->record.since))
		return cli_usage("test", "--since `%s` is no day; write it as 2026-07-01",
				 c->since);
	return -1;
}

void covering_begin(struct covering *c, const struct rulebook *rb)
{
	if (is_wanted(c))
		c->coverage = coverage_new(rb);
}

int covering_close(struct covering *c)
{
	int status = EXIT_FINE;
	if (!c->coverage)
		return status;
	if (c->ledger)
		status = test_record_read(&c->record, c->coverage);
	coverage_close(c->coverage);
	return status;
}

void covering_release(struct covering *c)
{
	test_record_release(&c->record);
	coverage_free(c->coverage);
}

void covering_text(struct buf *b, const struct covering *c)
{
	if (!c->told)
		return;
	coverage_text(b, c->coverage);
	if (c->ledger)
		test_record_text(b, &c->record);
}

void covering_json(struct buf *b, const struct covering *c)
{
	if (!c->coverage)
		return;
	buf_c(b, ",\"coverage\":");
	coverage_json(b, c->coverage);
	if (!c->ledger)
		return;
	buf_c(b, ",\"recorded\":");
	test_record_json(b, &c->record);
}

static void page(struct buf *b, const struct covering *c, const char *said)
{
	struct buf record = {0};
	html_begin(b, STR("What the scenarios test"));
	html_p(b, "%s", said);
	if (c->ledger) {
		test_record_text(&record, &c->record);
		html_p(b, STR_FMT, STR_ARG(buf_view(&record)));
	}
	coverage_html(b, c->coverage);
	coverage_source_html(b, c->coverage);
	html_end(b);
	buf_release(&record);
}

static void suggest_point(struct suggesting *s, const struct covering *c, size_t point)
{
	struct mutant m;
	struct witness w = {0};
	struct buf title = {0};
	if (coverage_mutant(c->coverage, point, s->changed, &s->arena, &m)) {
		coverage_told(&title, c->coverage, point);
		mutant_apply(&m);
		(void)suggest(s, &m, buf_view(&title), point, &w);
		mutant_undo(&m);
	}
	witness_release(&w);
	buf_release(&title);
}

static int write_suggestions(const struct covering *c, struct loaded *l)
{
	const struct coverage_point *points;
	size_t n = coverage_points(c->coverage, &points);
	struct suggesting s;
	int status;
	if (suggest_begin(&s, l)) {
		for (size_t i = 0; i < n; i++)
			if (coverage_is_gap(c->coverage, i))
				suggest_point(&s, c, i);
		status = cli_write_file("test", c->suggest, &s.scenarios);
	} else {
		status = cli_environment("test", "the rulebook could not be compiled once more");
	}
	suggest_end(&s);
	return status;
}

int covering_write(const struct covering *c, struct loaded *l, const char *said)
{
	struct str root = l->root;
	struct buf b = {0}, below = {0};
	int status = EXIT_FINE;
	if (c->html) {
		page(&b, c, said);
		status = cli_write_file("test", c->html, &b);
		buf_clear(&b);
	}
	if (c->lcov && !status) {
		buf_str(&below, root);
		if (root.len && root.p[root.len - 1] != '/')
			buf_char(&below, '/');
		coverage_lcov(&b, c->coverage, buf_view(&below));
		status = cli_write_file("test", c->lcov, &b);
	}
	if (c->suggest && !status)
		status = write_suggestions(c, l);
	buf_release(&b);
	buf_release(&below);
	return status;
}
