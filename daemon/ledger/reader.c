/* SPDX-License-Identifier: Apache-2.0
 *
 * Read-only connections. A statement is reset as soon as its row is copied: an open one would keep
 * the log from being wound back.
 */
#include "daemon/ledger/connect.h"
#include "daemon/ledger/ledger_internal.h"
#include "daemon/ledger/due.h"
#include "daemon/ledger/schema.h"
#include "daemon/ledger/seal.h"
#include "daemon/ledger/sql.h"
#include "engine/base/mem.h"

#include <string.h>

/* Outcomes of other counties that one call of the feed passes over, so that it ends in time. */
#define FEED_SCAN    20000

/* Events read one after another before it is looked whether a key was destroyed meanwhile. */
#define KEEP_EVENTS  512

#define CASE_COLUMNS "no, last_seq, id, kind, county, next_due_us, state, next_due_day, destroyed"
#define EVENT_COLUMNS                                                                              \
	"seq, prev_seq, case_no, key, received_us, policy, " OPENED(                               \
	    "event", "case_no", "seq", "event") ", " OPENED("decision", "case_no", "seq",          \
							    "decision") ", sender"
#define OUTCOME_TEXT                                                                               \
	"SELECT " CASE_ID("c") ", json_extract(" OPENED(                                           \
	    "decision", "e.case_no", "e.seq",                                                      \
	    "e.decision") ", '$.outcomes[' || ?2 || ']')"                                          \
			  " FROM events e JOIN cases c ON c.no = e.case_no WHERE e.seq = ?1"

enum query {
	Q_BEGIN,
	Q_END,
	Q_CASE,
	Q_CASE_AT,
	Q_EVENT_BY_KEY,
	Q_SEQ_BY_KEY,
	Q_EVENT,
	Q_EVENT_CASE,
	Q_EVENTS,
	Q_FEED,
	Q_OUTCOME_TEXT,
	Q_OUTCOME_BY_ID,
	Q_LAST_RECORDED,
	Q_DISCLOSURES,
	Q_FIRST_DUE,
	Q_POLICIES,
	Q_VERSION,
	Q_SOURCES,
	Q_TOTALS,
	Q_CASES,
	Q_N
};

static const char *const QUERIES[Q_N] = {
    [Q_BEGIN] = "BEGIN",
    [Q_END] = "COMMIT",
    [Q_CASE] = "SELECT " CASE_COLUMNS " FROM cases WHERE fingerprint = ?1",
    [Q_CASE_AT] = "SELECT " CASE_COLUMNS " FROM cases WHERE no = ?1",
    [Q_EVENT_BY_KEY] = "SELECT " EVENT_COLUMNS " FROM events WHERE key = ?1",
    [Q_SEQ_BY_KEY] = "SELECT seq FROM events WHERE key = ?1",
    [Q_EVENT] = "SELECT " EVENT_COLUMNS " FROM events WHERE seq = ?1",
    [Q_EVENT_CASE] = "SELECT case_no, prev_seq FROM events WHERE seq = ?1",
    [Q_EVENTS] = "SELECT seq, prev_seq, case_no, key, received_us, policy, event, decision, sender"
		 " FROM events WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq",
    [Q_FEED] = "SELECT position, seq, item, county FROM outcomes WHERE position > ?1"
	       " ORDER BY position",
    [Q_OUTCOME_TEXT] = OUTCOME_TEXT,
    [Q_OUTCOME_BY_ID] = "SELECT position, seq, item, county FROM outcomes WHERE id = ?1"
			" ORDER BY position DESC LIMIT 1",
    [Q_LAST_RECORDED] = "SELECT received_us FROM events ORDER BY seq DESC LIMIT 1",
    [Q_DISCLOSURES] = "SELECT d.number, d.at_us, " CASE_ID(
	"c") ", d.county,"
	     " coalesce(d.route, 'GET /v1/cases/{id}/share/{name}'), d.share,"
	     " " OPENED(
		 "partner", "d.case_no", "d.at_us",
		 "d.partner") ", d.asker, p.version, d.allowed,"
			      " " OPENED(
				  "fields", "d.case_no", "d.at_us",
				  "d.fields") ","
					      " " OPENED(
						  "reasons", "d.case_no", "d.at_us",
						  "d.reasons") " FROM disclosures d JOIN cases c "
							       "ON c.no = d.case_no"
							       " JOIN policies p ON p.number = "
							       "d.policy WHERE d.number > ?1 ORDER "
							       "BY d.number",
    [Q_FIRST_DUE] = "SELECT min(next_due_us) FROM cases WHERE next_due_us IS NOT NULL",
    [Q_POLICIES] = "SELECT number, version, recorded_us FROM policies ORDER BY number",
    [Q_VERSION] = "SELECT number, version, recorded_us FROM policies WHERE version = ?1"
		  " ORDER BY number DESC LIMIT 1",
    [Q_SOURCES] = "SELECT name, text FROM policy_sources WHERE policy = ?1 ORDER BY name",
    [Q_TOTALS] = "SELECT (SELECT coalesce(max(seq), 0) FROM events),"
		 " (SELECT coalesce(max(no), 0) FROM cases),"
		 " (SELECT coalesce(max(position), 0) FROM outcomes),"
		 " (SELECT count(*) FROM policies), (SELECT count(*) FROM destroyed_cases)",
    [Q_CASES] = "SELECT " CASE_COLUMNS " FROM cases WHERE destroyed IS NULL"
		" ORDER BY no",
};

