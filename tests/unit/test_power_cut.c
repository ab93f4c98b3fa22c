/* SPDX-License-Identifier: Apache-2.0
 *
 * The power is cut at any moment: what was reported as on disk is there, whole, and of the rest a
 * unit is there whole or not at all.
 *
 *     CUTS=5000 SEED=1 test_power_cut
 */
#include "tests/support/disk.h"
#include "tests/support/ledger_rig.h"

#include "daemon/ledger/ledger_internal.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define CUTS_A_LEDGER 25 /* then a fresh one: looking through a ledger takes longer as it grows */
#define CASES         4  /* in each session */
#define UNIT_EVENTS   3  /* most in one unit */

static struct ledger_rig g;

/* What this test knows of an event that it submitted. */
struct known {
	char id[24];
	uint64_t seq;
	unsigned unit;
	bool told; /* reported as on disk */
};

static VEC(struct known) events;
static unsigned units;
static uint64_t reported; /* events, in all */

/* A unit in flight: which of `events` it has. */
struct sent {
	size_t first, n;
};

static uint64_t number_from(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);
	return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

static int setup(void **state)
{
	(void)state;
	disk_install(number_from("SEED", 20261126));
	rig_init(&g);
	g.log_pages = 200;
	events.n = 0;
	units = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rig_release(&g);
	disk_remove();
	vec_release(&events);
	return 0;
}

/* ---- a session: until the power goes ---- */

static void add_event(struct ledger_unit *u, struct rig_event *e, struct sent *sent)
{
	struct outcome outcomes[8];
	struct decision d;
	struct buf event = {0}, decision = {0};
	struct known *k = vec_push(&events);
	*k = (struct known){.seq = ledger_take_seq(g.ledger), .unit = units};
	snprintf(k->id, sizeof(k->id), "e%zu", events.n);
	e->id = k->id;
	e->n = disk_random(4);
	rig_fill(&d, e, outcomes);
	buf_fmt(&event, "{\"id\":\"%s\",\"note\":\"", k->id);
	buf_pad(&event, 'x', disk_random(20) ? disk_random(300) : disk_random(20000));
	buf_c(&event, "\"}");
	decision_json(&decision, g.rb, &d, k->seq, false);
	ledger_unit_decision(u, g.rb, &d, (struct ledger_stamp){k->seq, 77, g.policy},
			     buf_view(&event), buf_view(&decision));
	sent->n++;
	buf_release(&event);
	buf_release(&decision);
}

static void submit_unit(struct rig_event *e)
{
	struct ledger_unit *u = ledger_unit_new(g.ledger, NULL);
	struct sent *sent = arena_alloc(&u->arena, sizeof(*sent));
	*sent = (struct sent){.first = events.n};
	u->user = sent;
	ledger_unit_case(u, e->case_no, e->is_new, e->last_seq, e->due);
	for (uint64_t n = 1 + disk_random(UNIT_EVENTS); n; n--)
		add_event(u, e, sent);
	ledger_unit_state(u, g.rb, e->cs);
	e->last_seq = u->last_seq;
	e->due = u->next_due;
	e->is_new = false;
	units++;
	ledger_submit(g.ledger, u);
}

static void take(const struct ledger_unit *u)
{
	const struct sent *sent = u->user;
	for (size_t i = 0; sent && i < sent->n; i++)
		events.at[sent->first + i].told = u->status == STATUS_OK;
	if (sent && u->status == STATUS_OK)
		reported += sent->n;
}

/* Flushes and waits; false: the power is gone. */
static bool settled(void)
{
	bool fine = true;
	ledger_flush(g.ledger);
	while (ledger_in_flight(g.ledger)) {
		struct ledger_unit *u = rig_next(&g);
		take(u);
		fine = fine && u->status == STATUS_OK;
		ledger_unit_free(g.ledger, u);
	}
	return fine;
}

static void until_the_cut(void)
{
	struct rig_event cases[CASES];
	char id[CASES][32];
	for (unsigned i = 0; i < CASES; i++) {
		snprintf(id[i], sizeof(id[i]), "S-%u-%u", units, i);
		cases[i] = rig_case(&g, id[i], SAMPLE_ALAMEDA);
	}
	for (unsigned order = 0; settled(); order++) {
		/* A case's number is taken when it is written first, in order. */
		unsigned among = order < CASES ? order + 1 : CASES;
		submit_unit(&cases[order < CASES ? order : disk_random(among)]);
		for (uint64_t n = disk_random(6); n && order >= CASES; n--)
			submit_unit(&cases[disk_random(CASES)]);
	}
	for (unsigned i = 0; i < CASES; i++)
		case_free(g.rb, cases[i].cs);
}

/* ---- what is found afterwards ---- */

static bool is_stored(const struct known *k)
{
	struct ledger_event e;
	enum status st = ledger_find_event(g.reader, event_key(STR("/test"), str_from(k->id)), &e);
	assert_true(st == STATUS_OK || st == STATUS_NOT_FOUND);
	if (st == STATUS_OK)
		assert_int_equal(e.seq, k->seq);
	return st == STATUS_OK;
}

static bool count_one(void *arg, const struct ledger_event *e)
{
	uint64_t *n = arg;
	assert_int_equal(e->seq, ++*n);
	return true;
}

/* Forgets what was not reported and is not there. Returns how many were reported and are not. */
static unsigned look(void)
{
	unsigned lost = 0;
	size_t kept = 0;
	for (size_t i = 0; i < events.n; i++) {
		struct known k = events.at[i];
		bool stored = is_stored(&k);
		lost += k.told && !stored;
		/* whole units, in order */
		if (i && events.at[i - 1].unit == k.unit)
			assert_int_equal(stored, kept && events.at[kept - 1].unit == k.unit);
		if (stored)
			assert_int_equal(k.seq, kept + 1);
		if (stored)
			events.at[kept++] = k;
	}
	events.n = kept;
	return lost;
}

