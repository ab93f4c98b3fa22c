/* SPDX-License-Identifier: Apache-2.0
 *
 * `waymark test --mutate`: which small changes of the policy its scenarios do not notice.
 */
#ifndef WAYMARK_COMMANDS_MUTATE_H
#define WAYMARK_COMMANDS_MUTATE_H

#include "daemon/wire/load.h"

/* Of a rulebook whose scenarios all pass. `suggest`: a file for scenarios that would notice, or
 * NULL. An exit status. */
int test_mutants(struct loaded *l, const char *suggest, bool json);

#endif
