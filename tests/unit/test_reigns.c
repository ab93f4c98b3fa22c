/* SPDX-License-Identifier: Apache-2.0
 *
 * Histories over several versions of the policy, by chance: events on time, late, retracted,
 * corrected, under versions that name, order and decide things differently. Whatever the order of
 * arrival, and however late the clock fires what is due, the net of what is recorded is what the
 * version of each day says of the events in order.
 */
#include "daemon/wire/case_read.h"
#include "engine/case/across.h"
#include "engine/case/json_write.h"
#include "tests/support/history_rig.h"
#include "tests/support/policy_text.h"
#include "tests/support/small_policy.h"

#define VERSIONS 3

/* What a version says otherwise than the first one; the vocabulary is in another order, too. */
struct change {
	const char *old, *by;
};

static const struct change second[] = {
    {"pay $100 to survivor", "pay $120 to survivor"},
    {"within 14 days", "within 9 days"},
    {"one of none, juvenile default none", "one of juvenile, none default none"},
    {"event session of survivor\n  minutes : number\n", ""},
    {"event left of survivor\n",
     "event left of survivor\nevent session of survivor\n  minutes : number\n"},
    {"party diversion\nparty advocate\n", "party advocate\nparty diversion\n"},
    {"fund services\n", "fund others\nfund services\n"},
    {"rule fined\n", "rule greeted\n  on left\n  notify advocate \"Gone\"\nrule fined\n"},
};

static const struct change third[] = {
    {"pay $500 to survivor monthly", "pay $650 to survivor monthly"},
    {"  custody : one of", "  met : date optional\n  custody : one of"},
    {"event session of survivor\n",
     "event met_today of survivor\n  sets met\nevent session of survivor\n"},
    {"assess $30 as book due within 10 days", "assess $35 as book due within 30 days"},
    {"  at most 1 per day\n", "  at most 2 per week\n"},
    {"rule lowers_risk\n  on enrolled when risk > 5\n  set risk to 5\n", ""},
    {"event risk_found of survivor\n  sets risk\n", ""},
};

static void apply(struct buf *text, const struct change *c)
{
	struct buf out = {0};
	const char *at = memmem(text->p, text->len, c->old, strlen(c->old));
	assert_non_null(at);
	size_t before = (size_t)(at - text->p);
	buf_str(&out, (struct str){text->p, before});
	buf_c(&out, c->by);
	buf_str(&out, (struct str){at + strlen(c->old), text->len - before - strlen(c->old)});
	buf_release(text);
	*text = out;
}

static void load_version(struct policy_text *p, const struct change *changes, size_t n)
{
	struct buf text = {0};
	buf_c(&text, SMALL_POLICY);
	for (size_t i = 0; i < n; i++)
		apply(&text, &changes[i]);
	buf_char(&text, '\0');
	policy_text_load(p, text.p);
	buf_release(&text);
}

/* ---- a small daemon ---- */

struct noted { /* as a ledger has it */
	const struct rulebook *rb;
	struct str event, decision;
};

struct world_of {
	const struct rulebook *rb[VERSIONS];
	int64_t from[VERSIONS]; /* the first one holds before, too */
	int64_t now;
	struct rig g; /* what has been accepted; draws at random */
	struct dice d;
	struct case_state *cs; /* under `under`; NULL: no event yet */
	const struct rulebook *under;
	struct history h;
	struct pots pots;
	VEC(struct noted) records;
	VEC(const struct rulebook *) typed; /* by accepted event */
	bool from_json;
	size_t late, reversals, across;
};

static const struct rulebook *in_force(void *arg, int64_t at)
{
	const struct world_of *w = arg;
	size_t v = VERSIONS;
	at = at < w->now ? at : w->now;
	while (--v && w->from[v] > at)
		;
	return w->rb[v];
}

static const struct rulebook *named(void *arg, struct str version)
{
	const struct world_of *w = arg;
	for (size_t v = 0; v < VERSIONS; v++)
		if (str_eq(str_from(w->rb[v]->version), version))
			return w->rb[v];
	return NULL;
}

static struct case_state *carry(void *arg, const struct rulebook *from, const struct case_state *cs,
				const struct rulebook *to, struct buf *why)
{
	struct world_of *w = arg;
	return case_carry(w->g.doc, from, cs, to, why);
}

