/* SPDX-License-Identifier: Apache-2.0
 *
 * The ledger: one SQLite file that holds every event, decision, outcome, case and policy. It knows
 * nothing of HTTP or of the loop. Its parts:
 *
 *   struct ledger         the writing side: the only read-write connection, on a thread of its own
 *   struct ledger_reader  a read-only connection, for one thread; as many as one likes
 *   register.h            which version of the policy was in force when, and who said so
 *   tokens.h              the bearer tokens, in a small file beside the ledger
 *
 * What it says of a case is sealed on the way in and opened on the way out (seal.h), with keys that
 * lie in another file (keys.h): nobody outside this folder sees a sealed payload.
 *
 * Writing, on the loop's thread:
 *
 *     struct ledger *l;
 *     struct ledger_config config = {.path = "waymark.db", .wake = wake, .arg = loop};
 *     if (ledger_open(&config, &l, &why)) ... say why, exit 3 ...
 *     policy = ledger_policy(l, rb, now_us);                    // its number, new or known
 *
 *     struct ledger_unit *u = ledger_unit_new(l, request);      // one event, with all it set off
 *     ledger_unit_case(u, no, is_new, last_seq, due);           // which case, before the decisions
 *     ledger_unit_decision(u, rb, &d, (struct ledger_stamp){ledger_take_seq(l), now_us, policy},
 *                          event_json, decision_json);          // deadlines caught up first
 *     ledger_unit_state(u, rb, cs);                             // the state after the last of them
 *     ledger_submit(l, u);
 *     ledger_flush(l);                                          // once at the end of a loop turn
 *
 *     wake(arg) comes on the writing thread: it only pokes the loop (ev_async_send). Then
 *     while ((u = ledger_completed(l))) {                       // in the order of submission
 *             u->status == STATUS_OK: it is on disk, answer u->user
 *             ledger_unit_free(l, u);
 *     }
 *
 * Everything flushed while the writer is busy goes into its next transaction, whole. So a unit is
 * on disk wholly or not at all, and the disk is waited for once for many.
 *
 * When writing fails, status tells what to do:
 *   STATUS_FULL  The disk is full: nothing of the transaction is written. All units that are in the
 *                queue come back so too, since later decisions stand on earlier ones, until
 *                ledger_resume. Forget the cases that had units in flight (the ledger has their
 * last good state), answer 507, wait until ledger_in_flight is 0, call ledger_resume. STATUS_IO
 * Anything else. What is on disk is unknown: end the process without acknowledging anything.
 * Starting again recovers. All later units come back so too.
 *
 * What the caller keeps, because the readers only see what is committed: the keys of events in
 * flight (a repetition of one waits for it) and the states of cases with units in flight.
 */
#ifndef WAYMARK_LEDGER_LEDGER_H
#define WAYMARK_LEDGER_LEDGER_H

#include "engine/base/histogram.h"
#include "engine/base/arena.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/case/pots.h"

/* ---- the writing side ---- */

struct ledger_config {
	const char *path;        /* created when it does not exist */
	void (*wake)(void *arg); /* on the writing thread, after each transaction; may be NULL */
	void *arg;
	uint64_t most_bytes; /* the file grows no further: STATUS_FULL; 0: no limit but the disk */
	uint16_t log_pages;  /* the log is copied back into the file from so many on; 0: as usual */
	const char *head_key; /* file of the key that signs the log's heads (head.h), made when
				 there is none; NULL: they are not signed */
};

/* Once in a process, before any ledger is opened or read. */
void ledger_start(void);

struct ledger;

/* Takes the lock (PATH.lock; STATUS_CONFLICT: another process has the ledger open for writing),
 * opens or creates the file, brings its schema up to date, checks that the settings hold, starts
 * the writing thread. STATUS_INVALID: not a ledger, or of a newer Waymark. STATUS_IO: anything
 * else. *why gets a sentence. */
enum status ledger_open(const struct ledger_config *config, struct ledger **out, struct buf *why);

/* Writes out what is queued, ends the thread, closes the file. Completed units that were not taken
 * are freed. STATUS_OK: all that was queued is on disk. NULL is fine. */
enum status ledger_close(struct ledger *l);

/* Numbers are given out on the caller's side, so that a decision can carry its own before it is on
 * disk. Without gaps: what is taken must be submitted. */
uint64_t ledger_take_seq(struct ledger *l);  /* of events and decisions, from 1 */
uint64_t ledger_take_case(struct ledger *l); /* of a new case, from 1 */

/* The number under which the ledger has this policy, for the stamp of decisions. A policy that is
 * not in it yet is submitted with its full source texts, before anything that is submitted later.
 */
