/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/versions.h"

#include "daemon/wire/load.h"
#include "daemon/serve/clock.h"
#include "daemon/serve/daemon.h"

#include <string.h>

/* ---- rulebooks ---- */

static bool find_loaded(struct versions *v, uint32_t number, struct version *out)
{
	for (size_t i = 0; i < v->n; i++) {
		if (v->loaded[i].number != number)
			continue;
		*out = v->loaded[i];
		memmove(v->loaded + 1, v->loaded, i * sizeof(*v->loaded));
		v->loaded[0] = *out;
		return true;
	}
	return false;
}

void versions_keep(struct daemon *d, uint32_t number, struct rulebook *rb)
{
	struct versions *v = &d->versions;
	struct version there;
	if (find_loaded(v, number, &there))
		return;
	if (v->n == VERSIONS_LOADED)
		rulebook_unref(v->loaded[--v->n].rb);
	memmove(v->loaded + 1, v->loaded, v->n++ * sizeof(*v->loaded));
	v->loaded[0] = (struct version){number, rulebook_ref(rb)};
}

struct gathering {
	struct arena *arena;
	VEC(struct source) sources;
};

static bool on_source(void *arg, struct str name, struct str text)
{
	struct gathering *g = arg;
	*vec_push(&g->sources) =
	    (struct source){arena_str(g->arena, name), arena_str(g->arena, text)};
	return true;
}

static enum status compile_again(struct daemon *d, struct loaded *l, uint32_t number)
{
	struct gathering g = {.arena = &l->arena};
	enum status st = ledger_policy_sources(daemon_reader(d), number, on_source, &g);
	buf_clear(&d->why);
	if (st) {
		buf_str(&d->why, ledger_reader_error(d->reader));
	} else {
		diag_init(&l->diags, &l->arena);
		l->sources = g.sources.at;
		l->n = g.sources.n;
		st = load_compile(l);
		if (st) {
			buf_fmt(&d->why,
				"a recorded version of the policy does not compile under this "
				"version of waymark: ");
			load_report(l, &d->why, false, false);
		}
	}
	if (!st)
		versions_keep(d, number, l->rb);
	load_release(l);
	vec_release(&g.sources);
	return st;
}

enum status versions_get(struct daemon *d, uint32_t number, struct version *out)
{
	struct loaded l = {0};
	if (find_loaded(&d->versions, number, out))
		return STATUS_OK;
	enum status st = compile_again(d, &l, number);
	if (!st)
		find_loaded(&d->versions, number, out);
	return st;
}

enum status versions_at(struct daemon *d, int64_t at, struct version *out)
{
	uint32_t number = ledger_register_at(&d->versions.acts, at);
	return number ? versions_get(d, number, out) : STATUS_NOT_FOUND;
}

enum status versions_deciding(struct daemon *d, int64_t at, struct version *out)
{
	const struct ledger_register *acts = &d->versions.acts;
	uint32_t number = at < d->versions.since ? ledger_register_at(acts, at) : d->policy;
	*out = (struct version){d->policy, d->rb};
	return number == d->policy || !number ? STATUS_OK : versions_get(d, number, out);
}

/* ---- the switch ---- */

/* Nothing is before the first activation; and while a version that should be in force is not, the
 * one that is decides all. */
static void note_since(struct daemon *d)
{
	const struct ledger_register *acts = &d->versions.acts;
	const struct ledger_act *act = ledger_register_act_at(acts, versions_now(d));
	d->versions.since = INT64_MIN;
	if (act && act->policy == d->policy &&
	    ledger_register_act_at(acts, act->from_us - 1) != act)
		d->versions.since = act->from_us;
}

static void arm(struct daemon *d)
{
	struct versions *v = &d->versions;
	ev_timer_stop(d->loop, &v->timer);
	v->next = ledger_register_next(&v->acts, versions_now(d));
	if (v->next == TIME_NEVER)
		return;
	int64_t wait = v->next - clock_now_us(), most = (int64_t)TIMERS_AHEAD_S * SECOND_US;
	wait = wait < 0 ? 0 : wait > most ? most : wait;
	ev_timer_set(&v->timer, (double)wait / 1e6, 0.);
	ev_timer_start(d->loop, &v->timer);
}

static void put_in_force(struct daemon *d, const struct version *v)
{
	size_t unfit = daemon_policy(d, rulebook_ref(v->rb), v->number);
	log_line(&d->log, unfit ? LOG_ERROR : LOG_INFO, "in-force", "c", "version", d->rb->version,
		 "i", "cases_unfit", (int64_t)unfit, NULL);
	timers_look(d); /* what was stuck under the old one may fire now */
}

static void switch_now(struct daemon *d)
{
	struct version v;
	uint32_t number = ledger_register_at(&d->versions.acts, versions_now(d));
	if (number == d->policy || !number)
		return;
	enum status st = versions_get(d, number, &v);
	if (!st)
		put_in_force(d, &v);
	else
		log_line(&d->log, LOG_ERROR, "activation-failed", "c", "kept", d->rb->version, "s",
			 "reason", buf_view(&d->why), NULL);
}

void versions_turn(struct daemon *d)
{
	struct versions *v = &d->versions;
	if (!v->runs || (!v->stale && d->now_us < v->next))
		return;
	if (v->stale && versions_load(d)) {
		log_line(&d->log, LOG_ERROR, "ledger-unreadable", "s", "reason", buf_view(&d->why),
			 NULL);
		return;
	}
	switch_now(d);
	note_since(d);
	arm(d);
}

static void on_timer(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop, (void)events;
	struct daemon *d = w->data;
	d->now_us = clock_now_us();
	versions_turn(d);
	if (!ev_is_active(w))
		arm(d); /* the clock was set back, or the wait was cut short */
}

/* ---- acts ---- */

int64_t versions_now(const struct daemon *d)
{
	const struct ledger_register *acts = &d->versions.acts;
	int64_t last = acts->acts.n ? acts->acts.at[acts->acts.n - 1].at_us : INT64_MIN;
	return d->now_us > last ? d->now_us : last;
}

struct flight *versions_act(struct daemon *d, struct rulebook *rb, struct ledger_act act,
			    void (*landed)(struct daemon *d, struct flight *f))
{
	act.policy = ledger_policy(d->ledger, rb, act.at_us);
	struct ledger_unit *u = ledger_unit_new(d->ledger, NULL);
	ledger_unit_act(u, &act);
	return flight_apart(d, u, landed);
}

/* ---- begin and end ---- */

enum status versions_load(struct daemon *d)
{
	enum status st = ledger_register_load(daemon_reader(d), &d->versions.acts);
	if (st) {
		buf_clear(&d->why);
		buf_str(&d->why, ledger_reader_error(d->reader));
	} else {
		d->versions.stale = false;
	}
	return st;
}

void versions_start(struct daemon *d)
{
	struct versions *v = &d->versions;
	ev_timer_init(&v->timer, on_timer, 0., 0.);
	v->timer.data = d;
	v->runs = true;
	note_since(d);
	arm(d);
}

void versions_release(struct daemon *d)
{
	struct versions *v = &d->versions;
	ev_timer_stop(d->loop, &v->timer);
	for (size_t i = 0; i < v->n; i++)
		rulebook_unref(v->loaded[i].rb);
	ledger_register_release(&v->acts);
}