static struct case_state *carried(struct world_of *w, const struct rulebook *from,
				  const struct case_state *cs, const struct rulebook *to)
{
	struct buf why = {0};
	struct case_state *out = from == to ? case_clone(to, cs) : carry(w, from, cs, to, &why);
	if (!out)
		fail_msg(STR_FMT, STR_ARG(buf_view(&why)));
	buf_release(&why);
	return out;
}

/* A reversal says what it takes back as the version said it that decided that. */
static void check_reversal(struct world_of *w, const struct rulebook *own, const struct outcome *o)
{
	size_t i = history_find(&w->h, o->of);
	assert_true(i != SIZE_MAX);
	const struct past_outcome *p = &w->h.outcomes.at[i];
	assert_ptr_equal(outcome_rulebook(o, own), p->rb);
	assert_int_equal(o->part, p->outcome.part);
}

static void note(struct world_of *w, const struct rulebook *own, const struct decision *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->outcomes[i].reversal)
			check_reversal(w, own, &d->outcomes[i]);
	struct buf event = {0}, decision = {0};
	history_add(&w->h, own, d);
	pots_apply(&w->pots, own, d);
	event_json(&event, own, &d->event);
	decision_json(&decision, own, d, w->records.n + 1, false);
	assert_said_as_read(own, d);
	*vec_push(&w->records) = (struct noted){own, arena_str(&w->g.arena, buf_view(&event)),
						arena_str(&w->g.arena, buf_view(&decision))};
	for (size_t i = 0; i < d->n; i++) {
		w->reversals += d->outcomes[i].reversal;
		w->across += d->outcomes[i].under != NULL;
	}
	buf_release(&event);
	buf_release(&decision);
}

static void become(struct world_of *w, struct case_state *cs, const struct rulebook *rb)
{
	case_free(w->under, w->cs);
	w->cs = cs;
	w->under = rb;
}

static void read_records(struct world_of *w, struct history *h)
{
	struct past_reader r;
	struct buf why = {0};
	past_reader_init(&r, w->g.doc);
	r.named = named;
	r.arg = w;
	for (size_t i = 0; i < w->records.n; i++) {
		const struct noted *n = &w->records.at[i];
		history_decision(h);
		if (past_read(&r, n->rb, n->event, n->decision, h, &why))
			fail_msg(STR_FMT "\n" STR_FMT, STR_ARG(buf_view(&why)),
				 STR_ARG(n->decision));
	}
	past_reader_release(&r);
	buf_release(&why);
}

static enum status again(struct world_of *w, const struct case_state *was, const struct event *ev)
{
	struct redecision r;
	struct decision d;
	struct history read = {0};
	const struct rulebook *home = in_force(w, w->now);
	if (w->from_json)
		read_records(w, &read);
	redecision_init(&r, home, (struct world){NULL, NULL, &w->pots});
	r.reader = (struct amend_reader){correction_read, &w->g.corrections};
	r.reigns = (struct reigns){.at = in_force, .arg = w};
	r.carry = carry;
	r.carry_arg = w;
	r.now = w->now;
	enum status st = redecide(&r, w->from_json ? &read : &w->h, was, ev, &d);
	if (!st) {
		note(w, r.own, &d);
		become(w, redecision_take(&r), home);
		w->late++;
	}
	redecision_release(&r);
	history_release(&read);
	return st;
}

static int64_t since(const struct world_of *w)
{
	size_t v = VERSIONS;
	while (--v && w->from[v] > w->now)
		;
	return v ? w->from[v] : INT64_MIN;
}

/* What is due by now, each under the version of its time. */
static void fire_all(struct world_of *w)
{
	const struct rulebook *home = in_force(w, w->now);
	int64_t at;
	while (w->cs) {
		struct case_state *was = carried(w, w->under, w->cs, home);
		bool due = case_next_due(was, &at) && at <= w->now;
		if (due && at < since(w)) {
			struct event ev = next_due_event(&w->g.arena, was);
			const struct rulebook *rb = in_force(w, at);
			ev.county = across_county(home, ev.county, rb);
			ev.kind = across_kind(home, ev.kind, rb);
			assert_int_equal(again(w, was, &ev), STATUS_OK);
		} else if (due) {
			struct decider d;
			struct decision out;
			decider_init(&d, home, (struct world){NULL, NULL, &w->pots});
			decide_due(&d, was, &out);
			note(w, home, &out);
			decider_release(&d);
			become(w, was, home);
			continue;
		}
		case_free(home, was);
		if (!due)
			return;
	}
}

