/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/metrics.h"

#include "daemon/serve/daemon.h"
#include "daemon/serve/metrics_text.h"
#include "daemon/serve/ready.h"
#include "daemon/serve/routes.h"

#include <stdio.h>

#define LABELS_BYTES 160 /* a method, the longest route, a class */

void metrics_latency(struct metrics *m, int64_t us)
{
	histogram_add(&m->latency, us);
}

static void put_program(struct buf *b, const struct daemon *d)
{
	metric_head(b, "waymark_build_info", "gauge", "The program that runs.");
	metric_sample(b, "waymark_build_info", "version=\"" WAYMARK_VERSION "\"", 1);
	metric_head(b, "process_start_time_seconds", "gauge",
		    "When it was started, in seconds since 1970-01-01.");
	metric_seconds(b, "process_start_time_seconds", "", (uint64_t)d->metrics.started_us);
}

static void put_ready(struct buf *b, struct daemon *d)
{
	char labels[LABELS_BYTES];
	unsigned causes = ready_causes(d);
	metric_gauge(b, "waymark_ready", "1 while /readyz says ready.", causes == 0);
	metric_head(b, "waymark_not_ready", "gauge", "1 for each cause that /readyz gives.");
	for (unsigned i = 0; i < CAUSE_COUNT; i++) {
		snprintf(labels, sizeof(labels), "cause=\"%s\"", ready_cause_name(i));
		metric_sample(b, "waymark_not_ready", labels, causes >> i & 1);
	}
}

/* ---- requests and events ---- */

static void put_answers(struct buf *b, const struct metrics *m)
{
	char labels[LABELS_BYTES];
	metric_head(b, "waymark_answers_total", "counter",
		    "Answers by route and class of status; none: no such route.");
	for (size_t i = 0; i <= routes_count(); i++)
		for (unsigned class = 2; class <= 5; class ++) {
			snprintf(labels, sizeof(labels),
				 "method=\"" STR_FMT "\",route=\"" STR_FMT "\",class=\"%uxx\"",
				 STR_ARG(routes_method(i)), STR_ARG(routes_path(i)), class);
			metric_sample(b, "waymark_answers_total", labels, m->answers[i][class]);
		}
}

static void put_requests(struct buf *b, const struct metrics *m)
{
	char labels[LABELS_BYTES];
	metric_head(b, "waymark_request_seconds", "histogram",
		    "From a request's arrival to its answer; of events, once they are on disk.");
	for (size_t i = 0; i <= routes_count(); i++) {
		snprintf(labels, sizeof(labels), "method=\"" STR_FMT "\",route=\"" STR_FMT "\"",
			 STR_ARG(routes_method(i)), STR_ARG(routes_path(i)));
		metric_histogram(b, "waymark_request_seconds", labels, &m->requests[i]);
	}
}

static void put_problems(struct buf *b, const struct metrics *m)
{
	char labels[LABELS_BYTES];
	metric_head(b, "waymark_problems_total", "counter",
		    "Problems given, as an answer or as a result in a batch.");
	for (size_t i = 0; i < PROBLEM_SLUGS; i++) {
		snprintf(labels, sizeof(labels), "problem=\"" STR_FMT "\"",
			 STR_ARG(problem_slug(i)));
		metric_sample(b, "waymark_problems_total", labels, m->problems[i]);
	}
}

static void put_events(struct buf *b, const struct metrics *m)
{
	static const char *const labels[] = {
#define X(constant, label) "result=\"" label "\"",
	    EVENT_RESULTS(X)
#undef X
	};
	metric_head(b, "waymark_events_total", "counter",
		    "Events received, by what became of them.");
	for (size_t i = 0; i < EVENT_RESULT_COUNT; i++)
		metric_sample(b, "waymark_events_total", labels[i], m->events[i]);
	metric_head(b, "waymark_event_seconds", "histogram",
		    "From an event's arrival to its answer, once it is on disk; each of a batch.");
	metric_histogram(b, "waymark_event_seconds", "", &m->latency);
	metric_counter(b, "waymark_evaluations_total", "Events evaluated without recording.",
		       m->evaluations);
	metric_counter(b, "waymark_late_events_total",
		       "Events that made the history of a case be decided again.", m->late_events);
}

/* ---- policies, deadlines ---- */

