/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of the HTTP layer. Three parts, of which only the last knows sockets and the loop:
 *
 *     http_read    bytes -> one request (http_head: the rules of the head)
 *     http_conn    requests of one connection in order, their answers in the same order
 *     http_server  sockets, the loop, timeouts, drain (http_listen: addresses and listeners)
 *
 * The first two are functions over bytes: tests and the fuzzer drive them without a socket. Time is
 * a number that the server moves on, so that nothing below it asks a clock.
 */
#ifndef WAYMARK_SERVE_HTTP_INTERNAL_H
#define WAYMARK_SERVE_HTTP_INTERNAL_H

#include "daemon/serve/http.h"
#include "engine/base/limits.h"

#include <llhttp.h>
#include <time.h>

/* Everything that can be wrong with a request before the handler sees it:
 * name, status, slug, title, detail. */
#define HTTP_FAULTS(X)                                                                             \
	X(CONTROL, 400, "malformed-request", "Malformed request",                                  \
	  "the head of the request contains a control character")                                  \
	X(BARE_LF, 400, "malformed-request", "Malformed request",                                  \
	  "a line of the head ends with a line feed alone; lines end with CR LF")                  \
	X(LONE_CR, 400, "malformed-request", "Malformed request",                                  \
	  "a carriage return is not followed by a line feed; lines end with CR LF")                \
	X(FOLDED, 400, "malformed-request", "Malformed request",                                   \
	  "a header line starts with white space; folded header lines are not accepted")           \
	X(EMPTY_LINE, 400, "malformed-request", "Malformed request",                               \
	  "the request starts with more than one empty line")                                      \
	X(REQUEST_LINE, 400, "malformed-request", "Malformed request",                             \
	  "the request line is not METHOD SP TARGET SP HTTP/1.1")                                  \
	X(TARGET, 400, "malformed-request", "Malformed request",                                   \
	  "the request target is neither a path nor an http URL, or has a character or a percent " \
	  "escape that is not allowed there")                                                      \
	X(FIELD, 400, "malformed-request", "Malformed request", "a header field is malformed")     \
	X(HOST, 400, "malformed-request", "Malformed request",                                     \
	  "exactly one Host header field with a host name and an optional port is needed")         \
	X(LENGTH, 400, "malformed-request", "Malformed request",                                   \
	  "the length of the body is not clear: one Content-Length of digits, or one "             \
	  "Transfer-Encoding, and never both")                                                     \
	X(CHUNK, 400, "malformed-request", "Malformed request",                                    \
	  "the chunks of the body are malformed, or carry extensions or trailer fields, which "    \
	  "are not accepted")                                                                      \
	X(TIMEOUT, 408, "request-timeout", "Request timeout",                                      \
	  "the request did not arrive in time")                                                    \
	X(BODY_SIZE, 413, "body-too-large", "Body too large",                                      \
	  "the body is larger than 1 MiB; send several smaller requests")                          \
	X(TARGET_SIZE, 414, "target-too-long", "Target too long",                                  \
	  "the request target is longer than 8000 bytes")                                          \
	X(EXPECTATION, 417, "expectation-unknown", "Expectation unknown",                          \
	  "the only expectation that can be met is 100-continue")                                  \
	X(HEAD_SIZE, 431, "head-too-large", "Head too large",                                      \
	  "the head of the request is larger than 16 KiB")                                         \
	X(FIELD_COUNT, 431, "head-too-large", "Head too large",                                    \
	  "the request has more than 100 header fields")                                           \
	X(METHOD, 501, "method-unknown", "Method unknown", "the method is not known here")         \
	X(CODING, 501, "transfer-coding-unknown", "Transfer coding unknown",                       \
	  "the only transfer coding that is understood is chunked")                                \
	X(BUSY, 503, "busy", "Too much in flight",                                                 \
	  "more is kept for slow peers than the daemon has room for; send it again in a moment")   \
	X(VERSION, 505, "version-unsupported", "HTTP version not supported",                       \
	  "only HTTP/1.1 and HTTP/1.0 are spoken here")

enum http_fault {
	HTTP_FAULT_NONE,
#define X(name, status, slug, title, detail) HTTP_FAULT_##name,
	HTTP_FAULTS(X)
#undef X
};

struct http_core;
struct http_conn;

/* A header field as offsets into the head, which fits 16 bits. */
struct http_field {
	uint16_t name, name_len, value, value_len;
};

/* A request from its first byte to its answer. */
struct http_exchange {
	struct http_request pub; /* first: the handler's pointer is ours */
	struct http_core *core;
	struct http_conn *conn;     /* NULL once the peer has gone */
	struct http_exchange *next; /* the following request, or the next in the pool */
	struct buf head, body;      /* what pub points into */
	char peer[16];
	struct hash256 certificate;
	size_t weight;    /* of the body, in counters.buffered */
	struct buf extra; /* header lines added by the handler */
	struct buf tail;  /* an answer that waits for its predecessors, but for its start */
	const struct http_stream_events *stream; /* the answer goes on; NULL: it does not */
	int status;                              /* of the answer; 0: not answered yet */
	bool is_1_0;
	bool keep_alive;
	bool wants_continue;
	unsigned n_fields;
	struct http_field fields[LIMIT_HEAD_FIELDS];
};

struct http_core {
	struct http_config config;
	http_handler *handler;
	void *handler_arg;
	void (*wake)(struct http_conn *c);     /* there is output; NULL: nobody cares */
	void (*forgotten)(struct http_core *); /* the last request of a closed core was answered */
	struct http_counters counters;
	struct http_exchange *pool;
	size_t pooled;
	int64_t now_ms; /* moves by whole sweeps */
	char date[32];  /* of the Date field, without its name */
	size_t date_len;
	bool draining;
	bool closed;
};

