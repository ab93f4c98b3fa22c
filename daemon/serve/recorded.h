/* SPDX-License-Identifier: Apache-2.0
 *
 * An event as it stands in the ledger, for the API: when it was received (a deadline: when it was
 * due and when it fired), the event and its decision, both as the caller may see them.
 */
#ifndef WAYMARK_SERVE_RECORDED_H
#define WAYMARK_SERVE_RECORDED_H

#include "daemon/ledger/ledger.h"
#include "daemon/serve/routes.h"

/* {"seq":17,"received":"…","event":{…},"decision":{…}}; of deadlines and items
 * {"seq":18,"due":"…","fired":"…","late":false,"event":{…},"decision":{…}} */
void recorded_json(struct buf *b, struct call *c, const struct ledger_event *e);

#endif
