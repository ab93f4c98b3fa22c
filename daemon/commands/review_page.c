/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/review.h"

#include "engine/base/line_diff.h"
#include "engine/page/html.h"

/* ---- what was compared ---- */

static void row_version(struct buf *b, const char *which, const struct rulebook *rb)
{
	char hex[sizeof(rb->digest.b) * 2];
	hash_hex(rb->digest.b, sizeof(rb->digest.b), hex);
	html_row(b);
	html_cell(b, str_from(which));
	html_cell(b, (struct str){hex, sizeof(hex)});
	html_count(b, rb->nsources);
	html_count(b, rb->nprograms);
	html_count(b, rb->ncounties);
}

static void identity(struct buf *b, const struct review *r)
{
	static const struct html_column columns[] = {{"policy", false},
						     {"SHA-256", false},
						     {"files", true},
						     {"programs", true},
						     {"counties", true}};
	html_section(b, STR("What was compared"));
	html_table(b, columns, 5);
	row_version(b, "before the change", r->loaded[0].rb);
	row_version(b, "after the change", r->loaded[1].rb);
	html_table_end(b);
	if (r->ledger)
		review_history_identity(b, &r->history);
	html_p(b,
	       "The same policies%s give this document again, byte for byte: whoever doubts it can "
	       "make it anew with waymark %s and compare.",
	       r->ledger ? " and the same history" : "", WAYMARK_VERSION);
}

/* ---- in short ---- */

static void item(struct buf *b, struct buf *text)
{
	html_item(b, buf_view(text));
	buf_clear(text);
}

static void short_of_differences(struct buf *b, const struct review *r)
{
	if (differences_matter(&r->diff.d))
		diff_html_in_short(b, &r->diff);
	else
		html_item(b, STR("The change decides every case as before."));
}

static void short_of_promises(struct buf *b, const struct review *r)
{
	const struct prove_report *p = &r->prove[1];
	struct buf text = {0};
	size_t proved = p->proofs.n - p->breached - p->open;
	if (!p->proofs.n)
		buf_c(&text, "The policy has no promises and prohibitions");
	else if (proved == p->proofs.n)
		buf_fmt(&text, "All %zu promises and prohibitions are proved after the change",
			proved);
	else
		buf_fmt(&text, "Promises and prohibitions after the change: %zu of %zu are proved",
			proved, p->proofs.n);
	if (p->breached)
		buf_fmt(&text, ", %zu have a history that runs against them", p->breached);
	if (p->open)
		buf_fmt(&text, ", %zu are not decided", p->open);
	buf_char(&text, '.');
	item(b, &text);
	if (r->lost.n) {
		buf_fmt(&text, "%zu that were proved before the change no longer are.", r->lost.n);
		item(b, &text);
	}
	buf_release(&text);
}

static void short_of_tests(struct buf *b, const struct review *r)
{
	struct buf text = {0};
	buf_fmt(&text, "Scenarios after the change: %zu hold, %zu do not; ", r->tests.passed,
		r->tests.failed);
	if (r->tests.changed.n)
		buf_fmt(&text, "%zu were touched along with it.", r->tests.changed.n);
	else
		buf_c(&text, "none was touched along with it.");
	item(b, &text);
	if (r->mutants[1].lived.n) {
		buf_fmt(&text,
			"Of %zu small mistakes in what it touches, %zu would be noticed by no "
			"scenario.",
			r->mutants[1].tried, r->mutants[1].lived.n);
		item(b, &text);
	}
	buf_release(&text);
}

static void short_of_money(struct buf *b, const struct review *r)
{
	struct buf text = {0};
	if (r->money.at.n) {
		if (r->money.differ)
			buf_fmt(&text,
				"Projections: %zu of %zu come to another amount than before.",
				r->money.differ, r->money.at.n);
		else
			buf_fmt(&text, "Projections: all %zu come to the same amounts as before.",
				r->money.at.n);
		item(b, &text);
	}
	buf_release(&text);
}

static void in_short(struct buf *b, const struct review *r)
{
	html_section(b, STR("In short"));
	html_list(b);
	short_of_differences(b, r);
	if (r->ledger)
		review_history_in_short(b, &r->history, r->loaded[1].rb);
	short_of_money(b, r);
	short_of_promises(b, r);
	short_of_tests(b, r);
	html_list_end(b);
}

