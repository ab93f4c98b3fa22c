/* SPDX-License-Identifier: Apache-2.0
 *
 * Bars, drawn as SVG into a page: one group for each label (a month, a fund), one bar in it for
 * each series (as recorded, under the candidate). All positions are whole numbers.
 *
 *     static const struct chart_series two[] = {{STR_INIT("recorded")}, {STR_INIT("candidate")}};
 *     struct chart c;
 *     chart_begin(&c, &b, STR("Paid by month"), two, 2, most);
 *     chart_group(&c, STR("2026-07"));
 *     chart_bar(&c, 0, cents), chart_bar(&c, 1, other);
 *     chart_end(&c);
 */
#ifndef WAYMARK_PAGE_CHART_H
#define WAYMARK_PAGE_CHART_H

#include "engine/base/str.h"

#define CHART_SERIES 4 /* more can not be told apart */

struct chart_series {
	struct str name;
};

struct chart {
	struct buf *b;
	struct buf body;
	struct str caption;
	const struct chart_series *series;
	size_t nseries;
	int64_t most; /* cents, or how many: the length of the longest bar */
	bool counts;  /* of numbers, not of money; may be set after chart_begin */
	uint32_t y;
};

/* The series live until chart_end. */
void chart_begin(struct chart *c, struct buf *b, struct str caption,
		 const struct chart_series *series, size_t nseries, int64_t most);
void chart_group(struct chart *c, struct str label);
/* A bar of the group, with its value beside it. Less than nothing has no length. */
void chart_bar(struct chart *c, size_t series, int64_t value);
/* A bar from 0 to the middle value, with a line from the low to the high one. */
void chart_range(struct chart *c, size_t series, int64_t low, int64_t value, int64_t high);
void chart_end(struct chart *c);

#endif
