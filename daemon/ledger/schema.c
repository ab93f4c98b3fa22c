/* SPDX-License-Identifier: Apache-2.0
 *
 * Few indexes on purpose: an index whose keys come in no order makes every insertion slower as the
 * ledger grows. There is one for the keys of events (to know a repeated event), one for the ids of
 * cases, and one for what is due. A case's events are chained by prev_seq instead.
 *
 * What a case's records say is sealed under the case's key (seal.h, keys.h): BLOBs that read as
 * noise without LEDGER.keys. What is left plain is what the books need - counties, kinds, amounts,
 * funds, times - and nothing that says whose case it is. What must be found without saying whose it
 * is has a fingerprint, a hash under a key of that same file.
 *
 * Times are microseconds since 1970-01-01T00:00:00Z, amounts cents, fingerprints and hashes BLOBs.
 * The views put the same into words: times as text.
 */
#include "daemon/ledger/schema.h"

#include <stddef.h>

#define REFUSE_UPDATE(table)                                                                       \
	"CREATE TRIGGER " table "_no_update BEFORE UPDATE ON " table                               \
	" BEGIN SELECT RAISE(ABORT, '" table " is append-only'); END;"
#define REFUSE(table)                                                                              \
	REFUSE_UPDATE(table)                                                                       \
	"CREATE TRIGGER " table "_no_delete BEFORE DELETE ON " table                               \
	" BEGIN SELECT RAISE(ABORT, '" table " is append-only'); END;"

#define TIME_TEXT(column) "strftime('%Y-%m-%dT%H:%M:%SZ', " column " / 1000000, 'unixepoch')"

