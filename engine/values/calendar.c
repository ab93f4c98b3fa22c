/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/values/calendar.h"

#include <assert.h>

#define DAYS_400_YEARS 146097

static bool leap(int32_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int32_t month_days(int32_t year, int32_t month)
{
	static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	assert(month >= 1 && month <= 12);
	return days[month - 1] + (month == 2 && leap(year));
}

bool date_exists(struct date d)
{
	return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
	       d.day <= month_days(d.year, d.month);
}

/* Years are counted from March, so that the leap day is the last of its year; `era` is a block of
 * 400 years. The formula is the usual one for the proleptic Gregorian calendar. */
int32_t day_of(struct date d)
{
	assert(date_exists(d));
	int32_t y = d.year - (d.month <= 2);
	int32_t era = y / 400, in_era = y % 400;
	int32_t in_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
	return era * DAYS_400_YEARS + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

struct date date_of(int32_t day)
{
	assert(day >= DAY_MIN && day <= DAY_MAX);
	uint32_t z = (uint32_t)(day + 719468); /* never negative: divisions are then cheaper */
	uint32_t era = z / DAYS_400_YEARS, doe = z % DAYS_400_YEARS;
	uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	uint32_t mp = (5 * doy + 2) / 153;
	struct date d = {.year = (int32_t)(yoe + era * 400),
			 .month = (int32_t)(mp < 10 ? mp + 3 : mp - 9),
			 .day = (int32_t)(doy - (153 * mp + 2) / 5 + 1)};
	d.year += d.month <= 2;
	return d;
}

int32_t day_weekday(int32_t day)
{
	return ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
}

static enum status add_months(int32_t day, int64_t months, int32_t *out)
{
	struct date d = date_of(day);
	if (months > 12 * 9999 || months < -12 * 9999)
		return STATUS_OVERFLOW;
	int64_t m = d.year * INT64_C(12) + d.month - 1 + months;
	if (m < 12 || m >= 12 * INT64_C(10000))
		return STATUS_OVERFLOW;
	d.year = (int32_t)(m / 12);
	d.month = (int32_t)(m % 12) + 1;
	int32_t last = month_days(d.year, d.month);
	if (d.day > last)
		d.day = last;
	*out = day_of(d);
	return STATUS_OK;
}

static enum status add_days(int32_t day, int64_t n, int32_t *out)
{
	if (n > DAY_MAX - (int64_t)day || n < DAY_MIN - (int64_t)day)
		return STATUS_OVERFLOW;
	*out = (int32_t)(day + n);
	return STATUS_OK;
}

int32_t day_month_first(int32_t day, int32_t months)
{
	struct date d = date_of(day);
	d.day = 1;
	int32_t first = day_of(d);
	return add_months(first, months, &first) ? DAY_MAX : first;
}

bool day_is_business(int32_t day, const struct calendar *c)
{
	if (!c)
		return true;
	if (c->weekend >> day_weekday(day) & 1)
		return false;
	size_t lo = 0, hi = c->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (c->holidays[mid] == day)
			return false;
		if (c->holidays[mid] < day)
			lo = mid + 1;
		else
			hi = mid;
	}
	return true;
}

static enum status add_business(int32_t day, int64_t n, const struct calendar *c, int32_t *out)
{
	int32_t step = n < 0 ? -1 : 1;
	for (int64_t left = n < 0 ? -n : n; left > 0;) {
		if (add_days(day, step, &day))
			return STATUS_OVERFLOW;
		left -= day_is_business(day, c);
	}
	*out = day;
	return STATUS_OK;
}

enum status day_add(int32_t day, int64_t n, enum unit unit, const struct calendar *c, int32_t *out)
{
	/* Bounds a walk over business days, and every product below, by the length of time itself.
	 */
	if (n > DAY_MAX - (int64_t)DAY_MIN || n < DAY_MIN - (int64_t)DAY_MAX)
		return STATUS_OVERFLOW;
	switch (unit) {
	case UNIT_DAYS:
		return add_days(day, n, out);
	case UNIT_WEEKS:
		return add_days(day, n * 7, out);
	case UNIT_MONTHS:
		return add_months(day, n, out);
	case UNIT_YEARS:
		return add_months(day, n * 12, out);
	case UNIT_BUSINESS_DAYS:
		return add_business(day, n, c, out);
	case UNIT_MINUTES:
		break;
	}
	return STATUS_INVALID;
}

int32_t day_period_start(int32_t day, enum unit unit)
{
	struct date d = date_of(day);
	switch (unit) {
	case UNIT_WEEKS:
		day -= day_weekday(day);
		return day < DAY_MIN ? DAY_MIN : day;
	case UNIT_MONTHS:
		return day_of((struct date){d.year, d.month, 1});
	case UNIT_YEARS:
		return day_of((struct date){d.year, 1, 1});
	case UNIT_DAYS:
	case UNIT_BUSINESS_DAYS:
	case UNIT_MINUTES:
		break;
	}
	return day;
}

static bool two_digits(const char *p, int32_t *out)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*out = (p[0] - '0') * 10 + (p[1] - '0');
	return true;
}

enum status day_read(struct str s, int32_t *day)
{
	struct date d;
	int32_t century, year;
	if (s.len != 10 || s.p[4] != '-' || s.p[7] != '-' || !two_digits(s.p, &century) ||
	    !two_digits(s.p + 2, &year) || !two_digits(s.p + 5, &d.month) ||
	    !two_digits(s.p + 8, &d.day))
		return STATUS_INVALID;
	d.year = century * 100 + year;
	if (!date_exists(d))
		return STATUS_INVALID;
	*day = day_of(d);
	return STATUS_OK;
}

static void put_two(char *p, int32_t v)
{
	uint32_t u = (uint32_t)v;
	p[0] = (char)('0' + u / 10);
	p[1] = (char)('0' + u % 10);
}

void day_text(struct buf *b, int32_t day)
{
	struct date d = date_of(day);
	char t[10];
	put_two(t, d.year / 100);
	put_two(t + 2, d.year % 100);
	t[4] = '-';
	put_two(t + 5, d.month);
	t[7] = '-';
	put_two(t + 8, d.day);
	buf_bytes(b, t, sizeof(t));
}

struct str unit_name(enum unit unit, bool plural)
{
	static const struct str names[][2] = {
	    [UNIT_DAYS] = {STR_INIT("day"), STR_INIT("days")},
	    [UNIT_BUSINESS_DAYS] = {STR_INIT("business day"), STR_INIT("business days")},
	    [UNIT_WEEKS] = {STR_INIT("week"), STR_INIT("weeks")},
	    [UNIT_MONTHS] = {STR_INIT("month"), STR_INIT("months")},
	    [UNIT_YEARS] = {STR_INIT("year"), STR_INIT("years")},
	    [UNIT_MINUTES] = {STR_INIT("minute"), STR_INIT("minutes")},
	};
	return names[unit][plural];
}
