/* SPDX-License-Identifier: Apache-2.0
 *
 * Signatures that the program minisign 0.11 made, and what becomes of them when one byte changes.
 */
#include "daemon/wire/minisign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char message[] = "waymark policy 1\nversion 00\n";
static const char key[] = "untrusted comment: minisign public key 3D2FEF9958848D26\n"
			  "RWQmjYRYme8vPUI3jebZqFUzqL5pRxEhQXDHOIg0l17L4UPl1CuHcAD0\n";
static const char other_key[] = "untrusted comment: minisign public key 9F6289081FFCDE24\n"
				"RWQk3vwfCIlin1hOBPpha0F20YRosLSUosSrWJXG6iINEaFYwcMLYneR\n";
#define FIRST_LINE "untrusted comment: signature from minisign secret key\n"
static const char signature[] =
    FIRST_LINE "RUQmjYRYme8vPeNdEYSYflhNT5rTI8pa5m1ZUlmiW+Ji6cxxV1U4Qp+lbNmoG9KeSXVN4ZhSKiIdaPEtVR"
	       "It2kAbyO+McmwQMgA=\n"
	       "trusted comment: resolution 2026-112, adopted 2026-11-24\n"
	       "/6p8uW5t7nCLNhz6SyF8jNuEtHWCFtPLKDGej4mbeGxpgiqihC8Ew5uv/B+yXB46BGcKK7yOOm1W2an026"
	       "GBBQ==\n";
/* minisign -S -l: over the text itself, not its hash. */
static const char old_form[] =
    FIRST_LINE "RWQmjYRYme8vPcGW9RgJ+5/jM1VSNirDyfHiuqPdyGdcqm1enx4Mp4TNtvug24OipxagxUevjGZLhAfC9E"
	       "Tew40pd93C9RanIQ4=\n"
	       "trusted comment: old form\n"
	       "ysoIZqsOfuNpZKscFA7WaxKvnUdjcGzg+ZO2PhrZfu1y9vqQjahelaKEj73g+TG9sAvYIEWlStFiBLd4yz"
	       "VsAA==\n";

static struct minisign_keys keys;
static struct buf why;

static int setup(void **state)
{
	(void)state;
	buf_clear(&why);
	return minisign_keys_read(str_from(key), &keys, &why) != STATUS_OK;
}

static int teardown(void **state)
{
	(void)state;
	buf_release(&why);
	return 0;
}

static bool holds(struct str sig, struct str text)
{
	struct minisign_seal seal;
	buf_clear(&why);
	bool good = minisign_verify(&keys, sig, text, &seal, &why);
	assert_int_equal(good, !why.len);
	return good;
}

static bool says(const char *what)
{
	return str_contains(buf_view(&why), str_from(what));
}

static void test_a_signature_holds(void **state)
{
	(void)state;
	struct minisign_seal seal;
	assert_true(minisign_verify(&keys, str_from(signature), str_from(message), &seal, &why));
	assert_string_equal(seal.key, "3D2FEF9958848D26");
	assert_true(str_eq(seal.comment, STR("resolution 2026-112, adopted 2026-11-24")));
}

static void test_line_ends_of_windows_are_fine(void **state)
{
	(void)state;
	struct buf b = {0};
	for (const char *p = signature; *p; p++)
		buf_bytes(&b, *p == '\n' ? "\r\n" : p, *p == '\n' ? 2 : 1);
	assert_true(holds(buf_view(&b), str_from(message)));
	buf_release(&b);
}

static void test_every_byte_of_the_text_counts(void **state)
{
	(void)state;
	char text[sizeof(message)];
	for (size_t i = 0; i + 1 < sizeof(message); i++) {
		memcpy(text, message, sizeof(text));
		text[i] ^= 1;
		assert_false(holds(str_from(signature), (struct str){text, sizeof(text) - 1}));
		assert_true(says("not over these texts"));
		assert_false(holds(str_from(signature), (struct str){message, i}));
	}
}

