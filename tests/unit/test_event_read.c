/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/event_read.h"
#include "engine/base/limits.h"
#include "tests/support/sample_rulebook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct rulebook *rb;
static struct json_doc *doc;
static struct event_reader reader;
static struct arena arena;
static struct buf why;
static struct event ev;
static struct refusal refusal;

static int setup(void **state)
{
	(void)state;
	rb = sample_rulebook();
	doc = json_doc_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	json_doc_free(doc);
	event_reader_release(&reader);
	arena_release(&arena);
	buf_release(&why);
	rulebook_unref(rb);
	return 0;
}

static bool read_text(struct str text)
{
	const struct json *root = NULL;
	arena_reset(&arena);
	refusal = (struct refusal){0};
	buf_clear(&why);
	assert_int_equal(json_parse(doc, text, LIMIT_BODY_BYTES, &root, &why), STATUS_OK);
	memset(&ev, 0, sizeof(ev));
	return event_read(&reader, rb, root, &arena, &ev, &refusal);
}

static void show_reasons(void)
{
	for (size_t i = 0; i < refusal.n; i++)
		print_error("  " STR_FMT ": " STR_FMT "\n", STR_ARG(refusal.reasons[i].where),
			    STR_ARG(refusal.reasons[i].text));
}

static void accept(const char *text)
{
	if (!read_text(str_from(text))) {
		print_error("refused: %s\n", text);
		show_reasons();
		fail();
	}
}

/* Refused for exactly one reason, at that place, with these words in it. */
static void refuse(const char *text, const char *slug, const char *where, const char *words)
{
	bool taken = read_text(str_from(text));
	if (taken || refusal.n != 1 || strcmp(refusal.slug, slug) != 0 ||
	    !str_eq(refusal.reasons[0].where, str_from(where)) ||
	    !str_contains(refusal.reasons[0].text, str_from(words))) {
		print_error("%s: %s, expected %s: %s: %s\n", text, taken ? "taken" : refusal.slug,
			    slug, where, words);
		show_reasons();
		fail();
	}
}

#define HEAD                                                                                       \
	"{\"specversion\":\"1.0\",\"id\":\"e-1\",\"source\":\"/cms\",\"subject\":\"S-1\","         \
	"\"time\":\"2026-07-14T09:30:00-07:00\",\"county\":\"alameda\""
#define SESSION(data) HEAD ",\"type\":\"session_attended\",\"data\":{" data "}}"
#define INTAKE(data)  HEAD ",\"type\":\"intake\",\"data\":{" data "}}"
#define ALL(data)     HEAD ",\"type\":\"everything\",\"data\":{" data "}}"
#define GOOD          "\"service\":\"counselling\",\"provider\":\"A-1\",\"minutes\":60"
#define GOOD_ALL                                                                                   \
	"\"amount\":\"1000.50\",\"rate\":\"7.5\",\"day\":\"2026-02-28\",\"explained\":true,"       \
	"\"length\":3"

static void test_a_good_event_is_read(void **state)
{
	(void)state;
	accept(SESSION(GOOD));
	assert_true(str_eq(ev.id, STR("e-1")));
	assert_true(str_eq(ev.source, STR("/cms")));
	assert_true(str_eq(ev.subject, STR("S-1")));
	assert_int_equal(ev.type, SAMPLE_SESSION);
	assert_int_equal(ev.county, SAMPLE_ALAMEDA);
	assert_int_equal(ev.kind, SAMPLE_SURVIVOR);
	assert_true(ev.time == INT64_C(1784046600) * SECOND_US);
	assert_int_equal(ev.given, 7);
	assert_int_equal(ev.fields[0].i, 0);
	assert_true(str_eq(value_as_str(ev.fields[1]), STR("A-1")));
	assert_int_equal(ev.fields[2].i, 60);
	assert_true(hash128_eq(ev.key, event_key(STR("/cms"), STR("e-1"))));
}

