/* SPDX-License-Identifier: Apache-2.0
 *
 * What is written can be read, in order and whole; the tables keep what they promise.
 */
#include "tests/support/ledger_rig.h"

#include "daemon/ledger/register.h"
#include "daemon/ledger/schema.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <cmocka.h>

static struct ledger_rig g;
static struct rig_event ana, bea; /* two cases, of two counties */

static int setup(void **state)
{
	(void)state;
	rig_init(&g);
	if (rig_open(&g))
		return 1;
	ana = rig_case(&g, "S-ana", SAMPLE_ALAMEDA);
	bea = rig_case(&g, "S-bea", SAMPLE_CONTRA_COSTA);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	case_free(g.rb, ana.cs);
	case_free(g.rb, bea.cs);
	rig_release(&g);
	return 0;
}

static uint64_t record(struct rig_event *e, const char *id, size_t outcomes)
{
	e->id = id;
	e->n = outcomes;
	return rig_submit(&g, e);
}

/* Five events of two cases, with 2, 1, 0, 3 and 1 outcomes. */
static void record_some(void)
{
	record(&ana, "e1", 2);
	record(&bea, "e2", 1);
	record(&ana, "e3", 0);
	record(&bea, "e4", 3);
	record(&ana, "e5", 1);
	assert_int_equal(rig_settle(&g), STATUS_OK);
}

static struct hash128 key_of(const char *id)
{
	return event_key(STR("/test"), str_from(id));
}

static bool reopen(void)
{
	return rig_close(&g) == STATUS_OK && rig_open(&g) == STATUS_OK;
}

/* ---- reading what was written ---- */

static void test_an_event_is_found_by_its_key(void **state)
{
	(void)state;
	struct ledger_event e;
	assert_int_equal(ledger_find_event(g.reader, key_of("e4"), &e), STATUS_NOT_FOUND);
	record_some();
	assert_int_equal(ledger_find_event(g.reader, key_of("e4"), &e), STATUS_OK);
	assert_int_equal(e.seq, 4);
	assert_int_equal(e.prev_seq, 2);
	assert_int_equal(e.received_us, 77);
	assert_int_equal(e.policy, g.policy);
	assert_int_equal(e.case_no, 2);
	assert_true(str_contains(e.event, STR("\"id\":\"e4\"")));
	assert_true(str_starts(e.decision, STR("{\"seq\":4,")));
	assert_int_equal(ledger_event_at(g.reader, 5, &e), STATUS_OK);
	assert_true(str_contains(e.event, STR("\"id\":\"e5\"")));
	assert_int_equal(ledger_event_at(g.reader, 6, &e), STATUS_NOT_FOUND);
	assert_int_equal(ledger_find_event(g.reader, key_of("e6"), &e), STATUS_NOT_FOUND);
}

static void test_a_case_is_found_with_its_latest_state(void **state)
{
	(void)state;
	struct ledger_case c;
	struct buf expected = {0};
	assert_int_equal(ledger_find_case(g.reader, STR("S-ana"), &c), STATUS_NOT_FOUND);
	record_some();
	case_set_fact(g.rb, ana.cs, 0, value_int(TYPE_YEARS, 33));
	record(&ana, "e6", 0);
	assert_int_equal(rig_settle(&g), STATUS_OK);
	case_json(&expected, g.rb, ana.cs, true);
	assert_int_equal(ledger_find_case(g.reader, STR("S-ana"), &c), STATUS_OK);
	assert_int_equal(c.no, 1);
	assert_int_equal(c.last_seq, 6);
	assert_true(str_eq(c.id, STR("S-ana")));
	assert_true(str_eq(c.kind, STR("survivor")));
	assert_true(str_eq(c.county, STR("alameda")));
	assert_true(c.next_due.at == TIME_NEVER);
	assert_true(str_eq(c.state, buf_view(&expected)));
	assert_int_equal(ledger_find_case(g.reader, STR("S-an"), &c), STATUS_NOT_FOUND);
	buf_release(&expected);
}

struct seen {
	uint64_t seq[16];
	size_t n, most;
};

static bool see_event(void *arg, const struct ledger_event *e)
{
	struct seen *s = arg;
	s->seq[s->n++] = e->seq;
	return s->n < s->most;
}

static void expect_seen(const struct seen *s, size_t n, const uint64_t *seq)
{
	assert_int_equal(s->n, n);
	assert_memory_equal(s->seq, seq, n * sizeof(*seq));
}

