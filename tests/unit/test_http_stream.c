/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers that go on: their place among other answers, their bounds, their end on either side. And
 * what a connection keeps for a peer that reads little.
 */
#include "tests/support/http_rig.h"

static unsigned rooms, gones;

static void on_room(struct http_request *r)
{
	(void)r;
	rooms++;
}

static void on_gone(struct http_request *r)
{
	gones++;
	http_stream_end(r);
}

static const struct http_stream_events EVENTS = {on_room, on_gone};

static void rig_hold(struct rig *g, const char *requests)
{
	rig_open(g);
	g->hold = true;
	feed_c(g, requests);
	rooms = gones = 0;
}

static void begin(struct rig *g, size_t i)
{
	http_stream_begin(g->held[i], STR("text/event-stream"), &EVENTS);
	flush(g);
	http_conn_room(&g->conn);
}

static void write_piece(struct rig *g, size_t i, const char *piece)
{
	assert_true(http_stream_room(g->held[i]) > 0);
	http_stream_write(g->held[i], str_from(piece));
}

static void test_pieces_are_chunks(void **state)
{
	(void)state;
	struct rig g;
	rig_hold(&g, GET "\r\n");
	begin(&g, 0);
	assert_int_equal(rooms, 1);
	write_piece(&g, 0, "hello");
	write_piece(&g, 0, "");
	write_piece(&g, 0, "0123456789abcdef");
	flush(&g);
	assert_true(sent_has(
	    &g, "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n10\r\n0123456789abcdef\r\n"));
	assert_false(sent_has(&g, "Content-Length"));
	assert_false(http_conn_is_done(&g.conn));
	http_stream_end(g.held[0]);
	flush(&g);
	assert_true(sent_has(&g, "cdef\r\n0\r\n\r\n"));
	assert_int_equal(g.core.counters.in_flight, 0);
	assert_true(http_conn_wants_read(&g.conn)); /* the connection stays */
	g.hold = false;
	feed_c(&g, GET "\r\n");
	assert_true(sent_has(&g, "0\r\n\r\nHTTP/1.1 200 OK"));
	rig_close(&g);
}