static enum status on_time(struct world_of *w, struct case_state *cs, const struct event *ev)
{
	const struct rulebook *home = in_force(w, w->now);
	struct decider d;
	struct decision out;
	int64_t at;
	decider_init(&d, home, (struct world){NULL, NULL, &w->pots});
	while (case_next_due(cs, &at) && at <= ev->time) {
		decide_due(&d, cs, &out);
		note(w, home, &out);
		become(w, case_clone(home, cs), home);
	}
	enum status st = decide_event(&d, cs, ev, &out);
	if (!st) {
		note(w, home, &out);
		become(w, case_clone(home, cs), home);
	}
	decider_release(&d);
	return st;
}

static void arrive(struct world_of *w, const struct event *ev, const struct rulebook *rb)
{
	const struct rulebook *home = in_force(w, w->now);
	struct refusal no;
	struct arena a = {0};
	int64_t at;
	bool fine = event_check(rb, ev, &a, &no);
	arena_release(&a);
	if (!fine)
		return;
	struct case_state *was = w->cs
				     ? carried(w, w->under, w->cs, home)
				     : case_new(home, ev->subject, across_kind(rb, ev->kind, home),
						across_county(rb, ev->county, home));
	bool back = rb != home || event_is_late(was, ev) ||
		    (case_next_due(was, &at) && at <= ev->time && at < since(w));
	enum status st = back ? again(w, was, ev) : on_time(w, was, ev);
	case_free(home, was);
	if (st)
		return;
	*vec_push(&w->g.accepted) = *ev;
	*vec_push(&w->typed) = rb;
}

/* ---- the same in order, each event under the version of its day ---- */

struct in_order {
	struct world_of *w;
	struct case_state *cs;
	struct decider d;
	VEC(struct net) nets;
};

static void come_under(struct in_order *o, const struct rulebook *rb)
{
	struct case_state *old = o->cs;
	const struct rulebook *from = o->d.rb;
	if (from == rb)
		return;
	o->cs = carried(o->w, from, old, rb);
	case_free(from, old);
	decider_release(&o->d);
	decider_init(&o->d, rb, (struct world){NULL, NULL, NULL});
}

static void take_all(struct in_order *o, const struct decision *d)
{
	for (size_t i = 0; i < d->n; i++)
		*vec_push(&o->nets) =
		    (struct net){d->outcomes[i].id, outcome_content(o->d.rb, &d->outcomes[i])};
}

static void due_until(struct in_order *o, int64_t until)
{
	struct decision d;
	int64_t at, still;
	while (case_next_due(o->cs, &at) && at <= until) {
		come_under(o, in_force(o->w, at));
		if (!case_next_due(o->cs, &still) || still != at)
			continue;
		decide_due(&o->d, o->cs, &d);
		take_all(o, &d);
	}
}

/* As its corrections leave it, under the version of its day. False: it cannot be an event there. */
static bool as_corrected(struct world_of *w, size_t i, struct event *out,
			 const struct rulebook **rb)
{
	struct rig *g = &w->g;
	const struct event *first = &g->accepted.at[i];
	struct refusal no = {0};
	*out = *first;
	*rb = w->typed.at[i];
	for (const struct event *c = NULL; (c = next_correction(g, first, c));) {
		struct event moved = *out, next;
		struct refusal why = {0};
		if (c->fields[CORRECTED_TIME].known)
			time_read(value_as_str(c->fields[CORRECTED_TIME]), &moved.time);
		const struct rulebook *then = in_force(w, moved.time);
		if (!across_event(*rb, &moved, then, &g->arena, &next, &why))
			continue;
		struct value *fields =
		    arena_array(&g->arena, then->events[next.type].nfields, sizeof(*fields));
		for (uint16_t f = 0; f < then->events[next.type].nfields; f++)
			fields[f] = next.fields[f];
		next.fields = fields;
		next.day = zone_day(then->zone, next.time);
		if (c->fields[CORRECTED_DATA].known &&
		    !correction_read(&g->corrections, then, c, &next, &g->arena, &why))
			continue;
		*out = next;
		*rb = then;
	}
	return event_check(*rb, out, &g->arena, &no);
}

struct placed_event {
	struct event ev;
	const struct rulebook *rb;
	size_t arrival;
};

static int by_time(const void *a, const void *b)
{
	const struct placed_event *x = a, *y = b;
	if (x->ev.time != y->ev.time)
		return x->ev.time < y->ev.time ? -1 : 1;
	return (x->arrival > y->arrival) - (x->arrival < y->arrival);
}

