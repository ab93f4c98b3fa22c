/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/arena.h"
#include "engine/base/diag.h"
#include "engine/base/hash.h"
#include "engine/base/limits.h"
#include "engine/base/map.h"
#include "engine/base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- arena ---- */

static void test_arena_memory_is_zeroed_and_aligned(void **state)
{
	(void)state;
	struct arena a = {0};
	for (size_t size = 1; size < 40000; size = size * 3 + 1) {
		unsigned char *p = arena_alloc(&a, size);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
	}
	arena_release(&a);
	assert_null(a.head);
}

static void test_arena_reset_gives_zeroed_memory_again(void **state)
{
	(void)state;
	struct arena a = {0};
	memset(arena_alloc(&a, 100), 0xff, 100);
	memset(arena_alloc(&a, 100000), 0xff, 100000);
	arena_reset(&a);
	assert_int_equal(a.used, 0);
	unsigned char *p = arena_alloc(&a, 50000);
	for (size_t i = 0; i < 50000; i++)
		assert_int_equal(p[i], 0);
	arena_release(&a);
}

static void test_arena_str_copies_and_terminates(void **state)
{
	(void)state;
	struct arena a = {0};
	char text[] = "county";
	struct str copy = arena_str(&a, (struct str){text, 3});
	text[0] = 'x';
	assert_string_equal(copy.p, "cou");
	assert_int_equal(copy.len, 3);
	assert_int_equal(arena_str(&a, (struct str){NULL, 0}).len, 0);
	arena_release(&a);
}

/* ---- str ---- */

static void test_str_cmp_orders_by_bytes(void **state)
{
	(void)state;
	assert_true(str_cmp(STR("a"), STR("b")) < 0);
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("b"), STR("ab")) > 0);
	assert_int_equal(str_cmp(STR("same"), STR("same")), 0);
	assert_true(str_cmp(STR("z"), STR("\xc3\xa9")) < 0);
}

