/* SPDX-License-Identifier: Apache-2.0
 *
 * One value of the language from JSON, by its type. The inverse of json_value in
 * engine/case/json_write.h; ranges and lengths are the caller's to check.
 */
#ifndef WAYMARK_WIRE_VALUE_READ_H
#define WAYMARK_WIRE_VALUE_READ_H

#include "daemon/wire/json.h"
#include "engine/policy/policy.h"

enum value_fault {
	VALUE_FINE,
	VALUE_WRONG_KIND, /* a number where text should be, and the like; also null */
	VALUE_WRONG_TEXT, /* text, but no date, amount, percentage */
	VALUE_NO_CHOICE,  /* text, but not of the list */
};

/* Texts are not copied. *out is untouched unless fine. */
enum value_fault value_read(const struct rulebook *rb, const struct type *t, const struct json *v,
			    struct value *out);

/* What JSON a type takes, for "… was expected". */
const char *value_wanted(enum type_kind kind);

#endif
