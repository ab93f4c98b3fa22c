/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/explain_ledger.h"

#include "daemon/commands/cli.h"
#include "daemon/replay/record.h"
#include "daemon/serve/clock.h"
#include "daemon/wire/case_read.h"
#include "engine/explain/before.h"

struct asked {
	struct record record;
	const struct ledger_question *q;
	struct explain_out *out;
	struct hash128 id; /* the outcome */
	uint64_t last;     /* its decision; 0: all of the case is asked for */
	struct buf case_id;
	bool told;
	struct redecision *again;
	struct before before;
	struct trace trace;
};

/* ---- a reversal ---- */

static struct str text_at(const struct json *o, const char *name)
{
	const struct json *v = o ? json_get(o, str_from(name)) : NULL;
	return v && v->kind == JSON_TEXT ? v->text : STR("");
}

/* What made the history be decided again. */
static void tell_cause(struct buf *b, const struct json *event)
{
	const struct json *data = json_get(event, STR("data"));
	struct str type = text_at(event, "type"), reason = text_at(data, "reason");
	buf_fmt(b, "\n  the event " STR_FMT " of " STR_FMT ", of " STR_FMT ", ",
		STR_ARG(text_at(event, "id")), STR_ARG(text_at(event, "source")),
		STR_ARG(text_at(event, "time")));
	if (str_eq(type, STR("retracted")) || str_eq(type, STR("corrected")))
		buf_fmt(b, STR_FMT " the event " STR_FMT " of " STR_FMT, STR_ARG(type),
			STR_ARG(text_at(data, "event")), STR_ARG(text_at(data, "source")));
	else
		buf_c(b, "came late");
	if (reason.len)
		buf_fmt(b, ": " STR_FMT, STR_ARG(reason));
	buf_c(b, "\n  so the history of the case was decided again in the order in which things "
		 "occurred,\n  and the original no longer follows from it\n");
}

/* A reversal has no provision of its own: it says which event took back what. */
static enum status tell_reversal(struct asked *a, struct str json)
{
	struct record *r = &a->record;
	const struct json *o, *event;
	struct ledger_event e;
	struct buf words = {0};
	enum status st = json_parse(r->doc, json, SIZE_MAX, &o, &r->why);
	if (st || !json_get(o, STR("reverses")))
		return st;
	buf_fmt(&words, "takes back the " STR_FMT " " STR_FMT,
		STR_ARG(json_get(o, STR("reverses"))->text), STR_ARG(json_get(o, STR("of"))->text));
	st = ledger_event_at(r->reader, a->last, &e);
	if (!st)
		st = json_parse(r->doc, e.event, SIZE_MAX, &event, &r->why);
	if (!st) {
		tell_cause(&words, event);
		explain_out_text(a->out, buf_view(&words));
		a->told = true;
	}
	buf_release(&words);
	return st;
}

static enum status find_outcome(struct asked *a)
{
	struct record *r = &a->record;
	struct ledger_outcome_row row;
	enum status st = ledger_find_outcome(r->reader, a->id, &row);
	if (st)
		return st;
	a->last = row.seq;
	buf_str(&a->case_id, row.case_id);
	return tell_reversal(a, arena_str(&r->arena, row.json));
}

static enum status find_case(struct asked *a)
{
	struct ledger_case row;
	buf_c(&a->case_id, a->q->of_case);
	return ledger_find_case(a->record.reader, buf_view(&a->case_id), &row);
}

/* ---- telling ---- */

static bool is_asked(const struct asked *a, const struct decision *d)
{
	if (a->q->of_case)
		return true;
	for (size_t i = 0; !a->told && i < d->n; i++)
		if (hash128_eq(d->outcomes[i].id, a->id))
			return true;
	return false;
}

static void on_decision(void *arg, const struct decision *d)
{
	struct asked *a = arg;
	struct past past;
	struct counterfactuals changes = {0};
	if (is_asked(a, d)) {
		a->told = true;
		if (before_past(&a->before, d, &a->trace, &past))
			counterfactuals_find(&changes, &past);
		explain_out_decision(
		    a->out,
		    &(struct account){
			{a->again->decider.rb, a->out->confidential}, d, &a->trace, &changes});
	}
	counterfactuals_release(&changes);
	trace_clear(&a->trace);
}

