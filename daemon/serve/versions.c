/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/versions.h"

#include "daemon/wire/load.h"
#include "daemon/serve/clock.h"
#include "daemon/serve/daemon.h"
#include "daemon/serve/standing.h"

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

enum status versions_get_trusted(struct daemon *d, uint32_t number, struct version *out)
{
	enum status st = versions_get(d, number, out);
	buf_clear(&d->why);
	if (!st && !trust_recorded(d, &d->trust, number, out->rb, &d->why))
		st = STATUS_CONFLICT;
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

/* ---- acts ---- */

int64_t versions_now(const struct daemon *d)
{
	const struct ledger_register *acts = &d->versions.acts;
	int64_t last = acts->acts.n ? acts->acts.at[acts->acts.n - 1].at_us : INT64_MIN;
	return d->now_us > last ? d->now_us : last;
}

struct flight *versions_act_on(struct daemon *d, const struct ledger_act *act,
			       void (*landed)(struct daemon *d, struct flight *f))
{
	struct ledger_unit *u = ledger_unit_new(d->ledger, NULL);
	ledger_unit_act(u, act);
	return flight_apart(d, u, landed);
}

struct seeking {
	struct str text;
	bool found;
};

static bool on_signature(void *arg, const struct ledger_signature *s)
{
	struct seeking *x = arg;
	x->found = str_eq(s->text, x->text);
	return !x->found;
}

static bool is_recorded(struct daemon *d, uint32_t number, struct str signature)
{
	struct seeking x = {.text = signature};
	return !ledger_signatures(daemon_reader(d), number, on_signature, &x) && x.found;
}

struct flight *versions_bring(struct daemon *d, struct rulebook *rb, const struct ledger_act *act,
			      struct str signature, const struct minisign_seal *seal,
			      void (*landed)(struct daemon *d, struct flight *f))
{
	int64_t now = versions_now(d);
	uint32_t number = ledger_policy(d->ledger, rb, now);
	struct ledger_unit *u = ledger_unit_new(d->ledger, NULL);
	bool sign = seal->key[0] && !is_recorded(d, number, signature);
	if (act) {
		struct ledger_act own = *act;
		own.policy = number;
		ledger_unit_act(u, &own);
	}
	if (sign)
		ledger_unit_signature(u,
				      &(struct ledger_signature){now, number, str_from(seal->key),
								 seal->comment, signature});
	if (act || sign)
		return flight_apart(d, u, landed);
	ledger_unit_free(d->ledger, u);
	return NULL;
}

/* ---- looking at the cases ---- */

static bool is_planned(const struct ledger_act *a)
{
	return a->from_us > a->at_us;
}

static void complain(struct daemon *d, const char *what, struct str why)
{
	log_line(&d->log, LOG_ERROR, what, "c", "kept", d->rb ? d->rb->version : "", "s", "reason",
		 why, NULL);
}

struct look {
	struct job job;
	struct ledger_act act;
	struct rulebook *rb, *known;
	const char *ledger;
	struct standing standing;
};

static void look_free(struct look *l)
{
	rulebook_unref(l->rb);
	rulebook_unref(l->known);
	standing_release(&l->standing);
	mem_free(l);
}

static void on_refused(struct daemon *d, struct flight *f)
{
	if (f->unit->status)
		complain(d, "activation-failed", STR("the disk of the ledger is full"));
}

static void refuse(struct daemon *d, const struct ledger_act *planned, const struct standing *s)
{
	struct buf text = {0};
	struct ledger_act act = {.at_us = versions_now(d),
				 .policy = planned->policy,
				 .kind = ACT_REFUSED,
				 .from_us = planned->from_us};
	standing_text(s, &text);
	complain(d, "activation-refused", buf_view(&text));
	d->metrics.activations_refused++;
	versions_act_on(d, &act, on_refused);
	buf_release(&text);
}

static void look(struct job *j)
{
	struct look *l = (struct look *)j;
	standing_look(&l->standing, l->ledger, l->rb, l->known);
}

static void on_looked(struct daemon *d, struct job *j)
{
	struct look *l = (struct look *)j;
	d->versions.looking = false;
	if (!job_ran(j) || l->standing.why.len)
		complain(d, "activation-failed", buf_view(&l->standing.why));
	else if (l->standing.unfit)
		refuse(d, &l->act, &l->standing);
	else
		d->versions.looked = l->act.number, d->versions.look_after = 0;
	d->versions.stale = true; /* and the next turn goes on */
	look_free(l);
	versions_turn(d);
}

static bool needs_look(const struct daemon *d, const struct ledger_act *a)
{
	return a && is_planned(a) && a->number != d->versions.looked && a->policy != d->policy;
}

/* The activation to be looked at next, one at a time, and from when on; or NULL. */
static const struct ledger_act *to_look_at(const struct daemon *d, int64_t *from)
{
	const struct versions *v = &d->versions;
	int64_t now = versions_now(d), next = ledger_register_next(&v->acts, now);
	const struct ledger_act *a = ledger_register_act_at(&v->acts, now);
	*from = v->look_after;
	if (needs_look(d, a)) /* it has begun already */
		return v->looking ? NULL : a;
	a = next == TIME_NEVER ? NULL : ledger_register_act_at(&v->acts, next);
	if (v->looking || !needs_look(d, a))
		return NULL;
	if (*from < next - VERSIONS_LOOK_US)
		*from = next - VERSIONS_LOOK_US;
	return a;
}

static void look_ahead(struct daemon *d)
{
	struct versions *v = &d->versions;
	struct version version;
	int64_t from;
	const struct ledger_act *a = to_look_at(d, &from);
	if (!a || d->now_us < from)
		return;
	v->look_after = d->now_us + VERSIONS_PAUSE_US;
	if (versions_get(d, a->policy, &version)) {
		complain(d, "activation-failed", buf_view(&d->why));
		return;
	}
	struct look *l = mem_alloc(sizeof(*l));
	l->act = *a;
	l->rb = rulebook_ref(version.rb);
	l->known = rulebook_ref(d->rb);
	l->ledger = d->config.ledger;
	l->job = (struct job){.work = look, .done = on_looked};
	v->looking = true;
	jobs_begin(d, &l->job);
}

/* Whether the last event was decided under another version than the one that is in force now. */
static bool has_begun_since(struct daemon *d, const struct ledger_act *a)
{
	struct ledger_totals totals;
	struct ledger_event e;
	return !ledger_totals(daemon_reader(d), &totals) && totals.events &&
	       !ledger_event_at(daemon_reader(d), totals.events, &e) && e.policy != a->policy;
}

bool versions_look_first(struct daemon *d)
{
	struct standing s = {0};
	struct version version;
	const struct ledger_act *a = ledger_register_act_at(&d->versions.acts, versions_now(d));
	if (!a || !is_planned(a) || !has_begun_since(d, a) || versions_get(d, a->policy, &version))
		return true;
	standing_look(&s, d->config.ledger, version.rb, NULL);
	bool fit = !s.unfit;
	if (!fit)
		refuse(d, a, &s);
	standing_release(&s);
	ledger_flush(d->ledger);
	while (ledger_in_flight(d->ledger))
		ev_run(d->loop, EVRUN_ONCE);
	size_t before = d->versions.acts.acts.n;
	return fit || versions_load(d) || d->versions.acts.acts.n == before;
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

/* When there is something to do: a planned activation is to be looked at, or begins. */
static int64_t next_turn(struct daemon *d)
{
	int64_t next = ledger_register_next(&d->versions.acts, versions_now(d)), look;
	return to_look_at(d, &look) && look < next ? look : next;
}

static void arm(struct daemon *d)
{
	struct versions *v = &d->versions;
	ev_timer_stop(d->loop, &v->timer);
	v->wake = next_turn(d);
	if (v->wake == TIME_NEVER)
		return;
	int64_t wait = v->wake - clock_now_us(), most = (int64_t)TIMERS_AHEAD_S * SECOND_US;
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
	const struct ledger_act *a = ledger_register_act_at(&d->versions.acts, versions_now(d));
	if (!a || a->policy == d->policy || (is_planned(a) && a->number != d->versions.looked))
		return;
	if (versions_get_trusted(d, a->policy, &v))
		complain(d, "activation-failed", buf_view(&d->why));
	else
		put_in_force(d, &v);
}

void versions_turn(struct daemon *d)
{
	struct versions *v = &d->versions;
	if (!v->runs || d->draining || (!v->stale && d->now_us < v->wake))
		return;
	if (v->stale && versions_load(d)) {
		log_line(&d->log, LOG_ERROR, "ledger-unreadable", "s", "reason", buf_view(&d->why),
			 NULL);
		return;
	}
	v->stale = false;
	look_ahead(d);
	switch_now(d);
	note_since(d);
	shadow_turn(d);
	arm(d);
}

static void on_timer(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop, (void)events;
	struct daemon *d = w->data;
	d->now_us = clock_now_us();
	versions_turn(d);
	if (!ev_is_active(w) && !d->draining)
		arm(d); /* the clock was set back, or the wait was cut short */
}

/* ---- begin and end ---- */

enum status versions_load(struct daemon *d)
{
	enum status st = ledger_register_load(daemon_reader(d), &d->versions.acts);
	if (st) {
		buf_clear(&d->why);
		buf_str(&d->why, ledger_reader_error(d->reader));
	}
	return st;
}

void versions_start(struct daemon *d)
{
	struct versions *v = &d->versions;
	ev_timer_init(&v->timer, on_timer, 0., 0.);
	v->timer.data = d;
	v->stale = false;
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
