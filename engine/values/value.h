/* SPDX-License-Identifier: Apache-2.0
 *
 * Types and values of the language. Units are types: $5 never meets 5, nor 14 days a month.
 */
#ifndef WAYMARK_VALUES_VALUE_H
#define WAYMARK_VALUES_VALUE_H

#include "engine/base/str.h"

/* One list feeds the enum, the names and the checks. X(constant, name in the language) */
#define TYPE_KINDS(X)                                                                              \
	X(TYPE_MONEY, "money")     /* i: cents */                                                  \
	X(TYPE_NUMBER, "number")   /* i: whole number */                                           \
	X(TYPE_PERCENT, "percent") /* i: millionths */                                             \
	X(TYPE_YEARS, "years")     /* i: count of the unit, likewise below */                      \
	X(TYPE_MONTHS, "months")                                                                   \
	X(TYPE_DAYS, "days") /* weeks are days */                                                  \
	X(TYPE_BUSINESS_DAYS, "business days")                                                     \
	X(TYPE_MINUTES, "minutes")                                                                 \
	X(TYPE_DATE, "date")     /* i: civil day */                                                \
	X(TYPE_YES_NO, "yes/no") /* i: 0 or 1 */                                                   \
	X(TYPE_CHOICE, "one of") /* i: index into the choice set `of` */                           \
	X(TYPE_TEXT, "text")     /* s, len */                                                      \
	X(TYPE_REF, "reference") /* s, len: the id of a case of kind `of` */

enum type_kind {
#define X(constant, name) constant,
	TYPE_KINDS(X)
#undef X
};

struct type {
	enum type_kind kind;
	uint16_t of;    /* TYPE_CHOICE: choice set; TYPE_REF: kind of case */
	bool has_range; /* numbers, money, units: min and max hold, both included */
	int64_t min, max;
};

/* 16 bytes. The type is known from where the value stands, except for `kind`, kept for traces. */
struct value {
	uint8_t kind; /* enum type_kind */
	bool known;   /* false: the fact is missing; nothing else is meaningful then */
	uint32_t len; /* TYPE_TEXT, TYPE_REF */
	union {
		int64_t i;
		const char *s;
	};
};

struct str type_kind_name(enum type_kind kind);
bool type_is_unit(enum type_kind kind); /* years, months, days, business days, minutes */
bool type_is_text(enum type_kind kind); /* held in s and len: text, reference */
bool type_same(const struct type *a, const struct type *b); /* ranges aside */

struct value value_int(enum type_kind kind, int64_t i);
struct value value_str(enum type_kind kind, struct str s); /* not copied */
struct value value_missing(enum type_kind kind);
struct str value_as_str(struct value v);       /* TYPE_TEXT, TYPE_REF */
bool value_eq(struct value a, struct value b); /* two missing ones are equal */

/* As an author would write it: $100.00, 14 days, yes, 2026-07-14, "text". A choice needs its
 * names (see policy_value_text); here it is written as its index. Missing is "unknown". */
void value_text(struct buf *b, struct value v);

#endif
