/* SPDX-License-Identifier: Apache-2.0
 *
 * One thread decides, since cases read each other and share pots across the whole ledger; the
 * reading, which is most of the work, is done by others ahead of it (read_ahead.h).
 */
#include "daemon/replay/candidate_internal.h"

#include "engine/base/mem.h"

#include <stdlib.h>
#include <string.h>

/* ---- cases ---- */

struct replayed_case *candidate_case(struct candidate *x, uint64_t no)
{
	while (x->cases.n <= no)
		*vec_push(&x->cases) = (struct replayed_case){CASE_UNKNOWN, NONE_SUCH};
	return &x->cases.at[no];
}

uint64_t candidate_number(const struct candidate *x, struct str id)
{
	if (str_eq(id, x->rec->ev->subject))
		return x->rec->case_no;
	uint32_t which = map_get(&x->stream.by_id, id);
	return which < x->numbers.n ? x->numbers.at[which] : x->rec->case_no;
}

static void forget(struct candidate *x, const struct replayed_case *c)
{
	if (c->which == NONE_SUCH)
		return;
	stream_forget(&x->stream, c->which);
	pots_forget(&x->stream.pots, x->stream.cases.at[c->which]->id);
}

void candidate_leave_out(struct candidate *x, uint64_t no)
{
	struct replayed_case *c = candidate_case(x, no);
	if (c->is != CASE_LEFT_OUT) {
		comparison_leave_out(&x->out->comparison, no);
		x->out->left_out++;
	}
	c->is = CASE_LEFT_OUT;
	forget(x, c);
}

static void draw_as_recorded(struct candidate *x)
{
	if (gone_draw(&x->gone, x->rec->seq))
		x->failed = STATUS_IO;
}

/* How the candidate sees other cases. */
static const struct case_state *look(void *arg, uint16_t kind, struct str id)
{
	struct candidate *x = arg;
	uint32_t which = map_get(&x->stream.by_id, id);
	const struct case_state *cs = which == MAP_NONE ? NULL : x->stream.cases.at[which];
	if (which < x->numbers.n && candidate_case(x, x->numbers.at[which])->is == CASE_LEFT_OUT)
		x->unsure = true;
	else if (!cs && x->totals.destroyed && gone_is(&x->gone, id))
		x->unsure = true;
	return cs && cs->kind == kind ? cs : NULL;
}

/* ---- one record ---- */

static void count_type(struct candidate *x, struct str type, bool known)
{
	uint32_t i = map_get(&x->by_type, type);
	if (i == MAP_NONE) {
		i = (uint32_t)x->out->types.n;
		struct str kept = arena_str(&x->out->arena, type);
		map_put(&x->by_type, kept, i);
		*vec_push(&x->out->types) = (struct replay_events){kept, 0, known};
	}
	x->out->types.at[i].n++;
}

/* Its history is not there: in the next pass it will be. */
static void keep_from_now_on(struct candidate *x, struct replayed_case *c, struct str id)
{
	map_put(&x->kept, arena_str(&x->kept_ids, id), 1);
	c->is = CASE_SKIPPED;
	x->again = true;
	forget(x, c);
}

static void feed(struct candidate *x, const struct replay_record *rec)
{
	struct stream *s = &x->stream;
	uint32_t which = candidate_case(x, rec->case_no)->which;
	if (which == NONE_SUCH || !str_eq(s->cases.at[which]->id, rec->ev->subject))
		which = map_get(&s->by_id, rec->ev->subject);
	struct stream_answer a = stream_feed_of(s, which, rec->ev);
	struct replayed_case *c = candidate_case(x, rec->case_no);
	if (c->which == NONE_SUCH)
		c->which = map_get(&s->by_id, rec->ev->subject);
	while (x->numbers.n < s->cases.n)
		*vec_push(&x->numbers) = (uint32_t)rec->case_no;
	if (x->unsure || c->is == CASE_LEFT_OUT) { /* refused, or its case is only known now */
		candidate_leave_out(x, rec->case_no);
		draw_as_recorded(x);
	} else if (a.status && !strcmp(a.refusal->slug, "late-event") &&
		   map_get(&x->kept, rec->ev->subject) == MAP_NONE) {
		keep_from_now_on(x, c, rec->ev->subject);
	} else if (a.status) {
		candidate_watched(x, rec->case_no, rec->ev->day, NULL);
		candidate_refuses(x, x->config->rb->events[rec->ev->type].name, a.refusal);
	}
}

static void take_event(struct candidate *x, const struct replay_record *rec)
{
	struct replayed_case *c = candidate_case(x, rec->case_no);
	count_type(
	    x, rec->what == RECORD_UNFIT ? rec->type : x->config->rb->events[rec->ev->type].name,
	    rec->what == RECORD_EVENT || strcmp(rec->refusal.slug, "unknown-event"));
	x->out->events++;
	if (rec->what == RECORD_EVENT)
		candidate_holds(&x->held, x->config->rb, rec->ev);
	if (c->is == CASE_LEFT_OUT) {
		draw_as_recorded(x);
		return;
	}
	if (c->is == CASE_UNKNOWN)
		c->is = CASE_DECIDED;
	x->unsure = false;
	if (rec->what == RECORD_UNFIT)
		candidate_refuses(x, rec->type, &rec->refusal);
	else if (c->is == CASE_DECIDED)
		feed(x, rec);
}

