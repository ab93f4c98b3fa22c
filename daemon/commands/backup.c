/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/backup.h"

#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/progress.h"
#include "engine/values/zone.h"

static void on_fault(void *arg, const struct verify_fault *f)
{
	(void)arg;
	fprintf(stderr, "%s%s" STR_FMT ": " STR_FMT "\n", f->table, f->row.len ? " " : "",
		STR_ARG(f->row), STR_ARG(f->what));
}

static void on_progress(void *arg, uint64_t done, uint64_t of)
{
	progress_show(arg, done, of);
}

static int failed(enum status st, const struct buf *why)
{
	int status = cli_environment("backup", STR_FMT, STR_ARG(buf_view(why)));
	return st == STATUS_INVALID || st == STATUS_CONFLICT ? EXIT_NOT_FINE : status;
}

static void report(struct buf *b, const char *to, const struct verify_report *r)
{
	char hex[2 * sizeof(r->root.b)];
	hash_hex(r->root.b, sizeof(r->root.b), hex);
	buf_fmt(b, "%s: verified, %llu events, %llu leaves\nroot %.*s, written ", to,
		(unsigned long long)r->events, (unsigned long long)r->leaves, (int)sizeof(hex),
		hex);
	time_text(b, zone_utc(), r->at_us);
	buf_char(b, '\n');
}

static int backup(const char *from, const char *to)
{
	struct progress progress = {0};
	const struct backup_config config = {.from = from,
					     .to = to,
					     .on_fault = on_fault,
					     .on_progress = on_progress,
					     .arg = &progress};
	struct verify_report r;
	struct buf why = {0}, out = {0};
	enum status st = ledger_backup(&config, &r, &why);
	progress_end(&progress);
	int status;
	if (st) {
		status = failed(st, &why);
	} else {
		report(&out, to, &r);
		status = cli_write("backup", stdout, &out);
	}
	buf_release(&why);
	buf_release(&out);
	return status;
}

int cmd_backup(int argc, char **argv)
{
	const struct cli_spec spec = {
	    .name = "backup",
	    .synopsis = "LEDGER TO",
	    .summary =
		"Copies a ledger as of one moment, while it is in use, and verifies the copy.\n"
		"TO is a new file; none is ever replaced. The tokens and the keys beside the\n"
		"ledger are not in it: copy those by themselves, to another place.",
	    .min_args = 2,
	    .max_args = 2,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	return done >= 0 ? done : backup(args.at[0], args.at[1]);
}
