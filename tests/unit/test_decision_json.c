/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/case/json.h"

#include "daemon/wire/case_read.h"
#include "engine/audit/stream.h"
#include "tests/support/policy_text.h"
#include "tests/support/small_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/said.h"

struct fixture {
	struct policy_text p;
	struct stream s;
	struct json_doc *doc;
	struct buf json; /* the latest decision */
};

/* Ids of outcomes are hashes and the version is one: shown as `#`, so that a test can be read. */
static void mask(struct buf *b)
{
	size_t to = 0;
	for (size_t i = 0; i < b->len;) {
		size_t n = 0;
		while (i + n < b->len && strchr("0123456789abcdef", b->p[i + n]))
			n++;
		if ((n == 32 || n == 16) && b->p[i - 1] == '"' && b->p[i + n] == '"') {
			b->p[to++] = '#';
			i += n;
			continue;
		}
		b->p[to++] = b->p[i++];
	}
	b->len = to;
}

static void keep(void *arg, const struct decision *d, uint64_t seq)
{
	struct fixture *f = arg;
	buf_clear(&f->json);
	decision_json(&f->json, f->p.rb, d, seq, false);
	assert_said_as_read(f->p.rb, d);
}

static void start(struct fixture *f)
{
	*f = (struct fixture){.doc = json_doc_new()};
	policy_text_load(&f->p, SMALL_POLICY);
	stream_init(&f->s, f->p.rb, keep, f);
}

static void finish(struct fixture *f)
{
	stream_release(&f->s);
	policy_text_release(&f->p);
	json_doc_free(f->doc);
	buf_release(&f->json);
}

static void feed(struct fixture *f, const char *id, const char *type, const char *subject,
		 const char *time, const char *data)
{
	struct event ev = policy_text_event(&f->p, id, type, subject, time, data);
	struct stream_answer a = stream_feed(&f->s, &ev);
	if (a.status)
		fail_msg("%s: " STR_FMT, id, STR_ARG(a.refusal->reasons[0].text));
}

static const struct json *parse(struct fixture *f, struct str text)
{
	const struct json *root;
	struct buf why = {0};
	if (json_parse(f->doc, text, 1 << 20, &root, &why))
		fail_msg(STR_FMT ": " STR_FMT, STR_ARG(buf_view(&why)), STR_ARG(text));
	return root;
}

static void assert_json(struct fixture *f, const char *want)
{
	parse(f, buf_view(&f->json));
	mask(&f->json);
	if (!str_eq(buf_view(&f->json), str_from(want))) {
		print_error("got\n" STR_FMT "\n", STR_ARG(buf_view(&f->json)));
		print_error("instead of\n%s\n", want);
		fail();
	}
}

#define NOON "2026-07-06T12:00:00-07:00"
static void assert_decision(struct fixture *f, unsigned seq, const char *id, const char *type,
			    const char *time, const char *subject, const char *rest)
{
	struct buf want = {0};
	buf_fmt(&want,
		"{\"seq\":%u,\"event\":{\"source\":\"/test\",\"id\":\"%s\","
		"\"type\":\"%s\",\"time\":\"%s\"},\"case\":\"%s\",\"county\":\"alameda\","
		"\"duplicate\":false,\"policy\":{\"program\":\"p\",\"version\":\"#\","
		"\"effective\":\"2026-07-01\"},%s%c",
		seq, id, type, time, subject, rest, 0);
	assert_json(f, want.p);
	buf_release(&want);
}

/* ---- decisions ---- */

static void test_a_payment(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed(&f, "1", "session", "ana", NOON, "\"minutes\":60");
	assert_decision(&f, 1, "1", "session", NOON, "ana",
			"\"outcomes\":[{\"id\":\"#\",\"kind\":\"payment\",\"action\":\"pay\","
			"\"amount\":\"100.00\",\"fund\":\"services\",\"to\":\"ana\","
			"\"status\":\"due\",\"due\":\"2026-07-06\","
			"\"because\":{\"program\":\"p\",\"block\":\"counselling\","
			"\"file\":\"policy.way\",\"line\":33}}]}");
	finish(&f);
}

static void test_no_outcome_and_text_that_needs_escapes(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed(&f, "a\\\"\\\\", "left", "\\u00e9 b", "2026-07-06T12:00:00.5+02:00", "");
	assert_decision(&f, 1, "a\\\"\\\\", "left", "2026-07-06T03:00:00.500000-07:00",
			"\xc3\xa9 b", "\"outcomes\":[]}");
	finish(&f);
}

