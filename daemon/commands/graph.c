/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/rulebook.h"
#include "engine/policy/graph.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Graphviz draws: the graph goes to its standard input through a temporary file, the picture to our
 * standard output. */
static int draw(const struct buf *dot)
{
	FILE *tmp = tmpfile();
	if (!tmp || fwrite(dot->p, 1, dot->len, tmp) != dot->len || fflush(tmp))
		return cli_environment("graph", "no temporary file: %s", strerror(errno));
	rewind(tmp);
	char name[] = "dot", format[] = "-Tsvg", *argv[] = {name, format, NULL};
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int state = 0;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fileno(tmp), STDIN_FILENO);
	int failed = posix_spawnp(&pid, "dot", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (!failed && waitpid(pid, &state, 0) < 0)
		failed = errno;
	fclose(tmp);
	if (failed)
		return cli_environment("graph",
				       "Graphviz draws the picture, and its program `dot` did "
				       "not start (%s); install the package graphviz, or use "
				       "--format dot",
				       strerror(failed));
	if (!WIFEXITED(state) || WEXITSTATUS(state))
		return cli_environment("graph", "Graphviz failed to draw the graph");
	return EXIT_FINE;
}

struct asked {
	const char *county, *program, *format;
};

static int show(const struct rulebook *rb, const struct asked *a)
{
	struct graph_view view = {NONE, NONE};
	if (a->county && (view.county = rulebook_county(rb, str_from(a->county))) == NONE)
		return cli_usage("graph", "the rulebook has no county `%s`", a->county);
	if (a->program && (view.program = rulebook_program(rb, str_from(a->program))) == NONE)
		return cli_usage("graph", "the rulebook has no program `%s`", a->program);
	struct buf out = {0};
	int status;
	if (strcmp(a->format, "json") == 0)
		graph_json(&out, rb, &view);
	else
		graph_dot(&out, rb, &view);
	if (strcmp(a->format, "svg") == 0)
		status = draw(&out);
	else
		status = cli_write("graph", stdout, &out);
	buf_release(&out);
	return status;
}

int cmd_graph(int argc, char **argv)
{
	struct asked a = {.format = "dot"};
	const struct cli_opt opts[] = {
	    {"county", "NAME", "as it is in force in this county", &a.county, NULL},
	    {"program", "NAME", "this program only", &a.program, NULL},
	    {"format", "FORMAT", "dot (Graphviz), json, or svg (drawn by Graphviz)", &a.format,
	     NULL},
	};
	const struct cli_spec spec = {
	    .name = "graph",
	    .synopsis = "RULEBOOK [--county C] [--program P] [--format dot|json|svg]",
	    .summary =
		"Prints the rule graph: which event touches which provision, and what follows.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	if (strcmp(a.format, "dot") && strcmp(a.format, "json") && strcmp(a.format, "svg"))
		return cli_usage("graph", "--format is dot, json or svg");
	struct loaded l = {0};
	done = load_or_report(&l, "graph", args.at[0]);
	if (!done)
		done = show(l.rb, &a);
	load_release(&l);
	return done;
}
