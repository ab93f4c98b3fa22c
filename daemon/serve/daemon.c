/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/daemon.h"

#include "daemon/wire/exit_status.h"
#include "daemon/ledger/destroy.h"
#include "daemon/serve/clock.h"
#include "daemon/serve/routes.h"
#include "daemon/serve/submit.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

/* What connections leave of the file descriptors. */
#define DESCRIPTORS_KEPT 64

#define DISK_LEAST       ((uint64_t)64 << 20)

#define LARGE_BLOCK      (128 << 10)

struct daemon_config daemon_config_default(void)
{
	return (struct daemon_config){
	    .listen = "127.0.0.1:8420",
	    .queue_most = 8192,
	    .cases_most = 65536,
	    .buffer_most = (size_t)64 << 20,
	    .disk_least = DISK_LEAST,
	};
}

/* ---- the reader ---- */

struct ledger_reader *daemon_reader(struct daemon *d)
{
	if (!d->reading)
		d->reading = ledger_reader_begin(d->reader) == STATUS_OK;
	return d->reader;
}

void daemon_reader_end(struct daemon *d)
{
	if (d->reading)
		ledger_reader_end(d->reader);
	d->reading = false;
}

/* ---- a turn of the loop ---- */

static void on_turn_start(struct ev_loop *loop, ev_check *w, int events)
{
	(void)loop, (void)events;
	struct daemon *d = w->data;
	d->now_us = clock_now_us();
	clock_watch_turn(d);
	versions_turn(d);
}

/* Lowest priority: after everything else of the turn, the HTTP layer's work included. */
static void on_turn_end(struct ev_loop *loop, ev_prepare *w, int events)
{
	(void)loop, (void)events;
	struct daemon *d = w->data;
	if (!ledger_in_flight(d->ledger))
		d->commit.landed_us = clock_ticks_us();
	ledger_flush(d->ledger);
	daemon_reader_end(d);
	settle_turn(d);
}

static void start_turns(struct daemon *d)
{
	ev_check_init(&d->on_turn_start, on_turn_start);
	ev_set_priority(&d->on_turn_start, EV_MAXPRI);
	d->on_turn_start.data = d;
	ev_check_start(d->loop, &d->on_turn_start);
	ev_prepare_init(&d->on_turn_end, on_turn_end);
	ev_set_priority(&d->on_turn_end, EV_MINPRI);
	d->on_turn_end.data = d;
	ev_prepare_start(d->loop, &d->on_turn_end);
}

/* ---- signals ---- */

void daemon_end_if_done(struct daemon *d)
{
	if (d->drained && !ledger_in_flight(d->ledger))
		ev_break(d->loop, EVBREAK_ALL);
}

static void on_drained(void *arg)
{
	struct daemon *d = arg;
	d->drained = true;
	daemon_end_if_done(d);
}

static void drain(struct daemon *d)
{
	if (d->draining)
		return;
	d->draining = true;
	jobs_stop(d);
	timers_stop(d);
	streams_end(d);
	log_line(&d->log, LOG_INFO, "draining", "i", "in_flight",
		 (int64_t)(d->http ? http_server_counters(d->http)->in_flight : 0), NULL);
	if (d->http)
		http_server_drain(d->http, on_drained, d);
	else
		d->drained = true; /* it was still firing what had fallen due */
}

static void on_end(struct ev_loop *loop, ev_signal *w, int events)
{
	(void)loop, (void)events;
	drain(w->data);
}

static void on_reload(struct ev_loop *loop, ev_signal *w, int events)
{
	(void)loop, (void)events;
	struct daemon *d = w->data;
	if (!d->draining)
		reload_ask(d);
}

static void start_signal(struct daemon *d, ev_signal *w, int number,
			 void (*on)(struct ev_loop *, ev_signal *, int))
{
	ev_signal_init(w, on, number);
	w->data = d;
	ev_signal_start(d->loop, w);
}

/* ---- what cases share ---- */

static void in_the_pots(void *arg, const struct pot *draw, uint64_t after_seq)
{
	(void)arg, (void)draw, (void)after_seq;
}

enum status daemon_pots(struct daemon *d)
{
	pots_release(&d->pots);
	d->given_back = 0;
	enum status st = ledger_given_back(daemon_reader(d), &d->given_back, in_the_pots, NULL);
	return st ? st : ledger_pots(daemon_reader(d), &d->pots);
}

/* ---- the policy in force ---- */

