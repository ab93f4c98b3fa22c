/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/late.h"

#include "daemon/serve/daemon.h"
#include "daemon/wire/past_read.h"

/* ---- versions ---- */

/* The rulebook of a version, for as long as the decision is made. On failure the one in force, and
 * l->fault says why. */
static struct rulebook *hold(struct late *l, const struct version *v)
{
	for (size_t i = 0; i < l->versions.n; i++)
		if (l->versions.at[i].number == v->number)
			return l->versions.at[i].rb;
	*vec_push(&l->versions) = (struct version){v->number, rulebook_ref(v->rb)};
	return v->rb;
}

static struct rulebook *version_number(struct late *l, uint32_t number)
{
	struct daemon *d = l->d;
	struct version v = {d->policy, d->rb};
	for (size_t i = 0; i < l->versions.n; i++)
		if (l->versions.at[i].number == number)
			return l->versions.at[i].rb;
	enum status st = number == d->policy ? STATUS_OK : versions_get(d, number, &v);
	if (st && !l->fault)
		l->fault = st;
	return st ? d->rb : hold(l, &v);
}

static const struct rulebook *in_force_at(void *arg, int64_t instant)
{
	struct late *l = arg;
	struct version v;
	enum status st = versions_deciding(l->d, instant, &v);
	if (st && !l->fault)
		l->fault = st;
	return st ? l->d->rb : hold(l, &v);
}

/* The version that a recorded outcome names. */
static const struct rulebook *version_named(void *arg, struct str version)
{
	struct late *l = arg;
	uint32_t number;
	enum status st = ledger_policy_named(daemon_reader(l->d), version, &number);
	if (st == STATUS_IO && !l->fault) {
		buf_str(&l->d->why, ledger_reader_error(l->d->reader));
		l->fault = st;
	}
	return st ? NULL : version_number(l, number);
}

static struct case_state *carry(void *arg, const struct rulebook *from, const struct case_state *cs,
				const struct rulebook *to, struct buf *why)
{
	struct late *l = arg;
	return case_carry(l->d->cases.doc, from, cs, to, why);
}

/* ---- the history of a case being read ---- */

struct gathering {
	struct daemon *d;
	struct late *l;
	struct history *h;
	struct past_reader reader;
	VEC(uint64_t) seqs;         /* in the ledger, the newest first */
	uint64_t newest;            /* the last one read */
	struct buf event, decision; /* of the record being read: the reader may be asked for more */
	bool too_long;
};

static bool on_recorded(void *arg, const struct ledger_event *e)
{
	struct gathering *g = arg;
	*vec_push(&g->seqs) = e->seq;
	g->too_long = !history_decision(g->h);
	return !g->too_long;
}

/* Numbers first: whether it can be decided again is known before it is all read. */
static enum status list_recorded(struct gathering *g, struct str id)
{
	struct daemon *d = g->d;
	enum status st = ledger_timeline(daemon_reader(d), id, 0, SIZE_MAX, on_recorded, g);
	if (st == STATUS_NOT_FOUND) /* all of it is in flight */
		return STATUS_OK;
	if (st)
		buf_str(&d->why, ledger_reader_error(d->reader));
	return st;
}

static enum status read_recorded(struct gathering *g)
{
	struct daemon *d = g->d;
	struct ledger_event e;
	for (size_t i = g->seqs.n; i-- > 0;) {
		enum status st = ledger_event_at(daemon_reader(d), g->seqs.at[i], &e);
		if (st) {
			buf_str(&d->why, ledger_reader_error(d->reader));
			return st;
		}
		buf_clear(&g->event);
		buf_clear(&g->decision);
		buf_str(&g->event, e.event);
		buf_str(&g->decision, e.decision);
		g->newest = e.seq;
		st = past_read(&g->reader, version_number(g->l, e.policy), buf_view(&g->event),
			       buf_view(&g->decision), g->h, &d->why);
		if (st)
			return st;
	}
	return STATUS_OK;
}

/* What was submitted is read from the units themselves: they are not changed any more. Those that
 * the ledger has already may not have landed yet. */
static enum status read_flying(struct gathering *g, const struct case_slot *slot)
{
	uint64_t recorded = g->seqs.n ? g->seqs.at[0] : 0;
	for (const struct flight *f = slot->flying; f; f = f->next) {
		for (const struct ledger_record *r = f->unit->first; r; r = r->next) {
			if (r->seq <= recorded)
				continue;
			g->too_long = !history_decision(g->h);
			if (g->too_long)
				return STATUS_OK;
			enum status st = past_read(&g->reader, version_number(g->l, r->policy),
						   r->event, r->decision, g->h, &g->d->why);
			if (st)
				return st;
			g->newest = r->seq;
		}
	}
	return STATUS_OK;
}

