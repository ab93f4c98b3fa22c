/* SPDX-License-Identifier: Apache-2.0
 *
 * Projections as part of the rule graph: how many cases of a kind, what happens to how many of
 * them and when, and what that is expected to come to. The runner is engine/trial/projection.
 */
#ifndef WAYMARK_POLICY_PROJECTION_H
#define WAYMARK_POLICY_PROJECTION_H

#include "engine/policy/scenario.h"

/* One of a projection's numbers: `80`, or `between 80 and 120, likely 100`. */
enum measure_end { END_LOW, END_HIGH, END_LIKELY };
struct measure {
	int64_t at[3];  /* by measure_end; without `likely` that one is the low one */
	uint16_t range; /* of the projection; NONE: one number, three times the same */
};

/* One run of a projection stands at one corner: bit i is set where range i is at its high end. */
#define CORNER_LIKELY UINT32_MAX /* every range at what is likely */

/* `assume course_fee is between $250 and $251` */
struct assumption {
	uint16_t param;
	struct dated value; /* without its number */
	struct measure n;
};

/* `cohort 10,000 of survivor with age 22`: so many cases that all begin like `one`. */
struct cohort {
	struct measure n;
	const struct given *one;
};

/* `all of them`, `25% of them`, `another 10 of them`. */
enum share_kind { SHARE_ALL, SHARE_NUMBER, SHARE_PERCENT };
struct members {
	enum share_kind kind;
	bool another;
	struct measure n; /* percents as PERCENT_ONE counts them */
};

/* A field of the event that is a range; in the line stands its low end. */
struct ranged_field {
	uint16_t field;
	struct measure n;
};

/* A line happens to some members of a cohort. */
struct projection_line {
	struct scenario_line line; /* without expectations */
	uint16_t cohort;
	struct members members;
	struct ranged_field *ranged;
	uint16_t nranged;
};

/* `given fund incentives with between $40,000 and $60,000 left` */
struct ranged_fund {
	uint16_t given; /* index in base.funds, where its low end stands */
	struct measure n;
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
	int64_t low, high; /* cents, or how many: both ends are fine; the same: this one */
	struct expect like;
	struct span span;
};

struct projection {
	struct str name;
	struct scenario base; /* title, county, what is given; its lines are none of its own */
	struct assumption *assumed; /* what holds instead of the county's own values */
	uint16_t nassumed;
	struct ranged_fund *funds;
	uint16_t nfunds;
	struct cohort *cohorts;
	uint16_t ncohorts;
	struct projection_line *lines; /* in order of time, then as written */
	uint16_t nlines;
	int32_t until; /* the last day */
	struct total *totals;
	uint16_t ntotals;
	uint16_t nranges; /* at most LIMIT_RANGES */
	bool likely;      /* every range says what is likely */
	struct span span;
};

/* How many runs show a projection: its corners, each range at either end with each other one, and
 * what is likely if that is said; and which the i-th is, in that order. */
uint32_t projection_runs(const struct projection *p);
uint32_t projection_corner(const struct projection *p, uint32_t i);

int64_t measure_at(const struct measure *m, uint32_t corner);

/* Members `first`, first + 1 … of a cohort: n of them. */
struct reach {
	uint32_t first, n;
};

/* Whom `members` means of `all`, where the line before reached the first `behind`. */
enum reach_fault { REACH_FINE, REACH_UNEVEN /* no whole number */, REACH_TOO_MANY };
enum reach_fault members_reach(const struct members *m, uint32_t corner, uint32_t all,
			       uint32_t behind, struct reach *out);

/* A projection's numbers at one corner. */
struct settled {
	uint32_t *size;      /* by cohort */
	struct reach *lines; /* by line */
};
struct settled projection_settle(const struct projection *p, uint32_t corner, struct arena *a);

#endif
