/* SPDX-License-Identifier: Apache-2.0
 *
 * The log is read once from its beginning; each of its tables has a cursor that goes along. The
 * j-th leaf of a kind belongs to the j-th row of its table (log.h).
 */
#include "daemon/ledger/verify_internal.h"

#include <stdio.h>
#include <string.h>

#define TABLES_MOST    32
#define PROGRESS_EVERY 4096 /* leaves */

/* A table beside its leaves. */
struct cursor {
	const struct log_table *table;
	sqlite3_stmt *rows;
	enum step step;
	uint64_t leaves; /* met so far */
	bool numbered;   /* its key is one number */
	int digest;      /* of events: the column case_digest */
};

struct walk {
	struct verification *v;
	struct cursor cursors[TABLES_MOST];
	size_t n;
	struct merkle tree;
	sqlite3_stmt *node;
	uint64_t of; /* leaves in all, as the log says */
	bool roots_differ, out_of_step, head_met;
	struct head last; /* the row of the log that was read last */
	bool is_signed;   /* it is */
	struct head_key key;
	bool has_key;
	enum status failed;
};

/* ---- rows and their leaves ---- */

static struct hash256 row_hash(struct verification *v, const char *table, sqlite3_stmt *s)
{
	buf_clear(&v->bytes);
	log_encode_row(&v->bytes, table, s);
	return hasher_leaf(&v->hasher, v->bytes.p, v->bytes.len);
}

static void name_row(struct verification *v, const struct cursor *c)
{
	buf_fmt(&v->row, "%s %s", sqlite3_column_name(c->rows, 0), sqlite3_column_text(c->rows, 0));
	if (!c->numbered)
		buf_fmt(&v->row, ", %s %s", sqlite3_column_name(c->rows, 1),
			sqlite3_column_text(c->rows, 1));
}

/* The chain of the events of each case, and what the last one says of the case's row. */
static void note_event(struct walk *w, const struct cursor *cursor)
{
	struct verification *v = w->v;
	sqlite3_stmt *s = cursor->rows;
	int64_t seq = sqlite3_column_int64(s, 0), no = sqlite3_column_int64(s, 2);
	if (no < 1 || no > seq) { /* cases are numbered in the order of their first events */
		verify_fault_at(v, "events", "seq", seq, "its case_no cannot be");
		return;
	}
	while (v->cases.n < (size_t)no)
		*vec_push(&v->cases) = (struct verified_case){0};
	struct verified_case *c = &v->cases.at[no - 1];
	if (sqlite3_column_int64(s, 1) != (int64_t)c->last_seq)
		verify_fault_at(v, "events", "seq", seq,
				"prev_seq is not the event before it of its case");
	const void *digest = sqlite3_column_blob(s, cursor->digest);
	c->last_seq = (uint64_t)seq;
	c->has_digest =
	    digest && sqlite3_column_bytes(s, cursor->digest) == (int)sizeof(c->digest.b);
	if (c->has_digest)
		memcpy(c->digest.b, digest, sizeof(c->digest.b));
}

static void log_fault(struct walk *w, int64_t size, const char *what)
{
	verify_fault_at(w->v, "log", "size", size, what);
}

/* The last signature of a key vouches for all that came before it. */
static void check_signature(struct walk *w)
{
	if (!w->has_key || !w->is_signed || w->out_of_step)
		return;
	if (!head_signed_by(&w->key, &w->last))
		log_fault(w, (int64_t)w->last.size, "its signature is not that of the key");
}

/* A row of log_keys: what follows, its own transaction too, is signed by that key. */
static void note_key(struct walk *w, sqlite3_stmt *s)
{
	struct str name = sql_text(s, 2);
	check_signature(w);
	if (name.len > HEAD_NAME_MOST || sqlite3_column_bytes(s, 3) != HEAD_KEY_BYTES)
		return; /* its leaf says that it was changed */
	w->key = (struct head_key){0};
	memcpy(w->key.name, name.p, name.len);
	memcpy(w->key.key, sqlite3_column_blob(s, 3), HEAD_KEY_BYTES);
	w->has_key = true;
}