/* Of the signature all but what stands in its untrusted comment, which nobody signs. */
static void test_every_byte_of_the_signature_counts(void **state)
{
	(void)state;
	char text[sizeof(signature)];
	size_t comment_from = sizeof("untrusted comment: ") - 1,
	       comment_to = sizeof(FIRST_LINE) - 2;
	for (size_t i = 0; i + 1 < sizeof(signature); i++) {
		for (unsigned bit = 0; bit < 7; bit++) {
			memcpy(text, signature, sizeof(text));
			text[i] = (char)(text[i] ^ 1 << bit);
			bool free = (i >= comment_from && i < comment_to) ||
				    i + 2 == sizeof(signature); /* the last line break */
			if (free)
				continue;
			bool good = holds((struct str){text, sizeof(text) - 1}, str_from(message));
			assert_false(good);
		}
		if (i + 2 < sizeof(signature)) /* without its last line break it holds */
			assert_false(holds((struct str){signature, i}, str_from(message)));
	}
}

static void test_a_changed_comment_is_told(void **state)
{
	(void)state;
	char text[sizeof(signature)];
	memcpy(text, signature, sizeof(text));
	memcpy(strstr(text, "2026-112"), "2026-113", 8);
	assert_false(holds(str_from(text), str_from(message)));
	assert_true(says("its trusted comment was changed"));
}

static void test_other_keys_and_forms(void **state)
{
	(void)state;
	assert_false(holds(str_from(old_form), str_from(message)));
	assert_true(says("minisign -S, without -l"));
	assert_int_equal(minisign_keys_read(str_from(other_key), &keys, &why), STATUS_OK);
	assert_false(holds(str_from(signature), str_from(message)));
	assert_true(says("by the key 3D2FEF9958848D26, which is not trusted"));
	/* The right id on another key: nothing is gained by that. */
	memcpy(keys.at[0].id, "\x26\x8d\x84\x58\x99\xef\x2f\x3d", 8);
	assert_false(holds(str_from(signature), str_from(message)));
	assert_true(says("not over these texts"));
}

static void test_more_lines_are_not_a_signature(void **state)
{
	(void)state;
	struct buf b = {0};
	assert_false(holds(STR(""), str_from(message)));
	buf_fmt(&b, "%s%s", signature, "more\n");
	assert_false(holds(buf_view(&b), str_from(message)));
	buf_clear(&b);
	buf_fmt(&b, "%s%s", signature, signature);
	assert_false(holds(buf_view(&b), str_from(message)));
	buf_clear(&b);
	buf_str(&b, STR("untrusted comment: "));
	buf_pad(&b, 'x', MINISIGN_BYTES);
	buf_c(&b, strchr(signature, '\n'));
	assert_false(holds(buf_view(&b), str_from(message)));
	buf_release(&b);
}

static void test_several_keys(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_fmt(&b, "%s\n%s", other_key, key);
	assert_int_equal(minisign_keys_read(buf_view(&b), &keys, &why), STATUS_OK);
	assert_int_equal(keys.n, 2);
	assert_true(holds(str_from(signature), str_from(message)));
	buf_clear(&b);
	for (int i = 0; i < MINISIGN_KEYS_MOST; i++)
		buf_c(&b, key);
	assert_int_equal(minisign_keys_read(buf_view(&b), &keys, &why), STATUS_OK);
	buf_c(&b, key);
	assert_int_equal(minisign_keys_read(buf_view(&b), &keys, &why), STATUS_INVALID);
	static const char *const wrong[] = {
	    "",
	    "untrusted comment: none\n",
	    "RWQmjYRYme8vPUI3jebZqFUzqL5pRxEhQXDHOIg0l17L4UPl1CuHcAD\n",
	    "RUQmjYRYme8vPUI3jebZqFUzqL5pRxEhQXDHOIg0l17L4UPl1CuHcAD0\n",
	    "RWQmjYRYme8vPUI3jebZqFUzqL5pRxEhQXDHOIg0l17L4UPl1CuHcAD0AAAA\n",
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		buf_clear(&why);
		assert_int_equal(minisign_keys_read(str_from(wrong[i]), &keys, &why),
				 STATUS_INVALID);
		assert_true(why.len > 0);
	}
	buf_release(&b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_a_signature_holds),
	    TEST(test_line_ends_of_windows_are_fine),
	    TEST(test_every_byte_of_the_text_counts),
	    TEST(test_every_byte_of_the_signature_counts),
	    TEST(test_a_changed_comment_is_told),
	    TEST(test_other_keys_and_forms),
	    TEST(test_more_lines_are_not_a_signature),
	    TEST(test_several_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
