/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/submit.h"

#include "daemon/serve/clock.h"
#include "daemon/serve/daemon.h"
#include "daemon/serve/late.h"
#include "daemon/serve/places.h"
#include "daemon/serve/redact.h"
#include "engine/case/across.h"

#include <strings.h>

/* One event on its way. */
struct intake {
	struct daemon *d;
	struct call *call;
	struct reply *reply;
	size_t index;
	struct str source, id; /* as far as known, for a batch's results */
	struct event ev;
	struct version version; /* that decides it; the event is typed against it */
	struct refusal no;
	struct case_slot *slot;
	bool is_new;           /* the slot was made for this event */
	struct flight *flight; /* NULL until there is something to record */
};

/* ---- results that need no disk ---- */

static void give_problem(struct intake *in, enum event_result result, struct problem p)
{
	struct buf b = {0};
	if (in->reply->is_batch) {
		p.source = in->source;
		p.id = in->id;
	}
	in->d->metrics.events[result]++;
	in->d->metrics.problems[problem_number(&p)]++;
	problem_json(&b, &p);
	reply_give(in->reply, in->index, problem_status(p.kind), buf_view(&b));
	buf_release(&b);
}

static void give_refusal(struct intake *in, const struct refusal *no)
{
	give_problem(in, EVENT_RESULT_REFUSED, (struct problem){PROBLEM_REFUSED, .refusal = no});
}

static void give_conflict(struct intake *in)
{
	give_problem(in, EVENT_RESULT_CONFLICT,
		     (struct problem){
			 PROBLEM_CONFLICT,
			 .detail = STR("an event with this source and id was recorded with other "
				       "content; a new event needs a new id"),
		     });
}

static void give_unreadable(struct intake *in, enum status st)
{
	struct daemon *d = in->d;
	bool io = st == STATUS_IO;
	log_line(&d->log, LOG_ERROR, io ? "ledger-unreadable" : "case-unreadable", "s", "reason",
		 buf_view(&d->why), NULL);
	give_problem(in, EVENT_RESULT_UNREADABLE,
		     (struct problem){
			 io ? PROBLEM_LEDGER : PROBLEM_CASE,
			 .detail = io ? STR("the log of the daemon says why; send it again later")
				      : STR("the case's record does not fit the policy in force; "
					    "the log of the daemon says why"),
		     });
}

/* Whether it was recorded before the case was destroyed or is a new one: nothing comes of it. */
static void give_destroyed(struct intake *in)
{
	give_problem(
	    in, EVENT_RESULT_CONFLICT,
	    (struct problem){
		PROBLEM_DESTROYED,
		.detail = STR("the case was destroyed under an order and takes no events "
			      "any more; a person who comes again gets a case of a new id"),
	    });
}

/* ---- may it be named? ---- */

#define FORBIDDEN_TELL_US                                                                          \
	60000000 /* how often the log says that somebody names what is not theirs */

static void tell_forbidden(struct intake *in)
{
	struct daemon *d = in->d;
	d->forbidden.n++;
	if (d->forbidden.told_us && clock_ticks_us() - d->forbidden.told_us < FORBIDDEN_TELL_US)
		return;
	log_line(&d->log, LOG_WARNING, "subject-forbidden", "s", "token", in->call->token->name,
		 "i", "count", (int64_t)d->forbidden.n, NULL);
	d->forbidden.told_us = clock_ticks_us();
	d->forbidden.n = 0;
}

/* One answer for whatever a token may not name, so that it does not tell a case of another county,
 * or one that was destroyed there, from an id that the token is not bound to. */
static void give_forbidden(struct intake *in)
{
	tell_forbidden(in);
	give_problem(in, EVENT_RESULT_FORBIDDEN,
		     (struct problem){
			 PROBLEM_SUBJECT,
			 .detail = STR("this token may not send events of this subject, or from "
				       "this source: a new case needs an id that is used nowhere "
				       "else, and a token may be bound to how ids and sources "
				       "begin (`waymark token list`)"),
		     });
}

/* False: answered. */
static bool may_know(struct intake *in, struct str county)
{
	if (call_sees(in->call, county))
		return true;
	give_forbidden(in);
	return false;
}

/* False: answered. Of a case that was destroyed, or is being. */
static bool may_know_destroyed(struct intake *in)
{
	struct ledger_case row;
	enum status st = ledger_find_case(daemon_reader(in->d), in->ev.subject, &row);
	return (st && st != STATUS_GONE) || may_know(in, row.county);
}

