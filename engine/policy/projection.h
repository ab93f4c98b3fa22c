/* SPDX-License-Identifier: Apache-2.0
 *
 * Projections as part of the rule graph: how many cases of a kind, what happens to how many of
 * them and when, and what that is expected to come to. The runner is engine/audit/projection.
 */
#ifndef WAYMARK_POLICY_PROJECTION_H
#define WAYMARK_POLICY_PROJECTION_H

#include "engine/policy/scenario.h"

/* `cohort 10,000 of survivor with age 22`: so many cases that all begin like `one`. */
struct cohort {
	uint32_t n;
	const struct given *one;
};

/* A line happens to `n` members of a cohort, from member number `first` (from 0) on. */
struct projection_line {
	struct scenario_line line; /* without expectations */
	uint16_t cohort;
	uint32_t first, n;
};

enum total_kind {
	TOTAL_PAID_FROM,   /* index: fund */
	TOTAL_PAID_UNDER,  /* schedule; the program's own */
	TOTAL_PAID_BY,     /* block; the program's own */
	TOTAL_ASSESSED_AS, /* line */
	TOTAL_UNFUNDED,    /* fund; NONE: all of them */
	TOTAL_COUNT        /* how many outcomes fit `like` */
};

struct total {
	enum total_kind kind;
	uint32_t index;
	int64_t n; /* cents, or how many */
	struct expect like;
	struct span span;
};

struct projection {
	struct str name;
	struct scenario base; /* title, county, what is given; its lines are none of its own */
	const struct dated_list *values; /* `assume`: what holds instead of the county's own, by
					    parameter; NULL: the county's */
	uint16_t *assumed;               /* the parameters for which something is assumed */
	uint16_t nassumed;
	struct cohort *cohorts;
	uint16_t ncohorts;
	struct projection_line *lines; /* in order of time, then as written */
	uint16_t nlines;
	int32_t until; /* the last day */
	struct total *totals;
	uint16_t ntotals;
	struct span span;
};

#endif
