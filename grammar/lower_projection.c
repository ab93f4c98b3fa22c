/* SPDX-License-Identifier: Apache-2.0
 *
 * Projections: cohorts and what happens to them. Everything that a line of a scenario says is
 * lowered as there.
 */
#include "grammar/lower_scene.h"

#include "engine/base/limits.h"
#include "engine/policy/projection.h"

#include <stdlib.h>

struct making {
	struct scene s;
	struct projection *out;
	uint64_t members; /* of all cohorts so far */
};

/* ---- how many ---- */

static bool cohort_size(struct making *m, const struct ast_cohort *c, uint32_t *n)
{
	struct book *b = m->s.b;
	int64_t v = c->n->value.i;
	if (v < 1) {
		help(b, fault(b, W_COHORT, c->n->span, "a cohort of nobody"), "write at least 1");
		return false;
	}
	if ((uint64_t)v > LIMIT_MEMBERS - m->members) {
		help(b,
		     fault(b, W_TOO_MANY, c->n->span,
			   "the cohorts of a projection have at most %u members together",
			   LIMIT_MEMBERS),
		     "project a share of them, and say so in the title");
		return false;
	}
	m->members += (uint64_t)v;
	*n = (uint32_t)v;
	return true;
}

/* The span of `75% of them` up to its sign. */
static struct str percent_of(const struct book *b, struct span span)
{
	struct str s = span_text(b, span);
	size_t n = 0;
	while (n < s.len && s.p[n] != '%')
		n++;
	return (struct str){s.p, n < s.len ? n + 1 : n};
}

/* `75% of them` must be a whole number of them. */
static bool share_size(struct making *m, const struct ast_members *s, uint32_t all, uint64_t *n)
{
	struct book *b = m->s.b;
	*n = all;
	if (!s->n)
		return true;
	*n = (uint64_t)s->n->value.i;
	if (s->n->value.kind != TYPE_PERCENT)
		return true;
	if (*n > PERCENT_ONE) {
		*n = (uint64_t)all + 1; /* more than there are: told by the caller */
		return true;
	}
	*n *= all;
	if (*n % PERCENT_ONE) {
		help(b,
		     fault(b, W_COHORT, s->span, STR_FMT " of %u is no whole number",
			   STR_ARG(percent_of(b, s->n->span)), all),
		     "write how many it is, such as `7 of them`");
		return false;
	}
	*n /= PERCENT_ONE;
	return true;
}

/* The first ones, or with `another` those behind the ones of the line before. */
static bool lower_members(struct making *m, const struct ast_members *s, uint32_t all,
			  uint32_t behind, struct projection_line *out)
{
	struct book *b = m->s.b;
	uint64_t n, left = all - (s->another ? behind : 0);
	if (!share_size(m, s, all, &n))
		return false;
	out->first = s->another ? behind : 0;
	out->n = (uint32_t)(n <= left ? n : 0);
	if (n >= 1 && n <= left)
		return true;
	struct diag *d = fault(b, W_COHORT, s->span,
			       n ? "the cohort has only %llu %smembers"
				 : "this happens to nobody; the cohort has %llu %smembers",
			       (unsigned long long)left, s->another ? "more " : "");
	help(b, d, "write a number from 1 to %llu", (unsigned long long)left);
	return false;
}

/* ---- lines ---- */

static void lower_line(struct making *m, uint16_t cohort, const struct ast_member_line *l,
		       uint32_t behind)
{
	struct book *b = m->s.b;
	struct projection_line *out = &m->out->lines[m->out->nlines];
	uint16_t given = (uint16_t)(m->out->cohorts[cohort].one - m->out->base.given);
	uint16_t kind = m->out->base.given[given].kind;
	*out = (struct projection_line){.cohort = cohort};
	out->line = (struct scenario_line){
	    .day = l->line.day, .minute = l->line.minute, .event = NONE, .given = given};
	out->line.span = l->line.span;
	scene_order(&m->s, &l->line);
	bool fine = lower_members(m, &l->share, m->out->cohorts[cohort].n, behind, out);
	out->line.event = resolve_event(b, &l->line.event);
	if (out->line.event == NONE || kind == NONE)
		return;
	if (out->line.event < EVENT_BUILTINS) {
		help(b,
		     fault(b, W_COHORT, l->line.event.span,
			   "`" STR_FMT "` is about one outcome, not about many cases",
			   STR_ARG(l->line.event.s)),
		     "test it in a scenario; a projection speaks of what is reported of cases");
		return;
	}
	if (!event_reaches(b, out->line.event, kind, &l->line.event))
		return;
	scene_fields(&m->s, &l->line, &out->line);
	m->out->nlines += fine;
}

static void lower_cohort_lines(struct making *m, uint16_t i, const struct ast_cohort *c)
{
	uint32_t behind = 0;
	m->s.last = INT64_MIN;
	for (const struct ast_member_line *l = c->lines; l; l = l->next) {
		uint16_t at = m->out->nlines;
		lower_line(m, i, l, behind);
		if (m->out->nlines > at)
			behind = m->out->lines[at].first + m->out->lines[at].n;
	}
}

