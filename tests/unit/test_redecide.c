/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds whatever the order of arrival: the net of all recorded outcomes, and the case. Random
 * policies of the shipped kind, random histories, random orders, with a clock that fires what is
 * due in between; compared with the same history in order through engine/audit/stream.
 */
#include "engine/explain/explain.h"
#include "tests/support/history_rig.h"
#include "tests/support/policy_text.h"
#include "tests/support/small_policy.h"

struct totals {
	size_t late, reversals, additions, voids, accepted;
};

static void one_history(const struct rulebook *rb, unsigned seed, struct totals *sum)
{
	struct rig g;
	struct dice d = {seed};
	rig_start(&g, rb);
	g.from_json = seed % 2;
	uint16_t county = (uint16_t)roll(&d, rb->ncounties);
	uint16_t kind;
	do
		kind = (uint16_t)roll(&d, rb->nkinds);
	while (!strcmp(rb->kinds[kind].name.p, "agency"));
	int32_t first = rb->counties[county].first_day;
	int32_t base = day_of((struct date){2026, 8, 1});
	int64_t start = zone_day_start(rb->zone, first > base ? first : base), now = start;
	random_others(&g, &d, county);
	size_t n = 4 + roll(&d, 28);
	for (size_t i = 0; i < n; i++) {
		if (roll(&d, 3) == 0)
			now += (int64_t)roll(&d, 30 * 24) * (DAY_US / 24);
		if (roll(&d, 3))
			rig_clock(&g, now);
		int64_t past = (now - start) / (DAY_US / 4);
		int64_t time = now;
		if (roll(&d, 2)) /* on a grid, so that some fall together */
			time = start + (int64_t)roll(&d, (uint64_t)past + 1) * (DAY_US / 4);
		struct event ev = random_event(&g, &d, kind, county, time);
		struct refusal no;
		struct arena a = {0};
		if (event_check(rb, &ev, &a, &no))
			(void)rig_arrive(&g, &ev);
		else
			g.refused++;
		arena_release(&a);
	}
	now += 500 * DAY_US;
	rig_clock(&g, now);
	assert_same_as_in_order(&g, now, seed);
	sum->late += g.late;
	sum->reversals += g.reversals;
	sum->additions += g.additions;
	sum->voids += g.voids;
	sum->accepted += g.accepted.n;
	rig_finish(&g);
}

static void many_histories(const struct rulebook *rb, unsigned n, unsigned seed, struct totals *sum)
{
	for (unsigned i = 0; i < n; i++)
		one_history(rb, seed + i, sum);
}

static void load(struct loaded *l, const char *path, const char *more)
{
	struct buf why = {0};
	*l = (struct loaded){0};
	if (!more) {
		if (load_rulebook(l, path, &why))
			fail_msg("%s: " STR_FMT, path, STR_ARG(buf_view(&why)));
		buf_release(&why);
		return;
	}
	struct buf texts[2] = {{0}, {0}};
	const char *paths[2] = {more, path};
	diag_init(&l->diags, &l->arena);
	l->sources = arena_array(&l->arena, 2, sizeof(*l->sources));
	l->n = 2;
	for (int i = 0; i < 2; i++) {
		if (load_file(paths[i], 1 << 20, &texts[i], &why))
			fail_msg(STR_FMT, STR_ARG(buf_view(&why)));
		l->sources[i] = (struct source){arena_str(&l->arena, str_from(paths[i])),
						arena_str(&l->arena, buf_view(&texts[i]))};
		buf_release(&texts[i]);
	}
	if (load_compile(l))
		fail_msg("%s does not compile", path);
	buf_release(&why);
}

static void assert_worth_it(const struct totals *sum, size_t voids)
{
	print_message("%zu events, %zu late, %zu reversals, %zu additions, %zu void\n",
		      sum->accepted, sum->late, sum->reversals, sum->additions, sum->voids);
	assert_true(sum->late * 5 > sum->accepted);
	assert_true(sum->reversals > 500 && sum->additions > 500 && sum->voids >= voids);
}

static void test_the_net_of_the_shipped_policies(void **state)
{
	(void)state;
	struct loaded l;
	struct totals sum = {0};
	load(&l, "policies", NULL);
	many_histories(l.rb, 3000, 1, &sum);
	assert_worth_it(&sum, 10);
	load_release(&l);
}

