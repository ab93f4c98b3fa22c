/* SPDX-License-Identifier: Apache-2.0
 *
 * Text as pointer and length, and a growing byte buffer.
 *
 *     struct buf b = {0};
 *     buf_str(&b, STR("{\"id\":"));
 *     buf_json(&b, id);                 // quoted and escaped
 *     buf_fmt(&b, ",\"n\":%d}", 3);
 *     ... buf_view(&b) ...
 *     buf_release(&b);
 */
#ifndef WAYMARK_BASE_STR_H
#define WAYMARK_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p; /* may be NULL when len is 0; not NUL-terminated in general */
	size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)                                                                          \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	} /* for static initialisers */
#define STR_FMT    "%.*s"
#define STR_ARG(s) (int)(s).len, (s).p ? (s).p : ""

struct str str_from(const char *c_string);
static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}
int str_cmp(struct str a, struct str b); /* by bytes: the same order on every machine */
bool str_starts(struct str s, struct str prefix);
bool str_contains(struct str s, struct str part);
uint64_t str_hash(struct str s);
bool str_is_utf8(struct str s); /* well formed, no surrogates, no NUL */

/* Edit distance with transpositions, for did-you-mean; more than `most` yields most+1. */
size_t str_distance(struct str a, struct str b, size_t most);

struct buf {
	char *p;
	size_t len, cap;
};

void buf_grow(struct buf *b, size_t more); /* the slow path of buf_reserve */

/* These five are inline: they are most of what writing a decision costs, and with a literal the
 * compiler knows the length. */
static inline void buf_reserve(struct buf *b, size_t more)
{
	if (b->cap - b->len < more)
		buf_grow(b, more);
}

static inline void buf_bytes(struct buf *b, const void *p, size_t n)
{
	if (!n)
		return;
	buf_reserve(b, n);
	memcpy(b->p + b->len, p, n);
	b->len += n;
}

static inline void buf_str(struct buf *b, struct str s)
{
	buf_bytes(b, s.p, s.len);
}

static inline void buf_c(struct buf *b, const char *c_string)
{
	buf_bytes(b, c_string, strlen(c_string));
}

static inline void buf_char(struct buf *b, char c)
{
	buf_reserve(b, 1);
	b->p[b->len++] = c;
}

void buf_pad(struct buf *b, char c, size_t n);
void buf_i64(struct buf *b, int64_t v); /* decimal, without going through printf */
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_json(struct buf *b, struct str s); /* with quotes; control characters escaped */
struct str buf_view(const struct buf *b);   /* valid until the next write */
void buf_clear(struct buf *b);              /* keeps the memory */
void buf_release(struct buf *b);

#endif
