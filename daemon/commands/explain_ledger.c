/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/explain_ledger.h"

#include "daemon/commands/cli.h"
#include "daemon/wire/case_read.h"
#include "daemon/wire/correction_read.h"
#include "daemon/wire/load.h"
#include "daemon/ledger/register.h"
#include "daemon/wire/past_read.h"
#include "engine/audit/explain.h"
#include "engine/base/limits.h"

/* A version of the policy, compiled again. */
struct known {
	uint32_t number;
	struct loaded loaded;
	struct known *next;
};

struct asked {
	struct ledger_reader *reader;
	struct hash128 id; /* the outcome */
	struct str case_id;
	uint64_t seq; /* its decision */
	uint32_t policy;
	bool confidential, json;
	struct known *versions;
	struct ledger_register acts;
	enum status fault; /* some version cannot be had */
	struct redecision *again;
	int64_t received; /* when its decision was made */
	struct json_doc *doc;
	struct history history;
	struct trace trace;
	VEC(uint64_t) seqs; /* of the case up to it, newest first */
	int64_t until;      /* instant up to which time has passed for the case */
	bool told;
	struct buf out, why;
	struct arena arena;
};

/* ---- reading ---- */

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
	const struct json *o, *event;
	struct ledger_event e;
	enum status st = json_parse(a->doc, json, SIZE_MAX, &o, &a->why);
	if (st || !json_get(o, STR("reverses")))
		return st;
	buf_fmt(&a->out, "takes back the " STR_FMT " " STR_FMT,
		STR_ARG(json_get(o, STR("reverses"))->text), STR_ARG(json_get(o, STR("of"))->text));
	st = ledger_event_at(a->reader, a->seq, &e);
	if (!st)
		st = json_parse(a->doc, e.event, SIZE_MAX, &event, &a->why);
	if (st)
		return st;
	tell_cause(&a->out, event);
	a->told = true;
	return STATUS_OK;
}

static enum status find(struct asked *a)
{
	struct ledger_outcome_row row;
	struct ledger_event e;
	enum status st = ledger_find_outcome(a->reader, a->id, &row);
	if (st)
		return st;
	a->seq = row.seq;
	a->case_id = arena_str(&a->arena, row.case_id);
	st = tell_reversal(a, arena_str(&a->arena, row.json));
	if (st || a->told)
		return st;
	st = ledger_event_at(a->reader, a->seq, &e);
	a->policy = st ? 0 : e.policy;
	a->received = st ? 0 : e.received_us;
	return st ? st : ledger_register_load(a->reader, &a->acts);
}

static bool on_source(void *arg, struct str name, struct str text)
{
	struct loaded *l = arg;
	l->sources[l->n++] =
	    (struct source){arena_str(&l->arena, name), arena_str(&l->arena, text)};
	return l->n < LIMIT_SOURCES;
}

static enum status load_version(struct asked *a, struct loaded *l, uint32_t number)
{
	diag_init(&l->diags, &l->arena);
	l->sources = arena_array(&l->arena, LIMIT_SOURCES, sizeof(*l->sources));
	enum status st = ledger_policy_sources(a->reader, number, on_source, l);
	if (!st && (st = load_compile(l)))
		buf_str(&a->why, STR("a recorded policy does not compile with this program"));
	return st;
}

/* NULL: it cannot be had, and a->fault says why. */
static const struct rulebook *version(struct asked *a, uint32_t number)
{
	struct known *k = a->versions;
	while (k && k->number != number)
		k = k->next;
	if (!k) {
		k = arena_alloc(&a->arena, sizeof(*k));
		*k = (struct known){.number = number, .next = a->versions};
		a->versions = k;
		enum status st = load_version(a, &k->loaded, number);
		if (st && !a->fault)
			a->fault = st;
	}
	return k->loaded.rb;
}

/* As the daemon had it when it decided: what was dated after that went by the version in force. */
static const struct rulebook *in_force_at(void *arg, int64_t instant)
{
	struct asked *a = arg;
	uint32_t number =
	    ledger_register_at(&a->acts, instant < a->received ? instant : a->received);
	const struct rulebook *rb = version(a, number ? number : a->policy);
	return rb ? rb : version(a, a->policy);
}

static const struct rulebook *version_named(void *arg, struct str name)
{
	struct asked *a = arg;
	uint32_t number;
	if (ledger_policy_named(a->reader, name, &number))
		return NULL;
	return version(a, number);
}

static struct case_state *carry(void *arg, const struct rulebook *from, const struct case_state *cs,
				const struct rulebook *to, struct buf *why)
{
	struct asked *a = arg;
	return case_carry(a->doc, from, cs, to, why);
}

static bool on_event(void *arg, const struct ledger_event *e)
{
	struct asked *a = arg;
	*vec_push(&a->seqs) = e->seq;
	return history_decision(&a->history);
}

/* How far the case's time had come: a late event adds what follows up to there. */
static enum status note_time(struct asked *a, struct str event)
{
	const struct json *root, *time;
	int64_t at;
	enum status st = json_parse(a->doc, event, SIZE_MAX, &root, &a->why);
	if (st)
		return st;
	time = json_get(root, STR("time"));
	if (!time || time->kind != JSON_TEXT || time_read(time->text, &at))
		return STATUS_INVALID;
	a->until = at > a->until ? at : a->until;
	return STATUS_OK;
}

