/* SPDX-License-Identifier: Apache-2.0
 *
 * What the scenarios of a rulebook reached: which parts were considered and which applied, which
 * deadlines' actions ran, and of each comparison whether it was ever seen met and ever not met.
 *
 *     struct coverage *c = coverage_new(rb);
 *     coverage_add(c, &decision, &trace);       // once for each decision
 *     coverage_text(&b, c);                     // what was never reached, one line each
 *     coverage_free(c);
 */
#ifndef WAYMARK_AUDIT_COVERAGE_H
#define WAYMARK_AUDIT_COVERAGE_H

#include "engine/audit/reading.h"
#include "engine/case/decision.h"

struct coverage;

struct coverage *coverage_new(const struct rulebook *rb);
void coverage_free(struct coverage *c);
/* What one decision reached; d is NULL for an event that was refused. */
void coverage_add(struct coverage *c, const struct decision *d, const struct trace *t);

enum coverage_gap_kind {
	GAP_NOT_CONSIDERED, /* no scenario has an event that would touch the part */
	GAP_NOT_APPLIED,    /* considered, but it never applied */
	GAP_NEVER_YES,      /* a comparison that was never met */
	GAP_NEVER_NO,       /* a comparison that was never not met */
	GAP_ROW,            /* a row of a table that nothing went by */
	GAP_SHARE,          /* no scenario expects that a partner may see it */
};

struct coverage_gap {
	enum coverage_gap_kind kind;
	enum subject what; /* a part, or the condition of a never or an `overrides` */
	uint32_t index;    /* of the part, the never, the precedence; of the table (GAP_ROW),
			      of the share (GAP_SHARE) */
	struct span span;  /* of the part, of the comparison, or of the row */
};

struct coverage_report {
	size_t parts, applied;         /* of all the rulebook's parts, of the blocks that
					  override others without a trigger of their own,
					  and of the shares */
	size_t branches, seen;         /* two for each comparison */
	size_t rows, reached;          /* of tables */
	VEC(struct coverage_gap) gaps; /* by part, then in the order of writing; nevers, tables */
};

/* A scenario asked whether a partner may see something of a case; it may. */
void coverage_shared(struct coverage *c, const struct share *s);

/* A part that was not reached is reported once, without its comparisons. */
void coverage_report(const struct coverage *c, struct coverage_report *out);
void coverage_report_release(struct coverage_report *r);

/* stipend counselling_session never applied — programs/pathway_to_safety.way:31 */
void coverage_gap_words(struct buf *b, const struct rulebook *rb, const struct coverage_gap *g);
void coverage_text(struct buf *b, const struct coverage *c);
void coverage_json(struct buf *b, const struct coverage *c);

#endif