/* clang-format off */
static const char initial[] =
	/* Each version of the policies that was ever loaded, with its full source texts. */
	"CREATE TABLE policies ("
	" number INTEGER PRIMARY KEY,"
	" version TEXT NOT NULL,"         /* the first 16 hex digits of the digest */
	" digest BLOB NOT NULL UNIQUE"    /* SHA-256 over names and texts of the sources */
	"  CHECK (length(digest) = 32),"
	" recorded_us INTEGER NOT NULL"   /* when it was first loaded */
	") STRICT;"
	"CREATE TABLE policy_sources ("
	" policy INTEGER NOT NULL REFERENCES policies,"
	" name TEXT NOT NULL,"            /* path inside the rulebook */
	" text TEXT NOT NULL,"
	" PRIMARY KEY (policy, name)"
	") STRICT, WITHOUT ROWID;"

	/* One row a case: where it stands now. All of it follows from the events. */
	"CREATE TABLE cases ("
	" no INTEGER PRIMARY KEY,"        /* in order of their first events */
	" id TEXT NOT NULL UNIQUE,"       /* `subject` of its events */
	" kind TEXT NOT NULL,"
	" county TEXT NOT NULL,"
	" last_seq INTEGER NOT NULL,"     /* its latest event */
	" next_due_us INTEGER,"           /* when something falls due next; NULL: nothing */
	" state TEXT NOT NULL"            /* JSON: facts, counts, steps, what is owed and due */
	") STRICT;"
	"CREATE INDEX cases_due ON cases (next_due_us) WHERE next_due_us IS NOT NULL;"

	/* Every event that was decided, with the decision as it was answered. Deadlines and items
	 * of schedules are events too, of the types `deadline` and `scheduled`, source `waymark`:
	 * their event's time is when they were due, received_us when they fired. */
	"CREATE TABLE events ("
	" seq INTEGER PRIMARY KEY,"       /* in the order of decision, from 1, without gaps */
	" prev_seq INTEGER,"              /* the event before it of its case; NULL: the first */
	" case_no INTEGER NOT NULL REFERENCES cases,"
	" key BLOB NOT NULL CHECK (length(key) = 16),"       /* hash of source and id */
	" digest BLOB NOT NULL CHECK (length(digest) = 16)," /* hash of `event` */
	" received_us INTEGER NOT NULL,"
	" policy INTEGER NOT NULL REFERENCES policies,"      /* what decided it */
	" sender TEXT,"                   /* the token's name; NULL: it came from within */
	" event TEXT NOT NULL,"           /* JSON: a CloudEvent in canonical form */
	" decision TEXT NOT NULL"         /* JSON: with outcomes and reasons */
	") STRICT;"
	"CREATE UNIQUE INDEX events_key ON events (key);"

	/* One row an outcome, for feeds and sums. Its full JSON is in the event's decision. */
	"CREATE TABLE outcomes ("
	" position INTEGER PRIMARY KEY,"  /* the cursor of the feed */
	" seq INTEGER NOT NULL REFERENCES events,"
	" item INTEGER NOT NULL,"         /* which of the decision's outcomes, from 0 */
	" id BLOB NOT NULL CHECK (length(id) = 16),"
	" county TEXT NOT NULL,"
	" kind TEXT NOT NULL,"            /* payment, assessment, referral ... or proposal */
	" amount_cents INTEGER,"
	" fund TEXT,"
	" name TEXT,"                     /* line, requirement, order, schedule, fact */
	" recipient TEXT,"                /* party or case */
	" due TEXT"                       /* 2026-07-28 */
	") STRICT;"

	REFUSE("policies")
	REFUSE("policy_sources")
	REFUSE("events")
	REFUSE("outcomes")
	"CREATE TRIGGER cases_no_delete BEFORE DELETE ON cases"
	" BEGIN SELECT RAISE(ABORT, 'cases are not deleted'); END;"
	"CREATE TRIGGER cases_no_update BEFORE UPDATE OF no, id, kind, county ON cases"
	" BEGIN SELECT RAISE(ABORT, 'a case keeps its id, kind and county'); END;"

	"CREATE VIEW event_list AS SELECT e.seq, c.id AS case_id, c.kind AS case_kind,"
	" e.event ->> '$.county' AS county, e.event ->> '$.type' AS type,"
	" e.event ->> '$.time' AS time, e.event ->> '$.source' AS source,"
	" e.event ->> '$.id' AS id, e.event -> '$.data' AS data,"
	" " TIME_TEXT("e.received_us") " AS received, e.sender,"
	" p.version AS policy, e.decision"
	" FROM events e JOIN cases c ON c.no = e.case_no JOIN policies p ON p.number = e.policy;"

	"CREATE VIEW outcome_list AS SELECT o.position, o.seq, c.id AS case_id, o.county, o.kind,"
	" lower(hex(o.id)) AS id, o.amount_cents, o.fund, o.name, o.recipient, o.due,"
	" json_extract(e.decision, '$.outcomes[' || o.item || ']') AS outcome"
	" FROM outcomes o JOIN events e ON e.seq = o.seq JOIN cases c ON c.no = e.case_no;"

	"CREATE VIEW due_list AS SELECT id AS case_id, kind, county,"
	" " TIME_TEXT("next_due_us") " AS next_due"
	" FROM cases WHERE next_due_us IS NOT NULL ORDER BY next_due_us;";

static const char shared[] =
	/* What cases share, one row for each county and period. Each row is the sum of the draws
	 * of all recorded outcomes (`draw` in their JSON). */
	"CREATE TABLE pots ("
	" kind TEXT NOT NULL,"            /* fund, capacity */
	" name TEXT NOT NULL,"            /* of the fund, of the capacity */
	" county TEXT NOT NULL,"
	" period TEXT NOT NULL,"          /* first day of the year; empty: one budget in all */
	" reserved INTEGER NOT NULL,"     /* cents set aside for schedules that run; who waits */
	" committed INTEGER NOT NULL,"    /* cents paid or to be paid; places taken */
	" PRIMARY KEY (kind, name, county, period)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TRIGGER pots_no_delete BEFORE DELETE ON pots"
	" BEGIN SELECT RAISE(ABORT, 'pots are not deleted'); END;";

