/* SPDX-License-Identifier: Apache-2.0
 *
 * The walk over the events, and what is compared.
 */
#include "daemon/replay/verify.h"

#include "daemon/replay/verify_internal.h"
#include "daemon/wire/json_differ.h"
#include "engine/audit/redecide.h"
#include "engine/case/across.h"
#include "engine/case/json.h"

#include <string.h>

#define PROGRESS_EVERY 1024 /* events */

/* ---- differences ---- */

/* r->what about a case, once. */
static void tell(struct replay *r, struct replay_case *c, struct str id, uint64_t seq)
{
	struct replay_difference d = {id, seq, buf_view(&r->what)};
	if (r->trying)
		r->differs = true;
	if (r->trying || (c && c->differs))
		return;
	if (c)
		c->differs = true;
	r->report->differences++;
	r->config->on_difference(r->config->arg, &d);
}

static void tell_case(struct replay *r, struct replay_case *c, uint64_t seq, const char *what)
{
	buf_clear(&r->what);
	buf_c(&r->what, what);
	tell(r, c, c->id, seq);
}

/* Two texts that should be the same. False: they are not, and r->what says where. */
static bool is_same(struct replay *r, const char *of, struct str recorded, struct str made)
{
	const struct json *a, *b;
	if (str_eq(recorded, made))
		return true;
	buf_clear(&r->what);
	buf_clear(&r->path);
	bool read = !json_parse(r->doc, recorded, SIZE_MAX, &a, &r->what) &&
		    !json_parse(r->other, made, SIZE_MAX, &b, &r->what);
	buf_clear(&r->what);
	if (read)
		json_differ(&r->path, a, b);
	buf_fmt(&r->what, "%s", of);
	if (!read)
		buf_c(&r->what, " is no JSON");
	else if (r->path.len)
		buf_fmt(&r->what, " comes out differently at " STR_FMT,
			STR_ARG(buf_view(&r->path)));
	else
		buf_c(&r->what, " is written differently, though it says the same");
	return false;
}

/* ---- one event ---- */

static void compare_decision(struct replay *r, struct replay_version *v, const struct decision *d,
			     const struct ledger_event *e)
{
	struct replay_case *c = replay_find(r, d->event.subject);
	if (r->unsure) {
		replay_pass(r, c, e->seq);
		return;
	}
	buf_clear(&r->json);
	decision_json(&r->json, v->loaded.rb, d, e->seq, false);
	if (!is_same(r, "the decision", e->decision, buf_view(&r->json)))
		tell(r, c, c->id, e->seq);
	if (r->trying)
		return;
	pots_apply(&r->pots, v->loaded.rb, d);
	c->last_seq = e->seq;
}

/* What fell due before the version in force was. */
static void fire_under_its_own(struct replay *r, struct replay_case *c, struct replay_version *v,
			       const struct ledger_event *e)
{
	struct event ev = next_due_event(&r->arena, c->cs);
	ev.county = across_county(c->version->loaded.rb, ev.county, v->loaded.rb);
	ev.kind = across_kind(c->version->loaded.rb, ev.kind, v->loaded.rb);
	buf_clear(&r->json);
	event_json(&r->json, v->loaded.rb, &ev);
	if (!is_same(r, "what fell due", e->event, buf_view(&r->json)))
		tell(r, c, c->id, e->seq);
	else if (replay_late(r, c, v, &ev, e, compare_decision) && !r->failed)
		tell(r, c, c->id, e->seq);
}

/* A deadline or an item: it must be what the case has due first. */
static void fire(struct replay *r, struct replay_case *c, struct replay_version *v,
		 const struct ledger_event *e)
{
	struct decision d;
	int64_t at;
	if (!case_next_due(c->cs, &at)) {
		tell_case(r, c, e->seq, "nothing was due then");
		return;
	}
	if (v != c->version) {
		fire_under_its_own(r, c, v, e);
		return;
	}
	decide_due(&v->decider, c->cs, &d);
	buf_clear(&r->json);
	event_json(&r->json, v->loaded.rb, &d.event);
	if (!is_same(r, "what fell due", e->event, buf_view(&r->json)))
		tell(r, c, c->id, e->seq);
	compare_decision(r, v, &d, e);
}

