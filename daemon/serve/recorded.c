/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/recorded.h"

#include "daemon/serve/daemon.h"
#include "daemon/serve/redact.h"

static void put_time(struct buf *b, struct str member, const struct daemon *d, int64_t us)
{
	buf_str(b, member);
	buf_char(b, '"');
	time_text(b, d->rb->zone, us);
	buf_char(b, '"');
}

/* The instant at which an event of the daemon's own was due; false: it came from outside. */
static bool was_due(struct daemon *d, struct str event, int64_t *at)
{
	const struct json *root;
	buf_clear(&d->why);
	if (json_parse(d->cases.doc, event, SIZE_MAX, &root, &d->why))
		return false;
	const struct json *source = json_get(root, STR("source"));
	const struct json *time = json_get(root, STR("time"));
	return source && source->kind == JSON_TEXT && str_eq(source->text, STR("waymark")) &&
	       time && time->kind == JSON_TEXT && !time_read(time->text, at);
}

static void put_times(struct buf *b, struct daemon *d, const struct ledger_event *e)
{
	int64_t due;
	if (!was_due(d, e->event, &due)) {
		put_time(b, STR(",\"received\":"), d, e->received_us);
		return;
	}
	put_time(b, STR(",\"due\":"), d, due);
	put_time(b, STR(",\"fired\":"), d, e->received_us);
	buf_str(b, STR(",\"late\":"));
	buf_str(b, e->received_us - due > TIMERS_LATE_US ? STR("true") : STR("false"));
}

void recorded_json(struct buf *b, struct call *c, const struct ledger_event *e)
{
	struct daemon *d = c->d;
	buf_str(b, STR("{\"seq\":"));
	buf_i64(b, (int64_t)e->seq);
	put_times(b, d, e);
	buf_str(b, STR(",\"event\":"));
	buf_str(b, redact_event(c, e->event));
	buf_str(b, STR(",\"decision\":"));
	buf_str(b, redact_decision(c, e->decision));
	buf_char(b, '}');
}
