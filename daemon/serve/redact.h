/* SPDX-License-Identifier: Apache-2.0
 *
 * Recorded JSON for roles that may not see confidential facts (wire/hide.h), under the policy in
 * force.
 */
#ifndef WAYMARK_SERVE_REDACT_H
#define WAYMARK_SERVE_REDACT_H

#include "engine/base/arena.h"

struct daemon;

/* The text itself when nothing in it is confidential, else a copy in the arena. */
struct str redact_decision(struct daemon *d, struct arena *a, struct str json);
struct str redact_event(struct daemon *d, struct arena *a, struct str json);

#endif
