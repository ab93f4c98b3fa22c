/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers, money, dates and times as they stand in a policy. Each reader takes the piece
 * that the scanner matched; a malformed one is reported with what was probably meant, and still
 * gives a token, so that the sentence around it can be read on.
 */
#include "grammar/lexer.h"

#include "engine/base/limits.h"
#include "engine/values/money.h"
#include "grammar/codes.h"
#include "grammar/parser.h"

#include <stdio.h>
#include <string.h>

struct span lexer_span(const struct lexer *x)
{
	return (struct span){x->source, x->off, x->end - x->off};
}

struct str lexer_text(const struct lexer *x)
{
	return (struct str){x->text.p + x->off, x->end - x->off};
}

struct diag *lexer_error(struct lexer *x, int code, const char *fmt, ...)
{
	char message[512];
	va_list ap;
	if (lexer_is_mute(x))
		return &x->diags->unsaid;
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	text_clean(message);
	return diag_add(x->diags, code, SEVERITY_ERROR, lexer_span(x), "%s", message);
}

/* ---- numbers ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* A written number taken apart: `10,000.50days`. */
struct written {
	struct str whole, decimals, rest; /* rest: from the first letter on */
	bool grouped, groups_right, extra_dots;
};

static bool groups_are_right(struct str whole)
{
	size_t first = 0;
	while (first < whole.len && whole.p[first] != ',')
		first++;
	if (first == 0 || first > 3)
		return false;
	for (size_t i = first; i < whole.len; i += 4) {
		if (whole.p[i] != ',' || whole.len - i < 4)
			return false;
		for (size_t k = 1; k < 4; k++)
			if (!is_digit(whole.p[i + k]))
				return false;
	}
	return true;
}

static struct written take_apart(struct str s)
{
	struct written w = {0};
	size_t i = 0;
	while (i < s.len && (is_digit(s.p[i]) || s.p[i] == ','))
		i++;
	w.whole = (struct str){s.p, i};
	if (i < s.len && s.p[i] == '.') {
		size_t from = ++i;
		while (i < s.len && is_digit(s.p[i]))
			i++;
		w.decimals = (struct str){s.p + from, i - from};
	}
	while (i < s.len && !is_letter(s.p[i])) {
		w.extra_dots = true;
		i++;
	}
	w.rest = (struct str){s.p + i, s.len - i};
	w.grouped = memchr(w.whole.p, ',', w.whole.len) != NULL;
	w.groups_right = !w.grouped || groups_are_right(w.whole);
	return w;
}

/* digits (commas skipped) followed by exactly `places` decimals as one whole number. */
static enum status read_scaled(struct str whole, struct str decimals, size_t places, int64_t *out)
{
	int64_t v = 0;
	for (size_t i = 0; i < whole.len + places; i++) {
		char c = i < whole.len                  ? whole.p[i]
			 : i - whole.len < decimals.len ? decimals.p[i - whole.len]
							: '0';
		if (c == ',')
			continue;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, c - '0', &v))
			return STATUS_OVERFLOW;
	}
	*out = v;
	return STATUS_OK;
}

static void number_value(struct lexer *x, const struct written *w, size_t places)
{
	struct str decimals = w->decimals;
	if (decimals.len > places)
		decimals.len = places;
	if (read_scaled(w->whole, decimals, places, &x->token->n))
		lexer_error(x, W_NUMBER_RANGE, "`" STR_FMT "` is larger than the language can keep",
			    (int)(x->end - x->off > 40 ? 40 : x->end - x->off), x->text.p + x->off);
}

static void buf_grouped(struct buf *b, struct str whole)
{
	size_t digits = 0;
	for (size_t i = 0; i < whole.len; i++)
		digits += whole.p[i] != ',';
	for (size_t i = 0, left = digits; i < whole.len; i++) {
		if (whole.p[i] == ',')
			continue;
		buf_char(b, whole.p[i]);
		if (--left && left % 3 == 0)
			buf_char(b, ',');
	}
}