static void note_version(struct candidate *x, uint32_t policy)
{
	while (x->decided.n <= policy)
		*vec_push(&x->decided) = false;
	x->decided.at[policy] = true;
}

static void take(struct candidate *x, const struct replay_record *rec)
{
	x->rec = rec;
	x->left = rec->outcomes;
	if (rec->received_us > x->clock)
		x->clock = rec->received_us;
	if (!x->out->first_us)
		x->out->first_us = rec->received_us;
	note_version(x, rec->policy);
	candidate_give_back(x, rec->seq);
	candidate_let_time_pass(x);
	switch (rec->what) {
	case RECORD_EVENT:
	case RECORD_UNFIT:
		take_event(x, rec);
		break;
	case RECORD_BY_ITSELF:
		x->out->by_itself++;
		if (candidate_case(x, rec->case_no)->is == CASE_LEFT_OUT)
			draw_as_recorded(x);
		else
			candidate_fire_own(x, rec);
		break;
	case RECORD_DESTROYED:
		x->out->destroyed++;
		candidate_leave_out(x, rec->case_no);
		draw_as_recorded(x);
		break;
	}
	candidate_say_recorded(x);
}

/* ---- one pass ---- */

static void begin_pass(struct candidate *x)
{
	struct replayed *out = x->out;
	comparison_release(&out->comparison);
	out->refusals.n = out->types.n = 0;
	out->events = out->by_itself = out->destroyed = out->left_out = 0;
	out->first_us = 0;
	out->passes++;
	x->again = x->waits = x->unsure = false;
	x->clock = INT64_MIN;
	x->cases.n = x->numbers.n = 0;
	memset(x->held.events, 0, x->config->rb->nevents * sizeof(*x->held.events));
	memset(x->held.given, 0, x->config->rb->nevents * sizeof(*x->held.given));
	stream_init(&x->stream, x->config->rb, candidate_decides, x);
	x->stream.decider.world = (struct world){look, x, &x->stream.pots};
	x->stream.once = x->stream.any_order = x->stream.by_hand = true;
	x->stream.kept = &x->kept;
	if (x->config->watch) {
		x->trace.whole = true;
		x->stream.decider.trace = &x->trace;
		x->config->watch->begin(x->config->watch->arg);
	}
	correction_reader_init(&x->corrections);
	x->stream.reader = (struct amend_reader){correction_read, &x->corrections};
	x->gone = (struct gone){.reader = x->past, .pots = &x->stream.pots};
	x->failed = gone_load(&x->gone);
}

static void end_pass(struct candidate *x)
{
	stream_release(&x->stream);
	trace_release(&x->trace);
	correction_reader_release(&x->corrections);
	gone_release(&x->gone);
	map_release(&x->by_refusal);
	map_release(&x->by_type);
}

static bool goes_on(struct candidate *x, uint64_t done)
{
	const struct candidate_config *c = x->config;
	if (c->on_progress)
		c->on_progress(c->arg, done, x->totals.events);
	if (c->is_to_stop && c->is_to_stop(c->arg))
		x->failed = STATUS_GONE;
	return !x->failed;
}

/* The memory that the next records will visit, all at once. */
static void fetch(const struct candidate *x, const struct read_block *b, size_t from)
{
	uint32_t which[STREAM_FETCH];
	size_t to = from + STREAM_FETCH < b->n ? from + STREAM_FETCH : b->n;
	for (size_t i = from; i < to; i++) {
		const struct replay_record *rec = &b->records[i];
		comparison_fetch(&x->out->comparison, &rec->outcome);
		which[i - from] =
		    rec->case_no < x->cases.n ? x->cases.at[rec->case_no].which : MAP_NONE;
	}
	stream_fetch_of(&x->stream, which, to - from);
}

static void read_all(struct candidate *x)
{
	const struct read_block *b;
	struct read_ahead *r;
	struct read_ahead_config config = {x->config->path, x->config->rb, x->totals.events,
					   x->config->jobs};
	enum status st = read_ahead_open(&config, &r, x->why);
	if (st) {
		x->failed = st;
		return;
	}
	while (!x->failed && (b = read_ahead_next(r, &st, x->why))) {
		for (size_t i = 0; i < b->n && !x->failed; i++) {
			if (i % STREAM_FETCH == 0)
				fetch(x, b, i);
			take(x, &b->records[i]);
		}
		goes_on(x, b->records[b->n - 1].seq);
		x->rec = NULL;
	}
	if (st)
		x->failed = st;
	read_ahead_close(r);
}

