/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes a large ledger, with real decisions, by the ledger's own writer.
 *
 *     gen_ledger POLICIES LEDGER CASES TURNS START SECONDS [waiting]
 *
 * Each case has one event in each of TURNS turns. They occur from START on (seconds since 1970)
 * over SECONDS. waiting: each event is a missed appointment, so that each case has a deadline.
 */
#include "tests/bench/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	bool waiting = argc == 8 && strcmp(argv[7], "waiting") == 0;
	if (argc != 7 && !waiting) {
		fprintf(stderr, "usage: gen_ledger POLICIES LEDGER CASES TURNS START SECONDS"
				" [waiting]\n");
		return 2;
	}
	struct feed f;
	uint64_t cases = strtoull(argv[3], NULL, 10), turns = strtoull(argv[4], NULL, 10);
	feed_open(&f, argv[1], argv[2]);
	gen_init(&f.gen, 0, (uint32_t)cases);
	f.gen.total = f.gen.agencies + cases * turns;
	f.gen.in_turn = true;
	f.gen.waiting = waiting;
	f.gen.start_s = strtoll(argv[5], NULL, 10);
	f.gen.span_s = strtoll(argv[6], NULL, 10);
	for (struct ledger_unit *u; (u = feed_next(&f));)
		feed_send(&f, u);
	fprintf(stderr, "%zu cases, %llu events, %llu fired\n", f.cases.n,
		(unsigned long long)f.events, (unsigned long long)f.fired);
	feed_close(&f);
	return 0;
}
