/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WAYMARK_REPLAY_CANDIDATE_INTERNAL_H
#define WAYMARK_REPLAY_CANDIDATE_INTERNAL_H

#include "daemon/ledger/ledger.h"
#include "daemon/replay/candidate.h"
#include "daemon/replay/gone.h"
#include "daemon/replay/read_ahead.h"
#include "daemon/wire/correction_read.h"
#include "daemon/wire/outcome_read.h"
#include "engine/audit/stream.h"

/* What the history holds, by the candidate's types of events. */
struct held {
	uint64_t *events; /* that fit the vocabulary */
	uint64_t *given;  /* fields that some of them have: a bit for each */
	bool *kinds;      /* of cases that there are */
};

enum standing_of_case { CASE_UNKNOWN, CASE_DECIDED, CASE_SKIPPED, CASE_LEFT_OUT };

struct replayed_case {
	enum standing_of_case is;
	uint32_t which; /* in the stream; NONE_SUCH: it has none */
};

struct candidate {
	const struct candidate_config *config;
	struct replayed *out;
	struct buf *why;
	struct ledger_reader *past;
	struct ledger_totals totals;
	int64_t horizon; /* of what is due: the recorded timers came to just before it */
	struct map kept; /* ids of cases whose history is kept */
	struct arena kept_ids;
	VEC(bool) decided; /* by number of version */
	/* of one pass */
	struct stream stream;
	struct correction_reader corrections;
	struct gone gone;
	struct held held;
	struct trace trace; /* with a watch */
	int64_t clock;
	bool again;                      /* a case needs a history that was not kept */
	VEC(struct replayed_case) cases; /* by number */
	VEC(uint32_t) numbers;           /* by index in the stream */
	struct map by_refusal, by_type;
	const struct replay_record *rec;
	struct str left; /* of its outcomes, what is not told to the comparison yet */
	bool unsure;     /* this decision asked for a case that was destroyed or left out */
	bool waits;
	struct hash128 waiting;    /* what is due first and recorded later */
	struct hash128 due, print; /* what was asked for last, and by which the record knows it */
	struct outcome_reader outcomes;
	struct arena arena; /* of one record */
	struct buf scratch, key;
	enum status failed;
};

/* ---- candidate.c ---- */

struct replayed_case *candidate_case(struct candidate *x, uint64_t no);
/* The number of the case that a decision is of: that of the record, or one that is there. */
uint64_t candidate_number(const struct candidate *x, struct str id);
/* The case cannot be compared from now on, nor what was decided of it. */
void candidate_leave_out(struct candidate *x, uint64_t no);

/* ---- candidate_say.c ---- */

/* Tells what the record says and is not told yet. */
void candidate_say_recorded(struct candidate *x);
/* The stream's sink. */
void candidate_decides(void *arg, const struct decision *d, uint64_t seq);
void candidate_refuses(struct candidate *x, struct str type, const struct refusal *no);
/* To who watches, if anybody does. */
void candidate_watched(struct candidate *x, uint64_t no, int32_t day, const struct decision *d);

/* ---- candidate_time.c ---- */

/* Up to the clock, as far as the record came. */
void candidate_let_time_pass(struct candidate *x);
/* What destroyed cases held is free: it goes to who waits for it. */
void candidate_give_back(struct candidate *x, uint64_t before_seq);
/* What the record has fired of a case. */
void candidate_fire_own(struct candidate *x, const struct replay_record *rec);

/* ---- candidate_lacks.c ---- */

/* An event of the history that fits the vocabulary. */
void candidate_holds(struct held *h, const struct rulebook *rb, const struct event *ev);
/* What the candidate asks and the history does not hold. */
enum status candidate_lacks(struct candidate *x);

#endif
