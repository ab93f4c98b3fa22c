/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection without its socket: bytes in, requests to the handler, answers out in the order of
 * the requests. `ended` is the one state that matters for closing: no further request is taken, and
 * the answer to the last one taken says so. It is set by a fault, by a request that asks for it, by
 * the peer's end of sending, and by a drain.
 */
#include "daemon/serve/http_internal.h"

#include <assert.h>
#include <string.h>

/* An idle connection keeps no more than this for its next answers. */
#define KEEP_OUT_BYTES ((size_t)16 << 10)
/* A body that is read on also when memory is short: any usual event. */
#define SMALL_BODY     ((size_t)16 << 10)

void http_conn_init(struct http_conn *c, struct http_core *core)
{
	*c =
	    (struct http_conn){.core = core, .since_ms = core->now_ms, .progress_ms = core->now_ms};
}

/* What is kept for the peer is part of what is kept for all. */
static void weigh(struct http_conn *c)
{
	size_t weight = c->out.len - c->sent + c->held + c->rest.len;
	c->core->counters.buffered += weight - c->weight;
	c->weight = weight;
}

static void weigh_body(struct http_exchange *x)
{
	x->core->counters.buffered += x->body.len - x->weight;
	x->weight = x->body.len;
}

static void drop(struct http_exchange *x)
{
	x->core->counters.dropped++;
	http_exchange_free(x);
}

void http_conn_release(struct http_conn *c)
{
	for (struct http_exchange *x = c->first, *next; x; x = next) {
		next = x->next;
		x->conn = NULL;
		if (x->stream)
			x->stream->gone(&x->pub);
		else if (x->status)
			drop(x);
		/* else the handler still has it, as it has a stream: its answer frees it */
	}
	if (c->reader.x)
		http_exchange_free(c->reader.x);
	buf_release(&c->out);
	buf_release(&c->rest);
	c->core->counters.buffered -= c->weight;
}

/* ---- answers ---- */

static bool is_partial(const struct http_conn *c)
{
	return c->reader.phase != HTTP_READ_IDLE;
}

/* The time that the peer has for taking the output starts when there is some. */
struct buf *http_conn_buf(struct http_conn *c)
{
	if (!c->out.len)
		c->progress_ms = c->core->now_ms;
	return &c->out;
}

/* "Continue" may only be sent when every earlier request has had its answer. */
static void maybe_continue(struct http_conn *c)
{
	struct http_exchange *x = c->reader.x;
	if (!x || !x->wants_continue || c->reader.phase != HTTP_READ_BODY || c->first)
		return;
	x->wants_continue = false;
	buf_str(http_conn_buf(c), STR("HTTP/1.1 100 Continue\r\n\r\n"));
}

static void start_answer(struct http_conn *c, const struct http_exchange *x)
{
	bool nothing_follows = !x->next && !c->unparsed && !is_partial(c);
	if (c->core->draining && nothing_follows)
		c->ended = true;
	http_answer_start(http_conn_buf(c), x, c->ended && !x->next);
}

static void pop(struct http_conn *c)
{
	struct http_exchange *x = c->first;
	c->first = x->next;
	if (!c->first)
		c->last = NULL;
	c->queued--;
	http_exchange_free(x);
}

/* Sends what was answered out of order and has its turn now. */
void http_conn_advance(struct http_conn *c)
{
	while (c->first && c->first->status) {
		start_answer(c, c->first);
		buf_str(&c->out, buf_view(&c->first->tail));
		c->held -= c->first->tail.len;
		buf_clear(&c->first->tail);
		if (c->first->stream)
			return; /* it goes on; when this has left, it is told that there is room */
		pop(c);
	}
}

void http_conn_wake(struct http_conn *c)
{
	weigh(c);
	if (!c->feeding && c->core->wake)
		c->core->wake(c);
}