static void test_the_net_of_the_languages_examples(void **state)
{
	(void)state;
	static const char *const names[] = {
	    "conditions", "county",     "deadlines", "escalation",   "fine",     "may",
	    "money",      "month_ends", "never",     "rule",         "schedule", "stipend",
	    "unknown",    "parameters", "overrides", "for_each",     "window",   "stages",
	    "never_more", "only_after", "always",    "also_running", "docket"};
	struct totals sum = {0};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char path[128];
		struct loaded l;
		snprintf(path, sizeof(path), "tests/golden/language/%s.way", names[i]);
		load(&l, path, "tests/golden/language/vocabulary.way");
		many_histories(l.rb, 400, 10000 * (unsigned)(i + 1), &sum);
		load_release(&l);
	}
	assert_worth_it(&sum, 10);
}

static void test_the_net_of_one_block_of_each_kind(void **state)
{
	(void)state;
	struct policy_text p;
	struct totals sum = {0};
	policy_text_load(&p, SMALL_POLICY);
	many_histories(p.rb, 3000, 500000, &sum);
	assert_worth_it(&sum, 10);
	policy_text_release(&p);
}

/* ---- one by one ---- */

struct fixture {
	struct policy_text p;
	struct rig g;
};

static void start_with(struct fixture *f, const char *policy)
{
	policy_text_load(&f->p, policy);
	rig_start(&f->g, f->p.rb);
	f->g.from_json = true;
}

static void finish(struct fixture *f)
{
	rig_finish(&f->g);
	policy_text_release(&f->p);
}

static enum status arrive(struct fixture *f, const char *id, const char *type, const char *time,
			  const char *data)
{
	struct event ev = policy_text_event(&f->p, id, type, "ana", time, data);
	return rig_arrive(&f->g, &ev);
}

static void arrive_ok(struct fixture *f, const char *id, const char *type, const char *time,
		      const char *data)
{
	if (arrive(f, id, type, time, data))
		fail_msg("%s: %s", id, f->g.slug);
}

static void clock_at(struct fixture *f, int32_t y, int m, int d)
{
	rig_clock(&f->g, zone_day_start(f->p.rb->zone, day_of((struct date){y, m, d})));
}

static bool said(const struct fixture *f, const char *part)
{
	return memmem(f->g.last.p, f->g.last.len, part, strlen(part)) != NULL;
}

static void assert_said(const struct fixture *f, const char *part)
{
	if (!said(f, part))
		fail_msg("%s is not in\n" STR_FMT, part, STR_ARG(buf_view(&f->g.last)));
}

static void test_a_notice_is_reversed(void **state)
{
	(void)state;
	struct fixture f;
	start_with(&f, SMALL_POLICY);
	arrive_ok(&f, "1", "missed", "2026-07-06T12:00:00-07:00", "\"explained\":false");
	clock_at(&f, 2026, 8, 1);
	assert_said(&f, "\"message\":\"no answer\"");
	arrive_ok(&f, "2", "enrolled", "2026-07-10T12:00:00-07:00", "");
	assert_said(&f, "\"kind\":\"reversal\",\"action\":\"reverse\",\"reverses\":\"notice\","
			"\"to\":\"advocate\",\"status\":\"done\",\"of\":\"");
	assert_said(&f, "\"because\":{\"program\":\"p\",\"block\":\"attendance\"");
	assert_false(said(&f, "\"message\""));
	assert_int_equal(f.g.reversals, 1);
	assert_int_equal(f.g.additions, 0);
	/* What has passed stays passed: the deadline's own time is still the latest. */
	assert_int_equal(f.g.cs->last,
			 zone_day_start(f.p.rb->zone, day_of((struct date){2026, 7, 21})));
	finish(&f);
}

static void test_a_changed_outcome_comes_again_under_its_id(void **state)
{
	(void)state;
	struct fixture f;
	start_with(&f, SMALL_POLICY);
	arrive_ok(&f, "1", "risk_found", "2026-07-02T12:00:00-07:00", "\"risk\":9");
	arrive_ok(&f, "2", "housed", "2026-07-06T12:00:00-07:00", "");
	clock_at(&f, 2026, 8, 2);
	assert_said(&f, "\"status\":\"due\"");
	arrive_ok(&f, "3", "arrested", "2026-07-20T12:00:00-07:00", "");
	/* Its own first, then what is taken back, then what comes instead, naming its event. */
	struct str all = buf_view(&f.g.last);
	const char *order = memmem(all.p, all.len, "\"order\"", 7);
	const char *back = memmem(all.p, all.len, "\"reversal\"", 10);
	const char *held = memmem(all.p, all.len, "\"held\"", 6);
	assert_true(order && back && held && order < back && back < held);
	assert_said(&f, "\"reverses\":\"payment\",\"amount\":\"500.00\"");
	assert_said(&f, "\"event\":{\"source\":\"waymark\"");
	assert_int_equal(f.g.reversals, 1);
	assert_int_equal(f.g.additions, 1);
	finish(&f);
}

