/* SPDX-License-Identifier: Apache-2.0
 *
 * What the runner of scenarios and the comparison share: one scenario under way.
 */
#ifndef WAYMARK_TRIAL_SCENARIO_INTERNAL_H
#define WAYMARK_TRIAL_SCENARIO_INTERNAL_H

#include "engine/explain/before.h"
#include "engine/trial/scenario_run.h"
#include "engine/audit/stream.h"

struct scenario_run {
	const struct rulebook *rb;
	const struct scenario *scenario;
	struct scenario_options options;
	struct scenario_result *result; /* its arena keeps all texts */
	struct stream stream;
	struct trace trace;           /* of the decision under way */
	struct before before;         /* the case before it, when it is explained */
	VEC(struct outcome) all;      /* everything brought about so far */
	VEC(bool) gone;               /* of each, that it was taken back since */
	size_t line_first;            /* where the present line's begin in it */
	VEC(struct trace_entry) seen; /* what was seen since the line before */
	struct buf refused; /* why the line's event, or a deadline, was stopped; else empty */
};

/* What is given, in the stream before anything happens. */
void scenario_give(struct stream *s, const struct rulebook *rb, uint16_t county,
		   const struct given *g);
void scenario_set_up(struct stream *s, const struct rulebook *rb, const struct scenario *sc);

/* Is it the outcome that is expected? */
bool expect_fits(const struct expect *e, const struct outcome *o);

/* Compares what came with what the line expects; adds a failure to the result when they differ. */
void scenario_check(struct scenario_run *run, const struct scenario_line *line);

#endif
