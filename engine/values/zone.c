/* SPDX-License-Identifier: Apache-2.0
 *
 * TZif version 2+ (RFC 8536): a table of transitions, and for what lies beyond it the POSIX rule
 * of the footer (`PST8PDT,M3.2.0,M11.1.0`). Only month-week-day rules occur in practice; a footer
 * of another form is refused, rather than guessed at.
 */
#include "engine/values/zone.h"

#include "engine/values/calendar.h"

#include <assert.h>
#include <string.h>

#define DAY_S  INT64_C(86400)
#define DAY_US (DAY_S * SECOND_US)

struct rule_day {
	int32_t month, week, weekday; /* weekday: Sunday is 0, as in the footer */
	int32_t seconds;              /* local time of day at which it changes; may pass a day */
};

struct zone {
	struct str name;
	size_t n;
	int64_t *at;      /* seconds since the epoch, ascending */
	int32_t *offset;  /* in force from at[i] on */
	int32_t first;    /* offset before at[0] */
	int32_t std, dst; /* of the footer */
	bool has_dst;
	struct rule_day to_dst, to_std;
};

const struct zone *zone_utc(void)
{
	static const struct zone utc = {.name = STR_INIT("UTC")};
	return &utc;
}

struct str zone_name(const struct zone *z)
{
	return z->name;
}

/* ---- reading ---- */

static int64_t big_endian(const unsigned char *p, size_t n)
{
	uint64_t u = p[0] & 0x80 ? UINT64_MAX : 0;
	for (size_t i = 0; i < n; i++)
		u = u << 8 | p[i];
	return (int64_t)u;
}

struct header {
	size_t isutc, isstd, leap, time, type, chars;
};

#define HEADER_BYTES 44

static bool read_header(struct str s, size_t off, struct header *h)
{
	if (s.len < off + HEADER_BYTES || memcmp(s.p + off, "TZif", 4) != 0 || s.p[off + 4] < '2')
		return false;
	size_t *to[] = {&h->isutc, &h->isstd, &h->leap, &h->time, &h->type, &h->chars};
	for (size_t i = 0; i < 6; i++) {
		int64_t v = big_endian((const unsigned char *)s.p + off + 20 + 4 * i, 4);
		if (v < 0 || v > 100000)
			return false;
		*to[i] = (size_t)v;
	}
	return h->type > 0;
}

static size_t body_bytes(const struct header *h, size_t time_size)
{
	return h->time * (time_size + 1) + h->type * 6 + h->chars + h->leap * (time_size + 4) +
	       h->isstd + h->isutc;
}

/* A cursor over the footer's text. */
struct cursor {
	struct str s;
	size_t i;
};

static bool eat(struct cursor *c, char want)
{
	if (c->i >= c->s.len || c->s.p[c->i] != want)
		return false;
	c->i++;
	return true;
}

static bool read_number(struct cursor *c, int32_t *out)
{
	int32_t v = 0;
	size_t from = c->i;
	for (; c->i < c->s.len && c->s.p[c->i] >= '0' && c->s.p[c->i] <= '9' && v < 1000; c->i++)
		v = v * 10 + (c->s.p[c->i] - '0');
	*out = v;
	return c->i > from;
}