static int64_t line_minute(const struct projection_line *l)
{
	return (int64_t)l->line.day * 1440 + (l->line.minute < 0 ? 720 : l->line.minute);
}

static int by_time(const void *a, const void *b)
{
	const struct projection_line *x = a, *y = b;
	int64_t t = line_minute(x), u = line_minute(y);
	if (t != u)
		return t < u ? -1 : 1;
	return (x->line.span.off > y->line.span.off) - (x->line.span.off < y->line.span.off);
}

/* ---- cohorts ---- */

static bool lower_cohorts(struct making *m)
{
	struct book *b = m->s.b;
	uint16_t n = 0, lines = 0;
	bool fine = true;
	for (const struct ast_cohort *c = m->s.decl->cohorts; c; c = c->next) {
		fine = fine && resolve_room(b, n++, LIMIT_LINES, c->one.span, "cohorts");
		for (const struct ast_member_line *l = c->lines; l; l = l->next)
			fine = fine && resolve_room(b, lines++, LIMIT_LINES, l->line.span,
						    "lines in one projection");
	}
	if (!n && !m->s.decl->broken) {
		help(b, fault(b, W_COHORT, m->s.decl->span, "the projection is about nobody"),
		     "write `cohort 100 of KIND`, and below it what happens to them");
		return false;
	}
	if (!fine)
		return false;
	m->out->cohorts = arena_array(&b->rb->arena, n, sizeof(*m->out->cohorts));
	m->out->lines = arena_array(&b->rb->arena, lines, sizeof(*m->out->lines));
	for (const struct ast_cohort *c = m->s.decl->cohorts; c; c = c->next) {
		struct cohort *out = &m->out->cohorts[m->out->ncohorts++];
		out->one = scene_one_more(&m->s, &c->one);
		if (cohort_size(m, c, &out->n) && out->one->kind != NONE)
			lower_cohort_lines(m, (uint16_t)(m->out->ncohorts - 1), c);
		else
			fine = false;
	}
	if (m->out->nlines)
		qsort(m->out->lines, m->out->nlines, sizeof(*m->out->lines), by_time);
	return fine;
}

static void lower_until(struct making *m)
{
	struct book *b = m->s.b;
	int32_t last = m->out->nlines ? m->out->lines[m->out->nlines - 1].line.day : DAY_MIN;
	m->out->until = m->s.decl->until == DAY_MIN ? last : m->s.decl->until;
	if (m->out->until < last)
		help(b,
		     fault(b, W_LINE_ORDER, m->s.decl->until_span,
			   "the projection ends before its last line"),
		     "write a later day");
}

/* ---- totals ---- */

static bool adopted(const struct making *m, uint16_t program)
{
	const struct county *c = &m->s.b->rb->counties[m->out->base.county];
	for (uint16_t i = 0; i < c->nadopts; i++)
		if (c->adopts[i].program == program)
			return true;
	return false;
}

/* A block of an adopted program; a schedule, or whatever it is. */
static uint32_t find_block(struct making *m, const struct ast_word *w, bool schedule)
{
	struct book *b = m->s.b;
	struct suggestion near;
	suggest_init(b, &near, w->s);
	for (size_t i = 0; i < b->bodies.n; i++) {
		const struct body *of = &b->bodies.at[i];
		enum block_kind kind = b->rb->blocks[i].kind;
		if (of->county != NONE || !adopted(m, of->program) ||
		    (schedule && kind != BLOCK_SCHEDULE))
			continue;
		if (str_eq(of->name, w->s)) {
			name_used(b, w, of->name);
			return (uint32_t)i;
		}
		suggest_try(&near, of->name);
	}
	if (!county_is_whole(b, m->out->base.county))
		return NO_BODY;
	struct diag *d = fault(b, W_UNKNOWN_NAME, w->span,
			       "no program that this county adopts has a %s `" STR_FMT "`",
			       schedule ? "schedule" : "block", STR_ARG(w->s));
	suggest_help(b, d, &near, schedule ? "a schedule" : "a block");
	return NO_BODY;
}

static uint32_t wide(uint16_t i)
{
	return i == NONE ? NO_BODY : i;
}