uint32_t ledger_policy(struct ledger *l, const struct rulebook *rb, int64_t now_us);
/* The number of the policy with that digest, recorded or submitted; 0: there is none. */
uint32_t ledger_find_policy(const struct ledger *l, const struct hash256 *digest);

/* One outcome's row. Filled by ledger_unit_decision. */
struct ledger_outcome {
	struct hash128 id;
	struct str kind, fund, name; /* empty: NULL in the table; name: of what has an amount */
	bool has_amount;
	int64_t cents;
	struct pot draw;     /* POT_NONE: it draws on nothing */
	int64_t line_change; /* 1: the case joins the line there, -1: it leaves; 0: neither */
};

struct ledger_record {
	struct ledger_record *next;
	uint64_t seq, prev_seq; /* prev_seq: of the case's event before; 0: its first */
	struct hash128 key;
	int64_t received_us;
	uint32_t policy;
	struct str county;
	struct str sender;          /* name of a token; empty for deadlines and items */
	struct str event, decision; /* JSON */
	struct ledger_outcome *outcomes;
	size_t noutcomes;
};

/* That somebody asked to see something confidential of a case, and what was answered. */
struct ledger_disclosure {
	const struct ledger_disclosure *next;
	uint64_t case_no;
	int64_t at_us;
	uint32_t policy;
	bool allowed;
	struct str county, route, asker;
	struct str share, partner;  /* what for whom; empty: the asker saw it */
	struct str fields, reasons; /* JSON arrays of texts */
};

/* What a case has due first: the instant, and the day that it belongs to, which of a deadline is
 * its last one. */
struct ledger_due {
	int64_t at; /* TIME_NEVER: nothing is due */
	int32_t day;
};
#define LEDGER_NOT_DUE ((struct ledger_due){TIME_NEVER, DAY_NONE})

/* What is committed as one. It owns all that it points to, in its arena. */
struct ledger_unit {
	enum status status; /* once completed */
	void *user;         /* the caller's */
	struct arena arena;
	struct ledger_record *first, *last;
	uint64_t case_no; /* 0: the unit has no case */
	bool is_new;      /* the case has no row yet */
	bool due_changed;
	struct ledger_due next_due;
	struct str case_id, kind, county, state;
	uint64_t last_seq;
	/* the rest is private */
	const struct ledger_policy_row *policy; /* a policy to record */
	const struct ledger_disclosure *disclosures;
	struct ledger_act_row *acts;          /* of the register: register.h */
	struct ledger_destroying *destroying; /* destroy.h */
	const struct ledger_signature *signature;
	const struct ledger_hold *hold;                              /* hold.h */
	struct ledger_divergence_row *divergences, *last_divergence; /* divergence.h */
	struct ledger *ledger;
	struct ledger_unit *next;
};

struct ledger_stamp {
	uint64_t seq;        /* from ledger_take_seq */
	int64_t received_us; /* when it arrived; of deadlines and items: when it fired (its event's
				time is when it was due) */
	uint32_t policy;     /* from ledger_policy */
};

struct ledger_unit *ledger_unit_new(struct ledger *l, void *user);
/* Which case it is about. no: from ledger_find_case, or ledger_take_case for a new one (is_new).
 * last_seq: of its latest event, 0 for none. due: what the ledger holds as due first,
 * LEDGER_NOT_DUE for nothing or for a new case: then its index need not be touched when it is still
 * the same. */
void ledger_unit_case(struct ledger_unit *u, uint64_t no, bool is_new, uint64_t last_seq,
		      struct ledger_due due);
/* Adds an event and what was decided. The texts are copied. event: event_json's bytes (of the
 * external event: event_reader.json); decision: decision_json's, with duplicate false. */
void ledger_unit_decision(struct ledger_unit *u, const struct rulebook *rb,
			  const struct decision *d, struct ledger_stamp stamp, struct str event,
			  struct str decision);
/* Who sent the event of the decision added last: the name of a token. Not called for deadlines. */
void ledger_unit_sender(struct ledger_unit *u, struct str sender);
/* The state of the case after all decisions of the unit. u->last_seq and u->next_due are then what
 * the ledger will hold. */
void ledger_unit_state(struct ledger_unit *u, const struct rulebook *rb,
		       const struct case_state *cs);
/* Instead of all that: a disclosure, to be on disk before it is made; or several. The texts are
 * copied. */
void ledger_unit_disclosure(struct ledger_unit *u, const struct ledger_disclosure *d);
/* Queues the unit; ledger_flush hands all that is queued to the writing thread. */
void ledger_submit(struct ledger *l, struct ledger_unit *u);
void ledger_flush(struct ledger *l);
/* The next unit that is done, or NULL. One with neither user nor case is a policy's. */
struct ledger_unit *ledger_completed(struct ledger *l);
void ledger_unit_free(struct ledger *l, struct ledger_unit *u); /* or one never submitted */

