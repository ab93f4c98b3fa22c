/* SPDX-License-Identifier: Apache-2.0
 *
 * Retracted and corrected events. By chance: whatever is retracted, corrected, retracted again,
 * sent late or dated ahead of the clock, and in whatever order it all comes, the net of what is
 * recorded is what follows from the events that count, in order. And one by one.
 */
#include "engine/case/json_write.h"
#include "tests/support/history_rig.h"
#include "tests/support/policy_text.h"
#include "tests/support/small_policy.h"

/* ---- by chance ---- */

/* The county of the history, and what has been made and not sent yet. */
struct chance {
	struct rig g;
	struct dice d;
	uint16_t kind, county;
	int64_t start, now;
	size_t made;
	VEC(struct event) held;
};

static bool one_in(struct chance *c, uint64_t n)
{
	return roll(&c->d, n) == 0;
}

static int64_t some_time(struct chance *c)
{
	uint64_t grid = (uint64_t)((c->now - c->start) / (DAY_US / 4));
	if (one_in(c, 12)) /* dated ahead */
		return c->now + (int64_t)(1 + roll(&c->d, 60)) * DAY_US;
	if (one_in(c, 2)) /* on a grid, so that some fall together */
		return c->start + (int64_t)roll(&c->d, grid + 1) * (DAY_US / 4);
	return c->now;
}

static struct event new_event(struct chance *c)
{
	struct event ev = random_event(&c->g, &c->d, c->kind, c->county, some_time(c));
	char id[24];
	snprintf(id, sizeof(id), "e%zu", c->made++);
	ev.id = arena_str(&c->g.arena, str_from(id));
	ev.key = ev.digest = event_key(ev.source, ev.id);
	return ev;
}

static const struct event *some_event(struct chance *c)
{
	size_t n = c->g.accepted.n + c->held.n;
	size_t i = n ? roll(&c->d, n) : 0;
	if (!n)
		return NULL;
	return i < c->g.accepted.n ? &c->g.accepted.at[i] : &c->held.at[i - c->g.accepted.n];
}

/* Some fields of the type, as JSON; now and then one that does not fit. */
static struct str new_fields(struct chance *c, uint16_t type)
{
	const struct event_type *t = &c->g.rb->events[type];
	struct buf b = {0};
	buf_char(&b, '{');
	for (uint16_t i = 0; i < t->nfields; i++) {
		const struct field *f = &t->fields[i];
		if (type < EVENT_BUILTINS || one_in(c, 2))
			continue;
		buf_c(&b, b.len > 1 ? "," : "");
		buf_json(&b, f->name);
		buf_char(&b, ':');
		bool null = one_in(c, f->optional ? 3 : 20);
		json_value(&b, c->g.rb, &f->type,
			   null ? value_missing(f->type.kind)
				: random_value(&c->g, &c->d, &f->type));
	}
	if (one_in(c, 20))
		buf_fmt(&b, "%s\"nonsense\":1", b.len > 1 ? "," : "");
	buf_char(&b, '}');
	struct str out = b.len > 2 ? arena_str(&c->g.arena, buf_view(&b)) : (struct str){0};
	buf_release(&b);
	return out;
}

static void give(struct event *ev, uint16_t field, struct str text)
{
	if (!text.len)
		return;
	ev->fields[field] = value_str(TYPE_TEXT, text);
	ev->given |= UINT64_C(1) << field;
}

static struct str time_words(struct chance *c, int64_t at)
{
	struct buf b = {0};
	time_text(&b, zone_utc(), at);
	struct str out = arena_str(&c->g.arena, buf_view(&b));
	buf_release(&b);
	return out;
}

