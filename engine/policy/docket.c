/* SPDX-License-Identifier: Apache-2.0
 *
 * On which days a docket's meetings are held, and how many seats they have. A meeting that falls on
 * a holiday is held.
 */
#include "engine/policy/policy.h"

/* The n-th of a weekday in the month that begins with `first`; n 5: the last one. */
static int32_t nth_weekday(int32_t first, int32_t n, int32_t weekday)
{
	if (n < MEETS_LAST)
		return first + (weekday - day_weekday(first) + 7) % 7 + 7 * (n - 1);
	struct date d = date_of(first);
	int32_t end = first + month_days(d.year, d.month) - 1;
	return end - (day_weekday(end) - weekday + 7) % 7;
}

static int32_t next_monthly(const struct docket *k, int32_t day)
{
	int32_t meeting = nth_weekday(day_month_first(day, 0), k->nth, k->weekday);
	if (meeting > day)
		return meeting;
	return nth_weekday(day_month_first(day, 1), k->nth, k->weekday);
}

bool docket_next(const struct docket *k, int32_t day, int32_t *meeting)
{
	if (day > DAY_MAX - 2 * DOCKET_LONGEST)
		return false;
	if (k->nth)
		*meeting = next_monthly(k, day);
	else if (day < k->first)
		*meeting = k->first;
	else
		*meeting = day + k->every - (day - k->first) % k->every;
	return true;
}

static int64_t count_on(const struct rulebook *rb, uint16_t county, const struct count *c,
			int32_t day)
{
	return c->param == NONE ? c->n : param_on(rb, county, c->param, day)->value.i;
}

void docket_seats(const struct rulebook *rb, uint16_t county, const struct docket *k, int32_t day,
		  int64_t *most, int64_t *keeps)
{
	*most = count_on(rb, county, &k->most, day);
	*keeps = count_on(rb, county, &k->keeps, day);
}
