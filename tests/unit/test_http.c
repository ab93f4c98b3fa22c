/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP protocol as functions over bytes: requests in, answers out, no sockets. What handlers
 * use is in test_http_request.c, what needs sockets in test_http_server.c.
 */
#include "tests/support/http_rig.h"

/* ---- what is accepted and what is refused ---- */

#define V(text) STR_INIT(text)

static const struct {
	struct str in;
	const char *expect; /* statuses; the connection must have ended when the last is an error */
} vectors[] = {
    /* fine */
    {V(GET "\r\n"), "200"},
    {V("\r\n" GET "\r\n"), "200"},
    {V(GET "\r\n\r\n" GET "\r\n"), "200 200"},
    {V("GET http://b.example/y?z HTTP/1.1\r\n" HOST "\r\n"), "200"},
    {V("GET https://b.example HTTP/1.1\r\n" HOST "\r\n"), "200"},
    {V("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), "200"},
    {V("GET /x HTTP/1.1\r\nhOsT:a\r\n\r\n"), "200"},
    {V("GET /x HTTP/1.1\r\nHost: [::1]:8420\r\n\r\n"), "200"},
    {V("GET /x HTTP/1.1\r\nHost: a.b-c:65535\r\n\r\n"), "200"},
    {V("GET /x HTTP/1.0\r\n\r\n"), "200"},
    {V(GET "X-Empty:\r\nX-Space: \t \r\nX-Tab: a\tb\r\nX-High: \xc3\xa9\r\n\r\n"), "200"},
    {V(GET "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n" GET "\r\n"), "200 200"},
    {V(POST "Content-Length: 0\r\n\r\n" GET "\r\n"), "200 200"},
    {V(POST "Content-Length: 3\r\n\r\nabc" GET "\r\n"), "200 200"},
    {V(POST "Content-Length: 003\r\n\r\nabc" GET "\r\n"), "200 200"},
    {V(POST "Content-Length: 2 \r\n\r\n\r\n" GET "\r\n"), "200 200"},
    {V(CHUNKED "3\r\nabc\r\n0\r\n\r\n" GET "\r\n"), "200 200"},
    {V(CHUNKED "1\r\n\n\r\n00A\r\n0123456789\r\n000\r\n\r\n" GET "\r\n"), "200 200"},
    {V(POST "transfer-encoding: CHUNKED\r\n\r\n0\r\n\r\n"), "200"},
    {V(POST "Connection: upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "1\r\na\r\n0\r\n\r\n" GET "\r\n"),
     "200 200"},
    {V("DELETE /%41/%c3%a9?a=%20 HTTP/1.1\r\n" HOST "\r\n"), "200"},
    {V("PURGE /x HTTP/1.1\r\n" HOST "\r\n"), "200"}, /* the handler judges methods */
    /* the length of the body */
    {V(POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400"},
    {V(POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"), "400"},
    {V(POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), "400"},
    {V(POST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"), "400"},
    {V(POST "Content-Length: 3, 3\r\n\r\nabc"), "400"},
    {V(POST "Content-Length: 3 3\r\n\r\nabc"), "400"},
    {V(POST "Content-Length: -1\r\n\r\n"), "400"},
    {V(POST "Content-Length: +3\r\n\r\nabc"), "400"},
    {V(POST "Content-Length: 0x3\r\n\r\nabc"), "400"},
    {V(POST "Content-Length: 3.0\r\n\r\nabc"), "400"},
    {V(POST "Content-Length:\r\n\r\n"), "400"},
    {V(POST "Content-Length : 3\r\n\r\nabc"), "400"},
    {V(POST " Content-Length: 3\r\n\r\nabc"), "400"},
    {V(POST "Content-Length: 99999999999999999999999\r\n\r\n"), "400"},
    {V(POST "Content-Length: 18446744073709551617\r\n\r\n"), "400"},
    {V(POST "Content-Length: 18446744073709551615\r\n\r\n"), "413"},
    {V(POST "Transfer-Encoding: gzip\r\n\r\n"), "501"},
    {V(POST "Transfer-Encoding: identity\r\n\r\n"), "501"},
    {V(POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), "501"},
    {V(POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"), "400 or 501"},
    {V(POST "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"), "400 or 501"},
    {V(POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), "501"},
    {V(POST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"), "501"},
    {V(POST "Transfer-Encoding:\r\n\r\n0\r\n\r\n"), "501"},
    {V(POST "Transfer-Encoding: \x0b"
	    "chunked\r\n\r\n0\r\n\r\n"),
     "400"},
    {V(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400"},
    {V(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n"), "400"},
    {V("POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400"},
    {V(POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"), "400"},
    {V(POST "Transfer-Encoding\r\n : chunked\r\n\r\n0\r\n\r\n"), "400"},
    /* chunks */
    {V(CHUNKED "3\nabc\r\n0\r\n\r\n"), "400"},
    {V(CHUNKED "3\r\nabc\n0\r\n\r\n"), "400"},
    {V(CHUNKED "3\r\nabc0\r\n\r\n"), "400"},
    {V(CHUNKED "3\r\nabcd\r\n0\r\n\r\n"), "400"},
    {V(CHUNKED "3\r\nabc\r\n0\n\r\n"), "400"},
    {V(CHUNKED "3\r\nabc\r\n0\r\n\n" GET "\r\n"), "400"},
    {V(CHUNKED "3\r\nabc\r\n0\r\n\rX"), "400"},
    {V(CHUNKED "3\rabc\r\n0\r\n\r\n"), "400"},
    {V(CHUNKED "0x3\r\nabc\r\n0\r\n\r\n"), "400"},
    {V(CHUNKED "+3\r\nabc\r\n0\r\n\r\n"), "400"},
    {V(CHUNKED "-3\r\nabc\r\n0\r\n\r\n"), "400"},
    {V(CHUNKED " 3\r\nabc\r\n0\r\n\r\n"), "400"},
    {V(CHUNKED "3 \r\nabc\r\n0\r\n\r\n"), "400"},
    {V(CHUNKED "\r\nabc\r\n0\r\n\r\n"), "400"},
    {V(CHUNKED "g\r\nabc\r\n0\r\n\r\n"), "400"},
    {V(CHUNKED "3;a=b\r\nabc\r\n0\r\n\r\n"), "400"},
    {V(CHUNKED "3;\r\nabc\r\n0\r\n\r\n"), "400"},
    {V(CHUNKED "3;a\nabc\r\n0\r\n\r\n"), "400"},
    {V(CHUNKED "0\r\nTrailer: x\r\n\r\n"), "400"},
    {V(CHUNKED "0\r\nContent-Length: 5\r\n\r\n"), "400"},
    {V(CHUNKED "fffffffffffffffff\r\n"), "400"},
    {V(CHUNKED "ffffffffffffffff\r\n"), "413"},
    {V(CHUNKED "100001\r\n"), "413"},
    /* Host */
    {V("GET /x HTTP/1.1\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost:\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: a b\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: a,b\r\n\r\n"), "200"}, /* a sub-delimiter: RFC 3986 allows it */
    {V("GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: u@a\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: a:b\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: a:1:2\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: a:123456\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: :80\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: [::1\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: [::1]x\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: []\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost : a\r\n\r\n"), "400"},
    /* lines and characters */
    {V("GET /x HTTP/1.1\nHost: a\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: a\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: a\r\n\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: a\r\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: a\rb: c\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\nHost: a\r\n\rX"), "400"},
    {V(GET "X: a\r\n b\r\n\r\n"), "400"},
    {V(GET "X: a\r\n\tb\r\n\r\n"), "400"},
    {V("GET /x HTTP/1.1\r\n Host: a\r\n\r\n"), "400"},
    {V(GET "X: a\0b\r\n\r\n"), "400"},
    {V(GET "X\0: a\r\n\r\n"), "400"},
    {V(GET "X: a\x7f\r\n\r\n"), "400"},
    {V(GET "X: a\x01\r\n\r\n"), "400"},
    {V(GET "X y: a\r\n\r\n"), "400"},
    {V(GET "X: a\r\nNo colon\r\n\r\n"), "400"},
    {V(GET ": a\r\n\r\n"), "400"},
    {V(GET "(X): a\r\n\r\n"), "400"},
    {V(GET "X\xc3\xa9: a\r\n\r\n"), "400"},
    {V("\r\n\r\n" GET "\r\n"), "400"},
    {V("\n" GET "\r\n"), "400"},
    {V("\rX"), "400"},
    {V(" " GET "\r\n"), "400"},
    {V("\x16\x03\x01\x02"), "400"}, /* TLS to a plain port */
    /* the request line */
    {V("GET  /x HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET /x  HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET /x HTTP/1.1 \r\n" HOST "\r\n"), "400"},
    {V("GET\t/x HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET /x\tHTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET /x y HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET /x\r\n" HOST "\r\n"), "400"},
    {V("GET\r\n" HOST "\r\n"), "400"},
    {V("GET /x http/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET /x HTTP/1.10\r\n" HOST "\r\n"), "400"},
    {V("GET /x HTTP/11\r\n" HOST "\r\n"), "400"},
    {V("GET /x RTSP/1.0\r\n" HOST "\r\n"), "400"},
    {V("GET /x HTTP/1.2\r\n" HOST "\r\n"), "505"},
    {V("GET /x HTTP/0.9\r\n" HOST "\r\n"), "505"},
    {V("GET /x HTTP/2.0\r\n" HOST "\r\n"), "505"},
    {V("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "505"},
    {V("GET x HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET * HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET /x#y HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET /x%2 HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET /x%zz HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET /x%00 HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET /x?%00 HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET ftp://a/x HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET http:///x HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("GET http://u@a/x HTTP/1.1\r\n" HOST "\r\n"), "400"},
    {V("CONNECT a:80 HTTP/1.1\r\n" HOST "\r\n"), "501"},
    {V("BREW /x HTTP/1.1\r\n" HOST "\r\n"), "501"},
    {V("get /x HTTP/1.1\r\n" HOST "\r\n"), "501"},
    {V(POST "Expect: a-miracle\r\nContent-Length: 3\r\n\r\nabc"), "417"},
    /* what follows an error is not a request */
    {V(GET "\r\n" POST "Content-Length: x\r\n\r\n" GET "\r\n"), "200 400"},
};

static bool matches(const char *got, const char *expect)
{
	const char *other = strstr(expect, " or ");
	if (!other)
		return strcmp(got, expect) == 0;
	return strncmp(got, expect, (size_t)(other - expect)) == 0 || strcmp(got, other + 4) == 0;
}

static void test_vectors_get_the_expected_statuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct rig g;
		rig_open(&g);
		feed(&g, vectors[i].in);
		const char *got = statuses(&g);
		if (!matches(got, vectors[i].expect))
			fail_msg("%zu: '" STR_FMT "' got %s, not %s", i, STR_ARG(vectors[i].in),
				 got, vectors[i].expect);
		bool error = got[strlen(got) - 3] >= '4';
		assert_int_equal(error, sent_has(&g, "application/problem+json"));
		assert_int_equal(error, g.core.counters.framing_errors);
		if (error) {
			assert_true(sent_has(&g, "Connection: close\r\n"));
			assert_true(http_conn_is_done(&g.conn));
		}
		rig_close(&g);
	}
}

static void test_a_cut_request_means_the_same_at_every_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct rig whole;
		rig_open(&whole);
		feed(&whole, vectors[i].in);
		for (size_t cut = 0; cut <= vectors[i].in.len; cut++) {
			struct rig g;
			rig_open(&g);
			feed(&g, (struct str){vectors[i].in.p, cut});
			feed(&g, (struct str){vectors[i].in.p + cut, vectors[i].in.len - cut});
			if (!str_eq(buf_view(&whole.sent), buf_view(&g.sent)))
				fail_msg("vector %zu cut at %zu: " STR_FMT, i, cut,
					 STR_ARG(buf_view(&g.sent)));
			rig_close(&g);
		}
		rig_close(&whole);
	}
}

static void test_single_bytes_mean_the_same(void **state)
{
	(void)state;
	struct str in = STR(GET "\r\n" CHUNKED "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n" POST
				"Content-Length: 4\r\n\r\nefgh" GET "\r\n");
	struct rig g;
	rig_open(&g);
	for (size_t i = 0; i < in.len; i++)
		feed(&g, (struct str){in.p + i, 1});
	assert_string_equal(statuses(&g), "200 200 200 200");
	assert_true(sent_has(&g, "POST /x ?  : abcd"));
	assert_true(sent_has(&g, "POST /x ?  : efgh"));
	rig_close(&g);
}

/* ---- limits ---- */

static struct buf head_of(size_t bytes)
{
	struct buf b = {0};
	buf_c(&b, GET "X: ");
	buf_pad(&b, 'a', bytes - b.len - 4);
	buf_c(&b, "\r\n\r\n");
	return b;
}

static void expect_status(struct buf in, const char *expect)
{
	struct rig g;
	rig_open(&g);
	feed(&g, buf_view(&in));
	assert_string_equal(statuses(&g), expect);
	rig_close(&g);
	buf_release(&in);
}

static void test_head_bytes_at_the_limit_and_one_past(void **state)
{
	(void)state;
	expect_status(head_of(LIMIT_HEAD_BYTES), "200");
	expect_status(head_of(LIMIT_HEAD_BYTES + 1), "431");
}

static struct buf fields_of(size_t n)
{
	struct buf b = {0};
	buf_c(&b, GET);
	for (size_t i = 1; i < n; i++)
		buf_fmt(&b, "X%zu: a\r\n", i);
	buf_c(&b, "\r\n");
	return b;
}

static void test_head_fields_at_the_limit_and_one_past(void **state)
{
	(void)state;
	expect_status(fields_of(LIMIT_HEAD_FIELDS), "200");
	expect_status(fields_of(LIMIT_HEAD_FIELDS + 1), "431");
}

static struct buf target_of(size_t n)
{
	struct buf b = {0};
	buf_c(&b, "GET /");
	buf_pad(&b, 'a', n - 1);
	buf_c(&b, " HTTP/1.1\r\n" HOST "\r\n");
	return b;
}

static void test_target_bytes_at_the_limit_and_one_past(void **state)
{
	(void)state;
	expect_status(target_of(LIMIT_TARGET_BYTES), "200");
	expect_status(target_of(LIMIT_TARGET_BYTES + 1), "414");
	expect_status(target_of(LIMIT_HEAD_BYTES + 1), "414");
}

static struct buf body_of(size_t n, size_t chunk)
{
	struct buf b = {0};
	if (!chunk) {
		buf_fmt(&b, POST "Content-Length: %zu\r\n\r\n", n);
		buf_pad(&b, 'a', n);
		return b;
	}
	buf_c(&b, CHUNKED);
	for (size_t left = n; left;) {
		size_t now = left < chunk ? left : chunk;
		buf_fmt(&b, "%zx\r\n", now);
		buf_pad(&b, 'a', now);
		buf_c(&b, "\r\n");
		left -= now;
	}
	buf_c(&b, "0\r\n\r\n");
	return b;
}

static void test_body_bytes_at_the_limit_and_one_past(void **state)
{
	(void)state;
	expect_status(body_of(LIMIT_BODY_BYTES, 0), "200");
	expect_status(body_of(LIMIT_BODY_BYTES + 1, 0), "413");
	expect_status(body_of(LIMIT_BODY_BYTES, 4096), "200");
	expect_status(body_of(LIMIT_BODY_BYTES + 1, 4096), "413");
	expect_status(body_of(LIMIT_BODY_BYTES, LIMIT_BODY_BYTES), "200");
}

/* ---- order ---- */

static void hold_three(struct rig *g)
{
	rig_open(g);
	g->hold = true;
	feed_c(g, "GET /1 HTTP/1.1\r\n" HOST "\r\nGET /2 HTTP/1.1\r\n" HOST
		  "\r\nGET /3 HTTP/1.1\r\n" HOST "\r\n");
	assert_int_equal(g->n_held, 3);
}

static void test_answers_go_out_in_the_order_of_requests(void **state)
{
	(void)state;
	static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
					{1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	for (size_t i = 0; i < 6; i++) {
		struct rig g;
		hold_three(&g);
		for (size_t k = 0; k < 3; k++)
			reply(g.held[orders[i][k]]);
		flush(&g);
		assert_string_equal(statuses(&g), "200 200 200");
		const char *one = strstr(g.sent.p, "GET /1"), *two = strstr(g.sent.p, "GET /2"),
			   *three = strstr(g.sent.p, "GET /3");
		assert_true(one && two && three && one < two && two < three);
		rig_close(&g);
	}
}

static void test_nothing_goes_out_before_its_predecessor(void **state)
{
	(void)state;
	struct rig g;
	hold_three(&g);
	reply(g.held[1]);
	reply(g.held[2]);
	flush(&g);
	assert_int_equal(g.sent.len, 0);
	reply(g.held[0]);
	flush(&g);
	assert_string_equal(statuses(&g), "200 200 200");
	rig_close(&g);
}

static void test_a_refusal_waits_for_earlier_answers(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	feed_c(&g, GET "\r\nGET /x HTTP/3.0\r\n\r\n");
	assert_int_equal(g.sent.len, 0);
	assert_false(http_conn_is_done(&g.conn));
	reply(g.held[0]);
	flush(&g);
	assert_string_equal(statuses(&g), "200 505");
	assert_true(http_conn_is_done(&g.conn));
	rig_close(&g);
}

static void test_requests_beyond_max_pipelined_wait(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	g.core.config.max_pipelined = 2;
	feed_c(&g, GET "\r\n" GET "\r\n" GET "\r\n" GET "\r\n" GET "\r\n");
	assert_int_equal(g.n_held, 2);
	assert_false(http_conn_wants_read(&g.conn));
	for (size_t i = 0; i < 5; i++) {
		reply(g.held[i]);
		flush(&g);
	}
	assert_int_equal(g.handled, 5);
	assert_string_equal(statuses(&g), "200 200 200 200 200");
	assert_true(http_conn_wants_read(&g.conn));
	rig_close(&g);
}

static void test_a_peer_that_does_not_read_is_not_read(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.core.config.output_high_bytes = 200;
	struct str in = STR(GET "\r\n" GET "\r\n" GET "\r\n" GET "\r\n");
	http_conn_feed(&g.conn, in.p, in.len);
	assert_int_equal(g.handled, 2); /* an answer has more than 100 bytes */
	assert_false(http_conn_wants_read(&g.conn));
	flush(&g);
	assert_int_equal(g.handled, 4);
	assert_true(http_conn_wants_read(&g.conn));
	rig_close(&g);
}

/* ---- the life of a connection ---- */

static const struct {
	const char *in;
	bool stays;
	const char *connection;
} persistence[] = {
    {GET "\r\n", true, NULL},
    {GET "Connection: keep-alive\r\n\r\n", true, NULL},
    {GET "Connection: close\r\n\r\n", false, "Connection: close\r\n"},
    {GET "Connection: foo, CLOSE\r\n\r\n", false, "Connection: close\r\n"},
    {"GET /x HTTP/1.0\r\n\r\n", false, "Connection: close\r\n"},
    {"GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true, "Connection: keep-alive\r\n"},
};

static void test_persistence_follows_version_and_connection(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(persistence) / sizeof(persistence[0]); i++) {
		struct rig g;
		rig_open(&g);
		feed_c(&g, persistence[i].in);
		assert_string_equal(statuses(&g), "200");
		assert_int_equal(http_conn_wants_read(&g.conn), persistence[i].stays);
		assert_int_equal(http_conn_is_done(&g.conn), !persistence[i].stays);
		if (persistence[i].connection)
			assert_true(sent_has(&g, persistence[i].connection));
		else
			assert_false(sent_has(&g, "Connection:"));
		rig_close(&g);
	}
}

static void test_requests_after_close_are_not_served(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	feed_c(&g, GET "Connection: close\r\n\r\n" GET "\r\n");
	assert_int_equal(g.handled, 1);
	assert_string_equal(statuses(&g), "200");
	rig_close(&g);
}

static void test_a_request_survives_its_connection(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	feed_c(&g, POST "Content-Length: 4\r\n\r\nbody" GET "\r\n" GET "\r\n");
	reply(g.held[1]); /* waits for its turn, which never comes */
	http_conn_release(&g.conn);
	http_conn_init(&g.conn, &g.core);
	assert_true(str_eq(g.held[0]->body, STR("body")));
	assert_int_equal(g.core.counters.in_flight, 2);
	reply(g.held[0]);
	reply(g.held[2]);
	assert_int_equal(g.core.counters.in_flight, 0);
	assert_int_equal(g.core.counters.dropped, 3);
	rig_close(&g);
}

static void test_end_of_sending_is_not_the_end_of_answers(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	feed_c(&g, GET "\r\nGET /half");
	http_conn_eof(&g.conn);
	assert_false(http_conn_is_done(&g.conn));
	reply(g.held[0]);
	flush(&g);
	assert_string_equal(statuses(&g), "200");
	assert_true(http_conn_is_done(&g.conn));
	rig_close(&g);
}

static void test_slow_requests_get_408(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		int64_t after_ms;
		const char *expect;
		bool close;
	} cases[] = {
	    {"GET /x HT", 10000, "", false},
	    {"GET /x HT", 10001, "408", false},
	    {POST "Content-Length: 4\r\n\r\nbo", 30000, "", false},
	    {POST "Content-Length: 4\r\n\r\nbo", 30001, "408", false},
	    {CHUNKED "4\r\nbo", 30001, "408", false},
	    {GET "\r\n", 75000, "200", false},
	    {GET "\r\n", 75001, "200", true},
	    {"\r\n", 75001, "", true},
	    {"", 75001, "", true},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig g;
		rig_open(&g);
		feed_c(&g, cases[i].in);
		g.core.now_ms += cases[i].after_ms;
		assert_int_equal(http_conn_expire(&g.conn), cases[i].close);
		flush(&g);
		assert_string_equal(statuses(&g), cases[i].expect);
		rig_close(&g);
	}
}

static void test_a_waiting_handler_is_not_a_slow_peer(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	feed_c(&g, GET "\r\n");
	g.core.now_ms += 1000000;
	assert_false(http_conn_expire(&g.conn));
	reply(g.held[0]);
	assert_false(http_conn_expire(&g.conn)); /* the output is new */
	g.core.now_ms += 30001;
	assert_true(http_conn_expire(&g.conn)); /* and nobody took it */
	rig_close(&g);
}

static void test_drain_serves_what_was_read(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	g.core.config.max_pipelined = 1;
	feed_c(&g, GET "\r\n" GET "\r\nGET /half HTTP/1.1\r\n");
	g.core.draining = true;
	assert_int_equal(g.n_held, 1);
	reply(g.held[0]);
	flush(&g);
	assert_int_equal(g.n_held, 2);
	reply(g.held[1]);
	flush(&g);
	assert_false(http_conn_is_done(&g.conn)); /* a request has begun */
	assert_true(http_conn_wants_read(&g.conn));
	assert_false(sent_has(&g, "Connection: close"));
	feed_c(&g, HOST "\r\n");
	reply(g.held[2]);
	flush(&g);
	assert_string_equal(statuses(&g), "200 200 200");
	assert_true(sent_has(&g, "Connection: close"));
	assert_true(http_conn_is_done(&g.conn));
	rig_close(&g);
}

static void test_drain_takes_no_new_requests(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	feed_c(&g, GET "\r\n");
	g.core.draining = true;
	assert_false(http_conn_wants_read(&g.conn));
	reply(g.held[0]);
	flush(&g);
	assert_true(sent_has(&g, "Connection: close\r\n"));
	assert_true(http_conn_is_done(&g.conn));
	rig_close(&g);
}

/* ---- Expect ---- */

#define EXPECT POST "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"

static void test_continue_is_sent_when_the_body_is_waited_for(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	feed_c(&g, EXPECT);
	assert_string_equal(statuses(&g), "100");
	feed_c(&g, "abc");
	assert_string_equal(statuses(&g), "100 200");
	feed_c(&g, EXPECT "abc"); /* it did not wait */
	assert_string_equal(statuses(&g), "100 200 200");
	rig_close(&g);
}

static void test_continue_waits_for_earlier_answers(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	feed_c(&g, GET "\r\n" EXPECT);
	assert_int_equal(g.sent.len, 0);
	reply(g.held[0]);
	flush(&g);
	assert_string_equal(statuses(&g), "200 100");
	rig_close(&g);
}

static void test_continue_is_not_sent_for_a_refusal_or_to_1_0(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	feed_c(&g, POST "Expect: 100-continue\r\nContent-Length: 1048577\r\n\r\n");
	assert_string_equal(statuses(&g), "413");
	rig_close(&g);
	rig_open(&g);
	feed_c(&g, "POST /x HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
	assert_int_equal(g.sent.len, 0);
	feed_c(&g, "a");
	assert_string_equal(statuses(&g), "200");
	rig_close(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors_get_the_expected_statuses),
	    cmocka_unit_test(test_a_cut_request_means_the_same_at_every_byte),
	    cmocka_unit_test(test_single_bytes_mean_the_same),
	    cmocka_unit_test(test_head_bytes_at_the_limit_and_one_past),
	    cmocka_unit_test(test_head_fields_at_the_limit_and_one_past),
	    cmocka_unit_test(test_target_bytes_at_the_limit_and_one_past),
	    cmocka_unit_test(test_body_bytes_at_the_limit_and_one_past),
	    cmocka_unit_test(test_answers_go_out_in_the_order_of_requests),
	    cmocka_unit_test(test_nothing_goes_out_before_its_predecessor),
	    cmocka_unit_test(test_a_refusal_waits_for_earlier_answers),
	    cmocka_unit_test(test_requests_beyond_max_pipelined_wait),
	    cmocka_unit_test(test_a_peer_that_does_not_read_is_not_read),
	    cmocka_unit_test(test_persistence_follows_version_and_connection),
	    cmocka_unit_test(test_requests_after_close_are_not_served),
	    cmocka_unit_test(test_a_request_survives_its_connection),
	    cmocka_unit_test(test_end_of_sending_is_not_the_end_of_answers),
	    cmocka_unit_test(test_slow_requests_get_408),
	    cmocka_unit_test(test_a_waiting_handler_is_not_a_slow_peer),
	    cmocka_unit_test(test_drain_serves_what_was_read),
	    cmocka_unit_test(test_drain_takes_no_new_requests),
	    cmocka_unit_test(test_continue_is_sent_when_the_body_is_waited_for),
	    cmocka_unit_test(test_continue_waits_for_earlier_answers),
	    cmocka_unit_test(test_continue_is_not_sent_for_a_refusal_or_to_1_0),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
