/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /v1/log/head, GET /v1/log/proof: what auditors keep elsewhere, and what they check with it.
 */
#include "daemon/ledger/reader_log.h"
#include "daemon/serve/daemon.h"
#include "daemon/serve/routes.h"

static void unreadable(struct call *c)
{
	struct daemon *d = c->d;
	log_line(&d->log, LOG_ERROR, "ledger-unreadable", "s", "reason",
		 ledger_reader_error(d->reader), NULL);
	call_problem(c, PROBLEM_LEDGER, "the log of the daemon says why");
}

static void put_hash(struct buf *b, const struct hash256 *h)
{
	char hex[2 * sizeof(h->b)];
	hash_hex(h->b, sizeof(h->b), hex);
	buf_char(b, '"');
	buf_bytes(b, hex, sizeof(hex));
	buf_char(b, '"');
}

/* ---- the head ---- */

static void put_head(struct buf *b, const struct head *head, const struct head_key *key)
{
	struct buf note = {0}, text = {0};
	head_note(key, head, &note);
	head_key_text(key, &text);
	buf_fmt(b, "{\"size\":%llu,\"root\":", (unsigned long long)head->size);
	put_hash(b, &head->root);
	buf_str(b, STR(",\"time\":\""));
	time_text(b, zone_utc(), head->at_us);
	buf_str(b, STR("\",\"key\":"));
	buf_json(b, buf_view(&text));
	buf_str(b, STR(",\"note\":"));
	buf_json(b, buf_view(&note));
	buf_char(b, '}');
	buf_release(&note);
	buf_release(&text);
}

void get_log_head(struct call *c)
{
	struct daemon *d = c->d;
	struct head head;
	struct head_key key;
	if (!call_only(c, NULL, 0))
		return;
	enum status st = ledger_head(daemon_reader(d), &head, &key);
	if (st == STATUS_NOT_FOUND) {
		call_problem(c, PROBLEM_NOT_FOUND, "nothing is recorded yet");
		return;
	}
	if (st) {
		unreadable(c);
		return;
	}
	buf_clear(&d->text);
	put_head(&d->text, &head, &key);
	call_json(c, 200, buf_view(&d->text));
}

/* ---- proofs ---- */

struct asked_proof {
	uint64_t from, event, size;
	bool has_from, has_event, has_outcome;
	struct str outcome;
};

/* False: answered. */
static bool read_query(struct call *c, struct asked_proof *a)
{
	static const struct str names[] = {STR_INIT("event"), STR_INIT("outcome"), STR_INIT("from"),
					   STR_INIT("size")};
	struct str given;
	if (!call_only(c, names, 4))
		return false;
	a->has_event = http_query_find(c->http, names[0], &given);
	a->has_outcome = http_query_find(c->http, names[1], &a->outcome);
	a->has_from = http_query_find(c->http, names[2], &given);
	if (!call_number(c, names[0], INT64_MAX, &a->event) ||
	    !call_number(c, names[2], INT64_MAX, &a->from) ||
	    !call_number(c, names[3], INT64_MAX, &a->size))
		return false;
	if (a->has_event + a->has_outcome + a->has_from == 1)
		return true;
	call_problem(c, PROBLEM_QUERY,
		     "a proof is of one thing: event=SEQ or outcome=ID (that it is in the log), or "
		     "from=SIZE (that the log of then goes on)");
	return false;
}

static enum status find_asked(struct ledger_reader *r, const struct asked_proof *a, uint64_t *leaf,
			      struct hash256 *hash)
{
	struct ledger_outcome_row row;
	struct hash128 id;
	if (a->has_event)
		return ledger_leaf(r, LEAF_EVENT, a->event, leaf, hash);
	if (!hash128_read(a->outcome, &id))
		return STATUS_NOT_FOUND;
	enum status st = ledger_find_outcome(r, id, &row);
	return st ? st : ledger_leaf(r, LEAF_OUTCOME, row.position, leaf, hash);
}

static void put_proof(struct buf *b, uint64_t size, const struct hash256 *root,
		      const struct merkle_proof *p)
{
	buf_fmt(b, "\"size\":%llu,\"root\":", (unsigned long long)size);
	put_hash(b, root);
	buf_str(b, STR(",\"proof\":["));
	for (size_t i = 0; i < p->n; i++) {
		if (i)
			buf_char(b, ',');
		put_hash(b, &p->at[i]);
	}
	buf_str(b, STR("]}"));
}

static enum status prove_inclusion(struct call *c, const struct asked_proof *a)
{
	struct ledger_reader *r = daemon_reader(c->d);
	struct merkle_proof p;
	struct hash256 hash, root;
	uint64_t leaf;
	enum status st = find_asked(r, a, &leaf, &hash);
	if (!st && leaf >= a->size)
		st = STATUS_NOT_FOUND;
	if (!st)
		st = ledger_inclusion(r, leaf, a->size, &p, &root);
	if (st)
		return st;
	struct buf *b = &c->d->text;
	buf_clear(b);
	buf_fmt(b, "{\"leaf\":%llu,\"hash\":", (unsigned long long)leaf);
	put_hash(b, &hash);
	buf_char(b, ',');
	put_proof(b, a->size, &root, &p);
	return STATUS_OK;
}

static enum status prove_consistency(struct call *c, const struct asked_proof *a)
{
	struct merkle_proof p;
	struct hash256 root;
	if (!a->from || a->from > a->size)
		return STATUS_NOT_FOUND;
	enum status st = ledger_consistency(daemon_reader(c->d), a->from, a->size, &p, &root);
	if (st)
		return st;
	struct buf *b = &c->d->text;
	buf_clear(b);
	buf_fmt(b, "{\"from\":%llu,", (unsigned long long)a->from);
	put_proof(b, a->size, &root, &p);
	return STATUS_OK;
}

void get_log_proof(struct call *c)
{
	struct asked_proof a = {0};
	uint64_t size = 0;
	enum status st = ledger_log_size(daemon_reader(c->d), &size);
	a.size = size;
	if (!read_query(c, &a))
		return;
	if (!st && a.size > size)
		st = STATUS_NOT_FOUND;
	if (!st)
		st = a.has_from ? prove_consistency(c, &a) : prove_inclusion(c, &a);
	if (st == STATUS_NOT_FOUND)
		call_problem(c, PROBLEM_NOT_FOUND,
			     "the log has no such thing up to that size; it has %llu leaves",
			     (unsigned long long)size);
	else if (st)
		unreadable(c);
	else
		call_json(c, 200, buf_view(&c->d->text));
}
