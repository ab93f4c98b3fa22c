/* SPDX-License-Identifier: Apache-2.0
 *
 * Every row has its leaf, in order, and the tree over them is the one of the definition: checked
 * with another hash function's library and the plain words of log.h.
 */
#include "daemon/ledger/log.h"
#include "tests/support/ledger_rig.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>

#include <cmocka.h>

static struct ledger_rig g;
static struct rig_event ana, bea;

static int setup(void **state)
{
	(void)state;
	rig_init(&g);
	if (sodium_init() < 0 || rig_open(&g))
		return 1;
	ana = rig_case(&g, "S-ana", SAMPLE_ALAMEDA);
	bea = rig_case(&g, "S-bea", SAMPLE_CONTRA_COSTA);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	case_free(g.rb, ana.cs);
	case_free(g.rb, bea.cs);
	rig_release(&g);
	return 0;
}

static void record(struct rig_event *e, const char *id, size_t outcomes)
{
	e->id = id;
	e->n = outcomes;
	rig_submit(&g, e);
	assert_int_equal(rig_settle(&g), STATUS_OK);
}

static void record_some(void)
{
	record(&ana, "e1", 2);
	record(&bea, "e2", 1);
	record(&ana, "e3", 0);
	record(&bea, "e4", 3);
}

static sqlite3 *look(void)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open_v2(g.path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	return db;
}

/* ---- leaves by the words of log.h, with libsodium ---- */

static void put_be(struct buf *b, uint64_t n, int bytes)
{
	while (bytes--)
		buf_char(b, (char)(n >> 8 * bytes));
}

static void put_words(struct buf *b, char type, const void *p, size_t n)
{
	buf_char(b, type);
	put_be(b, n, 4);
	buf_bytes(b, p, n);
}

static void leaf_of(sqlite3_stmt *s, const char *table, uint8_t out[32])
{
	struct buf b = {0};
	buf_char(&b, 0);
	put_words(&b, 2, table, strlen(table));
	int last = sqlite3_column_count(s);
	while (last && sqlite3_column_type(s, last - 1) == SQLITE_NULL)
		last--;
	for (int i = 0; i < last; i++) {
		const void *p = sqlite3_column_blob(s, i);
		size_t n = (size_t)sqlite3_column_bytes(s, i);
		int type = sqlite3_column_type(s, i);
		if (type == SQLITE_INTEGER) {
			buf_char(&b, 1);
			put_be(&b, (uint64_t)sqlite3_column_int64(s, i), 8);
		} else if (type == SQLITE_NULL) {
			buf_char(&b, 0);
		} else {
			put_words(&b, type == SQLITE_TEXT ? 2 : 3, p, n);
		}
	}
	crypto_hash_sha256(out, (const uint8_t *)b.p, b.len);
	buf_release(&b);
}

struct cursor {
	sqlite3_stmt *rows;
	const struct log_table *table;
};

/* All leaves of the log against all rows of the tables; how many there are. */
static size_t expect_leaves(sqlite3 *db, struct buf *leaves)
{
	struct cursor cursors[16];
	size_t n = 0, leaf = 0;
	sqlite3_stmt *log;
	for (; log_tables[n].name; n++) {
		char sql[160];
		snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY %s", log_tables[n].name,
			 log_tables[n].order);
		cursors[n].table = &log_tables[n];
		assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &cursors[n].rows, NULL),
				 SQLITE_OK);
	}
	sqlite3_prepare_v2(db, "SELECT kinds, leaves FROM log ORDER BY size", -1, &log, NULL);
	while (sqlite3_step(log) == SQLITE_ROW) {
		const char *kinds = (const char *)sqlite3_column_text(log, 0);
		const uint8_t *at = sqlite3_column_blob(log, 1);
		assert_int_equal(kinds[0], LOG_SELF);
		buf_bytes(leaves, at, (size_t)sqlite3_column_bytes(log, 1));
		for (size_t i = 0; kinds[i]; i++, leaf++) {
			uint8_t made[32];
			if (kinds[i] == LOG_SELF)
				continue;
			size_t k = 0;
			while (k < n && cursors[k].table->kind != kinds[i])
				k++;
			assert_true(k < n);
			assert_int_equal(sqlite3_step(cursors[k].rows), SQLITE_ROW);
			leaf_of(cursors[k].rows, cursors[k].table->name, made);
			assert_memory_equal(made, at + 32 * i, sizeof(made));
		}
	}
	sqlite3_finalize(log);
	for (size_t k = 0; k < n; k++) {
		assert_int_equal(sqlite3_step(cursors[k].rows), SQLITE_DONE);
		sqlite3_finalize(cursors[k].rows);
	}
	return leaf;
}

