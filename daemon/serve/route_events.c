/* SPDX-License-Identifier: Apache-2.0
 *
 * POST /v1/events: CloudEvents in their three HTTP forms.
 */
#include "daemon/serve/intake.h"

#include "daemon/serve/daemon.h"
#include "daemon/serve/submit.h"
#include "engine/base/limits.h"

/* Too much in flight: the sender waits rather than the daemon's memory grows. */
bool call_has_room(struct call *c, size_t n)
{
	struct daemon *d = c->d;
	if (d->commit.full) {
		d->metrics.events[EVENT_RESULT_LOST] += n;
		call_problem(c, PROBLEM_FULL,
			     "the disk of the ledger is full; nothing was recorded, send it again "
			     "when there is room");
		return false;
	}
	if (ledger_in_flight(d->ledger) + n <= d->config.queue_most)
		return true;
	call_problem(c, PROBLEM_BUSY,
		     "more events are waiting for the disk than the daemon holds; send it again "
		     "in a moment");
	return false;
}

static void one(struct call *c, const struct incoming *in)
{
	if (!call_has_room(c, 1))
		return;
	struct reply *r = reply_new(c, 1, false);
	submit_event(c, in, r, 0);
	reply_close(r);
}

static void batch(struct call *c, const struct json *root)
{
	if (root->kind != JSON_ARRAY) {
		call_problem(c, PROBLEM_JSON, "a batch is a JSON array of events");
		return;
	}
	if (root->n > LIMIT_BATCH) {
		call_problem(c, PROBLEM_BATCH, "a batch has at most %u events", LIMIT_BATCH);
		return;
	}
	if (!call_has_room(c, root->n))
		return;
	struct reply *r = reply_new(c, root->n, true);
	size_t i = 0;
	for (const struct json *e = json_first(root); e; e = json_next(root, e))
		submit_event(c, &(struct incoming){.root = e}, r, i++);
	reply_close(r);
}

void post_events(struct call *c)
{
	struct daemon *d = c->d;
	struct incoming in = {0};
	const struct json *root;
	if (!call_only(c, NULL, 0))
		return;
	switch (intake_form(c)) {
	case FORM_STRUCTURED:
		if (intake_json(c, &in.root))
			one(c, &in);
		break;
	case FORM_BINARY:
		if (intake_binary(c, &in))
			one(c, &in);
		break;
	case FORM_BATCH:
		if (intake_json(c, &root))
			batch(c, root);
		break;
	case FORM_NONE:
		intake_unsupported(c, true);
		break;
	}
	cases_trim(&d->cases, d->rb);
}
