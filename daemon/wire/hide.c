/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/hide.h"

#include "daemon/wire/json_text.h"

#include <string.h>

static void put_name(struct buf *b, size_t i, const struct json *v)
{
	if (i)
		buf_char(b, ',');
	if (v->name.p) {
		buf_json(b, v->name);
		buf_char(b, ':');
	}
}

bool hide_is_marked(const struct json *v)
{
	const struct json *mark = json_get(v, STR("confidential"));
	return mark && mark->kind == JSON_BOOL && mark->yes;
}

/* Of confidential objects the member "value". */
static bool is_secret(void *arg, const struct json *object, const struct json *member)
{
	(void)arg;
	return str_eq(member->name, STR("value")) && hide_is_marked(object);
}

static void put(struct buf *b, const struct json *v)
{
	json_text(b, v, is_secret, NULL);
}

/* What cannot be read cannot be shown. */
static const struct json *parse(struct json_doc *doc, struct str text)
{
	const struct json *root;
	struct buf ignored = {0};
	enum status st = json_parse(doc, text, SIZE_MAX, &root, &ignored);
	buf_release(&ignored);
	return st ? NULL : root;
}

bool hide_has_mark(struct str json)
{
	static const char mark[] = "\"confidential\":true";
	return memmem(json.p, json.len, mark, sizeof(mark) - 1) != NULL;
}

struct str hide_in_decision(struct json_doc *doc, struct arena *a, struct str json)
{
	if (!hide_has_mark(json))
		return json;
	const struct json *root = parse(doc, json);
	if (!root)
		return STR("{}");
	struct buf b = {0};
	put(&b, root);
	struct str out = arena_str(a, buf_view(&b));
	buf_release(&b);
	return out;
}

/* ---- events ---- */

/* Whose fields are shown. */
struct fields {
	const struct rulebook *rb;
	uint16_t type; /* NONE: not known; then nothing is */
	bool of_any;   /* of an event that may not have come: what no event keeps confidential */
};

static bool may_show_of(const struct event_type *type, struct str field)
{
	uint16_t i = field_index(type, field);
	return i != NONE && !type->fields[i].confidential;
}

static bool may_show_anywhere(const struct rulebook *rb, struct str field)
{
	bool known = false;
	for (uint16_t i = 0; i < rb->nevents; i++) {
		bool has = field_index(&rb->events[i], field) != NONE;
		if (has && !may_show_of(&rb->events[i], field))
			return false;
		known = known || has;
	}
	return known;
}

static bool may_show(const struct fields *f, struct str field)
{
	if (f->of_any)
		return may_show_anywhere(f->rb, field);
	return f->type != NONE && may_show_of(&f->rb->events[f->type], field);
}

static void put_fields(struct buf *b, const struct fields *f, const struct json *data);

static void put_field(struct buf *b, const struct fields *f, const struct json *v)
{
	const struct fields corrected = {f->rb, NONE, true};
	if (f->type == EVENT_CORRECTED && v->kind == JSON_OBJECT)
		put_fields(b, &corrected, v);
	else
		put(b, v);
}

static void put_fields(struct buf *b, const struct fields *f, const struct json *data)
{
	struct buf withheld = {0};
	size_t shown = 0;
	buf_str(b, STR("{"));
	for (const struct json *e = json_first(data); e; e = json_next(data, e)) {
		if (!may_show(f, e->name)) {
			put_name(&withheld, withheld.len, &(struct json){0});
			buf_json(&withheld, e->name);
			continue;
		}
		put_name(b, shown++, e);
		put_field(b, f, e);
	}
	buf_str(b, STR("},\"withheld\":["));
	buf_str(b, buf_view(&withheld));
	buf_char(b, ']');
	buf_release(&withheld);
}

static struct fields fields_of(const struct rulebook *rb, const struct json *root)
{
	const struct json *name = json_get(root, STR("type"));
	struct fields fields = {.rb = rb, .type = NONE};
	if (name && name->kind == JSON_TEXT)
		fields.type = rulebook_event(rb, name->text);
	return fields;
}

static void name_fields(const struct fields *f, const struct json *data, struct str subject,
			hide_each *each, void *arg)
{
	const struct fields corrected = {f->rb, NONE, true};
	for (const struct json *e = data ? json_first(data) : NULL; e; e = json_next(data, e)) {
		if (f->type == EVENT_CORRECTED && e->kind == JSON_OBJECT)
			name_fields(&corrected, e, subject, each, arg);
		else if (!may_show(f, e->name) && e->kind != JSON_NULL)
			each(arg, subject, e->name);
	}
}

void hide_names(const struct rulebook *rb, struct json_doc *doc, struct str json, hide_each *each,
		void *arg)
{
	const struct json *root = parse(doc, json);
	const struct json *subject = root ? json_get(root, STR("subject")) : NULL;
	if (!subject || subject->kind != JSON_TEXT)
		return;
	const struct fields f = fields_of(rb, root);
	name_fields(&f, json_get(root, STR("data")), subject->text, each, arg);
}

struct str hide_in_event(const struct rulebook *rb, struct json_doc *doc, struct arena *a,
			 struct str json)
{
	const struct json *root = parse(doc, json);
	if (!root)
		return STR("{}");
	const struct fields fields = fields_of(rb, root);
	struct buf b = {0};
	size_t n = 0;
	buf_char(&b, '{');
	for (const struct json *e = json_first(root); e; e = json_next(root, e)) {
		put_name(&b, n++, e);
		if (str_eq(e->name, STR("data")))
			put_fields(&b, &fields, e);
		else
			put(&b, e);
	}
	buf_char(&b, '}');
	struct str out = arena_str(a, buf_view(&b));
	buf_release(&b);
	return out;
}
