/* SPDX-License-Identifier: Apache-2.0
 *
 * What is sealed opens again in its place alone; nothing of a case stands in plain text in any
 * file, also not after a ledger from before was sealed; a file of keys that does not fit is refused
 * and left as it is.
 */
#include "tests/support/ledger_rig.h"

#include "daemon/ledger/schema.h"
#include "daemon/ledger/seal.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <sys/stat.h>

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

/* ---- files ---- */

static void read_file(const char *path, struct buf *out)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	buf_clear(out);
	buf_reserve(out, (size_t)st.st_size + 1);
	ssize_t n = read(fd, out->p, (size_t)st.st_size);
	assert_int_equal(n, st.st_size);
	out->len = (size_t)n;
	close(fd);
}

static void read_keys(struct buf *out)
{
	char path[128];
	rig_file(&g, ".keys", path, sizeof(path));
	read_file(path, out);
}

static void write_keys(const struct buf *bytes, size_t n)
{
	char path[128];
	rig_file(&g, ".keys", path, sizeof(path));
	int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, bytes->p, n), (ssize_t)n);
	close(fd);
}

/* In how many files of the folder the text stands, with those of SQLite. */
static size_t files_with(const char *text)
{
	size_t n = 0, files = 0;
	struct buf b = {0};
	DIR *folder = opendir(g.folder);
	for (struct dirent *e; (e = readdir(folder));) {
		char path[400];
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", g.folder, e->d_name);
		read_file(path, &b);
		n += memmem(b.p ? b.p : "", b.len, text, strlen(text)) != NULL;
		files++;
	}
	closedir(folder);
	buf_release(&b);
	assert_true(files >= 1); /* the test looks at something */
	return n;
}

/* ---- payloads ---- */

/* A file of keys with room for some cases, that no ledger is there for. */
static struct keys *some_keys(struct sealer *s)
{
	struct keys *k;
	assert_int_equal(keys_create(g.path, &k, &g.why), STATUS_OK);
	assert_int_equal(keys_reserve(k, 3), STATUS_OK);
	assert_int_equal(keys_count(k), KEYS_AHEAD);
	sealer_init(s, k);
	return k;
}

/* Singly, and by who opens many: both say the same. */
static enum status opens(struct keys *k, struct opener *o, struct seal_place at, struct str payload,
			 struct buf *text)
{
	struct buf again = {0};
	const uint8_t *key;
	uint64_t order;
	size_t before = text->len;
	enum status status = unseal(k, at, payload, text, &order);
	assert_int_equal(keys_get(k, at.case_no, &key, &order), STATUS_OK);
	assert_int_equal(opener_open(o, key, at, payload, &again), status);
	assert_int_equal(again.len, text->len - before);
	assert_true(str_eq(buf_view(&again), (struct str){text->p + before, again.len}));
	buf_release(&again);
	return status;
}

static void test_a_payload_opens_in_its_place_alone(void **state)
{
	(void)state;
	struct sealer s;
	struct opener o;
	struct keys *k = some_keys(&s);
	opener_init(&o);
	const struct str texts[] = {STR(""), STR("x"), STR("{\"home\":\"Long Street 5\"}")};
	for (size_t i = 0; i < 3; i++) {
		struct seal_place at = {SEAL_EVENT, 2, 17};
		struct buf payload = {0}, text = {0};
		assert_int_equal(seal(&s, at, texts[i], &payload), STATUS_OK);
		assert_int_equal(payload.len, texts[i].len + SEAL_MORE_BYTES);
		assert_int_equal(opens(k, &o, at, buf_view(&payload), &text), STATUS_OK);
		assert_true(str_eq(buf_view(&text), texts[i]));
		const struct seal_place others[] = {
		    {SEAL_DECISION, 2, 17}, {SEAL_EVENT, 1, 17}, {SEAL_EVENT, 2, 18}};
		for (size_t j = 0; j < 3; j++)
			assert_int_equal(opens(k, &o, others[j], buf_view(&payload), &text),
					 STATUS_CONFLICT);
		for (size_t j = 0; j < payload.len; j++) {
			payload.p[j] ^= 1;
			assert_int_equal(opens(k, &o, at, buf_view(&payload), &text),
					 STATUS_CONFLICT);
			payload.p[j] ^= 1;
		}
		for (size_t n = 0; n < payload.len; n++)
			assert_int_equal(opens(k, &o, at, (struct str){payload.p, n}, &text),
					 STATUS_CONFLICT);
		assert_true(str_eq(buf_view(&text), texts[i])); /* nothing was appended */
		buf_release(&payload);
		buf_release(&text);
	}
	opener_release(&o);
	sealer_release(&s);
	keys_close(k);
}

