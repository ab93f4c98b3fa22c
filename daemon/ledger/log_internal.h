/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WAYMARK_LEDGER_LOG_INTERNAL_H
#define WAYMARK_LEDGER_LOG_INTERNAL_H

#include "daemon/ledger/log.h"

void log_put_text(struct buf *b, struct str s);
void log_put_int(struct buf *b, int64_t n);
void log_put_value(struct buf *b, sqlite3_value *v);
/* `nulls`: how many of the last values are NULL. */
void log_end_row(struct buf *b, size_t nulls);

/* Adds what `bytes` covers as a leaf of that kind to the open transaction. */
void log_leaf(struct log *log, char kind);
/* A ledger that has rows and no log: the hashes of its cases, then a leaf for every row, as one
 * transaction. */
enum status log_cover(struct log *log, int64_t now_us);

#endif
