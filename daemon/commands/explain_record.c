/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/explain_record.h"

#include "daemon/replay/recall.h"
#include "daemon/replay/recorded_versions.h"
#include "daemon/wire/case_read.h"
#include "daemon/wire/past_read.h"

/* A version of the policy, compiled again. */
struct record_version {
	uint32_t number;
	struct loaded loaded;
	struct record_version *next;
};

enum status record_open(struct record *r, const char *ledger)
{
	r->until = TIME_NONE;
	r->doc = json_doc_new();
	return ledger_reader_open(ledger, &r->reader, &r->why);
}

void record_settle(struct record *r, const struct rulebook *home)
{
	for (size_t i = 0; i < r->cases.n; i++)
		case_free(r->home, r->cases.at[i]);
	r->cases.n = 0;
	r->home = home;
}

void record_close(struct record *r)
{
	record_settle(r, NULL);
	vec_release(&r->cases);
	history_release(&r->history);
	json_doc_free(r->doc);
	for (struct record_version *v = r->versions; v; v = v->next)
		load_release(&v->loaded);
	ledger_register_release(&r->acts);
	ledger_reader_close(r->reader);
	buf_release(&r->why);
	arena_release(&r->arena);
}

/* ---- versions ---- */

const struct rulebook *record_version(struct record *r, uint32_t number)
{
	struct record_version *v = r->versions;
	while (v && v->number != number)
		v = v->next;
	if (!v) {
		v = arena_alloc(&r->arena, sizeof(*v));
		*v = (struct record_version){.number = number, .next = r->versions};
		r->versions = v;
		enum status st = recorded_version(r->reader, number, &v->loaded, &r->why);
		if (st && !r->fault)
			r->fault = st;
	}
	return v->loaded.rb;
}

const struct rulebook *record_in_force(void *arg, int64_t instant)
{
	struct record *r = arg;
	uint32_t number =
	    ledger_register_at(&r->acts, instant < r->received ? instant : r->received);
	const struct rulebook *rb = record_version(r, number ? number : r->policy);
	return rb ? rb : record_version(r, r->policy);
}

static const struct rulebook *version_named(void *arg, struct str name)
{
	struct record *r = arg;
	uint32_t number;
	if (ledger_policy_named(r->reader, name, &number))
		return NULL;
	return record_version(r, number);
}

/* ---- the history ---- */

struct seqs {
	struct record *r;
	VEC(uint64_t) list; /* newest first */
};

static bool on_event(void *arg, const struct ledger_event *e)
{
	struct seqs *s = arg;
	*vec_push(&s->list) = e->seq;
	return history_decision(&s->r->history);
}

/* How far the case's time had come: a late event adds what follows up to there. */
static enum status note_time(struct record *r, const struct rulebook *rb, struct str event)
{
	const struct json *root, *time;
	int64_t at;
	enum status st = json_parse(r->doc, event, SIZE_MAX, &root, &r->why);
	if (st)
		return st;
	time = json_get(root, STR("time"));
	if (!time || time->kind != JSON_TEXT || time_read(time->text, &at))
		return STATUS_INVALID;
	if (at > r->until) {
		r->until = at;
		r->day = zone_day(rb->zone, at);
	}
	return STATUS_OK;
}

static enum status read_decision(struct record *r, struct past_reader *past, uint64_t seq)
{
	struct ledger_event e;
	enum status st = ledger_event_at(r->reader, seq, &e);
	if (st)
		return st;
	struct str event = arena_str(&r->arena, e.event); /* the reader may be asked for more */
	struct str decision = arena_str(&r->arena, e.decision);
	r->policy = e.policy;
	r->received = e.received_us;
	const struct rulebook *rb = record_version(r, e.policy);
	if (!rb)
		return r->fault;
	st = note_time(r, rb, event);
	return st ? st : past_read(past, rb, event, decision, &r->history, &r->why);
}

enum status record_read(struct record *r)
{
	struct past_reader past;
	struct seqs s = {.r = r};
	if (r->last)
		*vec_push(&s.list) = r->last;
	enum status st = ledger_register_load(r->reader, &r->acts);
	if (!st)
		st = ledger_timeline(r->reader, r->case_id, r->last, SIZE_MAX, on_event, &s);
	past_reader_init(&past, r->doc);
	past.named = version_named;
	past.arg = r;
	for (size_t i = s.list.n; !st && i-- > 0;)
		st = read_decision(r, &past, s.list.at[i]);
	past_reader_release(&past);
	vec_release(&s.list);
	return st;
}

/* ---- cases as they are now ---- */

static enum status read_case(struct record *r, const struct rulebook *rb, struct str id,
			     struct case_state **out)
{
	struct ledger_case row;
	const struct json *root;
	enum status st = ledger_find_case(r->reader, id, &row);
	if (!st)
		st = json_parse(r->doc, row.state, SIZE_MAX, &root, &r->why);
	return st ? st : case_read(rb, root, out, &r->why);
}

const struct case_state *record_find(void *arg, uint16_t kind, struct str id)
{
	struct record *r = arg;
	struct case_state *cs = NULL;
	for (size_t i = 0; !cs && i < r->cases.n; i++)
		if (str_eq(r->cases.at[i]->id, id))
			cs = r->cases.at[i];
	if (!cs) {
		if (read_case(r, r->home, id, &cs))
			return NULL;
		*vec_push(&r->cases) = cs;
	}
	return cs->kind == kind ? cs : NULL;
}

enum status record_case(struct record *r, const struct rulebook *rb, struct case_state **out)
{
	enum status st = read_case(r, rb, r->case_id, out);
	return st ? st : recall_days(r->reader, r->doc, rb, *out, 0);
}