static void test_a_value_of_every_type(void **state)
{
	(void)state;
	accept(ALL(GOOD_ALL ",\"note\":\"n\\u00e9\""));
	int32_t day;
	assert_int_equal(day_read(STR("2026-02-28"), &day), STATUS_OK);
	assert_int_equal(ev.fields[0].i, 100050);
	assert_int_equal(ev.fields[1].i, 75000);
	assert_int_equal(ev.fields[2].i, day);
	assert_int_equal(ev.fields[3].i, 1);
	assert_int_equal(ev.fields[4].i, 3);
	assert_true(str_eq(value_as_str(ev.fields[5]), STR("n\xC3\xA9")));
}

static void test_the_texts_outlive_the_document(void **state)
{
	(void)state;
	accept(ALL(GOOD_ALL ",\"note\":\"kept\""));
	const struct json *root;
	assert_int_equal(json_parse(doc, STR("[\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"]"),
				    100, &root, &why),
			 STATUS_OK);
	assert_true(str_eq(value_as_str(ev.fields[5]), STR("kept")));
	assert_true(str_eq(ev.subject, STR("S-1")));
}

static void test_optional_facts_absent_and_null(void **state)
{
	(void)state;
	accept(INTAKE("\"custody\":\"adult\""));
	assert_false(ev.fields[0].known);
	assert_int_equal(ev.given, 2); /* age was not sent: the fact stays */
	accept(INTAKE("\"custody\":\"adult\",\"age\":null"));
	assert_false(ev.fields[0].known);
	assert_int_equal(ev.given, 3); /* sent as null: the fact becomes unknown */
	accept(ALL(GOOD_ALL ",\"note\":null"));
	assert_int_equal(ev.given, 31); /* no fact: null is absent */
	accept(HEAD ",\"type\":\"law_enforcement_contact\"}");
	accept(HEAD ",\"type\":\"law_enforcement_contact\",\"data\":{}}");
}

static void test_the_kind_of_case(void **state)
{
	(void)state;
	accept(HEAD ",\"type\":\"law_enforcement_contact\"}");
	assert_int_equal(ev.kind, NONE);
	accept(HEAD ",\"type\":\"law_enforcement_contact\",\"casekind\":\"buyer\"}");
	assert_int_equal(ev.kind, SAMPLE_BUYER);
	refuse(HEAD ",\"type\":\"law_enforcement_contact\",\"casekind\":\"agency\"}", "bad-event",
	       "casekind", "law_enforcement_contact is not an event of a agency case");
	refuse(HEAD ",\"type\":\"law_enforcement_contact\",\"casekind\":\"survivr\"}", "bad-event",
	       "casekind", "no kind of case \"survivr\"; did you mean survivor?");
}

static void test_types_of_event(void **state)
{
	(void)state;
	refuse(HEAD ",\"type\":\"sesion_attended\"}", "unknown-event", "type",
	       "there is no event \"sesion_attended\"; did you mean session_attended?");
	refuse(HEAD ",\"type\":\"zebra\"}", "unknown-event", "type", "no event \"zebra\"");
	refuse(HEAD ",\"type\":\"deadline\"}", "unknown-event", "type", "comes from within");
	refuse(HEAD ",\"type\":\"scheduled\"}", "unknown-event", "type", "comes from within");
	/* the type names the refusal, whatever else is wrong and stands before it */
	assert_false(read_text(STR("{\"zzz\":1,\"type\":\"zebra\"}")));
	assert_string_equal(refusal.slug, "unknown-event");
	assert_true(refusal.n > 5);
}

