/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/canonical.h"

#include "engine/base/limits.h"

#include <endian.h>

/* A high bit where one of the eight bytes is a quote, a backslash, or no printable ASCII; of these
 * marks the first is exact: taking one off a byte that is zero borrows from those behind alone. */
static uint64_t marks_of(uint64_t w)
{
	const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
	return (((w ^ ones * '"') - ones) | ((w ^ ones * '\\') - ones) | (w - ones * ' ') | w) &
	       highs;
}

static bool is_marked(char c)
{
	return c == '"' || c == '\\' || (unsigned char)c < ' ' || (unsigned char)c >= 0x80;
}

/* The first such byte from `p` on. Texts are short, and there are dozens of them in each record. */
static inline const char *next_mark(const char *p, const char *end)
{
	for (; end - p >= 8; p += 8) {
		uint64_t w;
		memcpy(&w, p, sizeof(w));
		uint64_t marks = marks_of(le64toh(w));
		if (marks)
			return p + __builtin_ctzll(marks) / 8;
	}
	while (p < end && !is_marked(*p))
		p++;
	return p;
}

/* Behind the text that begins at `p`; NULL: it does not end. */
static const char *skip_text(const char *p, const char *end)
{
	for (p = next_mark(p + 1, end); p < end; p = next_mark(p + 1, end)) {
		if (*p == '"')
			return p + 1;
		p += *p == '\\' && end - p > 1;
	}
	return NULL;
}

static const char *skip_nested(const char *p, const char *end)
{
	size_t depth = 0;
	while (p && p < end) {
		switch (*p) {
		case '"':
			p = skip_text(p, end);
			continue;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			if (!--depth)
				return p + 1;
			break;
		default:
			break;
		}
		p++;
	}
	return NULL;
}

static const char *skip_value(const char *p, const char *end)
{
	if (p == end)
		return NULL;
	if (*p == '"')
		return skip_text(p, end);
	if (*p == '{' || *p == '[')
		return skip_nested(p, end);
	while (p < end && *p != ',' && *p != '}' && *p != ']')
		p++;
	return p;
}

static void step_to(struct str *rest, const char *p)
{
	*rest = (struct str){p, (size_t)(rest->p + rest->len - p)};
}

/* The comma behind a value belongs to it. */
static void step_over(struct str *rest, const char *after)
{
	step_to(rest, after + (after < rest->p + rest->len && *after == ','));
}

bool canonical_enter(struct str *rest)
{
	if (!rest->len || (rest->p[0] != '{' && rest->p[0] != '['))
		return false;
	step_to(rest, rest->p + 1);
	return true;
}

bool canonical_leave(struct str *rest)
{
	if (!rest->len || (rest->p[0] != '}' && rest->p[0] != ']'))
		return false;
	step_over(rest, rest->p + 1);
	return true;
}

bool canonical_value(struct str *rest, struct str *value)
{
	const char *end = rest->p + rest->len;
	const char *after = rest->len ? skip_value(rest->p, end) : NULL;
	if (!after || after == rest->p)
		return false;
	*value = (struct str){rest->p, (size_t)(after - rest->p)};
	step_over(rest, after);
	return true;
}

void canonical_skip(struct str *rest, size_t n)
{
	step_over(rest, rest->p + n);
}

bool canonical_pass(struct str *rest, struct str bytes)
{
	bool comes = str_starts(*rest, bytes);
	if (comes)
		step_to(rest, rest->p + bytes.len);
	return comes;
}

bool canonical_name(struct str *rest, struct str *name)
{
	const char *end = rest->p + rest->len;
	const char *after = rest->len && rest->p[0] == '"' ? skip_text(rest->p, end) : NULL;
	if (!after || after == end || *after != ':')
		return false;
	*name = (struct str){rest->p + 1, (size_t)(after - rest->p) - 2};
	step_to(rest, after + 1);
	return true;
}

bool canonical_member(struct str *rest, struct str *name, struct str *value)
{
	return canonical_name(rest, name) && canonical_value(rest, value);
}

