/* SPDX-License-Identifier: Apache-2.0
 *
 * The connection that writes. Everything here is prepared statements on values that are at hand:
 * what can be computed on the other thread is computed there.
 */
#include "daemon/ledger/gather.h"
#include "daemon/ledger/ledger_internal.h"
#include "daemon/ledger/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES 4096

static const char *const STATEMENTS[SQL_N] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_NEW_CASE] =
	"INSERT INTO cases (no, fingerprint, id, kind, county, last_seq, next_due_us, state,"
	" next_due_day) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [SQL_CASE] = "UPDATE cases SET last_seq = ?2, state = ?3 WHERE no = ?1",
    [SQL_CASE_DUE] = "UPDATE cases SET last_seq = ?2, state = ?3, next_due_us = ?4,"
		     " next_due_day = ?5 WHERE no = ?1",
    [SQL_EVENT] = "INSERT INTO events (seq, prev_seq, case_no, key, received_us, policy,"
		  " event, decision, sender, case_digest)"
		  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [SQL_OUTCOME] = "INSERT INTO outcomes (seq, item, id, county, kind, amount_cents, fund, name,"
		    " draw_kind, draw_name, draw_period, draw_reserved, draw_committed,"
		    " draw_served, line_change) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
		    " ?11, ?12, ?13, ?14, ?15)",
    [SQL_DRAW] = "INSERT INTO pots (kind, name, county, period, reserved, committed, served)"
		 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET"
		 " reserved = reserved + excluded.reserved,"
		 " committed = committed + excluded.committed, served = excluded.served",
    [SQL_SEAT] = "INSERT INTO seats (docket, meeting, county, case_no, urgent, others)"
		 " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET"
		 " urgent = urgent + excluded.urgent, others = others + excluded.others",
    [SQL_DISCLOSURE] = "INSERT INTO disclosures (at_us, case_no, county, share, partner, asker,"
		       " policy, allowed, fields, reasons, route)"
		       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [SQL_JOIN_LINE] = "INSERT INTO waiting (name, county, case_no) VALUES (?1, ?2, ?3)",
    [SQL_LEAVE_LINE] = "DELETE FROM waiting WHERE name = ?1 AND county = ?2 AND case_no = ?3",
    [SQL_POLICY] = "INSERT INTO policies (number, version, digest, recorded_us)"
		   " VALUES (?1, ?2, ?3, ?4)",
    [SQL_MARK] = "UPDATE mark SET before = now, now = randomblob(8)",
    [SQL_SOURCE] = "INSERT INTO policy_sources (policy, name, text) VALUES (?1, ?2, ?3)",
    [SQL_ACT] = "INSERT INTO register (at_us, policy, act, from_us, who)"
		" VALUES (?1, ?2, ?3, ?4, ?5)",
    [SQL_DIVERGENCE] = "INSERT INTO shadow_divergences (at_us, policy, seq, county, kind, real,"
		       " shadow, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [SQL_SIGNATURE] = "INSERT INTO policy_signatures (policy, at_us, key, comment, signature)"
		      " VALUES (?1, ?2, ?3, ?4, ?5)",
};

/* ---- sealing ---- */

/* Seals a text as payload `own` of the statement that is being bound. */
static enum status bind_sealed(struct writer *w, sqlite3_stmt *s, int i, size_t own,
			       struct seal_place at, struct str text)
{
	struct buf *b = &w->payload[own];
	buf_clear(b);
	enum status status = seal(&w->sealer, at, text, b);
	if (!status)
		sql_bind_blob(s, i, b->p, b->len);
	return status == STATUS_OK ? STATUS_OK : STATUS_IO; /* a case that is written has its key */
}

static void bind_print(struct writer *w, sqlite3_stmt *s, int i, enum fingerprint_of what,
		       struct str of, struct hash128 *own)
{
	*own = keys_fingerprint(w->keys, what, of.p, of.len);
	sql_bind_hash(s, i, own);
}

static struct str hash_bytes(const struct hash128 *h)
{
	return (struct str){(const char *)h->b, sizeof(h->b)};
}

