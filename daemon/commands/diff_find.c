/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding what `waymark diff` says: the differences, and a history for each that can have one.
 */
#include "daemon/commands/diff_report.h"
#include "daemon/commands/history.h"
#include "daemon/wire/difference_words.h"

/* What is drawn on by cases, of each thing; POT_NONE: it is none. */
static enum pot_kind pot_of(enum meant meant)
{
	return meant == MEANT_FUND       ? POT_FUND
	       : meant == MEANT_CAPACITY ? POT_CAPACITY
	       : meant == MEANT_DOCKET   ? POT_DOCKET
					 : POT_NONE;
}

/* Things that only one of them has show through the provisions that use them. */
static bool may_show(const struct difference *x)
{
	if (x->change == CHANGE_SAID || x->change == CHANGE_RENAMED ||
	    x->change == CHANGE_REGROUPED || !x->ncounties)
		return false;
	return x->meant == MEANT_BLOCK ||
	       (x->change == CHANGE_MEANING &&
		(pot_of(x->meant) != POT_NONE || x->meant == MEANT_CALENDAR));
}

static void make_scenario(struct diff_report *r, const struct difference *x, struct shown_by *by)
{
	struct buf title = {0}, text = {0};
	difference_words(&title, &r->d, x);
	history_scenario(&text, "Difference", r->found, buf_view(&title), by->county, &by->witness,
			 1);
	by->scenario = history_reproduced(r->loaded[0], r->loaded[1], buf_view(&text));
	if (by->scenario)
		buf_str(&r->scenarios, buf_view(&text));
	buf_release(&title);
	buf_release(&text);
}

static bool find_history(struct witness *w, struct wanted *wanted, const struct difference *x)
{
	wanted->pot = pot_of(x->meant);
	wanted->name = x->name;
	if (x->meant == MEANT_CALENDAR)
		return witness_find_calendar(w, wanted);
	if (wanted->pot == POT_NONE)
		return witness_find(w, wanted);
	wanted->what = WANTED_SHARED;
	return witness_find_shared(w, wanted);
}

static bool find_in_county(struct diff_report *r, const struct difference *x, struct shown_by *by)
{
	struct wanted wanted = {.rb = {r->d.rb[0], r->d.rb[1]},
				.block = {x->block[0], x->block[1]}};
	for (int i = 0; i < 2; i++)
		wanted.county[i] = rulebook_county(r->d.rb[i], by->county);
	return find_history(&by->witness, &wanted, x);
}

/* A provision is in force in each of the counties. What cases share is drawn on only where some
 * provision does; there is no history where none does. */
static void look_for_history(struct diff_report *r, const struct difference *x, struct shown_by *by)
{
	bool found = false;
	by->searched = true;
	r->searched++;
	for (size_t i = 0; i < x->ncounties && !found && !by->witness.tried; i++) {
		by->county = x->counties[i];
		found = find_in_county(r, x, by);
	}
	if (!found)
		return;
	r->found++;
	make_scenario(r, x, by);
}

static void find_out(struct diff_report *r)
{
	for (size_t i = 0; i < r->d.n; i++)
		if (may_show(&r->d.at[i]))
			look_for_history(r, &r->d.at[i], &r->by[i]);
}

void diff_find(struct diff_report *r)
{
	differences_find(&r->d, r->loaded[0]->rb, r->loaded[1]->rb);
	r->by = mem_alloc((r->d.n + 1) * sizeof(*r->by));
	memset(r->by, 0, (r->d.n + 1) * sizeof(*r->by));
	find_out(r);
}

void diff_release(struct diff_report *r)
{
	for (size_t i = 0; i < r->d.n; i++)
		witness_release(&r->by[i].witness);
	mem_free(r->by);
	differences_release(&r->d);
	buf_release(&r->scenarios);
}