static void test_str_utf8_is_judged_by_the_book(void **state)
{
	(void)state;
	static const struct {
		struct str s;
		bool good;
	} rows[] = {
	    {STR_INIT(""), true},
	    {STR_INIT("plain"), true},
	    {STR_INIT("Saint-Sa\xc3\xabns"), true},
	    {STR_INIT("\xe2\x80\x9c"), true},
	    {STR_INIT("\xf0\x9f\x8c\x88"), true},
	    {STR_INIT("\xf4\x8f\xbf\xbf"), true},
	    {STR_INIT("\xf4\x90\x80\x80"), false}, /* beyond U+10FFFF */
	    {STR_INIT("\xed\xa0\x80"), false},     /* a surrogate */
	    {STR_INIT("\xc0\xaf"), false},         /* too long a form */
	    {STR_INIT("\xe0\x80\xaf"), false},
	    {STR_INIT("\xc3"), false}, /* cut off */
	    {STR_INIT("\xe2\x80"), false},
	    {STR_INIT("\x80"), false},
	    {STR_INIT("a\0b"), false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(str_is_utf8(rows[i].s), rows[i].good);
}

static void test_str_distance_counts_slips(void **state)
{
	(void)state;
	assert_int_equal(str_distance(STR("stipend"), STR("stipend"), 3), 0);
	assert_int_equal(str_distance(STR("stipned"), STR("stipend"), 3), 1); /* swapped */
	assert_int_equal(str_distance(STR("assses"), STR("assess"), 3), 1);
	assert_int_equal(str_distance(STR("wiithin"), STR("within"), 3), 1);
	assert_int_equal(str_distance(STR("pay"), STR("waive"), 2), 3);
	assert_int_equal(str_distance(STR(""), STR("ab"), 3), 2);
}

static void test_buf_json_escapes_what_must_be(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_json(&b, STR("a\"b\\c\n\t\r\x01\x7f/\xc3\xa9"));
	buf_json(&b, (struct str){0});
	buf_char(&b, 0);
	assert_string_equal(b.p, "\"a\\\"b\\\\c\\n\\t\\r\\u0001\\u007f/\xc3\xa9\"\"\"");
	buf_release(&b);
}

static void test_buf_i64_writes_the_extremes(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_i64(&b, INT64_MIN);
	buf_char(&b, ' ');
	buf_i64(&b, INT64_MAX);
	buf_char(&b, ' ');
	buf_i64(&b, 0);
	buf_char(&b, 0);
	assert_string_equal(b.p, "-9223372036854775808 9223372036854775807 0");
	buf_release(&b);
}

/* ---- map: against a plain array, over random insertions and removals ---- */

#define KEYS 500

/* The original is changed and released first: the copy has to stand by itself. */
static void go_on_with_a_copy(struct map *m)
{
	struct map copy = {0};
	map_copy(&copy, m);
	map_put(m, STR("another"), 1);
	map_release(m);
	*m = copy;
}

static void test_map_agrees_with_a_plain_array(void **state)
{
	(void)state;
	static char names[KEYS][8];
	uint32_t model[KEYS];
	struct map m = {0};
	uint64_t random = 7;
	for (uint32_t i = 0; i < KEYS; i++) {
		snprintf(names[i], sizeof(names[i]), "k%u", i);
		model[i] = MAP_NONE;
	}
	for (uint32_t step = 0; step < 200000; step++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		uint32_t k = (uint32_t)(random >> 33) % KEYS;
		struct str key = str_from(names[k]);
		if ((random >> 60) % 2) {
			assert_int_equal(map_put(&m, key, step), model[k] == MAP_NONE);
			model[k] = step;
		} else {
			assert_int_equal(map_del(&m, key), model[k] != MAP_NONE);
			model[k] = MAP_NONE;
		}
		uint32_t other = (uint32_t)(random >> 20) % KEYS;
		assert_int_equal(map_get(&m, str_from(names[other])), model[other]);
		assert_int_equal(map_guess(&m, str_from(names[other])), model[other]);
		if (step % 1000 == 0)
			go_on_with_a_copy(&m);
	}
	size_t n = 0;
	for (uint32_t i = 0; i < KEYS; i++)
		n += model[i] != MAP_NONE;
	assert_int_equal(m.n, n);
	map_release(&m);
}

static void test_map_takes_the_empty_key(void **state)
{
	(void)state;
	struct map m = {0};
	assert_int_equal(map_get(&m, (struct str){0}), MAP_NONE);
	assert_true(map_put(&m, (struct str){0}, 3));
	assert_int_equal(map_get(&m, STR("")), 3);
	assert_true(map_del(&m, STR("")));
	map_release(&m);
}

/* ---- vec ---- */

static void test_vec_keeps_order_when_one_is_removed(void **state)
{
	(void)state;
	VEC(int) v = {0};
	for (int i = 0; i < 100; i++)
		*vec_push(&v) = i;
	vec_remove(&v, 50);
	assert_int_equal(v.n, 99);
	assert_int_equal(v.at[49], 49);
	assert_int_equal(v.at[50], 51);
	vec_release(&v);
	assert_null(v.at);
}

/* ---- hashes: vectors of the standards ---- */

static void test_sha256_of_abc(void **state)
{
	(void)state;
	char hex[65] = {0};
	struct hash256 h = hash_sha256("abc", 3);
	hash_hex(h.b, sizeof(h.b), hex);
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_sip_tells_contents_apart(void **state)
{
	(void)state;
	assert_true(hash128_eq(hash_sip("one", 3), hash_sip("one", 3)));
	assert_false(hash128_eq(hash_sip("one", 3), hash_sip("two", 3)));
	assert_false(hash128_eq(hash_sip("one", 3), hash_sip("one", 2)));
}

/* ---- joined hashes ---- */

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash128));
}

static void test_join_is_the_same_on_every_machine(void **state)
{
	(void)state;
	char hex[33] = {0};
	struct hash128 h = hash_join(hash128_of(1, 2), hash128_of(3, 4));
	hash_hex(h.b, sizeof(h.b), hex);
	assert_string_equal(hex, "5d1532c55d5ba8b41129cf0cb767a583");
}

static void test_join_keeps_events_and_places_apart(void **state)
{
	(void)state;
	enum { EVENTS = 200, PLACES = 200 };
	static struct hash128 all[2 * EVENTS * PLACES];
	size_t n = 0;
	for (uint64_t e = 0; e < EVENTS; e++)
		for (uint64_t p = 0; p < PLACES; p++) {
			struct hash128 event = hash128_of(e, 0),
				       place = hash128_of(p / 20, p % 20 + 1);
			all[n++] = hash_join(event, place);
			all[n++] = hash_join(place, event);
		}
	qsort(all, n, sizeof(all[0]), by_bytes);
	for (size_t i = 1; i < n; i++)
		assert_false(hash128_eq(all[i - 1], all[i]));
}

static int bits_that_differ(struct hash128 a, struct hash128 b)
{
	int n = 0;
	for (size_t i = 0; i < sizeof(a.b); i++)
		n += __builtin_popcount(a.b[i] ^ b.b[i]);
	return n;
}

