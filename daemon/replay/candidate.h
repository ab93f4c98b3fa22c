/* SPDX-License-Identifier: Apache-2.0
 *
 * A recorded history decided again under a candidate: all events that came from outside, in the
 * order in which they are recorded, from the first one on, state and all; deadlines, schedules and
 * places as time passes up to the last recorded moment; funds, places and meetings included. What
 * would have followed is compared with what is recorded and stands (engine/audit/comparison.h).
 *
 *     struct candidate_config config = {.path = "waymark.db", .rb = rb, .jobs = 2};
 *     struct replayed r = {0};
 *     if (candidate_replay(&config, &r, &why)) … why says what can still be answered …
 *     replayed_text(&b, &r);
 *     replayed_release(&r);
 *
 * The ledger may be in use: it is only read, in short transactions, up to the last event that is
 * there at the beginning.
 *
 * What falls due under the candidate fires when the record says that the same thing fired; what the
 * record does not have fires when the recorded clock has come to it. So a daemon that was down or
 * behind is no difference.
 *
 * Memory: the state of each case, what is not the same, and a hundred bytes for each outcome. The
 * history of a case is kept only where an event comes late, is retracted or corrected: when one
 * is met whose case has none, the replay begins anew once it is through, and keeps them.
 */
#ifndef WAYMARK_REPLAY_CANDIDATE_H
#define WAYMARK_REPLAY_CANDIDATE_H

#include "engine/audit/comparison.h"
#include "engine/base/status.h"
#include "engine/decide/trace.h"
#include "engine/case/decision.h"
#include "engine/policy/policy.h"

/* Who wants to see every decision as it is taken under the candidate, with its trace (whole, see
 * engine/decide/trace.h). What was decided before a pass begins does not count. */
struct candidate_watch {
	void (*begin)(void *arg);
	/* d is NULL for an event that the candidate refuses. */
	void (*decided)(void *arg, uint64_t case_no, int32_t day, const struct decision *d,
			const struct trace *t);
	void *arg;
};

struct candidate_config {
	const char *path;
	const struct rulebook *rb;
	unsigned jobs;   /* threads that read ahead; 0: none */
	uint64_t to;     /* the last event that counts; 0: all */
	bool with_cases; /* the ids of the cases that differ are wanted */
	void (*on_progress)(void *arg, uint64_t done, uint64_t of); /* may be NULL */
	const struct candidate_watch *watch;                        /* may be NULL */
	bool (*is_to_stop)(void *arg);                              /* likewise */
	void *arg;
};

/* What the candidate could not be asked, by reason: events and deadlines that it refuses. */
struct replay_refusal {
	struct str type, slug, where;
	uint64_t n;
};

/* What the candidate's provisions ask and the history does not hold. */
enum lack_of { LACKS_EVENT, LACKS_FIELD, LACKS_FACT };
struct replay_lack {
	enum lack_of of;
	struct str name, inside; /* inside: of a field its event, of a fact its kind of case */
	bool optional;
	bool before;     /* a version that decided the history asked it, too */
	uint64_t events; /* recorded ones without the field; else 0 */
};

struct replay_events {
	struct str type;
	uint64_t n;
	bool known; /* to the candidate */
};

struct replayed {
	struct str version; /* of the candidate, 16 hex digits */
	uint64_t last_seq;
	int64_t first_us, last_us; /* received */
	uint64_t events;           /* from outside */
	uint64_t by_itself;        /* deadlines, items, places: recorded */
	uint64_t cases;            /* compared */
	uint64_t destroyed;        /* events of which nothing can be read */
	uint64_t left_out;         /* cases that were destroyed or rest on one that was */
	uint64_t versions;         /* that decided the history */
	unsigned passes;
	VEC(struct replay_refusal) refusals; /* by number, most first */
	VEC(struct replay_lack) lacks;       /* those that were not asked before stand first */
	VEC(struct replay_events) types;     /* of events from outside, by name */
	struct compared compared;
	struct str *ids; /* by index in compared.cases, with_cases; else NULL */
	struct arena arena;
	struct comparison comparison; /* its arena has the texts of `compared` */
};

/* STATUS_IO, STATUS_INVALID: the ledger cannot be read; *why gets sentences. STATUS_GONE: it was to
 * stop. */
enum status candidate_replay(const struct candidate_config *config, struct replayed *out,
			     struct buf *why);
void replayed_release(struct replayed *r);

#endif
