/* SPDX-License-Identifier: Apache-2.0
 *
 * Funds that can run out: their budgets, what a scenario says is left of them, and the payments
 * that none of them covers.
 */
#include "grammar/lower_scene.h"

#include "engine/base/limits.h"
#include "grammar/tokens.h"

static bool budget_amount(struct book *b, uint16_t fund, const struct ast_budget *a,
			  struct budget *out)
{
	out->param = NONE;
	if (a->amount->kind == EXPR_LITERAL) {
		out->cents = a->amount->value.i;
		return true;
	}
	out->param = resolve_param(b, b->fund_programs.at[fund], &a->amount->word);
	if (out->param == NONE)
		return false;
	const struct param *p = &b->rb->params[out->param];
	if (p->type.kind == TYPE_MONEY)
		return true;
	struct diag *d =
	    fault(b, W_WRONG_TYPE, a->amount->span,
		  "a budget is an amount of money, and `" STR_FMT "` is none", STR_ARG(p->name));
	help(b, d, "write an amount such as $1,000,000, or name an `amount`");
	diag_also(b->diags, d, p->span, "declared here");
	return false;
}

static bool budget_year_start(struct book *b, const struct ast_budget *a, struct budget *out)
{
	int64_t day = a->day->value.i;
	out->month = month_number(a->month.s);
	bool exists = out->month && day >= 1 && day <= month_days(2001, out->month);
	out->day = exists ? (int32_t)day : 1;
	if (exists)
		return true;
	struct span span = a->month.span;
	span.len = a->day->span.off + a->day->span.len - span.off;
	struct diag *d =
	    fault(b, W_FISCAL_YEAR, span, "a fiscal year cannot begin on `" STR_FMT "`",
		  STR_ARG(span_text(b, span)));
	help(b, d, "write a day that every year has, such as `July 1` or `October 1`");
	return false;
}

static bool budget_per(struct book *b, const struct ast_budget *a, struct budget *out)
{
	out->month = out->day = 1;
	out->per = word_given(&a->per) ? BUDGET_PER_YEAR : BUDGET_IN_ALL;
	if (word_given(&a->month))
		return budget_year_start(b, a, out);
	if (out->per == BUDGET_IN_ALL || str_eq(a->per.s, STR("year")))
		return true;
	struct diag *d =
	    fault(b, W_FISCAL_YEAR, a->per.span, "a budget is for a year, not for a `" STR_FMT "`",
		  STR_ARG(a->per.s));
	help(b, d, "write `per year`, `per fiscal year from July 1` or `in all`");
	return false;
}

static void budget_warning(struct book *b, const struct ast_decl *d, struct budget *out)
{
	if (!d->warn)
		return;
	out->warn = d->warn->value.i;
	if (out->warn > 0 && out->warn <= PERCENT_ONE)
		return;
	struct diag *g = fault(b, W_OUT_OF_RANGE, d->warn_span,
			       "a warning comes at more than 0%% and at most 100%% of the budget");
	help(b, g, "write for example `warn at 80%%`");
}

static void without_budget(struct book *b, const struct ast_decl *d)
{
	struct span span = d->warn ? d->warn_span : d->owner_span;
	if (!span.len || d->broken)
		return;
	struct diag *g =
	    fault(b, W_NO_BUDGET, span, "the fund `" STR_FMT "` has no budget that could run out",
		  STR_ARG(d->name.s));
	help(b, g, "add `budget $1,000,000 per fiscal year from July 1` behind its name");
}

static void lower_budget(struct book *b, uint16_t fund)
{
	const struct ast_decl *d = b->funds.at[fund];
	struct budget *out = &b->rb->budgets[fund];
	*out = (struct budget){.owner = NONE, .span = d->span};
	if (!d->budget) {
		without_budget(b, d);
		return;
	}
	out->limited = budget_amount(b, fund, d->budget, out);
	out->limited = budget_per(b, d->budget, out) && out->limited;
	budget_warning(b, d, out);
	if (word_given(&d->owner))
		out->owner = resolve_party(b, &d->owner);
}

void lower_budgets(struct book *b)
{
	struct rulebook *rb = b->rb;
	bool any = false;
	for (size_t i = 0; i < b->funds.n; i++)
		any = any || b->funds.at[i]->budget || b->funds.at[i]->warn ||
		      b->funds.at[i]->owner_span.len;
	if (!any)
		return;
	rb->budgets = arena_array(&rb->arena, rb->nfunds, sizeof(*rb->budgets));
	for (uint16_t i = 0; i < rb->nfunds; i++)
		lower_budget(b, i);
}

