/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes to the HTTP layer, without sockets. The first byte says how the rest is fed; the same bytes
 * must mean the same requests and the same answers however they are cut and whenever they are
 * answered. What the handler is given must keep the promises of http.h.
 */
#include "daemon/serve/http_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 64

struct rig {
	struct http_core core;
	struct http_conn conn;
	bool hold;
	struct http_request *held[MOST];
	size_t n_held;
	struct buf seen, sent;
};

static void need(bool claim, const char *what)
{
	if (claim)
		return;
	fprintf(stderr, "fuzz_http: broken promise: %s\n", what);
	abort();
}

/* ---- what a handler may rely on ---- */

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.p[i] < 0x20 && s.p[i] != '\t') || s.p[i] == 0x7f)
			return true;
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void check_header(struct http_header h)
{
	need(h.name.len > 0, "a field has a name");
	for (size_t i = 0; i < h.name.len; i++)
		need(h.name.p[i] > 0x20 && h.name.p[i] < 0x7f && h.name.p[i] != ':',
		     "a name is a token");
	need(h.name.p[h.name.len] == ':', "a name ends at its colon");
	need(!has_control(h.value), "a value has no control characters");
	if (!h.value.len)
		return;
	need(!is_blank(h.value.p[0]) && !is_blank(h.value.p[h.value.len - 1]),
	     "a value is trimmed");
	const char *p = h.value.p + h.value.len;
	while (is_blank(*p))
		p++;
	need(p[0] == '\r' && p[1] == '\n', "a value ends with its line");
}

static void check_request(struct http_request *r)
{
	struct str value, parts[8], name;
	need(r->path.len > 0 && (r->path.p[0] == '/' || str_eq(r->path, STR("*"))), "a path");
	need(r->body.len <= LIMIT_BODY_BYTES, "a bounded body");
	need(http_header_count(r) <= LIMIT_HEAD_FIELDS, "a bounded number of fields");
	need(http_header_find(r, STR("host"), &value) <= 1, "one host at most");
	need(http_header_find(r, STR("content-length"), &value) +
		     http_header_find(r, STR("transfer-encoding"), &value) <=
		 1,
	     "one length at most");
	for (size_t i = 0; i < http_header_count(r); i++)
		check_header(http_header_at(r, i));
	size_t n = http_path_split(r, parts, 8);
	for (size_t i = 0; i < n && i < 8; i++)
		need(!parts[i].len || !memchr(parts[i].p, 0, parts[i].len), "no NUL in a path");
	for (size_t at = 0; http_query_next(r, &at, &name, &value);)
		need(!value.len || !memchr(value.p, 0, value.len), "no NUL in a query");
	if (!r->body.len)
		return;
	char beyond[HTTP_BODY_PADDING];
	memcpy(beyond, r->body.p + r->body.len, sizeof(beyond));
}

static void write_down(struct buf *b, struct http_request *r)
{
	buf_str(b, r->method_name);
	buf_char(b, '\n');
	buf_str(b, r->path);
	buf_char(b, '\n');
	buf_str(b, r->query);
	for (size_t i = 0; i < http_header_count(r); i++) {
		buf_char(b, '\n');
		buf_str(b, http_header_at(r, i).name);
		buf_char(b, ':');
		buf_str(b, http_header_at(r, i).value);
	}
	buf_char(b, '\n');
	buf_str(b, r->body);
	buf_char(b, 0);
}

/* ---- driving ---- */

static void handle(void *arg, struct http_request *r)
{
	struct rig *g = arg;
	check_request(r);
	write_down(&g->seen, r);
	if (g->hold)
		g->held[g->n_held++] = r;
	else
		http_respond(r, 200, STR("text/plain"), STR("ok"));
}

/* Interim answers depend on whether the body has come already, so they are not compared. */
static void keep_output(struct rig *g)
{
	const struct str interim = STR("HTTP/1.1 100 Continue\r\n\r\n");
	for (struct str s; (s = http_conn_output(&g->conn)).len;) {
		struct str left = s;
		while (left.len) {
			if (str_starts(left, interim)) {
				left = (struct str){left.p + interim.len, left.len - interim.len};
				continue;
			}
			buf_char(&g->sent, *left.p++);
			left.len--;
		}
		http_conn_sent(&g->conn, s.len);
	}
}

static void answer_held(struct rig *g)
{
	/* The last one first, so that all but one wait for their turn. */
	while (g->n_held)
		http_respond(g->held[--g->n_held], 200, STR("text/plain"), STR("ok"));
}

static void settle(struct rig *g)
{
	do {
		answer_held(g);
		keep_output(g);
	} while (http_conn_resume(&g->conn));
	answer_held(g);
	keep_output(g);
}

static void run(struct rig *g, struct str in, size_t step, bool hold, unsigned pipelined)
{
	*g = (struct rig){.core.config = http_config_default(), .hold = hold};
	g->core.config.max_pipelined = pipelined;
	g->core.handler = handle;
	g->core.handler_arg = g;
	http_core_date(&g->core, 0);
	http_conn_init(&g->conn, &g->core);
	for (size_t at = 0; at < in.len && http_conn_wants_read(&g->conn);) {
		size_t n = in.len - at < step ? in.len - at : step;
		http_conn_feed(&g->conn, in.p + at, n);
		at += n;
		settle(g);
	}
	http_conn_eof(&g->conn);
	settle(g);
	need(http_conn_is_done(&g->conn), "a connection without requests is done at its end");
	need(g->core.counters.in_flight == 0, "every request was answered");
	http_conn_release(&g->conn);
}

static void rig_close(struct rig *g)
{
	http_core_release(&g->core);
	buf_release(&g->seen);
	buf_release(&g->sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	struct str in = {(const char *)data + 1, size - 1};
	size_t step = 1 + (data[0] & 0x1f);
	bool hold = data[0] & 0x20;
	unsigned pipelined = data[0] & 0x40 ? 2 : MOST;
	struct rig whole, cut;
	run(&whole, in, in.len, false, MOST);
	run(&cut, in, step, hold, pipelined);
	need(str_eq(buf_view(&whole.seen), buf_view(&cut.seen)), "cutting changes no request");
	need(str_eq(buf_view(&whole.sent), buf_view(&cut.sent)), "cutting changes no answer");
	rig_close(&whole);
	rig_close(&cut);
	return 0;
}
