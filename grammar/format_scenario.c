/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios: what is given, dated lines, and below each what is expected.
 */
#include "grammar/format_write.h"

static void write_pairs(struct writer *w, const struct ast_pair *list)
{
	if (!list)
		return;
	line_break(w);
	line_word(w, "with");
	for (const struct ast_pair *p = list; p; p = p->next) {
		line_str(w, p->name.s);
		write_value(w, p->value);
		if (p->next) {
			line_glue(w, ",");
			line_break(w);
		}
	}
}

static void write_given(struct writer *w, const struct ast_given *g)
{
	line_begin(w, 1, g->span.off);
	line_word(w, "given");
	line_str(w, g->kind.s);
	if (g->name.span.len)
		line_str(w, g->name.s);
	write_pairs(w, g->facts);
	line_end(w, span_end(g->span));
}

static void write_given_fund(struct writer *w, const struct ast_given_fund *g)
{
	line_begin(w, 1, g->span.off);
	line_word(w, "given fund");
	line_str(w, g->fund.s);
	line_word(w, "with");
	write_expr(w, g->amount);
	line_word(w, g->spent ? "spent" : "left");
	line_end(w, span_end(g->span));
}

static void labelled(struct writer *w, const char *label, struct ast_word word)
{
	if (!word.span.len)
		return;
	line_word(w, label);
	line_str(w, word.s);
}

static void expected_name(struct writer *w, const struct ast_action *a)
{
	if (a->kind == ACTION_NOTIFY && a->to.span.len)
		line_str(w, a->to.s);
	else if (a->kind == ACTION_ASSESS)
		labelled(w, "as", a->name);
	else if (a->kind == ACTION_CREDIT)
		labelled(w, "against", a->name);
	else if (a->name.span.len)
		line_str(w, a->name.s);
}

static void write_times(struct writer *w, const struct ast_expect *e)
{
	if (!e->action->plan.times)
		return;
	if (e->action->kind == ACTION_ASSESS) {
		line_word(w, "in");
		write_expr(w, e->action->plan.times);
		line_word(w, "instalments");
	} else {
		write_expr(w, e->action->plan.times);
		line_word(w, "times");
	}
}

static void write_expected_action(struct writer *w, const struct ast_expect *e)
{
	const struct ast_action *a = e->action;
	if (e->no)
		line_word(w, "no");
	if (a->taken_back)
		line_word(w, "take back");
	if (a->waiting) {
		line_word(w, "waitlist for");
		line_str(w, a->name.s);
		labelled(w, "for", a->to);
		return;
	}
	if (a->unfunded)
		line_word(w, "unfunded");
	if (a->may)
		line_word(w, "may");
	line_word(w, write_verb(a->kind));
	bool amount_first = a->kind == ACTION_ASSESS || a->kind == ACTION_CREDIT;
	if (a->amount && amount_first)
		write_expr(w, a->amount);
	expected_name(w, a);
	if (a->amount && !amount_first)
		write_expr(w, a->amount);
	if (a->value) {
		line_word(w, "to");
		write_value(w, a->value);
	}
	if (a->urgent)
		line_word(w, "urgent");
	if (a->kind == ACTION_ENROL || a->kind == ACTION_RELEASE || action_moves_case(a->kind))
		labelled(w, "for", a->to);
	else if (a->kind != ACTION_NOTIFY)
		labelled(w, "to", a->to);
	write_times(w, e);
	labelled(w, a->kind == ACTION_ASSESS ? "into" : "from", a->fund);
	line_quoted(w, a->text);
	if (e->due_stated) {
		line_word(w, "due");
		write_day(w, e->due);
	}
}

/* How many, with commas, as people write large numbers; a percentage as it is. */
static void write_count(struct writer *w, const struct ast_expr *n)
{
	struct buf digits = {0}, out = {0};
	if (n->kind == EXPR_BETWEEN) {
		write_between(w, n, write_count);
		return;
	}
	if (n->kind != EXPR_LITERAL || n->value.kind != TYPE_NUMBER) {
		write_expr(w, n);
		return;
	}
	buf_i64(&digits, n->value.i);
	for (size_t i = 0; i < digits.len; i++) {
		if (i && (digits.len - i) % 3 == 0)
			buf_char(&out, ',');
		buf_char(&out, digits.p[i]);
	}
	line_str(w, buf_view(&out));
	buf_release(&digits);
	buf_release(&out);
}

static void write_total(struct writer *w, const char *what, const struct ast_expect *e)
{
	line_word(w, what);
	if (e->name.span.len)
		line_str(w, e->name.s);
	write_expr(w, e->amount);
}

static void write_expectation(struct writer *w, const struct ast_expect *e)
{
	switch (e->form) {
	case FORM_NOTHING:
		line_word(w, "nothing");
		return;
	case FORM_AMONG_OTHERS:
		line_word(w, "among others");
		return;
	case FORM_ACTION:
		write_expected_action(w, e);
		return;
	case FORM_OWED:
		line_word(w, "owed");
		write_expr(w, e->amount);
		labelled(w, "by", e->whose);
		return;
	case FORM_LEFT:
		line_word(w, "left in");
		line_str(w, e->name.s);
		write_expr(w, e->amount);
		return;
	case FORM_FACT:
		line_str(w, e->name.s);
		line_word(w, "is");
		write_value(w, e->value);
		labelled(w, "for", e->whose);
		return;
	case FORM_STEP:
		line_str(w, e->name.s);
		labelled(w, "at", e->step);
		labelled(w, "for", e->whose);
		return;
	case FORM_SHARE:
		line_word(w, e->no ? "no share" : "share");
		line_str(w, e->name.s);
		labelled(w, "with", e->step);
		labelled(w, "for", e->whose);
		return;
	case FORM_REFUSED:
		line_word(w, "refused");
		line_quoted(w, e->text);
		return;
	case FORM_PAID_FROM:
		write_total(w, "paid from", e);
		return;
	case FORM_PAID_UNDER:
		write_total(w, "paid under", e);
		return;
	case FORM_PAID_BY:
		write_total(w, "paid by", e);
		return;
	case FORM_ASSESSED_AS:
		write_total(w, "assessed as", e);
		return;
	case FORM_UNFUNDED:
		write_total(w, e->name.span.len ? "unfunded from" : "unfunded", e);
		return;
	case FORM_COUNT:
		write_count(w, e->amount);
		line_word(w, "times");
		write_expected_action(w, e);
		return;
	}
}