/* Why writing failed, for the log: once a unit has come back with STATUS_IO. */
struct str ledger_failure(const struct ledger *l);

size_t ledger_in_flight(const struct ledger *l); /* submitted and not yet taken back */
/* After STATUS_FULL, when nothing is in flight: writes again from here on. Numbers go on from what
 * is on disk; policies must be had from ledger_policy anew. */
enum status ledger_resume(struct ledger *l);

/* What /metrics shows; on the loop's thread. */
struct ledger_counters {
	struct histogram commits; /* transactions, from their first statement to the disk */
	uint64_t units;           /* committed */
	uint64_t failed;          /* units that were not */
};
struct ledger_counters ledger_counters(struct ledger *l);

/* Cases that were destroyed in a later copy of this ledger, as its file of keys says, and that this
 * copy does not have: who took the orders has to carry them out again. */
uint64_t ledger_destroyed_beyond(const struct ledger *l);

/* What the ledger takes of its disk, and what that has left for the daemon's user. */
struct ledger_disk {
	uint64_t bytes, log_bytes; /* the file, and its write-ahead log */
	uint64_t free_bytes;
};
enum status ledger_disk(const char *path, struct ledger_disk *out);

/* ---- reading ---- */

/* Not for several threads at once. Texts that a call returns live until the next call on the same
 * reader. Every call returns STATUS_IO when the file cannot be read (ledger_reader_error says
 * why), STATUS_NOT_FOUND when there is no such thing. */
struct ledger_reader;
enum status ledger_reader_open(const char *path, struct ledger_reader **out, struct buf *why);
void ledger_reader_close(struct ledger_reader *r); /* NULL is fine */
struct str ledger_reader_error(struct ledger_reader *r);

/* Between these two all reads see one moment, and a read costs less: one pair around a turn of the
 * loop. Not longer than that, since the log cannot be wound back meanwhile. */
enum status ledger_reader_begin(struct ledger_reader *r);
void ledger_reader_end(struct ledger_reader *r);

struct ledger_case {
	uint64_t no, last_seq;
	struct str id, kind, county;
	struct ledger_due next_due;
	struct str state;   /* case_json, for case_read */
	uint64_t destroyed; /* number of the order (destroy.h); 0: it was not */
};
/* STATUS_GONE: it was destroyed; *out has no id and no state. */
enum status ledger_find_case(struct ledger_reader *r, struct str id, struct ledger_case *out);
enum status ledger_case_at(struct ledger_reader *r, uint64_t no, struct ledger_case *out);

/* An event as recorded, with its decision. */
struct ledger_event {
	uint64_t seq, prev_seq, case_no;
	struct hash128 fingerprint; /* of its key: ledger_fingerprint */
	int64_t received_us;
	uint32_t policy;
	struct str sender;          /* empty for deadlines and items */
	struct str event, decision; /* JSON, as given to ledger_unit_decision */
	bool destroyed;             /* its case was: there are no texts */
};
/* Has this event been decided already? One probe of an index. */
enum status ledger_find_event(struct ledger_reader *r, struct hash128 key,
			      struct ledger_event *out);
/* What an event with that key is known by in the ledger. Reads nothing. */
struct hash128 ledger_fingerprint(const struct ledger_reader *r, struct hash128 key);
/* Where the event with that fingerprint is; opens nothing. */
enum status ledger_find_seq(struct ledger_reader *r, struct hash128 fingerprint, uint64_t *seq);
enum status ledger_event_at(struct ledger_reader *r, uint64_t seq, struct ledger_event *out);

/* Appends a recorded decision with "duplicate":true, the answer to a repeated event. */
void ledger_duplicate_json(struct buf *b, struct str decision);

/* Callbacks get rows that live until they return; false ends the iteration. They must not call the
 * same reader. */
typedef bool ledger_on_event(void *arg, const struct ledger_event *e);
/* The history of a case, newest first: from its latest event, or from below before_seq when that is
 * not 0, at most `most`. */
enum status ledger_timeline(struct ledger_reader *r, struct str case_id, uint64_t before_seq,
			    size_t most, ledger_on_event *on, void *arg);
/* All events with from <= seq <= to, in order. */
enum status ledger_events(struct ledger_reader *r, uint64_t from, uint64_t to, ledger_on_event *on,
			  void *arg);

struct ledger_outcome_row {
	uint64_t position; /* the cursor of the feed: ascending in the order of recording */
	uint64_t seq;
	struct str case_id, county;
	struct str json; /* the outcome as in its decision */
};
typedef bool ledger_on_outcome(void *arg, const struct ledger_outcome_row *o);
/* The feed, without those of cases that were destroyed: outcomes after a position, at most `most`,
 * of the counties listed (ncounties 0: of all). *reached is the position to go on from, also when
 * outcomes of other counties were passed over. */
