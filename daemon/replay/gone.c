/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/replay/gone.h"

#include "daemon/ledger/destroy.h"

static void apply(struct gone *g, const struct pot *draw)
{
	struct pot *own = pots_get(g->pots, draw);
	own->reserved += draw->reserved;
	own->committed += draw->committed;
}

static void on_draw(void *arg, const struct pot *draw, uint64_t after_seq)
{
	(void)after_seq;
	apply(arg, draw);
}

static void on_back(void *arg, const struct pot *draw, uint64_t after_seq)
{
	struct gone *g = arg;
	struct gone_back *b = vec_push(&g->back);
	*b = (struct gone_back){*draw, after_seq};
	b->draw.name = arena_str(&g->names, draw->name);
	b->draw.county = arena_str(&g->names, draw->county);
}

enum status gone_load(struct gone *g)
{
	uint64_t after = 0;
	return ledger_given_back(g->reader, &after, on_back, g);
}

bool gone_give_back(struct gone *g, uint64_t before_seq)
{
	size_t before = g->given;
	for (; g->given < g->back.n && g->back.at[g->given].after_seq < before_seq; g->given++)
		apply(g, &g->back.at[g->given].draw);
	return g->given > before;
}

enum status gone_draw(struct gone *g, uint64_t seq)
{
	return ledger_draws(g->reader, seq, on_draw, g);
}

bool gone_is(struct gone *g, struct str id)
{
	struct ledger_case row;
	return ledger_find_case(g->reader, id, &row) == STATUS_GONE;
}

void gone_release(struct gone *g)
{
	vec_release(&g->back);
	arena_release(&g->names);
}