static void prepare(void *arg, struct redecision *again)
{
	struct asked *a = arg;
	again->decider.trace = &a->trace;
	again->watch = on_decision;
	again->watch_arg = a;
	before_watch(&a->before, &again->decider);
	a->again = again;
}

/* ---- what happens next ---- */

/* From the case as it is now, under the version that is in force now. */
static enum status tell_next(struct asked *a)
{
	struct record *r = &a->record;
	struct case_state *cs;
	struct stream s;
	r->received = TIME_NEVER;
	const struct rulebook *rb = record_in_force(r, clock_now_us());
	enum status st = rb ? record_case(r, rb, &cs) : r->fault;
	if (st)
		return st;
	struct next n = {.who = a->out->who, .wording = {rb, a->out->confidential}};
	n.id = r->case_id;
	stream_init(&s, rb, NULL, NULL);
	record_settle(r, rb);
	s.decider.world = (struct world){record_find, r, &s.pots};
	stream_add(&s, cs);
	st = ledger_pots(r->reader, &s.pots);
	if (!st) {
		next_pass(&n, &s, a->q->until != DAY_NONE ? a->q->until : r->day + a->q->days);
		explain_out_next(a->out, &n);
	}
	next_release(&n);
	stream_release(&s);
	return st;
}

/* ---- the whole ---- */

static const char *asked_for(const struct asked *a)
{
	return a->q->of_case ? a->q->of_case : a->q->outcome;
}

static int not_there(const struct asked *a, enum status st)
{
	const char *what = a->q->of_case ? "case" : "outcome";
	if (st == STATUS_GONE)
		fprintf(stderr,
			"waymark explain: the case%s %s was destroyed under an order; nothing that "
			"it said can be read any more\n",
			a->q->of_case ? "" : " of outcome", asked_for(a));
	else
		fprintf(stderr, "waymark explain: the ledger has no %s %s\n", what, asked_for(a));
	return EXIT_NOT_FINE;
}

static int not_again(struct asked *a)
{
	const struct record *r = &a->record;
	fprintf(stderr, "waymark explain: %s %s cannot be decided again%s%.*s\n",
		a->q->of_case ? "case" : "outcome", asked_for(a), r->why.len ? ": " : "",
		(int)r->why.len, r->why.len ? r->why.p : "");
	if (a->q->outcome)
		fprintf(
		    stderr,
		    "  help: it was recorded with decision %llu; GET /v1/decisions/%llu shows it\n",
		    (unsigned long long)a->last, (unsigned long long)a->last);
	return EXIT_NOT_FINE;
}

static int explain(struct asked *a)
{
	struct record *r = &a->record;
	enum status st = a->q->of_case ? find_case(a) : find_outcome(a);
	if (st == STATUS_GONE || st == STATUS_NOT_FOUND)
		return not_there(a, st);
	bool is_reversal = a->told;
	if (!st && (!is_reversal || a->q->next))
		st = record_read(r, buf_view(&a->case_id), a->last);
	if (!st && !is_reversal)
		st = record_decide(r, prepare, a);
	before_release(&a->before);
	if (!st && a->told && a->q->next)
		st = tell_next(a);
	if (st == STATUS_IO)
		return cli_environment("explain", STR_FMT, STR_ARG(ledger_reader_error(r->reader)));
	if (st || !a->told)
		return not_again(a);
	if (!is_reversal && !a->out->told) {
		fprintf(stderr, EXPLAIN_NOTHING_FOR_PERSON);
		return EXIT_NOT_FINE;
	}
	return explain_out_write(a->out);
}

int explain_ledger(const struct ledger_question *q, struct explain_out *out)
{
	struct asked a = {.q = q, .out = out};
	int status;
	if (q->outcome && !hash128_read(str_from(q->outcome), &a.id))
		return cli_usage("explain",
				 "`%s` is not the id of an outcome: 32 digits and letters "
				 "a to f",
				 q->outcome);
	if (record_open(&a.record, q->ledger))
		status = cli_environment("explain", STR_FMT, STR_ARG(buf_view(&a.record.why)));
	else
		status = explain(&a);
	trace_release(&a.trace);
	buf_release(&a.case_id);
	record_close(&a.record);
	return status;
}