static void test_attributes(void **state)
{
	(void)state;
#define WITH(member) "{" member ",\"type\":\"law_enforcement_contact\"}"
#define ID           "\"id\":\"e-1\","
#define REST                                                                                       \
	"\"specversion\":\"1.0\",\"source\":\"/cms\",\"subject\":\"S-1\","                         \
	"\"time\":\"2026-07-14T09:30:00Z\""
	refuse(WITH(REST ",\"county\":\"alameda\""), "bad-event", "id", "the event has no id");
	refuse(WITH("\"id\":\"\"," REST ",\"county\":\"alameda\""), "bad-event", "id", "is empty");
	refuse(WITH("\"id\":7," REST ",\"county\":\"alameda\""), "bad-event", "id",
	       "this is a whole number; text was expected");
	refuse(WITH("\"id\":\"a\\nb\"," REST ",\"county\":\"alameda\""), "bad-event", "id",
	       "control characters");
	refuse(WITH("\"id\":\"a\\u0085b\"," REST ",\"county\":\"alameda\""), "bad-event", "id",
	       "control characters");
	refuse(WITH(ID REST), "bad-event", "county", "the event has no county");
	refuse(WITH(ID REST ",\"county\":\"almeda\""), "bad-event", "county",
	       "there is no county \"almeda\"; did you mean alameda?");
	refuse(WITH(ID REST ",\"county\":\"alameda\",\"conty\":\"x\""), "bad-event", "conty",
	       "no such attribute; did you mean county?");
	refuse(WITH(ID REST ",\"county\":\"alameda\",\"data_base64\":\"x\""), "bad-event",
	       "data_base64", "binary data is not taken");
	refuse(WITH(ID REST ",\"county\":\"alameda\",\"data\":[]"), "bad-event", "data",
	       "data is a list");
	refuse(WITH(ID REST ",\"county\":\"alameda\",\"data\":null"), "bad-event", "data",
	       "data is null");
	refuse(WITH(ID REST ",\"county\":\"alameda\",\"datacontenttype\":\"text/xml\""),
	       "bad-event", "datacontenttype", "only application/json");
	refuse(WITH(ID "\"specversion\":\"0.3\",\"source\":\"/cms\",\"subject\":\"S\","
		       "\"time\":\"2026-07-14T09:30:00Z\",\"county\":\"alameda\""),
	       "bad-event", "specversion", "\"1.0\" was expected");
	accept(WITH(ID REST
		    ",\"county\":\"alameda\",\"datacontenttype\":\"application/json\","
		    "\"dataschema\":\"x:y\",\"traceparent\":\"00-1\",\"tracestate\":\"a=1\""));
	accept(WITH(ID REST ",\"county\":\"alameda\","
			    "\"datacontenttype\":\"Application/JSON; charset=utf-8\""));
	read_text(STR("[]"));
	assert_string_equal(refusal.slug, "bad-event");
	assert_true(
	    str_contains(refusal.reasons[0].text, STR("this is a list; an event is an object")));
}

static void test_times(void **state)
{
	(void)state;
	static const char *const wrong[] = {"2026-07-14",           "2026-07-14T09:30:00",
					    "2026-02-30T09:30:00Z", "2026-07-14T25:30:00Z",
					    "2026-07-14T09:30:60Z", "yesterday",
					    "0000-07-14T09:30:00Z"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct buf b = {0};
		buf_fmt(&b,
			"{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"s\",\"subject\":\"S\","
			"\"county\":\"alameda\",\"type\":\"law_enforcement_contact\","
			"\"time\":\"%s\"}%c",
			wrong[i], 0);
		refuse(b.p, "bad-event", "time", "is not a time with its offset");
		buf_release(&b);
	}
}

