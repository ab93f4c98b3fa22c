/* SPDX-License-Identifier: Apache-2.0
 *
 * The floor that the HTTP layer is measured against: a libev server that answers every request with
 * the same bytes. It reads once a wakeup, finds the ends of heads and writes once; it checks
 * nothing.
 *
 *     server_fixed PORT
 */
#include <arpa/inet.h>
#include <ev.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER                                                                                     \
	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n"          \
	"{\"fixed\":true}"
#define ANSWER_LEN (sizeof(ANSWER) - 1)
#define MOST       256 /* answers of one write */

struct peer {
	ev_io io;
	unsigned matched; /* bytes of CR LF CR LF seen so far */
};

static char in[65536];
static char out[MOST * ANSWER_LEN];

static unsigned count_heads(struct peer *p, const char *bytes, size_t n)
{
	unsigned heads = 0;
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == "\r\n\r\n"[p->matched])
			p->matched++;
		else
			p->matched = bytes[i] == '\r';
		if (p->matched == 4) {
			heads++;
			p->matched = 0;
		}
	}
	return heads;
}

static void drop(struct ev_loop *loop, struct peer *p)
{
	ev_io_stop(loop, &p->io);
	close(p->io.fd);
	free(p);
}

static void on_peer(struct ev_loop *loop, ev_io *w, int events)
{
	(void)events;
	struct peer *p = w->data;
	ssize_t n = recv(w->fd, in, sizeof(in), 0);
	if (n <= 0) {
		drop(loop, p);
		return;
	}
	for (unsigned heads = count_heads(p, in, (size_t)n); heads;) {
		unsigned now = heads < MOST ? heads : MOST;
		/* A peer that does not read its answers is dropped: this is a yardstick only. */
		if (send(w->fd, out, now * ANSWER_LEN, MSG_NOSIGNAL) !=
		    (ssize_t)(now * ANSWER_LEN)) {
			drop(loop, p);
			return;
		}
		heads -= now;
	}
}

static void on_accept(struct ev_loop *loop, ev_io *w, int events)
{
	(void)events;
	int on = 1, fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	struct peer *p = calloc(1, sizeof(*p));
	if (!p)
		abort();
	ev_io_init(&p->io, on_peer, fd, EV_READ);
	p->io.data = p;
	ev_io_start(loop, &p->io);
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	a.sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 8421));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(fd, 1024) != 0) {
		perror("server_fixed: listen");
		return 3;
	}
	for (size_t i = 0; i < MOST; i++)
		memcpy(out + i * ANSWER_LEN, ANSWER, ANSWER_LEN);
	struct ev_loop *loop = ev_loop_new(0);
	ev_io accepting;
	ev_io_init(&accepting, on_accept, fd, EV_READ);
	ev_io_start(loop, &accepting);
	ev_run(loop, 0);
	return 0;
}