/* The sealer and the opener keep the key of the case before. */
static void test_payloads_of_several_cases_in_turn(void **state)
{
	(void)state;
	struct sealer s;
	struct opener o;
	struct keys *k = some_keys(&s);
	opener_init(&o);
	const uint64_t turns[] = {1, 1, 2, 1, 3, 3, 2};
	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
		struct seal_place at = {SEAL_STATE, turns[i], i};
		struct buf payload = {0}, text = {0};
		if (i == 4)
			sealer_forget(&s);
		if (i == 5) { /* another process writes */
			sealer_release(&s);
			sealer_init(&s, k);
		}
		assert_int_equal(seal(&s, at, STR("{\"home\":\"\"}"), &payload), STATUS_OK);
		assert_int_equal(opens(k, &o, at, buf_view(&payload), &text), STATUS_OK);
		assert_true(str_eq(buf_view(&text), STR("{\"home\":\"\"}")));
		buf_release(&payload);
		buf_release(&text);
	}
	opener_release(&o);
	sealer_release(&s);
	keys_close(k);
}

static void test_no_two_payloads_are_alike(void **state)
{
	(void)state;
	struct sealer s;
	struct keys *k = some_keys(&s);
	struct buf a = {0}, b = {0};
	struct seal_place at = {SEAL_STATE, 1, 1};
	assert_int_equal(seal(&s, at, STR("the same"), &a), STATUS_OK);
	assert_int_equal(seal(&s, at, STR("the same"), &b), STATUS_OK);
	assert_memory_not_equal(a.p, b.p, 24);           /* the nonce */
	assert_memory_not_equal(a.p + 24, b.p + 24, 24); /* the rest */
	sealer_release(&s);
	keys_close(k);
	buf_release(&a);
	buf_release(&b);
}

static void test_a_case_without_a_key_is_told_apart(void **state)
{
	(void)state;
	struct sealer s;
	struct keys *k = some_keys(&s);
	struct buf b = {0};
	assert_int_equal(seal(&s, (struct seal_place){SEAL_STATE, 0, 1}, STR("x"), &b),
			 STATUS_NOT_FOUND);
	assert_int_equal(seal(&s, (struct seal_place){SEAL_STATE, KEYS_AHEAD, 1}, STR("x"), &b),
			 STATUS_OK);
	assert_int_equal(seal(&s, (struct seal_place){SEAL_STATE, KEYS_AHEAD + 1, 1}, STR("x"), &b),
			 STATUS_NOT_FOUND);
	assert_int_equal(keys_reserve(k, KEYS_AHEAD + 1), STATUS_OK);
	assert_int_equal(keys_count(k), 2 * KEYS_AHEAD);
	assert_int_equal(seal(&s, (struct seal_place){SEAL_STATE, KEYS_AHEAD + 1, 1}, STR("x"), &b),
			 STATUS_OK);
	sealer_release(&s);
	keys_close(k);
	buf_release(&b);
}

/* ---- keys that are kept in memory ---- */

static void settle_file(const char *path, time_t at)
{
	const struct timespec times[2] = {{at, 0}, {at, 0}};
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* The first byte of the key of case 1, as the file has it from now on. */
static void set_key(const char *path, uint8_t first)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, &first, 1, 128), 1);
	close(fd);
}

