/* SPDX-License-Identifier: Apache-2.0
 *
 * The one file that knows simdjson. Its DOM judges the whole document; what it made is then copied
 * into a flat array of struct json, in order, and judged for what it does not look at: members that
 * stand twice, NUL, integers above int64, depth. Callers see plain C.
 */
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

extern "C" {
#include "daemon/wire/json.h"
#include "daemon/wire/json_fault.h"
#include "engine/base/limits.h"
#include "engine/base/mem.h"
}

#include <algorithm>
#include <cstring>
#include <new>

namespace dom = simdjson::dom;

struct json_doc {
	dom::parser parser;
	char *bytes; /* the text with the padding that simdjson reads beyond it */
	size_t capacity;
	struct json *nodes;
	size_t n, nodes_capacity;
	const struct json **members; /* scratch to find members that stand twice */
	size_t members_capacity;
	bool has_escapes; /* only then can a text hold a surrogate or NUL */
	struct buf *why;
};

template <typename T> static void reserve(T *&at, size_t &capacity, size_t want)
{
	if (capacity >= want)
		return;
	size_t grown = std::max(want, capacity + capacity / 2);
	at = static_cast<T *>(mem_grow(at, grown, sizeof(T)));
	capacity = grown;
}

struct json_doc *json_doc_new(void)
{
	return new json_doc();
}

void json_doc_free(struct json_doc *d)
{
	if (!d)
		return;
	mem_free(d->bytes);
	mem_free(d->nodes);
	mem_free(d->members);
	delete d;
}

/* Does a text hold NUL, or a surrogate (which UTF-8 input can only have got from an escape)? */
static bool text_is_fine(const struct json_doc *d, std::string_view s)
{
	if (!d->has_escapes)
		return true;
	if (memchr(s.data(), 0, s.size()))
		return false;
	for (size_t i = 0; i + 1 < s.size(); i++)
		if (s[i] == '\xED' && static_cast<unsigned char>(s[i + 1]) >= 0xA0)
			return false;
	return true;
}

static struct str view(std::string_view s)
{
	return {s.data(), s.size()};
}

static bool by_name(const struct json *a, const struct json *b)
{
	return str_cmp(a->name, b->name) < 0;
}

/* A member that stands twice in an object, or NULL. */
static const struct json *find_twice(struct json_doc *d, const struct json *object)
{
	reserve(d->members, d->members_capacity, object->n);
	size_t n = 0;
	for (const struct json *m = json_first(object); m; m = json_next(object, m))
		d->members[n++] = m;
	if (n <= 16) { /* nearly all */
		for (size_t i = 1; i < n; i++)
			for (size_t j = 0; j < i; j++)
				if (str_eq(d->members[i]->name, d->members[j]->name))
					return d->members[i];
		return nullptr;
	}
	std::sort(d->members, d->members + n, by_name);
	for (size_t i = 1; i < n; i++)
		if (str_eq(d->members[i - 1]->name, d->members[i]->name))
			return d->members[i];
	return nullptr;
}

static bool put(struct json_doc *d, dom::element e, std::string_view name, unsigned depth);

static bool put_elements(struct json_doc *d, size_t at, dom::array array, unsigned depth)
{
	uint32_t n = 0;
	for (dom::element e : array) {
		if (!put(d, e, {}, depth))
			return false;
		n++;
	}
	d->nodes[at].n = n;
	return true;
}

static bool put_members(struct json_doc *d, size_t at, dom::object object, unsigned depth)
{
	uint32_t n = 0;
	for (dom::key_value_pair m : object) {
		if (!text_is_fine(d, m.key) || !put(d, m.value, m.key, depth))
			return false;
		n++;
	}
	d->nodes[at].n = n;
	d->nodes[at].nodes = static_cast<uint32_t>(d->n - at);
	const struct json *twice = find_twice(d, &d->nodes[at]);
	if (!twice)
		return true;
	buf_c(d->why, "the member ");
	buf_json(d->why, twice->name);
	buf_c(d->why, " stands twice in one object");
	return false;
}

/* Appends a value and all that is in it; false when something of it is refused. simdjson does not
 * count an empty list or object as a level, so levels are counted here. */
