/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/tls.h"

#include "engine/base/mem.h"
#include "engine/values/zone.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* Of TLS 1.2; all of those of 1.3 are as good. */
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"

/* Kept by its connections too, since a reload replaces it while they go on. */
struct tls {
	unsigned references;
	SSL_CTX *ctx;
	BIO_METHOD *socket;
	int64_t expires_us;
};

struct tls_conn {
	struct tls *tls;
	SSL *ssl;
	int fd;
	int wants;    /* SSL_ERROR_WANT_WRITE or something else */
	bool ready;   /* the handshake was done, once */
	bool broken;  /* nothing more may be said */
	bool hung_up; /* the socket has ended, perhaps too early */
};

/* ---- the socket, without SIGPIPE ---- */

static bool would_block(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static int socket_write(BIO *b, const char *p, int n)
{
	const struct tls_conn *c = BIO_get_data(b);
	ssize_t done = send(c->fd, p, (size_t)n, MSG_NOSIGNAL);
	BIO_clear_retry_flags(b);
	if (done < 0 && would_block())
		BIO_set_retry_write(b);
	return (int)done;
}

static int socket_read(BIO *b, char *p, int n)
{
	struct tls_conn *c = BIO_get_data(b);
	ssize_t done = recv(c->fd, p, (size_t)n, 0);
	BIO_clear_retry_flags(b);
	if (done < 0 && would_block())
		BIO_set_retry_read(b);
	c->hung_up = done == 0;
	return (int)done;
}

static long socket_ctrl(BIO *b, int command, long number, void *pointer)
{
	(void)number, (void)pointer;
	const struct tls_conn *c = BIO_get_data(b);
	switch (command) {
	case BIO_CTRL_FLUSH:
		return 1;
	case BIO_CTRL_EOF:
		return c->hung_up;
	default: /* OpenSSL's numbers, of which most are for other kinds */
		return 0;
	}
}

static BIO_METHOD *socket_method(void)
{
	BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
	if (!m)
		return NULL;
	BIO_meth_set_write(m, socket_write);
	BIO_meth_set_read(m, socket_read);
	BIO_meth_set_ctrl(m, socket_ctrl);
	return m;
}

/* ---- files ---- */

/* The first thing that OpenSSL says went wrong, without its numbers. */
static const char *fault(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_error());
	return text ? text : "nothing in it is understood";
}

static bool load_certificate(SSL_CTX *ctx, const char *path, struct buf *why)
{
	ERR_clear_error();
	if (SSL_CTX_use_certificate_chain_file(ctx, path) == 1)
		return true;
	buf_fmt(why,
		"cannot take the certificate in %s: %s; a PEM file with the certificate, then "
		"those that lead to its root, was expected",
		path, fault());
	return false;
}

/* Looked at when it is open, so that it cannot be another one by then. */
static FILE *open_key(const char *path, struct buf *why)
{
	struct stat st;
	FILE *f = fopen(path, "re");
	if (!f || fstat(fileno(f), &st)) {
		buf_fmt(why, "cannot read the key in %s: %m", path);
	} else if (st.st_mode & (S_IRWXO | S_IWGRP)) {
		buf_fmt(why,
			"the key in %s can be read by others, or changed by its group: chmod "
			"0600, or 0640 for a group of its own",
			path);
	} else {
		return f;
	}
	if (f)
		fclose(f);
	return NULL;
}

static int no_password(char *buf, int size, int writing, void *arg)
{
	(void)buf, (void)size, (void)writing, (void)arg;
	return -1;
}

static bool load_key(SSL_CTX *ctx, const struct tls_files *files, struct buf *why)
{
	FILE *f = open_key(files->key, why);
	if (!f)
		return false;
	ERR_clear_error();
	EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, no_password, NULL);
	fclose(f);
	bool fits = key && SSL_CTX_use_PrivateKey(ctx, key) == 1;
	if (!key)
		buf_fmt(why,
			"cannot take the key in %s: %s; a PEM file with a private key that is "
			"not encrypted was expected",
			files->key, fault());
	else if (!fits)
		buf_fmt(why, "the key in %s does not belong to the certificate in %s", files->key,
			files->certificate);
	EVP_PKEY_free(key);
	return fits;
}

static bool load_client_ca(SSL_CTX *ctx, const struct tls_files *files, struct buf *why)
{
	if (!files->client_ca)
		return true;
	ERR_clear_error();
	STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(files->client_ca);
	if (!names || SSL_CTX_load_verify_locations(ctx, files->client_ca, NULL) != 1) {
		buf_fmt(why,
			"cannot take the certificates of the client authority in %s: %s; a "
			"PEM file was expected",
			files->client_ca, fault());
		sk_X509_NAME_pop_free(names, X509_NAME_free);
		return false;
	}
	SSL_CTX_set_client_CA_list(ctx, names);
	SSL_CTX_set_verify(
	    ctx, SSL_VERIFY_PEER | (files->client_optional ? 0 : SSL_VERIFY_FAIL_IF_NO_PEER_CERT),
	    NULL);
	return true;
}

