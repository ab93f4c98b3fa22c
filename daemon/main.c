/* SPDX-License-Identifier: Apache-2.0
 *
 * One program, one table of commands. A command is a file in daemon/commands: it reads its options
 * and calls the layers below.
 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/ledger/ledger.h"

#include <signal.h>
#include <sodium.h>
#include <string.h>

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *does;
};

static int cmd_help(int argc, char **argv);

static const struct command commands[] = {
    {"check", cmd_check, "compile a rulebook and report every error and warning"},
    {"fmt", cmd_fmt, "bring policy files into the canonical layout"},
    {"test", cmd_test, "run the scenarios of a rulebook"},
    {"project", cmd_project, "run the projections of a rulebook and show the money by month"},
    {"run", cmd_run, "decide a stream of events in memory"},
    {"explain", cmd_explain, "say why each event was decided as it was"},
    {"explain-code", cmd_explain_code, "say what a diagnostic means, with an example"},
    {"diff", cmd_diff, "what a change of the policy changes, with histories that show it"},
    {"prove", cmd_prove, "what holds in every history, and what does not"},
    {"review", cmd_review, "all that is known of a change of the policy, as one document to sign"},
    {"doc", cmd_doc, "write the policy in plain words, for the public"},
    {"graph", cmd_graph, "draw the rule graph"},
    {"lsp", cmd_lsp, "the language server: errors, completion and more in an editor"},
    {"serve", cmd_serve, "the daemon: decide events over HTTP and record every outcome"},
    {"token", cmd_token, "add, list and revoke the tokens of the daemon"},
    {"backup", cmd_backup, "copy a ledger while it is in use, and verify the copy"},
    {"export", cmd_export, "write what a ledger holds as JSON Lines, CSV or plain SQLite"},
    {"head", cmd_head, "print the signed head of a ledger's log, to be kept elsewhere"},
    {"hold", cmd_hold, "keep a case, whoever wants it destroyed"},
    {"purge", cmd_purge, "destroy cases, by order or because they were kept for long enough"},
    {"replay", cmd_replay, "decide the recorded history again and compare"},
    {"report", cmd_report, "how many deadlines were met, how many missed, and how late"},
    {"verify", cmd_verify, "find whatever was changed in a ledger"},
    {"help", cmd_help, "what the commands do: waymark help COMMAND"},
};

#define NCOMMANDS (sizeof(commands) / sizeof(*commands))

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void overview(FILE *f)
{
	fprintf(f, "waymark COMMAND [options] ...\n\n");
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(f, "  %-14s %s\n", commands[i].name, commands[i].does);
	fprintf(f, "\nA rulebook is a folder with policy files (*.way). Start with:\n"
		   "  waymark check policies\n  waymark test policies\n");
}

static int unknown(const char *name)
{
	const char *names[NCOMMANDS];
	for (size_t i = 0; i < NCOMMANDS; i++)
		names[i] = commands[i].name;
	const char *near = cli_nearest(name, names, NCOMMANDS);
	fprintf(stderr, "waymark: there is no command `%s`", name);
	if (near)
		fprintf(stderr, "; did you mean `%s`?", near);
	fprintf(stderr, "\n  help: `waymark help` lists the commands\n");
	return EXIT_USAGE;
}

static int cmd_help(int argc, char **argv)
{
	if (argc < 2) {
		overview(stdout);
		return EXIT_FINE;
	}
	const struct command *c = find(argv[1]);
	if (!c)
		return unknown(argv[1]);
	if (c->run == cmd_help) {
		overview(stdout);
		return EXIT_FINE;
	}
	char help[] = "--help", *help_argv[] = {argv[1], help, NULL};
	return c->run(2, help_argv);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a write past the limit fails, and is answered as such */
	if (sodium_init() < 0) {
		fprintf(stderr, "waymark: the cryptographic library could not start\n");
		return EXIT_ENVIRONMENT;
	}
	ledger_start();
	if (argc < 2) {
		overview(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("waymark %s\n", WAYMARK_VERSION);
		return EXIT_FINE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		overview(stdout);
		return EXIT_FINE;
	}
	const struct command *c = find(argv[1]);
	return c ? c->run(argc - 1, argv + 1) : unknown(argv[1]);
}
