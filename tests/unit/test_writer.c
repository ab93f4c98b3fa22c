/* SPDX-License-Identifier: Apache-2.0
 *
 * The writing side when things go wrong: a full disk, a failing one, an end without warning. What
 * was acknowledged is there, once; what was not is there wholly or not at all.
 */
#include "tests/support/ledger_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

static struct ledger_rig g;

static int setup(void **state)
{
	(void)state;
	rig_init(&g);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rig_release(&g);
	return 0;
}

/* Submits n events of a case, named PREFIX0 and so on. */
static void submit_many(struct rig_event *e, const char *prefix, size_t n, size_t padding)
{
	for (size_t i = 0; i < n; i++) {
		char id[32];
		snprintf(id, sizeof(id), "%s%zu", prefix, i);
		e->id = id;
		e->n = 1;
		e->padding = padding;
		rig_submit(&g, e);
	}
}

static uint64_t count_events(void)
{
	struct ledger_totals t = {0};
	assert_int_equal(ledger_totals(g.reader, &t), STATUS_OK);
	return t.events;
}

static void test_many_units_share_a_transaction(void **state)
{
	(void)state;
	assert_int_equal(rig_open(&g), STATUS_OK);
	struct rig_event e = rig_case(&g, "S-1", SAMPLE_ALAMEDA);
	submit_many(&e, "a", 1000, 0);
	assert_int_equal(ledger_in_flight(g.ledger), 1001); /* and the policy */
	assert_int_equal(rig_settle(&g), STATUS_OK);
	struct ledger_counters c = ledger_counters(g.ledger);
	assert_int_equal(c.units, 1001);
	uint64_t transactions = 0;
	for (size_t i = 0; i <= HISTOGRAM_BUCKETS; i++)
		transactions += c.commits.n[i];
	assert_int_equal(transactions, 1);
	assert_int_equal(count_events(), 1000);
	case_free(g.rb, e.cs);
}

static void test_units_come_back_in_order(void **state)
{
	(void)state;
	assert_int_equal(rig_open(&g), STATUS_OK);
	assert_int_equal(rig_settle(&g), STATUS_OK);
	struct rig_event e = rig_case(&g, "S-1", SAMPLE_ALAMEDA);
	uint64_t expected = 1;
	for (int round = 0; round < 50; round++) {
		char prefix[16];
		snprintf(prefix, sizeof(prefix), "r%d-", round);
		submit_many(&e, prefix, 3, 0);
		ledger_flush(g.ledger);
	}
	while (ledger_in_flight(g.ledger)) {
		struct ledger_unit *u = ledger_completed(g.ledger);
		if (!u) {
			usleep(200);
			continue;
		}
		assert_int_equal(u->status, STATUS_OK);
		assert_ptr_equal(u->user, &e);
		assert_int_equal(u->last_seq, expected++);
		ledger_unit_free(g.ledger, u);
	}
	assert_int_equal(expected, 151);
	case_free(g.rb, e.cs);
}

/* ---- a full disk ---- */

static void test_a_full_disk_changes_nothing_and_passes(void **state)
{
	(void)state;
	struct ledger_event found;
	g.most_bytes = 1 << 20;
	assert_int_equal(rig_open(&g), STATUS_OK);
	struct rig_event e = rig_case(&g, "S-1", SAMPLE_ALAMEDA);
	submit_many(&e, "small", 5, 0);
	assert_int_equal(rig_settle(&g), STATUS_OK);

	struct rig_event before = e;
	submit_many(&e, "huge", 1, 2 << 20);
	submit_many(&e, "with-it", 1, 0);
	assert_int_equal(rig_settle(&g), STATUS_FULL);
	assert_int_equal(count_events(), 5);
	/* what comes later stands on what was not written */
	submit_many(&e, "after", 1, 0);
	assert_int_equal(rig_settle(&g), STATUS_FULL);
	assert_int_equal(
	    ledger_find_event(g.reader, event_key(STR("/test"), STR("after0")), &found),
	    STATUS_NOT_FOUND);
	assert_int_equal(ledger_counters(g.ledger).failed, 3);

	assert_int_equal(ledger_resume(g.ledger), STATUS_OK);
	assert_int_equal(ledger_policy(g.ledger, g.rb, 9), g.policy);
	e = before;
	submit_many(&e, "again", 1, 0);
	assert_int_equal(e.last_seq, 6); /* numbers go on without a gap */
	assert_int_equal(rig_settle(&g), STATUS_OK);
	assert_int_equal(count_events(), 6);
	assert_int_equal(rig_close(&g), STATUS_OK);
	case_free(g.rb, e.cs);
}

static void test_a_policy_that_found_no_room_is_written_later(void **state)
{
	(void)state;
	struct ledger_totals t;
	g.most_bytes = 1 << 20;
	assert_int_equal(rig_open(&g), STATUS_OK);
	assert_int_equal(rig_settle(&g), STATUS_OK);
	struct rulebook *other = sample_rulebook();
	char *text = malloc(2 << 20);
	assert_non_null(text);
	memset(text, '#', 2 << 20);
	other->digest.b[0] ^= 1;
	other->sources[0].text = (struct str){text, 2 << 20};
	assert_int_equal(ledger_policy(g.ledger, other, 1), 2);
	assert_int_equal(rig_settle(&g), STATUS_FULL);
	assert_int_equal(ledger_resume(g.ledger), STATUS_OK);
	other->sources[0].text.len = 10;
	assert_int_equal(ledger_policy(g.ledger, other, 1), 2);
	assert_int_equal(ledger_in_flight(g.ledger), 1);
	assert_int_equal(rig_settle(&g), STATUS_OK);
	assert_int_equal(ledger_totals(g.reader, &t), STATUS_OK);
	assert_int_equal(t.policies, 2);
	free(text);
	rulebook_unref(other);
}

