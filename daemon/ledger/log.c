/* SPDX-License-Identifier: Apache-2.0
 *
 * The writing side of the log. SQLite tells of every row that is inserted (its pre-update hook), so
 * a leaf is made of what is stored, and no table can be forgotten by who writes to it.
 */
#define SQLITE_ENABLE_PREUPDATE_HOOK 1 /* Debian's SQLite is built with it */

#include "daemon/ledger/log.h"

#include "daemon/ledger/log_internal.h"

#include <string.h>

/* ---- leaves ---- */

static void on_node(void *arg, unsigned level, uint64_t number, const struct hash256 *hash)
{
	struct log *log = arg;
	if (level % LOG_NODE_LEVELS == 0)
		*vec_push(&log->nodes) = (struct log_node){level, number, *hash};
}

void log_leaf(struct log *log, char kind)
{
	struct hash256 leaf = hasher_leaf(&log->hasher, log->bytes.p, log->bytes.len);
	merkle_add(&log->tree, leaf);
	log->counts.events += kind == 'E';
	log->counts.outcomes += kind == 'O';
	buf_char(&log->kinds, kind);
	buf_bytes(&log->leaves, leaf.b, sizeof(leaf.b));
}

/* The new row of the table, of the hook. */
static bool encode_new(struct log *log, const char *table)
{
	struct buf *b = &log->bytes;
	size_t nulls = 0;
	int columns = sqlite3_preupdate_count(log->db);
	buf_clear(b);
	log_put_text(b, str_from(table));
	for (int i = 0; i < columns; i++) {
		sqlite3_value *v;
		if (sqlite3_preupdate_new(log->db, i, &v))
			return false;
		nulls = sqlite3_value_type(v) == SQLITE_NULL ? nulls + 1 : 0;
		log_put_value(b, v);
	}
	log_end_row(b, nulls);
	return true;
}

static char kind_of(const char *table)
{
	const struct log_table *t = log_tables;
	while (t->name && strcmp(t->name, table) != 0)
		t++;
	return t->kind;
}

static void on_row(void *arg, sqlite3 *db, int op, const char *schema, const char *table,
		   sqlite3_int64 was, sqlite3_int64 is)
{
	struct log *log = arg;
	(void)db, (void)schema, (void)was, (void)is;
	if (op == SQLITE_DELETE)
		return;
	if (strcmp(table, "cases") == 0) {
		log->failed = !encode_new(log, table) || log->failed;
		log->case_digest = hasher_leaf(&log->hasher, log->bytes.p, log->bytes.len);
		return;
	}
	char kind = op == SQLITE_INSERT ? kind_of(table) : 0;
	if (!kind)
		return;
	if (encode_new(log, table))
		log_leaf(log, kind);
	else
		log->failed = true;
}

/* ---- a transaction ---- */

static void clear_open(struct log *log)
{
	buf_clear(&log->kinds);
	buf_clear(&log->leaves);
	log->nodes.n = 0;
	log->failed = false;
}

/* Before anything that it signs. */
static enum status insert_key(struct log *log, int64_t now_us)
{
	const struct head_key *key = log->key;
	sqlite3_stmt *s = sql_prepare(log->db, "INSERT INTO log_keys (recorded_us, name, key)"
					       " VALUES (?1, ?2, ?3)");
	if (!s)
		return STATUS_IO;
	sql_bind_int(s, 1, now_us);
	sql_bind_text(s, 2, str_from(key->name));
	sql_bind_blob(s, 3, key->key, sizeof(key->key));
	enum status st = sql_run(s);
	sqlite3_finalize(s);
	return st;
}

void log_begin(struct log *log, int64_t now_us, bool later)
{
	clear_open(log);
	log->self = (struct log_self){
	    .before = log->tree.size,
	    .at_us = now_us,
	    .later = later,
	    .signature_before = log->has_signature ? log->signature : NULL,
	};
	buf_clear(&log->bytes);
	log_encode_self(&log->bytes, &log->self);
	log_leaf(log, LOG_SELF);
	if (log->key && log->key_is_new && insert_key(log, now_us))
		log->failed = true;
}

static enum status write_nodes(struct log *log)
{
	enum status st = STATUS_OK;
	for (size_t i = 0; !st && i < log->nodes.n; i++) {
		const struct log_node *n = &log->nodes.at[i];
		sql_bind_int(log->append_node, 1, n->level);
		sql_bind_int(log->append_node, 2, (int64_t)n->number);
		sql_bind_blob(log->append_node, 3, n->hash.b, sizeof(n->hash.b));
		st = sql_run(log->append_node);
	}
	return st;
}

enum status log_write(struct log *log)
{
	if (log->failed)
		return STATUS_IO;
	if (log->kinds.len == 1) { /* nothing but its own leaf */
		log->tree = log->committed;
		return STATUS_OK;
	}
	struct head head = {
	    .size = log->tree.size, .root = merkle_root(&log->tree), .at_us = log->self.at_us};
	sql_bind_int(log->append, 1, (int64_t)log->tree.size);
	sql_bind_int(log->append, 2, log->self.at_us);
	sql_bind_int(log->append, 3, log->self.later);
	sql_bind_int(log->append, 4, (int64_t)log->counts.events);
	sql_bind_int(log->append, 5, (int64_t)log->counts.outcomes);
	sql_bind_text(log->append, 6, buf_view(&log->kinds));
	sql_bind_blob(log->append, 7, log->leaves.p, log->leaves.len);
	sql_bind_blob(log->append, 8, head.root.b, sizeof(head.root.b));
	sqlite3_bind_null(log->append, 9);
	if (log->key) {
		head_sign(log->key, &head);
		sql_bind_blob(log->append, 9, head.signature, sizeof(head.signature));
	}
	log->head = head;
	enum status st = sql_run(log->append);
	return st ? st : write_nodes(log);
}

