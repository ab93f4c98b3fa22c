/* SPDX-License-Identifier: Apache-2.0
 *
 * Events per second of CLIPS on the rules of pathway.clp. usage: bench_clips RULES EVENTS CASES
 */
#include "tests/bench/clock.h"
#include "tests/bench/host_state.h"

#include <clips/clips.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t outcomes;

static void count_outcome(void *env)
{
	(void)env;
	outcomes++;
}

static void put(void *env, void *fact, const char *slot, unsigned short type, void *value)
{
	DATA_OBJECT v = {0};
	SetType(v, type);
	SetValue(v, value);
	EnvPutFactSlot(env, fact, slot, &v);
}

static void put_symbol(void *env, void *fact, const char *slot, const char *symbol)
{
	put(env, fact, slot, SYMBOL, EnvAddSymbol(env, symbol));
}

static void one(void *env, void *tmpl, struct host_state *state, const struct gen_event *e)
{
	unsigned seen = host_state_see(state, e);
	void *fact = EnvCreateFact(env, tmpl);
	put_symbol(env, fact, "type", gen_type_name(e->type).p);
	put(env, fact, "minutes", INTEGER, EnvAddLong(env, e->minutes));
	put_symbol(env, fact, "trauma", e->agency % 2 == 0 ? "yes" : "no");
	put_symbol(env, fact, "explained", e->yes ? "yes" : "no");
	put(env, fact, "count", INTEGER, EnvAddLong(env, seen));
	put_symbol(env, fact, "step", seen ? "diversion" : "none");
	EnvAssignFactSlotDefaults(env, fact);
	fact = EnvAssert(env, fact);
	EnvRun(env, -1);
	EnvRetract(env, fact);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	void *env = CreateEnvironment();
	EnvDefineFunction2(env, "outcome", 'v', PTIEF count_outcome, "count_outcome", "11i");
	if (EnvLoad(env, argv[1]) != 1)
		return 3;
	EnvSetFactDuplication(env, TRUE);
	uint32_t cases = (uint32_t)strtoul(argv[3], NULL, 10);
	struct host_state state = host_state_new(cases);
	void *tmpl = EnvFindDeftemplate(env, "event");
	struct gen g;
	struct gen_event e;
	gen_init(&g, strtoull(argv[2], NULL, 10), cases);
	int64_t from = clock_ns();
	while (gen_next(&g, &e))
		one(env, tmpl, &state, &e);
	double seconds = (double)(clock_ns() - from) / 1e9;
	printf("clips %.0f events/s, %llu outcomes\n", (double)g.total / seconds,
	       (unsigned long long)outcomes);
	return 0;
}
