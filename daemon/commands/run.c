/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/event_lines.h"
#include "daemon/commands/rulebook.h"
#include "engine/case/json.h"

#define FLUSH_BYTES 65536

struct output {
	const struct rulebook *rb;
	struct buf out;
	int status;
};

static void flush(struct output *o)
{
	if (!o->status)
		o->status = cli_write("run", stdout, &o->out);
	buf_clear(&o->out);
}

static void print(void *arg, const struct decision *d, uint64_t seq)
{
	struct output *o = arg;
	decision_json(&o->out, o->rb, d, seq, false);
	buf_char(&o->out, '\n');
	if (o->out.len > FLUSH_BYTES)
		flush(o);
}

static void print_cases(struct output *o, const struct stream *s)
{
	for (size_t i = 0; i < s->cases.n; i++) {
		case_json(&o->out, o->rb, s->cases.at[i], true);
		buf_char(&o->out, '\n');
		if (o->out.len > FLUSH_BYTES)
			flush(o);
	}
}

struct wish {
	const char *path;
	int32_t until;
	bool json, cases, any_order;
};

static int run(const struct rulebook *rb, const struct wish *w)
{
	struct output o = {.rb = rb};
	struct event_lines in;
	event_lines_init(&in, "run", rb, print, &o);
	if (w->any_order)
		event_lines_any_order(&in);
	int status = event_lines_feed(&in, w->path, w->json);
	if (!status && w->until != DAY_NONE)
		stream_until_day(&in.stream, w->until);
	if (!status && w->cases)
		print_cases(&o, &in.stream);
	flush(&o);
	if (!status)
		status = o.status;
	if (!status && in.refused)
		status = EXIT_NOT_FINE;
	event_lines_release(&in);
	buf_release(&o.out);
	return status;
}

int cmd_run(int argc, char **argv)
{
	struct wish w = {.until = DAY_NONE};
	const char *until_text = NULL;
	const struct cli_opt opts[] = {
	    {"until", "DATE", "let time pass to the end of that day after the last event",
	     &until_text, NULL},
	    {"cases", NULL, "then print the cases as they stand in the end", NULL, &w.cases},
	    {"json", NULL, "refused events as JSON, too (decisions always are)", NULL, &w.json},
	    {"any-order", NULL, "take late events, retractions and corrections, as the daemon does",
	     NULL, &w.any_order},
	};
	const struct cli_spec spec = {
	    .name = "run",
	    .synopsis = "RULEBOOK [EVENTS.jsonl]",
	    .summary =
		"Decides a stream of events in memory and prints one JSON decision a line. Events\n"
		"are JSON Lines, each a CloudEvent; without a file they come from standard input.\n"
		"Refused events are reported on standard error, and the rest goes on.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 2,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	if (until_text && day_read(str_from(until_text), &w.until))
		return cli_usage("run",
				 "--until %s is not a date that exists; write it like "
				 "2026-12-31",
				 until_text);
	struct loaded l = {0};
	done = load_or_report(&l, "run", args.at[0]);
	w.path = args.n > 1 ? args.at[1] : "-";
	if (!done)
		done = run(l.rb, &w);
	load_release(&l);
	return done;
}
