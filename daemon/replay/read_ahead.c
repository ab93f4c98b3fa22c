/* SPDX-License-Identifier: Apache-2.0
 *
 * A ring of blocks: block k is in slot k modulo their number. A reader takes the next number when
 * the slot of it is free.
 */
#include "daemon/replay/read_ahead.h"

#include "daemon/wire/canonical.h"
#include "engine/base/mem.h"

#include <pthread.h>

#define DAY_BYTES 10 /* 2026-07-14 */

struct reader {
	struct read_ahead *r;
	struct ledger_reader *ledger;
	struct canonical_doc canonical;
	struct json_doc *doc; /* for what the other does not read */
	struct event_reader events;
	struct buf scratch, policy;
	struct read_block *block; /* being read */
	pthread_t thread;
	bool started;
};

struct read_ahead {
	struct read_ahead_config config;
	uint64_t blocks; /* in all */
	struct reader *readers;
	size_t nreaders;
	struct read_block *ring;
	size_t nring;
	uint64_t asked; /* blocks handed out */
	uint64_t next_read, next_taken;
	pthread_mutex_t mutex;
	pthread_cond_t filled, freed;
	bool stop;
};

/* ---- one record ---- */

/* What is said up to there still holds. */
void history_damaged(struct buf *why, uint64_t seq, struct str what)
{
	buf_fmt(why,
		"event %llu: " STR_FMT "; nothing is said of a history that is not whole, `waymark "
		"verify` finds what was changed",
		(unsigned long long)seq, STR_ARG(what));
	if (seq > 1)
		buf_fmt(why, ", and --to %llu replays what comes before",
			(unsigned long long)seq - 1);
}

static bool fails(struct reader *rd, enum status status, uint64_t seq, struct str what)
{
	history_damaged(&rd->block->why, seq, what);
	rd->block->status = status;
	return false;
}

/* What there is of a decision before its outcomes, and all from them on. */
struct parts {
	struct str time, county, outcomes;
};

/* The policy is that of the decision before, for the most part. */
static bool pass_policy(struct reader *rd, struct str *rest)
{
	struct str value;
	if (rd->policy.len && canonical_pass(rest, buf_view(&rd->policy)))
		return canonical_pass(rest, STR(","));
	if (!canonical_value(rest, &value) || value.p[0] != '{')
		return false;
	buf_clear(&rd->policy);
	buf_str(&rd->policy, value);
	return true;
}

static bool pass_event(struct str *rest, struct str *time)
{
	struct str ignored;
	return canonical_pass(rest, STR("\"event\":{\"source\":")) &&
	       canonical_value(rest, &ignored) && canonical_pass(rest, STR("\"id\":")) &&
	       canonical_value(rest, &ignored) && canonical_pass(rest, STR("\"type\":")) &&
	       canonical_value(rest, &ignored) && canonical_pass(rest, STR("\"time\":")) &&
	       canonical_value(rest, time) && canonical_leave(rest);
}

/* As decision_json (engine/case/json.h) writes them. */
static bool parts_of(struct reader *rd, struct str decision, struct parts *out)
{
	struct str rest = decision, ignored;
	if (!canonical_pass(&rest, STR("{\"seq\":")) || !canonical_value(&rest, &ignored) ||
	    !pass_event(&rest, &out->time) || !canonical_pass(&rest, STR("\"case\":")) ||
	    !canonical_value(&rest, &ignored) || !canonical_pass(&rest, STR("\"county\":")) ||
	    !canonical_value(&rest, &out->county) ||
	    !canonical_pass(&rest, STR("\"duplicate\":false,\"policy\":")) ||
	    !pass_policy(rd, &rest) || !canonical_pass(&rest, STR("\"outcomes\":")))
		return false;
	out->time = canonical_text(out->time);
	out->county = canonical_text(out->county);
	out->outcomes = rest;
	return canonical_enter(&out->outcomes);
}

/* Whether it is well formed is seen when it is read. */
static struct hash128 first_id(struct str outcomes)
{
	struct hash128 id = {{0}};
	struct str value;
	if (canonical_pass(&outcomes, STR("{\"id\":")) && canonical_value(&outcomes, &value))
		(void)hash128_read(canonical_text(value), &id);
	return id;
}

