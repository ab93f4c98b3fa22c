/* SPDX-License-Identifier: Apache-2.0
 *
 * What a change does, for people who read no policies.
 */
#include "daemon/commands/diff_report.h"
#include "daemon/commands/told.h"
#include "daemon/wire/difference_words.h"
#include "engine/explain/wording.h"
#include "engine/page/html.h"

static bool is_provision(const struct difference *x)
{
	return !x->county && x->meant == MEANT_BLOCK;
}

/* ---- in short ---- */

static void count_of(const struct diff_report *r, size_t n[CHANGE_SAID + 1], size_t *others)
{
	for (size_t i = 0; i < r->d.n; i++) {
		if (is_provision(&r->d.at[i]))
			n[r->d.at[i].change]++;
		else
			++*others;
	}
}

static void in_short(struct buf *b, const struct diff_report *r)
{
	size_t n[CHANGE_SAID + 1] = {0}, others = 0;
	count_of(r, n, &others);
	html_section(b, STR("What is different"));
	if (r->d.alike)
		html_p(
		    b,
		    "Provisions that are only put another way, proved to decide every case alike: "
		    "%zu.",
		    r->d.alike);
	if (!differences_matter(&r->d)) {
		html_p(b,
		       "Both versions mean the same in all %zu counties: every case is decided "
		       "alike, on every day.",
		       r->d.common);
		return;
	}
	html_p(b,
	       "Provisions: %zu changed, %zu new, %zu gone. Amounts, numbers and periods: %zu "
	       "changed. Other things: %zu.",
	       n[CHANGE_MEANING], n[CHANGE_ADDED], n[CHANGE_REMOVED], r->d.amounts.n, others);
	if (r->searched)
		html_p(b,
		       "For %zu of %zu changed provisions there is a short history below, with "
		       "days, that comes out differently; each was decided under both versions.",
		       r->found, r->searched);
}

/* ---- amounts ---- */

/* The value in force on a day. */
static struct value value_on(const struct dated_list *l, int32_t day)
{
	struct value v = l->at[0].value;
	for (uint16_t i = 1; i < l->n && l->at[i].from <= day; i++)
		v = l->at[i].value;
	return v;
}

static bool is_same_on(const struct amount_change *x, int32_t day)
{
	return x->param[0] && x->param[1] &&
	       value_eq(value_on(x->values[0], day), value_on(x->values[1], day));
}

/* The next day after another on which either has another value. */
static int32_t next_day(const struct amount_change *x, int32_t after)
{
	int32_t next = DAY_NONE;
	for (int side = 0; side < 2; side++)
		for (uint16_t i = 1; x->values[side] && i < x->values[side]->n; i++) {
			int32_t day = x->values[side]->at[i].from;
			if (day > after && (next == DAY_NONE || day < next))
				next = day;
		}
	return next;
}

static void cell_value(struct buf *b, const struct diff_report *r, const struct amount_change *x,
		       int side, int32_t day)
{
	struct buf text = {0};
	if (x->param[side])
		policy_value_text(&text, r->d.rb[side], &x->param[side]->type,
				  value_on(x->values[side], day));
	else
		buf_str(&text, STR("none"));
	html_cell(b, buf_view(&text));
	buf_release(&text);
}

static void cell_amount(struct buf *b, const struct amount_change *x)
{
	const struct param *p = x->param[x->param[1] ? 1 : 0];
	struct buf text = {0};
	told_words(&text, x->name);
	if (p->title.len) {
		buf_str(&text, STR(": "));
		buf_str(&text, p->title);
	}
	html_cell(b, buf_view(&text));
	buf_release(&text);
}

static void cell_counties(struct buf *b, const struct diff_report *r, const struct str *list,
			  size_t n)
{
	struct buf text = {0};
	diff_counties_words(&text, r, list, n);
	html_cell(b, buf_view(&text));
	buf_release(&text);
}

static void row_of_amount(struct buf *b, const struct diff_report *r, const struct amount_change *x,
			  int32_t day)
{
	struct buf text = {0};
	html_row(b);
	cell_amount(b, x);
	cell_counties(b, r, x->counties, x->ncounties);
	if (day == DAY_MIN)
		buf_str(&text, STR("the beginning"));
	else
		day_text(&text, day);
	html_cell(b, buf_view(&text));
	cell_value(b, r, x, 0, day);
	cell_value(b, r, x, 1, day);
	buf_release(&text);
}