static void refuse(struct replay *r, struct replay_case *c, uint64_t seq, const struct refusal *no)
{
	if (r->unsure) {
		replay_pass(r, c, seq);
		return;
	}
	buf_clear(&r->what);
	buf_fmt(&r->what, "is refused now (%s)", no->slug);
	tell(r, c, c->id, seq);
}

static void decide(struct replay *r, struct replay_case *c, struct replay_version *v,
		   const struct event *ev, const struct ledger_event *e)
{
	struct decision d;
	buf_clear(&r->what);
	int64_t due;
	bool is_overdue = case_next_due(c->cs, &due) && due <= ev->time && due < replay_since(r);
	if (v != c->version || is_overdue || event_is_late(c->cs, ev)) {
		if (replay_late(r, c, v, ev, e, compare_decision) && !r->failed) {
			if (r->unsure)
				replay_pass(r, c, e->seq);
			else
				tell(r, c, c->id, e->seq);
		}
	} else if (decide_event(&v->decider, c->cs, ev, &d)) {
		refuse(r, c, e->seq, &v->decider.refusal);
	} else {
		compare_decision(r, v, &d, e);
	}
}

static struct replay_case *add_case(struct replay *r, struct replay_version *v,
				    struct replay_version *in_force, const struct event *ev)
{
	const struct rulebook *from = v->loaded.rb, *to = in_force->loaded.rb;
	uint16_t kind = across_kind(from, ev->kind, to);
	uint16_t county = across_county(from, ev->county, to);
	if (kind == NONE || county == NONE)
		return NULL;
	return replay_add(r, ev->subject, case_new(to, ev->subject, kind, county), in_force);
}

/* Typed anew; NULL: told. */
static struct replay_case *read_event(struct replay *r, struct replay_version *v,
				      struct replay_version *in_force, const struct json *root,
				      const struct ledger_event *e, struct event *ev)
{
	struct refusal no = {0};
	const struct json *subject = json_get(root, STR("subject"));
	struct str id = subject && subject->kind == JSON_TEXT ? subject->text : STR("");
	struct replay_case *c = replay_find(r, id);
	buf_clear(&r->what);
	if (!event_read(&r->events, v->loaded.rb, root, &r->arena, ev, &no)) {
		buf_fmt(&r->what, "its event does not fit the vocabulary (%s)", no.slug);
		tell(r, c, arena_str(&r->arena, id), e->seq);
		return NULL;
	}
	if (ev->kind == NONE && c)
		ev->kind = across_kind(c->version->loaded.rb, c->cs->kind, v->loaded.rb);
	if (!c && ev->kind != NONE)
		c = add_case(r, v, in_force, ev);
	if (!c) {
		buf_c(&r->what, "its event says no kind of case");
		tell(r, NULL, ev->subject, e->seq);
	}
	return c;
}

static int64_t time_of(const struct json *root)
{
	const struct json *time = json_get(root, STR("time"));
	int64_t at;
	return time && time->kind == JSON_TEXT && !time_read(time->text, &at) ? at : TIME_NEVER;
}

static bool is_by_itself(const struct rulebook *rb, const struct json *root)
{
	const struct json *type = json_get(root, STR("type"));
	uint16_t t = type && type->kind == JSON_TEXT ? rulebook_event(rb, type->text) : NONE;
	return t == EVENT_DEADLINE || t == EVENT_SCHEDULED;
}