static void test_the_timeline_of_a_case(void **state)
{
	(void)state;
	record_some();
	struct seen s = {.most = 16};
	assert_int_equal(ledger_timeline(g.reader, STR("S-ana"), 0, 16, see_event, &s), STATUS_OK);
	expect_seen(&s, 3, (const uint64_t[]){5, 3, 1});
	s = (struct seen){.most = 16};
	assert_int_equal(ledger_timeline(g.reader, STR("S-ana"), 0, 2, see_event, &s), STATUS_OK);
	expect_seen(&s, 2, (const uint64_t[]){5, 3});
	s = (struct seen){.most = 16};
	assert_int_equal(ledger_timeline(g.reader, STR("S-ana"), 3, 9, see_event, &s), STATUS_OK);
	expect_seen(&s, 1, (const uint64_t[]){1});
	s = (struct seen){.most = 16};
	assert_int_equal(ledger_timeline(g.reader, STR("S-ana"), 1, 9, see_event, &s), STATUS_OK);
	assert_int_equal(s.n, 0);
	/* a place in another case's history is none in this one's */
	assert_int_equal(ledger_timeline(g.reader, STR("S-ana"), 4, 9, see_event, &s),
			 STATUS_NOT_FOUND);
	assert_int_equal(ledger_timeline(g.reader, STR("S-zoe"), 0, 9, see_event, &s),
			 STATUS_NOT_FOUND);
	s = (struct seen){.most = 1};
	assert_int_equal(ledger_timeline(g.reader, STR("S-ana"), 0, 16, see_event, &s), STATUS_OK);
	assert_int_equal(s.n, 1);
}

static void test_all_events_in_order(void **state)
{
	(void)state;
	record_some();
	struct seen s = {.most = 16};
	assert_int_equal(ledger_events(g.reader, 1, UINT64_MAX, see_event, &s), STATUS_OK);
	expect_seen(&s, 5, (const uint64_t[]){1, 2, 3, 4, 5});
	s = (struct seen){.most = 16};
	assert_int_equal(ledger_events(g.reader, 2, 3, see_event, &s), STATUS_OK);
	expect_seen(&s, 2, (const uint64_t[]){2, 3});
}

struct feed {
	uint64_t position[16], seq[16];
	size_t n;
};

static bool see_outcome(void *arg, const struct ledger_outcome_row *o)
{
	struct feed *f = arg;
	f->position[f->n] = o->position;
	f->seq[f->n++] = o->seq;
	assert_true(str_starts(o->json, STR("{\"id\":\"")));
	assert_true(
	    str_eq(o->case_id, str_eq(o->county, STR("alameda")) ? STR("S-ana") : STR("S-bea")));
	return true;
}

static void test_the_feed_of_outcomes(void **state)
{
	(void)state;
	uint64_t reached = 99;
	struct feed f = {.n = 0};
	assert_int_equal(ledger_outcomes(g.reader, 0, 9, NULL, 0, &reached, see_outcome, &f),
			 STATUS_OK);
	assert_int_equal(reached, 0);
	assert_int_equal(f.n, 0);
	record_some();
	assert_int_equal(ledger_outcomes(g.reader, 0, 4, NULL, 0, &reached, see_outcome, &f),
			 STATUS_OK);
	assert_int_equal(f.n, 4);
	assert_memory_equal(f.seq, ((const uint64_t[]){1, 1, 2, 4}), 4 * sizeof(uint64_t));
	assert_int_equal(reached, f.position[3]);
	f.n = 0;
	assert_int_equal(ledger_outcomes(g.reader, reached, 9, NULL, 0, &reached, see_outcome, &f),
			 STATUS_OK);
	assert_int_equal(f.n, 3);
	assert_memory_equal(f.seq, ((const uint64_t[]){4, 4, 5}), 3 * sizeof(uint64_t));
	const struct str alameda = STR_INIT("alameda");
	f.n = 0;
	assert_int_equal(ledger_outcomes(g.reader, 0, 9, &alameda, 1, &reached, see_outcome, &f),
			 STATUS_OK);
	assert_int_equal(f.n, 3);
	assert_memory_equal(f.seq, ((const uint64_t[]){1, 1, 5}), 3 * sizeof(uint64_t));
	assert_int_equal(reached, 7);
	const struct str nowhere = STR_INIT("nowhere");
	f.n = 0;
	assert_int_equal(ledger_outcomes(g.reader, 0, 9, &nowhere, 1, &reached, see_outcome, &f),
			 STATUS_OK);
	assert_int_equal(f.n, 0);
	assert_int_equal(reached, 7); /* passed over, so that the next call does not start anew */
}

static void test_an_outcome_is_found_by_its_id(void **state)
{
	(void)state;
	struct ledger_outcome_row o;
	record_some();
	uint64_t place[2] = {str_hash(STR("e4")), 1};
	assert_int_equal(ledger_find_outcome(g.reader, hash_sip(place, sizeof(place)), &o),
			 STATUS_OK);
	assert_int_equal(o.seq, 4);
	assert_true(str_eq(o.case_id, STR("S-bea")));
	assert_true(str_contains(o.json, STR("\"amount\":\"2.00\"")));
	place[1] = 7;
	assert_int_equal(ledger_find_outcome(g.reader, hash_sip(place, sizeof(place)), &o),
			 STATUS_NOT_FOUND);
}

