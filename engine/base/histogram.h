/* SPDX-License-Identifier: Apache-2.0
 *
 * How long things took, counted in buckets of growing width. Adding is a few comparisons and no
 * memory, so that it can stand on every path.
 *
 *     histogram_add(&h, took_us);
 */
#ifndef WAYMARK_BASE_HISTOGRAM_H
#define WAYMARK_BASE_HISTOGRAM_H

#include <stdint.h>

/* X(upper bound in microseconds, the same in seconds as text) */
#define HISTOGRAM_BOUNDS(X)                                                                        \
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
enum { HISTOGRAM_BUCKETS = 0 HISTOGRAM_BOUNDS(X) };
#undef X

struct histogram {
	uint64_t
	    n[HISTOGRAM_BUCKETS + 1]; /* each thing counts in one; the last: above all bounds */
	uint64_t sum_us;
};

/* A bound belongs to its bucket. Less than nothing counts as nothing. */
void histogram_add(struct histogram *h, int64_t us);

#endif
