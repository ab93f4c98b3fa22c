/* SPDX-License-Identifier: Apache-2.0
 *
 * One thread decides, since cases read each other and share pots across the whole ledger; the
 * reading, which is most of the work, is done by others ahead of it (read_ahead.h).
 */
#include "daemon/replay/candidate_internal.h"

#include "daemon/replay/gone.h"
#include "daemon/replay/read_ahead.h"
#include "daemon/wire/correction_read.h"
#include "daemon/wire/outcome_read.h"
#include "engine/audit/stream.h"
#include "engine/base/mem.h"
#include "engine/case/json.h"

#include <stdlib.h>
#include <string.h>

enum standing_of_case { CASE_UNKNOWN, CASE_DECIDED, CASE_SKIPPED, CASE_LEFT_OUT };

struct replayed_case {
	enum standing_of_case is;
	uint32_t which; /* in the stream; NONE_SUCH: it has none */
};

struct candidate {
	const struct candidate_config *config;
	struct replayed *out;
	struct buf *why;
	struct ledger_reader *past;
	struct ledger_totals totals;
	int64_t horizon; /* of what is due: the recorded timers came to just before it */
	struct map kept; /* ids of cases whose history is kept */
	struct arena kept_ids;
	VEC(bool) decided; /* by number of version */
	/* of one pass */
	struct stream stream;
	struct correction_reader corrections;
	struct gone gone;
	int64_t clock;
	bool again;                      /* a case needs a history that was not kept */
	VEC(struct replayed_case) cases; /* by number */
	VEC(uint32_t) numbers;           /* by index in the stream */
	struct map by_refusal, by_type;
	const struct replay_record *rec;
	bool unsure; /* this decision asked for a case that was destroyed or left out */
	bool waits;
	struct hash128 waiting; /* what is due first and recorded later */
	struct arena arena;     /* of one record */
	struct buf json, scratch, key;
	enum status failed;
};

/* ---- cases ---- */

static struct replayed_case *case_of(struct candidate *x, uint64_t no)
{
	while (x->cases.n <= no)
		*vec_push(&x->cases) = (struct replayed_case){CASE_UNKNOWN, NONE_SUCH};
	return &x->cases.at[no];
}

/* The number of the case that a decision is of: that of the record, or one that is there. */
static uint64_t number_of(const struct candidate *x, struct str id)
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

static void leave_out(struct candidate *x, uint64_t no)
{
	struct replayed_case *c = case_of(x, no);
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
	if (which < x->numbers.n && case_of(x, x->numbers.at[which])->is == CASE_LEFT_OUT)
		x->unsure = true;
	else if (!cs && x->totals.destroyed && gone_is(&x->gone, id))
		x->unsure = true;
	return cs && cs->kind == kind ? cs : NULL;
}

/* ---- what the candidate decides ---- */

static void take_back(struct candidate *x, const struct decision *d)
{
	for (size_t i = 0; i < d->n; i++) {
		struct draw back = d->outcomes[i].draw;
		if (back.pot == POT_NONE)
			continue;
		back.reserved = -back.reserved;
		back.committed = -back.committed;
		pots_draw(&x->stream.pots, outcome_rulebook(&d->outcomes[i], x->config->rb),
			  d->event.county, &back);
	}
}

/* Most outcomes are as recorded: what such a one says need not be read again. */
static const struct said *as_recorded(const struct replay_record *rec, const struct outcome *o,
				      struct str text)
{
	for (size_t i = 0; i < rec->noutcomes; i++)
		if (hash128_eq(rec->outcomes[i].said.id, o->id) &&
		    str_eq(rec->outcomes[i].text, text))
			return &rec->outcomes[i].said;
	return NULL;
}

static bool read_said(struct candidate *x, const struct decision *d, const struct outcome *o,
		      struct outcome_read *out)
{
	const struct rulebook *rb = x->config->rb;
	buf_clear(&x->json);
	buf_clear(&x->scratch);
	outcome_json(&x->json, rb, o);
	struct str rest = buf_view(&x->json);
	if (!outcome_read(out, &rest, d->event.day, &x->scratch))
		return false;
	if (out->follows)
		out->said.day = recorded_day(x->past, rb, out->event, out->said.day);
	return true;
}

