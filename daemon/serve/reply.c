/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/reply.h"

#include "daemon/serve/problem.h"
#include "daemon/serve/routes.h"

struct reply *reply_new(struct call *c, size_t n, bool is_batch)
{
	struct arena *a = &c->http->arena;
	struct reply *r = arena_alloc(a, sizeof(*r));
	r->call = c;
	r->is_batch = is_batch;
	r->open = n + 1;
	r->n = n;
	r->results = arena_array(a, n, sizeof(*r->results));
	return r;
}

/* One status for a batch: when storage failed for any event, the sender must send the whole batch
 * again (what was taken is answered as a duplicate then); otherwise it is fine when any was. */
static int batch_status(const struct reply *r)
{
	bool taken = r->n == 0;
	for (size_t i = 0; i < r->n; i++) {
		if (r->results[i].status >= 500)
			return r->results[i].status;
		taken |= r->results[i].status == 200;
	}
	return taken ? 200 : 422;
}

static void put_results(struct buf *b, const struct reply *r)
{
	buf_char(b, '[');
	for (size_t i = 0; i < r->n; i++) {
		if (i)
			buf_char(b, ',');
		buf_str(b, r->results[i].json);
	}
	buf_char(b, ']');
}

static enum problem_kind batch_problem(int status)
{
	switch (status) {
	case 507:
		return PROBLEM_FULL;
	case 500:
		return PROBLEM_BATCH_FAILED;
	default:
		return PROBLEM_NONE_TAKEN;
	}
}

static void send_batch(struct reply *r)
{
	struct buf b = {0};
	int status = batch_status(r);
	if (status == 200) {
		put_results(&b, r);
		call_json(r->call, 200, buf_view(&b));
	} else {
		buf_str(&b, STR("\"results\":"));
		put_results(&b, r);
		struct problem p = {
		    .kind = batch_problem(status),
		    .detail = STR("see results: one for each event, in order"),
		    .members = buf_view(&b),
		};
		call_problem_with(r->call, &p);
	}
	buf_release(&b);
}

static void send(struct reply *r)
{
	if (r->is_batch)
		send_batch(r);
	else
		call_document(r->call, r->results[0].status, r->results[0].json);
}

void reply_give(struct reply *r, size_t i, int status, struct str json)
{
	r->results[i].status = status;
	if (r->open == 1 && !r->is_batch) { /* the usual way of a single event: no copy */
		r->results[i].json = json;
		r->open = 0;
		send(r);
		return;
	}
	r->results[i].json = arena_str(&r->call->http->arena, json);
	if (--r->open == 0)
		send(r);
}

void reply_close(struct reply *r)
{
	if (--r->open == 0)
		send(r);
}
