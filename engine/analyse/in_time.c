/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/in_time.h"

#define GREGORIAN_DAYS 146097 /* after so many the calendar repeats itself, weekdays included */
#define DAY_MINUTES    1440
#define CLOCK_CHANGE   120 /* minutes that a day may be longer or shorter */

/* ---- values ---- */

static uint16_t values_of(const struct rulebook *rb, uint16_t county, const struct period *p)
{
	if (p->param == NONE)
		return 1;
	return county == NONE ? rb->params[p->param].values.n
			      : rb->counties[county].values[p->param].n;
}

static int64_t nth_value(const struct rulebook *rb, uint16_t county, const struct period *p,
			 uint16_t i)
{
	if (p->param == NONE)
		return p->n;
	const struct dated_list *l =
	    county == NONE ? &rb->params[p->param].values : &rb->counties[county].values[p->param];
	return l->at[i].value.i;
}

/* ---- lengths ---- */

struct length {
	int64_t n;
	enum unit unit;
};

/* The last day of what is counted in minutes, at most so many days on. */
static struct length in_days(struct length x)
{
	if (x.unit == UNIT_WEEKS)
		return (struct length){7 * x.n, UNIT_DAYS};
	if (x.unit == UNIT_YEARS)
		return (struct length){12 * x.n, UNIT_MONTHS};
	if (x.unit == UNIT_MINUTES)
		return (struct length){(x.n + CLOCK_CHANGE) / DAY_MINUTES + 1, UNIT_DAYS};
	return x;
}

/* ---- every day ---- */

struct comparing {
	const struct rulebook *rb;
	uint16_t county;
	const struct period *chain;
	size_t n;
	const struct period *limit;
	int32_t *late;
	struct length at[IN_TIME_LINKS + 1]; /* values; the last one is the limit's */
};

static bool ends_on(const struct comparing *c, int32_t day)
{
	const struct calendar *k = rulebook_calendar(c->rb);
	int32_t end = day, last;
	for (size_t i = 0; i < c->n; i++)
		if (day_add(end, c->at[i].n, c->at[i].unit, k, &end))
			return true; /* past the calendar nothing falls due */
	return day_add(day, c->at[c->n].n, c->at[c->n].unit, k, &last) || end <= last;
}

static bool only_days(const struct comparing *c, int64_t *sum)
{
	for (size_t i = 0; i < c->n; i++) {
		*sum += c->at[i].n;
		if (c->at[i].unit != UNIT_DAYS)
			return false;
	}
	return c->at[c->n].unit == UNIT_DAYS;
}

static int32_t first_day(const struct rulebook *rb)
{
	int32_t first = DAY_MAX;
	for (uint16_t i = 0; i < rb->nprograms; i++)
		first = rb->programs[i].effective < first ? rb->programs[i].effective : first;
	for (uint16_t i = 0; i < rb->ncounties; i++)
		first = rb->counties[i].first_day < first ? rb->counties[i].first_day : first;
	return first;
}

/* Without months, weeks repeat as soon as there are no holidays any more. */
static bool every_day(const struct comparing *c)
{
	const struct calendar *k = rulebook_calendar(c->rb);
	int32_t first = first_day(c->rb);
	int64_t repeats = 7, walked = 1, until = first;
	for (size_t i = 0; i <= c->n; i++) {
		repeats = c->at[i].unit == UNIT_MONTHS ? GREGORIAN_DAYS : repeats;
		walked += c->at[i].unit == UNIT_BUSINESS_DAYS ? c->at[i].n : 0;
	}
	if (k && k->n && k->holidays[k->n - 1] > first)
		until = k->holidays[k->n - 1];
	until += repeats;
	if (walked > IN_TIME_WORK || (until - first) * walked > IN_TIME_WORK)
		return false;
	for (int32_t day = first; day < until; day++)
		if (!ends_on(c, day)) {
			*c->late = day;
			return false;
		}
	return true;
}

static bool these_end(struct comparing *c)
{
	int64_t sum = 0;
	struct length *limit = &c->at[c->n];
	if (limit->unit == UNIT_MINUTES)
		return c->n == 1 && c->at[0].unit == UNIT_MINUTES && c->at[0].n <= limit->n;
	for (size_t i = 0; i <= c->n; i++)
		c->at[i] = in_days(c->at[i]);
	if (c->n == 1 && c->at[0].unit == limit->unit)
		return c->at[0].n <= limit->n;
	return only_days(c, &sum) ? sum <= limit->n : every_day(c);
}

/* ---- every value ---- */

static bool all_end(struct comparing *c, size_t link)
{
	const struct period *p = link == c->n ? c->limit : &c->chain[link];
	for (uint16_t i = 0; i < values_of(c->rb, c->county, p); i++) {
		c->at[link] = (struct length){nth_value(c->rb, c->county, p, i), p->unit};
		struct comparing one = *c;
		if (link == c->n ? !these_end(&one) : !all_end(c, link + 1))
			return false;
	}
	return true;
}

bool ends_in_time(const struct rulebook *rb, const struct place *where, const struct period *chain,
		  size_t n, const struct period *limit, int32_t *late)
{
	bool differs = limit->param != NONE;
	if (n == 1 && chain->param != NONE && chain->param == limit->param)
		return true; /* both are read on the same day */
	if (n > IN_TIME_LINKS)
		return false;
	for (size_t i = 0; i < n; i++)
		differs = differs || chain[i].param != NONE;
	for (uint16_t i = 0; i < (differs ? where->ncounties : 1); i++) {
		struct comparing c = {.rb = rb,
				      .county = where->counties[i],
				      .chain = chain,
				      .n = n,
				      .limit = limit,
				      .late = late};
		if (!all_end(&c, 0))
			return false;
	}
	return true;
}