static const char agenda[] =
	/* Who is heard at which meeting of a docket. Each row is the sum of the seats that the
	 * outcomes of the case took there and gave back: one, or none. */
	"CREATE TABLE seats ("
	" docket TEXT NOT NULL,"
	" meeting TEXT NOT NULL,"         /* 2026-07-02 */
	" county TEXT NOT NULL,"
	" case_no INTEGER NOT NULL REFERENCES cases,"
	" urgent INTEGER NOT NULL,"
	" others INTEGER NOT NULL,"
	" PRIMARY KEY (docket, meeting, county, case_no)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TRIGGER seats_no_delete BEFORE DELETE ON seats"
	" BEGIN SELECT RAISE(ABORT, 'seats are not deleted'); END;";

static const char sharing[] =
	/* Who asked to see what of a case, and what was answered: on record before it went out.
	 * Only the names of fields, never what they said. */
	"CREATE TABLE disclosures ("
	" number INTEGER PRIMARY KEY,"    /* in the order of asking */
	" at_us INTEGER NOT NULL,"
	" case_no INTEGER NOT NULL REFERENCES cases,"
	" county TEXT NOT NULL,"          /* of the case */
	" share TEXT NOT NULL,"           /* the name that was asked for */
	" partner TEXT NOT NULL,"         /* id of the partner's case, as it was asked */
	" asker TEXT NOT NULL,"           /* the token's name */
	" policy INTEGER NOT NULL REFERENCES policies,"
	" allowed INTEGER NOT NULL CHECK (allowed IN (0, 1)),"
	" fields TEXT NOT NULL,"          /* JSON: names of what was shown; [] when refused */
	" reasons TEXT NOT NULL"          /* JSON: why it was refused; [] when allowed */
	") STRICT;"
	REFUSE("disclosures")
	"CREATE VIEW disclosure_list AS SELECT d.number, " TIME_TEXT("d.at_us") " AS at,"
	" c.id AS case_id, d.county, d.share, d.partner, d.asker, p.version AS policy, d.allowed,"
	" d.fields, d.reasons"
	" FROM disclosures d JOIN cases c ON c.no = d.case_no"
	" JOIN policies p ON p.number = d.policy;";

static const char lines[] =
	/* The cases that wait for a place, in the order in which they are served. */
	"CREATE TABLE waiting ("
	" no INTEGER PRIMARY KEY,"        /* the order */
	" name TEXT NOT NULL,"            /* of the capacity */
	" county TEXT NOT NULL,"
	" case_no INTEGER NOT NULL REFERENCES cases,"
	" UNIQUE (name, county, case_no)"
	") STRICT;";

static const char registered[] =
	/* What was done with the versions of the policy. In force at an instant is the version of
	 * the activation whose from_us is the last at or before it. */
	"CREATE TABLE register ("
	" number INTEGER PRIMARY KEY,"
	" at_us INTEGER NOT NULL,"
	" policy INTEGER NOT NULL REFERENCES policies,"
	" act TEXT NOT NULL CHECK (act IN ('uploaded', 'approved', 'activated', 'refused',"
	"  'retired', 'shadowed', 'unshadowed')),"
	" from_us INTEGER"                /* activated, refused: in force from when */
	"  CHECK ((from_us IS NULL) = (act NOT IN ('activated', 'refused'))),"
	" who TEXT"                       /* the token's name; NULL: the operator, by the folder */
	") STRICT;"
	REFUSE("register")
	/* Before there was a register, a version was in force from when it was first loaded. */
	"INSERT INTO register (at_us, policy, act, from_us)"
	" SELECT recorded_us, number, 'activated', recorded_us FROM policies ORDER BY number;"
	"CREATE VIEW register_list AS SELECT r.number, " TIME_TEXT("r.at_us") " AS at,"
	" p.version AS policy, r.act, " TIME_TEXT("r.from_us") " AS \"from\", r.who"
	" FROM register r JOIN policies p ON p.number = r.policy;";

