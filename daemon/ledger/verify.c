/* SPDX-License-Identifier: Apache-2.0
 *
 * The verification as a whole, the file and the schema. The log is in verify_log.c, what follows
 * from it in verify_tables.c.
 */
#include "daemon/ledger/verify.h"

#include "daemon/ledger/connect.h"
#include "daemon/ledger/schema.h"
#include "daemon/ledger/verify_internal.h"

#include <string.h>

/* ---- faults ---- */

/* The texts are of a file that somebody may have changed: nothing in them shall reach a terminal or
 * a JSON text as anything but letters. */
static void make_plain(struct buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		if (b->p[i] < ' ' || b->p[i] > '~')
			b->p[i] = '?';
}

void verify_fault(struct verification *v, const char *table)
{
	make_plain(&v->row);
	make_plain(&v->what);
	struct verify_fault f = {table, buf_view(&v->row), buf_view(&v->what)};
	if (v->report->faults++ < VERIFY_FAULTS_MOST)
		v->config->on_fault(v->config->arg, &f);
	buf_clear(&v->row);
	buf_clear(&v->what);
}

void verify_fault_at(struct verification *v, const char *table, const char *key, int64_t number,
		     const char *what)
{
	buf_fmt(&v->row, "%s %lld", key, (long long)number);
	buf_c(&v->what, what);
	verify_fault(v, table);
}

enum status verify_broken(struct verification *v, const char *table)
{
	int rc = sqlite3_errcode(v->db) & 0xFF;
	if (rc != SQLITE_CORRUPT && rc != SQLITE_ERROR && rc != SQLITE_NOTADB)
		return STATUS_IO;
	buf_fmt(&v->what, "cannot be read: %s", sqlite3_errmsg(v->db));
	verify_fault(v, table);
	return STATUS_OK;
}

/* ---- the file ---- */

enum status verify_file(struct verification *v)
{
	sqlite3_stmt *s = sql_prepare(v->db, "PRAGMA integrity_check");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	for (; step == STEP_ROW; step = sql_step(s)) {
		if (str_eq(sql_text(s, 0), STR("ok")))
			continue;
		buf_str(&v->what, sql_text(s, 0));
		verify_fault(v, "file");
	}
	enum status st = step == STEP_FAILED ? verify_broken(v, "file") : STATUS_OK;
	sqlite3_finalize(s);
	return st;
}

/* ---- the schema ---- */

#define OBJECTS                                                                                    \
	"SELECT name, type, tbl_name, coalesce(sql, '') FROM sqlite_schema"                        \
	" WHERE name NOT LIKE 'sqlite_stat%' ORDER BY name, type"

/* In the place of the functions of seal.h: there is nothing to seal. */
static void no_seal(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n, (void)v;
	sqlite3_result_zeroblob(c, sizeof(struct hash128));
}

/* An empty ledger of this version, in memory. */
static enum status model(sqlite3 **out)
{
	static const char *const functions[] = {"opened", "sealed", "fingerprint", "ledger_name"};
	if (sqlite3_open(":memory:", out))
		return STATUS_IO;
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		sqlite3_create_function(*out, functions[i], -1, SQLITE_UTF8, NULL, no_seal, NULL,
					NULL);
	for (size_t i = 0; ledger_migrations[i]; i++)
		if (sql_exec(*out, ledger_migrations[i]))
			return STATUS_IO;
	return STATUS_OK;
}

static void object_fault(struct verification *v, sqlite3_stmt *s, const char *what)
{
	buf_fmt(&v->row, "%s %s", sqlite3_column_text(s, 1), sqlite3_column_text(s, 0));
	buf_c(&v->what, what);
	verify_fault(v, "sqlite_schema");
}

/* Less than 0: a stands before b. */
static int order(sqlite3_stmt *a, enum step in_a, sqlite3_stmt *b, enum step in_b)
{
	if (in_a != STEP_ROW || in_b != STEP_ROW)
		return in_a == STEP_ROW ? -1 : 1;
	int c = str_cmp(sql_text(a, 0), sql_text(b, 0));
	return c ? c : str_cmp(sql_text(a, 1), sql_text(b, 1));
}

static void compare_objects(struct verification *v, sqlite3_stmt *is, sqlite3_stmt *should)
{
	enum step a = sql_step(is), b = sql_step(should);
	while (a == STEP_ROW || b == STEP_ROW) {
		int c = order(is, a, should, b);
		if (c < 0)
			object_fault(v, is, "is not part of a ledger: it was added");
		else if (c > 0)
			object_fault(v, should, "is missing: it was removed");
		else if (!str_eq(sql_text(is, 3), sql_text(should, 3)) ||
			 !str_eq(sql_text(is, 2), sql_text(should, 2)))
			object_fault(v, is, "is not as this version of waymark makes it");
		if (c <= 0)
			a = sql_step(is);
		if (c >= 0)
			b = sql_step(should);
	}
}

enum status verify_schema(struct verification *v)
{
	sqlite3 *made = NULL;
	enum status st = model(&made);
	sqlite3_stmt *is = sql_prepare(v->db, OBJECTS);
	sqlite3_stmt *should = st ? NULL : sql_prepare(made, OBJECTS);
	if (!st && !is)
		st = verify_broken(v, "sqlite_schema");
	else if (!st && !should)
		st = STATUS_IO;
	else if (!st)
		compare_objects(v, is, should);
	sqlite3_finalize(is);
	sqlite3_finalize(should);
	sqlite3_close(made);
	return st;
}

/* ---- all of it ---- */

static enum status known_version(sqlite3 *db, const char *path, struct buf *why)
{
	int64_t version, newest = 0;
	while (ledger_migrations[newest])
		newest++;
	if (sql_int(db, "PRAGMA user_version", &version)) {
		sql_complain(why, "cannot read the ledger", path, db);
		return STATUS_IO;
	}
	if (version == newest)
		return STATUS_OK;
	buf_fmt(why, "%s was written by %s version of waymark (schema %lld, this one has %lld)%s",
		path, version < newest ? "an older" : "a newer", (long long)version,
		(long long)newest,
		version < newest ? "; `waymark serve` brings it up to date when it opens it" : "");
	return STATUS_INVALID;
}

/* As of one moment. When the schema is not right or the file is broken, what comes after would
 * only say the same again in other words. */
static enum status verify_all(struct verification *v)
{
	enum status st = sql_exec(v->db, "BEGIN");
	if (!st)
		st = verify_file(v);
	if (!st)
		st = verify_schema(v);
	if (!st)
		st = verify_log(v);
	if (!st)
		st = verify_tables(v);
	return st;
}

enum status ledger_verify(const struct verify_config *config, struct verify_report *out,
			  struct buf *why)
{
	struct verification v = {.config = config, .report = out};
	*out = (struct verify_report){0};
	enum status st = ledger_connect(config->path, &v.db, why);
	if (!st)
		st = known_version(v.db, config->path, why);
	hasher_init(&v.hasher);
	if (!st) {
		st = verify_all(&v);
		if (st)
			sql_complain(why, "cannot read the ledger", config->path, v.db);
	}
	hasher_release(&v.hasher);
	sqlite3_close(v.db);
	vec_release(&v.cases);
	buf_release(&v.bytes);
	buf_release(&v.row);
	buf_release(&v.what);
	return st;
}
