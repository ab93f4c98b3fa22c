/* SPDX-License-Identifier: Apache-2.0
 *
 * An event that is earlier than what its case has seen last, a retraction, a correction, and what
 * occurred before the version in force was: the case's history is read from the ledger and from the
 * units in flight, and decided again (engine/audit/redecide.h), each part of it under the version
 * of its time.
 *
 *     struct late l;
 *     switch (late_decide(d, slot, &ev, &version, NULL, &l, &decision)) {
 *     case LATE_DECIDED:    record the decision, late_settle(d, slot, &l); break;
 *     case LATE_REFUSED:    l.again.refusal says why; break;
 *     case LATE_UNREADABLE: d->why says why; break;
 *     }
 *     late_release(&l);
 */
#ifndef WAYMARK_SERVE_LATE_H
#define WAYMARK_SERVE_LATE_H

#include "daemon/serve/cases.h"
#include "daemon/serve/versions.h"
#include "daemon/wire/correction_read.h"
#include "engine/audit/redecide.h"

struct daemon;

struct late {
	struct daemon *d;
	struct history history;
	struct redecision again;
	struct correction_reader corrections;
	VEC(struct version) versions; /* that decide parts of it; each holds a reference */
	enum status fault;            /* LATE_UNREADABLE: STATUS_IO, else a record is damaged */
};

enum late_result { LATE_DECIDED, LATE_REFUSED, LATE_UNREADABLE };

/* Nothing of the slot is changed. The event is typed against the version of its time, under which
 * the decision is to be recorded; it may be what the case has due next. The decision lives until
 * late_release. */
enum late_result late_decide(struct daemon *d, struct case_slot *slot, const struct event *ev,
			     const struct version *v, struct trace *trace, struct late *l,
			     struct decision *out);

/* The case is from now on as decided again. */
void late_settle(struct daemon *d, struct case_slot *slot, struct late *l);
void late_release(struct late *l);

#endif
