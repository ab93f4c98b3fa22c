/* SPDX-License-Identifier: Apache-2.0
 *
 * A rulebook from policy text, and events for it, for tests of what stands above the compiler.
 *
 *     struct policy_text p;
 *     policy_text_load(&p, "timezone …");        // fails the test, with the diagnostics
 *     struct event ev = policy_text_event(&p, "e1", "contact", "ana", "2026-07-06T12:00:00-07:00",
 *                                         "\"minutes\":60");
 *     policy_text_release(&p);
 */
#ifndef WAYMARK_TESTS_POLICY_TEXT_H
#define WAYMARK_TESTS_POLICY_TEXT_H

#include "daemon/wire/load.h"
#include "daemon/wire/event_read.h"

struct policy_text {
	struct loaded l;
	const struct rulebook *rb;
	struct arena arena; /* the events' texts */
	struct json_doc *doc;
	struct event_reader reader;
};

/* One file, policy.way. */
void policy_text_load(struct policy_text *p, const char *text);
void policy_text_release(struct policy_text *p);

/* An event of county `alameda`, source `/test`; fails the test when it does not fit. */
struct event policy_text_event(struct policy_text *p, const char *id, const char *type,
			       const char *subject, const char *time, const char *data);

#endif
