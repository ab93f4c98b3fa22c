/* SPDX-License-Identifier: Apache-2.0
 *
 * Why a recorded outcome came about: `waymark explain --ledger DB OUTCOME`.
 */
#ifndef WAYMARK_COMMANDS_EXPLAIN_LEDGER_H
#define WAYMARK_COMMANDS_EXPLAIN_LEDGER_H

#include <stdbool.h>

/* Reads the ledger only. The case's history up to that outcome is decided again, under the version
 * of the policy that decided it. Returns the exit status. */
int explain_ledger(const char *ledger, const char *outcome, bool confidential, bool json);

#endif
