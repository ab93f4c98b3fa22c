/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/tokens.h"

#include "engine/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64], path[96], file[128];
static struct buf why, secret;
static struct tokens tokens;
static struct rate rate; /* of what is added */

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/waymark-test-XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/l.db", folder);
	snprintf(file, sizeof(file), "%s.tokens", path);
	buf_clear(&why);
	buf_clear(&secret);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	char name[160];
	unlink(file);
	snprintf(name, sizeof(name), "%s.lock", file);
	unlink(name);
	snprintf(name, sizeof(name), "%s.new", file);
	assert_int_not_equal(unlink(name), 0); /* nothing half-made is left behind */
	assert_int_equal(rmdir(folder), 0);
	tokens_release(&tokens);
	buf_release(&why);
	buf_release(&secret);
	return 0;
}

static enum status add(const char *name, enum role role, const char *county, int64_t expires)
{
	struct str counties[1] = {county ? str_from(county) : STR("")};
	buf_clear(&why);
	buf_clear(&secret);
	const struct token wanted = {.name = str_from(name),
				     .role = role,
				     .counties = counties,
				     .n = county ? 1 : 0,
				     .created = 1000,
				     .expires = expires,
				     .rate = rate};
	return token_add(path, &wanted, &secret, &why);
}

static const struct token *find(int64_t now)
{
	buf_clear(&why);
	assert_int_equal(tokens_load(&tokens, path, &why), STATUS_OK);
	return tokens_find(&tokens, buf_view(&secret), now);
}

static void test_no_file_is_no_tokens(void **state)
{
	(void)state;
	assert_int_equal(tokens_load(&tokens, path, &why), STATUS_OK);
	assert_int_equal(tokens.n, 0);
	assert_null(tokens_find(&tokens, STR("wm_"), 0));
}

static void test_a_token_opens_what_it_should(void **state)
{
	(void)state;
	assert_int_equal(add("ana", ROLE_AUDIT, "alameda", TIME_NEVER), STATUS_OK);
	assert_int_equal(secret.len, TOKEN_CHARS);
	assert_true(str_starts(buf_view(&secret), STR("wm_")));
	const struct token *k = find(5000);
	assert_non_null(k);
	assert_true(str_eq(k->name, STR("ana")));
	assert_int_equal(k->role, ROLE_AUDIT);
	assert_true(token_sees(k, STR("alameda")));
	assert_false(token_sees(k, STR("alamed")));
	assert_false(token_sees(k, STR("contra_costa")));
	assert_int_equal(add("bea", ROLE_SUBMIT, NULL, TIME_NEVER), STATUS_OK);
	k = find(5000);
	assert_non_null(k);
	assert_true(token_sees(k, STR("anywhere")));
}

static void test_near_misses_open_nothing(void **state)
{
	(void)state;
	assert_int_equal(add("ana", ROLE_READ, NULL, TIME_NEVER), STATUS_OK);
	assert_non_null(find(0));
	for (size_t i = 0; i < secret.len; i++) {
		secret.p[i] ^= 1;
		assert_null(tokens_find(&tokens, buf_view(&secret), 0));
		secret.p[i] ^= 1;
	}
	secret.len--;
	assert_null(tokens_find(&tokens, buf_view(&secret), 0));
	assert_null(tokens_find(&tokens, STR(""), 0));
}

/* The linker sends the calls of these two by way of here: see the Makefile. */
static struct work {
	unsigned hashes, comparisons;
} work;
int __real_sodium_memcmp(const void *a, const void *b, size_t n);
int __wrap_sodium_memcmp(const void *a, const void *b, size_t n);
struct hash256 __real_hash_sha256(const void *p, size_t n);
struct hash256 __wrap_hash_sha256(const void *p, size_t n);

int __wrap_sodium_memcmp(const void *a, const void *b, size_t n)
{
	work.comparisons++;
	return __real_sodium_memcmp(a, b, n);
}

struct hash256 __wrap_hash_sha256(const void *p, size_t n)
{
	work.hashes++;
	return __real_hash_sha256(p, n);
}

static void test_every_bearer_is_the_same_work(void **state)
{
	(void)state;
	char secrets[4][TOKEN_CHARS + 1] = {0};
	const char *names[] = {"good", "expired", "revoked", "last"};
	for (int i = 0; i < 4; i++) {
		assert_int_equal(add(names[i], ROLE_READ, NULL, i == 1 ? 2000 : TIME_NEVER), 0);
		memcpy(secrets[i], secret.p, TOKEN_CHARS);
	}
	assert_int_equal(token_revoke(path, STR("revoked"), 2000, &why), STATUS_OK);
	assert_int_equal(tokens_load(&tokens, path, &why), STATUS_OK);
	const char *bearers[] = {secrets[0],
				 secrets[1],
				 secrets[2],
				 secrets[3],
				 "wm_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
				 "wm_",
				 "x"};
	for (size_t i = 0; i < sizeof(bearers) / sizeof(*bearers); i++) {
		work = (struct work){0};
		const struct token *k = tokens_find(&tokens, str_from(bearers[i]), 5000);
		assert_int_equal(k != NULL, i == 0 || i == 3);
		assert_int_equal(work.hashes, 1);
		assert_int_equal(work.comparisons, tokens.n);
	}
}

