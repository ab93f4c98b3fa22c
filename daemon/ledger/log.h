/* SPDX-License-Identifier: Apache-2.0
 *
 * The tamper-evident log: a Merkle tree (merkle.h) over every row of every append-only table, in
 * the order in which the rows were written, in the same transaction as the rows.
 *
 * Whoever adds an append-only table adds a line to log_tables, and that is all: the log sees each
 * row that SQLite inserts there, whoever inserts it, as it is stored. What such a table needs:
 *   - triggers that refuse UPDATE and DELETE (schema.c: REFUSE);
 *   - rows that come in ascending order of the primary key, so that the j-th leaf of a table's
 *     kind is its j-th row; for an INTEGER PRIMARY KEY from 1 without gaps;
 *   - columns that are added to it later stand at the end and are NULL in the rows before.
 *
 * A leaf covers the table's name and the columns in the order of the table, each as a byte for its
 * type and its value:
 *
 *     NULL 0 | INTEGER 1, 8 bytes | TEXT 2, 4 bytes of length, UTF-8 | BLOB 3, 4 bytes of length,
 *     bytes | REAL 4, 8 bytes of IEEE 754 (no column is one)
 *
 * numbers and lengths in big-endian order, the name as a TEXT, and NULLs at the end left out.
 *
 * Tables that change are not in the log, because they follow from what is. For `cases` the last
 * event of a transaction of its case holds the hash of the case's row (`case_digest`), made as a
 * leaf's is.
 *
 * Each transaction has one row in `log`: the size of the tree after it, its leaves with one letter
 * for the table of each, and the root. Its first leaf, `L`, covers the row itself (size before,
 * at_us, later, the signature of the row before). `log_nodes` has the hashes of perfect subtrees
 * of 2^8, 2^16 ... leaves, so that the edge of the tree and proofs need few reads.
 *
 * Each root is signed (head.h). The `L` of the next row covers the signature, so the last signature
 * vouches for all before it.
 */
#ifndef WAYMARK_LEDGER_LOG_H
#define WAYMARK_LEDGER_LOG_H

#include "daemon/ledger/head.h"
#include "daemon/ledger/merkle.h"
#include "daemon/ledger/sql.h"
#include "engine/base/vec.h"

#define LOG_NODE_LEVELS 8 /* one level in so many is stored */

struct log_table {
	char kind; /* the letter in log.kinds */
	const char *name;
	const char *order; /* the primary key, for ORDER BY */
};
/* A table without a name ends the list. */
extern const struct log_table log_tables[];
#define LOG_SELF 'L' /* the kind of a row of `log` itself */

/* ---- what a leaf covers ---- */

/* The whole current row of a query, `SELECT * FROM table`. Appended. */
void log_encode_row(struct buf *b, const char *table, sqlite3_stmt *s);
struct log_self {
	uint64_t before; /* size of the tree */
	int64_t at_us;
	bool later;                   /* the rows were there before the log was */
	const void *signature_before; /* of the row before; NULL: it has none */
};
void log_encode_self(struct buf *b, const struct log_self *self);

/* ---- the writing side ---- */

struct log_node {
	unsigned level;
	uint64_t number;
	struct hash256 hash;
};

struct log_counts {
	uint64_t events, outcomes; /* leaves of each */
};

struct log {
	sqlite3 *db;
	struct hasher hasher;
	struct merkle tree, committed; /* with the open transaction; without it */
	struct log_counts counts, counts_committed;
	struct buf kinds, leaves; /* of the open transaction */
	VEC(struct log_node) nodes;
	struct buf bytes;           /* one row */
	struct hash256 case_digest; /* of the row of `cases` that was written last */
	struct log_self self;       /* of the open transaction */
	struct head head;           /* of the row that was written last */
	bool failed;
	uint8_t signature[HEAD_SIGNATURE_BYTES]; /* of the last row */
	bool has_signature;
	const struct head_key *key; /* signs every root; NULL: they are not signed */
	bool key_is_new;            /* the ledger does not have it yet */
	sqlite3_stmt *append, *append_node;
};

/* Takes up the tree where it ends and watches the connection from then on. A ledger without a log
 * gets one over all that it holds. STATUS_INVALID: the log is damaged. *why gets a sentence. */
enum status log_open(struct log *log, sqlite3 *db, const char *path, int64_t now_us,
		     struct buf *why);
void log_close(struct log *log);
/* Signs from now on; the next transaction records the key when it is not the one of before. `key`
 * lives as long as the log. */
enum status log_sign_with(struct log *log, const struct head_key *key);
/* After BEGIN, before the first row. later: what follows was there before the log. */
void log_begin(struct log *log, int64_t now_us, bool later);
/* Before COMMIT: writes the row of the transaction, unless nothing was recorded. */
enum status log_write(struct log *log);
void log_committed(struct log *log);
/* Instead of log_committed: the transaction is undone. */
void log_undo(struct log *log);

/* ---- reading ---- */

/* Finds hashes of subtrees on a connection: of `log_nodes` where it can, and the log's leaves. */
struct log_finder {
	struct hasher *hasher;
	sqlite3_stmt *leaf, *node;
};
enum status log_finder_init(struct log_finder *f, sqlite3 *db, struct hasher *hasher);
void log_finder_release(struct log_finder *f);
struct merkle_source log_finder_source(struct log_finder *f);

#endif
