/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/metrics.h"

#include "daemon/serve/daemon.h"
#include "daemon/serve/routes.h"

void metrics_latency(struct metrics *m, int64_t us)
{
	static const int64_t bounds[] = {
#define X(bound, label) bound,
	    LATENCY_BOUNDS(X)
#undef X
	};
	size_t i = 0;
	while (i < LATENCY_BUCKETS && us > bounds[i])
		i++;
	m->latency[i]++;
	m->latency_sum_us += (uint64_t)(us > 0 ? us : 0);
}

/* ---- the text format ---- */

static void put_head(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_fmt(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_one(struct buf *b, const char *name, const char *type, const char *help,
		    uint64_t value)
{
	put_head(b, name, type, help);
	buf_fmt(b, "%s %llu\n", name, (unsigned long long)value);
}

/* Seconds from microseconds, written without floating point. */
static void put_seconds(struct buf *b, const char *name, uint64_t us)
{
	buf_fmt(b, "%s %llu.%06llu\n", name, (unsigned long long)(us / 1000000),
		(unsigned long long)(us % 1000000));
}

static void put_answers(struct buf *b, const struct metrics *m)
{
	put_head(b, "waymark_answers_total", "counter",
		 "Answers by route and class of status; none: no such route.");
	for (size_t i = 0; i <= routes_count(); i++)
		for (unsigned class = 2; class <= 5; class ++)
			buf_fmt(b,
				"waymark_answers_total{method=\"" STR_FMT "\",route=\"" STR_FMT
				"\",class=\"%uxx\"} %llu\n",
				STR_ARG(routes_method(i)), STR_ARG(routes_path(i)), class,
				(unsigned long long)m->answers[i][class]);
}

static void put_events(struct buf *b, const struct metrics *m)
{
	static const char *const labels[] = {
#define X(constant, label) label,
	    EVENT_RESULTS(X)
#undef X
	};
	put_head(b, "waymark_events_total", "counter", "Events received, by what became of them.");
	for (size_t i = 0; i < EVENT_RESULT_COUNT; i++)
		buf_fmt(b, "waymark_events_total{result=\"%s\"} %llu\n", labels[i],
			(unsigned long long)m->events[i]);
}

static void put_latency(struct buf *b, const struct metrics *m)
{
	static const char *const labels[] = {
#define X(bound, label) label,
	    LATENCY_BOUNDS(X)
#undef X
	};
	uint64_t n = 0;
	put_head(b, "waymark_event_seconds", "histogram",
		 "From an event's arrival to its answer, once it is on disk.");
	for (size_t i = 0; i < LATENCY_BUCKETS; i++)
		buf_fmt(b, "waymark_event_seconds_bucket{le=\"%s\"} %llu\n", labels[i],
			(unsigned long long)(n += m->latency[i]));
	n += m->latency[LATENCY_BUCKETS];
	buf_fmt(b, "waymark_event_seconds_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)n);
	put_seconds(b, "waymark_event_seconds_sum", m->latency_sum_us);
	buf_fmt(b, "waymark_event_seconds_count %llu\n", (unsigned long long)n);
}

static void put_policy(struct buf *b, const struct daemon *d)
{
	put_head(b, "waymark_policy_info", "gauge", "The policy version in force.");
	buf_fmt(b, "waymark_policy_info{version=\"%s\"} 1\n", d->rb->version);
	put_head(b, "waymark_reloads_total", "counter", "Reloads of the policies, by result.");
	buf_fmt(b, "waymark_reloads_total{result=\"taken\"} %llu\n",
		(unsigned long long)d->metrics.reloads_taken);
	buf_fmt(b, "waymark_reloads_total{result=\"failed\"} %llu\n",
		(unsigned long long)d->metrics.reloads_failed);
	put_one(b, "waymark_reload_failed", "gauge",
		"1 while the policies on disk have errors and an older version is in force.",
		d->reload.failed.len > 0);
}

static void put_timers(struct buf *b, const struct timers *t, uint64_t late_events)
{
	put_one(b, "waymark_due_fired_total", "counter", "Deadlines and schedule items fired.",
		t->fired);
	put_one(b, "waymark_due_late_total", "counter",
		"Those fired more than a minute after they were due.", t->late);
	put_one(b, "waymark_late_events_total", "counter",
		"Events that made the history of a case be decided again.", late_events);
	put_one(b, "waymark_due_stuck", "gauge",
		"Cases with something due that cannot be read under the policy in force.",
		t->stuck);
}

static void put_clock(struct buf *b, const struct daemon *d)
{
	put_one(b, "waymark_clock_steps_total", "counter", "Times that the clock was set.",
		d->clock.steps);
	put_one(b, "waymark_clock_behind_seconds", "gauge",
		"By how much the clock is behind the latest that is recorded.",
		(uint64_t)(clock_watch_behind_us(d) / SECOND_US));
}

static void put_ledger(struct buf *b, struct daemon *d)
{
	struct ledger_counters l = ledger_counters(d->ledger);
	put_one(b, "waymark_ledger_transactions_total", "counter", "Transactions committed.",
		l.transactions);
	put_one(b, "waymark_ledger_units_total", "counter", "Units committed.", l.units);
	put_one(b, "waymark_ledger_failed_units_total", "counter", "Units not committed.",
		l.failed);
	put_head(b, "waymark_ledger_commit_seconds_total", "counter", "Time in transactions.");
	put_seconds(b, "waymark_ledger_commit_seconds_total", l.commit_us);
	put_one(b, "waymark_ledger_in_flight", "gauge", "Units on their way to disk.",
		ledger_in_flight(d->ledger));
	put_one(b, "waymark_ledger_full", "gauge", "1 while the disk is full.", d->commit.full);
}

static void put_cases(struct buf *b, const struct cases *c)
{
	put_one(b, "waymark_cases_cached", "gauge", "Cases in memory.", c->n);
	put_one(b, "waymark_cases_hits_total", "counter", "Cases found in memory.", c->hits);
	put_one(b, "waymark_cases_misses_total", "counter", "Cases looked up in the ledger.",
		c->misses);
	put_one(b, "waymark_cases_evicted_total", "counter", "Cases dropped from memory.",
		c->evicted);
}

static void put_http(struct buf *b, const struct http_counters *h)
{
	put_one(b, "waymark_http_connections_total", "counter", "Connections accepted.",
		h->accepted);
	put_one(b, "waymark_http_connections", "gauge", "Connections open.", h->connections);
	put_one(b, "waymark_http_in_flight", "gauge", "Requests not yet answered.", h->in_flight);
	put_one(b, "waymark_http_requests_total", "counter", "Well-formed requests.", h->requests);
	put_one(b, "waymark_http_dropped_total", "counter", "Answers whose peer had gone.",
		h->dropped);
	put_one(b, "waymark_http_framing_errors_total", "counter", "Malformed requests refused.",
		h->framing_errors);
	put_one(b, "waymark_http_timeouts_total", "counter", "Connections closed for being slow.",
		h->timeouts);
	put_one(b, "waymark_tls_handshakes_failed_total", "counter",
		"TLS connections that never came to a request.", h->handshakes_failed);
	put_one(b, "waymark_http_received_bytes_total", "counter", "Bytes received.", h->bytes_in);
	put_one(b, "waymark_http_sent_bytes_total", "counter", "Bytes sent.", h->bytes_out);
	put_one(b, "waymark_http_accept_pauses_total", "counter",
		"Times that accepting stopped at a limit.", h->accept_pauses);
}

static void put_limited(struct buf *b, const struct metrics *m)
{
	put_head(b, "waymark_rate_limited_total", "counter",
		 "Requests refused for coming too fast: with one token, from one address.");
	buf_fmt(b,
		"waymark_rate_limited_total{by=\"token\"} %llu\n"
		"waymark_rate_limited_total{by=\"address\"} %llu\n",
		(unsigned long long)m->limited_tokens, (unsigned long long)m->limited_addresses);
}

static void put_certificate(struct buf *b, const struct daemon *d)
{
	int64_t expires = http_server_expires_us(d->http);
	if (expires != TIME_NEVER)
		put_one(b, "waymark_certificate_expires_seconds", "gauge",
			"When the certificate of TLS ends, in seconds since 1970.",
			(uint64_t)(expires > 0 ? expires / SECOND_US : 0));
}

void metrics_text(struct buf *b, struct daemon *d)
{
	put_answers(b, &d->metrics);
	put_events(b, &d->metrics);
	put_latency(b, &d->metrics);
	put_one(b, "waymark_busy_total", "counter",
		"Requests refused because too much was in flight.", d->metrics.busy);
	put_one(b, "waymark_evaluations_total", "counter", "Events evaluated without recording.",
		d->metrics.evaluations);
	put_limited(b, &d->metrics);
	put_policy(b, d);
	put_timers(b, &d->timers, d->metrics.late_events);
	put_clock(b, d);
	put_ledger(b, d);
	put_cases(b, &d->cases);
	put_http(b, http_server_counters(d->http));
	put_certificate(b, d);
}
