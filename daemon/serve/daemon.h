/* SPDX-License-Identifier: Apache-2.0
 *
 * The daemon: all its state is one struct daemon, and all of it belongs to the thread that runs the
 * loop. Other threads are the ledger's writer and those of jobs (jobs.h), such as compiling. Each
 * hands over through an ev_async and touches nothing here.
 *
 *     struct daemon d;
 *     int status = daemon_start(&d, &config);     // 0: listening
 *     if (!status)
 *             status = daemon_run(&d);            // until SIGTERM or SIGINT; then drains
 *     daemon_release(&d);
 *     return status;                              // an exit status
 *
 * The life of an event is in submit.h, what happens when it is on disk in commit.h, deadlines in
 * timers.h, the table of routes in routes.h.
 */
#ifndef WAYMARK_SERVE_DAEMON_H
#define WAYMARK_SERVE_DAEMON_H

#include "daemon/ledger/ledger.h"
#include "daemon/ledger/tokens.h"
#include "daemon/serve/cases.h"
#include "daemon/serve/clock_watch.h"
#include "daemon/serve/commit.h"
#include "daemon/serve/confine.h"
#include "daemon/serve/http.h"
#include "daemon/serve/jobs.h"
#include "daemon/serve/log.h"
#include "daemon/serve/metrics.h"
#include "daemon/serve/peers.h"
#include "daemon/serve/reload.h"
#include "daemon/serve/replays.h"
#include "daemon/serve/reports.h"
#include "daemon/serve/retention.h"
#include "daemon/serve/streams.h"
#include "daemon/serve/settle.h"
#include "daemon/serve/shadow.h"
#include "daemon/serve/timers.h"
#include "daemon/serve/tls.h"
#include "daemon/serve/trust.h"
#include "daemon/serve/versions.h"
#include "daemon/wire/event_read.h"
#include "engine/decide/decide.h"

#include <ev.h>

struct daemon_config {
	const char *policies;    /* the rulebook: a folder or a file */
	const char *ledger;      /* the database */
	const char *head_key;    /* file of the key that signs the log; NULL: LEDGER.head-key */
	const char *trusted_key; /* file of public keys; NULL: policies need no signature */
	bool approval;           /* a version from the folder needs an approval, too */
	const char *listen;      /* an address and port, or NULL */
	const char *socket;      /* path of a Unix socket, or NULL */
	struct rate rate;        /* of a token without one of its own; per_s 0: none */
	struct tls_files tls;    /* .certificate NULL: plaintext */
	size_t queue_most;       /* events in flight; above it 503 */
	size_t cases_most;       /* cases kept in memory */
	uint64_t ledger_most;    /* bytes that the ledger may grow to; 0: what the disk has */
	uint64_t ahead_min; /* events dated further ahead of the clock are refused; 0: none are */
	const char *user;   /* whom to become when started by root, or NULL */
	enum confine_mode confine;

	size_t buffer_most;       /* bytes kept for slow peers in all; above it 503 */
	uint64_t disk_least;      /* bytes that the ledger's disk should have left; 0: any */
	enum log_level log_level; /* what is less is not logged */
	bool log_requests;
	uint64_t retention; /* years for which cases that are over are kept; 0: for ever */
};

struct daemon_config daemon_config_default(void);

struct daemon {
	struct daemon_config config;
	struct log log;
	struct ev_loop *loop;
	struct http_server *http;
	ev_signal on_term, on_int, on_hup;
	ev_check on_turn_start;
	ev_prepare on_turn_end;
	struct tokens tokens;
	struct peers peers;

	/* the policy in force; others: versions_at */
	struct rulebook *rb;
	uint32_t policy; /* its number in the ledger */
	struct versions versions;
	struct trust trust;
	unsigned holds_flying; /* legal holds on their way to the disk */
	struct {
		int64_t told_us; /* ticks; 0: never */
		uint64_t n;      /* since */
	} forbidden;             /* events that named what is not their sender's to name */
	bool keys_failed;        /* its file was not taken when it was last read */
	struct decider decider;
	struct trace trace; /* of evaluations that are to be explained */
	struct reload reload;
	struct jobs jobs;
	struct replays replays;
	struct shadowing shadow;

	struct ledger *ledger;
	struct ledger_reader *reader; /* use daemon_reader */
	bool reading;                 /* a snapshot is open, until the end of the turn at most */
	struct commit commit;
	struct cases cases;
	struct pots pots;    /* what cases share; the sum of all that is recorded or in flight */
	uint64_t given_back; /* by destroyed cases, up to that number: in the pots */
	struct timers timers;
	struct settling settling;
	struct retention retention;
	struct clock_watch clock;
	struct streams streams;
	struct reports reports;
	struct metrics metrics;

	/* scratch of a request, used again and again */
	struct json_doc *doc;
	struct event_reader events;
	struct buf text, event_text, why;
	int64_t now_us; /* wall clock at the start of this turn of the loop */
	bool draining;
	bool drained; /* no connection is left */
	int exit_status;
};

/* Loads the policies, opens the ledger, fires what is overdue, listens. 0, or the exit status of
 * the failure, which has been said on stderr. Call daemon_release in either case. */
int daemon_start(struct daemon *d, const struct daemon_config *config);
int daemon_run(struct daemon *d);
void daemon_release(struct daemon *d);

/* Ends the loop when the last request is answered and the last unit is on disk. */
void daemon_end_if_done(struct daemon *d);

/* The reader, within the snapshot of this turn of the loop. What commits is seen after
 * daemon_reader_end: see commit.c. */
struct ledger_reader *daemon_reader(struct daemon *d);
void daemon_reader_end(struct daemon *d);

/* Reads the pots from the ledger anew; nothing is in flight. */
enum status daemon_pots(struct daemon *d);

/* Puts a policy in force, which the ledger has under that number: carries cases over. Takes over
 * the reference. Returns how many cases in flight do not fit it. Nothing may hold a decision of the
 * decider. */
size_t daemon_policy(struct daemon *d, struct rulebook *rb, uint32_t number);

#endif