static uint8_t key_seen(struct keys *k)
{
	const uint8_t *key;
	uint64_t order;
	assert_int_equal(keys_get(k, 1, &key, &order), STATUS_OK);
	return key[0];
}

static void test_keys_are_kept_while_their_file_is_as_it_was(void **state)
{
	(void)state;
	struct sealer s;
	struct keys *k = some_keys(&s), *own;
	char path[128];
	uint64_t order;
	const uint8_t *key;
	assert_int_equal(keys_settle(k, &g.why), STATUS_OK);
	rig_file(&g, ".keys", path, sizeof(path));
	assert_int_equal(keys_open(g.path, keys_ledger(k), false, &own, &g.why), STATUS_OK);
	set_key(path, 7);
	keys_keep(own); /* just written: it may be written once more */
	assert_int_equal(key_seen(own), 7);
	set_key(path, 8);
	assert_int_equal(key_seen(own), 8);
	settle_file(path, 1000);
	keys_keep(own);
	assert_int_equal(key_seen(own), 8);
	set_key(path, 9);
	assert_int_equal(key_seen(own), 8);
	settle_file(path, 1000);
	keys_keep(own);
	assert_int_equal(key_seen(own), 8); /* nobody has written, as far as the file says */
	settle_file(path, 1001);
	keys_keep(own);
	assert_int_equal(key_seen(own), 9);
	set_key(path, 10);
	keys_done(own);
	assert_int_equal(key_seen(own), 10);
	settle_file(path, 1001);
	keys_keep(own);
	assert_int_equal(keys_destroy(k, 1, 5), STATUS_OK);
	keys_keep(own);
	assert_int_equal(keys_get(own, 1, &key, &order), STATUS_GONE);
	assert_int_equal(order, 5);
	keys_close(own);
	sealer_release(&s);
	keys_close(k);
}

/* ---- the file of keys ---- */

static enum status open_ledger(void)
{
	struct ledger_config config = {.path = g.path};
	struct ledger *l = NULL;
	buf_clear(&g.why);
	enum status status = ledger_open(&config, &l, &g.why);
	if (!status)
		ledger_close(l);
	return status;
}

static enum status open_reader(void)
{
	struct ledger_reader *r = NULL;
	buf_clear(&g.why);
	enum status status = ledger_reader_open(g.path, &r, &g.why);
	ledger_reader_close(r);
	return status;
}

static void expect_refusal(const char *says)
{
	assert_int_not_equal(open_ledger(), STATUS_OK);
	assert_true(str_contains(buf_view(&g.why), str_from(says)));
	assert_int_not_equal(open_reader(), STATUS_OK);
}

static void record(struct rig_event *e, const char *id)
{
	e->id = id;
	e->n = 1;
	rig_submit(&g, e);
}

static void test_keys_that_do_not_fit_are_refused_and_left_alone(void **state)
{
	(void)state;
	struct buf keys = {0}, after = {0};
	struct stat st;
	assert_int_equal(rig_open(&g), STATUS_OK);
	struct rig_event ana = rig_case(&g, "S-ana", SAMPLE_ALAMEDA);
	record(&ana, "e1");
	assert_int_equal(rig_settle(&g), STATUS_OK);
	rig_close(&g);
	read_keys(&keys);
	char path[128];
	rig_file(&g, ".keys", path, sizeof(path));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	rig_unlink(&g, ".keys");
	expect_refusal("the keys of the ledger are missing");
	assert_int_not_equal(access(path, F_OK), 0);
	for (size_t at = 0; at < 128; at += 7) { /* the head, damaged */
		keys.p[at] ^= 4;
		write_keys(&keys, keys.len);
		expect_refusal("is damaged");
		read_keys(&after);
		assert_memory_equal(keys.p, after.p, keys.len);
		keys.p[at] ^= 4;
	}
	write_keys(&keys, 90);
	expect_refusal("is damaged");
	write_keys(&keys, 128 + 31); /* not even one key */
	assert_int_equal(open_ledger(), STATUS_INVALID);
	assert_true(str_contains(buf_view(&g.why), STR("cut short")));
	/* one that passes for a file of keys, of another ledger */
	keys.p[16] ^= 1;
	crypto_generichash((uint8_t *)keys.p + 96, 32, (const uint8_t *)keys.p, 96, NULL, 0);
	write_keys(&keys, keys.len);
	expect_refusal("keys of another ledger");
	keys.p[16] ^= 1;
	crypto_generichash((uint8_t *)keys.p + 96, 32, (const uint8_t *)keys.p, 96, NULL, 0);
	/* with the key of the case another one, only the case cannot be read */
	keys.p[128] ^= 1;
	write_keys(&keys, keys.len);
	assert_int_equal(rig_open(&g), STATUS_OK);
	struct ledger_case c;
	assert_int_equal(ledger_find_case(g.reader, STR("S-ana"), &c), STATUS_IO);
	assert_true(str_contains(ledger_reader_error(g.reader), STR("case number 1")));
	rig_close(&g);
	keys.p[128] ^= 1;
	write_keys(&keys, keys.len);
	assert_int_equal(rig_open(&g), STATUS_OK);
	assert_int_equal(ledger_find_case(g.reader, STR("S-ana"), &c), STATUS_OK);
	case_free(g.rb, ana.cs);
	buf_release(&keys);
	buf_release(&after);
}

