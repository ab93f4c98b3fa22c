/* SPDX-License-Identifier: Apache-2.0
 *
 * Recorded JSON as the caller may see it: without what is confidential (wire/hide.h), or, for who
 * may see that, with it, but for facts of cases in other counties. What they see is noted (seen.h).
 */
#ifndef WAYMARK_SERVE_REDACT_H
#define WAYMARK_SERVE_REDACT_H

#include "engine/base/arena.h"

struct call;

/* The text itself when nothing in it is withheld, else a copy in the request's arena. */
struct str redact_decision(struct call *c, struct str json);
struct str redact_event(struct call *c, struct str json);
/* One outcome for the feed, which goes to other systems: confidential values are left out whoever
 * asks. */
struct str redact_outcome(struct call *c, struct str json);

#endif
