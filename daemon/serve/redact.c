/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/redact.h"

#include "daemon/serve/daemon.h"
#include "daemon/serve/seen.h"
#include "daemon/wire/hide.h"
#include "daemon/wire/json_text.h"

/* ---- decisions ---- */

struct shown {
	struct call *call;
	struct str case_id; /* of the decision */
};

static struct str text_of(const struct json *object, struct str name)
{
	const struct json *v = json_get(object, name);
	return v && v->kind == JSON_TEXT ? v->text : STR("");
}

/* What the marked object is about: a fact, a term of a condition, or a table whose row was taken.
 */
static struct str name_of(const struct json *object)
{
	static const struct str members[] = {STR_INIT("fact"), STR_INIT("what"), STR_INIT("table")};
	struct str name = {0};
	for (size_t i = 0; !name.len && i < sizeof(members) / sizeof(*members); i++)
		name = text_of(object, members[i]);
	return name;
}

/* Of confidential objects the member "value" is shown, and that is noted. But decisions read facts
 * of other cases, of other counties too: the confidential ones stay there. */
static bool is_withheld(void *arg, const struct json *object, const struct json *member)
{
	struct shown *s = arg;
	bool is_value = str_eq(member->name, STR("value"));
	if (!hide_is_marked(object) || (!is_value && !str_eq(member->name, STR("text"))))
		return false;
	struct str other = text_of(object, STR("case"));
	if (other.len && !call_sees_case(s->call, other))
		return is_value;
	if (member->kind != JSON_NULL)
		seen_name(s->call, other.len ? other : s->case_id, name_of(object));
	return false;
}

static struct str show_decision(struct call *c, struct str json)
{
	struct daemon *d = c->d;
	const struct json *root;
	buf_clear(&d->why);
	if (!hide_has_mark(json))
		return json;
	if (json_parse(d->cases.doc, json, SIZE_MAX, &root, &d->why))
		return STR("{}");
	struct buf b = {0};
	json_text(&b, root, is_withheld, &(struct shown){c, text_of(root, STR("case"))});
	struct str out = arena_str(&c->http->arena, buf_view(&b));
	buf_release(&b);
	return out;
}

struct str redact_decision(struct call *c, struct str json)
{
	return c->sees_confidential ? show_decision(c, json) : redact_outcome(c, json);
}

struct str redact_outcome(struct call *c, struct str json)
{
	return hide_in_decision(c->d->cases.doc, &c->http->arena, json);
}

/* ---- events ---- */

static void on_secret(void *arg, struct str case_id, struct str name)
{
	seen_name(arg, case_id, name);
}

struct str redact_event(struct call *c, struct str json)
{
	struct daemon *d = c->d;
	if (!c->sees_confidential)
		return hide_in_event(d->rb, d->cases.doc, &c->http->arena, json);
	hide_names(d->rb, d->cases.doc, json, on_secret, c);
	return json;
}
