/* SPDX-License-Identifier: Apache-2.0
 *
 * POST /v1/policies/V/approve, activate, retire: acts on a version. Each is a row of the register,
 * on disk before the answer. What an act needs is asked again when it is about to be recorded: an
 * activation looks through all cases first, and meanwhile others act.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/intake.h"
#include "daemon/serve/standing.h"
#include "daemon/serve/version_view.h"

/* An activation may begin this much before it is made: the sender's clock is not ours. */
#define PAST_TOLERATED_US (60 * SECOND_US)

struct deed {
	struct job job;
	struct reply *reply;
	struct ledger_act act;          /* `who` in the request's arena */
	struct ledger_policy_info info; /* so is its version */
	struct rulebook *rb, *known;
	const char *ledger;
	struct standing standing;
};

static void deed_free(struct deed *x)
{
	rulebook_unref(x->rb);
	rulebook_unref(x->known);
	standing_release(&x->standing);
	mem_free(x);
}

/* ---- may it be done? ---- */

struct objection {
	enum problem_kind kind;
	const char *why; /* NULL: none */
};

static struct objection to_approval(struct daemon *d, const struct ledger_act *a)
{
	const struct ledger_register *acts = &d->versions.acts;
	if (ledger_register_is_by(acts, a->policy, a->who))
		return (struct objection){PROBLEM_OWN_VERSION,
					  "who uploaded a version neither approves nor activates "
					  "it: that is for somebody else"};
	if (ledger_register_last(acts, a->policy, 1u << ACT_RETIRED))
		return (struct objection){PROBLEM_VERSION_STATE,
					  "the version was retired; upload it with a change, if "
					  "only in a comment"};
	return (struct objection){0};
}

static struct objection to_activation(struct daemon *d, const struct ledger_act *a)
{
	struct objection o = to_approval(d, a);
	if (!o.why && !ledger_register_is_approved(&d->versions.acts, a->policy) &&
	    !ledger_register_was_in_force(&d->versions.acts, a->policy, versions_now(d)))
		o = (struct objection){PROBLEM_VERSION_STATE,
				       "the version is not approved: POST …/approve, by somebody "
				       "who did not upload it"};
	return o;
}

static struct objection to_retirement(struct daemon *d, const struct ledger_act *a)
{
	if (ledger_register_at(&d->versions.acts, versions_now(d)) == a->policy)
		return (struct objection){PROBLEM_VERSION_STATE,
					  "the version is in force: activate another one first"};
	return (struct objection){0};
}

static struct objection objection_to(struct daemon *d, const struct ledger_act *a)
{
	switch (a->kind) {
	case ACT_APPROVED:
		return to_approval(d, a);
	case ACT_ACTIVATED:
		return to_activation(d, a);
	case ACT_RETIRED:
		return to_retirement(d, a);
	case ACT_UPLOADED:
	case ACT_REFUSED:
	case ACT_SHADOWED:
	case ACT_UNSHADOWED:
		break;
	}
	return (struct objection){0};
}

/* ---- answers ---- */

static void give_problem(struct deed *x, enum problem_kind kind, struct str detail,
			 struct str members)
{
	struct problem p = {kind, .detail = detail, .members = members};
	struct buf b = {0};
	problem_json(&b, &p);
	reply_give(x->reply, 0, problem_status(kind), buf_view(&b));
	buf_release(&b);
	deed_free(x);
}

static void give_entry(struct daemon *d, struct deed *x)
{
	struct buf b = {0};
	if (versions_load(d)) {
		give_problem(x, PROBLEM_LEDGER, STR("the log of the daemon says why"), STR(""));
		return;
	}
	version_put(d, &x->info, &b);
	reply_give(x->reply, 0, 200, buf_view(&b));
	buf_release(&b);
	deed_free(x);
}

static void on_landed(struct daemon *d, struct flight *f)
{
	struct deed *x = f->arg;
	if (f->unit->status == STATUS_OK) {
		give_entry(d, x);
		return;
	}
	flight_lost(d, &(struct waiter){.reply = x->reply});
	deed_free(x);
}

static bool is_done_already(struct daemon *d, const struct ledger_act *a)
{
	const struct ledger_register *acts = &d->versions.acts;
	if (a->kind == ACT_ACTIVATED)
		return false;
	for (size_t i = 0; i < acts->acts.n; i++)
		if (acts->acts.at[i].policy == a->policy && acts->acts.at[i].kind == a->kind &&
		    (a->kind == ACT_RETIRED || str_eq(acts->acts.at[i].who, a->who)))
			return true;
	return false;
}

static void record(struct daemon *d, struct deed *x)
{
	struct objection o = objection_to(d, &x->act);
	if (o.why) {
		give_problem(x, o.kind, str_from(o.why), STR(""));
		return;
	}
	if (is_done_already(d, &x->act)) {
		give_entry(d, x);
		return;
	}
	x->act.at_us = versions_now(d);
	if (x->act.kind == ACT_ACTIVATED && x->act.from_us < x->act.at_us)
		x->act.from_us = x->act.at_us;
	versions_act_on(d, &x->act, on_landed)->arg = x;
}

/* ---- an activation: do all cases fit? ---- */

