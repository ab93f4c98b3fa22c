/* SPDX-License-Identifier: Apache-2.0
 *
 * What a leaf covers, and where subtrees are found again. See log.h.
 */
#include "daemon/ledger/log.h"
#include "daemon/ledger/log_internal.h"

#include <endian.h>
#include <string.h>

const struct log_table log_tables[] = {
    {'P', "policies", "number"},
    {'S', "policy_sources", "policy, name"},
    {'E', "events", "seq"},
    {'O', "outcomes", "position"},
    {'D', "disclosures", "number"},
    {'R', "register", "number"},
    {'K', "log_keys", "number"},
    {'X', "destructions", "number"},
    {'Y', "destroyed_cases", "number"},
    {'G', "given_back", "number"},
    {'N', "policy_signatures", "number"},
    {'V', "shadow_divergences", "number"},
    {'H', "holds", "number"},
    {0, NULL, NULL},
};

/* ---- encoding ---- */

/* A value's byte and `n` more, which the caller fills. */
static char *put(struct buf *b, char type, size_t n)
{
	buf_reserve(b, n + 1);
	char *p = b->p + b->len;
	*p = type;
	b->len += n + 1;
	return p + 1;
}

static void put_u64(struct buf *b, char type, uint64_t n)
{
	n = htobe64(n);
	memcpy(put(b, type, sizeof(n)), &n, sizeof(n));
}

static void put_bytes(struct buf *b, char type, const void *from, size_t n)
{
	uint32_t be = htobe32((uint32_t)n); /* SQLite's own limit is below 2^31 */
	char *p = put(b, type, sizeof(be) + n);
	memcpy(p, &be, sizeof(be));
	if (n)
		memcpy(p + sizeof(be), from, n);
}

void log_put_text(struct buf *b, struct str s)
{
	put_bytes(b, 2, s.p, s.len);
}

static void put_blob(struct buf *b, const void *p, size_t n)
{
	put_bytes(b, 3, p, n);
}

void log_put_int(struct buf *b, int64_t n)
{
	put_u64(b, 1, (uint64_t)n);
}

static void put_real(struct buf *b, double d)
{
	uint64_t bits;
	memcpy(&bits, &d, sizeof(bits));
	put_u64(b, 4, bits);
}

/* NULLs at the end are left out, so that a column that is added later changes no leaf. */
void log_end_row(struct buf *b, size_t nulls)
{
	b->len -= nulls;
}

/* One value as SQLite has it, of a hook. A text is taken as the bytes that it is: asked for as a
 * text, each would be copied to get a zero byte at its end. The order of the calls matters: bytes
 * after blob. */
void log_put_value(struct buf *b, sqlite3_value *v)
{
	switch (sqlite3_value_type(v)) {
	case SQLITE_INTEGER:
		log_put_int(b, sqlite3_value_int64(v));
		break;
	case SQLITE_FLOAT:
		put_real(b, sqlite3_value_double(v));
		break;
	case SQLITE_TEXT: {
		const char *p = sqlite3_value_blob(v);
		log_put_text(b, (struct str){p, (size_t)sqlite3_value_bytes(v)});
		break;
	}
	case SQLITE_BLOB: {
		const void *p = sqlite3_value_blob(v);
		put_blob(b, p, (size_t)sqlite3_value_bytes(v));
		break;
	}
	default:
		buf_char(b, 0);
	}
}

static void put_column(struct buf *b, sqlite3_stmt *s, int i)
{
	switch (sqlite3_column_type(s, i)) {
	case SQLITE_INTEGER:
		log_put_int(b, sqlite3_column_int64(s, i));
		break;
	case SQLITE_FLOAT:
		put_real(b, sqlite3_column_double(s, i));
		break;
	case SQLITE_TEXT:
		log_put_text(b, sql_text(s, i));
		break;
	case SQLITE_BLOB: {
		const void *p = sqlite3_column_blob(s, i);
		put_blob(b, p, (size_t)sqlite3_column_bytes(s, i));
		break;
	}
	default:
		buf_char(b, 0);
	}
}

