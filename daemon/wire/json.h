/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading JSON. A document is judged whole before anything of it is used, and it is refused where
 * two readers could understand it differently: malformed anywhere, invalid UTF-8, a member twice in
 * one object, lone surrogates and \u0000 in texts, integers beyond 64 bits, more than
 * LIMIT_JSON_DEPTH levels, more bytes than the caller allows.
 *
 *     struct json_doc *doc = json_doc_new();             // one per thread, used again and again
 *     const struct json *root, *v;
 *     if (json_parse(doc, body, LIMIT_BODY_BYTES, &root, &why)) ... say why, 400 or 413 ...
 *     if ((v = json_get(root, STR("time"))) && v->kind == JSON_STRING) use(v->text);
 *     for (const struct json *e = json_first(root); e; e = json_next(root, e)) each(e);
 *     json_doc_free(doc);
 *
 * Values belong to the document and live until its next json_parse. JSON Lines are the caller's
 * loop over lines.
 */
#ifndef WAYMARK_WIRE_JSON_H
#define WAYMARK_WIRE_JSON_H

#include "engine/base/status.h"
#include "engine/base/str.h"

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_INT,  /* written without fraction and exponent, and within int64_t */
	JSON_REAL, /* any other number: no field of an event takes one; its value is not kept */
	JSON_TEXT,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json {
	enum json_kind kind;
	uint32_t n;      /* array: elements; object: members; else 0 */
	uint32_t nodes;  /* values in all from this one to the end of what is inside it */
	struct str name; /* as a member of an object; else empty */
	union {
		bool yes;        /* JSON_BOOL */
		int64_t i;       /* JSON_INT */
		struct str text; /* JSON_TEXT: unescaped UTF-8 without NUL */
	};
};

struct json_doc;
struct json_doc *json_doc_new(void);
void json_doc_free(struct json_doc *d); /* NULL is fine */

/* Reads one document; white space around it is fine, anything else is not. STATUS_LIMIT: more than
 * `most` bytes. STATUS_INVALID: anything else. A sentence is appended to *why, with the offset of
 * the offending byte (from 0) where it can be told. Nothing is allocated once the document has
 * grown to the size of what it reads. */
enum status json_parse(struct json_doc *d, struct str text, size_t most, const struct json **root,
		       struct buf *why);

/* The member of that name; NULL when there is none or v is no object. */
const struct json *json_get(const struct json *v, struct str name);

/* What is inside an array or object, in order; NULL at the end. */
static inline const struct json *json_first(const struct json *v)
{
	return v->n ? v + 1 : NULL;
}
static inline const struct json *json_next(const struct json *v, const struct json *inner)
{
	const struct json *next = inner + inner->nodes;
	return next < v + v->nodes ? next : NULL;
}

/* What a value is, for messages: "text", "a whole number", "a number with a fraction", "true",
 * "null", "a list", "an object". */
struct str json_kind_words(const struct json *v);

#endif
