/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/review_mutants.h"

#include "engine/explain/plain.h"
#include "engine/explain/wording.h"
#include "engine/page/html.h"
#include "engine/trial/scenario_run.h"

static bool is_touched(const struct touched *t, const struct mutant *m)
{
	return t->blocks[m->block] || (m->param != NONE && t->params[m->param]);
}

static bool *passing(const struct rulebook *rb, struct arena *a)
{
	bool *is = arena_array(a, rb->nscenarios + 1u, sizeof(*is));
	for (uint32_t i = 0; i < rb->nscenarios; i++) {
		struct scenario_result r;
		scenario_run(rb, &rb->scenarios[i], (struct scenario_options){0}, &r);
		is[i] = r.verdict == VERDICT_PASSED;
		scenario_result_release(&r);
	}
	return is;
}

static void try_one(struct review_mutants *m, const struct mutant *x, const bool *passing)
{
	m->tried++;
	mutant_apply(x);
	if (!mutant_noticed(m->by.changed, passing))
		*vec_push(&m->lived) = *x;
	mutant_undo(x);
}

void review_mutants_find(struct review_mutants *m, struct loaded *l, const struct touched *t)
{
	*m = (struct review_mutants){0};
	if (!suggest_begin(&m->by, l))
		return;
	const bool *pass = passing(m->by.changed, &m->by.arena);
	mutants_find(&m->all, m->by.changed);
	for (size_t i = 0; i < m->all.n; i++) {
		if (!is_touched(t, &m->all.at[i]))
			continue;
		m->of++;
		if (m->tried < REVIEW_MUTANTS_MOST)
			try_one(m, &m->all.at[i], pass);
	}
}

void review_mutants_release(struct review_mutants *m)
{
	vec_release(&m->lived);
	mutants_release(&m->all);
	suggest_end(&m->by);
}

/* ---- words ---- */

static void row(struct buf *b, const struct rulebook *rb, const struct mutant *m)
{
	struct buf text = {0};
	html_row(b);
	plain_block(&text, rb, &rb->blocks[m->block]);
	html_cell(b, buf_view(&text));
	html_cell(b, m->was);
	html_cell(b, m->now);
	buf_clear(&text);
	place_words(&text, rb, m->span);
	html_cell(b, buf_view(&text));
	buf_release(&text);
}

static void table(struct buf *b, const struct review_mutants *m)
{
	static const struct html_column columns[] = {{"provision", false},
						     {"as it is", false},
						     {"the small change", false},
						     {"in the policy", false}};
	html_table(b, columns, 4);
	for (size_t i = 0; i < m->lived.n; i++)
		row(b, m->by.changed, &m->lived.at[i]);
	html_table_end(b);
}

void review_mutants_html(struct buf *b, const struct review_mutants m[2])
{
	html_section_at(b, STR("small-changes"), STR("Would a small mistake be noticed?"));
	html_p(b,
	       "What the change touches was changed a little, one thing at a time: a threshold, a "
	       "comparison, an amount, a period, where a row of a table ends, a condition left "
	       "out. Where no scenario fails "
	       "then, a mistake of that size would go unseen, too.");
	for (int side = 0; side < 2; side++)
		if (m[side].of)
			html_p(b,
			       "%s the change: %zu of %zu such small changes are noticed by a "
			       "scenario.",
			       side ? "After" : "Before", m[side].tried - m[side].lived.n,
			       m[side].tried);
	if (!m[1].of)
		html_p(b, "There is nothing of that kind in what it touches.");
	if (m[1].tried < m[1].of)
		html_note(b, "%zu more were not tried.", m[1].of - m[1].tried);
	if (m[1].lived.n) {
		html_p(b, "Not noticed after the change:");
		table(b, &m[1]);
	}
}