static void test_the_outcome_is_byte_for_byte_that_of_the_decision(void **state)
{
	(void)state;
	struct ledger_outcome_row o;
	struct ledger_event e;
	struct buf whole = {0};
	record_some();
	uint64_t place[2] = {str_hash(STR("e2")), 0};
	assert_int_equal(ledger_find_outcome(g.reader, hash_sip(place, sizeof(place)), &o),
			 STATUS_OK);
	buf_c(&whole, "\"outcomes\":[");
	buf_str(&whole, o.json);
	buf_c(&whole, "]");
	assert_int_equal(ledger_event_at(g.reader, 2, &e), STATUS_OK);
	assert_true(str_contains(e.decision, buf_view(&whole)));
	buf_release(&whole);
}

/* ---- what is due ---- */

static void set_due_of(struct rig_event *e, int64_t at, int32_t day)
{
	struct due due = {.at = at, .day = day, .kind = DUE_STEP, .answered_by = NONE};
	e->cs->due.n = 0;
	if (at != TIME_NEVER)
		case_add_due(e->cs, &due);
}

static void set_due(struct rig_event *e, int64_t at)
{
	set_due_of(e, at, 0);
}

struct due_seen {
	int64_t at[8];
	int32_t day[8];
	char who[8];
	size_t n;
};

static enum ledger_due_seen see_due(void *arg, struct str case_id, struct ledger_due due)
{
	struct due_seen *s = arg;
	assert_int_equal(case_id.len, 5);
	s->day[s->n] = due.day;
	s->who[s->n] = case_id.p[2];
	s->at[s->n++] = due.at;
	return LEDGER_DUE_SEEN;
}

static void test_what_is_due(void **state)
{
	(void)state;
	int64_t at = 0;
	bool all;
	struct due_seen s = {.n = 0};
	struct ledger_case c;
	assert_int_equal(ledger_first_due(g.reader, &at), STATUS_NOT_FOUND);
	set_due(&ana, 500);
	set_due(&bea, 300);
	record_some();
	assert_int_equal(ledger_first_due(g.reader, &at), STATUS_OK);
	assert_int_equal(at, 300);
	assert_int_equal(ledger_due(g.reader, 499, 9, see_due, &s, &all), STATUS_OK);
	assert_int_equal(s.n, 1);
	assert_int_equal(ledger_due(g.reader, 500, 9, see_due, &s, &all), STATUS_OK);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.at[1], 300);
	assert_int_equal(s.at[2], 500);
	assert_true(all);
	s.n = 0;
	assert_int_equal(ledger_due(g.reader, 500, 1, see_due, &s, &all), STATUS_OK);
	assert_int_equal(s.n, 1);
	assert_false(all);
	set_due(&bea, TIME_NEVER);
	set_due(&ana, 700);
	record(&bea, "e6", 0);
	record(&ana, "e7", 0);
	assert_int_equal(rig_settle(&g), STATUS_OK);
	assert_int_equal(ledger_first_due(g.reader, &at), STATUS_OK);
	assert_int_equal(at, 700);
	assert_int_equal(ledger_find_case(g.reader, STR("S-bea"), &c), STATUS_OK);
	assert_true(c.next_due.at == TIME_NEVER);
}

/* At one instant what ends a day comes first; then it goes by id, not by who was there first. */
static void test_what_is_due_at_one_instant(void **state)
{
	(void)state;
	bool all;
	struct due_seen s = {.n = 0};
	set_due_of(&bea, 300, 20000);
	set_due_of(&ana, 300, 20000);
	record(&bea, "e1", 0);
	record(&ana, "e2", 0);
	assert_int_equal(rig_settle(&g), STATUS_OK);
	assert_int_equal(ledger_due(g.reader, 300, 9, see_due, &s, &all), STATUS_OK);
	assert_true(s.n == 2 && s.who[0] == 'a' && s.who[1] == 'b');
	set_due_of(&bea, 300, 19999); /* nothing else has changed */
	record(&bea, "e3", 0);
	assert_int_equal(rig_settle(&g), STATUS_OK);
	s.n = 0;
	assert_int_equal(ledger_due(g.reader, 300, 1, see_due, &s, &all), STATUS_OK);
	assert_true(s.n == 1 && s.who[0] == 'b' && s.day[0] == 19999);
}

enum { CROWD = 60 };

struct crowd {
	struct rig_event e[CROWD];
	char id[CROWD][8];
};

struct served {
	const struct crowd *crowd;
	char id[CROWD][8];
	size_t n, most;
};

static const struct rig_event *one_of(const struct crowd *c, struct str id)
{
	size_t i = 0;
	while (!str_eq(str_from(c->id[i]), id))
		i++;
	return &c->e[i];
}

