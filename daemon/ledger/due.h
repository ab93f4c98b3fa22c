/* SPDX-License-Identifier: Apache-2.0
 *
 * What is due, in the order in which it fires: by instant, then by the day that it belongs to, then
 * by the id of the case. Ids are sealed, so no index has them in order: those that are due at one
 * instant are opened and sorted. When they are more than one call gives, a crowd, that is done once
 * and remembered for the calls that follow.
 */
#ifndef WAYMARK_LEDGER_DUE_H
#define WAYMARK_LEDGER_DUE_H

#include "daemon/ledger/ledger.h"
#include "engine/base/vec.h"

#include <sqlite3.h>

struct due_case {
	uint64_t no;
	struct str id;
	struct ledger_due due;
};

/* All cases due at one instant and day; those before `from` are not any more. */
struct due_crowd {
	VEC(struct due_case) cases;
	size_t from;
	struct arena arena;
};

/* As ledger_due. Who joins a crowd while it is being served comes after it. */
enum status due_each(sqlite3 *db, struct due_crowd *crowd, int64_t until, size_t most,
		     ledger_on_due *on, void *arg);
void due_release(struct due_crowd *crowd);

/* The two columns, the second of which may be NULL. */
struct ledger_due due_of(sqlite3_stmt *s, int at, int day);

#endif