static bool put(struct json_doc *d, dom::element e, std::string_view name, unsigned depth)
{
	size_t at = d->n++;
	reserve(d->nodes, d->nodes_capacity, d->n);
	struct json *v = &d->nodes[at];
	v->n = 0;
	v->name = view(name);
	v->i = 0;
	bool fine = true;
	switch (e.type()) {
	case dom::element_type::OBJECT:
		v->kind = JSON_OBJECT;
		fine = depth < LIMIT_JSON_DEPTH &&
		       put_members(d, at, e.get_object().value_unsafe(), depth + 1);
		break;
	case dom::element_type::ARRAY:
		v->kind = JSON_ARRAY;
		fine = depth < LIMIT_JSON_DEPTH &&
		       put_elements(d, at, e.get_array().value_unsafe(), depth + 1);
		break;
	case dom::element_type::STRING:
		v->kind = JSON_TEXT;
		v->text = view(e.get_string().value_unsafe());
		fine = text_is_fine(d, e.get_string().value_unsafe());
		break;
	case dom::element_type::INT64:
		v->kind = JSON_INT;
		v->i = e.get_int64().value_unsafe();
		break;
	case dom::element_type::UINT64: /* only those above int64 */
		fine = false;
		break;
	case dom::element_type::DOUBLE:
		v->kind = JSON_REAL;
		break;
	case dom::element_type::BOOL:
		v->kind = JSON_BOOL;
		v->yes = e.get_bool().value_unsafe();
		break;
	case dom::element_type::NULL_VALUE:
		v->kind = JSON_NULL;
		break;
	}
	d->nodes[at].nodes = static_cast<uint32_t>(d->n - at);
	return fine;
}

/* Says where the text is wrong, unless that is said already. */
static enum status refuse(struct json_doc *d, struct str text, size_t said, const char *otherwise)
{
	struct buf *why = d->why;
	if (why->len > said)
		return STATUS_INVALID;
	struct json_fault fault = json_fault_find(text);
	if (fault.what)
		buf_fmt(why, "%s, at byte %zu", fault.what, fault.at);
	else
		buf_c(why, otherwise);
	return STATUS_INVALID;
}

static bool prepare(struct json_doc *d, struct str text)
{
	size_t need = text.len + simdjson::SIMDJSON_PADDING;
	if (d->capacity < need) {
		reserve(d->bytes, d->capacity, need);
		memset(d->bytes, 0, d->capacity);
	}
	if (text.len)
		memcpy(d->bytes, text.p, text.len);
	d->n = 0;
	d->has_escapes = memchr(d->bytes, '\\', text.len) != nullptr;
	if (d->parser.capacity() >= text.len && d->parser.capacity())
		return true;
	size_t want = std::max<size_t>(text.len + text.len / 2, 4096);
	return d->parser.allocate(want, LIMIT_JSON_DEPTH + 1) == simdjson::SUCCESS;
}

enum status json_parse(struct json_doc *d, struct str text, size_t most, const struct json **root,
		       struct buf *why)
{
	size_t said = why->len;
	d->why = why;
	if (text.len > most || text.len > (1u << 30)) {
		buf_fmt(why, "the JSON has %zu bytes; at most %zu are read", text.len, most);
		return STATUS_LIMIT;
	}
	if (!prepare(d, text)) {
		buf_c(why, "there is not enough memory to read the JSON");
		return STATUS_LIMIT;
	}
	dom::element e;
	simdjson::error_code error = d->parser.parse(d->bytes, text.len, false).get(e);
	if (error)
		return refuse(d, text, said, simdjson::error_message(error));
	if (!put(d, e, {}, 0))
		return refuse(d, text, said, "a text or a number is out of range");
	*root = d->nodes;
	return STATUS_OK;
}

const struct json *json_get(const struct json *v, struct str name)
{
	if (v->kind != JSON_OBJECT)
		return nullptr;
	for (const struct json *m = json_first(v); m; m = json_next(v, m))
		if (str_eq(m->name, name))
			return m;
	return nullptr;
}

struct str json_kind_words(const struct json *v)
{
	const char *words = "";
	switch (v->kind) {
	case JSON_NULL:
		words = "null";
		break;
	case JSON_BOOL:
		words = v->yes ? "true" : "false";
		break;
	case JSON_INT:
		words = "a whole number";
		break;
	case JSON_REAL:
		words = "a number with a fraction or exponent";
		break;
	case JSON_TEXT:
		words = "text";
		break;
	case JSON_ARRAY:
		words = "a list";
		break;
	case JSON_OBJECT:
		words = "an object";
		break;
	}
	return str_from(words);
}
