/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes to one request. The head is collected whole, checked by http_head and given to llhttp in
 * one piece, so that every field is one span and a request cut into pieces cannot mean something
 * else than the same request in one. llhttp also reads chunked bodies; a body with a length is
 * copied. Chunk extensions and trailer fields have no use here, and are refused.
 */
#include "daemon/serve/http_internal.h"

#include <string.h>

/* ---- llhttp's callbacks ---- */

static int on_field(llhttp_t *parser, const char *at, size_t len)
{
	struct http_reader *rd = parser->data;
	struct http_exchange *x = rd->x;
	if (rd->phase == HTTP_READ_BODY)
		return HPE_USER; /* a trailer field */
	if (x->n_fields == LIMIT_HEAD_FIELDS)
		return HPE_USER;
	x->fields[x->n_fields++] =
	    (struct http_field){.name = (uint16_t)(at - x->head.p), .name_len = (uint16_t)len};
	return HPE_OK;
}

static int on_value(llhttp_t *parser, const char *at, size_t len)
{
	struct http_reader *rd = parser->data;
	struct http_exchange *x = rd->x;
	while (len && (at[len - 1] == ' ' || at[len - 1] == '\t'))
		len--;
	struct http_field *f = &x->fields[x->n_fields - 1];
	f->value = (uint16_t)(at - x->head.p);
	f->value_len = (uint16_t)len;
	return HPE_OK;
}

/* After the head and after the last chunk: the rest of the bytes is not for this parser. */
static int on_end(llhttp_t *parser)
{
	(void)parser;
	return HPE_PAUSED;
}

static int on_chunk_extension(llhttp_t *parser, const char *at, size_t len)
{
	(void)parser, (void)at, (void)len;
	return HPE_USER;
}

static int on_chunk(llhttp_t *parser)
{
	struct http_reader *rd = parser->data;
	if (parser->content_length <= LIMIT_BODY_BYTES - rd->x->body.len)
		return HPE_OK;
	rd->fault = HTTP_FAULT_BODY_SIZE;
	return HPE_USER;
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
	struct http_reader *rd = parser->data;
	buf_bytes(&rd->x->body, at, len);
	return HPE_OK;
}

static const llhttp_settings_t settings = {
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_headers_complete = on_end,
    .on_chunk_extension_name = on_chunk_extension,
    .on_chunk_header = on_chunk,
    .on_body = on_body,
    .on_message_complete = on_end,
};

/* ---- phases ---- */

static void set_bad(struct http_reader *rd, enum http_fault fault)
{
	if (!rd->fault)
		rd->fault = fault;
	rd->phase = HTTP_READ_BAD;
}

static void set_done(struct http_reader *rd)
{
	struct http_exchange *x = rd->x;
	if (x->body.len) {
		buf_reserve(&x->body, HTTP_BODY_PADDING);
		memset(x->body.p + x->body.len, 0, HTTP_BODY_PADDING);
		x->pub.body = buf_view(&x->body);
	}
	x->wants_continue = false;
	rd->phase = HTTP_READ_DONE;
}

static enum http_fault fault_of(enum llhttp_errno e)
{
	switch (e) {
	case HPE_INVALID_METHOD:
		return HTTP_FAULT_METHOD;
	case HPE_INVALID_URL:
		return HTTP_FAULT_TARGET;
	case HPE_INVALID_CONTENT_LENGTH:
	case HPE_UNEXPECTED_CONTENT_LENGTH:
	case HPE_INVALID_TRANSFER_ENCODING:
		return HTTP_FAULT_LENGTH;
	default: /* llhttp's enum, which grows with its versions */
		return HTTP_FAULT_FIELD;
	}
}

static enum http_fault parse_head(struct http_reader *rd)
{
	struct http_exchange *x = rd->x;
	enum http_fault fault = http_head_request_line(x);
	if (fault)
		return fault;
	llhttp_init(&rd->parser, HTTP_REQUEST, &settings);
	rd->parser.data = rd;
	enum llhttp_errno e = llhttp_execute(&rd->parser, x->head.p, x->head.len);
	if (e != HPE_PAUSED)
		return e == HPE_OK ? HTTP_FAULT_FIELD : fault_of(e);
	if (llhttp_get_error_pos(&rd->parser) != x->head.p + x->head.len)
		return HTTP_FAULT_FIELD; /* it saw another end of the head than we did */
	fault = http_head_fields(x, &rd->chunked);
	if (fault)
		return fault;
	x->keep_alive = llhttp_should_keep_alive(&rd->parser);
	rd->body_left = rd->chunked ? 0 : rd->parser.content_length;
	return rd->body_left > LIMIT_BODY_BYTES ? HTTP_FAULT_BODY_SIZE : HTTP_FAULT_NONE;
}

