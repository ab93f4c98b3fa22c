/* SPDX-License-Identifier: Apache-2.0
 *
 * Civil dates. A day is an int32_t: days since 1970-01-01 in the proleptic Gregorian calendar,
 * from 0001-01-01 to 9999-12-31. Adding years and months goes first and clamps to the last day of
 * the month, then days are added; recurring dates are always counted from their anchor, so that a
 * short month does not pull later dates with it.
 */
#ifndef WAYMARK_VALUES_CALENDAR_H
#define WAYMARK_VALUES_CALENDAR_H

#include "engine/base/status.h"
#include "engine/base/str.h"

#define DAY_MIN  (-719162) /* 0001-01-01 */
#define DAY_MAX  2932896   /* 9999-12-31 */
#define DAY_NONE INT32_MIN

struct date {
	int32_t year; /* 1..9999 */
	int32_t month, day;
};

enum unit { UNIT_DAYS, UNIT_BUSINESS_DAYS, UNIT_WEEKS, UNIT_MONTHS, UNIT_YEARS, UNIT_MINUTES };

/* A declared calendar of days on which offices are closed. */
struct calendar {
	struct str name;
	uint32_t weekend;        /* bit d set: weekday d is off; Monday is 0 */
	const int32_t *holidays; /* ascending */
	size_t n;
};

bool date_exists(struct date d);
int32_t day_of(struct date d); /* d exists */
struct date date_of(int32_t day);
int32_t day_weekday(int32_t day); /* Monday is 0 */
int32_t month_days(int32_t year, int32_t month);
int32_t day_month_first(int32_t day, int32_t months);        /* first of the month, `months` on */
bool day_is_business(int32_t day, const struct calendar *c); /* c NULL: every day */

/* day + n units; STATUS_OVERFLOW outside the range. n may be negative. Business days need c, and
 * count the n-th business day after (before) `day`. Minutes are no civil unit: STATUS_INVALID. */
enum status day_add(int32_t day, int64_t n, enum unit unit, const struct calendar *c, int32_t *out);

/* The first day of the period that holds `day`, for limits "per week" (from Monday), "per year"
 * and so on. UNIT_DAYS gives the day itself. */
int32_t day_period_start(int32_t day, enum unit unit);

enum status day_read(struct str s, int32_t *day);  /* 2026-07-14; refuses 2026-02-30 */
void day_text(struct buf *b, int32_t day);         /* 2026-07-14 */
struct str unit_name(enum unit unit, bool plural); /* "business days" */

#endif
