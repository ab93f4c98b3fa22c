/* SPDX-License-Identifier: Apache-2.0
 *
 * What handlers use: fields, query parameters, paths, bodies, and the answers they give.
 */
#include "tests/support/http_rig.h"

static struct http_request *hold_one(struct rig *g, const char *in)
{
	rig_open(g);
	g->hold = true;
	feed_c(g, in);
	assert_int_equal(g->n_held, 1);
	return g->held[0];
}

static void finish(struct rig *g)
{
	flush(g);
	buf_char(&g->sent, 0);
	g->sent.len--;
}

static void test_headers_are_found_in_any_case_and_order(void **state)
{
	(void)state;
	struct rig g;
	struct http_request *r =
	    hold_one(&g, GET "ce-id: \t e 1 \t\r\nCe-Source:/s\r\nX:\r\nCE-ID: 2\r\n\r\n");
	struct str v = {0};
	assert_int_equal(http_header_find(r, STR("CE-id"), &v), 2);
	assert_true(str_eq(v, STR("e 1")));
	assert_int_equal(http_header_find(r, STR("x"), &v), 1);
	assert_int_equal(v.len, 0);
	v = STR("same");
	assert_int_equal(http_header_find(r, STR("absent"), &v), 0);
	assert_true(str_eq(v, STR("same")));
	assert_int_equal(http_header_count(r), 5);
	assert_true(str_eq(http_header_at(r, 2).name, STR("Ce-Source")));
	assert_true(str_eq(http_header_at(r, 2).value, STR("/s")));
	reply(r);
	rig_close(&g);
}

static void test_query_parameters_are_decoded(void **state)
{
	(void)state;
	struct rig g;
	struct http_request *r =
	    hold_one(&g, "GET /x?a=1&&b=x%20y+z%26&c&=d&a=2&e=1=2 HTTP/1.1\r\n" HOST "\r\n");
	static const char *const expect[][2] = {{"a", "1"}, {"b", "x y z&"}, {"c", ""},
						{"", "d"},  {"a", "2"},      {"e", "1=2"}};
	struct str name, value;
	size_t at = 0;
	for (size_t i = 0; i < 6; i++) {
		assert_true(http_query_next(r, &at, &name, &value));
		assert_true(str_eq(name, str_from(expect[i][0])));
		assert_true(str_eq(value, str_from(expect[i][1])));
	}
	assert_false(http_query_next(r, &at, &name, &value));
	assert_true(http_query_find(r, STR("a"), &value));
	assert_true(str_eq(value, STR("1")));
	assert_false(http_query_find(r, STR("z"), &value));
	reply(r);
	rig_close(&g);
}

static void test_paths_are_split_and_decoded(void **state)
{
	(void)state;
	static const struct {
		const char *target;
		size_t n;
		const char *parts[4];
	} cases[] = {
	    {"/", 0, {0}},
	    {"/v1", 1, {"v1"}},
	    {"/v1/", 2, {"v1", ""}},
	    {"//", 2, {"", ""}},
	    {"/v1/cases/S%2F1+2", 3, {"v1", "cases", "S/1+2"}},
	    {"/a//b", 3, {"a", "", "b"}},
	    {"/a/b/c/d/e", 5, {"a", "b", "c", "d"}},
	    {"http://h?q", 0, {0}},
	    {"http://h/p?q", 1, {"p"}},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf in = {0};
		buf_fmt(&in, "GET %s HTTP/1.1\r\n" HOST "\r\n%c", cases[i].target, 0);
		struct rig g;
		struct http_request *r = hold_one(&g, in.p);
		struct str parts[4];
		assert_int_equal(http_path_split(r, parts, 4), cases[i].n);
		for (size_t k = 0; k < cases[i].n && k < 4; k++)
			assert_true(str_eq(parts[k], str_from(cases[i].parts[k])));
		reply(r);
		rig_close(&g);
		buf_release(&in);
	}
}