/* ---- sent before? ---- */

static void give_again(struct intake *in, const struct ledger_event *before)
{
	struct daemon *d = in->d;
	buf_clear(&d->text);
	ledger_duplicate_json(&d->text, before->decision);
	struct str text = redact_decision(in->call, buf_view(&d->text));
	d->metrics.events[EVENT_RESULT_DUPLICATE]++;
	reply_give(in->reply, in->index, 200, text);
}

static bool repeats_flight(struct intake *in)
{
	struct flight *f = flight_find(in->d, in->ev.key);
	if (!f)
		return false;
	if (!hash128_eq(f->digest, in->ev.digest)) {
		give_conflict(in);
		return true;
	}
	in->d->metrics.events[EVENT_RESULT_DUPLICATE]++;
	flight_await(f, in->reply, in->index, true);
	return true;
}

static void repeats_destroyed(struct intake *in, uint64_t case_no)
{
	struct ledger_case row;
	enum status st = ledger_case_at(daemon_reader(in->d), case_no, &row);
	if ((st && st != STATUS_GONE) || may_know(in, row.county))
		give_destroyed(in);
}

/* True: the event is answered, or will be. */
static bool repeats(struct intake *in)
{
	struct daemon *d = in->d;
	if (repeats_flight(in))
		return true;
	struct ledger_event before;
	enum status st = ledger_find_event(daemon_reader(d), in->ev.key, &before);
	if (st == STATUS_NOT_FOUND)
		return false;
	if (st) {
		buf_clear(&d->why);
		buf_str(&d->why, ledger_reader_error(d->reader));
		give_unreadable(in, STATUS_IO);
	} else if (before.destroyed) {
		repeats_destroyed(in, before.case_no);
	} else if (!hash128_eq(hash_sip(before.event.p, before.event.len), in->ev.digest)) {
		give_conflict(in);
	} else {
		give_again(in, &before);
	}
	return true;
}

/* ---- its case ---- */

/* False: answered. A new case gets its slot only when the event has passed its checks. */
static bool find_case(struct intake *in)
{
	struct daemon *d = in->d;
	buf_clear(&d->why);
	enum status st =
	    cases_get(&d->cases, daemon_reader(d), d->rb, in->ev.subject, &in->slot, &d->why);
	if (st == STATUS_GONE) {
		if (may_know_destroyed(in))
			give_destroyed(in);
		return false;
	}
	if (st && st != STATUS_NOT_FOUND) {
		give_unreadable(in, st);
		return false;
	}
	in->is_new = st == STATUS_NOT_FOUND;
	if (!in->is_new && !may_know(in, d->rb->counties[in->slot->cs->county].name))
		return false;
	if (in->ev.kind == NONE && !in->is_new)
		in->ev.kind = across_kind(d->rb, in->slot->cs->kind, in->version.rb);
	return true;
}

static enum status fetch(struct daemon *d, const struct type *t, struct value v)
{
	struct case_slot *s;
	if (t->kind != TYPE_REF || !v.known)
		return STATUS_OK;
	enum status st =
	    cases_get(&d->cases, daemon_reader(d), d->rb, value_as_str(v), &s, &d->why);
	return st == STATUS_NOT_FOUND || st == STATUS_GONE ? STATUS_OK : st;
}

enum status submit_fetch(struct daemon *d, const struct case_state *cs, const struct event *ev)
{
	enum status st = STATUS_OK;
	buf_clear(&d->why);
	const struct event_type *type = ev ? &d->rb->events[ev->type] : NULL;
	for (uint16_t i = 0; !st && type && i < type->nfields; i++)
		st = fetch(d, &type->fields[i].type, ev->fields[i]);
	const struct case_kind *kind = cs ? &d->rb->kinds[cs->kind] : NULL;
	for (uint16_t i = 0; !st && kind && i < kind->nfacts; i++)
		st = fetch(d, &kind->facts[i].type, cs->facts[i]);
	return st;
}

const struct case_state *submit_find(void *arg, uint16_t kind, struct str id)
{
	struct daemon *d = arg;
	struct case_slot *s;
	buf_clear(&d->why);
	if (cases_get(&d->cases, daemon_reader(d), d->rb, id, &s, &d->why))
		return NULL;
	return s->cs->kind == kind ? s->cs : NULL;
}