static void next_row(struct walk *w, struct cursor *c)
{
	if (c->table->kind == 'E')
		note_event(w, c);
	if (c->table->kind == 'K')
		note_key(w, c->rows);
	c->step = sql_step(c->rows);
	if (c->step == STEP_FAILED && !w->failed)
		w->failed = verify_broken(w->v, c->table->name);
}

/* Rows with numbers that no row can have here. */
static void pass_added(struct walk *w, struct cursor *c)
{
	while (c->numbered && c->step == STEP_ROW &&
	       sqlite3_column_int64(c->rows, 0) < (int64_t)c->leaves) {
		name_row(w->v, c);
		buf_c(&w->v->what, "is not in the log: it was added");
		verify_fault(w->v, c->table->name);
		next_row(w, c);
	}
}

static void match_row(struct walk *w, struct cursor *c, const struct hash256 *leaf)
{
	struct verification *v = w->v;
	c->leaves++;
	pass_added(w, c);
	bool there = c->step == STEP_ROW &&
		     (!c->numbered || sqlite3_column_int64(c->rows, 0) == (int64_t)c->leaves);
	if (!there) {
		buf_fmt(&v->row, "%s %llu", c->numbered ? sqlite3_column_name(c->rows, 0) : "row",
			(unsigned long long)c->leaves);
		buf_c(&v->what, "is in the log and not in the table: it was removed");
		verify_fault(v, c->table->name);
		return;
	}
	struct hash256 made = row_hash(v, c->table->name, c->rows);
	if (memcmp(made.b, leaf->b, sizeof(made.b)) != 0) {
		name_row(v, c);
		buf_c(&v->what, "differs from its leaf in the log: it was changed");
		verify_fault(v, c->table->name);
	}
	next_row(w, c);
}

static struct cursor *cursor_of(struct walk *w, char kind)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->cursors[i].table->kind == kind)
			return &w->cursors[i];
	return NULL;
}

/* ---- rows of the log ---- */

static void check_self(struct walk *w, sqlite3_stmt *s, const uint8_t *leaf)
{
	struct verification *v = w->v;
	struct log_self self = {.before = w->tree.size,
				.at_us = sqlite3_column_int64(s, 1),
				.later = sqlite3_column_int64(s, 2) != 0,
				.signature_before = w->is_signed ? w->last.signature : NULL};
	buf_clear(&v->bytes);
	log_encode_self(&v->bytes, &self);
	struct hash256 made = hasher_leaf(&v->hasher, v->bytes.p, v->bytes.len);
	if (memcmp(made.b, leaf, sizeof(made.b)) != 0)
		log_fault(w, sqlite3_column_int64(s, 0),
			  "its time, or the signature before it, was changed");
}

/* The root at the size of the head. */
static void meet_head(struct walk *w)
{
	struct verification *v = w->v;
	const struct head *head = v->config->head;
	if (!head || w->head_met || w->tree.size != head->size)
		return;
	struct hash256 root = merkle_root(&w->tree);
	w->head_met = true;
	if (memcmp(root.b, head->root.b, sizeof(root.b)) == 0)
		return;
	buf_fmt(&v->what,
		"the first %llu leaves are not those that it was made of: the ledger was "
		"written anew",
		(unsigned long long)head->size);
	verify_fault(v, "head");
}

static void add_leaves(struct walk *w, sqlite3_stmt *s, struct str kinds, const uint8_t *leaves)
{
	for (size_t i = 0; i < kinds.len && !w->failed; i++) {
		struct hash256 leaf;
		struct cursor *c = cursor_of(w, kinds.p[i]);
		memcpy(leaf.b, leaves + i * sizeof(leaf.b), sizeof(leaf.b));
		if (i == 0 && kinds.p[i] == LOG_SELF)
			check_self(w, s, leaf.b);
		else if (c && i)
			match_row(w, c, &leaf);
		else
			log_fault(w, sqlite3_column_int64(s, 0), "its kinds were changed");
		merkle_add(&w->tree, leaf);
		meet_head(w);
	}
}

static void check_counts(struct walk *w, sqlite3_stmt *s)
{
	if ((uint64_t)sqlite3_column_int64(s, 7) != cursor_of(w, 'E')->leaves ||
	    (uint64_t)sqlite3_column_int64(s, 8) != cursor_of(w, 'O')->leaves)
		log_fault(w, sqlite3_column_int64(s, 0),
			  "events or outcomes is not the number of their leaves");
}

