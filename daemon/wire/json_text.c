/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/json_text.h"

static void put_inside(struct buf *b, const struct json *v, json_leave_out *leave_out, void *arg)
{
	bool named = v->kind == JSON_OBJECT;
	size_t n = 0;
	for (const struct json *e = json_first(v); e; e = json_next(v, e)) {
		if (named && leave_out && leave_out(arg, v, e))
			continue;
		if (n++)
			buf_char(b, ',');
		if (named) {
			buf_json(b, e->name);
			buf_char(b, ':');
		}
		json_text(b, e, leave_out, arg);
	}
}

void json_text(struct buf *b, const struct json *v, json_leave_out *leave_out, void *arg)
{
	switch (v->kind) {
	case JSON_NULL:
	case JSON_REAL:
		buf_str(b, STR("null"));
		break;
	case JSON_BOOL:
		buf_str(b, v->yes ? STR("true") : STR("false"));
		break;
	case JSON_INT:
		buf_i64(b, v->i);
		break;
	case JSON_TEXT:
		buf_json(b, v->text);
		break;
	case JSON_ARRAY:
		buf_char(b, '[');
		put_inside(b, v, leave_out, arg);
		buf_char(b, ']');
		break;
	case JSON_OBJECT:
		buf_char(b, '{');
		put_inside(b, v, leave_out, arg);
		buf_char(b, '}');
		break;
	}
}