/* MTH of section 2.1 of RFC 6962. */
static void tree_hash(const uint8_t *leaves, size_t n, uint8_t out[32])
{
	uint8_t both[65] = {1};
	size_t k = 1;
	if (n == 1) {
		memcpy(out, leaves, 32);
		return;
	}
	while (2 * k < n)
		k *= 2;
	tree_hash(leaves, k, both + 1);
	tree_hash(leaves + 32 * k, n - k, both + 33);
	crypto_hash_sha256(out, both, sizeof(both));
}

static void expect_roots(sqlite3 *db, const struct buf *leaves)
{
	sqlite3_stmt *s;
	uint8_t root[32];
	sqlite3_prepare_v2(db, "SELECT size, root FROM log", -1, &s, NULL);
	while (sqlite3_step(s) == SQLITE_ROW) {
		tree_hash((const uint8_t *)leaves->p, (size_t)sqlite3_column_int64(s, 0), root);
		assert_memory_equal(root, sqlite3_column_blob(s, 1), sizeof(root));
	}
	sqlite3_finalize(s);
	sqlite3_prepare_v2(db, "SELECT level, number, hash FROM log_nodes", -1, &s, NULL);
	while (sqlite3_step(s) == SQLITE_ROW) {
		size_t n = (size_t)1 << sqlite3_column_int(s, 0);
		tree_hash((const uint8_t *)leaves->p + 32 * n * (size_t)sqlite3_column_int(s, 1), n,
			  root);
		assert_memory_equal(root, sqlite3_column_blob(s, 2), sizeof(root));
	}
	sqlite3_finalize(s);
}