static void test_an_accepted_event_loses_its_effects_and_gets_them_back(void **state)
{
	(void)state;
	struct fixture f;
	start_with(&f, "timezone \"America/Los_Angeles\"\n"
		       "case survivor\n  open : yes/no default yes\n"
		       "event asked of survivor\nevent closed of survivor\n  sets open\n"
		       "action visit\n"
		       "program p\n  effective 2026-07-01\n"
		       "rule visits\n  on asked\n  order visit\n"
		       "never order visit for survivor when not open\n"
		       "county alameda\n  adopts p from 2026-07-01\n");
	arrive_ok(&f, "1", "asked", "2026-07-10T12:00:00-07:00", "");
	arrive_ok(&f, "2", "closed", "2026-07-05T12:00:00-07:00", "\"open\":false");
	assert_said(&f, "\"void\":[{\"source\":\"/test\",\"id\":\"1\",\"reason\":\"");
	assert_int_equal(f.g.reversals, 1);
	arrive_ok(&f, "3", "closed", "2026-07-06T12:00:00-07:00", "\"open\":true");
	assert_false(said(&f, "\"void\""));
	assert_int_equal(f.g.additions, 1);
	assert_said(&f, "\"event\":{\"source\":\"/test\",\"id\":\"1\"}");
	/* Refused at its place: nothing changes. */
	size_t n = f.g.records.n;
	arrive_ok(&f, "4", "closed", "2026-07-11T12:00:00-07:00", "\"open\":true");
	assert_int_not_equal(arrive(&f, "5", "asked", "2026-07-05T13:00:00-07:00", ""), 0);
	assert_string_equal(f.g.slug, "breaks-never");
	assert_int_equal(f.g.records.n, n + 1);
	finish(&f);
}

static void test_what_was_read_of_other_cases_is_kept(void **state)
{
	(void)state;
	struct fixture f;
	start_with(&f, SMALL_POLICY);
	uint16_t agency = rulebook_kind(f.p.rb, STR("agency"));
	f.g.others[0] = case_new(f.p.rb, STR("haven"), agency, 0);
	case_set_fact(f.p.rb, f.g.others[0], 0, value_int(TYPE_YES_NO, true));
	const char *placed = "\"provider\":\"haven\",\"price\":\"100.00\",\"share\":\"50\"";
	arrive_ok(&f, "1", "risk_found", "2026-07-02T12:00:00-07:00", "\"risk\":9");
	arrive_ok(&f, "2", "placed", "2026-07-06T12:00:00-07:00", placed);
	assert_said(&f, "\"amount\":\"50.00\"");
	/* The agency loses its approval later; the late event does not touch what was paid. */
	case_set_fact(f.p.rb, f.g.others[0], 0, value_int(TYPE_YES_NO, false));
	arrive_ok(&f, "3", "left", "2026-07-03T12:00:00-07:00", "");
	assert_int_equal(f.g.reversals, 0);
	assert_false(said(&f, "\"inputs\""));
	/* A placement that is reported late sees the agency as it is now, and keeps to that. */
	arrive_ok(&f, "4", "placed", "2026-07-05T12:00:00-07:00", placed);
	assert_said(&f, "\"outcomes\":[],\"inputs\":[{\"case\":\"haven\"");
	case_set_fact(f.p.rb, f.g.others[0], 0, value_int(TYPE_YES_NO, true));
	arrive_ok(&f, "5", "left", "2026-07-04T12:00:00-07:00", "");
	assert_said(&f, "\"outcomes\":[]");
	finish(&f);
}

