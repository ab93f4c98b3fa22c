/* SPDX-License-Identifier: Apache-2.0
 *
 * What always holds, for people who read no policies.
 */
#include "daemon/commands/prove_report.h"
#include "daemon/commands/told.h"
#include "daemon/replay/report_names.h"
#include "engine/explain/plain.h"
#include "engine/explain/wording.h"
#include "engine/page/html.h"

/* ---- promises and prohibitions ---- */

static void cell_words(struct buf *b, struct buf *text)
{
	html_cell(b, buf_view(text));
	buf_clear(text);
}

static void says(struct buf *text, const struct rulebook *rb, uint32_t block)
{
	const struct block *k = &rb->blocks[block];
	if (k->title.len)
		buf_str(text, k->title);
	else
		prove_words(text, rb, block);
}

static void row_promise(struct buf *b, const struct prove_report *r, size_t i)
{
	const struct rulebook *rb = r->loaded->rb;
	const struct proof *p = &r->proofs.at[i];
	struct buf text = {0};
	html_row(b);
	says(&text, rb, p->block);
	cell_words(b, &text);
	html_cell(b, rb->programs[rb->blocks[p->block].program].title);
	html_count(b, (int64_t)p->counties);
	html_cell(b, str_from(prove_verdict(r, i)));
	prove_because(&text, r, i);
	cell_words(b, &text);
	buf_release(&text);
}

static void promises(struct buf *b, const struct prove_report *r)
{
	static const struct html_column columns[] = {{"what is promised", false},
						     {"program", false},
						     {"counties", true},
						     {"does it hold", false},
						     {"because", false}};
	html_section(b, STR("Promises and prohibitions"));
	if (!r->proofs.n) {
		html_p(b, "The policy has none.");
		return;
	}
	html_p(b,
	       "What is proved holds in every history of any length. A prohibition always holds, "
	       "because an event that would break it is refused; proved means that none ever has "
	       "to be.");
	html_table(b, columns, 5);
	for (size_t i = 0; i < r->proofs.n; i++)
		row_promise(b, r, i);
	html_table_end(b);
}

static void histories(struct buf *b, const struct prove_report *r)
{
	const struct rulebook *rb = r->loaded->rb;
	for (size_t i = 0; i < r->proofs.n; i++) {
		if (!r->tried[i].witness.found)
			continue;
		struct buf text = {0};
		says(&text, rb, r->proofs.at[i].block);
		html_subsection(b, buf_view(&text));
		buf_clear(&text);
		called_county(&text, rb, rb->counties[r->proofs.at[i].county].name);
		html_p(b, "A history that runs against it, in " STR_FMT ":",
		       STR_ARG(buf_view(&text)));
		told_one(b, &r->tried[i].witness);
		buf_release(&text);
	}
}

/* ---- what a case may owe ---- */

static void row_debt(struct buf *b, const struct prove_report *r, size_t i)
{
	const struct rulebook *rb = r->loaded->rb;
	const struct debt *d = &r->debts.at[i];
	struct buf text = {0};
	html_row(b);
	plain_name(&text, rb->kinds[d->kind].name);
	cell_words(b, &text);
	if (d->sum.bounded)
		money_text(&text, d->sum.most);
	else
		buf_str(&text, STR("no bound"));
	cell_words(b, &text);
	if (!d->sum.bounded)
		prove_sum_words(&text, rb, &d->sum);
	cell_words(b, &text);
	if (r->asks_debts)
		html_cell(b, str_from(prove_debt_verdict(r, i)));
	buf_release(&text);
}

