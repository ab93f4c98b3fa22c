/* SPDX-License-Identifier: Apache-2.0
 *
 * Every route stands in one table in routes.c: method, path, who may, what it takes and gives, and
 * its handler. A call is one request on its way through a handler: it was found in the table, its
 * token is valid and of a role that may.
 *
 *     static void case_show(struct call *c)
 *     {
 *             struct str id = call_part(c, 2);         // /v1/cases/{id}
 *             ...
 *             call_json(c, 200, text);                 // or call_problem; either frees the call
 *     }
 */
#ifndef WAYMARK_SERVE_ROUTES_H
#define WAYMARK_SERVE_ROUTES_H

#include "daemon/ledger/tokens.h"
#include "daemon/serve/http.h"
#include "daemon/serve/problem.h"

struct case_state;
struct daemon;
struct route;
struct seen;

#define PAGE_BYTES ((size_t)1 << 20) /* a page ends with the item that goes beyond */

struct call {
	struct daemon *d;
	struct http_request *http;
	const struct route *route;
	const struct token *token; /* NULL on open routes. Only until the handler returns: a reload
				      of the tokens frees it */
	struct str asker;          /* name of the token, for the log of requests; may be empty */
	bool wants_stream;         /* the client takes text/event-stream, and the route gives it */
	bool sees_confidential;    /* what the role may see; stays */
	struct seen *seen;         /* what confidential values the answer shows: see seen.h */
	int64_t began_us;          /* on the monotonic clock */
};

/* The HTTP layer's handler; arg is the daemon. */
void routes_handle(void *arg, struct http_request *r);
size_t routes_count(void);
struct str routes_method(size_t i); /* "POST"; i == routes_count(): "none" */
struct str routes_path(size_t i);   /* "/v1/cases/{id}"; i == routes_count(): "none" */

struct str call_part(struct call *c, size_t i); /* of the path, decoded */
/* The value of a query parameter that is a whole number from 0; false, and answered, when it is
 * none or above `most`. Absent: *out is untouched. */
bool call_number(struct call *c, struct str name, uint64_t most, uint64_t *out);
/* A whole number from 0 to `most`, in digits alone. */
bool number_read(struct str s, uint64_t most, uint64_t *out);
/* True when only these parameters are given, each once; else answered. */
bool call_only(struct call *c, const struct str *names, size_t n);
bool call_sees(const struct call *c, struct str county);
/* Is it a case, on disk, of a county that the token sees? Ends the life of the reader's texts. */
bool call_sees_case(struct call *c, struct str id);

/* When the answer shows confidential values, that is on record first (seen.h). */
void call_json(struct call *c, int status, struct str json);
void call_text(struct call *c, struct str type, struct str text);
/* Instead of an answer: one that goes on; see http.h. */
void call_stream(struct call *c, struct str type, const struct http_stream_events *events);
/* JSON of a result, without further ado: a problem document when the status says so. */
void call_document(struct call *c, int status, struct str json);
void call_problem(struct call *c, enum problem_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void call_problem_with(struct call *c, const struct problem *p);

/* The ledger could not be read: said in the log, and answered. */
void call_ledger_failed(struct call *c);
/* The route as in the documents: "GET /v1/cases/{id}". It lives as long as the request. */
struct str call_route(struct call *c);

/* The case that the path names, with its number in the ledger; NULL: answered. Only those query
 * parameters may be given. */
struct case_state *call_case(struct call *c, const struct str *names, size_t n, uint64_t *no);
/* Answers 410: what was asked for was destroyed under the order of this number. */
void call_destroyed(struct call *c, uint64_t order);
/* False, and answered: nothing can be recorded now, or too much waits to be. */
bool call_has_room(struct call *c, size_t n);

/* Handlers, by file. */
void post_events(struct call *c);   /* route_events.c */
void post_evaluate(struct call *c); /* route_evaluate.c */
void get_case(struct call *c);      /* route_cases.c */
void get_timeline(struct call *c);
void get_upcoming(struct call *c);
void get_share(struct call *c);    /* route_share.c */
void get_outcomes(struct call *c); /* route_outcomes.c */
void get_decision(struct call *c);
void get_capacities(struct call *c); /* route_funds.c */
void get_funds(struct call *c);      /* route_funds.c */
void get_docket(struct call *c);     /* route_dockets.c */
void post_purges(struct call *c);    /* route_purges.c */
void post_holds(struct call *c);     /* route_holds.c */
void get_policies(struct call *c);   /* route_policies.c */
void get_policy(struct call *c);
void get_source(struct call *c);
void get_graph(struct call *c);
void post_policies(struct call *c); /* route_upload.c */
void post_approve(struct call *c);  /* route_versions.c */
void post_activate(struct call *c);
void post_retire(struct call *c);
void get_diff(struct call *c);    /* route_diff.c */
void post_shadow(struct call *c); /* route_shadow.c */
void get_shadow(struct call *c);
void post_replays(struct call *c); /* route_replays.c */
void get_replay(struct call *c);
void get_disclosures(struct call *c); /* route_disclosures.c */
void get_health(struct call *c);      /* route_status.c */
void get_ready(struct call *c);
void get_metrics(struct call *c);
void get_log_head(struct call *c); /* route_log.c */
void get_log_proof(struct call *c);
void get_report(struct call *c);    /* route_reports.c */
void get_deadlines(struct call *c); /* route_deadlines.c */
void get_openapi(struct call *c);   /* route_openapi.c */

#endif
