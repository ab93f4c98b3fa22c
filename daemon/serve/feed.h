/* SPDX-License-Identifier: Apache-2.0
 *
 * One outcome of the feed as JSON, the same for pages and for streams.
 */
#ifndef WAYMARK_SERVE_FEED_H
#define WAYMARK_SERVE_FEED_H

#include "daemon/ledger/ledger.h"

struct daemon;

/* {"position","seq","case","county","outcome":{…}}. The feed goes to other systems: confidential
 * values are left out whoever asks. The arena is for scratch. */
void feed_item(struct buf *b, struct daemon *d, struct arena *a,
	       const struct ledger_outcome_row *o);

#endif