static void test_body_has_readable_bytes_behind_it(void **state)
{
	(void)state;
	struct rig g;
	struct http_request *r = hold_one(&g, CHUNKED "3\r\nabc\r\n0\r\n\r\n");
	char copy[3 + HTTP_BODY_PADDING];
	memcpy(copy, r->body.p, sizeof(copy));
	assert_memory_equal(copy, "abc\0\0", 5);
	reply(r);
	rig_close(&g);
}

static void test_head_is_answered_without_a_body(void **state)
{
	(void)state;
	struct rig g;
	struct http_request *r = hold_one(&g, "HEAD /x HTTP/1.1\r\n" HOST "\r\n");
	http_respond(r, 200, STR("text/plain"), STR("hello"));
	finish(&g);
	assert_non_null(strstr(g.sent.p, "Content-Length: 5\r\n"));
	assert_string_equal(g.sent.p + g.sent.len - 4, "\r\n\r\n");
	rig_close(&g);
}

static void test_204_has_neither_body_nor_length(void **state)
{
	(void)state;
	struct rig g;
	struct http_request *r = hold_one(&g, GET "\r\n");
	http_respond(r, 204, STR(""), STR(""));
	finish(&g);
	assert_string_equal(g.sent.p, "HTTP/1.1 204 No Content\r\n"
				      "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n");
	rig_close(&g);
}

static void test_added_fields_cannot_end_their_line(void **state)
{
	(void)state;
	struct rig g;
	struct http_request *r = hold_one(&g, GET "\r\n");
	http_header_add(r, STR("X-From"), STR("a\r\nSet-Cookie: b\0c"));
	http_respond(r, 200, STR("text/plain"), STR("ok"));
	finish(&g);
	assert_non_null(strstr(g.sent.p, "\r\nX-From: a  Set-Cookie: b c\r\n"));
	rig_close(&g);
}

static void test_problem_is_rfc_9457(void **state)
{
	(void)state;
	struct rig g;
	struct http_request *r = hold_one(&g, GET "\r\n");
	http_problem_with(r, 422, "event-invalid", "Event invalid", STR("field \"age\" is wrong"),
			  STR("\"errors\":[1]"));
	finish(&g);
	assert_non_null(strstr(g.sent.p, "HTTP/1.1 422 Unprocessable Content\r\n"));
	assert_non_null(strstr(g.sent.p, "Content-Type: application/problem+json\r\n"));
	assert_string_equal(strstr(g.sent.p, "\r\n\r\n") + 4,
			    "{\"type\":\"/problems/event-invalid\",\"title\":\"Event invalid\","
			    "\"status\":422,\"detail\":\"field \\\"age\\\" is wrong\","
			    "\"errors\":[1]}");
	rig_close(&g);
}

static void test_counters_count(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	struct str in = STR(GET "\r\n" GET "X\r\n\r\n");
	feed(&g, in);
	const struct http_counters *n = &g.core.counters;
	assert_int_equal(n->requests, 1);
	assert_int_equal(n->responses[2], 1);
	assert_int_equal(n->responses[4], 1);
	assert_int_equal(n->framing_errors, 1);
	assert_int_equal(n->in_flight, 0);
	assert_int_equal(n->bytes_in, in.len);
	assert_int_equal(n->bytes_out, g.sent.len);
	rig_close(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_headers_are_found_in_any_case_and_order),
	    cmocka_unit_test(test_query_parameters_are_decoded),
	    cmocka_unit_test(test_paths_are_split_and_decoded),
	    cmocka_unit_test(test_body_has_readable_bytes_behind_it),
	    cmocka_unit_test(test_head_is_answered_without_a_body),
	    cmocka_unit_test(test_204_has_neither_body_nor_length),
	    cmocka_unit_test(test_added_fields_cannot_end_their_line),
	    cmocka_unit_test(test_problem_is_rfc_9457),
	    cmocka_unit_test(test_counters_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
