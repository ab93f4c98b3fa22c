/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WAYMARK_REPLAY_CANDIDATE_INTERNAL_H
#define WAYMARK_REPLAY_CANDIDATE_INTERNAL_H

#include "daemon/ledger/ledger.h"
#include "daemon/replay/candidate.h"

/* candidate_lacks.c: what the versions with these numbers did not know (`decided`: by number). */
enum status candidate_lacks(struct ledger_reader *r, const struct rulebook *rb, const bool *decided,
			    size_t n, struct replayed *out, struct buf *why);

#endif