/* As the daemon does: it looks at the case itself. */
static enum ledger_due_seen see_served(void *arg, struct str case_id, struct ledger_due due)
{
	struct served *s = arg;
	(void)due;
	if (!one_of(s->crowd, case_id)->cs->due.n)
		return LEDGER_DUE_OVER;
	snprintf(s->id[s->n++], sizeof(s->id[0]), STR_FMT, STR_ARG(case_id));
	return s->n < s->most ? LEDGER_DUE_SEEN : LEDGER_DUE_STOP;
}

/* The first of those that are due, found by looking at all of them again and again. */
static size_t first_due(const struct crowd *c, const bool *taken)
{
	size_t best = CROWD;
	for (size_t i = 0; i < CROWD; i++) {
		const struct due *a = c->e[i].cs->due.at, *b;
		if (taken[i] || !c->e[i].cs->due.n)
			continue;
		b = best < CROWD ? c->e[best].cs->due.at : NULL;
		if (!b || a->at < b->at || (a->at == b->at && a->day < b->day) ||
		    (a->at == b->at && a->day == b->day && strcmp(c->id[i], c->id[best]) < 0))
			best = i;
	}
	return best;
}

/* Whatever `most` is, and while they are served, they come in the order of instant, day and id. */
static void test_a_crowd_is_served_in_order(void **state)
{
	(void)state;
	static struct crowd c;
	for (size_t i = 0; i < CROWD; i++) {
		snprintf(c.id[i], sizeof(c.id[0]), "c%zu", (i * 37 + 11) % CROWD);
		c.e[i] = rig_case(&g, c.id[i], SAMPLE_ALAMEDA);
		set_due_of(&c.e[i], i % 7 ? 300 : 200 + (int64_t)(i % 3), i % 11 ? 20000 : 19999);
		record(&c.e[i], c.id[i], 0);
	}
	assert_int_equal(rig_settle(&g), STATUS_OK);
	size_t left = CROWD, most = 1;
	for (int round = 0; left; round++) {
		struct served s = {.crowd = &c, .most = most};
		bool taken[CROWD] = {false}, all = false;
		do {
			s.n = 0;
			assert_int_equal(ledger_due(g.reader, 300, most, see_served, &s, &all),
					 STATUS_OK);
		} while (s.n < most && !all);
		assert_int_equal(s.n, left < most ? left : most);
		for (size_t k = 0; k < s.n; k++) {
			size_t i = first_due(&c, taken);
			assert_true(i < CROWD);
			assert_string_equal(s.id[k], c.id[i]);
			taken[i] = true;
		}
		for (size_t i = 0; i < CROWD; i++) { /* all but every fifth fire */
			if (!taken[i] || (i + (size_t)round) % 5 == 0)
				continue;
			set_due(&c.e[i], TIME_NEVER);
			char id[16];
			snprintf(id, sizeof(id), "%s-%d", c.id[i], round);
			record(&c.e[i], id, 0);
			left--;
		}
		assert_int_equal(rig_settle(&g), STATUS_OK);
		most = most % 9 + 1;
	}
	for (size_t i = 0; i < CROWD; i++)
		case_free(g.rb, c.e[i].cs);
}

/* ---- policies ---- */

static bool see_source(void *arg, struct str name, struct str text)
{
	buf_fmt(arg, STR_FMT "=" STR_FMT, STR_ARG(name), STR_ARG(text));
	return true;
}

static bool see_policy(void *arg, const struct ledger_policy_info *p)
{
	buf_fmt(arg, "%u:" STR_FMT ";", p->number, STR_ARG(p->version));
	return true;
}

static void test_policies_are_kept_once_with_their_sources(void **state)
{
	(void)state;
	struct buf seen = {0}, expected = {0};
	assert_int_equal(rig_settle(&g), STATUS_OK);
	assert_int_equal(ledger_policy(g.ledger, g.rb, 5), g.policy);
	assert_int_equal(ledger_in_flight(g.ledger), 0);
	struct rulebook *other = sample_rulebook();
	other->digest.b[0] ^= 1;
	assert_int_equal(ledger_policy(g.ledger, other, 5), g.policy + 1);
	rulebook_unref(other);
	assert_int_equal(rig_settle(&g), STATUS_OK);
	assert_int_equal(ledger_policies(g.reader, see_policy, &seen), STATUS_OK);
	buf_fmt(&expected, "1:%s;2:%s;", g.rb->version, g.rb->version);
	assert_true(str_eq(buf_view(&seen), buf_view(&expected)));
	buf_clear(&seen);
	assert_int_equal(ledger_policy_sources(g.reader, 1, see_source, &seen), STATUS_OK);
	assert_true(str_eq(buf_view(&seen), STR("vocabulary.way=# nothing\n")));
	assert_int_equal(ledger_policy_sources(g.reader, 3, see_source, &seen), STATUS_NOT_FOUND);
	buf_release(&seen);
	buf_release(&expected);
}