static bool lower_total(struct making *m, const struct ast_expect *e, struct total *out)
{
	struct book *b = m->s.b;
	struct ast_expect like = *e;
	uint32_t body;
	*out = (struct total){.span = e->span, .n = e->amount->value.i};
	switch (e->form) {
	case FORM_PAID_FROM:
		out->kind = TOTAL_PAID_FROM;
		out->index = wide(resolve_fund(b, &e->name));
		break;
	case FORM_PAID_UNDER:
		out->kind = TOTAL_PAID_UNDER;
		body = find_block(m, &e->name, true);
		out->index = body == NO_BODY ? NO_BODY : b->rb->blocks[body].detail;
		break;
	case FORM_PAID_BY:
		out->kind = TOTAL_PAID_BY;
		out->index = find_block(m, &e->name, false);
		break;
	case FORM_ASSESSED_AS:
		out->kind = TOTAL_ASSESSED_AS;
		out->index = wide(resolve_line(b, &e->name));
		break;
	case FORM_UNFUNDED:
		out->kind = TOTAL_UNFUNDED;
		out->index = NONE;
		if (word_given(&e->name))
			out->index = wide(resolve_fund(b, &e->name));
		break;
	case FORM_COUNT:
		out->kind = TOTAL_COUNT;
		like.form = FORM_ACTION;
		return lower_expect(&m->s, &like, &out->like);
	case FORM_NOTHING:
	case FORM_AMONG_OTHERS:
	case FORM_ACTION:
	case FORM_OWED:
	case FORM_LEFT:
	case FORM_FACT:
	case FORM_STEP:
	case FORM_SHARE:
	case FORM_REFUSED:
		return false;
	}
	return out->index != NO_BODY;
}

static void lower_totals(struct making *m)
{
	struct book *b = m->s.b;
	uint16_t n = 0;
	for (const struct ast_expect *e = m->s.decl->totals; e; e = e->next)
		if (resolve_room(b, n, LIMIT_LINES, e->span, "expectations of one projection"))
			n++;
	m->out->totals = arena_array(&b->rb->arena, n, sizeof(*m->out->totals));
	for (const struct ast_expect *e = m->s.decl->totals; e && n; e = e->next, n--)
		m->out->ntotals += lower_total(m, e, &m->out->totals[m->out->ntotals]);
}

/* ---- assumptions ---- */

static bool is_assumed(const struct projection *p, uint16_t param)
{
	for (uint16_t i = 0; i < p->nassumed; i++)
		if (p->assumed[i] == param)
			return true;
	return false;
}

static void assume(struct making *m, const struct ast_pair *p, struct dated_list *values)
{
	struct book *b = m->s.b;
	uint16_t param;
	struct dated *value = arena_alloc(&b->rb->arena, sizeof(*value));
	if (!param_assumed(b, m->out->base.county, p, &param, value))
		return;
	if (is_assumed(m->out, param)) {
		help(b,
		     fault(b, W_DEFINED_TWICE, p->span, "`" STR_FMT "` is assumed twice",
			   STR_ARG(p->name.s)),
		     "write another projection for the other value");
		return;
	}
	values[param] = (struct dated_list){value, 1};
	m->out->assumed[m->out->nassumed++] = param;
}

/* The county's values, but for what is assumed. */
static void lower_assumed(struct making *m)
{
	struct rulebook *rb = m->s.b->rb;
	if (!m->s.decl->assumed)
		return;
	struct dated_list *values = arena_array(&rb->arena, rb->nparams, sizeof(*values));
	memcpy(values, rb->counties[m->out->base.county].values, rb->nparams * sizeof(*values));
	m->out->assumed = arena_array(&rb->arena, rb->nparams, sizeof(*m->out->assumed));
	for (const struct ast_pair *p = m->s.decl->assumed; p; p = p->next)
		assume(m, p, values);
	m->out->values = values;
}

/* ---- all ---- */

static bool told_twice(struct book *b, const struct ast_decl *d)
{
	for (uint32_t i = 0; i < b->rb->nprojections; i++) {
		const struct projection *p = &b->rb->projections[i];
		if (!str_eq(p->name, d->name.s))
			continue;
		struct diag *g =
		    fault(b, W_DEFINED_TWICE, d->name.span,
			  "the projection `" STR_FMT "` is defined twice", STR_ARG(d->name.s));
		help(b, g, "give this one another name");
		diag_also(b->diags, g, p->span, "first defined here");
		return true;
	}
	return false;
}

static bool lower_one(struct book *b, const struct ast_decl *d, struct projection *out)
{
	struct making m = {.out = out};
	*out = (struct projection){.name = d->name.s, .span = d->span};
	out->base = (struct scenario){.title = d->title.s, .span = d->span};
	if (told_twice(b, d))
		return false;
	out->base.county = resolve_county(b, &d->county);
	if (out->base.county == NONE)
		return false;
	m.s = (struct scene){
	    .b = b, .decl = d, .out = &out->base, .subject = NONE, .last = INT64_MIN};
	size_t more = 0;
	for (const struct ast_cohort *c = d->cohorts; c; c = c->next)
		more++;
	lower_assumed(&m);
	scene_givens(&m.s, more);
	if (lower_cohorts(&m))
		lower_until(&m);
	if (out->nlines) { /* by its day it is settled what a fund has left */
		out->base.lines = &out->lines[0].line;
		out->base.nlines = 1;
	}
	lower_given_funds(&m.s);
	lower_totals(&m);
	map_release(&m.s.ids);
	return true;
}

void lower_projections(struct book *b)
{
	struct rulebook *rb = b->rb;
	rb->projections = arena_array(&rb->arena, b->projections.n, sizeof(*rb->projections));
	for (size_t i = 0; i < b->projections.n; i++)
		rb->nprojections +=
		    lower_one(b, b->projections.at[i], &rb->projections[rb->nprojections]);
}