static void look(struct job *j)
{
	struct deed *x = (struct deed *)j;
	standing_look(&x->standing, x->ledger, x->rb, x->known);
}

static void on_looked(struct daemon *d, struct job *j)
{
	struct deed *x = (struct deed *)j;
	struct buf text = {0}, members = {0};
	if (!job_ran(j) || x->standing.why.len) {
		log_line(&d->log, LOG_ERROR, "ledger-unreadable", "s", "reason",
			 buf_view(&x->standing.why), NULL);
		give_problem(x, PROBLEM_LEDGER, STR("the log of the daemon says why"), STR(""));
	} else if (x->standing.unfit) {
		standing_text(&x->standing, &text);
		buf_str(&members, STR("\"cases\":"));
		standing_json(&x->standing, &members);
		give_problem(x, PROBLEM_CASES_UNFIT, buf_view(&text), buf_view(&members));
	} else {
		record(d, x);
	}
	buf_release(&text);
	buf_release(&members);
}

static void look_at_cases(struct daemon *d, struct deed *x)
{
	struct version v;
	enum status st = versions_get_trusted(d, x->act.policy, &v);
	if (st) {
		log_line(&d->log, LOG_ERROR, "activation-failed", "s", "reason", buf_view(&d->why),
			 NULL);
		give_problem(x, PROBLEM_VERSION_STATE,
			     st == STATUS_CONFLICT
				 ? STR("the version is not signed by a key that is trusted here; "
				       "upload it again with a signature")
				 : STR("the version does not compile under this program any more; "
				       "the log of the daemon says why"),
			     STR(""));
		return;
	}
	x->rb = rulebook_ref(v.rb);
	x->known = rulebook_ref(d->rb);
	x->ledger = d->config.ledger;
	x->job = (struct job){.work = look, .done = on_looked};
	jobs_begin(d, &x->job);
}

/* ---- what is asked ---- */

static bool is_empty(const struct json *root)
{
	return !root || (root->kind == JSON_OBJECT && !root->n);
}

/* "2026-12-01", the day's first instant in the policy's time zone; or an instant. Today is now. */
static bool read_from(struct daemon *d, const struct json *v, int64_t *out)
{
	int32_t day;
	if (v->kind != JSON_TEXT)
		return false;
	if (day_read(v->text, &day))
		return time_read(v->text, out) == STATUS_OK;
	*out =
	    day == zone_day(d->rb->zone, d->now_us) ? d->now_us : zone_day_start(d->rb->zone, day);
	return true;
}

/* False: answered. */
static bool take_from(struct call *c, const struct json *root, int64_t *from)
{
	struct daemon *d = c->d;
	*from = d->now_us;
	if (is_empty(root))
		return true;
	const struct json *v = root->n == 1 ? json_get(root, STR("from")) : NULL;
	if (!v || !read_from(d, v, from)) {
		call_problem(c, PROBLEM_BODY,
			     "send {\"from\":\"2026-12-01\"}, or an instant with its offset, or "
			     "nothing for now");
		return false;
	}
	if (*from >= d->now_us - PAST_TOLERATED_US)
		return true;
	call_problem(c, PROBLEM_BODY,
		     "a version is not activated from a time that has passed: what was in force "
		     "then has decided");
	return false;
}

static bool take_nothing(struct call *c, const struct json *root)
{
	if (is_empty(root))
		return true;
	call_problem(c, PROBLEM_BODY, "this takes no members: send no body, or {}");
	return false;
}

/* A version is in force in all counties, so who answers for some must not bring it there. */
static bool is_of_all(struct call *c)
{
	if (!c->token->n)
		return true;
	call_problem(c, PROBLEM_COUNTY,
		     "a version is in force in all counties: this takes a token for all");
	return false;
}

static void begin(struct call *c, enum ledger_act_kind kind)
{
	struct daemon *d = c->d;
	struct ledger_policy_info info;
	const struct json *root;
	int64_t from = 0;
	if (!is_of_all(c) || !call_only(c, NULL, 0) || !intake_document(c, &root) ||
	    !version_named(c, &info) ||
	    !(kind == ACT_ACTIVATED ? take_from(c, root, &from) : take_nothing(c, root)) ||
	    !call_has_room(c, 1))
		return;
	if (kind == ACT_ACTIVATED && !jobs_have_room(d)) {
		call_problem(c, PROBLEM_BUSY,
			     "the daemon is trying other versions; send it again in a moment");
		return;
	}
	struct deed *x = mem_alloc(sizeof(*x));
	x->info = info;
	x->act = (struct ledger_act){.policy = info.number,
				     .kind = kind,
				     .from_us = from,
				     .who = arena_str(&c->http->arena, c->token->name)};
	x->reply = reply_new(c, 1, false);
	reply_close(x->reply);
	struct objection o = objection_to(d, &x->act);
	if (o.why)
		give_problem(x, o.kind, str_from(o.why), STR(""));
	else if (kind == ACT_ACTIVATED)
		look_at_cases(d, x);
	else
		record(d, x);
}

void post_approve(struct call *c)
{
	begin(c, ACT_APPROVED);
}

void post_activate(struct call *c)
{
	begin(c, ACT_ACTIVATED);
}

void post_retire(struct call *c)
{
	begin(c, ACT_RETIRED);
}
