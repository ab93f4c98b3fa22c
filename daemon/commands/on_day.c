/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/on_day.h"

#include "daemon/commands/cli.h"
#include "daemon/serve/clock.h"
#include "engine/values/calendar.h"
#include "engine/values/zone.h"

bool on_day(const char *command, const char *text, const struct rulebook *rb, int32_t *day)
{
	if (!text) {
		*day = zone_day(rb->zone, clock_now_us());
		return true;
	}
	if (!day_read(str_from(text), day))
		return true;
	cli_usage(command, "--on takes a date such as 2026-07-01, not `%s`", text);
	return false;
}
