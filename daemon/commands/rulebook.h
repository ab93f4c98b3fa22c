/* SPDX-License-Identifier: Apache-2.0
 *
 * What most commands begin with: the rulebook that they were given, or words on why it cannot be
 * had.
 */
#ifndef WAYMARK_COMMANDS_RULEBOOK_H
#define WAYMARK_COMMANDS_RULEBOOK_H

#include "daemon/wire/load.h"

/* Loads it, or says on stderr why not. The exit status; EXIT_FINE: l->rb is there. Warnings are not
 * repeated: that is `check`'s work. */
int load_or_report(struct loaded *l, const char *command, const char *path);
/* The same for what needs the policy alone: files of scenarios that are for another version of it
 * are left out, and that is said. */
int load_policy_or_report(struct loaded *l, const char *command, const char *path);

#endif
