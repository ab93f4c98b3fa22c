/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers that go on. A stream stands in the queue of its connection's answers as any other; when
 * its turn has come, what is written goes into the connection's output, in chunks.
 */
#include "daemon/serve/http_internal.h"

#include <assert.h>

void http_stream_begin(struct http_request *r, struct str content_type,
		       const struct http_stream_events *events)
{
	struct http_exchange *x = (struct http_exchange *)r;
	struct http_conn *c = x->conn;
	x->status = 200;
	x->stream = events;
	x->core->counters.responses[2]++;
	if (c && x->is_1_0)
		c->ended = true;
	if (!c)
		return;
	http_answer_stream(&x->tail, x, content_type);
	c->held += x->tail.len;
	if (c->first == x)
		http_conn_advance(c);
	http_conn_wake(c);
}

size_t http_stream_room(const struct http_request *r)
{
	const struct http_exchange *x = (const struct http_exchange *)r;
	const struct http_conn *c = x->conn;
	size_t most = x->core->config.stream_high_bytes;
	if (!c || c->first != x)
		return 0;
	size_t unsent = c->out.len - c->sent;
	return unsent < most ? most - unsent : 0;
}

void http_stream_write(struct http_request *r, struct str piece)
{
	struct http_exchange *x = (struct http_exchange *)r;
	if (!x->conn || !piece.len) /* an empty chunk would be the end */
		return;
	assert(x->conn->first == x);
	struct buf *out = http_conn_buf(x->conn);
	if (!x->is_1_0)
		buf_fmt(out, "%zx\r\n", piece.len);
	buf_str(out, piece);
	if (!x->is_1_0)
		buf_str(out, STR("\r\n"));
	http_conn_wake(x->conn);
}

void http_stream_end(struct http_request *r)
{
	struct http_exchange *x = (struct http_exchange *)r;
	struct http_conn *c = x->conn;
	x->core->counters.in_flight--;
	x->stream = NULL;
	if (!c) {
		http_conn_orphan(x);
	} else if (c->first == x) {
		if (!x->is_1_0)
			buf_str(http_conn_buf(c), STR("0\r\n\r\n"));
		http_conn_end_answer(c);
	} else if (!x->is_1_0) { /* before its turn: it goes out whole when that comes */
		buf_str(&x->tail, STR("0\r\n\r\n"));
		c->held += 5;
		http_conn_wake(c);
	}
}

bool http_conn_has_stream(const struct http_conn *c)
{
	return c->first && c->first->stream;
}

void http_conn_room(struct http_conn *c)
{
	if (http_conn_has_stream(c) && !c->out.len)
		c->first->stream->room(&c->first->pub);
}
