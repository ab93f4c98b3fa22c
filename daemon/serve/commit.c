/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/commit.h"

#include "daemon/wire/exit_status.h"
#include "daemon/serve/clock.h"
#include "daemon/serve/daemon.h"
#include "daemon/serve/redact.h"
#include "daemon/serve/routes.h"
#include "engine/case/json.h"

#include <unistd.h>

/* How long after a full disk writing is tried again. */
#define RETRY_SECONDS 1.0

/* ---- on the way out ---- */

static struct str key_bytes(const struct hash128 *key)
{
	return (struct str){(const char *)key->b, sizeof(key->b)};
}

struct flight *flight_open(struct daemon *d, struct case_slot *slot)
{
	bool is_new = !slot->no;
	if (is_new)
		slot->no = ledger_take_case(d->ledger);
	struct ledger_unit *u = ledger_unit_new(d->ledger, NULL);
	struct flight *f = arena_alloc(&u->arena, sizeof(*f));
	u->user = f;
	f->unit = u;
	f->slot = slot;
	ledger_unit_case(u, slot->no, is_new, slot->last_seq, slot->due);
	return f;
}

/* A deadline or an item may come again when a retraction or correction has taken it back. It keeps
 * its name, and gets another key. */
static void key_once_more(struct ledger_record *r, const struct decision *d, uint32_t amendments)
{
	bool by_itself = d->event.type == EVENT_DEADLINE || d->event.type == EVENT_SCHEDULED;
	if (by_itself && amendments)
		r->key = hash_join(r->key, hash128_of(amendments, 0));
}

void flight_add_under(struct daemon *d, struct flight *f, const struct version *v,
		      const struct decision *decision, struct str event_json)
{
	struct ledger_stamp stamp = {
	    .seq = ledger_take_seq(d->ledger),
	    .received_us = d->now_us,
	    .policy = v->number,
	};
	buf_clear(&d->text);
	decision_json(&d->text, v->rb, decision, stamp.seq, false);
	ledger_unit_decision(f->unit, v->rb, decision, stamp, event_json, buf_view(&d->text));
	key_once_more(f->unit->last, decision, f->slot->cs->amendments);
	f->decision = f->unit->last->decision;
	pots_apply(&d->pots, v->rb, decision);
	f->slot->last_seq = stamp.seq;
	clock_watch_stamp(d);
}

void flight_add(struct daemon *d, struct flight *f, const struct decision *decision,
		struct str event_json)
{
	flight_add_under(d, f, &(struct version){d->policy, d->rb}, decision, event_json);
}

void flight_key(struct daemon *d, struct flight *f, const struct event *ev)
{
	struct commit *c = &d->commit;
	f->key = ev->key;
	f->digest = ev->digest;
	f->has_key = true;
	if (c->vacant.n) {
		f->at = c->vacant.at[--c->vacant.n];
		c->flying.at[f->at] = f;
	} else {
		f->at = (uint32_t)c->flying.n;
		*vec_push(&c->flying) = f;
	}
	map_put(&c->by_key, key_bytes(&f->key), f->at);
}

struct flight *flight_find(struct daemon *d, struct hash128 key)
{
	uint32_t at = map_get(&d->commit.by_key, key_bytes(&key));
	return at == MAP_NONE ? NULL : d->commit.flying.at[at];
}

void flight_await(struct flight *f, struct reply *r, size_t index, bool duplicate)
{
	struct waiter *w = arena_alloc(&r->call->http->arena, sizeof(*w));
	*w = (struct waiter){r, index, duplicate, f->waiters};
	f->waiters = w;
}

static void line_up(struct flight *f)
{
	struct case_slot *s = f->slot;
	f->next = NULL;
	if (s->flying)
		s->flying_last->next = f;
	else
		s->flying = f;
	s->flying_last = f;
}

void flight_submit(struct daemon *d, struct flight *f)
{
	shadow_before(d, f);
	ledger_unit_state(f->unit, d->rb, f->slot->cs);
	f->slot->due = f->unit->next_due;
	cases_pin(f->slot);
	line_up(f);
	timers_submitted(d, f->slot);
	if (f->is_due)
		d->timers.flying++;
	ledger_submit(d->ledger, f->unit);
}

struct flight *flight_apart(struct daemon *d, struct ledger_unit *u,
			    void (*landed)(struct daemon *d, struct flight *f))
{
	struct flight *f = arena_alloc(&u->arena, sizeof(*f));
	u->user = f;
	f->unit = u;
	f->landed = landed;
	ledger_submit(d->ledger, u);
	return f;
}

/* ---- back again ---- */

static void answer(struct daemon *d, const struct flight *f, const struct waiter *w)
{
	struct call *c = w->reply->call;
	struct str text = f->decision;
	int64_t took = clock_ticks_us() - c->began_us;
	if (w->duplicate) {
		buf_clear(&d->text);
		ledger_duplicate_json(&d->text, text);
		text = buf_view(&d->text);
	}
	text = redact_decision(c, text);
	metrics_latency(&d->metrics, took);
	reply_give(w->reply, w->index, 200, text);
}

