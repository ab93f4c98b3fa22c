/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of an event: typed against the vocabulary; of the token's county; sent before or not;
 * its case found; checked; caught up, so that all that was due before it has fired; decided; on its
 * way to disk. The result goes to result `index` of the reply, at once or when it is on disk.
 *
 * A refused event leaves no trace, but the deadlines that it made fire are recorded all the same:
 * they were due whatever came. An event that is earlier than what its case has seen last makes the
 * case's history be decided again: late.h.
 */
#ifndef WAYMARK_SERVE_SUBMIT_H
#define WAYMARK_SERVE_SUBMIT_H

#include "daemon/serve/reply.h"
#include "daemon/serve/routes.h"
#include "daemon/serve/versions.h"
#include "daemon/wire/event_read.h"
#include "engine/decide/decide.h"

/* Where an event comes from: a structured one, or the parts of one in binary mode. */
struct incoming {
	const struct json *root;                  /* structured; NULL: binary */
	const struct event_attribute *attributes; /* binary */
	size_t nattributes;
	const struct json *data;
};

/* Types it against the version of its time, which *v gets; false: *no says why, or, with no slug,
 * d->why why that version cannot be had. Its canonical JSON is then in d->events.json. */
bool incoming_read(struct daemon *d, const struct incoming *in, struct arena *a, struct event *ev,
		   struct version *v, struct refusal *no);

void submit_event(struct call *c, const struct incoming *in, struct reply *r, size_t index);

/* Brings a case to the time of an event and decides it: what events and evaluations have in common.
 * `fired` is called after each deadline. STATUS_OK, or d->decider.refusal says why not. */
enum status submit_decide(struct daemon *d, struct case_state *cs, const struct event *ev,
			  void (*fired)(void *arg, const struct decision *due), void *arg,
			  struct decision *out);

/* Brings the cases that a decision may look at into memory: those that the event (NULL: a deadline)
 * or the case (NULL: a new one) names. One that does not exist, or was destroyed, is fine, its
 * facts have their defaults; one that cannot be read must not pass for that: STATUS_CONFLICT,
 * STATUS_INVALID or STATUS_IO, and d->why says why. */
enum status submit_fetch(struct daemon *d, const struct case_state *cs, const struct event *ev);

/* Is it for late.h: earlier than what its case has seen last, and of the case's county and kind; or
 * does it, or what its case has due before it, go by another version than the one in force? cs may
 * be NULL: there is no such case. */
bool submit_is_late(const struct daemon *d, const struct case_state *cs, const struct event *ev,
		    const struct version *v);
/* A new case for an event of that version; NULL, and *no says why: the version in force does not
 * know its kind or county. */
struct case_state *submit_new_case(struct daemon *d, const struct event *ev,
				   const struct version *v, struct arena *a, struct refusal *no);

/* How decide sees other cases; arg is the daemon. */
const struct case_state *submit_find(void *arg, uint16_t kind, struct str id);

#endif
