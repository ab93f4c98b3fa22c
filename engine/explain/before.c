/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/before.h"

static void forget(struct before *b)
{
	if (b->cs)
		case_free(b->rb, b->cs);
	pots_release(&b->pots);
	b->cs = NULL;
}

static void note(void *arg, const struct case_state *cs, const struct event *ev)
{
	struct before *b = arg;
	forget(b);
	b->rb = b->decider->rb;
	b->cs = case_clone(b->rb, cs);
	b->event = ev->key;
	if (b->decider->world.pots)
		pots_copy(&b->pots, b->decider->world.pots);
}

void before_watch(struct before *b, struct decider *d)
{
	*b = (struct before){.decider = d};
	d->before = note;
	d->before_arg = b;
}

bool before_past(const struct before *b, const struct decision *d, const struct trace *t,
		 struct past *out)
{
	if (!b->cs || !hash128_eq(b->event, d->event.key))
		return false;
	struct world world = b->decider->world;
	world.pots = &b->pots;
	*out = (struct past){b->rb, d, t, b->cs, world};
	return true;
}

void before_release(struct before *b)
{
	forget(b);
}
