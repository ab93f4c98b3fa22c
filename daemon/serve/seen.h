/* SPDX-License-Identifier: Apache-2.0
 *
 * What an answer shows of confidential values: of which case, under which names, never the values.
 * It is noted while the answer is written; call_json then has it on record, in the ledger's table
 * `disclosures`, before the answer goes out. So no handler can forget it.
 *
 *     seen_facts(c, cs);                      // or seen_name, for one
 *     call_json(c, 200, text);                // on record first, when anything was noted
 */
#ifndef WAYMARK_SERVE_SEEN_H
#define WAYMARK_SERVE_SEEN_H

#include "daemon/serve/routes.h"

/* A value that was shown, in the request's arena. */
struct seen {
	struct seen *next;
	struct str case_id, name;
};

/* Each pair once; the texts are copied. */
void seen_name(struct call *c, struct str case_id, struct str name);
/* The confidential facts of a case that are known. */
void seen_facts(struct call *c, const struct case_state *cs);

/* Puts what was noted on record, then answers; when that cannot be, shows nothing. */
void seen_answer(struct call *c, int status, struct str json);

#endif