void flight_lost(struct daemon *d, const struct waiter *w)
{
	struct problem p = {
	    .kind = PROBLEM_FULL,
	    .detail = STR("the disk of the ledger is full; nothing was recorded, send it again "
			  "when there is room"),
	};
	d->metrics.events[EVENT_RESULT_LOST]++;
	d->metrics.problems[p.kind]++;
	buf_clear(&d->text);
	problem_json(&d->text, &p);
	reply_give(w->reply, w->index, problem_status(p.kind), buf_view(&d->text));
}

/* The waiters in the order in which they came. */
static struct waiter *reversed(struct waiter *w)
{
	struct waiter *out = NULL;
	for (struct waiter *next; w; w = next) {
		next = w->next;
		w->next = out;
		out = w;
	}
	return out;
}

static void land_disclosure(struct daemon *d, struct flight *f)
{
	if (f->unit->status == STATUS_OK)
		reply_give(f->waiters->reply, f->waiters->index, f->status, f->decision);
	else
		flight_lost(d, f->waiters);
}

void flight_disclose(struct daemon *d, struct reply *r, struct ledger_unit *u, int status,
		     struct str answer)
{
	struct flight *f = flight_apart(d, u, land_disclosure);
	f->status = status;
	f->decision = arena_str(&u->arena, answer);
	flight_await(f, r, 0, false);
}

static void land(struct daemon *d, struct flight *f)
{
	struct commit *c = &d->commit;
	bool ok = f->unit->status == STATUS_OK;
	if (f->has_key) {
		map_del(&c->by_key, key_bytes(&f->key));
		*vec_push(&c->vacant) = f->at;
	}
	f->slot->flying = f->next; /* they land in the order of submission */
	cases_unpin(f->slot);
	timers_landed(d, f->slot);
	if (f->is_due)
		d->timers.flying--;
	if (ok) {
		d->timers.fired += f->fired;
		d->timers.late += f->fired_late;
		shadow_tell(d, f);
	}
	if (ok)
		timers_note(d, f->unit->next_due.at);
	for (struct waiter *w = reversed(f->waiters), *next; w; w = next) {
		next = w->next; /* the answer frees the arena in which w lives */
		if (ok)
			answer(d, f, w);
		else
			flight_lost(d, w);
	}
}

/* What is on disk is unknown: whoever waits must not hear anything. Starting again recovers. */
static void __attribute__((noreturn)) die(struct daemon *d)
{
	log_line(&d->log, LOG_ERROR, "ledger-write-failed", "s", "reason",
		 ledger_failure(d->ledger), "c", "detail",
		 "writing to the ledger failed; the daemon ends without acknowledging what was in "
		 "flight. Check the disk and the files of the ledger, then start it again",
		 NULL);
	_exit(EXIT_ENVIRONMENT);
}

static void become_full(struct daemon *d)
{
	if (!d->commit.full)
		log_line(&d->log, LOG_ERROR, "storage-full", "c", "detail",
			 "the disk of the ledger is full: events are answered with 507 until there "
			 "is room",
			 NULL);
	d->commit.full = true;
	shadow_lost(d);
}

static void take_landed(struct daemon *d)
{
	for (struct ledger_unit *u; (u = ledger_completed(d->ledger));) {
		/* What has landed is looked up in the ledger from here on. Handling the one before
		 * may have begun a read, and this one may have been committed after that. */
		daemon_reader_end(d);
		if (u->status == STATUS_FULL)
			become_full(d);
		else if (u->status != STATUS_OK)
			die(d);
		struct flight *f = u->user;
		if (f && f->slot)
			land(d, f);
		else if (f)
			f->landed(d, f);
		d->versions.stale |= u->acts != NULL;
		ledger_unit_free(d->ledger, u);
	}
}

static void on_landed(struct ev_loop *loop, ev_async *w, int events)
{
	(void)events;
	struct daemon *d = w->data;
	struct commit *c = &d->commit;
	c->landed_us = clock_ticks_us();
	take_landed(d);
	streams_note(d);
	versions_turn(d);
	cases_trim(&d->cases, d->rb);
	if (!c->full) {
		timers_turn(d);
	} else if (!ledger_in_flight(d->ledger) && !ev_is_active(&c->retry)) {
		cases_forget(&d->cases, d->rb);
		if (daemon_pots(d))
			die(d);
		ev_timer_set(&c->retry, RETRY_SECONDS, 0.);
		ev_timer_start(loop, &c->retry);
	}
	daemon_end_if_done(d);
}

static void on_retry(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop, (void)events;
	struct daemon *d = w->data;
	if (ledger_in_flight(d->ledger)) /* as it lands, the time is set anew */
		return;
	if (ledger_resume(d->ledger))
		die(d);
	d->commit.full = false;
	log_line(&d->log, LOG_INFO, "storage-retry", NULL);
	timers_look(d);
	timers_turn(d);
}

void commit_start(struct daemon *d)
{
	struct commit *c = &d->commit;
	ev_async_init(&c->landed, on_landed);
	c->landed.data = d;
	c->landed_us = clock_ticks_us();
	ev_async_start(d->loop, &c->landed);
	ev_timer_init(&c->retry, on_retry, 0., 0.);
	c->retry.data = d;
}

void commit_release(struct daemon *d)
{
	struct commit *c = &d->commit;
	ev_async_stop(d->loop, &c->landed);
	ev_timer_stop(d->loop, &c->retry);
	map_release(&c->by_key);
	vec_release(&c->flying);
	vec_release(&c->vacant);
}