struct str canonical_get(struct str object, struct str name)
{
	struct str rest = object, found, value;
	if (canonical_enter(&rest))
		while (canonical_member(&rest, &found, &value))
			if (str_eq(found, name))
				return value;
	return STR("");
}

struct str canonical_text(struct str v)
{
	if (v.len < 2 || v.p[0] != '"')
		return STR("");
	return (struct str){v.p + 1, v.len - 2};
}

/* ---- a document ---- */

#define MOST_DIGITS 18 /* of a number that is read here: it is within int64_t */

struct parsing {
	const char *p, *end;
	struct canonical_doc *d;
};

static bool is_at(struct parsing *x, char c)
{
	return x->p < x->end && *x->p == c;
}

static bool take(struct parsing *x, char c)
{
	bool there = is_at(x, c);
	x->p += there;
	return there;
}

static bool take_word(struct parsing *x, struct str word)
{
	bool there = str_starts((struct str){x->p, (size_t)(x->end - x->p)}, word);
	x->p += there ? word.len : 0;
	return there;
}

static bool take_text(struct parsing *x, struct str *out)
{
	if (!take(x, '"'))
		return false;
	const char *mark = next_mark(x->p, x->end);
	*out = (struct str){x->p, (size_t)(mark - x->p)};
	x->p = mark;
	return take(x, '"');
}

static bool take_number(struct parsing *x, int64_t *out)
{
	bool minus = take(x, '-');
	const char *first = x->p;
	int64_t n = 0;
	while (x->p < x->end && *x->p >= '0' && *x->p <= '9' && x->p - first < MOST_DIGITS)
		n = n * 10 + (*x->p++ - '0');
	*out = minus ? -n : n;
	bool is_whole = x->p > first && !(*first == '0' && (minus || x->p - first > 1));
	return is_whole && (is_at(x, ',') || is_at(x, '}') || is_at(x, ']'));
}

static bool take_value(struct parsing *x, struct str name, unsigned depth);

/* What is inside an array, or with its names inside an object. */
static bool take_inside(struct parsing *x, size_t at, char close, unsigned depth)
{
	struct str name = {0};
	uint32_t n = 0;
	while (!is_at(x, close)) {
		if (n++ && !take(x, ','))
			return false;
		if (close == '}' && !(take_text(x, &name) && take(x, ':')))
			return false;
		if (!take_value(x, name, depth))
			return false;
	}
	x->d->nodes.at[at].n = n;
	return take(x, close);
}

/* null, true, false, or a whole number. */
static bool take_plain(struct parsing *x, struct json *v)
{
	bool is_true = take_word(x, STR("true"));
	v->kind = JSON_BOOL;
	v->yes = is_true;
	if (is_true || take_word(x, STR("false")))
		return true;
	v->kind = JSON_NULL;
	if (take_word(x, STR("null")))
		return true;
	v->kind = JSON_INT;
	return take_number(x, &v->i);
}

static bool take_value(struct parsing *x, struct str name, unsigned depth)
{
	size_t at = x->d->nodes.n;
	struct json *v = vec_push(&x->d->nodes);
	bool fine, is_object = is_at(x, '{');
	*v = (struct json){.kind = JSON_TEXT, .name = name};
	if (is_at(x, '"')) {
		fine = take_text(x, &v->text);
	} else if (take(x, '{') || take(x, '[')) {
		v->kind = is_object ? JSON_OBJECT : JSON_ARRAY;
		fine = depth < LIMIT_JSON_DEPTH &&
		       take_inside(x, at, is_object ? '}' : ']', depth + 1);
	} else {
		fine = take_plain(x, v);
	}
	x->d->nodes.at[at].nodes = (uint32_t)(x->d->nodes.n - at);
	return fine;
}

const struct json *canonical_parse(struct canonical_doc *d, struct str text)
{
	struct parsing x = {text.p, text.p + text.len, d};
	d->nodes.n = 0;
	return take_value(&x, (struct str){0}, 0) && x.p == x.end ? d->nodes.at : NULL;
}

void canonical_release(struct canonical_doc *d)
{
	vec_release(&d->nodes);
}
