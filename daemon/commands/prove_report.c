/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/prove_report.h"

#include "daemon/commands/lines.h"
#include "daemon/commands/told.h"
#include "engine/explain/wording.h"

void prove_words(struct buf *b, const struct rulebook *rb, uint32_t block)
{
	source_words(b, rb, rb->blocks[block].span);
}

/* ---- promises and prohibitions ---- */

const char *prove_verdict(const struct prove_report *r, size_t i)
{
	if (r->proofs.at[i].verdict != PROOF_OPEN)
		return "proved";
	if (!r->tried[i].witness.found)
		return "not decided";
	return r->loaded->rb->blocks[r->proofs.at[i].block].kind == BLOCK_ALWAYS ? "can be broken"
										 : "can be hit";
}

void prove_sum_words(struct buf *b, const struct rulebook *rb, const struct sum *sum)
{
	if (sum->bounded) {
		buf_str(b, STR("it comes to at most "));
		money_text(b, sum->most);
		return;
	}
	part_words(b, rb, sum->part);
	if (sum->too_often) {
		buf_c(b, sum->schedule ? " may start any number of times"
				       : " may apply any number of times");
	} else {
		buf_str(b, STR(" has an amount without a bound"));
		if (sum->open.len) {
			buf_str(b, STR(": `"));
			source_words(b, rb, sum->open);
			buf_char(b, '`');
		}
	}
}

void prove_because(struct buf *b, const struct prove_report *r, size_t i)
{
	const struct rulebook *rb = r->loaded->rb;
	const struct proof *p = &r->proofs.at[i];
	const struct witness *w = &r->tried[i].witness;
	switch (p->verdict) {
	case PROOF_NOTHING:
		buf_str(b, STR("no provision has such an action"));
		return;
	case PROOF_EXCLUDED:
		buf_fmt(
		    b,
		    "%zu action%s could run against it; when %s, its own condition does not hold",
		    p->actions, p->actions == 1 ? "" : "s",
		    p->actions == 1 ? "it happens" : "they happen");
		return;
	case PROOF_KEPT:
	case PROOF_IN_TIME:
		prove_kept_words(b, rb, &p->kept);
		return;
	case PROOF_WITHIN:
		buf_str(b, STR("all that counts never comes to more than "));
		money_text(b, p->sum.most);
		return;
	case PROOF_OPEN:
		break;
	}
	if (w->found) {
		buf_str(b,
			rb->blocks[p->block].kind == BLOCK_ALWAYS
			    ? STR("it can be broken, for instance in ")
			    : STR("an event can run against it and is refused, for instance in "));
		buf_str(b, rb->counties[p->county].name);
		return;
	}
	if (p->summed) {
		prove_sum_words(b, rb, &p->sum);
	} else if (rb->blocks[p->block].kind == BLOCK_ALWAYS) {
		prove_unkept_words(b, rb, &p->kept);
	} else {
		part_words(b, rb, p->part);
		buf_str(b, STR(" may run against it"));
	}
	if (p->words.len) {
		buf_str(b, STR(" when "));
		buf_str(b, p->words);
	}
	buf_fmt(b, "; %zu histories of up to %zu lines were tried, and none did", w->tried,
		w->lines);
}

static void text_promise(struct buf *b, const struct prove_report *r, size_t i)
{
	const struct rulebook *rb = r->loaded->rb;
	const struct proof *p = &r->proofs.at[i];
	const struct witness *w = &r->tried[i].witness;
	buf_fmt(b, "%s: ", prove_verdict(r, i));
	prove_words(b, rb, p->block);
	buf_str(b, STR("\n  "));
	place_words(b, rb, rb->blocks[p->block].span);
	buf_fmt(b, ", in force in %zu count%s\n  ", p->counties, p->counties == 1 ? "y" : "ies");
	prove_because(b, r, i);
	buf_char(b, '\n');
	if (!w->found)
		return;
	told_history(b, "  ", w);
	lines_indented(b, "      ", w->came[1]);
}

/* ---- what a case may owe ---- */

const char *prove_debt_verdict(const struct prove_report *r, size_t i)
{
	const struct debt *d = &r->debts.at[i];
	if (!r->asks_debts)
		return d->sum.bounded ? "at most" : "no bound";
	if (d->sum.bounded && d->sum.most <= r->owe_more_than)
		return "proved";
	return r->owing[i].witness.found ? "can owe more" : "not decided";
}

