/* SPDX-License-Identifier: Apache-2.0
 *
 * Projections: cohorts and what happens to them. Everything that a line of a scenario says is
 * lowered as there.
 */
#include "grammar/lower_scene.h"

#include "engine/base/limits.h"
#include "engine/policy/projection.h"

#include <stdlib.h>

#define CORNERS (1u << LIMIT_RANGES)

struct making {
	struct scene s;
	struct projection *out;
	uint64_t members;             /* of all cohorts so far, at the most */
	const struct span *bare;      /* a range that does not say what is likely */
	const struct span *wordy;     /* one that does */
	uint32_t behind[CORNERS + 1]; /* whom the line before reached: at each corner of the ranges
					 so far, and with what is likely */
};

/* ---- ranges ---- */

static bool ends_agree(struct book *b, const struct ast_expr *e)
{
	const struct ast_expr *low = e->a, *high = e->b, *likely = e->list;
	if (low->value.kind != high->value.kind ||
	    (likely && likely->value.kind != low->value.kind)) {
		help(b, fault(b, W_BETWEEN, e->span, "the ends of this range are not of one kind"),
		     "write both as numbers or both with `%%`");
		return false;
	}
	if (low->value.i >= high->value.i) {
		help(
		    b,
		    fault(b, W_BETWEEN, e->span, "a range goes from a lower value to a higher one"),
		    "write the lower one first; if there is one value only, write that alone");
		return false;
	}
	if (!likely || (likely->value.i >= low->value.i && likely->value.i <= high->value.i))
		return true;
	help(b, fault(b, W_BETWEEN, likely->span, "what is likely lies outside of the range"),
	     "write a value from " STR_FMT " to " STR_FMT, STR_ARG(span_text(b, low->span)),
	     STR_ARG(span_text(b, high->span)));
	return false;
}

/* One number, or a range of the projection. */
static bool lower_measure(struct making *m, const struct ast_expr *e, struct measure *out)
{
	*out = (struct measure){{e->value.i, e->value.i, e->value.i}, NONE};
	if (e->kind != EXPR_BETWEEN)
		return true;
	if (!ends_agree(m->s.b, e) || !resolve_room(m->s.b, m->out->nranges, LIMIT_RANGES, e->span,
						    "ranges in one projection"))
		return false;
	const struct ast_expr *likely = e->list ? e->list : e->a;
	uint32_t corners = 1u << m->out->nranges;
	memcpy(m->behind + corners, m->behind, corners * sizeof(*m->behind));
	*out = (struct measure){{e->a->value.i, e->b->value.i, likely->value.i}, m->out->nranges++};
	if (e->list)
		m->wordy = &e->span;
	else
		m->bare = &e->span;
	return true;
}

/* One run shows what is likely of all of them together. */
static void lower_likely(struct making *m)
{
	m->out->likely = m->wordy && !m->bare;
	if (!m->wordy || !m->bare)
		return;
	struct diag *d =
	    fault(m->s.b, W_BETWEEN, *m->bare, "this range does not say what is likely");
	help(m->s.b, d, "write `, likely …` behind it, or at no range of the projection");
	diag_also(m->s.b->diags, d, *m->wordy, "this one does");
}

/* ---- how many ---- */

static bool cohort_size(struct making *m, const struct ast_cohort *c, struct measure *n)
{
	struct book *b = m->s.b;
	if (!lower_measure(m, c->n, n))
		return false;
	int64_t most = n->at[END_HIGH];
	if (most < 1) {
		help(b, fault(b, W_COHORT, c->n->span, "a cohort of nobody"), "write at least 1");
		return false;
	}
	if ((uint64_t)most > LIMIT_MEMBERS - m->members) {
		help(b,
		     fault(b, W_TOO_MANY, c->n->span,
			   "the cohorts of a projection have at most %u members together",
			   LIMIT_MEMBERS),
		     "project a share of them, and say so in the title");
		return false;
	}
	m->members += (uint64_t)most;
	return true;
}

static bool lower_members(struct making *m, const struct ast_members *s, struct members *out)
{
	*out = (struct members){.another = s->another, .n.range = NONE};
	if (!s->n)
		return true;
	const struct ast_expr *one = s->n->kind == EXPR_BETWEEN ? s->n->a : s->n;
	out->kind = one->value.kind == TYPE_PERCENT ? SHARE_PERCENT : SHARE_NUMBER;
	return lower_measure(m, s->n, &out->n);
}

