/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/reload.h"

#include "daemon/wire/exit_status.h"
#include "daemon/wire/load.h"
#include "daemon/serve/clock.h"
#include "daemon/serve/daemon.h"
#include "daemon/serve/standing.h"

#include <stdio.h>
#include <unistd.h>

/* A log line is read by people: the first diagnostics are enough, `waymark check` has them all. */
#define LOGGED_BYTES 2000

/* ---- the folder ---- */

/* STATUS_INVALID: it has errors. Anything else: it cannot be read. The text says more. */
static enum status compile_folder(const char *path, struct rulebook **rb, struct buf *text)
{
	struct loaded l = {0};
	enum status st = load_rulebook(&l, path, text);
	if (l.sources)
		load_report(&l, text, false, false);
	*rb = st ? NULL : rulebook_ref(l.rb);
	load_release(&l);
	return st;
}

/* False: cases would stand nowhere, or the ledger cannot be read; the text says which. */
static bool cases_fit(const char *ledger, const struct rulebook *rb, struct buf *text)
{
	struct standing s = {0};
	standing_look(&s, ledger, rb);
	bool fit = !s.why.len && !s.unfit;
	if (!fit)
		buf_clear(text);
	if (s.unfit)
		standing_text(&s, text);
	buf_str(text, buf_view(&s.why));
	standing_release(&s);
	return fit;
}

/* Whether the folder says something new: it is not in force, and it is not what it was when it was
 * last read. */
static bool is_news(struct daemon *d, const struct rulebook *rb)
{
	const struct ledger_register *acts = &d->versions.acts;
	uint32_t number = ledger_find_policy(d->ledger, &rb->digest);
	if (!number)
		return true;
	if (number == ledger_register_at(acts, versions_now(d)))
		return false;
	for (size_t i = acts->acts.n; i-- > 0;)
		if (!acts->acts.at[i].who.len && acts->acts.at[i].kind == ACT_ACTIVATED)
			return acts->acts.at[i].policy != number;
	return true;
}

static void activate(struct daemon *d, struct rulebook *rb,
		     void (*landed)(struct daemon *d, struct flight *f))
{
	int64_t now = versions_now(d);
	versions_act(d, rb,
		     (struct ledger_act){.at_us = now, .kind = ACT_ACTIVATED, .from_us = now},
		     landed);
}

/* ---- at SIGHUP ---- */

static struct str shortened(const struct buf *b)
{
	struct str s = buf_view(b);
	if (s.len <= LOGGED_BYTES)
		return s;
	s.len = LOGGED_BYTES;
	while (s.len && ((unsigned char)s.p[s.len] & 0xc0) == 0x80)
		s.len--;
	return s;
}

static void *compile_aside(void *arg)
{
	struct reload *r = arg;
	if (!compile_folder(r->path, &r->rb, &r->text) && !cases_fit(r->ledger, r->rb, &r->text)) {
		rulebook_unref(r->rb);
		r->rb = NULL;
	}
	ev_async_send(r->loop, &r->done);
	return NULL;
}

static void begin(struct daemon *d)
{
	struct reload *r = &d->reload;
	r->again = false;
	r->rb = NULL;
	buf_clear(&r->text);
	r->running = pthread_create(&r->thread, NULL, compile_aside, r) == 0;
	if (!r->running)
		log_line(&d->log, LOG_ERROR, "reload-failed", "c", "reason",
			 "the compiling thread could not be started", NULL);
}

static void keep_old(struct daemon *d)
{
	struct reload *r = &d->reload;
	d->metrics.reloads_failed++;
	buf_clear(&r->failed);
	buf_str(&r->failed, shortened(&r->text));
	log_line(&d->log, LOG_ERROR, "reload-failed", "c", "kept", d->rb->version, "s", "reason",
		 buf_view(&r->failed), NULL);
}

static void taken(struct daemon *d, const char *version)
{
	buf_clear(&d->reload.failed);
	d->metrics.reloads_taken++;
	log_line(&d->log, LOG_INFO, "reloaded", "c", "version", version, NULL);
}

static void finish(struct daemon *d)
{
	struct reload *r = &d->reload;
	rulebook_unref(r->rb);
	r->rb = NULL;
	r->landing = false;
	if (r->again)
		begin(d);
}

static void on_activated(struct daemon *d, struct flight *f)
{
	struct reload *r = &d->reload;
	if (f->unit->status == STATUS_OK) {
		taken(d, r->rb->version);
	} else {
		buf_clear(&r->text);
		buf_str(&r->text, STR("the disk of the ledger is full: no version can be recorded; "
				      "make room, then reload"));
		keep_old(d);
	}
	finish(d);
}

static void on_done(struct ev_loop *loop, ev_async *w, int events)
{
	(void)loop, (void)events;
	struct daemon *d = w->data;
	struct reload *r = &d->reload;
	if (!r->running)
		return;
	pthread_join(r->thread, NULL);
	r->running = false;
	if (r->rb && is_news(d, r->rb)) {
		r->landing = true;
		activate(d, r->rb, on_activated);
		return;
	}
	if (r->rb)
		taken(d, d->rb->version);
	else
		keep_old(d);
	finish(d);
}

