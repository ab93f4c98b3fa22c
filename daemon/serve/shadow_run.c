/* SPDX-License-Identifier: Apache-2.0
 *
 * The shadow's thread: a stream of its own under the candidate. Events are decided when they are
 * told. What falls due fires by itself on both sides; the two are brought together by their keys,
 * whichever comes first.
 */
#include "daemon/serve/shadow.h"

#include "daemon/wire/case_read.h"
#include "daemon/wire/event_read.h"
#include "daemon/serve/clock.h"
#include "engine/audit/stream.h"
#include "engine/case/json.h"

#include <errno.h>

/* How long after an instant what is due then fires here: the daemon's own is told first, mostly. */
#define BEHIND_US SECOND_US

/* What one side has fired by itself and the other has not yet. */
struct lonely {
	bool used, is_real;
	struct str key; /* of its event; owned, in one block with the texts: the map points to it */
	int64_t since_us;
	uint64_t seq;
	struct str county, compared, recorded;
};

struct run {
	struct shadowing *s;
	struct stream stream;
	struct ledger_reader *reader; /* NULL: other cases are as if they did not exist */
	struct json_doc *doc;
	struct event_reader events;
	struct map left_out; /* ids of cases that are not followed */
	struct arena ids;    /* they stand here */
	struct map waits;    /* key -> index in lonely */
	VEC(struct lonely) lonely;
	VEC(uint32_t) vacant;
	struct shadow_counts counts;
	bool wants_event; /* the next decision of the stream with that key is asked for */
	struct hash128 wanted;
	struct buf decision; /* it */
	struct buf compared, recorded, real_compared, real_recorded, why;
};

/* ---- what is found ---- */

struct finding {
	uint64_t seq;
	struct str county, kind, real, shadow, why;
};

static void tell(struct run *r, const struct finding *x)
{
	struct shadowing *s = r->s;
	struct shadow_find *f = mem_alloc(sizeof(*f));
	f->seq = x->seq;
	f->county = arena_str(&f->arena, x->county);
	f->kind = arena_str(&f->arena, x->kind);
	f->real = arena_str(&f->arena, x->real);
	f->shadow = arena_str(&f->arena, x->shadow);
	f->why = arena_str(&f->arena, x->why);
	pthread_mutex_lock(&s->mutex);
	if (s->last_found)
		s->last_found->next = f;
	else
		s->found = f;
	s->last_found = f;
	pthread_mutex_unlock(&s->mutex);
	ev_async_send(s->loop, &s->found_some);
}

static void compare(struct run *r, uint64_t seq, struct str county)
{
	r->counts.compared++;
	if (str_eq(buf_view(&r->real_compared), buf_view(&r->compared))) {
		r->counts.same++;
		return;
	}
	r->counts.different++;
	tell(r, &(struct finding){seq, county, STR("different"), buf_view(&r->real_recorded),
				  buf_view(&r->recorded), STR("")});
}

/* ---- what fires by itself ---- */

static struct str key_bytes(const struct hash128 *key)
{
	return (struct str){(const char *)key->b, sizeof(key->b)};
}

static struct str keep(char **at, struct str s)
{
	struct str own = {*at, s.len};
	memcpy(*at, s.p ? s.p : "", s.len);
	*at += s.len;
	return own;
}

static void await(struct run *r, const struct lonely *x)
{
	uint32_t i;
	if (r->vacant.n) {
		i = r->vacant.at[--r->vacant.n];
	} else {
		i = (uint32_t)r->lonely.n;
		(void)vec_push(&r->lonely);
	}
	struct lonely *own = &r->lonely.at[i];
	char *at = mem_alloc(x->key.len + x->county.len + x->compared.len + x->recorded.len + 1);
	*own = *x;
	own->key = keep(&at, x->key);
	own->county = keep(&at, x->county);
	own->compared = keep(&at, x->compared);
	own->recorded = keep(&at, x->recorded);
	own->since_us = clock_now_us();
	own->used = true;
	map_put(&r->waits, own->key, i);
}

static void drop(struct run *r, uint32_t i)
{
	struct lonely *x = &r->lonely.at[i];
	map_del(&r->waits, x->key);
	mem_free((char *)x->key.p);
	x->used = false;
	*vec_push(&r->vacant) = i;
}

static void drop_all(struct run *r)
{
	for (uint32_t i = 0; i < r->lonely.n; i++)
		if (r->lonely.at[i].used)
			drop(r, i);
}

/* One side has fired: the other may have before. */
static void meet(struct run *r, const struct lonely *x)
{
	uint32_t i = map_get(&r->waits, x->key);
	if (i == MAP_NONE || r->lonely.at[i].is_real == x->is_real) {
		if (i == MAP_NONE)
			await(r, x);
		return;
	}
	const struct lonely *other = &r->lonely.at[i];
	const struct lonely *real = x->is_real ? x : other, *shadow = x->is_real ? other : x;
	r->counts.compared++;
	if (str_eq(real->compared, shadow->compared)) {
		r->counts.same++;
	} else {
		r->counts.different++;
		tell(r, &(struct finding){real->seq, real->county, STR("different"), real->recorded,
					  shadow->recorded, STR("")});
	}
	drop(r, i);
}

