/* SPDX-License-Identifier: Apache-2.0
 *
 * How often a part may apply to one case, in any history: ever, because its condition asks how many
 * of its own events there were (counts only go up), or because its step is never entered twice; in
 * a length of time, because its condition asks for some days since the last one, or how many there
 * were lately. Bounds are never too low; most parts have none.
 *
 *     struct often o = often_applies(asker, place, &entry);
 *     if (often_within(&o, 366, &n))
 *             ... at most n times a year ...
 */
#ifndef WAYMARK_ANALYSE_OFTEN_H
#define WAYMARK_ANALYSE_OFTEN_H

#include "engine/analyse/ask.h"

#define OFTEN_MOST  1024 /* counts above are not looked for */
#define OFTEN_EVER  0    /* as a number of days */
#define OFTEN_NEVER INT64_MAX

struct often {
	int64_t ever;      /* at most; OFTEN_NEVER: no bound */
	int64_t gap;       /* days from one to the next at least; 0: none */
	int64_t window;    /* in so many days; 0: no bound of that kind */
	int64_t in_window; /* at most */
};

/* Of a part that is in force in a place between two days. A part that a deadline sets off is
 * bounded by its steps alone. */
struct often often_applies(struct asker *a, const struct place *where, const struct entry *e);
/* At most so often within some days (OFTEN_EVER: in all). False: no bound. */
bool often_within(const struct often *o, int64_t days, int64_t *times);

#endif
