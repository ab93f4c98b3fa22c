/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP server with real sockets in a real loop: listening, keep-alive, slow and vanishing
 * peers, limits, drain. Clients and server share one thread: a client looks at its socket between
 * turns of the loop. Nothing here measures time; the number of turns is bounded, and a test that
 * waits for something that does not come fails.
 */
#include "daemon/serve/http.h"
#include "engine/base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define GET   "GET /x HTTP/1.1\r\nHost: a\r\n"
#define TURNS 5000

struct rig {
	struct ev_loop *loop;
	struct http_config config;
	struct http_server *server;
	const struct http_counters *n;
	bool hold, drained;
	struct http_request *held[16];
	size_t n_held;
	struct str answer;
	char folder[32], path[64];
};

struct client {
	int fd;
	struct buf got;
	bool eof;
};

static void handle(void *arg, struct http_request *r)
{
	struct rig *g = arg;
	if (g->hold)
		g->held[g->n_held++] = r;
	else
		http_respond(r, 200, STR("text/plain"), g->answer);
}

static void rig_open(struct rig *g)
{
	struct buf why = {0};
	*g = (struct rig){.loop = ev_loop_new(0), .answer = STR("ok")};
	g->config = http_config_default();
	g->config.sweep_ms = 1;
	g->server = http_server_new(g->loop, &g->config, handle, g);
	g->n = http_server_counters(g->server);
	assert_int_equal(http_listen_tcp(g->server, STR("127.0.0.1:0"), &why), STATUS_OK);
	assert_int_not_equal(http_server_port(g->server), 0);
}

/* The same with other limits. */
static void rig_again(struct rig *g)
{
	struct buf why = {0};
	http_server_free(g->server);
	g->server = http_server_new(g->loop, &g->config, handle, g);
	g->n = http_server_counters(g->server);
	assert_int_equal(http_listen_tcp(g->server, STR("127.0.0.1:0"), &why), STATUS_OK);
}

static void rig_close(struct rig *g)
{
	http_server_free(g->server);
	ev_loop_destroy(g->loop);
}

static void turn(struct rig *g)
{
	ev_run(g->loop, EVRUN_ONCE); /* the sweep ends it */
}

static struct client client_open(struct rig *g)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)http_server_port(g->server)),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct client c = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	assert_int_equal(connect(c.fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(fcntl(c.fd, F_SETFL, O_NONBLOCK), 0);
	return c;
}

static void client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	buf_release(&c->got);
	*c = (struct client){.fd = -1};
}

