/* SPDX-License-Identifier: Apache-2.0
 *
 * Outcomes as they are compared: all that is said to anybody, in any order, without the names and
 * places in the policy that they come from. And as they are recorded: without texts and values of
 * the case.
 */
#include "daemon/serve/shadow.h"

#include "daemon/wire/json.h"
#include "engine/base/vec.h"

#include <stdlib.h>

/* ids and references go by them; `because` is where it stands, `draw` what a pot had. */
static const char *const passed_over[] = {"id", "of", "because", "draw", "event", NULL};
static const char *const kept[] = {"kind", "action", "name", "amount",
				   "fund", "status", "due",  NULL};

static bool is_one_of(struct str name, const char *const *list)
{
	for (; *list; list++)
		if (str_eq(name, str_from(*list)))
			return true;
	return false;
}

static void dump(struct buf *b, const struct json *v);

static void dump_inside(struct buf *b, const struct json *v)
{
	for (const struct json *e = json_first(v); e; e = json_next(v, e)) {
		if (v->kind == JSON_OBJECT) {
			buf_json(b, e->name);
			buf_char(b, ':');
		}
		dump(b, e);
		buf_char(b, ',');
	}
}

/* Never read back: it only has to be the same for the same. */
static void dump(struct buf *b, const struct json *v)
{
	switch (v->kind) {
	case JSON_NULL:
	case JSON_REAL:
		buf_c(b, "null");
		break;
	case JSON_BOOL:
		buf_c(b, v->yes ? "true" : "false");
		break;
	case JSON_INT:
		buf_i64(b, v->i);
		break;
	case JSON_TEXT:
		buf_json(b, v->text);
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		buf_char(b, v->kind == JSON_ARRAY ? '[' : '{');
		dump_inside(b, v);
		buf_char(b, v->kind == JSON_ARRAY ? ']' : '}');
		break;
	}
}

static void put_compared(struct buf *b, const struct json *o)
{
	for (const struct json *m = json_first(o); m; m = json_next(o, m)) {
		if (is_one_of(m->name, passed_over))
			continue;
		buf_json(b, m->name);
		buf_char(b, ':');
		dump(b, m);
		buf_char(b, ',');
	}
}

static void put_member(struct buf *b, const struct json *o, const char *name)
{
	const struct json *m = json_get(o, str_from(name));
	if (!m || m->kind != JSON_TEXT)
		return;
	buf_fmt(b, "%s\"%s\":", b->p[b->len - 1] == '{' ? "" : ",", name);
	buf_json(b, m->text);
}

static void put_recorded(struct buf *b, const struct json *o)
{
	static const char *const places[] = {"program", "block", "part", NULL};
	const struct json *because = json_get(o, STR("because"));
	buf_char(b, '{');
	for (const char *const *name = kept; *name; name++)
		put_member(b, o, *name);
	for (const char *const *name = places; because && *name; name++)
		put_member(b, because, *name);
	buf_char(b, '}');
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

bool shadow_outcomes(struct json_doc *doc, struct str decision, struct buf *compared,
		     struct buf *recorded)
{
	struct arena a = {0};
	struct buf one = {0};
	VEC(struct str) texts = {0};
	const struct json *root;
	bool read = !json_parse(doc, decision, SIZE_MAX, &root, &one);
	const struct json *list = read ? json_get(root, STR("outcomes")) : NULL;
	buf_char(recorded, '[');
	for (const struct json *o = list ? json_first(list) : NULL; o; o = json_next(list, o)) {
		buf_clear(&one);
		put_compared(&one, o);
		*vec_push(&texts) = arena_str(&a, buf_view(&one));
		buf_c(recorded, texts.n > 1 ? "," : "");
		put_recorded(recorded, o);
	}
	buf_char(recorded, ']');
	if (texts.n)
		qsort(texts.at, texts.n, sizeof(*texts.at), by_text);
	for (size_t i = 0; i < texts.n; i++) {
		buf_str(compared, texts.at[i]);
		buf_char(compared, '\n');
	}
	vec_release(&texts);
	buf_release(&one);
	arena_release(&a);
	return list != NULL;
}
