/* SPDX-License-Identifier: Apache-2.0
 *
 * What a line of a scenario expects against what came. Expectations and outcomes are paired as a
 * matching in a bipartite graph, so that an expectation that says little does not take the outcome
 * of one that says more.
 */
#include "engine/explain/explain.h"
#include "engine/trial/scenario_internal.h"
#include "engine/decide/share.h"

#include <assert.h>

#define UNMATCHED SIZE_MAX
#define WHY_MOST  12

struct check {
	struct scenario_run *run;
	const struct scenario_line *line;
	struct scenario_failure failure;
	bool failed;
	size_t *outcome_of; /* by expectation: index of the outcome paired with it, or UNMATCHED */
	size_t *expect_of;  /* by outcome of the line, counted from run->line_first */
	bool *tried;
	size_t n; /* outcomes of the line */
};

/* ---- one expectation and one outcome ---- */

static bool fits_name(const struct expect *e, const struct outcome *o)
{
	return (!e->to.len || str_eq(e->to, o->to)) && (e->fund == NONE || e->fund == o->fund) &&
	       (e->name == NONE || e->name == o->name) &&
	       (e->schedule == NONE || e->schedule == o->schedule) &&
	       (!e->text.len || str_eq(e->text, o->text));
}

static bool fits_set(const struct expect *e, const struct outcome *o)
{
	return e->action != ACTION_SET || (e->fact == o->fact && value_eq(e->value, o->value));
}

static bool is_due(const struct outcome *o, int32_t day)
{
	return o->due == day || (o->due == DAY_NONE && o->first == day);
}

bool expect_fits(const struct expect *e, const struct outcome *o)
{
	if (e->action != o->action || e->taken_back != o->reversal || e->may != o->proposal ||
	    e->unfunded != o->unfunded || e->waiting != o->waiting || outcome_withheld(o))
		return false;
	if (e->has_amount && (!o->has_amount || e->cents != o->cents))
		return false;
	if (e->due != DAY_NONE && !is_due(o, e->due))
		return false;
	if (e->times && e->times != o->times)
		return false;
	if (e->urgent && !o->urgent)
		return false;
	return fits_name(e, o) && fits_set(e, o);
}

/* The same action, and for the same thing as far as both say. */
static bool is_like(const struct expect *e, const struct outcome *o)
{
	return e->action == o->action && e->taken_back == o->reversal &&
	       (e->name == NONE || e->name == o->name) &&
	       (e->schedule == NONE || e->schedule == o->schedule) &&
	       (e->action != ACTION_SET || e->fact == o->fact) &&
	       (e->action != ACTION_BROKEN || !e->text.len || str_eq(e->text, o->text));
}

/* ---- the matching ---- */

static bool is_wanted(const struct expect *e)
{
	return e->kind == EXPECT_OUTCOME && !e->no;
}

static const struct outcome *came(const struct check *c, size_t i)
{
	return &c->run->all.at[c->run->line_first + i];
}

static bool pair_up(struct check *c, size_t expect)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->tried[i] || !expect_fits(&c->line->expects[expect], came(c, i)))
			continue;
		c->tried[i] = true;
		if (c->expect_of[i] != UNMATCHED && !pair_up(c, c->expect_of[i]))
			continue;
		c->expect_of[i] = expect;
		c->outcome_of[expect] = i;
		return true;
	}
	return false;
}

static void match(struct check *c)
{
	struct arena *a = &c->run->result->arena;
	c->outcome_of = arena_array(a, c->line->nexpects, sizeof(*c->outcome_of));
	c->expect_of = arena_array(a, c->n, sizeof(*c->expect_of));
	c->tried = arena_array(a, c->n, sizeof(*c->tried));
	for (size_t i = 0; i < c->n; i++)
		c->expect_of[i] = UNMATCHED;
	for (size_t e = 0; e < c->line->nexpects; e++) {
		c->outcome_of[e] = UNMATCHED;
		if (!is_wanted(&c->line->expects[e]))
			continue;
		if (c->n)
			memset(c->tried, 0, c->n * sizeof(*c->tried));
		pair_up(c, e);
	}
}

