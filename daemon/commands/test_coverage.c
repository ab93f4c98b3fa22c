/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/test_coverage.h"

#include "daemon/commands/cli.h"
#include "engine/page/html.h"

int covering_check(struct covering *c)
{
	bool wanted = c->told || c->html || c->lcov;
	c->record = (struct test_record){.path = c->ledger, .since = DAY_NONE};
	if (c->ledger && !wanted)
		return cli_usage("test", "--ledger goes with --coverage or --html");
	if (c->since && !c->ledger)
		return cli_usage("test", "--since goes with --ledger");
	if (c->since && day_read(str_from(c->since), &c->record.since))
		return cli_usage("test", "--since `%s` is no day; write it as 2026-07-01", c->since);
	return -1;
}

void covering_begin(struct covering *c, const struct rulebook *rb)
{
	if (c->told || c->html || c->lcov)
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

int covering_write(const struct covering *c, struct str root, const char *said)
{
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
	buf_release(&b);
	buf_release(&below);
	return status;
}
