/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/metrics_text.h"

void metric_head(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_fmt(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_name(struct buf *b, const char *name, const char *suffix, const char *labels)
{
	buf_fmt(b, *labels ? "%s%s{%s} " : "%s%s%s ", name, suffix, labels);
}

void metric_sample(struct buf *b, const char *name, const char *labels, uint64_t value)
{
	put_name(b, name, "", labels);
	buf_fmt(b, "%llu\n", (unsigned long long)value);
}

static void put_seconds(struct buf *b, uint64_t us)
{
	buf_fmt(b, "%llu.%06llu\n", (unsigned long long)(us / 1000000),
		(unsigned long long)(us % 1000000));
}

void metric_seconds(struct buf *b, const char *name, const char *labels, uint64_t us)
{
	put_name(b, name, "", labels);
	put_seconds(b, us);
}

void metric_counter(struct buf *b, const char *name, const char *help, uint64_t value)
{
	metric_head(b, name, "counter", help);
	metric_sample(b, name, "", value);
}

void metric_gauge(struct buf *b, const char *name, const char *help, uint64_t value)
{
	metric_head(b, name, "gauge", help);
	metric_sample(b, name, "", value);
}

void metric_histogram(struct buf *b, const char *name, const char *labels,
		      const struct histogram *h)
{
	static const char *const bounds[] = {
#define X(bound, label) label,
	    HISTOGRAM_BOUNDS(X)
#undef X
		"+Inf"};
	uint64_t n = 0;
	for (size_t i = 0; i <= HISTOGRAM_BUCKETS; i++) {
		n += h->n[i];
		buf_fmt(b, "%s_bucket{%s%sle=\"%s\"} %llu\n", name, labels, *labels ? "," : "",
			bounds[i], (unsigned long long)n);
	}
	put_name(b, name, "_sum", labels);
	put_seconds(b, h->sum_us);
	put_name(b, name, "_count", labels);
	buf_fmt(b, "%llu\n", (unsigned long long)n);
}
