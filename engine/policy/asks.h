/* SPDX-License-Identifier: Apache-2.0
 *
 * What a rulebook asks of the world: the events that its provisions wait for or count, and the
 * fields and facts that they read, through tables too. What is only declared is not asked, nor what
 * somebody else is shown.
 *
 *     struct asks a;
 *     asks_init(&a, rb);
 *     if (a.facts[kind][fact] && !a.sets[kind][fact]) … an event has to say it …
 *     asks_release(&a);
 */
#ifndef WAYMARK_POLICY_ASKS_H
#define WAYMARK_POLICY_ASKS_H

#include "engine/policy/policy.h"

struct asks {
	const struct rulebook *rb;
	bool *events;         /* by type */
	uint64_t *fields;     /* by event type: a bit for each */
	bool **facts, **sets; /* by kind, by fact: read; set by a provision itself */
	struct arena arena;
};

void asks_init(struct asks *a, const struct rulebook *rb);
void asks_release(struct asks *a);

#endif
