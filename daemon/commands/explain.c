/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/event_lines.h"
#include "daemon/commands/explain_ledger.h"
#include "daemon/commands/rulebook.h"
#include "engine/audit/explain.h"

struct telling {
	struct wording wording;
	const struct trace *trace;
	const char *event, *of_case; /* only these; NULL: all */
	bool json, any_order;
	size_t told;
	struct buf out;
};

static void tell(void *arg, const struct decision *d, uint64_t seq)
{
	struct telling *t = arg;
	(void)seq;
	if (t->event && !str_eq(d->event.id, str_from(t->event)))
		return;
	if (t->of_case && !str_eq(d->event.subject, str_from(t->of_case)))
		return;
	if (!t->json && t->told)
		buf_char(&t->out, '\n');
	t->told++;
	if (t->json) {
		explain_json(&t->out, &t->wording, d, t->trace);
		buf_char(&t->out, '\n');
	} else {
		explain_decision(&t->out, &t->wording, d, t->trace);
	}
}

static int explain(struct telling *t, const char *path, int32_t until)
{
	struct trace trace = {0};
	struct event_lines in;
	event_lines_init(&in, "explain", t->wording.rb, tell, t);
	t->trace = in.stream.decider.trace = &trace;
	if (t->any_order)
		event_lines_any_order(&in);
	int status = event_lines_feed(&in, path, t->json);
	if (!status && until != DAY_NONE)
		stream_until_day(&in.stream, until);
	if (!status)
		status = cli_write("explain", stdout, &t->out);
	if (!status && !t->told && (t->event || t->of_case)) {
		fprintf(stderr, "waymark explain: no decided event of %s is %s%s\n", path,
			t->event ? "called " : "of case ", t->event ? t->event : t->of_case);
		status = EXIT_NOT_FINE;
	}
	if (!status && in.refused)
		status = EXIT_NOT_FINE;
	event_lines_release(&in);
	trace_release(&trace);
	return status;
}

int cmd_explain(int argc, char **argv)
{
	struct telling t = {0};
	const char *until_text = NULL, *ledger = NULL;
	const struct cli_opt opts[] = {
	    {"ledger", "DB", "explain a recorded outcome, by its id, from this ledger", &ledger,
	     NULL},
	    {"event", "ID", "only the event with this id", &t.event, NULL},
	    {"case", "ID", "only the events of this case", &t.of_case, NULL},
	    {"until", "DATE", "let time pass to the end of that day after the last event",
	     &until_text, NULL},
	    {"confidential", NULL, "show the values of confidential facts", NULL,
	     &t.wording.confidential},
	    {"any-order", NULL, "take late events, retractions and corrections, as the daemon does",
	     NULL, &t.any_order},
	    {"json", NULL, "one JSON object a decision", NULL, &t.json},
	};
	const struct cli_spec spec = {
	    .name = "explain",
	    .synopsis = "RULEBOOK EVENTS.jsonl | --ledger DB OUTCOME",
	    .summary =
		"Decides a stream of events in memory and says why each came out as it did: the\n"
		"provisions that applied, with the values that they rested on, and those that did\n"
		"not, with the condition that was not met. With --ledger, says it of one recorded\n"
		"outcome, under the version of the policy that decided it.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .min_args = 1,
	    .max_args = 2,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	if (ledger && args.n == 1)
		return explain_ledger(ledger, args.at[0], t.wording.confidential, t.json);
	if (ledger || args.n != 2)
		return cli_usage("explain", "give RULEBOOK EVENTS.jsonl, or --ledger DB OUTCOME");
	int32_t until = DAY_NONE;
	if (until_text && day_read(str_from(until_text), &until))
		return cli_usage("explain",
				 "--until %s is not a date that exists; write it like "
				 "2026-12-31",
				 until_text);
	struct loaded l = {0};
	done = load_or_report(&l, "explain", args.at[0]);
	if (!done) {
		t.wording.rb = l.rb;
		done = explain(&t, args.at[1], until);
	}
	buf_release(&t.out);
	load_release(&l);
	return done;
}
