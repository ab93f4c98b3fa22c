/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/ledger/reader_log.h"

static int head(const char *path, bool key_only, bool pem)
{
	struct ledger_reader *r = NULL;
	struct head head;
	struct head_key key;
	struct buf why = {0}, out = {0};
	int status;
	enum status st = ledger_reader_open(path, &r, &why);
	if (st) {
		status = cli_environment("head", STR_FMT, STR_ARG(buf_view(&why)));
	} else if ((st = ledger_head(r, &head, &key)) == STATUS_NOT_FOUND) {
		fprintf(stderr, "waymark head: %s has no signed head yet\n", path);
		status = EXIT_NOT_FINE;
	} else if (st) {
		status = cli_environment("head", STR_FMT, STR_ARG(ledger_reader_error(r)));
	} else {
		if (pem)
			head_key_pem(&key, &out);
		else if (key_only)
			head_key_text(&key, &out);
		else
			head_note(&key, &head, &out);
		if (key_only)
			buf_char(&out, '\n');
		status = cli_write("head", stdout, &out);
	}
	ledger_reader_close(r);
	buf_release(&why);
	buf_release(&out);
	return status;
}

int cmd_head(int argc, char **argv)
{
	bool key = false, pem = false;
	const struct cli_opt opts[] = {
	    {"public-key", NULL, "print the key that it is signed by, for verify --public-key",
	     NULL, &key},
	    {"pem", NULL, "print that key as OpenSSL reads it", NULL, &pem},
	};
	const struct cli_spec spec = {
	    .name = "head",
	    .synopsis = "LEDGER [--public-key | --pem]",
	    .summary =
		"Prints the head of the ledger's log: how many leaves it has and the root over\n"
		"them, signed. Keep heads where who writes to the ledger cannot write; then\n"
		"`waymark verify LEDGER --head FILE` finds a ledger that was cut off, put back\n"
		"or written anew.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	return done >= 0 ? done : head(args.at[0], key, pem);
}
