/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/prove_report.h"
#include "daemon/commands/rulebook.h"
#include "engine/page/html.h"
#include "engine/values/money.h"

#include <string.h>

static int write_page(const struct prove_report *r, const char *path)
{
	struct buf page = {0};
	html_begin(&page, STR("What always holds"));
	prove_html(&page, r, NULL);
	html_end(&page);
	int status = cli_write_file("prove", path, &page);
	buf_release(&page);
	return status;
}

static int prove(struct prove_report *r, const char *scenarios, const char *html, bool json)
{
	struct buf out = {0};
	prove_find(r);
	if (json)
		prove_json(&out, r);
	else
		prove_text(&out, r);
	int status = cli_write("prove", stdout, &out);
	if (!status && scenarios)
		status = cli_write_file("prove", scenarios, &r->scenarios);
	if (!status && html)
		status = write_page(r, html);
	if (!status && !prove_is_fine(r))
		status = EXIT_NOT_FINE;
	prove_release(r);
	buf_release(&out);
	return status;
}

/* $1,000 or $1,000.50, as in a policy. */
static bool read_amount(const char *text, struct prove_report *r)
{
	struct buf plain = {0};
	bool point = strchr(text, '.');
	for (const char *c = text; *c; c++)
		if (*c != ',' && !(c == text && *c == '$'))
			buf_char(&plain, *c);
	buf_c(&plain, point ? "" : ".00");
	r->asks_debts = true;
	bool ok =
	    money_read(buf_view(&plain), &r->owe_more_than) == STATUS_OK && r->owe_more_than >= 0;
	buf_release(&plain);
	return ok;
}

int cmd_prove(int argc, char **argv)
{
	struct loaded l = {0};
	struct prove_report r = {.loaded = &l};
	const char *scenarios = NULL, *html = NULL, *owe = NULL;
	bool json = false;
	const struct cli_opt opts[] = {
	    {"owe-more-than", "AMOUNT", "can one case come to owe more in one year?", &owe, NULL},
	    {"scenarios", "FILE", "write the histories that were found as scenarios", &scenarios,
	     NULL},
	    {"html", "FILE", "write the report for people who read no policies", &html, NULL},
	    {"json", NULL, "report as JSON", NULL, &json},
	};
	const struct cli_spec spec = {
	    .name = "prove",
	    .synopsis =
		"RULEBOOK [--owe-more-than $1,000] [--scenarios FILE] [--html FILE] [--json]",
	    .summary =
		"What holds in every history, of any length. A prohibition (never, only after)\n"
		"always holds, because an event that would break it is refused: proved means\n"
		"that no event ever has to be. A promise (always) is proved where provisions\n"
		"keep it at the same event, or by a deadline that begins with it and that nothing\n"
		"calls off. Otherwise a short history is shown that runs against it, or it is\n"
		"said why nothing was decided. Then: what one case may come\n"
		"to owe in one year, where a case may wait for ever, and whether locked\n"
		"provisions are the same in all counties.\n"
		"The exit status is 0 when all is proved, 1 when not.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	if (owe && !read_amount(owe, &r))
		return cli_usage("prove", "`%s` is no amount such as $1,000", owe);
	done = load_policy_or_report(&l, "prove", args.at[0]);
	if (!done)
		done = prove(&r, scenarios, html, json);
	load_release(&l);
	return done;
}