static bool read_decision(struct reader *rd, struct replay_record *rec, struct str decision)
{
	struct arena *a = &rd->block->arena;
	struct parts p;
	if (!parts_of(rd, decision, &p) || p.time.len < DAY_BYTES ||
	    day_read((struct str){p.time.p, DAY_BYTES}, &rec->day))
		return false;
	if (!str_starts(p.outcomes, STR("]"))) {
		rec->outcomes = arena_str(a, p.outcomes);
		rec->outcome = first_id(p.outcomes);
		rec->county = arena_str(a, p.county);
	}
	return true;
}

static const struct json *parse(struct reader *rd, struct str event)
{
	const struct json *root = canonical_parse(&rd->canonical, event);
	if (root)
		return root;
	buf_clear(&rd->scratch);
	return json_parse(rd->doc, event, SIZE_MAX, &root, &rd->scratch) ? NULL : root;
}

static const struct json *text_of(const struct json *root, struct str name)
{
	const struct json *v = json_get(root, name);
	return v && v->kind == JSON_TEXT ? v : NULL;
}

static bool read_event(struct reader *rd, struct replay_record *rec, struct str event)
{
	struct arena *a = &rd->block->arena;
	const struct json *root = parse(rd, event);
	if (!root)
		return false;
	const struct json *source = text_of(root, STR("source"));
	const struct json *type = text_of(root, STR("type"));
	const struct json *subject = text_of(root, STR("subject"));
	const struct json *time = text_of(root, STR("time"));
	if (!subject || !type || !time)
		return false;
	if (source && str_eq(source->text, STR("waymark"))) {
		rec->what = RECORD_BY_ITSELF;
		rec->ev->subject = arena_str(a, subject->text);
		return time_read(time->text, &rec->ev->time) == STATUS_OK;
	}
	rec->what = RECORD_EVENT;
	if (event_read(&rd->events, rd->r->config.rb, root, a, rec->ev, &rec->refusal))
		return true;
	rec->what = RECORD_UNFIT;
	rec->type = arena_str(a, type->text);
	return true;
}

static bool on_event(void *arg, const struct ledger_event *e)
{
	struct reader *rd = arg;
	uint64_t seq = rd->block->number * READ_AHEAD_BLOCK + rd->block->n + 1;
	struct event *ev = &rd->block->events[rd->block->n];
	struct replay_record *rec = &rd->block->records[rd->block->n++];
	if (e->seq != seq)
		return fails(rd, STATUS_INVALID, seq, STR("it is missing"));
	*rec = (struct replay_record){.what = RECORD_DESTROYED,
				      .seq = e->seq,
				      .case_no = e->case_no,
				      .received_us = e->received_us,
				      .fingerprint = e->fingerprint,
				      .ev = ev,
				      .policy = e->policy};
	if (e->destroyed)
		return true;
	if (!read_event(rd, rec, e->event))
		return fails(rd, STATUS_INVALID, e->seq,
			     STR("its record is not as waymark writes it"));
	if (!read_decision(rd, rec, e->decision))
		return fails(rd, STATUS_INVALID, e->seq,
			     STR("its decision is not as waymark writes it"));
	return true;
}

/* ---- one block ---- */

static void fill(struct reader *rd, struct read_block *b, uint64_t number)
{
	uint64_t from = number * READ_AHEAD_BLOCK + 1, to = from + READ_AHEAD_BLOCK - 1;
	arena_reset(&b->arena);
	b->records = arena_array(&b->arena, READ_AHEAD_BLOCK, sizeof(*b->records));
	b->events = arena_array(&b->arena, READ_AHEAD_BLOCK, sizeof(*b->events));
	b->n = 0;
	b->number = number;
	b->status = STATUS_OK;
	rd->block = b;
	to = to < rd->r->config.to ? to : rd->r->config.to;
	enum status st = ledger_events(rd->ledger, from, to, on_event, rd);
	if (!b->status && st)
		fails(rd, st, from + b->n, ledger_reader_error(rd->ledger));
	else if (!b->status && b->n != to - from + 1)
		fails(rd, STATUS_INVALID, from + b->n, STR("it is missing"));
}

static struct read_block *slot_of(const struct read_ahead *r, uint64_t number)
{
	return &r->ring[number % r->nring];
}

/* ---- threads ---- */

static bool take_number(struct read_ahead *r, uint64_t *number)
{
	pthread_mutex_lock(&r->mutex);
	while (!r->stop && r->next_read < r->blocks && r->next_read >= r->next_taken + r->nring)
		pthread_cond_wait(&r->freed, &r->mutex);
	bool more = !r->stop && r->next_read < r->blocks;
	if (more)
		*number = r->next_read++;
	pthread_mutex_unlock(&r->mutex);
	return more;
}

