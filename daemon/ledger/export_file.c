/* SPDX-License-Identifier: Apache-2.0
 *
 * An export as a SQLite file: a table for each of the ledger's, in which a column takes any value.
 */
#include "daemon/ledger/export.h"
#include "daemon/ledger/sql.h"
#include "engine/base/mem.h"

#include <fcntl.h>
#include <unistd.h>

struct export_file {
	sqlite3 *db;
	sqlite3_stmt *insert; /* into the table of now */
	char *path;
};

enum status export_file_create(const char *path, struct export_file **out, struct buf *why)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd < 0) {
		buf_fmt(why, "cannot make %s: %m", path);
		return STATUS_IO;
	}
	close(fd);
	struct export_file *f = mem_alloc(sizeof(*f));
	struct buf copy = {0};
	buf_c(&copy, path);
	buf_char(&copy, '\0');
	f->path = copy.p;
	*out = f;
	if (sqlite3_open_v2(path, &f->db, SQLITE_OPEN_READWRITE, NULL) ||
	    sql_exec(f->db, "PRAGMA synchronous=OFF; BEGIN; CREATE TABLE export ("
			    " name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT")) {
		sql_complain(why, "cannot write", path, f->db);
		return STATUS_IO;
	}
	return STATUS_OK;
}

bool export_file_table(struct export_file *f, const struct export_table *t)
{
	struct buf create = {0}, insert = {0};
	buf_fmt(&create, "CREATE TABLE \"%s\" (", t->name);
	buf_fmt(&insert, "INSERT INTO \"%s\" VALUES (", t->name);
	for (size_t i = 0; i < t->n; i++) {
		buf_fmt(&create, "%s\"%s\" ANY", i ? ", " : "", t->columns[i]);
		buf_c(&insert, i ? ", ?" : "?");
	}
	buf_c(&create, ") STRICT");
	buf_char(&create, '\0');
	buf_char(&insert, ')');
	buf_char(&insert, '\0');
	sqlite3_finalize(f->insert);
	f->insert = sql_exec(f->db, create.p) ? NULL : sql_prepare(f->db, insert.p);
	buf_release(&create);
	buf_release(&insert);
	return f->insert != NULL;
}

bool export_file_row(struct export_file *f, const struct export_table *t,
		     const struct export_cell *cells)
{
	for (size_t i = 0; i < t->n; i++) {
		int at = (int)i + 1;
		if (cells[i].kind == EXPORT_NULL)
			sqlite3_bind_null(f->insert, at);
		else if (cells[i].kind == EXPORT_INT)
			sql_bind_int(f->insert, at, cells[i].n);
		else
			sql_bind_text(f->insert, at, cells[i].text);
	}
	return !sql_run(f->insert);
}

bool export_file_note(struct export_file *f, struct str name, struct str value)
{
	sqlite3_stmt *s = sql_prepare(f->db, "INSERT INTO export VALUES (?1, ?2)");
	if (!s)
		return false;
	sql_bind_text(s, 1, name);
	sql_bind_text(s, 2, value);
	enum status st = sql_run(s);
	sqlite3_finalize(s);
	return !st;
}

enum status export_file_close(struct export_file *f, struct buf *why)
{
	sqlite3_finalize(f->insert);
	enum status st = sql_exec(f->db, "COMMIT");
	if (st)
		sql_complain(why, "cannot write", f->path, f->db);
	sqlite3_close(f->db);
	if (st)
		unlink(f->path);
	mem_free(f->path);
	mem_free(f);
	return st;
}