static void put_shadow(struct buf *b, struct daemon *d)
{
	struct shadow_counts c = shadow_counts(d);
	metric_gauge(b, "waymark_shadow_running", "1 while a version runs beside the one in force.",
		     d->shadow.on);
	metric_gauge(b, "waymark_shadow_compared",
		     "Decisions that it was compared on since it began.", c.compared);
	metric_gauge(b, "waymark_shadow_divergences", "Those that came out otherwise.",
		     c.different + c.refused + c.missing + c.extra + c.unreadable);
	metric_gauge(b, "waymark_shadow_overrun", "Times that it fell behind and began anew.",
		     d->shadow.overrun);
}

static void put_policy(struct buf *b, struct daemon *d)
{
	char labels[LABELS_BYTES];
	snprintf(labels, sizeof(labels), "version=\"%s\"", d->rb->version);
	metric_head(b, "waymark_policy_info", "gauge", "The policy version in force.");
	metric_sample(b, "waymark_policy_info", labels, 1);
	metric_head(b, "waymark_reloads_total", "counter", "Reloads of the policies, by result.");
	metric_sample(b, "waymark_reloads_total", "result=\"taken\"", d->metrics.reloads_taken);
	metric_sample(b, "waymark_reloads_total", "result=\"failed\"", d->metrics.reloads_failed);
	metric_gauge(b, "waymark_reload_failed",
		     "1 while the policies on disk have errors and an older version is in force.",
		     d->reload.failed.len > 0);
	metric_gauge(b, "waymark_jobs_running",
		     "Versions being compiled, tried or held against the cases or the history.",
		     d->jobs.running);
	put_shadow(b, d);
	metric_counter(b, "waymark_activations_refused_total",
		       "Planned activations that were refused when they were about to begin.",
		       d->metrics.activations_refused);
}

static void put_due(struct buf *b, struct daemon *d)
{
	const struct timers *t = &d->timers;
	uint64_t overdue = 0;
	int64_t first = d->now_us;
	metric_counter(b, "waymark_due_fired_total", "Deadlines and schedule items fired.",
		       t->fired);
	metric_counter(b, "waymark_due_late_total",
		       "Those fired more than a minute after they were due.", t->late);
	metric_gauge(b, "waymark_due_stuck",
		     "Cases with something due that cannot be read under the policy in force.",
		     t->stuck);
	if (ledger_overdue(daemon_reader(d), d->now_us, METRIC_OVERDUE_MOST, &overdue) ||
	    ledger_first_due(daemon_reader(d), &first) || first > d->now_us)
		first = d->now_us;
	metric_gauge(b, "waymark_due_overdue_cases",
		     "Cases with something that was due and has not fired; counted to 10000.",
		     overdue);
	metric_head(b, "waymark_due_oldest_overdue_seconds", "gauge",
		    "For how long the oldest of it has been due.");
	metric_seconds(b, "waymark_due_oldest_overdue_seconds", "", (uint64_t)(d->now_us - first));
}

static void put_retention(struct buf *b, const struct daemon *d)
{
	const struct retention *r = &d->retention;
	metric_counter(b, "waymark_cases_destroyed_total",
		       "Cases destroyed, by an order or because they were kept for long enough.",
		       d->metrics.destroyed);
	metric_gauge(b, "waymark_retention_running",
		     "1 while the cases are gone through for what was kept for long enough.",
		     r->going);
	metric_head(b, "waymark_retention_passed_time_seconds", "gauge",
		    "When that was done last; 0 before the first time.");
	metric_seconds(b, "waymark_retention_passed_time_seconds", "", (uint64_t)r->passed_us);
}

static void put_clock(struct buf *b, const struct daemon *d)
{
	metric_counter(b, "waymark_clock_steps_total", "Times that the clock was set.",
		       d->clock.steps);
	metric_head(b, "waymark_clock_behind_seconds", "gauge",
		    "By how much the clock is behind the latest that is recorded.");
	metric_seconds(b, "waymark_clock_behind_seconds", "", (uint64_t)clock_watch_behind_us(d));
}

/* ---- the ledger ---- */

static void put_ledger(struct buf *b, struct daemon *d)
{
	struct ledger_counters l = ledger_counters(d->ledger);
	metric_head(b, "waymark_ledger_commit_seconds", "histogram",
		    "Transactions, each of one unit or many.");
	metric_histogram(b, "waymark_ledger_commit_seconds", "", &l.commits);
	metric_counter(b, "waymark_ledger_units_total", "Units committed.", l.units);
	metric_counter(b, "waymark_ledger_failed_units_total", "Units not committed.", l.failed);
	metric_gauge(b, "waymark_ledger_in_flight", "Units on their way to disk.",
		     ledger_in_flight(d->ledger));
	metric_gauge(b, "waymark_ledger_in_flight_most",
		     "How many may be, before senders are told to wait.", d->config.queue_most);
	metric_gauge(b, "waymark_ledger_full", "1 while the disk is full.", d->commit.full);
}