static void end_head(struct http_reader *rd)
{
	enum http_fault fault = parse_head(rd);
	if (fault) {
		set_bad(rd, fault);
	} else if (rd->chunked) {
		llhttp_resume(&rd->parser);
		rd->phase = HTTP_READ_BODY;
	} else if (rd->body_left) {
		/* What a peer only promises to send is not reserved beyond a usual size. */
		size_t expect = rd->body_left < 16384 ? rd->body_left : 16384;
		buf_reserve(&rd->x->body, expect + HTTP_BODY_PADDING);
		rd->phase = HTTP_READ_BODY;
	} else {
		set_done(rd);
	}
}

static size_t feed_head(struct http_reader *rd, const char *p, size_t n)
{
	enum http_fault fault = HTTP_FAULT_NONE;
	size_t used = http_head_scan(&rd->scan, p, n, &fault);
	buf_bytes(&rd->x->head, p, used);
	if (fault)
		set_bad(rd, fault);
	else if (rd->scan.at == HTTP_SCAN_DONE)
		end_head(rd);
	return used;
}

static size_t feed_length(struct http_reader *rd, const char *p, size_t n)
{
	size_t used = n < rd->body_left ? n : (size_t)rd->body_left;
	buf_bytes(&rd->x->body, p, used);
	rd->body_left -= used;
	if (!rd->body_left)
		set_done(rd);
	return used;
}

/* llhttp takes a bare line feed as the end of the last chunk; RFC 9112 does not. */
static bool ends_with_crlf(const struct http_reader *rd, const char *p, size_t used)
{
	return (used > 1 ? p[used - 2] : rd->last) == '\r';
}

static size_t feed_chunked(struct http_reader *rd, const char *p, size_t n)
{
	enum llhttp_errno e = llhttp_execute(&rd->parser, p, n);
	if (e == HPE_OK) {
		rd->last = p[n - 1];
		return n;
	}
	size_t used = (size_t)(llhttp_get_error_pos(&rd->parser) - p);
	if (e == HPE_PAUSED && ends_with_crlf(rd, p, used))
		set_done(rd);
	else
		set_bad(rd, HTTP_FAULT_CHUNK);
	return used;
}

/* One empty line before a request is let pass (RFC 9112, 2.2): returns true when this byte is of
 * it. */
static bool skip_lead(struct http_reader *rd, char c)
{
	if (rd->lead == 1) {
		if (c != '\n')
			set_bad(rd, HTTP_FAULT_LONE_CR);
		rd->lead = 2;
		return true;
	}
	if (rd->lead == 0 && c == '\r') {
		rd->lead = 1;
		return true;
	}
	return false;
}

size_t http_reader_feed(struct http_reader *rd, struct http_conn *c, const char *p, size_t n)
{
	switch (rd->phase) {
	case HTTP_READ_IDLE:
		if (skip_lead(rd, *p))
			return 1;
		rd->x = http_exchange_new(c->core, c);
		rd->scan = (struct http_scan){0};
		rd->phase = HTTP_READ_HEAD;
		return feed_head(rd, p, n);
	case HTTP_READ_HEAD:
		return feed_head(rd, p, n);
	case HTTP_READ_BODY:
		rd->x->wants_continue = false; /* the peer did not wait */
		return rd->chunked ? feed_chunked(rd, p, n) : feed_length(rd, p, n);
	case HTTP_READ_DONE:
	case HTTP_READ_BAD:
		break;
	}
	return 0;
}

struct http_exchange *http_reader_take(struct http_reader *rd)
{
	struct http_exchange *x = rd->x;
	rd->x = NULL;
	rd->phase = HTTP_READ_IDLE;
	rd->lead = 0;
	return x;
}