/* ---- one transaction ---- */

#define DAY_BYTES 16

static struct str day_words(char *text, int32_t day)
{
	text[0] = '\0';
	if (day != DAY_NONE) {
		struct date d = date_of(day);
		snprintf(text, DAY_BYTES, "%04d-%02d-%02d", (int)d.year, (int)d.month, (int)d.day);
	}
	return str_from(text);
}

/* `day` is room for the text, which has to stay until the statement has run. */
static void bind_due(sqlite3_stmt *s, int at, int on, struct ledger_due due, char *day)
{
	if (due.at == TIME_NEVER)
		sqlite3_bind_null(s, at);
	else
		sql_bind_int(s, at, due.at);
	sql_bind_text_or_null(s, on, day_words(day, due.day));
}

static struct seal_place of_case(const struct ledger_unit *u, enum seal_what what, uint64_t number)
{
	return (struct seal_place){what, u->case_no, number};
}

static enum status write_new_case(struct writer *w, const struct ledger_unit *u)
{
	char day[DAY_BYTES];
	sqlite3_stmt *s = w->sql[SQL_NEW_CASE];
	struct hash128 print;
	enum status status = keys_reserve(w->keys, u->case_no);
	if (status)
		return status;
	sql_bind_int(s, 1, (int64_t)u->case_no);
	bind_print(w, s, 2, PRINT_CASE, u->case_id, &print);
	status = bind_sealed(w, s, 3, 0, of_case(u, SEAL_CASE, 0), u->case_id);
	sql_bind_text(s, 4, u->kind);
	sql_bind_text(s, 5, u->county);
	sql_bind_int(s, 6, (int64_t)u->last_seq);
	bind_due(s, 7, 9, u->next_due, day);
	if (!status)
		status = bind_sealed(w, s, 8, 1, of_case(u, SEAL_STATE, u->last_seq), u->state);
	return status ? status : sql_run(s);
}

static enum status write_case(struct writer *w, const struct ledger_unit *u)
{
	if (u->is_new)
		return write_new_case(w, u);
	char day[DAY_BYTES];
	sqlite3_stmt *s = w->sql[u->due_changed ? SQL_CASE_DUE : SQL_CASE];
	sql_bind_int(s, 1, (int64_t)u->case_no);
	sql_bind_int(s, 2, (int64_t)u->last_seq);
	enum status status = bind_sealed(w, s, 3, 0, of_case(u, SEAL_STATE, u->last_seq), u->state);
	if (u->due_changed)
		bind_due(s, 4, 5, u->next_due, day);
	if (!status)
		status = sql_run(s);
	return !status && sqlite3_changes(w->db) != 1 ? STATUS_IO : status;
}

/* Many outcomes of a transaction draw on few pots: each pot is written once, at its end. */
static void add_draw(struct writer *w, const struct pot *draw)
{
	struct pot *drawn = pots_get(&w->drawn, draw);
	drawn->reserved += draw->reserved;
	drawn->committed += draw->committed;
	drawn->served = draw->served;
}

static enum status write_draws(struct writer *w)
{
	char day[DAY_BYTES], served[DAY_BYTES];
	sqlite3_stmt *s = w->sql[SQL_DRAW];
	enum status status = STATUS_OK;
	for (size_t i = 0; !status && i < w->drawn.all.n; i++) {
		const struct pot *drawn = &w->drawn.all.at[i];
		sql_bind_text(s, 1, pot_kind_name(drawn->kind));
		sql_bind_text(s, 2, drawn->name);
		sql_bind_text(s, 3, drawn->county);
		sql_bind_text(s, 4, day_words(day, drawn->from));
		sql_bind_int(s, 5, drawn->reserved);
		sql_bind_int(s, 6, drawn->committed);
		sql_bind_text(s, 7, day_words(served, drawn->served));
		status = sql_run(s);
	}
	pots_release(&w->drawn);
	return status;
}

