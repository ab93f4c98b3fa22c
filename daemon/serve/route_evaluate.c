/* SPDX-License-Identifier: Apache-2.0
 *
 * POST /v1/evaluate: what would an event bring about? Decided like any other, on a copy of the
 * case; nothing is recorded. The decision has the sequence number 0.
 */
#include "daemon/serve/daemon.h"
#include "daemon/serve/intake.h"
#include "daemon/serve/late.h"
#include "daemon/serve/redact.h"
#include "engine/explain/audience.h"
#include "engine/explain/before.h"
#include "engine/case/across.h"
#include "engine/case/json.h"

static void refuse(struct call *c, const struct refusal *no)
{
	struct problem p = {PROBLEM_REFUSED, .refusal = no};
	call_problem_with(c, &p);
}

static void unreadable(struct call *c, enum status st)
{
	struct daemon *d = c->d;
	log_line(&d->log, LOG_ERROR, "case-unreadable", "s", "reason", buf_view(&d->why), NULL);
	call_problem(c, st == STATUS_IO ? PROBLEM_LEDGER : PROBLEM_CASE,
		     "the log of the daemon says why");
}

/* A case of a county that the token does not see is as one that does not exist: asking what would
 * happen leaves no trace, so it must not tell that a person has a case elsewhere. */
static bool is_seen(const struct call *c, const struct case_slot *slot)
{
	return call_sees(c, c->d->rb->counties[slot->cs->county].name);
}

/* True: answered. One of another county is as one that does not exist, too. */
static bool is_destroyed(struct call *c, struct str id)
{
	struct ledger_case row;
	if (ledger_find_case(daemon_reader(c->d), id, &row) != STATUS_GONE ||
	    !call_sees(c, row.county))
		return false;
	call_destroyed(c, row.destroyed);
	return true;
}

/* The case of an event that fits; NULL in *slot when it is a new one. False: answered. */
static bool find_case(struct call *c, struct event *ev, const struct version *v,
		      struct case_slot **slot)
{
	struct daemon *d = c->d;
	struct refusal no = {0};
	buf_clear(&d->why);
	enum status st = cases_get(&d->cases, daemon_reader(d), d->rb, ev->subject, slot, &d->why);
	if (st == STATUS_GONE && is_destroyed(c, ev->subject))
		return false;
	if (st && st != STATUS_NOT_FOUND && st != STATUS_GONE) {
		unreadable(c, st);
		return false;
	}
	if (st || !is_seen(c, *slot))
		*slot = NULL;
	else if (ev->kind == NONE)
		ev->kind = across_kind(d->rb, (*slot)->cs->kind, v->rb);
	if (event_check(v->rb, ev, &c->http->arena, &no))
		return true;
	refuse(c, &no);
	return false;
}

/* What the case catches up with before the event draws on pots that are thrown away. */
struct evaluation {
	struct daemon *d;
	struct pots pots; /* a copy from the first such draw on */
};

static void on_fired(void *arg, const struct decision *due)
{
	struct evaluation *e = arg;
	struct world *world = &e->d->decider.world;
	if (world->pots != &e->pots) {
		pots_copy(&e->pots, world->pots);
		world->pots = &e->pots;
	}
	pots_apply(&e->pots, e->d->rb, due);
	trace_clear(&e->d->trace);
}

/* An explanation tells everything or nothing confidential: nothing, when some of it is of a case in
 * a county that the token does not see. */
static bool tells_confidential(struct call *c, const struct rulebook *rb,
			       const struct decision *decision)
{
	bool all = c->sees_confidential;
	for (size_t i = 0; all && i < decision->ninputs; i++) {
		const struct input *in = &decision->inputs[i];
		if (rb->kinds[in->kind].facts[in->fact].confidential)
			all = call_sees_case(c, in->id);
	}
	return all;
}

/* What was asked for beside the decision. */
struct wish {
	bool explain;
	enum audience who;
};

/* For others than the auditor, who gets values marked: nothing confidential at all. */
static void put_told(struct call *c, enum audience who, struct account *a)
{
	struct buf *b = &c->d->text, text = {0};
	struct prose p = {0};
	a->wording.confidential = false;
	if (!audience_prose(&p, who, a, false))
		prose_clear(&p);
	audience_text(&text, who, &p);
	buf_fmt(b, "{\"for\":\"" STR_FMT "\",\"pieces\":", STR_ARG(audience_name(who)));
	prose_json(b, &p);
	buf_str(b, STR(",\"text\":"));
	buf_json(b, buf_view(&text));
	buf_char(b, '}');
	buf_release(&text);
	prose_release(&p);
}

static void put_explanation(struct call *c, const struct rulebook *rb,
			    const struct decision *decision, enum audience who,
			    struct counterfactuals *changes)
{
	struct daemon *d = c->d;
	struct account a = {
	    {rb, tells_confidential(c, rb, decision)}, decision, &d->trace, changes};
	counterfactuals_hide(changes); /* they read more than the decision did */
	d->text.len--;                 /* the closing brace */
	buf_str(&d->text, STR(",\"explanation\":"));
	if (who == FOR_AUDITOR)
		explain_json(&d->text, &a);
	else
		put_told(c, who, &a);
	buf_char(&d->text, '}');
}