static void test_fields(void **state)
{
	(void)state;
	static const struct {
		const char *text, *where, *words;
	} cases[] = {
	    {SESSION("\"service\":\"counselling\",\"provider\":\"A\""), "data.minutes",
	     "minutes is missing; a whole number was expected"},
	    {SESSION(GOOD ",\"minuets\":1"), "data.minuets",
	     "session_attended has no field \"minuets\"; did you mean minutes?"},
	    {SESSION(GOOD ",\"qqqqqq\":1"), "data.qqqqqq", "has no field \"qqqqqq\""},
	    {SESSION("\"service\":\"counselling\",\"provider\":\"A\",\"minutes\":\"60\""),
	     "data.minutes", "data.minutes is text; a whole number was expected"},
	    {SESSION("\"service\":\"counselling\",\"provider\":\"A\",\"minutes\":60.0"),
	     "data.minutes", "is a number with a fraction or exponent; a whole number"},
	    {SESSION("\"service\":\"counselling\",\"provider\":\"A\",\"minutes\":null"),
	     "data.minutes", "is null; a whole number"},
	    {SESSION("\"service\":\"counselling\",\"provider\":\"A\",\"minutes\":601"),
	     "data.minutes", "601 is out of range; from 0 to 600 was expected"},
	    {SESSION("\"service\":\"counselling\",\"provider\":\"A\",\"minutes\":-1"),
	     "data.minutes", "from 0 to 600"},
	    {SESSION("\"service\":\"counceling\",\"provider\":\"A\",\"minutes\":1"), "data.service",
	     "\"counceling\" is not one of counselling, housing, workforce; did you mean "
	     "counselling?"},
	    {SESSION("\"service\":1,\"provider\":\"A\",\"minutes\":1"), "data.service",
	     "a name of the list as text was expected"},
	    {SESSION("\"service\":\"housing\",\"provider\":\"\",\"minutes\":1"), "data.provider",
	     "the id of a case is empty"},
	    {INTAKE("\"custody\":\"none\",\"age\":121"), "data.age", "from 0 years to 120 years"},
	    {INTAKE("\"custody\":null"), "data.custody", "data.custody is null"},
	    {ALL("\"amount\":1000,\"rate\":\"7.5\",\"day\":\"2026-02-28\",\"explained\":true,"
		 "\"length\":3"),
	     "data.amount", "a whole number; money as text such as \"100.00\""},
	    {ALL("\"amount\":\"$5\",\"rate\":\"7.5\",\"day\":\"2026-02-28\",\"explained\":true,"
		 "\"length\":3"),
	     "data.amount", "\"$5\" was sent; money as text"},
	    {ALL("\"amount\":\"5.00\",\"rate\":\"7.55555\",\"day\":\"2026-02-28\","
		 "\"explained\":true,\"length\":3"),
	     "data.rate", "a percentage as text such as \"7.5\""},
	    {ALL("\"amount\":\"5.00\",\"rate\":\"7.5\",\"day\":\"2026-02-30\",\"explained\":true,"
		 "\"length\":3"),
	     "data.day", "\"2026-02-30\" was sent; a date"},
	    {ALL("\"amount\":\"5.00\",\"rate\":\"7.5\",\"day\":\"2026-02-28\","
		 "\"explained\":\"yes\",\"length\":3"),
	     "data.explained", "is text; true or false was expected"},
	    {ALL("\"amount\":\"5.00\",\"rate\":\"7.5\",\"day\":\"2026-02-28\",\"explained\":1,"
		 "\"length\":3"),
	     "data.explained", "is a whole number; true or false"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refuse(cases[i].text, "bad-event", cases[i].where, cases[i].words);
	accept(SESSION("\"service\":\"counselling\",\"provider\":\"A\",\"minutes\":600"));
	accept(SESSION("\"service\":\"counselling\",\"provider\":\"A\",\"minutes\":0"));
	refuse(HEAD
	       ",\"type\":\"payment_received\",\"data\":{\"outcome\":\"x\",\"amount\":\"0.00\"}}",
	       "bad-event", "data.amount", "$0.00 is out of range; $0.01 or more was expected");
}

static void test_percentages(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool fine;
		int64_t millionths;
	} cases[] = {{"7.5", true, 75000},    {"0", true, 0},
		     {"100", true, 1000000},  {"0.0001", true, 1},
		     {"-2.25", true, -22500}, {"7.50", true, 75000},
		     {"", false, 0},          {"-", false, 0},
		     {".5", false, 0},        {"5.", false, 0},
		     {"1.2.3", false, 0},     {"7,5", false, 0},
		     {"7.5%", false, 0},      {"0.00001", false, 0},
		     {" 1", false, 0},        {"99999999999999999999", false, 0}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = {0};
		buf_fmt(&b,
			HEAD ",\"type\":\"everything\",\"data\":{\"amount\":\"5.00\",\"rate\":"
			     "\"%s\",\"day\":\"2026-02-28\",\"explained\":true,\"length\":3}}%c",
			cases[i].text, 0);
		assert_int_equal(read_text(str_from(b.p)), cases[i].fine);
		if (cases[i].fine)
			assert_int_equal(ev.fields[1].i, cases[i].millionths);
		buf_release(&b);
	}
}

static void test_a_confidential_value_is_never_quoted(void **state)
{
	(void)state;
	struct field *intake =
	    rb->events[SAMPLE_INTAKE].fields; /* sets the facts, in their order */
	intake[1].confidential = true;
	refuse(INTAKE("\"custody\":\"secretive\""), "bad-event", "data.custody",
	       "one of none, juvenile, adult was expected");
	assert_false(str_contains(refusal.reasons[0].text, STR("secretive")));
	intake[1].confidential = false;
	intake[0].confidential = true;
	refuse(INTAKE("\"custody\":\"none\",\"age\":777"), "bad-event", "data.age", "from 0 years");
	assert_false(str_contains(refusal.reasons[0].text, STR("777")));
	intake[0].confidential = false;
}

static void long_member(struct buf *b, const char *head, size_t n, const char *tail)
{
	buf_clear(b);
	buf_c(b, head);
	buf_pad(b, 'x', n);
	buf_c(b, tail);
}

static void test_lengths_at_their_limits_and_past_them(void **state)
{
	(void)state;
	static const struct {
		const char *head, *tail;
		size_t most;
	} cases[] = {
	    {HEAD ",\"type\":\"everything\",\"data\":{" GOOD_ALL ",\"note\":\"", "\"}}",
	     LIMIT_FIELD_TEXT_BYTES},
	    {HEAD ",\"type\":\"session_attended\",\"data\":{\"service\":\"housing\",\"minutes\":1,"
		  "\"provider\":\"",
	     "\"}}", LIMIT_ID_BYTES},
	    {"{\"specversion\":\"1.0\",\"source\":\"/"
	     "cms\",\"subject\":\"S\",\"county\":\"alameda\","
	     "\"type\":\"law_enforcement_contact\",\"time\":\"2026-07-14T09:30:00Z\",\"id\":\"",
	     "\"}", LIMIT_ID_BYTES},
	    {"{\"specversion\":\"1.0\",\"source\":\"/cms\",\"id\":\"S\",\"county\":\"alameda\","
	     "\"type\":\"law_enforcement_contact\",\"time\":\"2026-07-14T09:30:00Z\",\"subject\":"
	     "\"",
	     "\"}", LIMIT_ID_BYTES},
	    {"{\"specversion\":\"1.0\",\"id\":\"i\",\"subject\":\"S\",\"county\":\"alameda\","
	     "\"type\":\"law_enforcement_contact\",\"time\":\"2026-07-14T09:30:00Z\",\"source\":\"",
	     "\"}", LIMIT_SOURCE_ID_BYTES},
	};
	struct buf b = {0};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		long_member(&b, cases[i].head, cases[i].most, cases[i].tail);
		assert_true(read_text(buf_view(&b)));
		long_member(&b, cases[i].head, cases[i].most + 1, cases[i].tail);
		assert_false(read_text(buf_view(&b)));
		assert_int_equal(refusal.n, 1);
		assert_true(str_contains(refusal.reasons[0].text, STR("are allowed")));
	}
	buf_release(&b);
}

