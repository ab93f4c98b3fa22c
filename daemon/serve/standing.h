/* SPDX-License-Identifier: Apache-2.0
 *
 * Before a version of the policy is in force: would every case that the ledger has find in it what
 * it stands on: its step, its stage, its running schedules, places for its facts? A case that does
 * not could not be read under it; its events would be refused and its deadlines wait. So such a
 * version is not put in force, and who brings it is told how many cases lack what.
 *
 *     struct standing s = {0};
 *     standing_look(&s, "waymark.db", rb, known);   // looks through all cases: on a thread of its
 * own if (s.why.len) ... the ledger cannot be read ... if (s.unfit) standing_text(&s, &text);    //
 * "2 cases lack the step "referral" of …" standing_release(&s);
 */
#ifndef WAYMARK_SERVE_STANDING_H
#define WAYMARK_SERVE_STANDING_H

#include "engine/base/arena.h"
#include "engine/base/map.h"
#include "engine/base/vec.h"
#include "engine/policy/policy.h"

/* What is told apart; cases that lack something else are counted together. */
#define STANDING_KINDS_MOST 64

struct standing_lack {
	uint64_t cases;
	struct str what; /* "the step "referral" of "attendance" (write `move step …`)" */
};

struct standing {
	struct arena arena;
	VEC(struct standing_lack) lacks;
	struct map by_what;
	uint64_t looked_at, unfit, others;
	struct buf why; /* the ledger cannot be read; else empty */
};

/* With a reader of its own, each case as it is when its turn comes: no snapshot keeps the log. A
 * case whose record is damaged fits no version and is not counted. `known`: a version that all
 * cases are known to fit, or NULL; where they stand on the same in both (wire/footing.h), none is
 * looked at. */
void standing_look(struct standing *s, const char *ledger, const struct rulebook *rb,
		   const struct rulebook *known);
void standing_text(const struct standing *s, struct buf *out);
void standing_json(const struct standing *s, struct buf *out); /* [{"cases":2,"lack":"…"}] */
void standing_release(struct standing *s);

#endif
