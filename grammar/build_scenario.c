/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios: what is given, the lines of what happens, and what is expected of each.
 */
#include "grammar/build.h"

#include "grammar/codes.h"
#include "grammar/parser.h"

void build_scenario(struct build *b, struct span span, bool todo, struct ast_word title)
{
	struct ast_decl *d =
	    build_open(b, AST_SCENARIO, T_START_SCENARIO, span, (struct ast_word){0});
	d->todo = todo;
	d->title = title;
}

void build_county(struct build *b, struct span span, struct ast_word county)
{
	b->decl->county = county;
	build_head(b, span, b->decl->title);
}

static void check_given(struct build *b, struct span span)
{
	bool late = b->decl->lines || b->decl->cohorts;
	if (!late)
		return;
	struct diag *d =
	    build_error(b, W_SCENARIO_ORDER, span, "`given` stands after the first line of the %s",
			b->decl->kind == AST_PROJECTION ? "projection" : "scenario");
	build_help(b, d, "say what is given before what happens");
}

void build_given_fund(struct build *b, struct span span, struct ast_word fund,
		      struct ast_expr *amount, bool spent)
{
	struct ast_given_fund *g = arena_alloc(b->arena, sizeof(*g));
	g->span = span;
	g->fund = fund;
	g->amount = amount;
	g->spent = spent;
	check_given(b, span);
	BUILD_PUSH(b->decl->given_funds, g);
	b->done = span.off + span.len;
}

void build_given(struct build *b, struct span span, struct ast_word kind, struct ast_word name,
		 struct ast_pair *facts)
{
	struct ast_given *g = arena_alloc(b->arena, sizeof(*g));
	g->span = span;
	g->kind = kind;
	g->name = name;
	g->facts = facts;
	check_given(b, span);
	BUILD_PUSH(b->decl->given, g);
	b->done = span.off + span.len;
}

static struct ast_line *add_line(struct build *b, struct span span, int64_t day, int64_t minute,
				 struct ast_word event, struct ast_word of)
{
	struct ast_line *line = arena_alloc(b->arena, sizeof(*line));
	line->span = span;
	line->day = (int32_t)day;
	line->minute = (int32_t)minute;
	line->event = event;
	line->of = of;
	line->to_day = DAY_NONE;
	BUILD_PUSH(b->decl->lines, line);
	b->done = span.off + span.len;
	return line;
}

void build_line(struct build *b, struct span span, int64_t day, int64_t minute,
		struct ast_word event, struct ast_word of, struct ast_pair *fields)
{
	add_line(b, span, day, minute, event, of)->fields = fields;
}

struct ast_line *build_amending(struct build *b, struct span span, int64_t day, int64_t minute,
				struct ast_word event, struct ast_word of, int64_t on)
{
	struct ast_line *line = add_line(b, span, day, minute, event, of);
	line->amends = true;
	line->on = (int32_t)on;
	return line;
}

void build_correction(struct build *b, int64_t to_day, int64_t to_minute, struct ast_pair *fields)
{
	struct ast_line *line = b->decl->lines; /* the latest stands first */
	line->to_day = (int32_t)to_day;
	line->to_minute = (int32_t)to_minute;
	line->fields = fields;
}

struct ast_pair *build_pair(struct build *b, struct span span, struct ast_word name,
			    struct ast_expr *value)
{
	struct ast_pair *p = arena_alloc(b->arena, sizeof(*p));
	p->span = span;
	p->name = name;
	p->value = value;
	return p;
}

struct ast_pair *build_pairs(struct ast_pair *backwards)
{
	BUILD_TURN(struct ast_pair, backwards);
	return backwards;
}

/* ---- expectations ---- */

struct ast_expect *build_expect(struct build *b, enum expect_form form)
{
	struct ast_expect *e = arena_alloc(b->arena, sizeof(*e));
	e->form = form;
	b->expect = e;
	return e;
}

void build_expect_span(struct build *b, struct span span)
{
	struct ast_expect *e = b->expect;
	e->span = span;
	b->done = span.off + span.len;
	if (b->decl->lines) {
		BUILD_PUSH(b->decl->lines->expects, e);
		return;
	}
	struct diag *d =
	    build_error(b, W_SCENARIO_ORDER, span, "`expect` stands before anything has happened");
	build_help(b, d, "write a line with a date before it, such as 2026-07-01 intake");
}

void build_expect_action(struct build *b, struct ast_action *action, bool no)
{
	b->expect->form = FORM_ACTION;
	b->expect->action = action;
	b->expect->no = no;
}

void build_expect_share(struct build *b, struct ast_word name, struct ast_word with,
			struct ast_word whose, bool no)
{
	struct ast_expect *e = build_expect(b, FORM_SHARE);
	e->name = name;
	e->step = with;
	e->whose = whose;
	e->no = no;
}

void build_expect_broken(struct build *b, struct span span, struct ast_word text, bool no)
{
	struct ast_action *a = build_verb(b, span, ACTION_BROKEN, NULL, (struct ast_word){0});
	a->text = text;
	build_expect(b, FORM_ACTION);
	build_expect_action(b, a, no);
}

void build_expect_left(struct build *b, struct ast_word fund, struct ast_expr *amount)
{
	struct ast_expect *e = build_expect(b, FORM_LEFT);
	e->name = fund;
	e->amount = amount;
}

void build_expect_owed(struct build *b, struct ast_expr *amount, struct ast_word whose)
{
	struct ast_expect *e = build_expect(b, FORM_OWED);
	e->amount = amount;
	e->whose = whose;
}

void build_expect_fact(struct build *b, struct ast_word name, struct ast_expr *value,
		       struct ast_word whose)
{
	struct ast_expect *e = build_expect(b, FORM_FACT);
	e->name = name;
	e->value = value;
	e->whose = whose;
}

void build_expect_step(struct build *b, struct ast_word name, struct ast_word step,
		       struct ast_word whose)
{
	struct ast_expect *e = build_expect(b, FORM_STEP);
	e->name = name;
	e->step = step;
	e->whose = whose;
}
