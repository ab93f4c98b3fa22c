/* SPDX-License-Identifier: Apache-2.0
 *
 * What a change does, for people who read no policies.
 */
#include "daemon/commands/diff_report.h"
#include "daemon/commands/diff_said.h"
#include "daemon/commands/told.h"
#include "daemon/replay/report_names.h"
#include "daemon/wire/difference_words.h"
#include "engine/explain/plain.h"
#include "engine/explain/wording.h"
#include "engine/page/html.h"
#include "engine/values/money.h"

static bool is_provision(const struct difference *x)
{
	return !x->county && x->meant == MEANT_BLOCK;
}

/* ---- in short ---- */

/* 1 provision is changed, 2 are new */
static void number_of(struct buf *b, size_t n, const char *one, const char *many)
{
	if (!n)
		return;
	buf_c(b, b->len ? ", " : "");
	number_text(b, (int64_t)n);
	buf_c(b, n == 1 ? one : many);
}

static void what_is_different(struct buf *b, const struct diff_report *r)
{
	size_t n[CHANGE_SAID + 1] = {0}, others = 0;
	struct buf text = {0};
	for (size_t i = 0; i < r->d.n; i++) {
		if (is_provision(&r->d.at[i]))
			n[r->d.at[i].change]++;
		else
			others++;
	}
	number_of(&text, r->d.amounts.n, " amount, number or period is changed",
		  " amounts, numbers or periods are changed");
	number_of(&text, n[CHANGE_MEANING], " provision decides differently",
		  " provisions decide differently");
	number_of(&text, n[CHANGE_ADDED], " provision is new", " provisions are new");
	number_of(&text, n[CHANGE_REMOVED], " provision is gone", " provisions are gone");
	number_of(&text, n[CHANGE_RENAMED], " has another name", " have other names");
	number_of(&text, n[CHANGE_REGROUPED], " is put together otherwise",
		  " are put together otherwise");
	number_of(&text, n[CHANGE_SAID], " has another title or citation",
		  " have other titles or citations");
	number_of(&text, others, " other thing is different", " other things are different");
	html_p(b, STR_FMT ".", STR_ARG(buf_view(&text)));
	buf_release(&text);
}

