/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers as bytes. An answer is written in two parts: the start (status line, Date, Connection)
 * when its turn has come, for only then is it known whether it is the connection's last; the tail
 * (the other fields and the body) when it is given.
 */
#include "daemon/serve/http_internal.h"

#include <string.h>

/* ---- the date ---- */

/* Written by hand, because strftime speaks the language of the locale. */
void http_core_date(struct http_core *core, time_t now)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm;
	if (!gmtime_r(&now, &tm))
		return;
	struct buf b = {0};
	buf_fmt(&b, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * tm.tm_wday, tm.tm_mday,
		months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
	core->date_len = b.len < sizeof(core->date) ? b.len : 0;
	memcpy(core->date, b.p, core->date_len);
	buf_release(&b);
}

/* ---- status ---- */

static struct str reason(int status)
{
	static const struct {
		int status;
		struct str text;
	} known[] = {
	    {200, STR_INIT("OK")},
	    {201, STR_INIT("Created")},
	    {202, STR_INIT("Accepted")},
	    {204, STR_INIT("No Content")},
	    {304, STR_INIT("Not Modified")},
	    {400, STR_INIT("Bad Request")},
	    {401, STR_INIT("Unauthorized")},
	    {403, STR_INIT("Forbidden")},
	    {404, STR_INIT("Not Found")},
	    {405, STR_INIT("Method Not Allowed")},
	    {406, STR_INIT("Not Acceptable")},
	    {408, STR_INIT("Request Timeout")},
	    {409, STR_INIT("Conflict")},
	    {412, STR_INIT("Precondition Failed")},
	    {413, STR_INIT("Content Too Large")},
	    {414, STR_INIT("URI Too Long")},
	    {415, STR_INIT("Unsupported Media Type")},
	    {417, STR_INIT("Expectation Failed")},
	    {422, STR_INIT("Unprocessable Content")},
	    {429, STR_INIT("Too Many Requests")},
	    {431, STR_INIT("Request Header Fields Too Large")},
	    {500, STR_INIT("Internal Server Error")},
	    {501, STR_INIT("Not Implemented")},
	    {503, STR_INIT("Service Unavailable")},
	    {505, STR_INIT("HTTP Version Not Supported")},
	    {507, STR_INIT("Insufficient Storage")},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].status == status)
			return known[i].text;
	return STR(""); /* RFC 9112: the phrase may be empty */
}

static bool has_no_body(int status)
{
	return status == 204 || status == 304;
}

void http_answer_start(struct buf *out, const struct http_exchange *x, bool last)
{
	buf_reserve(out, 256);
	buf_str(out, STR("HTTP/1.1 "));
	buf_i64(out, x->status);
	buf_char(out, ' ');
	buf_str(out, reason(x->status));
	if (x->core->date_len) {
		buf_str(out, STR("\r\nDate: "));
		buf_bytes(out, x->core->date, x->core->date_len);
	}
	if (last)
		buf_str(out, STR("\r\nConnection: close"));
	else if (x->is_1_0)
		buf_str(out, STR("\r\nConnection: keep-alive"));
	buf_str(out, STR("\r\n"));
}

void http_answer_tail(struct buf *out, const struct http_exchange *x, struct str type,
		      struct str body)
{
	buf_reserve(out, body.len + type.len + x->extra.len + 64);
	if (type.len) {
		buf_str(out, STR("Content-Type: "));
		buf_str(out, type);
		buf_str(out, STR("\r\n"));
	}
	buf_str(out, buf_view(&x->extra));
	if (has_no_body(x->status)) {
		buf_str(out, STR("\r\n"));
		return;
	}
	buf_str(out, STR("Content-Length: "));
	buf_i64(out, (int64_t)body.len);
	buf_str(out, STR("\r\n\r\n"));
	if (x->pub.method != HTTP_METHOD_HEAD)
		buf_str(out, body);
}

/* A peer of HTTP/1.0 knows no chunks: for it the body ends with the connection. */
void http_answer_stream(struct buf *out, const struct http_exchange *x, struct str type)
{
	buf_str(out, STR("Content-Type: "));
	buf_str(out, type);
	buf_str(out, STR("\r\n"));
	buf_str(out, buf_view(&x->extra));
	buf_str(out, x->is_1_0 ? STR("\r\n") : STR("Transfer-Encoding: chunked\r\n\r\n"));
}

/* ---- what handlers call ---- */

/* A value may come from a request: nothing in it may end the line. */
static void put_clean(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		buf_char(b, (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f ? ' ' : s.p[i]);
}

void http_header_add(struct http_request *r, struct str name, struct str value)
{
	struct buf *b = &((struct http_exchange *)r)->extra;
	put_clean(b, name);
	buf_str(b, STR(": "));
	put_clean(b, value);
	buf_str(b, STR("\r\n"));
}

void http_respond(struct http_request *r, int status, struct str content_type, struct str body)
{
	struct http_exchange *x = (struct http_exchange *)r;
	x->status = status;
	http_conn_answer(x, content_type, body);
}

void http_problem_with(struct http_request *r, int status, const char *slug, const char *title,
		       struct str detail, struct str members)
{
	struct buf b = {0};
	buf_str(&b, STR("{\"type\":\"/problems/"));
	buf_c(&b, slug);
	buf_str(&b, STR("\",\"title\":"));
	buf_json(&b, str_from(title));
	buf_str(&b, STR(",\"status\":"));
	buf_i64(&b, status);
	buf_str(&b, STR(",\"detail\":"));
	buf_json(&b, detail);
	if (members.len) {
		buf_char(&b, ',');
		buf_str(&b, members);
	}
	buf_char(&b, '}');
	http_respond(r, status, STR("application/problem+json"), buf_view(&b));
	buf_release(&b);
}

void http_problem(struct http_request *r, int status, const char *slug, const char *title,
		  const char *detail)
{
	http_problem_with(r, status, slug, title, str_from(detail), STR(""));
}