/* As far as the record came: the clock of its last event. */
static void finish(struct candidate *x)
{
	struct event none = {.time = x->clock};
	struct replay_record last = {.seq = x->totals.events, .ev = &none};
	x->rec = &last;
	candidate_give_back(x, UINT64_MAX);
	candidate_let_time_pass(x);
	x->rec = NULL;
	for (size_t i = 0; i < x->cases.n; i++)
		x->out->cases += x->cases.at[i].is == CASE_DECIDED;
	for (size_t i = 0; i < x->stream.cases.n; i++)
		x->held.kinds[x->stream.cases.at[i]->kind] = true;
	x->out->last_us = x->totals.events ? x->clock : 0;
}

static void pass(struct candidate *x)
{
	begin_pass(x);
	if (!x->failed)
		read_all(x);
	if (!x->failed && !x->again)
		finish(x);
	end_pass(x);
}

/* ---- all of it ---- */

/* The timers of the record have come to just before what it has due first. Of a part of it that is
 * not known: what is due and recorded later waits, all else goes by the clock. */
static enum status find_horizon(struct candidate *x)
{
	int64_t first;
	enum status st = ledger_first_due(x->past, &first);
	bool is_whole = !x->config->to || x->config->to >= x->totals.events;
	x->horizon = !st && is_whole ? first - 1 : TIME_NEVER;
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status open_past(struct candidate *x)
{
	enum status st = ledger_reader_open(x->config->path, &x->past, x->why);
	if (st)
		return st;
	if (ledger_reader_begin(x->past) || ledger_totals(x->past, &x->totals) || find_horizon(x)) {
		buf_str(x->why, ledger_reader_error(x->past));
		return STATUS_IO;
	}
	ledger_reader_end(x->past);
	if (x->config->to && x->config->to < x->totals.events)
		x->totals.events = x->config->to;
	x->out->last_seq = x->totals.events;
	return STATUS_OK;
}

static int by_number(const void *p, const void *q)
{
	const struct replay_refusal *a = p, *b = q;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	int order = str_cmp(a->type, b->type);
	if (!order)
		order = str_cmp(a->slug, b->slug);
	return order ? order : str_cmp(a->where, b->where);
}

static int by_type(const void *p, const void *q)
{
	const struct replay_events *a = p, *b = q;
	return str_cmp(a->type, b->type);
}

/* A case that was destroyed meanwhile has none. */
static enum status find_ids(struct candidate *x)
{
	struct replayed *out = x->out;
	struct ledger_case row;
	out->ids = arena_array(&out->arena, out->compared.cases.n, sizeof(*out->ids));
	for (size_t i = 0; i < out->compared.cases.n; i++) {
		enum status st = ledger_case_at(x->past, out->compared.cases.at[i].case_no, &row);
		if (st && st != STATUS_GONE)
			return st;
		if (!st)
			out->ids[i] = arena_str(&out->arena, row.id);
	}
	return STATUS_OK;
}

static enum status conclude(struct candidate *x)
{
	struct replayed *out = x->out;
	if (out->refusals.n)
		qsort(out->refusals.at, out->refusals.n, sizeof(*out->refusals.at), by_number);
	if (out->types.n)
		qsort(out->types.at, out->types.n, sizeof(*out->types.at), by_type);
	comparison_close(&out->comparison, &out->compared);
	if (x->config->with_cases && find_ids(x))
		return STATUS_IO;
	return candidate_lacks(x);
}

static void release(struct candidate *x)
{
	ledger_reader_close(x->past);
	map_release(&x->kept);
	arena_release(&x->kept_ids);
	vec_release(&x->decided);
	vec_release(&x->cases);
	vec_release(&x->numbers);
	mem_free(x->held.events);
	mem_free(x->held.given);
	mem_free(x->held.kinds);
	outcome_reader_release(&x->outcomes);
	arena_release(&x->arena);
	buf_release(&x->scratch);
	buf_release(&x->key);
}

enum status candidate_replay(const struct candidate_config *config, struct replayed *out,
			     struct buf *why)
{
	size_t types = config->rb->nevents;
	struct candidate x = {.config = config, .out = out, .why = why};
	x.held = (struct held){mem_alloc(types * sizeof(*x.held.events)),
			       mem_alloc(types * sizeof(*x.held.given)),
			       mem_alloc(config->rb->nkinds * sizeof(*x.held.kinds))};
	enum status st = open_past(&x);
	out->version = (struct str){config->rb->version, sizeof(config->rb->version) - 1};
	if (!st) {
		do
			pass(&x);
		while (!x.failed && x.again);
		st = x.failed ? x.failed : conclude(&x);
		if (st == STATUS_IO && !why->len)
			buf_str(why, ledger_reader_error(x.past));
	}
	release(&x);
	return st;
}

void replayed_release(struct replayed *r)
{
	vec_release(&r->refusals);
	vec_release(&r->lacks);
	vec_release(&r->types);
	compared_release(&r->compared);
	comparison_release(&r->comparison);
	arena_release(&r->arena);
}
