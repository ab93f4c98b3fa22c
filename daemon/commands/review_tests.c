/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/review_tests.h"

#include "engine/trial/scenario_run.h"
#include "engine/page/html.h"

/* ---- what is written in a scenario ---- */

static void put_span(struct buf *b, const struct rulebook *rb, struct span s)
{
	buf_bytes(b, rb->sources[s.source].text.p + s.off, s.len);
	buf_char(b, '\n');
}

/* Its lines, without layout between them, comments and place. */
static void scenario_source(struct buf *b, const struct rulebook *rb, const struct scenario *sc)
{
	for (uint16_t i = 0; i < sc->ngiven; i++)
		put_span(b, rb, sc->given[i].span);
	for (uint16_t i = 0; i < sc->nfunds; i++)
		put_span(b, rb, sc->funds[i].span);
	for (uint16_t i = 0; i < sc->nlines; i++) {
		put_span(b, rb, sc->lines[i].span);
		for (uint16_t k = 0; k < sc->lines[i].nexpects; k++)
			put_span(b, rb, sc->lines[i].expects[k].span);
	}
}

static bool reads_the_same(const struct rulebook *old, const struct scenario *a,
			   const struct rulebook *new, const struct scenario *b)
{
	struct buf x = {0}, y = {0};
	scenario_source(&x, old, a);
	scenario_source(&y, new, b);
	bool same = a->todo == b->todo && str_eq(buf_view(&x), buf_view(&y));
	buf_release(&x);
	buf_release(&y);
	return same;
}

static const struct scenario *counterpart(const struct rulebook *of, const struct rulebook *in,
					  const struct scenario *sc)
{
	for (uint32_t i = 0; i < in->nscenarios; i++) {
		const struct scenario *x = &in->scenarios[i];
		if (str_eq(x->title, sc->title) &&
		    str_eq(in->counties[x->county].name, of->counties[sc->county].name))
			return x;
	}
	return NULL;
}

static void note(struct review_tests *t, enum scenario_change change, const struct rulebook *rb,
		 const struct scenario *sc)
{
	*vec_push(&t->changed) =
	    (struct changed_scenario){change, sc->title, rb->counties[sc->county].name};
}

static void compare(struct review_tests *t, const struct rulebook *old, const struct rulebook *new)
{
	for (uint32_t i = 0; i < new->nscenarios; i++) {
		const struct scenario *sc = &new->scenarios[i], *was = counterpart(new, old, sc);
		if (!was)
			note(t, SCENARIO_ADDED, new, sc);
		else if (!reads_the_same(old, was, new, sc))
			note(t, SCENARIO_CHANGED, new, sc);
		else
			t->same++;
	}
	for (uint32_t i = 0; i < old->nscenarios; i++)
		if (!counterpart(old, new, &old->scenarios[i]))
			note(t, SCENARIO_REMOVED, old, &old->scenarios[i]);
}

/* ---- whether they hold ---- */

static void run(struct review_tests *t, const struct rulebook *rb)
{
	t->coverage = coverage_new(rb);
	for (uint32_t i = 0; i < rb->nscenarios; i++) {
		struct scenario_result r;
		struct scenario_options options = {.coverage = t->coverage};
		scenario_run(rb, &rb->scenarios[i], options, &r);
		t->passed += r.verdict == VERDICT_PASSED;
		t->failed += r.verdict == VERDICT_FAILED;
		t->todo += r.verdict == VERDICT_TODO;
		scenario_text(&t->failures, rb, &r);
		scenario_result_release(&r);
	}
}

void review_tests_find(struct review_tests *t, const struct rulebook *old,
		       const struct rulebook *new)
{
	*t = (struct review_tests){0};
	compare(t, old, new);
	run(t, new);
}

void review_tests_release(struct review_tests *t)
{
	coverage_free(t->coverage);
	vec_release(&t->changed);
	buf_release(&t->failures);
}

/* ---- words ---- */

static void changed_table(struct buf *b, const struct review_tests *t)
{
	static const struct html_column columns[] = {
	    {"scenario", false}, {"county", false}, {"is", false}};
	static const struct str words[] = {[SCENARIO_ADDED] = STR_INIT("new"),
					   [SCENARIO_REMOVED] = STR_INIT("taken out"),
					   [SCENARIO_CHANGED] = STR_INIT("written differently")};
	html_table(b, columns, 3);
	for (size_t i = 0; i < t->changed.n; i++) {
		html_row(b);
		html_cell(b, t->changed.at[i].title);
		html_cell(b, t->changed.at[i].county);
		html_cell(b, words[t->changed.at[i].change]);
	}
	html_table_end(b);
}

static void scenarios(struct buf *b, const struct review_tests *t)
{
	html_section(b, STR("The scenarios"));
	html_p(b, "%zu scenarios hold after the change, %zu do not%s.", t->passed, t->failed,
	       t->todo ? ", others are marked to do" : "");
	if (t->failed)
		html_pre(b, buf_view(&t->failures));
	if (!t->changed.n) {
		html_p(b,
		       "None was added, taken out or written differently along with the change.");
		return;
	}
	html_p(b,
	       "A scenario that is written differently holds after the change because somebody "
	       "decided that something else is right. These were touched along with it; %zu were "
	       "not.",
	       t->same);
	changed_table(b, t);
}

void review_tests_html(struct buf *b, const struct review_tests *t, const bool *touched)
{
	scenarios(b, t);
	coverage_html_of(b, t->coverage, touched);
}