static enum status write_seat(struct writer *w, const struct ledger_unit *u, const struct pot *draw)
{
	char day[DAY_BYTES];
	sqlite3_stmt *s = w->sql[SQL_SEAT];
	sql_bind_text(s, 1, draw->name);
	sql_bind_text(s, 2, day_words(day, draw->from));
	sql_bind_text(s, 3, draw->county);
	sql_bind_int(s, 4, (int64_t)u->case_no);
	sql_bind_int(s, 5, draw->reserved);
	sql_bind_int(s, 6, draw->committed);
	return sql_run(s);
}

static enum status write_line(struct writer *w, const struct ledger_unit *u,
			      const struct ledger_outcome *o)
{
	sqlite3_stmt *s = w->sql[o->line_change > 0 ? SQL_JOIN_LINE : SQL_LEAVE_LINE];
	sql_bind_text(s, 1, o->draw.name);
	sql_bind_text(s, 2, o->draw.county);
	sql_bind_int(s, 3, (int64_t)u->case_no);
	return sql_run(s);
}

struct draw_days {
	char period[DAY_BYTES], served[DAY_BYTES];
};

/* Columns 9 to 15. */
static void bind_draw(sqlite3_stmt *s, const struct ledger_outcome *o, struct draw_days *days)
{
	for (int i = 9; i <= 15; i++)
		sqlite3_bind_null(s, i);
	if (o->draw.kind == POT_NONE)
		return;
	sql_bind_text(s, 9, pot_kind_name(o->draw.kind));
	sql_bind_text(s, 10, o->draw.name);
	sql_bind_text(s, 11, day_words(days->period, o->draw.from));
	sql_bind_int(s, 12, o->draw.reserved);
	sql_bind_int(s, 13, o->draw.committed);
	sql_bind_text_or_null(s, 14, day_words(days->served, o->draw.served));
	if (o->line_change)
		sql_bind_int(s, 15, o->line_change);
}

static enum status write_outcome(struct writer *w, const struct ledger_unit *u,
				 const struct ledger_record *r, size_t item)
{
	const struct ledger_outcome *o = &r->outcomes[item];
	struct draw_days days;
	sqlite3_stmt *s = w->sql[SQL_OUTCOME];
	struct hash128 print;
	sql_bind_int(s, 1, (int64_t)r->seq);
	sql_bind_int(s, 2, (int64_t)item);
	bind_print(w, s, 3, PRINT_OUTCOME, hash_bytes(&o->id), &print);
	sql_bind_text(s, 4, r->county);
	sql_bind_text(s, 5, o->kind);
	if (o->has_amount)
		sql_bind_int(s, 6, o->cents);
	else
		sqlite3_bind_null(s, 6);
	sql_bind_text_or_null(s, 7, o->fund);
	sql_bind_text_or_null(s, 8, o->name);
	bind_draw(s, o, &days);
	enum status status = sql_run(s);
	if (!status && o->draw.kind != POT_NONE)
		add_draw(w, &o->draw);
	if (!status && o->draw.kind == POT_DOCKET)
		status = write_seat(w, u, &o->draw);
	if (!status && o->line_change)
		status = write_line(w, u, o);
	return status;
}

static enum status write_record(struct writer *w, const struct ledger_unit *u,
				const struct ledger_record *r)
{
	sqlite3_stmt *s = w->sql[SQL_EVENT];
	struct hash128 print;
	sql_bind_int(s, 1, (int64_t)r->seq);
	if (r->prev_seq)
		sql_bind_int(s, 2, (int64_t)r->prev_seq);
	else
		sqlite3_bind_null(s, 2);
	sql_bind_int(s, 3, (int64_t)u->case_no);
	bind_print(w, s, 4, PRINT_EVENT, hash_bytes(&r->key), &print);
	sql_bind_int(s, 5, r->received_us);
	sql_bind_int(s, 6, r->policy);
	enum status status = bind_sealed(w, s, 7, 0, of_case(u, SEAL_EVENT, r->seq), r->event);
	if (!status)
		status = bind_sealed(w, s, 8, 1, of_case(u, SEAL_DECISION, r->seq), r->decision);
	sql_bind_text_or_null(s, 9, r->sender);
	if (r == u->last)
		sql_bind_blob(s, 10, w->log.case_digest.b, sizeof(w->log.case_digest.b));
	else
		sqlite3_bind_null(s, 10);
	if (!status)
		status = sql_run(s);
	for (size_t i = 0; !status && i < r->noutcomes; i++)
		status = write_outcome(w, u, r, i);
	return status;
}

