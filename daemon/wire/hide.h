/* SPDX-License-Identifier: Apache-2.0
 *
 * Recorded JSON for roles that may not see confidential facts. In a decision, what is confidential
 * is marked: an object with "confidential":true loses its "value". In an event, the fields that set
 * a confidential fact are left out of `data` and named in "withheld"; an event of a type that the
 * policy in force does not have loses its data whole.
 */
#ifndef WAYMARK_WIRE_HIDE_H
#define WAYMARK_WIRE_HIDE_H

#include "daemon/wire/json.h"
#include "engine/base/arena.h"
#include "engine/policy/policy.h"

/* The text itself when nothing in it is confidential, else a copy in the arena. */
struct str hide_in_decision(struct json_doc *doc, struct arena *a, struct str json);
struct str hide_in_event(const struct rulebook *rb, struct json_doc *doc, struct arena *a,
			 struct str json);

/* What these two go by. */
bool hide_has_mark(struct str json);
bool hide_is_marked(const struct json *object);
/* The fields of an event that would be left out and have a value, with the event's subject. */
typedef void hide_each(void *arg, struct str subject, struct str field);
void hide_names(const struct rulebook *rb, struct json_doc *doc, struct str json, hide_each *each,
		void *arg);

#endif
