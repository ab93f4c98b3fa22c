/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/shadow.h"

#include "daemon/ledger/divergence.h"
#include "daemon/serve/clock.h"
#include "daemon/serve/daemon.h"

/* ---- what the thread is told ---- */

static struct shadow_note *note_new(void)
{
	return mem_alloc(sizeof(struct shadow_note));
}

static void note_free(struct shadow_note *n)
{
	arena_release(&n->arena);
	mem_free(n);
}

/* False: the queue is full. */
static bool push(struct shadowing *s, struct shadow_note *n)
{
	pthread_mutex_lock(&s->mutex);
	bool room = s->queued < SHADOW_QUEUE;
	if (room) {
		if (s->last)
			s->last->next = n;
		else
			s->first = n;
		s->last = n;
		if (!s->queued++)
			pthread_cond_signal(&s->work);
	}
	pthread_mutex_unlock(&s->mutex);
	return room;
}

/* From now on every case is met anew. */
static void begin_anew(struct shadowing *s)
{
	s->epoch++;
	s->anew = true;
}

/* The row of the case still is as before the flight, when no earlier one is on its way. */
void shadow_before(struct daemon *d, struct flight *f)
{
	struct shadowing *s = &d->shadow;
	struct ledger_case row;
	if (!s->on || f->slot->shadow == s->epoch || f->slot->flying)
		return;
	if (f->unit->is_new) {
		f->slot->shadow = s->epoch;
		f->shadow = s->epoch;
	} else if (!ledger_find_case(daemon_reader(d), f->slot->id, &row)) {
		f->before = arena_str(&f->unit->arena, row.state);
		f->slot->shadow = s->epoch;
		f->shadow = s->epoch;
	}
}

static const struct ledger_record *copy_records(struct arena *a, const struct ledger_record *r)
{
	struct ledger_record *first = NULL, **end = &first;
	for (; r; r = r->next) {
		struct ledger_record *own = arena_alloc(a, sizeof(*own));
		own->seq = r->seq;
		own->key = r->key;
		own->event = arena_str(a, r->event);
		own->decision = arena_str(a, r->decision);
		*end = own;
		end = &own->next;
	}
	return first;
}

void shadow_tell(struct daemon *d, const struct flight *f)
{
	struct shadowing *s = &d->shadow;
	if (!s->on || f->slot->shadow != s->epoch || !f->unit->first)
		return;
	struct shadow_note *n = note_new();
	n->anew = s->anew;
	n->case_id = arena_str(&n->arena, f->slot->id);
	n->county = arena_str(&n->arena, f->unit->first->county);
	n->state = f->shadow == s->epoch ? arena_str(&n->arena, f->before) : STR("");
	n->records = copy_records(&n->arena, f->unit->first);
	if (push(s, n)) {
		s->anew = false;
		return;
	}
	note_free(n);
	s->overrun++;
	begin_anew(s);
}

void shadow_lost(struct daemon *d)
{
	if (d->shadow.on)
		begin_anew(&d->shadow);
}

/* ---- what it found ---- */

static struct shadow_find *take_found(struct shadowing *s)
{
	pthread_mutex_lock(&s->mutex);
	struct shadow_find *f = s->found;
	s->found = s->last_found = NULL;
	pthread_mutex_unlock(&s->mutex);
	return f;
}

static void free_found(struct shadow_find *f)
{
	for (struct shadow_find *next; f; f = next) {
		next = f->next;
		arena_release(&f->arena);
		mem_free(f);
	}
}

/* On a full disk the rows are lost, and the counters still have them. */
static void on_landed(struct daemon *d, struct flight *f)
{
	(void)d, (void)f;
}

static void record(struct daemon *d, const struct shadow_find *found)
{
	struct ledger_unit *u = ledger_unit_new(d->ledger, NULL);
	for (const struct shadow_find *f = found; f; f = f->next)
		ledger_unit_divergence(u, &(struct ledger_divergence){.at_us = d->now_us,
								      .policy = d->shadow.policy,
								      .seq = f->seq,
								      .county = f->county,
								      .kind = f->kind,
								      .real = f->real,
								      .shadow = f->shadow,
								      .why = f->why});
	flight_apart(d, u, on_landed);
}

