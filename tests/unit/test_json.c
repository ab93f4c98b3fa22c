/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/canonical.h"
#include "daemon/wire/json.h"
#include "daemon/wire/json_fault.h"
#include "engine/base/limits.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct json_doc *doc;
static struct buf why;

static int setup(void **state)
{
	(void)state;
	doc = json_doc_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	json_doc_free(doc);
	buf_release(&why);
	return 0;
}

static void assert_same_tree(const struct json *a, const struct json *b)
{
	for (uint32_t i = 0; i < b->nodes; i++) {
		assert_int_equal(a[i].kind, b[i].kind);
		assert_int_equal(a[i].n, b[i].n);
		assert_int_equal(a[i].nodes, b[i].nodes);
		assert_true(str_eq(a[i].name, b[i].name));
		assert_true(a[i].kind != JSON_INT || a[i].i == b[i].i);
		assert_true(a[i].kind != JSON_BOOL || a[i].yes == b[i].yes);
		assert_true(a[i].kind != JSON_TEXT || str_eq(a[i].text, b[i].text));
	}
}

/* The reader of canonical JSON reads what it does the same, and but for members that stand twice
 * nothing that is refused. */
static bool check_canonical(struct str text, enum status status, const struct json *root)
{
	struct canonical_doc d = {{0}};
	const struct json *own = canonical_parse(&d, text);
	bool reads = own != NULL;
	if (reads && !status)
		assert_same_tree(own, root);
	else if (reads && status == STATUS_INVALID)
		assert_true(str_contains(buf_view(&why), STR("stands twice")));
	canonical_release(&d);
	return reads;
}

/* From an exact copy on the heap: a sanitizer sees any byte read past the end. */
static enum status parse_copy(struct str text, size_t most, const struct json **root)
{
	char *copy = malloc(text.len ? text.len : 1);
	assert_non_null(copy);
	memcpy(copy, text.p, text.len);
	buf_clear(&why);
	enum status status = json_parse(doc, (struct str){copy, text.len}, most, root, &why);
	check_canonical((struct str){copy, text.len}, status, *root);
	free(copy);
	return status;
}

static void test_what_is_canonical_is_read_without_simdjson(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool reads;
	} all[] = {
	    {"{\"id\":\"e-1\",\"data\":{\"minutes\":60,\"none\":null,\"yes\":true,\"no\":false}}",
	     true},
	    {"{\"a\":[],\"b\":{},\"c\":[-999999999999999999,0,\"\"]}", true},
	    {"{\"a\":1000000000000000000}", false},
	    {"{\"a\":-0}", false},
	    {"{\"a\":01}", false},
	    {"{\"a\":1.5}", false},
	    {"{\"a\": 1}", false},
	    {"{\"a\":\"\\n\"}", false},
	    {"{\"a\":\"\xc3\xa4\"}", false},
	    {"[1,]", false},
	    {"[1", false},
	    {"[nul]", false},
	    {"[1]2", false},
	};
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		const struct json *root = NULL;
		struct str text = str_from(all[i].text);
		enum status status = parse_copy(text, LIMIT_BODY_BYTES, &root);
		assert_int_equal(check_canonical(text, status, root), all[i].reads);
	}
}

static const struct json *accept(struct str text)
{
	const struct json *root = NULL;
	if (parse_copy(text, LIMIT_BODY_BYTES, &root)) {
		buf_char(&why, '\0');
		print_error("refused: %.*s: %s\n", STR_ARG(text), why.p);
		fail();
	}
	assert_null(json_fault_find(text).what);
	return root;
}

/* Refused with a message that has `part` in it. */
static void refuse(struct str text, const char *part)
{
	const struct json *root = NULL;
	enum status status = parse_copy(text, LIMIT_BODY_BYTES, &root);
	if (status == STATUS_OK || !str_contains(buf_view(&why), str_from(part))) {
		print_error("%.*s: status %d, said: %.*s\n", STR_ARG(text), status,
			    STR_ARG(buf_view(&why)));
		fail();
	}
	assert_null(root);
}

#define ACCEPT(literal)       accept(STR(literal))
#define REFUSE(literal, part) refuse(STR(literal), part)

