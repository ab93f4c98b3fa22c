/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/review.h"

#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/rulebook.h"

static int review(struct review *r, const char *path)
{
	struct buf page = {0};
	review_find(r);
	review_html(&page, r);
	int status =
	    path ? cli_write_file("review", path, &page) : cli_write("review", stdout, &page);
	buf_release(&page);
	return status;
}

int cmd_review(int argc, char **argv)
{
	struct review r = {0};
	const char *out = NULL;
	const struct cli_opt opts[] = {
	    {"output", "FILE", "write the document there, not to the screen", &out, NULL},
	};
	const struct cli_spec spec = {
	    .name = "review",
	    .synopsis = "OLD NEW -o FILE",
	    .summary =
		"Writes all that is known of a change of the policy into one HTML document, for\n"
		"those who decide on it and sign: what it changes, with examples; what the\n"
		"projections come to; what always holds after it; what was tested. It can be\n"
		"printed. The same policies give the same document, byte for byte.",
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
