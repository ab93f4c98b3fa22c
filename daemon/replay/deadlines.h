/* SPDX-License-Identifier: Apache-2.0
 *
 * What became of each deadline: of a referral or requirement that waits for an answer, of a step
 * that comes when something does not, of what an `always` promises. Nothing of a deadline that was
 * met is recorded, so the history of each case is decided again (record.h), as it stands with all
 * late events, retractions and corrections, and what the case waits for is watched.
 *
 *     struct deadlines all = {0};
 *     st = deadlines_read(&all, &config, &why);        // another time: what has come since
 *     deadlines_report(&report, &all, &wanted, ...);   // deadlines_report.h
 *     deadlines_release(&all);
 *
 * Memory: 40 bytes for each case and 16 for each deadline. Nothing of a person is kept, not even
 * the ids of cases: they are looked up when they are asked for.
 */
#ifndef WAYMARK_REPLAY_DEADLINES_H
#define WAYMARK_REPLAY_DEADLINES_H

#include "engine/base/arena.h"
#include "engine/base/map.h"
#include "engine/base/status.h"
#include "engine/base/vec.h"

/* X(constant, word) */
#define DEADLINE_FATES(X)                                                                          \
	X(DEADLINE_OPEN, "open")     /* nothing has come, and there is time left */                \
	X(DEADLINE_MET, "met")       /* what it waited for came before it fell due */              \
	X(DEADLINE_MISSED, "missed") /* it ran out: its `deadline` event fired */                  \
	X(DEADLINE_ENDED, "ended")   /* the case went on another way: nothing is waited for */

enum deadline_fate {
#define X(constant, word) constant,
	DEADLINE_FATES(X)
#undef X
	    DEADLINE_FATE_COUNT
};
struct str deadline_fate_word(enum deadline_fate fate);

struct deadline {
	uint32_t kind; /* index into deadlines.kinds */
	int32_t due;   /* its last day */
	int32_t came;  /* met; missed: the day on which it came after all. DAY_NONE: it has not */
	enum deadline_fate fate;
};

struct deadline_kind {
	struct str key; /* all of the below, for order and for finding it */
	struct str county, program, block, part;
	struct str what;   /* referral, requirement, step, promise */
	struct str awaits; /* a type of event; of a promise empty */
};

struct deadline_case {
	struct deadline *at;
	size_t n;
	struct str county;
	enum { DEADLINES_READ, DEADLINES_UNDECIDED, DEADLINES_DESTROYED } state;
};

struct deadlines {
	uint64_t events; /* of the ledger up to that number are in it */
	uint64_t destroyed;
	int32_t day;                     /* when it was read last, in the zone of the policy */
	VEC(struct deadline_case) cases; /* by number, the first at 0 */
	VEC(struct deadline_kind) kinds;
	struct map by_key;
	struct arena names;
};

struct deadlines_config {
	const char *ledger;
	int64_t now_us;
	void (*on_progress)(void *arg, uint64_t done, uint64_t of); /* cases; may be NULL */
	bool (*is_to_stop)(void *arg);                              /* likewise */
	void *arg;
};

/* Brings it up to what is recorded now. A case of which a version cannot be compiled any more, or
 * whose history is too long to be decided again, is `undecided`. STATUS_IO: the ledger cannot be
 * read, *why says why; STATUS_CONFLICT: it was to stop. Either way it can be gone on with. */
enum status deadlines_read(struct deadlines *all, const struct deadlines_config *config,
			   struct buf *why);
void deadlines_release(struct deadlines *all);

#endif
