/* SPDX-License-Identifier: Apache-2.0
 *
 * Destroying cases: by order of a court, or because they have been kept for long enough. The key of
 * each case is destroyed, so that nothing that its records say can be read any more, in this ledger
 * or in any copy of it. The records stay, as noise, so that the log stays whole; what the books
 * need stays plain: amounts, funds, kinds, counties, times. What the case held and had not been
 * paid is given back: money set aside, its places, its seats, its place in a line.
 *
 *     struct ledger_order order = {.at_us = now, .under = STR("SC-2026-117"), .reason = ...};
 *     ledger_unit_destroy(u, &order, numbers, n);     // a unit of its own
 *     ledger_submit(l, u); ...                        // completed: destroyed
 *     ledger_unit_order(u)                            // its number
 *
 * First the ledger says so, in one transaction: a row of `destructions` for the order, one of
 * `destroyed_cases` for each case, `given_back` for what it held; then the keys are overwritten and
 * synced, and the write-ahead log is wiped. When the process ends in between, opening the ledger
 * goes on with it: a case is whole or destroyed. A key that comes back with an old copy of the file
 * of keys is destroyed again; a case that comes back with an old copy of the ledger, too.
 */
#ifndef WAYMARK_LEDGER_DESTROY_H
#define WAYMARK_LEDGER_DESTROY_H

#include "daemon/ledger/ledger.h"

#define ORDER_TEXT_BYTES 200 /* of an order's name, and of a reason */

struct ledger_order {
	uint64_t number; /* 0: a new one; else cases are added to this one, and the rest is as
			    recorded */
	int64_t at_us;
	struct str under;  /* what the order is called: "SC-2026-117"; nothing about a person */
	struct str reason; /* the same goes for it */
	struct str who;    /* a token's name; empty: the operator, on the machine */
};

/* Makes the unit destroy cases; the texts are copied. The cases are in the ledger, have nothing in
 * flight, are not destroyed yet, and under no legal hold. */
void ledger_unit_destroy(struct ledger_unit *u, const struct ledger_order *order,
			 const uint64_t *cases, size_t n);
uint64_t ledger_unit_order(const struct ledger_unit *u); /* 0: it destroys nothing */

/* The order with that number. */
enum status ledger_order_at(struct ledger_reader *r, uint64_t number, struct ledger_order *out);

/* Every case that was destroyed, in order of number; false ends it. */
typedef bool ledger_on_destroyed(void *arg, uint64_t case_no, struct str county);
enum status ledger_destroyed_cases(struct ledger_reader *r, ledger_on_destroyed *on, void *arg);

/* What cases gave back, in the order in which they were destroyed, after the number *after (0: all
 * of it), which goes on to the last one: negative numbers, to be added to a pot, after the event
 * after_seq; and what the outcomes of one event drew. */
typedef void ledger_on_draw(void *arg, const struct pot *draw, uint64_t after_seq);
enum status ledger_given_back(struct ledger_reader *r, uint64_t *after, ledger_on_draw *on,
			      void *arg);
enum status ledger_draws(struct ledger_reader *r, uint64_t seq, ledger_on_draw *on, void *arg);

/* Cases that are over and have had no event since an instant: nothing is due, owed or proposed,
 * they have no place and wait for none, and are under no legal hold (hold.h). Of those with a
 * number above `after` and up to `to`. */
typedef bool ledger_on_number(void *arg, uint64_t case_no);
enum status ledger_ended(struct ledger_reader *r, int64_t since_us, uint64_t after, uint64_t to,
			 ledger_on_number *on, void *arg);

/* What is there of a case, and how often records of other cases say its id. Reads everything. */
struct ledger_extent {
	uint64_t events, outcomes, disclosures;
	uint64_t mentions, mentioning; /* events of other cases; how many cases */
};
enum status ledger_extent(struct ledger_reader *r, const struct ledger_case *c,
			  struct ledger_extent *out);

#endif