/* Days on which both have the same value go without saying, unless there was another before. */
static void rows_of_amount(struct buf *b, const struct diff_report *r,
			   const struct amount_change *x)
{
	bool same = true;
	for (int32_t day = DAY_MIN;; day = next_day(x, day)) {
		bool was = same;
		if (day == DAY_NONE)
			return;
		same = is_same_on(x, day);
		if (!same || !was)
			row_of_amount(b, r, x, day);
	}
}

static void amounts(struct buf *b, const struct diff_report *r)
{
	static const struct html_column columns[] = {{"what", false},
						     {"where", false},
						     {"from", false},
						     {"before the change", false},
						     {"after the change", false}};
	if (!r->d.amounts.n)
		return;
	html_section(b, STR("Amounts, numbers and periods"));
	html_table(b, columns, 5);
	for (size_t i = 0; i < r->d.amounts.n; i++)
		rows_of_amount(b, r, &r->d.amounts.at[i]);
	html_table_end(b);
}

/* ---- provisions ---- */

static void head_of(struct buf *head, const struct diff_report *r, const struct difference *x)
{
	static const char *const changes[] = {[CHANGE_ADDED] = "New",
					      [CHANGE_REMOVED] = "Gone",
					      [CHANGE_MEANING] = "Changed",
					      [CHANGE_RENAMED] = "Same meaning, other name",
					      [CHANGE_SAID] = "Same meaning, other words"};
	int side = x->block[1] != NO_BLOCK;
	const struct block *k =
	    x->block[side] == NO_BLOCK ? NULL : &r->d.rb[side]->blocks[x->block[side]];
	struct buf name = {0};
	buf_fmt(head, "%s: ", changes[x->change]);
	if (k && k->title.len) {
		buf_str(head, k->title);
	} else {
		difference_words(&name, &r->d, x);
		told_words(head, buf_view(&name));
	}
	buf_release(&name);
}

static void where(struct buf *b, const struct diff_report *r, const struct difference *x)
{
	int side = x->change != CHANGE_REMOVED;
	struct buf text = {0};
	difference_words(&text, &r->d, x);
	if (x->change == CHANGE_RENAMED)
		diff_former_words(&text, r, x);
	buf_str(&text, STR(", "));
	diff_counties_words(&text, r, x->counties, x->ncounties);
	if (x->span[side].len) {
		buf_str(&text, STR("; "));
		place_words(&text, r->d.rb[side], x->span[side]);
	}
	html_p(b, STR_FMT, STR_ARG(buf_view(&text)));
	buf_release(&text);
}

static void citation(struct buf *b, const struct diff_report *r, const struct difference *x)
{
	int side = x->block[1] != NO_BLOCK;
	struct str cite = r->d.rb[side]->blocks[x->block[side]].cite;
	if (cite.len)
		html_p(b, "It rests on: “" STR_FMT "”", STR_ARG(cite));
}

static void history(struct buf *b, const struct shown_by *by)
{
	const struct witness *w = &by->witness;
	if (!by->searched)
		return;
	if (!w->tried) {
		html_p(b, "No provision that is in force draws on it.");
		return;
	}
	if (!w->found) {
		html_note(
		    b,
		    "It is not decided whether anybody ever notices: %zu short histories were "
		    "tried, and both versions decided them alike.",
		    w->tried);
		return;
	}
	html_p(b, "For example, in " STR_FMT ":", STR_ARG(by->county));
	told_both(b, w);
}

static void one(struct buf *b, const struct diff_report *r, size_t i)
{
	const struct difference *x = &r->d.at[i];
	struct buf head = {0};
	head_of(&head, r, x);
	html_subsection(b, buf_view(&head));
	buf_release(&head);
	where(b, r, x);
	if (is_provision(x))
		citation(b, r, x);
	history(b, &r->by[i]);
}

static void some(struct buf *b, const struct diff_report *r, bool provisions, struct str head)
{
	bool any = false;
	for (size_t i = 0; i < r->d.n; i++) {
		if (is_provision(&r->d.at[i]) != provisions)
			continue;
		if (!any)
			html_section(b, head);
		any = true;
		one(b, r, i);
	}
}

void diff_html(struct buf *b, const struct diff_report *r)
{
	in_short(b, r);
	amounts(b, r);
	some(b, r, true, STR("Provisions"));
	some(b, r, false, STR("What else is different"));
}
