/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/history.h"

#include "engine/trial/scenario_run.h"

#define FILE_NAME "waymark_history.way"

void history_scenario(struct buf *b, const char *label, size_t number, struct str what,
		      struct str county, const struct witness *w, int expected)
{
	buf_fmt(b, "scenario \"%s %zu: ", label, number);
	for (size_t i = 0; i < what.len; i++)
		if (what.p[i] != '"' && what.p[i] != '`')
			buf_char(b, what.p[i]);
	buf_str(b, STR("\" in "));
	buf_str(b, county);
	buf_char(b, '\n');
	buf_str(b, w->history);
	struct str lines = w->came[expected];
	size_t start = 0;
	for (size_t i = 0; i < lines.len; i++) {
		if (lines.p[i] != '\n')
			continue;
		buf_str(b, STR("    expect "));
		buf_bytes(b, lines.p + start, i - start + 1);
		start = i + 1;
	}
	buf_char(b, '\n');
}

/* The rulebook with one scenario more, and nothing else to run. */
static struct rulebook *with_scenario(struct loaded *l, struct str scenario, struct arena *a)
{
	struct compile_env env = load_env(l);
	struct source *sources = arena_array(a, l->n + 1, sizeof(*sources));
	struct diag_list diags;
	struct rulebook *rb = NULL;
	for (size_t i = 0; i < l->n; i++)
		sources[i] = l->sources[i];
	sources[l->n] = (struct source){STR(FILE_NAME), scenario};
	diag_init(&diags, a);
	if (compile_unchecked(sources, l->n + 1, &env, &diags, &rb))
		rb = NULL;
	diag_release(&diags);
	return rb;
}

static enum scenario_verdict play(const struct rulebook *rb, struct coverage *coverage)
{
	enum scenario_verdict verdict = VERDICT_TODO;
	for (uint32_t i = 0; i < rb->nscenarios; i++) {
		const struct scenario *sc = &rb->scenarios[i];
		struct scenario_result r;
		if (!str_eq(rb->sources[sc->span.source].name, STR(FILE_NAME)))
			continue;
		scenario_run(rb, sc, (struct scenario_options){.coverage = coverage}, &r);
		verdict = r.verdict;
		scenario_result_release(&r);
	}
	return verdict;
}

bool history_reproduced(struct loaded *old, struct loaded *new, struct str scenario)
{
	struct arena a = {0};
	struct rulebook *before = old ? with_scenario(old, scenario, &a) : NULL;
	struct rulebook *after = with_scenario(new, scenario, &a);
	bool shown = after && play(after, NULL) == VERDICT_PASSED &&
		     (!before || play(before, NULL) == VERDICT_FAILED);
	rulebook_unref(before);
	rulebook_unref(after);
	arena_release(&a);
	return shown;
}

/* One scenario more moves no point. */
bool history_covers(struct loaded *l, struct str scenario, size_t point)
{
	struct arena a = {0};
	struct rulebook *rb = with_scenario(l, scenario, &a);
	struct coverage *c = rb ? coverage_new(rb) : NULL;
	bool shown = c && play(rb, c) == VERDICT_PASSED && coverage_seen(c, point) > 0;
	coverage_free(c);
	rulebook_unref(rb);
	arena_release(&a);
	return shown;
}
