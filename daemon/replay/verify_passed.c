/* SPDX-License-Identifier: Apache-2.0
 *
 * Cases that were destroyed, and those that rest on what they said: they cannot be decided again.
 * What they drew is taken as it is recorded, so that all others see the pots as they were.
 */
#include "daemon/replay/verify_internal.h"
#include "daemon/ledger/destroy.h"

static void apply(struct replay *r, const struct pot *draw)
{
	struct pot *own = pots_get(&r->pots, draw);
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
	struct replay *r = arg;
	struct replay_back *b = vec_push(&r->back);
	*b = (struct replay_back){*draw, after_seq};
	b->draw.name = arena_str(&r->back_names, draw->name);
	b->draw.county = arena_str(&r->back_names, draw->county);
}

enum status replay_load_back(struct replay *r)
{
	return ledger_given_back(r->past, 0, on_back, r);
}

void replay_give_back(struct replay *r, uint64_t before_seq)
{
	for (; r->given < r->back.n && r->back.at[r->given].after_seq < before_seq; r->given++)
		apply(r, &r->back.at[r->given].draw);
}

void replay_pass(struct replay *r, struct replay_case *c, uint64_t seq)
{
	if (r->trying)
		return;
	if (c && !c->passed)
		r->report->passed++;
	if (c) {
		c->passed = true;
		c->last_seq = seq;
	}
	if (ledger_draws(r->past, seq, on_draw, r))
		r->failed = STATUS_IO;
}

bool replay_is_gone(struct replay *r, struct str id)
{
	struct ledger_case row;
	return ledger_find_case(r->past, id, &row) == STATUS_GONE;
}