static void test_instalments_add_up(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed(&f, "1", "conviction", "ana", NOON, "");
	assert_decision(&f, 1, "1", "conviction", NOON, "ana",
			"\"outcomes\":[{\"id\":\"#\",\"kind\":\"assessment\","
			"\"action\":\"assess\",\"name\":\"course\",\"amount\":\"100.00\","
			"\"status\":\"due\",\"due\":\"2026-08-03\","
			"\"instalments\":[{\"due\":\"2026-07-13\",\"amount\":\"25.00\"},"
			"{\"due\":\"2026-07-20\",\"amount\":\"25.00\"},{\"due\":\"2026-07-27\","
			"\"amount\":\"25.00\"},{\"due\":\"2026-08-03\",\"amount\":\"25.00\"}],"
			"\"because\":{\"program\":\"p\",\"block\":\"fined\","
			"\"file\":\"policy.way\",\"line\":50}},{\"id\":\"#\","
			"\"kind\":\"assessment\",\"action\":\"assess\",\"name\":\"book\","
			"\"amount\":\"30.00\",\"status\":\"due\",\"due\":\"2026-07-16\","
			"\"because\":{\"program\":\"p\",\"block\":\"fined\","
			"\"file\":\"policy.way\",\"line\":50}}]}");
	finish(&f);
}

static void test_a_referral_its_deadline_and_a_proposal(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed(&f, "1", "missed", "ana", NOON, "\"explained\":false");
	assert_decision(&f, 1, "1", "missed", NOON, "ana",
			"\"outcomes\":[{\"id\":\"#\",\"kind\":\"referral\",\"action\":\"refer\","
			"\"to\":\"diversion\",\"status\":\"open\",\"due\":\"2026-07-20\","
			"\"because\":{\"program\":\"p\",\"block\":\"attendance\","
			"\"part\":\"step first_step\",\"file\":\"policy.way\",\"line\":38}}]}");
	feed(&f, "2", "missed", "ana", NOON, "\"explained\":false");
	assert_decision(&f, 2, "2", "missed", NOON, "ana",
			"\"outcomes\":[{\"id\":\"#\",\"kind\":\"proposal\",\"action\":\"assess\","
			"\"name\":\"late_fee\",\"amount\":\"50.00\",\"status\":\"open\","
			"\"because\":{\"program\":\"p\",\"block\":\"attendance\","
			"\"part\":\"step second_step\",\"file\":\"policy.way\",\"line\":42}}]}");
	stream_until_day(&f.s, day_of((struct date){2026, 7, 20}));
	const struct json *root = parse(&f, buf_view(&f.json));
	const struct json *notice = json_first(json_get(root, STR("outcomes")));
	const struct json *event = json_get(root, STR("event"));
	assert_true(str_eq(json_get(event, STR("source"))->text, STR("waymark")));
	assert_true(str_eq(json_get(event, STR("type"))->text, STR("deadline")));
	assert_true(str_eq(json_get(event, STR("time"))->text, STR("2026-07-21T00:00:00-07:00")));
	assert_true(str_eq(json_get(notice, STR("message"))->text, STR("no answer")));
	assert_int_equal(json_get(notice, STR("of"))->text.len, 32);
	finish(&f);
}

static void test_schedules_and_facts(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed(&f, "1", "housed", "ana", NOON, "");
	assert_decision(&f, 1, "1", "housed", NOON, "ana",
			"\"outcomes\":[{\"id\":\"#\",\"kind\":\"schedule\",\"action\":\"start\","
			"\"amount\":\"500.00\",\"to\":\"ana\",\"status\":\"started\","
			"\"schedule\":\"housing\",\"first\":\"2026-08-01\",\"times\":3,"
			"\"because\":{\"program\":\"p\",\"block\":\"housing\","
			"\"file\":\"policy.way\",\"line\":45}}]}");
	stream_until_day(&f.s, day_of((struct date){2026, 8, 1}));
	const struct json *pay =
	    json_first(json_get(parse(&f, buf_view(&f.json)), STR("outcomes")));
	assert_true(str_eq(json_get(pay, STR("schedule"))->text, STR("housing")));
	assert_int_equal(json_get(pay, STR("item"))->i, 1);
	feed(&f, "2", "risk_found", "ana", "2026-08-02T12:00:00-07:00", "\"risk\":9");
	feed(&f, "3", "enrolled", "ana", "2026-08-02T12:00:00-07:00", "");
	assert_decision(&f, 4, "3", "enrolled", "2026-08-02T12:00:00-07:00", "ana",
			"\"outcomes\":[{\"id\":\"#\",\"kind\":\"fact\",\"action\":\"set\","
			"\"status\":\"done\",\"fact\":\"risk\",\"value\":5,\"confidential\":true,"
			"\"because\":{\"program\":\"p\",\"block\":\"lowers_risk\","
			"\"file\":\"policy.way\",\"line\":65}}]}");
	finish(&f);
}

