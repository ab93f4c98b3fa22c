/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/destroying.h"

#include "daemon/serve/daemon.h"
#include "daemon/serve/places.h"

struct flight *destroying_begin(struct daemon *d, struct ledger_unit *u,
				const struct ledger_order *order, struct destroying *what,
				void (*landed)(struct daemon *d, struct flight *f))
{
	ledger_unit_destroy(u, order, what->numbers, what->n);
	for (size_t i = 0; i < what->n; i++)
		cases_add_gone(&d->cases, d->rb, what->ids[i]);
	struct flight *f = flight_apart(d, u, landed);
	f->arg = what;
	return f;
}

static void on_back(void *arg, const struct pot *draw, uint64_t after_seq)
{
	struct pot *own = pots_get(arg, draw);
	(void)after_seq;
	own->reserved += draw->reserved;
	own->committed += draw->committed;
}

bool destroying_landed(struct daemon *d, struct flight *f)
{
	const struct destroying *what = f->arg;
	uint64_t number = ledger_unit_order(f->unit);
	for (size_t i = 0; i < what->n; i++)
		cases_forget_one(&d->cases, d->rb, what->ids[i]);
	if (f->unit->status)
		return false;
	/* Not read: the next start does. Until then the pots hold more than they should. */
	if (ledger_given_back(daemon_reader(d), &d->given_back, on_back, &d->pots))
		log_line(&d->log, LOG_ERROR, "ledger-unreadable", "s", "reason",
			 ledger_reader_error(d->reader), NULL);
	for (size_t i = 0; i < what->n; i++)
		pots_forget(&d->pots, what->ids[i]);
	d->metrics.destroyed += what->n;
	log_line(&d->log, LOG_INFO, "destroyed", "i", "order", (int64_t)number, "i", "count",
		 (int64_t)what->n, NULL);
	places_give(d, zone_day(d->rb->zone, d->now_us), d->now_us, hash128_of(number, 0));
	return true;
}
