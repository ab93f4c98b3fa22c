/* SPDX-License-Identifier: Apache-2.0
 *
 * One HTTP connection without a socket, for tests: bytes in, a handler that answers at once or
 * holds requests when told to, all output collected.
 */
#ifndef WAYMARK_TESTS_HTTP_RIG_H
#define WAYMARK_TESTS_HTTP_RIG_H

#include "daemon/serve/http_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOST    "Host: a\r\n"
#define GET     "GET /x HTTP/1.1\r\n" HOST
#define POST    "POST /x HTTP/1.1\r\n" HOST
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

#define MOST    128

struct rig {
	struct http_core core;
	struct http_conn conn;
	bool hold;
	struct http_request *held[MOST];
	size_t n_held;
	unsigned handled;
	struct buf seen; /* what the handler saw, as text */
	struct buf sent; /* all output of the connection */
};

/* The answer tells what was understood, so that a misreading shows. */
static inline void reply(struct http_request *r)
{
	struct buf b = {0};
	buf_fmt(&b, STR_FMT " " STR_FMT " ? " STR_FMT " : " STR_FMT, STR_ARG(r->method_name),
		STR_ARG(r->path), STR_ARG(r->query), STR_ARG(r->body));
	http_respond(r, 200, STR("text/plain"), buf_view(&b));
	buf_release(&b);
}

static inline void handle(void *arg, struct http_request *r)
{
	struct rig *g = arg;
	g->handled++;
	buf_fmt(&g->seen, STR_FMT " " STR_FMT "\n", STR_ARG(r->method_name), STR_ARG(r->path));
	if (g->hold)
		g->held[g->n_held++] = r;
	else
		reply(r);
}

static inline void rig_open(struct rig *g)
{
	*g = (struct rig){.core.config = http_config_default()};
	g->core.handler = handle;
	g->core.handler_arg = g;
	http_core_date(&g->core, 0);
	http_conn_init(&g->conn, &g->core);
}

static inline void rig_close(struct rig *g)
{
	http_conn_release(&g->conn);
	http_core_release(&g->core);
	buf_release(&g->seen);
	buf_release(&g->sent);
}

static inline void flush(struct rig *g)
{
	do {
		struct str s = http_conn_output(&g->conn);
		buf_str(&g->sent, s);
		if (s.len)
			http_conn_sent(&g->conn, s.len);
	} while (http_conn_resume(&g->conn));
}

static inline void feed(struct rig *g, struct str s)
{
	if (s.len && http_conn_wants_read(&g->conn))
		http_conn_feed(&g->conn, s.p, s.len);
	flush(g);
}

static inline void feed_c(struct rig *g, const char *text)
{
	feed(g, str_from(text));
}

/* "200 200 400": the statuses of the answers sent, with their bodies skipped by Content-Length. */
static inline const char *statuses(struct rig *g)
{
	static char text[MOST * 4];
	size_t n = 0;
	buf_char(&g->sent, 0);
	g->sent.len--;
	text[0] = 0;
	for (const char *p = g->sent.p; p < g->sent.p + g->sent.len;) {
		const char *end = strstr(p, "\r\n\r\n");
		assert_non_null(end);
		assert_memory_equal(p, "HTTP/1.1 ", 9);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%.3s", n ? " " : "", p + 9);
		const char *length = strstr(p, "Content-Length: ");
		p = end + 4;
		if (length && length < end)
			p += strtoul(length + 16, NULL, 10);
	}
	return text;
}

static inline bool sent_has(struct rig *g, const char *part)
{
	return str_contains(buf_view(&g->sent), str_from(part));
}

#endif