static void test_what_it_is_bound_to(void **state)
{
	(void)state;
	struct token wanted = {.name = STR("cms"), .role = ROLE_SUBMIT, .expires = TIME_NEVER};
	assert_true(token_prefix_read(STR("AL-"), &wanted.subject));
	assert_true(token_prefix_read(STR("/cms/alameda"), &wanted.source));
	char text[65];
	memset(text, 'a', 64);
	wanted.has_certificate =
	    token_certificate_read((struct str){text, 64}, &wanted.certificate);
	assert_true(wanted.has_certificate);
	buf_clear(&secret);
	assert_int_equal(token_add(path, &wanted, &secret, &why), STATUS_OK);
	assert_int_equal(add("free", ROLE_SUBMIT, NULL, TIME_NEVER), STATUS_OK);
	assert_int_equal(tokens_load(&tokens, path, &why), STATUS_OK);
	const struct token *cms = &tokens.at[0], *all = &tokens.at[1];
	assert_memory_equal(cms->certificate.b, wanted.certificate.b, 32);
	assert_true(cms->has_certificate && !all->has_certificate);
	assert_true(token_names(cms, STR("AL-7"), STR("/cms/alameda")));
	assert_false(token_names(cms, STR("YO-7"), STR("/cms/alameda")));
	assert_false(token_names(cms, STR("AL"), STR("/cms/alameda")));
	assert_false(token_names(cms, STR("AL-7"), STR("/cms/yolo")));
	assert_true(token_names(all, STR("YO-7"), STR("/cms/yolo")));
	struct str none;
	static const char *const bad[] = {"", " ", "a b", "a\tb", "\xc3\xa9"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(token_prefix_read(str_from(bad[i]), &none));
	char most[LIMIT_ID_BYTES + 1];
	memset(most, 'x', sizeof(most));
	assert_true(token_prefix_read((struct str){most, LIMIT_ID_BYTES}, &none));
	assert_false(token_prefix_read((struct str){most, LIMIT_ID_BYTES + 1}, &none));
	assert_false(token_certificate_read((struct str){text, 63}, &wanted.certificate));
	assert_false(token_certificate_read((struct str){text, 65}, &wanted.certificate));
}

static void test_a_rate_of_its_own(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t per_s, burst;
	} good[] = {{"1", 1, 2},
		    {"20", 20, 40},
		    {"20/5", 20, 5},
		    {"100000", 100000, 100000},
		    {"60000", 60000, 100000},
		    {"1/100000", 1, 100000}};
	static const char *const bad[] = {
	    "",    "0", "100001", "1/0", "1/100001",      "1/", "/1", "-1",
	    "1.5", "x", "1/2/3",  "1 ",  "99999999999999"};
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(rate_read(str_from(good[i].text), &rate));
		assert_int_equal(rate.per_s, good[i].per_s);
		assert_int_equal(rate.burst, good[i].burst);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(rate_read(str_from(bad[i]), &rate));
	rate = (struct rate){0};
	assert_int_equal(add("plain", ROLE_READ, NULL, TIME_NEVER), STATUS_OK);
	rate = (struct rate){20, 5};
	assert_int_equal(add("slow", ROLE_READ, NULL, TIME_NEVER), STATUS_OK);
	rate = (struct rate){0};
	struct token *k = tokens_load(&tokens, path, &why) ? NULL : &tokens.at[1];
	assert_non_null(k);
	assert_int_equal(tokens.at[0].rate.per_s, 0);
	assert_true(k->rate.per_s == 20 && k->rate.burst == 5);
	/* What it may ask for now is not had anew by a reload. */
	struct tokens fresh = {0};
	for (int i = 0; i < 5; i++)
		assert_int_equal(bucket_take(&k->bucket, k->rate, 1), 0);
	assert_int_equal(tokens_load(&fresh, path, &why), STATUS_OK);
	tokens_carry(&fresh, &tokens);
	assert_int_equal(bucket_take(&fresh.at[1].bucket, k->rate, 1), 50000);
	tokens_release(&fresh);
}