size_t daemon_policy(struct daemon *d, struct rulebook *rb, uint32_t number)
{
	size_t unfit = 0;
	struct rulebook *old = d->rb;
	if (old) {
		unfit = cases_carry(&d->cases, old, rb);
		decider_release(&d->decider);
	}
	d->rb = rb;
	d->policy = number;
	decider_init(&d->decider, rb, (struct world){submit_find, d, &d->pots});
	rulebook_unref(old);
	return unfit;
}

/* ---- starting ---- */

static int say(struct daemon *d, int status, const char *what)
{
	fprintf(stderr, "waymark serve: %s" STR_FMT "\n", what, STR_ARG(buf_view(&d->why)));
	return status;
}

/* Called on the writing thread. */
static void wake(void *arg)
{
	struct daemon *d = arg;
	ev_async_send(d->loop, &d->commit.landed);
}

static enum status open_writer(struct daemon *d)
{
	struct buf key = {0};
	buf_fmt(&key, "%s.head-key", d->config.ledger);
	buf_char(&key, '\0');
	const struct ledger_config config = {
	    .path = d->config.ledger,
	    .wake = wake,
	    .arg = d,
	    .most_bytes = d->config.ledger_most,
	    .head_key = d->config.head_key ? d->config.head_key : key.p,
	};
	enum status st = ledger_open(&config, &d->ledger, &d->why);
	buf_release(&key);
	return st;
}

/* An old copy of the ledger, beside the keys of a later one. */
static void tell_destroyed_beyond(struct daemon *d)
{
	uint64_t n = ledger_destroyed_beyond(d->ledger);
	if (n)
		log_line(&d->log, LOG_WARNING, "destroyed-beyond", "i", "count", (int64_t)n, "c",
			 "detail",
			 "cases were destroyed in a later copy of this ledger that this copy does "
			 "not have: when events for them come again, carry the orders out again",
			 NULL);
}

static int open_ledger(struct daemon *d)
{
	commit_start(d);
	if (open_writer(d) || ledger_reader_open(d->config.ledger, &d->reader, &d->why) ||
	    tokens_load(&d->tokens, d->config.ledger, &d->why))
		return say(d, EXIT_ENVIRONMENT, "");
	if (daemon_pots(d)) {
		buf_str(&d->why, ledger_reader_error(d->reader));
		return say(d, EXIT_ENVIRONMENT, "");
	}
	tell_destroyed_beyond(d);
	return versions_load(d) ? say(d, EXIT_ENVIRONMENT, "") : EXIT_FINE;
}

/* The ledger, reloads and the log need descriptors, too, however many peers there are. */
static unsigned connections_most(unsigned wanted)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files))
		return wanted;
	rlim_t want = (rlim_t)wanted + DESCRIPTORS_KEPT;
	if (files.rlim_cur < want) {
		files.rlim_cur = files.rlim_max < want ? files.rlim_max : want;
		setrlimit(RLIMIT_NOFILE, &files);
		getrlimit(RLIMIT_NOFILE, &files);
	}
	if (files.rlim_cur >= want)
		return wanted;
	return files.rlim_cur > 2 * DESCRIPTORS_KEPT ? (unsigned)files.rlim_cur - DESCRIPTORS_KEPT
						     : DESCRIPTORS_KEPT;
}

/* What is kept for peers is bounded by its bytes. glibc raises the size from which a block is given
 * back to the kernel at once as blocks are freed; then what grows for a peer leaves holes, and the
 * daemon takes up to half as much again. Setting the size, here to glibc's own first one, keeps it.
 */
static void give_back_large_blocks(void)
{
	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
}

static int listen_all(struct daemon *d)
{
	give_back_large_blocks();
	struct http_config config = http_config_default();
	config.max_connections = connections_most(config.max_connections);
	config.buffered_most = d->config.buffer_most;
	d->http = http_server_new(d->loop, &config, routes_handle, d);
	enum status st = reload_tls(d);
	if (!st && d->config.listen)
		st = http_listen_tcp(d->http, str_from(d->config.listen), &d->why);
	if (!st && d->config.socket)
		st = http_listen_unix(d->http, str_from(d->config.socket), &d->why);
	if (st)
		return say(d, st == STATUS_INVALID ? EXIT_USAGE : EXIT_ENVIRONMENT, "");
	return EXIT_FINE;
}