/* ---- rows and reasons ---- */

static struct str kept(struct check *c, struct buf *b)
{
	struct str s = arena_str(&c->run->result->arena, buf_view(b));
	buf_release(b);
	return s;
}

static struct str expect_words(struct check *c, const struct expect *e)
{
	struct buf b = {0};
	source_words(&b, c->run->rb, e->span);
	struct str s = kept(c, &b);
	if (str_starts(s, STR("expect ")))
		s = (struct str){s.p + 7, s.len - 7};
	return s;
}

static struct wording wording_of(const struct check *c)
{
	return (struct wording){c->run->rb, true};
}

static struct str outcome_text(struct check *c, const struct outcome *o)
{
	struct buf b = {0};
	struct wording w = wording_of(c);
	outcome_words(&b, &w, o);
	return kept(c, &b);
}

static void add_row(struct check *c, enum row_mark mark, const struct expect *e, struct str actual)
{
	struct scenario_row row = {.mark = mark, .actual = actual};
	if (e) {
		row.expect = e->span;
		row.expected = expect_words(c, e);
	}
	*vec_push(&c->failure.rows) = row;
	c->failed |= mark != ROW_MET;
}

static void add_why(struct check *c, struct buf *b)
{
	struct str s = kept(c, b);
	for (size_t i = 0; i < c->failure.why.n; i++)
		if (str_eq(c->failure.why.at[i], s))
			return;
	if (c->failure.why.n < WHY_MOST)
		*vec_push(&c->failure.why) = s;
}

/* ---- why something did not happen ---- */

static bool names_party(const struct check *c, const struct action *a, struct str to)
{
	return !to.len || a->to.kind != TARGET_PARTY ||
	       str_eq(c->run->rb->parties[a->to.index].name, to);
}

static bool action_could_bring(const struct check *c, const struct action *a,
			       const struct expect *e)
{
	if (e->action == ACTION_PAY && a->kind == ACTION_START)
		return true; /* the payments of a schedule */
	return a->kind == e->action && (e->name == NONE || a->name == e->name) &&
	       (e->schedule == NONE || a->schedule == e->schedule) &&
	       (e->action != ACTION_SET || a->fact == e->fact) && names_party(c, a, e->to);
}

static bool could_bring(const struct check *c, const struct part *p, const struct expect *e)
{
	const struct action *a;
	uint16_t kind = c->run->rb->blocks[p->block].case_kind;
	if (e->kind == EXPECT_STEP && (p->role == PART_STEP || p->role == PART_OVERDUE) &&
	    p->escalation == e->escalation && p->step == e->step)
		return true;
	if (e->kind == EXPECT_OUTCOME && e->action == ACTION_STOP && p->role == PART_STOPS)
		return e->schedule == NONE || p->schedule == e->schedule;
	if (e->kind == EXPECT_OUTCOME && e->action == ACTION_BROKEN)
		return p->role == PART_PROMISE;
	for (uint16_t i = 0; (a = part_action(p, i)); i++) {
		if (e->kind == EXPECT_FACT && a->kind == ACTION_SET && a->fact == e->fact &&
		    kind == c->run->scenario->given[e->given].kind)
			return true;
		if (e->kind == EXPECT_STEP && a->kind == ACTION_ENTER &&
		    a->escalation == e->escalation && a->step == e->step)
			return true;
		if (e->kind == EXPECT_OUTCOME && action_could_bring(c, a, e))
			return true;
	}
	return false;
}

/* What was seen since the line before, to be read as one trace. */
static struct trace seen_trace(const struct check *c)
{
	return (struct trace){.entries = {c->run->seen.at, c->run->seen.n, c->run->seen.n}};
}

