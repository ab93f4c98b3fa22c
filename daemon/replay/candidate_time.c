/* SPDX-License-Identifier: Apache-2.0
 *
 * Time passes as the record says: what both have fires where it is recorded, all else by the clock.
 */
#include "daemon/replay/candidate_internal.h"

/* By which the record knows what the case has due first. It is asked before each event, and is the
 * same for many. */
static struct hash128 fingerprint_of(struct candidate *x, const struct case_state *cs)
{
	struct hash128 due = due_key(&cs->due.at[0]);
	if (!hash128_eq(due, x->due)) {
		arena_reset(&x->arena);
		x->due = due;
		x->print = ledger_fingerprint(x->past, next_due_event(&x->arena, cs).key);
	}
	return x->print;
}

/* Does what the case has due first fire now, as far as the record can tell? */
static bool fires_now(struct candidate *x, const struct case_state *cs)
{
	uint64_t seq;
	struct hash128 print = fingerprint_of(x, cs);
	if (hash128_eq(print, x->rec->fingerprint))
		return true;
	if (x->waits && hash128_eq(print, x->waiting))
		return false;
	enum status st = ledger_find_seq(x->past, print, &seq);
	if (st && st != STATUS_NOT_FOUND)
		x->failed = st;
	x->waits = !st && seq > x->rec->seq;
	x->waiting = print;
	return !x->waits;
}

void candidate_let_time_pass(struct candidate *x)
{
	struct stream *s = &x->stream;
	struct stream_next next;
	int64_t until = x->clock < x->horizon ? x->clock : x->horizon;
	s->passed = x->clock;
	while (!x->failed && stream_next(s, &next) && next.at <= until) {
		if (!next.grows && !fires_now(x, s->cases.at[next.which]))
			return;
		x->unsure = false;
		stream_fire(s, &next);
	}
}

/* A place of a destroyed case goes to who waits for it. */
void candidate_give_back(struct candidate *x, uint64_t before_seq)
{
	x->unsure = false;
	if (gone_give_back(&x->gone, before_seq))
		stream_give_places(&x->stream, x->clock);
}

/* What the record has fired of the case: all of it up to there that is not recorded later. */
void candidate_fire_own(struct candidate *x, const struct replay_record *rec)
{
	struct stream *s = &x->stream;
	struct stream_next next = {.which = candidate_case(x, rec->case_no)->which};
	const struct case_state *cs = next.which == NONE_SUCH ? NULL : s->cases.at[next.which];
	while (!x->failed && cs && cs->due.n && cs->due.at[0].at <= rec->ev->time &&
	       fires_now(x, cs)) {
		x->unsure = false;
		stream_fire(s, &next);
		cs = s->cases.at[next.which];
	}
}