static void complain_groups(struct lexer *x, int code, const char *sign, const struct written *w)
{
	struct diag *d = lexer_error(x, code, "the commas in `" STR_FMT "` are in the wrong place",
				     STR_ARG(lexer_text(x)));
	struct buf b = {0};
	buf_grouped(&b, w->whole);
	diag_help(x->diags, d,
		  "commas separate thousands; as written the digits say %s" STR_FMT
		  ", if that is what you mean",
		  sign, STR_ARG(buf_view(&b)));
	buf_release(&b);
}

/* `2nd` is `second` here. */
static const char *ordinal_of(struct str s)
{
	static const struct {
		const char *digits, *word;
	} ordinals[] = {{"1st", "first"}, {"2nd", "second"}, {"3rd", "third"},   {"4th", "fourth"},
			{"5th", "fifth"}, {"6th", "sixth"},  {"7th", "seventh"}, {"8th", "eighth"},
			{"9th", "ninth"}, {"10th", "tenth"}};
	for (size_t i = 0; i < sizeof(ordinals) / sizeof(ordinals[0]); i++)
		if (str_eq(s, str_from(ordinals[i].digits)))
			return ordinals[i].word;
	return NULL;
}

static bool is_ordinal(struct lexer *x)
{
	struct str s = lexer_text(x);
	const char *word = ordinal_of(s);
	if (!word)
		return false;
	struct diag *d =
	    lexer_error(x, W_NUMBER_WORDS,
			"which one of several is written in words: `" STR_FMT "`", STR_ARG(s));
	diag_help(x->diags, d, "write `%s`", word);
	x->token->text = str_from(word);
	return true;
}

static bool complain_glued(struct lexer *x, const struct written *w)
{
	if (!w->rest.len)
		return false;
	struct diag *d = lexer_error(x, W_NUMBER_GLUED,
				     "letters stand directly after the number in `" STR_FMT "`",
				     STR_ARG(lexer_text(x)));
	struct str number = {x->text.p + x->off, (size_t)(w->rest.p - (x->text.p + x->off))};
	enum unit unit;
	bool weeks;
	if (unit_find(w->rest, &unit, &weeks))
		diag_help(x->diags, d, "put a space between them: " STR_FMT " " STR_FMT,
			  STR_ARG(number), STR_ARG(w->rest));
	else if (x->text.p[x->off] == '$')
		diag_help(x->diags, d, "write the amount in full, such as $1,000");
	else
		diag_help(x->diags, d, "a name begins with a letter, not with a digit");
	return true;
}

/* `$1.000,50`, as it is written elsewhere in the world */
static bool european(struct lexer *x, struct diag *d, struct str s)
{
	struct buf b = {0};
	size_t point = 0, comma = s.len;
	for (size_t i = 0; i < s.len; i++) {
		point = s.p[i] == '.' && !point ? i : point;
		comma = s.p[i] == ',' ? i : comma;
		if (s.p[i] != '.' && i < comma)
			buf_char(&b, s.p[i]);
	}
	bool swapped = point && comma > point && comma + 3 == s.len;
	if (swapped) {
		struct str digits = buf_view(&b);
		buf_clear(&b);
		buf_grouped(&b, arena_str(x->arena, digits));
		diag_help(x->diags, d,
			  "commas separate thousands, a point the cents: write $" STR_FMT
			  "." STR_FMT,
			  STR_ARG(buf_view(&b)), (int)2, s.p + comma + 1);
	}
	buf_release(&b);
	return swapped;
}

static void complain_cents(struct lexer *x, const struct written *w)
{
	struct diag *d =
	    lexer_error(x, W_MONEY_CENTS, "`" STR_FMT "` does not have two digits for the cents",
			STR_ARG(lexer_text(x)));
	struct str s = lexer_text(x);
	if (european(x, d, (struct str){s.p + 1, s.len - 1}))
		return;
	if (w->decimals.len == 1)
		diag_help(x->diags, d, "write $" STR_FMT "." STR_FMT "0 or $" STR_FMT ".0" STR_FMT,
			  STR_ARG(w->whole), STR_ARG(w->decimals), STR_ARG(w->whole),
			  STR_ARG(w->decimals));
	else
		diag_help(x->diags, d, "write two decimals or none; parts of a cent do not exist");
}

