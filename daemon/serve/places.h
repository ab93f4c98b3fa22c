/* SPDX-License-Identifier: Apache-2.0
 *
 * Places that are free and waited for: the next in line gets the event `place_found`, recorded like
 * any other. Who is next follows from the pots, so that nothing is lost when the daemon ends in
 * between: it goes on where it was.
 */
#ifndef WAYMARK_SERVE_PLACES_H
#define WAYMARK_SERVE_PLACES_H

#include "engine/case/event.h"

struct daemon;

/* After a decision was submitted: `at` is its event's time, `cause` its key. */
void places_give(struct daemon *d, int64_t at, struct hash128 cause);

#endif