static void reload_tokens(struct daemon *d)
{
	struct tokens fresh = {0};
	buf_clear(&d->why);
	if (tokens_load(&fresh, d->config.ledger, &d->why)) {
		log_line(&d->log, LOG_ERROR, "tokens-failed", "s", "reason", buf_view(&d->why),
			 NULL);
		tokens_release(&fresh);
		return;
	}
	tokens_carry(&fresh, &d->tokens);
	tokens_release(&d->tokens);
	d->tokens = fresh;
	streams_recheck(d);
	log_line(&d->log, LOG_INFO, "tokens", "i", "count", (int64_t)fresh.n, NULL);
}

enum status reload_tls(struct daemon *d)
{
	if (!d->config.tls.certificate)
		return STATUS_OK;
	buf_clear(&d->why);
	enum status st = http_server_tls(d->http, &d->config.tls, &d->why);
	if (st)
		return st;
	int64_t expires = http_server_expires_us(d->http);
	bool over = expires <= d->now_us;
	buf_clear(&d->text);
	time_text(&d->text, zone_utc(), expires);
	log_line(&d->log, over ? LOG_ERROR : LOG_INFO, over ? "certificate-expired" : "certificate",
		 "s", "expires", buf_view(&d->text), NULL);
	return STATUS_OK;
}

void reload_ask(struct daemon *d)
{
	reload_tokens(d);
	if (reload_tls(d))
		log_line(&d->log, LOG_ERROR, "certificate-failed", "s", "reason", buf_view(&d->why),
			 "c", "kept", "the certificate that was in use", NULL);
	if (d->reload.running || d->reload.landing)
		d->reload.again = true;
	else
		begin(d);
}

/* ---- at start ---- */

static void on_recorded(struct daemon *d, struct flight *f)
{
	if (f->unit->status)
		buf_str(&d->why, STR("the disk of the ledger is full"));
}

/* Nothing else happens meanwhile. */
static bool record_activation(struct daemon *d, struct rulebook *rb)
{
	buf_clear(&d->why);
	activate(d, rb, on_recorded);
	ledger_flush(d->ledger);
	while (ledger_in_flight(d->ledger))
		ev_run(d->loop, EVRUN_ONCE);
	return !d->why.len && !versions_load(d);
}

/* The version that the register says. False: there is none, or it does not compile any more. */
static bool from_register(struct daemon *d)
{
	struct version v;
	buf_clear(&d->why);
	if (versions_at(d, versions_now(d), &v))
		return false;
	daemon_policy(d, rulebook_ref(v.rb), v.number);
	return true;
}

/* Errors go out as the compiler words them, for whoever starts the daemon by hand; warnings are
 * left to `waymark check`. */
static int not_started(struct daemon *d, const struct buf *why)
{
	fprintf(stderr,
		STR_FMT "%swaymark serve: not started, because the policies in %s cannot be in "
			"force\n",
		STR_ARG(buf_view(why)), why->len && why->p[why->len - 1] != '\n' ? "\n" : "",
		d->config.policies);
	return EXIT_NOT_FINE;
}

int reload_read(struct daemon *d)
{
	struct reload *r = &d->reload;
	enum status st = compile_folder(r->path, &r->rb, &r->text);
	/* With errors, the version that the ledger has in force goes on; a wrong path is a slip of
	 * whoever starts the daemon, and no ledger is made for either. */
	if (!st || (st == STATUS_INVALID && access(d->config.ledger, F_OK) == 0))
		return EXIT_FINE;
	return not_started(d, &r->text);
}

/* False: the text says why the folder's version stays out. */
static bool bring_in(struct daemon *d)
{
	struct reload *r = &d->reload;
	if (!r->rb || !is_news(d, r->rb))
		return r->rb != NULL;
	if (d->versions.acts.acts.n && !cases_fit(r->ledger, r->rb, &r->text))
		return false;
	if (record_activation(d, r->rb))
		return true;
	buf_clear(&r->text);
	buf_str(&r->text, buf_view(&d->why));
	return false;
}

int reload_first(struct daemon *d)
{
	struct reload *r = &d->reload;
	bool ok = bring_in(d);
	if (ok)
		versions_keep(d, ledger_find_policy(d->ledger, &r->rb->digest), r->rb);
	finish(d);
	if (!from_register(d))
		return not_started(d, ok || !r->text.len ? &d->why : &r->text);
	if (!ok)
		keep_old(d);
	return EXIT_FINE;
}

/* ---- begin and end ---- */

void reload_start(struct daemon *d)
{
	struct reload *r = &d->reload;
	r->path = d->config.policies;
	r->ledger = d->config.ledger;
	r->loop = d->loop;
	ev_async_init(&r->done, on_done);
	r->done.data = d;
	ev_async_start(d->loop, &r->done);
}

void reload_release(struct daemon *d)
{
	struct reload *r = &d->reload;
	if (r->running)
		pthread_join(r->thread, NULL);
	rulebook_unref(r->rb);
	ev_async_stop(d->loop, &r->done);
	buf_release(&r->failed);
	buf_release(&r->text);
}