static void test_every_fault_is_named(void **state)
{
	(void)state;
	assert_false(
	    read_text(STR("{\"specversion\":\"2\",\"type\":\"session_attended\",\"extra\":1,"
			  "\"time\":\"noon\",\"county\":\"x\",\"source\":\"s\",\"data\":"
			  "{\"service\":\"none\",\"minutes\":\"1\",\"foo\":2}}")));
	static const char *const places[] = {
	    "extra",  "id",           "subject",      "specversion", "time",
	    "county", "data.service", "data.minutes", "data.foo",    "data.provider"};
	assert_int_equal(refusal.n, sizeof(places) / sizeof(places[0]));
	for (size_t i = 0; i < refusal.n; i++)
		assert_true(str_eq(refusal.reasons[i].where, str_from(places[i])));
}

static void test_canonical_json_and_digest(void **state)
{
	(void)state;
	accept(SESSION(GOOD));
	struct hash128 digest = ev.digest;
	struct buf first = {0}, again = {0};
	buf_str(&first, buf_view(&reader.json));
	assert_true(
	    str_eq(buf_view(&first),
		   STR("{\"specversion\":\"1.0\",\"id\":\"e-1\",\"source\":\"/cms\","
		       "\"type\":\"session_attended\",\"subject\":\"S-1\","
		       "\"time\":\"2026-07-14T16:30:00Z\",\"county\":\"alameda\",\"data\":"
		       "{\"minutes\":60,\"provider\":\"A-1\",\"service\":\"counselling\"}}")));
	/* white space, order of members, zone and escapes do not matter */
	accept(" { \"data\" : { \"minutes\" : 60 , \"service\":\"couns\\u0065lling\",\"provider\":"
	       "\"A-1\"},\"county\":\"alameda\",\"time\":\"2026-07-14T18:30:00.000+02:00\","
	       "\"type\":\"session_attended\",\"subject\":\"S-1\",\"source\":\"\\/cms\","
	       "\"id\":\"e-1\",\"specversion\":\"1.0\",\"tracestate\":\"z\"}");
	assert_true(hash128_eq(digest, ev.digest));
	/* reading it back gives the same */
	assert_true(read_text(buf_view(&first)));
	assert_true(hash128_eq(digest, ev.digest));
	event_json(&again, rb, &ev);
	assert_true(str_eq(buf_view(&first), buf_view(&again)));
	/* any value does */
	accept(SESSION("\"service\":\"counselling\",\"provider\":\"A-1\",\"minutes\":61"));
	assert_false(hash128_eq(digest, ev.digest));
	buf_release(&first);
	buf_release(&again);
}