/* ---- the register ---- */

static void act(int64_t at, uint32_t policy, enum ledger_act_kind kind, int64_t from)
{
	struct ledger_unit *u = ledger_unit_new(g.ledger, NULL);
	ledger_unit_act(u, &(struct ledger_act){.at_us = at,
						.policy = policy,
						.kind = kind,
						.from_us = from,
						.who = at % 2 ? STR("ana") : STR("")});
	ledger_submit(g.ledger, u);
}

static void test_the_register_says_what_is_in_force_when(void **state)
{
	(void)state;
	static const struct {
		int64_t at;
		uint32_t policy;
	} expected[] = {{0, 1}, {9, 1}, {10, 1}, {29, 1}, {30, 2}, {49, 2}, {50, 1}, {1000, 1}};
	struct ledger_register reg = {0};
	assert_int_equal(ledger_register_at(&reg, 7), 0);
	struct rulebook *other = sample_rulebook();
	other->digest.b[0] ^= 1;
	ledger_policy(g.ledger, other, 5);
	rulebook_unref(other);
	act(10, 1, ACT_ACTIVATED, 10);
	act(11, 2, ACT_UPLOADED, 0);
	act(12, 2, ACT_ACTIVATED, 30);
	act(13, 2, ACT_ACTIVATED, 60); /* will be retired first */
	act(14, 2, ACT_ACTIVATED, 45); /* will be refused */
	act(15, 2, ACT_ACTIVATED, 50);
	act(16, 1, ACT_ACTIVATED, 50); /* the later of two */
	act(17, 2, ACT_REFUSED, 45);
	act(35, 2, ACT_RETIRED, 0); /* what has begun stays */
	assert_int_equal(rig_settle(&g), STATUS_OK);
	assert_int_equal(ledger_register_load(g.reader, &reg), STATUS_OK);
	assert_int_equal(reg.acts.n, 9);
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
		assert_int_equal(ledger_register_at(&reg, expected[i].at), expected[i].policy);
	assert_int_equal(ledger_register_next(&reg, 0), 10);
	assert_int_equal(ledger_register_next(&reg, 10), 30);
	assert_int_equal(ledger_register_next(&reg, 30), 50);
	assert_true(ledger_register_next(&reg, 50) == TIME_NEVER);
	const struct ledger_act *last = ledger_register_last(&reg, 2, 1u << ACT_UPLOADED);
	assert_int_equal(last->at_us, 11);
	assert_true(str_eq(last->who, STR("ana")));
	assert_null(ledger_register_last(&reg, 1, 1u << ACT_RETIRED));
	ledger_register_release(&reg);
}

/* ---- again later ---- */

static void test_reopening_goes_on_where_it_ended(void **state)
{
	(void)state;
	struct ledger_totals totals;
	record_some();
	assert_true(reopen());
	assert_int_equal(g.policy, 1); /* the same policy keeps its number */
	assert_int_equal(ledger_in_flight(g.ledger), 0);
	assert_int_equal(ledger_totals(g.reader, &totals), STATUS_OK);
	assert_int_equal(totals.events, 5);
	assert_int_equal(totals.cases, 2);
	assert_int_equal(totals.outcomes, 7);
	assert_int_equal(totals.policies, 1);
	assert_int_equal(record(&ana, "e6", 1), 6);
	assert_int_equal(ledger_take_case(g.ledger), 3);
	assert_int_equal(rig_settle(&g), STATUS_OK);
}

static void test_closing_writes_what_is_queued(void **state)
{
	(void)state;
	struct ledger_event e;
	record(&ana, "e1", 1);
	record(&ana, "e2", 1);
	assert_true(reopen());
	assert_int_equal(ledger_event_at(g.reader, 2, &e), STATUS_OK);
}

static void test_a_snapshot_stays_as_it_is(void **state)
{
	(void)state;
	struct ledger_event e;
	assert_int_equal(ledger_reader_begin(g.reader), STATUS_OK);
	assert_int_equal(ledger_event_at(g.reader, 1, &e), STATUS_NOT_FOUND);
	record_some();
	assert_int_equal(ledger_event_at(g.reader, 1, &e), STATUS_NOT_FOUND);
	ledger_reader_end(g.reader);
	assert_int_equal(ledger_event_at(g.reader, 1, &e), STATUS_OK);
}

static void test_a_repeated_event_gets_its_decision_marked(void **state)
{
	(void)state;
	struct buf b = {0};
	ledger_duplicate_json(
	    &b, STR("{\"id\":\"\\\"duplicate\\\":false\",\"duplicate\":false,\"x\":1}"));
	assert_true(str_eq(buf_view(&b),
			   STR("{\"id\":\"\\\"duplicate\\\":false\",\"duplicate\":true,\"x\":1}")));
	buf_release(&b);
}

