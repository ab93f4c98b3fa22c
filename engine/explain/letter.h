/* SPDX-License-Identifier: Apache-2.0
 *
 * A decision as a letter to the person concerned: what was decided and why, the amount and how it
 * was worked out, until when what has to be done, what did not come out and what that would take,
 * and how to ask for a review where the policy has one. It says nothing confidential, nothing of
 * others, and none of the policy's own names but those of the person's own facts: things are called
 * by their titles, and what has no title is called as little as possible.
 *
 *     struct prose p = {0};
 *     if (letter_prose(&p, &account))
 *             prose_letter(&out, &p);
 *
 * A policy has a review when its vocabulary has an event `review_requested` of that kind of case
 * and the county has a provision on it; `period review_time` says for how long it can be asked for.
 */
#ifndef WAYMARK_EXPLAIN_LETTER_H
#define WAYMARK_EXPLAIN_LETTER_H

#include "engine/explain/explain.h"

/* False: nothing in the decision is for the person; nothing was added. */
bool letter_prose(struct prose *p, const struct account *a);
/* One outcome: You get $100.00 on July 14, 2026. False: it is not for the person. */
bool letter_outcome(struct buf *b, const struct rulebook *rb, const struct decision *d,
		    const struct outcome *o);

#endif