static size_t explain_considered_parts(struct check *c, const struct expect *e)
{
	struct trace t = seen_trace(c);
	struct wording w = wording_of(c);
	struct considered seen;
	size_t n = 0;
	for (size_t i = 0; reading_next(&t, &i, &seen);) {
		if (seen.what != SUBJECT_PART || !could_bring(c, &c->run->rb->parts[seen.index], e))
			continue;
		n++;
		if (seen.result == RESULT_APPLIES)
			continue;
		struct buf b = {0};
		explain_considered(&b, &w, &seen);
		add_why(c, &b);
	}
	return n;
}

/* No event of the line touched a provision that could bring it about: say which ones could. */
static void explain_untouched(struct check *c, const struct expect *e)
{
	const struct rulebook *rb = c->run->rb;
	size_t found = 0;
	for (uint32_t i = 0; i < rb->nparts; i++) {
		const struct part *p = &rb->parts[i];
		uint16_t county = rb->blocks[p->block].county;
		if ((county != NONE && county != c->run->scenario->county) || !could_bring(c, p, e))
			continue;
		struct buf b = {0};
		part_words(&b, rb, i);
		if (p->role == PART_OVERDUE)
			buf_str(&b, STR(" waits for a period without "));
		else
			buf_str(&b, STR(" waits for "));
		buf_str(&b, rb->events[p->event].name);
		buf_str(&b, STR(" — "));
		place_words(&b, rb, p->span);
		add_why(c, &b);
		found++;
	}
	if (found)
		return;
	struct buf b = {0};
	buf_str(&b, STR("no provision brings about `"));
	buf_str(&b, expect_words(c, e));
	buf_char(&b, '`');
	add_why(c, &b);
}

static void explain_missing(struct check *c, const struct expect *e)
{
	if (!explain_considered_parts(c, e))
		explain_untouched(c, e);
}

/* (minutes was 60, service was counselling) of the part's condition, when it was considered now */
static void seen_by(struct check *c, uint32_t part, struct buf *b)
{
	struct trace t = seen_trace(c);
	struct wording w = wording_of(c);
	struct considered seen;
	for (size_t i = 0; reading_next(&t, &i, &seen);) {
		if (seen.what != SUBJECT_PART || seen.index != part ||
		    seen.result != RESULT_APPLIES)
			continue;
		const struct condition *cond = condition_read(
		    &c->run->result->arena, reading_code(w.rb, &seen), seen.seen, seen.nseen);
		size_t before = b->len;
		buf_str(b, STR(" ("));
		size_t start = b->len;
		if (cond->root)
			operands_words(b, &w, &seen, cond->root);
		if (b->len == start)
			b->len = before;
		else
			buf_char(b, ')');
		return;
	}
}

static void explain_unexpected(struct check *c, const struct outcome *o)
{
	const struct rulebook *rb = c->run->rb;
	struct buf b = {0};
	struct wording w = wording_of(c);
	outcome_words(&b, &w, o);
	buf_str(&b, STR(" comes from "));
	part_words(&b, rb, o->part);
	seen_by(c, o->part, &b);
	buf_str(&b, STR(" — "));
	place_words(&b, rb, rb->parts[o->part].span);
	add_why(c, &b);
}

/* ---- the kinds of expectation ---- */

static void check_outcome(struct check *c, size_t i)
{
	const struct expect *e = &c->line->expects[i];
	if (c->outcome_of[i] != UNMATCHED) {
		add_row(c, ROW_MET, e, outcome_text(c, came(c, c->outcome_of[i])));
		return;
	}
	for (size_t o = 0; o < c->n; o++) {
		if (c->expect_of[o] != UNMATCHED || !is_like(e, came(c, o)))
			continue;
		c->expect_of[o] = i;
		add_row(c, ROW_DIFFERENT, e, outcome_text(c, came(c, o)));
		return;
	}
	add_row(c, ROW_MISSING, e, STR(""));
	explain_missing(c, e);
}

