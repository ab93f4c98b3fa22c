/* SPDX-License-Identifier: Apache-2.0
 *
 * Canonical JSON, as engine/case/json.h writes it, read from front to back without a document: for
 * what the ledger has by the million. White space, other orders and other escapes do not occur
 * there. A text that is not canonical ends early; it is never read beyond its end.
 *
 *     struct str rest = object, name, value;
 *     if (canonical_enter(&rest))
 *             while (canonical_member(&rest, &name, &value))
 *                     use(name, value);          // value: its bytes, as they stand
 *     if (!canonical_leave(&rest)) … it is not canonical …
 */
#ifndef WAYMARK_WIRE_CANONICAL_H
#define WAYMARK_WIRE_CANONICAL_H

#include "daemon/wire/json.h"
#include "engine/base/vec.h"

/* Goes into an object or an array, and out of it again at its end, with the comma behind it. */
bool canonical_enter(struct str *rest);
bool canonical_leave(struct str *rest);
/* The next member; false: there is none. Names are without escapes. */
bool canonical_member(struct str *rest, struct str *name, struct str *value);
/* Its name alone: then comes its value, to be entered. */
bool canonical_name(struct str *rest, struct str *name);
bool canonical_value(struct str *rest, struct str *value);
void canonical_skip(struct str *rest, size_t n); /* a value of so many bytes */
/* Behind these bytes, when they are the ones that come. */
bool canonical_pass(struct str *rest, struct str bytes);

/* The value of a member; empty: there is none. */
struct str canonical_get(struct str object, struct str name);
/* The bytes of a text between its quotes, escapes as they stand; empty: it is no text. */
struct str canonical_text(struct str v);

/* As json_parse has it, without judging it: members that stand twice are not looked for. The texts
 * are parts of `text`; the document lives until the next call. NULL: there is something in it that
 * is not looked at here, as escapes and what is not ASCII; json_parse reads it. */
struct canonical_doc {
	VEC(struct json) nodes;
};
const struct json *canonical_parse(struct canonical_doc *d, struct str text);
void canonical_release(struct canonical_doc *d);

#endif