static const char turns[] =
	/* At one instant what ends a day comes before what begins the next, then it goes by id. */
	"ALTER TABLE cases ADD COLUMN next_due_day TEXT;" /* that it belongs to: 2026-07-28 */
	"DROP INDEX cases_due;"
	"CREATE INDEX cases_due ON cases (next_due_us, next_due_day, id)"
	" WHERE next_due_us IS NOT NULL;"
	/* Of a capacity: the day of the latest decision about it, as of which those who wait had
	 * their turn. Empty: not known. */
	"ALTER TABLE pots ADD COLUMN served TEXT NOT NULL DEFAULT '';";

static const char paired[] =
	/* What shows that the file and its write-ahead log belong together: guard.h. Of a fixed size,
	 * so that a power cut leaves either the one or the other. */
	"CREATE TABLE mark ("
	" one INTEGER PRIMARY KEY CHECK (one = 1),"
	" now BLOB NOT NULL CHECK (length(now) = 8),"
	" before BLOB NOT NULL CHECK (length(before) = 8)"
	") STRICT;"
	"INSERT INTO mark (one, now, before) VALUES (1, randomblob(8), randomblob(8));";

/* Each payload sealed in place. The rows are copied into tables of the new form, and the old pages
 * overwritten (secure_delete), so that no text of a case is left in the file. */