static bool skip_abbreviation(struct cursor *c)
{
	size_t from = c->i;
	bool angled = eat(c, '<');
	while (c->i < c->s.len) {
		char ch = c->s.p[c->i];
		bool letter = (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z');
		if (!letter && !(angled && ch != '>'))
			break;
		c->i++;
	}
	return (!angled || eat(c, '>')) && c->i > from;
}

/* [+-]hh[:mm[:ss]] in seconds */
static bool read_clock(struct cursor *c, int32_t *out)
{
	bool minus = eat(c, '-');
	if (!minus)
		eat(c, '+');
	int32_t h, m = 0, s = 0;
	if (!read_number(c, &h) || h > 167 || (eat(c, ':') && !read_number(c, &m)) ||
	    (eat(c, ':') && !read_number(c, &s)))
		return false;
	*out = (h * 60 + m) * 60 + s;
	if (minus)
		*out = -*out;
	return true;
}

static bool read_rule_day(struct cursor *c, struct rule_day *r)
{
	if (!eat(c, ',') || !eat(c, 'M') || !read_number(c, &r->month) || !eat(c, '.') ||
	    !read_number(c, &r->week) || !eat(c, '.') || !read_number(c, &r->weekday))
		return false;
	r->seconds = 2 * 3600;
	if (eat(c, '/') && !read_clock(c, &r->seconds))
		return false;
	return r->month >= 1 && r->month <= 12 && r->week >= 1 && r->week <= 5 && r->weekday <= 6;
}

static bool read_footer(struct zone *z, struct str s)
{
	struct cursor c = {s, 0};
	int32_t west;
	if (!skip_abbreviation(&c) || !read_clock(&c, &west))
		return false;
	z->std = -west;
	if (c.i == s.len)
		return true;
	z->has_dst = true;
	z->dst = z->std + 3600;
	if (!skip_abbreviation(&c))
		return false;
	if (c.i < s.len && s.p[c.i] != ',') {
		if (!read_clock(&c, &west))
			return false;
		z->dst = -west;
	}
	return read_rule_day(&c, &z->to_dst) && read_rule_day(&c, &z->to_std) && c.i == s.len;
}

static bool read_table(struct arena *a, struct zone *z, const unsigned char *p,
		       const struct header *h)
{
	const unsigned char *index = p + h->time * 8, *types = index + h->time;
	z->n = h->time;
	z->at = arena_array(a, z->n + 1, sizeof(*z->at));
	z->offset = arena_array(a, z->n + 1, sizeof(*z->offset));
	z->first = (int32_t)big_endian(types, 4);
	for (size_t i = 0; i < z->n; i++) {
		if (index[i] >= h->type)
			return false;
		z->at[i] = big_endian(p + 8 * i, 8);
		z->offset[i] = (int32_t)big_endian(types + 6 * (size_t)index[i], 4);
		if (z->offset[i] <= -DAY_S || z->offset[i] >= DAY_S ||
		    (i && z->at[i] <= z->at[i - 1]))
			return false;
	}
	return true;
}

enum status zone_read(struct arena *a, struct str name, struct str tzif, const struct zone **out)
{
	struct header h;
	if (!read_header(tzif, 0, &h))
		return STATUS_INVALID;
	size_t off = HEADER_BYTES + body_bytes(&h, 4); /* skip the 32-bit body */
	if (!read_header(tzif, off, &h))
		return STATUS_INVALID;
	size_t body = off + HEADER_BYTES, foot = body + body_bytes(&h, 8);
	if (tzif.len < foot + 2 || tzif.p[foot] != '\n' || tzif.p[tzif.len - 1] != '\n')
		return STATUS_INVALID;
	struct zone *z = arena_alloc(a, sizeof(*z));
	z->name = arena_str(a, name);
	struct str rule = {tzif.p + foot + 1, tzif.len - foot - 2};
	if (!read_table(a, z, (const unsigned char *)tzif.p + body, &h) || !read_footer(z, rule))
		return STATUS_INVALID;
	*out = z;
	return STATUS_OK;
}

/* ---- using ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int32_t utc_day(int64_t seconds)
{
	int64_t day = floor_div(seconds, DAY_S);
	return day < DAY_MIN ? DAY_MIN : day > DAY_MAX ? DAY_MAX : (int32_t)day;
}

/* The day of a year on which a rule falls: the w-th weekday of its month, 5 being the last. */
static int32_t rule_day_in(const struct rule_day *r, int32_t year)
{
	int32_t first = day_of((struct date){year, r->month, 1});
	int32_t sunday_based = (day_weekday(first) + 1) % 7;
	int32_t day = first + (r->weekday - sunday_based + 7) % 7 + (r->week - 1) * 7;
	while (day >= first + month_days(year, r->month))
		day -= 7;
	return day;
}

static int64_t rule_second(const struct rule_day *r, int32_t year, int32_t offset_before)
{
	return rule_day_in(r, year) * DAY_S + r->seconds - offset_before;
}

static int32_t rule_offset(const struct zone *z, int64_t s)
{
	if (!z->has_dst)
		return z->std;
	int32_t year = date_of(utc_day(s + z->std)).year;
	bool past_spring = s >= rule_second(&z->to_dst, year, z->std);
	bool past_autumn = s >= rule_second(&z->to_std, year, z->dst);
	bool south = z->to_dst.month > z->to_std.month;
	bool dst = south ? past_spring || !past_autumn : past_spring && !past_autumn;
	return dst ? z->dst : z->std;
}

/* The i with at[i] <= s < at[i + 1]; SIZE_MAX when s lies outside the table. */
static size_t period_of(const struct zone *z, int64_t s)
{
	if (!z->n || s < z->at[0] || s >= z->at[z->n - 1])
		return SIZE_MAX;
	/* at[lo] <= s < at[lo + n]; halving without a branch, which would be guessed wrong half of
	 * the time */
	size_t lo = 0;
	for (size_t n = z->n - 1; n > 1; n -= n / 2)
		lo = z->at[lo + n / 2] <= s ? lo + n / 2 : lo;
	return lo;
}

static int32_t offset_at(const struct zone *z, int64_t s)
{
	size_t i = period_of(z, s);
	if (i != SIZE_MAX)
		return z->offset[i];
	return z->n && s < z->at[0] ? z->first : rule_offset(z, s);
}

int32_t zone_offset(const struct zone *z, int64_t us)
{
	return offset_at(z, floor_div(us, SECOND_US));
}

int32_t zone_day(const struct zone *z, int64_t us)
{
	int64_t s = floor_div(us, SECOND_US);
	return utc_day(s + offset_at(z, s));
}

/* The first instant whose local reading is `local` or later: try the offsets in force around it,
 * the larger first, since it gives the earlier instant. */
static int64_t instant_of(const struct zone *z, int64_t local)
{
	size_t i = period_of(z, local - DAY_S);
	if (i != SIZE_MAX && local + DAY_S < z->at[i + 1])
		return local - z->offset[i]; /* no change is near */
	int32_t before = offset_at(z, local - DAY_S), after = offset_at(z, local + DAY_S);
	int32_t large = before > after ? before : after, small = before > after ? after : before;
	int64_t early = local - large, late = local - small;
	if (early + offset_at(z, early) == local)
		return early;
	if (late + offset_at(z, late) == local)
		return late;
	/* In a gap: the change itself lies between the two readings; find it. */
	int64_t lo = early - 1, hi = late;
	while (hi - lo > 1) {
		int64_t mid = lo + (hi - lo) / 2;
		if (mid + offset_at(z, mid) >= local)
			hi = mid;
		else
			lo = mid;
	}
	return hi;
}

int64_t zone_day_start(const struct zone *z, int32_t day)
{
	return instant_of(z, day * DAY_S) * SECOND_US;
}

int64_t zone_instant(const struct zone *z, int32_t day, int32_t minute)
{
	assert(minute >= 0 && minute < 1440);
	return instant_of(z, day * DAY_S + minute * 60) * SECOND_US;
}

/* ---- RFC 3339 ---- */

static bool two(const char *p, int32_t most, int32_t *out)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*out = (p[0] - '0') * 10 + (p[1] - '0');
	return *out <= most;
}

