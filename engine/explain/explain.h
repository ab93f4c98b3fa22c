/* SPDX-License-Identifier: Apache-2.0
 *
 * Why: a decision in plain sentences, from its trace, with everything that an auditor may ask. For
 * each outcome the provision, its place and citation, the values that it rested on and how its
 * amount was worked out; then every provision that the event touched and that did not apply, each
 * with the condition that failed and what would have to be different.
 *
 *     struct account a = {{rb, false}, &decision, &trace, &changes};
 *     explain_decision(&b, &a);
 *
 *     2026-07-14T09:30:00-07:00 appointment_missed of S-4X7Q2M
 *       refer to county_diversion due 2026-07-28
 *         escalation attendance, step diversion — programs/pathway_to_safety.way:41
 *         explained was no
 *       stipend counselling_session did not apply: minutes >= 60 was not met (minutes was 59) — …
 *         minutes would have to be 60 or more; it was 59
 */
#ifndef WAYMARK_EXPLAIN_EXPLAIN_H
#define WAYMARK_EXPLAIN_EXPLAIN_H

#include "engine/explain/counterfactual.h"
#include "engine/page/prose.h"

/* A decision with all that it is explained from. */
struct account {
	struct wording wording;
	const struct decision *decision;
	const struct trace *trace;
	const struct counterfactuals *changes; /* NULL: what would have to differ is not said */
};

void explain_decision(struct buf *b, const struct account *a);
/* The same as pieces: a section, with items and subitems. */
void explain_prose(struct prose *p, const struct account *a);

/* One object: event, case, outcomes (each with "seen"), stopped (the reasons, where it was),
 * not_applied (with "conditions", "text" and, where a change was found, "would_apply"), nevers
 * (likewise, with "would_be_taken"). What is confidential has "confidential":true; its value is
 * null unless it is to be shown.
 */
void explain_json(struct buf *b, const struct account *a);

/* One sentence on a part or prohibition, with its place:
 * stipend counselling_session did not apply: … — programs/pathway_to_safety.way:31 */
void explain_considered(struct buf *b, const struct wording *w, const struct considered *c);

#endif
