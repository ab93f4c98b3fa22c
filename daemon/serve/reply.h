/* SPDX-License-Identifier: Apache-2.0
 *
 * The answer to a request that carries events: one result per event, given in any order, sent when
 * all are there. It lives in the request's arena.
 *
 *     struct reply *r = reply_new(call, n, is_batch);
 *     for each event: reply_give(r, i, 200, json), or later;
 *     reply_close(r);        // may send the answer, which frees the reply
 */
#ifndef WAYMARK_SERVE_REPLY_H
#define WAYMARK_SERVE_REPLY_H

#include "engine/base/str.h"

struct call;

struct result {
	int status;
	struct str json;
};

struct reply {
	struct call *call;
	bool is_batch;
	size_t open; /* results to come, and one until it is closed */
	size_t n;
	struct result *results;
};

struct reply *reply_new(struct call *c, size_t n, bool is_batch);
void reply_give(struct reply *r, size_t i, int status, struct str json); /* copies the text */
void reply_close(struct reply *r);

#endif
