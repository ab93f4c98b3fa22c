/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/str.h"

#include "engine/base/limits.h"
#include "engine/base/mem.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct str str_from(const char *c_string)
{
	return (struct str){c_string, c_string ? strlen(c_string) : 0};
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	if (c)
		return c;
	return (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.p, prefix.p, prefix.len) == 0);
}

bool str_contains(struct str s, struct str part)
{
	for (size_t i = 0; part.len <= s.len && i <= s.len - part.len; i++)
		if (part.len == 0 || memcmp(s.p + i, part.p, part.len) == 0)
			return true;
	return false;
}

/* Words of eight bytes through a multiply-and-fold: names and case ids are short, and this is read
 * on every decision. It orders nothing, so its values never reach an output. */
uint64_t str_hash(struct str s)
{
	const uint64_t k = 0x9e3779b97f4a7c15u;
	uint64_t h = k ^ (s.len * 0xff51afd7ed558ccdu);
	size_t i = 0;
	for (; i + 8 <= s.len; i += 8) {
		uint64_t w;
		memcpy(&w, s.p + i, 8);
		h = (h ^ w) * k;
		h ^= h >> 32;
	}
	if (i < s.len) {
		uint64_t w = 0;
		memcpy(&w, s.p + i, s.len - i);
		h = (h ^ w) * k;
		h ^= h >> 32;
	}
	h *= 0xff51afd7ed558ccdu;
	return h ^ (h >> 29);
}

/* Length of the well-formed sequence at p (RFC 3629), 0 when there is none. */
static size_t utf8_len(const unsigned char *p, size_t n)
{
	if (p[0] < 0x80)
		return p[0] ? 1 : 0;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	size_t want = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n < want)
		return 0;
	unsigned char lo = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
	unsigned char hi = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
	if (p[1] < lo || p[1] > hi)
		return 0;
	for (size_t i = 2; i < want; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return want;
}

bool str_is_utf8(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	for (size_t i = 0; i < s.len;) {
		size_t n = utf8_len(p + i, s.len - i);
		if (!n)
			return false;
		i += n;
	}
	return true;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;
	return m < c ? m : c;
}

size_t str_distance(struct str a, struct str b, size_t most)
{
	if (a.len > LIMIT_NAME_BYTES || b.len > LIMIT_NAME_BYTES)
		return most + 1;
	size_t row[3][LIMIT_NAME_BYTES + 1];
	for (size_t j = 0; j <= b.len; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *cur = row[i % 3], *prev = row[(i - 1) % 3], *before = row[(i + 1) % 3];
		cur[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t same = a.p[i - 1] == b.p[j - 1] ? 0 : 1;
			cur[j] = min3(prev[j] + 1, cur[j - 1] + 1, prev[j - 1] + same);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
			    a.p[i - 2] == b.p[j - 1] && before[j - 2] + 1 < cur[j])
				cur[j] = before[j - 2] + 1;
		}
	}
	size_t d = row[a.len % 3][b.len];
	return d > most ? most + 1 : d;
}

void buf_grow(struct buf *b, size_t more)
{
	assert(more < SIZE_MAX / 4 && b->len < SIZE_MAX / 4);
	size_t cap = b->cap ? b->cap : 256;
	while (cap - b->len < more)
		cap *= 2;
	b->p = mem_grow(b->p, cap, 1);
	b->cap = cap;
}

void buf_pad(struct buf *b, char c, size_t n)
{
	while (n--)
		buf_char(b, c);
}

void buf_i64(struct buf *b, int64_t v)
{
	char t[24];
	size_t i = sizeof(t);
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	do {
		t[--i] = (char)('0' + u % 10);
		u /= 10;
	} while (u);
	if (v < 0)
		t[--i] = '-';
	buf_bytes(b, t + i, sizeof(t) - i);
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	buf_reserve(b, (size_t)n + 1);
	vsnprintf(b->p + b->len, (size_t)n + 1, fmt, again);
	va_end(again);
	b->len += (size_t)n;
}

static bool json_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
}

static void json_escape(struct buf *b, unsigned char c)
{
	switch (c) {
	case '"':
	case '\\':
		buf_char(b, '\\');
		buf_char(b, (char)c);
		return;
	case '\n':
		buf_c(b, "\\n");
		return;
	case '\t':
		buf_c(b, "\\t");
		return;
	case '\r':
		buf_c(b, "\\r");
		return;
	default:
		buf_fmt(b, "\\u%04x", c);
	}
}

/* Are all eight bytes plain? The usual tests on a whole word: a byte of x below n leaves a high bit
 * in (x - n) & ~x, and a byte is c where x ^ c has a byte below 1. */
static bool json_plain_word(const char *p)
{
	const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
	uint64_t w;
	memcpy(&w, p, sizeof(w));
	uint64_t quote = w ^ ones * '"', backslash = w ^ ones * '\\', del = w ^ ones * 0x7f;
	uint64_t control = (w - ones * 0x20) & ~w;
	return !((control | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) |
		  ((del - ones) & ~del)) &
		 highs);
}

/* How many bytes from i on are plain. */
static size_t json_plain_run(struct str s, size_t i)
{
	size_t from = i;
	while (i + 8 <= s.len && json_plain_word(s.p + i))
		i += 8;
	while (i < s.len && json_plain((unsigned char)s.p[i]))
		i++;
	return i - from;
}

void buf_json(struct buf *b, struct str s)
{
	buf_reserve(b, s.len + 2);
	buf_char(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		size_t n = json_plain_run(s, i);
		buf_bytes(b, s.p + i, n);
		i += n;
		if (i < s.len)
			json_escape(b, (unsigned char)s.p[i]);
	}
	buf_char(b, '"');
}

struct str buf_view(const struct buf *b)
{
	return (struct str){b->p, b->len};
}

void buf_clear(struct buf *b)
{
	b->len = 0;
}

void buf_release(struct buf *b)
{
	mem_free(b->p);
	*b = (struct buf){0};
}