static void test_a_peer_of_1_0_gets_no_chunks(void **state)
{
	(void)state;
	struct rig g;
	rig_hold(&g, "GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	begin(&g, 0);
	write_piece(&g, 0, "hello");
	http_stream_end(g.held[0]);
	flush(&g);
	assert_true(sent_has(&g, "Connection: close\r\n"));
	assert_true(sent_has(&g, "\r\n\r\nhello"));
	assert_int_equal(g.sent.p[g.sent.len - 1], 'o');
	assert_true(http_conn_is_done(&g.conn));
	rig_close(&g);
}

static void test_it_waits_for_its_turn(void **state)
{
	(void)state;
	struct rig g;
	rig_hold(&g, GET "\r\n" GET "\r\n" GET "\r\n" GET "\r\n");
	begin(&g, 1);
	begin(&g, 2);
	assert_int_equal(http_stream_room(g.held[1]), 0);
	assert_int_equal(g.sent.len, 0);
	http_stream_end(g.held[2]); /* over before it began */
	reply(g.held[3]);
	assert_int_equal(rooms, 0);
	reply(g.held[0]);
	flush(&g);
	http_conn_room(&g.conn);
	assert_int_equal(rooms, 1);
	write_piece(&g, 1, "mine");
	flush(&g);
	assert_false(sent_has(&g, "0\r\n\r\n"));
	http_stream_end(g.held[1]);
	flush(&g);
	assert_true(sent_has(&g, "4\r\nmine\r\n0\r\n\r\nHTTP/1.1 200 OK"));
	assert_true(sent_has(&g, "chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK"));
	assert_int_equal(g.core.counters.in_flight, 0);
	rig_close(&g);
}

static void test_room_ends_at_its_bound(void **state)
{
	(void)state;
	struct rig g;
	char piece[101] = "";
	rig_hold(&g, GET "\r\n");
	g.core.config.stream_high_bytes = 1000;
	begin(&g, 0);
	memset(piece, 'x', 100);
	assert_int_equal(http_stream_room(g.held[0]), 1000);
	for (int i = 0; i < 9; i++)
		write_piece(&g, 0, piece);
	assert_true(http_stream_room(g.held[0]) > 0 && http_stream_room(g.held[0]) < 100);
	write_piece(&g, 0, piece); /* one piece may go beyond */
	assert_int_equal(http_stream_room(g.held[0]), 0);
	rooms = 0;
	http_conn_sent(&g.conn, 500);
	http_conn_room(&g.conn);
	assert_int_equal(rooms, 0); /* not all has left */
	flush(&g);
	http_conn_room(&g.conn);
	assert_int_equal(rooms, 1);
	assert_int_equal(http_stream_room(g.held[0]), 1000);
	http_stream_end(g.held[0]);
	rig_close(&g);
}

static void test_a_peer_that_takes_nothing_is_cut_off(void **state)
{
	(void)state;
	struct rig g;
	rig_hold(&g, GET "\r\n");
	begin(&g, 0);
	g.core.now_ms += 1000000;
	assert_false(http_conn_expire(&g.conn)); /* nothing to take */
	write_piece(&g, 0, "hello");
	g.core.now_ms += 30000;
	assert_false(http_conn_expire(&g.conn));
	g.core.now_ms += 1;
	assert_true(http_conn_expire(&g.conn));
	rig_close(&g);
	assert_int_equal(gones, 1);
}

static void test_a_peer_that_has_gone_is_told_once(void **state)
{
	(void)state;
	struct rig g;
	rig_hold(&g, GET "\r\n" GET "\r\n" GET "\r\n");
	begin(&g, 0);
	begin(&g, 1);
	http_conn_release(&g.conn); /* the first, and one that waits for its turn */
	assert_int_equal(gones, 2);
	assert_int_equal(g.core.counters.in_flight, 1);
	http_stream_begin(g.held[2], STR("text/event-stream"), &EVENTS); /* too late */
	assert_int_equal(http_stream_room(g.held[2]), 0);
	http_stream_write(g.held[2], STR("lost"));
	http_stream_end(g.held[2]);
	assert_int_equal(g.core.counters.in_flight, 0);
	g.conn = (struct http_conn){.core = &g.core};
	rig_close(&g);
}

static void test_drain_waits_for_its_end(void **state)
{
	(void)state;
	struct rig g;
	rig_hold(&g, GET "\r\n");
	begin(&g, 0);
	g.core.draining = true;
	assert_false(http_conn_is_done(&g.conn));
	http_stream_end(g.held[0]);
	flush(&g);
	assert_true(http_conn_is_done(&g.conn));
	rig_close(&g);
}

/* ---- what is kept for a peer ---- */

static void test_what_was_sent_is_not_kept(void **state)
{
	(void)state;
	struct rig g;
	rig_hold(&g, GET "\r\n");
	begin(&g, 0);
	char piece[1001] = "";
	memset(piece, 'x', 1000);
	size_t most = 0;
	for (int i = 0; i < 10000; i++) { /* the peer always leaves something */
		while (http_stream_room(g.held[0]) > 32000)
			http_stream_write(g.held[0], STR("some"));
		http_stream_write(g.held[0], str_from(piece));
		http_conn_sent(&g.conn, http_conn_output(&g.conn).len - 7);
		if (g.conn.out.cap > most)
			most = g.conn.out.cap;
	}
	assert_true(most < 4 * g.core.config.stream_high_bytes);
	http_stream_end(g.held[0]);
	rig_close(&g);
}

static void test_answers_that_wait_count(void **state)
{
	(void)state;
	struct rig g;
	rig_hold(&g, GET "\r\n" GET "\r\n");
	g.core.config.output_high_bytes = 200;
	assert_true(http_conn_wants_read(&g.conn));
	char body[201] = "";
	memset(body, 'x', 200);
	http_respond(g.held[1], 200, STR("text/plain"), str_from(body));
	assert_false(http_conn_wants_read(&g.conn)); /* the first is not answered, and yet */
	reply(g.held[0]);
	flush(&g);
	assert_true(http_conn_wants_read(&g.conn));
	assert_int_equal(g.conn.held, 0);
	rig_close(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pieces_are_chunks),
	    cmocka_unit_test(test_a_peer_of_1_0_gets_no_chunks),
	    cmocka_unit_test(test_it_waits_for_its_turn),
	    cmocka_unit_test(test_room_ends_at_its_bound),
	    cmocka_unit_test(test_a_peer_that_takes_nothing_is_cut_off),
	    cmocka_unit_test(test_a_peer_that_has_gone_is_told_once),
	    cmocka_unit_test(test_drain_waits_for_its_end),
	    cmocka_unit_test(test_what_was_sent_is_not_kept),
	    cmocka_unit_test(test_answers_that_wait_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