static const char sealing[] =
	"DROP VIEW event_list; DROP VIEW outcome_list; DROP VIEW due_list; DROP VIEW disclosure_list;"

	/* One row: the name of the ledger, which its file of keys has too. */
	"CREATE TABLE sealing (ledger BLOB NOT NULL CHECK (length(ledger) = 16)) STRICT;"
	"INSERT INTO sealing SELECT ledger_name();"

	"CREATE TABLE new_cases ("
	" no INTEGER PRIMARY KEY,"        /* in order of their first events */
	" fingerprint BLOB NOT NULL UNIQUE CHECK (length(fingerprint) = 16)," /* of its id */
	" id BLOB,"                       /* sealed: `subject` of its events */
	" kind TEXT NOT NULL,"
	" county TEXT NOT NULL,"
	" last_seq INTEGER NOT NULL,"
	" next_due_us INTEGER,"
	" next_due_day TEXT,"
	" state BLOB"                     /* sealed: JSON */
	") STRICT;"
	"INSERT INTO new_cases SELECT no, fingerprint('case', id), sealed('case', no, 0, id), kind, county,"
	" last_seq, next_due_us, next_due_day, sealed('state', no, last_seq, state) FROM cases ORDER BY no;"
	"DROP TABLE cases; ALTER TABLE new_cases RENAME TO cases;"
	"CREATE INDEX cases_due ON cases (next_due_us, next_due_day) WHERE next_due_us IS NOT NULL;"
	"CREATE TRIGGER cases_no_delete BEFORE DELETE ON cases"
	" BEGIN SELECT RAISE(ABORT, 'cases are not deleted'); END;"
	"CREATE TRIGGER cases_no_update BEFORE UPDATE OF no, fingerprint, id, kind, county ON cases"
	" BEGIN SELECT RAISE(ABORT, 'a case keeps its id, kind and county'); END;"

	/* The hash of what was sent is that of `event`, so it needs no column. */
	"CREATE TABLE new_events ("
	" seq INTEGER PRIMARY KEY,"
	" prev_seq INTEGER,"
	" case_no INTEGER NOT NULL REFERENCES cases,"
	" key BLOB NOT NULL CHECK (length(key) = 16)," /* fingerprint of source and id */
	" received_us INTEGER NOT NULL,"
	" policy INTEGER NOT NULL REFERENCES policies,"
	" sender TEXT,"
	" event BLOB NOT NULL,"           /* sealed: JSON, a CloudEvent in canonical form */
	" decision BLOB NOT NULL"         /* sealed: JSON, with outcomes and reasons */
	") STRICT;"
	"INSERT INTO new_events SELECT seq, prev_seq, case_no, fingerprint('event', key), received_us,"
	" policy, sender, sealed('event', case_no, seq, event),"
	" sealed('decision', case_no, seq, decision) FROM events ORDER BY seq;"
	"DROP TABLE events; ALTER TABLE new_events RENAME TO events;"
	"CREATE UNIQUE INDEX events_key ON events (key);"
	REFUSE("events")

	/* For the books. Whom an outcome goes to and when it is due is in the decision; so is what
	 * it is called, but for those with an amount. */
	"CREATE TABLE new_outcomes ("
	" position INTEGER PRIMARY KEY,"
	" seq INTEGER NOT NULL REFERENCES events,"
	" item INTEGER NOT NULL,"
	" id BLOB NOT NULL CHECK (length(id) = 16),"   /* fingerprint of its id */
	" county TEXT NOT NULL,"
	" kind TEXT NOT NULL,"
	" amount_cents INTEGER,"
	" fund TEXT,"
	" name TEXT"                      /* of those with an amount: line, schedule */
	") STRICT;"
	"INSERT INTO new_outcomes SELECT position, seq, item, fingerprint('outcome', id), county, kind,"
	" amount_cents, fund, iif(amount_cents IS NULL, NULL, name) FROM outcomes ORDER BY position;"
	"DROP TABLE outcomes; ALTER TABLE new_outcomes RENAME TO outcomes;"
	REFUSE("outcomes")

	"CREATE TABLE new_disclosures ("
	" number INTEGER PRIMARY KEY,"
	" at_us INTEGER NOT NULL,"
	" case_no INTEGER NOT NULL REFERENCES cases,"
	" county TEXT NOT NULL,"
	" share TEXT NOT NULL,"
	" asker TEXT NOT NULL,"
	" policy INTEGER NOT NULL REFERENCES policies,"
	" allowed INTEGER NOT NULL CHECK (allowed IN (0, 1)),"
	" partner BLOB NOT NULL,"         /* sealed */
	" fields BLOB NOT NULL,"          /* sealed: JSON */
	" reasons BLOB NOT NULL"          /* sealed: JSON */
	") STRICT;"
	"INSERT INTO new_disclosures SELECT number, at_us, case_no, county, share, asker, policy,"
	" allowed, sealed('partner', case_no, at_us, partner),"
	" sealed('fields', case_no, at_us, fields), sealed('reasons', case_no, at_us, reasons)"
	" FROM disclosures ORDER BY number;"
	"DROP TABLE disclosures; ALTER TABLE new_disclosures RENAME TO disclosures;"
	REFUSE("disclosures")

	"CREATE VIEW event_list AS SELECT e.seq, e.case_no, c.kind AS case_kind, c.county,"
	" " TIME_TEXT("e.received_us") " AS received, e.sender, p.version AS policy"
	" FROM events e JOIN cases c ON c.no = e.case_no JOIN policies p ON p.number = e.policy;"
	"CREATE VIEW outcome_list AS SELECT o.position, o.seq, e.case_no, o.county, o.kind,"
	" o.amount_cents, o.fund, o.name, " TIME_TEXT("e.received_us") " AS received"
	" FROM outcomes o JOIN events e ON e.seq = o.seq;"
	"CREATE VIEW due_list AS SELECT no AS case_no, kind, county,"
	" " TIME_TEXT("next_due_us") " AS next_due"
	" FROM cases WHERE next_due_us IS NOT NULL ORDER BY next_due_us;"
	"CREATE VIEW disclosure_list AS SELECT d.number, " TIME_TEXT("d.at_us") " AS at,"
	" d.case_no, d.county, d.share, d.asker, p.version AS policy, d.allowed"
	" FROM disclosures d JOIN policies p ON p.number = d.policy;";

