/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP/1.1 on a libev loop: listeners, connections, requests in, answers out. It knows nothing of
 * the domain; routes are written against this header.
 *
 *     struct http_config config = http_config_default();
 *     struct http_server *s = http_server_new(loop, &config, handle, daemon);
 *     struct buf why = {0};
 *     if (http_listen_tcp(s, STR("127.0.0.1:8420"), &why)) ... say why, exit 3 ...
 *     ev_run(loop, 0);
 *
 *     static void handle(void *arg, struct http_request *r)
 *     {
 *             if (r->method != HTTP_METHOD_GET) {
 *                     http_header_add(r, STR("Allow"), STR("GET"));
 *                     http_problem(r, 405, "method-not-allowed", "Method not allowed",
 *                                  "this resource can only be read");
 *                     return;
 *             }
 *             http_respond(r, 200, STR("application/json"), STR("{}"));
 *     }
 *
 * Everything happens on the thread that runs the loop, and nothing blocks. The handler gets each
 * request once, whole, body included. It answers with exactly one call of http_respond or
 * http_problem, in the handler or at any later time; that call frees the request. Until then the
 * request and all that it points to stay valid, also when the peer has gone (the answer is then
 * dropped). Several requests of one connection may be in flight; their answers may be given in any
 * order and go out in the order of the requests. Answers given in one turn of the loop leave in
 * one write per connection.
 *
 * Only well-formed requests get to the handler: anything that two parsers could read differently
 * is refused with a problem document and the connection is closed (see http_read.c).
 */
#ifndef WAYMARK_SERVE_HTTP_H
#define WAYMARK_SERVE_HTTP_H

#include "engine/base/arena.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/base/str.h"

struct ev_loop;
struct tls_files;

/* ---- requests ---- */

enum http_method {
	HTTP_METHOD_GET,
	HTTP_METHOD_HEAD, /* answer as for GET: the body is counted but not sent */
	HTTP_METHOD_POST,
	HTTP_METHOD_PUT,
	HTTP_METHOD_PATCH,
	HTTP_METHOD_DELETE,
	HTTP_METHOD_OPTIONS,
	HTTP_METHOD_OTHER, /* see method_name */
};

/* Bytes after the end of `body` that may be read (not relied on), for parsers that read ahead. */
#define HTTP_BODY_PADDING 64

struct http_request {
	enum http_method method;
	struct str method_name; /* as sent, such as "GET" */
	struct str path;        /* as sent, still percent-encoded; starts with '/', or is "*" */
	struct str query;       /* what follows '?', still percent-encoded; may be empty */
	struct str body;        /* without transfer coding; at most LIMIT_BODY_BYTES */
	struct str peer;        /* its address, 4 or 16 bytes; empty: it came by a Unix socket */
	const struct hash256
	    *certificate;   /* SHA-256 of the one that the client has shown; or NULL */
	struct arena arena; /* for the handler; dropped when the request is answered */
	void *user;         /* for the handler; NULL at first */
};

typedef void http_handler(void *arg, struct http_request *r);

struct http_header {
	struct str name, value; /* the value without the white space around it */
};

/* How many fields have this name (in any case); when there are any, *value is the first one's.
 * More than one of a field that allows only one is for the caller to refuse. */
size_t http_header_find(const struct http_request *r, struct str name, struct str *value);
size_t http_header_count(const struct http_request *r);
struct http_header http_header_at(const struct http_request *r, size_t i); /* in order as sent */

/* Query parameters in order, decoded ('+' is a space) into the request's arena. Start with *at = 0;
 * false at the end. The encoding was checked before the handler saw it, so decoding cannot fail. */
bool http_query_next(struct http_request *r, size_t *at, struct str *name, struct str *value);
/* The first parameter of this name; false when there is none and *value is untouched. */
bool http_query_find(struct http_request *r, struct str name, struct str *value);

/* The parts of the path between its slashes, each decoded: "/v1/cases/S%2F1" is v1, cases, S/1.
 * Returns how many there are and stores at most `most`. "/" has none, a trailing slash adds an
 * empty one. */
size_t http_path_split(struct http_request *r, struct str *parts, size_t most);

/* ---- answers ---- */

/* Adds a header field to the coming answer. The bytes are copied; control characters become spaces.
 * Date, Connection, Content-Length and Content-Type are added by http_respond. */
void http_header_add(struct http_request *r, struct str name, struct str value);

/* Answers and frees the request. The bytes are copied and may point into the request. An empty
 * content_type leaves the field out. 204 and 304 are sent without a body. */
void http_respond(struct http_request *r, int status, struct str content_type, struct str body);

/* Answers with an RFC 9457 document and frees the request:
 * {"type":"/problems/SLUG","title":"...","status":422,"detail":"..."}. The slug is stable, the
 * title the same for every problem of the slug; the detail says what to do about this one. */
void http_problem(struct http_request *r, int status, const char *slug, const char *title,
		  const char *detail);
/* The same with further members, as JSON text without the braces: "errors":[...]. */
void http_problem_with(struct http_request *r, int status, const char *slug, const char *title,
		       struct str detail, struct str members);

/* ---- answers that go on ---- */

/* Instead of http_respond: an answer whose body comes in pieces, for as long as it takes. The
 * request stays with the handler until http_stream_end, also when the peer has gone.
 *
 *     http_stream_begin(r, STR("text/event-stream"), &events);
 *     while (http_stream_room(r))              // nothing is kept for a peer that does not read
 *             http_stream_write(r, piece);
 *     http_stream_end(r);                      // frees the request
 */