struct http_exchange *http_exchange_new(struct http_core *core, struct http_conn *conn);
void http_exchange_free(struct http_exchange *x); /* to the pool */
void http_core_release(struct http_core *core);   /* the pool */
/* More is kept than so many times what should be. */
bool http_core_is_short(const struct http_core *core, unsigned times);
void http_core_date(struct http_core *core, time_t now);

/* ---- http_head ---- */

enum http_scan_at {
	HTTP_SCAN_START, /* of a line */
	HTTP_SCAN_LINE,
	HTTP_SCAN_CR,
	HTTP_SCAN_END_CR,
	HTTP_SCAN_DONE,
};

struct http_scan {
	enum http_scan_at at;
	unsigned lines; /* complete ones, the request line included */
	size_t bytes;
};

/* Looks for the end of the head: returns how many of the bytes belong to it. */
size_t http_head_scan(struct http_scan *s, const char *p, size_t n, enum http_fault *fault);

/* Sets method_name, path and query from the request line, and the version. */
enum http_fault http_head_request_line(struct http_exchange *x);

/* What the fields say about the body and the connection, after llhttp has found them. */
enum http_fault http_head_fields(struct http_exchange *x, bool *chunked);

/* ---- http_read ---- */

enum http_read_phase {
	HTTP_READ_IDLE, /* between requests */
	HTTP_READ_HEAD,
	HTTP_READ_BODY,
	HTTP_READ_DONE, /* the request is whole: take it with http_reader_take */
	HTTP_READ_BAD,
};

struct http_reader {
	llhttp_t parser;
	enum http_read_phase phase;
	struct http_scan scan;
	struct http_exchange *x; /* the request being read; NULL while idle */
	uint64_t body_left;
	bool chunked;
	unsigned char lead; /* bytes of an empty line before the request: 0, 1, 2 */
	char last;          /* byte of the chunked body, for the check of its very end */
	enum http_fault fault;
};

/* Reads on; returns how many bytes were used: all of them unless the phase is DONE or BAD. */
size_t http_reader_feed(struct http_reader *rd, struct http_conn *c, const char *p, size_t n);
struct http_exchange *http_reader_take(struct http_reader *rd);

/* ---- http_answer ---- */

/* The start of an answer (status line, Date, Connection) and the rest of it. */
void http_answer_start(struct buf *out, const struct http_exchange *x, bool last);
void http_answer_tail(struct buf *out, const struct http_exchange *x, struct str type,
		      struct str body);

/* Of a stream: the fields before the body. */
void http_answer_stream(struct buf *out, const struct http_exchange *x, struct str type);

/* ---- http_conn ---- */

struct http_conn {
	struct http_core *core;
	char peer[16]; /* the address of who is at the other end */
	size_t peer_len;
	struct hash256 certificate; /* that it has shown */
	bool has_certificate;
	struct http_reader reader;
	struct http_exchange *first, *last; /* in order; those not sent yet */
	unsigned queued;                    /* how many */
	struct buf out;                     /* answers; the first `sent` bytes are out already */
	size_t sent;
	size_t weight;       /* what is counted of it in counters.buffered */
	size_t held;         /* bytes of answers that wait for earlier ones */
	struct buf rest;     /* read, but not parsed: too much was in flight */
	size_t unparsed;     /* bytes read and not parsed yet, during a feed too */
	int64_t since_ms;    /* when what it is doing began: idling, a head, a body */
	int64_t progress_ms; /* when the peer last took some output */
	bool ended;          /* no further request is taken */
	bool feeding;
};

void http_conn_init(struct http_conn *c, struct http_core *core);
void http_conn_release(struct http_conn *c); /* its requests become orphans */
void http_conn_feed(struct http_conn *c, const char *p, size_t n);
bool http_conn_resume(struct http_conn *c); /* parses on; false: there was nothing to do */
void http_conn_eof(struct http_conn *c);    /* the peer will send no more */
bool http_conn_expire(struct http_conn *c); /* at every sweep; true: close it now */
/* How long the peer has kept it waiting; less than 0: it waits for the handler. */
int64_t http_conn_waited(const struct http_conn *c);
bool http_conn_wants_read(const struct http_conn *c);
bool http_conn_is_done(const struct http_conn *c);
struct str http_conn_output(const struct http_conn *c);
void http_conn_sent(struct http_conn *c, size_t n);
void http_conn_answer(struct http_exchange *x, struct str type, struct str body);
/* For http_stream: the output; tells the server that there is some; starts the answers whose turn
 * has come; the first answer is whole; an answer whose peer has gone. */
struct buf *http_conn_buf(struct http_conn *c);
void http_conn_wake(struct http_conn *c);
void http_conn_advance(struct http_conn *c);
void http_conn_end_answer(struct http_conn *c);
void http_conn_orphan(struct http_exchange *x);

/* ---- http_stream ---- */

bool http_conn_has_stream(const struct http_conn *c); /* now */
void http_conn_room(struct http_conn *c);             /* tells the stream that all has left */

/* ---- http_listen: sockets without the loop; -1 and a sentence on failure ---- */

int http_socket_tcp(struct str address, bool has_tls, unsigned *port, enum status *status,
		    struct buf *why);
int http_socket_unix(struct str path, enum status *status, struct buf *why);

#endif