static void announce(struct daemon *d)
{
	log_line(&d->log, LOG_INFO, "listening", "i", "port", (int64_t)http_server_port(d->http),
		 "c", "socket", d->config.socket ? d->config.socket : "", "c", "version",
		 d->rb->version, "i", "tokens", (int64_t)d->tokens.n, "i", "pid", (int64_t)getpid(),
		 NULL);
	sd_notify(0, "READY=1"); /* does nothing unless systemd asked for it */
}

int daemon_start(struct daemon *d, const struct daemon_config *config)
{
	*d = (struct daemon){.config = *config,
			     .log = {.fd = STDERR_FILENO, .least = config->log_level},
			     .clock = {.fd = -1}};
	int status = confine_first(d);
	if (status)
		return status;
	d->loop = ev_loop_new(EVFLAG_NOSIGMASK);
	d->doc = json_doc_new();
	d->now_us = clock_now_us();
	peers_init(&d->peers);
	d->metrics.started_us = d->now_us;
	cases_init(&d->cases, config->cases_most);
	d->timers.next = TIME_NEVER; /* until timers_start */
	jobs_start(d);
	status = reload_read(d);
	if (!status)
		status = open_ledger(d);
	if (!status)
		status = reload_first(d);
	if (status)
		return status;
	versions_start(d);
	clock_watch_start(d);
	shadow_start(d);
	start_turns(d);
	streams_start(d);
	reports_start(d);
	start_signal(d, &d->on_term, SIGTERM, on_end);
	start_signal(d, &d->on_int, SIGINT, on_end);
	start_signal(d, &d->on_hup, SIGHUP, on_reload);
	settle_start(d);
	retention_start(d);
	if (d->draining)
		return EXIT_FINE;
	status = listen_all(d);
	if (!status)
		status = confine_last(d);
	if (!status)
		announce(d);
	return status;
}

int daemon_run(struct daemon *d)
{
	if (!d->drained)
		ev_run(d->loop, 0);
	jobs_release(d); /* what they found may still go to the ledger */
	shadow_release(d);
	daemon_reader_end(d);
	ledger_reader_close(d->reader); /* first: only the last one out copies the log back */
	d->reader = NULL;
	enum status st = ledger_close(d->ledger);
	d->ledger = NULL;
	if (st == STATUS_FULL) /* what was not written was not acknowledged */
		st = STATUS_OK;
	log_line(&d->log, st ? LOG_ERROR : LOG_INFO, "stopped", "i", "requests",
		 (int64_t)(d->http ? http_server_counters(d->http)->requests : 0), NULL);
	return st ? EXIT_ENVIRONMENT : EXIT_FINE;
}

/* What comes now is too late to mean anything; left to itself it would end the process with a
 * status that says that something went wrong. */
static void stop_signal(struct daemon *d, ev_signal *w)
{
	if (!ev_is_active(w))
		return;
	sigset_t held;
	int number = w->signum;
	sigemptyset(&held);
	sigaddset(&held, number);
	pthread_sigmask(SIG_BLOCK, &held,
			NULL); /* stopping restores what the signal does by itself */
	ev_signal_stop(d->loop, w);
	signal(number, SIG_IGN);
}

static void stop_watchers(struct daemon *d)
{
	stop_signal(d, &d->on_term);
	stop_signal(d, &d->on_int);
	stop_signal(d, &d->on_hup);
	ev_check_stop(d->loop, &d->on_turn_start);
	ev_prepare_stop(d->loop, &d->on_turn_end);
	timers_stop(d);
	clock_watch_stop(d);
	retention_stop(d);
	streams_stop(d);
	jobs_release(d);
	reports_stop(d);
	replays_release(d);
	shadow_release(d);
	reload_release(d);
	versions_release(d);
	commit_release(d);
}

void daemon_release(struct daemon *d)
{
	http_server_free(d->http);
	ledger_close(d->ledger);
	ledger_reader_close(d->reader);
	stop_watchers(d);
	timers_release(d);
	if (d->rb)
		decider_release(&d->decider);
	cases_release(&d->cases, d->rb);
	pots_release(&d->pots);
	rulebook_unref(d->rb);
	trace_release(&d->trace);
	tokens_release(&d->tokens);
	event_reader_release(&d->events);
	json_doc_free(d->doc);
	buf_release(&d->text);
	buf_release(&d->event_text);
	buf_release(&d->why);
	log_release(&d->log);
	ev_loop_destroy(d->loop);
}
