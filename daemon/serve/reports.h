/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports for the public and its auditors: what was decided, counted, with small cells withheld
 * (tally.h). A thread of its own reads the ledger's events; what it has read once it need not read
 * again, so that only the first report after a start takes long. Requests wait for it.
 *
 *     reports_ask(call, REPORT_EVENTS);
 */
#ifndef WAYMARK_SERVE_REPORTS_H
#define WAYMARK_SERVE_REPORTS_H

#include "daemon/replay/deadlines.h"
#include "daemon/serve/tally.h"

#include <ev.h>
#include <pthread.h>

#define REPORTS_WAITING 16u /* requests at the same time; more are told to wait */

struct call;
struct daemon;

/* X(constant, name) */
#define REPORTS(X)                                                                                 \
	X(REPORT_OUTCOMES, "outcomes") /* by county, program and kind */                           \
	X(REPORT_EVENTS, "events")     /* by county and type */

enum report {
#define X(constant, name) constant,
	REPORTS(X)
#undef X
	    REPORT_COUNT
};

struct report_call {
	struct call *call;
	enum report report;
	struct str *counties; /* n 0: all */
	size_t n;
};

struct reports {
	struct tally tallies[REPORT_COUNT]; /* the thread's while it runs */
	uint64_t read;                      /* events up to this number are in them */
	bool failed;                        /* the last reading broke off */
	const char *ledger;
	struct ev_loop *loop;
	pthread_t thread;
	bool running;
	ev_async done;
	VEC(struct report_call) waiting;
	struct deadlines deadlines; /* the job's while it is counting: route_deadlines.c */
	bool counting;
};

bool report_find(struct str name, enum report *out);
void reports_start(struct daemon *d);
/* Answers the call when all that is recorded now has been counted; while that is being done for
 * others, with what they get. */
void reports_ask(struct call *c, enum report report);
void reports_stop(struct daemon *d);

#endif
