/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/export_text.h"

#include <string.h>

/* The ledger's texts that are JSON: those marked, and the lists of a disclosure. */
static bool is_json(const struct export_table *t, size_t i)
{
	return t->holds[i] != EXPORT_PLAIN ||
	       (strcmp(t->name, "disclosures") == 0 &&
		(strcmp(t->columns[i], "fields") == 0 || strcmp(t->columns[i], "reasons") == 0));
}

static void put_json(struct buf *b, const struct export_cell *c, bool as_json)
{
	switch (c->kind) {
	case EXPORT_NULL:
		buf_str(b, STR("null"));
		break;
	case EXPORT_INT:
		buf_i64(b, c->n);
		break;
	case EXPORT_TEXT:
		if (as_json)
			buf_str(b, c->text);
		else
			buf_json(b, c->text);
		break;
	}
}

void export_json_row(struct buf *b, const struct export_table *t, const struct export_cell *cells)
{
	for (size_t i = 0; i < t->n; i++) {
		buf_fmt(b, "%c\"%s\":", i ? ',' : '{', t->columns[i]);
		put_json(b, &cells[i], is_json(t, i));
	}
	buf_str(b, STR("}\n"));
}

static void put_quoted(struct buf *b, struct str s)
{
	buf_char(b, '"');
	if (s.len && memchr("=+-@\t\r", s.p[0], 6))
		buf_char(b, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, s.p[i]);
	}
	buf_char(b, '"');
}

void export_csv_head(struct buf *b, const struct export_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		buf_fmt(b, "%s%s", i ? "," : "", t->columns[i]);
	buf_str(b, STR("\r\n"));
}

void export_csv_row(struct buf *b, const struct export_table *t, const struct export_cell *cells)
{
	for (size_t i = 0; i < t->n; i++) {
		if (i)
			buf_char(b, ',');
		if (cells[i].kind == EXPORT_INT)
			buf_i64(b, cells[i].n);
		else if (cells[i].kind == EXPORT_TEXT)
			put_quoted(b, cells[i].text);
	}
	buf_str(b, STR("\r\n"));
}
