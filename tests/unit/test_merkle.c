/* SPDX-License-Identifier: Apache-2.0
 *
 * The tree against Certificate Transparency's known answers, and proofs against the definition.
 */
#include "daemon/ledger/merkle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct hasher h;

static int setup(void **state)
{
	(void)state;
	hasher_init(&h);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	hasher_release(&h);
	return 0;
}

/* The eight leaves and roots that the implementations of Certificate Transparency test with. */
static const struct {
	size_t n;
	uint8_t bytes[16];
	const char *root; /* of the leaves up to this one */
} known[] = {
    {0, {0}, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {1, {0}, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {1, {0x10}, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {2, {0x20, 0x21}, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {2, {0x30, 0x31}, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {4,
     {0x40, 0x41, 0x42, 0x43},
     "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {8,
     {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57},
     "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {16,
     {0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e,
      0x6f},
     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};
#define KNOWN      (sizeof(known) / sizeof(known[0]))
#define EMPTY_ROOT "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void assert_hash(struct hash256 hash, const char *hex)
{
	char text[65] = {0};
	hash_hex(hash.b, sizeof(hash.b), text);
	assert_string_equal(text, hex);
}

static void test_the_known_roots(void **state)
{
	(void)state;
	struct merkle t = {.hasher = &h};
	assert_hash(merkle_root(&t), EMPTY_ROOT);
	for (size_t i = 0; i < KNOWN; i++) {
		merkle_add(&t, hasher_leaf(&h, known[i].bytes, known[i].n));
		assert_hash(merkle_root(&t), known[i].root);
		assert_int_equal(t.size, i + 1);
	}
}

/* ---- a source that hashes everything anew, by the words of section 2.1 ---- */

#define MOST 300
static struct hash256 leaves[MOST];

static enum status from_leaves(void *arg, unsigned level, uint64_t number, struct hash256 *out)
{
	struct hash256 l, r;
	if (level == 0) {
		*out = leaves[number];
		return STATUS_OK;
	}
	from_leaves(arg, level - 1, 2 * number, &l);
	from_leaves(arg, level - 1, 2 * number + 1, &r);
	*out = hasher_node(&h, &l, &r);
	return STATUS_OK;
}

static const struct merkle_source source = {&h, from_leaves, NULL};

static void fill_known(void)
{
	for (size_t i = 0; i < KNOWN; i++)
		leaves[i] = hasher_leaf(&h, known[i].bytes, known[i].n);
}

static void assert_proof(const struct merkle_proof *p, size_t n, const char *const *hex)
{
	assert_int_equal(p->n, n);
	for (size_t i = 0; i < n; i++)
		assert_hash(p->at[i], hex[i]);
}

/* The known paths over those leaves. */
static void test_the_known_inclusion_proofs(void **state)
{
	(void)state;
	static const char *const first_of_8[] = {
	    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
	    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
	    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"};
	static const char *const sixth_of_8[] = {
	    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
	    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
	    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"};
	static const char *const third_of_3[] = {
	    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"};
	struct merkle_proof p;
	fill_known();
	assert_int_equal(merkle_inclusion(&source, 0, 8, &p), STATUS_OK);
	assert_proof(&p, 3, first_of_8);
	assert_int_equal(merkle_inclusion(&source, 5, 8, &p), STATUS_OK);
	assert_proof(&p, 3, sixth_of_8);
	assert_int_equal(merkle_inclusion(&source, 2, 3, &p), STATUS_OK);
	assert_proof(&p, 1, third_of_3);
	assert_int_equal(merkle_inclusion(&source, 0, 1, &p), STATUS_OK);
	assert_int_equal(p.n, 0);
}

static void test_the_known_consistency_proofs(void **state)
{
	(void)state;
	static const char *const from_1_to_8[] = {
	    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
	    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
	    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"};
	static const char *const from_6_to_8[] = {
	    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
	    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
	    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"};
	static const char *const from_2_to_5[] = {
	    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
	    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"};
	struct merkle_proof p;
	fill_known();
	assert_int_equal(merkle_consistency(&source, 1, 8, &p), STATUS_OK);
	assert_proof(&p, 3, from_1_to_8);
	assert_int_equal(merkle_consistency(&source, 6, 8, &p), STATUS_OK);
	assert_proof(&p, 3, from_6_to_8);
	assert_int_equal(merkle_consistency(&source, 2, 5, &p), STATUS_OK);
	assert_proof(&p, 2, from_2_to_5);
	assert_int_equal(merkle_consistency(&source, 1, 1, &p), STATUS_OK);
	assert_int_equal(p.n, 0);
}

/* ---- all sizes ---- */

static struct hash256 roots[MOST + 1];

static void fill_many(void)
{
	struct merkle t = {.hasher = &h};
	roots[0] = merkle_root(&t);
	for (uint32_t i = 0; i < MOST; i++) {
		leaves[i] = hasher_leaf(&h, &i, sizeof(i));
		merkle_add(&t, leaves[i]);
		roots[i + 1] = merkle_root(&t);
	}
}

static void test_the_root_is_the_same_grown_and_made_at_once(void **state)
{
	(void)state;
	fill_many();
	for (uint64_t n = 0; n <= MOST; n++) {
		struct hash256 root;
		assert_int_equal(merkle_root_at(&source, n, &root), STATUS_OK);
		assert_memory_equal(&root, &roots[n], sizeof(root));
	}
}

static void test_every_inclusion_proof_holds_and_no_other(void **state)
{
	(void)state;
	struct merkle_proof p;
	fill_many();
	for (uint64_t n = 1; n <= 70; n++) {
		for (uint64_t i = 0; i < n; i++) {
			assert_int_equal(merkle_inclusion(&source, i, n, &p), STATUS_OK);
			assert_true(merkle_included(&h, leaves[i], i, n, &p, roots[n]));
			assert_false(merkle_included(&h, leaves[i + 1], i, n, &p, roots[n]));
			assert_false(merkle_included(&h, leaves[i], i, n, &p, roots[n - 1]));
			assert_false(merkle_included(&h, leaves[i], n, n, &p, roots[n]));
			p.at[p.n++] = leaves[0];
			assert_false(merkle_included(&h, leaves[i], i, n, &p, roots[n]));
		}
	}
}

static void test_every_consistency_proof_holds_and_no_other(void **state)
{
	(void)state;
	struct merkle_proof p;
	fill_many();
	for (uint64_t n = 1; n <= 70; n++) {
		for (uint64_t m = 1; m <= n; m++) {
			assert_int_equal(merkle_consistency(&source, m, n, &p), STATUS_OK);
			assert_true(merkle_consistent(&h, m, roots[m], n, roots[n], &p));
			assert_false(merkle_consistent(&h, m, roots[m - 1], n, roots[n], &p));
			assert_false(merkle_consistent(&h, m, roots[m], n, roots[n + 1], &p));
			for (size_t i = 0; i < p.n; i++) {
				p.at[i].b[7] ^= 1;
				assert_false(merkle_consistent(&h, m, roots[m], n, roots[n], &p));
				p.at[i].b[7] ^= 1;
			}
		}
	}
}

static unsigned nodes_seen[MERKLE_LEVELS];

static void note_node(void *arg, unsigned level, uint64_t number, const struct hash256 *hash)
{
	struct hash256 expected;
	(void)arg;
	assert_int_equal(number, nodes_seen[level]++);
	from_leaves(NULL, level, number, &expected);
	assert_memory_equal(hash, &expected, sizeof(expected));
}

static void test_each_perfect_subtree_is_told_once(void **state)
{
	(void)state;
	fill_many();
	struct merkle t = {.hasher = &h, .on_node = note_node};
	for (uint32_t i = 0; i < MOST; i++)
		merkle_add(&t, leaves[i]);
	for (unsigned level = 1; level < 12; level++)
		assert_int_equal(nodes_seen[level], MOST >> level);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_known_roots),
	    cmocka_unit_test(test_the_known_inclusion_proofs),
	    cmocka_unit_test(test_the_known_consistency_proofs),
	    cmocka_unit_test(test_the_root_is_the_same_grown_and_made_at_once),
	    cmocka_unit_test(test_every_inclusion_proof_holds_and_no_other),
	    cmocka_unit_test(test_every_consistency_proof_holds_and_no_other),
	    cmocka_unit_test(test_each_perfect_subtree_is_told_once),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
