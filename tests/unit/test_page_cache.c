/* SPDX-License-Identifier: Apache-2.0
 *
 * A database with a cache of few pages, that grows, is undone, shrinks and grows again, holds what
 * it should.
 */
#include "daemon/ledger/page_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

static sqlite3 *db;

static void run(const char *sql)
{
	char *why = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
}

static void expect(const char *sql, const char *text)
{
	sqlite3_stmt *s;
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(s, 0), text);
	sqlite3_finalize(s);
}

#define ROWS "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"

static void test_pages_come_and_go(void **state)
{
	(void)state;
	char path[] = "/tmp/waymark-test-XXXXXX";
	close(mkstemp(path));
	assert_int_equal(page_cache_use(), STATUS_OK);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	run("PRAGMA journal_mode=MEMORY; PRAGMA cache_size=20;"
	    "CREATE TABLE t (i INTEGER PRIMARY KEY, key BLOB UNIQUE, text TEXT)");
	for (int round = 0; round < 3; round++) {
		run("BEGIN; INSERT INTO t (key, text) " ROWS
		    " SELECT randomblob(16), printf('%0200d', i) FROM n; COMMIT");
		run("BEGIN; DELETE FROM t WHERE i % 3; INSERT INTO t (key, text) " ROWS
		    " SELECT randomblob(16), 'undone' FROM n; ROLLBACK");
		expect("SELECT count(*) FROM t", "3000");
		expect("SELECT sum(text) FROM t", "4501500");
		run("DELETE FROM t WHERE i % 7; VACUUM");
		expect("PRAGMA integrity_check", "ok");
		expect("SELECT count(*) FROM t", "428");
		run("DELETE FROM t");
	}
	expect("PRAGMA integrity_check", "ok");
	sqlite3_close(db);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_pages_come_and_go)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
