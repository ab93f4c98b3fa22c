/* SPDX-License-Identifier: Apache-2.0
 *
 * An event that comes late: the history of its case is decided again in the order in which things
 * occurred, and what no longer follows is reversed, what now follows is added. So the net of all
 * recorded outcomes (those that were added and not reversed) is always what the policy says of the
 * case's history, whatever the order in which it arrived. Pure, as decide is.
 *
 *     struct history h = {0};                        // all that is recorded of the case, in order
 *     for (each decision) {
 *             history_decision(&h);
 *             history_event(&h, &ev);                // unless it is a deadline or an item
 *             history_input(&h, key, &input);        // each
 *             history_pot(&h, key, &pot);            // each
 *             history_outcome(&h, &outcome, content);   // each, reversals too
 *     }
 *     struct redecision r;
 *     redecision_init(&r, rb, world);
 *     if (redecide(&r, &h, cs, &ev, &decision))      // nothing changes
 *             report(&r.refusal);
 *     else
 *             record(&decision), replace(cs, redecision_take(&r));
 *     redecision_release(&r);
 *     history_release(&h);
 *
 * What comes out:
 * - Events stand in order of time, then of arrival, without those that were retracted, and as they
 *   were corrected (amend.h). Everything that falls due at or before each of them fires before it,
 *   and in the end everything up to `last` of the case: time that has passed stays passed. Only
 *   what an event had brought that was dated ahead of the clock comes back with its retraction or
 *   correction.
 * - The outcomes of the decision are those of the late event itself, then the reversals in the
 * order of recording, then the additions in the order of the new history. Those additions name the
 * event that they follow from.
 * - An outcome whose content comes out differently is reversed and added again under the same id.
 * - An event that was accepted before and has no effects now, because it is refused at its place,
 *   was retracted, or names an event that has not come, is listed in `voids`, each time that a
 *   history is decided again. It may come to have effects later.
 * - A retraction or correction is refused when the event that it comes down to is refused as it
 *   would count now.
 * - Each event and deadline is decided under the version of the policy that was in force at its
 *   time. The case goes over to the next version when something happens to it under that one.
 * - Facts of other cases that were read are kept as recorded; what was not read before is read as
 *   it is now, and is an input of this decision, with the event that read it.
 * - What the case drew on a fund stands: an outcome that asks for the same again comes out the
 * same, funded or not. What asks anew asks the fund as it is now, with what the reversals will give
 *   back; where that would overdraw the fund, all is decided once more without it.
 * - A reversal may take money that others have drawn since (a schedule was stopped, and now was
 *   not). When it is not there, the late event is refused: no fund is ever overdrawn.
 */
#ifndef WAYMARK_AUDIT_REDECIDE_H
#define WAYMARK_AUDIT_REDECIDE_H

#include "engine/audit/history.h"
#include "engine/decide/decide.h"

/* ---- deciding it again ---- */

struct shadow {
	const struct rulebook *rb;
	struct case_state *cs;
};

struct redecision {
	struct decider decider; /* .trace may be set: the late event is traced, nothing else; with a
				   watch every decision is */
	/* Called for each decision of the new history, in order, with its trace; may be NULL. */
	void (*watch)(void *arg, const struct decision *d);
	void *watch_arg;
	struct amend_reader reader; /* must be set where corrections can be in the history */
	/* Where several versions of the policy have decided the case, or should have: which one, at
	 * what instant; and how a case goes from one to the next (NULL: it does not fit there, and
	 * *why says it). Unless set, all is decided under the one of redecision_init. */
	struct reigns reigns;
	struct case_state *(*carry)(void *arg, const struct rulebook *from,
				    const struct case_state *cs, const struct rulebook *to,
				    struct buf *why);
	void *carry_arg;
	/* The version that decides the late event: the decision is written under it. */
	const struct rulebook *own;
	const struct case_state *given; /* what the case was before its first event; NULL: new */
	int64_t now; /* the clock. Time that has not passed yet comes back when the event that had
			brought it is retracted, or was corrected; unless set, all has passed */
	struct refusal refusal;
	struct arena arena; /* the decision lives here */
	struct world world;
	struct case_state *cs; /* the case as it is now, under decider.rb; NULL: not begun. For
				  `watch`: after the decision. Not to be changed */
	/* the rest is private */
	const struct rulebook *home; /* that of redecision_init */
	uint16_t county;             /* under it */
	const struct history *history;
	struct pots pots;   /* as they will be, as far as the new history is decided */
	struct draw *taken; /* by past outcome: what is taken out of `pots` until it follows */
	VEC(struct shadow) shadows; /* other cases, as older versions see them */
};

void redecision_init(struct redecision *r, const struct rulebook *rb, struct world world);
void redecision_release(struct redecision *r);

/* Must the history be decided again for the event: is it earlier than what its case has seen last,
 * is it a retraction or a correction, or has one of it come before? */
bool event_is_late(const struct case_state *cs, const struct event *ev);

/* `was` is the case as it is, and what `world` finds are cases, under the version of
 * redecision_init, which is the latest one; so is the new state. The late event is typed against
 * the version of its time, which event_check has passed it under; it may also be one of the case's
 * own deadlines that fell due before that version. `was` is not changed. On anything but STATUS_OK
 * the event is refused, at its place in the order, and r->refusal says why. Once for a redecision.
 */
enum status redecide(struct redecision *r, const struct history *h, const struct case_state *was,
		     const struct event *late, struct decision *out);

/* The recorded history as it is, decided again in the order of occurrence, with nothing late in it,
 * up to an instant: for watching. STATUS_LIMIT: it is too long. */
enum status redecide_history(struct redecision *r, const struct history *h,
			     const struct case_state *was, int64_t until);

/* The new state; the caller's from then on. */
struct case_state *redecision_take(struct redecision *r);

#endif
