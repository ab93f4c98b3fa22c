/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding what `waymark diff` says: the differences, and a history for each that can have one.
 */
#include "daemon/commands/diff_report.h"
#include "daemon/commands/history.h"
#include "daemon/wire/difference_words.h"

/* What a partner may see is asked for, and comes of no event. */
static bool comes_of_events(const struct differences *d, const struct difference *x)
{
	if (x->meant != MEANT_BLOCK || x->change == CHANGE_SAID || !x->ncounties)
		return false;
	for (int i = 0; i < 2; i++)
		if (x->block[i] != NO_BLOCK && d->rb[i]->blocks[x->block[i]].kind == BLOCK_SHARE)
			return false;
	return true;
}

static void make_scenario(struct diff_report *r, const struct difference *x, struct shown_by *by)
{
	struct buf title = {0}, text = {0};
	difference_words(&title, &r->d, x);
	history_scenario(&text, "Difference", r->found, buf_view(&title), x->counties[0],
			 &by->witness, 1);
	by->scenario = history_reproduced(r->loaded[0], r->loaded[1], buf_view(&text));
	if (by->scenario)
		buf_str(&r->scenarios, buf_view(&text));
	buf_release(&title);
	buf_release(&text);
}

static void look_for_history(struct diff_report *r, const struct difference *x, struct shown_by *by)
{
	struct wanted wanted = {.rb = {r->d.rb[0], r->d.rb[1]},
				.block = {x->block[0], x->block[1]}};
	for (int i = 0; i < 2; i++)
		wanted.county[i] = rulebook_county(r->d.rb[i], x->counties[0]);
	by->searched = true;
	r->searched++;
	if (!witness_find(&by->witness, &wanted))
		return;
	r->found++;
	make_scenario(r, x, by);
}

void diff_find(struct diff_report *r)
{
	differences_find(&r->d, r->loaded[0]->rb, r->loaded[1]->rb);
	r->by = mem_alloc((r->d.n + 1) * sizeof(*r->by));
	memset(r->by, 0, (r->d.n + 1) * sizeof(*r->by));
	for (size_t i = 0; i < r->d.n; i++)
		if (comes_of_events(&r->d, &r->d.at[i]))
			look_for_history(r, &r->d.at[i], &r->by[i]);
}

void diff_release(struct diff_report *r)
{
	for (size_t i = 0; i < r->d.n; i++)
		witness_release(&r->by[i].witness);
	mem_free(r->by);
	differences_release(&r->d);
	buf_release(&r->scenarios);
}
