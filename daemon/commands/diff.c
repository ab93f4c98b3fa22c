/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/diff_report.h"
#include "daemon/commands/rulebook.h"
#include "engine/page/html.h"

static int write_page(const struct diff_report *r, const char *path)
{
	struct buf page = {0};
	html_begin(&page, STR("What the change does"));
	diff_html(&page, r);
	html_end(&page);
	int status = cli_write_file("diff", path, &page);
	buf_release(&page);
	return status;
}

static int diff(struct diff_report *r, const char *scenarios, const char *html, bool json)
{
	struct buf out = {0};
	diff_find(r);
	if (json)
		diff_json(&out, r);
	else
		diff_text(&out, r);
	int status = cli_write("diff", stdout, &out);
	if (!status && scenarios)
		status = cli_write_file("diff", scenarios, &r->scenarios);
	if (!status && html)
		status = write_page(r, html);
	if (!status && differences_matter(&r->d))
		status = EXIT_NOT_FINE;
	diff_release(r);
	buf_release(&out);
	return status;
}

/* One of them cannot be read, or has errors. */
static void say_what_is_left(const struct diff_report *r)
{
	fprintf(stderr, "waymark diff: nothing is compared while one of them does not compile\n");
	for (int i = 0; i < 2; i++)
		if (r->loaded[i]->rb)
			fprintf(
			    stderr,
			    "  help: %s compiles: `waymark prove %s` says what holds of it alone\n",
			    r->path[i], r->path[i]);
}

int cmd_diff(int argc, char **argv)
{
	struct diff_report r = {0};
	const char *scenarios = NULL, *html = NULL;
	bool json = false;
	const struct cli_opt opts[] = {
	    {"scenarios", "FILE", "write the histories as scenarios: NEW passes, OLD fails",
	     &scenarios, NULL},
	    {"html", "FILE", "write the report for people who read no policies", &html, NULL},
	    {"json", NULL, "report as JSON", NULL, &json},
	};
	const struct cli_spec spec = {
	    .name = "diff",
	    .synopsis = "OLD NEW [--scenarios FILE] [--html FILE] [--json]",
	    .summary =
		"What is different between two rulebooks: amounts by date, provisions added,\n"
		"removed and changed, in which counties, and for each changed provision a\n"
		"short history, with days, that both decide differently. Layout, comments,\n"
		"the order of blocks, the names of parameters and other ways to put a condition\n"
		"are no difference; what has another name only is said to be renamed, and what\n"
		"was split, or put together, without a change, to be regrouped.\n"
		"The exit status is 0 when both mean the same, 1 when not.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 2,
	    .max_args = 2,
	};
	struct cli_args args;
	struct loaded old = {0}, new = {0};
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	r.loaded[0] = &old;
	r.loaded[1] = &new;
	done = EXIT_FINE;
	for (int i = 0; i < 2; i++) {
		r.path[i] = args.at[i];
		int loads = load_policy_or_report(r.loaded[i], "diff", args.at[i]);
		done = loads > done ? loads : done;
	}
	if (!done)
		done = diff(&r, scenarios, html, json);
	else
		say_what_is_left(&r);
	load_release(&old);
	load_release(&new);
	return done;
}
