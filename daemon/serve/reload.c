/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/reload.h"

#include "daemon/wire/load.h"
#include "daemon/serve/daemon.h"
#include "daemon/serve/places.h"
#include "daemon/serve/standing.h"

/* A log line is read by people: the first diagnostics are enough, `waymark check` has them all. */
#define LOGGED_BYTES 2000

struct rulebook *reload_compile(const char *path, struct buf *text)
{
	struct loaded l = {0};
	enum status st = load_rulebook(&l, path, text);
	if (l.sources)
		load_report(&l, text, false, false);
	struct rulebook *rb = st ? NULL : rulebook_ref(l.rb);
	load_release(&l);
	return rb;
}

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

/* With a reader of its own: the loop's goes on serving. */
static void look_at_cases(struct reload *r)
{
	struct ledger_reader *reader;
	buf_clear(&r->standing);
	if (ledger_reader_open(r->ledger, &reader, &r->standing))
		return;
	standing_report(reader, r->rb, &r->standing);
	ledger_reader_close(reader);
}

static void *compile_aside(void *arg)
{
	struct reload *r = arg;
	r->rb = reload_compile(r->path, &r->text);
	if (r->rb)
		look_at_cases(r);
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

void reload_tell_standing(struct daemon *d, const struct buf *standing)
{
	if (standing->len)
		log_line(&d->log, LOG_ERROR, "cases-unfit", "s", "reason", shortened(standing),
			 NULL);
}

static void take_new(struct daemon *d)
{
	struct reload *r = &d->reload;
	buf_clear(&r->failed);
	d->metrics.reloads_taken++;
	size_t unfit = daemon_policy(d, r->rb);
	log_line(&d->log, unfit ? LOG_ERROR : LOG_INFO, "reloaded", "c", "version", d->rb->version,
		 "i", "cases_unfit", (int64_t)unfit, NULL);
	reload_tell_standing(d, &r->standing);
	places_give(d, d->now_us, (struct hash128){0}); /* there may be more of them now */
	timers_note(d, d->now_us); /* what was stuck under the old one may fire now */
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
	if (r->rb)
		take_new(d);
	else
		keep_old(d);
	r->rb = NULL;
	if (r->again)
		begin(d);
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
	tokens_release(&d->tokens);
	d->tokens = fresh;
	log_line(&d->log, LOG_INFO, "tokens", "i", "count", (int64_t)fresh.n, NULL);
}

void reload_ask(struct daemon *d)
{
	reload_tokens(d);
	if (d->reload.running)
		d->reload.again = true;
	else
		begin(d);
}

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
	buf_release(&r->standing);
}