static enum status gather(struct gathering *g, const struct case_slot *slot)
{
	enum status st = list_recorded(g, slot->id);
	if (!st && !g->too_long)
		st = read_recorded(g);
	if (!st && !g->too_long)
		st = read_flying(g, slot);
	if (!st && !g->too_long && g->newest != slot->last_seq) {
		buf_str(&g->d->why, STR("the recorded history of a case is not whole"));
		st = STATUS_IO;
	}
	return st;
}

/* As submit_find, but that a case which cannot be read does not pass for one that is not there:
 * which cases the history asks for is not known before. */
static const struct case_state *find(void *arg, uint16_t kind, struct str id)
{
	struct late *l = arg;
	struct daemon *d = l->d;
	struct case_slot *s;
	if (l->fault)
		return NULL;
	buf_clear(&d->why);
	enum status st = cases_get(&d->cases, daemon_reader(d), d->rb, id, &s, &d->why);
	if (st && st != STATUS_NOT_FOUND && st != STATUS_GONE)
		l->fault = st;
	return !st && s->cs->kind == kind ? s->cs : NULL;
}

/* ---- a retraction or correction of another case's event ---- */

static bool is_of_case(struct daemon *d, struct str event, struct str id)
{
	const struct json *root, *subject;
	if (json_parse(d->cases.doc, event, SIZE_MAX, &root, &d->why))
		return false;
	subject = json_get(root, STR("subject"));
	return subject && subject->kind == JSON_TEXT && str_eq(subject->text, id);
}

/* Is what it names an event of another case? It can never come for this one then. */
static enum status names_other(struct daemon *d, const struct event *ev, bool *other)
{
	struct hash128 key = amends_key(ev);
	const struct flight *f = flight_find(d, key);
	struct ledger_event e;
	*other = f && !str_eq(f->slot->id, ev->subject);
	if (f)
		return STATUS_OK;
	enum status st = ledger_find_event(daemon_reader(d), key, &e);
	if (!st)
		*other = !is_of_case(d, e.event, ev->subject);
	else if (st != STATUS_NOT_FOUND)
		buf_str(&d->why, ledger_reader_error(d->reader));
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status check_named(struct late *l, const struct event *ev)
{
	bool other = false;
	enum status st = event_amends(ev) ? names_other(l->d, ev, &other) : STATUS_OK;
	if (other)
		refusal_add(
		    &l->again.refusal, &l->again.arena, "no-such-event", STR("data.event"),
		    "this case has no event of that source and id, and cannot get one: they "
		    "are those of an event of another case");
	return st;
}

/* ---- the whole ---- */

static void begin(struct late *l, struct daemon *d, struct trace *trace)
{
	*l = (struct late){.d = d};
	redecision_init(&l->again, d->rb, (struct world){find, l, &d->pots});
	correction_reader_init(&l->corrections);
	l->again.reader = (struct amend_reader){correction_read, &l->corrections};
	l->again.now = d->now_us;
	l->again.reigns = (struct reigns){.at = in_force_at, .arg = l};
	l->again.carry = carry;
	l->again.carry_arg = l;
	l->again.decider.trace = trace;
}

enum late_result late_decide(struct daemon *d, struct case_slot *slot, const struct event *ev,
			     const struct version *v, struct trace *trace, struct late *l,
			     struct decision *out)
{
	struct gathering g = {.d = d, .l = l, .h = &l->history};
	begin(l, d, trace);
	hold(l, v);
	past_reader_init(&g.reader, d->cases.doc);
	g.reader.named = version_named;
	g.reader.arg = l;
	buf_clear(&d->why);
	l->fault = check_named(l, ev);
	if (!l->fault && !l->again.refusal.slug) {
		enum status st = gather(&g, slot);
		if (!l->fault) /* what could not be read explains what does not fit */
			l->fault = st;
	}
	past_reader_release(&g.reader);
	buf_release(&g.event);
	buf_release(&g.decision);
	vec_release(&g.seqs);
	if (l->fault)
		return LATE_UNREADABLE;
	if (l->again.refusal.slug)
		return LATE_REFUSED;
	enum status st = redecide(&l->again, &l->history, slot->cs, ev, out);
	if (l->fault)
		return LATE_UNREADABLE;
	return st ? LATE_REFUSED : LATE_DECIDED;
}

void late_settle(struct daemon *d, struct case_slot *slot, struct late *l)
{
	case_free(d->rb, slot->cs);
	slot->cs = redecision_take(&l->again);
}

void late_release(struct late *l)
{
	redecision_release(&l->again);
	correction_reader_release(&l->corrections);
	for (size_t i = 0; i < l->versions.n; i++)
		rulebook_unref(l->versions.at[i].rb);
	vec_release(&l->versions);
	history_release(&l->history);
}
