/* SPDX-License-Identifier: Apache-2.0
 *
 * TLS for the server's side of a connection, by OpenSSL: 1.2 and 1.3, forward secrecy and AEAD
 * ciphers only, no renegotiation, no compression, ALPN http/1.1. No session is resumed: there is no
 * key about that could open what went over the wire before. It knows nothing of HTTP or the loop.
 *
 *     struct tls *t = tls_new(&files, &why);              // NULL: *why says what is wrong
 *     struct tls_conn *c = tls_accept(t, fd);             // fd does not block; NULL: out of memory
 *     ssize_t n = tls_read(c, p, sizeof(p));              // like recv: 0 the peer ended, -1 errno
 *     if (tls_wants_write(c)) ... watch for writing too ...
 *     tls_close(c);                                       // says goodbye; the fd stays open
 *     tls_free(t);                                        // its connections live on
 *
 * The handshake is a part of the first reads and writes. Calls never block and never raise SIGPIPE.
 */
#ifndef WAYMARK_SERVE_TLS_H
#define WAYMARK_SERVE_TLS_H

#include "engine/base/hash.h"
#include "engine/base/str.h"

#include <sys/types.h>

struct tls_files {
	const char *certificate; /* PEM: the server's, then those that lead to its root */
	const char *key;         /* PEM, not encrypted; a file that others can read is refused */
	const char
	    *client_ca;       /* PEM: who may issue client certificates; NULL: none are asked for */
	bool client_optional; /* a client may do without, but not with another one */
};

struct tls;
struct tls_conn;

struct tls *tls_new(const struct tls_files *files, struct buf *why);
void tls_free(struct tls *t);                /* NULL is fine */
int64_t tls_expires_us(const struct tls *t); /* the instant after which no client accepts it */

struct tls_conn *tls_accept(struct tls *t, int fd);
/* -1 with errno EAGAIN: try again when the socket can be read, or as tls_wants_write says; EPROTO:
 * the handshake failed, or what came is not TLS, or it was cut off. */
ssize_t tls_read(struct tls_conn *c, char *p, size_t n);
ssize_t tls_write(struct tls_conn *c, const char *p, size_t n);
bool tls_wants_write(const struct tls_conn *c); /* what was tried last waits for room to write */
bool tls_is_ready(const struct tls_conn *c);    /* the handshake is done */
/* The SHA-256 of the client's certificate; false: it has shown none. */
bool tls_peer(const struct tls_conn *c, struct hash256 *out);
void tls_finish(struct tls_conn *c); /* nothing more will be written: tells the peer so */
void tls_close(struct tls_conn *c);  /* the same if need be, and frees it; NULL is fine */

#endif
