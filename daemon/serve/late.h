/* SPDX-License-Identifier: Apache-2.0
 *
 * An event that is earlier than what its case has seen last, a retraction, a correction: the case's
 * history is read from the ledger and from the units in flight, and decided again
 * (engine/audit/redecide.h).
 *
 *     struct late l;
 *     switch (late_decide(d, slot, &ev, NULL, &l, &decision)) {
 *     case LATE_DECIDED:    record the decision, late_settle(d, slot, &l); break;
 *     case LATE_REFUSED:    l.again.refusal says why; break;
 *     case LATE_UNREADABLE: d->why says why; break;
 *     }
 *     late_release(&l);
 */
#ifndef WAYMARK_SERVE_LATE_H
#define WAYMARK_SERVE_LATE_H

#include "daemon/serve/cases.h"
#include "daemon/wire/correction_read.h"
#include "engine/audit/redecide.h"

struct daemon;

struct late {
	struct daemon *d;
	struct history history;
	struct redecision again;
	struct correction_reader corrections;
	enum status fault; /* LATE_UNREADABLE: STATUS_IO, else a record is damaged */
};

enum late_result { LATE_DECIDED, LATE_REFUSED, LATE_UNREADABLE };

/* Nothing of the slot is changed. The decision lives until late_release. */
enum late_result late_decide(struct daemon *d, struct case_slot *slot, const struct event *ev,
			     struct trace *trace, struct late *l, struct decision *out);

/* The case is from now on as decided again. */
void late_settle(struct daemon *d, struct case_slot *slot, struct late *l);
void late_release(struct late *l);

#endif
