/* SPDX-License-Identifier: Apache-2.0
 *
 * What an outcome says, from its canonical JSON, whichever version of the policy wrote it: what a
 * replay and a shadow compare. All that is said to anybody counts, and not the names and places in
 * the policy that it comes from, nor what its pot had.
 */
#ifndef WAYMARK_WIRE_OUTCOME_READ_H
#define WAYMARK_WIRE_OUTCOME_READ_H

#include "engine/audit/comparison.h"

struct outcome_read {
	struct said said;
	struct str text; /* what is compared: outcome_said_json's bytes */
	/* When it follows from another event than the one decided, and has no day of its own: that
	 * event. */
	bool follows;
	struct hash128 event;
};

/* For one thread, zero at first: it remembers what `because` was read last, since a rulebook has
 * few of them, and they are long. */
#define OUTCOME_ORIGINS 256
struct outcome_reader {
	struct outcome_origin *origins;
};

/* The outcome at the front of `rest`, which is then behind it. Its texts are parts of that, or in
 * the arena. `day`: of the event that was decided. r: NULL is fine for a few. False: it is not
 * canonical. */
bool outcome_read(struct outcome_reader *r, struct outcome_read *out, struct str *rest, int32_t day,
		  struct arena *a);
void outcome_reader_release(struct outcome_reader *r);

#endif
