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
	write_expr(w, g->left);
	line_word(w, "left");
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
	if (a->kind != ACTION_NOTIFY)
		labelled(w, "to", a->to);
	write_times(w, e);
	labelled(w, a->kind == ACTION_ASSESS ? "into" : "from", a->fund);
	line_quoted(w, a->text);
	if (e->due_stated) {
		line_word(w, "due");
		write_day(w, e->due);
	}
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
	}
}

static void write_line(struct writer *w, const struct ast_line *l)
{
	line_begin(w, 1, l->span.off);
	write_day(w, l->day);
	if (l->minute >= 0) {
		struct buf b = {0};
		buf_fmt(&b, "%02d:%02d", l->minute / 60, l->minute % 60);
		line_str(w, buf_view(&b));
		buf_release(&b);
	}
	if (l->event.span.len)
		line_str(w, l->event.s);
	labelled(w, "of", l->of);
	write_pairs(w, l->fields);
	line_end(w, span_end(l->span));
	for (const struct ast_expect *e = l->expects; e; e = e->next) {
		line_begin(w, 2, e->span.off);
		line_word(w, "expect");
		write_expectation(w, e);
		line_end(w, span_end(e->span));
	}
}

void write_scenario_items(struct writer *w, const struct ast_decl *d)
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
	for (const struct ast_line *l = d->lines; l; l = l->next)
		write_line(w, l);
}