static enum status read_record(struct asked *a, struct past_reader *past, uint64_t seq)
{
	struct ledger_event e;
	enum status st = ledger_event_at(a->reader, seq, &e);
	if (st)
		return st;
	struct str event = arena_str(&a->arena, e.event); /* the reader may be asked for more */
	struct str decision = arena_str(&a->arena, e.decision);
	const struct rulebook *rb = version(a, e.policy);
	if (!rb)
		return a->fault;
	st = note_time(a, event);
	return st ? st : past_read(past, rb, event, decision, &a->history, &a->why);
}

static enum status read_history(struct asked *a)
{
	struct past_reader past;
	*vec_push(&a->seqs) = a->seq;
	enum status st = ledger_timeline(a->reader, a->case_id, a->seq, SIZE_MAX, on_event, a);
	past_reader_init(&past, a->doc);
	past.named = version_named;
	past.arg = a;
	for (size_t i = a->seqs.n; !st && i-- > 0;)
		st = read_record(a, &past, a->seqs.at[i]);
	past_reader_release(&past);
	return st;
}

/* ---- telling ---- */

static void on_decision(void *arg, const struct decision *d)
{
	struct asked *a = arg;
	struct wording w = {a->again->decider.rb, a->confidential};
	for (size_t i = 0; !a->told && i < d->n; i++) {
		if (!hash128_eq(d->outcomes[i].id, a->id))
			continue;
		a->told = true;
		if (a->json) {
			explain_json(&a->out, &w, d, &a->trace);
			buf_char(&a->out, '\n');
		} else {
			explain_decision(&a->out, &w, d, &a->trace);
		}
	}
	trace_clear(&a->trace);
}

/* Facts of other cases are recorded with each decision, and so is what funds could pay; what is not
 * has its default. */
static const struct case_state *find_none(void *arg, uint16_t kind, struct str id)
{
	(void)arg, (void)kind, (void)id;
	return NULL;
}

static void note_refusal(struct asked *a, const struct refusal *no)
{
	for (size_t i = 0; i < no->n; i++)
		buf_str(&a->why, no->reasons[i].text);
}

static enum status decide_again(struct asked *a)
{
	const struct rulebook *rb = in_force_at(a, a->until);
	struct ledger_case row;
	enum status st = a->fault ? a->fault : ledger_find_case(a->reader, a->case_id, &row);
	if (st)
		return st;
	uint16_t kind = rulebook_kind(rb, row.kind), county = rulebook_county(rb, row.county);
	if (kind == NONE || county == NONE)
		return STATUS_INVALID;
	struct case_state *as = case_new(rb, a->case_id, kind, county);
	struct redecision r;
	redecision_init(&r, rb, (struct world){find_none, NULL, NULL});
	struct correction_reader corrections;
	correction_reader_init(&corrections);
	r.reader = (struct amend_reader){correction_read, &corrections};
	r.reigns = (struct reigns){.at = in_force_at, .arg = a};
	r.carry = carry;
	r.carry_arg = a;
	r.decider.trace = &a->trace;
	a->again = &r;
	r.watch = on_decision;
	r.watch_arg = a;
	st = redecide_history(&r, &a->history, as, a->until);
	if (st)
		note_refusal(a, &r.refusal);
	redecision_release(&r);
	correction_reader_release(&corrections);
	case_free(rb, as);
	return st;
}

static int explain(struct asked *a, const char *outcome)
{
	enum status st = find(a);
	if (st == STATUS_GONE) {
		fprintf(stderr,
			"waymark explain: the case of outcome %s was destroyed under an order; "
			"nothing that it said can be read any more\n",
			outcome);
		return EXIT_NOT_FINE;
	}
	if (st == STATUS_NOT_FOUND) {
		fprintf(stderr, "waymark explain: the ledger has no outcome %s\n", outcome);
		return EXIT_NOT_FINE;
	}
	if (!st && !a->told)
		st = read_history(a);
	if (!st && !a->told)
		st = decide_again(a);
	if (st == STATUS_IO)
		return cli_environment("explain", STR_FMT, STR_ARG(ledger_reader_error(a->reader)));
	if (st || !a->told) {
		fprintf(stderr,
			"waymark explain: outcome %s cannot be decided again%s%.*s\n  help: it was "
			"recorded with decision %llu; GET /v1/decisions/%llu shows it\n",
			outcome, a->why.len ? ": " : "", (int)a->why.len,
			a->why.len ? a->why.p : "", (unsigned long long)a->seq,
			(unsigned long long)a->seq);
		return EXIT_NOT_FINE;
	}
	return cli_write("explain", stdout, &a->out);
}

static void release(struct asked *a)
{
	history_release(&a->history);
	trace_release(&a->trace);
	vec_release(&a->seqs);
	json_doc_free(a->doc);
	for (struct known *k = a->versions; k; k = k->next)
		load_release(&k->loaded);
	ledger_register_release(&a->acts);
	ledger_reader_close(a->reader);
	buf_release(&a->out);
	buf_release(&a->why);
	arena_release(&a->arena);
}

int explain_ledger(const char *ledger, const char *outcome, bool confidential, bool json)
{
	struct asked a = {.confidential = confidential, .json = json, .until = TIME_NONE};
	if (!hash128_read(str_from(outcome), &a.id))
		return cli_usage("explain",
				 "`%s` is not the id of an outcome: 32 digits and letters "
				 "a to f",
				 outcome);
	int status;
	if (ledger_reader_open(ledger, &a.reader, &a.why)) {
		status = cli_environment("explain", STR_FMT, STR_ARG(buf_view(&a.why)));
	} else {
		a.doc = json_doc_new();
		status = explain(&a, outcome);
	}
	release(&a);
	return status;
}
