/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a projection: every member of every cohort is a case of its own, and everything that happens
 * to it is decided by the engine, in order of time over all of them, so that a fund runs out for
 * those who come last. Nothing is estimated. All cases are in memory; of what they bring about
 * only sums are kept.
 *
 *     struct projection_result r;
 *     projection_run(rb, &rb->projections[i], &r);
 *     if (r.failed)
 *             projection_failures(&b, rb, &r);
 *     projection_result_release(&r);
 */
#ifndef WAYMARK_AUDIT_PROJECTION_H
#define WAYMARK_AUDIT_PROJECTION_H

#include "engine/base/vec.h"
#include "engine/policy/projection.h"

enum sum_kind { SUM_PAID, SUM_ASSESSED, SUM_UNFUNDED };

/* What one block brought about in one month. */
struct projection_sum {
	enum sum_kind kind;
	uint16_t index;    /* of the fund, or the line; NONE: no fund */
	uint32_t block;    /* whose part it was; a county's replacement is a block of its own */
	uint16_t schedule; /* of a schedule's payment: the program's own; else NONE */
	int32_t month;     /* its first day */
	int64_t cents;
	uint64_t n; /* payments, assessments, what was not paid */
};

/* An expectation and what came; by index of projection.totals. */
struct projection_check {
	int64_t came; /* cents, or how many */
	bool met;
};

struct projection_result {
	const struct projection *projection;
	VEC(struct projection_sum) sums; /* by kind, name, block, month */
	struct projection_check *checks;
	uint64_t cases, events, decisions;
	uint64_t refused;   /* events, and deadlines that something stopped */
	struct str refusal; /* why the first of them was */
	bool failed;        /* something is not as expected, was refused, or ran over */
	bool overflow;      /* a sum leaves the range of amounts */
	struct arena arena;
};

void projection_run(const struct rulebook *rb, const struct projection *p,
		    struct projection_result *out);
void projection_result_release(struct projection_result *r);

/* projection_report.c. For people: what is not as expected, with what made it up; nothing when all
 * is. */
void projection_failures(struct buf *b, const struct rulebook *rb,
			 const struct projection_result *r);
/* The money by fund and line, month by month, each with a bar. */
void projection_text(struct buf *b, const struct rulebook *rb, const struct projection_result *r);
void projection_json(struct buf *b, const struct rulebook *rb, const struct projection_result *r);

#endif