struct http_stream_events {
	/* All that was written has left, and there is room; also when its turn has come. Called
	 * while the connection is looked after: write later, from the loop. */
	void (*room)(struct http_request *r);
	/* The peer has gone, or was too slow: what is written from now on is dropped. The stream
	 * may be ended here. */
	void (*gone)(struct http_request *r);
};
void http_stream_begin(struct http_request *r, struct str content_type,
		       const struct http_stream_events *events);
/* Bytes that may be written now; 0: wait for room. One piece may be larger. */
size_t http_stream_room(const struct http_request *r);
void http_stream_write(struct http_request *r, struct str piece); /* only while there is room */
void http_stream_end(struct http_request *r);

/* ---- the server ---- */

struct http_config {
	unsigned max_connections; /* for more, others must go; or they wait in the listen queue */
	unsigned room_after_ms;   /* who has kept us waiting longest and so long makes room */
	unsigned max_pipelined;   /* requests in flight of one connection; then it is not read */
	size_t buffered_most;     /* bytes kept for peers in all: see http_server_is_short */
	size_t stream_high_bytes; /* unsent bytes of one stream; above it there is no room */
	size_t output_high_bytes; /* unsent bytes of one connection; above it, it is not read */
	unsigned handshake_timeout_ms; /* of TLS, from the connection on */
	unsigned head_timeout_ms;      /* from a request's first byte to the end of its head */
	unsigned body_timeout_ms;      /* from there to the end of its body */
	unsigned idle_timeout_ms;      /* between requests */
	unsigned write_timeout_ms;     /* without the peer taking a single byte */
	unsigned short_timeout_ms;     /* the same while memory is short */
	unsigned linger_ms;        /* reading on after a refusal, so that the peer gets to see it */
	unsigned drain_timeout_ms; /* then connections that are left are closed all the same */
	unsigned sweep_ms;         /* how often timeouts are looked at: their precision */
};
struct http_config http_config_default(void);

/* What /metrics shows. Plain numbers: read them on the loop's thread. */
struct http_counters {
	uint64_t accepted;          /* connections ever */
	uint64_t connections;       /* open now */
	uint64_t in_flight;         /* requests with the handler now, orphaned ones included */
	uint64_t requests;          /* handed to the handler ever */
	uint64_t responses[6];      /* by class of status: [2] counts 200 to 299 */
	uint64_t buffered;          /* bytes: bodies of requests not yet answered, answers unsent */
	uint64_t dropped;           /* answers whose peer had gone */
	uint64_t framing_errors;    /* requests refused before the handler saw them */
	uint64_t timeouts;          /* connections closed for being slow or idle */
	uint64_t handshakes_failed; /* TLS connections that never came to a request */
	uint64_t bytes_in, bytes_out; /* of requests and answers, before TLS */
	uint64_t
	    accept_pauses; /* times that accepting stopped, at the limit or out of descriptors */
};

struct http_server;
typedef void http_drained(void *arg);

struct http_server *http_server_new(struct ev_loop *loop, const struct http_config *config,
				    http_handler *handler, void *arg);

/* From now on TCP connections speak TLS; called again, those that come from then on do so with the
 * new files. A Unix socket stays plaintext. STATUS_INVALID: something is wrong with the files, *why
 * gets a sentence, and all stays as it was. */
enum status http_server_tls(struct http_server *s, const struct tls_files *files, struct buf *why);
/* When the certificate ends; TIME_NEVER without TLS. */
int64_t http_server_expires_us(const struct http_server *s);

/* Each may be called several times, before or while the loop runs. On failure *why gets a sentence
 * for the operator, appended, and nothing is listened on.
 * TCP addresses are numeric (or localhost) with a port: "127.0.0.1:8420", "[::1]:8420"; port 0
 * takes a free one. Without TLS an address that is not loopback is STATUS_INVALID. A Unix socket
 * gets mode 0660; a stale one at the path is replaced, one in use or another kind of file is
 * STATUS_CONFLICT and left alone. It is removed when the server stops listening. */
enum status http_listen_tcp(struct http_server *s, struct str address, struct buf *why);
enum status http_listen_unix(struct http_server *s, struct str path, struct buf *why);

/* The port of the first TCP listener, 0 when there is none. */
unsigned http_server_port(const struct http_server *s);

/* True for "127.x.y.z:PORT", "[::1]:PORT" and "localhost:PORT", with or without the port. */
bool http_address_is_loopback(struct str address);

const struct http_counters *http_server_counters(const struct http_server *s);

/* More than `times` config.buffered_most is kept for peers that do not read, or send slowly. The
 * handler refuses what would make it more; the server itself refuses large bodies at twice as much,
 * and cuts peers off sooner. */
bool http_server_is_short(const struct http_server *s, unsigned times);

/* Graceful end: stops listening, serves every request of which a byte was read, closes connections
 * as they fall idle, and calls done (from the loop) when no connection and no request is left; done
 * may free the server. Requests that the handler still holds are waited for without a limit. */
void http_server_drain(struct http_server *s, http_drained *done, void *arg);

/* Closes everything at once. Requests still with the handler stay valid and must still be answered;
 * the answers are dropped, and the last one frees what is left. Never from inside the handler.
 * NULL is fine. */
void http_server_free(struct http_server *s);

#endif
