/* SPDX-License-Identifier: Apache-2.0
 *
 * What recording costs, beside plain SQLite that inserts the same rows, and how much of it the log
 * and the seal are. Several ledgers take the same units side by side, group by group, so that a
 * machine whose speed drifts does so for all of them:
 *
 *     ledger       as the daemon writes it
 *     no log       the same without the hook that hears of each row (log.h)
 *     no seal      the same with payloads that are copied instead of sealed: this program is linked
 *                  with a seal() of its own
 *     plain        one SQLite file with the same rows, indexes and settings; no triggers, no
 *                  references, no log, no seal, no keys
 *
 * usage: bench_ledger POLICIES FOLDER EVENTS CASES GROUP [START SECONDS]
 *
 * START, in seconds since 1970, and SECONDS say when the events occur.
 */
#define SQLITE_ENABLE_PREUPDATE_HOOK 1

#include "daemon/ledger/ledger_internal.h"
#include "engine/base/mem.h"
#include "tests/bench/clock.h"
#include "tests/bench/feed.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- without the seal ---- */

static bool without_seal;

enum status __wrap_seal(struct sealer *s, struct seal_place at, struct str text, struct buf *out);
enum status __real_seal(struct sealer *s, struct seal_place at, struct str text, struct buf *out);

/* Of the same size. */
enum status __wrap_seal(struct sealer *s, struct seal_place at, struct str text, struct buf *out)
{
	if (!without_seal)
		return __real_seal(s, at, text, out);
	buf_pad(out, ' ', SEAL_MORE_BYTES);
	buf_str(out, text);
	return STATUS_OK;
}

/* ---- plain SQLite ---- */