static void client_send(struct client *c, const char *text)
{
	assert_int_equal(send(c->fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void client_look(struct client *c)
{
	char in[4096];
	ssize_t n;
	while ((n = recv(c->fd, in, sizeof(in), 0)) > 0)
		buf_bytes(&c->got, in, (size_t)n);
	c->eof = n == 0 || errno == ECONNRESET;
}

static bool client_has(struct client *c, const char *part)
{
	return str_contains(buf_view(&c->got), str_from(part));
}

static void wait_for_eof(struct rig *g, struct client *c)
{
	for (int i = 0; i < TURNS && !c->eof; i++) {
		turn(g);
		client_look(c);
	}
	assert_true(c->eof);
}

static void wait_for(struct rig *g, struct client *c, const char *part)
{
	for (int i = 0; i < TURNS && !client_has(c, part); i++) {
		turn(g);
		client_look(c);
	}
	if (!client_has(c, part))
		fail_msg("'%s' did not come, but '" STR_FMT "'", part, STR_ARG(buf_view(&c->got)));
}

static void wait_for_count(struct rig *g, const uint64_t *count, uint64_t value)
{
	for (int i = 0; i < TURNS && *count != value; i++)
		turn(g);
	assert_int_equal(*count, value);
}

static void wait_for_held(struct rig *g, size_t n)
{
	for (int i = 0; i < TURNS && g->n_held != n; i++)
		turn(g);
	assert_int_equal(g->n_held, n);
}

static void answer_held(struct rig *g)
{
	for (size_t i = 0; i < g->n_held; i++)
		http_respond(g->held[i], 200, STR("text/plain"), STR("late"));
	g->n_held = 0;
}

/* ---- the ordinary ---- */

static void test_a_connection_is_kept_alive(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	struct client c = client_open(&g);
	for (int i = 0; i < 3; i++) {
		client_send(&c, GET "\r\n");
		wait_for(&g, &c, "\r\n\r\nok");
		buf_clear(&c.got);
	}
	assert_int_equal(g.n->accepted, 1);
	assert_int_equal(g.n->requests, 3);
	client_close(&c);
	wait_for_count(&g, &g.n->connections, 0);
	rig_close(&g);
}

static void test_a_close_is_orderly(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	struct client c = client_open(&g);
	client_send(&c, GET "Connection: close\r\n\r\n");
	wait_for_eof(&g, &c);
	assert_true(client_has(&c, "Connection: close\r\n"));
	assert_true(client_has(&c, "\r\n\r\nok"));
	client_close(&c);
	wait_for_count(&g, &g.n->connections, 0);
	rig_close(&g);
}

static void test_answers_may_come_in_a_later_turn(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	struct client c = client_open(&g), d = client_open(&g);
	client_send(&c, GET "\r\n" GET "\r\n");
	client_send(&d, GET "\r\n");
	wait_for_held(&g, 3);
	answer_held(&g);
	wait_for(&g, &d, "late");
	wait_for(&g, &c, "late");
	client_close(&c);
	client_close(&d);
	rig_close(&g);
}

static void test_a_slow_reader_gets_all_of_a_large_answer(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	size_t size = (size_t)16 << 20;
	g.answer = (struct str){mem_alloc(size), size};
	struct client c = client_open(&g);
	client_send(&c, GET "Connection: close\r\n\r\n");
	for (int i = 0; i < 20; i++)
		turn(&g);
	assert_true(g.n->bytes_out < size); /* the socket is full */
	wait_for_eof(&g, &c);
	assert_true(c.got.len > size);
	client_close(&c);
	mem_free((void *)g.answer.p);
	rig_close(&g);
}

/* ---- peers that misbehave ---- */

static void test_slow_peers_are_dismissed(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.config.head_timeout_ms = g.config.body_timeout_ms = g.config.idle_timeout_ms = 5;
	rig_again(&g);
	struct client head = client_open(&g), body = client_open(&g), idle = client_open(&g);
	client_send(&head, "GET /x HT");
	client_send(&body, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
	wait_for_eof(&g, &head);
	wait_for_eof(&g, &body);
	wait_for_eof(&g, &idle);
	assert_true(client_has(&head, "HTTP/1.1 408 "));
	assert_true(client_has(&body, "HTTP/1.1 408 "));
	assert_int_equal(idle.got.len, 0);
	assert_int_equal(g.n->timeouts, 3);
	client_close(&head);
	client_close(&body);
	client_close(&idle);
	rig_close(&g);
}

static void test_a_peer_that_never_reads_is_dismissed(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.config.write_timeout_ms = 20;
	rig_again(&g);
	size_t size = (size_t)16 << 20;
	g.answer = (struct str){mem_alloc(size), size};
	struct client c = client_open(&g);
	client_send(&c, GET "\r\n");
	wait_for_count(&g, &g.n->timeouts, 1);
	assert_int_equal(g.n->connections, 0);
	client_close(&c);
	mem_free((void *)g.answer.p);
	rig_close(&g);
}

static void test_a_peer_may_leave_in_the_middle_of_a_request(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	struct client c = client_open(&g);
	client_send(&c, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
	wait_for_count(&g, &g.n->connections, 1);
	client_close(&c);
	wait_for_count(&g, &g.n->connections, 0);
	assert_int_equal(g.n->requests, 0);
	rig_close(&g);
}

static void reset(struct client *c)
{
	struct linger hard = {.l_onoff = 1};
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	client_close(c);
}

static void test_a_peer_may_leave_before_its_answer(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	struct client c = client_open(&g);
	client_send(&c, GET "\r\n");
	wait_for_held(&g, 1);
	reset(&c);
	wait_for_count(&g, &g.n->connections, 0);
	assert_true(str_eq(g.held[0]->path, STR("/x")));
	assert_int_equal(g.n->in_flight, 1);
	answer_held(&g);
	assert_int_equal(g.n->in_flight, 0);
	assert_int_equal(g.n->dropped, 1);
	rig_close(&g);
}

static void test_a_peer_that_stops_sending_gets_its_answer(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	struct client c = client_open(&g);
	client_send(&c, GET "\r\n");
	assert_int_equal(shutdown(c.fd, SHUT_WR), 0);
	wait_for_held(&g, 1);
	for (int i = 0; i < 5; i++)
		turn(&g);
	answer_held(&g);
	wait_for_eof(&g, &c);
	assert_true(client_has(&c, "late"));
	client_close(&c);
	rig_close(&g);
}

/* Closing at once would reset the connection under the peer's next bytes. */
static void test_a_refusal_reaches_a_peer_that_is_still_sending(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	struct client c = client_open(&g);
	client_send(&c, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n");
	for (int i = 0; i < 50; i++) {
		client_send(&c, "some of a body that is far too large");
		turn(&g);
	}
	client_look(&c);
	assert_true(client_has(&c, "HTTP/1.1 413 "));
	assert_true(client_has(&c, "/problems/body-too-large"));
	assert_true(c.eof);
	assert_int_equal(g.n->connections, 1);
	client_close(&c);
	wait_for_count(&g, &g.n->connections, 0);
	rig_close(&g);
}

/* ---- limits ---- */

static void test_accepting_stops_at_the_limit_and_goes_on(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.config.max_connections = 2;
	rig_again(&g);
	struct client c[3] = {client_open(&g), client_open(&g), client_open(&g)};
	for (int i = 0; i < 3; i++)
		client_send(&c[i], GET "\r\n");
	wait_for_count(&g, &g.n->requests, 2);
	for (int i = 0; i < 10; i++)
		turn(&g);
	assert_int_equal(g.n->accepted, 2);
	assert_int_equal(g.n->accept_pauses, 1);
	client_close(&c[0]);
	client_close(&c[1]);
	wait_for(&g, &c[2], "ok");
	client_close(&c[2]);
	rig_close(&g);
}

/* Who is idle, or slow with a request, or does not take an answer, keeps nobody out. */
static void test_slow_peers_make_room(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.config.max_connections = 3;
	g.config.room_after_ms = 50;
	rig_again(&g);
	struct client idle = client_open(&g), slow = client_open(&g), late = client_open(&g);
	client_send(&slow, "GET / HT");
	client_send(&late, GET "\r\n");
	wait_for(&g, &late, "ok");
	wait_for_count(&g, &g.n->connections, 3);
	struct client more[3];
	for (int i = 0; i < 3; i++) {
		more[i] = client_open(&g);
		client_send(&more[i], GET "\r\n");
		wait_for(&g, &more[i], "ok");
	}
	assert_int_equal(g.n->accepted, 6);
	assert_int_equal(g.n->timeouts, 3);
	client_close(&idle);
	client_close(&slow);
	client_close(&late);
	for (int i = 0; i < 3; i++)
		client_close(&more[i]);
	rig_close(&g);
}

static void test_running_out_of_descriptors_does_not_spin(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.config.sweep_ms = 50;
	rig_again(&g);
	turn(&g); /* the loop has what it needs */
	struct client c = client_open(&g);
	struct rlimit had, few;
	getrlimit(RLIMIT_NOFILE, &had);
	few = had;
	few.rlim_cur = (rlim_t)c.fd + 1;
	setrlimit(RLIMIT_NOFILE, &few);
	client_send(&c, GET "\r\n");
	for (int i = 0; i < 6; i++)
		turn(&g);
	/* Each turn ended with a sweep or one failed accept, never with one that was repeated. */
	assert_int_equal(g.n->accepted, 0);
	assert_in_range(g.n->accept_pauses, 1, 4);
	setrlimit(RLIMIT_NOFILE, &had);
	wait_for(&g, &c, "ok");
	client_close(&c);
	rig_close(&g);
}

/* ---- addresses ---- */

static void test_only_loopback_is_loopback(void **state)
{
	(void)state;
	static const struct {
		const char *address;
		bool loopback;
	} cases[] = {
	    {"127.0.0.1:8420", true},
	    {"127.0.0.1", true},
	    {"127.255.0.9:0", true},
	    {"[::1]:8420", true},
	    {"[::1]", true},
	    {"localhost:8420", true},
	    {"0.0.0.0:8420", false},
	    {"[::]:8420", false},
	    {"10.0.0.1:8420", false},
	    {"128.0.0.1:1", false},
	    {"[::ffff:1.2.3.4]:1", false},
	    {"example.org:1", false},
	    {"127.0.0.1.evil", false},
	    {"localhost.evil:1", false},
	    {"", false},
	    {":8420", false},
	    {"::1", false},
	    {"[::1", false},
	    {"[]:1", false},
	    {"[127.0.0.1]:1", false},
	    {"127.1:1", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (http_address_is_loopback(str_from(cases[i].address)) != cases[i].loopback)
			fail_msg("'%s'", cases[i].address);
}

static void test_bad_addresses_are_refused_with_a_reason(void **state)
{
	(void)state;
	static const struct {
		const char *address, *why;
	} cases[] = {
	    {"0.0.0.0:8420", "without TLS"},
	    {"[::]:8420", "without TLS"},
	    {"127.0.0.1", "ADDRESS:PORT"},
	    {"127.0.0.1:", "ADDRESS:PORT"},
	    {"127.0.0.1:65536", "ADDRESS"},
	    {"127.0.0.1:-1", "ADDRESS:PORT"},
	    {"127.0.0.1:1x", "ADDRESS"},
	    {"example.org:80", "ADDRESS:PORT"},
	    {"", "ADDRESS:PORT"},
	    {"127.0.0.1:123456", "ADDRESS:PORT"},
	};
	struct rig g;
	rig_open(&g);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf why = {0};
		assert_int_equal(http_listen_tcp(g.server, str_from(cases[i].address), &why),
				 STATUS_INVALID);
		assert_true(str_contains(buf_view(&why), str_from(cases[i].why)));
		buf_release(&why);
	}
	rig_close(&g);
}

static void test_a_port_in_use_is_a_conflict(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	struct buf address = {0}, why = {0};
	buf_fmt(&address, "127.0.0.1:%u", http_server_port(g.server));
	assert_int_equal(http_listen_tcp(g.server, buf_view(&address), &why), STATUS_CONFLICT);
	assert_true(str_contains(buf_view(&why), buf_view(&address)));
	buf_release(&address);
	buf_release(&why);
	rig_close(&g);
}

static void folder_make(struct rig *g)
{
	strcpy(g->folder, "/tmp/waymark-http-XXXXXX");
	assert_non_null(mkdtemp(g->folder));
	snprintf(g->path, sizeof(g->path), "%s/s", g->folder);
}

static enum status listen_unix(struct rig *g, const char *part_of_why)
{
	struct buf why = {0};
	enum status status = http_listen_unix(g->server, str_from(g->path), &why);
	assert_true(str_contains(buf_view(&why), str_from(part_of_why)));
	assert_int_equal(status == STATUS_OK, why.len == 0);
	buf_release(&why);
	return status;
}

static int unix_bound(struct rig *g, bool listening)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	memcpy(a.sun_path, g->path, strlen(g->path));
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	if (listening)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void test_a_unix_socket_serves_and_is_removed(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	folder_make(&g);
	assert_int_equal(listen_unix(&g, ""), STATUS_OK);
	struct stat st;
	assert_int_equal(stat(g.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	memcpy(a.sun_path, g.path, strlen(g.path));
	struct client c = {.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)};
	assert_int_equal(connect(c.fd, (struct sockaddr *)&a, sizeof(a)), 0);
	client_send(&c, GET "\r\n");
	wait_for(&g, &c, "ok");
	client_close(&c);
	rig_close(&g);
	assert_int_equal(stat(g.path, &st), -1);
	rmdir(g.folder);
}

static void test_a_stale_socket_is_replaced(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	folder_make(&g);
	close(unix_bound(&g, true));
	assert_int_equal(listen_unix(&g, ""), STATUS_OK);
	rig_close(&g);
	rmdir(g.folder);
}

static void test_a_live_socket_and_a_file_are_left_alone(void **state)
{
	(void)state;
	struct rig g;
	struct stat st;
	rig_open(&g);
	folder_make(&g);
	int fd = unix_bound(&g, true);
	assert_int_equal(listen_unix(&g, "another process listens"), STATUS_CONFLICT);
	assert_int_equal(stat(g.path, &st), 0);
	close(fd);
	unlink(g.path);
	close(open(g.path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(listen_unix(&g, "not a socket"), STATUS_CONFLICT);
	assert_int_equal(stat(g.path, &st), 0);
	unlink(g.path);
	rmdir(g.folder);
	rig_close(&g);
}

static void test_a_path_that_is_too_long_is_refused(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	struct buf path = {0}, why = {0};
	buf_pad(&path, 'x', 108);
	assert_int_equal(http_listen_unix(g.server, buf_view(&path), &why), STATUS_INVALID);
	assert_true(str_contains(buf_view(&why), STR("1 to 107 bytes")));
	buf_release(&path);
	buf_release(&why);
	rig_close(&g);
}

/* ---- the end ---- */

static void on_drained(void *arg)
{
	struct rig *g = arg;
	g->drained = true;
	http_server_free(g->server);
	g->server = NULL;
}

static void wait_for_drained(struct rig *g)
{
	for (int i = 0; i < TURNS && !g->drained; i++)
		turn(g);
	assert_true(g->drained);
}

static void test_drain_answers_everything_and_reports(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	struct client idle = client_open(&g), busy = client_open(&g), half = client_open(&g);
	client_send(&busy, GET "\r\n" GET "\r\n");
	client_send(&half, "GET /x HTTP/1.1\r\n");
	wait_for_held(&g, 2);
	wait_for_count(&g, &g.n->connections, 3);
	struct client sent = client_open(&g); /* in the listen queue, its request too */
	client_send(&sent, GET "\r\n");
	http_server_drain(g.server, on_drained, &g);
	wait_for_held(&g, 3);
	wait_for_eof(&g, &idle);
	assert_false(g.drained);
	client_send(&half, "Host: a\r\n\r\n");
	wait_for_held(&g, 4);
	answer_held(&g);
	wait_for_eof(&g, &busy);
	wait_for_eof(&g, &half);
	wait_for_eof(&g, &sent);
	assert_true(client_has(&busy, "late") && client_has(&busy, "Connection: close"));
	assert_true(client_has(&half, "late") && client_has(&half, "Connection: close"));
	assert_true(client_has(&sent, "late") && client_has(&sent, "Connection: close"));
	client_close(&busy);
	client_close(&half);
	client_close(&sent);
	client_close(&idle);
	wait_for_drained(&g);
	rig_close(&g);
}

static void test_drain_stops_listening(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	struct client c = client_open(&g);
	client_send(&c, GET "\r\n");
	wait_for_held(&g, 1);
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)http_server_port(g.server)),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	http_server_drain(g.server, on_drained, &g);
	turn(&g);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), -1);
	close(fd);
	answer_held(&g);
	client_close(&c);
	wait_for_drained(&g);
	rig_close(&g);
}

static void test_drain_waits_for_orphans(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	struct client c = client_open(&g);
	client_send(&c, GET "\r\n");
	wait_for_held(&g, 1);
	reset(&c);
	wait_for_count(&g, &g.n->connections, 0);
	http_server_drain(g.server, on_drained, &g);
	for (int i = 0; i < 5; i++)
		turn(&g);
	assert_false(g.drained);
	answer_held(&g);
	wait_for_drained(&g);
	rig_close(&g);
}

static void test_drain_gives_up_on_stubborn_peers(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.config.drain_timeout_ms = 10;
	rig_again(&g);
	struct client c = client_open(&g);
	client_send(&c, "GET /x HTTP/1.1\r\n"); /* and never the rest */
	wait_for_count(&g, &g.n->connections, 1);
	for (int i = 0; i < 3; i++)
		turn(&g);
	http_server_drain(g.server, on_drained, &g);
	wait_for_drained(&g);
	client_close(&c);
	rig_close(&g);
}

static void test_a_request_survives_the_server(void **state)
{
	(void)state;
	struct rig g;
	rig_open(&g);
	g.hold = true;
	struct client c = client_open(&g);
	client_send(&c, GET "\r\n" GET "\r\n");
	wait_for_held(&g, 2);
	http_server_free(g.server);
	g.server = NULL;
	assert_true(str_eq(g.held[1]->path, STR("/x")));
	answer_held(&g);
	client_close(&c);
	rig_close(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_connection_is_kept_alive),
	    cmocka_unit_test(test_a_close_is_orderly),
	    cmocka_unit_test(test_answers_may_come_in_a_later_turn),
	    cmocka_unit_test(test_a_slow_reader_gets_all_of_a_large_answer),
	    cmocka_unit_test(test_slow_peers_are_dismissed),
	    cmocka_unit_test(test_a_peer_that_never_reads_is_dismissed),
	    cmocka_unit_test(test_a_peer_may_leave_in_the_middle_of_a_request),
	    cmocka_unit_test(test_a_peer_may_leave_before_its_answer),
	    cmocka_unit_test(test_a_peer_that_stops_sending_gets_its_answer),
	    cmocka_unit_test(test_a_refusal_reaches_a_peer_that_is_still_sending),
	    cmocka_unit_test(test_accepting_stops_at_the_limit_and_goes_on),
	    cmocka_unit_test(test_slow_peers_make_room),
	    cmocka_unit_test(test_running_out_of_descriptors_does_not_spin),
	    cmocka_unit_test(test_only_loopback_is_loopback),
	    cmocka_unit_test(test_bad_addresses_are_refused_with_a_reason),
	    cmocka_unit_test(test_a_port_in_use_is_a_conflict),
	    cmocka_unit_test(test_a_unix_socket_serves_and_is_removed),
	    cmocka_unit_test(test_a_stale_socket_is_replaced),
	    cmocka_unit_test(test_a_live_socket_and_a_file_are_left_alone),
	    cmocka_unit_test(test_a_path_that_is_too_long_is_refused),
	    cmocka_unit_test(test_drain_answers_everything_and_reports),
	    cmocka_unit_test(test_drain_stops_listening),
	    cmocka_unit_test(test_drain_waits_for_orphans),
	    cmocka_unit_test(test_drain_gives_up_on_stubborn_peers),
	    cmocka_unit_test(test_a_request_survives_the_server),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
