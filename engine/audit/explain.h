/* SPDX-License-Identifier: Apache-2.0
 *
 * Why: a decision in plain sentences, from its trace. For each outcome the provision, its place and
 * citation, and the values that it rested on; then every provision that the event touched and that
 * did not apply, each with the condition that failed.
 *
 *     struct wording w = {rb, false};        // values of confidential facts are not shown
 *     explain_decision(&b, &w, &decision, &trace);
 *
 *     2026-07-14T09:30:00-07:00 appointment_missed of S-4X7Q2M
 *       refer to county_diversion due 2026-07-28
 *         escalation attendance, step diversion — programs/pathway_to_safety.way:41
 *         explained was no
 *       stipend counselling_session did not apply: minutes >= 60 was not met (minutes was 59) — …
 */
#ifndef WAYMARK_AUDIT_EXPLAIN_H
#define WAYMARK_AUDIT_EXPLAIN_H

#include "engine/audit/wording.h"

void explain_decision(struct buf *b, const struct wording *w, const struct decision *d,
		      const struct trace *t);

/* One object: event, case, outcomes (each with "seen"), not_applied (with "conditions" and "text"),
 * nevers. What is confidential has "confidential":true; its value is null unless it is to be shown.
 */
void explain_json(struct buf *b, const struct wording *w, const struct decision *d,
		  const struct trace *t);

/* One sentence on a part or prohibition, with its place:
 * stipend counselling_session did not apply: … — programs/pathway_to_safety.way:31 */
void explain_considered(struct buf *b, const struct wording *w, const struct considered *c);

#endif
