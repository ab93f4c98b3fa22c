/* SPDX-License-Identifier: Apache-2.0
 *
 * Sockets and the loop. A connection is settled after whatever happened to it: what can be written
 * is written, what was kept back is parsed, and then it is closed or watched for what it waits for.
 * Settling is the only place that closes connections with anything left to do, and it is never
 * entered from inside a handler; answers given elsewhere mark the connection, and a prepare watcher
 * settles the marked ones before the loop sleeps.
 */
#include "daemon/serve/http_internal.h"

#include "daemon/serve/tls.h"
#include "engine/base/mem.h"
#include "engine/base/vec.h"
#include "engine/values/zone.h"

#include <errno.h>
#include <ev.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES ((size_t)64 << 10)
#define ACCEPTS    64 /* in one turn, so that a flood of connections does not starve the others */

/* A connection with its socket. */
struct link {
	struct http_conn conn; /* first: the core's pointer is ours */
	struct http_server *server;
	ev_io io;
	struct tls_conn *tls; /* NULL: plaintext */
	LIST_ENTRY(link) all;
	LIST_ENTRY(link) marked;
	bool is_marked;
	bool saw_eof;
	bool lingering;
};
LIST_HEAD(link_list, link);

struct listener {
	ev_io io;
	struct http_server *server;
	unsigned port;    /* 0: a Unix socket */
	struct buf path;  /* its path, NUL-terminated */
	struct stat made; /* the file at the path, so that only our own is removed */
};

struct http_server {
	struct http_core core; /* first: the core's pointer is ours */
	struct ev_loop *loop;
	struct tls *tls; /* of TCP connections from now on; NULL: plaintext */
	ev_timer sweep;
	ev_prepare prepare;
	VEC(struct listener *) listeners;
	struct link_list links;
	struct link_list marked;
	bool accept_paused;
	bool drain_started;
	int64_t drain_since_ms;
	http_drained *drained;
	void *drained_arg;
	char in[READ_BYTES]; /* shared: a read is consumed before the next one */
};

struct http_config http_config_default(void)
{
	return (struct http_config){
	    .max_connections = 4096,
	    .room_after_ms = 1000,
	    .max_pipelined = 64,
	    .buffered_most = (size_t)64 << 20,
	    .stream_high_bytes = (size_t)64 << 10,
	    .output_high_bytes = (size_t)1 << 20,
	    .handshake_timeout_ms = 10000,
	    .head_timeout_ms = 10000,
	    .body_timeout_ms = 30000,
	    .idle_timeout_ms = 75000,
	    .write_timeout_ms = 30000,
	    .short_timeout_ms = 3000,
	    .linger_ms = 2000,
	    .drain_timeout_ms = 30000,
	    .sweep_ms = 500,
	};
}

/* ---- links: the two functions that TLS will replace ---- */

static ssize_t link_read(struct link *l, char *p, size_t n)
{
	/* What lingers is thrown away, encrypted or not. */
	return l->tls && !l->lingering ? tls_read(l->tls, p, n) : recv(l->io.fd, p, n, 0);
}

static ssize_t link_write(struct link *l, struct str s)
{
	return l->tls ? tls_write(l->tls, s.p, s.len) : send(l->io.fd, s.p, s.len, MSG_NOSIGNAL);
}

