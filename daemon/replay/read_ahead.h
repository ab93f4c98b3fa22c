/* SPDX-License-Identifier: Apache-2.0
 *
 * The recorded events, in order, read ahead: opened, parsed, typed against a rulebook, with their
 * outcomes as they are recorded. One thread decides; others read for it, each with a connection of
 * its own, in blocks. Without threads the caller reads by itself.
 *
 *     struct read_ahead *r;
 *     if (read_ahead_open(&config, &r, &why)) …
 *     while ((block = read_ahead_next(r, &status, &why)))
 *             for (i < block->n) use(&block->records[i]);     // until the next read_ahead_next
 *     read_ahead_close(r);
 *
 * Each block is read in a transaction of its own. Nothing of what is recorded changes but that a
 * case may be destroyed meanwhile: its records come as destroyed from then on.
 */
#ifndef WAYMARK_REPLAY_READ_AHEAD_H
#define WAYMARK_REPLAY_READ_AHEAD_H

#include "daemon/ledger/ledger.h"
#include "daemon/wire/event_read.h"

#define READ_AHEAD_BLOCK                                                                           \
	512                /* events: enough for one wait to be cheap, little enough for memory    \
			    */
#define READ_AHEAD_JOBS 64 /* threads at most */

enum record_what {
	RECORD_EVENT,     /* came from outside, and fits the vocabulary */
	RECORD_UNFIT,     /* it does not: `refusal` says why */
	RECORD_BY_ITSELF, /* a deadline, an item, a place found: only `subject` and `time` are set
			   */
	RECORD_DESTROYED  /* nothing can be read of it */
};

struct replay_record {
	enum record_what what;
	uint64_t seq, case_no;
	int64_t received_us;
	struct hash128 fingerprint;
	uint32_t policy;
	struct event *ev; /* one of the block's */
	struct str type;  /* of an unfit event: its type's name */
	struct refusal refusal;
	struct str county;
	int32_t day;            /* of the event, as its decision has it */
	struct str outcomes;    /* as recorded, from the first one on; empty: none */
	struct hash128 outcome; /* the id of the first */
};

struct read_block {
	struct arena arena;
	struct replay_record *records;
	struct event *events; /* of each record; without a subject where there is none */
	size_t n;
	/* the rest is private */
	uint64_t number;
	enum status status;
	struct buf why;
	bool ready;
};

struct read_ahead_config {
	const char *path;
	const struct rulebook *rb;
	uint64_t to;   /* the last event */
	unsigned jobs; /* threads that read; 0: none */
};

/* Why nothing is said of a history of which that event is damaged: a sentence. */
void history_damaged(struct buf *why, uint64_t seq, struct str what);

struct read_ahead;
enum status read_ahead_open(const struct read_ahead_config *config, struct read_ahead **out,
			    struct buf *why);
/* NULL: the end, or *status and *why say why not. */
const struct read_block *read_ahead_next(struct read_ahead *r, enum status *status,
					 struct buf *why);
void read_ahead_close(struct read_ahead *r); /* NULL is fine */

#endif