static const char logged[] =
	/* What an outcome takes of a pot or gives back, from its JSON into columns, so that the
	 * pots can be added up without opening it. The county is the outcome's. */
	"ALTER TABLE outcomes ADD COLUMN draw_kind TEXT;"        /* as pots.kind; NULL: no draw */
	"ALTER TABLE outcomes ADD COLUMN draw_name TEXT;"
	"ALTER TABLE outcomes ADD COLUMN draw_period TEXT;"
	"ALTER TABLE outcomes ADD COLUMN draw_reserved INTEGER;"
	"ALTER TABLE outcomes ADD COLUMN draw_committed INTEGER;"
	"ALTER TABLE outcomes ADD COLUMN draw_served TEXT;"      /* as pots.served; NULL: empty */
	"ALTER TABLE outcomes ADD COLUMN line_change INTEGER;"   /* 1: the case joins the line, -1 */
	"DROP TRIGGER outcomes_no_update;"
	"UPDATE outcomes SET"
	" draw_kind = d.kind, draw_name = d.draw ->> ('$.' || d.kind),"
	" draw_period = coalesce(d.draw ->> '$.year', d.draw ->> '$.meeting', ''),"
	" draw_reserved = CAST(replace(coalesce(d.draw ->> '$.reserved', d.draw ->> '$.waiting',"
	"  d.draw ->> '$.urgent'), '.', '') AS INTEGER),"
	" draw_committed = CAST(replace(coalesce(d.draw ->> '$.committed', d.draw ->> '$.taken',"
	"  d.draw ->> '$.others'), '.', '') AS INTEGER)"
	" FROM (SELECT position, draw, CASE WHEN draw ->> '$.fund' IS NOT NULL THEN 'fund'"
	"  WHEN draw ->> '$.capacity' IS NOT NULL THEN 'capacity' ELSE 'docket' END AS kind"
	"  FROM (SELECT o.position,"
	"   json_extract(opened('decision', e.case_no, e.seq, e.decision),"
	"    '$.outcomes[' || o.item || '].draw') AS draw"
	"   FROM outcomes o JOIN events e ON e.seq = o.seq) WHERE draw IS NOT NULL) d"
	" WHERE d.position = outcomes.position;"
	/* The first outcome of a decision at a line says by how much all of them change it. */
	"UPDATE outcomes SET line_change = c.change"
	" FROM (SELECT min(position) AS first, sum(draw_reserved) AS change FROM outcomes"
	"  WHERE draw_kind = 'capacity' GROUP BY seq, draw_name) c"
	" WHERE c.first = outcomes.position AND c.change <> 0;"
	"UPDATE outcomes SET draw_served = p.served"
	" FROM (SELECT max(o.position) AS last, p.served FROM outcomes o JOIN pots p"
	"  ON p.kind = o.draw_kind AND p.name = o.draw_name AND p.county = o.county"
	"  AND p.period = o.draw_period WHERE p.served <> ''"
	"  GROUP BY p.kind, p.name, p.county, p.period) p"
	" WHERE p.last = outcomes.position;"
	REFUSE_UPDATE("outcomes")

	/* Of the last event of a transaction of its case: the hash of the case's row. */
	"ALTER TABLE events ADD COLUMN case_digest BLOB"
	" CHECK (case_digest IS NULL OR length(case_digest) = 32);"

	/* The log (log.h): one row for each transaction. */
	"CREATE TABLE log ("
	" size INTEGER PRIMARY KEY,"      /* leaves in the tree after it */
	" at_us INTEGER NOT NULL,"        /* when it was written */
	" later INTEGER NOT NULL CHECK (later IN (0, 1))," /* 1: of rows older than the log */
	" events INTEGER NOT NULL,"       /* leaves of events up to it; they tell where one is */
	" outcomes INTEGER NOT NULL,"     /* likewise */
	" kinds TEXT NOT NULL,"           /* a letter for the table of each leaf: L is the row itself */
	" leaves BLOB NOT NULL CHECK (length(leaves) = 32 * length(kinds)),"
	" root BLOB NOT NULL CHECK (length(root) = 32),"
	" signature BLOB CHECK (signature IS NULL OR length(signature) = 64)"
	") STRICT;"
	/* Hashes of perfect subtrees: of the leaves from number * 2^level on, 2^level of them. */
	"CREATE TABLE log_nodes ("
	" level INTEGER NOT NULL,"        /* 8, 16, 24 ... */
	" number INTEGER NOT NULL,"
	" hash BLOB NOT NULL CHECK (length(hash) = 32),"
	" PRIMARY KEY (level, number)"
	") STRICT, WITHOUT ROWID;"
	REFUSE("log")
	REFUSE("log_nodes");

