/* SPDX-License-Identifier: Apache-2.0
 *
 * The case as it was before the latest decision, with what it shares: whoever asks what would have
 * come out otherwise has to begin there. When a history is decided again, that is where it came to
 * the event that is told of: the late one itself, or the one that a correction puts right.
 *
 *     struct before before;
 *     before_watch(&before, &stream.decider);
 *     ... in the sink:
 *     struct past past;
 *     if (before_past(&before, decision, &trace, &past))
 *             counterfactuals_find(&changes, &past);
 *     before_release(&before);
 */
#ifndef WAYMARK_EXPLAIN_BEFORE_H
#define WAYMARK_EXPLAIN_BEFORE_H

#include "engine/explain/counterfactual.h"

struct before {
	const struct decider *decider;
	const struct rulebook *rb; /* of the copy */
	struct case_state *cs;
	struct event event; /* that was decided then; its texts and fields are in the arena */
	struct decision decision;
	struct pots pots;
	struct arena arena;
};

/* Copies each case before it is decided; the decider must outlive it. */
void before_watch(struct before *b, struct decider *d);
/* False: another event of the case was decided last. */
bool before_past(struct before *b, const struct decision *d, const struct trace *t,
		 struct past *out);
void before_release(struct before *b);

#endif
