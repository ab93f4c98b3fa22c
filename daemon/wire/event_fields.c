/* SPDX-License-Identifier: Apache-2.0
 *
 * The fields of an event's data: from JSON by the type of each, and back to JSON. A message quotes
 * what was sent, but never a value of a confidential fact.
 */
#include "daemon/wire/event_internal.h"
#include "daemon/wire/json_text.h"
#include "daemon/wire/value_read.h"
#include "engine/base/limits.h"
#include "engine/case/json_write.h"

#include <stdlib.h>
#include <string.h>

/* A field being read. */
struct place {
	struct reading *rd;
	const struct field *field;
};

static struct str where_of(struct reading *rd, struct str name)
{
	struct str path = rd->inner ? STR("data.data.") : STR("data.");
	name = shown(name);
	char *p = arena_alloc(rd->arena, path.len + name.len);
	memcpy(p, path.p, path.len);
	if (name.len)
		memcpy(p + path.len, name.p, name.len);
	return (struct str){p, path.len + name.len};
}

static struct str where(const struct place *p)
{
	return where_of(p->rd, p->field->name);
}

static bool wrong_type(const struct place *p, const struct json *v)
{
	bad(p->rd, where(p), STR_FMT " is " STR_FMT "; %s was expected", STR_ARG(where(p)),
	    STR_ARG(json_kind_words(v)), value_wanted(p->field->type.kind));
	return false;
}

static bool wrong_text(const struct place *p, struct str s)
{
	const char *want = value_wanted(p->field->type.kind);
	if (p->field->confidential)
		bad(p->rd, where(p), "%s was expected", want);
	else
		bad(p->rd, where(p), "\"" STR_FMT "\" was sent; %s was expected", STR_ARG(shown(s)),
		    want);
	return false;
}

static bool no_choice(const struct place *p, struct str s)
{
	const struct choice_set *set = &p->rd->rb->choices[p->field->type.of];
	struct near near = {.word = s};
	struct buf *list = p->rd->word;
	buf_clear(list);
	for (uint16_t i = 0; i < set->n; i++) {
		near_try(&near, set->names[i]);
		buf_c(list, i ? ", " : "");
		buf_str(list, set->names[i]);
	}
	if (p->field->confidential)
		bad(p->rd, where(p), "one of " STR_FMT " was expected", STR_ARG(buf_view(list)));
	else
		bad(p->rd, where(p), "\"" STR_FMT "\" is not one of " STR_FMT STR_FMT,
		    STR_ARG(shown(s)), STR_ARG(buf_view(list)), STR_ARG(near_hint(p->rd, &near)));
	return false;
}

/* Settles a text: its length, and a copy that outlives the JSON. */
static bool keep_text(const struct place *p, struct value *v)
{
	bool is_ref = p->field->type.kind == TYPE_REF;
	size_t most = is_ref ? LIMIT_ID_BYTES : LIMIT_FIELD_TEXT_BYTES;
	struct str s = value_as_str(*v);
	if (s.len > most) {
		bad(p->rd, where(p), "this has %zu bytes; at most %zu are allowed", s.len, most);
		return false;
	}
	if (is_ref && !s.len) {
		bad(p->rd, where(p), "the id of a case is empty");
		return false;
	}
	*v = value_str(p->field->type.kind, arena_str(p->rd->arena, s));
	return true;
}

static bool in_range(const struct place *p, struct value v)
{
	const struct type *t = &p->field->type;
	if (!t->has_range || (v.i >= t->min && v.i <= t->max))
		return true;
	struct buf *b = p->rd->word;
	buf_clear(b);
	if (!p->field->confidential) {
		policy_value_text(b, p->rd->rb, t, v);
		buf_c(b, " is out of range; ");
	}
	if (t->max != INT64_MAX)
		buf_c(b, "from ");
	policy_value_text(b, p->rd->rb, t, value_int(t->kind, t->min));
	buf_c(b, t->max == INT64_MAX ? " or more" : " to ");
	if (t->max != INT64_MAX)
		policy_value_text(b, p->rd->rb, t, value_int(t->kind, t->max));
	bad(p->rd, where(p), STR_FMT " was expected", STR_ARG(buf_view(b)));
	return false;
}