static void test_what_an_earlier_event_reads_for_the_first_time(void **state)
{
	(void)state;
	struct fixture f;
	start_with(&f, "timezone \"America/Los_Angeles\"\n"
		       "case survivor\n  ready : yes/no default no\n"
		       "case agency\n  vetted : yes/no default no\n"
		       "event found of survivor\n  sets ready\n"
		       "event placed of survivor\n  provider : agency\n"
		       "program p\n  effective 2026-07-01\n"
		       "rule r\n  on placed when ready and provider.vetted\n  pay $5 to provider\n"
		       "county alameda\n  adopts p from 2026-07-01\n");
	uint16_t agency = rulebook_kind(f.p.rb, STR("agency"));
	f.g.others[0] = case_new(f.p.rb, STR("haven"), agency, 0);
	case_set_fact(f.p.rb, f.g.others[0], 0, value_int(TYPE_YES_NO, true));
	arrive_ok(&f, "1", "placed", "2026-07-06T12:00:00-07:00", "\"provider\":\"haven\"");
	assert_false(said(&f, "\"inputs\""));
	arrive_ok(&f, "2", "found", "2026-07-05T12:00:00-07:00", "\"ready\":true");
	assert_said(&f, "\"amount\":\"5.00\"");
	assert_said(&f, "\"value\":true,\"event\":{\"source\":\"/test\",\"id\":\"1\"}}]");
	case_set_fact(f.p.rb, f.g.others[0], 0, value_int(TYPE_YES_NO, false));
	arrive_ok(&f, "3", "found", "2026-07-04T12:00:00-07:00", "\"ready\":true");
	assert_said(&f, "\"outcomes\":[]");
	finish(&f);
}

static void test_what_an_event_is_void_for_is_kept(void **state)
{
	(void)state;
	struct fixture f;
	start_with(&f, "timezone \"America/Los_Angeles\"\n"
		       "case agency\n  vetted : yes/no default no\n"
		       "case survivor\n  home : agency optional\n"
		       "event moved of survivor\n  sets home\n"
		       "event asked of survivor\naction visit\n"
		       "program p\n  effective 2026-07-01\n"
		       "rule r\n  on asked\n  order visit\n"
		       "never order visit for survivor when home is known and not home.vetted\n"
		       "county alameda\n  adopts p from 2026-07-01\n");
	uint16_t agency = rulebook_kind(f.p.rb, STR("agency"));
	f.g.others[0] = case_new(f.p.rb, STR("haven"), agency, 0);
	arrive_ok(&f, "1", "asked", "2026-07-06T12:00:00-07:00", "");
	arrive_ok(&f, "2", "moved", "2026-07-05T12:00:00-07:00", "\"home\":\"haven\"");
	assert_said(&f, "\"value\":false,\"event\":{\"source\":\"/test\",\"id\":\"1\"}}]");
	assert_said(&f, "\"void\":[{\"source\":\"/test\",\"id\":\"1\"");
	case_set_fact(f.p.rb, f.g.others[0], 0, value_int(TYPE_YES_NO, true));
	arrive_ok(&f, "3", "moved", "2026-07-04T12:00:00-07:00", "\"home\":\"haven\"");
	assert_said(&f, "\"outcomes\":[],\"void\":[");
	finish(&f);
}

static void test_a_long_history_is_refused(void **state)
{
	(void)state;
	struct fixture f;
	start_with(&f, SMALL_POLICY);
	f.g.from_json = false;
	int64_t at = zone_day_start(f.p.rb->zone, day_of((struct date){2026, 8, 1}));
	struct event ev =
	    policy_text_event(&f.p, "0", "aged", "ana", "2026-08-01T12:00:00-07:00", "\"age\":20");
	for (unsigned i = 0; i + 1 < LIMIT_HISTORY; i++) {
		char id[16];
		snprintf(id, sizeof(id), "n%u", i);
		ev.id = arena_str(&f.g.arena, str_from(id));
		ev.key = event_key(ev.source, ev.id);
		ev.time = at + i * SECOND_US;
		assert_int_equal(rig_arrive(&f.g, &ev), STATUS_OK);
	}
	arrive_ok(&f, "late1", "aged", "2026-07-05T12:00:00-07:00", "\"age\":17");
	assert_int_equal(f.g.late, 1);
	assert_int_equal(arrive(&f, "late2", "aged", "2026-07-05T12:00:00-07:00", "\"age\":17"),
			 STATUS_LIMIT);
	assert_string_equal(f.g.slug, "limit");
	finish(&f);
}

static void test_deadlines_count_in_a_long_history(void **state)
{
	(void)state;
	struct fixture f;
	start_with(&f, SMALL_POLICY);
	f.g.from_json = false;
	arrive_ok(&f, "1", "missed", "2026-07-06T12:00:00-07:00", "\"explained\":false");
	f.g.h.decisions = LIMIT_HISTORY; /* as if that many had come */
	assert_int_equal(arrive(&f, "2", "enrolled", "2026-07-05T12:00:00-07:00", ""),
			 STATUS_LIMIT);
	finish(&f);
}