static void test_values_of_every_kind(void **state)
{
	(void)state;
	const struct json *r =
	    ACCEPT(" {\"a\":null,\"b\":true,\"c\":false,\"d\":-7,\"e\":1.5,\"f\":\"x\","
		   "\"g\":[1,[2],3],\"h\":{\"i\":{}}} \n");
	static const enum json_kind kinds[] = {JSON_NULL, JSON_BOOL, JSON_BOOL,  JSON_INT,
					       JSON_REAL, JSON_TEXT, JSON_ARRAY, JSON_OBJECT};
	assert_int_equal(r->n, 8);
	size_t i = 0;
	for (const struct json *m = json_first(r); m; m = json_next(r, m), i++) {
		assert_int_equal(m->kind, kinds[i]);
		assert_int_equal(m->name.len, 1);
		assert_int_equal(m->name.p[0], 'a' + (int)i);
	}
	assert_int_equal(i, 8);
	assert_int_equal(json_get(r, STR("d"))->i, -7);
	assert_true(json_get(r, STR("b"))->yes);
	assert_false(json_get(r, STR("c"))->yes);
	assert_true(str_eq(json_get(r, STR("f"))->text, STR("x")));
	assert_null(json_get(r, STR("z")));
	assert_null(json_get(json_get(r, STR("g")), STR("a")));
	assert_null(json_first(json_get(json_get(r, STR("h")), STR("i"))));
}

static void test_iteration_skips_what_is_inside(void **state)
{
	(void)state;
	const struct json *r = ACCEPT("[[1,2,[3,4]],{\"a\":[5]},6]");
	const struct json *e = json_first(r);
	assert_int_equal(e->kind, JSON_ARRAY);
	assert_int_equal(e->n, 3);
	e = json_next(r, e);
	assert_int_equal(e->kind, JSON_OBJECT);
	e = json_next(r, e);
	assert_int_equal(e->i, 6);
	assert_null(json_next(r, e));
}

static void test_integers_at_the_edges(void **state)
{
	(void)state;
	assert_true(ACCEPT("9223372036854775807")->i == INT64_MAX);
	assert_true(ACCEPT("-9223372036854775808")->i == INT64_MIN);
	assert_int_equal(ACCEPT("0")->i, 0);
	REFUSE("9223372036854775808", "beyond 64 bits, at byte 0");
	REFUSE("[1, -9223372036854775809]", "beyond 64 bits, at byte 4");
	REFUSE("18446744073709551615", "beyond 64 bits");
	REFUSE("18446744073709551616", "beyond 64 bits");
	REFUSE("100000000000000000000000", "beyond 64 bits");
	assert_int_equal(ACCEPT("1e3")->kind, JSON_REAL);
	assert_int_equal(ACCEPT("1.7e308")->kind, JSON_REAL);
	REFUSE("[1.8e308]", "the number is out of range, at byte 1");
	REFUSE("922e808", "the number is out of range");
	assert_int_equal(ACCEPT("1.0")->kind, JSON_REAL);
	assert_int_equal(ACCEPT("-0.0")->kind, JSON_REAL);
}

static void test_malformed_is_refused_with_its_place(void **state)
{
	(void)state;
	REFUSE("", "the text ends too early, at byte 0");
	REFUSE("  ", "the text ends too early, at byte 2");
	REFUSE("{", "the name of a member");
	REFUSE("[1,]", "a value was expected, at byte 3");
	REFUSE("[1 2]", "a comma or ] was expected, at byte 3");
	REFUSE("{\"a\":1,}", "the name of a member in double quotes was expected, at byte 7");
	REFUSE("{\"a\" 1}", "a colon was expected, at byte 5");
	REFUSE("{\"a\":1 \"b\":2}", "a comma or } was expected, at byte 7");
	REFUSE("{a:1}", "the name of a member");
	REFUSE("{'a':1}", "the name of a member");
	REFUSE("[1] [2]", "nothing more was expected after the value, at byte 4");
	REFUSE("[1]x", "nothing more was expected");
	REFUSE("nul", "a value was expected");
	REFUSE("True", "a value was expected");
	REFUSE("NaN", "a value was expected");
	REFUSE("[01]", "a number does not start with 0");
	REFUSE("[-01]", "a number does not start with 0");
	REFUSE("[1.]", "a digit was expected");
	REFUSE("[.5]", "a value was expected");
	REFUSE("[+1]", "a value was expected");
	REFUSE("[1e]", "a digit was expected");
	REFUSE("[-]", "a digit was expected");
	REFUSE("[0x10]", "a comma or ] was expected");
	REFUSE("\"a", "without its closing quote");
	REFUSE("\"a\nb\"", "a control character in a text must be escaped, at byte 2");
	REFUSE("\"\\x41\"", "this escape does not exist, at byte 1");
	REFUSE("\"\\u12g4\"", "four hexadecimal digits");
	REFUSE("[1] // no", "nothing more was expected");
	REFUSE("[1\0]", "a NUL byte, at byte 2");
	REFUSE("\xEF\xBB\xBF{}", "a value was expected, at byte 0");
}

