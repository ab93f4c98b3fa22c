/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/log.h"

#include "daemon/serve/clock.h"
#include "engine/values/zone.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_INFO:
		return "info";
	case LOG_WARNING:
		return "warning";
	case LOG_ERROR:
		return "error";
	}
	return "error";
}

/* As much as is taken at once; 0: nothing. A pipe that says that it has room takes PIPE_BUF bytes
 * without waiting; a socket is asked not to wait. */
static size_t put_some(int fd, const char *p, size_t n)
{
	struct pollfd room = {.fd = fd, .events = POLLOUT};
	if (poll(&room, 1, 0) != 1 || !(room.revents & POLLOUT))
		return 0;
	ssize_t sent = send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent < 0 && errno == ENOTSOCK)
		sent = write(fd, p, n < PIPE_BUF ? n : PIPE_BUF);
	return sent < 0 ? 0 : (size_t)sent;
}

/* A log that cannot be written must not stop the daemon, nor one that nobody reads: what is lost is
 * lost, and counted. */
static void put_out(struct log *l)
{
	for (size_t done = 0; done < l->line.len;) {
		size_t n = put_some(l->fd, l->line.p + done, l->line.len - done);
		if (!n) {
			l->lost++;
			l->torn |= done > 0;
			return;
		}
		done += n;
	}
	l->lost = 0;
	l->torn = false;
}

static void put_members(struct buf *b, va_list ap)
{
	for (const char *kind; (kind = va_arg(ap, const char *));) {
		buf_char(b, ',');
		buf_json(b, str_from(va_arg(ap, const char *)));
		buf_char(b, ':');
		if (*kind == 'i')
			buf_i64(b, va_arg(ap, int64_t));
		else if (*kind == 's')
			buf_json(b, va_arg(ap, struct str));
		else
			buf_json(b, str_from(va_arg(ap, const char *)));
	}
}

void log_line(struct log *l, enum log_level level, const char *event, ...)
{
	struct buf *b = &l->line;
	if (level < l->least)
		return;
	buf_clear(b);
	if (l->torn)
		buf_char(b, '\n');
	buf_str(b, STR("{\"time\":\""));
	time_text(b, zone_utc(), clock_now_us());
	buf_str(b, STR("\",\"level\":\""));
	buf_c(b, level_name(level));
	buf_str(b, STR("\",\"event\":\""));
	buf_c(b, event);
	buf_char(b, '"');
	va_list ap;
	va_start(ap, event);
	put_members(b, ap);
	va_end(ap);
	if (l->lost) {
		buf_str(b, STR(",\"lost\":"));
		buf_i64(b, l->lost);
	}
	buf_str(b, STR("}\n"));
	put_out(l);
}

void log_release(struct log *l)
{
	buf_release(&l->line);
}
