/* SPDX-License-Identifier: Apache-2.0
 *
 * What cases share differs in how much there is of it: that shows when little is left. So histories
 * begin with others who have spent what the smaller budget has, or have taken the places of the
 * smaller number, on days on which both differ.
 */
#include "engine/trial/witness_internal.h"

#include <stdlib.h>

#define SHARED_WORK  20000u /* lines decided in one setting */
#define SHARED_CROWD 200    /* others at most */

struct sharing {
	const struct wanted *wanted;
	uint16_t index[2]; /* by its name; NONE: not there */
	VEC(int32_t) days;
	VEC(struct setting) settings;
};

/* ---- days ---- */

static void add_day(struct sharing *s, int32_t day)
{
	const struct wanted *w = s->wanted;
	for (int i = 0; i < 2; i++)
		if (day < w->rb[i]->counties[w->county[i]].first_day)
			day = w->rb[i]->counties[w->county[i]].first_day;
	for (size_t i = 0; i < s->days.n; i++)
		if (s->days.at[i] == day)
			return;
	*vec_push(&s->days) = day;
}

static void add_days_of(struct sharing *s, int side, uint16_t param)
{
	const struct wanted *w = s->wanted;
	if (param == NONE)
		return;
	const struct dated_list *l = &w->rb[side]->counties[w->county[side]].values[param];
	for (uint16_t i = 1; i < l->n; i++)
		add_day(s, l->at[i].from);
}

static const struct budget *budget_of(const struct sharing *s, int side)
{
	return s->index[side] == NONE ? NULL : fund_budget(s->wanted->rb[side], s->index[side]);
}

/* The last day of a year of the budget, so that a history may lead into the next one. */
static void add_year_end(struct sharing *s, const struct budget *b, int32_t first)
{
	int32_t next;
	if (b->per != BUDGET_IN_ALL && !day_add(budget_year(b, first), 1, UNIT_YEARS, NULL, &next))
		add_day(s, next - 1);
}

static void gather_days(struct sharing *s)
{
	add_day(s, DAY_MIN);
	int32_t first = s->days.at[0];
	for (int i = 0; i < 2; i++) {
		const struct rulebook *rb = s->wanted->rb[i];
		const struct budget *b = s->wanted->pot == POT_FUND ? budget_of(s, i) : NULL;
		if (b) {
			add_days_of(s, i, b->param);
			add_year_end(s, b, first);
		}
		if (s->index[i] == NONE)
			continue;
		if (s->wanted->pot == POT_CAPACITY)
			add_days_of(s, i, rb->places[s->index[i]].param);
		if (s->wanted->pot == POT_DOCKET) {
			add_days_of(s, i, rb->meetings[s->index[i]].most.param);
			add_days_of(s, i, rb->meetings[s->index[i]].keeps.param);
		}
	}
}

/* ---- settings ---- */

static void add_spent(struct sharing *s, int32_t day, int64_t spent)
{
	for (int i = 0; i < 2; i++) {
		const struct budget *b = budget_of(s, i);
		if (b && spent > budget_on(s->wanted->rb[i], s->wanted->county[i], b, day))
			return;
	}
	if (spent >= 0)
		*vec_push(&s->settings) = (struct setting){
		    .fund = s->wanted->name, .spent = spent, .dated = true, .day = day};
}

/* What is left of each budget: nothing, or a cent to the warning. */
static void settings_of_fund(struct sharing *s, int32_t day)
{
	for (int i = 0; i < 2; i++) {
		const struct budget *b = budget_of(s, i);
		int64_t most, line;
		if (!b || !b->limited)
			continue;
		most = budget_on(s->wanted->rb[i], s->wanted->county[i], b, day);
		add_spent(s, day, most);
		add_spent(s, day, most - 1);
		if (b->warn && !money_ratio(most, b->warn, PERCENT_ONE, ROUND_UP, &line))
			add_spent(s, day, line - 1);
	}
}

