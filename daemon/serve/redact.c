/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/redact.h"

#include "daemon/serve/daemon.h"
#include "daemon/wire/json_text.h"

static void put_name(struct buf *b, size_t i, const struct json *v)
{
	if (i)
		buf_char(b, ',');
	if (v->name.p) {
		buf_json(b, v->name);
		buf_char(b, ':');
	}
}

static bool is_marked(const struct json *v)
{
	const struct json *mark = json_get(v, STR("confidential"));
	return mark && mark->kind == JSON_BOOL && mark->yes;
}

/* Of confidential objects the member "value". */
static bool is_secret(const struct json *object, const struct json *member)
{
	return str_eq(member->name, STR("value")) && is_marked(object);
}

static void put(struct buf *b, const struct json *v)
{
	json_text(b, v, is_secret);
}

/* What cannot be read cannot be shown. */
static const struct json *parse(struct daemon *d, struct str text)
{
	const struct json *root;
	buf_clear(&d->why);
	return json_parse(d->cases.doc, text, SIZE_MAX, &root, &d->why) ? NULL : root;
}

struct str redact_decision(struct daemon *d, struct arena *a, struct str json)
{
	static const char mark[] = "\"confidential\":true";
	if (!memmem(json.p, json.len, mark, sizeof(mark) - 1))
		return json;
	const struct json *root = parse(d, json);
	if (!root)
		return STR("{}");
	struct buf b = {0};
	put(&b, root);
	struct str out = arena_str(a, buf_view(&b));
	buf_release(&b);
	return out;
}

/* ---- events ---- */

static bool may_show(const struct event_type *type, struct str field)
{
	uint16_t i = type ? field_index(type, field) : NONE;
	return i != NONE && !type->fields[i].confidential;
}

static void put_data(struct buf *b, const struct event_type *type, const struct json *data)
{
	struct buf withheld = {0};
	size_t shown = 0;
	buf_str(b, STR("{"));
	for (const struct json *e = json_first(data); e; e = json_next(data, e)) {
		if (!may_show(type, e->name)) {
			put_name(&withheld, withheld.len, &(struct json){0});
			buf_json(&withheld, e->name);
			continue;
		}
		put_name(b, shown++, e);
		put(b, e);
	}
	buf_str(b, STR("},\"withheld\":["));
	buf_str(b, buf_view(&withheld));
	buf_char(b, ']');
	buf_release(&withheld);
}

struct str redact_event(struct daemon *d, struct arena *a, struct str json)
{
	const struct json *root = parse(d, json);
	if (!root)
		return STR("{}");
	const struct json *name = json_get(root, STR("type"));
	uint16_t type = name && name->kind == JSON_TEXT ? rulebook_event(d->rb, name->text) : NONE;
	struct buf b = {0};
	size_t n = 0;
	buf_char(&b, '{');
	for (const struct json *e = json_first(root); e; e = json_next(root, e)) {
		put_name(&b, n++, e);
		if (str_eq(e->name, STR("data")))
			put_data(&b, type == NONE ? NULL : &d->rb->events[type], e);
		else
			put(&b, e);
	}
	buf_char(&b, '}');
	struct str out = arena_str(a, buf_view(&b));
	buf_release(&b);
	return out;
}