int lexer_money(struct lexer *x)
{
	struct str s = lexer_text(x);
	size_t sign = 1;
	while (sign < s.len && (s.p[sign] == ' ' || s.p[sign] == '\t'))
		sign++;
	struct written w = take_apart((struct str){s.p + sign, s.len - sign});
	x->token->n = 0;
	if (!w.whole.len || sign > 1) {
		struct diag *d =
		    lexer_error(x, W_MONEY_SIGN, "the dollar sign does not stand before an amount");
		diag_help(x->diags, d, "write the amount directly after it: $100 or $1,000.50");
		return T_MONEY_LITERAL;
	}
	if (complain_glued(x, &w))
		;
	else if (!w.groups_right)
		complain_groups(x, W_MONEY_GROUPING, "$", &w);
	else if (w.extra_dots || (s.p[s.len - 1] == '.') ||
		 (w.decimals.len != 0 && w.decimals.len != 2))
		complain_cents(x, &w);
	number_value(x, &w, 2);
	return T_MONEY_LITERAL;
}

/* `0.075` is 7.5% to a spreadsheet; false when it is no share. */
static bool as_percentage(struct buf *b, const struct written *w)
{
	int64_t millionths = 0;
	if (w->extra_dots || !str_eq(w->whole, STR("0")) || !w->decimals.len ||
	    w->decimals.len > 6 || read_scaled(w->whole, w->decimals, 6, &millionths))
		return false;
	percent_text(b, millionths);
	return true;
}

int lexer_number(struct lexer *x)
{
	struct str s = lexer_text(x);
	struct written w = take_apart(s);
	if (is_ordinal(x))
		return T_NAME;
	if (complain_glued(x, &w)) {
		enum unit unit;
		bool weeks;
		if (!unit_find(w.rest, &unit, &weeks)) {
			x->token->text = s;
			return T_NAME; /* a name, rather: `2nd_visit` */
		}
		x->end -= (uint32_t)w.rest.len;
	} else if (w.decimals.len || w.extra_dots) {
		struct diag *d = lexer_error(x, W_NUMBER_DECIMALS,
					     "`" STR_FMT "` is not a whole number", STR_ARG(s));
		struct buf share = {0};
		if (as_percentage(&share, &w))
			diag_help(x->diags, d, "a share is written as a percentage: " STR_FMT,
				  STR_ARG(buf_view(&share)));
		else
			diag_help(x->diags, d,
				  "write money as $7.50, a share as 7.5%%, half an hour as 30 "
				  "minutes");
		buf_release(&share);
	} else if (!w.groups_right) {
		complain_groups(x, W_NUMBER_GROUPING, "", &w);
	}
	number_value(x, &w, 0);
	return T_NUMBER_LITERAL;
}

int lexer_percent(struct lexer *x)
{
	struct str s = lexer_text(x), number = {s.p, s.len - 1};
	while (number.p[number.len - 1] == ' ' || number.p[number.len - 1] == '\t')
		number.len--;
	struct written w = take_apart(number);
	if (number.len < s.len - 1) {
		struct diag *d =
		    lexer_error(x, W_PERCENT_ALONE, "a percent sign follows its number directly");
		diag_help(x->diags, d, "leave the space out");
	} else if (!w.whole.len) {
		struct diag *d = lexer_error(x, W_NUMBER_DECIMALS,
					     "`" STR_FMT "` begins with a point", STR_ARG(s));
		diag_help(x->diags, d, "write 0" STR_FMT, STR_ARG(s));
	} else if (!w.groups_right) {
		complain_groups(x, W_NUMBER_GROUPING, "", &w);
	} else if (w.decimals.len > 4 || w.extra_dots) {
		struct diag *d = lexer_error(
		    x, W_PERCENT_DECIMALS, "`" STR_FMT "` has more than four decimals", STR_ARG(s));
		diag_help(x->diags, d, "write a percentage such as 7.5%% or 7.1235%%");
	}
	number_value(x, &w, 4);
	return T_PERCENT_LITERAL;
}