static void check_root(struct walk *w, sqlite3_stmt *s)
{
	struct hash256 made = merkle_root(&w->tree);
	bool same = sqlite3_column_bytes(s, 5) == (int)sizeof(made.b) &&
		    memcmp(sqlite3_column_blob(s, 5), made.b, sizeof(made.b)) == 0;
	if (!same && !w->roots_differ)
		log_fault(w, sqlite3_column_int64(s, 0),
			  "its root is not the one of the leaves up to it");
	w->roots_differ = !same;
}

static void keep_head(struct walk *w, sqlite3_stmt *s)
{
	w->last = (struct head){.size = w->tree.size,
				.root = merkle_root(&w->tree),
				.at_us = sqlite3_column_int64(s, 1)};
	w->is_signed = sqlite3_column_bytes(s, 6) == HEAD_SIGNATURE_BYTES;
	if (w->is_signed)
		memcpy(w->last.signature, sqlite3_column_blob(s, 6), HEAD_SIGNATURE_BYTES);
	else if (w->has_key)
		log_fault(w, sqlite3_column_int64(s, 0),
			  "is not signed, though the ledger has a key for it");
}

static void check_transaction(struct walk *w, sqlite3_stmt *s)
{
	struct verify_report *r = w->v->report;
	uint64_t size = (uint64_t)sqlite3_column_int64(s, 0);
	struct str kinds = sql_text(s, 3);
	const uint8_t *leaves = sqlite3_column_blob(s, 4);
	if ((size_t)sqlite3_column_bytes(s, 4) != kinds.len * sizeof(struct hash256) ||
	    size - kinds.len != w->tree.size || !kinds.len) {
		log_fault(w, (int64_t)size,
			  "does not go on where the row before ends: rows of the log were removed "
			  "or changed; nothing after it can be compared");
		w->out_of_step = true;
		return;
	}
	add_leaves(w, s, kinds, leaves);
	check_counts(w, s);
	check_root(w, s);
	keep_head(w, s);
	r->later += sqlite3_column_int64(s, 2) ? kinds.len : 0;
	r->at_us = sqlite3_column_int64(s, 1);
	if (w->v->config->on_progress)
		w->v->config->on_progress(w->v->config->arg, size, w->of);
}

/* ---- stored subtrees ---- */

static void on_node(void *arg, unsigned level, uint64_t number, const struct hash256 *hash)
{
	struct walk *w = arg;
	if (level % LOG_NODE_LEVELS || w->failed)
		return;
	sql_bind_int(w->node, 1, level);
	sql_bind_int(w->node, 2, (int64_t)number);
	enum step step = sql_step(w->node);
	bool same = step == STEP_ROW && sqlite3_column_bytes(w->node, 0) == (int)sizeof(hash->b) &&
		    memcmp(sqlite3_column_blob(w->node, 0), hash->b, sizeof(hash->b)) == 0;
	sqlite3_reset(w->node);
	if (step == STEP_FAILED) {
		w->failed = verify_broken(w->v, "log_nodes");
	} else if (!same) {
		buf_fmt(&w->v->row, "level %u, number %llu", level, (unsigned long long)number);
		buf_c(&w->v->what, step == STEP_ROW ? "is not the hash of its leaves"
						    : "is missing: it was removed");
		verify_fault(w->v, "log_nodes");
	}
}

static uint64_t nodes_of(uint64_t size)
{
	uint64_t n = 0;
	for (unsigned level = LOG_NODE_LEVELS; level < MERKLE_LEVELS; level += LOG_NODE_LEVELS)
		n += size >> level;
	return n;
}

static enum status count_nodes(struct walk *w)
{
	int64_t n;
	if (sql_int(w->v->db, "SELECT count(*) FROM log_nodes", &n))
		return verify_broken(w->v, "log_nodes");
	if ((uint64_t)n > nodes_of(w->tree.size)) {
		buf_c(&w->v->what, "has more rows than the log has complete subtrees");
		verify_fault(w->v, "log_nodes");
	}
	return STATUS_OK;
}

/* ---- the walk ---- */

