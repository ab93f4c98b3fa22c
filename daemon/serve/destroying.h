/* SPDX-License-Identifier: Apache-2.0
 *
 * Destroying cases while the daemon runs: by an order (route_purges.c), or because they were kept
 * for long enough (retention.c). From the beginning on the cases take nothing: each has a slot that
 * says so, until it is on disk.
 *
 *     destroying_begin(d, unit, &order, &what, landed);    // what in the arena of the unit
 *     ... landed(d, f):  if (destroying_landed(d, f)) ... ledger_unit_order(f->unit) ...
 */
#ifndef WAYMARK_SERVE_DESTROYING_H
#define WAYMARK_SERVE_DESTROYING_H

#include "daemon/ledger/destroy.h"

struct daemon;
struct flight;

/* Cases with nothing in flight, under no hold. */
struct destroying {
	struct str *ids;
	uint64_t *numbers;
	size_t n;
};

struct flight *destroying_begin(struct daemon *d, struct ledger_unit *u,
				const struct ledger_order *order, struct destroying *what,
				void (*landed)(struct daemon *d, struct flight *f));
/* False: the disk is full, and they are as they were. */
bool destroying_landed(struct daemon *d, struct flight *f);

#endif
