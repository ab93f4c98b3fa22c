/* SPDX-License-Identifier: Apache-2.0
 *
 * Why what is recorded came about: `waymark explain --ledger DB OUTCOME`, and of all events of a
 * case
 * `--case ID`.
 */
#ifndef WAYMARK_COMMANDS_EXPLAIN_LEDGER_H
#define WAYMARK_COMMANDS_EXPLAIN_LEDGER_H

#include "daemon/commands/explain_out.h"

struct ledger_question {
	const char *ledger;
	const char *outcome, *of_case; /* one of them */
	bool next;                     /* then what happens next */
	int32_t days;                  /* so far ahead, unless: */
	int32_t until;                 /* DAY_NONE: not said */
};

/* Reads the ledger only. The case's history, up to that outcome, is decided again under the
 * versions of the policy that decided it. Returns the exit status. */
int explain_ledger(const struct ledger_question *q, struct explain_out *out);

#endif
