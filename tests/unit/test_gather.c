/* SPDX-License-Identifier: Apache-2.0
 *
 * The log of a database whose writes are gathered: how many there are, what is read back before a
 * transaction ends and after it, and that a write which fails is told before the commit is done.
 */
#include "daemon/ledger/gather.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

/* ---- a VFS below that counts writes to the log and lets them fail ---- */

static struct {
	sqlite3_vfs vfs, *real;
	sqlite3_io_methods methods, *of_real;
	unsigned writes;
	sqlite3_int64 most; /* bytes in one of them */
	bool full;
} below;

static int write_below(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	below.writes++;
	below.most = n > below.most ? n : below.most;
	return below.full ? SQLITE_FULL : below.of_real->xWrite(f, p, n, at);
}

static int open_below(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out)
{
	(void)vfs;
	int rc = below.real->xOpen(below.real, path, f, flags, out);
	if (rc || !(flags & SQLITE_OPEN_WAL))
		return rc;
	below.of_real = (sqlite3_io_methods *)f->pMethods;
	below.methods = *below.of_real;
	below.methods.xWrite = write_below;
	f->pMethods = &below.methods;
	return SQLITE_OK;
}

/* ---- a database ---- */

static char path[64];
static sqlite3 *db, *reader;

static int run(sqlite3 *on, const char *sql)
{
	return sqlite3_exec(on, sql, NULL, NULL, NULL);
}

static int number(sqlite3 *on, const char *sql)
{
	sqlite3_stmt *s;
	assert_int_equal(sqlite3_prepare_v2(on, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	int n = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return n;
}

#define COUNT "SELECT count(*) FROM t WHERE length(text) = 2000"
#define ADD(rows)                                                                                  \
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " rows ")"       \
	" INSERT INTO t (text) SELECT printf('%02000d', i) FROM n"

static int setup(void **state)
{
	(void)state;
	below.real = sqlite3_vfs_find(NULL);
	below.vfs = *below.real;
	below.vfs.zName = "below";
	below.vfs.pNext = NULL;
	below.vfs.xOpen = open_below;
	sqlite3_vfs_register(&below.vfs, 1);
	strcpy(path, "/tmp/waymark-test-XXXXXX");
	close(mkstemp(path));
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, gather_vfs()),
			 SQLITE_OK);
	assert_int_equal(run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
				 "PRAGMA wal_autocheckpoint=0;"
				 "CREATE TABLE t (i INTEGER PRIMARY KEY, text TEXT)"),
			 SQLITE_OK);
	assert_int_equal(sqlite3_open_v2(path, &reader, SQLITE_OPEN_READONLY, below.real->zName),
			 SQLITE_OK);
	below.writes = 0;
	below.most = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	sqlite3_close(reader);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	unlink(path);
	sqlite3_vfs_unregister(&below.vfs);
	sqlite3_vfs_register(below.real, 1);
	return 0;
}

/* ---- tests ---- */

/* 500 rows are some 250 pages of 4,096 bytes; SQLite's own VFS takes less than 128 KiB at once. */
static void test_many_pages_are_one_write(void **state)
{
	(void)state;
	assert_int_equal(run(db, ADD("500")), SQLITE_OK);
	assert_in_range(below.writes, 250 * 4096 / 131071, 20);
	assert_in_range(below.most, 65536, 131071);
	assert_int_equal(number(reader, COUNT), 500);
	assert_int_equal(number(reader, "SELECT 1 FROM pragma_integrity_check"
					" WHERE integrity_check = 'ok'"),
			 1);
}

/* With room for few pages in memory they are written and read again before the commit. */
static void test_what_is_gathered_is_read_back(void **state)
{
	(void)state;
	assert_int_equal(run(db, "PRAGMA cache_size=10"), SQLITE_OK);
	for (int round = 0; round < 3; round++) {
		assert_int_equal(run(db, "BEGIN"), SQLITE_OK);
		assert_int_equal(run(db, ADD("300")), SQLITE_OK);
		assert_int_equal(run(db, "UPDATE t SET text = upper(text) || '' WHERE i % 2"),
				 SQLITE_OK);
		assert_int_equal(number(db, COUNT), 300 * (round + 1));
		assert_int_equal(number(reader, COUNT), 300 * round);
		assert_int_equal(run(db, "SAVEPOINT s; DELETE FROM t; ROLLBACK TO s; COMMIT"),
				 SQLITE_OK);
		assert_int_equal(number(reader, COUNT), 300 * (round + 1));
		assert_int_equal(run(db, "PRAGMA wal_checkpoint(RESTART)"), SQLITE_OK);
	}
	assert_int_equal(run(db, "BEGIN"), SQLITE_OK);
	assert_int_equal(run(db, ADD("300")), SQLITE_OK);
	assert_int_equal(run(db, "ROLLBACK"), SQLITE_OK);
	assert_int_equal(number(db, COUNT), 900);
	assert_int_equal(number(db, "SELECT 1 FROM pragma_integrity_check"
				    " WHERE integrity_check = 'ok'"),
			 1);
}

static void test_a_write_that_fails_fails_the_commit(void **state)
{
	(void)state;
	assert_int_equal(run(db, ADD("10")), SQLITE_OK);
	below.full = true;
	assert_int_equal(run(db, "BEGIN"), SQLITE_OK);
	assert_int_equal(run(db, ADD("10")), SQLITE_OK);
	assert_int_equal(run(db, "COMMIT"), SQLITE_FULL);
	run(db, "ROLLBACK");
	below.full = false;
	assert_int_equal(number(db, COUNT), 10);
	assert_int_equal(number(reader, COUNT), 10);
	assert_int_equal(run(db, ADD("5")), SQLITE_OK);
	assert_int_equal(number(reader, COUNT), 15);
	assert_int_equal(number(reader, "SELECT 1 FROM pragma_integrity_check"
					" WHERE integrity_check = 'ok'"),
			 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_many_pages_are_one_write, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_what_is_gathered_is_read_back, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_a_write_that_fails_fails_the_commit, setup,
					    teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