static void test_utf8_is_checked(void **state)
{
	(void)state;
	const struct json *r = ACCEPT("\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x99\x82\"");
	assert_int_equal(r->text.len, 11);
	REFUSE("[\"ab\xFF\"]", "this is not UTF-8, at byte 4");
	REFUSE("[\"\xC3\"]", "this is not UTF-8, at byte 2");
	REFUSE("[\"\xC0\xAF\"]", "this is not UTF-8, at byte 2");
	REFUSE("[\"\xED\xA0\x80\"]", "this is not UTF-8, at byte 2");
	REFUSE("[\"\xF4\x90\x80\x80\"]", "this is not UTF-8, at byte 2");
}

static void test_escapes(void **state)
{
	(void)state;
	const struct json *r = ACCEPT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE42\"");
	assert_true(str_eq(r->text, STR("\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x99\x82")));
	REFUSE("[\"\\u0000\"]", "\\u0000 is not allowed in texts, at byte 2");
	REFUSE("{\"a\\u0000\":1}", "\\u0000 is not allowed");
	REFUSE("[\"\\uD800\"]", "lone surrogate stands for no character, at byte 2");
	REFUSE("[\"\\uDC00\"]", "lone surrogate");
	REFUSE("[\"x\\uD83D\\u0041\"]", "lone surrogate stands for no character, at byte 3");
	REFUSE("[\"\\uD83Dx\"]", "lone surrogate");
	REFUSE("[\"\\uDE42\\uD83D\"]", "lone surrogate");
	REFUSE("{\"\\uDFFF\":1}", "lone surrogate");
	ACCEPT("[\"\\uD7FF\\uE000\\u0001\"]");
}

static void test_members_that_stand_twice(void **state)
{
	(void)state;
	REFUSE("{\"a\":1,\"a\":1}", "the member \"a\" stands twice");
	REFUSE("{\"a\":1,\"b\":2,\"\\u0061\":3}", "the member \"a\" stands twice");
	REFUSE("[{\"x\":{\"q\":1,\"q\":2}}]", "the member \"q\" stands twice");
	REFUSE("{\"\":1,\"\":2}", "stands twice");
	ACCEPT("{\"a\":{\"a\":1},\"b\":{\"a\":1}}");
	ACCEPT("{\"a\":1,\"A\":2}");
	for (int twice = 0; twice < 2; twice++) { /* many members go another way */
		struct buf b = {0};
		buf_char(&b, '{');
		for (int i = 0; i < 500; i++)
			buf_fmt(&b, "%s\"m%d\":%d", i ? "," : "", twice && i == 499 ? 3 : i, i);
		buf_char(&b, '}');
		if (twice)
			refuse(buf_view(&b), "the member \"m3\" stands twice");
		else
			accept(buf_view(&b));
		buf_release(&b);
	}
}

static void nested(struct buf *b, size_t depth, const char *open, const char *close)
{
	buf_clear(b);
	for (size_t i = 0; i < depth; i++)
		buf_c(b, open);
	buf_c(b, "1");
	for (size_t i = 0; i < depth; i++)
		buf_c(b, close);
}

static void test_depth_at_the_limit_and_past_it(void **state)
{
	(void)state;
	struct buf b = {0};
	nested(&b, LIMIT_JSON_DEPTH, "[", "]");
	accept(buf_view(&b));
	nested(&b, LIMIT_JSON_DEPTH, "{\"a\":", "}");
	accept(buf_view(&b));
	nested(&b, LIMIT_JSON_DEPTH + 1, "[", "]");
	refuse(buf_view(&b), "nested deeper than the limit allows, at byte 16");
	nested(&b, LIMIT_JSON_DEPTH + 1, "{\"a\":", "}");
	refuse(buf_view(&b), "nested deeper");
	nested(&b, 100000, "[", "]");
	refuse(buf_view(&b), "nested deeper");
	buf_clear(&b);
	buf_pad(&b, '[', LIMIT_JSON_DEPTH);
	buf_pad(&b, ']', LIMIT_JSON_DEPTH);
	accept(buf_view(&b));
	buf_clear(&b);
	buf_pad(&b, '[', LIMIT_JSON_DEPTH + 1);
	buf_pad(&b, ']', LIMIT_JSON_DEPTH + 1);
	refuse(buf_view(&b), "nested deeper");
	buf_release(&b);
}

