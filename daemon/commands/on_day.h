/* SPDX-License-Identifier: Apache-2.0
 *
 * `--on DATE`: the day of the amounts that are shown; without it today, where the policy's clocks
 * stand. The engine has no clock, so a command asks for it here.
 */
#ifndef WAYMARK_COMMANDS_ON_DAY_H
#define WAYMARK_COMMANDS_ON_DAY_H

#include "engine/policy/policy.h"

/* `text` may be NULL. False: reported, it is no date. */
bool on_day(const char *command, const char *text, const struct rulebook *rb, int32_t *day);

#endif