static void write_expect(struct writer *w, unsigned indent, const struct ast_expect *e)
{
	line_begin(w, indent, e->span.off);
	line_word(w, "expect");
	write_expectation(w, e);
	line_end(w, span_end(e->span));
}

static void write_minute(struct writer *w, int32_t minute)
{
	struct buf b = {0};
	if (minute < 0)
		return;
	buf_fmt(&b, "%02d:%02d", minute / 60, minute % 60);
	line_str(w, buf_view(&b));
	buf_release(&b);
}

static void write_happening(struct writer *w, const struct ast_line *l)
{
	write_day(w, l->day);
	write_minute(w, l->minute);
	if (l->amends)
		line_word(w, l->corrects ? "put right" : "take back");
	if (l->event.span.len)
		line_str(w, l->event.s);
	labelled(w, "of", l->of);
	if (l->amends) {
		line_word(w, "on");
		write_day(w, l->on);
	}
	if (l->corrects && l->to_day != DAY_NONE) {
		line_word(w, "to");
		write_day(w, l->to_day);
		write_minute(w, l->to_minute);
	}
	write_pairs(w, l->fields);
	line_end(w, span_end(l->span));
}

static void write_line(struct writer *w, const struct ast_line *l)
{
	line_begin(w, 1, l->span.off);
	write_happening(w, l);
	for (const struct ast_expect *e = l->expects; e; e = e->next)
		write_expect(w, 2, e);
}

static void write_givens(struct writer *w, const struct ast_decl *d)
{
	const struct ast_given_fund *fund = d->given_funds;
	for (const struct ast_given *g = d->given; g || fund;) {
		if (fund && (!g || fund->span.off < g->span.off)) {
			write_given_fund(w, fund);
			fund = fund->next;
		} else {
			write_given(w, g);
			g = g->next;
		}
	}
}

void write_scenario_items(struct writer *w, const struct ast_decl *d)
{
	write_givens(w, d);
	for (const struct ast_line *l = d->lines; l; l = l->next)
		write_line(w, l);
}

/* ---- projections ---- */

enum projection_item { ITEM_ASSUME, ITEM_COHORT, ITEM_SHARE, ITEM_UNTIL, ITEM_TOTAL };

static void write_assume(struct writer *w, const struct ast_pair *p)
{
	line_begin(w, 1, p->span.off);
	line_word(w, "assume");
	line_str(w, p->name.s);
	line_word(w, "is");
	write_expr(w, p->value);
	line_end(w, span_end(p->span));
}

static void write_cohort(struct writer *w, const struct ast_cohort *c)
{
	line_begin(w, 1, c->one.span.off);
	line_word(w, "cohort");
	write_count(w, c->n);
	line_word(w, "of");
	line_str(w, c->one.kind.s);
	write_pairs(w, c->one.facts);
	line_end(w, span_end(c->one.span));
}

static void write_share(struct writer *w, const struct ast_member_line *l)
{
	line_begin(w, 2, l->line.span.off);
	if (l->share.another)
		line_word(w, "another");
	if (l->share.n)
		write_count(w, l->share.n);
	line_word(w, l->share.n ? "of them" : "all of them");
	write_happening(w, &l->line);
}

static void write_until(struct writer *w, const struct ast_decl *d)
{
	line_begin(w, 1, d->until_span.off);
	line_word(w, "until");
	write_day(w, d->until);
	line_end(w, span_end(d->until_span));
}

static void write_projection_item(struct writer *w, const struct item *item)
{
	switch ((enum projection_item)item->kind) {
	case ITEM_ASSUME:
		write_assume(w, item->node);
		return;
	case ITEM_COHORT:
		write_cohort(w, item->node);
		return;
	case ITEM_SHARE:
		write_share(w, item->node);
		return;
	case ITEM_UNTIL:
		write_until(w, item->node);
		return;
	case ITEM_TOTAL:
		write_expect(w, 1, item->node);
		return;
	}
}

void write_projection_items(struct writer *w, const struct ast_decl *d)
{
	struct items items = {0};
	write_givens(w, d);
	for (const struct ast_pair *p = d->assumed; p; p = p->next)
		items_add(&items, p->span.off, ITEM_ASSUME, p);
	for (const struct ast_cohort *c = d->cohorts; c; c = c->next) {
		items_add(&items, c->one.span.off, ITEM_COHORT, c);
		for (const struct ast_member_line *l = c->lines; l; l = l->next)
			items_add(&items, l->line.span.off, ITEM_SHARE, l);
	}
	if (d->until_span.len)
		items_add(&items, d->until_span.off, ITEM_UNTIL, d);
	for (const struct ast_expect *e = d->totals; e; e = e->next)
		items_add(&items, e->span.off, ITEM_TOTAL, e);
	items_sort(&items);
	for (size_t i = 0; i < items.n; i++)
		write_projection_item(w, &items.at[i]);
	items_release(&items);
}
