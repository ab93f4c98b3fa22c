/* SPDX-License-Identifier: Apache-2.0
 *
 * The server's side of TLS against a client of OpenSSL in the same thread, over a pair of sockets;
 * and the HTTP server with peers that never come to a request. The certificate is made here.
 */
#include "daemon/serve/http.h"
#include "daemon/serve/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define TURNS 5000

static char folder[64], certificate[96], key[96];
static struct buf why;

/* A key, and a certificate for it that vouches for itself. */
static void make_pair(const char *name)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	assert_true(pkey && x);
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, pkey);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	assert_true(X509_sign(x, pkey, EVP_sha256()) > 0);
	FILE *f = fopen(certificate, "w");
	assert_true(f && PEM_write_X509(f, x));
	fclose(f);
	f = fopen(key, "w");
	assert_true(f && PEM_write_PrivateKey(f, pkey, NULL, NULL, 0, NULL, NULL));
	fclose(f);
	chmod(key, 0600);
	X509_free(x);
	EVP_PKEY_free(pkey);
}

static struct tls_files files(void)
{
	return (struct tls_files){.certificate = certificate, .key = key};
}

/* ---- a server and a client, joined ---- */

struct joined {
	int server_fd, client_fd;
	struct tls *tls;
	struct tls_conn *server;
	SSL_CTX *ctx;
	SSL *client;
};

static void join(struct joined *j, int version)
{
	int fds[2];
	const struct tls_files f = files();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	*j = (struct joined){.server_fd = fds[0], .client_fd = fds[1]};
	j->tls = tls_new(&f, &why);
	assert_non_null(j->tls);
	j->server = tls_accept(j->tls, fds[0]);
	assert_non_null(j->server);
	j->ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_min_proto_version(j->ctx, version);
	SSL_CTX_set_max_proto_version(j->ctx, version);
	j->client = SSL_new(j->ctx);
	SSL_set_fd(j->client, fds[1]);
	SSL_set_connect_state(j->client);
}

static void part(struct joined *j)
{
	tls_close(j->server);
	tls_free(j->tls);
	SSL_free(j->client);
	SSL_CTX_free(j->ctx);
	close(j->server_fd);
	if (j->client_fd >= 0)
		close(j->client_fd);
}

static void shake_hands(struct joined *j)
{
	char p[16];
	for (int i = 0; i < 20 && !(SSL_is_init_finished(j->client) && tls_is_ready(j->server));
	     i++) {
		SSL_do_handshake(j->client);
		assert_int_equal(tls_read(j->server, p, sizeof(p)), -1);
		assert_int_equal(errno, EAGAIN);
	}
	assert_true(tls_is_ready(j->server));
}

static void test_words_both_ways(void **state)
{
	const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct joined j;
		struct hash256 peer;
		char p[16];
		join(&j, versions[i]);
		assert_false(tls_is_ready(j.server));
		shake_hands(&j);
		assert_int_equal(SSL_write(j.client, "question", 8), 8);
		assert_int_equal(tls_read(j.server, p, sizeof(p)), 8);
		assert_memory_equal(p, "question", 8);
		assert_int_equal(tls_write(j.server, "answer", 6), 6);
		assert_int_equal(SSL_read(j.client, p, sizeof(p)), 6);
		assert_false(tls_peer(j.server, &peer));
		SSL_shutdown(j.client);
		assert_int_equal(tls_read(j.server, p, sizeof(p)), 0);
		tls_finish(j.server);
		assert_int_equal(SSL_read(j.client, p, sizeof(p)), 0);
		assert_int_equal(SSL_get_error(j.client, 0), SSL_ERROR_ZERO_RETURN);
		part(&j);
	}
}

static void test_an_end_without_goodbye_is_no_end(void **state)
{
	(void)state;
	struct joined j;
	char p[16];
	join(&j, TLS1_3_VERSION);
	shake_hands(&j);
	close(j.client_fd);
	j.client_fd = -1;
	assert_int_equal(tls_read(j.server, p, sizeof(p)), -1);
	assert_int_equal(errno, EPROTO);
	assert_int_equal(tls_write(j.server, "x", 1), -1); /* and no signal */
	part(&j);
}

/* The peer takes nothing: what cannot be sent is told, and goes out when there is room. */
static void test_a_peer_that_does_not_read(void **state)
{
	(void)state;
	static char block[100000], p[100000];
	struct joined j;
	size_t sent = 0, got = 0;
	join(&j, TLS1_2_VERSION);
	shake_hands(&j);
	for (ssize_t n; (n = tls_write(j.server, block, sizeof(block))) > 0;)
		sent += (size_t)n;
	assert_int_equal(errno, EAGAIN);
	assert_true(tls_wants_write(j.server) && sent > 0);
	for (int i = 0; i < TURNS && got < 3 * sent; i++) {
		int taken = SSL_read(j.client, p, sizeof(p));
		got += taken > 0 ? (size_t)taken : 0;
		ssize_t n = tls_write(j.server, block, sizeof(block));
		assert_true(n > 0 || errno == EAGAIN);
	}
	assert_true(got >= 3 * sent);
	part(&j);
}

