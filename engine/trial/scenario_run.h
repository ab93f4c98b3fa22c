/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs one scenario of a rulebook through the real engine and compares what it brings about with
 * what is expected, line by line.
 *
 *     struct scenario_result r;
 *     scenario_run(rb, &rb->scenarios[i], (struct scenario_options){.coverage = c}, &r);
 *     if (r.verdict == VERDICT_FAILED)
 *             scenario_text(&b, rb, &r);
 *     scenario_result_release(&r);
 *
 * A line's expectations speak of everything since the line before. Its outcomes must all be listed,
 * unless the line says `among others` or only expects what is not an outcome. `expect no …` looks
 * at everything so far. An item of a schedule that is held is no outcome here.
 */
#ifndef WAYMARK_TRIAL_SCENARIO_RUN_H
#define WAYMARK_TRIAL_SCENARIO_RUN_H

#include "engine/explain/audience.h"
#include "engine/trial/coverage.h"
#include "engine/policy/scenario.h"

enum scenario_verdict { VERDICT_PASSED, VERDICT_FAILED, VERDICT_TODO };

enum row_mark {
	ROW_MET,        /* expected and there */
	ROW_DIFFERENT,  /* expected, and something like it is there */
	ROW_MISSING,    /* expected and not there */
	ROW_UNEXPECTED, /* there, and not expected, or expected not to be */
};

/* One expectation beside what came; either may be empty. */
struct scenario_row {
	enum row_mark mark;
	struct span expect; /* len 0: nothing was expected */
	struct str expected, actual;
};

/* A line of the scenario that did not go as expected. */
struct scenario_failure {
	const struct scenario_line *line;
	VEC(struct scenario_row) rows; /* all expectations of the line, the met ones too */
	VEC(struct str) why;           /* sentences: what provisions saw; a refusal's reasons */
};

struct scenario_result {
	const struct scenario *scenario;
	enum scenario_verdict verdict;
	VEC(struct scenario_failure) failures;
	size_t decisions;
	struct arena arena; /* the texts */
};

struct scenario_options {
	struct coverage *coverage; /* NULL: none is kept */
	struct buf *told;          /* NULL, or where every decision is explained as it is taken: */
	enum audience told_for;
};

/* A todo scenario is not run. */
void scenario_run(const struct rulebook *rb, const struct scenario *sc,
		  struct scenario_options options, struct scenario_result *out);
void scenario_result_release(struct scenario_result *r);

/* For people: nothing for a scenario that passed. */
void scenario_text(struct buf *b, const struct rulebook *rb, const struct scenario_result *r);
/* {"title","county","file","line","verdict","decisions","failures":[{"file","line","text",
 *  "rows":[{"mark","expected","actual","line"}],"why":[…]}]} */
void scenario_json(struct buf *b, const struct rulebook *rb, const struct scenario_result *r);

#endif