static enum status write_policy(struct writer *w, const struct ledger_policy_row *p)
{
	sqlite3_stmt *s = w->sql[SQL_POLICY];
	sql_bind_int(s, 1, p->number);
	sql_bind_text(s, 2, (struct str){p->version, sizeof(p->version)});
	sql_bind_blob(s, 3, p->digest.b, sizeof(p->digest.b));
	sql_bind_int(s, 4, p->recorded_us);
	enum status status = sql_run(s);
	for (size_t i = 0; !status && i < p->nsources; i++) {
		s = w->sql[SQL_SOURCE];
		sql_bind_int(s, 1, p->number);
		sql_bind_text(s, 2, p->sources[i].name);
		sql_bind_text(s, 3, p->sources[i].text);
		status = sql_run(s);
	}
	return status;
}

static enum status write_disclosure(struct writer *w, const struct ledger_disclosure *d)
{
	sqlite3_stmt *s = w->sql[SQL_DISCLOSURE];
	struct seal_place at = {SEAL_PARTNER, d->case_no, (uint64_t)d->at_us};
	sql_bind_int(s, 1, d->at_us);
	sql_bind_int(s, 2, (int64_t)d->case_no);
	sql_bind_text(s, 3, d->county);
	sql_bind_text(s, 4, d->share);
	enum status status = bind_sealed(w, s, 5, 0, at, d->partner);
	sql_bind_text(s, 6, d->asker);
	sql_bind_int(s, 7, d->policy);
	sql_bind_int(s, 8, d->allowed);
	at.what = SEAL_FIELDS;
	if (!status)
		status = bind_sealed(w, s, 9, 1, at, d->fields);
	at.what = SEAL_REASONS;
	if (!status)
		status = bind_sealed(w, s, 10, 2, at, d->reasons);
	sql_bind_text(s, 11, d->route);
	return status ? status : sql_run(s);
}

static enum status write_act(struct writer *w, const struct ledger_act *a)
{
	sqlite3_stmt *s = w->sql[SQL_ACT];
	sql_bind_int(s, 1, a->at_us);
	sql_bind_int(s, 2, a->policy);
	sql_bind_text(s, 3, ledger_act_word(a->kind));
	if (a->kind == ACT_ACTIVATED || a->kind == ACT_REFUSED)
		sql_bind_int(s, 4, a->from_us);
	else
		sqlite3_bind_null(s, 4);
	sql_bind_text_or_null(s, 5, a->who);
	return sql_run(s);
}

static enum status write_signature(struct writer *w, const struct ledger_signature *x)
{
	sqlite3_stmt *s = w->sql[SQL_SIGNATURE];
	sql_bind_int(s, 1, x->policy);
	sql_bind_int(s, 2, x->at_us);
	sql_bind_text(s, 3, x->key);
	sql_bind_text(s, 4, x->comment);
	sql_bind_text(s, 5, x->text);
	return sql_run(s);
}

static enum status write_divergence(struct writer *w, const struct ledger_divergence *d)
{
	sqlite3_stmt *s = w->sql[SQL_DIVERGENCE];
	sql_bind_int(s, 1, d->at_us);
	sql_bind_int(s, 2, d->policy);
	if (d->seq)
		sql_bind_int(s, 3, (int64_t)d->seq);
	else
		sqlite3_bind_null(s, 3);
	sql_bind_text(s, 4, d->county);
	sql_bind_text(s, 5, d->kind);
	sql_bind_text(s, 6, d->real);
	sql_bind_text(s, 7, d->shadow);
	sql_bind_text(s, 8, d->why);
	return sql_run(s);
}

