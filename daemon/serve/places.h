/* SPDX-License-Identifier: Apache-2.0
 *
 * Places that are free and waited for: the next in line gets the event `place_found`, recorded like
 * any other. Who is next follows from the pots, so that nothing is lost when the daemon ends in
 * between: it goes on where it was.
 */
#ifndef WAYMARK_SERVE_PLACES_H
#define WAYMARK_SERVE_PLACES_H

#include "daemon/ledger/ledger.h"
#include "engine/case/event.h"

struct daemon;

/* After a decision was submitted: of its event the day, the time and the key. */
void places_give(struct daemon *d, int32_t day, int64_t at, struct hash128 cause);

/* The next day whose first instant brings a place that somebody waits for, because the number grows
 * on it; false: none. And: it has come, give the places. */
bool places_grow_next(const struct daemon *d, struct ledger_due *out);
void places_grow(struct daemon *d, struct ledger_due grows);

#endif
