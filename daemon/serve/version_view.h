/* SPDX-License-Identifier: Apache-2.0
 *
 * Versions of the policy as the routes name and show them.
 */
#ifndef WAYMARK_SERVE_VERSION_VIEW_H
#define WAYMARK_SERVE_VERSION_VIEW_H

#include "daemon/ledger/register.h"
#include "daemon/serve/routes.h"

/* The version that the path names; false: answered with 404. */
bool version_named(struct call *c, struct ledger_policy_info *out);

/* {"version","recorded","in_force","state","from","acts":[{"act","at","from","by"}],"signatures":[…]},
 * from the register as it was read last. */
void version_put(struct daemon *d, const struct ledger_policy_info *p, struct buf *b);

#endif