static void check_no(struct check *c, const struct expect *e)
{
	for (size_t i = 0; i < c->run->all.n; i++) {
		bool gone = c->run->gone.at[i] && !e->taken_back;
		if (gone || !expect_fits(e, &c->run->all.at[i]))
			continue;
		add_row(c, ROW_UNEXPECTED, e, outcome_text(c, &c->run->all.at[i]));
		explain_unexpected(c, &c->run->all.at[i]);
		return;
	}
	add_row(c, ROW_MET, e, STR(""));
}

static const struct case_state *whose(const struct check *c, const struct expect *e)
{
	const struct case_state *cs =
	    stream_case(&c->run->stream, c->run->scenario->given[e->given].id);
	assert(cs); /* every given case is put in before the first line */
	return cs;
}

static void check_owed(struct check *c, const struct expect *e)
{
	struct buf b = {0};
	int64_t owed = case_balance(whose(c, e));
	buf_str(&b, STR("owed "));
	money_text(&b, owed);
	add_row(c, owed == e->cents ? ROW_MET : ROW_DIFFERENT, e, kept(c, &b));
}

/* What is left at the end of the line, in the year in which it falls. */
static void check_left(struct check *c, const struct expect *e)
{
	const struct rulebook *rb = c->run->rb;
	const struct budget *budget = fund_budget(rb, e->fund);
	uint16_t county = c->run->scenario->county;
	struct pot key = pot_key(rb, county, POT_FUND, e->fund, budget_year(budget, c->line->day));
	const struct pot *pot = pots_find(&c->run->stream.pots, &key);
	int64_t left = budget_on(rb, county, budget, c->line->day) -
		       (pot ? pot->reserved + pot->committed : 0);
	struct buf b = {0};
	buf_str(&b, STR("left in "));
	buf_str(&b, rb->funds[e->fund].name);
	buf_char(&b, ' ');
	money_text(&b, left);
	add_row(c, left == e->cents ? ROW_MET : ROW_DIFFERENT, e, kept(c, &b));
}

static void check_fact(struct check *c, const struct expect *e)
{
	const struct case_state *cs = whose(c, e);
	const struct fact *f = &c->run->rb->kinds[cs->kind].facts[e->fact];
	bool met = value_eq(e->value, cs->facts[e->fact]);
	struct buf b = {0};
	buf_str(&b, f->name);
	buf_str(&b, STR(" is "));
	policy_value_text(&b, c->run->rb, &f->type, cs->facts[e->fact]);
	add_row(c, met ? ROW_MET : ROW_DIFFERENT, e, kept(c, &b));
	if (!met)
		explain_considered_parts(c, e);
}

static void check_step(struct check *c, const struct expect *e)
{
	const struct escalation *esc = &c->run->rb->escalations[e->escalation];
	const struct position *p = case_position(whose(c, e), e->escalation);
	uint16_t step = p ? p->step : 0;
	struct buf b = {0};
	buf_str(&b, c->run->rb->blocks[esc->block].name);
	buf_str(&b, STR(" at "));
	buf_str(&b, step ? esc->steps[step - 1].name : STR("none"));
	add_row(c, step == e->step ? ROW_MET : ROW_DIFFERENT, e, kept(c, &b));
	if (step != e->step && e->step)
		explain_missing(c, e);
}

static void check_refused(struct check *c, const struct expect *e)
{
	struct str why = buf_view(&c->run->refused);
	struct buf b = {0};
	if (!why.len) {
		add_row(c, ROW_MISSING, e, STR("not refused"));
		return;
	}
	buf_str(&b, STR("refused \""));
	buf_str(&b, why);
	buf_char(&b, '"');
	add_row(c, str_contains(why, e->text) ? ROW_MET : ROW_DIFFERENT, e, kept(c, &b));
}

