/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/json_differ.h"

static bool same_scalar(const struct json *a, const struct json *b)
{
	switch (a->kind) {
	case JSON_NULL:
		return true;
	case JSON_BOOL:
		return a->yes == b->yes;
	case JSON_INT:
		return a->i == b->i;
	default:
		return str_eq(a->text, b->text);
	}
}

static bool is_inner(const struct json *v)
{
	return v->kind == JSON_ARRAY || v->kind == JSON_OBJECT;
}

/* True: a difference was found and `path` says where. Both texts are ours, so their depth is
 * bounded. */
static bool differ(struct buf *path, const struct json *a, const struct json *b);

static bool differ_inside(struct buf *path, const struct json *a, const struct json *b)
{
	const struct json *x = json_first(a), *y = json_first(b);
	for (size_t i = 0; x || y; i++) {
		size_t mark = path->len;
		const struct json *v = x ? x : y;
		if (a->kind == JSON_ARRAY)
			buf_fmt(path, "[%zu]", i);
		else
			buf_fmt(path, "%s" STR_FMT, mark ? "." : "", STR_ARG(v->name));
		if (!x || !y || !str_eq(x->name, y->name) || differ(path, x, y))
			return true;
		path->len = mark;
		x = json_next(a, x);
		y = json_next(b, y);
	}
	return false;
}

static bool differ(struct buf *path, const struct json *a, const struct json *b)
{
	if (a->kind != b->kind)
		return true;
	return is_inner(a) ? differ_inside(path, a, b) : !same_scalar(a, b);
}

void json_differ(struct buf *path, const struct json *a, const struct json *b)
{
	differ(path, a, b);
}
