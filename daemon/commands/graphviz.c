/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/graphviz.h"

#include "daemon/commands/cli.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Reads and writes through two temporary files, so that neither side waits for the other. */
static int run_dot(FILE *in, FILE *out, int *state)
{
	char name[] = "dot", format[] = "-Tsvg", *argv[] = {name, format, NULL};
	posix_spawn_file_actions_t actions;
	pid_t pid;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fileno(in), STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
	int failed = posix_spawnp(&pid, name, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (!failed && waitpid(pid, state, 0) < 0)
		failed = errno;
	return failed;
}

static int read_all(const char *command, FILE *f, struct buf *svg)
{
	char chunk[4096];
	size_t n;
	rewind(f);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_bytes(svg, chunk, n);
	return ferror(f) ? cli_environment(command, "the picture cannot be read: %m") : EXIT_FINE;
}

static int draw(const char *command, FILE *in, FILE *out, struct buf *svg)
{
	int state = 0, failed = run_dot(in, out, &state);
	if (failed)
		return cli_environment(command,
				       "Graphviz draws the picture, and its program `dot` did "
				       "not start (%s); install the package graphviz, or use "
				       "--format dot",
				       strerror(failed));
	if (!WIFEXITED(state) || WEXITSTATUS(state))
		return cli_environment(command, "Graphviz failed to draw the graph");
	return read_all(command, out, svg);
}

int graphviz_svg(const char *command, const struct buf *dot, struct buf *svg)
{
	FILE *in = tmpfile(), *out = tmpfile();
	int status;
	if (!in || !out || fwrite(dot->p, 1, dot->len, in) != dot->len || fflush(in)) {
		status = cli_environment(command, "no temporary file: %m");
	} else {
		rewind(in);
		status = draw(command, in, out, svg);
	}
	if (in)
		fclose(in);
	if (out)
		fclose(out);
	return status;
}