struct ledger_reader {
	sqlite3 *db;
	struct sealer sealer; /* its keys */
	struct opener opener;
	sqlite3_stmt *q[Q_N];
	struct due_crowd due;
	struct arena arena; /* the texts of the last answer */
	struct buf text;    /* what two payloads say: open_two */
};

/* ---- opening ---- */

static enum status open_keys(struct ledger_reader *r, const char *path, struct buf *why)
{
	int64_t version;
	if (sql_int(r->db, "PRAGMA user_version", &version) || version < LEDGER_SEALED) {
		buf_fmt(why,
			"%s was written by an older version of waymark: waymark serve brings it up "
			"to date",
			path);
		return STATUS_INVALID;
	}
	sqlite3_stmt *s = sql_prepare(r->db, "SELECT ledger FROM sealing");
	if (!s || sql_step(s) != STEP_ROW) {
		sql_complain(why, "the tables are not as they should be in", path, r->db);
		sqlite3_finalize(s);
		return STATUS_INVALID;
	}
	struct hash128 print = sql_hash(s, 0);
	sqlite3_finalize(s);
	enum status status = keys_open(path, print.b, false, &r->sealer.keys, why);
	return status == STATUS_NOT_FOUND ? STATUS_IO : status;
}

static enum status prepare(struct ledger_reader *r, const char *path, struct buf *why)
{
	if (seal_register(r->db, &r->sealer))
		return STATUS_IO;
	for (int i = 0; i < Q_N; i++) {
		r->q[i] = sql_prepare(r->db, QUERIES[i]);
		if (r->q[i])
			continue;
		sql_complain(why, "the tables are not as they should be in", path, r->db);
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

enum status ledger_reader_open(const char *path, struct ledger_reader **out, struct buf *why)
{
	struct ledger_reader *r = mem_alloc(sizeof(*r));
	opener_init(&r->opener);
	enum status status = ledger_connect(path, &r->db, why);
	if (!status)
		status = open_keys(r, path, why);
	if (!status)
		status = prepare(r, path, why);
	if (status)
		ledger_reader_close(r);
	else
		*out = r;
	return status;
}

void ledger_reader_close(struct ledger_reader *r)
{
	if (!r)
		return;
	for (int i = 0; i < Q_N; i++)
		sqlite3_finalize(r->q[i]);
	sqlite3_close(r->db);
	keys_close(r->sealer.keys);
	opener_release(&r->opener);
	due_release(&r->due);
	arena_release(&r->arena);
	buf_release(&r->text);
	mem_free(r);
}

struct str ledger_reader_error(struct ledger_reader *r)
{
	return str_from(sqlite3_errmsg(r->db));
}

enum status ledger_reader_begin(struct ledger_reader *r)
{
	return sqlite3_get_autocommit(r->db) ? sql_run(r->q[Q_BEGIN]) : STATUS_OK;
}

struct arena *ledger_reader_arena(struct ledger_reader *r)
{
	arena_reset(&r->arena);
	return &r->arena;
}

sqlite3 *ledger_reader_db(struct ledger_reader *r)
{
	return r->db;
}

void ledger_reader_end(struct ledger_reader *r)
{
	if (!sqlite3_get_autocommit(r->db))
		sql_run(r->q[Q_END]);
}

/* ---- rows ---- */

static enum status of_step(enum step step)
{
	switch (step) {
	case STEP_ROW:
		return STATUS_OK;
	case STEP_DONE:
		return STATUS_NOT_FOUND;
	case STEP_FAILED:
		return STATUS_IO;
	}
	return STATUS_IO;
}

/* But for its event and decision. The sender still belongs to the statement. */
static struct ledger_event event_of(sqlite3_stmt *s)
{
	return (struct ledger_event){
	    .seq = (uint64_t)sqlite3_column_int64(s, 0),
	    .prev_seq = (uint64_t)sqlite3_column_int64(s, 1),
	    .case_no = (uint64_t)sqlite3_column_int64(s, 2),
	    .fingerprint = sql_hash(s, 3),
	    .received_us = sqlite3_column_int64(s, 4),
	    .policy = (uint32_t)sqlite3_column_int64(s, 5),
	    .sender = sql_text(s, 8),
	    .destroyed = sqlite3_column_type(s, 6) == SQLITE_NULL,
	};
}

/* Takes the one row of a statement that is bound already. */
static enum status one_event(struct ledger_reader *r, sqlite3_stmt *s, struct ledger_event *out)
{
	enum status status = of_step(sql_step(s));
	arena_reset(&r->arena);
	if (!status) {
		*out = event_of(s);
		out->event = arena_str(&r->arena, sql_text(s, 6));
		out->decision = arena_str(&r->arena, sql_text(s, 7));
		out->sender = arena_str(&r->arena, out->sender);
	}
	sqlite3_reset(s);
	return status;
}

/* ---- cases and events ---- */

static struct str sealed_at(sqlite3_stmt *s, int column)
{
	const char *p = sqlite3_column_blob(s, column);
	return (struct str){p, p ? (size_t)sqlite3_column_bytes(s, column) : 0};
}

/* As opened() would, but that one key opens both payloads of a case, and the texts, until others
 * are opened, are r->text. STATUS_GONE: there are none, the case was destroyed. */
static enum status open_two(struct ledger_reader *r, sqlite3_stmt *s, const struct seal_place *at,
			    const int *column, struct str *first, struct str *second)
{
	const uint8_t *key;
	uint64_t order;
	struct buf *b = &r->text;
	*first = *second = STR("");
	if (sqlite3_column_type(s, column[0]) == SQLITE_NULL)
		return STATUS_GONE;
	enum status status = keys_get(r->sealer.keys, at->case_no, &key, &order);
	buf_clear(b);
	if (!status)
		status = opener_open(&r->opener, key, at[0], sealed_at(s, column[0]), b);
	size_t n = b->len;
	if (!status)
		status = opener_open(&r->opener, key, at[1], sealed_at(s, column[1]), b);
	if (status)
		return status;
	*first = (struct str){b->p, n};
	*second = (struct str){b->p + n, b->len - n};
	return STATUS_OK;
}

/* A row of CASE_COLUMNS; its texts live as long as the arena. */
static enum status take_case(struct ledger_reader *r, sqlite3_stmt *s, struct ledger_case *out)
{
	arena_reset(&r->arena);
	*out = (struct ledger_case){
	    .no = (uint64_t)sqlite3_column_int64(s, 0),
	    .last_seq = (uint64_t)sqlite3_column_int64(s, 1),
	    .kind = arena_str(&r->arena, sql_text(s, 3)),
	    .county = arena_str(&r->arena, sql_text(s, 4)),
	    .next_due = due_of(s, 5, 7),
	    .destroyed = (uint64_t)sqlite3_column_int64(s, 8),
	};
	struct seal_place at[] = {{SEAL_CASE, out->no, 0}, {SEAL_STATE, out->no, out->last_seq}};
	enum status status = open_two(r, s, at, (int[]){2, 6}, &out->id, &out->state);
	out->id = arena_str(&r->arena, out->id);
	out->state = arena_str(&r->arena, out->state);
	return status;
}

/* Goes through opened(), which says what is wrong. */
static enum status say_what_is_wrong_with_case(struct ledger_reader *r, uint64_t no)
{
	sqlite3_stmt *s =
	    sql_prepare(r->db, "SELECT " CASE_ID("cases") ", " OPENED(
				   "state", "no", "last_seq", "state") " FROM cases WHERE no = ?1");
	if (s) {
		sql_bind_int(s, 1, (int64_t)no);
		(void)sql_step(s);
	}
	sqlite3_finalize(s);
	return STATUS_IO;
}

/* The one row of a statement that is bound already. */
static enum status one_case(struct ledger_reader *r, sqlite3_stmt *s, struct ledger_case *out)
{
	enum status status = of_step(sql_step(s));
	bool found = !status;
	if (found)
		status = take_case(r, s, out);
	sqlite3_reset(s);
	if (found && status && status != STATUS_GONE)
		return say_what_is_wrong_with_case(r, out->no);
	return status;
}

enum status ledger_case_at(struct ledger_reader *r, uint64_t no, struct ledger_case *out)
{
	sql_bind_int(r->q[Q_CASE_AT], 1, (int64_t)no);
	return one_case(r, r->q[Q_CASE_AT], out);
}

enum status ledger_find_case(struct ledger_reader *r, struct str id, struct ledger_case *out)
{
	sqlite3_stmt *s = r->q[Q_CASE];
	struct hash128 print = keys_fingerprint(r->sealer.keys, PRINT_CASE, id.p, id.len);
	sql_bind_hash(s, 1, &print);
	return one_case(r, s, out);
}

enum status ledger_cases(struct ledger_reader *r, ledger_on_case *on, void *arg)
{
	sqlite3_stmt *s = r->q[Q_CASES];
	struct ledger_case c = {.no = 0};
	enum status status = STATUS_OK;
	enum step step;
	for (step = sql_step(s); step == STEP_ROW; step = sql_step(s)) {
		status = take_case(r, s, &c);
		if ((status && status != STATUS_GONE) || !on(arg, &c))
			break;
	}
	sqlite3_reset(s);
	if (status && status != STATUS_GONE)
		return say_what_is_wrong_with_case(r, c.no);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}

struct hash128 ledger_fingerprint(const struct ledger_reader *r, struct hash128 key)
{
	return keys_fingerprint(r->sealer.keys, PRINT_EVENT, key.b, sizeof(key.b));
}

enum status ledger_find_event(struct ledger_reader *r, struct hash128 key, struct ledger_event *out)
{
	struct hash128 print = ledger_fingerprint(r, key);
	sql_bind_hash(r->q[Q_EVENT_BY_KEY], 1, &print);
	return one_event(r, r->q[Q_EVENT_BY_KEY], out);
}

enum status ledger_find_seq(struct ledger_reader *r, struct hash128 fingerprint, uint64_t *seq)
{
	sqlite3_stmt *s = r->q[Q_SEQ_BY_KEY];
	sql_bind_hash(s, 1, &fingerprint);
	enum status status = of_step(sql_step(s));
	if (!status)
		*seq = (uint64_t)sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return status;
}

enum status ledger_event_at(struct ledger_reader *r, uint64_t seq, struct ledger_event *out)
{
	sql_bind_int(r->q[Q_EVENT], 1, (int64_t)seq);
	return one_event(r, r->q[Q_EVENT], out);
}

void ledger_duplicate_json(struct buf *b, struct str decision)
{
	/* Inside a text the quotes would be escaped, so the first match is the member. */
	static const struct str no = STR_INIT("\"duplicate\":false");
	const char *at = decision.len ? memmem(decision.p, decision.len, no.p, no.len) : NULL;
	if (!at) {
		buf_str(b, decision);
		return;
	}
	const char *rest = at + no.len;
	buf_bytes(b, decision.p, (size_t)(at - decision.p));
	buf_str(b, STR("\"duplicate\":true"));
	buf_bytes(b, rest, (size_t)(decision.p + decision.len - rest));
}

static enum status open_event(struct ledger_reader *r, sqlite3_stmt *s, struct ledger_event *e)
{
	struct seal_place at[] = {{SEAL_EVENT, e->case_no, e->seq},
				  {SEAL_DECISION, e->case_no, e->seq}};
	enum status status = open_two(r, s, at, (int[]){6, 7}, &e->event, &e->decision);
	e->destroyed = status == STATUS_GONE;
	return e->destroyed ? STATUS_OK : status;
}

/* Goes through opened(), which says what is wrong. */
static enum status say_what_is_wrong_with_event(struct ledger_reader *r, uint64_t seq)
{
	struct ledger_event e;
	(void)ledger_event_at(r, seq, &e);
	return STATUS_IO;
}

enum status ledger_events(struct ledger_reader *r, uint64_t from, uint64_t to, ledger_on_event *on,
			  void *arg)
{
	sqlite3_stmt *s = r->q[Q_EVENTS];
	struct ledger_event e = {.seq = 0};
	enum status status = STATUS_OK;
	enum step step;
	sql_bind_int(s, 1, (int64_t)from);
	sql_bind_int(s, 2, to > INT64_MAX ? INT64_MAX : (int64_t)to);
	for (step = sql_step(s); step == STEP_ROW; step = sql_step(s)) {
		if (e.seq % KEEP_EVENTS == 0)
			keys_keep(r->sealer.keys);
		e = event_of(s);
		status = open_event(r, s, &e);
		if (status || !on(arg, &e))
			break;
	}
	sqlite3_reset(s);
	keys_done(r->sealer.keys);
	if (status)
		return say_what_is_wrong_with_event(r, e.seq);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}

enum status ledger_overdue(struct ledger_reader *r, int64_t before_us, size_t most, uint64_t *cases)
{
	sqlite3_stmt *s = sql_prepare(r->db, "SELECT count(*) FROM (SELECT 1 FROM cases"
					     " WHERE next_due_us < ?1 LIMIT ?2)");
	if (!s)
		return STATUS_IO;
	sql_bind_int(s, 1, before_us);
	sql_bind_int(s, 2, (int64_t)most);
	enum status status = of_step(sql_step(s));
	if (!status)
		*cases = (uint64_t)sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return status;
}

/* The event before `seq` in the case's chain; `seq` must be one of that case. */
static enum status before(struct ledger_reader *r, uint64_t case_no, uint64_t seq, uint64_t *prev)
{
	sqlite3_stmt *s = r->q[Q_EVENT_CASE];
	sql_bind_int(s, 1, (int64_t)seq);
	enum status status = of_step(sql_step(s));
	if (!status && (uint64_t)sqlite3_column_int64(s, 0) != case_no)
		status = STATUS_NOT_FOUND;
	if (!status)
		*prev = (uint64_t)sqlite3_column_int64(s, 1);
	sqlite3_reset(s);
	return status;
}

enum status ledger_timeline(struct ledger_reader *r, struct str case_id, uint64_t before_seq,
			    size_t most, ledger_on_event *on, void *arg)
{
	struct ledger_case c;
	enum status status = ledger_find_case(r, case_id, &c);
	if (status)
		return status;
	uint64_t seq = c.last_seq;
	if (before_seq && (status = before(r, c.no, before_seq, &seq)))
		return status;
	for (; seq && most; most--) {
		struct ledger_event e;
		status = ledger_event_at(r, seq, &e);
		if (status)
			return STATUS_IO; /* the chain is broken */
		if (!on(arg, &e))
			break;
		seq = e.prev_seq;
	}
	return STATUS_OK;
}

/* ---- outcomes ---- */

static bool wanted(struct str county, const struct str *counties, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(counties[i], county))
			return true;
	return n == 0;
}

/* Fills in the case and the JSON of a row whose other columns `s` has. The texts belong to the
 * statements; the caller resets the one for texts. */
static enum status fill_outcome(struct ledger_reader *r, sqlite3_stmt *s,
				struct ledger_outcome_row *o)
{
	sqlite3_stmt *text = r->q[Q_OUTCOME_TEXT];
	o->position = (uint64_t)sqlite3_column_int64(s, 0);
	o->seq = (uint64_t)sqlite3_column_int64(s, 1);
	o->county = sql_text(s, 3);
	sql_bind_int(text, 1, (int64_t)o->seq);
	sql_bind_int(text, 2, sqlite3_column_int64(s, 2));
	if (sql_step(text) != STEP_ROW)
		return STATUS_IO;
	o->case_id = sql_text(text, 0);
	o->json = sql_text(text, 1);
	return sqlite3_column_type(text, 0) == SQLITE_NULL ? STATUS_GONE : STATUS_OK;
}

enum status ledger_outcomes(struct ledger_reader *r, uint64_t after, size_t most,
			    const struct str *counties, size_t ncounties, uint64_t *reached,
			    ledger_on_outcome *on, void *arg)
{
	sqlite3_stmt *s = r->q[Q_FEED];
	enum step step = STEP_DONE;
	enum status status = STATUS_OK;
	bool more = true;
	sql_bind_int(s, 1, after > INT64_MAX ? INT64_MAX : (int64_t)after);
	*reached = after;
	for (size_t scanned = 0; more && !status && most && scanned < FEED_SCAN; scanned++) {
		step = sql_step(s);
		if (step != STEP_ROW)
			break;
		if (wanted(sql_text(s, 3), counties, ncounties)) {
			struct ledger_outcome_row o;
			status = fill_outcome(r, s, &o);
			bool gone = status == STATUS_GONE;
			more = gone || (!status && on(arg, &o));
			status = gone ? STATUS_OK : status;
			sqlite3_reset(r->q[Q_OUTCOME_TEXT]);
			most -= !gone;
		}
		*reached = (uint64_t)sqlite3_column_int64(s, 0);
	}
	sqlite3_reset(s);
	return step == STEP_FAILED ? STATUS_IO : status;
}

static void fill_disclosure(sqlite3_stmt *s, struct ledger_disclosure_row *row)
{
	*row = (struct ledger_disclosure_row){
	    .number = (uint64_t)sqlite3_column_int64(s, 0),
	    .case_id = sql_text(s, 2),
	    .policy = sql_text(s, 8),
	    .what = {.at_us = sqlite3_column_int64(s, 1),
		     .county = sql_text(s, 3),
		     .route = sql_text(s, 4),
		     .share = sql_text(s, 5),
		     .partner = sql_text(s, 6),
		     .asker = sql_text(s, 7),
		     .allowed = sqlite3_column_int(s, 9) != 0,
		     .fields = sql_text(s, 10),
		     .reasons = sql_text(s, 11)},
	};
}

enum status ledger_disclosures(struct ledger_reader *r, struct str case_id, uint64_t after,
			       size_t most, const struct str *counties, size_t ncounties,
			       uint64_t *reached, ledger_on_disclosure *on, void *arg)
{
	sqlite3_stmt *s = r->q[Q_DISCLOSURES];
	enum step step = STEP_DONE;
	bool more = most > 0;
	sql_bind_int(s, 1, after > INT64_MAX ? INT64_MAX : (int64_t)after);
	*reached = after;
	for (size_t scanned = 0; more && scanned < FEED_SCAN; scanned++) {
		struct ledger_disclosure_row row;
		step = sql_step(s);
		if (step != STEP_ROW)
			break;
		fill_disclosure(s, &row);
		*reached = row.number;
		if (wanted(row.what.county, counties, ncounties) &&
		    (!case_id.len || str_eq(case_id, row.case_id)))
			more = on(arg, &row) && --most;
	}
	sqlite3_reset(s);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}

enum status ledger_find_outcome(struct ledger_reader *r, struct hash128 id,
				struct ledger_outcome_row *out)
{
	sqlite3_stmt *s = r->q[Q_OUTCOME_BY_ID];
	struct ledger_outcome_row o;
	struct hash128 print = keys_fingerprint(r->sealer.keys, PRINT_OUTCOME, id.b, sizeof(id.b));
	sql_bind_hash(s, 1, &print);
	enum status status = of_step(sql_step(s));
	arena_reset(&r->arena);
	if (!status)
		status = fill_outcome(r, s, &o);
	if (!status || status == STATUS_GONE) {
		*out = o;
		out->county = arena_str(&r->arena, o.county);
		out->case_id = arena_str(&r->arena, o.case_id);
		out->json = arena_str(&r->arena, o.json);
	}
	sqlite3_reset(r->q[Q_OUTCOME_TEXT]);
	sqlite3_reset(s);
	return status;
}

/* ---- what is due ---- */

enum status ledger_last_recorded(struct ledger_reader *r, int64_t *received_us)
{
	sqlite3_stmt *s = r->q[Q_LAST_RECORDED];
	enum status status = of_step(sql_step(s));
	if (!status)
		*received_us = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return status;
}

enum status ledger_first_due(struct ledger_reader *r, int64_t *at)
{
	sqlite3_stmt *s = r->q[Q_FIRST_DUE];
	enum status status = of_step(sql_step(s));
	if (!status && sqlite3_column_type(s, 0) == SQLITE_NULL)
		status = STATUS_NOT_FOUND;
	if (!status)
		*at = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return status;
}

enum status ledger_due(struct ledger_reader *r, int64_t until, size_t most, ledger_on_due *on,
		       void *arg, bool *all)
{
	return due_each(r->db, &r->due, until, most, on, arg, all);
}

/* ---- policies ---- */

static struct ledger_policy_info policy_of(sqlite3_stmt *s)
{
	return (struct ledger_policy_info){(uint32_t)sqlite3_column_int64(s, 0), sql_text(s, 1),
					   sqlite3_column_int64(s, 2)};
}

enum status ledger_find_version(struct ledger_reader *r, struct str version,
				struct ledger_policy_info *out)
{
	sqlite3_stmt *s = r->q[Q_VERSION];
	sql_bind_text(s, 1, version);
	enum status status = of_step(sql_step(s));
	arena_reset(&r->arena);
	if (!status) {
		*out = policy_of(s);
		out->version = arena_str(&r->arena, out->version);
	}
	sqlite3_reset(s);
	return status;
}

enum status ledger_policies(struct ledger_reader *r, ledger_on_policy *on, void *arg)
{
	sqlite3_stmt *s = r->q[Q_POLICIES];
	enum step step;
	for (step = sql_step(s); step == STEP_ROW; step = sql_step(s)) {
		struct ledger_policy_info p = policy_of(s);
		if (!on(arg, &p))
			break;
	}
	sqlite3_reset(s);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}

struct naming {
	struct str version;
	uint32_t number;
};

static bool is_named(void *arg, const struct ledger_policy_info *p)
{
	struct naming *n = arg;
	if (str_eq(n->version, p->version))
		n->number = p->number;
	return !n->number;
}

enum status ledger_policy_named(struct ledger_reader *r, struct str version, uint32_t *number)
{
	char own[16]; /* the name may be a text of this reader */
	struct naming n = {.version = {own, sizeof(own)}};
	if (version.len != sizeof(own))
		return STATUS_NOT_FOUND;
	memcpy(own, version.p, sizeof(own));
	enum status status = ledger_policies(r, is_named, &n);
	*number = n.number;
	return status ? status : n.number ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status ledger_policy_sources(struct ledger_reader *r, uint32_t number, ledger_on_source *on,
				  void *arg)
{
	sqlite3_stmt *s = r->q[Q_SOURCES];
	enum step step;
	bool any = false;
	sql_bind_int(s, 1, number);
	for (step = sql_step(s); step == STEP_ROW; step = sql_step(s)) {
		any = true;
		if (!on(arg, sql_text(s, 0), sql_text(s, 1)))
			break;
	}
	sqlite3_reset(s);
	if (step == STEP_FAILED)
		return STATUS_IO;
	return any ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status ledger_totals(struct ledger_reader *r, struct ledger_totals *out)
{
	sqlite3_stmt *s = r->q[Q_TOTALS];
	enum status status = of_step(sql_step(s));
	if (!status)
		*out = (struct ledger_totals){
		    (uint64_t)sqlite3_column_int64(s, 0), (uint64_t)sqlite3_column_int64(s, 1),
		    (uint64_t)sqlite3_column_int64(s, 2), (uint64_t)sqlite3_column_int64(s, 3),
		    (uint64_t)sqlite3_column_int64(s, 4)};
	sqlite3_reset(s);
	return status;
}
