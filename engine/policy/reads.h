/* SPDX-License-Identifier: Apache-2.0
 *
 * All that a part reads: the code of its condition, its actions, limits and schedule, and the
 * lengths of time that may be parameters. For drawings, and for saying which parameters a decision
 * rested on.
 */
#ifndef WAYMARK_POLICY_READS_H
#define WAYMARK_POLICY_READS_H

#include "engine/policy/policy.h"

struct part_reader {
	void (*code)(void *arg, const struct code *c);
	void (*period)(void *arg, const struct period *p); /* NULL: they are passed over */
	void *arg;
};

/* In order of writing. */
void part_reads(const struct rulebook *rb, const struct part *p, const struct part_reader *r);

/* May another case feel what happens when time comes, or does it rest on another case as that is
 * then? (later.c) */
bool later_is_felt(const struct rulebook *rb);

#endif