/* ---- a disk that fails ---- */

static void test_a_limit_on_the_size_of_files_is_a_full_disk(void **state)
{
	(void)state;
	struct rlimit old, tight;
	struct ledger_totals t;
	assert_int_equal(rig_open(&g), STATUS_OK);
	struct rig_event e = rig_case(&g, "S-1", SAMPLE_ALAMEDA);
	submit_many(&e, "fine", 5, 0);
	assert_int_equal(rig_settle(&g), STATUS_OK);

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	tight = old;
	tight.rlim_cur = 256 << 10;
	setrlimit(RLIMIT_FSIZE, &tight);
	submit_many(&e, "large", 4, 100000);
	enum status status = rig_settle(&g);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(status, STATUS_FULL);
	assert_int_equal(rig_close(&g), STATUS_FULL);

	/* what had been acknowledged is there, and nothing else */
	assert_int_equal(rig_open(&g), STATUS_OK);
	assert_int_equal(ledger_totals(g.reader, &t), STATUS_OK);
	assert_int_equal(t.events, 5);
	case_free(g.rb, e.cs);
}

static void test_a_key_that_is_there_already_is_never_written_twice(void **state)
{
	(void)state;
	assert_int_equal(rig_open(&g), STATUS_OK);
	struct rig_event e = rig_case(&g, "S-1", SAMPLE_ALAMEDA);
	submit_many(&e, "x", 1, 0);
	assert_int_equal(rig_settle(&g), STATUS_OK);
	submit_many(&e, "x", 1, 0);
	assert_int_equal(rig_settle(&g), STATUS_IO);
	assert_int_equal(count_events(), 1);
	case_free(g.rb, e.cs);
}

/* ---- an end without warning ---- */

/* Writes events in a loop, a few at a time, and says on the pipe which are acknowledged. */
static void write_until_killed(int out, int round)
{
	if (rig_open(&g))
		_exit(1);
	char id[32];
	snprintf(id, sizeof(id), "case-%d", round);
	struct rig_event e = rig_case(&g, id, SAMPLE_ALAMEDA);
	for (unsigned n = 0;; n++) {
		char event[8][32];
		for (unsigned i = 0; i < 1 + n % 8; i++) {
			snprintf(event[i], sizeof(event[i]), "r%d-%u-%u", round, n, i);
			e.id = event[i];
			e.n = 2;
			rig_submit(&g, &e);
		}
		if (rig_settle(&g))
			_exit(1);
		for (unsigned i = 0; i < 1 + n % 8; i++)
			if (write(out, event[i], sizeof(event[i])) != sizeof(event[i]))
				_exit(1);
	}
}

/* All that came through the pipe is in the ledger. Returns how many. */
static size_t check_acknowledged(int in)
{
	char id[32];
	size_t n = 0;
	while (read(in, id, sizeof(id)) == (ssize_t)sizeof(id)) {
		struct ledger_event e;
		struct buf expected = {0};
		assert_int_equal(
		    ledger_find_event(g.reader, event_key(STR("/test"), str_from(id)), &e),
		    STATUS_OK);
		buf_fmt(&expected, "{\"id\":\"%s\"", id);
		assert_true(str_starts(e.event, buf_view(&expected)));
		buf_release(&expected);
		n++;
	}
	return n;
}

static int64_t query(const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	assert_int_equal(sqlite3_open_v2(g.path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	int64_t v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return v;
}

static void test_kill_loses_nothing_that_was_acknowledged(void **state)
{
	(void)state;
	size_t acknowledged = 0;
	for (int round = 0; round < 8; round++) {
		int ends[2];
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0) {
			close(ends[0]);
			write_until_killed(ends[1], round);
		}
		close(ends[1]);
		struct timespec t = {0, (30 + 17 * round) * 1000000L};
		nanosleep(&t, NULL);
		kill(child, SIGKILL);
		int how;
		assert_int_equal(waitpid(child, &how, 0), child);
		assert_true(WIFSIGNALED(how)); /* it did not end by itself */
		assert_int_equal(rig_open(&g), STATUS_OK);
		acknowledged += check_acknowledged(ends[0]);
		close(ends[0]);
		assert_int_equal(rig_settle(&g), STATUS_OK);
		assert_int_equal(rig_close(&g), STATUS_OK);
	}
	assert_true(acknowledged > 20); /* the test had something to lose */
	assert_int_equal(query("SELECT count(*) = max(seq) FROM events"), 1);
	assert_int_equal(
	    query("SELECT count(*) FROM events e WHERE (SELECT count(*) FROM outcomes o"
		  " WHERE o.seq = e.seq) <> 2"),
	    0);
	assert_int_equal(query("SELECT count(*) FROM cases c WHERE last_seq <> (SELECT max(seq)"
			       " FROM events WHERE case_no = c.no)"),
			 0);
	assert_int_equal(query("SELECT count(*) FROM pragma_integrity_check WHERE"
			       " integrity_check <> 'ok'"),
			 0);
	assert_true(query("SELECT count(*) FROM events") >= (int64_t)acknowledged);
	assert_int_equal(query("SELECT count(*) FROM policies"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_many_units_share_a_transaction),
	    TEST(test_units_come_back_in_order),
	    TEST(test_a_full_disk_changes_nothing_and_passes),
	    TEST(test_a_policy_that_found_no_room_is_written_later),
	    TEST(test_a_limit_on_the_size_of_files_is_a_full_disk),
	    TEST(test_a_key_that_is_there_already_is_never_written_twice),
	    TEST(test_kill_loses_nothing_that_was_acknowledged),
	};
	return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
