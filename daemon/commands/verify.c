/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/verify.h"

#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/progress.h"
#include "daemon/wire/load.h"
#include "engine/values/zone.h"

#define HEAD_FILE_MOST 65536

struct asked {
	const char *ledger, *head_file, *key_file;
	bool json;
	struct head head;
	struct head_key key;
	struct progress progress;
	struct buf out; /* the faults */
	size_t told;
};

/* ---- faults ---- */

static void put_member(struct buf *b, const char *name, struct str value)
{
	buf_fmt(b, ",\"%s\":", name);
	buf_json(b, value);
}

static void on_fault(void *arg, const struct verify_fault *f)
{
	struct asked *a = arg;
	if (a->json) {
		buf_str(&a->out, a->told ? STR(",{\"table\":") : STR("{\"table\":"));
		buf_json(&a->out, str_from(f->table));
		if (f->row.len)
			put_member(&a->out, "row", f->row);
		put_member(&a->out, "what", f->what);
		buf_char(&a->out, '}');
	} else {
		buf_fmt(&a->out, "%s%s" STR_FMT ": " STR_FMT "\n", f->table, f->row.len ? " " : "",
			STR_ARG(f->row), STR_ARG(f->what));
	}
	a->told++;
}

static void on_progress(void *arg, uint64_t done, uint64_t of)
{
	progress_show(&((struct asked *)arg)->progress, done, of);
}

/* ---- the report ---- */

static void put_root(struct buf *b, const struct hash256 *root)
{
	char hex[2 * sizeof(root->b)];
	hash_hex(root->b, sizeof(root->b), hex);
	buf_bytes(b, hex, sizeof(hex));
}

static void report_json(struct buf *b, const struct asked *a, const struct verify_report *r)
{
	buf_fmt(b, "{\"fine\":%s,\"signed\":%s,\"leaves\":%llu,\"later\":%llu,\"events\":%llu,", //
		r->faults ? "false" : "true", r->is_signed ? "true" : "false",
		(unsigned long long)r->leaves, (unsigned long long)r->later,
		(unsigned long long)r->events);
	buf_fmt(b, "\"outcomes\":%llu,\"cases\":%llu,\"root\":\"", (unsigned long long)r->outcomes,
		(unsigned long long)r->cases);
	put_root(b, &r->root);
	buf_fmt(b, "\",\"faults\":%llu,\"told\":[", (unsigned long long)r->faults);
	buf_str(b, buf_view(&a->out));
	buf_str(b, STR("]}\n"));
}

static void report_text(struct buf *b, const struct asked *a, const struct verify_report *r)
{
	buf_str(b, buf_view(&a->out));
	if (r->faults > a->told)
		buf_fmt(b, "... and %llu more\n", (unsigned long long)(r->faults - a->told));
	buf_fmt(b, "%s: ", a->ledger);
	if (r->faults)
		buf_fmt(b, "%llu fault%s\n", (unsigned long long)r->faults,
			r->faults == 1 ? "" : "s");
	else
		buf_c(b, "fine\n");
	buf_fmt(b, "%llu events, %llu outcomes, %llu cases; %llu leaves in the log",
		(unsigned long long)r->events, (unsigned long long)r->outcomes,
		(unsigned long long)r->cases, (unsigned long long)r->leaves);
	if (r->later)
		buf_fmt(b, ", %llu of them for rows that are older than the log",
			(unsigned long long)r->later);
	buf_c(b, "\nroot ");
	put_root(b, &r->root);
	if (r->at_us) {
		buf_c(b, ", written ");
		time_text(b, zone_utc(), r->at_us);
		buf_c(b, r->is_signed ? ", signed" : ", not signed");
	}
	buf_char(b, '\n');
}

static int verify(struct asked *a)
{
	struct verify_config config = {.path = a->ledger,
				       .head = a->head_file ? &a->head : NULL,
				       .key = a->key_file ? &a->key : NULL,
				       .on_fault = on_fault,
				       .on_progress = on_progress,
				       .arg = a};
	struct verify_report report;
	struct buf why = {0}, out = {0};
	enum status st = ledger_verify(&config, &report, &why);
	int status = report.faults ? EXIT_NOT_FINE : EXIT_FINE;
	progress_end(&a->progress);
	if (st) {
		status = cli_environment("verify", STR_FMT, STR_ARG(buf_view(&why)));
		status = st == STATUS_INVALID ? EXIT_NOT_FINE : status;
	} else {
		if (a->json)
			report_json(&out, a, &report);
		else
			report_text(&out, a, &report);
		int written = cli_write("verify", stdout, &out);
		status = written ? written : status;
	}
	buf_release(&why);
	buf_release(&out);
	buf_release(&a->out);
	return status;
}

/* What is to be compared with; less than 0: go on. */
static int read_files(struct asked *a)
{
	struct buf why = {0}, note = {0};
	enum status st = STATUS_OK;
	int status = -1;
	if (a->key_file)
		st = head_key_public(a->key_file, &a->key, &why);
	if (!st && a->head_file) {
		st = load_file(a->head_file, HEAD_FILE_MOST, &note, &why);
		if (!st && (st = head_read(buf_view(&note), a->key_file ? &a->key : NULL, &a->head,
					   &why)) == STATUS_INVALID)
			status = EXIT_NOT_FINE;
	}
	if (st) {
		int said = cli_environment("verify", "%s: " STR_FMT,
					   note.len ? a->head_file : "cannot go on",
					   STR_ARG(buf_view(&why)));
		status = status < 0 ? said : status;
	}
	buf_release(&why);
	buf_release(&note);
	return status;
}

int cmd_verify(int argc, char **argv)
{
	struct asked a = {0};
	const struct cli_opt opts[] = {
	    {"head", "FILE", "a head that was kept elsewhere: the ledger must go on from it",
	     &a.head_file, NULL},
	    {"public-key", "FILE", "the key that the head and the ledger are signed by",
	     &a.key_file, NULL},
	    {"json", NULL, "report as JSON", NULL, &a.json},
	};
	const struct cli_spec spec = {
	    .name = "verify",
	    .synopsis = "LEDGER [--head FILE] [--public-key FILE]",
	    .summary =
		"Finds every row of a ledger that was changed, removed, added or put elsewhere,\n"
		"and says which. The ledger may be in use; a copy will do as well. Whoever can\n"
		"write to the file can also write it anew from the beginning: keep heads\n"
		"elsewhere to find that, too.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	a.ledger = args.at[0];
	done = read_files(&a);
	return done < 0 ? verify(&a) : done;
}