/* The first answer is whole: the next ones may have waited for it. */
void http_conn_end_answer(struct http_conn *c)
{
	pop(c);
	http_conn_advance(c);
	if (!c->first)
		c->since_ms = is_partial(c) ? c->since_ms : c->core->now_ms;
	maybe_continue(c);
	http_conn_wake(c);
}

static void answer_in_turn(struct http_conn *c, struct http_exchange *x, struct str type,
			   struct str body)
{
	start_answer(c, x);
	http_answer_tail(&c->out, x, type, body);
	http_conn_end_answer(c);
}

void http_conn_orphan(struct http_exchange *x)
{
	struct http_core *core = x->core;
	drop(x);
	if (core->closed && !core->counters.in_flight && core->forgotten)
		core->forgotten(core);
}

static void hold_answer(struct http_conn *c, struct http_exchange *x, struct str type,
			struct str body)
{
	http_answer_tail(&x->tail, x, type, body);
	c->held += x->tail.len;
	weigh(c);
}

void http_conn_answer(struct http_exchange *x, struct str type, struct str body)
{
	struct http_counters *n = &x->core->counters;
	assert(x->status >= 200 && x->status <= 599);
	n->in_flight--;
	n->responses[x->status / 100]++;
	struct http_conn *c = x->conn;
	if (!c)
		http_conn_orphan(x);
	else if (c->first == x)
		answer_in_turn(c, x, type, body);
	else
		hold_answer(c, x, type, body);
}

/* ---- requests ---- */

static void enqueue(struct http_conn *c, struct http_exchange *x)
{
	if (c->last)
		c->last->next = x;
	else
		c->first = x;
	c->last = x;
	c->queued++;
	c->core->counters.in_flight++;
}

static void dispatch(struct http_conn *c)
{
	struct http_exchange *x = http_reader_take(&c->reader);
	memcpy(x->peer, c->peer, c->peer_len);
	x->pub.peer = (struct str){x->peer, c->peer_len};
	x->certificate = c->certificate;
	x->pub.certificate = c->has_certificate ? &x->certificate : NULL;
	if (!x->keep_alive)
		c->ended = true;
	enqueue(c, x);
	c->core->counters.requests++;
	c->core->handler(c->core->handler_arg, &x->pub);
}

/* The refusal takes its place behind the answers that are still to come. */
static void refuse(struct http_conn *c, enum http_fault fault)
{
	static const struct {
		int status;
		const char *slug, *title, *detail;
	} faults[] = {[HTTP_FAULT_NONE] = {500, "", "", ""},
#define X(name, status, slug, title, detail) [HTTP_FAULT_##name] = {status, slug, title, detail},
		      HTTP_FAULTS(X)
#undef X
	};
	struct http_exchange *x = http_reader_take(&c->reader);
	if (!x)
		x = http_exchange_new(c->core, c);
	c->ended = true;
	enqueue(c, x);
	if (fault == HTTP_FAULT_BUSY)
		http_header_add(&x->pub, STR("Retry-After"), STR("1"));
	http_problem(&x->pub, faults[fault].status, faults[fault].slug, faults[fault].title,
		     faults[fault].detail);
}

/* ---- bytes in ---- */

static bool can_take(const struct http_conn *c)
{
	const struct http_config *config = &c->core->config;
	return !c->ended && c->queued < config->max_pipelined &&
	       c->out.len - c->sent + c->held < config->output_high_bytes;
}

/* Too much is kept for all, and this body is large. */
static bool is_too_much(const struct http_conn *c)
{
	return http_core_is_short(c->core, 2) && c->reader.x->body.len > SMALL_BODY;
}

static void after_step(struct http_conn *c, enum http_read_phase before)
{
	if (c->reader.phase != before)
		c->since_ms = c->core->now_ms;
	if (c->reader.phase == HTTP_READ_DONE) {
		dispatch(c);
	} else if (c->reader.phase == HTTP_READ_BODY && is_too_much(c)) {
		refuse(c, HTTP_FAULT_BUSY);
	} else if (c->reader.phase == HTTP_READ_BAD) {
		c->core->counters.framing_errors++;
		refuse(c, c->reader.fault);
	} else if (!c->unparsed) {
		maybe_continue(c);
	}
}

