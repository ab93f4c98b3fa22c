/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/replay/record.h"

#include "daemon/replay/recall.h"
#include "daemon/replay/recorded_versions.h"
#include "daemon/wire/case_read.h"
#include "daemon/wire/correction_read.h"
#include "daemon/wire/past_read.h"

/* A version of the policy, compiled again. */
struct record_version {
	uint32_t number;
	struct loaded loaded;
};

enum status record_open(struct record *r, const char *ledger)
{
	r->doc = json_doc_new();
	enum status st = ledger_reader_open(ledger, &r->reader, &r->why);
	return st ? st : ledger_register_load(r->reader, &r->acts);
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
	for (size_t i = 0; i < r->versions.n; i++) {
		load_release(&r->versions.at[i]->loaded);
		mem_free(r->versions.at[i]);
	}
	vec_release(&r->versions);
	ledger_register_release(&r->acts);
	ledger_reader_close(r->reader);
	buf_release(&r->why);
	arena_release(&r->arena);
}

/* ---- versions ---- */

const struct rulebook *record_version(struct record *r, uint32_t number)
{
	for (size_t i = 0; i < r->versions.n; i++)
		if (r->versions.at[i]->number == number)
			return r->versions.at[i]->loaded.rb;
	struct record_version *v = mem_alloc(sizeof(*v));
	*vec_push(&r->versions) = v;
	v->number = number;
	enum status st = recorded_version(r->reader, number, &v->loaded, &r->why);
	if (st && !r->fault)
		r->fault = st;
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

/* The versions stay: the next case most likely went by the same. */
static void forget(struct record *r)
{
	history_release(&r->history);
	r->history = (struct history){0};
	arena_reset(&r->arena);
	buf_clear(&r->why);
	r->until = TIME_NONE;
}

enum status record_read(struct record *r, struct str case_id, uint64_t last)
{
	struct past_reader past;
	struct seqs s = {.r = r};
	forget(r);
	r->case_id = arena_str(&r->arena, case_id);
	r->last = last;
	if (last)
		*vec_push(&s.list) = last;
	enum status st = ledger_timeline(r->reader, r->case_id, r->last, SIZE_MAX, on_event, &s);
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

/* ---- deciding it again ---- */

static struct case_state *carry(void *arg, const struct rulebook *from, const struct case_state *cs,
				const struct rulebook *to, struct buf *why)
{
	struct record *r = arg;
	return case_carry(r->doc, from, cs, to, why);
}

enum status record_decide(struct record *r, void (*prepare)(void *arg, struct redecision *again),
			  void *arg)
{
	const struct rulebook *rb = record_in_force(r, r->until);
	struct ledger_case row;
	enum status st = r->fault ? r->fault : ledger_find_case(r->reader, r->case_id, &row);
	if (st)
		return st;
	uint16_t kind = rulebook_kind(rb, row.kind), county = rulebook_county(rb, row.county);
	if (kind == NONE || county == NONE)
		return STATUS_INVALID;
	struct case_state *as = case_new(rb, r->case_id, kind, county);
	struct redecision again;
	struct correction_reader corrections;
	record_settle(r, rb);
	redecision_init(&again, rb, (struct world){record_find, r, NULL});
	correction_reader_init(&corrections);
	again.reader = (struct amend_reader){correction_read, &corrections};
	again.reigns = (struct reigns){.at = record_in_force, .arg = r};
	again.carry = carry;
	again.carry_arg = r;
	prepare(arg, &again);
	st = redecide_history(&again, &r->history, as, r->until);
	for (size_t i = 0; st && i < again.refusal.n; i++)
		buf_str(&r->why, again.refusal.reasons[i].text);
	redecision_release(&again);
	correction_reader_release(&corrections);
	case_free(rb, as);
	return st;
}
