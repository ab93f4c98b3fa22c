/* SPDX-License-Identifier: Apache-2.0
 *
 * A strict reading of RFC 8259 by recursive descent. Depth is bounded by LIMIT_JSON_DEPTH.
 */
#include "daemon/wire/json_fault.h"

#include "engine/base/limits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct scan {
	const char *p;
	size_t n, at;
	const char *what; /* set at the first fault; `at` stays there */
};

static bool fail(struct scan *s, const char *what)
{
	if (!s->what)
		s->what = what;
	return false;
}

static int peek(const struct scan *s)
{
	return s->at < s->n ? (unsigned char)s->p[s->at] : -1;
}

static void skip_space(struct scan *s)
{
	for (int c = peek(s); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = peek(s))
		s->at++;
}

static bool take(struct scan *s, char c)
{
	if (peek(s) != (unsigned char)c)
		return false;
	s->at++;
	return true;
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool read_hex4(struct scan *s, unsigned *out)
{
	unsigned v = 0;
	for (int i = 0; i < 4; i++, s->at++) {
		int c = peek(s), lower = c | 0x20;
		if (is_digit(c))
			v = v * 16 + (unsigned)(c - '0');
		else if (c > 0 && lower >= 'a' && lower <= 'f')
			v = v * 16 + (unsigned)(lower - 'a' + 10);
		else
			return fail(s, "four hexadecimal digits were expected after \\u");
	}
	*out = v;
	return true;
}

/* What follows \u. On a lone surrogate the fault is where its escape starts. */
static bool read_unicode(struct scan *s, size_t start)
{
	unsigned u, low;
	if (!read_hex4(s, &u))
		return false;
	bool fine = u < 0xD800 || u > 0xDFFF;
	if (u >= 0xD800 && u <= 0xDBFF && s->n - s->at >= 2 && !memcmp(s->p + s->at, "\\u", 2)) {
		s->at += 2;
		if (!read_hex4(s, &low))
			return false;
		fine = low >= 0xDC00 && low <= 0xDFFF;
	}
	if (fine && u != 0)
		return true;
	s->at = start;
	return fail(s, u ? "a lone surrogate stands for no character"
			 : "\\u0000 is not allowed in texts");
}

static bool read_escape(struct scan *s)
{
	size_t start = s->at++;
	int c = peek(s);
	if (c > 0 && strchr("\"\\/bfnrt", c)) {
		s->at++;
		return true;
	}
	if (take(s, 'u'))
		return read_unicode(s, start);
	s->at = start;
	return fail(s, "this escape does not exist");
}

static bool read_text(struct scan *s)
{
	if (!take(s, '"'))
		return fail(s, "a text in double quotes was expected");
	while (!take(s, '"')) {
		int c = peek(s);
		if (c < 0)
			return fail(s, "the text ends without its closing quote");
		if (c < 0x20)
			return fail(s, "a control character in a text must be escaped");
		if (c != '\\')
			s->at++;
		else if (!read_escape(s))
			return false;
	}
	return true;
}

static bool fits_int64(struct str s)
{
	bool minus = s.p[0] == '-';
	uint64_t v = 0, most = (uint64_t)INT64_MAX + minus;
	for (size_t i = minus; i < s.len; i++) {
		uint64_t digit = (uint64_t)(s.p[i] - '0');
		if (v > (most - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	return true;
}

/* The parser refuses what is beyond a double, though nobody uses its value. */
static bool fits_double(struct str s)
{
	struct buf copy = {0};
	buf_str(&copy, s);
	buf_char(&copy, '\0');
	bool fits = isfinite(strtod(copy.p, NULL));
	buf_release(&copy);
	return fits;
}

static bool read_digits(struct scan *s)
{
	if (!is_digit(peek(s)))
		return fail(s, "a digit was expected");
	while (is_digit(peek(s)))
		s->at++;
	return true;
}

static bool read_number(struct scan *s)
{
	size_t start = s->at;
	bool whole = true;
	take(s, '-');
	bool zero = peek(s) == '0';
	if (!read_digits(s))
		return false;
	size_t digits = s->at - start - (s->p[start] == '-');
	if (zero && digits > 1) {
		s->at = start;
		return fail(s, "a number does not start with 0");
	}
	if (take(s, '.')) {
		whole = false;
		if (!read_digits(s))
			return false;
	}
	if (take(s, 'e') || take(s, 'E')) {
		whole = false;
		if (!take(s, '+'))
			take(s, '-');
		if (!read_digits(s))
			return false;
	}
	struct str number = {s->p + start, s->at - start};
	if (whole ? fits_int64(number) : fits_double(number))
		return true;
	s->at = start;
	return fail(s, whole ? "the number is beyond 64 bits" : "the number is out of range");
}

static bool read_word(struct scan *s, struct str word)
{
	if (s->n - s->at < word.len || memcmp(s->p + s->at, word.p, word.len) != 0)
		return fail(s, "a value was expected");
	s->at += word.len;
	return true;
}

static bool read_value(struct scan *s, unsigned depth);

static bool read_members(struct scan *s, unsigned depth)
{
	skip_space(s);
	if (take(s, '}'))
		return true;
	for (;;) {
		skip_space(s);
		if (peek(s) != '"')
			return fail(s, "the name of a member in double quotes was expected");
		if (!read_text(s))
			return false;
		skip_space(s);
		if (!take(s, ':'))
			return fail(s, "a colon was expected");
		if (!read_value(s, depth))
			return false;
		if (take(s, '}'))
			return true;
		if (!take(s, ','))
			return fail(s, "a comma or } was expected");
	}
}

static bool read_elements(struct scan *s, unsigned depth)
{
	skip_space(s);
	if (take(s, ']'))
		return true;
	for (;;) {
		if (!read_value(s, depth))
			return false;
		if (take(s, ']'))
			return true;
		if (!take(s, ','))
			return fail(s, "a comma or ] was expected");
	}
}

static bool read_inner(struct scan *s, unsigned depth)
{
	int c = peek(s);
	if ((c == '{' || c == '[') && depth == LIMIT_JSON_DEPTH)
		return fail(s, "nested deeper than the limit allows");
	if (take(s, '{'))
		return read_members(s, depth + 1);
	if (take(s, '['))
		return read_elements(s, depth + 1);
	if (c == '"')
		return read_text(s);
	if (c == '-' || is_digit(c))
		return read_number(s);
	if (c == 't')
		return read_word(s, STR("true"));
	if (c == 'f')
		return read_word(s, STR("false"));
	if (c == 'n')
		return read_word(s, STR("null"));
	return fail(s, c < 0 ? "the text ends too early" : "a value was expected");
}

static bool read_value(struct scan *s, unsigned depth)
{
	skip_space(s);
	if (!read_inner(s, depth))
		return false;
	skip_space(s);
	return true;
}

/* The first byte that is not well-formed UTF-8: str_is_utf8 judges, this only finds the place, by
 * halving. A cut inside a character is moved back to its start. */
static size_t utf8_fault(struct str text)
{
	size_t good = 0, end = text.len;
	while (end - good > 1) {
		size_t mid = good + (end - good) / 2;
		while (mid > good && ((unsigned char)text.p[mid] & 0xC0) == 0x80)
			mid--;
		if (mid == good)
			break;
		if (str_is_utf8((struct str){text.p + good, mid - good}))
			good = mid;
		else
			end = mid;
	}
	return good;
}

struct json_fault json_fault_find(struct str text)
{
	struct scan s = {.p = text.p, .n = text.len};
	const char *nul = text.len ? memchr(text.p, 0, text.len) : NULL;
	if (nul)
		return (struct json_fault){"a NUL byte", (size_t)(nul - text.p)};
	if (!str_is_utf8(text))
		return (struct json_fault){"this is not UTF-8", utf8_fault(text)};
	if (read_value(&s, 0) && s.at < s.n)
		fail(&s, "nothing more was expected after the value");
	return (struct json_fault){s.what, s.at};
}
