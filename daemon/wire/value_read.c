/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/value_read.h"

const char *value_wanted(enum type_kind kind)
{
	switch (kind) {
	case TYPE_MONEY:
		return "money as text such as \"100.00\"";
	case TYPE_NUMBER:
	case TYPE_YEARS:
	case TYPE_MONTHS:
	case TYPE_DAYS:
	case TYPE_BUSINESS_DAYS:
	case TYPE_MINUTES:
		return "a whole number";
	case TYPE_PERCENT:
		return "a percentage as text such as \"7.5\"";
	case TYPE_DATE:
		return "a date as text such as \"2026-07-14\"";
	case TYPE_YES_NO:
		return "true or false";
	case TYPE_CHOICE:
		return "a name of the list as text";
	case TYPE_TEXT:
		return "text";
	case TYPE_REF:
		return "the id of a case as text";
	}
	return "";
}

/* `7.5` or `-0.25`: at most four decimals. Millionths. */
static bool percent_read(struct str s, int64_t *out)
{
	bool minus = s.len && s.p[0] == '-', point = false;
	size_t first = minus, decimals = 0;
	int64_t v = 0;
	if (s.len == first)
		return false;
	for (size_t i = first; i < s.len; i++) {
		if (s.p[i] == '.' && !point && i > first && i + 1 < s.len) {
			point = true;
			continue;
		}
		decimals += point;
		if (s.p[i] < '0' || s.p[i] > '9' || decimals > 4)
			return false;
		if (money_mul(v, 10, &v) || money_add(v, s.p[i] - '0', &v))
			return false;
	}
	for (; decimals < 4; decimals++)
		if (money_mul(v, 10, &v))
			return false;
	*out = minus ? -v : v;
	return true;
}

static enum value_fault choice_read(const struct choice_set *set, struct str s, struct value *out)
{
	for (uint16_t i = 0; i < set->n; i++) {
		if (!str_eq(set->names[i], s))
			continue;
		*out = value_int(TYPE_CHOICE, i);
		return VALUE_FINE;
	}
	return VALUE_NO_CHOICE;
}

static bool number_read(enum type_kind kind, struct str s, int64_t *out)
{
	int32_t day;
	if (kind == TYPE_MONEY)
		return money_read(s, out) == STATUS_OK;
	if (kind == TYPE_PERCENT)
		return percent_read(s, out);
	if (day_read(s, &day))
		return false;
	*out = day;
	return true;
}

static enum json_kind kind_in_json(enum type_kind kind)
{
	if (kind == TYPE_NUMBER || type_is_unit(kind))
		return JSON_INT;
	return kind == TYPE_YES_NO ? JSON_BOOL : JSON_TEXT;
}

enum value_fault value_read(const struct rulebook *rb, const struct type *t, const struct json *v,
			    struct value *out)
{
	int64_t i;
	if (v->kind != kind_in_json(t->kind))
		return VALUE_WRONG_KIND;
	if (v->kind != JSON_TEXT) {
		*out = value_int(t->kind, v->kind == JSON_BOOL ? v->yes : v->i);
		return VALUE_FINE;
	}
	if (t->kind == TYPE_CHOICE)
		return choice_read(&rb->choices[t->of], v->text, out);
	if (type_is_text(t->kind)) {
		*out = value_str(t->kind, v->text);
		return VALUE_FINE;
	}
	if (!number_read(t->kind, v->text, &i))
		return VALUE_WRONG_TEXT;
	*out = value_int(t->kind, i);
	return VALUE_FINE;
}
