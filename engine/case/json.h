/* SPDX-License-Identifier: Apache-2.0
 *
 * The canonical JSON of decisions and cases: one line, members in a fixed order, no white space.
 * The same bytes go to `waymark run`, the API, the feed and the ledger.
 */
#ifndef WAYMARK_CASE_JSON_H
#define WAYMARK_CASE_JSON_H

#include "engine/case/decision.h"

/* The members of an outcome follow interfaces.md: id, kind, action, then what there is of name,
 * amount, fund, to, due, instalments, message …, status, because. `program` of the decision is that
 * of its first outcome; without outcomes the county's first adopted program in force. */
void outcome_json(struct buf *b, const struct rulebook *rb, const struct outcome *o);
/* Of these members those that are said to somebody, each with the comma before it: not the ids, nor
 * what its pot has, nor where it comes from. Two outcomes with the same bytes say the same.
 * with_of: with the id that stands in the middle of them. */
void outcome_said_json(struct buf *b, const struct rulebook *rb, const struct outcome *o,
		       bool with_of);
void decision_json(struct buf *b, const struct rulebook *rb, const struct decision *d, uint64_t seq,
		   bool duplicate);

/* The whole state, by names, so that another version of the rulebook can read it back
 * (daemon/wire/case_read). With `confidential` false, confidential facts are left out and listed by
 * name as withheld: for people, not for the ledger. */
void case_json(struct buf *b, const struct rulebook *rb, const struct case_state *cs,
	       bool confidential);

/* What is due, ascending: [{"at":…,"day":…,"what":"referral"|"step"|"payment",…}] */
void case_upcoming_json(struct buf *b, const struct rulebook *rb, const struct case_state *cs);
/* What it is called there: of an answer that is awaited the kind of the outcome. */
struct str due_called(const struct rulebook *rb, const struct due *d);

#endif
