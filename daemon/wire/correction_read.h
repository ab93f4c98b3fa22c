/* SPDX-License-Identifier: Apache-2.0
 *
 * The new fields of a `corrected` event, which are of the type of the event that it names: read
 * when both are there, for amend (engine/audit/amend.h). null does what it does in the event
 * itself. Messages are those of event_read, with `data.data.` before the field.
 *
 *     struct correction_reader c;
 *     correction_reader_init(&c);
 *     amend(&am, rb, (struct amend_reader){correction_read, &c}, …);
 *     correction_reader_release(&c);
 */
#ifndef WAYMARK_WIRE_CORRECTION_READ_H
#define WAYMARK_WIRE_CORRECTION_READ_H

#include "daemon/wire/json.h"
#include "engine/audit/amend.h"

struct correction_reader {
	struct json_doc *doc;
	struct buf word; /* scratch */
};

void correction_reader_init(struct correction_reader *r);
void correction_reader_release(struct correction_reader *r);

/* As amend_reader has it; arg is the correction_reader. */
bool correction_read(void *arg, const struct rulebook *rb, const struct event *correction,
		     struct event *target, struct arena *a, struct refusal *no);

#endif
