/* SPDX-License-Identifier: Apache-2.0
 *
 * The daemon's log: one JSON object a line, for machines and people. It never holds personal data:
 * no case ids, no ids of events, no values of fields, no paths of requests; routes are named by
 * their pattern.
 *
 *     log_line(&d->log, LOG_ERROR, "reload-failed", "s", "reason", text);
 *
 * After the event come triples: kind ("s" text as struct str, "c" text as a C string, "i" int64_t),
 * name, value; the list ends with NULL.
 */
#ifndef WAYMARK_SERVE_LOG_H
#define WAYMARK_SERVE_LOG_H

#include "engine/base/str.h"

enum log_level { LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log {
	/* Lines of lower levels are left out. */
	enum log_level least;
	int fd;
	struct buf line; /* scratch, used again and again */
	int64_t lost;    /* lines that could not be written since the last that could */
	bool torn;       /* the last one of them in part */
};

void log_line(struct log *l, enum log_level level, const char *event, ...);
void log_release(struct log *l);

#endif
