/* SPDX-License-Identifier: Apache-2.0
 *
 * A file of events, one JSON object a line, fed to a stream (engine/audit/stream.h). What cannot be
 * read or is refused is said on stderr, with the line, and the rest goes on.
 *
 *     struct event_lines in;
 *     event_lines_init(&in, "run", rb, sink, arg);
 *     int status = event_lines_feed(&in, "events.jsonl", false);   // EXIT_ENVIRONMENT: unreadable
 *     if (!status && in.refused) status = EXIT_NOT_FINE;
 *     event_lines_release(&in);
 */
#ifndef WAYMARK_COMMANDS_EVENT_LINES_H
#define WAYMARK_COMMANDS_EVENT_LINES_H

#include "daemon/wire/correction_read.h"
#include "daemon/wire/event_read.h"
#include "engine/audit/stream.h"

struct event_lines {
	const char *command;
	struct stream stream;
	struct json_doc *doc;
	struct event_reader reader;
	struct correction_reader corrections;
	struct arena arena; /* the events of one batch */
	/* Lines are read in batches, so that the memory of their cases can be asked for at once. */
	struct event events[STREAM_FETCH];
	struct refusal unread[STREAM_FETCH]; /* why a line is no event; no slug: it is one */
	size_t lines[STREAM_FETCH];
	size_t n;
	struct buf out; /* messages */
	const char *path;
	size_t line;    /* the one being decided, from 1 */
	size_t refused; /* malformed, refused or conflicting lines */
	/* Called for a duplicate, with the number of its first decision; may be NULL. */
	void (*duplicate)(void *arg, uint64_t seq);
	/* Likewise for an event that was looked at and refused, with the stream's arg. */
	void (*was_refused)(void *arg, const struct event *ev, const struct refusal *why);
};

void event_lines_init(struct event_lines *in, const char *command, const struct rulebook *rb,
		      stream_sink *sink, void *arg);
/* Before the first file: events may come late, be retracted and corrected, as with the daemon. */
void event_lines_any_order(struct event_lines *in);
/* path "-" is standard input. */
int event_lines_feed(struct event_lines *in, const char *path, bool json);
void event_lines_release(struct event_lines *in);

#endif