/* The case comes first: its events refer to it, and the last of them has the hash of its row. */
static enum status write_unit(struct writer *w, const struct ledger_unit *u)
{
	enum status status = u->policy ? write_policy(w, u->policy) : STATUS_OK;
	if (!status && u->case_no)
		status = write_case(w, u);
	for (const struct ledger_record *r = u->first; !status && r; r = r->next)
		status = write_record(w, u, r);
	for (const struct ledger_disclosure *d = u->disclosures; !status && d; d = d->next)
		status = write_disclosure(w, d);
	for (const struct ledger_act_row *a = u->acts; !status && a; a = a->next)
		status = write_act(w, &a->act);
	if (!status && u->destroying)
		status = writer_destroy(w, u->destroying);
	if (!status && u->signature)
		status = write_signature(w, u->signature);
	if (!status && u->hold)
		status = writer_hold(w, u->hold);
	for (const struct ledger_divergence_row *d = u->divergences; !status && d; d = d->next)
		status = write_divergence(w, &d->divergence);
	return status;
}

/* Was it room that a write lacked: on the disk, in the quota, under the limit of a file's size? A
 * sync that fails for lack of room is another thing: what is on disk is unknown then. `op` asks for
 * the file that was written to. SQLite itself tells only ENOSPC apart, and sqlite3_system_errno has
 * the errno of whatever was called last. */
static bool lacked_room(sqlite3 *db, int op)
{
	int rc = sqlite3_extended_errcode(db), os = 0;
	sqlite3_file *file = NULL;
	if ((rc & 0xFF) == SQLITE_FULL)
		return true;
	if (rc != SQLITE_IOERR_WRITE)
		return false;
	if (sqlite3_file_control(db, "main", op, &file) || !file || !file->pMethods ||
	    file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &os))
		return false;
	return os == EDQUOT || os == EFBIG;
}

/* Undoes what the failed transaction did. The disk being full is told apart only when the
 * transaction is known to be undone. */
static enum status give_up(struct writer *w, enum status status)
{
	buf_clear(&w->why);
	sql_complain(&w->why, "cannot write to", w->guard.path, w->db);
	bool full = status == STATUS_FULL ||                          /* of the file of keys */
		    lacked_room(w->db, SQLITE_FCNTL_JOURNAL_POINTER); /* the log */
	for (int i = 0; i < SQL_N; i++)
		sqlite3_reset(w->sql[i]);
	log_undo(&w->log);
	pots_release(&w->drawn);
	if (!sqlite3_get_autocommit(w->db) && sql_exec(w->db, "ROLLBACK"))
		return STATUS_IO;
	return full ? STATUS_FULL : STATUS_IO;
}

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Whether the log stays as it is for now, and nothing is amiss: somebody reads, or there is no room
 * to copy it back. */
static bool stays_for_now(sqlite3 *db, int rc)
{
	return (rc & 0xFF) == SQLITE_BUSY || (rc & 0xFF) == SQLITE_LOCKED ||
	       (rc != SQLITE_OK && lacked_room(db, SQLITE_FCNTL_FILE_POINTER));
}

/* Old pages are overwritten when the log is copied back; then the log itself goes, now or the next
 * time. */
static enum status wipe_log(sqlite3 *db)
{
	int rc = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return rc == SQLITE_OK || stays_for_now(db, rc) ? STATUS_OK : STATUS_IO;
}

/* What is in the log and in the file of the cases that were destroyed is noise from here on, and
 * the log itself goes. */
static enum status destroy_keys(struct writer *w, const struct ledger_unit *units)
{
	bool any = false;
	for (const struct ledger_unit *u = units; u; u = u->next) {
		if (!u->destroying)
			continue;
		any = true;
		if (writer_wipe_keys(w, u->destroying)) {
			buf_c(&w->why, "cannot write to the file of keys");
			return STATUS_IO;
		}
	}
	if (!any)
		return STATUS_OK;
	enum status status = wipe_log(w->db);
	if (status)
		sql_complain(&w->why, "cannot copy the log back of", w->guard.path, w->db);
	guard_take(&w->guard);
	w->log_begins = guard_log_is_empty(&w->guard);
	return status;
}

