/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/feed.h"

#include "daemon/serve/daemon.h"
#include "daemon/wire/hide.h"

void feed_item(struct buf *b, struct daemon *d, struct arena *a, const struct ledger_outcome_row *o)
{
	buf_str(b, STR("{\"position\":"));
	buf_i64(b, (int64_t)o->position);
	buf_str(b, STR(",\"seq\":"));
	buf_i64(b, (int64_t)o->seq);
	buf_str(b, STR(",\"case\":"));
	buf_json(b, o->case_id);
	buf_str(b, STR(",\"county\":"));
	buf_json(b, o->county);
	buf_str(b, STR(",\"outcome\":"));
	buf_str(b, hide_in_decision(d->cases.doc, a, o->json));
	buf_char(b, '}');
}