static void answer(struct call *c, const struct rulebook *rb, const struct decision *decision,
		   struct wish wish, struct before *before)
{
	struct daemon *d = c->d;
	struct counterfactuals changes = {0};
	struct past past;
	buf_clear(&d->text);
	decision_json(&d->text, rb, decision, 0, false);
	if (wish.explain && before && before_past(before, decision, &d->trace, &past))
		counterfactuals_find(&changes, &past);
	if (wish.explain)
		put_explanation(c, rb, decision, wish.who, &changes);
	counterfactuals_release(&changes);
	call_json(c, 200, redact_decision(c, buf_view(&d->text)));
}

/* A retraction or correction may be the first that is heard of its case. */
static void evaluate_late(struct call *c, struct case_slot *found, const struct event *ev,
			  const struct version *v, struct wish wish)
{
	struct daemon *d = c->d;
	struct decision decision;
	struct late l;
	struct case_slot fresh = {.id = ev->subject};
	struct case_slot *slot = found ? found : &fresh;
	struct refusal no = {0};
	if (!found && !(fresh.cs = submit_new_case(d, ev, v, &c->http->arena, &no))) {
		refuse(c, &no);
		return;
	}
	switch (late_decide(d, slot, ev, v, wish.explain ? &d->trace : NULL, &l, &decision)) {
	case LATE_DECIDED:
		answer(c, v->rb, &decision, wish, NULL);
		break;
	case LATE_REFUSED:
		refuse(c, &l.again.refusal);
		break;
	case LATE_UNREADABLE:
		unreadable(c, l.fault);
		break;
	}
	late_release(&l);
	if (!found)
		case_free(d->rb, fresh.cs);
}

static void evaluate_now(struct call *c, const struct case_slot *slot, const struct event *ev,
			 struct wish wish)
{
	struct daemon *d = c->d;
	struct decision decision;
	struct before before = {0};
	enum status st = submit_fetch(d, slot ? slot->cs : NULL, ev);
	if (st) {
		unreadable(c, st);
		return;
	}
	struct case_state *cs =
	    slot ? case_clone(d->rb, slot->cs) : case_new(d->rb, ev->subject, ev->kind, ev->county);
	struct evaluation e = {.d = d};
	d->decider.trace = wish.explain ? &d->trace : NULL;
	if (wish.explain)
		before_watch(&before, &d->decider);
	if (submit_decide(d, cs, ev, on_fired, &e, &decision))
		refuse(c, &d->decider.refusal);
	else
		answer(c, d->rb, &decision, wish, wish.explain ? &before : NULL);
	before_release(&before);
	d->decider.before = NULL;
	d->decider.trace = NULL;
	d->decider.world.pots = &d->pots;
	pots_release(&e.pots);
	case_free(d->rb, cs);
}

static void evaluate(struct call *c, struct event *ev, const struct version *v, struct wish wish)
{
	struct case_slot *slot;
	if (!find_case(c, ev, v, &slot))
		return;
	trace_clear(&c->d->trace);
	if (submit_is_late(c->d, slot ? slot->cs : NULL, ev, v))
		evaluate_late(c, slot, ev, v, wish);
	else
		evaluate_now(c, slot, ev, wish);
}

/* False: answered. */
static bool take_form(struct call *c, struct incoming *in)
{
	switch (intake_form(c)) {
	case FORM_STRUCTURED:
		return intake_json(c, &in->root);
	case FORM_BINARY:
		return intake_binary(c, in);
	case FORM_BATCH:
	case FORM_NONE:
		break;
	}
	intake_unsupported(c, false);
	return false;
}

static bool read_wish(struct call *c, struct wish *wish)
{
	struct str value = STR("false"), who = STR("auditor");
	bool named = http_query_find(c->http, STR("for"), &who);
	http_query_find(c->http, STR("explain"), &value);
	wish->explain = str_eq(value, STR("true"));
	if (!wish->explain && !str_eq(value, STR("false")))
		call_problem(c, PROBLEM_QUERY, "explain is true or false");
	else if (!audience_read(who, &wish->who))
		call_problem(c, PROBLEM_QUERY, "for is auditor, worker or person");
	else if (named && !wish->explain)
		call_problem(c, PROBLEM_QUERY, "for goes with explain=true");
	else
		return true;
	return false;
}

void post_evaluate(struct call *c)
{
	struct daemon *d = c->d;
	struct incoming in = {0};
	struct event ev;
	struct refusal no = {0};
	struct version v;
	struct wish wish;
	if (!call_only(c, (struct str[]){STR("explain"), STR("for")}, 2) || !read_wish(c, &wish) ||
	    !take_form(c, &in))
		return;
	d->metrics.evaluations++;
	if (!incoming_read(d, &in, &c->http->arena, &ev, &v, &no) && !no.slug)
		unreadable(c, STATUS_IO);
	else if (no.slug)
		refuse(c, &no);
	else if (!call_sees(c, v.rb->counties[ev.county].name))
		call_problem(c, PROBLEM_COUNTY, "this token is not for this county");
	else
		evaluate(c, &ev, &v, wish);
	cases_trim(&d->cases, d->rb);
}