/* ---- scenarios ---- */

bool fund_is_limited(struct book *b, uint16_t fund, const struct ast_word *w)
{
	if (b->funds.at[fund]->budget)
		return true;
	struct diag *d =
	    fault(b, W_NO_BUDGET, w->span,
		  "the fund `" STR_FMT "` has no budget that could run out", STR_ARG(w->s));
	help(b, d, "give it one, as in `fund " STR_FMT " budget $1,000,000 per year`",
	     STR_ARG(w->s));
	return false;
}

static bool given_fund(struct scene *s, const struct ast_given_fund *g, struct given_fund *out)
{
	struct book *b = s->b;
	bool range = g->amount->kind == EXPR_BETWEEN;
	const struct ast_expr *low = range ? g->amount->a : g->amount;
	const struct ast_expr *high = range ? g->amount->b : g->amount;
	*out = (struct given_fund){resolve_fund(b, &g->fund), low->value.i, g->spent, g->span};
	if (out->fund == NONE || !fund_is_limited(b, out->fund, &g->fund))
		return false;
	for (uint16_t i = 0; i < s->out->nfunds; i++) {
		if (s->out->funds[i].fund != out->fund)
			continue;
		struct diag *d =
		    fault(b, W_DEFINED_TWICE, g->span,
			  "what is left of `" STR_FMT "` is stated twice", STR_ARG(g->fund.s));
		help(b, d, "keep one of them");
		return false;
	}
	const struct budget *budget = fund_budget(b->rb, out->fund);
	if (!budget || !s->out->nlines)
		return budget != NULL;
	int64_t most = budget_on(b->rb, s->out->county, budget, s->out->lines[0].day);
	if (out->cents >= 0 && out->cents <= most && high->value.i <= most)
		return true;
	struct buf words = {0};
	money_text(&words, most);
	struct diag *d = fault(b, W_OUT_OF_RANGE, g->amount->span,
			       "more than the budget of the fund here, which is " STR_FMT,
			       STR_ARG(buf_view(&words)));
	help(b, d, "write an amount from $0 to " STR_FMT, STR_ARG(buf_view(&words)));
	buf_release(&words);
	return false;
}

void lower_given_funds(struct scene *s)
{
	uint16_t n = 0;
	for (const struct ast_given_fund *g = s->decl->given_funds; g; g = g->next)
		n += resolve_room(s->b, n, LIMIT_LINES, g->span, "given funds in one scenario");
	s->out->funds = arena_array(&s->b->rb->arena, n, sizeof(*s->out->funds));
	for (const struct ast_given_fund *g = s->decl->given_funds; g && n; g = g->next, n--)
		s->out->nfunds += given_fund(s, g, &s->out->funds[s->out->nfunds]);
}

/* ---- payments that no fund covers ---- */

static void warn_unfunded(struct book *b, struct span span)
{
	struct diag *d = warn(b, W_NO_FUND, span,
			      "no fund covers this payment, so no budget is ever used up by it");
	help(b, d, "add `from` and the name of a fund");
}

/* A part stands for each event of a trigger: its actions are told of once. */
static bool told_already(const struct rulebook *rb, uint32_t part, struct span span)
{
	for (uint32_t i = rb->blocks[rb->parts[part].block].first_part; i < part; i++) {
		const struct action *a;
		for (uint16_t k = 0; (a = part_action(&rb->parts[i], k)); k++)
			if (a->span.source == span.source && a->span.off == span.off)
				return true;
	}
	return false;
}

static void check_part(struct book *b, uint32_t part)
{
	const struct action *a;
	for (uint16_t i = 0; (a = part_action(&b->rb->parts[part], i)); i++)
		if (a->kind == ACTION_PAY && a->fund == NONE && !told_already(b->rb, part, a->span))
			warn_unfunded(b, a->span);
}

void check_unfunded(struct book *b)
{
	const struct rulebook *rb = b->rb;
	if (!rb->budgets || b->diags->errors)
		return;
	for (uint32_t i = 0; i < rb->nparts; i++)
		check_part(b, i);
	for (uint16_t i = 0; i < rb->nschedules; i++)
		if (rb->schedules[i].fund == NONE)
			warn_unfunded(
			    b, b->bodies.at[rb->schedules[i].block].decl->body.actions->span);
}
