/* SPDX-License-Identifier: Apache-2.0
 *
 * A JSON value as text again: on one line, members in their order, texts as buf_json escapes them.
 * For what was canonical before (engine/case/json.h) these are the same bytes. Numbers with a
 * fraction, which nothing canonical has, become null.
 */
#ifndef WAYMARK_WIRE_JSON_TEXT_H
#define WAYMARK_WIRE_JSON_TEXT_H

#include "daemon/wire/json.h"

/* Which members of an object to leave out; NULL: none. */
typedef bool json_leave_out(void *arg, const struct json *object, const struct json *member);

/* The depth is that of what was parsed, at most LIMIT_JSON_DEPTH. */
void json_text(struct buf *b, const struct json *v, json_leave_out *leave_out, void *arg);

#endif
