/* SPDX-License-Identifier: Apache-2.0
 *
 * A ledger in a folder of its own, and events for it that are put together by hand.
 */
#ifndef WAYMARK_TESTS_LEDGER_RIG_H
#define WAYMARK_TESTS_LEDGER_RIG_H

#include "daemon/ledger/ledger.h"
#include "daemon/ledger/schema.h"
#include "engine/case/json.h"
#include "tests/support/sample_rulebook.h"

#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct ledger_rig {
	char folder[64];
	char path[96];
	int woken; /* eventfd */
	uint64_t most_bytes;
	uint16_t log_pages;
	struct rulebook *rb;
	struct ledger *ledger;
	struct ledger_reader *reader;
	uint32_t policy;
	struct buf why;
};

static inline void rig_wake(void *arg)
{
	uint64_t one = 1;
	if (write(((struct ledger_rig *)arg)->woken, &one, sizeof(one)) < 0)
		abort();
}

/* Opens; g->why says why not. */
static inline enum status rig_try(struct ledger_rig *g)
{
	struct ledger_config config = {.path = g->path,
				       .wake = rig_wake,
				       .arg = g,
				       .most_bytes = g->most_bytes,
				       .log_pages = g->log_pages};
	buf_clear(&g->why);
	enum status status = ledger_open(&config, &g->ledger, &g->why);
	if (!status)
		g->policy = ledger_policy(g->ledger, g->rb, 1);
	if (!status)
		status = ledger_reader_open(g->path, &g->reader, &g->why);
	return status;
}

static inline enum status rig_open(struct ledger_rig *g)
{
	enum status status = rig_try(g);
	if (status)
		fprintf(stderr, STR_FMT "\n", STR_ARG(buf_view(&g->why)));
	return status;
}

static inline enum status rig_close(struct ledger_rig *g)
{
	ledger_reader_close(g->reader);
	enum status status = ledger_close(g->ledger);
	g->reader = NULL;
	g->ledger = NULL;
	return status;
}

static inline void rig_init(struct ledger_rig *g)
{
	*g = (struct ledger_rig){.woken = eventfd(0, EFD_CLOEXEC), .rb = sample_rulebook()};
	snprintf(g->folder, sizeof(g->folder), "/tmp/waymark-test-XXXXXX");
	if (!mkdtemp(g->folder))
		abort();
	snprintf(g->path, sizeof(g->path), "%s/l.db", g->folder);
}

/* One of the files beside the ledger; "" is the ledger itself. */
static inline void rig_file(const struct ledger_rig *g, const char *suffix, char *path, size_t n)
{
	snprintf(path, n, "%s%s", g->path, suffix);
}

static inline void rig_unlink(const struct ledger_rig *g, const char *suffix)
{
	char path[128];
	rig_file(g, suffix, path, sizeof(path));
	unlink(path);
}

static inline void rig_release(struct ledger_rig *g)
{
	static const char *const files[] = {"",        "-wal",        "-shm",
					    ".lock",   ".keys",       ".keys.new",
					    ".tokens", ".tokens.new", ".tokens.lock"};
	rig_close(g);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		rig_unlink(g, files[i]);
	rmdir(g->folder);
	close(g->woken);
	rulebook_unref(g->rb);
	buf_release(&g->why);
}

/* The next unit that comes back, waited for. */
static inline struct ledger_unit *rig_next(struct ledger_rig *g)
{
	for (;;) {
		uint64_t times;
		struct pollfd p = {.fd = g->woken, .events = POLLIN};
		struct ledger_unit *u = ledger_completed(g->ledger);
		if (u)
			return u;
		if (poll(&p, 1, 10000) != 1 || read(g->woken, &times, sizeof(times)) < 0)
			abort(); /* the writer does not answer */
	}
}

/* Takes back all that is in flight; the status of the last one that was not fine. */
static inline enum status rig_settle(struct ledger_rig *g)
{
	enum status status = STATUS_OK;
	ledger_flush(g->ledger);
	while (ledger_in_flight(g->ledger)) {
		struct ledger_unit *u = rig_next(g);
		if (u->status)
			status = u->status;
		ledger_unit_free(g->ledger, u);
	}
	return status;
}

/* ---- a ledger as an older version left it ---- */

static inline int rig_newest(void)
{
	int n = 0;
	while (ledger_migrations[n])
		n++;
	return n;
}

static inline void rig_sql(sqlite3 *db, const char *sql)
{
	char *error = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &error) == SQLITE_OK)
		return;
	fprintf(stderr, "%s: %s\n", sql, error);
	abort();
}

/* In the place of the functions of seal.h, for steps that have nothing to seal. */
static inline void rig_no_seal(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n, (void)v;
	sqlite3_result_zeroblob(c, 16);
}