/* False: it is not to be decided. */
static bool carry(struct replay *r, struct replay_case *c, struct replay_version *v, uint64_t seq)
{
	if (c->passed) {
		replay_pass(r, c, seq);
		return false;
	}
	if (replay_carry(r, c, v))
		return true;
	buf_clear(&r->what); /* it says what the state has, too */
	buf_c(&r->what, "the case does not fit the version of the policy that decided this");
	tell(r, c, c->id, seq);
	return false;
}

/* ev is NULL when it happened by itself. */
static void go_on(struct replay *r, struct replay_case *c, struct replay_version *v,
		  struct replay_version *in_force, const struct event *ev,
		  const struct ledger_event *e)
{
	if (!carry(r, c, in_force, e->seq))
		return;
	if (ev)
		decide(r, c, v, ev, e);
	else
		fire(r, c, v, e);
}

/* Whether it comes out as recorded when that version was in force; the case stays as it is. */
static bool comes_out(struct replay *r, const struct replay_case *c, struct replay_version *v,
		      struct replay_version *in_force, const struct event *ev,
		      const struct ledger_event *e)
{
	struct replay_case copy;
	if (!replay_copy(r, c, &copy))
		return false;
	r->trying = true;
	r->differs = false;
	go_on(r, &copy, v, in_force, ev, e);
	r->trying = r->unsure = false;
	case_free(copy.version->loaded.rb, copy.cs);
	return !r->differs;
}

/* Under the version that was in force, as far as that can be told. */
static void go_on_as_it_was(struct replay *r, struct replay_case *c, struct replay_version *v,
			    struct replay_version *in_force, const struct event *ev,
			    const struct ledger_event *e)
{
	struct replay_version *may = in_force;
	bool unsure = replay_is_unsure(r) && !c->passed;
	while (unsure && may && !comes_out(r, c, v, may, ev, e))
		may = replay_or(r);
	if (!r->failed)
		go_on(r, c, v, may ? may : in_force, ev, e);
}

static void replay_event(struct replay *r, struct replay_version *v, const struct ledger_event *e)
{
	const struct json *root;
	struct event ev;
	arena_reset(&r->arena);
	buf_clear(&r->what);
	if (json_parse(r->doc, e->event, SIZE_MAX, &root, &r->what)) {
		buf_clear(&r->what);
		buf_c(&r->what, "its event is no JSON");
		tell(r, NULL, STR(""), e->seq);
		return;
	}
	struct replay_version *in_force = replay_in_force(r, e, time_of(root));
	if (!in_force)
		return;
	if (is_by_itself(v->loaded.rb, root)) {
		const struct json *subject = json_get(root, STR("subject"));
		struct replay_case *c =
		    subject && subject->kind == JSON_TEXT ? replay_find(r, subject->text) : NULL;
		if (c)
			go_on_as_it_was(r, c, v, in_force, NULL, e);
		return;
	}
	struct replay_case *c = read_event(r, v, in_force, root, e, &ev);
	if (c && !is_same(r, "its event", e->event, buf_view(&r->events.json)))
		tell(r, c, c->id, e->seq);
	if (c)
		go_on_as_it_was(r, c, v, in_force, &ev, e);
}

static bool on_event(void *arg, const struct ledger_event *e)
{
	struct replay *r = arg;
	(void)gone_give_back(&r->gone, e->seq);
	r->unsure = false;
	if (e->destroyed) {
		replay_pass(r, NULL, e->seq);
		r->report->destroyed++;
		return !r->failed;
	}
	struct replay_version *v = replay_version(r, e->policy);
	if (!v)
		return false;
	replay_event(r, v, e);
	r->report->events++;
	if (r->config->on_progress && e->seq % PROGRESS_EVERY == 0)
		r->config->on_progress(r->config->arg, e->seq, r->of);
	return !r->failed;
}

/* ---- what stands in the end ---- */