static void decide_in_order(struct in_order *o)
{
	struct world_of *w = o->w;
	struct decision d;
	struct placed_event *list = arena_array(&w->g.arena, w->g.accepted.n + 1, sizeof(*list));
	size_t n = 0;
	for (size_t i = 0; i < w->g.accepted.n; i++) {
		struct placed_event *p = &list[n];
		const struct event *ev = &w->g.accepted.at[i];
		p->arrival = i;
		n += !event_amends(ev) && still_holds(&w->g, ev) &&
		     as_corrected(w, i, &p->ev, &p->rb);
	}
	if (n)
		qsort(list, n, sizeof(*list), by_time);
	for (size_t i = 0; i < n; i++) {
		if (!o->cs) {
			decider_init(&o->d, list[i].rb, (struct world){NULL, NULL, NULL});
			o->cs = case_new(list[i].rb, list[i].ev.subject, list[i].ev.kind,
					 list[i].ev.county);
		}
		due_until(o, list[i].ev.time);
		come_under(o, list[i].rb);
		if (!decide_event(&o->d, o->cs, &list[i].ev, &d))
			take_all(o, &d);
	}
}

static void assert_same(struct world_of *w, unsigned seed)
{
	struct in_order o = {.w = w};
	VEC(struct net) got = {0};
	const struct rulebook *home = in_force(w, w->now);
	if (!w->cs)
		return;
	decide_in_order(&o);
	if (o.cs) {
		int64_t last = latest_message(&w->g);
		due_until(&o, last > w->now ? last : w->now);
		come_under(&o, home);
	} else {
		decider_init(&o.d, home, (struct world){0});
		o.cs = case_new(home, w->cs->id, w->cs->kind, w->cs->county);
	}
	for (size_t i = 0; i < w->h.outcomes.n; i++)
		if (!w->h.outcomes.at[i].gone)
			*vec_push(&got) = (struct net){w->h.outcomes.at[i].outcome.id,
						       w->h.outcomes.at[i].content};
	struct buf a = {0}, b = {0};
	struct case_state *mine = carried(w, w->under, w->cs, home);
	case_text(&a, home, o.cs);
	case_text(&b, home, mine);
	if (!str_eq(buf_view(&a), buf_view(&b))) {
		fprintf(stderr, "in order\n" STR_FMT "\nas it came\n" STR_FMT "\n",
			STR_ARG(buf_view(&a)), STR_ARG(buf_view(&b)));
		fail_msg("seed %u: the case is not as in order", seed);
	}
	if (o.nets.n != got.n)
		fail_msg("seed %u: %zu outcomes in order, %zu net as it came", seed, o.nets.n,
			 got.n);
	if (got.n) {
		qsort(o.nets.at, got.n, sizeof(struct net), net_order);
		qsort(got.at, got.n, sizeof(struct net), net_order);
		assert_memory_equal(o.nets.at, got.at, got.n * sizeof(struct net));
	}
	case_free(home, mine);
	case_free(o.d.rb, o.cs);
	decider_release(&o.d);
	vec_release(&o.nets);
	vec_release(&got);
	buf_release(&a);
	buf_release(&b);
}

/* ---- histories by chance ---- */

static int64_t past_time(struct world_of *w)
{
	uint64_t grid = (uint64_t)((w->now - w->from[0]) / (DAY_US / 4));
	return roll(&w->d, 2) ? w->now : w->from[0] + (int64_t)roll(&w->d, grid + 1) * (DAY_US / 4);
}

/* As the version of its time would type it. */
static struct event new_event(struct world_of *w, const struct rulebook **rb)
{
	int64_t time = past_time(w);
	char id[24];
	*rb = in_force(w, time);
	w->g.rb = *rb;
	w->g.cs = w->cs;
	struct event ev = random_event(&w->g, &w->d, rulebook_kind(*rb, STR("survivor")), 0, time);
	w->g.cs = NULL;
	snprintf(id, sizeof(id), "n%zu", w->g.refused++);
	ev.id = arena_str(&w->g.arena, str_from(id));
	ev.key = ev.digest = event_key(ev.source, ev.id);
	return ev;
}

static struct value text(struct world_of *w, struct str s)
{
	return value_str(TYPE_TEXT, arena_str(&w->g.arena, s));
}