static struct event new_message(struct chance *c, const struct event *of)
{
	bool retracts = one_in(c, 2);
	struct event ev = new_event(c);
	uint16_t n = retracts ? 3 : 5;
	ev.type = retracts ? EVENT_RETRACTED : EVENT_CORRECTED;
	ev.given = 0;
	ev.fields = arena_array(&c->g.arena, n, sizeof(*ev.fields));
	for (uint16_t i = 0; i < n; i++)
		ev.fields[i] = value_missing(TYPE_TEXT);
	give(&ev, AMENDS_EVENT, of->id);
	give(&ev, AMENDS_SOURCE, of->source);
	if (retracts)
		return ev;
	if (one_in(c, 2))
		give(&ev, CORRECTED_TIME, time_words(c, some_time(c)));
	give(&ev, CORRECTED_DATA, new_fields(c, of->type));
	return ev;
}

static void send(struct chance *c, const struct event *ev)
{
	struct refusal no;
	struct arena a = {0};
	if (event_check(c->g.rb, ev, &a, &no))
		(void)rig_arrive(&c->g, ev);
	else
		c->g.refused++;
	arena_release(&a);
}

static void send_held(struct chance *c, size_t i)
{
	struct event ev = c->held.at[i];
	vec_remove(&c->held, i);
	send(c, &ev);
}

static void one_step(struct chance *c)
{
	if (one_in(c, 3))
		c->now += (int64_t)roll(&c->d, 30 * 24) * (DAY_US / 24);
	if (!one_in(c, 3))
		rig_clock(&c->g, c->now);
	const struct event *of = one_in(c, 3) ? some_event(c) : NULL;
	if (!of && c->held.n && one_in(c, 3)) {
		send_held(c, roll(&c->d, c->held.n));
		return;
	}
	struct event ev = of ? new_message(c, of) : new_event(c);
	if (one_in(c, 4))
		*vec_push(&c->held) = ev;
	else
		send(c, &ev);
}

/* A seat stays where it was given, also when its event turns out to be of another day. */
static bool has_seats(const struct rig *g)
{
	for (size_t i = 0; i < g->h.outcomes.n; i++)
		if (g->h.outcomes.at[i].outcome.draw.pot == POT_DOCKET)
			return true;
	return false;
}

struct totals {
	size_t accepted, amended, reversals, additions, voids;
};

static void one_history(const struct rulebook *rb, unsigned seed, struct totals *sum)
{
	struct chance c = {.d = {seed}};
	rig_start(&c.g, rb);
	c.g.from_json = seed % 2;
	c.county = (uint16_t)roll(&c.d, rb->ncounties);
	do
		c.kind = (uint16_t)roll(&c.d, rb->nkinds);
	while (!strcmp(rb->kinds[c.kind].name.p, "agency"));
	int32_t first = rb->counties[c.county].first_day;
	int32_t base = day_of((struct date){2026, 8, 1});
	c.start = c.now = zone_day_start(rb->zone, first > base ? first : base);
	c.g.now = c.now;
	random_others(&c.g, &c.d, c.county);
	for (size_t i = 4 + roll(&c.d, 28); i > 0; i--) {
		one_step(&c);
		if (c.g.ahead || has_seats(&c.g) || !one_in(&c, 4))
			continue;
		rig_clock(&c.g, c.now);
		assert_same_as_in_order(&c.g, c.now, seed);
	}
	while (c.held.n)
		send_held(&c, c.held.n - 1);
	c.now += 500 * DAY_US;
	rig_clock(&c.g, c.now);
	if (!has_seats(&c.g))
		assert_same_as_in_order(&c.g, c.now, seed);
	sum->accepted += c.g.accepted.n;
	sum->amended += c.g.amended;
	sum->reversals += c.g.reversals;
	sum->additions += c.g.additions;
	sum->voids += c.g.voids;
	vec_release(&c.held);
	rig_finish(&c.g);
}

/* WAYMARK_HISTORIES=N: N times as many, for the long form. */
static unsigned times(void)
{
	const char *n = getenv("WAYMARK_HISTORIES");
	return n ? (unsigned)strtoul(n, NULL, 10) : 1;
}