static void test_inputs_from_other_cases_are_recorded(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed(&f, "1", "placed", "ana", NOON,
	     "\"provider\":\"haven\",\"price\":\"1.00\",\"share\":\"7.5\"");
	assert_decision(&f, 1, "1", "placed", NOON, "ana",
			"\"outcomes\":[],\"inputs\":[{\"case\":\"haven\",\"kind\":\"agency\","
			"\"fact\":\"vetted\",\"value\":false}]}");
	finish(&f);
}

static void test_a_duplicate_says_so(void **state)
{
	(void)state;
	struct fixture f;
	struct buf b = {0};
	start(&f);
	struct event ev = policy_text_event(&f.p, "1", "left", "ana", NOON, "");
	struct decision d = {.event = ev, .type_name = STR("left"), .stopped = {.block = NONE}};
	d.event.kind = 0;
	decision_json(&b, f.p.rb, &d, 7, true);
	assert_true(str_contains(buf_view(&b), STR("{\"seq\":7,")));
	assert_true(str_contains(buf_view(&b), STR("\"duplicate\":true")));
	buf_release(&b);
	finish(&f);
}

static void test_a_stopped_deadline_says_why(void **state)
{
	(void)state;
	struct fixture f;
	struct buf b = {0};
	start(&f);
	struct reason why = {STR("never_1"), STR("it may not be")};
	struct decision d = {
	    .event = policy_text_event(&f.p, "1", "left", "ana", NOON, ""),
	    .type_name = STR("deadline"),
	    .stopped = {.slug = "breaks-never", .reasons = &why, .n = 1, .block = 0}};
	decision_json(&b, f.p.rb, &d, 7, false);
	assert_true(str_contains(
	    buf_view(&b),
	    STR("\"outcomes\":[],\"stopped\":{\"type\":\"breaks-never\","
		"\"program\":\"p\",\"block\":\"counselling\","
		"\"reasons\":[{\"where\":\"never_1\",\"text\":\"it may not be\"}]}}")));
	buf_release(&b);
	finish(&f);
}

/* ---- cases ---- */

/* A case that stands in everything a case can stand in. */
static struct case_state *busy_case(struct fixture *f)
{
	feed(f, "1", "session", "ana", NOON, "\"minutes\":60");
	feed(f, "2", "missed", "ana", NOON, "\"explained\":false");
	feed(f, "3", "missed", "ana", NOON, "\"explained\":false");
	feed(f, "4", "housed", "ana", NOON, "");
	feed(f, "5", "conviction", "ana", NOON, "");
	feed(f, "6", "risk_found", "ana", "2026-08-02T12:00:00.25-07:00", "\"risk\":4");
	feed(f, "7", "missed", "bea", NOON, "\"explained\":false");
	return stream_case(&f->s, STR("ana"));
}

static void test_a_case_is_written_by_names(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	const struct case_state *cs = busy_case(&f);
	buf_clear(&f.json);
	case_json(&f.json, f.p.rb, cs, true);
	assert_json(
	    &f,
	    "{\"id\":\"ana\",\"kind\":\"survivor\",\"county\":\"alameda\","
	    "\"last\":\"2026-08-02T12:00:00.250000-07:00\","
	    "\"facts\":{\"custody\":\"none\",\"age\":null,\"risk\":4},"
	    "\"counts\":[{\"event\":\"session\",\"n\":1,\"last_day\":\"2026-07-06\"},"
	    "{\"event\":\"missed\",\"n\":2,\"last_day\":\"2026-07-06\"},"
	    "{\"event\":\"housed\",\"n\":1,\"last_day\":\"2026-07-06\"},"
	    "{\"event\":\"conviction\",\"n\":1,\"last_day\":\"2026-07-06\"},"
	    "{\"event\":\"risk_found\",\"n\":1,\"last_day\":\"2026-08-02\"}],"
	    "\"positions\":[{\"program\":\"p\",\"block\":\"attendance\","
	    "\"step\":\"second_step\",\"since\":\"2026-07-06\"}],"
	    "\"used\":[{\"program\":\"p\",\"block\":\"counselling\",\"limit\":\"payments per day\","
	    "\"period\":\"2026-07-06\",\"n\":1}],"
	    "\"due\":[{\"at\":\"2026-09-01T00:00:00-07:00\",\"day\":\"2026-09-01\","
	    "\"what\":\"item\",\"origin\":\"#\",\"program\":\"p\","
	    "\"block\":\"housing\",\"part\":\"\",\"on\":\"housed\",\"nth\":0,"
	    "\"action\":0,\"n\":1}],\"running\":[{\"program\":\"p\","
	    "\"block\":\"housing\",\"origin\":\"#\",\"started\":\"2026-07-06\",\"first\":"
	    "\"2026-08-01\","
	    "\"anchor\":\"2026-08-01\",\"amount\":\"500.00\",\"fund\":null,\"times\":3,"
	    "\"paid\":1,\"held\":0,"
	    "\"to\":\"ana\"}],\"owed\":[{\"outcome\":\"#\",\"name\":\"book\","
	    "\"amount\":\"30.00\",\"settled\":\"0.00\"},{\"outcome\":\"#\","
	    "\"name\":\"course\",\"amount\":\"100.00\",\"settled\":\"0.00\"}],"
	    "\"proposals\":[{\"outcome\":\"#\",\"program\":\"p\","
	    "\"block\":\"attendance\",\"part\":\"step second_step\","
	    "\"on\":\"missed\",\"nth\":0,\"action\":0,\"amount\":\"50.00\","
	    "\"day\":\"2026-07-06\",\"to\":\"\"}],\"paid\":[{\"program\":\"p\","
	    "\"block\":\"housing\",\"amount\":\"500.00\"}]}");
	finish(&f);
}