static void *run(void *arg)
{
	struct reader *rd = arg;
	struct read_ahead *r = rd->r;
	uint64_t number;
	while (take_number(r, &number)) {
		struct read_block *b = slot_of(r, number);
		fill(rd, b, number);
		pthread_mutex_lock(&r->mutex);
		b->ready = true;
		pthread_cond_broadcast(&r->filled);
		pthread_mutex_unlock(&r->mutex);
	}
	return NULL;
}

/* The block that was handed out before is free from now on. */
static struct read_block *await(struct read_ahead *r, uint64_t number)
{
	struct read_block *b = slot_of(r, number);
	pthread_mutex_lock(&r->mutex);
	if (number) {
		slot_of(r, number - 1)->ready = false;
		r->next_taken = number;
		pthread_cond_signal(&r->freed);
	}
	while (!b->ready)
		pthread_cond_wait(&r->filled, &r->mutex);
	pthread_mutex_unlock(&r->mutex);
	return b;
}

/* ---- the caller's side ---- */

static enum status reader_open(struct reader *rd, struct read_ahead *r, struct buf *why)
{
	rd->r = r;
	rd->doc = json_doc_new();
	rd->events.recorded = true;
	return ledger_reader_open(r->config.path, &rd->ledger, why);
}

static enum status start(struct read_ahead *r, struct buf *why)
{
	for (size_t i = 0; i < r->config.jobs; i++) {
		struct reader *rd = &r->readers[i];
		rd->started = pthread_create(&rd->thread, NULL, run, rd) == 0;
		if (!rd->started) {
			buf_c(why, "no thread could be started");
			return STATUS_IO;
		}
	}
	return STATUS_OK;
}

enum status read_ahead_open(const struct read_ahead_config *config, struct read_ahead **out,
			    struct buf *why)
{
	struct read_ahead *r = mem_alloc(sizeof(*r));
	enum status st = STATUS_OK;
	r->config = *config;
	r->blocks = (config->to + READ_AHEAD_BLOCK - 1) / READ_AHEAD_BLOCK;
	r->nreaders = config->jobs ? config->jobs : 1;
	r->nring = config->jobs ? (size_t)config->jobs * 2 + 2 : 1;
	r->readers = mem_alloc(r->nreaders * sizeof(*r->readers));
	r->ring = mem_alloc(r->nring * sizeof(*r->ring));
	pthread_mutex_init(&r->mutex, NULL);
	pthread_cond_init(&r->filled, NULL);
	pthread_cond_init(&r->freed, NULL);
	for (size_t i = 0; !st && i < r->nreaders; i++)
		st = reader_open(&r->readers[i], r, why);
	if (!st)
		st = start(r, why);
	if (st)
		read_ahead_close(r);
	else
		*out = r;
	return st;
}

const struct read_block *read_ahead_next(struct read_ahead *r, enum status *status, struct buf *why)
{
	uint64_t number = r->asked++;
	struct read_block *b;
	*status = STATUS_OK;
	if (number >= r->blocks)
		return NULL;
	if (r->config.jobs) {
		b = await(r, number);
	} else {
		b = slot_of(r, number);
		fill(&r->readers[0], b, number);
	}
	*status = b->status;
	buf_str(why, buf_view(&b->why));
	return b->status ? NULL : b;
}

void read_ahead_close(struct read_ahead *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->mutex);
	r->stop = true;
	pthread_cond_broadcast(&r->freed);
	pthread_mutex_unlock(&r->mutex);
	for (size_t i = 0; i < r->nreaders; i++) {
		struct reader *rd = &r->readers[i];
		if (rd->started)
			pthread_join(rd->thread, NULL);
		ledger_reader_close(rd->ledger);
		canonical_release(&rd->canonical);
		json_doc_free(rd->doc);
		event_reader_release(&rd->events);
		buf_release(&rd->scratch);
		buf_release(&rd->policy);
	}
	for (size_t i = 0; i < r->nring; i++) {
		arena_release(&r->ring[i].arena);
		buf_release(&r->ring[i].why);
	}
	pthread_cond_destroy(&r->filled);
	pthread_cond_destroy(&r->freed);
	pthread_mutex_destroy(&r->mutex);
	mem_free(r->readers);
	mem_free(r->ring);
	mem_free(r);
}