void log_committed(struct log *log)
{
	log->committed = log->tree;
	log->counts_committed = log->counts;
	if (log->head.size == log->tree.size && log->key) {
		log->key_is_new = false;
		memcpy(log->signature, log->head.signature, sizeof(log->signature));
		log->has_signature = true;
	}
}

void log_undo(struct log *log)
{
	sqlite3_reset(log->append);
	sqlite3_reset(log->append_node);
	log->tree = log->committed;
	log->counts = log->counts_committed;
}

/* ---- opening ---- */

static enum status load_last(struct log *log, struct hash256 *root)
{
	sqlite3_stmt *s = sql_prepare(log->db, "SELECT size, root, signature, events, outcomes"
					       " FROM log ORDER BY size DESC LIMIT 1");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	if (step == STEP_ROW) {
		log->tree.size = (uint64_t)sqlite3_column_int64(s, 0);
		if (sqlite3_column_bytes(s, 1) == (int)sizeof(root->b))
			memcpy(root->b, sqlite3_column_blob(s, 1), sizeof(root->b));
		log->has_signature = sqlite3_column_bytes(s, 2) == HEAD_SIGNATURE_BYTES;
		if (log->has_signature)
			memcpy(log->signature, sqlite3_column_blob(s, 2), HEAD_SIGNATURE_BYTES);
		log->counts = (struct log_counts){(uint64_t)sqlite3_column_int64(s, 3),
						  (uint64_t)sqlite3_column_int64(s, 4)};
	}
	sqlite3_finalize(s);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}

/* The right edge: the perfect subtrees that the size consists of. */
static enum status load_edge(struct log *log)
{
	struct log_finder f;
	enum status st = log_finder_init(&f, log->db, &log->hasher);
	struct merkle_source s = log_finder_source(&f);
	for (unsigned level = 0; !st && level < MERKLE_LEVELS; level++)
		if (log->tree.size >> level & 1)
			st = s.perfect(s.arg, level, (log->tree.size >> level) - 1,
				       &log->tree.edge[level]);
	log_finder_release(&f);
	return st;
}

static enum status load_tree(struct log *log)
{
	struct hash256 root = {{0}}, made;
	enum status st = load_last(log, &root);
	if (!st && log->tree.size)
		st = load_edge(log);
	if (st || !log->tree.size)
		return st;
	made = merkle_root(&log->tree);
	return memcmp(made.b, root.b, sizeof(root.b)) ? STATUS_INVALID : STATUS_OK;
}

static enum status start(struct log *log, int64_t now_us)
{
	log->append = sql_prepare(log->db, "INSERT INTO log (size, at_us, later, events, outcomes,"
					   " kinds, leaves, root, signature)"
					   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
	log->append_node = sql_prepare(log->db, "INSERT INTO log_nodes (level, number, hash)"
						" VALUES (?1, ?2, ?3)");
	if (!log->append || !log->append_node)
		return STATUS_IO;
	enum status st = load_tree(log);
	log_committed(log);
	if (!st && !log->tree.size)
		st = log_cover(log, now_us);
	sqlite3_preupdate_hook(log->db, on_row, log);
	return st;
}

enum status log_open(struct log *log, sqlite3 *db, const char *path, int64_t now_us,
		     struct buf *why)
{
	*log = (struct log){.db = db};
	hasher_init(&log->hasher);
	log->tree = (struct merkle){.hasher = &log->hasher, .on_node = on_node, .arg = log};
	enum status st = start(log, now_us);
	if (st == STATUS_IO) {
		sql_complain(why, "cannot read the log of", path, db);
	} else if (st) {
		buf_fmt(why,
			"the log of %s does not agree with itself: it was changed or is damaged; "
			"`waymark verify %s` says where",
			path, path);
		st = STATUS_INVALID;
	}
	return st;
}

/* ---- the key ---- */

/* Is it the one that was recorded last? */
static enum status is_recorded(struct log *log, const struct head_key *key, bool *same)
{
	sqlite3_stmt *s =
	    sql_prepare(log->db, "SELECT name, key FROM log_keys ORDER BY number DESC LIMIT 1");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	*same = step == STEP_ROW && str_eq(sql_text(s, 0), str_from(key->name)) &&
		sqlite3_column_bytes(s, 1) == (int)sizeof(key->key) &&
		memcmp(sqlite3_column_blob(s, 1), key->key, sizeof(key->key)) == 0;
	sqlite3_finalize(s);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}

enum status log_sign_with(struct log *log, const struct head_key *key)
{
	bool same;
	enum status st = is_recorded(log, key, &same);
	log->key = key;
	log->key_is_new = !same;
	return st;
}

void log_close(struct log *log)
{
	if (log->db)
		sqlite3_preupdate_hook(log->db, NULL, NULL);
	sqlite3_finalize(log->append);
	sqlite3_finalize(log->append_node);
	buf_release(&log->kinds);
	buf_release(&log->leaves);
	buf_release(&log->bytes);
	vec_release(&log->nodes);
	if (log->hasher.context)
		hasher_release(&log->hasher);
	*log = (struct log){0};
}
