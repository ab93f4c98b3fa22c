/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of a request's head, on top of llhttp. Each of them closes a way in which a proxy in
 * front and this server could see different requests in the same bytes: the scan admits only CR LF
 * as the end of a line, no folding and no control characters; the request line has exactly two
 * spaces; Host, Content-Length and Transfer-Encoding are there once and in one reading.
 */
#include "daemon/serve/http_internal.h"

#include <string.h>
#include <strings.h>

static bool is_plain(char c)
{
	unsigned char u = (unsigned char)c;
	return u >= 0x20 ? u != 0x7f : u == '\t';
}

static enum http_fault not_plain(char c)
{
	return c == '\n' ? HTTP_FAULT_BARE_LF : HTTP_FAULT_CONTROL;
}

static enum http_fault scan_byte(struct http_scan *s, char c)
{
	switch (s->at) {
	case HTTP_SCAN_START:
		if (c == '\r') {
			s->at = HTTP_SCAN_END_CR;
			return s->lines ? HTTP_FAULT_NONE : HTTP_FAULT_EMPTY_LINE;
		}
		if (c == ' ' || c == '\t')
			return s->lines ? HTTP_FAULT_FOLDED : HTTP_FAULT_REQUEST_LINE;
		if (s->lines > LIMIT_HEAD_FIELDS)
			return HTTP_FAULT_FIELD_COUNT;
		s->at = HTTP_SCAN_LINE;
		return is_plain(c) ? HTTP_FAULT_NONE : not_plain(c);
	case HTTP_SCAN_LINE:
		if (c != '\r')
			return not_plain(c);
		s->at = HTTP_SCAN_CR;
		return HTTP_FAULT_NONE;
	case HTTP_SCAN_CR:
	case HTTP_SCAN_END_CR:
		if (c != '\n')
			return HTTP_FAULT_LONE_CR;
		s->at = s->at == HTTP_SCAN_CR ? HTTP_SCAN_START : HTTP_SCAN_DONE;
		s->lines++;
		return HTTP_FAULT_NONE;
	case HTTP_SCAN_DONE:
		break;
	}
	return HTTP_FAULT_NONE;
}

size_t http_head_scan(struct http_scan *s, const char *p, size_t n, enum http_fault *fault)
{
	size_t room = LIMIT_HEAD_BYTES - s->bytes, i = 0;
	size_t most = n < room ? n : room;
	while (i < most && s->at != HTTP_SCAN_DONE) {
		if (s->at == HTTP_SCAN_LINE)
			while (i < most && is_plain(p[i]))
				i++;
		if (i == most)
			break;
		*fault = scan_byte(s, p[i]);
		if (*fault)
			return i;
		i++;
	}
	s->bytes += i;
	if (s->at != HTTP_SCAN_DONE && s->bytes == LIMIT_HEAD_BYTES)
		*fault = s->lines ? HTTP_FAULT_HEAD_SIZE : HTTP_FAULT_TARGET_SIZE;
	return i;
}

/* ---- the request line ---- */

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Visible ASCII without a fragment; escapes are whole, and none of them is a NUL. */
static bool target_is_clean(struct str t)
{
	for (size_t i = 0; i < t.len; i++) {
		if (t.p[i] <= 0x20 || t.p[i] >= 0x7f || t.p[i] == '#')
			return false;
		if (t.p[i] != '%')
			continue;
		if (t.len - i < 3 || hex_value(t.p[i + 1]) < 0 || hex_value(t.p[i + 2]) < 0)
			return false;
		if (t.p[i + 1] == '0' && t.p[i + 2] == '0')
			return false;
	}
	return true;
}

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

/* RFC 3986: a registered name, an IPv4 address or an IPv6 one in brackets; then perhaps a port. */
static bool host_is_valid(struct str h)
{
	size_t i = 0;
	if (h.len && h.p[0] == '[') {
		while (i < h.len && h.p[i] != ']') {
			char c = h.p[i++];
			if (c != '[' && c != ':' && c != '.' && hex_value(c) < 0)
				return false;
		}
		if (i < 3 || i == h.len)
			return false;
		i++;
	} else {
		for (; i < h.len && h.p[i] != ':'; i++)
			if (!memchr("-._~!$&'()*+,;=%", h.p[i], 16) && hex_value(h.p[i]) < 0 &&
			    !((h.p[i] | 0x20) >= 'a' && (h.p[i] | 0x20) <= 'z'))
				return false;
		if (i == 0)
			return false;
	}
	if (i == h.len)
		return true;
	struct str port = {h.p + i + 1, h.len - i - 1};
	return h.p[i] == ':' && port.len <= 5 && all_digits(port);
}

/* RFC 9112, 3.2.2: a full URL is as good as a path. Host was sent beside it and is not compared:
 * nothing here depends on either. */
static bool strip_authority(struct str *t)
{
	size_t scheme = 7;
	if (t->len > 8 && strncasecmp(t->p, "https://", 8) == 0)
		scheme = 8;
	else if (t->len <= 7 || strncasecmp(t->p, "http://", 7) != 0)
		return false;
	size_t end = scheme;
	while (end < t->len && t->p[end] != '/' && t->p[end] != '?')
		end++;
	if (!host_is_valid((struct str){t->p + scheme, end - scheme}))
		return false;
	*t = (struct str){t->p + end, t->len - end};
	return true;
}

