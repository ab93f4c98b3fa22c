/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/lsp/server.h"
#include "engine/values/calendar.h"
#include "engine/values/zone.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int64_t wall_clock(void *arg)
{
	struct timespec t;
	(void)arg;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * SECOND_US + t.tv_nsec / 1000;
}

/* Noon in UTC is the same day in every county of the United States. */
static int64_t given_day(void *arg)
{
	const int32_t *day = arg;
	return zone_day_start(zone_utc(), *day) + 12 * 3600 * SECOND_US;
}

static int converse(struct lsp_server *s)
{
	char bytes[65536];
	struct buf out = {0};
	int status = EXIT_FINE;
	for (bool on = true; on && !status;) {
		ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			status =
			    cli_environment("lsp", "the input cannot be read: %s", strerror(errno));
		if (n <= 0)
			break;
		buf_clear(&out);
		on = lsp_feed(s, (struct str){bytes, (size_t)n}, &out);
		status = cli_write("lsp", stdout, &out);
	}
	buf_release(&out);
	return status ? status : lsp_exit_status(s);
}

int cmd_lsp(int argc, char **argv)
{
	const char *today = NULL;
	bool stdio = false;
	int32_t day;
	const struct cli_opt opts[] = {
	    {"today", "DATE", "the day for what is in force today, instead of the clock's", &today,
	     NULL},
	    {"stdio", NULL, "talk over standard input and output, as it does anyway", NULL, &stdio},
	};
	const struct cli_spec spec = {
	    .name = "lsp",
	    .synopsis = "[RULEBOOK]",
	    .summary =
		"A language server for editors (Language Server Protocol over standard input and\n"
		"output): errors while typing, completion, what a name is and where it is "
		"declared,\n"
		"the canonical layout. RULEBOOK is needed only where the rulebook of a file is "
		"not\n"
		"the nearest folder above it that has a `vocabulary.way`.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	if (today && day_read(str_from(today), &day))
		return cli_usage("lsp", "`%s` is not a date such as 2026-07-01", today);
	char *root = args.n ? realpath(args.at[0], NULL) : NULL;
	if (args.n && !root)
		return cli_environment("lsp", "%s: %s", args.at[0], strerror(errno));
	struct lsp_env env = {wall_clock, NULL};
	if (today)
		env = (struct lsp_env){given_day, &day};
	struct lsp_server *s = lsp_new(&env, root ? str_from(root) : STR(""));
	int status = converse(s);
	lsp_free(s);
	free(root);
	return status;
}
