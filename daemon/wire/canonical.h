/* SPDX-License-Identifier: Apache-2.0
 *
 * Members of canonical JSON, as engine/case/json.h writes it, without a document: for reading what
 * the ledger has by the million. White space, other orders and other escapes do not occur there. A
 * text that is not canonical ends early; it is never read beyond its end.
 *
 *     struct str rest = canonical_inside(object), name, value;
 *     while (canonical_member(&rest, &name, &value))
 *             use(name, value);                      // value: its bytes, as they stand
 *     for (rest = canonical_inside(array); canonical_element(&rest, &value);) …
 */
#ifndef WAYMARK_WIRE_CANONICAL_H
#define WAYMARK_WIRE_CANONICAL_H

#include "engine/base/str.h"

/* What is between the brackets of an object or an array; empty: it is none. */
struct str canonical_inside(struct str v);
/* The next one of them; false: the end. Names are without escapes. */
bool canonical_member(struct str *rest, struct str *name, struct str *value);
bool canonical_element(struct str *rest, struct str *value);
/* The value of a member; empty: there is none. */
struct str canonical_get(struct str object, struct str name);
/* The bytes of a text between its quotes, escapes as they stand; empty: it is no text. */
struct str canonical_text(struct str v);

#endif