static void compare_case(struct replay *r, struct replay_case *c)
{
	struct ledger_case row;
	if (c->passed)
		return;
	enum status st = ledger_find_case(r->past, c->id, &row);
	if (st == STATUS_NOT_FOUND) {
		tell_case(r, c, 0, "the ledger has no such case");
		return;
	}
	if (st) {
		r->failed = st;
		return;
	}
	buf_clear(&r->json);
	case_json(&r->json, c->version->loaded.rb, c->cs, true);
	if (!is_same(r, "the state of the case", row.state, buf_view(&r->json)))
		tell(r, c, c->id, 0);
	else if (row.last_seq != c->last_seq)
		tell_case(r, c, 0, "its last event is another");
}

static bool pots_eq(const struct pot *a, const struct pot *b)
{
	return b && a->reserved == b->reserved && a->committed == b->committed;
}

static void compare_pots(struct replay *r, const struct pots *recorded, const struct pots *made)
{
	for (size_t i = 0; i < recorded->all.n; i++) {
		const struct pot *p = &recorded->all.at[i];
		if (pots_eq(p, pots_find(made, p)))
			continue;
		buf_clear(&r->what);
		buf_fmt(&r->what, STR_FMT " " STR_FMT " of " STR_FMT " comes out differently",
			STR_ARG(pot_kind_name(p->kind)), STR_ARG(p->name), STR_ARG(p->county));
		tell(r, NULL, STR(""), 0);
	}
}

static void compare_all_pots(struct replay *r)
{
	struct pots recorded = {0};
	r->failed = ledger_pots(r->past, &recorded);
	if (!r->failed)
		compare_pots(r, &recorded, &r->pots);
	if (!r->failed && recorded.all.n < r->pots.all.n)
		compare_pots(r, &r->pots, &recorded);
	pots_release(&recorded);
}

static void count_cases(struct replay *r, uint64_t recorded)
{
	r->report->cases = r->cases.n;
	if (recorded == r->cases.n)
		return;
	buf_clear(&r->what);
	buf_fmt(&r->what, "the ledger has %llu cases, and its events are of %zu",
		(unsigned long long)recorded, r->cases.n);
	tell(r, NULL, STR(""), 0);
}

/* ---- all of it ---- */

static enum status open_both(struct replay *r, struct ledger_totals *totals)
{
	enum status st = ledger_reader_open(r->config->path, &r->past, r->why);
	if (!st)
		st = ledger_reader_open(r->config->path, &r->reader, r->why);
	if (st)
		return st;
	r->gone = (struct gone){.reader = r->past, .pots = &r->pots};
	if (ledger_reader_begin(r->past) || ledger_totals(r->past, totals) ||
	    ledger_register_load(r->past, &r->acts) || ledger_register_place(r->past, &r->acts) ||
	    gone_load(&r->gone)) {
		buf_str(r->why, ledger_reader_error(r->past));
		return STATUS_IO;
	}
	return STATUS_OK;
}

static void replay_all(struct replay *r, const struct ledger_totals *totals)
{
	r->of = totals->events;
	enum status st = ledger_events(r->reader, 1, totals->events, on_event, r);
	if (st)
		r->failed = st;
	for (size_t i = 0; !r->failed && i < r->cases.n; i++)
		compare_case(r, &r->cases.at[i]);
	(void)gone_give_back(&r->gone, UINT64_MAX);
	if (!r->failed)
		compare_all_pots(r);
	if (!r->failed)
		count_cases(r, totals->cases - totals->destroyed);
}

enum status replay_verify(const struct replay_config *config, struct replay_report *out,
			  struct buf *why)
{
	struct replay r = {.config = config, .report = out, .why = why};
	struct ledger_totals totals;
	*out = (struct replay_report){0};
	r.doc = json_doc_new();
	r.other = json_doc_new();
	enum status st = open_both(&r, &totals);
	if (!st) {
		replay_all(&r, &totals);
		st = r.failed;
		if (st == STATUS_IO && !why->len)
			buf_str(why, ledger_reader_error(r.past));
	}
	replay_release(&r);
	return st;
}
