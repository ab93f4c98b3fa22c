/* SPDX-License-Identifier: Apache-2.0
 *
 * What redecide.c and redecide_pots.c share.
 */
#ifndef WAYMARK_AUDIT_REDECIDE_INTERNAL_H
#define WAYMARK_AUDIT_REDECIDE_INTERNAL_H

#include "engine/audit/redecide.h"

/* The case's county, in terms of a version. */
uint16_t again_county(const struct redecision *r, const struct rulebook *rb);
struct draw again_negated(struct draw d);

bool again_draws(const struct history *h); /* does any of it draw on a pot? */
/* The pots as they are; with `without`, less all that the case has drawn on them. */
void again_start_pots(struct redecision *r, const struct history *h, bool without);
/* As decider.kept has it; arg is the redecision. */
enum kept again_kept(void *arg, const struct outcome *o);
/* The pots move on by what is new; what stands is in them already. */
void again_draw(struct redecision *r, const struct outcome *o);
/* The first outcome that overdraws a pot, and by how much; NULL: none does. */
const struct outcome *again_overdrawn(struct redecision *r, const struct decision *d,
				      int64_t *cents);
enum status again_refuse_overdraft(struct redecision *r, const struct outcome *o, int64_t cents);

#endif