static void test_a_case_is_restored_exactly(void **state)
{
	(void)state;
	struct fixture f;
	struct buf once = {0}, twice = {0}, why = {0};
	struct case_state *back;
	start(&f);
	const char *const ids[] = {"ana", "bea"};
	busy_case(&f);
	for (size_t i = 0; i < 2; i++) {
		buf_clear(&once);
		buf_clear(&twice);
		case_json(&once, f.p.rb, stream_case(&f.s, str_from(ids[i])), true);
		if (case_read(f.p.rb, parse(&f, buf_view(&once)), &back, &why))
			fail_msg(STR_FMT, STR_ARG(buf_view(&why)));
		case_json(&twice, f.p.rb, back, true);
		if (!str_eq(buf_view(&once), buf_view(&twice)))
			fail_msg("wrote\n" STR_FMT "\nand then\n" STR_FMT, STR_ARG(buf_view(&once)),
				 STR_ARG(buf_view(&twice)));
		case_free(f.p.rb, back);
	}
	buf_release(&once);
	buf_release(&twice);
	finish(&f);
}

static void test_confidential_facts_are_withheld_from_people(void **state)
{
	(void)state;
	struct fixture f;
	struct buf b = {0};
	start(&f);
	case_json(&b, f.p.rb, busy_case(&f), false);
	assert_true(str_contains(
	    buf_view(&b),
	    STR("\"facts\":{\"custody\":\"none\",\"age\":null},\"withheld\":[\"risk\"]")));
	buf_release(&b);
	finish(&f);
}

static void test_what_is_due_is_listed(void **state)
{
	(void)state;
	struct fixture f;
	start(&f);
	feed(&f, "1", "missed", "ana", NOON, "\"explained\":false");
	feed(&f, "2", "housed", "ana", NOON, "");
	buf_clear(&f.json);
	case_upcoming_json(&f.json, f.p.rb, stream_case(&f.s, STR("ana")));
	assert_json(&f, "[{\"at\":\"2026-07-21T00:00:00-07:00\",\"day\":\"2026-07-20\","
			"\"what\":\"referral\",\"of\":\"#\",\"answered_by\":\"enrolled\","
			"\"because\":{\"program\":\"p\",\"block\":\"attendance\","
			"\"part\":\"step first_step\",\"file\":\"policy.way\",\"line\":38}},"
			"{\"at\":\"2026-08-01T00:00:00-07:00\",\"day\":\"2026-08-01\","
			"\"what\":\"payment\",\"of\":\"#\",\"item\":1,\"times\":3,"
			"\"amount\":\"500.00\",\"to\":\"ana\",\"because\":{\"program\":\"p\","
			"\"block\":\"housing\",\"file\":\"policy.way\",\"line\":45}}]");
	finish(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_payment),
	    cmocka_unit_test(test_no_outcome_and_text_that_needs_escapes),
	    cmocka_unit_test(test_instalments_add_up),
	    cmocka_unit_test(test_a_referral_its_deadline_and_a_proposal),
	    cmocka_unit_test(test_schedules_and_facts),
	    cmocka_unit_test(test_inputs_from_other_cases_are_recorded),
	    cmocka_unit_test(test_a_duplicate_says_so),
	    cmocka_unit_test(test_a_stopped_deadline_says_why),
	    cmocka_unit_test(test_a_case_is_written_by_names),
	    cmocka_unit_test(test_a_case_is_restored_exactly),
	    cmocka_unit_test(test_confidential_facts_are_withheld_from_people),
	    cmocka_unit_test(test_what_is_due_is_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