static const char signing[] =
	/* The keys that the roots of the log were signed with, the last one until now. */
	"CREATE TABLE log_keys ("
	" number INTEGER PRIMARY KEY,"
	" recorded_us INTEGER NOT NULL,"
	" name TEXT NOT NULL,"            /* of the key, and of the log in its heads */
	" key BLOB NOT NULL CHECK (length(key) = 32)"       /* Ed25519 */
	") STRICT;"
	REFUSE("log_keys");

static const char reading[] =
	/* Not partners alone: whoever sees something confidential of a case is on record. `route` is
	 * NULL of what was recorded before: shares alone. For a route that is not a share, `share`
	 * and `partner` are empty. */
	"ALTER TABLE disclosures ADD COLUMN route TEXT;"
	"DROP VIEW disclosure_list;"
	"CREATE VIEW disclosure_list AS SELECT d.number, " TIME_TEXT("d.at_us") " AS at,"
	" d.case_no, d.county, coalesce(d.route, 'GET /v1/cases/{id}/share/{name}') AS route,"
	" nullif(d.share, '') AS share, d.asker, p.version AS policy, d.allowed"
	" FROM disclosures d JOIN policies p ON p.number = d.policy;";

static const char destroying[] =
	/* Orders by which cases were destroyed: destroy.h. */
	"CREATE TABLE destructions ("
	" number INTEGER PRIMARY KEY,"
	" at_us INTEGER NOT NULL,"
	" under TEXT NOT NULL,"           /* what the order is called */
	" reason TEXT NOT NULL,"
	" who TEXT"                       /* the token's name; NULL: the operator, on the machine */
	") STRICT;"
	"CREATE TABLE destroyed_cases ("
	" number INTEGER PRIMARY KEY,"
	" destruction INTEGER NOT NULL REFERENCES destructions,"
	" case_no INTEGER NOT NULL UNIQUE REFERENCES cases,"
	" events INTEGER NOT NULL,"       /* that cannot be read any more */
	" case_digest BLOB NOT NULL CHECK (length(case_digest) = 32)" /* as of events */
	") STRICT;"
	/* What the cases held and had not been paid, as draws that undo it. */
	"CREATE TABLE given_back ("
	" number INTEGER PRIMARY KEY,"
	" destruction INTEGER NOT NULL REFERENCES destructions,"
	" case_no INTEGER NOT NULL REFERENCES cases,"
	" after_seq INTEGER NOT NULL,"    /* the last event before it */
	" county TEXT NOT NULL,"
	" draw_kind TEXT NOT NULL,"
	" draw_name TEXT NOT NULL,"
	" draw_period TEXT NOT NULL,"
	" draw_reserved INTEGER NOT NULL,"
	" draw_committed INTEGER NOT NULL,"
	" line_change INTEGER"
	") STRICT;"
	REFUSE("destructions")
	REFUSE("destroyed_cases")
	REFUSE("given_back")
	"ALTER TABLE cases ADD COLUMN destroyed INTEGER REFERENCES destructions;"
	"DROP TRIGGER cases_no_update;"
	"CREATE TRIGGER cases_no_update BEFORE UPDATE OF no, fingerprint, id, kind, county ON cases"
	" WHEN NEW.destroyed IS NULL OR NEW.id IS NOT NULL OR NEW.no <> OLD.no OR"
	"  NEW.fingerprint <> OLD.fingerprint OR NEW.kind <> OLD.kind OR NEW.county <> OLD.county"
	" BEGIN SELECT RAISE(ABORT, 'a case keeps its id, kind and county'); END;"
	"CREATE TRIGGER cases_stay_destroyed BEFORE UPDATE ON cases WHEN OLD.destroyed IS NOT NULL"
	" BEGIN SELECT RAISE(ABORT, 'the case was destroyed'); END;"
	"CREATE VIEW destruction_list AS SELECT d.number, " TIME_TEXT("d.at_us") " AS at, d.under,"
	" d.reason, d.who, count(c.number) AS cases, coalesce(sum(c.events), 0) AS events"
	" FROM destructions d LEFT JOIN destroyed_cases c ON c.destruction = d.number"
	" GROUP BY d.number;";