static void debts(struct buf *b, const struct prove_report *r)
{
	static const struct html_column columns[] = {
	    {"case", false}, {"at most", true}, {"because", false}, {"as asked", false}};
	struct buf asked = {0};
	html_section(b, STR("What one case may come to owe in a year"));
	if (!r->debts.n) {
		html_p(b, "Nothing is ever assessed.");
		return;
	}
	html_p(b, "Whatever happens, in any calendar year; what is paid or waived later counts.");
	if (r->asks_debts) {
		money_text(&asked, r->owe_more_than);
		html_p(b, "Asked was: can one case come to owe more than " STR_FMT "?",
		       STR_ARG(buf_view(&asked)));
	}
	html_table(b, columns, r->asks_debts ? 4 : 3);
	for (size_t i = 0; i < r->debts.n; i++)
		row_debt(b, r, i);
	html_table_end(b);
	for (size_t i = 0; i < r->debts.n; i++) {
		const struct witness *w = &r->owing[i].witness;
		if (!w->found)
			continue;
		buf_clear(&asked);
		money_text(&asked, w->cents);
		html_p(b,
		       "A history after which a case owes " STR_FMT " for one year, in " STR_FMT
		       ":",
		       STR_ARG(buf_view(&asked)),
		       STR_ARG(r->loaded->rb->counties[r->debts.at[i].sum.county].name));
		told_one(b, w);
	}
	buf_release(&asked);
}

/* ---- funds ---- */

static bool is_same_fund(const struct prove_report *r, size_t i, size_t k)
{
	struct buf x = {0}, y = {0};
	prove_fund_because(&x, r, i);
	prove_fund_because(&y, r, k);
	bool same = prove_fund_verdict(r, i) == prove_fund_verdict(r, k) &&
		    str_eq(buf_view(&x), buf_view(&y));
	buf_release(&x);
	buf_release(&y);
	return same;
}

static bool is_same_as_earlier(const struct prove_report *r, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (is_same_fund(r, k, i))
			return true;
	return false;
}

/* A fund, with all later ones of which the same holds for the same reason. */
static void row_funds(struct buf *b, const struct prove_report *r, size_t i)
{
	struct buf text = {0};
	for (size_t k = i; k < r->funds.n; k++) {
		const struct named *f = &r->loaded->rb->funds[r->funds.at[k].fund];
		if (!is_same_fund(r, i, k))
			continue;
		buf_c(&text, text.len ? "; " : "");
		plain_title(&text, f->title, f->name);
	}
	html_row(b);
	cell_words(b, &text);
	html_cell(b, str_from(prove_fund_verdict(r, i)));
	prove_fund_because(&text, r, i);
	cell_words(b, &text);
	buf_release(&text);
}

static void funds(struct buf *b, const struct prove_report *r)
{
	static const struct html_column columns[] = {
	    {"fund", false}, {"is never overdrawn", false}, {"because", false}};
	if (!r->funds.n)
		return;
	html_section(b, STR("Funds"));
	html_table(b, columns, 3);
	for (size_t i = 0; i < r->funds.n; i++)
		if (!is_same_as_earlier(r, i))
			row_funds(b, r, i);
	html_table_end(b);
	for (size_t i = 0; i < r->funds.n; i++)
		if (r->overdrawn[i].witness.found)
			told_one(b, &r->overdrawn[i].witness);
}

/* ---- waiting, and what is locked ---- */

static void end_words(struct buf *b, const struct prove_report *r, size_t i)
{
	prove_end_words(b, r->loaded->rb, &r->ends.at[i]);
	buf_c(b, prove_end_why(&r->ends.at[i]));
}

static bool was_so(const struct prove_report *before, const struct prove_report *r, size_t i)
{
	struct buf x = {0}, y = {0};
	bool same = false;
	end_words(&x, r, i);
	for (size_t k = 0; before && k < before->ends.n && !same; k++) {
		buf_clear(&y);
		end_words(&y, before, k);
		same = str_eq(buf_view(&x), buf_view(&y));
	}
	buf_release(&x);
	buf_release(&y);
	return same;
}