static int column_named(sqlite3_stmt *s, const char *name)
{
	int i = 0;
	while (i < sqlite3_column_count(s) && strcmp(sqlite3_column_name(s, i), name) != 0)
		i++;
	return i;
}

static enum status open_cursors(struct walk *w)
{
	for (const struct log_table *t = log_tables; t->name; t++) {
		struct cursor *c = &w->cursors[w->n++];
		char sql[160];
		snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY %s", t->name, t->order);
		c->table = t;
		c->numbered = strchr(t->order, ',') == NULL;
		c->rows = sql_prepare(w->v->db, sql);
		c->step = c->rows ? sql_step(c->rows) : STEP_FAILED;
		if (c->step == STEP_FAILED)
			return verify_broken(w->v, t->name);
		c->digest = column_named(c->rows, "case_digest");
	}
	w->node = sql_prepare(w->v->db, "SELECT hash FROM log_nodes WHERE level = ?1"
					" AND number = ?2");
	return w->node ? STATUS_OK : verify_broken(w->v, "log_nodes");
}

static enum status walk_log(struct walk *w)
{
	sqlite3_stmt *s =
	    sql_prepare(w->v->db, "SELECT size, at_us, later, kinds, leaves, root, signature,"
				  " events, outcomes FROM log ORDER BY size");
	enum step step = s ? sql_step(s) : STEP_FAILED;
	for (; step == STEP_ROW && !w->out_of_step && !w->failed; step = sql_step(s))
		check_transaction(w, s);
	enum status st = step == STEP_FAILED ? verify_broken(w->v, "log") : w->failed;
	w->out_of_step = w->out_of_step || step == STEP_FAILED;
	sqlite3_finalize(s);
	return st;
}

/* What is left when the log is at its end. */
static void pass_rest(struct walk *w, struct cursor *c)
{
	while (c->step == STEP_ROW && !w->failed) {
		name_row(w->v, c);
		buf_c(&w->v->what, "is not in the log: it was added, or the log was cut off");
		verify_fault(w->v, c->table->name);
		next_row(w, c);
	}
}

static void check_head_size(struct walk *w)
{
	const struct head *head = w->v->config->head;
	if (!head || w->head_met || w->out_of_step || head->size == 0)
		return;
	buf_fmt(&w->v->what,
		"was made of %llu leaves, and the log has %llu: the ledger was cut off, or an "
		"older one was put in its place",
		(unsigned long long)head->size, (unsigned long long)w->tree.size);
	verify_fault(w->v, "head");
}

static void check_key(struct walk *w)
{
	const struct head_key *k = w->v->config->key;
	w->v->report->is_signed = w->has_key && w->is_signed;
	if (!k || w->out_of_step)
		return;
	if (w->has_key && strcmp(k->name, w->key.name) == 0 &&
	    memcmp(k->key, w->key.key, sizeof(k->key)) == 0)
		return;
	buf_fmt(&w->v->what, "the ledger is not signed by the key %s", k->name);
	verify_fault(w->v, "log_keys");
}

static enum status walk_all(struct walk *w)
{
	int64_t of;
	enum status st = open_cursors(w);
	w->of = sql_int(w->v->db, "SELECT coalesce(max(size), 0) FROM log", &of) ? 0 : (uint64_t)of;
	if (!st && w->node)
		st = walk_log(w);
	for (size_t i = 0; !st && i < w->n && !w->out_of_step; i++)
		pass_rest(w, &w->cursors[i]);
	if (!st)
		st = w->failed;
	check_signature(w);
	check_key(w);
	check_head_size(w);
	return st || w->out_of_step ? st : count_nodes(w);
}

enum status verify_log(struct verification *v)
{
	struct walk w = {.v = v};
	w.tree = (struct merkle){.hasher = &v->hasher, .on_node = on_node, .arg = &w};
	enum status st = walk_all(&w);
	v->report->leaves = w.tree.size;
	v->report->root = merkle_root(&w.tree);
	v->report->events = w.n > 2 ? cursor_of(&w, 'E')->leaves : 0;
	v->report->outcomes = w.n > 3 ? cursor_of(&w, 'O')->leaves : 0;
	for (size_t i = 0; i < w.n; i++)
		sqlite3_finalize(w.cursors[i].rows);
	sqlite3_finalize(w.node);
	return st;
}
