/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line: one table of options per command, from which parsing, error messages and
 * `waymark help COMMAND` all come.
 *
 *     static const char *filter; static bool json;  -- locals of the command, in truth
 *     struct cli_opt opts[] = {
 *             {"filter", "TEXT", "only scenarios whose title has TEXT in it", &filter, NULL},
 *             {"json", NULL, "report as JSON", NULL, &json},
 *     };
 *     struct cli_spec spec = {"test", "RULEBOOK", "runs the scenarios", opts, 2, 1, 1};
 *     struct cli_args args;
 *     int done = cli_parse(&spec, argc, argv, &args);
 *     if (done >= 0)
 *             return done;            // --help was asked for (0), or the usage is wrong (2)
 */
#ifndef WAYMARK_COMMANDS_CLI_H
#define WAYMARK_COMMANDS_CLI_H

#include "daemon/wire/exit_status.h"
#include "engine/base/str.h"

#include <stdio.h>

struct cli_opt {
	const char *name; /* without the dashes; `output` may be given as -o, too */
	const char *arg;  /* what its value is called in the help; NULL: a flag */
	const char *help;
	const char **value;
	bool *flag;
};

struct cli_spec {
	const char *name, *synopsis, *summary;
	const struct cli_opt *opts;
	size_t nopts;
	int min_args, max_args; /* max_args < 0: any number */
};

struct cli_args {
	char **at;
	int n;
};

/* Options and arguments may be mixed; `--` ends the options. Less than 0: go on. */
int cli_parse(const struct cli_spec *spec, int argc, char **argv, struct cli_args *args);

/* Prints "waymark COMMAND: …" to stderr and returns EXIT_USAGE. */
int cli_usage(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int cli_environment(const char *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

bool cli_colour(FILE *f); /* a terminal, and no NO_COLOR */

/* Writes all of the buffer and releases nothing; EXIT_ENVIRONMENT when that fails (a full disk, a
 * closed pipe), so that a cut-off result never passes for a whole one. */
int cli_write(const char *command, FILE *f, const struct buf *b);
/* The same to a file, which is made or replaced. */
int cli_write_file(const char *command, const char *path, const struct buf *b);

/* The name in `names` nearest to `word`, or NULL when none is near. */
const char *cli_nearest(const char *word, const char *const *names, size_t n);

#endif
