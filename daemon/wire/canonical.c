/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/canonical.h"

#include <string.h>

/* Behind the text that begins at `p`; NULL: it does not end. */
static const char *skip_text(const char *p, const char *end)
{
	for (p++; p < end; p++) {
		const char *quote = memchr(p, '"', (size_t)(end - p));
		if (!quote)
			return NULL;
		const char *back = quote;
		while (back > p && back[-1] == '\\')
			back--;
		p = quote;
		if ((quote - back) % 2 == 0)
			return quote + 1;
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