/* ---- chapters ---- */

static void lost_promises(struct buf *b, const struct review *r)
{
	struct buf text = {0};
	if (!r->lost.n)
		return;
	html_section(b, STR("No longer proved"));
	html_list(b);
	for (size_t i = 0; i < r->lost.n; i++) {
		const struct lost_promise *l = &r->lost.at[i];
		prove_words(&text, r->loaded[0].rb, r->prove[0].proofs.at[l->before].block);
		buf_fmt(&text, ": %s",
			l->after == SIZE_MAX ? "it is not there any more"
					     : prove_verdict(&r->prove[1], l->after));
		item(b, &text);
	}
	html_list_end(b);
	buf_release(&text);
}

static void file_change(struct buf *b, const struct source *old, const struct source *new)
{
	struct buf lines = {0};
	if (old && new &&str_eq(old->text, new->text))
		return;
	line_diff(&lines, old ? old->text : STR(""), new ? new->text : STR(""));
	html_section(b, old ? old->name : new->name);
	html_pre(b, buf_view(&lines));
	buf_release(&lines);
}

static void texts(struct buf *b, const struct review *r)
{
	const struct rulebook *old = r->loaded[0].rb, *new = r->loaded[1].rb;
	html_p(b, "Lines that begin with - are gone, lines that begin with + are new.");
	for (uint32_t i = 0; i < old->nsources; i++)
		file_change(b, &old->sources[i], rulebook_source(new, old->sources[i].name));
	for (uint32_t i = 0; i < new->nsources; i++)
		if (!rulebook_source(old, new->sources[i].name))
			file_change(b, NULL, &new->sources[i]);
}

static void signatures(struct buf *b)
{
	html_section(b, STR("Signatures"));
	html_p(b, "I have read this document and know what the change does.");
	html_signatures(b, 3);
}

static const struct chapter {
	struct str id, head;
} chapters[] = {
    {STR_INIT("changes"), STR_INIT("What the change does")},
    {STR_INIT("history"), STR_INIT("What it would have done to the recorded cases")},
    {STR_INIT("money"), STR_INIT("What it comes to, by the projections")},
    {STR_INIT("holds"), STR_INIT("What always holds after the change")},
    {STR_INIT("tests"), STR_INIT("What was tested")},
    {STR_INIT("texts"), STR_INIT("The change in the policy's text")},
};
enum { CHANGES, HISTORY, MONEY, HOLDS, TESTS, TEXTS, CHAPTERS };

static void begin_chapter(struct buf *b, int which)
{
	html_chapter(b, chapters[which].id, chapters[which].head);
}

static void contents(struct buf *b, const struct review *r)
{
	html_section(b, STR("What follows"));
	html_list(b);
	for (int i = 0; i < CHAPTERS; i++) {
		struct buf to = {0};
		if (i == HISTORY && !r->ledger)
			continue;
		buf_fmt(&to, "#" STR_FMT, STR_ARG(chapters[i].id));
		html_link_item(b, buf_view(&to), chapters[i].head);
		buf_release(&to);
	}
	html_list_end(b);
}

void review_html(struct buf *b, const struct review *r)
{
	html_begin(b, STR("Review of a change of the policy"));
	in_short(b, r);
	contents(b, r);
	signatures(b);
	identity(b, r);
	begin_chapter(b, CHANGES);
	diff_html(b, &r->diff);
	if (r->ledger) {
		begin_chapter(b, HISTORY);
		review_history_html(b, &r->history, r->loaded[1].rb);
	}
	begin_chapter(b, MONEY);
	review_money_html(b, &r->money);
	begin_chapter(b, HOLDS);
	lost_promises(b, r);
	prove_html(b, &r->prove[1], &r->prove[0]);
	begin_chapter(b, TESTS);
	review_tests_html(b, &r->tests, r->touched[1].blocks);
	if (differences_matter(&r->diff.d))
		review_mutants_html(b, r->mutants);
	begin_chapter(b, TEXTS);
	texts(b, r);
	html_end(b);
}
