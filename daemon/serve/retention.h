/* SPDX-License-Identifier: Apache-2.0
 *
 * Destroys what has been kept for long enough, between requests: once a day the cases are gone
 * through, some at a time, and those that are over (ledger_ended) are destroyed, all of a day under
 * one order that says so. After each transaction it rests for nine times as long as that took, so
 * that what is sent gets most of the disk. Whoever ends the daemon in the middle of it ends a
 * transaction, or none: the next start goes through all cases again.
 *
 * What is destroyed is lost for good, and how old it is says the clock. So nothing is destroyed for
 * a day after the clock was set, or when the daemon starts with a clock that is far ahead of what
 * was recorded last: time to notice.
 */
#ifndef WAYMARK_SERVE_RETENTION_H
#define WAYMARK_SERVE_RETENTION_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

#define RETENTION_YEARS_MOST 200
#define RETENTION_LOOKS      50u     /* cases looked at in one turn of the loop: a millisecond */
#define RETENTION_PAUSE_S    0.01    /* between two turns */
#define RETENTION_EVERY_S    86400.0 /* between two times that the cases are gone through */
#define RETENTION_DOUBT_S    86400.0 /* while the clock may be wrong */
#define RETENTION_AHEAD_US   (30 * 86400 * INT64_C(1000000)) /* of what was recorded last */

struct daemon;

struct retention {
	ev_timer timer;
	bool going;         /* through the cases */
	bool flying;        /* some are on their way to be destroyed */
	uint64_t after, of; /* the case that it has come to; how many there are */
	int64_t before_us;  /* what came in last before that is old enough */
	uint64_t order;     /* of this time; 0: nothing was destroyed yet */
	uint64_t destroyed; /* this time */
	uint64_t steps;     /* of the clock, that are known */
	int64_t began_us;   /* ticks: the transaction under way */
	int64_t passed_us;  /* wall clock: when it was through last; 0: never */
};

/* That many years before a day (UTC). */
int64_t retention_before(uint64_t years, int64_t now_us);

void retention_start(struct daemon *d); /* does nothing unless config.retention is set */
void retention_stop(struct daemon *d);

#endif
