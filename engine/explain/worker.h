/* SPDX-License-Identifier: Apache-2.0
 *
 * A decision for the case worker: what was decided and why in a line each, what did not come out
 * and what would have to be different, what to do next and until when. No file names, unless they
 * are asked for.
 *
 *     struct prose p = {0};
 *     worker_prose(&p, &account, false);
 *     prose_letter(&out, &p);
 */
#ifndef WAYMARK_EXPLAIN_WORKER_H
#define WAYMARK_EXPLAIN_WORKER_H

#include "engine/explain/explain.h"

void worker_prose(struct prose *p, const struct account *a, bool places);
/* One outcome: Pay $100.00 to S-4X7Q2M on July 14, 2026, from “Incentives to attend”. */
void worker_outcome(struct buf *b, const struct wording *w, const struct decision *d,
		    const struct outcome *o);

#endif