static void check_tables(void)
{
	struct ledger_totals t;
	uint64_t n = 0;
	assert_int_equal(ledger_events(g.reader, 1, UINT64_MAX >> 1, count_one, &n), STATUS_OK);
	assert_int_equal(ledger_totals(g.reader, &t), STATUS_OK);
	assert_int_equal(n, events.n);
	assert_int_equal(t.events, n);
	sqlite3 *db = g.ledger->writer.db; /* its thread has nothing to do */
	sqlite3_stmt *s = sql_prepare(db, "PRAGMA integrity_check");
	assert_int_equal(sql_step(s), STEP_ROW);
	assert_string_equal((const char *)sqlite3_column_text(s, 0), "ok");
	sqlite3_finalize(s);
	int64_t wrong;
	assert_int_equal(sql_int(db,
				 "SELECT count(*) FROM cases c WHERE last_seq <> (SELECT max(seq)"
				 " FROM events WHERE case_no = c.no)",
				 &wrong),
			 STATUS_OK);
	assert_int_equal(wrong, 0);
	assert_int_equal(sql_int(db,
				 "SELECT (SELECT sum(json_array_length("
				 "opened('decision', case_no, seq, decision), '$.outcomes'))"
				 " FROM events) - (SELECT count(*) FROM outcomes)",
				 &wrong),
			 n ? STATUS_OK : STATUS_NOT_FOUND);
	assert_int_equal(n ? wrong : 0, 0);
}

/* What the log's index has after a cut is anything. */
static void scribble(const char *suffix)
{
	char path[128], noise[32768];
	snprintf(path, sizeof(path), "%s%s", g.path, suffix);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)disk_random(256);
	fwrite(noise, 1, disk_random(sizeof(noise)), f);
	fclose(f);
}

static void start_afresh(void)
{
	rig_release(&g);
	disk_remove();
	uint16_t pages = g.log_pages;
	disk_install(disk_random(UINT64_MAX));
	rig_init(&g);
	g.log_pages = pages;
	events.n = 0;
}

/* One cut, at a random call of those that change anything; few or many of them. With `opened`,
 * which makes the disk or SQLite sync less than it should. */
static unsigned one_cut(void (*opened)(void))
{
	disk_cut_after(1 + disk_random(disk_random(4) ? 60 : 3000));
	if (rig_try(&g) == STATUS_OK) {
		if (opened)
			opened();
		until_the_cut();
	}
	assert_true(disk_is_cut());
	rig_close(&g);
	disk_power_on();
	scribble("-shm");
	enum status status = rig_try(&g);
	if (status == STATUS_INVALID && str_contains(buf_view(&g.why), STR("were acknowledged"))) {
		rig_close(&g);
		return 1; /* it has noticed it itself */
	}
	if (opened && status != STATUS_OK) {
		rig_close(&g);
		return 1; /* what was not synced may have left a file that is none */
	}
	assert_int_equal(status, STATUS_OK);
	assert_true(settled());
	unsigned lost = look();
	if (!lost)
		check_tables();
	assert_int_equal(rig_close(&g), STATUS_OK);
	return lost;
}

static unsigned cuts(uint64_t n, void (*opened)(void))
{
	unsigned lost = 0;
	reported = 0;
	for (uint64_t i = 0; i < n && !lost; i++) {
		if (i % CUTS_A_LEDGER == 0)
			start_afresh();
		lost += one_cut(opened);
	}
	assert_true(reported > (lost ? 0 : n)); /* or this has tested nothing */
	return lost;
}

static void test_what_was_reported_is_there_after_a_cut(void **state)
{
	(void)state;
	assert_int_equal(cuts(number_from("CUTS", 200), NULL), 0);
}

/* ---- and would be missed if it were not ---- */

static void sync_nothing(void)
{
	disk_lie(true);
}

static void test_a_disk_that_lies_is_noticed(void **state)
{
	(void)state;
	assert_true(cuts(200, sync_nothing) > 0);
}

static void sync_less(void)
{
	sql_exec(g.ledger->writer.db, "PRAGMA synchronous=NORMAL");
}

static void test_syncing_less_is_noticed(void **state)
{
	(void)state;
	assert_true(cuts(200, sync_less) > 0);
}

static void test_a_failing_write_stops_everything(void **state)
{
	(void)state;
	struct ledger_totals t;
	assert_int_equal(rig_open(&g), STATUS_OK);
	struct rig_event e = rig_case(&g, "S-1", SAMPLE_ALAMEDA);
	submit_unit(&e);
	assert_true(settled());
	size_t fine = events.n;

	disk_cut_after(1);
	submit_unit(&e);
	size_t written = events.n; /* it may have reached the disk, whole: nobody was told */
	assert_false(settled());
	assert_int_equal(ledger_resume(g.ledger), STATUS_IO);
	submit_unit(&e);
	assert_false(settled());
	assert_int_equal(rig_close(&g), STATUS_IO);

	disk_power_on();
	assert_int_equal(rig_open(&g), STATUS_OK);
	assert_int_equal(ledger_totals(g.reader, &t), STATUS_OK);
	assert_true(t.events == fine || t.events == written);
	case_free(g.rb, e.cs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_what_was_reported_is_there_after_a_cut, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(test_a_disk_that_lies_is_noticed, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_syncing_less_is_noticed, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_a_failing_write_stops_everything, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
