/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/cli.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/event_lines.h"
#include "daemon/commands/explain_ledger.h"
#include "daemon/commands/explain_out.h"
#include "daemon/commands/rulebook.h"
#include "engine/explain/before.h"
#include "engine/explain/next.h"

#define NEXT_DAYS 365 /* that `--next` looks ahead, unless told */

struct telling {
	struct explain_out out;
	const struct rulebook *rb;
	const char *event, *of_case; /* only these; NULL: all */
	bool any_order;
	struct trace trace;
	struct before before;
	struct buf subject; /* of the event asked for */
	int32_t last;       /* day of the latest event */
};

static void tell(void *arg, const struct decision *d, uint64_t seq)
{
	struct telling *t = arg;
	(void)seq;
	t->last = d->event.day > t->last ? d->event.day : t->last;
	if (t->event && !str_eq(d->event.id, str_from(t->event)))
		return;
	if (t->of_case && !str_eq(d->event.subject, str_from(t->of_case)))
		return;
	if (t->event && !t->subject.len)
		buf_str(&t->subject, d->event.subject);
	struct counterfactuals changes = {0};
	struct past past;
	if (before_past(&t->before, d, &t->trace, &past))
		counterfactuals_find(&changes, &past);
	explain_out_decision(
	    &t->out, &(struct account){{t->rb, t->out.confidential}, d, &t->trace, &changes});
	counterfactuals_release(&changes);
}

/* What a prohibition stops is explained, too: it was decided, and nothing of it was applied. */
static void tell_refused(void *arg, const struct event *ev, const struct refusal *why)
{
	struct telling *t = arg;
	struct decision d = {
	    .event = *ev, .type_name = t->rb->events[ev->type].name, .stopped = *why};
	if (why->block == NONE || !t->before.cs)
		return;
	d.event.kind = t->before.cs->kind;
	tell(arg, &d, 0);
}

static void tell_next(struct telling *t, struct stream *s, int32_t until)
{
	struct next n = {.who = t->out.who, .wording = {t->rb, t->out.confidential}};
	n.id = t->of_case ? str_from(t->of_case) : buf_view(&t->subject);
	if (until == DAY_NONE)
		until = t->last > DAY_MAX - NEXT_DAYS ? DAY_MAX : t->last + NEXT_DAYS;
	next_pass(&n, s, until);
	explain_out_next(&t->out, &n);
	next_release(&n);
}

static int nothing_told(const struct telling *t, const char *path)
{
	if (t->out.passed_over)
		fprintf(stderr, EXPLAIN_NOTHING_FOR_PERSON);
	else
		fprintf(stderr, "waymark explain: no decided event of %s is %s%s\n", path,
			t->event ? "called " : "of case ", t->event ? t->event : t->of_case);
	return EXIT_NOT_FINE;
}

static int explain(struct telling *t, const char *path, bool next, int32_t until)
{
	struct event_lines in;
	event_lines_init(&in, "explain", t->rb, tell, t);
	in.stream.decider.trace = &t->trace;
	in.was_refused = tell_refused;
	before_watch(&t->before, &in.stream.decider);
	if (t->any_order)
		event_lines_any_order(&in);
	int status = event_lines_feed(&in, path, t->out.json);
	if (!status && next)
		tell_next(t, &in.stream, until);
	else if (!status && until != DAY_NONE)
		stream_until_day(&in.stream, until);
	if (!status)
		status = explain_out_write(&t->out);
	if (!status && !t->out.told && (t->event || t->of_case || t->out.passed_over))
		status = nothing_told(t, path);
	if (!status && in.refused)
		status = EXIT_NOT_FINE;
	before_release(&t->before);
	event_lines_release(&in);
	trace_release(&t->trace);
	buf_release(&t->subject);
	return status;
}

static int explain_file(struct telling *t, const char *policies, const char *events, bool next,
			int32_t until)
{
	struct loaded l = {0};
	int done = load_or_report(&l, "explain", policies);
	if (!done) {
		t->rb = l.rb;
		done = explain(t, events, next, until);
	}
	load_release(&l);
	return done;
}

int cmd_explain(int argc, char **argv)
{
	struct telling t = {.last = DAY_MIN};
	const char *until_text = NULL, *ledger = NULL, *who = "auditor";
	bool next = false;
	const struct cli_opt opts[] = {
	    {"ledger", "DB",
	     "explain what is recorded in this ledger: an outcome, by its id, or a case", &ledger,
	     NULL},
	    {"event", "ID", "only the event with this id", &t.event, NULL},
	    {"case", "ID", "only the events of this case", &t.of_case, NULL},
	    {"for", "READER",
	     "auditor (everything), worker (short, what to do), person (a letter to the person "
	     "concerned)",
	     &who, NULL},
	    {"places", NULL, "tell the worker file and line, too", NULL, &t.out.places},
	    {"next", NULL, "then say what happens next if nothing happens, for a year", NULL,
	     &next},
	    {"until", "DATE",
	     "let time pass to the end of that day after the last event; how far --next looks",
	     &until_text, NULL},
	    {"confidential", NULL, "show the values of confidential facts; never in a letter", NULL,
	     &t.out.confidential},
	    {"any-order", NULL, "take late events, retractions and corrections, as the daemon does",
	     NULL, &t.any_order},
	    {"html", "FILE", "write it as a page", &t.out.html, NULL},
	    {"json", NULL, "one JSON object a decision", NULL, &t.out.json},
	};
	const struct cli_spec spec = {
	    .name = "explain",
	    .synopsis = "RULEBOOK EVENTS.jsonl | --ledger DB OUTCOME | --ledger DB --case ID",
	    .summary =
		"Decides a stream of events in memory and says why each came out as it did: the\n"
		"provisions that applied, with the values that they rested on and how the amounts\n"
		"were worked out, and those that did not, with the condition that was not met and\n"
		"what would have to be different. With --ledger, says it of what is recorded,\n"
		"under the version of the policy that decided it.",
	    .opts = opts,
	    .nopts = sizeof(opts) / sizeof(*opts),
	    .max_args = 2,
	};
	struct cli_args args;
	int done = cli_parse(&spec, argc, argv, &args);
	if (done >= 0)
		return done;
	if (!audience_read(str_from(who), &t.out.who))
		return cli_usage("explain", "--for %s: it is auditor, worker or person", who);
	int32_t until = DAY_NONE;
	if (until_text && day_read(str_from(until_text), &until))
		return cli_usage("explain",
				 "--until %s is not a date that exists; write it like "
				 "2026-12-31",
				 until_text);
	if (ledger && args.n == (t.of_case ? 0 : 1))
		done =
		    explain_ledger(&(struct ledger_question){.ledger = ledger,
							     .outcome = args.n ? args.at[0] : NULL,
							     .of_case = t.of_case,
							     .next = next,
							     .days = NEXT_DAYS,
							     .until = until},
				   &t.out);
	else if (ledger || args.n != 2)
		done = cli_usage(
		    "explain",
		    "give RULEBOOK EVENTS.jsonl, or --ledger DB and an OUTCOME or --case ID");
	else
		done = explain_file(&t, args.at[0], args.at[1], next, until);
	explain_out_release(&t.out);
	return done;
}
