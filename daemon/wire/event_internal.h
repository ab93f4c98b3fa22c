/* SPDX-License-Identifier: Apache-2.0
 *
 * What event_read.c (attributes) and event_fields.c (data) share.
 */
#ifndef WAYMARK_WIRE_EVENT_INTERNAL_H
#define WAYMARK_WIRE_EVENT_INTERNAL_H

#include "daemon/wire/event_read.h"

enum attribute {
	ATTR_SPECVERSION,
	ATTR_ID,
	ATTR_SOURCE,
	ATTR_TYPE,
	ATTR_SUBJECT,
	ATTR_TIME,
	ATTR_COUNTY,
	ATTR_CASEKIND,
	ATTR_DATACONTENTTYPE,
	ATTR_DATASCHEMA,
	ATTR_TRACEPARENT,
	ATTR_TRACESTATE,
	ATTRIBUTES_N
};

/* One event being read. */
struct reading {
	const struct rulebook *rb;
	struct arena *arena;
	struct refusal *refusal;
	struct buf *word; /* scratch */
	struct str attr[ATTRIBUTES_N];
	uint32_t given, faulty;  /* sets of attributes: sent; refused already */
	const struct json *data; /* NULL: none */
	bool inner;              /* what is read are the new fields of a correction */
	struct event ev;
};

#define bad(rd, where, ...) refusal_add((rd)->refusal, (rd)->arena, "bad-event", where, __VA_ARGS__)

/* Collects the name that is nearest to a word that was not found. */
struct near {
	struct str word, best;
	size_t distance;
};
void near_try(struct near *n, struct str name);
struct str near_hint(struct reading *rd, const struct near *n); /* "; did you mean …?" or "" */

struct str shown(struct str s);

void fields_read(struct reading *rd); /* data, by rd->ev.type */
/* The members of an object of fields, into rd->ev; `seen` gets those that were there. */
void members_read(struct reading *rd, const struct json *data, uint64_t *seen);

#endif