static bool has_actual(const struct check *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (!outcome_withheld(came(c, i)))
			return true;
	return false;
}

/* Who may see it at the end of the line; when it is not as expected, every reason is told. */
static void check_share(struct check *c, const struct expect *e)
{
	struct share_answer a;
	struct buf b = {0};
	struct coverage *coverage = c->run->options.coverage;
	struct trace asking = {.whole = true};
	struct decider *decider = &c->run->stream.decider;
	decider->trace = coverage ? &asking : NULL;
	share_decide(decider, whose(c, e), e->text, e->to, c->line->day, &a);
	decider->trace = &c->run->trace;
	bool met = (a.nreasons != 0) == e->no;
	if (coverage && a.share)
		coverage_asked(coverage, a.share, !a.nreasons, &asking);
	trace_release(&asking);
	buf_str(&b, a.nreasons ? STR("not shared: ") : STR("shared"));
	for (size_t i = 0; i < a.nreasons; i++) {
		buf_str(&b, i ? STR("; ") : STR(""));
		buf_str(&b, a.reasons[i]);
	}
	add_row(c, met ? ROW_MET : ROW_DIFFERENT, e, kept(c, &b));
}

static void check_one(struct check *c, size_t i)
{
	const struct expect *e = &c->line->expects[i];
	switch (e->kind) {
	case EXPECT_NOTHING:
		add_row(c, has_actual(c) ? ROW_DIFFERENT : ROW_MET, e,
			has_actual(c) ? STR("see below") : STR("nothing"));
		return;
	case EXPECT_OUTCOME:
		if (e->no)
			check_no(c, e);
		else
			check_outcome(c, i);
		return;
	case EXPECT_OWED:
		check_owed(c, e);
		return;
	case EXPECT_LEFT:
		check_left(c, e);
		return;
	case EXPECT_FACT:
		check_fact(c, e);
		return;
	case EXPECT_STEP:
		check_step(c, e);
		return;
	case EXPECT_SHARE:
		check_share(c, e);
		return;
	case EXPECT_REFUSED:
		check_refused(c, e);
		return;
	}
}

/* ---- the line ---- */

static bool lists_all(const struct scenario_line *line)
{
	for (uint16_t i = 0; i < line->nexpects; i++) {
		const struct expect *e = &line->expects[i];
		if (e->kind == EXPECT_NOTHING || e->kind == EXPECT_REFUSED || is_wanted(e))
			return !line->among_others;
	}
	return false;
}

static bool expects_refusal(const struct scenario_line *line)
{
	for (uint16_t i = 0; i < line->nexpects; i++)
		if (line->expects[i].kind == EXPECT_REFUSED)
			return true;
	return false;
}

static void check_unexpected(struct check *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->expect_of[i] != UNMATCHED || outcome_withheld(came(c, i)))
			continue;
		add_row(c, ROW_UNEXPECTED, NULL, outcome_text(c, came(c, i)));
		explain_unexpected(c, came(c, i));
	}
}

static void check_not_refused(struct check *c)
{
	struct buf b = {0};
	if (!c->run->refused.len || expects_refusal(c->line))
		return;
	buf_str(&b, STR("refused \""));
	buf_str(&b, buf_view(&c->run->refused));
	buf_char(&b, '"');
	add_row(c, ROW_UNEXPECTED, NULL, kept(c, &b));
}

void scenario_check(struct scenario_run *run, const struct scenario_line *line)
{
	struct check c = {
	    .run = run, .line = line, .failure = {.line = line}, .n = run->all.n - run->line_first};
	match(&c);
	for (size_t i = 0; i < line->nexpects; i++)
		check_one(&c, i);
	check_not_refused(&c);
	if (lists_all(line))
		check_unexpected(&c);
	if (c.failed) {
		*vec_push(&run->result->failures) = c.failure;
		return;
	}
	vec_release(&c.failure.rows);
	vec_release(&c.failure.why);
}