static void summary(struct buf *b, const struct diff_report *r)
{
	html_section(b, STR("What is different"));
	if (r->d.alike)
		html_p(
		    b,
		    "Provisions that are only put another way, proved to decide every case alike: "
		    "%zu.",
		    r->d.alike);
	if (!differences_matter(&r->d))
		html_p(b,
		       "Both versions mean the same in all %zu counties: every case is decided "
		       "alike, on every day.",
		       r->d.common);
	if (r->d.n || r->d.amounts.n)
		what_is_different(b, r);
	if (r->found)
		html_p(b,
		       "Below stands for each a short story that was made up, decided under both "
		       "versions, and comes out differently%s.",
		       r->found < r->searched ? "; where none was found, it says so" : "");
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

static void value_text_on(struct buf *b, const struct diff_report *r, const struct amount_change *x,
			  int side, int32_t day)
{
	if (x->param[side])
		policy_value_text(b, r->d.rb[side], &x->param[side]->type,
				  value_on(x->values[side], day));
	else
		buf_str(b, STR("none"));
}

static void cell_value(struct buf *b, const struct diff_report *r, const struct amount_change *x,
		       int side, int32_t day)
{
	struct buf text = {0};
	value_text_on(&text, r, x, side, day);
	html_cell(b, buf_view(&text));
	buf_release(&text);
}

/* Counselling stipend: What a survivor is offered to attend one session */
static void amount_name(struct buf *b, const struct amount_change *x)
{
	const struct param *p = x->param[x->param[1] ? 1 : 0];
	size_t from = b->len;
	plain_name(b, x->name);
	plain_capital(b, from);
	buf_c(b, p->title.len ? ": " : "");
	buf_str(b, p->title);
}

static void cell_amount(struct buf *b, const struct amount_change *x)
{
	struct buf text = {0};
	amount_name(&text, x);
	html_cell(b, buf_view(&text));
	buf_release(&text);
}

static void cell_counties(struct buf *b, const struct diff_report *r, const struct str *list,
			  size_t n)
{
	struct buf text = {0};
	diff_counties_words(&text, r, list, n, called_county);
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
	html_unbroken(b, buf_view(&text));
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

static void name_of(struct buf *b, const struct diff_report *r, const struct difference *x)
{
	struct buf name = {0};
	difference_words(&name, &r->d, x);
	plain_name(b, buf_view(&name));
	buf_release(&name);
}

static void fund_of(struct buf *b, const struct rulebook *rb, struct str name)
{
	buf_c(b, "the fund “");
	called_fund(b, rb, name);
	buf_c(b, "”");
}

static void head_of(struct buf *head, const struct diff_report *r, const struct difference *x)
{
	static const char *const changes[] = {[CHANGE_ADDED] = "New",
					      [CHANGE_REMOVED] = "Gone",
					      [CHANGE_MEANING] = "Changed",
					      [CHANGE_RENAMED] = "Same meaning, other name",
					      [CHANGE_REGROUPED] =
						  "Same meaning together with others",
					      [CHANGE_SAID] = "Same meaning, other words"};
	int side = x->block[1] != NO_BLOCK;
	const struct block *k =
	    x->block[side] == NO_BLOCK ? NULL : &r->d.rb[side]->blocks[x->block[side]];
	buf_fmt(head, "%s: ", changes[x->change]);
	if (k && k->title.len)
		buf_str(head, k->title);
	else if (k && k->kind != BLOCK_NEVER && k->kind != BLOCK_ALWAYS)
		plain_quoted(head, k->name);
	else if (x->meant == MEANT_FUND)
		fund_of(head, r->d.rb[difference_side(x)], x->name);
	else
		name_of(head, r, x);
}

static void where(struct buf *b, const struct diff_report *r, const struct difference *x)
{
	int side = difference_side(x);
	struct buf text = {0};
	if (is_provision(x)) {
		const struct rulebook *rb = r->d.rb[side];
		const struct program *p = &rb->programs[rb->blocks[x->block[side]].program];
		plain_title(&text, p->title, p->name);
		buf_c(&text, ", ");
	}
	diff_counties_words(&text, r, x->counties, x->ncounties, called_county);
	buf_c(&text, ". In the policy: ");
	difference_words(&text, &r->d, x);
	if (x->change == CHANGE_RENAMED)
		diff_former_words(&text, r, x);
	if (x->span[side].len) {
		buf_str(&text, STR(", "));
		place_words(&text, r->d.rb[side], x->span[side]);
	}
	plain_capital(&text, 0);
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

/* As it reads on the day of the example, else on its first one. */
static void says(struct buf *b, const struct diff_report *r, const struct difference *x,
		 const struct shown_by *by)
{
	struct said_of of = {{r->d.rb[0], r->d.rb[1]}, x->counties[0], x->from};
	if (by->witness.found)
		of.county = by->county;
	if (by->witness.ntold && by->witness.told[by->witness.ntold - 1].from != DAY_NONE)
		of.day = by->witness.told[by->witness.ntold - 1].from;
	diff_said(b, &of, x->block);
}

static void history(struct buf *b, const struct diff_report *r, const struct shown_by *by)
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
	struct buf county = {0};
	called_county(&county, r->d.rb[1], by->county);
	html_p(b, "For example, in " STR_FMT ":", STR_ARG(buf_view(&county)));
	told_both(b, w);
	buf_release(&county);
}

static void one(struct buf *b, const struct diff_report *r, size_t i)
{
	const struct difference *x = &r->d.at[i];
	struct buf head = {0};
	head_of(&head, r, x);
	html_subsection(b, buf_view(&head));
	buf_release(&head);
	where(b, r, x);
	if (is_provision(x)) {
		citation(b, r, x);
		says(b, r, x, &r->by[i]);
	}
	history(b, r, &r->by[i]);
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

/* ---- in a line each ---- */

#define SHORT_MOST 8u

static void amount_in_short(struct buf *b, const struct diff_report *r,
			    const struct amount_change *x)
{
	int32_t day = DAY_MIN;
	while (day != DAY_NONE && is_same_on(x, day))
		day = next_day(x, day);
	amount_name(b, x);
	buf_c(b, ", ");
	diff_counties_words(b, r, x->counties, x->ncounties, called_county);
	buf_c(b, ": ");
	value_text_on(b, r, x, 1, day);
	buf_c(b, " instead of ");
	value_text_on(b, r, x, 0, day);
	if (day == DAY_MIN || day == DAY_NONE)
		return;
	buf_c(b, " from ");
	day_text(b, day);
}

static void provision_in_short(struct buf *b, const struct diff_report *r,
			       const struct difference *x)
{
	head_of(b, r, x);
	buf_c(b, ", ");
	diff_counties_words(b, r, x->counties, x->ncounties, called_county);
}

void diff_html_in_short(struct buf *b, const struct diff_report *r)
{
	size_t n = 0;
	struct buf text = {0};
	for (size_t i = 0; i < r->d.amounts.n; i++, n++) {
		if (n >= SHORT_MOST)
			continue;
		amount_in_short(&text, r, &r->d.amounts.at[i]);
		html_item(b, buf_view(&text));
		buf_clear(&text);
	}
	for (size_t i = 0; i < r->d.n; i++) {
		if (!difference_matters(&r->d, &r->d.at[i]) || n++ >= SHORT_MOST)
			continue;
		provision_in_short(&text, r, &r->d.at[i]);
		html_item(b, buf_view(&text));
		buf_clear(&text);
	}
	if (n > SHORT_MOST) {
		buf_fmt(&text, "And %zu more things are different: see below.", n - SHORT_MOST);
		html_item(b, buf_view(&text));
	}
	buf_release(&text);
}

void diff_html(struct buf *b, const struct diff_report *r)
{
	summary(b, r);
	amounts(b, r);
	diff_said_tables(b, r->d.rb);
	some(b, r, true, STR("Provisions"));
	some(b, r, false, STR("What else is different"));
}