static struct value some_fields(struct world_of *w, const struct event *of,
				const struct rulebook *rb)
{
	const struct event_type *t = &rb->events[of->type];
	struct buf b = {0};
	w->g.rb = rb;
	for (uint16_t i = 0; i < t->nfields; i++) {
		if (of->type < EVENT_BUILTINS || roll(&w->d, 2))
			continue;
		buf_char(&b, b.len ? ',' : '{');
		buf_json(&b, t->fields[i].name);
		buf_char(&b, ':');
		json_value(&b, rb, &t->fields[i].type,
			   random_value(&w->g, &w->d, &t->fields[i].type));
	}
	if (b.len)
		buf_char(&b, '}');
	struct value v = b.len ? text(w, buf_view(&b)) : value_missing(TYPE_TEXT);
	buf_release(&b);
	return v;
}

static struct event new_message(struct world_of *w, const struct rulebook **rb)
{
	size_t i = roll(&w->d, w->g.accepted.n);
	const struct event of = w->g.accepted.at[i];
	bool retracts = roll(&w->d, 2);
	struct event ev = new_event(w, rb);
	struct buf time = {0};
	ev.type = retracts ? EVENT_RETRACTED : EVENT_CORRECTED;
	ev.fields = arena_array(&w->g.arena, 5, sizeof(*ev.fields));
	for (uint16_t f = 0; f < 5; f++)
		ev.fields[f] = value_missing(TYPE_TEXT);
	ev.fields[AMENDS_EVENT] = text(w, of.id);
	ev.fields[AMENDS_SOURCE] = text(w, of.source);
	if (!retracts && roll(&w->d, 2)) {
		time_text(&time, zone_utc(), past_time(w));
		ev.fields[CORRECTED_TIME] = text(w, buf_view(&time));
	}
	if (!retracts && roll(&w->d, 2))
		ev.fields[CORRECTED_DATA] = some_fields(w, &of, w->typed.at[i]);
	ev.given = 0;
	for (uint16_t f = 0; f < (retracts ? 3 : 5); f++)
		ev.given |= (uint64_t)ev.fields[f].known << f;
	buf_release(&time);
	return ev;
}

struct totals {
	size_t accepted, late, reversals, across;
};

static void one_history(const struct policy_text *p, unsigned seed, struct totals *sum)
{
	struct world_of w = {.d = {seed}, .from_json = seed % 2};
	rig_start(&w.g, p[0].rb);
	int64_t start = zone_day_start(p[0].rb->zone, day_of((struct date){2026, 8, 1}));
	for (size_t v = 0; v < VERSIONS; v++) {
		w.rb[v] = p[v].rb;
		w.from[v] =
		    v ? w.from[v - 1] + (int64_t)(1 + roll(&w.d, 90)) * (DAY_US / 2) : start;
	}
	w.now = start;
	for (size_t i = 4 + roll(&w.d, 28); i > 0; i--) {
		const struct rulebook *rb;
		if (roll(&w.d, 2))
			w.now += (int64_t)roll(&w.d, 20 * 24) * (DAY_US / 24);
		if (roll(&w.d, 3))
			fire_all(&w);
		bool amends = w.g.accepted.n && roll(&w.d, 3) == 0;
		struct event ev = amends ? new_message(&w, &rb) : new_event(&w, &rb);
		arrive(&w, &ev, rb);
	}
	w.now += 400 * DAY_US;
	fire_all(&w);
	assert_same(&w, seed);
	sum->accepted += w.g.accepted.n;
	sum->late += w.late;
	sum->reversals += w.reversals;
	sum->across += w.across;
	case_free(w.under, w.cs);
	history_release(&w.h);
	pots_release(&w.pots);
	vec_release(&w.records);
	vec_release(&w.typed);
	rig_finish(&w.g);
}

static void test_each_version_decides_its_days(void **state)
{
	(void)state;
	struct policy_text p[VERSIONS];
	struct totals sum = {0};
	const char *more = getenv("WAYMARK_HISTORIES");
	unsigned n = 4000 * (more ? (unsigned)strtoul(more, NULL, 10) : 1);
	load_version(&p[0], NULL, 0);
	load_version(&p[1], second, sizeof(second) / sizeof(*second));
	load_version(&p[2], third, sizeof(third) / sizeof(*third));
	for (unsigned seed = 1; seed <= n; seed++)
		one_history(p, seed, &sum);
	print_message("%zu events, %zu times decided again, %zu reversals, %zu outcomes of another "
		      "version\n",
		      sum.accepted, sum.late, sum.reversals, sum.across);
	assert_true(sum.late > n && sum.reversals > n / 2 && sum.across > n / 2);
	for (size_t v = 0; v < VERSIONS; v++)
		policy_text_release(&p[v]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_version_decides_its_days),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
