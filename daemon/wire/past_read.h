/* SPDX-License-Identifier: Apache-2.0
 *
 * What the ledger has of a case, back into a history that can be decided again
 * (engine/audit/redecide.h). Under the rulebook that decided it: provisions are found by what is
 * said of them in `because`.
 *
 *     struct past_reader r;
 *     past_reader_init(&r, rb, doc);
 *     for (each recorded event, in order)
 *             if (past_read(&r, event, decision, &history, &why)) ... damaged; why says where ...
 *     past_reader_release(&r);
 */
#ifndef WAYMARK_WIRE_PAST_READ_H
#define WAYMARK_WIRE_PAST_READ_H

#include "daemon/wire/event_read.h"
#include "engine/audit/redecide.h"

struct past_reader {
	const struct rulebook *rb;
	struct json_doc *doc; /* lent */
	struct event_reader events;
	struct map parts; /* `because` -> part */
	struct buf text;
};

void past_reader_init(struct past_reader *r, const struct rulebook *rb, struct json_doc *doc);
void past_reader_release(struct past_reader *r);

/* One event (event_json) and its decision (decision_json). STATUS_INVALID: they are not what this
 * rulebook would have written; *why gets a sentence without personal data. */
enum status past_read(struct past_reader *r, struct str event, struct str decision,
		      struct history *h, struct buf *why);

#endif