/* The process ended before the file of keys had its name. */
static void test_keys_get_their_name_at_the_next_start(void **state)
{
	(void)state;
	char path[128], path_new[128];
	rig_file(&g, ".keys", path, sizeof(path));
	rig_file(&g, ".keys.new", path_new, sizeof(path_new));
	assert_int_equal(rig_open(&g), STATUS_OK);
	rig_close(&g);
	assert_int_equal(rename(path, path_new), 0);
	assert_int_equal(rig_open(&g), STATUS_OK);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_not_equal(access(path_new, F_OK), 0);
}

static void test_many_cases_have_a_key_each(void **state)
{
	(void)state;
	enum { N = KEYS_AHEAD + 20 };
	struct rig_event *e = calloc(N, sizeof(*e));
	static char ids[N][16];
	assert_int_equal(rig_open(&g), STATUS_OK);
	for (size_t i = 0; i < N; i++) {
		snprintf(ids[i], sizeof(ids[i]), "c-%zu", i);
		e[i] = rig_case(&g, ids[i], SAMPLE_ALAMEDA);
		record(&e[i], ids[i]);
	}
	assert_int_equal(rig_settle(&g), STATUS_OK);
	rig_close(&g);
	assert_int_equal(rig_open(&g), STATUS_OK);
	for (size_t i = 0; i < N; i++) {
		struct ledger_case c;
		assert_int_equal(ledger_find_case(g.reader, str_from(ids[i]), &c), STATUS_OK);
		assert_int_equal(c.no, i + 1);
		case_free(g.rb, e[i].cs);
	}
	free(e);
}

/* ---- no trace ---- */

static void test_nothing_of_a_case_stands_in_plain_text(void **state)
{
	(void)state;
	assert_int_equal(rig_open(&g), STATUS_OK);
	struct rig_event ana = rig_case(&g, "S-canary-of-a-case", SAMPLE_ALAMEDA);
	for (int i = 0; i < 20; i++) {
		char id[64];
		snprintf(id, sizeof(id), "canary-of-an-event-%d", i);
		ana.padding = 3000;
		record(&ana, id);
		assert_int_equal(rig_settle(&g), STATUS_OK);
	}
	struct ledger_unit *u = ledger_unit_new(g.ledger, NULL);
	ledger_unit_disclosure(u, &(struct ledger_disclosure){.case_no = ana.case_no,
							      .at_us = 5,
							      .policy = g.policy,
							      .county = STR("alameda"),
							      .share = STR("sheet"),
							      .partner = STR("canary-of-a-partner"),
							      .asker = STR("tok"),
							      .fields = STR("[\"canary-field\"]"),
							      .reasons = STR("[\"canary-why\"]")});
	ledger_submit(g.ledger, u);
	assert_int_equal(rig_settle(&g), STATUS_OK);
	assert_int_equal(files_with("canary"), 0); /* with the log as it is */
	assert_true(files_with("incentives") > 0); /* for the books */
	rig_close(&g);
	assert_int_equal(files_with("canary"), 0);
	case_free(g.rb, ana.cs);
}

