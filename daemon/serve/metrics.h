/* SPDX-License-Identifier: Apache-2.0
 *
 * What the daemon counts of itself, shown at /metrics in the Prometheus text format. Nothing of a
 * person: labels are routes, classes of status and names of results and problems only, all of them
 * known beforehand. API.md says what each means and when to worry.
 */
#ifndef WAYMARK_SERVE_METRICS_H
#define WAYMARK_SERVE_METRICS_H

#include "daemon/serve/problem.h"
#include "engine/base/histogram.h"

#include <stddef.h>
#include <stdint.h>

/* X(constant, label): what became of an event that was sent. */
#define EVENT_RESULTS(X)                                                                           \
	X(RESULT_DECIDED, "decided")                                                               \
	X(RESULT_DUPLICATE, "duplicate")                                                           \
	X(RESULT_CONFLICT, "conflict")                                                             \
	X(RESULT_REFUSED, "refused")                                                               \
	X(RESULT_FORBIDDEN, "forbidden")                                                           \
	X(RESULT_LOST, "storage_full")                                                             \
	X(RESULT_UNREADABLE, "unreadable")

enum event_result {
#define X(constant, label) EVENT_##constant,
	EVENT_RESULTS(X)
#undef X
	    EVENT_RESULT_COUNT
};

#define METRIC_ROUTES       64 /* at least as many as there are routes, and one for paths unknown */

/* What is overdue is counted so far; a scrape must not read a million rows. */
#define METRIC_OVERDUE_MOST 10000u

struct metrics {
	uint64_t answers[METRIC_ROUTES][6];       /* by route and class of status */
	struct histogram requests[METRIC_ROUTES]; /* from arrival to answer */
	struct histogram latency;                 /* the same of each event */
	uint64_t events[EVENT_RESULT_COUNT];
	uint64_t problems[PROBLEM_SLUGS]; /* by slug; in batches too */
	uint64_t evaluations;
	uint64_t limited_tokens, limited_addresses; /* requests refused for coming too fast */
	uint64_t late_events;                       /* that made a history be decided again */
	uint64_t reloads_taken, reloads_failed;
	uint64_t destroyed;           /* cases */
	uint64_t activations_refused; /* planned ones, when they were about to begin */
	int64_t started_us;           /* wall clock */
};

void metrics_latency(struct metrics *m, int64_t us);

struct daemon;
struct buf;
void metrics_text(struct buf *b, struct daemon *d);

#endif