static void say(struct candidate *x, const struct decision *d, const struct outcome *o, uint64_t no)
{
	const struct rulebook *rb = x->config->rb;
	struct said back = {.reversal = true, .of = o->of};
	struct outcome_read own;
	const struct said *said = &back;
	if (!o->reversal) {
		buf_clear(&x->scratch);
		outcome_said_json(&x->scratch, rb, o);
		said = as_recorded(x->rec, o, buf_view(&x->scratch));
		if (!said && read_said(x, d, o, &own))
			said = &own.said;
	}
	if (said)
		comparison_say(&x->out->comparison, SIDE_CANDIDATE, no, x->rec->seq,
			       rb->counties[d->event.county].name, said);
}

static void count_refusal(struct candidate *x, struct str type, const struct refusal *no)
{
	struct str where = no->n ? no->reasons[0].where : STR("");
	buf_clear(&x->key);
	buf_fmt(&x->key, STR_FMT "|%s|" STR_FMT, STR_ARG(type), no->slug, STR_ARG(where));
	uint32_t i = map_get(&x->by_refusal, buf_view(&x->key));
	if (i == MAP_NONE) {
		struct arena *a = &x->out->arena;
		i = (uint32_t)x->out->refusals.n;
		map_put(&x->by_refusal, arena_str(a, buf_view(&x->key)), i);
		*vec_push(&x->out->refusals) = (struct replay_refusal){
		    arena_str(a, type), arena_str(a, str_from(no->slug)), arena_str(a, where), 0};
	}
	x->out->refusals.at[i].n++;
}

/* A decision that rests on what nobody can read any more is none. */
static void on_decision(void *arg, const struct decision *d, uint64_t seq)
{
	struct candidate *x = arg;
	uint64_t no = number_of(x, d->event.subject);
	(void)seq;
	if (x->unsure || case_of(x, no)->is == CASE_LEFT_OUT) {
		x->unsure = false;
		take_back(x, d);
		leave_out(x, no);
		return;
	}
	for (size_t i = 0; i < d->n; i++)
		say(x, d, &d->outcomes[i], no);
	if (d->stopped.slug)
		count_refusal(x, d->type_name, &d->stopped);
}

/* ---- time ---- */

/* Does what the case has due first fire now, as far as the record can tell? */
static bool fires_now(struct candidate *x, const struct case_state *cs)
{
	uint64_t seq;
	arena_reset(&x->arena);
	struct event ev = next_due_event(&x->arena, cs);
	struct hash128 print = ledger_fingerprint(x->past, ev.key);
	if (hash128_eq(print, x->rec->fingerprint))
		return true;
	if (x->waits && hash128_eq(print, x->waiting))
		return false;
	enum status st = ledger_find_seq(x->past, print, &seq);
	if (st && st != STATUS_NOT_FOUND)
		x->failed = st;
	x->waits = !st && seq > x->rec->seq;
	x->waiting = print;
	return !x->waits;
}

static void let_time_pass(struct candidate *x)
{
	struct stream *s = &x->stream;
	struct stream_next next;
	int64_t until = x->clock < x->horizon ? x->clock : x->horizon;
	s->passed = x->clock;
	while (!x->failed && stream_next(s, &next) && next.at <= until) {
		if (!next.grows && !fires_now(x, s->cases.at[next.which]))
			return;
		x->unsure = false;
		stream_fire(s, &next);
	}
}

/* A place of a destroyed case goes to who waits for it. */
static void give_back(struct candidate *x, uint64_t before_seq)
{
	x->unsure = false;
	if (gone_give_back(&x->gone, before_seq))
		stream_give_places(&x->stream, x->clock);
}

/* What the record has fired of the case: all of it up to there that is not recorded later. */
static void fire_own(struct candidate *x, const struct replay_record *rec)
{
	struct stream *s = &x->stream;
	struct stream_next next = {.which = case_of(x, rec->case_no)->which};
	const struct case_state *cs = next.which == NONE_SUCH ? NULL : s->cases.at[next.which];
	while (!x->failed && cs && cs->due.n && cs->due.at[0].at <= rec->ev->time &&
	       fires_now(x, cs)) {
		x->unsure = false;
		stream_fire(s, &next);
		cs = s->cases.at[next.which];
	}
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
	struct stream_answer a = stream_feed(s, rec->ev);
	struct replayed_case *c = case_of(x, rec->case_no);
	if (c->which == NONE_SUCH)
		c->which = map_get(&s->by_id, rec->ev->subject);
	while (x->numbers.n < s->cases.n)
		*vec_push(&x->numbers) = (uint32_t)rec->case_no;
	if (x->unsure || c->is == CASE_LEFT_OUT) { /* refused, or its case is only known now */
		leave_out(x, rec->case_no);
		draw_as_recorded(x);
	} else if (a.status && !strcmp(a.refusal->slug, "late-event") &&
		   map_get(&x->kept, rec->ev->subject) == MAP_NONE) {
		keep_from_now_on(x, c, rec->ev->subject);
	} else if (a.status) {
		count_refusal(x, x->config->rb->events[rec->ev->type].name, a.refusal);
	}
}

