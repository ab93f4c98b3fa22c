/* SPDX-License-Identifier: Apache-2.0
 *
 * What the ledger holds, row by row, in the form of people's tools: times as text, hashes as hex,
 * cases by their ids. On a read-only connection, as of one moment.
 *
 *     struct export_config config = {.reader = r, .on_table = on_table, .on_row = on_row};
 *     st = ledger_export(&config, &why);
 *
 * Columns that can have confidential facts in them are marked; the caller leaves out what must not
 * be seen.
 */
#ifndef WAYMARK_LEDGER_EXPORT_H
#define WAYMARK_LEDGER_EXPORT_H

#include "daemon/ledger/ledger.h"

#define EXPORT_COLUMNS 24

enum export_holds { EXPORT_PLAIN, EXPORT_EVENT, EXPORT_DECISION, EXPORT_STATE };

struct export_table {
	const char *name;
	size_t n;
	const char *columns[EXPORT_COLUMNS];
	enum export_holds holds[EXPORT_COLUMNS];
};

struct export_cell {
	enum export_cell_kind { EXPORT_NULL, EXPORT_INT, EXPORT_TEXT } kind;
	int64_t n;
	struct str text; /* until the callback returns */
};

struct export_config {
	struct ledger_reader *reader;
	int64_t from_us, to_us; /* recorded at or after, and before; of what has such a time */
	struct str county;      /* empty: all; of what has a county */
	const char *only;       /* a table; NULL: all */
	/* False ends it. `policy`: the number of the version that wrote what the row holds. */
	bool (*on_table)(void *arg, const struct export_table *t);
	bool (*on_row)(void *arg, const struct export_table *t, const struct export_cell *cells,
		       uint32_t policy);
	void *arg;
};

/* STATUS_NOT_FOUND: there is no table `only`. *why gets a sentence; nothing when a callback ended
 * it. */
enum status ledger_export(const struct export_config *config, struct buf *why);
const char *ledger_export_table(size_t i); /* the names; NULL ends them */

/* ---- into another SQLite file, for questions in SQL ---- */

struct export_file;
enum status export_file_create(const char *path, struct export_file **out, struct buf *why);
bool export_file_table(struct export_file *f, const struct export_table *t);
bool export_file_row(struct export_file *f, const struct export_table *t,
		     const struct export_cell *cells);
/* Adds a row to the table `export`, which says what the file is. */
bool export_file_note(struct export_file *f, struct str name, struct str value);
/* STATUS_IO, *why: something could not be written; the file is removed then. */
enum status export_file_close(struct export_file *f, struct buf *why);

#endif