/* ---- the tables ---- */

static sqlite3 *open_directly(void)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open_v2(g.path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	return db;
}

static void test_append_only_tables_refuse_changes(void **state)
{
	(void)state;
	static const struct {
		const char *sql, *says;
	} cases[] = {
	    {"UPDATE events SET decision = x'' WHERE seq = 1", "events is append-only"},
	    {"DELETE FROM events WHERE seq = 5", "events is append-only"},
	    {"UPDATE outcomes SET amount_cents = 1", "outcomes is append-only"},
	    {"DELETE FROM outcomes", "outcomes is append-only"},
	    {"UPDATE policies SET version = 'x'", "policies is append-only"},
	    {"DELETE FROM policies", "policies is append-only"},
	    {"UPDATE policy_sources SET text = ''", "policy_sources is append-only"},
	    {"DELETE FROM policy_sources", "policy_sources is append-only"},
	    {"DELETE FROM cases", "cases are not deleted"},
	    {"UPDATE cases SET fingerprint = x'00' WHERE no = 1", "a case keeps its id"},
	    {"UPDATE cases SET county = 'x'", "a case keeps its id, kind and county"},
	    {"INSERT INTO events SELECT 99, NULL, case_no, key, 1, 1, NULL, x'', x'', NULL FROM "
	     "events"
	     " WHERE seq = 1",
	     "UNIQUE constraint failed: events.key"},
	    {"INSERT INTO outcomes (seq, item, id, county, kind) VALUES (1, 0, x'00', 'a', 'b')",
	     "CHECK constraint failed"},
	    {"INSERT INTO cases (no, fingerprint, kind, county, last_seq) VALUES ('one', x'', 'k', "
	     "'c', "
	     "1)",
	     "datatype mismatch"},
	};
	record_some();
	rig_close(&g);
	sqlite3 *db = open_directly();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *error = NULL;
		assert_int_not_equal(sqlite3_exec(db, cases[i].sql, NULL, NULL, &error), SQLITE_OK);
		if (!strstr(error, cases[i].says)) {
			print_error("%s: %s\n", cases[i].sql, error);
			fail();
		}
		sqlite3_free(error);
	}
	sqlite3_close(db);
	assert_int_equal(rig_open(&g), STATUS_OK);
}

static int see_text(void *arg, int n, char **columns, char **names)
{
	(void)names;
	for (int i = 0; i < n; i++)
		buf_fmt(arg, "%s|", columns[i] ? columns[i] : "NULL");
	return 0;
}

static void expect_query(sqlite3 *db, const char *sql, const char *expected)
{
	struct buf b = {0};
	char *error = NULL;
	if (sqlite3_exec(db, sql, see_text, &b, &error) != SQLITE_OK) {
		print_error("%s: %s\n", sql, error);
		fail();
	}
	if (!str_eq(buf_view(&b), str_from(expected))) {
		print_error("%s: " STR_FMT "\n", sql, STR_ARG(buf_view(&b)));
		fail();
	}
	buf_release(&b);
}

/* The schema's version: how many migrations there are. */
static void expect_version(sqlite3 *db)
{
	char expected[16];
	size_t n = 0;
	while (ledger_migrations[n])
		n++;
	snprintf(expected, sizeof(expected), "%zu|", n);
	expect_query(db, "PRAGMA user_version", expected);
}

static void test_the_public_schema(void **state)
{
	(void)state;
	set_due(&ana, 1782000000 * SECOND_US);
	record_some();
	rig_close(&g);
	sqlite3 *db = open_directly();
	expect_version(db);
	expect_query(db, "PRAGMA application_id", "1463900493|");
	expect_query(db, "PRAGMA journal_mode", "wal|");
	expect_query(db, "PRAGMA integrity_check", "ok|");
	expect_query(db, "PRAGMA foreign_key_check", "");
	expect_query(db,
		     "SELECT count(*) FROM sqlite_schema s JOIN pragma_table_list(s.name) l"
		     " WHERE s.type = 'table' AND NOT l.strict",
		     "0|");
	expect_query(db, "SELECT seq, prev_seq, case_no FROM events ORDER BY seq",
		     "1|NULL|1|2|NULL|2|3|1|1|4|2|2|5|3|1|");
	expect_query(db, "SELECT seq, case_no, case_kind, county FROM event_list WHERE seq = 4",
		     "4|2|survivor|contra_costa|");
	expect_query(db,
		     "SELECT case_no, kind, amount_cents, fund, name FROM outcome_list"
		     " WHERE position = 2",
		     "1|payment|200|incentives|NULL|");
	expect_query(db, "SELECT county, sum(amount_cents) FROM outcomes GROUP BY county",
		     "alameda|400|contra_costa|700|");
	expect_query(db, "SELECT case_no, next_due FROM due_list", "1|2026-06-21T00:00:00Z|");
	sqlite3_close(db);
	assert_int_equal(rig_open(&g), STATUS_OK);
}