enum status ledger_outcomes(struct ledger_reader *r, uint64_t after, size_t most,
			    const struct str *counties, size_t ncounties, uint64_t *reached,
			    ledger_on_outcome *on, void *arg);
/* The outcome with that id; STATUS_GONE: its case was destroyed, *out has no texts. There is no
 * index for it (ids come in no order, and every insertion would pay): the table is read from the
 * newest on. For explanations, not for hot paths. */
enum status ledger_find_outcome(struct ledger_reader *r, struct hash128 id,
				struct ledger_outcome_row *out);

struct ledger_disclosure_row {
	uint64_t number;               /* the cursor: ascending in the order of recording */
	struct str case_id, policy;    /* policy: 16 hex digits */
	struct ledger_disclosure what; /* case_no and policy are not filled in */
};
typedef bool ledger_on_disclosure(void *arg, const struct ledger_disclosure_row *row);
/* Who saw what, after a number; as ledger_outcomes. case_id empty: of all cases. */
enum status ledger_disclosures(struct ledger_reader *r, struct str case_id, uint64_t after,
			       size_t most, const struct str *counties, size_t ncounties,
			       uint64_t *reached, ledger_on_disclosure *on, void *arg);

/* When the event that was recorded last arrived or fired; STATUS_NOT_FOUND: none is recorded. */
enum status ledger_last_recorded(struct ledger_reader *r, int64_t *received_us);

/* The instant at which anything falls due first; STATUS_NOT_FOUND: nothing is due. */
enum status ledger_first_due(struct ledger_reader *r, int64_t *at);
/* How many cases have something due before an instant; no more than `most` are counted. */
enum status ledger_overdue(struct ledger_reader *r, int64_t before, size_t most, uint64_t *cases);
/* What whoever is given a case that is due says of it. It may not be due any more: what is in
 * flight is not on disk yet, and a crowd (due.h) is read once. */
enum ledger_due_seen {
	LEDGER_DUE_SEEN, /* it may come again */
	LEDGER_DUE_OVER, /* on disk it is not due any more: it need not come again */
	LEDGER_DUE_STOP, /* nor is another one wanted now */
};
typedef enum ledger_due_seen ledger_on_due(void *arg, struct str case_id, struct ledger_due due);
/* Cases with something due at or before an instant, at most `most`: in order of time; at one
 * instant what ends a day before what begins the next; then by the id of the case. The callback may
 * call the reader, for other things. *all: there are no more of them; else it goes on at another
 * call, and at one that gives none when there are many at one instant. */
enum status ledger_due(struct ledger_reader *r, int64_t until, size_t most, ledger_on_due *on,
		       void *arg, bool *all);

/* Every pot, in order of kind, name, county and period, with the lines. `out` is empty. */
enum status ledger_pots(struct ledger_reader *r, struct pots *out);

/* A case that a meeting of a docket hears. */
struct ledger_seat {
	struct str case_id, county;
	bool urgent;
};

/* Those of one meeting, by county, then in order of the cases' first events. */
typedef void ledger_on_seat(void *arg, const struct ledger_seat *seat);
enum status ledger_agenda(struct ledger_reader *r, struct str docket, int32_t meeting,
			  ledger_on_seat *on, void *arg);

struct ledger_policy_info {
	uint32_t number;
	struct str version; /* 16 hex digits */
	int64_t recorded_us;
};
typedef bool ledger_on_policy(void *arg, const struct ledger_policy_info *p);
enum status ledger_policies(struct ledger_reader *r, ledger_on_policy *on, void *arg);
/* The number of a version by its name, 16 hex digits. STATUS_NOT_FOUND: it is not recorded. */
enum status ledger_policy_named(struct ledger_reader *r, struct str version, uint32_t *number);
/* The latest with that version. */
enum status ledger_find_version(struct ledger_reader *r, struct str version,
				struct ledger_policy_info *out);
typedef bool ledger_on_source(void *arg, struct str name, struct str text);
/* The source texts of a policy, in order of name: enough to compile it again. */
enum status ledger_policy_sources(struct ledger_reader *r, uint32_t number, ledger_on_source *on,
				  void *arg);

/* All cases, in order of number. */
typedef bool ledger_on_case(void *arg, const struct ledger_case *c);
enum status ledger_cases(struct ledger_reader *r, ledger_on_case *on, void *arg);

struct ledger_totals {
	uint64_t events, cases, outcomes, policies;
	uint64_t destroyed; /* of the cases */
};
enum status ledger_totals(struct ledger_reader *r, struct ledger_totals *out);

#endif
