/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/progress.h"
#include "daemon/replay/verify.h"

struct asked {
	const char *ledger;
	bool verify, json;
	struct progress progress;
	struct buf out; /* the differences */
	size_t told;
};

static void put_json(struct buf *b, const struct replay_difference *d)
{
	buf_str(b, STR("{\"what\":"));
	buf_json(b, d->what);
	if (d->case_id.len) {
		buf_str(b, STR(",\"case\":"));
		buf_json(b, d->case_id);
	}
	if (d->seq)
		buf_fmt(b, ",\"seq\":%llu", (unsigned long long)d->seq);
	buf_char(b, '}');
}

static void put_text(struct buf *b, const struct replay_difference *d)
{
	if (d->case_id.len)
		buf_fmt(b, "case " STR_FMT ", ", STR_ARG(d->case_id));
	if (d->seq)
		buf_fmt(b, "decision %llu: ", (unsigned long long)d->seq);
	buf_fmt(b, STR_FMT "\n", STR_ARG(d->what));
}

static void on_difference(void *arg, const struct replay_difference *d)
{
	struct asked *a = arg;
	if (a->json && a->told)
		buf_char(&a->out, ',');
	if (a->json)
		put_json(&a->out, d);
	else
		put_text(&a->out, d);
	a->told++;
}

static void on_progress(void *arg, uint64_t done, uint64_t of)
{
	progress_show(&((struct asked *)arg)->progress, done, of);
}

static void report(struct buf *b, const struct asked *a, const struct replay_report *r)
{
	unsigned long long events = r->events, cases = r->cases, versions = r->versions;
	if (a->json) {
		buf_fmt(b, "{\"same\":%s,\"events\":%llu,\"cases\":%llu,\"versions\":%llu,",
			r->differences ? "false" : "true", events, cases, versions);
		buf_fmt(b, "\"destroyed\":%llu,\"passed\":%llu,", (unsigned long long)r->destroyed,
			(unsigned long long)r->passed);
		buf_fmt(b, "\"differences\":[" STR_FMT "]}\n", STR_ARG(buf_view(&a->out)));
		return;
	}
	buf_str(b, buf_view(&a->out));
	buf_fmt(b, "%s: ", a->ledger);
	if (r->differences)
		buf_fmt(b, "%llu difference%s\n", (unsigned long long)r->differences,
			r->differences == 1 ? "" : "s");
	else
		buf_c(b, "every decision comes out the same\n");
	buf_fmt(b, "%llu events of %llu cases, under %llu version%s of the policy\n", events, cases,
		versions, versions == 1 ? "" : "s");
	if (r->destroyed)
		buf_fmt(b,
			"not compared: %llu events of destroyed cases, and %llu cases that rest on "
			"them\n",
			(unsigned long long)r->destroyed, (unsigned long long)r->passed);
}

static int replay(struct asked *a)
{
	struct replay_config config = {.path = a->ledger,
				       .on_difference = on_difference,
				       .on_progress = on_progress,
				       .arg = a};
	struct replay_report r;
	struct buf why = {0}, out = {0};
	enum status st = replay_verify(&config, &r, &why);
	int status = r.differences ? EXIT_NOT_FINE : EXIT_FINE;
	progress_end(&a->progress);
	if (st) {
		status = cli_environment("replay", STR_FMT, STR_ARG(buf_view(&why)));
	} else {
		report(&out, a, &r);
		int written = cli_write("replay", stdout, &out);
		status = written ? written : status;
	}
	buf_release(&why);
	buf_release(&out);
	buf_release(&a->out);
	return status;
}

int cmd_replay(int argc, char **argv)
{
	struct asked a = {0};
	const struct cli_opt opts[] = {
	    {"verify", NULL, "compare with what is recorded", NULL, &a.verify},
	    {"json", NULL, "report as JSON", NULL, &a.json},
	};
	const struct cli_spec spec = {
	    .name = "replay",
	    .synopsis = "LEDGER --verify",
	    .summary =
		"Decides the whole recorded history again, each event under the version of the\n"
		"policy that decided it then, and says where anything comes out differently:\n"
		"decisions, deadlines, the states of cases, what is left of funds and places.\n"
		"The ledger may be in use.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 1,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	if (!a.verify)
		return cli_usage("replay", "say what for: --verify compares with what is recorded");
	a.ledger = args.at[0];
	return replay(&a);
}
