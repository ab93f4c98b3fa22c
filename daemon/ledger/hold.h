/* SPDX-License-Identifier: Apache-2.0
 *
 * Legal holds: what must be kept, whoever wants it destroyed. While a case is under a hold neither
 * an order nor the end of its retention destroys it. It may be under several, each with a name, and
 * is kept until all are lifted. Who placed one, who lifted it and why stays on record, in a table
 * that only grows.
 *
 *     const struct ledger_hold h = {.at_us = now, .case_no = no, .held = true, .under = ...};
 *     ledger_unit_hold(u, &h);                        // a unit of its own
 *     ledger_submit(l, u); ...                        // completed: it holds
 *     if (!ledger_hold_of(reader, no, STR(""), &h)) ... it is under h.under ...
 */
#ifndef WAYMARK_LEDGER_HOLD_H
#define WAYMARK_LEDGER_HOLD_H

#include "daemon/ledger/ledger.h"

struct ledger_hold {
	int64_t at_us;
	uint64_t case_no;
	bool held;         /* placed; false: lifted */
	struct str under;  /* what the hold is called; nothing about a person, here and below */
	struct str reason; /* each at most ORDER_TEXT_BYTES */
	struct str who;    /* a token's name; empty: the operator, on the machine */
};

/* In SQL: the cases that are under a hold. */
#define HELD_CASES "SELECT h.case_no FROM holds h WHERE h.act = 'placed' AND h." HOLD_LATEST
/* The latest act on a case and name says whether that hold holds. */
#define HOLD_LATEST                                                                                \
	"number = (SELECT max(number) FROM holds WHERE case_no = h.case_no AND under = h.under)"

/* Makes the unit place or lift a hold; the texts are copied. */
void ledger_unit_hold(struct ledger_unit *u, const struct ledger_hold *h);

/* A hold that a case is under: the one of that name, the first one when the name is empty.
 * STATUS_NOT_FOUND: there is none. */
enum status ledger_hold_of(struct ledger_reader *r, uint64_t case_no, struct str under,
			   struct ledger_hold *out);

/* All that hold, in order of the cases' numbers. */
typedef void ledger_on_hold(void *arg, const struct ledger_hold *h, struct str case_id);
enum status ledger_holds(struct ledger_reader *r, ledger_on_hold *on, void *arg);

#endif
