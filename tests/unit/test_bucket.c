/* SPDX-License-Identifier: Apache-2.0
 *
 * Buckets and who comes without a valid token. Time is a number that the tests move on.
 */
#include "daemon/serve/peers.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND ((int64_t)1000000)

static void test_a_burst_then_the_rate(void **state)
{
	(void)state;
	struct bucket b = {0};
	struct rate r = {4, 3};
	int64_t now = 77 * SECOND;
	for (int i = 0; i < 3; i++)
		assert_int_equal(bucket_take(&b, r, now), 0);
	assert_int_equal(bucket_take(&b, r, now), SECOND / 4);
	assert_int_equal(bucket_take(&b, r, now), SECOND / 4); /* asking costs nothing */
	assert_int_equal(bucket_wait(&b, r, now + SECOND / 4 - 1), 1);
	assert_int_equal(bucket_take(&b, r, now + SECOND / 4), 0);
	assert_int_equal(bucket_take(&b, r, now + SECOND / 4), SECOND / 4);
	/* It fills up, and no further. */
	now += 3600 * SECOND;
	for (int i = 0; i < 3; i++)
		assert_int_equal(bucket_take(&b, r, now), 0);
	assert_int_not_equal(bucket_take(&b, r, now), 0);
}

static void test_the_limits_of_a_rate(void **state)
{
	(void)state;
	const struct rate least = {1, 1}, most = {RATE_MOST, RATE_MOST};
	struct bucket b = {0};
	assert_int_equal(bucket_take(&b, least, 1), 0);
	assert_int_equal(bucket_take(&b, least, 1), SECOND);
	b = (struct bucket){0};
	for (unsigned i = 0; i < RATE_MOST; i++)
		assert_int_equal(bucket_take(&b, most, 1), 0);
	assert_int_equal(bucket_take(&b, most, 1), SECOND / RATE_MOST);
}

/* Over any stretch there are never more than a burst and what the rate gives; and the wait is
 * exact. */
static void test_by_chance(void **state)
{
	(void)state;
	srand(7);
	for (int round = 0; round < 200; round++) {
		const struct rate r = {1 + (uint32_t)rand() % 50, 1 + (uint32_t)rand() % 20};
		struct bucket b = {0};
		int64_t start = 1 + rand(), now = start, taken = 0;
		for (int i = 0; i < 500; i++) {
			now += rand() % (rand() % 3 ? 1000 : 300000);
			struct bucket before = b;
			int64_t wait = bucket_take(&b, r, now);
			taken += !wait;
			assert_true(taken <= r.burst + (now - start) * r.per_s / SECOND + 1);
			if (!wait)
				continue;
			assert_int_equal(b.full_us, before.full_us);
			assert_int_equal(bucket_wait(&b, r, now + wait), 0);
			assert_int_equal(bucket_wait(&b, r, now + wait - 1), 1);
		}
	}
}

/* ---- peers ---- */

static struct str v4(const char *bytes)
{
	return (struct str){bytes, 4};
}

static void fail_until_refused(struct peers *p, struct str address, int64_t now)
{
	for (unsigned i = 0; i < PEERS_FAILURES.burst; i++) {
		assert_int_equal(peers_wait(p, address, now), 0);
		peers_failed(p, address, now);
	}
	assert_int_equal(peers_wait(p, address, now), SECOND);
}

static void test_failures_are_slowed_down(void **state)
{
	(void)state;
	static struct peers p;
	peers_init(&p);
	struct str one = v4("\x0a\x00\x00\x01"), other = v4("\x0a\x00\x00\x02");
	fail_until_refused(&p, one, SECOND);
	assert_int_equal(peers_wait(&p, one, 2 * SECOND), 0);
	assert_int_equal(peers_wait(&p, other, SECOND), 0);
	/* A valid token from there opens it, for a while. */
	peers_passed(&p, one, SECOND);
	assert_int_equal(peers_wait(&p, one, SECOND), 0);
	for (int i = 0; i < 5000; i++)
		peers_failed(&p, one, PEERS_TRUST_US + SECOND - 1);
	assert_int_equal(peers_wait(&p, one, PEERS_TRUST_US + SECOND - 1), 0);
	assert_int_not_equal(peers_wait(&p, one, PEERS_TRUST_US + SECOND), 0);
}

static void test_addresses_of_one_host_are_one(void **state)
{
	(void)state;
	static struct peers p;
	static const char a[] = "\x20\x01\x0d\xb8\x00\x01\x00\x02\x00\x00\x00\x00\x00\x00\x00\x01";
	static const char b[] = "\x20\x01\x0d\xb8\x00\x01\x00\x02\x11\x22\x33\x44\x55\x66\x77\x88";
	static const char c[] = "\x20\x01\x0d\xb8\x00\x01\x00\x03\x00\x00\x00\x00\x00\x00\x00\x01";
	peers_init(&p);
	fail_until_refused(&p, (struct str){a, 16}, SECOND);
	assert_int_not_equal(peers_wait(&p, (struct str){b, 16}, SECOND), 0);
	assert_int_equal(peers_wait(&p, (struct str){c, 16}, SECOND), 0);
	fail_until_refused(&p, STR(""), SECOND); /* a Unix socket is one, too */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_burst_then_the_rate),
	    cmocka_unit_test(test_the_limits_of_a_rate),
	    cmocka_unit_test(test_by_chance),
	    cmocka_unit_test(test_failures_are_slowed_down),
	    cmocka_unit_test(test_addresses_of_one_host_are_one),
	};
	if (sodium_init() < 0)
		return 3;
	return cmocka_run_group_tests_name("bucket", tests, NULL, NULL);
}
