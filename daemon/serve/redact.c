/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/redact.h"

#include "daemon/serve/daemon.h"
#include "daemon/wire/hide.h"

struct str redact_decision(struct daemon *d, struct arena *a, struct str json)
{
	return hide_in_decision(d->cases.doc, a, json);
}

struct str redact_event(struct daemon *d, struct arena *a, struct str json)
{
	return hide_in_event(d->rb, d->cases.doc, a, json);
}
