/* SPDX-License-Identifier: Apache-2.0
 *
 * What a reader tells of the log: its head as it was signed, and proofs, for whoever keeps heads
 * elsewhere. Each costs a few dozen reads, however long the log is.
 */
#ifndef WAYMARK_LEDGER_READER_LOG_H
#define WAYMARK_LEDGER_READER_LOG_H

#include "daemon/ledger/head.h"
#include "daemon/ledger/ledger.h"
#include "daemon/ledger/merkle.h"

/* The last head, and the key that it is signed by. STATUS_NOT_FOUND: there is no signed one. */
enum status ledger_head(struct ledger_reader *r, struct head *head, struct head_key *key);
/* The leaves up to the last transaction. */
enum status ledger_log_size(struct ledger_reader *r, uint64_t *out);

/* Which leaf is that of an event, or of an outcome (its position in the feed), and what it hashes
 * to. STATUS_NOT_FOUND: there is none. */
enum ledger_leaf_kind { LEAF_EVENT, LEAF_OUTCOME };
enum status ledger_leaf(struct ledger_reader *r, enum ledger_leaf_kind kind, uint64_t number,
			uint64_t *leaf, struct hash256 *hash);

/* RFC 6962, 2.1.1 and 2.1.2; size is at most ledger_log_size. *root is the root at that size. */
enum status ledger_inclusion(struct ledger_reader *r, uint64_t leaf, uint64_t size,
			     struct merkle_proof *out, struct hash256 *root);
enum status ledger_consistency(struct ledger_reader *r, uint64_t from, uint64_t size,
			       struct merkle_proof *out, struct hash256 *root);

#endif