static bool read_fraction(struct str s, size_t *i, int64_t *us)
{
	if (*i >= s.len || s.p[*i] != '.')
		return true;
	int64_t place = SECOND_US / 10;
	size_t from = ++*i;
	for (; *i < s.len && s.p[*i] >= '0' && s.p[*i] <= '9'; ++*i, place /= 10)
		*us += (s.p[*i] - '0') * place;
	return *i > from && *i - from <= 9;
}

static bool read_offset(struct str s, size_t i, int64_t *seconds)
{
	if (s.len == i + 1 && (s.p[i] == 'Z' || s.p[i] == 'z')) {
		*seconds = 0;
		return true;
	}
	int32_t h, m;
	if (s.len != i + 6 || (s.p[i] != '+' && s.p[i] != '-') || s.p[i + 3] != ':' ||
	    !two(s.p + i + 1, 23, &h) || !two(s.p + i + 4, 59, &m))
		return false;
	*seconds = (h * 60 + m) * 60;
	if (s.p[i] == '-')
		*seconds = -*seconds;
	return true;
}

enum status time_read(struct str s, int64_t *us)
{
	int32_t day, h, m, sec;
	if (s.len < 20 || day_read((struct str){s.p, 10}, &day) ||
	    (s.p[10] != 'T' && s.p[10] != 't') || !two(s.p + 11, 23, &h) || s.p[13] != ':' ||
	    !two(s.p + 14, 59, &m) || s.p[16] != ':' || !two(s.p + 17, 59, &sec))
		return STATUS_INVALID;
	int64_t fraction = 0, offset;
	size_t i = 19;
	if (!read_fraction(s, &i, &fraction) || i >= s.len || !read_offset(s, i, &offset))
		return STATUS_INVALID;
	int64_t seconds = day * DAY_S + (h * 60 + m) * 60 + sec - offset;
	if (seconds < DAY_MIN * DAY_S || seconds >= (DAY_MAX + INT64_C(1)) * DAY_S)
		return STATUS_INVALID;
	*us = seconds * SECOND_US + fraction;
	return STATUS_OK;
}

static void put_two(struct buf *b, int64_t v)
{
	buf_char(b, (char)('0' + v / 10));
	buf_char(b, (char)('0' + v % 10));
}

static void put_fraction(struct buf *b, int64_t us)
{
	buf_char(b, '.');
	for (int64_t place = SECOND_US / 10; place; place /= 10)
		buf_char(b, (char)('0' + us / place % 10));
}

static void put_offset(struct buf *b, int32_t offset)
{
	buf_char(b, offset < 0 ? '-' : '+');
	int32_t minutes = (offset < 0 ? -offset : offset) / 60;
	put_two(b, minutes / 60);
	buf_char(b, ':');
	put_two(b, minutes % 60);
}

void time_text(struct buf *b, const struct zone *z, int64_t us)
{
	int64_t s = floor_div(us, SECOND_US), fraction = us - s * SECOND_US;
	int32_t offset = offset_at(z, s);
	offset -= offset % 60; /* RFC 3339 has no seconds in offsets; local mean times had */
	int64_t local = s + offset;
	int32_t day = utc_day(local);
	int64_t in_day = local - day * DAY_S;
	day_text(b, day);
	buf_char(b, 'T');
	put_two(b, in_day / 3600);
	buf_char(b, ':');
	put_two(b, in_day / 60 % 60);
	buf_char(b, ':');
	put_two(b, in_day % 60);
	if (fraction)
		put_fraction(b, fraction);
	if (z == zone_utc())
		buf_char(b, 'Z');
	else
		put_offset(b, offset);
}