static void uneven(struct making *m, const struct ast_members *s, const struct members *of,
		   uint32_t corner, uint32_t all)
{
	struct buf share = {0};
	percent_text(&share, measure_at(&of->n, corner));
	help(m->s.b,
	     fault(m->s.b, W_COHORT, s->span, STR_FMT " of %u is no whole number",
		   STR_ARG(buf_view(&share)), all),
	     "write how many it is, such as `7 of them`");
	buf_release(&share);
}

static void too_many(struct making *m, const struct ast_members *s, uint32_t all, uint32_t left)
{
	struct buf where = {0};
	if (s->another && m->out->nranges)
		buf_fmt(&where, " when there are %u", all);
	struct diag *d =
	    fault(m->s.b, W_COHORT, s->span, "the cohort has only %u %smembers" STR_FMT, left,
		  s->another ? "more " : "", STR_ARG(buf_view(&where)));
	help(m->s.b, d, "write a number from 1 to %u", left);
	buf_release(&where);
}

/* Whom the line reaches at one corner; how many, or -1 with the fault reported. */
static int64_t reach_at(struct making *m, const struct ast_members *s, const struct cohort *c,
			const struct members *of, uint32_t slot)
{
	uint32_t corner = slot < CORNERS ? slot : CORNER_LIKELY, *behind = &m->behind[slot];
	uint32_t all = (uint32_t)measure_at(&c->n, corner);
	struct reach r;
	switch (members_reach(of, corner, all, *behind, &r)) {
	case REACH_UNEVEN:
		uneven(m, s, of, corner, all);
		return -1;
	case REACH_TOO_MANY:
		too_many(m, s, all, all - (s->another ? *behind : 0));
		return -1;
	case REACH_FINE:
		break;
	}
	*behind = r.first + r.n;
	return r.n;
}

/* At every corner there are as many as the line says, and at one of them somebody. */
static bool check_reach(struct making *m, const struct ast_members *s, const struct cohort *c,
			const struct members *of)
{
	int64_t most = reach_at(m, s, c, of, CORNERS);
	for (uint32_t i = 0; most >= 0 && i < 1u << m->out->nranges; i++) {
		int64_t n = reach_at(m, s, c, of, i);
		most = n < 0 || n > most ? n : most;
	}
	if (most == 0) {
		long long all = c->n.at[END_HIGH];
		struct diag *d = fault(m->s.b, W_COHORT, s->span,
				       "this happens to nobody; the cohort has %lld members", all);
		help(m->s.b, d, "write a number from 1 to %lld", all);
	}
	return most > 0;
}

/* ---- fields ---- */

static bool is_ordered(const struct type *t)
{
	return t->kind != TYPE_YES_NO && t->kind != TYPE_CHOICE && t->kind != TYPE_REF &&
	       !type_is_text(t->kind);
}

/* Its ends are written out, and each is a value that the field may have. */
static bool lower_ranged_field(struct making *m, const struct ast_pair *p, const struct field *f,
			       struct measure *out)
{
	const struct ast_expr *written[] = {p->value->a, p->value->b, p->value->list};
	struct value ignored;
	if (!is_ordered(&f->type)) {
		help(m->s.b,
		     fault(m->s.b, W_BETWEEN, p->span,
			   "`" STR_FMT "` cannot be a range: its values have no order",
			   STR_ARG(p->name.s)),
		     "write one value");
		return false;
	}
	for (size_t i = 0; i < 3 && written[i]; i++) {
		if (i && !scene_value(&m->s, written[i], &f->type, &ignored))
			return false;
		if (written[i]->kind == EXPR_LITERAL)
			continue;
		help(m->s.b,
		     fault(m->s.b, W_BETWEEN, written[i]->span,
			   "the ends of a range are written as they are"),
		     "write a number here");
		return false;
	}
	return lower_measure(m, p->value, out);
}

