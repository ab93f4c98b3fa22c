/* SPDX-License-Identifier: Apache-2.0
 *
 * Decisions per second in process, on the shipped policies: typed events in memory, cases found by
 * id, state, outcomes with ids, deadlines and payments that fall due in between. Also the memory of
 * a case and the time to compile. usage: bench_decide POLICIES EVENTS CASES
 */
#include "daemon/commands/rulebook.h"
#include "daemon/wire/event_read.h"
#include "engine/base/limits.h"
#include "engine/decide/decide.h"
#include "tests/bench/clock.h"
#include "tests/bench/gen.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

struct cases {
	const struct rulebook *rb;
	VEC(struct case_state *) all;
	struct map by_id;
};

static const struct case_state *find(void *arg, uint16_t kind, struct str id)
{
	struct cases *c = arg;
	uint32_t i = map_get(&c->by_id, id);
	return i == MAP_NONE || c->all.at[i]->kind != kind ? NULL : c->all.at[i];
}

static struct case_state *case_of(struct cases *c, const struct event *ev)
{
	uint32_t i = map_get(&c->by_id, ev->subject);
	if (i != MAP_NONE)
		return c->all.at[i];
	struct case_state *cs = case_new(c->rb, ev->subject, ev->kind, ev->county);
	map_put(&c->by_id, cs->id, (uint32_t)c->all.n);
	*vec_push(&c->all) = cs;
	return cs;
}

static struct event *prepare(const struct rulebook *rb, struct gen *g, struct arena *a)
{
	struct event *events = mem_alloc(g->total * sizeof(*events));
	struct json_doc *doc = json_doc_new();
	struct event_reader reader = {0};
	struct buf line = {0}, why = {0};
	struct gen_event e;
	for (uint64_t i = 0; gen_next(g, &e); i++) {
		const struct json *root;
		struct refusal no = {0};
		buf_clear(&line);
		gen_json(&line, &e);
		if (json_parse(doc, buf_view(&line), LIMIT_BODY_BYTES, &root, &why) ||
		    !event_read(&reader, rb, root, a, &events[i], &no)) {
			fprintf(stderr, "event %llu does not fit: " STR_FMT "\n",
				(unsigned long long)i,
				STR_ARG(no.n ? no.reasons[0].text : STR("")));
			exit(1);
		}
	}
	buf_release(&line);
	event_reader_release(&reader);
	json_doc_free(doc);
	return events;
}

#define BATCH 32

/* Events come in batches, as from a file or a queue: the memory of all their cases is asked for
 * before the first one is decided. */
static void fetch(const struct cases *c, const struct event *events, uint64_t n)
{
	uint32_t at[BATCH];
	for (uint64_t i = 0; i < n; i++)
		map_prefetch(&c->by_id, events[i].subject);
	for (uint64_t i = 0; i < n; i++)
		at[i] = map_guess(&c->by_id, events[i].subject);
	for (uint64_t i = 0; i < n; i++)
		if (at[i] != MAP_NONE)
			case_prefetch(c->all.at[at[i]]);
	for (uint64_t i = 0; i < n; i++)
		if (at[i] != MAP_NONE)
			case_prefetch_lists(c->all.at[at[i]]);
}

struct result {
	uint64_t events, refused, timed, outcomes;
};

static void decide_one(struct decider *d, struct cases *c, const struct event *ev, struct result *r)
{
	struct case_state *cs = case_of(c, ev);
	struct decision decision;
	int64_t at;
	while (case_next_due(cs, &at) && at <= ev->time) {
		decide_due(d, cs, &decision);
		r->timed++;
		r->outcomes += decision.n;
	}
	if (decide_event(d, cs, ev, &decision))
		r->refused++;
	else
		r->outcomes += decision.n;
	r->events++;
}

static double compile_ms(const char *path)
{
	double best = 1e9;
	for (int i = 0; i < 5; i++) {
		struct loaded l = {0};
		struct buf why = {0};
		load_sources(&l, path, &why);
		int64_t from = clock_ns();
		load_compile(&l);
		double ms = (double)(clock_ns() - from) / 1e6;
		best = ms < best ? ms : best;
		load_release(&l);
	}
	return best;
}

int main(int argc, char **argv)
{
	if (argc != 4 || sodium_init() < 0)
		return 2;
	struct loaded l = {0};
	if (load_or_report(&l, "bench", argv[1]))
		return 1;
	struct gen g;
	struct arena a = {0};
	struct cases c = {.rb = l.rb};
	gen_init(&g, strtoull(argv[2], NULL, 10), (uint32_t)strtoul(argv[3], NULL, 10));
	struct event *events = prepare(l.rb, &g, &a);
	struct decider d;
	decider_init(&d, l.rb, (struct world){find, &c, NULL});
	struct result r = {0};
	int64_t from = clock_ns();
	for (uint64_t i = 0; i < g.total; i += BATCH) {
		uint64_t n = g.total - i < BATCH ? g.total - i : BATCH;
		fetch(&c, &events[i], n);
		for (uint64_t j = 0; j < n; j++)
			decide_one(&d, &c, &events[i + j], &r);
	}
	double seconds = (double)(clock_ns() - from) / 1e9;
	size_t bytes = 0;
	for (size_t i = 0; i < c.all.n; i++)
		bytes += case_bytes(c.all.at[i]);
	printf("waymark %.0f events/s (%.0f decisions/s with deadlines and payments), "
	       "%llu outcomes, %llu refused\n",
	       (double)r.events / seconds, (double)(r.events + r.timed) / seconds,
	       (unsigned long long)r.outcomes, (unsigned long long)r.refused);
	printf("memory %zu bytes a case, %zu cases\n", bytes / c.all.n, c.all.n);
	printf("compile %.1f ms for %u counties, %u blocks\n", compile_ms(argv[1]), l.rb->ncounties,
	       l.rb->nblocks);
	return 0;
}
