/* SPDX-License-Identifier: Apache-2.0
 *
 * What a version of the policy must stand before the register takes it: it compiles, and all its
 * scenarios and projections come out as they say. Pure work, for a thread of its own.
 *
 *     struct trial t = {.loaded = {.sources = sources, .n = n}};     // in the arena of t.loaded
 *     trial_run(&t, job);
 *     if (t.verdict == TRIAL_PASSED) use(t.loaded.rb);
 *     else say(t.diagnostics, t.scenarios, t.projections);
 *     trial_release(&t);
 */
#ifndef WAYMARK_SERVE_TRIAL_H
#define WAYMARK_SERVE_TRIAL_H

#include "daemon/wire/load.h"

struct job;

enum trial_verdict {
	TRIAL_PASSED,
	TRIAL_ERRORS,  /* it does not compile */
	TRIAL_FAILED,  /* a scenario or a projection does not come out */
	TRIAL_STOPPED, /* the daemon ends */
};

struct trial {
	struct loaded loaded; /* its rulebook: NULL unless it compiled */
	enum trial_verdict verdict;
	size_t passed, failed, todo;
	struct buf diagnostics;            /* as of `waymark check --json`: errors and warnings */
	struct buf scenarios, projections; /* those that failed, as of `waymark test --json` */
};

void trial_run(struct trial *t, const struct job *j);
void trial_release(struct trial *t);

#endif