static bool would_block(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* ---- accepting stops and goes on ---- */

static void accept_pause(struct http_server *s)
{
	if (s->accept_paused)
		return;
	s->accept_paused = true;
	s->core.counters.accept_pauses++;
	for (size_t i = 0; i < s->listeners.n; i++)
		ev_io_stop(s->loop, &s->listeners.at[i]->io);
}

static void accept_resume(struct http_server *s)
{
	if (!s->accept_paused || s->core.counters.connections >= s->core.config.max_connections)
		return;
	s->accept_paused = false;
	for (size_t i = 0; i < s->listeners.n; i++)
		ev_io_start(s->loop, &s->listeners.at[i]->io);
}

/* ---- the end of a link ---- */

static void link_close(struct link *l)
{
	struct http_server *s = l->server;
	ev_io_stop(s->loop, &l->io);
	tls_close(l->tls);
	close(l->io.fd);
	LIST_REMOVE(l, all);
	if (l->is_marked)
		LIST_REMOVE(l, marked);
	http_conn_release(&l->conn);
	mem_free(l);
	s->core.counters.connections--;
	accept_resume(s);
}

static void link_watch(struct link *l, int events)
{
	if ((l->io.events & (EV_READ | EV_WRITE)) == events && (ev_is_active(&l->io) || !events))
		return;
	ev_io_stop(l->server->loop, &l->io);
	ev_io_set(&l->io, l->io.fd, events);
	if (events)
		ev_io_start(l->server->loop, &l->io);
}

/* Closing a socket with unread bytes resets it, and the reset may overtake the last answer. So the
 * peer is told that nothing more comes, and what it still sends is read away for a while. */
static void link_linger(struct link *l)
{
	l->lingering = true;
	if (l->tls)
		tls_finish(l->tls);
	l->conn.since_ms = l->server->core.now_ms;
	if (shutdown(l->io.fd, SHUT_WR) != 0)
		link_close(l);
	else
		link_watch(l, EV_READ);
}

static void link_end(struct link *l)
{
	if (l->conn.ended && !l->saw_eof)
		link_linger(l);
	else
		link_close(l);
}

/* ---- settling ---- */

/* False when the peer is gone. */
static bool link_flush(struct link *l)
{
	for (struct str s; (s = http_conn_output(&l->conn)).len;) {
		ssize_t n = link_write(l, s);
		if (n < 0)
			return would_block();
		http_conn_sent(&l->conn, (size_t)n);
		if ((size_t)n < s.len && !l->tls) /* TLS takes a record at a time */
			return true;
	}
	return true;
}

/* TLS must write before it can read on: in a handshake, mostly. */
static bool reads_by_writing(const struct link *l)
{
	return l->tls && tls_wants_write(l->tls) && http_conn_wants_read(&l->conn);
}

static void link_settle(struct link *l)
{
	if (l->lingering)
		return;
	do {
		if (!link_flush(l)) {
			link_close(l);
			return;
		}
	} while (http_conn_resume(&l->conn));
	http_conn_room(&l->conn);
	if (http_conn_is_done(&l->conn)) {
		link_end(l);
		return;
	}
	bool writes = http_conn_output(&l->conn).len || reads_by_writing(l);
	link_watch(l, (http_conn_wants_read(&l->conn) ? EV_READ : 0) | (writes ? EV_WRITE : 0));
}

static void on_wake(struct http_conn *c)
{
	struct link *l = (struct link *)c;
	if (l->is_marked)
		return;
	l->is_marked = true;
	LIST_INSERT_HEAD(&l->server->marked, l, marked);
}

/* ---- reading ---- */

static bool is_in_handshake(const struct link *l)
{
	return l->tls && !tls_is_ready(l->tls);
}

/* The handshake is done before the first bytes come through, and there is no other one. */
static void note_certificate(struct link *l)
{
	struct http_conn *c = &l->conn;
	if (l->tls && !c->has_certificate)
		c->has_certificate = tls_peer(l->tls, &c->certificate);
}

/* False when the link is gone. */
static bool link_input(struct link *l)
{
	struct http_server *s = l->server;
	ssize_t n = link_read(l, s->in, sizeof(s->in));
	if ((n < 0 && !would_block()) || (n == 0 && l->lingering)) {
		s->core.counters.handshakes_failed += is_in_handshake(l);
		link_close(l);
		return false;
	}
	if (n > 0 && !l->lingering) {
		note_certificate(l);
		http_conn_feed(&l->conn, s->in, (size_t)n);
	} else if (n == 0) {
		if (http_conn_has_stream(&l->conn)) { /* nobody is there to read it */
			link_close(l);
			return false;
		}
		l->saw_eof = true;
		http_conn_eof(&l->conn);
	}
	return true;
}

static void on_link(struct ev_loop *loop, ev_io *w, int events)
{
	(void)loop;
	struct link *l = w->data;
	bool reads = (events & EV_READ) || reads_by_writing(l);
	if (reads && !link_input(l))
		return;
	link_settle(l);
}

/* ---- accepting ---- */

/* NULL: it was closed again. */
static struct link *link_open(struct http_server *s, int fd, bool tcp)
{
	int on = 1;
	struct tls_conn *tls = tcp && s->tls ? tls_accept(s->tls, fd) : NULL;
	if (tcp && s->tls && !tls) { /* never in the clear instead */
		close(fd);
		return NULL;
	}
	if (tcp)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	struct link *l = mem_alloc(sizeof(*l));
	l->tls = tls;
	http_conn_init(&l->conn, &s->core);
	l->server = s;
	ev_io_init(&l->io, on_link, fd, EV_READ);
	l->io.data = l;
	ev_io_start(s->loop, &l->io);
	LIST_INSERT_HEAD(&s->links, l, all);
	s->core.counters.accepted++;
	s->core.counters.connections++;
	return l;
}

/* Who is at the other end, for who counts by address. */
static void note_peer(struct http_conn *c, const struct sockaddr_storage *a)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)a;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)a;
	c->peer_len = a->ss_family == AF_INET6 ? 16 : a->ss_family == AF_INET ? 4 : 0;
	memcpy(c->peer, a->ss_family == AF_INET6 ? (const void *)&v6->sin6_addr : &v4->sin_addr,
	       c->peer_len);
}

