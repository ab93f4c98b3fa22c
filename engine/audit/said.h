/* SPDX-License-Identifier: Apache-2.0
 *
 * What an outcome says, as it is compared (comparison.h): straight from a decision, the same as
 * from its canonical JSON (daemon/wire/outcome_read.h), and faster.
 */
#ifndef WAYMARK_AUDIT_SAID_H
#define WAYMARK_AUDIT_SAID_H

#include "engine/audit/comparison.h"
#include "engine/case/decision.h"

/* text: outcome_said_json's bytes. day: of the event that it follows from; without a day of its
 * own, it is of that. The texts are the rulebook's. */
void said_of(struct said *out, const struct rulebook *decisions, const struct outcome *o,
	     struct str text, int32_t day);

/* What an outcome counts as, by its words; whether it is money, a schedule of it, or a place. */
enum said_money said_money_of(struct str kind, struct str status);
bool said_is_benefit(struct str kind, struct str status);

#endif
