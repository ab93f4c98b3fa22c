/* SPDX-License-Identifier: Apache-2.0
 *
 * The writing side from within. `struct writer` is the connection with its statements and belongs
 * to the writing thread once that runs; `struct ledger` is the rest.
 */
#ifndef WAYMARK_LEDGER_INTERNAL_H
#define WAYMARK_LEDGER_INTERNAL_H

#include "daemon/ledger/divergence.h"
#include "daemon/ledger/guard.h"
#include "daemon/ledger/log.h"
#include "daemon/ledger/register.h"
#include "daemon/ledger/seal.h"
#include "daemon/ledger/sql.h"
#include "engine/base/vec.h"
#include "engine/case/pots.h"

#include <pthread.h>

/* Pages in the log from which on it is copied back into the file, after a commit and after its
 * answers went out, unless the configuration says otherwise. Larger means fewer copies of pages
 * that change often, and a longer wait for who comes meanwhile: 8,192 took a tenth more events a
 * second, and twice the time for one in a hundred. */
#define CHECKPOINT_PAGES 2048

struct ledger_policy_row {
	uint32_t number;
	char version[16];
	struct hash256 digest;
	int64_t recorded_us;
	const struct source *sources;
	size_t nsources;
};

struct ledger_act_row {
	struct ledger_act act;
	struct ledger_act_row *next;
};

struct ledger_divergence_row {
	struct ledger_divergence divergence;
	struct ledger_divergence_row *next;
};

/* The connection of a reader, for readers in other files. */
sqlite3 *ledger_reader_db(struct ledger_reader *r);
/* For the texts of an answer; those of the last one are gone. */
struct arena *ledger_reader_arena(struct ledger_reader *r);

enum statement {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_NEW_CASE,
	SQL_CASE,
	SQL_CASE_DUE,
	SQL_EVENT,
	SQL_OUTCOME,
	SQL_DRAW,
	SQL_SEAT,
	SQL_DISCLOSURE,
	SQL_JOIN_LINE,
	SQL_LEAVE_LINE,
	SQL_POLICY,
	SQL_SOURCE,
	SQL_MARK,
	SQL_ACT,
	SQL_SIGNATURE,
	SQL_DIVERGENCE,
	SQL_N
};

/* Payloads of one statement. */
#define PAYLOADS 3

struct writer {
	sqlite3 *db;
	struct keys *keys;
	struct sealer sealer;
	struct buf payload[PAYLOADS]; /* until the statement is reset */
	struct pots drawn;            /* by what the open transaction writes */
	sqlite3_stmt *sql[SQL_N];
	struct log log;
	struct head_key head_key;
	int log_pages; /* in the write-ahead log after the last commit */
	int log_most;  /* from so many on they are copied back */
	struct guard guard;
	uint64_t beyond; /* cases that were destroyed in a later copy, and are not in this one */
	bool log_begins; /* the next transaction may be the first of the log: it sets the mark */
	struct buf why;  /* of what failed last */
};

/* Opens or creates the file, brings the schema up to date, prepares the statements. */
enum status writer_open(struct writer *w, const struct ledger_config *config, int lock_fd,
			struct buf *why);
void writer_close(struct writer *w);
/* All units as one transaction: all of them are on disk, or none (STATUS_FULL), or unknown
 * (STATUS_IO). */
enum status writer_commit(struct writer *w, const struct ledger_unit *units);
/* Copies the log back when it has grown long; a full disk is no failure here. */
enum status writer_checkpoint(struct writer *w);

/* hold.c: in the transaction. */
struct ledger_hold;
enum status writer_hold(struct writer *w, const struct ledger_hold *h);

/* destroyed.c: where the outcomes of an event stand. They are in the order of their events and have
 * no index of these, which every insertion would pay for: it is found by halving. */
struct outcome_finder {
	sqlite3_stmt *from;
	int64_t end; /* of all */
};
enum status outcome_finder_init(struct outcome_finder *f, sqlite3 *db);
/* The first position from which on outcomes are of that event or of later ones. */
enum status outcome_position(struct outcome_finder *f, uint64_t seq, int64_t *out);
void outcome_finder_release(struct outcome_finder *f);

/* destroy.c: in the transaction; after it; and when the ledger is opened. */
struct ledger_destroying;
struct case_numbers {
	uint64_t *at;
	size_t n, cap;
};
enum status writer_destroy(struct writer *w, struct ledger_destroying *d);
enum status writer_wipe_keys(struct writer *w, const struct ledger_destroying *d);
enum status writer_finish_destroying(struct writer *w, int64_t now_us);

struct unit_list {
	struct ledger_unit *first, *last;
	size_t n;
};

struct known_policy {
	struct hash256 digest;
	uint32_t number;
};

struct ledger {
	struct ledger_config config;
	int lock_fd;
	struct writer writer;
	pthread_t thread;

	/* between the threads */
	pthread_mutex_t mutex;
	pthread_cond_t work;
	struct unit_list queue, done; /* flushed; completed */
	bool stop;
	enum status broken; /* why nothing is written any more; STATUS_OK: it is */
	struct ledger_counters counters;

	/* of the caller's thread */
	struct unit_list submitted, taken; /* not yet flushed; completed and not yet looked at */
	struct unit_list pool;
	size_t in_flight;
	uint64_t next_seq, next_case;
	uint32_t next_policy;
	VEC(struct known_policy) policies;
	struct buf scratch;
};

void unit_push(struct unit_list *list, struct ledger_unit *u);
struct ledger_unit *unit_pop(struct unit_list *list);             /* NULL when empty */
void unit_append(struct unit_list *list, struct unit_list *more); /* empties `more` */
void unit_release(struct ledger_unit *u);                         /* its memory */

#endif