static void put_disk(struct buf *b, const struct daemon *d)
{
	struct ledger_disk disk = {0};
	ledger_disk(d->config.ledger, &disk); /* what cannot be had is 0: worth an alarm */
	metric_gauge(b, "waymark_ledger_bytes", "Size of the ledger.", disk.bytes);
	metric_gauge(b, "waymark_ledger_log_bytes", "Size of its write-ahead log.", disk.log_bytes);
	metric_gauge(b, "waymark_ledger_disk_free_bytes", "What its disk has left.",
		     disk.free_bytes);
}

static void put_cases(struct buf *b, const struct cases *c)
{
	metric_gauge(b, "waymark_cases_cached", "Cases in memory.", c->n);
	metric_counter(b, "waymark_cases_hits_total", "Cases found in memory.", c->hits);
	metric_counter(b, "waymark_cases_misses_total", "Cases looked up in the ledger.",
		       c->misses);
	metric_counter(b, "waymark_cases_evicted_total", "Cases dropped from memory.", c->evicted);
}

/* ---- HTTP ---- */

static void put_http(struct buf *b, const struct http_counters *h)
{
	metric_counter(b, "waymark_http_connections_total", "Connections accepted.", h->accepted);
	metric_gauge(b, "waymark_http_connections", "Connections open.", h->connections);
	metric_gauge(b, "waymark_http_in_flight", "Requests not yet answered.", h->in_flight);
	metric_gauge(b, "waymark_http_buffered_bytes",
		     "Bodies of requests not yet answered, and answers not yet read.", h->buffered);
	metric_counter(b, "waymark_http_requests_total", "Well-formed requests.", h->requests);
	metric_counter(b, "waymark_http_dropped_total", "Answers whose peer had gone.", h->dropped);
	metric_counter(b, "waymark_http_framing_errors_total", "Malformed requests refused.",
		       h->framing_errors);
	metric_counter(b, "waymark_http_timeouts_total", "Connections closed for being slow.",
		       h->timeouts);
	metric_counter(b, "waymark_tls_handshakes_failed_total",
		       "TLS connections that never came to a request.", h->handshakes_failed);
	metric_counter(b, "waymark_http_received_bytes_total", "Bytes received.", h->bytes_in);
	metric_counter(b, "waymark_http_sent_bytes_total", "Bytes sent.", h->bytes_out);
	metric_counter(b, "waymark_http_accept_pauses_total",
		       "Times that accepting stopped at a limit.", h->accept_pauses);
}

static void put_streams(struct buf *b, const struct streams *s)
{
	metric_gauge(b, "waymark_streams", "Streams of the feed that are open.", s->n);
	metric_counter(b, "waymark_streams_total", "Streams opened.", s->opened);
	metric_counter(b, "waymark_stream_outcomes_total", "Outcomes sent on streams.",
		       s->outcomes);
}

static void put_limited(struct buf *b, const struct metrics *m)
{
	metric_head(b, "waymark_rate_limited_total", "counter",
		    "Requests refused for coming too fast: with one token, from one address.");
	metric_sample(b, "waymark_rate_limited_total", "by=\"token\"", m->limited_tokens);
	metric_sample(b, "waymark_rate_limited_total", "by=\"address\"", m->limited_addresses);
}

static void put_certificate(struct buf *b, const struct daemon *d)
{
	int64_t expires = http_server_expires_us(d->http);
	if (expires != TIME_NEVER)
		metric_gauge(b, "waymark_certificate_expires_seconds",
			     "When the certificate of TLS ends, in seconds since 1970.",
			     (uint64_t)(expires > 0 ? expires / SECOND_US : 0));
}

void metrics_text(struct buf *b, struct daemon *d)
{
	put_program(b, d);
	put_ready(b, d);
	put_answers(b, &d->metrics);
	put_requests(b, &d->metrics);
	put_problems(b, &d->metrics);
	put_events(b, &d->metrics);
	put_limited(b, &d->metrics);
	put_policy(b, d);
	put_due(b, d);
	put_retention(b, d);
	put_clock(b, d);
	put_ledger(b, d);
	put_disk(b, d);
	put_cases(b, &d->cases);
	put_streams(b, &d->streams);
	put_http(b, http_server_counters(d->http));
	put_certificate(b, d);
}