static void take_all(struct daemon *d)
{
	struct shadow_find *found = take_found(&d->shadow);
	if (found && d->ledger && !d->commit.full)
		record(d, found);
	free_found(found);
}

static void on_found(struct ev_loop *loop, ev_async *w, int events)
{
	(void)loop, (void)events;
	take_all(w->data);
}

/* ---- on and off ---- */

static void begin(struct daemon *d, uint32_t policy, struct rulebook *rb)
{
	struct shadowing *s = &d->shadow;
	s->policy = policy;
	s->rb = rulebook_ref(rb);
	s->ledger = d->config.ledger;
	s->since_us = d->now_us;
	s->stop = s->anew = false;
	s->counts = (struct shadow_counts){0};
	s->overrun = 0;
	s->epoch++;
	s->on = pthread_create(&s->thread, NULL, shadow_main, s) == 0;
	if (!s->on) {
		log_line(&d->log, LOG_ERROR, "shadow-failed", "c", "reason",
			 "its thread could not be started", NULL);
		rulebook_unref(s->rb);
		return;
	}
	log_line(&d->log, LOG_INFO, "shadow-begins", "c", "version", rb->version, NULL);
}

static void end(struct daemon *d)
{
	struct shadowing *s = &d->shadow;
	if (!s->on)
		return;
	pthread_mutex_lock(&s->mutex);
	s->stop = true;
	pthread_cond_signal(&s->work);
	pthread_mutex_unlock(&s->mutex);
	pthread_join(s->thread, NULL);
	take_all(d);
	for (struct shadow_note *n = s->first, *next; n; n = next) {
		next = n->next;
		note_free(n);
	}
	s->first = s->last = NULL;
	s->queued = 0;
	s->on = false;
	log_line(&d->log, LOG_INFO, "shadow-ends", "c", "version", s->rb->version, NULL);
	rulebook_unref(s->rb);
}

uint32_t shadow_policy(const struct daemon *d)
{
	const struct ledger_register *reg = &d->versions.acts;
	for (size_t i = reg->acts.n; i-- > 0;) {
		if (reg->acts.at[i].kind == ACT_SHADOWED)
			return reg->acts.at[i].policy;
		if (reg->acts.at[i].kind == ACT_UNSHADOWED)
			return 0;
	}
	return 0;
}

void shadow_turn(struct daemon *d)
{
	struct version v;
	uint32_t policy = shadow_policy(d);
	if (policy == (d->shadow.on ? d->shadow.policy : 0))
		return;
	end(d);
	if (!policy)
		return;
	if (versions_get(d, policy, &v))
		log_line(&d->log, LOG_ERROR, "shadow-failed", "s", "reason", buf_view(&d->why),
			 NULL);
	else
		begin(d, policy, v.rb);
}

struct shadow_counts shadow_counts(struct daemon *d)
{
	struct shadowing *s = &d->shadow;
	pthread_mutex_lock(&s->mutex);
	struct shadow_counts c = s->counts;
	pthread_mutex_unlock(&s->mutex);
	return c;
}

void shadow_start(struct daemon *d)
{
	struct shadowing *s = &d->shadow;
	s->loop = d->loop;
	pthread_mutex_init(&s->mutex, NULL);
	pthread_cond_init(&s->work, NULL);
	ev_async_init(&s->found_some, on_found);
	s->found_some.data = d;
	ev_async_start(d->loop, &s->found_some);
	shadow_turn(d);
}

void shadow_release(struct daemon *d)
{
	struct shadowing *s = &d->shadow;
	if (!s->loop)
		return;
	end(d);
	ev_async_stop(d->loop, &s->found_some);
	pthread_cond_destroy(&s->work);
	pthread_mutex_destroy(&s->mutex);
	s->loop = NULL;
}