static void test_size_at_the_limit_and_past_it(void **state)
{
	(void)state;
	const struct json *root = NULL;
	assert_int_equal(parse_copy(STR("[12345]"), 7, &root), STATUS_OK);
	root = NULL;
	assert_int_equal(parse_copy(STR("[12345]"), 6, &root), STATUS_LIMIT);
	assert_true(str_contains(buf_view(&why), STR("7 bytes; at most 6")));
	assert_null(root);
}

static void test_a_document_is_used_again_after_a_fault(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		struct buf b = {0};
		buf_char(&b, '[');
		for (int k = 0; k <= i * 7; k++)
			buf_fmt(&b, "%s\"text %d\"", k ? "," : "", k);
		REFUSE("[1,", "the text ends too early");
		buf_char(&b, ']');
		const struct json *r = accept(buf_view(&b));
		assert_int_equal(r->n, i * 7 + 1);
		assert_true(str_eq(json_first(r)->text, STR("text 0")));
		buf_release(&b);
	}
}

/* Whatever simdjson refuses, the slow reading must find a fault in, and the other way round; so
 * that no message is ever without its reason. Mutations of a sound document. */
static void test_both_readings_judge_alike(void **state)
{
	(void)state;
	const char base[] =
	    "{\"a\":[1,-2.5e3,true,null,\"x\\u00e9\\n\"],\"b\":{\"c\":\"\xC3\xA9\"}}";
	uint64_t seed = 88172645463325252u;
	for (int round = 0; round < 20000; round++) {
		char text[sizeof(base)];
		memcpy(text, base, sizeof(base));
		for (int k = 0; k < 1 + round % 2; k++) {
			seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
			text[seed % (sizeof(base) - 1)] = (char)(seed >> 32);
		}
		const struct json *root = NULL;
		struct str s = {text, sizeof(base) - 1};
		bool twice = false;
		bool taken = parse_copy(s, sizeof(base), &root) == STATUS_OK;
		twice = str_contains(buf_view(&why), STR("stands twice"));
		bool found = json_fault_find(s).what != NULL;
		if (taken == found && !twice) {
			print_error("judged differently: %.*s (%.*s)\n", STR_ARG(s),
				    STR_ARG(buf_view(&why)));
			fail();
		}
	}
}

/* The JSON Test Suite (github.com/nst/JSONTestSuite), when JSON_TEST_SUITE names a folder of it, as
 * `make vectors` does: y_ must be taken, n_ refused, i_ is ours to choose. */
static void test_json_test_suite(void **state)
{
	(void)state;
	const char *folder = getenv("JSON_TEST_SUITE");
	struct dirent **names;
	int n = folder ? scandir(folder, &names, NULL, alphasort) : -1, judged = 0;
	if (n < 0)
		skip();
	for (int i = 0; i < n; i++) {
		char path[4096];
		struct buf text = {0};
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
		FILE *f = fopen(path, "rb");
		buf_reserve(&text, 1 << 20);
		text.len = f ? fread(text.p, 1, 1 << 20, f) : 0;
		if (f)
			fclose(f);
		const struct json *root = NULL;
		bool taken = parse_copy(buf_view(&text), 1 << 20, &root) == STATUS_OK;
		char must = names[i]->d_name[0];
		/* duplicate members, NUL and depth are refused on purpose */
		bool own = str_contains(buf_view(&why), STR("twice")) ||
			   str_contains(buf_view(&why), STR("u0000")) ||
			   str_contains(buf_view(&why), STR("deeper"));
		if ((must == 'y' && !taken && !own) || (must == 'n' && taken)) {
			print_error("%s: %s\n", names[i]->d_name, taken ? "taken" : "refused");
			fail();
		}
		judged += must == 'y' || must == 'n';
		buf_release(&text);
		free(names[i]);
	}
	free(names);
	assert_true(judged > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values_of_every_kind),
	    cmocka_unit_test(test_what_is_canonical_is_read_without_simdjson),
	    cmocka_unit_test(test_iteration_skips_what_is_inside),
	    cmocka_unit_test(test_integers_at_the_edges),
	    cmocka_unit_test(test_malformed_is_refused_with_its_place),
	    cmocka_unit_test(test_utf8_is_checked),
	    cmocka_unit_test(test_escapes),
	    cmocka_unit_test(test_members_that_stand_twice),
	    cmocka_unit_test(test_depth_at_the_limit_and_past_it),
	    cmocka_unit_test(test_size_at_the_limit_and_past_it),
	    cmocka_unit_test(test_a_document_is_used_again_after_a_fault),
	    cmocka_unit_test(test_both_readings_judge_alike),
	    cmocka_unit_test(test_json_test_suite),
	};
	return cmocka_run_group_tests_name("json", tests, setup, teardown);
}