static void test_a_late_decision_is_explained(void **state)
{
	(void)state;
	struct fixture f;
	struct redecision r;
	struct decision d;
	struct trace trace = {0};
	struct buf b = {0};
	start_with(&f, SMALL_POLICY);
	arrive_ok(&f, "0", "housed", "2026-07-02T12:00:00-07:00", "");
	clock_at(&f, 2026, 8, 2);
	redecision_init(&r, f.p.rb, (struct world){rig_find, &f.g, &f.g.pots});
	r.decider.trace = &trace;
	struct event ev =
	    policy_text_event(&f.p, "1", "arrested", "ana", "2026-07-05T12:00:00-07:00", "");
	assert_int_equal(redecide(&r, &f.g.h, f.g.cs, &ev, &d), STATUS_OK);
	struct wording w = {f.p.rb, true};
	explain_decision(&b, &(struct account){w, &d, &trace, NULL});
	const char *parts[] = {"order jail", "take back: pay $500.00 to ana",
			       "it no longer follows, now that this event is known",
			       "pay $500.00 to ana due 2026-08-01, item 1 (held)",
			       "it came by itself when it was due, now that this event is known"};
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (!memmem(b.p, b.len, parts[i], strlen(parts[i])))
			fail_msg("%s is not in\n" STR_FMT, parts[i], STR_ARG(buf_view(&b)));
	redecision_release(&r);
	trace_release(&trace);
	buf_release(&b);
	finish(&f);
}

static void test_damaged_records_are_told(void **state)
{
	(void)state;
	static const char event[] =
	    "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/t\",\"type\":"
	    "\"left\",\"subject\":\"a\",\"time\":\"2026-07-06T12:00:00Z\","
	    "\"county\":\"alameda\"}";
#define OUT(members) "{\"outcomes\":[{\"id\":\"00112233445566778899aabbccddeeff\"," members "}]}"
	static const struct {
		const char *event, *decision, *why;
	} rows[] = {
	    {event, "{", "its JSON"},
	    {"[]", "{}", "type"},
	    {event, "{}", "outcomes"},
	    {event, OUT("\"kind\":\"payment\""), "action"},
	    {event, OUT("\"kind\":\"payment\",\"action\":\"steal\""), "action"},
	    {event, OUT("\"kind\":\"payment\",\"action\":\"pay\""), "because"},
	    {event, OUT("\"kind\":\"reversal\",\"of\":\"xyz\""), "of"},
	    {event, "{\"outcomes\":[],\"inputs\":[{\"case\":\"a\",\"kind\":\"ship\"}]}", "kind"},
	    {event, "{\"outcomes\":[],\"inputs\":[{\"case\":\"a\",\"kind\":\"agency\"}]}", "fact"},
	};
	struct policy_text p;
	policy_text_load(&p, SMALL_POLICY);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct past_reader r;
		struct history h = {0};
		struct buf why = {0};
		past_reader_init(&r, p.doc);
		assert_int_equal(past_read(&r, p.rb, str_from(rows[i].event),
					   str_from(rows[i].decision), &h, &why),
				 STATUS_INVALID);
		if (!memmem(why.p, why.len, rows[i].why, strlen(rows[i].why)))
			fail_msg("row %zu: " STR_FMT, i, STR_ARG(buf_view(&why)));
		past_reader_release(&r);
		history_release(&h);
		buf_release(&why);
	}
	policy_text_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_net_of_the_shipped_policies),
	    cmocka_unit_test(test_the_net_of_the_languages_examples),
	    cmocka_unit_test(test_the_net_of_one_block_of_each_kind),
	    cmocka_unit_test(test_a_notice_is_reversed),
	    cmocka_unit_test(test_a_changed_outcome_comes_again_under_its_id),
	    cmocka_unit_test(test_an_accepted_event_loses_its_effects_and_gets_them_back),
	    cmocka_unit_test(test_what_was_read_of_other_cases_is_kept),
	    cmocka_unit_test(test_what_an_earlier_event_reads_for_the_first_time),
	    cmocka_unit_test(test_what_an_event_is_void_for_is_kept),
	    cmocka_unit_test(test_a_long_history_is_refused),
	    cmocka_unit_test(test_deadlines_count_in_a_long_history),
	    cmocka_unit_test(test_a_late_decision_is_explained),
	    cmocka_unit_test(test_damaged_records_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
