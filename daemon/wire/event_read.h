/* SPDX-License-Identifier: Apache-2.0
 *
 * CloudEvents 1.0 to struct event, typed against a rulebook's vocabulary, and back. Every fault of
 * an event is named, not only the first.
 *
 *     struct event_reader reader = {0};                  // one per thread, used again and again
 *     struct event ev;
 *     struct refusal no = {0};
 *     if (json_parse(doc, body, LIMIT_BODY_BYTES, &root, &why)) ... 400 malformed ...
 *     if (!event_read(&reader, rb, root, &arena, &ev, &no)) ... 422 with no.slug, no.reasons ...
 *     if (ev.kind == NONE) ev.kind = kind of the existing case, else ask for casekind;
 *     buf_view(&reader.json) is what the ledger stores of it
 *
 * A batch is a JSON array: call event_read for each element. What is read here is the form; whether
 * the event is in force, of the case's county and so on is event_check's and decide's to say.
 *
 * Members (attributes). Required: specversion ("1.0"), id, source, type, subject (the case), time
 * (RFC 3339 with offset), county. Optional: casekind (where a type belongs to several kinds, for
 * the first event of a case), data, datacontenttype (application/json only), and dataschema,
 * traceparent, tracestate, which are checked to be text and not kept. Any other is refused.
 *
 * Fields in `data`, by type: money "100.00"; number and years, months, days, business days,
 * minutes 12; percent "7.5" (a text, at most four decimals); date "2026-07-14"; yes/no true, false;
 * one of "name"; text "..."; a reference "id of the case". null stands for absent in an optional
 * field, and makes an optional fact unknown.
 */
#ifndef WAYMARK_WIRE_EVENT_READ_H
#define WAYMARK_WIRE_EVENT_READ_H

#include "daemon/wire/json.h"
#include "engine/case/event.h"

struct event_reader {
	struct buf json; /* canonical JSON of the event read last; valid until the next one */
	struct buf word; /* scratch */
	bool recorded;   /* set it for what is on record: no `json`, no digest is made */
};

/* Reads a structured event: the whole object. On success *ev is whole, but ev->kind may be NONE:
 * neither did the event say its casekind nor has its type a single kind; the caller then takes the
 * existing case's. Texts are copied into the arena. False: refused; slug "unknown-event" or
 * "bad-event"; *ev is untouched, except that id and source may be had from event_name. */
bool event_read(struct event_reader *r, const struct rulebook *rb, const struct json *root,
		struct arena *a, struct event *ev, struct refusal *refusal);

/* Binary mode: attributes came one by one (the ce- headers without their prefix, percent-encoded as
 * the CloudEvents HTTP binding has it; Content-Type as datacontenttype) and the body is the data,
 * or NULL when there was none. */
struct event_attribute {
	struct str name, value;
};
bool event_read_binary(struct event_reader *r, const struct rulebook *rb,
		       const struct event_attribute *attributes, size_t n, const struct json *data,
		       struct arena *a, struct event *ev, struct refusal *refusal);

/* Source and id as far as they are there, for answers about refused events; empty otherwise. They
 * point into the document. */
void event_name(const struct json *root, struct str *source, struct str *id);

/* Appends the canonical JSON of an event: one line, a fixed order of members, fields by name,
 * the time in UTC, casekind only where the type has several kinds and the kind
 * is known. Reading it back gives the same event and digest, under any version of the policy that
 * has the same fields. ev->digest is hash_sip over these bytes, so neither white space nor the
 * order of members nor the zone of the time makes a repeated event a different one. */
void event_json(struct buf *b, const struct rulebook *rb, const struct event *ev);

void event_reader_release(struct event_reader *r);

#endif