static size_t count(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	size_t n = (size_t)sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

/* The last event of each case has the hash of the case's row. */
static void expect_case_digests(sqlite3 *db)
{
	sqlite3_stmt *rows, *events;
	uint8_t made[32];
	sqlite3_prepare_v2(db, "SELECT * FROM cases", -1, &rows, NULL);
	int last_seq = 0;
	while (strcmp(sqlite3_column_name(rows, last_seq), "last_seq") != 0)
		last_seq++;
	sqlite3_prepare_v2(db, "SELECT case_digest FROM events WHERE seq = ?", -1, &events, NULL);
	while (sqlite3_step(rows) == SQLITE_ROW) {
		leaf_of(rows, "cases", made);
		sqlite3_bind_int64(events, 1, sqlite3_column_int64(rows, last_seq));
		assert_int_equal(sqlite3_step(events), SQLITE_ROW);
		assert_int_equal(sqlite3_column_bytes(events, 0), sizeof(made));
		assert_memory_equal(made, sqlite3_column_blob(events, 0), sizeof(made));
		sqlite3_reset(events);
	}
	sqlite3_finalize(rows);
	sqlite3_finalize(events);
}

static size_t count_rows(sqlite3 *db)
{
	size_t n = count(db, "SELECT count(*) FROM log");
	for (const struct log_table *t = log_tables; t->name; t++) {
		char sql[96];
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", t->name);
		n += count(db, sql);
	}
	return n;
}

static void expect_log(size_t events, size_t outcomes)
{
	sqlite3 *db = look();
	struct buf leaves = {0};
	size_t n = expect_leaves(db, &leaves);
	assert_int_equal(n, count_rows(db));
	assert_int_equal(count(db, "SELECT max(events) FROM log"), events);
	assert_int_equal(count(db, "SELECT max(outcomes) FROM log"), outcomes);
	assert_int_equal(n, count(db, "SELECT max(size) FROM log"));
	expect_roots(db, &leaves);
	expect_case_digests(db);
	buf_release(&leaves);
	sqlite3_close(db);
}

static void test_every_row_has_its_leaf(void **state)
{
	(void)state;
	record_some();
	expect_log(4, 6);
}

static void test_a_disclosure_has_its_leaf(void **state)
{
	(void)state;
	record_some();
	struct ledger_unit *u = ledger_unit_new(g.ledger, NULL);
	ledger_unit_disclosure(u, &(struct ledger_disclosure){.case_no = 1,
							      .at_us = 5,
							      .policy = g.policy,
							      .county = STR("alameda"),
							      .share = STR("who"),
							      .partner = STR("P-1"),
							      .asker = STR("cms"),
							      .fields = STR("[]"),
							      .reasons = STR("[]")});
	ledger_submit(g.ledger, u);
	assert_int_equal(rig_settle(&g), STATUS_OK);
	expect_log(4, 6);
}

/* Over the first stored level, and taken up again at sizes of every kind. */
static void test_the_tree_goes_on_after_each_opening(void **state)
{
	(void)state;
	char id[16];
	size_t events = 0;
	for (size_t round = 0; round < 60; round++) {
		for (size_t i = 0; i < round % 13; i++, events++) {
			snprintf(id, sizeof(id), "e%zu", events);
			ana.id = id;
			ana.n = 1;
			rig_submit(&g, &ana);
		}
		assert_int_equal(rig_settle(&g), STATUS_OK);
		assert_int_equal(rig_close(&g), STATUS_OK);
		assert_int_equal(rig_open(&g), STATUS_OK);
	}
	expect_log(events, events);
	sqlite3 *db = look();
	assert_true(count(db, "SELECT count(*) FROM log_nodes WHERE level = 8") >= 2);
	sqlite3_close(db);
}

static void test_what_is_undone_leaves_no_leaf(void **state)
{
	(void)state;
	record_some();
	rig_close(&g);
	g.most_bytes = 400 << 10;
	assert_int_equal(rig_open(&g), STATUS_OK);
	bea.id = "large";
	bea.n = 1;
	bea.padding = 500 << 10;
	struct rig_event was = bea;
	rig_submit(&g, &bea);
	assert_int_equal(rig_settle(&g), STATUS_FULL);
	assert_int_equal(ledger_resume(g.ledger), STATUS_OK);
	bea = was;
	bea.padding = 0;
	record(&bea, "e5", 1);
	expect_log(5, 7);
}

static void change(const char *sql)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(g.path, &db), SQLITE_OK);
	rig_sql(db, sql);
	sqlite3_close(db);
}

static void test_a_log_that_does_not_agree_with_itself_is_not_gone_on_with(void **state)
{
	(void)state;
	record_some();
	rig_close(&g);
	change("DROP TRIGGER log_no_update; UPDATE log SET root = randomblob(32)");
	struct ledger_config config = {.path = g.path};
	buf_clear(&g.why);
	assert_int_equal(ledger_open(&config, &g.ledger, &g.why), STATUS_INVALID);
	assert_true(str_contains(buf_view(&g.why), STR("waymark verify")));
	g.ledger = NULL;
	unlink(g.path);
	rig_unlink(&g, ".keys");
	rig_unlink(&g, ".lock"); /* it knows how many events there were */
	assert_int_equal(rig_open(&g), STATUS_OK);
}

/* ---- ledgers of before ---- */

#define BEFORE_LOG LEDGER_SEALED

