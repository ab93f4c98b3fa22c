/* SPDX-License-Identifier: Apache-2.0
 *
 * What the change would have done to the cases that a ledger holds.
 */
#ifndef WAYMARK_COMMANDS_REVIEW_HISTORY_H
#define WAYMARK_COMMANDS_REVIEW_HISTORY_H

#include "daemon/ledger/head.h"
#include "daemon/replay/candidate.h"

struct review_history {
	struct replayed replayed;
	struct head head; /* of the ledger's log, when it was looked at */
	char log[HEAD_NAME_MOST + 1];
	bool has_head;
};

/* A status as of candidate_replay; *why gets sentences. */
enum status review_history_find(struct review_history *h, const char *ledger,
				const struct rulebook *new,
				void (*on_progress)(void *, uint64_t, uint64_t), void *arg,
				struct buf *why);
void review_history_release(struct review_history *h);

/* Which ledger it was, up to where: for a table of what was compared. */
void review_history_identity(struct buf *b, const struct review_history *h);
/* Items of a list; titles are those of the new rulebook. */
void review_history_in_short(struct buf *b, const struct review_history *h,
			     const struct rulebook *new);
void review_history_html(struct buf *b, const struct review_history *h, const struct rulebook *new);

#endif