static void add_crowd(struct sharing *s, int32_t day, int64_t crowd)
{
	if (crowd >= 0 && crowd <= SHARED_CROWD)
		*vec_push(&s->settings) =
		    (struct setting){.crowd = (uint32_t)crowd, .dated = true, .day = day};
}

static void settings_of_places(struct sharing *s, int32_t day)
{
	for (int i = 0; i < 2; i++) {
		const struct rulebook *rb = s->wanted->rb[i];
		int64_t most, keeps = 0;
		if (s->index[i] == NONE)
			continue;
		if (s->wanted->pot == POT_CAPACITY)
			most = places_on(rb, s->wanted->county[i], s->index[i], day);
		else
			docket_seats(rb, s->wanted->county[i], &rb->meetings[s->index[i]], day,
				     &most, &keeps);
		add_crowd(s, day, most - keeps);
		if (keeps) {
			add_crowd(s, day, most);
			add_crowd(s, day, keeps);
		}
	}
	add_crowd(s, day, 0); /* another day of meeting */
}

/* On the first day first, and with the fewest others. */
static int by_size(const void *x, const void *y)
{
	const struct setting *a = x, *b = y;
	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->crowd != b->crowd)
		return a->crowd < b->crowd ? -1 : 1;
	return (a->spent < b->spent) - (a->spent > b->spent); /* nothing left, before a warning */
}

/* ---- kinds of case ---- */

static bool is_kind(const struct sharing *s, uint16_t kind)
{
	const struct rulebook *rb = s->wanted->rb[1];
	uint16_t i = s->index[1];
	if (s->wanted->pot == POT_CAPACITY && i != NONE)
		return rb->places[i].kind == kind;
	if (s->wanted->pot == POT_DOCKET && i != NONE)
		return rb->meetings[i].case_kind == kind;
	return true;
}

static bool try_setting(struct witness *w, struct wanted *wanted, size_t *tried)
{
	bool found = witness_find(w, wanted);
	*tried += w->tried;
	w->tried = *tried;
	if (!found)
		witness_release(w);
	return found;
}

static bool try_all(struct witness *w, struct sharing *s)
{
	struct wanted wanted = *s->wanted;
	size_t tried = 0;
	wanted.work = SHARED_WORK;
	for (size_t i = 0; i < s->settings.n; i++) {
		wanted.setting = s->settings.at[i];
		for (wanted.kind = 0; wanted.kind < wanted.rb[1]->nkinds; wanted.kind++)
			if (is_kind(s, wanted.kind) && try_setting(w, &wanted, &tried))
				return true;
	}
	*w = (struct witness){.tried = tried};
	return false;
}

static uint16_t index_of(const struct rulebook *rb, enum pot_kind pot, struct str name)
{
	const struct named *list = pot == POT_FUND       ? rb->funds
				   : pot == POT_CAPACITY ? rb->capacities
							 : rb->dockets;
	uint16_t n = pot == POT_FUND       ? rb->nfunds
		     : pot == POT_CAPACITY ? rb->ncapacities
					   : rb->ndockets;
	for (uint16_t i = 0; i < n; i++)
		if (str_eq(list[i].name, name))
			return i;
	return NONE;
}

bool witness_find_shared(struct witness *w, const struct wanted *wanted)
{
	struct sharing s = {.wanted = wanted};
	for (int i = 0; i < 2; i++)
		s.index[i] = index_of(wanted->rb[i], wanted->pot, wanted->name);
	gather_days(&s);
	for (size_t i = 0; i < s.days.n; i++) {
		if (wanted->pot == POT_FUND)
			settings_of_fund(&s, s.days.at[i]);
		else
			settings_of_places(&s, s.days.at[i]);
	}
	if (s.settings.n)
		qsort(s.settings.at, s.settings.n, sizeof(*s.settings.at), by_size);
	bool found = try_all(w, &s);
	vec_release(&s.days);
	vec_release(&s.settings);
	return found;
}