static bool read_field(const struct place *p, const struct json *v, struct value *out)
{
	struct value value;
	switch (value_read(p->rd->rb, &p->field->type, v, &value)) {
	case VALUE_WRONG_KIND:
		return wrong_type(p, v);
	case VALUE_WRONG_TEXT:
		return wrong_text(p, v->text);
	case VALUE_NO_CHOICE:
		return no_choice(p, v->text);
	case VALUE_FINE:
		break;
	}
	bool fine = v->kind == JSON_TEXT && type_is_text(value.kind) ? keep_text(p, &value)
								     : in_range(p, value);
	if (fine)
		*out = value;
	return fine;
}

/* null is the same as absent, but for an optional fact, which it makes unknown. */
static bool reads_null(const struct place *p, const struct json *v, bool *given)
{
	if (v->kind != JSON_NULL || !p->field->optional)
		return false;
	*given = p->field->sets != NULL;
	return true;
}

/* ---- what a correction gives ---- */

static int by_name(const void *a, const void *b)
{
	const struct json *x = *(const struct json *const *)a;
	const struct json *y = *(const struct json *const *)b;
	return str_cmp(x->name, y->name);
}

/* What can be said of a new field before it is known what event it is of. */
static bool is_plain(struct reading *rd, const struct json *m)
{
	if (m->kind != JSON_REAL && m->kind != JSON_ARRAY && m->kind != JSON_OBJECT)
		return true;
	bad(rd, where_of(rd, m->name), STR_FMT " is " STR_FMT "; no field of an event takes that",
	    STR_ARG(shown(m->name)), STR_ARG(json_kind_words(m)));
	return false;
}

/* The new fields as canonical JSON, in the order of their names. */
static void read_new_fields(struct reading *rd, const struct json *data, struct value *out)
{
	const struct json *order[LIMIT_FIELDS];
	size_t n = 0;
	bool plain = data->n <= LIMIT_FIELDS;
	if (!plain)
		bad(rd, STR("data.data"), "no event has more than %u fields", LIMIT_FIELDS);
	rd->inner = true;
	for (const struct json *m = json_first(data); m && n < LIMIT_FIELDS;
	     m = json_next(data, m)) {
		plain &= is_plain(rd, m);
		order[n++] = m;
	}
	rd->inner = false;
	if (!plain || !n)
		return;
	qsort(order, n, sizeof(*order), by_name);
	buf_clear(rd->word);
	for (size_t i = 0; i < n; i++) {
		buf_char(rd->word, i ? ',' : '{');
		buf_json(rd->word, order[i]->name);
		buf_char(rd->word, ':');
		json_text(rd->word, order[i], NULL, NULL);
	}
	buf_char(rd->word, '}');
	*out = value_str(TYPE_TEXT, arena_str(rd->arena, buf_view(rd->word)));
}

static bool read_new_data(const struct place *p, const struct json *v, struct value *out)
{
	if (v->kind == JSON_OBJECT)
		read_new_fields(p->rd, v, out);
	else
		bad(p->rd, where(p),
		    "data.data is " STR_FMT
		    "; an object with the fields that are corrected was expected",
		    STR_ARG(json_kind_words(v)));
	return out->known; /* without any, there is nothing new */
}

static bool read_new_time(const struct place *p, const struct json *v, struct value *out)
{
	int64_t at;
	if (v->kind != JSON_TEXT)
		return wrong_type(p, v);
	if (time_read(v->text, &at)) {
		bad(p->rd, where(p),
		    "\"" STR_FMT "\" is not a time with its offset, such as "
		    "\"2026-07-14T09:30:00-07:00\"",
		    STR_ARG(shown(v->text)));
		return false;
	}
	buf_clear(p->rd->word);
	time_text(p->rd->word, zone_utc(), at);
	*out = value_str(TYPE_TEXT, arena_str(p->rd->arena, buf_view(p->rd->word)));
	return true;
}

/* ---- data ---- */

static bool is_new_data(const struct event *ev, uint16_t field)
{
	return ev->type == EVENT_CORRECTED && field == CORRECTED_DATA;
}

static bool read_any(const struct place *p, uint16_t field, const struct json *v, struct value *out)
{
	if (is_new_data(&p->rd->ev, field))
		return read_new_data(p, v, out);
	if (p->rd->ev.type == EVENT_CORRECTED && field == CORRECTED_TIME)
		return read_new_time(p, v, out);
	return read_field(p, v, out);
}

static void unknown_field(struct reading *rd, const struct event_type *type, struct str name)
{
	struct near n = {.word = name};
	for (uint16_t i = 0; i < type->nfields; i++)
		near_try(&n, type->fields[i].name);
	bad(rd, where_of(rd, name), STR_FMT " has no field \"" STR_FMT "\"" STR_FMT,
	    STR_ARG(type->name), STR_ARG(shown(name)), STR_ARG(near_hint(rd, &n)));
}

