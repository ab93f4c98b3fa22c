/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/replay/report_html.h"

#include "daemon/replay/report_names.h"
#include "engine/explain/plain.h"
#include "engine/page/html.h"
#include "engine/values/money.h"

#define CASES_MOST 200 /* rows of a table that people read */

/* ---- what was asked, and of what ---- */

static void put_words(struct buf *b, const struct replayed *r,
		      void (*words)(struct buf *b, const struct replayed *r), bool is_note)
{
	struct buf text = {0};
	words(&text, r);
	if (is_note)
		html_note(b, STR_FMT, STR_ARG(buf_view(&text)));
	else
		html_p(b, STR_FMT, STR_ARG(buf_view(&text)));
	buf_release(&text);
}

static void put_head(struct buf *b, const struct replayed *r)
{
	put_words(b, r, replay_head_words, false);
	if (r->destroyed || r->left_out)
		put_words(b, r, replay_left_out_words, true);
	if (r->compared.overflow)
		html_note(b, "A sum is beyond the range of amounts; sums are not exact.");
}

/* “compelled” of “A person was asked what happened”: 40 reports without it, decided as not known */
static void lack_words(struct buf *b, const struct replay_lack *l, const struct rulebook *rb)
{
	struct buf inside = {0};
	if (l->of == LACKS_EVENT) {
		buf_c(b, "whether this happened: ");
		called_event(b, rb, l->name);
		return;
	}
	plain_quoted(b, l->name);
	if (l->of == LACKS_FACT) {
		plain_name(&inside, l->inside);
		buf_fmt(b, " of each case of kind " STR_FMT, STR_ARG(buf_view(&inside)));
	} else {
		called_event(&inside, rb, l->inside);
		buf_fmt(b, " where this was reported: " STR_FMT "; without it were ",
			STR_ARG(buf_view(&inside)));
		number_text(b, (int64_t)l->events);
		buf_c(b, l->optional ? ", decided as not known" : ", refused");
	}
	buf_release(&inside);
}

/* What was asked when it was recorded, too, is as open on both sides. */
static void put_lacks(struct buf *b, const struct replayed *r, const struct rulebook *rb)
{
	struct buf words = {0};
	size_t n = 0;
	for (; n < r->lacks.n && !r->lacks.at[n].before; n++) {
		if (!n) {
			html_note(b,
				  "The change asks what this history does not hold. What follows "
				  "says nothing of cases for which that matters.");
			html_list(b);
		}
		buf_clear(&words);
		lack_words(&words, &r->lacks.at[n], rb);
		html_item(b, buf_view(&words));
	}
	if (n)
		html_list_end(b);
	if (n < r->lacks.n)
		html_p(b,
		       "%s things that the provisions ask are not in this history: %zu. They were "
		       "asked "
		       "when it was recorded, too.",
		       n ? "Other" : "Some", r->lacks.n - n);
	buf_release(&words);
}

static void cell_event(struct buf *b, const struct rulebook *rb, struct str type)
{
	struct buf text = {0};
	called_event(&text, rb, type);
	html_cell(b, buf_view(&text));
	buf_release(&text);
}

static void put_unknown(struct buf *b, const struct replayed *r, const struct rulebook *rb)
{
	static const struct html_column columns[] = {
	    {"what was reported and is not known under the change", false}, {"recorded", true}};
	size_t n = 0;
	for (size_t i = 0; i < r->types.n; i++) {
		if (r->types.at[i].known)
			continue;
		if (!n++)
			html_table(b, columns, 2);
		html_row(b);
		cell_event(b, rb, r->types.at[i].type);
		html_count(b, (int64_t)r->types.at[i].n);
	}
	if (n)
		html_table_end(b);
}

/* before-policy: before policy */
static void cell_slug(struct buf *b, struct str slug)
{
	struct buf text = {0};
	for (size_t i = 0; i < slug.len; i++)
		buf_char(&text, slug.p[i] == '-' ? ' ' : slug.p[i]);
	html_cell(b, buf_view(&text));
	buf_release(&text);
}

static void put_refusals(struct buf *b, const struct replayed *r, const struct rulebook *rb)
{
	static const struct html_column columns[] = {
	    {"what was reported and would be refused under the change", false},
	    {"why", false},
	    {"at", false},
	    {"events", true}};
	if (!r->refusals.n)
		return;
	html_table(b, columns, 4);
	for (size_t i = 0; i < r->refusals.n; i++) {
		const struct replay_refusal *x = &r->refusals.at[i];
		html_row(b);
		cell_event(b, rb, x->type);
		cell_slug(b, x->slug);
		html_cell(b, x->where);
		html_count(b, (int64_t)x->n);
	}
	html_table_end(b);
}

/* ---- cases ---- */

static void put_side(struct buf *b, const struct compared *c, const struct compared_outcome *o,
		     int side)
{
	struct buf text = {0};
	if (o->label[side] == NONE_SUCH) {
		html_cell(b, STR("nothing"));
		return;
	}
	const struct compared_label *l = &c->labels.at[o->label[side]];
	buf_str(&text, l->kind);
	if (l->name.len) {
		buf_c(&text, ": ");
		plain_name(&text, l->name);
	}
	if (o->cents[side]) {
		buf_char(&text, ' ');
		money_text(&text, o->cents[side]);
	}
	if (o->day[side] != DAY_NONE) {
		buf_c(&text, ", ");
		day_text(&text, o->day[side]);
	}
	html_cell(b, buf_view(&text));
	buf_release(&text);
}

static void put_cases(struct buf *b, const struct replayed *r)
{
	static const struct html_column columns[] = {
	    {"case", false}, {"as recorded", false}, {"under the change", false}};
	const struct compared *c = &r->compared;
	size_t n = c->cases.n < CASES_MOST ? c->cases.n : CASES_MOST;
	if (!r->ids || !n)
		return;
	html_subsection(b, STR("Where each case parts first"));
	html_table(b, columns, 3);
	for (size_t i = 0; i < n; i++) {
		html_row(b);
		html_cell(b, r->ids[i]);
		for (int side = 0; side < SIDES; side++)
			put_side(b, c, &c->outcomes.at[c->cases.at[i].first], side);
	}
	html_table_end(b);
	if (n < c->cases.n)
		html_p(b, "And %zu more.", c->cases.n - n);
}

void replay_html(struct buf *b, const struct replayed *r, const struct rulebook *rb)
{
	html_section_at(b, STR("replay"), STR("What would have been decided otherwise"));
	put_head(b, r);
	if (!r->last_seq)
		return;
	put_lacks(b, r, rb);
	put_unknown(b, r, rb);
	put_refusals(b, r, rb);
	replay_html_whom(b, r, rb);
	replay_html_money(b, &r->compared, rb);
	put_cases(b, r);
}