static void test_null_and_absent_differ_for_facts_only(void **state)
{
	(void)state;
	accept(INTAKE("\"custody\":\"none\""));
	struct hash128 absent = ev.digest;
	accept(INTAKE("\"custody\":\"none\",\"age\":null"));
	assert_false(hash128_eq(absent, ev.digest));
	accept(ALL(GOOD_ALL));
	absent = ev.digest;
	accept(ALL(GOOD_ALL ",\"note\":null"));
	assert_true(hash128_eq(absent, ev.digest));
}

static void test_values_of_every_type_go_there_and_back(void **state)
{
	(void)state;
	static const char *const texts[] = {
	    ALL(GOOD_ALL ",\"note\":\"a \\\"quote\\\" and \\u0001\""),
	    ALL("\"amount\":\"-0.05\",\"rate\":\"1234.5678\",\"day\":\"0001-01-01\","
		"\"explained\":false,\"length\":-9223372036854775808"),
	    ALL("\"amount\":\"92233720368547758.07\",\"rate\":\"-0.0001\",\"day\":\"9999-12-31\","
		"\"explained\":false,\"length\":9223372036854775807"),
	    INTAKE("\"custody\":\"juvenile\",\"age\":null,\"background\":\"x\""),
	    HEAD ",\"type\":\"law_enforcement_contact\",\"casekind\":\"buyer\"}",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct buf b = {0};
		accept(texts[i]);
		struct hash128 digest = ev.digest;
		buf_str(&b, buf_view(&reader.json));
		if (!read_text(buf_view(&b))) {
			print_error(STR_FMT "\n", STR_ARG(buf_view(&b)));
			show_reasons();
			fail();
		}
		assert_true(hash128_eq(digest, ev.digest));
		assert_true(str_eq(buf_view(&b), buf_view(&reader.json)));
		buf_release(&b);
	}
}