static uint64_t last_event(const struct ledger_unit *units)
{
	uint64_t seq = 0;
	for (const struct ledger_unit *u = units; u; u = u->next)
		if (u->last)
			seq = u->last->seq;
	return seq;
}

enum status writer_commit(struct writer *w, const struct ledger_unit *units)
{
	enum status status = sql_run(w->sql[SQL_BEGIN]);
	if (!status)
		log_begin(&w->log, now_us(), false);
	if (!status && w->log_begins)
		status = sql_run(w->sql[SQL_MARK]);
	for (const struct ledger_unit *u = units; !status && u; u = u->next)
		status = write_unit(w, u);
	if (!status)
		status = write_draws(w);
	if (!status)
		status = log_write(&w->log);
	if (!status)
		status = sql_run(w->sql[SQL_COMMIT]);
	if (status)
		return give_up(w, status);
	log_committed(&w->log);
	w->log_begins = false;
	buf_clear(&w->why);
	if (!guard_holds(&w->guard, last_event(units), &w->why))
		return STATUS_IO;
	return destroy_keys(w, units);
}

static int on_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
	(void)db, (void)name;
	((struct writer *)arg)->log_pages = pages;
	return SQLITE_OK;
}

enum status writer_checkpoint(struct writer *w)
{
	if (w->log_pages < w->log_most)
		return STATUS_OK;
	int pages = 0, copied = 0;
	int rc = sqlite3_wal_checkpoint_v2(w->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
	guard_take(&w->guard);
	w->log_begins |= rc == SQLITE_OK && pages == copied;
	if (rc == SQLITE_OK || stays_for_now(w->db, rc))
		return STATUS_OK; /* the log keeps what was not copied; next time more */
	sql_complain(&w->why, "cannot copy the log back of", w->guard.path, w->db);
	return STATUS_IO;
}

/* ---- opening ---- */

/* Is the open file a ledger of a version that is known here, or empty? */
static enum status recognise(sqlite3 *db, const char *path, int64_t *version, struct buf *why)
{
	int64_t application, tables, newest = 0;
	while (ledger_migrations[newest])
		newest++;
	if (sql_int(db, "PRAGMA application_id", &application) ||
	    sql_int(db, "PRAGMA user_version", version) ||
	    sql_int(db, "SELECT count(*) FROM sqlite_schema", &tables)) {
		bool foreign = sqlite3_errcode(db) == SQLITE_NOTADB;
		sql_complain(why, "cannot read the ledger", path, db);
		return foreign ? STATUS_INVALID : STATUS_IO;
	}
	bool is_new = !application && !*version && !tables;
	if (!is_new && application != LEDGER_APPLICATION_ID) {
		buf_fmt(why, "%s is a database of another program, not a ledger", path);
		return STATUS_INVALID;
	}
	if (*version > newest) {
		buf_fmt(why,
			"%s was written by a newer version of waymark (schema %lld, this one "
			"knows up to %lld)",
			path, (long long)*version, (long long)newest);
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

static enum status migrate_once(sqlite3 *db, int64_t to)
{
	char stamp[96];
	snprintf(stamp, sizeof(stamp), "PRAGMA application_id=%d; PRAGMA user_version=%d",
		 LEDGER_APPLICATION_ID, (int)to);
	if (sql_exec(db, "BEGIN EXCLUSIVE"))
		return STATUS_IO;
	if (!sql_exec(db, ledger_migrations[to - 1]) && !sql_exec(db, stamp) &&
	    !sql_exec(db, "COMMIT"))
		return STATUS_OK;
	return STATUS_IO; /* closing the connection rolls back */
}

/* Tables that others refer to are written anew in some steps: references are checked at the end. */
static enum status migrate(sqlite3 *db, const char *path, int64_t version, struct buf *why)
{
	/* Text of before there were seals is overwritten; a payload need not be. */
	bool fine = sql_pragma(db, "foreign_keys", "OFF", "0") &&
		    sql_pragma(db, "secure_delete", version < LEDGER_SEALED ? "ON" : "OFF",
			       version < LEDGER_SEALED ? "1" : "0");
	for (int64_t v = version; fine && ledger_migrations[v]; v++)
		fine = !migrate_once(db, v + 1);
	if (fine && sql_pragma(db, "foreign_keys", "ON", "1") &&
	    sql_pragma(db, "secure_delete", "OFF", "0"))
		return STATUS_OK;
	sql_complain(why, "cannot bring the schema up to date of", path, db);
	return STATUS_IO;
}

/* The keys of the ledger of this name, with one for each case. */
static enum status find_keys(struct writer *w, const char *path, struct buf *why)
{
	sqlite3_stmt *s = sql_prepare(w->db, "SELECT ledger FROM sealing");
	struct hash128 print;
	int64_t cases;
	bool fine = s && sql_step(s) == STEP_ROW;
	if (fine)
		print = sql_hash(s, 0);
	sqlite3_finalize(s);
	if (!fine || sql_int(w->db, "SELECT coalesce(max(no), 0) FROM cases", &cases)) {
		sql_complain(why, "cannot read the ledger", path, w->db);
		return STATUS_IO;
	}
	enum status status = keys_open(path, print.b, true, &w->keys, why);
	if (!status && keys_count(w->keys) < (uint64_t)cases) {
		buf_fmt(why,
			"%s.keys was cut short, or is an old copy: it has keys for %llu cases, and "
			"the ledger has %lld. Put it back from its backup",
			path, (unsigned long long)keys_count(w->keys), (long long)cases);
		status = STATUS_INVALID;
	}
	return status;
}

/* A file of keys for what has none yet: a new ledger, or one in which nothing is sealed. */
static enum status make_keys(struct writer *w, const char *path, int64_t version, struct buf *why)
{
	int64_t cases = 0;
	if (version && sql_int(w->db, "SELECT coalesce(max(no), 0) FROM cases", &cases)) {
		sql_complain(why, "cannot read the ledger", path, w->db);
		return STATUS_IO;
	}
	enum status status = keys_create(path, &w->keys, why);
	if (!status && (status = keys_reserve(w->keys, (uint64_t)cases)))
		buf_fmt(why, "cannot write the file of keys of %s", path);
	return status;
}

/* Brings the schema up to date, and opens the keys. */
static enum status bring_up(struct writer *w, const char *path, int64_t version, struct buf *why)
{
	bool anew = version < LEDGER_SEALED;
	enum status status = anew ? make_keys(w, path, version, why) : find_keys(w, path, why);
	if (status)
		return status;
	sealer_init(&w->sealer, w->keys);
	if (seal_register(w->db, &w->sealer))
		return STATUS_IO;
	status = migrate(w->db, path, version, why);
	if (!status && anew)
		status = keys_settle(w->keys, why);
	if (!status && wipe_log(w->db)) {
		sql_complain(why, "cannot copy the log back of", path, w->db);
		status = STATUS_IO;
	}
	return status;
}

/* Debian's SQLite 3.40 can lose commits when two connections write or checkpoint at one moment, and
 * with synchronous=NORMAL a power cut loses what was acknowledged: so these must hold. */
static enum status settle(struct writer *w, const struct ledger_config *config, struct buf *why)
{
	static const struct {
		const char *name, *value, *expected;
	} settings[] = {
	    {"journal_mode", "WAL", "wal"},
	    {"synchronous", "FULL", "2"},
	    {"mmap_size", "0", "0"},
	    {"temp_store", "MEMORY", "2"}, /* nothing of a case lies about, no other disk fails */
	    {"foreign_keys", "ON", "1"},
	    {"recursive_triggers", "ON", "1"}, /* INSERT OR REPLACE is a DELETE too */
	    {"trusted_schema", "OFF", "0"},
	    {"secure_delete", "ON", "1"},       /* what was deleted is overwritten */
	    {"cache_size", "-65536", "-65536"}, /* KiB */
	    {"journal_size_limit", "67108864", "67108864"},
	    {"wal_autocheckpoint", "0", "0"}, /* see writer_checkpoint */
	};
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (sql_pragma(w->db, settings[i].name, settings[i].value, settings[i].expected))
			continue;
		buf_fmt(why, "%s: the setting %s=%s of SQLite does not take (%s)", config->path,
			settings[i].name, settings[i].value, sqlite3_errmsg(w->db));
		return STATUS_IO;
	}
	if (config->most_bytes) {
		char sql[64];
		snprintf(sql, sizeof(sql), "PRAGMA max_page_count=%llu",
			 (unsigned long long)(config->most_bytes / PAGE_BYTES));
		if (sql_exec(w->db, sql))
			return STATUS_IO;
	}
	return STATUS_OK;
}

static enum status prepare(struct writer *w, const char *path, struct buf *why)
{
	for (int i = 0; i < SQL_N; i++) {
		w->sql[i] = sql_prepare(w->db, STATEMENTS[i]);
		if (w->sql[i])
			continue;
		sql_complain(why, "the tables are not as they should be in", path, w->db);
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

/* Personal data: nobody but the owner and the group gets to see it. SQLite gives the log the mode
 * of the file. */
static enum status create(const char *path, struct buf *why)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0) {
		buf_fmt(why, "cannot open the ledger %s: %m", path);
		return STATUS_IO;
	}
	close(fd);
	return STATUS_OK;
}

/* Closing copies the log back into the file, or leaves both alone. */
static void leave_log(sqlite3 *db, bool alone)
{
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, (int)alone, NULL);
}

static enum status start_signing(struct writer *w, const struct ledger_config *config,
				 struct buf *why)
{
	enum status status = head_key_open(config->head_key, &w->head_key, why);
	if (!status && (status = log_sign_with(&w->log, &w->head_key)))
		sql_complain(why, "cannot read the keys of the heads of", config->path, w->db);
	return status;
}

enum status writer_open(struct writer *w, const struct ledger_config *config, int lock_fd,
			struct buf *why)
{
	const char *path = config->path;
	int64_t version = 0;
	w->log_most = config->log_pages ? (int)config->log_pages : CHECKPOINT_PAGES;
	enum status status = guard_look(&w->guard, path, lock_fd, why);
	if (!status)
		status = create(path, why);
	if (status)
		return status;
	if (sqlite3_open_v2(path, &w->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			    gather_vfs())) {
		sql_complain(why, "cannot open the ledger", path, w->db);
		return STATUS_IO;
	}
	sqlite3_extended_result_codes(w->db, 1);
	sqlite3_busy_timeout(w->db, 5000);
	leave_log(w->db, true); /* as it was found, unless it turns out to be ours */
	status = recognise(w->db, path, &version, why);
	if (!status)
		status = guard_pair(&w->guard, w->db, why);
	if (!status)
		leave_log(w->db, false);
	if (!status)
		status = settle(w, config, why);
	if (!status)
		status = bring_up(w, path, version, why);
	if (!status)
		status = prepare(w, path, why);
	if (!status)
		status = log_open(&w->log, w->db, path, now_us(), why);
	if (!status && config->head_key)
		status = start_signing(w, config, why);
	if (!status && (status = writer_finish_destroying(w, now_us())))
		buf_fmt(why, "cannot finish destroying cases in %s", path);
	sqlite3_wal_hook(w->db, on_commit, w);
	guard_take(&w->guard);
	w->log_begins = guard_log_is_empty(&w->guard);
	return status;
}

void writer_close(struct writer *w)
{
	log_close(&w->log);
	for (int i = 0; i < SQL_N; i++)
		sqlite3_finalize(w->sql[i]);
	sqlite3_close(w->db); /* the last one out copies the log back */
	buf_release(&w->why);
	sealer_release(&w->sealer);
	keys_close(w->keys);
	for (int i = 0; i < PAYLOADS; i++)
		buf_release(&w->payload[i]);
	sodium_memzero(w, sizeof(*w)); /* it had a secret key */
}
