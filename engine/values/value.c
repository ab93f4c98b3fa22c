/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/values/value.h"

#include "engine/values/calendar.h"
#include "engine/values/money.h"

#include <assert.h>

struct str type_kind_name(enum type_kind kind)
{
	static const struct str names[] = {
#define X(constant, name) [constant] = STR_INIT(name),
	    TYPE_KINDS(X)
#undef X
	};
	return names[kind];
}

bool type_is_unit(enum type_kind kind)
{
	return kind >= TYPE_YEARS && kind <= TYPE_MINUTES;
}

bool type_is_text(enum type_kind kind)
{
	return kind == TYPE_TEXT || kind == TYPE_REF;
}

bool type_same(const struct type *a, const struct type *b)
{
	if (a->kind != b->kind)
		return false;
	return (a->kind != TYPE_CHOICE && a->kind != TYPE_REF) || a->of == b->of;
}

struct value value_int(enum type_kind kind, int64_t i)
{
	return (struct value){.kind = (uint8_t)kind, .known = true, .i = i};
}

struct value value_str(enum type_kind kind, struct str s)
{
	assert(s.len <= UINT32_MAX);
	return (struct value){
	    .kind = (uint8_t)kind, .known = true, .len = (uint32_t)s.len, .s = s.p};
}

struct value value_missing(enum type_kind kind)
{
	return (struct value){.kind = (uint8_t)kind};
}

struct str value_as_str(struct value v)
{
	assert(v.known && type_is_text(v.kind));
	return (struct str){v.s, v.len};
}

bool value_eq(struct value a, struct value b)
{
	if (!a.known || !b.known)
		return a.known == b.known;
	if (type_is_text(a.kind))
		return type_is_text(b.kind) && str_eq(value_as_str(a), value_as_str(b));
	return a.i == b.i;
}

static void unit_text(struct buf *b, enum type_kind kind, int64_t i)
{
	struct str unit = type_kind_name(kind);
	if (i == 1)
		unit.len--; /* "1 day" */
	number_text(b, i);
	buf_char(b, ' ');
	buf_str(b, unit);
}

/* Text in the language has no escapes; what could not be written is shown as it is. */
static void quoted(struct buf *b, struct str s)
{
	buf_char(b, '"');
	buf_str(b, s);
	buf_char(b, '"');
}

void value_text(struct buf *b, struct value v)
{
	if (!v.known) {
		buf_c(b, "unknown");
		return;
	}
	switch ((enum type_kind)v.kind) {
	case TYPE_MONEY:
		money_text(b, v.i);
		return;
	case TYPE_NUMBER:
	case TYPE_CHOICE:
		number_text(b, v.i);
		return;
	case TYPE_PERCENT:
		percent_text(b, v.i);
		return;
	case TYPE_YEARS:
	case TYPE_MONTHS:
	case TYPE_DAYS:
	case TYPE_BUSINESS_DAYS:
	case TYPE_MINUTES:
		unit_text(b, v.kind, v.i);
		return;
	case TYPE_DATE:
		day_text(b, (int32_t)v.i);
		return;
	case TYPE_YES_NO:
		buf_c(b, v.i ? "yes" : "no");
		return;
	case TYPE_TEXT:
		quoted(b, value_as_str(v));
		return;
	case TYPE_REF:
		buf_str(b, value_as_str(v));
		return;
	}
}
