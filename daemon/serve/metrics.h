/* SPDX-License-Identifier: Apache-2.0
 *
 * What the daemon counts of itself, shown at /metrics in the Prometheus text format. Nothing of a
 * person: labels are routes, classes of status and names of results only.
 */
#ifndef WAYMARK_SERVE_METRICS_H
#define WAYMARK_SERVE_METRICS_H

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

/* Upper bounds of the buckets of waymark_event_seconds, in microseconds. */
#define LATENCY_BOUNDS(X)                                                                          \
	X(500, "0.0005")                                                                           \
	X(1000, "0.001")                                                                           \
	X(2500, "0.0025")                                                                          \
	X(5000, "0.005")                                                                           \
	X(10000, "0.01")                                                                           \
	X(25000, "0.025")                                                                          \
	X(50000, "0.05")                                                                           \
	X(100000, "0.1")                                                                           \
	X(250000, "0.25")                                                                          \
	X(1000000, "1")                                                                            \
	X(5000000, "5")
#define X(us, label) +1
enum { LATENCY_BUCKETS = 0 LATENCY_BOUNDS(X) };
#undef X

#define METRIC_ROUTES 64 /* at least as many as there are routes, and one for paths unknown */

struct metrics {
	uint64_t answers[METRIC_ROUTES][6]; /* by route and class of status */
	uint64_t events[EVENT_RESULT_COUNT];
	uint64_t
	    latency[LATENCY_BUCKETS + 1]; /* each event counts in one bucket; the last: above */
	uint64_t latency_sum_us;
	uint64_t busy; /* requests refused because too much was in flight */
	uint64_t evaluations;
	uint64_t limited_tokens, limited_addresses; /* requests refused for coming too fast */
	uint64_t late_events;                       /* that made a history be decided again */
	uint64_t reloads_taken, reloads_failed;
};

void metrics_latency(struct metrics *m, int64_t us);

struct daemon;
struct buf;
void metrics_text(struct buf *b, struct daemon *d);

#endif
