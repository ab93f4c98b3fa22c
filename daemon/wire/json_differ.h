/* SPDX-License-Identifier: Apache-2.0
 *
 * Where two JSON texts differ first: the path of the member, never what it says.
 */
#ifndef WAYMARK_WIRE_JSON_DIFFER_H
#define WAYMARK_WIRE_JSON_DIFFER_H

#include "daemon/wire/json.h"

/* Appends "outcomes[0].amount", or nothing when they say the same. */
void json_differ(struct buf *path, const struct json *a, const struct json *b);

#endif
