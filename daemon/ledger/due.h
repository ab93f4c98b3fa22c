/* SPDX-License-Identifier: Apache-2.0
 *
 * What is due, in the order in which it fires: by instant, then by the day that it belongs to, then
 * by the id of the case. Ids are sealed, so no index has them in order: those that are due at one
 * instant are opened and sorted. When they are more than one call gives, a crowd, that is done once
 * and remembered for the calls that follow; and of a large one a part in each call, so that none
 * takes long.
 */
#ifndef WAYMARK_LEDGER_DUE_H
#define WAYMARK_LEDGER_DUE_H

#include "daemon/ledger/ledger.h"
#include "engine/base/vec.h"

#include <sqlite3.h>

#define DUE_GATHERED 512 /* cases of a crowd that are opened in one call */

struct due_case {
	uint64_t no;
	struct str id;
	struct ledger_due due;
};
typedef VEC(struct due_case) due_cases;

/* All cases due at one instant and day. */
struct due_crowd {
	struct ledger_due due;
	bool is_there, is_whole; /* all of them are gathered */
	uint64_t reached;        /* they are, up to the case of this number */
	due_cases heap;          /* not yet given: the least id first */
	due_cases given;         /* in order; no 0: over */
	size_t over;             /* of those */
	struct arena arena;
};

/* As ledger_due. Who joins a crowd while it is being served comes after it. */
enum status due_each(sqlite3 *db, struct due_crowd *crowd, int64_t until, size_t most,
		     ledger_on_due *on, void *arg, bool *all);
void due_release(struct due_crowd *crowd);

/* The two columns, the second of which may be NULL. */
struct ledger_due due_of(sqlite3_stmt *s, int at, int day);

#endif