static void take_event(struct candidate *x, const struct replay_record *rec)
{
	struct replayed_case *c = case_of(x, rec->case_no);
	count_type(
	    x, rec->what == RECORD_UNFIT ? rec->type : x->config->rb->events[rec->ev->type].name,
	    rec->what == RECORD_EVENT || strcmp(rec->refusal.slug, "unknown-event"));
	x->out->events++;
	if (c->is == CASE_LEFT_OUT) {
		draw_as_recorded(x);
		return;
	}
	if (c->is == CASE_UNKNOWN)
		c->is = CASE_DECIDED;
	x->unsure = false;
	if (rec->what == RECORD_UNFIT)
		count_refusal(x, rec->type, &rec->refusal);
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
	if (rec->received_us > x->clock)
		x->clock = rec->received_us;
	if (!x->out->first_us)
		x->out->first_us = rec->received_us;
	note_version(x, rec->policy);
	give_back(x, rec->seq);
	let_time_pass(x);
	for (size_t i = 0; i < rec->noutcomes; i++)
		comparison_say(&x->out->comparison, SIDE_RECORDED, rec->case_no, rec->seq,
			       rec->county, &rec->outcomes[i].said);
	switch (rec->what) {
	case RECORD_EVENT:
	case RECORD_UNFIT:
		take_event(x, rec);
		break;
	case RECORD_BY_ITSELF:
		x->out->by_itself++;
		if (case_of(x, rec->case_no)->is == CASE_LEFT_OUT)
			draw_as_recorded(x);
		else
			fire_own(x, rec);
		break;
	case RECORD_DESTROYED:
		x->out->destroyed++;
		leave_out(x, rec->case_no);
		draw_as_recorded(x);
		break;
	}
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
	stream_init(&x->stream, x->config->rb, on_decision, x);
	x->stream.decider.world = (struct world){look, x, &x->stream.pots};
	x->stream.once = x->stream.any_order = x->stream.by_hand = true;
	x->stream.kept = &x->kept;
	correction_reader_init(&x->corrections);
	x->stream.reader = (struct amend_reader){correction_read, &x->corrections};
	x->gone = (struct gone){.reader = x->past, .pots = &x->stream.pots};
	x->failed = gone_load(&x->gone);
}

static void end_pass(struct candidate *x)
{
	stream_release(&x->stream);
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
	size_t to = from + STREAM_FETCH < b->n ? from + STREAM_FETCH : b->n;
	for (size_t i = from; i < to; i++)
		for (size_t k = 0; k < b->records[i].noutcomes; k++)
			comparison_fetch(&x->out->comparison, &b->records[i].outcomes[k].said.id);
	stream_fetch(&x->stream, &b->events[from], to - from);
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
	give_back(x, UINT64_MAX);
	let_time_pass(x);
	x->rec = NULL;
	for (size_t i = 0; i < x->cases.n; i++)
		x->out->cases += x->cases.at[i].is == CASE_DECIDED;
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
	return candidate_lacks(x->past, x->config->rb, x->decided.at, x->decided.n, out, x->why);
}

static void release(struct candidate *x)
{
	ledger_reader_close(x->past);
	map_release(&x->kept);
	arena_release(&x->kept_ids);
	vec_release(&x->decided);
	vec_release(&x->cases);
	vec_release(&x->numbers);
	arena_release(&x->arena);
	buf_release(&x->json);
	buf_release(&x->scratch);
	buf_release(&x->key);
}

enum status candidate_replay(const struct candidate_config *config, struct replayed *out,
			     struct buf *why)
{
	struct candidate x = {.config = config, .out = out, .why = why};
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