static const char plain_tables[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
    "PRAGMA wal_autocheckpoint=0;"
    "CREATE TABLE cases (no INTEGER PRIMARY KEY, fingerprint BLOB NOT NULL UNIQUE, id BLOB,"
    " kind TEXT NOT NULL, county TEXT NOT NULL, last_seq INTEGER NOT NULL, next_due_us INTEGER,"
    " next_due_day TEXT, state BLOB) STRICT;"
    "CREATE INDEX cases_due ON cases (next_due_us, next_due_day) WHERE next_due_us IS NOT NULL;"
    "CREATE TABLE events (seq INTEGER PRIMARY KEY, prev_seq INTEGER, case_no INTEGER NOT NULL,"
    " key BLOB NOT NULL, received_us INTEGER NOT NULL, policy INTEGER NOT NULL, sender TEXT,"
    " event BLOB NOT NULL, decision BLOB NOT NULL, case_digest BLOB) STRICT;"
    "CREATE UNIQUE INDEX events_key ON events (key);"
    "CREATE TABLE outcomes (position INTEGER PRIMARY KEY, seq INTEGER NOT NULL,"
    " item INTEGER NOT NULL, id BLOB NOT NULL, county TEXT NOT NULL, kind TEXT NOT NULL,"
    " amount_cents INTEGER, fund TEXT, name TEXT, draw_kind TEXT, draw_name TEXT,"
    " draw_period TEXT, draw_reserved INTEGER, draw_committed INTEGER) STRICT;"
    "CREATE TABLE pots (kind TEXT NOT NULL, name TEXT NOT NULL, county TEXT NOT NULL,"
    " period TEXT NOT NULL, reserved INTEGER NOT NULL, committed INTEGER NOT NULL,"
    " PRIMARY KEY (kind, name, county, period)) STRICT, WITHOUT ROWID;";

enum plain_sql {
	PUT_CASE,
	SET_CASE,
	SET_CASE_DUE,
	PUT_EVENT,
	PUT_OUTCOME,
	PUT_DRAW,
	BEGIN,
	COMMIT,
	PLAIN_N
};

static const char *const plain_sql[PLAIN_N] = {
    [PUT_CASE] = "INSERT INTO cases VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [SET_CASE] = "UPDATE cases SET last_seq = ?2, state = ?3 WHERE no = ?1",
    [SET_CASE_DUE] = "UPDATE cases SET last_seq = ?2, state = ?3, next_due_us = ?4,"
		     " next_due_day = ?5 WHERE no = ?1",
    [PUT_EVENT] = "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL)",
    [PUT_OUTCOME] = "INSERT INTO outcomes VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
		    " ?11, ?12, ?13)",
    [PUT_DRAW] = "INSERT INTO pots VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET"
		 " reserved = reserved + excluded.reserved,"
		 " committed = committed + excluded.committed",
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
};

struct plain {
	sqlite3 *db;
	sqlite3_stmt *sql[PLAIN_N];
	int pages;
};

static void plain_run(sqlite3_stmt *s)
{
	if (sql_run(s))
		feed_fail("plain SQLite", str_from(sqlite3_errmsg(sqlite3_db_handle(s))));
}

static int plain_committed(void *arg, sqlite3 *db, const char *name, int pages)
{
	(void)db, (void)name;
	((struct plain *)arg)->pages = pages;
	return SQLITE_OK;
}

static void plain_open(struct plain *p, const char *path)
{
	if (sqlite3_open(path, &p->db) || sql_exec(p->db, plain_tables))
		feed_fail(path, str_from(sqlite3_errmsg(p->db)));
	sqlite3_wal_hook(p->db, plain_committed, p);
	for (int i = 0; i < PLAIN_N; i++)
		p->sql[i] = sql_prepare(p->db, plain_sql[i]);
}

static void plain_close(struct plain *p)
{
	for (int i = 0; i < PLAIN_N; i++)
		sqlite3_finalize(p->sql[i]);
	sqlite3_close(p->db);
}

static struct str plain_day(int32_t day, struct buf *b)
{
	buf_clear(b);
	if (day != DAY_NONE)
		day_text(b, day);
	return buf_view(b);
}

static void bind_due(sqlite3_stmt *s, int i, struct ledger_due due, struct buf *b)
{
	sqlite3_bind_null(s, i);
	if (due.at != TIME_NEVER)
		sql_bind_int(s, i, due.at);
	sql_bind_text_or_null(s, i + 1, plain_day(due.day, b));
}

static void plain_case(struct plain *p, const struct ledger_unit *u)
{
	struct buf day = {0};
	struct hash128 id = hash_sip(u->case_id.p, u->case_id.len);
	sqlite3_stmt *s = p->sql[u->is_new ? PUT_CASE : u->due_changed ? SET_CASE_DUE : SET_CASE];
	sql_bind_int(s, 1, (int64_t)u->case_no);
	if (u->is_new) {
		sql_bind_hash(s, 2, &id);
		sql_bind_blob(s, 3, u->case_id.p, u->case_id.len);
		sql_bind_text(s, 4, u->kind);
		sql_bind_text(s, 5, u->county);
		sql_bind_int(s, 6, (int64_t)u->last_seq);
		bind_due(s, 7, u->next_due, &day);
		sql_bind_blob(s, 9, u->state.p, u->state.len);
	} else {
		sql_bind_int(s, 2, (int64_t)u->last_seq);
		sql_bind_blob(s, 3, u->state.p, u->state.len);
		if (u->due_changed)
			bind_due(s, 4, u->next_due, &day);
	}
	plain_run(s);
	buf_release(&day);
}

static void plain_outcome(struct plain *p, const struct ledger_record *r, size_t item)
{
	const struct ledger_outcome *o = &r->outcomes[item];
	struct buf day = {0};
	sqlite3_stmt *s = p->sql[PUT_OUTCOME], *draw = p->sql[PUT_DRAW];
	for (int i = 6; i <= 13; i++)
		sqlite3_bind_null(s, i);
	sql_bind_int(s, 1, (int64_t)r->seq);
	sql_bind_int(s, 2, (int64_t)item);
	sql_bind_hash(s, 3, &o->id);
	sql_bind_text(s, 4, r->county);
	sql_bind_text(s, 5, o->kind);
	if (o->has_amount)
		sql_bind_int(s, 6, o->cents);
	sql_bind_text_or_null(s, 7, o->fund);
	sql_bind_text_or_null(s, 8, o->name);
	for (int k = 0; k < 2 && o->draw.kind != POT_NONE; k++) {
		sqlite3_stmt *to = k ? draw : s;
		int i = k ? 1 : 9;
		sql_bind_text(to, i, pot_kind_name(o->draw.kind));
		sql_bind_text(to, i + 1, o->draw.name);
		if (k)
			sql_bind_text(to, 3, o->draw.county);
		sql_bind_text(to, i + 2 + k, plain_day(o->draw.from, &day));
		sql_bind_int(to, i + 3 + k, o->draw.reserved);
		sql_bind_int(to, i + 4 + k, o->draw.committed);
		plain_run(to);
	}
	if (o->draw.kind == POT_NONE)
		plain_run(s);
	buf_release(&day);
}

static void plain_record(struct plain *p, const struct ledger_unit *u,
			 const struct ledger_record *r)
{
	sqlite3_stmt *s = p->sql[PUT_EVENT];
	sql_bind_int(s, 1, (int64_t)r->seq);
	sqlite3_bind_null(s, 2);
	if (r->prev_seq)
		sql_bind_int(s, 2, (int64_t)r->prev_seq);
	sql_bind_int(s, 3, (int64_t)u->case_no);
	sql_bind_hash(s, 4, &r->key);
	sql_bind_int(s, 5, r->received_us);
	sql_bind_int(s, 6, r->policy);
	sql_bind_text_or_null(s, 7, r->sender);
	sql_bind_blob(s, 8, r->event.p, r->event.len);
	sql_bind_blob(s, 9, r->decision.p, r->decision.len);
	plain_run(s);
	for (size_t i = 0; i < r->noutcomes; i++)
		plain_outcome(p, r, i);
}

static void plain_commit(struct plain *p, const struct ledger_unit *units)
{
	plain_run(p->sql[BEGIN]);
	for (const struct ledger_unit *u = units; u; u = u->next) {
		plain_case(p, u);
		for (const struct ledger_record *r = u->first; r; r = r->next)
			plain_record(p, u, r);
	}
	plain_run(p->sql[COMMIT]);
	if (p->pages >= CHECKPOINT_PAGES)
		sqlite3_wal_checkpoint_v2(p->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* ---- side by side ---- */

enum side { FULL, NO_LOG, NO_SEAL, PLAIN, SIDES };
static const char *const side_names[SIDES] = {"ledger", "no log", "no seal", "plain"};

struct cost {
	int64_t wall_ns, cpu_ns;
};

struct bench {
	struct ledger *ledgers[PLAIN];
	struct plain plain;
	struct cost costs[SIDES];
	uint64_t events;
};

static int64_t cpu_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The writing threads sleep: this one may use their connections. */
static void commit_side(struct bench *b, enum side side, const struct ledger_unit *units)
{
	struct cost *c = &b->costs[side];
	int64_t wall = clock_ns(), cpu = cpu_ns();
	without_seal = side == NO_SEAL;
	if (side == PLAIN) {
		plain_commit(&b->plain, units);
	} else {
		struct writer *w = &b->ledgers[side]->writer;
		if (writer_commit(w, units) || writer_checkpoint(w))
			feed_fail(side_names[side], buf_view(&w->why));
	}
	c->cpu_ns += cpu_ns() - cpu;
	c->wall_ns += clock_ns() - wall;
}

/* Each begins in turn, so that none always finds the units in the processor's cache. */
static void commit_group(struct bench *b, struct feed *f, struct unit_list *group)
{
	static unsigned turn;
	for (unsigned i = 0; group->n && i < SIDES; i++)
		commit_side(b, (enum side)((turn + i) % SIDES), group->first);
	turn++;
	for (struct ledger_unit *u; (u = unit_pop(group));)
		ledger_unit_free(f->ledger, u);
}

static void report(const struct bench *b, size_t group)
{
	const struct cost *full = &b->costs[FULL], *plain = &b->costs[PLAIN];
	double n = (double)b->events;
	for (int i = 0; i < SIDES; i++)
		printf("%-8s %8.0f events/s, %5.2f us of processor an event\n", side_names[i],
		       n * 1e9 / (double)b->costs[i].wall_ns, (double)b->costs[i].cpu_ns / 1e3 / n);
	printf("groups of %zu: ratio %.2f of plain SQLite by the clock, %.2f by processor time; "
	       "the log is %.1f %% of the ledger's processor time, the seal %.1f %%\n",
	       group, (double)plain->wall_ns / (double)full->wall_ns,
	       (double)plain->cpu_ns / (double)full->cpu_ns,
	       100 - 100 * (double)b->costs[NO_LOG].cpu_ns / (double)full->cpu_ns,
	       100 - 100 * (double)b->costs[NO_SEAL].cpu_ns / (double)full->cpu_ns);
}

static void open_side(struct bench *b, const char *policies, const char *folder, enum side side,
		      struct feed *f)
{
	static char paths[SIDES][512]; /* the ledgers keep them */
	char *path = paths[side];
	snprintf(path, sizeof(paths[side]), "%s/%s.db", folder, side_names[side]);
	if (side == PLAIN) {
		plain_open(&b->plain, path);
		return;
	}
	feed_open(f, policies, path);
	b->ledgers[side] = f->ledger;
	if (side == NO_LOG)
		sqlite3_preupdate_hook(f->ledger->writer.db, NULL, NULL);
}

int main(int argc, char **argv)
{
	if (argc != 6 && argc != 8) {
		fprintf(stderr, "usage: bench_ledger POLICIES FOLDER EVENTS CASES GROUP"
				" [START SECONDS]\n");
		return 2;
	}
	struct bench b = {0};
	struct feed feeds[SIDES];
	struct unit_list units = {0};
	size_t group = strtoull(argv[5], NULL, 10);
	for (unsigned i = 0; i < SIDES; i++)
		open_side(&b, argv[1], argv[2], (enum side)i, &feeds[i]);
	struct feed *f = &feeds[FULL]; /* whose units all of them write */
	gen_init(&f->gen, strtoull(argv[3], NULL, 10), (uint32_t)strtoul(argv[4], NULL, 10));
	if (argc == 8) {
		f->gen.start_s = strtoll(argv[6], NULL, 10);
		f->gen.span_s = strtoll(argv[7], NULL, 10);
	}
	for (struct ledger_unit *u; (u = feed_next(f));) {
		unit_push(&units, u);
		if (units.n == group)
			commit_group(&b, f, &units);
	}
	commit_group(&b, f, &units);
	b.events = f->events + f->fired;
	report(&b, group);
	for (unsigned i = 0; i < PLAIN; i++)
		feed_close(&feeds[i]);
	plain_close(&b.plain);
	return 0;
}
