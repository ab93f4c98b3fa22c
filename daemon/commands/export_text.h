/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of an export as text: JSON Lines and CSV (RFC 4180).
 */
#ifndef WAYMARK_COMMANDS_EXPORT_TEXT_H
#define WAYMARK_COMMANDS_EXPORT_TEXT_H

#include "daemon/ledger/export.h"

/* One object and a line feed. What the ledger has as JSON is JSON here, too. */
void export_json_row(struct buf *b, const struct export_table *t, const struct export_cell *cells);

/* A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage
 * return) gets an apostrophe in front, which spreadsheets do not show. */
void export_csv_head(struct buf *b, const struct export_table *t);
void export_csv_row(struct buf *b, const struct export_table *t, const struct export_cell *cells);

#endif