static void test_the_file_is_not_for_everybody(void **state)
{
	(void)state;
	struct stat st;
	assert_int_equal(stat(g.path, &st), 0);
	assert_int_equal(st.st_mode & 07, 0);
}

/* ---- what cases share ---- */

static void expect_pots(const char *expected)
{
	struct buf b = {0};
	struct pots pots = {0};
	assert_int_equal(ledger_pots(g.reader, &pots), STATUS_OK);
	for (size_t i = 0; i < pots.all.n; i++) {
		const struct pot *p = &pots.all.at[i];
		buf_fmt(&b, STR_FMT " " STR_FMT " %d %lld %lld|", STR_ARG(p->name),
			STR_ARG(p->county), p->from == DAY_NONE ? 0 : p->from,
			(long long)p->reserved, (long long)p->committed);
	}
	if (!str_eq(buf_view(&b), str_from(expected)))
		fail_msg(STR_FMT, STR_ARG(buf_view(&b)));
	buf_release(&b);
	pots_release(&pots);
}

static void submit_draws(const char *id, const struct draw *draws, size_t n)
{
	struct outcome outcomes[8];
	struct decision d;
	struct rig_event e = ana;
	e.id = id;
	e.n = n;
	rig_fill(&d, &e, outcomes);
	for (size_t i = 0; i < n; i++)
		outcomes[i].draw = draws[i];
	struct ledger_unit *u = ledger_unit_new(g.ledger, NULL);
	ledger_unit_case(u, e.case_no, e.is_new, e.last_seq, e.due);
	ledger_unit_decision(u, g.rb, &d,
			     (struct ledger_stamp){ledger_take_seq(g.ledger), 77, g.policy},
			     STR("{}"), STR("{}"));
	ledger_unit_state(u, g.rb, e.cs);
	ana.last_seq = u->last_seq;
	ana.is_new = false;
	ledger_submit(g.ledger, u);
}

static void test_pots_are_the_sum_of_draws(void **state)
{
	(void)state;
	expect_pots("");
	submit_draws("e1",
		     (struct draw[]){{POT_FUND, 0, 20000, 50000, 0},
				     {POT_FUND, 0, DAY_NONE, 0, 700},
				     {POT_NONE, 0, 0, 0, 0}},
		     3);
	submit_draws("e2", (struct draw[]){{POT_FUND, 0, 20000, -10000, 10000}}, 1);
	assert_int_equal(rig_settle(&g), STATUS_OK);
	expect_pots("incentives alameda 0 0 700|incentives alameda 20000 40000 10000|");
	submit_draws("e3", (struct draw[]){{POT_FUND, 0, DAY_NONE, 0, 5}}, 1);
	assert_int_equal(rig_settle(&g), STATUS_OK);
	expect_pots("incentives alameda 0 0 705|incentives alameda 20000 40000 10000|");
}

/* ---- disclosures ---- */

static void disclose(uint64_t case_no, const char *county, const char *fields)
{
	struct ledger_unit *u = ledger_unit_new(g.ledger, NULL);
	struct ledger_disclosure what = {.case_no = case_no,
					 .at_us = 7,
					 .policy = g.policy,
					 .allowed = true,
					 .county = str_from(county),
					 .route = STR("GET /v1/cases/{id}"),
					 .asker = STR("ana"),
					 .fields = str_from(fields),
					 .reasons = STR("[]")};
	ledger_unit_disclosure(u, &what);
	if (case_no == 2) { /* several in one */
		what.fields = STR("[\"more\"]");
		ledger_unit_disclosure(u, &what);
	}
	ledger_submit(g.ledger, u);
	assert_int_equal(rig_settle(&g), STATUS_OK);
}

static bool on_disclosure(void *arg, const struct ledger_disclosure_row *row)
{
	buf_fmt(arg, "%llu " STR_FMT " " STR_FMT " " STR_FMT "|", (unsigned long long)row->number,
		STR_ARG(row->case_id), STR_ARG(row->what.county), STR_ARG(row->what.fields));
	return true;
}

static void expect_disclosures(struct str case_id, uint64_t after, size_t most, struct str county,
			       uint64_t reached, const char *want)
{
	struct buf got = {0};
	uint64_t to;
	assert_int_equal(ledger_disclosures(g.reader, case_id, after, most, &county,
					    county.len ? 1 : 0, &to, on_disclosure, &got),
			 STATUS_OK);
	assert_int_equal(to, reached);
	buf_char(&got, 0);
	assert_string_equal(got.p, want);
	buf_release(&got);
}

