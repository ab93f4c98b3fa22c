/* SPDX-License-Identifier: Apache-2.0
 *
 * What the reports of a projection share: its money by fund and line, month by month, and how
 * things are called.
 */
#ifndef WAYMARK_TRIAL_PROJECTION_INTERNAL_H
#define WAYMARK_TRIAL_PROJECTION_INTERNAL_H

#include "engine/trial/projection.h"

/* ---- projection_group.c ---- */

/* Does the sum count towards the total? */
bool total_takes(const struct rulebook *rb, const struct total *t, const struct projection_sum *s);

void projection_sort(struct projection_result *r);

/* By run, as in a sum. */
struct projection_month {
	int32_t first;
	int64_t *cents, *n;
};

/* All sums of one fund or line: those from `from` to before `to`. */
struct projection_group {
	size_t from, to;
	VEC(struct projection_month) months; /* in order */
	int64_t *cents, *n;                  /* by run, of all months */
	int64_t most;                        /* the highest month of any run */
	struct arena arena;
};

/* The group that begins at the sum `from`. */
void group_of(const struct projection_result *r, size_t from, struct projection_group *g);
/* The group of the same fund or line as `s`; false: this result has none, and g is all nothing. */
bool group_like(const struct projection_result *r, const struct projection_sum *s,
		struct projection_group *g);
void group_release(struct projection_group *g);

/* ---- projection_words.c ---- */

/* paid from the fund “Incentives to attend”: as people read it */
void group_called(struct buf *b, const struct rulebook *rb, const struct projection_sum *s);
/* paid from incentives */
void group_words(struct buf *b, const struct rulebook *rb, const struct projection_sum *s);
struct str sum_kind_name(enum sum_kind kind);                                     /* paid */
struct str group_name(const struct rulebook *rb, const struct projection_sum *s); /* or empty */
/* year_one "What it comes to" in alameda */
void head_words(struct buf *b, const struct rulebook *rb, const struct projection_result *r);
/* alameda; 3 counties together */
void where_words(struct buf *b, const struct rulebook *rb, const struct projection_result *r);
/* 2026-07 */
void month_words(struct buf *b, int32_t first);
/* $5.00; $5.00 to $7.00, likely $6.00 */
void span_words(struct buf *b, const struct projection_result *r, struct projection_span s,
		bool counts);
/* + $5.00; from - $5.00 to + $40.00, not in one direction */
void effect_words(struct buf *b, struct projection_effect e, bool counts);
/* A range: what it is of, and what stands at one of its ends. */
void measure_words(struct buf *b, const struct rulebook *rb, const struct projection *p,
		   uint16_t range);
void measure_end_words(struct buf *b, const struct rulebook *rb, const struct projection *p,
		       uint16_t range, enum measure_end end);
/* course_fee $250.00, the cohort of buyer 80 */
void corner_words(struct buf *b, const struct rulebook *rb, const struct projection *p,
		  uint32_t corner);
struct span measure_span(const struct projection *p, uint16_t range);
/* What was expected, as written, without the word `expect`. */
void total_words(struct buf *b, const struct rulebook *rb, const struct total *t);
void came_words(struct buf *b, const struct projection_result *r, uint16_t check);
/* What one run says of itself: 2 events were refused or stopped; nothing when it is fine. */
void trouble_words(struct buf *b, const struct rulebook *rb, const struct projection_result *r,
		   const struct projection_run *run);
/* Whether what is likely came to more or less than every corner. */
bool beyond_corners(const struct projection_result *r, const int64_t *by_run);

#endif