static int64_t link_waited(const struct link *l)
{
	return l->lingering ? l->server->core.now_ms - l->conn.since_ms
			    : http_conn_waited(&l->conn);
}

/* Idle and slow peers do not keep others out: whoever has kept us waiting longest goes. False: none
 * has for long enough. */
static bool make_room(struct http_server *s)
{
	struct link *slowest = NULL;
	int64_t longest = (int64_t)s->core.config.room_after_ms - 1;
	for (struct link *l = LIST_FIRST(&s->links); l; l = LIST_NEXT(l, all)) {
		int64_t waited = link_waited(l);
		if (waited <= longest)
			continue;
		longest = waited;
		slowest = l;
	}
	if (!slowest)
		return false;
	s->core.counters.timeouts++;
	link_close(slowest);
	return true;
}

/* Accepts one; false when there is nothing more to accept now. */
static bool accept_one(struct listener *ln)
{
	struct http_server *s = ln->server;
	if (s->core.counters.connections >= s->core.config.max_connections && !make_room(s)) {
		accept_pause(s);
		return false;
	}
	struct sockaddr_storage peer = {0};
	socklen_t len = sizeof(peer);
	int fd = accept4(ln->io.fd, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0) {
		struct link *l = link_open(s, fd, ln->port != 0);
		if (l)
			note_peer(&l->conn, &peer);
		return true;
	}
	if (errno == ECONNABORTED || errno == EINTR)
		return true;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return false;
	if ((errno == EMFILE || errno == ENFILE) && make_room(s))
		return true;
	/* Out of descriptors or memory: the listener stays readable, so watching it would spin.
	 * The next sweep, or the next connection that closes, tries again. */
	accept_pause(s);
	return false;
}

static void on_accept(struct ev_loop *loop, ev_io *w, int events)
{
	(void)loop, (void)events;
	struct listener *ln = w->data;
	for (int i = 0; i < ACCEPTS && accept_one(ln); i++)
		;
}

static struct listener *add_listener(struct http_server *s, int fd)
{
	struct listener *ln = mem_alloc(sizeof(*ln));
	ln->server = s;
	ev_io_init(&ln->io, on_accept, fd, EV_READ);
	ln->io.data = ln;
	if (!s->accept_paused)
		ev_io_start(s->loop, &ln->io);
	*vec_push(&s->listeners) = ln;
	return ln;
}

enum status http_listen_tcp(struct http_server *s, struct str address, struct buf *why)
{
	enum status status = STATUS_OK;
	unsigned port;
	int fd = http_socket_tcp(address, s->tls != NULL, &port, &status, why);
	if (fd >= 0)
		add_listener(s, fd)->port = port;
	return status;
}

enum status http_listen_unix(struct http_server *s, struct str path, struct buf *why)
{
	enum status status = STATUS_OK;
	int fd = http_socket_unix(path, &status, why);
	if (fd < 0)
		return status;
	struct listener *ln = add_listener(s, fd);
	buf_str(&ln->path, path);
	buf_char(&ln->path, 0);
	if (lstat(ln->path.p, &ln->made) != 0)
		ln->made.st_ino = 0;
	return STATUS_OK;
}

unsigned http_server_port(const struct http_server *s)
{
	for (size_t i = 0; i < s->listeners.n; i++)
		if (s->listeners.at[i]->port)
			return s->listeners.at[i]->port;
	return 0;
}

static void remove_path(const struct listener *ln)
{
	struct stat st;
	if (ln->path.len && lstat(ln->path.p, &st) == 0 && st.st_ino == ln->made.st_ino &&
	    st.st_dev == ln->made.st_dev)
		unlink(ln->path.p);
}

static void close_listeners(struct http_server *s)
{
	for (size_t i = 0; i < s->listeners.n; i++) {
		struct listener *ln = s->listeners.at[i];
		ev_io_stop(s->loop, &ln->io);
		remove_path(ln);
		close(ln->io.fd);
		buf_release(&ln->path);
		mem_free(ln);
	}
	vec_release(&s->listeners);
}

/* ---- drain ---- */

