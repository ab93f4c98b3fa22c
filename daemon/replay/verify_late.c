/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes through the history of its case: late events, retractions and corrections, and what is
 * of another version's time. As daemon/serve/late.c has it, but that the history ends before the
 * event.
 */
#include "daemon/replay/verify_internal.h"

#include "daemon/wire/case_read.h"
#include "daemon/wire/correction_read.h"
#include "daemon/wire/past_read.h"

struct gathering {
	struct replay *r;
	struct replay_version *in_force;
	struct history history;
	VEC(uint64_t) seqs; /* the newest first */
	struct buf event, decision;
};

/* ---- versions ---- */

static const struct rulebook *rulebook_of(struct gathering *g, uint32_t number)
{
	struct replay_version *v = replay_version(g->r, number);
	return v ? v->loaded.rb : g->in_force->loaded.rb; /* then the replay has failed */
}

static const struct rulebook *in_force_at(void *arg, int64_t instant)
{
	struct gathering *g = arg;
	return rulebook_of(g, replay_deciding(g->r, g->in_force, instant));
}

static const struct rulebook *version_named(void *arg, struct str version)
{
	struct gathering *g = arg;
	uint32_t number;
	if (ledger_policy_named(g->r->past, version, &number))
		return NULL;
	return rulebook_of(g, number);
}

static struct case_state *carry(void *arg, const struct rulebook *from, const struct case_state *cs,
				const struct rulebook *to, struct buf *why)
{
	struct gathering *g = arg;
	return case_carry(g->r->other, from, cs, to, why);
}

/* ---- the history ---- */

static bool on_recorded(void *arg, const struct ledger_event *e)
{
	struct gathering *g = arg;
	*vec_push(&g->seqs) = e->seq;
	return history_decision(&g->history);
}

static enum status read_one(struct gathering *g, struct past_reader *past, uint64_t seq)
{
	struct ledger_event e;
	enum status st = ledger_event_at(g->r->past, seq, &e);
	if (st)
		return st;
	buf_clear(&g->event); /* the reader may be asked for more */
	buf_clear(&g->decision);
	buf_str(&g->event, e.event);
	buf_str(&g->decision, e.decision);
	return past_read(past, rulebook_of(g, e.policy), buf_view(&g->event),
			 buf_view(&g->decision), &g->history, &g->r->what);
}

static enum status gather(struct gathering *g, struct str id, uint64_t seq)
{
	struct past_reader past;
	enum status st = ledger_timeline(g->r->past, id, seq, SIZE_MAX, on_recorded, g);
	past_reader_init(&past, g->r->other);
	past.named = version_named;
	past.arg = g;
	for (size_t i = g->seqs.n; !st && i-- > 0;)
		st = read_one(g, &past, g->seqs.at[i]);
	past_reader_release(&past);
	return st;
}

static void release(struct gathering *g)
{
	history_release(&g->history);
	vec_release(&g->seqs);
	buf_release(&g->event);
	buf_release(&g->decision);
}

enum status replay_late(struct replay *r, struct replay_case *c, struct replay_version *v,
			const struct event *ev, const struct ledger_event *e,
			void (*decided)(struct replay *r, struct replay_version *v,
					const struct decision *d, const struct ledger_event *e))
{
	struct gathering g = {.r = r, .in_force = c->version};
	struct correction_reader corrections;
	struct redecision again;
	struct decision d;
	struct str id = arena_str(&r->arena, c->id);
	redecision_init(&again, c->version->loaded.rb, c->version->decider.world);
	correction_reader_init(&corrections);
	again.reader = (struct amend_reader){correction_read, &corrections};
	again.now = e->received_us;
	again.reigns = (struct reigns){.at = in_force_at, .arg = &g};
	again.carry = carry;
	again.carry_arg = &g;
	enum status st = gather(&g, id, e->seq);
	if (!st && (st = redecide(&again, &g.history, c->cs, ev, &d)))
		buf_fmt(&r->what, "is refused now (%s)", again.refusal.slug);
	if (!st) {
		case_free(c->version->loaded.rb, c->cs);
		c->cs = redecision_take(&again);
		decided(r, v, &d, e);
	}
	redecision_release(&again);
	correction_reader_release(&corrections);
	release(&g);
	if (st == STATUS_IO && !r->failed)
		r->failed = st;
	return st;
}
