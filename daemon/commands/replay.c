/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/progress.h"
#include "daemon/commands/rulebook.h"
#include "daemon/replay/report.h"
#include "daemon/replay/read_ahead.h"
#include "daemon/replay/recorded_versions.h"
#include "daemon/replay/verify.h"
#include "engine/page/html.h"

#include <string.h>
#include <unistd.h>

struct asked {
	const char *ledger, *candidate, *csv, *html, *jobs_text, *to_text;
	bool verify, json, cases;
	unsigned jobs;
	uint64_t to;
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

/* ---- a candidate ---- */

static int write_reports(const struct asked *a, const struct replayed *r, const struct rulebook *rb)
{
	struct buf out = {0};
	int status = EXIT_FINE;
	if (a->csv) {
		replayed_csv(&out, r);
		status = cli_write_file("replay", a->csv, &out);
		buf_clear(&out);
	}
	if (a->html && !status) {
		html_begin(&out, STR("What a rulebook would have decided"));
		replay_html(&out, r, rb);
		html_end(&out);
		status = cli_write_file("replay", a->html, &out);
		buf_clear(&out);
	}
	if (a->json)
		replayed_json(&out, r);
	else
		replayed_text(&out, r);
	if (!status)
		status = cli_write("replay", stdout, &out);
	buf_release(&out);
	return status;
}

static int replay_under(struct asked *a, const struct rulebook *rb)
{
	struct candidate_config config = {.path = a->ledger,
					  .rb = rb,
					  .jobs = a->jobs,
					  .to = a->to,
					  .with_cases = a->cases,
					  .on_progress = on_progress,
					  .arg = a};
	struct replayed r = {0};
	struct buf why = {0};
	enum status st = candidate_replay(&config, &r, &why);
	int status;
	progress_end(&a->progress);
	if (st)
		status =
		    cli_environment("replay", "%s: " STR_FMT, a->ledger, STR_ARG(buf_view(&why)));
	else
		status = write_reports(a, &r, rb);
	if (!status && (r.compared.cases.n || r.refusals.n))
		status = EXIT_NOT_FINE;
	replayed_release(&r);
	buf_release(&why);
	return status;
}

static bool is_version(const char *name)
{
	return strlen(name) == 16 && strspn(name, "0123456789abcdef") == 16;
}

static int load_recorded(struct loaded *l, const struct asked *a)
{
	struct ledger_reader *reader = NULL;
	struct buf why = {0};
	uint32_t number;
	int status = EXIT_FINE;
	enum status st = ledger_reader_open(a->ledger, &reader, &why);
	if (!st && (st = ledger_policy_named(reader, str_from(a->candidate), &number)))
		buf_fmt(&why, "the ledger has no version %s", a->candidate);
	if (!st)
		st = recorded_version(reader, number, l, &why);
	if (st)
		status =
		    cli_environment("replay", "%s: " STR_FMT, a->ledger, STR_ARG(buf_view(&why)));
	ledger_reader_close(reader);
	buf_release(&why);
	return status;
}

static int replay_candidate(struct asked *a)
{
	struct loaded l = {0};
	int status = is_version(a->candidate) ? load_recorded(&l, a)
					      : load_or_report(&l, "replay", a->candidate);
	if (!status)
		status = replay_under(a, l.rb);
	load_release(&l);
	return status;
}

/* A whole number from 1; false: it is none. */
static bool read_number(const char *text, uint64_t most, uint64_t *out)
{
	uint64_t n = 0;
	const char *p = text;
	for (; *p >= '0' && *p <= '9' && n <= most; p++)
		n = n * 10 + (uint64_t)(*p - '0');
	*out = n;
	return p > text && !*p && n && n <= most;
}

/* One thread decides, which is the smaller part of the work: with several, as many read ahead. */
static int settle_jobs(struct asked *a)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t jobs = processors < 1 ? 1 : (uint64_t)processors;
	if (jobs > READ_AHEAD_JOBS)
		jobs = READ_AHEAD_JOBS;
	if (a->jobs_text && !read_number(a->jobs_text, READ_AHEAD_JOBS, &jobs))
		return cli_usage("replay", "--jobs takes a number from 1 to %d", READ_AHEAD_JOBS);
	if (a->to_text && !read_number(a->to_text, INT64_MAX, &a->to))
		return cli_usage("replay", "--to takes the number of an event, from 1");
	a->jobs = jobs > 1 ? (unsigned)jobs : 0;
	return EXIT_FINE;
}

static int settle(struct asked *a)
{
	if (a->verify == (a->candidate != NULL))
		return cli_usage("replay", "say what for: --verify compares with what is recorded, "
					   "--candidate says what another rulebook would have "
					   "decided");
	if (a->verify && (a->csv || a->html || a->cases || a->jobs_text || a->to_text))
		return cli_usage("replay", "--csv, --html, --cases, --jobs and --to go with "
					   "--candidate");
	return settle_jobs(a);
}

int cmd_replay(int argc, char **argv)
{
	struct asked a = {0};
	const struct cli_opt opts[] = {
	    {"verify", NULL, "compare with what is recorded", NULL, &a.verify},
	    {"candidate", "RULEBOOK", "decide under this rulebook, or a recorded version of it",
	     &a.candidate, NULL},
	    {"json", NULL, "report as JSON", NULL, &a.json},
	    {"csv", "FILE", "money by fund, county, program and month", &a.csv, NULL},
	    {"html", "FILE", "a report with charts, for print", &a.html, NULL},
	    {"cases", NULL, "name the cases that come out differently", NULL, &a.cases},
	    {"to", "NUMBER", "only the events up to that one", &a.to_text, NULL},
	    {"jobs", "N", "threads; as many as there are processors", &a.jobs_text, NULL},
	};
	const struct cli_spec spec = {
	    .name = "replay",
	    .synopsis = "LEDGER --verify | LEDGER --candidate RULEBOOK",
	    .summary =
		"Decides the whole recorded history again. With --verify each event under the\n"
		"version of the policy that decided it then, and says where anything comes out\n"
		"differently: decisions, deadlines, the states of cases, what is left of funds\n"
		"and places. With --candidate all of it under another rulebook (a folder, a\n"
		"file, or a version that the ledger has, by its 16 digits): what would have\n"
		"come out otherwise, for how many, at what cost, and what the rulebook asks\n"
		"that the history does not hold. The exit status is 1 when anything differs.\n"
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
	done = settle(&a);
	if (done)
		return done;
	a.ledger = args.at[0];
	return a.verify ? replay(&a) : replay_candidate(&a);
}
