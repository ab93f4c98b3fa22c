/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/streams.h"

#include "daemon/serve/daemon.h"
#include "daemon/serve/feed.h"
#include "daemon/serve/routes.h"

#include <string.h>

struct stream {
	struct daemon *d;
	struct http_request *http; /* owns this, in its arena */
	struct hash256 token;      /* which one asked: tokens are read again meanwhile */
	int64_t expires_us;
	struct str *counties;
	size_t ncounties;
	uint64_t at;   /* all of the feed up to here was looked at */
	uint64_t told; /* the last position that the peer was told */
	bool waits;    /* for room */
	bool is_done;  /* up to the end of the feed */
	LIST_ENTRY(stream) all;
};

/* ---- the end of a stream ---- */

static void end(struct stream *s)
{
	s->d->streams.n--;
	LIST_REMOVE(s, all);
	http_stream_end(s->http); /* frees it */
}

static void say_goodbye(struct stream *s)
{
	struct buf b = {0};
	buf_fmt(&b, "retry: %u\n\n", STREAMS_RETRY_MS);
	if (http_stream_room(s->http))
		http_stream_write(s->http, buf_view(&b));
	buf_release(&b);
	end(s);
}

/* ---- writing ---- */

struct page {
	struct stream *stream;
	struct buf *out;
	struct arena arena;
};

static bool on_outcome(void *arg, const struct ledger_outcome_row *o)
{
	struct page *p = arg;
	buf_fmt(p->out, "id: %llu\nevent: outcome\ndata: ", (unsigned long long)o->position);
	feed_item(p->out, p->stream->d, &p->arena, o);
	buf_str(p->out, STR("\n\n"));
	p->stream->told = o->position;
	p->stream->d->streams.outcomes++;
	return p->out->len < http_stream_room(p->stream->http);
}

/* False: the ledger cannot be read. */
static bool write_page(struct stream *s)
{
	struct daemon *d = s->d;
	struct page p = {.stream = s, .out = &d->text};
	uint64_t before = s->at;
	buf_clear(p.out);
	enum status st = ledger_outcomes(daemon_reader(d), s->at, STREAMS_PAGE, s->counties,
					 s->ncounties, &s->at, on_outcome, &p);
	arena_release(&p.arena);
	s->is_done = s->at == before;
	if (st)
		log_line(&d->log, LOG_ERROR, "ledger-unreadable", "s", "reason",
			 ledger_reader_error(d->reader), NULL);
	else
		http_stream_write(s->http, buf_view(p.out));
	return !st;
}

static void arm(struct daemon *d, double after)
{
	struct streams *all = &d->streams;
	if (ev_is_active(&all->turn) || LIST_EMPTY(&all->all))
		return;
	ev_timer_set(&all->turn, after, 0.);
	ev_timer_start(d->loop, &all->turn);
}

/* One page for each, so that one that is far behind does not hold up the others or the loop. */
static void on_turn(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop, (void)events;
	struct daemon *d = w->data;
	bool more = false;
	for (struct stream *s = LIST_FIRST(&d->streams.all), *next; s; s = next) {
		next = LIST_NEXT(s, all);
		s->waits = !s->is_done && !http_stream_room(s->http);
		if (s->waits || s->is_done)
			continue;
		if (!write_page(s))
			end(s);
		else
			more |= !s->is_done;
	}
	if (more)
		arm(d, 0.);
}

void streams_note(struct daemon *d)
{
	for (struct stream *s = LIST_FIRST(&d->streams.all); s; s = LIST_NEXT(s, all))
		s->is_done = false;
	arm(d, STREAMS_PAUSE_S);
}

/* A comment keeps the connection alive; a position alone moves the peer on past outcomes of other
 * counties, without an event. */
static void beat(struct stream *s)
{
	struct buf b = {0};
	if (s->is_done && s->at > s->told) {
		buf_fmt(&b, "id: %llu\n\n", (unsigned long long)s->at);
		s->told = s->at;
	} else {
		buf_str(&b, STR(":\n\n"));
	}
	http_stream_write(s->http, buf_view(&b));
	buf_release(&b);
}

static void on_beat(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop, (void)events;
	struct daemon *d = w->data;
	for (struct stream *s = LIST_FIRST(&d->streams.all), *next; s; s = next) {
		next = LIST_NEXT(s, all);
		if (s->expires_us <= d->now_us)
			say_goodbye(s);
		else if (http_stream_room(s->http))
			beat(s);
	}
}

/* ---- what the HTTP layer tells ---- */

static void on_room(struct http_request *r)
{
	struct stream *s = r->user;
	if (!s->waits)
		return;
	s->waits = false;
	arm(s->d, 0.);
}

static void on_gone(struct http_request *r)
{
	end(r->user);
}

/* ---- opening ---- */

static void copy_token(struct stream *s, const struct token *k, struct arena *a)
{
	s->token = k->hash;
	s->expires_us = k->expires;
	s->ncounties = k->n;
	s->counties = token_counties(k, a);
}

void streams_open(struct call *c, uint64_t after)
{
	static const struct http_stream_events events = {on_room, on_gone};
	struct daemon *d = c->d;
	if (d->draining || d->streams.n >= STREAMS_MOST) {
		call_problem(c, PROBLEM_BUSY,
			     "as many streams as there may be are open; read the "
			     "feed by pages, or come back");
		return;
	}
	struct stream *s = arena_alloc(&c->http->arena, sizeof(*s));
	*s = (struct stream){.d = d, .http = c->http, .at = after, .told = after};
	copy_token(s, c->token, &c->http->arena);
	c->http->user = s;
	LIST_INSERT_HEAD(&d->streams.all, s, all);
	d->streams.n++;
	d->streams.opened++;
	call_stream(c, STR("text/event-stream"), &events);
	s->waits = !http_stream_room(s->http);
	arm(d, 0.);
}

/* ---- all of them ---- */

static bool is_good(const struct stream *s)
{
	const struct tokens *all = &s->d->tokens;
	for (size_t i = 0; i < all->n; i++)
		if (memcmp(&all->at[i].hash, &s->token, sizeof(s->token)) == 0)
			return all->at[i].revoked == TIME_NEVER;
	return false;
}

void streams_recheck(struct daemon *d)
{
	for (struct stream *s = LIST_FIRST(&d->streams.all), *next; s; s = next) {
		next = LIST_NEXT(s, all);
		if (!is_good(s))
			say_goodbye(s);
	}
}

void streams_end(struct daemon *d)
{
	for (struct stream *s; (s = LIST_FIRST(&d->streams.all));)
		say_goodbye(s);
}

void streams_start(struct daemon *d)
{
	struct streams *all = &d->streams;
	LIST_INIT(&all->all);
	ev_timer_init(&all->turn, on_turn, 0., 0.);
	all->turn.data = d;
	ev_timer_init(&all->beat, on_beat, STREAMS_BEAT_S, STREAMS_BEAT_S);
	all->beat.data = d;
	ev_timer_start(d->loop, &all->beat);
}

void streams_stop(struct daemon *d)
{
	ev_timer_stop(d->loop, &d->streams.turn);
	ev_timer_stop(d->loop, &d->streams.beat);
}
