/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/trial.h"

#include "daemon/serve/jobs.h"
#include "engine/trial/projection.h"
#include "engine/trial/scenario_run.h"

static void one_scenario(struct trial *t, const struct scenario *sc)
{
	struct scenario_result r;
	scenario_run(t->loaded.rb, sc, (struct scenario_options){0}, &r);
	t->passed += r.verdict == VERDICT_PASSED;
	t->todo += r.verdict == VERDICT_TODO;
	if (r.verdict == VERDICT_FAILED) {
		t->failed++;
		buf_c(&t->scenarios, t->scenarios.len > 1 ? "," : "");
		scenario_json(&t->scenarios, t->loaded.rb, &r);
	}
	scenario_result_release(&r);
}

static void one_projection(struct trial *t, const struct projection *p)
{
	struct projection_result r;
	projection_run(t->loaded.rb, p, NULL, &r);
	t->passed += !r.failed;
	if (r.failed) {
		t->failed++;
		buf_c(&t->projections, t->projections.len > 1 ? "," : "");
		projection_json(&t->projections, t->loaded.rb, &r);
	}
	projection_result_release(&r);
}

static void run_all(struct trial *t, const struct job *j)
{
	const struct rulebook *rb = t->loaded.rb;
	for (uint32_t i = 0; i < rb->nscenarios && !job_is_to_stop(j); i++)
		one_scenario(t, &rb->scenarios[i]);
	for (uint32_t i = 0; i < rb->nprojections && !job_is_to_stop(j); i++)
		one_projection(t, &rb->projections[i]);
}

void trial_run(struct trial *t, const struct job *j)
{
	diag_init(&t->loaded.diags, &t->loaded.arena);
	bool compiles = !load_compile(&t->loaded);
	load_report(&t->loaded, &t->diagnostics, true, false);
	buf_char(&t->scenarios, '[');
	buf_char(&t->projections, '[');
	if (compiles)
		run_all(t, j);
	buf_char(&t->scenarios, ']');
	buf_char(&t->projections, ']');
	t->verdict = !compiles           ? TRIAL_ERRORS
		     : job_is_to_stop(j) ? TRIAL_STOPPED
		     : t->failed         ? TRIAL_FAILED
					 : TRIAL_PASSED;
}

void trial_release(struct trial *t)
{
	load_release(&t->loaded);
	buf_release(&t->diagnostics);
	buf_release(&t->scenarios);
	buf_release(&t->projections);
}