/* ---- dates and times ---- */

static const char *const month_names[] = {"January",   "February", "March",    "April",
					  "May",       "June",     "July",     "August",
					  "September", "October",  "November", "December"};

static void complain_date(struct lexer *x, struct date d)
{
	struct diag *diag =
	    lexer_error(x, W_DATE_NOT_REAL, "`" STR_FMT "` is not a date", STR_ARG(lexer_text(x)));
	if (d.year < 1)
		diag_help(x->diags, diag, "years run from 0001 to 9999");
	else if (d.month < 1 || d.month > 12)
		diag_help(x->diags, diag,
			  "a year has the months 01 to 12; dates are written year-month-day");
	else
		diag_help(x->diags, diag, "%s %d has %d days", month_names[d.month - 1], d.year,
			  month_days(d.year, d.month));
}

static int32_t short_number(const char *p, size_t n)
{
	int32_t v = 0;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + (p[i] - '0');
	return v;
}

static bool date_shaped(struct str s)
{
	if (s.len != 10 || s.p[4] != '-' || s.p[7] != '-')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (i != 4 && i != 7 && !is_digit(s.p[i]))
			return false;
	return true;
}

/* The numbers of a date in another form; a month by its name counts as one. */
static size_t date_parts(struct str s, int32_t part[3], size_t *month_at)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len && n < 3;) {
		size_t from = i;
		while (i < s.len && is_digit(s.p[i]) && i - from < 5)
			i++;
		if (i > from) {
			part[n++] = short_number(s.p + from, i - from);
			while (i < s.len && is_letter(s.p[i]))
				i++; /* the end of 1st */
			continue;
		}
		for (int32_t m = 0; m < 12 && is_letter(s.p[i]); m++) {
			if ((s.p[i] | 32) != (month_names[m][0] | 32) || s.len - i < 3 ||
			    s.p[i + 1] != month_names[m][1] || s.p[i + 2] != month_names[m][2])
				continue;
			*month_at = n;
			part[n++] = m + 1;
			break;
		}
		while (i < s.len && is_letter(s.p[i]))
			i++;
		while (i < s.len && !is_letter(s.p[i]) && !is_digit(s.p[i]))
			i++;
	}
	return n;
}

/* Day and month as they are read in this order; false when no day of the calendar is meant. */
static bool date_in_order(const int32_t part[3], int year, int month, int day, struct date *out)
{
	*out = (struct date){part[year], part[month], part[day]};
	return part[year] > 999 && date_exists(*out);
}

static void write_date(struct buf *b, struct date d)
{
	buf_fmt(b, "%04d-%02d-%02d", d.year, d.month, d.day);
}

/* The date that was probably meant. With points the day is written first, with slashes the month;
 * where both make sense, both are shown. */
static bool guess_date(struct str s, struct date *meant, struct buf *words)
{
	int32_t p[3];
	size_t month_at = 3;
	struct date other = {0};
	bool either = false, points = memchr(s.p, '.', s.len) && month_at == 3, fine;
	if (date_parts(s, p, &month_at) != 3)
		return false;
	if (p[2] < 100 && p[0] <= 31)
		p[2] += 2000; /* 7/1/26 */
	if (month_at < 2) {
		fine = date_in_order(p, 2, (int)month_at, month_at ? 0 : 1, meant);
	} else if (p[0] > 31) {
		fine = date_in_order(p, 0, 1, 2, meant);
	} else {
		bool day_first = date_in_order(p, 2, 1, 0, points ? meant : &other);
		bool month_first = date_in_order(p, 2, 0, 1, points ? &other : meant);
		either = day_first && month_first && p[0] != p[1];
		fine = day_first || month_first;
		if (!(points ? day_first : month_first))
			*meant = other;
	}
	if (!fine)
		return false;
	write_date(words, *meant);
	if (either) {
		buf_fmt(words, " for %s %d, or ", month_names[meant->month - 1], meant->day);
		write_date(words, other);
		buf_fmt(words, " for %s %d", month_names[other.month - 1], other.day);
	}
	return true;
}