static void many_histories(const struct rulebook *rb, unsigned n, unsigned seed)
{
	struct totals sum = {0};
	for (unsigned i = 0; i < n * times(); i++)
		one_history(rb, seed + i, &sum);
	print_message("%zu events, %zu retractions and corrections, %zu reversals, %zu additions, "
		      "%zu void\n",
		      sum.accepted, sum.amended, sum.reversals, sum.additions, sum.voids);
	assert_true(sum.amended * 8 > sum.accepted);
	assert_true(sum.reversals > 500 && sum.additions > 500 && sum.voids > 500);
}

static void test_the_net_of_the_shipped_policies(void **state)
{
	(void)state;
	struct loaded l = {0};
	struct buf why = {0};
	if (load_rulebook(&l, "policies", &why))
		fail_msg("policies: " STR_FMT, STR_ARG(buf_view(&why)));
	many_histories(l.rb, 3000, 1);
	load_release(&l);
	buf_release(&why);
}

static void test_the_net_of_one_block_of_each_kind(void **state)
{
	(void)state;
	struct policy_text p;
	policy_text_load(&p, SMALL_POLICY);
	many_histories(p.rb, 3000, 500000);
	policy_text_release(&p);
}

/* ---- one by one ---- */

static struct event named(struct policy_text *p, unsigned i, const char *type, const char *of)
{
	char id[16], data[64];
	snprintf(id, sizeof(id), "m%u", i);
	snprintf(data, sizeof(data), "\"event\":\"%s\",\"source\":\"/test\"", of);
	return policy_text_event(p, id, type, "ana", "2026-08-06T12:00:00-07:00", data);
}

/* So many events may be waited for, and not one more; one that has come makes room. */
static void test_a_case_waits_for_so_many_events(void **state)
{
	(void)state;
	struct policy_text p;
	struct rig g;
	char of[16];
	policy_text_load(&p, SMALL_POLICY);
	rig_start(&g, p.rb);
	for (unsigned i = 0; i < LIMIT_AWAITED; i++) {
		snprintf(of, sizeof(of), "e%u", i);
		struct event ev = named(&p, i, "retracted", of);
		ev.kind = 0;
		assert_int_equal(rig_arrive(&g, &ev), STATUS_OK);
	}
	struct event more = named(&p, 1000, "retracted", "more");
	more.kind = 0;
	assert_int_equal(rig_arrive(&g, &more), STATUS_LIMIT);
	assert_string_equal(g.slug, "limit");
	struct event came =
	    policy_text_event(&p, "e0", "left", "ana", "2026-08-05T12:00:00-07:00", "");
	assert_int_equal(rig_arrive(&g, &came), STATUS_OK);
	assert_int_equal(rig_arrive(&g, &more), STATUS_OK);
	assert_int_equal(g.cs->awaited.n, LIMIT_AWAITED);
	rig_finish(&g);
	policy_text_release(&p);
}

/* What was corrected before it came is refused as it is now, and that is said. */
static void test_an_event_is_refused_as_it_was_corrected(void **state)
{
	(void)state;
	struct policy_text p;
	struct rig g;
	policy_text_load(&p, SMALL_POLICY);
	rig_start(&g, p.rb);
	struct event c = policy_text_event(&p, "c", "corrected", "ana", "2026-08-06T12:00:00-07:00",
					   "\"event\":\"e\",\"source\":\"/test\","
					   "\"time\":\"2020-01-01T00:00:00Z\"");
	struct event e = policy_text_event(&p, "e", "left", "ana", "2026-08-05T12:00:00-07:00", "");
	c.kind = 0;
	assert_int_equal(rig_arrive(&g, &c), STATUS_OK);
	assert_int_equal(rig_arrive(&g, &e), STATUS_INVALID);
	assert_string_equal(g.slug, "before-policy");
	rig_finish(&g);
	policy_text_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_net_of_the_shipped_policies),
	    cmocka_unit_test(test_the_net_of_one_block_of_each_kind),
	    cmocka_unit_test(test_a_case_waits_for_so_many_events),
	    cmocka_unit_test(test_an_event_is_refused_as_it_was_corrected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
