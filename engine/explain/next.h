/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens next if nothing happens: the deadlines, payments and steps that come by themselves
 * as time passes, each with its day and what follows. Time passes in a stream, so that it comes out
 * as `waymark run --until` has it.
 *
 *     struct next n = {.who = FOR_WORKER, .wording = wording, .id = STR("S-4X7Q2M")};
 *     next_pass(&n, &stream, until);
 *     next_prose(&p, &n);
 *     next_release(&n);
 */
#ifndef WAYMARK_EXPLAIN_NEXT_H
#define WAYMARK_EXPLAIN_NEXT_H

#include "engine/explain/audience.h"
#include "engine/audit/stream.h"

#define NEXT_MOST 200u /* decisions told; of more only the number is */

struct next {
	enum audience who;
	struct wording wording;
	struct str id; /* of the case; empty: all */
	/* private */
	int32_t until;
	struct prose items;
	struct buf json;
	size_t n, more;
};

/* Lets time pass up to the end of the day. The stream's sink is not called any more. */
void next_pass(struct next *n, struct stream *s, int32_t until);
void next_prose(struct prose *p, const struct next *n);
/* {"until":…,"items":[{"day":…,"case":…,"event":…,"outcomes":[…]}, …],"more":0} */
void next_json(struct buf *b, const struct next *n);
void next_release(struct next *n);

#endif
