/* SPDX-License-Identifier: Apache-2.0
 *
 * What an order is about, as POST /v1/purges and /v1/holds take it: a case, what the order is
 * called, and why.
 */
#ifndef WAYMARK_SERVE_ORDERS_H
#define WAYMARK_SERVE_ORDERS_H

#include "engine/base/str.h"

#include <stdint.h>

struct call;

struct order_asked {
	struct str id, under, reason;
	bool lift; /* {"lift":true}: only where the caller allows it */
};

/* False: answered. */
bool order_read(struct call *c, bool may_lift, struct order_asked *out);
/* The number of the case, of the token's counties, with nothing of it on its way to the disk. 0:
 * answered. */
uint64_t order_find_case(struct call *c, struct str id);

#endif