static void test_who_saw_what(void **state)
{
	(void)state;
	record_some();
	disclose(1, "alameda", "[\"home\"]");
	disclose(2, "yolo", "[\"risk\"]");
	const char *want = "1 S-ana alameda [\"home\"]|";
	expect_disclosures(STR(""), 0, 1, STR(""), 1, want);
	expect_disclosures(STR("S-ana"), 0, 9, STR(""), 3, want);
	expect_disclosures(STR(""), 0, 9, STR("alameda"), 3, want);
	expect_disclosures(STR("S-ana"), 1, 9, STR(""), 3, "");
	expect_disclosures(STR("S-ana"), 0, 9, STR("yolo"), 3, "");
	expect_disclosures(STR(""), 3, 9, STR(""), 3, "");
	expect_disclosures(STR(""), 0, 0, STR(""), 0, "");
	sqlite3 *db = open_directly();
	expect_query(db, "SELECT case_no, route, share FROM disclosure_list WHERE number = 3",
		     "2|GET /v1/cases/{id}|NULL|");
	assert_int_not_equal(sqlite3_exec(db, "DELETE FROM disclosures", NULL, NULL, NULL), 0);
	assert_int_not_equal(
	    sqlite3_exec(db, "UPDATE disclosures SET route = ''", NULL, NULL, NULL), 0);
	sqlite3_close(db);
}

/* ---- what is no ledger ---- */

static enum status open_path(const char *path)
{
	struct ledger_config config = {.path = path};
	struct ledger *l = NULL;
	buf_clear(&g.why);
	enum status status = ledger_open(&config, &l, &g.why);
	if (!status)
		ledger_close(l);
	return status;
}

static void test_other_files_are_refused_and_left_alone(void **state)
{
	(void)state;
	sqlite3 *db = NULL;
	rig_close(&g);
	db = open_directly();
	sqlite3_exec(db, "PRAGMA user_version=1000", NULL, NULL, NULL);
	sqlite3_close(db);
	assert_int_equal(open_path(g.path), STATUS_INVALID);
	assert_true(str_contains(buf_view(&g.why), STR("newer version of waymark")));
	db = open_directly();
	sqlite3_exec(db, "PRAGMA user_version=1; PRAGMA application_id=7", NULL, NULL, NULL);
	sqlite3_close(db);
	assert_int_equal(open_path(g.path), STATUS_INVALID);
	assert_true(str_contains(buf_view(&g.why), STR("another program")));
	struct ledger_reader *r = NULL;
	assert_int_equal(ledger_reader_open(g.path, &r, &g.why), STATUS_INVALID);
	FILE *f = fopen(g.path, "w");
	fputs("This is a text of more than a hundred bytes, which is what SQLite takes as a header "
	      "before it says that it is no database at all.",
	      f);
	fclose(f);
	assert_int_equal(open_path(g.path), STATUS_INVALID);
	assert_int_equal(open_path("/nonexistent/l.db"), STATUS_IO);
	unlink(g.path);
	/* the keys of the ledger that was there are not for a new one */
	assert_int_equal(open_path(g.path), STATUS_CONFLICT);
	assert_true(str_contains(buf_view(&g.why), STR("keys of another ledger")));
	rig_unlink(&g, ".keys");
	unlink(g.path);
	assert_int_equal(rig_open(&g), STATUS_OK);
}

static void test_one_writer_at_a_time(void **state)
{
	(void)state;
	assert_int_equal(open_path(g.path), STATUS_CONFLICT);
	assert_true(str_contains(buf_view(&g.why), STR("another process is writing")));
	record_some(); /* the first one goes on */
	rig_close(&g);
	assert_int_equal(open_path(g.path), STATUS_OK);
	assert_int_equal(rig_open(&g), STATUS_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_an_event_is_found_by_its_key),
	    TEST(test_a_case_is_found_with_its_latest_state),
	    TEST(test_the_timeline_of_a_case),
	    TEST(test_all_events_in_order),
	    TEST(test_the_feed_of_outcomes),
	    TEST(test_an_outcome_is_found_by_its_id),
	    TEST(test_the_outcome_is_byte_for_byte_that_of_the_decision),
	    TEST(test_what_is_due),
	    TEST(test_what_is_due_at_one_instant),
	    TEST(test_a_crowd_is_served_in_order),
	    TEST(test_policies_are_kept_once_with_their_sources),
	    TEST(test_the_register_says_what_is_in_force_when),
	    TEST(test_reopening_goes_on_where_it_ended),
	    TEST(test_closing_writes_what_is_queued),
	    TEST(test_a_snapshot_stays_as_it_is),
	    TEST(test_a_repeated_event_gets_its_decision_marked),
	    TEST(test_append_only_tables_refuse_changes),
	    TEST(test_the_public_schema),
	    TEST(test_pots_are_the_sum_of_draws),
	    TEST(test_who_saw_what),
	    TEST(test_the_file_is_not_for_everybody),
	    TEST(test_other_files_are_refused_and_left_alone),
	    TEST(test_one_writer_at_a_time),
	};
	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