static bool read_binary(const struct event_attribute *at, size_t n, const char *data)
{
	const struct json *root = NULL;
	arena_reset(&arena);
	refusal = (struct refusal){0};
	if (data)
		assert_int_equal(json_parse(doc, str_from(data), LIMIT_BODY_BYTES, &root, &why),
				 STATUS_OK);
	return event_read_binary(&reader, rb, at, n, root, &arena, &ev, &refusal);
}

static void test_binary_mode_is_the_same_event(void **state)
{
	(void)state;
	struct event_attribute at[] = {
	    {STR_INIT("specversion"), STR_INIT("1.0")},
	    {STR_INIT("ID"), STR_INIT("e%2D1")},
	    {STR_INIT("source"), STR_INIT("/cms")},
	    {STR_INIT("Type"), STR_INIT("session_attended")},
	    {STR_INIT("subject"), STR_INIT("S-1")},
	    {STR_INIT("time"), STR_INIT("2026-07-14T09:30:00-07:00")},
	    {STR_INIT("county"), STR_INIT("alameda")},
	    {STR_INIT("datacontenttype"), STR_INIT("application/json")},
	};
	accept(SESSION(GOOD));
	struct hash128 digest = ev.digest;
	assert_true(read_binary(at, 8, "{" GOOD "}"));
	assert_true(hash128_eq(digest, ev.digest));
	assert_true(str_eq(ev.id, STR("e-1")));

	assert_false(read_binary(at, 8, NULL));
	assert_int_equal(refusal.n, 3); /* no data: three fields are missing */
	at[1].value = STR("e%2");
	assert_false(read_binary(at, 8, "{" GOOD "}"));
	assert_true(str_contains(refusal.reasons[0].text, STR("percent-encoded")));
	at[1].value = STR("e%ff");
	assert_false(read_binary(at, 8, "{" GOOD "}"));
	at[1].value = STR("e%C3%A9");
	assert_true(read_binary(at, 8, "{" GOOD "}"));
	assert_true(str_eq(ev.id, STR("e\xC3\xA9")));
	at[7] = (struct event_attribute){STR_INIT("id"), STR_INIT("again")};
	assert_false(read_binary(at, 8, "{" GOOD "}"));
	assert_true(str_contains(refusal.reasons[0].text, STR("stands twice")));
}

static void test_the_name_of_a_refused_event(void **state)
{
	(void)state;
	const struct json *root;
	struct str source, id;
	json_parse(doc, STR("{\"source\":\"a\",\"id\":5}"), 100, &root, &why);
	event_name(root, &source, &id);
	assert_true(str_eq(source, STR("a")));
	assert_int_equal(id.len, 0);
	json_parse(doc, STR("7"), 100, &root, &why);
	event_name(root, &source, &id);
	assert_int_equal(source.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_good_event_is_read),
	    cmocka_unit_test(test_a_value_of_every_type),
	    cmocka_unit_test(test_the_texts_outlive_the_document),
	    cmocka_unit_test(test_optional_facts_absent_and_null),
	    cmocka_unit_test(test_the_kind_of_case),
	    cmocka_unit_test(test_types_of_event),
	    cmocka_unit_test(test_attributes),
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_percentages),
	    cmocka_unit_test(test_a_confidential_value_is_never_quoted),
	    cmocka_unit_test(test_lengths_at_their_limits_and_past_them),
	    cmocka_unit_test(test_every_fault_is_named),
	    cmocka_unit_test(test_canonical_json_and_digest),
	    cmocka_unit_test(test_null_and_absent_differ_for_facts_only),
	    cmocka_unit_test(test_values_of_every_type_go_there_and_back),
	    cmocka_unit_test(test_binary_mode_is_the_same_event),
	    cmocka_unit_test(test_the_name_of_a_refused_event),
	};
	return cmocka_run_group_tests_name("event_read", tests, setup, teardown);
}
