/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON of a case (engine/case/json.h, case_json with `confidential` true) back to a case, under
 * the rulebook that wrote it or another version of it. Everything is matched by name.
 *
 *     struct case_state *cs;
 *     struct buf why = {0};
 *     switch (case_read(rb, root, &cs, &why)) {
 *     case STATUS_OK: ...; case_free(rb, cs); break;
 *     case STATUS_CONFLICT: the policy lacks something that the case stands in; why names it all
 *     default: the record is damaged; why says where
 *     }
 */
#ifndef WAYMARK_WIRE_CASE_READ_H
#define WAYMARK_WIRE_CASE_READ_H

#include "daemon/wire/json.h"
#include "engine/case/case.h"

/* How the sentence begins that says what a rulebook lacks. */
#define CASE_LACKS "the policy has no longer what the case needs: "

/* STATUS_CONFLICT: the rulebook lacks the kind of case, the county, a step in which the case
 * stands, a running schedule, a deadline's or a proposal's block, or holds a fact of another type
 * now; *why gets a sentence with each, CASE_LACKS first. What is gone and does no harm is dropped:
 * facts, counters, used limits, promises. A new fact has its default. STATUS_INVALID: not the JSON
 * of a case. */
enum status case_read(const struct rulebook *rb, const struct json *root, struct case_state **out,
		      struct buf *why);

/* A case goes over to another version of the policy. NULL: it does not fit there, and *why says
 * why. What the other version counts in a window, and this one did not, it has not kept. */
struct case_state *case_carry(struct json_doc *doc, const struct rulebook *from,
			      const struct case_state *cs, const struct rulebook *to,
			      struct buf *why);

#endif
