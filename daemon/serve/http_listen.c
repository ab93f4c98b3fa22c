/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses and listening sockets. Names are not resolved: a daemon that keeps people's records
 * listens where it was told, not where a name server says.
 */
#include "daemon/serve/http_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 1024

/* ---- addresses ---- */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static bool parse_port(struct str s, unsigned *port)
{
	unsigned v = 0;
	if (!s.len || s.len > 5)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (unsigned)(s.p[i] - '0');
	}
	*port = v;
	return v <= 65535;
}

/* "host:port" or "[host]:port"; without a port, *port stays empty. */
static bool split_address(struct str address, struct str *host, struct str *port)
{
	*port = STR("");
	const char *end = address.p + address.len, *after;
	if (address.len && address.p[0] == '[') {
		const char *close = memchr(address.p, ']', address.len);
		if (!close)
			return false;
		*host = (struct str){address.p + 1, (size_t)(close - address.p) - 1};
		after = close + 1;
	} else {
		const char *colon = address.len ? memchr(address.p, ':', address.len) : NULL;
		after = colon ? colon : end;
		*host = (struct str){address.p, (size_t)(after - address.p)};
	}
	if (after == end)
		return host->len > 0;
	*port = (struct str){after + 1, (size_t)(end - after) - 1};
	return *after == ':' && host->len > 0;
}

static bool parse_host(struct str host, bool bracketed, union address *a)
{
	char text[INET6_ADDRSTRLEN] = {0};
	if (str_eq(host, STR("localhost")))
		host = STR("127.0.0.1");
	if (host.len >= sizeof(text))
		return false;
	memcpy(text, host.p, host.len);
	*a = (union address){0};
	if (bracketed) {
		a->v6.sin6_family = AF_INET6;
		return inet_pton(AF_INET6, text, &a->v6.sin6_addr) == 1;
	}
	a->v4.sin_family = AF_INET;
	return inet_pton(AF_INET, text, &a->v4.sin_addr) == 1;
}

static bool parse_address(struct str address, union address *a, struct str *port)
{
	struct str host;
	if (!split_address(address, &host, port))
		return false;
	return parse_host(host, address.p[0] == '[', a);
}

static bool is_loopback(const union address *a)
{
	if (a->any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
	return ntohl(a->v4.sin_addr.s_addr) >> 24 == 127;
}

bool http_address_is_loopback(struct str address)
{
	union address a;
	struct str port;
	return parse_address(address, &a, &port) && is_loopback(&a);
}

/* ---- sockets ---- */

static int fail(int fd, enum status *status, enum status what)
{
	if (fd >= 0)
		close(fd);
	*status = what;
	return -1;
}

static unsigned bound_port(int fd)
{
	union address a;
	socklen_t len = sizeof(a);
	if (getsockname(fd, &a.any, &len) != 0)
		return 0;
	return ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
}

static int bind_tcp(union address *a, unsigned port)
{
	bool v6 = a->any.sa_family == AF_INET6;
	int on = 1;
	if (v6)
		a->v6.sin6_port = htons((uint16_t)port);
	else
		a->v4.sin_port = htons((uint16_t)port);
	int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    bind(fd, &a->any, v6 ? sizeof(a->v6) : sizeof(a->v4)) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

int http_socket_tcp(struct str address, bool has_tls, unsigned *port, enum status *status,
		    struct buf *why)
{
	union address a;
	struct str port_text;
	unsigned wanted;
	if (!parse_address(address, &a, &port_text) || !parse_port(port_text, &wanted)) {
		buf_fmt(why,
			"'" STR_FMT "' is not an address to listen on; write ADDRESS:PORT with a "
			"numeric address, such as 127.0.0.1:8420 or [::1]:8420",
			STR_ARG(address));
		return fail(-1, status, STATUS_INVALID);
	}
	if (!has_tls && !is_loopback(&a)) {
		buf_fmt(why,
			"will not listen on " STR_FMT " without TLS: tokens and case data would "
			"cross the network in the clear; give --tls-cert and --tls-key, or listen "
			"on 127.0.0.1 or on a Unix socket",
			STR_ARG(address));
		return fail(-1, status, STATUS_INVALID);
	}
	int fd = bind_tcp(&a, wanted);
	if (fd < 0) {
		buf_fmt(why, "cannot listen on " STR_FMT ": %s", STR_ARG(address), strerror(errno));
		return fail(-1, status, errno == EADDRINUSE ? STATUS_CONFLICT : STATUS_IO);
	}
	*port = bound_port(fd);
	return fd;
}

/* ---- Unix sockets ---- */

enum in_the_way { NOTHING, STALE_SOCKET, LIVE_SOCKET, OTHER_FILE };

/* A socket file that nobody answers on is left from a process that was killed. */
static enum in_the_way look_at(const struct sockaddr_un *a)
{
	struct stat st;
	if (lstat(a->sun_path, &st) != 0)
		return NOTHING;
	if (!S_ISSOCK(st.st_mode))
		return OTHER_FILE;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return LIVE_SOCKET;
	bool refused =
	    connect(fd, (const struct sockaddr *)a, sizeof(*a)) != 0 && errno == ECONNREFUSED;
	close(fd);
	return refused ? STALE_SOCKET : LIVE_SOCKET;
}

static bool clear_the_way(const struct sockaddr_un *a, struct buf *why)
{
	switch (look_at(a)) {
	case NOTHING:
		return true;
	case STALE_SOCKET:
		unlink(a->sun_path);
		return true;
	case LIVE_SOCKET:
		buf_fmt(why, "another process listens on %s; stop it or choose another path",
			a->sun_path);
		return false;
	case OTHER_FILE:
		buf_fmt(why, "%s exists and is not a socket; move it away or choose another path",
			a->sun_path);
		return false;
	}
	return false;
}

int http_socket_unix(struct str path, enum status *status, struct buf *why)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	if (!path.len || path.len >= sizeof(a.sun_path) || memchr(path.p, 0, path.len)) {
		buf_fmt(why, "the path of a Unix socket has 1 to %zu bytes; '" STR_FMT "' has %zu",
			sizeof(a.sun_path) - 1, STR_ARG(path), path.len);
		return fail(-1, status, STATUS_INVALID);
	}
	memcpy(a.sun_path, path.p, path.len);
	if (!clear_the_way(&a, why))
		return fail(-1, status, STATUS_CONFLICT);
	/* Nobody can connect before listen, so the mode is in force from the first connection. */
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind(fd, (const struct sockaddr *)&a, sizeof(a)) == 0 &&
	    chmod(a.sun_path, 0660) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	buf_fmt(why, "cannot listen on %s: %s", a.sun_path, strerror(errno));
	return fail(fd, status, STATUS_IO);
}
