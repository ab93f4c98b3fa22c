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

static int run(const struct rulebook *rb, const char *path, int32_t until, bool json, bool cases)
{
	struct output o = {.rb = rb};
	struct event_lines in;
	event_lines_init(&in, "run", rb, print, &o);
	int status = event_lines_feed(&in, path, json);
	if (!status && until != DAY_NONE)
		stream_until_day(&in.stream, until);
	if (!status && cases)
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
	bool json = false;
	bool cases = false;
	const char *until_text = NULL;
	const struct cli_opt opts[] = {
	    {"until", "DATE", "let time pass to the end of that day after the last event",
	     &until_text, NULL},
	    {"cases", NULL, "then print the cases as they stand in the end", NULL, &cases},
	    {"json", NULL, "refused events as JSON, too (decisions always are)", NULL, &json},
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
	int32_t until = DAY_NONE;
	if (until_text && day_read(str_from(until_text), &until))
		return cli_usage("run",
				 "--until %s is not a date that exists; write it like "
				 "2026-12-31",
				 until_text);
	struct loaded l = {0};
	done = load_or_report(&l, "run", args.at[0]);
	if (!done)
		done = run(l.rb, args.n > 1 ? args.at[1] : "-", until, json, cases);
	load_release(&l);
	return done;
}