/* Nothing that follows from it on the other side is as good as its not firing there. */
static void give_up(struct run *r, struct lonely *x)
{
	if (!x->compared.len)
		return;
	r->counts.compared++;
	if (x->is_real)
		r->counts.missing++;
	else
		r->counts.extra++;
	tell(r, &(struct finding){x->seq, x->county, x->is_real ? STR("missing") : STR("extra"),
				  x->is_real ? x->recorded : STR("[]"),
				  x->is_real ? STR("[]") : x->recorded, STR("")});
}

static void sweep(struct run *r, int64_t before_us)
{
	for (uint32_t i = 0; i < r->lonely.n; i++) {
		if (!r->lonely.at[i].used || r->lonely.at[i].since_us > before_us)
			continue;
		give_up(r, &r->lonely.at[i]);
		drop(r, i);
	}
}

/* A decision of the stream. */
static void on_decision(void *arg, const struct decision *decision, uint64_t seq)
{
	struct run *r = arg;
	(void)seq;
	buf_clear(&r->decision);
	decision_json(&r->decision, r->s->rb, decision, 0, false);
	buf_clear(&r->compared);
	buf_clear(&r->recorded);
	shadow_outcomes(buf_view(&r->decision), &r->compared, &r->recorded);
	if (r->wants_event && hash128_eq(decision->event.key, r->wanted))
		return;
	meet(r, &(struct lonely){.key = key_bytes(&decision->event.key),
				 .county = r->s->rb->counties[decision->event.county].name,
				 .compared = buf_view(&r->compared),
				 .recorded = buf_view(&r->recorded)});
}

/* ---- cases ---- */

static bool is_followed(struct run *r, struct str id)
{
	return map_get(&r->left_out, id) == MAP_NONE;
}

static void leave_out(struct run *r, struct str id)
{
	if (map_put(&r->left_out, arena_str(&r->ids, id), 1))
		r->counts.left_out++;
}

/* False: it does not fit the candidate; r->why says what it lacks. */
static bool add_case(struct run *r, struct str state)
{
	const struct json *root;
	struct case_state *cs;
	buf_clear(&r->why);
	if (json_parse(r->doc, state, SIZE_MAX, &root, &r->why) ||
	    case_read(r->s->rb, root, &cs, &r->why))
		return false;
	stream_add(&r->stream, cs);
	r->counts.cases++;
	return true;
}

/* Cases that an event or a case names are read as they stand now; one that cannot be is as if it
 * did not exist. */
static void fetch(struct run *r, const struct type *t, struct value v)
{
	struct ledger_case row;
	if (t->kind != TYPE_REF || !v.known || !r->reader || r->counts.cases >= SHADOW_CASES ||
	    stream_case(&r->stream, value_as_str(v)))
		return;
	if (!ledger_find_case(r->reader, value_as_str(v), &row))
		add_case(r, row.state);
}

static void fetch_all(struct run *r, const struct event *ev)
{
	const struct event_type *type = &r->s->rb->events[ev->type];
	for (uint16_t i = 0; i < type->nfields; i++)
		fetch(r, &type->fields[i].type, ev->fields[i]);
	const struct case_state *cs = stream_case(&r->stream, ev->subject);
	const struct case_kind *kind = cs ? &r->s->rb->kinds[cs->kind] : NULL;
	for (uint16_t i = 0; kind && i < kind->nfacts; i++)
		fetch(r, &kind->facts[i].type, cs->facts[i]);
}

/* ---- notes ---- */

static void refused(struct run *r, const struct shadow_note *n, uint64_t seq, const char *slug,
		    struct str where)
{
	r->counts.compared++;
	r->counts.refused++;
	buf_clear(&r->why);
	buf_fmt(&r->why, "%s%s" STR_FMT, slug, where.len ? ": " : "", STR_ARG(where));
	tell(r, &(struct finding){seq, n->county, STR("refused"), buf_view(&r->real_recorded),
				  STR("[]"), buf_view(&r->why)});
}

static void feed(struct run *r, const struct shadow_note *n, const struct ledger_record *rec,
		 struct event *ev)
{
	if (ev->kind == NONE) {
		const struct case_state *cs = stream_case(&r->stream, ev->subject);
		ev->kind = cs ? cs->kind : NONE;
	}
	fetch_all(r, ev);
	r->wants_event = true;
	r->wanted = ev->key;
	struct stream_answer a = stream_feed(&r->stream, ev);
	r->wants_event = false;
	if (!a.status)
		compare(r, rec->seq, n->county);
	else if (!strcmp(a.refusal->slug, "late-event"))
		leave_out(r, n->case_id); /* its history is not here */
	else
		refused(r, n, rec->seq, a.refusal->slug,
			a.refusal->n ? a.refusal->reasons[0].where : STR(""));
}