static void test_the_secret_is_kept_nowhere(void **state)
{
	(void)state;
	char text[4096];
	struct stat st;
	assert_int_equal(add("ana", ROLE_READ, NULL, TIME_NEVER), STATUS_OK);
	FILE *f = fopen(file, "r");
	assert_non_null(f);
	size_t n = fread(text, 1, sizeof(text), f);
	fclose(f);
	assert_true(str_contains((struct str){text, n}, STR("ana read * ")));
	assert_false(str_contains((struct str){text, n}, (struct str){secret.p + 3, 20}));
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_expiry_and_revocation(void **state)
{
	(void)state;
	assert_int_equal(add("short", ROLE_READ, NULL, 9 * SECOND_US), STATUS_OK);
	assert_non_null(find(9 * SECOND_US - 1));
	assert_null(find(9 * SECOND_US));
	assert_int_equal(add("ana", ROLE_READ, NULL, TIME_NEVER), STATUS_OK);
	assert_non_null(find(INT64_MAX - 1));
	assert_int_equal(token_revoke(path, STR("ana"), 5 * SECOND_US, &why), STATUS_OK);
	assert_null(find(5 * SECOND_US));
	/* revoking again does not move the time */
	assert_int_equal(token_revoke(path, STR("ana"), 8 * SECOND_US, &why), STATUS_OK);
	assert_null(find(6 * SECOND_US));
	assert_int_equal(tokens.at[1].revoked, 5 * SECOND_US);
	assert_int_equal(token_revoke(path, STR("zoe"), 1, &why), STATUS_NOT_FOUND);
	assert_true(str_contains(buf_view(&why), STR("no token called zoe")));
	/* the name stays taken, so that the log keeps telling them apart */
	assert_int_equal(add("ana", ROLE_READ, NULL, TIME_NEVER), STATUS_CONFLICT);
	assert_int_equal(secret.len, 0);
}

static void test_bad_names_are_refused(void **state)
{
	(void)state;
	assert_int_equal(add("", ROLE_READ, NULL, TIME_NEVER), STATUS_INVALID);
	assert_int_equal(add("a b", ROLE_READ, NULL, TIME_NEVER), STATUS_INVALID);
	assert_int_equal(add("a\nb", ROLE_READ, NULL, TIME_NEVER), STATUS_INVALID);
	assert_int_equal(add("-", ROLE_READ, NULL, TIME_NEVER), STATUS_INVALID);
	assert_int_equal(add("#a", ROLE_READ, NULL, TIME_NEVER), STATUS_INVALID);
	assert_int_equal(add("a", ROLE_READ, "x,y", TIME_NEVER), STATUS_INVALID);
	assert_int_equal(add("a", ROLE_READ, "", TIME_NEVER), STATUS_INVALID);
	assert_int_not_equal(access(file, F_OK), 0);
}

#define HASH "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static void test_a_wrong_line_refuses_the_file(void **state)
{
	(void)state;
	static const struct {
		const char *line, *says;
	} cases[] = {
	    {"ana read *", "seven columns"},
	    {"ana read * " HASH " - - - -", "bound to is not"},
	    {"ana read * " HASH " - - - 20/0", "bound to is not"},
	    {"ana read * " HASH " - - - certificate=12", "bound to is not"},
	    {"ana read * " HASH " - - - subject=", "bound to is not"},
	    {"ana read * " HASH " - - - 20 -", "bound to is not"},
	    {"a,b read * " HASH " - - -", "the name is not one"},
	    {"ana writer * " HASH " - - -", "no such role"},
	    {"ana read a,,b " HASH " - - -", "the counties"},
	    {"ana read * 9f86 - - -", "64 hexadecimal digits"},
	    {"ana read * " HASH " yesterday - -", "a time is not one"},
	    {"bea read * " HASH " - - -", "stands twice"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		FILE *f = fopen(file, "w");
		fprintf(f, "# a comment\n\nbea read * " HASH " - - -\n%s\n", cases[i].line);
		fclose(f);
		buf_clear(&why);
		assert_int_equal(tokens_load(&tokens, path, &why), STATUS_INVALID);
		assert_true(str_contains(buf_view(&why), STR("line 4: ")));
		assert_true(str_contains(buf_view(&why), str_from(cases[i].says)));
		assert_int_equal(tokens.n, 0);
	}
}

static void test_several_processes_add_at_once(void **state)
{
	(void)state;
	for (int p = 0; p < 4; p++) {
		if (fork() != 0)
			continue;
		for (int i = 0; i < 5; i++) {
			char name[32];
			snprintf(name, sizeof(name), "t%d-%d", p, i);
			if (add(name, ROLE_READ, NULL, TIME_NEVER))
				_exit(1);
		}
		_exit(0);
	}
	for (int p = 0; p < 4; p++) {
		int how;
		assert_true(wait(&how) > 0);
		assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
	}
	assert_int_equal(tokens_load(&tokens, path, &why), STATUS_OK);
	assert_int_equal(tokens.n, 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_no_file_is_no_tokens),
	    TEST(test_a_token_opens_what_it_should),
	    TEST(test_near_misses_open_nothing),
	    TEST(test_the_secret_is_kept_nowhere),
	    TEST(test_expiry_and_revocation),
	    TEST(test_bad_names_are_refused),
	    TEST(test_a_wrong_line_refuses_the_file),
	    TEST(test_several_processes_add_at_once),
	    TEST(test_every_bearer_is_the_same_work),
	    TEST(test_what_it_is_bound_to),
	    TEST(test_a_rate_of_its_own),
	};
	return cmocka_run_group_tests_name("tokens", tests, NULL, NULL);
}