/* What waits in the listen queue was accepted as far as the peer knows; so it is served too. */
static void drain_start(struct http_server *s)
{
	s->drain_started = true;
	s->drain_since_ms = s->core.now_ms;
	for (size_t i = 0; i < s->listeners.n; i++)
		while (accept_one(s->listeners.at[i]))
			;
	close_listeners(s);
	for (struct link *l = LIST_FIRST(&s->links), *next; l; l = next) {
		next = LIST_NEXT(l, all);
		if ((l->io.events & EV_READ) && !link_input(l))
			continue;
		link_settle(l);
	}
}

void http_server_drain(struct http_server *s, http_drained *done, void *arg)
{
	s->core.draining = true;
	s->drained = done;
	s->drained_arg = arg;
}

/* ---- once per turn, once per sweep ---- */

static void on_prepare(struct ev_loop *loop, ev_prepare *w, int events)
{
	(void)loop, (void)events;
	struct http_server *s = w->data;
	if (s->core.draining && !s->drain_started)
		drain_start(s);
	for (struct link *l; (l = LIST_FIRST(&s->marked));) {
		LIST_REMOVE(l, marked);
		l->is_marked = false;
		link_settle(l);
	}
	if (!s->drained || s->core.counters.connections || s->core.counters.in_flight)
		return;
	http_drained *done = s->drained;
	s->drained = NULL;
	done(s->drained_arg); /* may free the server */
}

static bool link_expired(struct link *l)
{
	struct http_core *core = &l->server->core;
	if (l->server->drain_started &&
	    core->now_ms - l->server->drain_since_ms > core->config.drain_timeout_ms)
		return true;
	int64_t waited = core->now_ms - l->conn.since_ms;
	if (l->lingering)
		return waited > core->config.linger_ms;
	if (is_in_handshake(l) && waited > core->config.handshake_timeout_ms) {
		core->counters.handshakes_failed++;
		core->counters.timeouts++;
		return true;
	}
	if (!http_conn_expire(&l->conn))
		return false;
	core->counters.timeouts++;
	return true;
}

/* The time of the timeouts moves by what a sweep should take, not by what it took: when the process
 * was held up, its peers are not to blame. */
static void on_sweep(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)events;
	struct http_server *s = w->data;
	s->core.now_ms += s->core.config.sweep_ms;
	http_core_date(&s->core, (time_t)ev_now(loop));
	if (s->accept_paused && s->core.counters.connections >= s->core.config.max_connections)
		make_room(s);
	accept_resume(s);
	for (struct link *l = LIST_FIRST(&s->links), *next; l; l = next) {
		next = LIST_NEXT(l, all);
		if (link_expired(l))
			link_close(l);
		else
			link_settle(l);
	}
}

/* ---- life ---- */

static void on_forgotten(struct http_core *core)
{
	mem_free(core); /* the server: core is its first member */
}

struct http_server *http_server_new(struct ev_loop *loop, const struct http_config *config,
				    http_handler *handler, void *arg)
{
	struct http_server *s = mem_alloc(sizeof(*s));
	s->core.config = *config;
	s->core.handler = handler;
	s->core.handler_arg = arg;
	s->core.wake = on_wake;
	s->core.forgotten = on_forgotten;
	s->loop = loop;
	LIST_INIT(&s->links);
	LIST_INIT(&s->marked);
	http_core_date(&s->core, (time_t)ev_now(loop));
	double every = config->sweep_ms / 1000.0;
	ev_timer_init(&s->sweep, on_sweep, every, every);
	s->sweep.data = s;
	ev_timer_start(loop, &s->sweep);
	ev_prepare_init(&s->prepare, on_prepare);
	s->prepare.data = s;
	ev_prepare_start(loop, &s->prepare);
	return s;
}

enum status http_server_tls(struct http_server *s, const struct tls_files *files, struct buf *why)
{
	struct tls *fresh = tls_new(files, why);
	if (!fresh)
		return STATUS_INVALID;
	tls_free(s->tls);
	s->tls = fresh;
	return STATUS_OK;
}

int64_t http_server_expires_us(const struct http_server *s)
{
	return s->tls ? tls_expires_us(s->tls) : TIME_NEVER;
}

const struct http_counters *http_server_counters(const struct http_server *s)
{
	return &s->core.counters;
}

bool http_server_is_short(const struct http_server *s, unsigned times)
{
	return http_core_is_short(&s->core, times);
}

void http_server_free(struct http_server *s)
{
	if (!s)
		return;
	close_listeners(s);
	for (struct link *l; (l = LIST_FIRST(&s->links));)
		link_close(l);
	ev_timer_stop(s->loop, &s->sweep);
	ev_prepare_stop(s->loop, &s->prepare);
	http_core_release(&s->core);
	tls_free(s->tls);
	s->tls = NULL;
	if (!s->core.counters.in_flight)
		mem_free(s);
}