static void text_debt(struct buf *b, const struct prove_report *r, size_t i)
{
	const struct rulebook *rb = r->loaded->rb;
	const struct debt *d = &r->debts.at[i];
	const struct witness *w = &r->owing[i].witness;
	buf_str(b, STR("  "));
	buf_str(b, rb->kinds[d->kind].name);
	buf_str(b, STR(": "));
	if (r->asks_debts)
		buf_fmt(b, "%s: ", prove_debt_verdict(r, i));
	if (r->asks_debts && w->found) {
		money_text(b, w->cents);
		buf_str(b, STR(", for instance in "));
		buf_str(b, rb->counties[d->sum.county].name);
		buf_char(b, '\n');
		told_history(b, "    ", w);
		lines_indented(b, "        ", w->came[1]);
		return;
	}
	prove_sum_words(b, rb, &d->sum);
	if (r->owing[i].searched)
		buf_fmt(b, "; %zu histories were tried, and none came to more", w->tried);
	buf_char(b, '\n');
}

static void text_debts(struct buf *b, const struct prove_report *r)
{
	if (r->asks_debts) {
		buf_str(b, STR("\ncan one case come to owe more than "));
		money_text(b, r->owe_more_than);
		buf_str(b, STR(" in one year?\n"));
	} else {
		buf_str(b, STR("\nwhat one case may come to owe in one year\n"));
	}
	if (!r->debts.n)
		buf_str(b, STR("  nothing is ever assessed\n"));
	for (size_t i = 0; i < r->debts.n; i++)
		text_debt(b, r, i);
}

/* ---- funds ---- */

const char *prove_fund_verdict(const struct prove_report *r, size_t i)
{
	if (!r->funds.at[i].falls)
		return "proved";
	return r->overdrawn[i].witness.found ? "can be overdrawn" : "not decided";
}

void prove_fund_because(struct buf *b, const struct prove_report *r, size_t i)
{
	const struct overdraw *x = &r->funds.at[i];
	if (!x->falls) {
		buf_str(b, STR("nobody gets more of it than is left, and its budget never falls "
			       "within a year"));
		return;
	}
	buf_str(b, STR("within a year its budget falls from "));
	money_text(b, x->before);
	buf_str(b, STR(" to "));
	money_text(b, x->after);
	buf_str(b, STR(" on "));
	day_text(b, x->day);
	if (r->overdrawn[i].witness.found) {
		buf_str(b, STR("; then "));
		money_text(b, r->overdrawn[i].witness.cents);
		buf_str(b, STR(" more is gone, for instance in "));
		buf_str(b, r->loaded->rb->counties[x->county].name);
	}
}

static void text_funds(struct buf *b, const struct prove_report *r)
{
	size_t sure = 0;
	buf_str(b, STR("\ncan a fund be overdrawn?"));
	for (size_t i = 0; i < r->funds.n; i++)
		sure += !r->funds.at[i].falls;
	if (!r->funds.n) {
		buf_str(b, STR(" no fund has a budget\n"));
		return;
	}
	if (sure == r->funds.n) {
		buf_fmt(b,
			" no: nobody gets more of the %zu with a budget than is left, and no "
			"budget\n  ever falls within a year\n",
			sure);
		return;
	}
	buf_char(b, '\n');
	for (size_t i = 0; i < r->funds.n; i++) {
		const struct witness *w = &r->overdrawn[i].witness;
		if (!r->funds.at[i].falls)
			continue;
		buf_str(b, STR("  "));
		buf_str(b, r->loaded->rb->funds[r->funds.at[i].fund].name);
		buf_fmt(b, ": %s: ", prove_fund_verdict(r, i));
		prove_fund_because(b, r, i);
		buf_char(b, '\n');
		if (!w->found)
			continue;
		told_history(b, "    ", w);
		lines_indented(b, "        ", w->came[1]);
	}
	buf_fmt(b, "  proved of %zu others\n", sure);
}

/* ---- waiting ---- */

const char *prove_end_why(const struct open_end *e)
{
	switch (e->ending) {
	case ENDING_SURE:
		break;
	case ENDING_CALLED_OFF:
		return "its deadline is called off when the event comes for which it waits, and "
		       "then "
		       "only another event leads out of it";
	case ENDING_PROPOSED:
		return "it is only proposed: nothing follows until somebody approves or declines "
		       "it";
	case ENDING_NONE:
		return "nothing leads out of it";
	case ENDING_EVENT:
		return "only an event leads out of it, which may never come";
	case ENDING_NO_DAY:
		return "there is no day by which it has to be answered";
	case ENDING_NO_MORE:
		return "nothing follows when it is not answered in time";
	}
	return "";
}

void prove_end_words(struct buf *b, const struct rulebook *rb, const struct open_end *e)
{
	const struct block *k = &rb->blocks[e->block];
	block_words(b, k);
	buf_str(b, STR(" ("));
	buf_str(b, rb->programs[k->program].name);
	buf_str(b, STR("): "));
	if (e->action) {
		buf_char(b, '`');
		source_words(b, rb, e->action->span);
		buf_char(b, '`');
		return;
	}
	buf_str(b, block_step_name(k->kind));
	buf_char(b, ' ');
	buf_str(b, rb->escalations[k->detail].steps[e->step - 1].name);
}

