/* SPDX-License-Identifier: Apache-2.0
 *
 * The versions of a replay: each compiled once, and which one was in force, and decided, when.
 */
#include "daemon/replay/recorded_versions.h"
#include "daemon/replay/verify_internal.h"
#include "engine/base/mem.h"

struct replay_version *replay_version(struct replay *r, uint32_t number)
{
	for (size_t i = 0; i < r->versions.n; i++)
		if (r->versions.at[i]->number == number)
			return r->versions.at[i];
	struct replay_version *v = mem_alloc(sizeof(*v));
	v->replay = r;
	v->number = number;
	r->failed = recorded_version(r->past, number, &v->loaded, r->why);
	if (r->failed) {
		load_release(&v->loaded);
		mem_free(v);
		return NULL;
	}
	decider_init(&v->decider, v->loaded.rb, (struct world){replay_look, v, &r->pots});
	*vec_push(&r->versions) = v;
	r->report->versions++;
	return v;
}

static void version_free(struct replay_version *v)
{
	decider_release(&v->decider);
	load_release(&v->loaded);
	mem_free(v);
}

void replay_release_versions(struct replay *r)
{
	for (size_t i = 0; i < r->versions.n; i++)
		version_free(r->versions.at[i]);
	vec_release(&r->versions);
	ledger_register_release(&r->acts);
}

/* ---- in force ---- */

/* Whether an act was on record before the event that is decided now. */
static bool was_there(const struct replay *r, const struct ledger_act *a)
{
	return a->after_seq == ACT_UNPLACED ? a->at_us <= r->received_us : a->after_seq < r->seq;
}

static struct ledger_register acts_of_then(const struct replay *r)
{
	struct ledger_register then = r->acts;
	while (then.acts.n && !was_there(r, &then.acts.at[then.acts.n - 1]))
		then.acts.n--;
	return then;
}

/* The present for acts; as versions_now. */
static int64_t now_of(const struct replay *r, const struct ledger_register *acts)
{
	int64_t last = acts->acts.n ? acts->acts.at[acts->acts.n - 1].at_us : INT64_MIN;
	return r->received_us > last ? r->received_us : last;
}

/* The activation before another one; NULL: that is the first. */
static const struct ledger_act *before(const struct ledger_register *acts,
				       const struct ledger_act *act)
{
	const struct ledger_act *b = ledger_register_act_at(acts, act->from_us - 1);
	return b == act ? NULL : b;
}

/* Since when an activation holds; INT64_MIN: nothing was before it. As daemon/serve/versions.c. */
static int64_t since(const struct ledger_register *acts, const struct ledger_act *act)
{
	return act && before(acts, act) ? act->from_us : INT64_MIN;
}

static uint32_t deciding(const struct replay *r, const struct ledger_act *act, int64_t instant)
{
	struct ledger_register acts = acts_of_then(r);
	uint32_t number = instant < since(&acts, act) ? ledger_register_at(&acts, instant) : 0;
	return number ? number : act->policy;
}

uint32_t replay_deciding(struct replay *r, const struct replay_version *in_force, int64_t instant)
{
	return r->may.n ? deciding(r, r->may.at[r->taken], instant) : in_force->number;
}

int64_t replay_since(struct replay *r)
{
	struct ledger_register acts = acts_of_then(r);
	return r->may.n ? since(&acts, r->may.at[r->taken]) : INT64_MIN;
}

static struct replay_version *take(struct replay *r, size_t i)
{
	r->taken = i;
	return replay_version(r, r->may.at[i]->policy);
}

static const struct ledger_act *known_act(const struct replay *r)
{
	for (size_t i = r->acts.acts.n; i-- > 0;)
		if (r->acts.acts.at[i].number == r->in_force)
			return &r->acts.acts.at[i];
	return NULL;
}

/* Whether an activation may have come into force after one that has: it was made later, or was
 * planned earlier and begins later. */
static bool may_follow(const struct ledger_act *a, const struct ledger_act *known)
{
	return !known || a->number > known->number || a->from_us > known->from_us;
}

/* The activations back to the last one that is known to have been in force, as far as the version
 * that decided this event agrees with them; at least one. That which should be in force is one of
 * them, also when the clock was set back before the others. */
static void gather(struct replay *r, uint32_t policy, int64_t time)
{
	struct ledger_register acts = acts_of_then(r);
	int64_t now = now_of(r, &acts);
	const struct ledger_act *latest = ledger_register_act_at(&acts, now);
	const struct ledger_act *known = known_act(r);
	r->may.n = 0;
	for (size_t i = acts.acts.n; i-- > 0;) {
		const struct ledger_act *a = &acts.acts.at[i];
		bool may = a == known || (a->counts && a->from_us <= now && may_follow(a, known));
		if ((may || a == latest) && deciding(r, a, time) == policy)
			*vec_push(&r->may) = a;
	}
	if (latest && !r->may.n)
		*vec_push(&r->may) = latest;
}

struct replay_version *replay_in_force(struct replay *r, const struct ledger_event *e, int64_t time)
{
	r->received_us = e->received_us;
	r->seq = e->seq;
	gather(r, e->policy, time);
	if (r->may.n == 1)
		r->in_force = r->may.at[0]->number;
	return r->may.n ? take(r, 0) : replay_version(r, e->policy);
}

bool replay_is_unsure(const struct replay *r)
{
	return r->may.n > 1;
}

struct replay_version *replay_or(struct replay *r)
{
	bool more = r->taken + 1 < r->may.n;
	struct replay_version *v = take(r, more ? r->taken + 1 : 0);
	return more ? v : NULL;
}