/* ---- the context ---- */

/* A client that offers protocols, and not ours, would not understand us. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *len,
			   const unsigned char *offered, unsigned n, void *arg)
{
	(void)ssl, (void)arg;
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen;
	if (SSL_select_next_proto(&chosen, len, ours, sizeof(ours) - 1, offered, n) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static bool set_up(SSL_CTX *ctx)
{
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
				     SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE |
				     SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				  SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
	return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_cipher_list(ctx, CIPHERS) == 1 && SSL_CTX_set_num_tickets(ctx, 0) == 1;
}

static int64_t expires_us(SSL_CTX *ctx)
{
	struct tm tm;
	if (ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(ctx)), &tm) != 1)
		return TIME_NEVER;
	return (int64_t)timegm(&tm) * SECOND_US;
}

struct tls *tls_new(const struct tls_files *files, struct buf *why)
{
	struct tls *t = mem_alloc(sizeof(*t));
	t->references = 1;
	t->ctx = SSL_CTX_new(TLS_server_method());
	t->socket = socket_method();
	if (!t->ctx || !t->socket || !set_up(t->ctx)) {
		buf_fmt(why, "OpenSSL does not offer TLS 1.2 here: %s", fault());
	} else if (load_certificate(t->ctx, files->certificate, why) &&
		   load_key(t->ctx, files, why) && load_client_ca(t->ctx, files, why)) {
		t->expires_us = expires_us(t->ctx);
		return t;
	}
	tls_free(t);
	return NULL;
}

void tls_free(struct tls *t)
{
	if (!t || --t->references)
		return;
	SSL_CTX_free(t->ctx);
	BIO_meth_free(t->socket);
	mem_free(t);
}

int64_t tls_expires_us(const struct tls *t)
{
	return t->expires_us;
}

/* ---- a connection ---- */

struct tls_conn *tls_accept(struct tls *t, int fd)
{
	struct tls_conn *c = mem_alloc(sizeof(*c));
	BIO *b = BIO_new(t->socket);
	c->ssl = SSL_new(t->ctx);
	if (!b || !c->ssl) {
		BIO_free(b);
		SSL_free(c->ssl);
		mem_free(c);
		return NULL;
	}
	c->tls = t;
	c->fd = fd;
	t->references++;
	BIO_set_data(b, c);
	BIO_set_init(b, 1);
	SSL_set_bio(c->ssl, b, b);
	SSL_set_accept_state(c->ssl);
	return c;
}

/* What a call that moved nothing means. */
static ssize_t explain(struct tls_conn *c, int result)
{
	int what = SSL_get_error(c->ssl, result);
	c->wants = what;
	switch (what) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default: /* OpenSSL's, all of which end the connection */
		c->broken = true;
		errno = EPROTO;
		return -1;
	}
}

static int at_most(size_t n)
{
	return n > INT_MAX ? INT_MAX : (int)n;
}

ssize_t tls_read(struct tls_conn *c, char *p, size_t n)
{
	ERR_clear_error();
	int done = SSL_read(c->ssl, p, at_most(n));
	c->wants = SSL_ERROR_NONE;
	c->ready = c->ready || SSL_is_init_finished(c->ssl);
	return done > 0 ? done : explain(c, done);
}

ssize_t tls_write(struct tls_conn *c, const char *p, size_t n)
{
	ERR_clear_error();
	int done = SSL_write(c->ssl, p, at_most(n));
	c->wants = SSL_ERROR_NONE;
	return done > 0 ? done : explain(c, done);
}

bool tls_wants_write(const struct tls_conn *c)
{
	return c->wants == SSL_ERROR_WANT_WRITE;
}

bool tls_is_ready(const struct tls_conn *c)
{
	return c->ready;
}

bool tls_peer(const struct tls_conn *c, struct hash256 *out)
{
	X509 *peer = SSL_get0_peer_certificate(c->ssl);
	unsigned n = sizeof(out->b);
	return peer && X509_digest(peer, EVP_sha256(), out->b, &n) == 1;
}

void tls_finish(struct tls_conn *c)
{
	if (c->broken || !tls_is_ready(c))
		return;
	ERR_clear_error();
	SSL_shutdown(c->ssl);
	c->broken = true;
}

void tls_close(struct tls_conn *c)
{
	if (!c)
		return;
	tls_finish(c);
	SSL_free(c->ssl);
	tls_free(c->tls);
	mem_free(c);
}