static void test_an_old_ledger_gets_its_leaves(void **state)
{
	(void)state;
	char id[16];
	record_some();
	for (size_t i = 0; i < 3000; i++) { /* more than one row of the log */
		snprintf(id, sizeof(id), "n%zu", i);
		ana.id = id;
		ana.n = 1;
		rig_submit(&g, &ana);
	}
	assert_int_equal(rig_settle(&g), STATUS_OK);
	rig_close(&g);
	rig_age(&g, BEFORE_LOG);
	assert_int_equal(rig_open(&g), STATUS_OK);
	sqlite3 *db = look();
	assert_int_equal(count(db, "SELECT count(*) FROM log WHERE later = 0"), 0);
	assert_int_equal(count(db, "SELECT count(*) FROM log"), 2);
	sqlite3_close(db);
	expect_log(3004, 3006);
	record(&bea, "new", 2);
	expect_log(3005, 3008);
	db = look();
	assert_int_equal(count(db, "SELECT count(*) FROM log WHERE later = 0"), 1);
	sqlite3_close(db);
}

/* What the outcomes draw was only in the JSON before. */
static void test_an_old_ledger_gets_its_draws(void **state)
{
	(void)state;
#define DRAWS "position, draw_kind, draw_name, draw_period, draw_reserved, draw_committed"
	static const char differ[] = "SELECT count(*) FROM (SELECT " DRAWS ", line_change FROM"
				     " outcomes EXCEPT SELECT * FROM aside.before)";
	struct outcome outcomes[8];
	struct decision d;
	struct buf json = {0};
	char aside[128], sql[200];
	ana.id = "d1";
	ana.n = 4;
	rig_fill(&d, &ana, outcomes);
	outcomes[0].draw = (struct draw){POT_FUND, 0, 20000, 50000, 0};
	outcomes[1].draw = (struct draw){POT_FUND, 0, DAY_NONE, -7, 700};
	outcomes[3].draw = (struct draw){POT_FUND, 0, 20000, 0, -5};
	uint64_t seq = ledger_take_seq(g.ledger);
	decision_json(&json, g.rb, &d, seq, false);
	struct ledger_unit *u = ledger_unit_new(g.ledger, NULL);
	ledger_unit_case(u, ana.case_no, true, 0, ana.due);
	ledger_unit_decision(u, g.rb, &d, (struct ledger_stamp){seq, 77, g.policy}, STR("{}"),
			     buf_view(&json));
	ledger_unit_state(u, g.rb, ana.cs);
	ledger_submit(g.ledger, u);
	assert_int_equal(rig_settle(&g), STATUS_OK);
	buf_release(&json);
	rig_close(&g);
	/* What was written is kept aside. */
	sqlite3 *db;
	assert_int_equal(sqlite3_open(g.path, &db), SQLITE_OK);
	snprintf(aside, sizeof(aside), "%s/aside.db", g.folder);
	snprintf(sql, sizeof(sql), "ATTACH '%s' AS aside", aside);
	rig_sql(db, sql);
	rig_sql(db, "CREATE TABLE aside.before AS SELECT " DRAWS ", line_change FROM outcomes");
	sqlite3_close(db);

	rig_age(&g, BEFORE_LOG);
	assert_int_equal(rig_open(&g), STATUS_OK);
	db = look();
	rig_sql(db, sql);
	assert_int_equal(count(db, "SELECT count(*) FROM outcomes WHERE draw_kind = 'fund'"), 3);
	assert_int_equal(count(db, differ), 0);
	sqlite3_close(db);
	unlink(aside);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_every_row_has_its_leaf),
	    TEST(test_a_disclosure_has_its_leaf),
	    TEST(test_the_tree_goes_on_after_each_opening),
	    TEST(test_what_is_undone_leaves_no_leaf),
	    TEST(test_a_log_that_does_not_agree_with_itself_is_not_gone_on_with),
	    TEST(test_an_old_ledger_gets_its_leaves),
	    TEST(test_an_old_ledger_gets_its_draws),
	};
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
