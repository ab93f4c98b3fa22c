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

/* The acts as far as they were on record. */
static struct ledger_register acts_of_then(const struct replay *r)
{
	struct ledger_register then = r->acts;
	while (then.acts.n && then.acts.at[then.acts.n - 1].at_us > r->received_us)
		then.acts.n--;
	return then;
}

/* Since when a version is in force; INT64_MIN: nothing was before it. As daemon/serve/versions.c.
 */
static int64_t since(const struct ledger_register *acts, uint32_t number, int64_t now)
{
	const struct ledger_act *act = ledger_register_act_at(acts, now);
	while (act && act->policy != number && act->from_us > INT64_MIN) {
		const struct ledger_act *before = ledger_register_act_at(acts, act->from_us - 1);
		act = before == act ? NULL : before;
	}
	if (!act || act->policy != number || ledger_register_act_at(acts, act->from_us - 1) == act)
		return INT64_MIN;
	return act->from_us;
}

static uint32_t deciding(const struct replay *r, uint32_t in_force, int64_t instant)
{
	struct ledger_register acts = acts_of_then(r);
	uint32_t number = instant < since(&acts, in_force, r->received_us)
			      ? ledger_register_at(&acts, instant)
			      : in_force;
	return number ? number : in_force;
}

uint32_t replay_deciding(struct replay *r, const struct replay_version *in_force, int64_t instant)
{
	return deciding(r, in_force->number, instant);
}

int64_t replay_since(struct replay *r, const struct replay_version *in_force)
{
	struct ledger_register acts = acts_of_then(r);
	return since(&acts, in_force->number, r->received_us);
}

/* An act takes effect when it has landed, a moment after it is dated: what was decided in between
 * went by the version before, even when something of that moment agrees with the new one, too. */
struct replay_version *replay_in_force(struct replay *r, const struct ledger_event *e, int64_t time)
{
	r->received_us = e->received_us > r->received_us ? e->received_us : r->received_us;
	struct ledger_register acts = acts_of_then(r);
	uint32_t number = ledger_register_at(&acts, r->received_us);
	if (!number)
		number = e->policy;
	if (deciding(r, number, time) != e->policy && r->in_force &&
	    deciding(r, r->in_force, time) == e->policy)
		number = r->in_force;
	else if (deciding(r, number, time) != e->policy && r->before &&
		 deciding(r, r->before, time) == e->policy)
		number = r->before;
	if (number != r->in_force)
		r->before = r->in_force;
	r->in_force = number;
	return replay_version(r, number);
}
