/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/clock_watch.h"

#include "daemon/serve/clock.h"
#include "daemon/serve/daemon.h"

#include <sys/timerfd.h>
#include <unistd.h>

/* It never fires by itself: what counts is that it is cancelled. */
static void arm(struct clock_watch *w)
{
	struct itimerspec never = {.it_value.tv_sec = (time_t)1 << 40};
	timerfd_settime(w->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

/* The turn of the loop that this begins has looked at the clocks already. */
static void on_set(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop, (void)events;
	struct daemon *d = io->data;
	uint64_t ignored;
	ssize_t got = read(d->clock.fd, &ignored, sizeof(ignored));
	(void)got;
	arm(&d->clock);
}

int64_t clock_watch_behind_us(const struct daemon *d)
{
	int64_t latest = d->clock.latest_us;
	return latest == TIME_NONE || d->now_us >= latest ? 0 : latest - d->now_us;
}

static void tell_behind(struct daemon *d)
{
	int64_t behind = clock_watch_behind_us(d);
	if (behind > CLOCK_BEHIND_US)
		log_line(&d->log, LOG_ERROR, "clock-behind", "i", "seconds", behind / SECOND_US,
			 "c", "detail",
			 "the clock is behind what the ledger recorded last: set it right. Until "
			 "then nothing falls due",
			 NULL);
}

void clock_watch_stamp(struct daemon *d)
{
	if (d->clock.latest_us == TIME_NONE || d->clock.latest_us < d->now_us)
		d->clock.latest_us = d->now_us;
}

void clock_watch_turn(struct daemon *d)
{
	struct clock_watch *w = &d->clock;
	int64_t apart = d->now_us - clock_ticks_us(), by = apart - w->apart_us;
	w->apart_us = apart;
	if (by < CLOCK_STEP_US && by > -CLOCK_STEP_US)
		return;
	w->steps++;
	log_line(&d->log, LOG_ERROR, "clock-stepped", "i", "seconds", by / SECOND_US, NULL);
	tell_behind(d);
	timers_clock_set(d);
}

void clock_watch_start(struct daemon *d)
{
	struct clock_watch *w = &d->clock;
	d->now_us = clock_now_us();
	w->apart_us = d->now_us - clock_ticks_us();
	w->latest_us = TIME_NONE;
	if (ledger_last_recorded(daemon_reader(d), &w->latest_us))
		w->latest_us = TIME_NONE;
	tell_behind(d);
	w->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (w->fd < 0)
		return;
	arm(w);
	ev_io_init(&w->on_set, on_set, w->fd, EV_READ);
	w->on_set.data = d;
	ev_io_start(d->loop, &w->on_set);
}

void clock_watch_stop(struct daemon *d)
{
	struct clock_watch *w = &d->clock;
	if (w->fd < 0)
		return;
	ev_io_stop(d->loop, &w->on_set);
	close(w->fd);
	w->fd = -1;
}