static inline void rig_no_seals(sqlite3 *db)
{
	static const char *const names[] = {"opened", "sealed", "fingerprint", "ledger_name"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		sqlite3_create_function(db, names[i], -1, SQLITE_UTF8, NULL, rig_no_seal, NULL,
					NULL);
}

/* Copies what both have of a table of the ledger. */
static inline void rig_copy_table(sqlite3 *db, const char *table)
{
	char sql[160];
	struct buf columns = {0}, copy = {0};
	sqlite3_stmt *s = NULL;
	snprintf(sql, sizeof(sql), "SELECT name FROM pragma_table_info('%s')", table);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		abort();
	while (sqlite3_step(s) == SQLITE_ROW)
		buf_fmt(&columns, "%s%s", columns.len ? ", " : "", sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	buf_fmt(&copy, "INSERT INTO main.%s SELECT " STR_FMT " FROM now.%s", table,
		STR_ARG(buf_view(&columns)), table);
	buf_char(&copy, '\0');
	rig_sql(db, copy.p);
	buf_release(&columns);
	buf_release(&copy);
}

/* Turns the closed ledger into one of an older version, with what that could hold. From
 * LEDGER_SEALED on: before, nothing was sealed. */
static inline void rig_age(struct ledger_rig *g, int version)
{
	static const char *const tables[] = {"policies", "policy_sources", "cases",  "events",
					     "outcomes", "pots",           "seats",  "disclosures",
					     "waiting",  "register",       "sealing"};
	char old[128], sql[224];
	sqlite3 *db;
	snprintf(old, sizeof(old), "%s.old", g->path);
	if (sqlite3_open(old, &db) != SQLITE_OK)
		abort();
	rig_no_seals(db);
	for (int i = 0; i < version; i++)
		rig_sql(db, ledger_migrations[i]);
	snprintf(sql, sizeof(sql),
		 "PRAGMA application_id=%d; PRAGMA user_version=%d; ATTACH '%s' AS now",
		 LEDGER_APPLICATION_ID, version, g->path);
	rig_sql(db, sql);
	rig_sql(db, "DELETE FROM sealing");
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (sqlite3_table_column_metadata(db, "main", tables[i], NULL, NULL, NULL, NULL,
						  NULL, NULL) == SQLITE_OK)
			rig_copy_table(db, tables[i]);
	}
	sqlite3_close(db);
	if (rename(old, g->path))
		abort();
}

/* One event: `n` payments of $1.00, $2.00 and so on. */
struct rig_event {
	struct case_state *cs;
	uint64_t case_no, last_seq; /* last_seq is set to the event's */
	bool is_new;
	struct ledger_due due; /* what the ledger holds; set to what it will hold */
	const char *id;
	size_t n;
	size_t padding; /* bytes of text to make the event large */
};

static inline void rig_fill(struct decision *d, struct rig_event *e, struct outcome *outcomes)
{
	*d = (struct decision){
	    .outcomes = outcomes, .n = e->n, .type_name = STR("session_attended")};
	d->event = (struct event){.source = STR("/test"),
				  .id = str_from(e->id),
				  .subject = e->cs->id,
				  .type = SAMPLE_SESSION,
				  .county = e->cs->county,
				  .kind = SAMPLE_SURVIVOR,
				  .key = event_key(STR("/test"), str_from(e->id))};
	for (size_t i = 0; i < e->n; i++) {
		outcomes[i] = (struct outcome){.action = ACTION_PAY,
					       .status = OUTCOME_DUE,
					       .part = PART_SESSION,
					       .has_amount = true,
					       .cents = 100 * (int64_t)(i + 1),
					       .fund = 0,
					       .name = NONE,
					       .to = e->cs->id,
					       .due = 20000,
					       .first = DAY_NONE,
					       .schedule = NONE};
		uint64_t place[2] = {str_hash(d->event.id), i};
		outcomes[i].id = hash_sip(place, sizeof(place));
	}
}

static inline uint64_t rig_submit(struct ledger_rig *g, struct rig_event *e)
{
	struct outcome outcomes[8];
	struct decision d;
	struct buf event = {0}, decision = {0};
	uint64_t seq = ledger_take_seq(g->ledger);
	rig_fill(&d, e, outcomes);
	buf_fmt(&event, "{\"id\":\"%s\",\"source\":\"/test\",\"type\":\"session_attended\"", e->id);
	if (e->padding) {
		buf_c(&event, ",\"note\":\"");
		buf_pad(&event, 'x', e->padding);
		buf_c(&event, "\"");
	}
	buf_c(&event, "}");
	decision_json(&decision, g->rb, &d, seq, false);
	struct ledger_unit *u = ledger_unit_new(g->ledger, e);
	ledger_unit_case(u, e->case_no, e->is_new, e->last_seq, e->due);
	ledger_unit_decision(u, g->rb, &d, (struct ledger_stamp){seq, 77, g->policy},
			     buf_view(&event), buf_view(&decision));
	ledger_unit_state(u, g->rb, e->cs);
	e->last_seq = u->last_seq;
	e->due = u->next_due;
	e->is_new = false;
	ledger_submit(g->ledger, u);
	buf_release(&event);
	buf_release(&decision);
	return seq;
}

static inline struct rig_event rig_case(struct ledger_rig *g, const char *id, uint16_t county)
{
	return (struct rig_event){.cs = case_new(g->rb, str_from(id), SAMPLE_SURVIVOR, county),
				  .case_no = ledger_take_case(g->ledger),
				  .is_new = true,
				  .due = LEDGER_NOT_DUE};
}

#endif
