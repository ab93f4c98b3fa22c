/* SPDX-License-Identifier: Apache-2.0
 *
 * From one version of the policy to another: everything is found again by its name. What indices
 * say under one rulebook, they do not say under another; whatever goes from one to the other goes
 * through here, or as JSON (daemon/wire/case_read). With one rulebook on both sides nothing
 * changes.
 */
#ifndef WAYMARK_CASE_ACROSS_H
#define WAYMARK_CASE_ACROSS_H

#include "engine/case/decision.h"

/* NONE: the other version has no such county, kind of case. */
uint16_t across_county(const struct rulebook *from, uint16_t county, const struct rulebook *to);
uint16_t across_kind(const struct rulebook *from, uint16_t kind, const struct rulebook *to);

/* False: it is of another type there, or a choice that is gone. Texts are not copied. */
bool across_value(const struct rulebook *from, const struct type *type, struct value v,
		  const struct rulebook *to, const struct type *as, struct value *out);

/* The index is NONE when the other version has no such pot. */
struct draw across_draw(const struct rulebook *from, const struct draw *d,
			const struct rulebook *to);

/* What an outcome says of money, name and pot; what the other version does not have is NONE. The
 * part stays that of `from`. */
struct outcome across_outcome(const struct rulebook *from, const struct outcome *o,
			      const struct rulebook *to);

/* The same event, typed against the other vocabulary. False: it does not fit there, and *no says
 * all that is missing. Texts are not copied; event_check is the caller's. */
bool across_event(const struct rulebook *from, const struct event *ev, const struct rulebook *to,
		  struct arena *a, struct event *out, struct refusal *no);

/* The facts that both have, of one type; others are as in a new case. */
void across_facts(const struct rulebook *from, const struct case_state *cs,
		  const struct rulebook *to, struct case_state *out);

#endif
