/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/feed.h"

#include "daemon/ledger/register.h"
#include "engine/base/limits.h"
#include "engine/base/mem.h"
#include "engine/case/json.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FLUSH_EVERY    1024
#define IN_FLIGHT_MOST 8192

void feed_fail(const char *what, struct str why)
{
	fprintf(stderr, "bench: %s: " STR_FMT "\n", what, STR_ARG(why));
	exit(3);
}

/* ---- opening ---- */

static const struct case_state *find(void *arg, uint16_t kind, struct str id)
{
	struct feed *f = arg;
	uint32_t i = map_get(&f->by_id, id);
	return i == MAP_NONE || f->cases.at[i].cs->kind != kind ? NULL : f->cases.at[i].cs;
}

static void take_back(struct feed *f, size_t most)
{
	ledger_flush(f->ledger);
	while (ledger_in_flight(f->ledger) > most) {
		struct ledger_unit *u = ledger_completed(f->ledger);
		if (u && u->status)
			feed_fail("writing", ledger_failure(f->ledger));
		if (u)
			ledger_unit_free(f->ledger, u);
		else
			nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
	}
}

/* As the daemon does with the folder of policies when it first starts. */
static void put_in_force(struct feed *f)
{
	f->policy = ledger_policy(f->ledger, f->policies.rb, 1);
	struct ledger_unit *u = ledger_unit_new(f->ledger, NULL);
	ledger_unit_act(u,
			&(struct ledger_act){
			    .at_us = 1, .policy = f->policy, .kind = ACT_ACTIVATED, .from_us = 1});
	ledger_submit(f->ledger, u);
	take_back(f, 0);
}

void feed_open(struct feed *f, const char *policies, const char *ledger)
{
	*f = (struct feed){.doc = json_doc_new()};
	ledger_start();
	if (sodium_init() < 0 || load_rulebook(&f->policies, policies, &f->why))
		feed_fail(policies, buf_view(&f->why));
	decider_init(&f->decider, f->policies.rb, (struct world){find, f, &f->pots});
	const struct ledger_config config = {.path = ledger};
	if (ledger_open(&config, &f->ledger, &f->why))
		feed_fail(ledger, buf_view(&f->why));
	put_in_force(f);
}

/* ---- one event ---- */

static struct feed_case *case_of(struct feed *f, const struct event *ev)
{
	uint32_t i = map_get(&f->by_id, ev->subject);
	if (i != MAP_NONE)
		return &f->cases.at[i];
	struct feed_case *c = vec_push(&f->cases);
	*c = (struct feed_case){.cs = case_new(f->policies.rb, ev->subject, ev->kind, ev->county),
				.due = LEDGER_NOT_DUE};
	map_put(&f->by_id, c->cs->id, (uint32_t)f->cases.n - 1);
	return c;
}

static struct ledger_unit *unit_for(struct feed *f, struct feed_case *c)
{
	struct ledger_unit *u = ledger_unit_new(f->ledger, NULL);
	bool is_new = !c->no;
	if (is_new)
		c->no = ledger_take_case(f->ledger);
	ledger_unit_case(u, c->no, is_new, c->last_seq, c->due);
	return u;
}

static void record(struct feed *f, struct feed_case *c, struct ledger_unit **u,
		   const struct decision *d, struct str event)
{
	if (!*u)
		*u = unit_for(f, c);
	struct ledger_stamp stamp = {ledger_take_seq(f->ledger), d->event.time, f->policy};
	buf_clear(&f->text);
	decision_json(&f->text, f->policies.rb, d, stamp.seq, false);
	ledger_unit_decision(*u, f->policies.rb, d, stamp, event, buf_view(&f->text));
	pots_apply(&f->pots, f->policies.rb, d);
}

static void record_due(struct feed *f, struct feed_case *c, struct ledger_unit **u,
		       const struct decision *d)
{
	buf_clear(&f->line);
	event_json(&f->line, f->policies.rb, &d->event);
	record(f, c, u, d, buf_view(&f->line));
	f->fired++;
}

static void read_event(struct feed *f, const struct gen_event *e, struct event *ev)
{
	const struct json *root;
	struct refusal no = {0};
	buf_clear(&f->line);
	gen_json(&f->line, e);
	if (json_parse(f->doc, buf_view(&f->line), LIMIT_BODY_BYTES, &root, &f->why) ||
	    !event_read(&f->reader, f->policies.rb, root, &f->arena, ev, &no))
		feed_fail("an event does not fit the policies", buf_view(&f->line));
}

static struct ledger_unit *decide(struct feed *f, const struct event *ev)
{
	struct decision d;
	struct ledger_unit *u = NULL;
	int64_t at;
	struct feed_case *c = case_of(f, ev);
	while (case_next_due(c->cs, &at) && at <= ev->time) {
		decide_due(&f->decider, c->cs, &d);
		record_due(f, c, &u, &d);
	}
	if (!decide_event(&f->decider, c->cs, ev, &d)) {
		record(f, c, &u, &d, buf_view(&f->reader.json));
		ledger_unit_sender(u, STR("bench"));
		f->events++;
	}
	if (!u)
		return NULL;
	ledger_unit_state(u, f->policies.rb, c->cs);
	c->last_seq = u->last_seq;
	c->due = u->next_due;
	return u;
}

struct ledger_unit *feed_next(struct feed *f)
{
	struct gen_event e;
	struct ledger_unit *u = NULL;
	while (!u && gen_next(&f->gen, &e)) {
		struct event ev;
		arena_reset(&f->arena);
		read_event(f, &e, &ev);
		u = decide(f, &ev);
	}
	return u;
}

void feed_send(struct feed *f, struct ledger_unit *u)
{
	ledger_submit(f->ledger, u);
	if (f->events % FLUSH_EVERY == 0)
		take_back(f, IN_FLIGHT_MOST);
}

void feed_close(struct feed *f)
{
	take_back(f, 0);
	if (ledger_close(f->ledger))
		feed_fail("closing", STR("not all of it is on disk"));
	for (size_t i = 0; i < f->cases.n; i++)
		case_free(f->policies.rb, f->cases.at[i].cs);
	vec_release(&f->cases);
	map_release(&f->by_id);
	pots_release(&f->pots);
	decider_release(&f->decider);
	load_release(&f->policies);
	json_doc_free(f->doc);
	event_reader_release(&f->reader);
	arena_release(&f->arena);
	buf_release(&f->line);
	buf_release(&f->text);
	buf_release(&f->why);
}
