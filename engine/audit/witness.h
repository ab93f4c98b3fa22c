/* SPDX-License-Identifier: Apache-2.0
 *
 * A witness: a short history, with days, that two rulebooks decide differently as far as one
 * provision goes; or, of one rulebook alone, one that runs against a prohibition or breaks a
 * promise, or makes somebody owe more than some amount in a year. Histories are put together from
 * an alphabet (alphabet.h) and decided by the engine, those with the fewest lines first; what is
 * found is then made smaller as long as it shows the same. So a witness is real; that none is found
 * proves nothing.
 *
 *     struct witness w;
 *     if (witness_find(&w, &(struct wanted){{old, new}, {county, county}, {block, block}}))
 *             buf_str(&out, w.scenario);
 *     witness_release(&w);
 */
#ifndef WAYMARK_AUDIT_WITNESS_H
#define WAYMARK_AUDIT_WITNESS_H

#include "engine/audit/alphabet.h"

#define WITNESS_LINES  4u      /* events, or waits, of a history at most */
#define WITNESS_WORK   150000u /* lines decided, for one provision */
#define WITNESS_ROUNDS 366u    /* times that a history may come again, for sums */

struct wanted {
	const struct rulebook
	    *rb[2]; /* old, new; old NULL: a breach in the new one is looked for */
	uint16_t county[2];
	uint32_t block[2]; /* UINT32_MAX: there is none in that one */
	size_t work;       /* 0: WITNESS_WORK */
	/* Instead of a block: in the new rulebook, a case of the kind that is to owe more than so
	 * much in one year. */
	bool owes;
	uint16_t kind;
	int64_t more_than;
};

/* What happens, for people who read no policies; without days: what the case was like before. */
struct told {
	int32_t from, to; /* first and last day; DAY_NONE: at the beginning */
	struct str words; /* A session was attended: minutes 60 */
};

struct witness {
	bool found;
	size_t tried;       /* histories */
	bool exhausted;     /* all that the alphabet allows were tried */
	struct str history; /* the scenario's lines, as `waymark test` reads them */
	struct str
	    came[2]; /* what the last line brings: its expectations, one a line, old and new */
	struct told *told; /* the history, line by line */
	size_t ntold;
	int64_t owed; /* in the dearest year, where that was asked */
	struct arena arena;
};

bool witness_find(struct witness *w, const struct wanted *wanted);
void witness_release(struct witness *w);

#endif