static size_t consume(struct http_conn *c, const char *p, size_t n)
{
	size_t used = 0;
	c->feeding = true;
	while (used < n && can_take(c)) {
		enum http_read_phase before = c->reader.phase;
		used += http_reader_feed(&c->reader, c, p + used, n - used);
		if (c->reader.x)
			weigh_body(c->reader.x);
		c->unparsed = n - used;
		after_step(c, before);
	}
	c->feeding = false;
	if (c->ended)
		used = n; /* nothing after the last request means anything */
	c->unparsed = n - used;
	return used;
}

void http_conn_feed(struct http_conn *c, const char *p, size_t n)
{
	assert(!c->rest.len);
	c->core->counters.bytes_in += n;
	size_t used = consume(c, p, n);
	buf_bytes(&c->rest, p + used, n - used);
	weigh(c);
}

bool http_conn_resume(struct http_conn *c)
{
	if (!c->rest.len || !can_take(c))
		return false;
	size_t used = consume(c, c->rest.p, c->rest.len);
	memmove(c->rest.p, c->rest.p + used, c->rest.len - used);
	c->rest.len -= used;
	if (!c->rest.len)
		buf_release(&c->rest);
	weigh(c);
	return true;
}

void http_conn_eof(struct http_conn *c)
{
	c->ended = true;
	if (!is_partial(c))
		return;
	struct http_exchange *x = http_reader_take(&c->reader);
	if (x)
		http_exchange_free(x);
}

bool http_conn_wants_read(const struct http_conn *c)
{
	return can_take(c) && !c->rest.len && (!c->core->draining || is_partial(c));
}

/* ---- bytes out ---- */

struct str http_conn_output(const struct http_conn *c)
{
	if (!c->out.len)
		return STR("");
	return (struct str){c->out.p + c->sent, c->out.len - c->sent};
}

/* A peer that always leaves something unread must not make us keep what it has had. */
static void forget_sent(struct http_conn *c)
{
	if (c->sent < KEEP_OUT_BYTES || c->sent < c->out.len / 2)
		return;
	c->out.len -= c->sent;
	memmove(c->out.p, c->out.p + c->sent, c->out.len);
	c->sent = 0;
}

void http_conn_sent(struct http_conn *c, size_t n)
{
	c->core->counters.bytes_out += n;
	c->progress_ms = c->core->now_ms;
	c->sent += n;
	if (c->sent < c->out.len) {
		forget_sent(c);
	} else {
		c->sent = 0;
		if (c->out.cap > KEEP_OUT_BYTES)
			buf_release(&c->out);
		else
			buf_clear(&c->out);
	}
	weigh(c);
}

bool http_conn_is_done(const struct http_conn *c)
{
	if (c->first || c->out.len || c->rest.len)
		return false;
	return c->ended || (c->core->draining && !is_partial(c));
}

/* ---- time ---- */

int64_t http_conn_waited(const struct http_conn *c)
{
	if (c->out.len)
		return c->core->now_ms - c->progress_ms;
	if (c->first || !http_conn_wants_read(c))
		return -1;
	return c->core->now_ms - c->since_ms;
}

bool http_conn_expire(struct http_conn *c)
{
	const struct http_config *config = &c->core->config;
	int64_t waited = http_conn_waited(c);
	if (c->out.len)
		return waited > (http_core_is_short(c->core, 1) ? config->short_timeout_ms
								: config->write_timeout_ms);
	if (waited < 0)
		return false;
	if (!is_partial(c))
		return waited > config->idle_timeout_ms;
	bool in_head = c->reader.phase == HTTP_READ_HEAD;
	if (waited <= (in_head ? config->head_timeout_ms : config->body_timeout_ms))
		return false;
	c->core->counters.timeouts++;
	refuse(c, HTTP_FAULT_TIMEOUT);
	return false;
}
