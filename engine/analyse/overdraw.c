/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/overdraw.h"

/* The first day on which the budget is lower than the day before, within one of its years. Days on
 * which the county has no program yet do not matter. */
static bool falls_in(const struct rulebook *rb, const struct budget *b, uint16_t county,
		     struct overdraw *out)
{
	const struct county *c = &rb->counties[county];
	const struct dated_list *l = &c->values[b->param];
	for (uint16_t i = 1; i < l->n; i++) {
		int32_t day = l->at[i].from;
		if (day <= c->first_day || l->at[i].value.i >= l->at[i - 1].value.i ||
		    budget_year(b, day) != budget_year(b, day - 1))
			continue;
		out->falls = true;
		out->county = county;
		out->day = day;
		out->before = l->at[i - 1].value.i;
		out->after = l->at[i].value.i;
		return true;
	}
	return false;
}

void overdraws_find(struct overdraws *o, const struct rulebook *rb)
{
	for (uint16_t f = 0; f < rb->nfunds; f++) {
		const struct budget *b = fund_budget(rb, f);
		struct overdraw x = {.fund = f, .county = NONE};
		if (!b)
			continue;
		for (uint16_t c = 0; b->param != NONE && c < rb->ncounties; c++)
			if (falls_in(rb, b, c, &x))
				break;
		*vec_push(o) = x;
	}
}

void overdraws_release(struct overdraws *o)
{
	vec_release(o);
}