static enum http_fault set_target(struct http_exchange *x, struct str t)
{
	struct http_request *r = &x->pub;
	if (t.len > LIMIT_TARGET_BYTES)
		return HTTP_FAULT_TARGET_SIZE;
	if (!t.len || !target_is_clean(t))
		return HTTP_FAULT_TARGET;
	if (str_eq(t, STR("*")) && r->method == HTTP_METHOD_OPTIONS) {
		r->path = t;
		return HTTP_FAULT_NONE;
	}
	if (t.p[0] != '/' && !strip_authority(&t))
		return HTTP_FAULT_TARGET;
	const char *q = t.len ? memchr(t.p, '?', t.len) : NULL;
	size_t path_len = q ? (size_t)(q - t.p) : t.len;
	r->path = path_len ? (struct str){t.p, path_len} : STR("/");
	if (q)
		r->query = (struct str){q + 1, t.len - path_len - 1};
	return HTTP_FAULT_NONE;
}

static enum http_method method_from(struct str name)
{
	static const struct {
		struct str name;
		enum http_method method;
	} known[] = {
	    {STR_INIT("GET"), HTTP_METHOD_GET},         {STR_INIT("POST"), HTTP_METHOD_POST},
	    {STR_INIT("HEAD"), HTTP_METHOD_HEAD},       {STR_INIT("PUT"), HTTP_METHOD_PUT},
	    {STR_INIT("PATCH"), HTTP_METHOD_PATCH},     {STR_INIT("DELETE"), HTTP_METHOD_DELETE},
	    {STR_INIT("OPTIONS"), HTTP_METHOD_OPTIONS},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_eq(name, known[i].name))
			return known[i].method;
	return HTTP_METHOD_OTHER;
}

static bool is_version(struct str v)
{
	return v.len == 8 && str_starts(v, STR("HTTP/")) && v.p[6] == '.' &&
	       all_digits((struct str){v.p + 5, 1}) && all_digits((struct str){v.p + 7, 1});
}

enum http_fault http_head_request_line(struct http_exchange *x)
{
	const char *p = x->head.p;
	size_t len = (size_t)((const char *)memchr(p, '\r', x->head.len) - p);
	const char *one = memchr(p, ' ', len);
	if (!one || one == p)
		return HTTP_FAULT_REQUEST_LINE;
	size_t method_len = (size_t)(one - p), left = len - method_len - 1;
	const char *two = memchr(one + 1, ' ', left);
	if (!two)
		return HTTP_FAULT_REQUEST_LINE;
	struct str target = {one + 1, (size_t)(two - one) - 1};
	struct str version = {two + 1, left - target.len - 1};
	if (!is_version(version))
		return HTTP_FAULT_REQUEST_LINE;
	if (version.p[5] != '1' || version.p[7] > '1')
		return HTTP_FAULT_VERSION;
	x->is_1_0 = version.p[7] == '0';
	x->pub.method_name = (struct str){p, method_len};
	x->pub.method = method_from(x->pub.method_name);
	if (str_eq(x->pub.method_name, STR("CONNECT")))
		return HTTP_FAULT_METHOD;
	return set_target(x, target);
}

/* ---- the fields ---- */

struct framing {
	unsigned hosts, lengths, codings, expects;
	struct str host, coding, expect;
};

static bool is_named(struct str name, const char *lower)
{
	return strncasecmp(name.p, lower, name.len) == 0;
}

/* The few fields that matter here differ in length, so most fields cost one comparison. */
static void note_field(struct framing *f, struct http_header h)
{
	if (h.name.len == 4 && is_named(h.name, "host")) {
		f->hosts++;
		f->host = h.value;
	} else if (h.name.len == 6 && is_named(h.name, "expect")) {
		f->expects++;
		f->expect = h.value;
	} else if (h.name.len == 14 && is_named(h.name, "content-length")) {
		f->lengths++;
	} else if (h.name.len == 17 && is_named(h.name, "transfer-encoding")) {
		f->codings++;
		f->coding = h.value;
	}
}

enum http_fault http_head_fields(struct http_exchange *x, bool *chunked)
{
	struct framing f = {0};
	for (size_t i = 0; i < x->n_fields; i++) {
		struct http_header h = http_header_at(&x->pub, i);
		if (!h.name.len)
			return HTTP_FAULT_FIELD;
		note_field(&f, h);
	}
	if (f.hosts > 1 || (!f.hosts && !x->is_1_0) || (f.hosts && !host_is_valid(f.host)))
		return HTTP_FAULT_HOST;
	if (f.lengths + f.codings > 1 || (f.codings && x->is_1_0))
		return HTTP_FAULT_LENGTH;
	*chunked = f.codings;
	if (f.codings && !(f.coding.len == 7 && is_named(f.coding, "chunked")))
		return HTTP_FAULT_CODING;
	if (!f.expects || x->is_1_0)
		return HTTP_FAULT_NONE;
	if (f.expects > 1 || f.expect.len != 12 || !is_named(f.expect, "100-continue"))
		return HTTP_FAULT_EXPECTATION;
	x->wants_continue = true;
	return HTTP_FAULT_NONE;
}