static void test_join_moves_about_half_of_the_bits(void **state)
{
	(void)state;
	struct hash128 a = hash128_of(7, 11), b = hash128_of(13, 17), joined = hash_join(a, b);
	for (size_t bit = 0; bit < 128; bit++) {
		struct hash128 a2 = a, b2 = b;
		a2.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		b2.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_in_range(bits_that_differ(joined, hash_join(a2, b)), 36, 92);
		assert_in_range(bits_that_differ(joined, hash_join(a, b2)), 36, 92);
	}
}

static void test_hash_is_read_back_from_hex(void **state)
{
	(void)state;
	char hex[33] = {0};
	struct hash128 h = hash_sip("abc", 3), back;
	hash_hex(h.b, sizeof(h.b), hex);
	assert_true(hash128_read(str_from(hex), &back));
	assert_true(hash128_eq(h, back));
	assert_false(hash128_read((struct str){hex, 31}, &back));
	hex[7] = 'g';
	assert_false(hash128_read(str_from(hex), &back));
	hex[7] = 'A'; /* one spelling for one hash */
	assert_false(hash128_read(str_from(hex), &back));
}

/* ---- diagnostics ---- */

static void test_diag_keeps_the_first_fifty_and_counts_all(void **state)
{
	(void)state;
	struct arena a = {0};
	struct diag_list l;
	diag_init(&l, &a);
	for (uint32_t i = 0; i < LIMIT_DIAGNOSTICS + 1; i++)
		diag_add(&l, 101, SEVERITY_ERROR, (struct span){0, i, 1}, "number %u", i);
	assert_int_equal(l.n, LIMIT_DIAGNOSTICS);
	assert_int_equal(l.errors, LIMIT_DIAGNOSTICS + 1);
	diag_release(&l);
	arena_release(&a);
}

static void test_diag_says_nothing_twice(void **state)
{
	(void)state;
	struct arena a = {0};
	struct diag_list l;
	diag_init(&l, &a);
	struct span here = {0, 5, 1}, there = {0, 9, 1};
	diag_add(&l, 101, SEVERITY_ERROR, here, "same");
	diag_add(&l, 101, SEVERITY_ERROR, here, "same");
	diag_add(&l, 101, SEVERITY_WARNING, there, "same");
	assert_int_equal(l.n, 2);
	assert_int_equal(l.errors, 1);
	assert_int_equal(l.warnings, 1);
	diag_release(&l);
	arena_release(&a);
}

static void test_diag_sorts_by_place(void **state)
{
	(void)state;
	struct arena a = {0};
	struct diag_list l;
	diag_init(&l, &a);
	diag_add(&l, 101, SEVERITY_ERROR, (struct span){1, 2, 1}, "third");
	diag_add(&l, 102, SEVERITY_ERROR, (struct span){0, 9, 1}, "second");
	diag_add(&l, 101, SEVERITY_ERROR, (struct span){0, 3, 1}, "first");
	diag_sort(&l);
	assert_true(str_eq(l.at[0].message, STR("first")));
	assert_true(str_eq(l.at[1].message, STR("second")));
	assert_true(str_eq(l.at[2].message, STR("third")));
	diag_release(&l);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_arena_memory_is_zeroed_and_aligned),
	    cmocka_unit_test(test_arena_reset_gives_zeroed_memory_again),
	    cmocka_unit_test(test_arena_str_copies_and_terminates),
	    cmocka_unit_test(test_str_cmp_orders_by_bytes),
	    cmocka_unit_test(test_str_utf8_is_judged_by_the_book),
	    cmocka_unit_test(test_str_distance_counts_slips),
	    cmocka_unit_test(test_buf_json_escapes_what_must_be),
	    cmocka_unit_test(test_buf_i64_writes_the_extremes),
	    cmocka_unit_test(test_map_agrees_with_a_plain_array),
	    cmocka_unit_test(test_map_takes_the_empty_key),
	    cmocka_unit_test(test_vec_keeps_order_when_one_is_removed),
	    cmocka_unit_test(test_sha256_of_abc),
	    cmocka_unit_test(test_sip_tells_contents_apart),
	    cmocka_unit_test(test_join_is_the_same_on_every_machine),
	    cmocka_unit_test(test_join_keeps_events_and_places_apart),
	    cmocka_unit_test(test_join_moves_about_half_of_the_bits),
	    cmocka_unit_test(test_hash_is_read_back_from_hex),
	    cmocka_unit_test(test_diag_keeps_the_first_fifty_and_counts_all),
	    cmocka_unit_test(test_diag_says_nothing_twice),
	    cmocka_unit_test(test_diag_sorts_by_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
