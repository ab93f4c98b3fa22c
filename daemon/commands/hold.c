/* SPDX-License-Identifier: Apache-2.0
 *
 * waymark hold: places and lifts legal holds in a ledger that no daemon has open, and lists them in
 * any.
 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/offline.h"
#include "daemon/ledger/destroy.h"
#include "daemon/ledger/hold.h"
#include "daemon/serve/clock.h"
#include "engine/values/zone.h"

struct asked {
	const char *path, *id, *under, *reason, *head_key;
	bool lift, list;
	struct ledger_reader *reader;
	struct ledger *ledger;
	struct buf why, out;
};

/* ---- list ---- */

static void on_hold(void *arg, const struct ledger_hold *h, struct str case_id)
{
	struct buf *b = arg;
	buf_fmt(b, STR_FMT "\t" STR_FMT "\t" STR_FMT "\t", STR_ARG(case_id), STR_ARG(h->under),
		STR_ARG(h->reason));
	time_text(b, zone_utc(), h->at_us);
	buf_fmt(b, "\t" STR_FMT "\n", STR_ARG(h->who.len ? h->who : STR("-")));
}

static int list(struct asked *a)
{
	if (ledger_reader_open(a->path, &a->reader, &a->why))
		return cli_environment("hold", STR_FMT, STR_ARG(buf_view(&a->why)));
	if (ledger_holds(a->reader, on_hold, &a->out))
		return cli_environment("hold", STR_FMT, STR_ARG(ledger_reader_error(a->reader)));
	return cli_write("hold", stdout, &a->out);
}

/* ---- place and lift ---- */

static int refuse(const char *what)
{
	fprintf(stderr, "waymark hold: %s\n", what);
	return EXIT_NOT_FINE;
}

/* Its number in *no. Less than 0: go on. */
static int find(struct asked *a, uint64_t *no)
{
	struct ledger_case c;
	struct ledger_hold h;
	enum status st = ledger_find_case(a->reader, str_from(a->id), &c);
	if (st == STATUS_GONE)
		return refuse("this case was destroyed");
	if (st == STATUS_NOT_FOUND)
		return refuse("the ledger has no case of this id");
	*no = c.no;
	if (!st)
		st = ledger_hold_of(a->reader, c.no, str_from(a->under), &h);
	if (st == STATUS_NOT_FOUND && a->lift)
		return refuse("the case is under no hold of this name: see --list");
	if (st && st != STATUS_NOT_FOUND)
		return cli_environment("hold", STR_FMT, STR_ARG(ledger_reader_error(a->reader)));
	return -1;
}

static int act(struct asked *a)
{
	uint64_t no;
	if (offline_open(a->path, a->head_key, &a->ledger, &a->why) ||
	    ledger_reader_open(a->path, &a->reader, &a->why))
		return cli_environment("hold", STR_FMT, STR_ARG(buf_view(&a->why)));
	int status = find(a, &no);
	if (status >= 0)
		return status;
	const struct ledger_hold h = {.at_us = clock_now_us(),
				      .case_no = no,
				      .held = !a->lift,
				      .under = str_from(a->under),
				      .reason = str_from(a->reason)};
	struct ledger_unit *u = ledger_unit_new(a->ledger, NULL);
	ledger_unit_hold(u, &h);
	enum status st = offline_commit(a->ledger, u);
	ledger_unit_free(a->ledger, u);
	if (st)
		return cli_environment("hold", "%s; nothing was changed",
				       st == STATUS_FULL ? "the disk is full"
							 : "writing to the ledger failed");
	buf_c(&a->out, a->lift ? "lifted\n" : "placed: nothing destroys this case\n");
	return cli_write("hold", stdout, &a->out);
}

static int run(struct asked *a)
{
	if (a->list)
		return list(a);
	if (!a->id)
		return cli_usage("hold", "say which case: --case ID; or --list");
	if (!offline_is_text(a->under))
		return cli_usage("hold",
				 "--order says what the hold is called, in at most %d bytes; it is "
				 "kept, so it must not say who it is about",
				 ORDER_TEXT_BYTES);
	if (!offline_is_text(a->reason))
		return cli_usage("hold",
				 "--reason says why, in at most %d bytes; it is kept, so it must "
				 "not say who it is about",
				 ORDER_TEXT_BYTES);
	return act(a);
}

int cmd_hold(int argc, char **argv)
{
	struct asked a = {0};
	const struct cli_opt opts[] = {
	    {"case", "ID", "the case that is kept", &a.id, NULL},
	    {"order", "NAME", "what the hold is called; it is kept and shown", &a.under, NULL},
	    {"reason", "TEXT", "why; it is kept", &a.reason, NULL},
	    {"lift", NULL, "lift the hold of this name again", NULL, &a.lift},
	    {"list", NULL, "list what is held: case, name, reason, since when, by whom", NULL,
	     &a.list},
	    {"head-key", "FILE", "the key that signs the log (LEDGER.head-key)", &a.head_key, NULL},
	};
	const struct cli_spec spec = {
	    .name = "hold",
	    .synopsis = "LEDGER --case ID --order NAME --reason TEXT [--lift] | LEDGER --list",
	    .summary =
		"Legal holds: while a case is under one, nothing destroys it, neither an order\n"
		"nor the end of its retention. It may be under several. Who placed and lifted\n"
		"them stays on record. The daemon must not run, except for --list; while it\n"
		"runs, POST /v1/holds does the same.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	a.path = args.at[0];
	done = run(&a);
	ledger_reader_close(a.reader);
	if (ledger_close(a.ledger) && !done)
		done = cli_environment("hold", "closing the ledger failed");
	buf_release(&a.why);
	buf_release(&a.out);
	return done;
}
