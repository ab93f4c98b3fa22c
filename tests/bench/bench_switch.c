/* SPDX-License-Identifier: Apache-2.0
 *
 * The floor: the same rules as a plain C switch over events made beforehand, without outcomes,
 * ids, dates or case lookup. usage: bench_switch EVENTS CASES
 */
#include "engine/base/mem.h"
#include "tests/bench/clock.h"
#include "tests/bench/host_state.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned decide(const struct gen_event *e, unsigned seen)
{
	bool trauma = e->agency % 2 == 0;
	switch (e->type) {
	case GEN_SESSION:
		return e->minutes >= 60 && trauma ? 2 : 0;
	case GEN_MISSED:
		return !e->yes && !seen;
	case GEN_DIVERSION_MISSED:
	case GEN_COMPLETED:
		return seen != 0;
	case GEN_CONTACT:
		return seen >= 2;
	case GEN_HOUSING:
		return trauma;
	case GEN_HOUSING_ENDED:
	case GEN_WORKFORCE:
	case GEN_CONVICTION:
		return 1;
	default:
		return 0;
	}
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	uint64_t total = strtoull(argv[1], NULL, 10), outcomes = 0;
	uint32_t cases = (uint32_t)strtoul(argv[2], NULL, 10);
	struct gen_event *events = mem_alloc(total * sizeof(*events));
	struct gen g;
	gen_init(&g, total, cases);
	for (uint64_t i = 0; gen_next(&g, &events[i]); i++)
		;
	struct host_state state = host_state_new(cases);
	int64_t from = clock_ns();
	for (uint64_t i = 0; i < total; i++)
		outcomes += decide(&events[i], host_state_see(&state, &events[i]));
	double seconds = (double)(clock_ns() - from) / 1e9;
	printf("switch %.0f events/s, %llu outcomes\n", (double)total / seconds,
	       (unsigned long long)outcomes);
	return 0;
}