/* ---- a ledger from before ---- */

static void run_sql(sqlite3 *db, const char *sql)
{
	char *error = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
}

/* As it was written up to that version, with two cases. */
static void make_old_ledger(int version)
{
	sqlite3 *db;
	char sql[400];
	assert_int_equal(sqlite3_open(g.path, &db), SQLITE_OK);
	run_sql(db, "PRAGMA journal_mode=WAL");
	for (int v = 0; v < version; v++)
		run_sql(db, ledger_migrations[v]);
	snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%d",
		 LEDGER_APPLICATION_ID, version);
	run_sql(db, sql);
	run_sql(db, "INSERT INTO policies VALUES (1, '0123456789abcdef', zeroblob(32), 5);"
		    "INSERT INTO cases (no, id, kind, county, last_seq, next_due_us, state) VALUES "
		    "(1, 'S-canary-1', 'survivor', 'alameda', 3, 99,"
		    " '{\"positions\":[{\"program\":\"p\",\"block\":\"b\",\"step\":\"s\"}],"
		    "\"home\":\"canary street\"}');"
		    "INSERT INTO cases (no, id, kind, county, last_seq, next_due_us, state) VALUES "
		    "(2, 'S-canary-2', 'survivor', 'yolo', 2, NULL, '{}');");
	for (int seq = 1; seq <= 3; seq++) {
		struct hash128 key =
		    event_key(STR("/cms"), (struct str){(char[]){(char)('0' + seq)}, 1});
		char hex[33] = "";
		hash_hex(key.b, sizeof(key.b), hex);
		snprintf(sql, sizeof(sql),
			 "INSERT INTO events VALUES (%d, %s, %d, x'%s', zeroblob(16), 7, 1, 'cms',"
			 " '{\"id\":\"canary-%d\"}', '{\"outcomes\":[{\"id\":\"canary-o\"}]}')",
			 seq, seq == 3 ? "1" : "NULL", seq == 2 ? 2 : 1, hex, seq);
		run_sql(db, sql);
	}
	run_sql(db, "INSERT INTO outcomes VALUES (1, 3, 0, zeroblob(16), 'alameda', 'payment', 500,"
		    " 'incentives', 'stipend', 'canary-recipient', '2026-07-28');"
		    "INSERT INTO outcomes VALUES (2, 1, 0, x'00000000000000000000000000000001',"
		    " 'alameda', 'fact', NULL, NULL, 'canary-fact', NULL, NULL);");
	if (version >= 4)
		run_sql(db, "INSERT INTO disclosures VALUES (1, 11, 1, 'alameda', 'sheet',"
			    " 'canary-partner', 'tok', 1, 1, '[\"canary-f\"]', '[]')");
	if (version >= 5)
		run_sql(db, "INSERT INTO waiting VALUES (1, 'house', 'alameda', 1)");
	sqlite3_close(db);
}

static void expect_row(const char *sql, const char *expected)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	assert_int_equal(sqlite3_open_v2(g.path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(s, 0), expected);
	sqlite3_finalize(s);
	sqlite3_close(db);
}

static bool count_cases(void *arg, const struct ledger_case *c)
{
	assert_true(str_starts(c->state, STR("{")));
	(*(uint64_t *)arg)++;
	return true;
}

