/* SPDX-License-Identifier: Apache-2.0
 *
 * What cases that were destroyed did to the pots: they cannot be decided again, so what they drew
 * is taken as it is recorded, and all others see the pots as they were.
 *
 *     struct gone g = {.reader = reader, .pots = &pots};
 *     if (gone_load(&g)) …
 *     for (each event)
 *             gone_give_back(&g, seq), (destroyed ? gone_draw(&g, seq) : …);
 *     gone_give_back(&g, UINT64_MAX);
 *     gone_release(&g);
 */
#ifndef WAYMARK_REPLAY_GONE_H
#define WAYMARK_REPLAY_GONE_H

#include "daemon/ledger/ledger.h"
#include "engine/base/vec.h"

struct gone_back {
	struct pot draw;
	uint64_t after_seq;
};

struct gone {
	struct ledger_reader *reader; /* lent, as are the pots */
	struct pots *pots;
	VEC(struct gone_back) back; /* what they gave back when they were destroyed, in order */
	size_t given;               /* of which so many are in the pots */
	struct arena names;
};

enum status gone_load(struct gone *g);
/* Into the pots: all that was given back before an event. False: there was nothing new. */
bool gone_give_back(struct gone *g, uint64_t before_seq);
/* Likewise what one event drew, as it is recorded. */
enum status gone_draw(struct gone *g, uint64_t seq);
/* Is it the id of a case that was destroyed? */
bool gone_is(struct gone *g, struct str id);
void gone_release(struct gone *g);

#endif
