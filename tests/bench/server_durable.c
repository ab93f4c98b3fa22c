/* SPDX-License-Identifier: Apache-2.0
 *
 * What durability costs at least: a libev server on the ledger's own schema and settings that
 * inserts for each request the rows that a decided event takes (case, event, outcome), all requests
 * of a loop turn in one transaction, and answers after the commit. It reads no JSON and decides
 * nothing: case and key are made up, the texts have the usual sizes.
 *
 *     server_durable PORT FILE
 */
#include "daemon/ledger/schema.h"

#include <arpa/inet.h>
#include <ev.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CASES     50000u
#define IN_BYTES  65536u
#define MOST_OPEN 4096

/* The average sizes of what Pathway to Safety records; two of three events have an outcome. */
static char decision[806], state[590];
static char answer[1000];
static size_t answer_len;

struct peer {
	ev_io io;
	unsigned owed; /* answers due after the commit */
	size_t len;
	char in[IN_BYTES];
};

static struct peer *waiting[MOST_OPEN];
static size_t nwaiting;
static sqlite3 *db;
static sqlite3_stmt *put_case, *put_event, *put_outcome, *begin, *commit;
static uint64_t seq, random_state = 1;

static void must(int rc, const char *what)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
		return;
	fprintf(stderr, "server_durable: %s: %s\n", what, sqlite3_errmsg(db));
	exit(3);
}

static void run(sqlite3_stmt *s)
{
	must(sqlite3_step(s), "step");
	sqlite3_reset(s);
}

static uint64_t next_random(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	return z ^ (z >> 31);
}

static void insert_rows(const char *body, size_t len)
{
	int64_t no = (int64_t)(next_random() % CASES) + 1;
	uint64_t key[2] = {next_random(), ++seq};
	char id[24];
	int id_len = snprintf(id, sizeof(id), "S-%lld", (long long)no);
	sqlite3_bind_int64(put_case, 1, no);
	sqlite3_bind_text(put_case, 2, id, id_len, SQLITE_STATIC);
	sqlite3_bind_int64(put_case, 3, (int64_t)seq);
	sqlite3_bind_text(put_case, 4, state, sizeof(state), SQLITE_STATIC);
	run(put_case);
	sqlite3_bind_int64(put_event, 1, (int64_t)seq);
	sqlite3_bind_int64(put_event, 2, no);
	sqlite3_bind_blob(put_event, 3, key, 16, SQLITE_STATIC);
	sqlite3_bind_blob(put_event, 4, key, 16, SQLITE_STATIC);
	sqlite3_bind_text(put_event, 5, body, (int)len, SQLITE_STATIC);
	sqlite3_bind_text(put_event, 6, decision, sizeof(decision), SQLITE_STATIC);
	run(put_event);
	if (seq % 3 == 0)
		return;
	sqlite3_bind_int64(put_outcome, 1, (int64_t)seq);
	sqlite3_bind_blob(put_outcome, 2, key, 16, SQLITE_STATIC);
	run(put_outcome);
}

static void drop(struct ev_loop *loop, struct peer *p)
{
	ev_io_stop(loop, &p->io);
	close(p->io.fd);
	for (size_t i = 0; i < nwaiting; i++)
		if (waiting[i] == p)
			waiting[i] = waiting[--nwaiting];
	free(p);
}

/* Takes one whole request from the front of the input; 0: there is none yet. */
static size_t take(struct peer *p)
{
	char *end = memmem(p->in, p->len, "\r\n\r\n", 4);
	if (!end)
		return 0;
	*end = 0;
	const char *field = strcasestr(p->in, "\r\ncontent-length:");
	*end = '\r';
	size_t head = (size_t)(end - p->in) + 4, body = field ? strtoul(field + 17, NULL, 10) : 0;
	if (p->len < head + body)
		return 0;
	if (sqlite3_get_autocommit(db))
		run(begin);
	insert_rows(p->in + head, body);
	return head + body;
}

static void on_peer(struct ev_loop *loop, ev_io *w, int events)
{
	(void)events;
	struct peer *p = w->data;
	ssize_t n = recv(w->fd, p->in + p->len, IN_BYTES - p->len - 1, 0);
	if (n <= 0) {
		drop(loop, p);
		return;
	}
	p->len += (size_t)n;
	p->in[p->len] = 0;
	for (size_t used; (used = take(p)) != 0;) {
		memmove(p->in, p->in + used, p->len - used + 1);
		p->len -= used;
		if (!p->owed++)
			waiting[nwaiting++] = p;
	}
}

/* Before the loop sleeps: one commit for all, then the answers. */
static void on_prepare(struct ev_loop *loop, ev_prepare *w, int events)
{
	(void)w;
	(void)events;
	if (!sqlite3_get_autocommit(db))
		run(commit);
	while (nwaiting) {
		struct peer *p = waiting[--nwaiting];
		bool fine = true;
		for (; p->owed && fine; p->owed--)
			fine =
			    send(p->io.fd, answer, answer_len, MSG_NOSIGNAL) == (ssize_t)answer_len;
		if (!fine)
			drop(loop, p);
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

static sqlite3_stmt *prepare(const char *sql)
{
	sqlite3_stmt *s = NULL;
	must(sqlite3_prepare_v2(db, sql, -1, &s, NULL), sql);
	return s;
}

static void open_file(const char *path)
{
	must(sqlite3_open(path, &db), path);
	must(sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", NULL, NULL, NULL),
	     "pragma");
	must(sqlite3_exec(db, ledger_migrations[0], NULL, NULL, NULL), "schema");
	must(sqlite3_exec(db,
			  "INSERT INTO policies VALUES (1, '0123456789abcdef', zeroblob(32), 0)",
			  NULL, NULL, NULL),
	     "policy");
	begin = prepare("BEGIN IMMEDIATE");
	commit = prepare("COMMIT");
	put_case = prepare("INSERT INTO cases (no, id, kind, county, last_seq, next_due_us, state)"
			   " VALUES (?1, ?2, 'survivor', 'alameda', ?3, NULL, ?4)"
			   " ON CONFLICT (no) DO UPDATE SET last_seq = ?3, state = ?4");
	put_event =
	    prepare("INSERT INTO events (seq, prev_seq, case_no, key, digest, received_us,"
		    " policy, event, decision) VALUES (?1, NULL, ?2, ?3, ?4, 0, 1, ?5, ?6)");
	put_outcome = prepare("INSERT INTO outcomes (seq, item, id, county, kind, amount_cents,"
			      " fund, name, recipient, due) VALUES (?1, 0, ?2, 'alameda',"
			      " 'payment', 10000, 'incentives', NULL, 'S-1', NULL)");
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: server_durable PORT FILE\n");
		return 2;
	}
	memset(decision, 'd', sizeof(decision));
	memset(state, 's', sizeof(state));
	answer_len = (size_t)snprintf(answer, sizeof(answer),
				      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
				      "Content-Length: %zu\r\n\r\n%.*s",
				      sizeof(decision), (int)sizeof(decision), decision);
	open_file(argv[2]);
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	a.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(fd, 1024) != 0) {
		perror("server_durable: listen");
		return 3;
	}
	struct ev_loop *loop = ev_loop_new(0);
	ev_io accepting;
	ev_io_init(&accepting, on_accept, fd, EV_READ);
	ev_io_start(loop, &accepting);
	ev_prepare before_sleep;
	ev_prepare_init(&before_sleep, on_prepare);
	ev_prepare_start(loop, &before_sleep);
	ev_run(loop, 0);
	return 0;
}