void log_encode_row(struct buf *b, const char *table, sqlite3_stmt *s)
{
	size_t nulls = 0;
	log_put_text(b, str_from(table));
	for (int i = 0; i < sqlite3_column_count(s); i++) {
		nulls = sqlite3_column_type(s, i) == SQLITE_NULL ? nulls + 1 : 0;
		put_column(b, s, i);
	}
	log_end_row(b, nulls);
}

void log_encode_self(struct buf *b, const struct log_self *self)
{
	log_put_text(b, STR("log"));
	log_put_int(b, (int64_t)self->before);
	log_put_int(b, self->at_us);
	log_put_int(b, self->later);
	if (self->signature_before)
		put_blob(b, self->signature_before, HEAD_SIGNATURE_BYTES);
}

/* ---- finding subtrees ---- */

enum status log_finder_init(struct log_finder *f, sqlite3 *db, struct hasher *hasher)
{
	f->hasher = hasher;
	f->leaf = sql_prepare(db, "SELECT size, leaves FROM log WHERE size > ?1"
				  " ORDER BY size LIMIT 1");
	f->node = sql_prepare(db, "SELECT hash FROM log_nodes WHERE level = ?1 AND number = ?2");
	return f->leaf && f->node ? STATUS_OK : STATUS_IO;
}

void log_finder_release(struct log_finder *f)
{
	sqlite3_finalize(f->leaf);
	sqlite3_finalize(f->node);
	*f = (struct log_finder){0};
}

/* The hash at `at` of the blob in a column; false: the blob is not that long. */
static bool hash_in(sqlite3_stmt *s, int column, uint64_t at, struct hash256 *out)
{
	const uint8_t *p = sqlite3_column_blob(s, column);
	uint64_t n = (uint64_t)sqlite3_column_bytes(s, column) / sizeof(out->b);
	if (!p || at >= n)
		return false;
	memcpy(out->b, p + at * sizeof(out->b), sizeof(out->b));
	return true;
}

static enum status find_leaf(struct log_finder *f, uint64_t number, struct hash256 *out)
{
	sql_bind_int(f->leaf, 1, (int64_t)number);
	enum step step = sql_step(f->leaf);
	bool found = false;
	if (step == STEP_ROW) {
		uint64_t size = (uint64_t)sqlite3_column_int64(f->leaf, 0);
		uint64_t n = (uint64_t)sqlite3_column_bytes(f->leaf, 1) / sizeof(out->b);
		found = n <= size && number >= size - n &&
			hash_in(f->leaf, 1, number - (size - n), out);
	}
	sqlite3_reset(f->leaf);
	return step == STEP_FAILED ? STATUS_IO : found ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status find_node(struct log_finder *f, unsigned level, uint64_t number,
			     struct hash256 *out)
{
	sql_bind_int(f->node, 1, level);
	sql_bind_int(f->node, 2, (int64_t)number);
	enum step step = sql_step(f->node);
	bool found = step == STEP_ROW && hash_in(f->node, 0, 0, out);
	sqlite3_reset(f->node);
	return step == STEP_FAILED ? STATUS_IO : found ? STATUS_OK : STATUS_NOT_FOUND;
}

/* A level that is not stored is made of the one below: of 2^(LOG_NODE_LEVELS - 1) stored hashes at
 * most. */
static enum status find_perfect(void *arg, unsigned level, uint64_t number, struct hash256 *out)
{
	struct log_finder *f = arg;
	struct hash256 l, r;
	if (level == 0)
		return find_leaf(f, number, out);
	if (level % LOG_NODE_LEVELS == 0)
		return find_node(f, level, number, out);
	enum status st = find_perfect(f, level - 1, number * 2, &l);
	if (!st)
		st = find_perfect(f, level - 1, number * 2 + 1, &r);
	if (!st)
		*out = hasher_node(f->hasher, &l, &r);
	return st;
}

struct merkle_source log_finder_source(struct log_finder *f)
{
	return (struct merkle_source){f->hasher, find_perfect, f};
}