static void expect_migrated(void)
{
	struct ledger_case c;
	struct ledger_event e;
	struct ledger_outcome_row o;
	uint64_t cases = 0;
	assert_int_equal(ledger_find_case(g.reader, STR("S-canary-1"), &c), STATUS_OK);
	assert_int_equal(c.no, 1);
	assert_int_equal(c.last_seq, 3);
	assert_int_equal(c.next_due.at, 99);
	assert_true(str_eq(c.id, STR("S-canary-1")));
	assert_true(str_contains(c.state, STR("canary street")));
	assert_int_equal(ledger_find_event(g.reader, event_key(STR("/cms"), STR("2")), &e),
			 STATUS_OK);
	assert_int_equal(e.seq, 2);
	assert_true(str_eq(e.event, STR("{\"id\":\"canary-2\"}")));
	assert_int_equal(ledger_event_at(g.reader, 3, &e), STATUS_OK);
	assert_int_equal(e.prev_seq, 1);
	assert_true(str_eq(e.sender, STR("cms")));
	assert_true(str_eq(e.decision, STR("{\"outcomes\":[{\"id\":\"canary-o\"}]}")));
	assert_int_equal(ledger_find_outcome(g.reader, (struct hash128){{0}}, &o), STATUS_OK);
	assert_int_equal(o.position, 1);
	assert_true(str_eq(o.case_id, STR("S-canary-1")));
	assert_true(str_eq(o.json, STR("{\"id\":\"canary-o\"}")));
	assert_int_equal(ledger_cases(g.reader, count_cases, &cases), STATUS_OK);
	assert_int_equal(cases, 2);
	expect_row(
	    "SELECT group_concat(kind || ifnull(name, '-') || ifnull(amount_cents, '-')) FROM"
	    " outcomes",
	    "paymentstipend500,fact--");
	expect_row("SELECT count(*) FROM pragma_foreign_key_check", "0");
	expect_row("PRAGMA integrity_check", "ok");
	expect_row("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'new%' OR sql GLOB '*new_*'",
		   "0");
}

static void test_a_ledger_from_before_is_sealed_in_place(void **state)
{
	(void)state;
	for (int version = 1; version < LEDGER_SEALED; version++) {
		make_old_ledger(version);
		assert_int_equal(files_with("canary"), 1); /* it was plain */
		assert_int_equal(open_reader(), STATUS_INVALID);
		assert_true(str_contains(buf_view(&g.why), STR("older version")));
		assert_int_equal(rig_open(&g), STATUS_OK);
		expect_migrated();
		assert_int_equal(files_with("canary"), 0);
		if (version < 6)
			expect_row("SELECT policy || act || from_us FROM register", "1activated5");
		if (version >= 4)
			expect_row("SELECT route FROM disclosure_list",
				   "GET /v1/cases/{id}/share/{name}");
		if (version >= 5)
			expect_row("SELECT name || case_no FROM waiting", "house1");
		rig_close(&g);
		assert_int_equal(files_with("canary"), 0);
		const char *const suffixes[] = {"", "-wal", "-shm", ".keys", ".lock"};
		for (size_t i = 0; i < 5; i++)
			rig_unlink(&g, suffixes[i]);
	}
}

/* A process that ended on the way left what it had begun; the next one begins again. */
static void test_sealing_that_was_cut_off_is_done_again(void **state)
{
	(void)state;
	struct keys *k;
	make_old_ledger(5);
	assert_int_equal(keys_create(g.path, &k, &g.why), STATUS_OK);
	assert_int_equal(keys_reserve(k, 9000), STATUS_OK);
	keys_close(k);
	assert_int_equal(rig_open(&g), STATUS_OK);
	expect_migrated();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_a_payload_opens_in_its_place_alone),
	    TEST(test_payloads_of_several_cases_in_turn),
	    TEST(test_no_two_payloads_are_alike),
	    TEST(test_a_case_without_a_key_is_told_apart),
	    TEST(test_keys_are_kept_while_their_file_is_as_it_was),
	    TEST(test_keys_that_do_not_fit_are_refused_and_left_alone),
	    TEST(test_keys_get_their_name_at_the_next_start),
	    TEST(test_many_cases_have_a_key_each),
	    TEST(test_nothing_of_a_case_stands_in_plain_text),
	    TEST(test_a_ledger_from_before_is_sealed_in_place),
	    TEST(test_sealing_that_was_cut_off_is_done_again),
	};
	return cmocka_run_group_tests_name("seal", tests, NULL, NULL);
}
