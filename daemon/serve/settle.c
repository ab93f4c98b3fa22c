/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/settle.h"

#include "daemon/serve/clock.h"
#include "daemon/serve/daemon.h"

#include <systemd/sd-daemon.h>

static void tell(struct daemon *d, const char *event)
{
	log_line(&d->log, LOG_INFO, event, "i", "count",
		 (int64_t)(d->timers.fired - d->settling.before), NULL);
}

static void tell_that_it_goes_on(struct daemon *d)
{
	if (clock_ticks_us() - d->settling.told_us < SETTLE_TELL_US)
		return;
	d->settling.told_us = clock_ticks_us();
	tell(d, "overdue-firing");
	sd_notify(0, "STATUS=firing what fell due before");
}

void settle_turn(struct daemon *d)
{
	struct settling *s = &d->settling;
	if (!s->on)
		return;
	if (timers_busy(d, clock_now_us()) || d->commit.full) { /* what is lost fires again */
		tell_that_it_goes_on(d);
		return;
	}
	s->on = false;
	if (d->timers.fired > s->before)
		tell(d, "overdue-fired");
	sd_notify(0, "STATUS=");
}

void settle_start(struct daemon *d)
{
	int64_t from = clock_ticks_us();
	d->settling = (struct settling){.on = true, .before = d->timers.fired, .told_us = from};
	timers_start(d);
	while ((ledger_in_flight(d->ledger) || timers_busy(d, clock_now_us())) && !d->draining &&
	       clock_ticks_us() - from < SETTLE_ALONE_US)
		ev_run(d->loop, EVRUN_ONCE);
	settle_turn(d); /* before the next turn of the loop, which may sleep */
}