static bool lower_ranged_fields(struct making *m, const struct ast_line *l,
				struct projection_line *out)
{
	struct rulebook *rb = m->s.b->rb;
	const struct event_type *e = &rb->events[out->line.event];
	bool fine = true;
	out->ranged = arena_array(&rb->arena, e->nfields, sizeof(*out->ranged));
	for (const struct ast_pair *p = l->fields; p; p = p->next) {
		uint16_t field = field_index(e, p->name.s);
		if (p->value->kind != EXPR_BETWEEN || field == NONE || out->nranged == e->nfields)
			continue;
		struct ranged_field *r = &out->ranged[out->nranged];
		r->field = field;
		if (lower_ranged_field(m, p, &e->fields[field], &r->n))
			out->nranged++;
		else
			fine = false;
	}
	return fine;
}

/* ---- lines ---- */

static void lower_line(struct making *m, uint16_t cohort, const struct ast_member_line *l)
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
	bool fine = lower_members(m, &l->share, &out->members) &&
		    check_reach(m, &l->share, &m->out->cohorts[cohort], &out->members);
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
	fine &= lower_ranged_fields(m, &l->line, out);
	m->out->nlines += fine;
}

static void lower_cohort_lines(struct making *m, uint16_t i, const struct ast_cohort *c)
{
	m->s.last = INT64_MIN;
	memset(m->behind, 0, sizeof(m->behind));
	for (const struct ast_member_line *l = c->lines; l; l = l->next)
		lower_line(m, i, l);
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
	const struct ast_expr *n = e->amount;
	bool range = n->kind == EXPR_BETWEEN;
	*out = (struct total){.span = e->span,
			      .low = (range ? n->a : n)->value.i,
			      .high = (range ? n->b : n)->value.i};
	if (range && !ends_agree(b, n))
		return false;
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
		if (p->assumed[i].param == param)
			return true;
	return false;
}

/* Each of the values that are written must fit the parameter. */
static bool assumed_values(struct making *m, struct ast_expr *e, const struct type *type,
			   struct assumption *out)
{
	struct ast_expr *written[] = {e->a, e->b, e->list};
	struct ast_dated v = {.span = e->span, .from = DAY_MIN};
	if (e->kind != EXPR_BETWEEN) {
		written[0] = e;
		written[1] = written[2] = NULL;
	}
	for (size_t i = 0; i < 3; i++) {
		v.value = written[i];
		if (v.value && !param_dated(m->s.b, &v, type, &out->value))
			return false;
	}
	return lower_measure(m, e, &out->n);
}

static void assume(struct making *m, const struct ast_pair *p)
{
	struct book *b = m->s.b;
	struct assumption *out = &m->out->assumed[m->out->nassumed];
	uint16_t param = param_assumed(b, m->out->base.county, &p->name);
	*out = (struct assumption){.param = param};
	if (param == NONE || !assumed_values(m, p->value, &b->rb->params[param].type, out))
		return;
	if (is_assumed(m->out, param)) {
		help(b,
		     fault(b, W_DEFINED_TWICE, p->span, "`" STR_FMT "` is assumed twice",
			   STR_ARG(p->name.s)),
		     "write another projection for the other value");
		return;
	}
	m->out->nassumed++;
}

static void lower_assumed(struct making *m)
{
	size_t n = 0;
	for (const struct ast_pair *p = m->s.decl->assumed; p; p = p->next)
		n++;
	m->out->assumed = arena_array(&m->s.b->rb->arena, n, sizeof(*m->out->assumed));
	for (const struct ast_pair *p = m->s.decl->assumed; p; p = p->next)
		assume(m, p);
}

/* ---- given funds ---- */

static void lower_ranged_funds(struct making *m)
{
	struct projection *p = m->out;
	p->funds = arena_array(&m->s.b->rb->arena, p->base.nfunds, sizeof(*p->funds));
	for (const struct ast_given_fund *g = m->s.decl->given_funds; g; g = g->next)
		for (uint16_t i = 0; i < p->base.nfunds && g->amount->kind == EXPR_BETWEEN; i++) {
			if (p->base.funds[i].span.off != g->span.off)
				continue;
			p->funds[p->nfunds].given = i;
			p->nfunds += lower_measure(m, g->amount, &p->funds[p->nfunds].n);
			break;
		}
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
	lower_ranged_funds(&m);
	lower_likely(&m);
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