/* ---- decide ---- */

/* An event of another county or kind is refused anyway: nobody may make a case's time pass that is
 * not theirs. */
static bool belongs(const struct case_state *cs, const struct event *ev)
{
	return cs->county == ev->county && cs->kind == ev->kind;
}

bool submit_is_late(const struct daemon *d, const struct case_state *cs, const struct event *ev,
		    const struct version *v)
{
	int64_t at;
	if (v->rb != d->rb)
		return true;
	if (!cs)
		return event_amends(ev);
	if (!belongs(cs, ev))
		return false;
	return event_is_late(cs, ev) ||
	       (case_next_due(cs, &at) && at <= ev->time && at < d->versions.since);
}

struct case_state *submit_new_case(struct daemon *d, const struct event *ev,
				   const struct version *v, struct arena *a, struct refusal *no)
{
	uint16_t kind = across_kind(v->rb, ev->kind, d->rb);
	uint16_t county = across_county(v->rb, ev->county, d->rb);
	if (kind != NONE && county != NONE)
		return case_new(d->rb, ev->subject, kind, county);
	refusal_add(no, a, "late-event", STR("time"),
		    "the version of the policy in force has no longer %s",
		    kind == NONE ? "that kind of case" : "that county");
	return NULL;
}

enum status submit_decide(struct daemon *d, struct case_state *cs, const struct event *ev,
			  void (*fired)(void *arg, const struct decision *due), void *arg,
			  struct decision *out)
{
	int64_t at;
	while (belongs(cs, ev) && case_next_due(cs, &at) && at <= ev->time) {
		decide_due(&d->decider, cs, out);
		fired(arg, out);
	}
	return decide_event(&d->decider, cs, ev, out);
}

static void on_fired(void *arg, const struct decision *due)
{
	struct intake *in = arg;
	struct daemon *d = in->d;
	if (!in->flight)
		in->flight = flight_open(d, in->slot);
	buf_clear(&d->event_text);
	event_json(&d->event_text, d->rb, &due->event);
	flight_add(d, in->flight, due, buf_view(&d->event_text));
	timers_count(d, in->flight, due->event.time);
}

static void record(struct intake *in, const struct decision *decision)
{
	struct daemon *d = in->d;
	if (!in->flight)
		in->flight = flight_open(d, in->slot);
	flight_add_under(d, in->flight, &in->version, decision, buf_view(&d->events.json));
	ledger_unit_sender(in->flight->unit, in->call->token->name);
	flight_key(d, in->flight, &in->ev);
	flight_await(in->flight, in->reply, in->index, false);
	d->metrics.events[EVENT_RESULT_DECIDED]++;
}

/* The history is decided again. One unit, as always. */
static void decide_late(struct intake *in)
{
	struct daemon *d = in->d;
	struct decision decision;
	struct late l;
	switch (late_decide(d, in->slot, &in->ev, &in->version, NULL, &l, &decision)) {
	case LATE_DECIDED:
		late_settle(d, in->slot, &l);
		record(in, &decision);
		flight_submit(d, in->flight);
		d->metrics.late_events++;
		places_give(d, in->ev.day, in->ev.time, in->ev.key);
		break;
	case LATE_REFUSED:
		give_refusal(in, &l.again.refusal);
		break;
	case LATE_UNREADABLE:
		give_unreadable(in, l.fault);
		break;
	}
	late_release(&l);
	if (in->is_new && !in->flight)
		cases_drop(&d->cases, d->rb, in->slot);
}

static void decide(struct intake *in)
{
	struct daemon *d = in->d;
	struct decision decision;
	bool ok = !submit_decide(d, in->slot->cs, &in->ev, on_fired, in, &decision);
	if (ok)
		record(in, &decision);
	else
		give_refusal(in, &d->decider.refusal);
	if (in->flight) {
		flight_submit(d, in->flight);
		places_give(d, in->ev.day, in->ev.time, in->ev.key);
	} else if (in->is_new) {
		cases_drop(&d->cases, d->rb, in->slot);
	}
}