static void missing_fields(struct reading *rd, const struct event_type *type, uint64_t seen)
{
	for (uint16_t i = 0; i < type->nfields; i++) {
		const struct field *f = &type->fields[i];
		if (seen >> i & 1 || f->optional)
			continue;
		bad(rd, where_of(rd, f->name), STR_FMT " is missing; %s was expected",
		    STR_ARG(f->name), value_wanted(f->type.kind));
	}
}

void members_read(struct reading *rd, const struct json *data, uint64_t *seen)
{
	const struct event_type *type = &rd->rb->events[rd->ev.type];
	for (const struct json *m = json_first(data); m; m = json_next(data, m)) {
		uint16_t i = field_index(type, m->name);
		if (i == NONE) {
			unknown_field(rd, type, m->name);
			continue;
		}
		struct place p = {rd, &type->fields[i]};
		uint64_t bit = UINT64_C(1) << i;
		bool given = true;
		if (reads_null(&p, m, &given))
			rd->ev.fields[i] = value_missing(type->fields[i].type.kind);
		else
			given = read_any(&p, i, m, &rd->ev.fields[i]);
		*seen |= bit;
		rd->ev.given = given ? rd->ev.given | bit : rd->ev.given & ~bit;
	}
}

void fields_read(struct reading *rd)
{
	const struct event_type *type = &rd->rb->events[rd->ev.type];
	const struct json *data = rd->data;
	uint64_t seen = 0;
	rd->ev.fields = arena_array(rd->arena, type->nfields, sizeof(struct value));
	for (uint16_t i = 0; i < type->nfields; i++)
		rd->ev.fields[i] = value_missing(type->fields[i].type.kind);
	if (data && data->kind != JSON_OBJECT) {
		bad(rd, STR("data"), "data is " STR_FMT "; an object with the fields was expected",
		    STR_ARG(json_kind_words(data)));
		return;
	}
	if (data)
		members_read(rd, data, &seen);
	missing_fields(rd, type, seen);
}

/* ---- back to JSON ---- */

/* The given field whose name comes next after `after` by bytes; NONE at the end. Events have few
 * fields. */
static uint16_t next_field(const struct event_type *type, uint64_t given, uint16_t after)
{
	uint16_t best = NONE;
	for (uint16_t i = 0; i < type->nfields; i++) {
		struct str name = type->fields[i].name;
		if (!(given >> i & 1) ||
		    (after != NONE && str_cmp(name, type->fields[after].name) <= 0))
			continue;
		if (best == NONE || str_cmp(name, type->fields[best].name) < 0)
			best = i;
	}
	return best;
}

static void member(struct buf *b, const char *before, struct str value)
{
	buf_c(b, before);
	buf_json(b, value);
}

static bool has_several_kinds(const struct rulebook *rb, uint16_t type)
{
	uint16_t n = 0;
	for (uint16_t k = 0; k < rb->nkinds; k++)
		n = (uint16_t)(n + rb->events[type].of_kind[k]);
	return n > 1;
}

void event_json(struct buf *b, const struct rulebook *rb, const struct event *ev)
{
	const struct event_type *type = &rb->events[ev->type];
	member(b, "{\"specversion\":\"1.0\",\"id\":", ev->id);
	member(b, ",\"source\":", ev->source);
	member(b, ",\"type\":", type->name);
	member(b, ",\"subject\":", ev->subject);
	buf_c(b, ",\"time\":\"");
	time_text(b, zone_utc(), ev->time);
	member(b, "\",\"county\":", rb->counties[ev->county].name);
	if (ev->kind != NONE && has_several_kinds(rb, ev->type))
		member(b, ",\"casekind\":", rb->kinds[ev->kind].name);
	const char *before = ",\"data\":{";
	for (uint16_t i = next_field(type, ev->given, NONE); i != NONE;
	     i = next_field(type, ev->given, i)) {
		member(b, before, type->fields[i].name);
		buf_char(b, ':');
		if (is_new_data(ev, i) && ev->fields[i].known)
			buf_str(b, value_as_str(ev->fields[i]));
		else
			json_value(b, rb, &type->fields[i].type, ev->fields[i]);
		before = ",";
	}
	buf_c(b, ev->given ? "}}" : "}");
}