static const char signed_policies[] =
	/* Signatures of versions of the policy, checked before they were recorded. */
	"CREATE TABLE policy_signatures ("
	" number INTEGER PRIMARY KEY,"
	" policy INTEGER NOT NULL REFERENCES policies,"
	" at_us INTEGER NOT NULL,"
	" key TEXT NOT NULL,"             /* its id, 16 hex digits */
	" comment TEXT NOT NULL,"         /* the trusted one: it is signed too */
	" signature TEXT NOT NULL"        /* of minisign, over the manifest of the version */
	") STRICT;"
	REFUSE("policy_signatures");

static const char shadows[] =
	/* What a version decided otherwise while it ran beside the one in force. No outcomes: they
	 * have no effects. Without texts and values of a case. */
	"CREATE TABLE shadow_divergences ("
	" number INTEGER PRIMARY KEY,"
	" at_us INTEGER NOT NULL,"
	" policy INTEGER NOT NULL REFERENCES policies," /* the candidate */
	" seq INTEGER REFERENCES events," /* the decision in force; NULL: only the candidate's */
	" county TEXT NOT NULL,"
	" kind TEXT NOT NULL,"            /* different, refused, missing, extra, unreadable */
	" real TEXT NOT NULL,"            /* JSON: what followed */
	" shadow TEXT NOT NULL,"          /* JSON: what would have */
	" why TEXT NOT NULL"              /* of refused and unreadable; else empty */
	") STRICT;"
	"CREATE INDEX shadow_divergences_policy ON shadow_divergences (policy, number);"
	REFUSE("shadow_divergences");

static const char holding[] =
	/* Legal holds: hold.h. The latest row of a case and a name says whether that one holds. */
	"CREATE TABLE holds ("
	" number INTEGER PRIMARY KEY,"
	" at_us INTEGER NOT NULL,"
	" case_no INTEGER NOT NULL REFERENCES cases,"
	" act TEXT NOT NULL CHECK (act IN ('placed', 'lifted')),"
	" under TEXT NOT NULL,"           /* what the hold is called */
	" reason TEXT NOT NULL,"
	" who TEXT"                       /* the token's name; NULL: the operator, on the machine */
	") STRICT;"
	"CREATE INDEX holds_case ON holds (case_no, under, number);"
	REFUSE("holds")
	"CREATE VIEW hold_list AS SELECT number, " TIME_TEXT("at_us") " AS at, case_no, act, under,"
	" reason, who FROM holds;";

/* One a line: each is appended by whoever needs it. */
const char *const ledger_migrations[] = {
	initial,
	shared,
	agenda,
	sharing,
	lines,
	registered,
	turns,
	paired,
	sealing,
	logged,
	signing,
	reading,
	destroying,
	signed_policies,
	shadows,
	holding,
	NULL,
};
/* clang-format on */