static void row_wait(struct buf *b, const struct prove_report *r, size_t i)
{
	const struct rulebook *rb = r->loaded->rb;
	struct buf text = {0};
	html_row(b);
	prove_end_words(&text, rb, &r->ends.at[i]);
	cell_words(b, &text);
	html_cell(b, str_from(prove_end_why(&r->ends.at[i])));
	place_words(&text, rb, prove_end_span(rb, &r->ends.at[i]));
	cell_words(b, &text);
	buf_release(&text);
}

static void waits(struct buf *b, const struct prove_report *r, const struct prove_report *before)
{
	static const struct html_column columns[] = {
	    {"where", false}, {"why", false}, {"in the policy", false}};
	size_t same = 0;
	html_section(b, STR("Where a case may wait for ever"));
	html_p(b, "%zu steps and %zu referrals and requirements were looked at.", r->ends.steps,
	       r->ends.duties);
	if (r->ends.referrals)
		html_p(b, "%zu of %zu referrals have an ending.",
		       r->ends.referrals - prove_open_referrals(r), r->ends.referrals);
	if (!r->ends.n)
		html_p(b, "Each of them has a day on which something follows.");
	for (size_t i = 0; i < r->ends.n; i++)
		same += was_so(before, r, i);
	if (same)
		html_p(b, "Before the change as after it: in %zu of them a case may wait for ever.",
		       same);
	if (same == r->ends.n)
		return;
	html_table(b, columns, 3);
	for (size_t i = 0; i < r->ends.n; i++)
		if (!was_so(before, r, i))
			row_wait(b, r, i);
	html_table_end(b);
}

static bool was_undecided(const struct prove_report *before, struct str words)
{
	struct buf text = {0};
	bool same = false;
	for (size_t i = 0; before && i < before->undecided.n && !same; i++) {
		buf_clear(&text);
		prove_undecided_words(&text, before->loaded->rb, &before->undecided.at[i]);
		same = str_eq(buf_view(&text), words);
	}
	buf_release(&text);
	return same;
}

static void undecided_list(struct buf *b, const struct prove_report *r,
			   const struct prove_report *before)
{
	struct buf text = {0};
	size_t same = 0;
	html_list(b);
	for (size_t i = 0; i < r->undecided.n; i++) {
		prove_undecided_words(&text, r->loaded->rb, &r->undecided.at[i]);
		if (was_undecided(before, buf_view(&text)))
			same++;
		else
			html_item(b, buf_view(&text));
		buf_clear(&text);
	}
	if (same) {
		buf_fmt(&text, "as before the change: %zu", same);
		html_item(b, buf_view(&text));
	}
	html_list_end(b);
	buf_release(&text);
}

static void undecided(struct buf *b, const struct prove_report *r,
		      const struct prove_report *before)
{
	html_section(b, STR("What may be undecided for a while"));
	if (!r->undecided.n) {
		html_p(b, "Nothing: every provision says what holds where something is unknown.");
		return;
	}
	html_p(b, "Cases that were under way before the policy counted something so may not have "
		  "kept when it happened. Where the record does not tell either, this cannot be "
		  "decided until the length of time has passed:");
	undecided_list(b, r, before);
}

static void locked(struct buf *b, const struct prove_report *r)
{
	const struct rulebook *rb = r->loaded->rb;
	html_section(b, STR("What no county may change"));
	if (!r->unequal.n) {
		html_p(b, "All %zu locked provisions mean the same in every county that has them.",
		       r->locked);
		return;
	}
	html_list(b);
	for (size_t i = 0; i < r->unequal.n; i++) {
		struct buf text = {0};
		prove_unequal_words(&text, rb, &r->unequal.at[i]);
		html_item(b, buf_view(&text));
		buf_release(&text);
	}
	html_list_end(b);
}

void prove_html(struct buf *b, const struct prove_report *r, const struct prove_report *before)
{
	promises(b, r);
	histories(b, r);
	debts(b, r);
	funds(b, r);
	waits(b, r, before);
	undecided(b, r, before);
	locked(b, r);
}
