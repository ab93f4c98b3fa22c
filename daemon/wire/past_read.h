/* SPDX-License-Identifier: Apache-2.0
 *
 * What the ledger has of a case, back into a history that can be decided again
 * (engine/audit/redecide.h). Under the rulebooks that decided it: provisions are found by what is
 * said of them in `because`.
 *
 *     struct past_reader r;
 *     past_reader_init(&r, doc);
 *     for (each recorded event, in order)
 *             if (past_read(&r, rb, event, decision, &history, &why)) ... damaged; why says where
 * ... past_reader_release(&r);
 */
#ifndef WAYMARK_WIRE_PAST_READ_H
#define WAYMARK_WIRE_PAST_READ_H

#include "daemon/wire/event_read.h"
#include "engine/audit/redecide.h"

/* A version of the policy under which something of the case was decided. */
struct past_version {
	const struct rulebook *rb;
	struct map parts; /* `because` -> part */
};

struct past_reader {
	struct json_doc *doc; /* lent */
	/* The rulebook of that version, which lives as long as the reader; NULL: there is none. May
	 * be NULL when all was decided under one version. */
	const struct rulebook *(*named)(void *arg, struct str version);
	void *arg;
	struct event_reader events;
	VEC(struct past_version) versions;
	struct buf text;
};

void past_reader_init(struct past_reader *r, struct json_doc *doc);
void past_reader_release(struct past_reader *r);

/* One event (event_json) and its decision (decision_json), which that rulebook wrote. What another
 * version decided of it names that. STATUS_INVALID: they are not what these rulebooks would have
 * written; *why gets a sentence without personal data. */
enum status past_read(struct past_reader *r, const struct rulebook *rb, struct str event,
		      struct str decision, struct history *h, struct buf *why);

#endif
