/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/review.h"

#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/progress.h"
#include "daemon/commands/rulebook.h"

static void on_progress(void *arg, uint64_t done, uint64_t of)
{
	progress_show(arg, done, of);
}

static int review(struct review *r, const char *path)
{
	struct buf page = {0}, why = {0};
	struct progress progress = {0};
	int status;
	enum status st = review_find(r, on_progress, &progress, &why);
	progress_end(&progress);
	if (st) {
		status = cli_environment("review", STR_FMT, STR_ARG(buf_view(&why)));
	} else {
		review_html(&page, r);
		status = path ? cli_write_file("review", path, &page)
			      : cli_write("review", stdout, &page);
	}
	buf_release(&page);
	buf_release(&why);
	return status;
}

int cmd_review(int argc, char **argv)
{
	struct review r = {0};
	const char *out = NULL;
	const struct cli_opt opts[] = {
	    {"ledger", "DB", "decide what it holds again under NEW, and compare", &r.ledger, NULL},
	    {"output", "FILE", "write the document there, not to the screen", &out, NULL},
	};
	const struct cli_spec spec = {
	    .name = "review",
	    .synopsis = "OLD NEW [--ledger DB] -o FILE",
	    .summary =
		"Writes all that is known of a change of the policy into one HTML document, for\n"
		"those who decide on it and sign: what it changes, with examples; what it\n"
		"would have done to recorded cases; what the projections come to; what always\n"
		"holds after it; what was tested. It can be printed. The same policies and the\n"
		"same history give the same document, byte for byte. The ledger may be in use.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 2,
	    .max_args = 2,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	done = EXIT_FINE;
	for (int i = 0; i < 2 && !done; i++) {
		r.path[i] = args.at[i];
		done = load_or_report(&r.loaded[i], "review", args.at[i]);
	}
	if (!done)
		done = review(&r, out);
	review_release(&r);
	return done;
}