struct span prove_end_span(const struct rulebook *rb, const struct open_end *e)
{
	const struct block *k = &rb->blocks[e->block];
	return e->action ? e->action->span : rb->escalations[k->detail].steps[e->step - 1].span;
}

size_t prove_open_referrals(const struct prove_report *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->ends.n; i++)
		n += r->ends.at[i].action && r->ends.at[i].action->kind == ACTION_REFER;
	return n;
}

static void text_ends(struct buf *b, const struct prove_report *r)
{
	buf_fmt(b,
		"\nmay a case wait for ever? %zu steps and %zu referrals and requirements were "
		"looked at\n",
		r->ends.steps, r->ends.duties);
	if (!r->ends.n)
		buf_str(b, STR("  no: each has a day on which something follows\n"));
	if (r->ends.referrals)
		buf_fmt(b, "  %zu of %zu referrals have an ending\n",
			r->ends.referrals - prove_open_referrals(r), r->ends.referrals);
	for (size_t i = 0; i < r->ends.n; i++) {
		buf_str(b, STR("  "));
		prove_end_words(b, r->loaded->rb, &r->ends.at[i]);
		buf_fmt(b, ": %s\n    ", prove_end_why(&r->ends.at[i]));
		place_words(b, r->loaded->rb, prove_end_span(r->loaded->rb, &r->ends.at[i]));
		buf_char(b, '\n');
	}
}

void prove_undecided_words(struct buf *b, const struct rulebook *rb, const struct undecided *u)
{
	static const char *const then[] = {
	    [UNDECIDED_NOT_APPLIED] = "it does not apply",
	    [UNDECIDED_STOPPED] = "the event is stopped",
	    [UNDECIDED_NOT_SHOWN] = "nothing is shown",
	    [UNDECIDED_REFUSED] = "the event is refused",
	};
	block_words(b, &rb->blocks[u->block]);
	buf_c(b, ": `");
	source_words(b, rb, u->span);
	buf_fmt(b, "`; then %s", then[u->as]);
}

static void text_undecided(struct buf *b, const struct prove_report *r)
{
	const struct rulebook *rb = r->loaded->rb;
	buf_c(b, "\nmay anything be undecidable, because something is unknown? ");
	if (!r->undecided.n) {
		buf_c(b, "no: what may be unknown is guarded\n");
		return;
	}
	buf_c(b,
	      "yes, in a case that was under way before\nthe policy counted so, until the length "
	      "has passed, where the record does not tell\n");
	for (size_t i = 0; i < r->undecided.n; i++) {
		buf_c(b, "  ");
		prove_undecided_words(b, rb, &r->undecided.at[i]);
		buf_c(b, "\n    ");
		place_words(b, rb, r->undecided.at[i].span);
		buf_char(b, '\n');
	}
}

void prove_unequal_words(struct buf *b, const struct rulebook *rb, const struct unequal *u)
{
	source_words(b, rb, rb->blocks[u->block].span);
	buf_str(b, STR(": "));
	buf_str(b, rb->counties[u->county[0]].name);
	buf_str(b, STR(" and "));
	buf_str(b, rb->counties[u->county[1]].name);
	buf_str(b, STR(" differ"));
	if (u->param == NONE)
		return;
	buf_str(b, STR(", for `"));
	buf_str(b, rb->params[u->param].name);
	buf_str(b, STR("` is not locked"));
}

static void text_locked(struct buf *b, const struct prove_report *r)
{
	const struct rulebook *rb = r->loaded->rb;
	buf_str(b, STR("\nis what is locked the same in all counties that have it? "));
	if (!r->unequal.n) {
		buf_fmt(b, "yes, all %zu provisions\n", r->locked);
		return;
	}
	buf_str(b, STR("no\n"));
	for (size_t i = 0; i < r->unequal.n; i++) {
		buf_str(b, STR("  "));
		prove_unequal_words(b, rb, &r->unequal.at[i]);
		buf_char(b, '\n');
	}
}

void prove_text(struct buf *b, const struct prove_report *r)
{
	for (size_t i = 0; i < r->proofs.n; i++)
		text_promise(b, r, i);
	if (!r->proofs.n)
		buf_str(b, STR("there is no never, only after or always in force\n"));
	text_debts(b, r);
	text_funds(b, r);
	text_ends(b, r);
	text_undecided(b, r);
	text_locked(b, r);
	buf_fmt(b, "\n%zu proved, %zu with a history against them, %zu not decided\n", r->proved,
		r->breached, r->open);
}
