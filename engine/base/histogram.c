/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/histogram.h"

#include <stddef.h>

void histogram_add(struct histogram *h, int64_t us)
{
	static const int64_t bounds[] = {
#define X(bound, label) bound,
	    HISTOGRAM_BOUNDS(X)
#undef X
	};
	size_t i = 0;
	while (i < HISTOGRAM_BUCKETS && us > bounds[i])
		i++;
	h->n[i]++;
	h->sum_us += us > 0 ? (uint64_t)us : 0;
}
