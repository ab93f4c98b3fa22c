/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds in every history of any length, because nothing in the rulebook can bring about
 * anything else. A prohibition (`never`, `only after`) always holds, since decide refuses what
 * would break it; the question is whether anything can ever run against it, so that a person's
 * event is refused. A promise (`always`) holds for certain where something keeps it in time
 * (kept.h).
 *
 *     struct proofs p = {0};
 *     proofs_find(&p, rb);
 *     for (i < p.n) p.at[i].verdict ...
 *     proofs_release(&p);
 *
 * PROOF_OPEN says only that this argument does not decide it: a history is to be looked for
 * (trial/witness.h).
 */
#ifndef WAYMARK_ANALYSE_PROOF_H
#define WAYMARK_ANALYSE_PROOF_H

#include "engine/analyse/kept.h"
#include "engine/analyse/sums.h"
#include "engine/base/vec.h"

enum proof_verdict {
	PROOF_NOTHING,  /* no provision has such an action */
	PROOF_EXCLUDED, /* some have, and their conditions and its own exclude each other */
	PROOF_KEPT,     /* always: it is done at the same event, whenever it is promised */
	PROOF_IN_TIME,  /* always: that, or a deadline of the same event does it in time */
	PROOF_WITHIN,   /* never … more than: all that counts never comes to more */
	PROOF_OPEN
};

struct proof {
	uint32_t block; /* a never or always */
	enum proof_verdict verdict;
	size_t actions; /* that it speaks of */
	uint32_t part;  /* PROOF_OPEN: the first that may run against a never, or that does not keep
			   an always for sure; or NO_PART */
	struct promised kept; /* always: what keeps it, or what stands in the way */
	struct str words;     /* PROOF_OPEN, never: a case in which both hold; may be empty */
	bool summed;          /* never … more than: */
	struct sum sum;       /* what it comes to, or what stands in the way */
	uint16_t county;      /* PROOF_OPEN: where */
	size_t counties;      /* that it is in force in */
};

#define NO_PART UINT32_MAX

struct proofs {
	struct proof *at;
	size_t n, cap;
	struct arena arena;
};

/* Every never and always that is in force in some county, in order of the rulebook. */
void proofs_find(struct proofs *p, const struct rulebook *rb);
void proofs_release(struct proofs *p);

#endif
