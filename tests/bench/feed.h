/* SPDX-License-Identifier: Apache-2.0
 *
 * The benchmark's stream of events (gen.h), decided by the engine and put together as units of a
 * ledger: what the daemon hands to its writing thread, without HTTP.
 *
 *     struct feed f;
 *     feed_open(&f, "policies", ledger_path, log_pages);
 *     gen_init(&f.gen, events, cases);
 *     while ((u = feed_next(&f)))
 *             feed_send(&f, u);           // or looks at it, and frees it
 *     feed_close(&f);                     // all of it is on disk
 *
 * Whatever fails ends the process: these are programs of the benchmark.
 */
#ifndef WAYMARK_BENCH_FEED_H
#define WAYMARK_BENCH_FEED_H

#include "daemon/ledger/ledger.h"
#include "daemon/wire/event_read.h"
#include "daemon/wire/load.h"
#include "engine/base/map.h"
#include "engine/base/vec.h"
#include "engine/decide/decide.h"
#include "tests/bench/gen.h"

struct feed_case {
	struct case_state *cs;
	uint64_t no, last_seq; /* no 0: the ledger does not know it yet */
	struct ledger_due due;
};

struct feed {
	struct gen gen;
	struct loaded policies;
	struct ledger *ledger;
	uint32_t policy;
	struct decider decider;
	struct pots pots;
	struct map by_id;
	VEC(struct feed_case) cases;
	struct json_doc *doc;
	struct event_reader reader;
	struct arena arena; /* of one event */
	struct buf line, text, why;
	uint64_t events, fired; /* decided, and what fell due before them */
};

/* Opens a new ledger in which the policies are in force for all time. The path is borrowed. */
void feed_open(struct feed *f, const char *policies, const char *ledger);
/* The next event with what fell due before it in its case, not submitted; NULL: that was all. Those
 * that the policies refuse are passed over. */
struct ledger_unit *feed_next(struct feed *f);
/* Submits it; waits when many are in flight. */
void feed_send(struct feed *f, struct ledger_unit *u);
void feed_close(struct feed *f);

void feed_fail(const char *what, struct str why) __attribute__((noreturn));

#endif
