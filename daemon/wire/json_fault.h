/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a JSON text is wrong. The parser proper judges and is fast, but does not tell the place;
 * this slow reading comes second, only for texts that were refused.
 */
#ifndef WAYMARK_WIRE_JSON_FAULT_H
#define WAYMARK_WIRE_JSON_FAULT_H

#include "engine/base/str.h"

struct json_fault {
	const char *what; /* half a sentence: "a comma or } was expected"; NULL: no fault */
	size_t at;        /* offset in bytes */
};

#ifdef __cplusplus
extern "C" {
#endif
/* The first fault of form: syntax, UTF-8, escapes, depth, integers beyond int64. Members that stand
 * twice are not looked for. */
struct json_fault json_fault_find(struct str text);
#ifdef __cplusplus
}
#endif

#endif
