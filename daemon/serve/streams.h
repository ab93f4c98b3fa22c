/* SPDX-License-Identifier: Apache-2.0
 *
 * The feed of outcomes as server-sent events: GET /v1/outcomes with Accept: text/event-stream. A
 * stream is a position in the feed and a peer. It is written to from the ledger, what is committed
 * and nothing else, one page at a time and only while its peer reads: so it is exactly the feed,
 * and a slow peer costs a bounded buffer until the HTTP layer cuts it off. Whatever ends a stream,
 * the peer goes on from the last position that it has seen (Last-Event-ID).
 *
 *     streams_open(call, after);       // instead of an answer
 *     streams_note(d);                 // something was committed
 */
#ifndef WAYMARK_SERVE_STREAMS_H
#define WAYMARK_SERVE_STREAMS_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define STREAMS_MOST     64u   /* at the same time */
#define STREAMS_PAGE     100u  /* outcomes of one stream in one turn of the loop */
#define STREAMS_PAUSE_S  0.02  /* commits that come within this go out together */
#define STREAMS_BEAT_S   15.0  /* a comment when nothing else is sent, so that both see the end */
#define STREAMS_RETRY_MS 1000u /* when a peer may come back */

struct call;
struct daemon;
struct stream;

struct streams {
	LIST_HEAD(stream_list, stream) all;
	size_t n;
	uint64_t opened, outcomes; /* ever */
	ev_timer turn;             /* there is something to write */
	ev_timer beat;
};

void streams_start(struct daemon *d);
/* Answers the call with a stream of what comes after that position; or with a problem. */
void streams_open(struct call *c, uint64_t after);
void streams_note(struct daemon *d);
/* Ends those whose token is no longer good. */
void streams_recheck(struct daemon *d);
/* Ends all: their peers come back. */
void streams_end(struct daemon *d);
void streams_stop(struct daemon *d);

#endif
