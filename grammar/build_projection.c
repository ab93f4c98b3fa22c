/* SPDX-License-Identifier: Apache-2.0
 *
 * Projections: cohorts, what happens to how many of them, and what it comes to.
 */
#include "grammar/build.h"

#include "grammar/codes.h"

static void attached(struct build *b, struct span span)
{
	b->done = span.off + span.len;
}

void build_projection(struct build *b, struct span span, struct ast_word title,
		      struct ast_word county)
{
	b->decl->county = county;
	build_head(b, span, title);
}

void build_assume(struct build *b, struct span span, struct ast_word param, struct ast_expr *value)
{
	struct ast_pair *p = build_pair(b, span, param, value);
	BUILD_PUSH(b->decl->assumed, p);
	attached(b, span);
}

void build_cohort(struct build *b, struct span span, struct ast_expr *n, struct ast_word kind,
		  struct ast_pair *facts)
{
	struct ast_cohort *c = arena_alloc(b->arena, sizeof(*c));
	c->n = n;
	c->one = (struct ast_given){.span = span, .kind = kind, .facts = facts};
	BUILD_PUSH(b->decl->cohorts, c);
	attached(b, span);
}

struct ast_pair *build_member_pairs(struct ast_pair *backwards)
{
	struct ast_pair *list = build_pairs(backwards);
	for (struct ast_pair *p = list; p && p->next; p = p->next) {
		struct ast_pair *likely = p->next;
		if (p->value->kind != EXPR_BETWEEN || p->value->list ||
		    !str_eq(likely->name.s, STR("likely")))
			continue;
		p->value->list = likely->value;
		p->next = likely->next;
	}
	return list;
}

void build_member_line(struct build *b, struct span span, struct ast_members share, int64_t day,
		       int64_t minute, struct ast_word event, struct ast_pair *fields)
{
	struct ast_member_line *l = arena_alloc(b->arena, sizeof(*l));
	l->share = share;
	l->line = (struct ast_line){.span = span, .event = event, .fields = fields};
	l->line.day = (int32_t)day;
	l->line.minute = (int32_t)minute;
	attached(b, span);
	if (b->decl->cohorts) {
		BUILD_PUSH(b->decl->cohorts->lines, l);
		return;
	}
	struct diag *d = build_error(b, W_SCENARIO_ORDER, span,
				     "this line stands before the cohort that it is about");
	build_help(b, d, "write `cohort 100 of KIND` above it");
}

void build_until(struct build *b, struct span span, int32_t day)
{
	attached(b, span);
	if (b->decl->until_span.len) {
		struct diag *d =
		    build_error(b, W_TWICE, span, "`until` stands here for the second time");
		if (d)
			diag_also(b->diags, d, b->decl->until_span, "first here");
	}
	b->decl->until = day;
	b->decl->until_span = span;
}

static void push_total(struct build *b, struct span span, struct ast_expr *amount)
{
	struct ast_expect *e = b->expect;
	e->span = span;
	e->amount = amount;
	BUILD_PUSH(b->decl->totals, e);
	attached(b, span);
}

void build_total(struct build *b, struct span span, enum expect_form form, struct ast_word name,
		 struct ast_expr *amount)
{
	build_expect(b, form)->name = name;
	push_total(b, span, amount);
}

/* What stands behind the action, such as its day, is in the expectation already. */
void build_times(struct build *b, struct span span, struct ast_expr *n, struct ast_action *action)
{
	b->expect->form = FORM_COUNT;
	b->expect->action = action;
	push_total(b, span, n);
}
