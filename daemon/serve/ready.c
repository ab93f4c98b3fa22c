/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/ready.h"

#include "daemon/serve/clock.h"
#include "daemon/serve/daemon.h"

static const struct {
	const char *name, *detail;
} causes_known[] = {
#define X(constant, name, detail) {name, detail},
    CAUSES(X)
#undef X
};

static bool disk_is_low(const struct daemon *d)
{
	struct ledger_disk disk;
	return d->config.disk_least &&
	       (ledger_disk(d->config.ledger, &disk) || disk.free_bytes < d->config.disk_least);
}

static bool ledger_is_slow(const struct daemon *d)
{
	return ledger_in_flight(d->ledger) &&
	       clock_ticks_us() - d->commit.landed_us > READY_COMMIT_MOST_US;
}

static bool version_waits(const struct daemon *d)
{
	int64_t now = versions_now(d);
	const struct ledger_act *act = ledger_register_act_at(&d->versions.acts, now);
	return act && act->policy != d->policy && now - act->from_us > READY_SWITCH_MOST_US;
}

static bool nothing_is_in_force(const struct daemon *d)
{
	const struct rulebook *rb = d->rb;
	int32_t today = zone_day(rb->zone, d->now_us);
	for (uint16_t i = 0; i < rb->ncounties; i++)
		if (rb->counties[i].first_day <= today)
			return false;
	return true;
}

unsigned ready_causes(struct daemon *d)
{
	bool is[CAUSE_COUNT] = {
	    [CAUSE_DRAINING] = d->draining,
	    [CAUSE_FULL] = d->commit.full,
	    [CAUSE_DISK] = disk_is_low(d),
	    [CAUSE_LEDGER] = ledger_is_slow(d),
	    [CAUSE_CLOCK] = clock_watch_behind_us(d) > CLOCK_BEHIND_US,
	    [CAUSE_CATCHING_UP] = d->settling.on,
	    [CAUSE_POLICIES] = d->reload.failed.len > 0,
	    [CAUSE_WAITS] = version_waits(d),
	    [CAUSE_NOTHING] = nothing_is_in_force(d),
	    [CAUSE_KEYS] = d->keys_failed,
	};
	unsigned causes = 0;
	for (unsigned i = 0; i < CAUSE_COUNT; i++)
		causes |= (unsigned)is[i] << i;
	return causes;
}

const char *ready_cause_name(enum cause c)
{
	return causes_known[c].name;
}

void ready_causes_json(struct buf *b, unsigned causes)
{
	bool first = true;
	buf_str(b, STR("\"causes\":["));
	for (unsigned i = 0; i < CAUSE_COUNT; i++) {
		if (!(causes & 1u << i))
			continue;
		buf_str(b, first ? STR("{\"cause\":") : STR(",{\"cause\":"));
		buf_json(b, str_from(causes_known[i].name));
		buf_str(b, STR(",\"detail\":"));
		buf_json(b, str_from(causes_known[i].detail));
		buf_char(b, '}');
		first = false;
	}
	buf_char(b, ']');
}