static void test_connections_outlive_their_context(void **state)
{
	(void)state;
	struct joined j;
	char p[16];
	join(&j, TLS1_3_VERSION);
	shake_hands(&j);
	tls_free(j.tls);
	j.tls = NULL;
	assert_int_equal(tls_write(j.server, "still", 5), 5);
	assert_int_equal(SSL_read(j.client, p, sizeof(p)), 5);
	part(&j);
}

static void expect_refused(const struct tls_files *f, const char *words)
{
	buf_clear(&why);
	assert_null(tls_new(f, &why));
	assert_true(str_contains(buf_view(&why), str_from(words)));
}

static void test_files_that_are_wrong(void **state)
{
	(void)state;
	struct tls_files f = files();
	chmod(key, 0644);
	expect_refused(&f, "chmod 0600");
	chmod(key, 0660);
	expect_refused(&f, "chmod 0600");
	chmod(key, 0640);
	struct tls *t = tls_new(&f, &why);
	assert_non_null(t);
	assert_true(tls_expires_us(t) > 0);
	tls_free(t);
	f.key = certificate; /* no key in it, and anybody may read it */
	chmod(certificate, 0600);
	expect_refused(&f, "cannot take the key");
	f = files();
	char kept[128];
	snprintf(kept, sizeof(kept), "%s.kept", certificate);
	rename(certificate, kept);
	make_pair("another");
	f.certificate = kept;
	expect_refused(&f, "does not belong to the certificate");
	unlink(kept);
	f.certificate = folder;
	expect_refused(&f, "cannot take the certificate");
	tls_free(NULL);
	tls_close(NULL);
}

/* ---- under the HTTP server ---- */

static void never(void *arg, struct http_request *r)
{
	(void)arg, (void)r;
	fail_msg("a request came through without TLS");
}

static int dial(unsigned port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)port),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static bool has_ended(int fd)
{
	char p[256];
	ssize_t n;
	while ((n = recv(fd, p, sizeof(p), 0)) > 0)
		;
	return n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

/* Silent, after a part of its hello, or speaking plain HTTP: each is closed, and counted. */
static void test_who_does_not_shake_hands_is_closed(void **state)
{
	(void)state;
	static const char *const words[] = {"", "\x16\x03\x01",
					    "GET / HTTP/1.1\r\nHost: a\r\n\r\n"};
	struct http_config config = http_config_default();
	const struct tls_files f = files();
	struct ev_loop *loop = ev_loop_new(0);
	config.sweep_ms = 1;
	config.handshake_timeout_ms = 20;
	struct http_server *s = http_server_new(loop, &config, never, NULL);
	assert_int_equal(http_server_tls(s, &f, &why), STATUS_OK);
	assert_int_equal(http_listen_tcp(s, STR("127.0.0.1:0"), &why), STATUS_OK);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		int turns = 0, fd = dial(http_server_port(s));
		assert_int_equal(send(fd, words[i], strlen(words[i]), MSG_NOSIGNAL),
				 strlen(words[i]));
		while (!has_ended(fd) && turns++ < TURNS)
			ev_run(loop, EVRUN_ONCE);
		assert_true(turns < TURNS);
		assert_int_equal(http_server_counters(s)->handshakes_failed, i + 1);
		assert_int_equal(http_server_counters(s)->connections, 0);
		close(fd);
	}
	/* A file that is wrong changes nothing. */
	struct tls_files none = {.certificate = "/nowhere", .key = "/nowhere"};
	assert_int_equal(http_server_tls(s, &none, &why), STATUS_INVALID);
	assert_true(http_server_expires_us(s) > 0);
	http_server_free(s);
	ev_loop_destroy(loop);
}

/* ---- */

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/waymark-test-XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	snprintf(certificate, sizeof(certificate), "%s/cert.pem", folder);
	snprintf(key, sizeof(key), "%s/key.pem", folder);
	make_pair("server");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(certificate);
	unlink(key);
	buf_release(&why);
	return rmdir(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_words_both_ways),           TEST(test_an_end_without_goodbye_is_no_end),
	    TEST(test_a_peer_that_does_not_read), TEST(test_connections_outlive_their_context),
	    TEST(test_files_that_are_wrong),      TEST(test_who_does_not_shake_hands_is_closed),
	};
	return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
