/* SPDX-License-Identifier: Apache-2.0
 *
 * The Prometheus text format, version 0.0.4, written without floating point.
 *
 *     metric_head(b, "waymark_reloads_total", "counter", "Reloads of the policies, by result.");
 *     buf_fmt(b, "waymark_reloads_total{result=\"taken\"} %llu\n", ...);
 */
#ifndef WAYMARK_SERVE_METRICS_TEXT_H
#define WAYMARK_SERVE_METRICS_TEXT_H

#include "engine/base/histogram.h"
#include "engine/base/str.h"

void metric_head(struct buf *b, const char *name, const char *type, const char *help);
void metric_sample(struct buf *b, const char *name, const char *labels, uint64_t value);
void metric_seconds(struct buf *b, const char *name, const char *labels, uint64_t us);

/* A metric of one value, with its head. */
void metric_counter(struct buf *b, const char *name, const char *help, uint64_t value);
void metric_gauge(struct buf *b, const char *name, const char *help, uint64_t value);

/* The lines of a histogram, without its head. labels: those that it has of its own, such as
 * route="/healthz"; may be empty. */
void metric_histogram(struct buf *b, const char *name, const char *labels,
		      const struct histogram *h);

#endif
