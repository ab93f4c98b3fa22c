/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/placeholders.h"
#include "daemon/commands/rulebook.h"
#include "daemon/wire/load.h"
#include "daemon/wire/manifest.h"

static void summary(const struct loaded *l, bool quiet)
{
	if (!l->rb || quiet)
		return;
	const struct rulebook *rb = l->rb;
	printf("%zu file%s, %u program%s, %u %s, %u block%s, %u scenario%s: no errors", l->n,
	       l->n == 1 ? "" : "s", rb->nprograms, rb->nprograms == 1 ? "" : "s", rb->ncounties,
	       rb->ncounties == 1 ? "county" : "counties", rb->nblocks, rb->nblocks == 1 ? "" : "s",
	       rb->nscenarios, rb->nscenarios == 1 ? "" : "s");
	if (l->diags.warnings)
		printf(", %zu warning%s", l->diags.warnings, l->diags.warnings == 1 ? "" : "s");
	printf("\nversion %s\n", rb->version);
}

/* Diagnostics go to stderr, the result to stdout; with --json the diagnostics are the result. */
static int report(const struct loaded *l, bool json)
{
	struct buf out = {0};
	load_report(l, &out, json, cli_colour(stderr));
	int status = cli_write("check", json ? stdout : stderr, &out);
	buf_release(&out);
	if (status)
		return status;
	if (!l->rb && !json)
		fprintf(stderr, "%zu error%s\n", l->diags.errors, l->diags.errors == 1 ? "" : "s");
	summary(l, json);
	return l->rb ? EXIT_FINE : EXIT_NOT_FINE;
}

/* Instead of the messages: what is still to be settled. A rulebook with errors is reported as ever.
 */
static int list_placeholders(const char *path, bool json)
{
	struct loaded l = {0};
	struct buf out = {0};
	int status = load_or_report(&l, "check", path);
	if (!status && json)
		placeholders_json(&out, l.rb);
	else if (!status)
		placeholders_text(&out, l.rb, l.root);
	if (!status)
		status = cli_write("check", stdout, &out);
	buf_release(&out);
	load_release(&l);
	return status;
}

/* What is to be signed: for minisign -S. */
static int show_manifest(const char *path)
{
	struct loaded l = {0};
	struct buf out = {0};
	int status = load_or_report(&l, "check", path);
	if (!status) {
		manifest_text(&out, l.rb);
		status = cli_write("check", stdout, &out);
	}
	buf_release(&out);
	load_release(&l);
	return status;
}

int cmd_check(int argc, char **argv)
{
	bool json = false, placeholders = false, manifest = false;
	const struct cli_opt opts[] = {
	    {"json", NULL, "the diagnostics as a JSON array", NULL, &json},
	    {"manifest", NULL, "print the text that is signed for it, when it has no errors", NULL,
	     &manifest},
	    {"placeholders", NULL, "list the figures that no document gives", NULL, &placeholders},
	};
	const struct cli_spec spec = {
	    .name = "check",
	    .synopsis = "RULEBOOK",
	    .summary = "Compiles a rulebook, for all its counties, and reports every error and\n"
		       "warning. RULEBOOK is a folder with policy files, or one file.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	if (manifest)
		return show_manifest(args.at[0]);
	if (placeholders)
		return list_placeholders(args.at[0], json);
	struct loaded l = {0};
	struct buf why = {0};
	load_rulebook(&l, args.at[0], &why);
	done =
	    why.len ? cli_environment("check", STR_FMT, STR_ARG(buf_view(&why))) : report(&l, json);
	buf_release(&why);
	load_release(&l);
	return done;
}
