/* SPDX-License-Identifier: Apache-2.0
 *
 * Where facts get to. Two kinds of fact must not get everywhere: a consent may never be a condition
 * of a service, however indirectly; and a confidential value never leaves through an amount, a
 * payee or another fact, although a condition may read it.
 */
#ifndef WAYMARK_ANALYSE_FLOW_H
#define WAYMARK_ANALYSE_FLOW_H

#include "engine/policy/policy.h"

/* One place where something gets to that must not. */
struct leak {
	struct span at;          /* what it gets to: an action, a `holds while`, a prohibition */
	struct span read;        /* where it is read; len 0: at the trigger of the part */
	struct str name;         /* the fact, or the event that only tells of a consent */
	struct str through;      /* the fact or step in between; empty: read directly */
	const struct fact *into; /* confidential: the fact that is set; else NULL */
};

typedef void leak_fn(void *arg, const struct leak *leak);

/* Services, and what is taken, that depend on a consent. */
void flow_consent(const struct rulebook *rb, struct arena *arena, leak_fn *each, void *arg);
/* Values of confidential facts that flow into amounts, payees and facts that are not. */
void flow_confidential(const struct rulebook *rb, struct arena *arena, leak_fn *each, void *arg);

/* The event of the parts that start a schedule; NONE: several, or none. */
uint16_t *flow_start_events(const struct rulebook *rb, struct arena *arena);

#endif