static void take_event(struct run *r, const struct shadow_note *n, const struct ledger_record *rec,
		       const struct json *root)
{
	struct arena a = {0};
	struct event ev;
	struct refusal no = {0};
	if (!event_read(&r->events, r->s->rb, root, &a, &ev, &no))
		refused(r, n, rec->seq, no.slug, no.n ? no.reasons[0].where : STR(""));
	else if (ev.type == EVENT_RETRACTED || ev.type == EVENT_CORRECTED)
		leave_out(r, n->case_id);
	else
		feed(r, n, rec, &ev);
	arena_release(&a);
}

static bool fires_by_itself(const struct json *root)
{
	const struct json *source = json_get(root, STR("source"));
	return source && source->kind == JSON_TEXT && str_eq(source->text, STR("waymark"));
}

static void take_record(struct run *r, const struct shadow_note *n, const struct ledger_record *rec)
{
	const struct json *root;
	buf_clear(&r->real_compared);
	buf_clear(&r->real_recorded);
	buf_clear(&r->why);
	shadow_outcomes(rec->decision, &r->real_compared, &r->real_recorded);
	if (json_parse(r->doc, rec->event, SIZE_MAX, &root, &r->why))
		return;
	if (fires_by_itself(root))
		meet(r, &(struct lonely){.is_real = true,
					 .key = key_bytes(&rec->key),
					 .seq = rec->seq,
					 .county = n->county,
					 .compared = buf_view(&r->real_compared),
					 .recorded = buf_view(&r->real_recorded)});
	else
		take_event(r, n, rec, root);
}

static void begin_anew(struct run *r)
{
	drop_all(r);
	stream_release(&r->stream);
	stream_init(&r->stream, r->s->rb, on_decision, r);
	r->stream.once = true;
	map_release(&r->left_out);
	arena_reset(&r->ids);
	r->counts.cases = 0;
	if (r->reader)
		ledger_pots(r->reader, &r->stream.pots);
}

/* False: it is not followed. */
static bool meet_case(struct run *r, const struct shadow_note *n)
{
	if (!is_followed(r, n->case_id))
		return false;
	if (stream_case(&r->stream, n->case_id))
		return true;
	if (r->counts.cases >= SHADOW_CASES) {
		leave_out(r, n->case_id);
		return false;
	}
	if (!n->state.len) { /* a new case: its first event makes it */
		r->counts.cases++;
		return true;
	}
	if (add_case(r, n->state))
		return true;
	r->counts.unreadable++;
	leave_out(r, n->case_id);
	tell(r, &(struct finding){n->records->seq, n->county, STR("unreadable"), STR("[]"),
				  STR("[]"), buf_view(&r->why)});
	return false;
}

static void take_note(struct run *r, const struct shadow_note *n)
{
	if (n->anew)
		begin_anew(r);
	if (!n->records || !meet_case(r, n))
		return;
	for (const struct ledger_record *rec = n->records; rec; rec = rec->next)
		if (is_followed(r, n->case_id))
			take_record(r, n, rec);
}

/* ---- the thread ---- */

/* False: it is to stop. Waits a second at most. */
static bool next_note(struct run *r, struct shadow_note **out)
{
	struct shadowing *s = r->s;
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	pthread_mutex_lock(&s->mutex);
	s->counts = r->counts;
	for (int rc = 0; !s->first && !s->stop && rc != ETIMEDOUT;)
		rc = pthread_cond_timedwait(&s->work, &s->mutex, &until);
	*out = s->first;
	if (s->first) {
		s->first = s->first->next;
		s->queued--;
	}
	if (!s->first)
		s->last = NULL;
	bool go_on = !s->stop;
	pthread_mutex_unlock(&s->mutex);
	return go_on;
}

static void run_release(struct run *r)
{
	drop_all(r);
	stream_release(&r->stream);
	ledger_reader_close(r->reader);
	json_doc_free(r->doc);
	event_reader_release(&r->events);
	map_release(&r->left_out);
	map_release(&r->waits);
	arena_release(&r->ids);
	vec_release(&r->lonely);
	vec_release(&r->vacant);
	buf_release(&r->decision);
	buf_release(&r->compared);
	buf_release(&r->recorded);
	buf_release(&r->real_compared);
	buf_release(&r->real_recorded);
	buf_release(&r->why);
}

void *shadow_main(void *arg)
{
	struct shadowing *s = arg;
	struct run r = {.s = s, .doc = json_doc_new()};
	struct shadow_note *n;
	if (ledger_reader_open(s->ledger, &r.reader, &r.why))
		r.reader = NULL;
	stream_init(&r.stream, s->rb, on_decision, &r);
	begin_anew(&r);
	while (next_note(&r, &n)) {
		if (n) {
			take_note(&r, n);
			arena_release(&n->arena);
			mem_free(n);
		} else {
			stream_until(&r.stream, clock_now_us() - BEHIND_US);
			sweep(&r, clock_now_us() - SHADOW_GRACE_US);
		}
	}
	if (n) {
		arena_release(&n->arena);
		mem_free(n);
	}
	run_release(&r);
	return NULL;
}
