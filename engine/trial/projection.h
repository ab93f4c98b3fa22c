/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a projection: every member of every cohort is a case of its own, and everything that happens
 * to it is decided by the engine, in order of time over all of them, so that a fund runs out for
 * those who come last. Nothing is estimated. All cases are in memory; of what they bring about
 * only sums are kept.
 *
 * Where a number is a range, the projection is run at every corner (each range at its low or its
 * high end, with each other one), and once more with what is likely. What is reported as lowest and
 * highest is the lowest and highest that came out of these runs: nothing is said of what lies
 * between, and a fund that runs out or a limit that is reached may well bring more there.
 *
 *     struct projection_result r;
 *     projection_run(rb, &rb->projections[i], &r);
 *     if (r.failed)
 *             projection_failures(&b, rb, &r);
 *     projection_result_release(&r);
 */
#ifndef WAYMARK_TRIAL_PROJECTION_H
#define WAYMARK_TRIAL_PROJECTION_H

#include "engine/base/vec.h"
#include "engine/policy/projection.h"

struct coverage;

enum sum_kind { SUM_PAID, SUM_ASSESSED, SUM_UNFUNDED };

/* What one block brought about in one month. */
struct projection_sum {
	enum sum_kind kind;
	uint16_t index;    /* of the fund, or the line; NONE: no fund */
	uint32_t block;    /* whose part it was; a county's replacement is a block of its own */
	uint16_t schedule; /* of a schedule's payment: the program's own; else NONE */
	int32_t month;     /* its first day */
	int64_t *cents;    /* by run */
	int64_t *n;        /* by run: payments, assessments, what was not paid */
};

/* An expectation and what came; by index of projection.totals. */
struct projection_check {
	int64_t *came; /* by run: cents, or how many */
	bool met;      /* in every run */
};

/* One run. */
struct projection_run {
	uint32_t corner;
	int64_t cases, events, decisions;
	int64_t refused;    /* events, and deadlines that something stopped */
	struct str refusal; /* why the first of them was */
	bool overflow;      /* a sum leaves the range of amounts */
};

struct projection_result {
	const struct projection *projection;
	uint16_t county;             /* NONE: several, joined */
	uint32_t ncounties;          /* then, how many */
	struct projection_run *runs; /* in order of their corners; the last with what is likely */
	uint32_t nruns;
	VEC(struct projection_sum) sums; /* by kind, name, block, month */
	struct projection_check *checks;
	uint16_t nchecks; /* none in another county than the projection's */
	bool failed;      /* something is not as expected, was refused, or ran over */
	struct arena arena;
};

void projection_run(const struct rulebook *rb, const struct projection *p, struct coverage *covered,
		    struct projection_result *out);
/* What would come of it in another county, with what holds there; expectations are not looked at.
 */
void projection_run_in(const struct rulebook *rb, const struct projection *p, uint16_t county,
		       struct projection_result *out);
/* The same projection in several counties, added up corner by corner. */
void projection_join(const struct projection_result *of, size_t n, struct projection_result *out);
void projection_result_release(struct projection_result *r);

/* The lowest and the highest of the runs, and what came with all that is likely, or the low one. */
struct projection_span {
	int64_t low, high, likely;
};
struct projection_span projection_span(const struct projection_result *r, const int64_t *by_run);

/* What one range does alone: its high end against its low one, least and most over all corners of
 * the others. One below and one above 0: it does not move the sum in one direction. */
struct projection_effect {
	int64_t least, most;
};
struct projection_effect projection_effect(const struct projection_result *r, const int64_t *by_run,
					   uint16_t range);

/* projection_report.c. For people: what is not as expected, with what made it up; nothing when all
 * is. */
void projection_failures(struct buf *b, const struct rulebook *rb,
			 const struct projection_result *r);
/* The money by fund and line, month by month, each with a bar. */
void projection_text(struct buf *b, const struct rulebook *rb, const struct projection_result *r);

/* projection_write.c: for programs. */
void projection_json(struct buf *b, const struct rulebook *rb, const struct projection_result *r);
void projection_csv_head(struct buf *b);
void projection_csv(struct buf *b, const struct rulebook *rb, const struct projection_result *r);

/* projection_page.c: sections of a page, about one projection in each of n counties; before the
 * first, what all of them are. */
void projection_html_head(struct buf *b);
void projection_html(struct buf *b, const struct rulebook *rb, const struct projection_result *of,
		     size_t n);

/* projection_compare.c: the same projection under two rulebooks, before (0) and after (1) a change:
 * a table of what each fund and line comes to, at what is likely, or the lowest. */
bool projection_differs(const struct rulebook *const rb[2],
			const struct projection_result *const r[2]);
void projection_compare_html(struct buf *b, const struct rulebook *const rb[2],
			     const struct projection_result *const r[2]);

#endif