static void complain_form(struct lexer *x)
{
	struct str s = lexer_text(x);
	struct date meant;
	struct buf words = {0};
	struct diag *d =
	    lexer_error(x, W_DATE_FORM, "`" STR_FMT "` is not written as a date here", STR_ARG(s));
	if (guess_date(s, &meant, &words)) {
		x->token->n = day_of(meant);
		diag_help(x->diags, d, "write year-month-day: " STR_FMT, STR_ARG(buf_view(&words)));
	} else {
		diag_help(x->diags, d,
			  "write year-month-day with four, two and two digits, as in 2026-07-01");
	}
	buf_release(&words);
}

int lexer_date(struct lexer *x)
{
	struct str s = lexer_text(x);
	x->token->n = 0;
	if (!date_shaped(s)) {
		complain_form(x);
		return T_DATE_LITERAL;
	}
	struct date d = {short_number(s.p, 4), short_number(s.p + 5, 2), short_number(s.p + 8, 2)};
	if (date_exists(d))
		x->token->n = day_of(d);
	else
		complain_date(x, d);
	return T_DATE_LITERAL;
}

/* `July 2026` */
int lexer_month(struct lexer *x)
{
	struct str s = lexer_text(x);
	int32_t month = 1;
	while (month < 12 && strncmp(s.p, month_names[month - 1], 3) != 0)
		month++;
	struct diag *d =
	    lexer_error(x, W_DATE_FORM, "`" STR_FMT "` is a month, not a day", STR_ARG(s));
	diag_help(x->diags, d, "write the day on which it begins: " STR_FMT "-%02d-01", 4,
		  s.p + s.len - 4, month);
	x->token->n = day_of((struct date){short_number(s.p + s.len - 4, 4), month, 1});
	return T_DATE_LITERAL;
}

int lexer_time(struct lexer *x)
{
	struct str s = lexer_text(x);
	x->token->n = 0;
	int32_t hour = -1, minute = -1;
	if (s.len == 5 && s.p[2] == ':' && is_digit(s.p[4])) {
		hour = short_number(s.p, 2);
		minute = short_number(s.p + 3, 2);
	}
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59) {
		struct diag *d = lexer_error(x, W_TIME_NOT_REAL,
					     "`" STR_FMT "` is not a time of day", STR_ARG(s));
		diag_help(x->diags, d,
			  "write hours and minutes with two digits each, from 00:00 "
			  "to 23:59, as in 09:30");
		return T_TIME_LITERAL;
	}
	x->token->n = hour * 60 + minute;
	return T_TIME_LITERAL;
}

int lexer_half_day(struct lexer *x)
{
	struct str s = lexer_text(x);
	size_t colon = 0, digits = 0, letter = 0;
	while (digits < s.len && is_digit(s.p[digits]))
		digits++;
	colon = digits < s.len && s.p[digits] == ':' ? digits : 0;
	while (letter < s.len && !is_letter(s.p[letter]))
		letter++;
	bool evening = (s.p[letter] | 32) == 'p';
	int32_t hour = short_number(s.p, digits) % 12 + (evening ? 12 : 0);
	int32_t minute = colon ? short_number(s.p + colon + 1, 2) % 60 : 0;
	struct diag *d =
	    lexer_error(x, W_TIME_NOT_REAL, "the day has 24 hours here, without am and pm");
	diag_help(x->diags, d, "write %02d:%02d", hour, minute);
	x->token->n = hour * 60 + minute;
	return T_TIME_LITERAL;
}
