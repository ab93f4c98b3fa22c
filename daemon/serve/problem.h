/* SPDX-License-Identifier: Apache-2.0
 *
 * Problems as RFC 9457 documents: for an answer of its own, or as one result of a batch. Slug,
 * status and title of every problem that the routes can give stand in one table; those of malformed
 * HTTP are the HTTP layer's.
 *
 *     struct problem p = {PROBLEM_CONFLICT, .detail = STR("...")};
 *     problem_json(&b, &p);
 */
#ifndef WAYMARK_SERVE_PROBLEM_H
#define WAYMARK_SERVE_PROBLEM_H

#include "engine/base/str.h"
#include "engine/case/event.h"

/* X(constant, status, slug, title) */
#define PROBLEMS(X)                                                                                \
	X(PROBLEM_JSON, 400, "malformed-json", "Malformed JSON")                                   \
	X(PROBLEM_QUERY, 400, "bad-query", "Bad query parameter")                                  \
	X(PROBLEM_TOKEN, 401, "token-required", "A valid token is required")                       \
	X(PROBLEM_ROLE, 403, "role-forbidden", "Not for this role")                                \
	X(PROBLEM_COUNTY, 403, "county-forbidden", "Not for this county")                          \
	X(PROBLEM_SUBJECT, 403, "subject-forbidden", "Not with this subject or source")            \
	X(PROBLEM_NOT_SHARED, 403, "not-shared", "Not shared with this partner")                   \
	X(PROBLEM_OWN_VERSION, 403, "own-version", "Not for who uploaded the version")             \
	X(PROBLEM_NOT_FOUND, 404, "not-found", "Not found")                                        \
	X(PROBLEM_METHOD, 405, "method-not-allowed", "Method not allowed")                         \
	X(PROBLEM_ACCEPT, 406, "not-acceptable", "Not acceptable")                                 \
	X(PROBLEM_CONFLICT, 409, "event-conflict", "Same event id with other content")             \
	X(PROBLEM_DESTROYED, 410, "destroyed", "Destroyed")                                        \
	X(PROBLEM_VERSION_STATE, 409, "version-state", "Not possible with this version now")       \
	X(PROBLEM_CASES_UNFIT, 409, "cases-unfit", "Cases would be left nowhere")                  \
	X(PROBLEM_HELD, 409, "held", "Under a legal hold")                                         \
	X(PROBLEM_BATCH, 413, "batch-too-large", "Batch too large")                                \
	X(PROBLEM_TYPE, 415, "unsupported-media-type", "Unsupported media type")                   \
	X(PROBLEM_RATE, 429, "rate-limited", "Too many requests")                                  \
	X(PROBLEM_BODY, 422, "bad-body", "The body does not fit")                                  \
	X(PROBLEM_POLICY_ERRORS, 422, "policy-errors", "The policy has errors")                    \
	X(PROBLEM_SIGNATURE, 422, "bad-signature", "The signature does not hold")                  \
	X(PROBLEM_SCENARIOS, 422, "scenarios-failed", "Scenarios do not come out")                 \
	X(PROBLEM_REFUSED, 422, "refused", "Event refused")                                        \
	X(PROBLEM_NONE_TAKEN, 422, "batch-refused", "No event of the batch was accepted")          \
	X(PROBLEM_CASE, 500, "case-unreadable", "The case cannot be read under this policy")       \
	X(PROBLEM_LEDGER, 500, "ledger-unreadable", "The ledger cannot be read")                   \
	X(PROBLEM_BATCH_FAILED, 500, "batch-failed", "Some of the batch could not be decided")     \
	X(PROBLEM_BUSY, 503, "busy", "Too much in flight")                                         \
	X(PROBLEM_NOT_READY, 503, "not-ready", "Not ready")                                        \
	X(PROBLEM_FULL, 507, "storage-full", "Storage full")

/* Refusals have the slug that the engine gives. X(slug, title) */
#define REFUSALS(X)                                                                                \
	X("unknown-event", "Unknown event type")                                                   \
	X("bad-event", "The event does not fit the vocabulary")                                    \
	X("before-policy", "No policy was in force")                                               \
	X("future-event", "The event is dated in the future")                                      \
	X("late-event", "The event comes too late")                                                \
	X("other-county", "The case belongs to another county")                                    \
	X("other-kind", "The case is of another kind")                                             \
	X("breaks-never", "The outcome is forbidden by the policy")                                \
	X("contradiction", "The policy contradicts itself")                                        \
	X("undecidable", "The policy cannot decide this")                                          \
	X("overflow", "An amount is out of range")                                                 \
	X("no-such-outcome", "No such outcome")                                                    \
	X("no-such-event", "No such event")                                                        \
	X("limit", "A limit is passed")

enum problem_kind {
#define X(constant, status, slug, title) constant,
	PROBLEMS(X)
#undef X
};

struct problem {
	enum problem_kind kind;
	struct str detail;             /* what to do about it; without personal data */
	const struct refusal *refusal; /* PROBLEM_REFUSED: gives slug, title and errors */
	struct str source, id;         /* of the event, in a batch; both empty: left out */
	struct str members; /* further members as JSON without the braces; may be empty */
};

/* How many slugs there are in all: those of PROBLEMS, then those of REFUSALS. */
#define X(...) +1
enum { PROBLEM_SLUGS = 0 PROBLEMS(X) REFUSALS(X) };
#undef X
struct str problem_slug(size_t i);              /* 0 <= i < PROBLEM_SLUGS */
size_t problem_number(const struct problem *p); /* of its slug */

int problem_status(enum problem_kind kind);
void problem_json(struct buf *b, const struct problem *p);

#endif
