/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/reader_log.h"

#include "daemon/ledger/ledger_internal.h"

#include <string.h>

/* ---- heads ---- */

static bool take_key(sqlite3_stmt *s, struct head_key *key)
{
	struct str name = sql_text(s, 0);
	if (name.len > HEAD_NAME_MOST || sqlite3_column_bytes(s, 1) != HEAD_KEY_BYTES)
		return false;
	*key = (struct head_key){0};
	memcpy(key->name, name.p, name.len);
	memcpy(key->key, sqlite3_column_blob(s, 1), HEAD_KEY_BYTES);
	return true;
}

static bool take_head(sqlite3_stmt *s, struct head *head)
{
	if (sqlite3_column_bytes(s, 2) != (int)sizeof(head->root.b) ||
	    sqlite3_column_bytes(s, 3) != HEAD_SIGNATURE_BYTES)
		return false;
	*head = (struct head){.size = (uint64_t)sqlite3_column_int64(s, 0),
			      .at_us = sqlite3_column_int64(s, 1)};
	memcpy(head->root.b, sqlite3_column_blob(s, 2), sizeof(head->root.b));
	memcpy(head->signature, sqlite3_column_blob(s, 3), HEAD_SIGNATURE_BYTES);
	return true;
}

enum status ledger_head(struct ledger_reader *r, struct head *head, struct head_key *key)
{
	sqlite3 *db = ledger_reader_db(r);
	sqlite3_stmt *keys =
	    sql_prepare(db, "SELECT name, key FROM log_keys ORDER BY number DESC LIMIT 1");
	sqlite3_stmt *last = sql_prepare(db, "SELECT size, at_us, root, signature FROM log"
					     " ORDER BY size DESC LIMIT 1");
	enum step a = keys ? sql_step(keys) : STEP_FAILED, b = last ? sql_step(last) : STEP_FAILED;
	enum status st = STATUS_NOT_FOUND;
	if (a == STEP_FAILED || b == STEP_FAILED)
		st = STATUS_IO;
	else if (a == STEP_ROW && b == STEP_ROW && take_key(keys, key) && take_head(last, head))
		st = STATUS_OK;
	sqlite3_finalize(keys);
	sqlite3_finalize(last);
	return st;
}

enum status ledger_log_size(struct ledger_reader *r, uint64_t *out)
{
	int64_t size;
	if (sql_int(ledger_reader_db(r), "SELECT coalesce(max(size), 0) FROM log", &size))
		return STATUS_IO;
	*out = (uint64_t)size;
	return STATUS_OK;
}

/* ---- where a leaf is ---- */

struct search {
	sqlite3_stmt *at; /* the row of the log at or after a size: size, count, kinds, leaves */
	uint64_t number;
	char kind;
};

/* Does the transaction that ends at or after `size` have the leaf, or a later one? */
static enum status reaches(struct search *s, uint64_t size, bool *yes)
{
	sql_bind_int(s->at, 1, (int64_t)size);
	enum step step = sql_step(s->at);
	*yes = step == STEP_ROW && (uint64_t)sqlite3_column_int64(s->at, 1) >= s->number;
	sqlite3_reset(s->at);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}

/* The smallest size whose transaction reaches the leaf, between 1 and `most`, which does. */
static enum status bisect(struct search *s, uint64_t most, uint64_t *out)
{
	uint64_t low = 1, high = most;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		bool yes;
		enum status st = reaches(s, middle, &yes);
		if (st)
			return st;
		if (yes)
			high = middle;
		else
			low = middle + 1;
	}
	*out = low;
	return STATUS_OK;
}

/* Counts back from the end of the transaction, which has `count` leaves of the kind up to it. */
static bool find_inside(struct search *s, uint64_t *leaf, struct hash256 *hash)
{
	uint64_t size = (uint64_t)sqlite3_column_int64(s->at, 0);
	uint64_t count = (uint64_t)sqlite3_column_int64(s->at, 1);
	struct str kinds = sql_text(s->at, 2);
	const uint8_t *leaves = sqlite3_column_blob(s->at, 3);
	size_t n = (size_t)sqlite3_column_bytes(s->at, 3) / sizeof(hash->b);
	for (size_t i = n == kinds.len ? n : 0; i-- > 0;) {
		if (kinds.p[i] != s->kind)
			continue;
		if (count-- != s->number)
			continue;
		*leaf = size - n + i;
		memcpy(hash->b, leaves + i * sizeof(hash->b), sizeof(hash->b));
		return true;
	}
	return false;
}

static enum status find_leaf(struct search *s, uint64_t size, uint64_t *leaf, struct hash256 *hash)
{
	uint64_t at;
	bool yes = false;
	enum status st = reaches(s, size, &yes);
	if (!st && !yes)
		return STATUS_NOT_FOUND;
	if (!st)
		st = bisect(s, size, &at);
	if (st)
		return st;
	sql_bind_int(s->at, 1, (int64_t)at);
	enum step step = sql_step(s->at);
	bool found = step == STEP_ROW && find_inside(s, leaf, hash);
	sqlite3_reset(s->at);
	return found ? STATUS_OK : step == STEP_FAILED ? STATUS_IO : STATUS_NOT_FOUND;
}

enum status ledger_leaf(struct ledger_reader *r, enum ledger_leaf_kind kind, uint64_t number,
			uint64_t *leaf, struct hash256 *hash)
{
	static const char *const at[] = {
	    [LEAF_EVENT] = "SELECT size, events, kinds, leaves FROM log WHERE size >= ?1"
			   " ORDER BY size LIMIT 1",
	    [LEAF_OUTCOME] = "SELECT size, outcomes, kinds, leaves FROM log WHERE size >= ?1"
			     " ORDER BY size LIMIT 1",
	};
	uint64_t size;
	struct search s = {.number = number, .kind = kind == LEAF_EVENT ? 'E' : 'O'};
	enum status st = ledger_log_size(r, &size);
	if (st || !size || !number)
		return st ? st : STATUS_NOT_FOUND;
	s.at = sql_prepare(ledger_reader_db(r), at[kind]);
	st = s.at ? find_leaf(&s, size, leaf, hash) : STATUS_IO;
	sqlite3_finalize(s.at);
	return st;
}

/* ---- proofs ---- */

struct prover {
	struct hasher hasher;
	struct log_finder finder;
	struct merkle_source source;
};

static enum status open_prover(struct prover *p, struct ledger_reader *r)
{
	hasher_init(&p->hasher);
	enum status st = log_finder_init(&p->finder, ledger_reader_db(r), &p->hasher);
	p->source = log_finder_source(&p->finder);
	return st;
}

static void close_prover(struct prover *p)
{
	log_finder_release(&p->finder);
	hasher_release(&p->hasher);
}

enum status ledger_inclusion(struct ledger_reader *r, uint64_t leaf, uint64_t size,
			     struct merkle_proof *out, struct hash256 *root)
{
	struct prover p;
	enum status st = open_prover(&p, r);
	if (!st)
		st = merkle_inclusion(&p.source, leaf, size, out);
	if (!st)
		st = merkle_root_at(&p.source, size, root);
	close_prover(&p);
	return st;
}

enum status ledger_consistency(struct ledger_reader *r, uint64_t from, uint64_t size,
			       struct merkle_proof *out, struct hash256 *root)
{
	struct prover p;
	enum status st = open_prover(&p, r);
	if (!st)
		st = merkle_consistency(&p.source, from, size, out);
	if (!st)
		st = merkle_root_at(&p.source, size, root);
	close_prover(&p);
	return st;
}