/* A wrong clock of a sender must not make a case's deadlines fire before their time. */
static bool is_not_ahead(struct intake *in, struct arena *a)
{
	const struct daemon *d = in->d;
	int64_t most = (int64_t)d->config.ahead_min * 60 * SECOND_US;
	if (!most || in->ev.time - d->now_us <= most)
		return true;
	refusal_add(&in->no, a, "future-event", STR("time"),
		    "the event is dated more than %llu minutes ahead of the daemon's clock",
		    (unsigned long long)d->config.ahead_min);
	return false;
}

/* ---- the whole way ---- */

static bool read_under(struct daemon *d, const struct rulebook *rb, const struct incoming *in,
		       struct arena *a, struct event *ev, struct refusal *no)
{
	if (in->root)
		return event_read(&d->events, rb, in->root, a, ev, no);
	return event_read_binary(&d->events, rb, in->attributes, in->nattributes, in->data, a, ev,
				 no);
}

/* When it says that it happened, whatever else is wrong with it. */
static bool incoming_time(const struct incoming *in, int64_t *at)
{
	const struct json *time = in->root ? json_get(in->root, STR("time")) : NULL;
	if (time)
		return time->kind == JSON_TEXT && time_read(time->text, at) == STATUS_OK;
	for (size_t i = 0; i < in->nattributes; i++)
		if (in->attributes[i].name.len == 4 &&
		    !strncasecmp(in->attributes[i].name.p, "time", 4))
			return time_read(in->attributes[i].value, at) == STATUS_OK;
	return false;
}

bool incoming_read(struct daemon *d, const struct incoming *in, struct arena *a, struct event *ev,
		   struct version *v, struct refusal *no)
{
	int64_t at;
	*v = (struct version){d->policy, d->rb};
	if (d->versions.since != INT64_MIN && incoming_time(in, &at) && at < d->versions.since &&
	    versions_deciding(d, at, v))
		return false;
	return read_under(d, v->rb, in, a, ev, no);
}

/* Also of the source that a retraction or correction names. */
static bool may_name(const struct token *k, const struct event *ev)
{
	bool names = event_amends(ev) && ev->fields[AMENDS_SOURCE].known;
	struct str named = names ? value_as_str(ev->fields[AMENDS_SOURCE]) : ev->source;
	return token_names(k, ev->subject, ev->source) && token_names(k, ev->subject, named);
}

/* Before anything is looked up: the answer is the same whatever is there. */
static bool may_send(struct intake *in)
{
	if (!call_sees(in->call, in->version.rb->counties[in->ev.county].name))
		give_problem(in, EVENT_RESULT_FORBIDDEN,
			     (struct problem){
				 PROBLEM_COUNTY,
				 .detail = STR("this token does not send events of this county")});
	else if (may_name(in->call->token, &in->ev))
		return true;
	else
		give_forbidden(in);
	return false;
}

static bool make_case(struct intake *in, struct arena *a)
{
	struct daemon *d = in->d;
	struct case_state *cs = submit_new_case(d, &in->ev, &in->version, a, &in->no);
	if (!cs)
		return false;
	in->slot = cases_add(&d->cases, d->rb, in->ev.subject, cs->kind, cs->county);
	case_free(d->rb, cs);
	return true;
}

void submit_event(struct call *c, const struct incoming *from, struct reply *r, size_t index)
{
	struct daemon *d = c->d;
	struct arena *a = &c->http->arena;
	struct intake in = {.d = d, .call = c, .reply = r, .index = index};
	if (from->root)
		event_name(from->root, &in.source, &in.id);
	if (!incoming_read(d, from, a, &in.ev, &in.version, &in.no)) {
		if (in.no.slug)
			give_refusal(&in, &in.no);
		else
			give_unreadable(&in, STATUS_IO);
		return;
	}
	if (!may_send(&in) || repeats(&in))
		return;
	timers_catch_up(d, in.ev.time);
	if (!find_case(&in))
		return;
	if (!event_check(in.version.rb, &in.ev, a, &in.no) || !is_not_ahead(&in, a)) {
		give_refusal(&in, &in.no);
		return;
	}
	bool late = submit_is_late(d, in.is_new ? NULL : in.slot->cs, &in.ev, &in.version);
	enum status st = late ? STATUS_OK : submit_fetch(d, in.slot ? in.slot->cs : NULL, &in.ev);
	if (st) {
		give_unreadable(&in, st);
		return;
	}
	if (in.is_new && !make_case(&in, a)) {
		give_refusal(&in, &in.no);
		return;
	}
	if (late)
		decide_late(&in);
	else
		decide(&in);
}
