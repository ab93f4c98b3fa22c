/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/hash.h"

#include <sodium.h>
#include <string.h>

struct hash128 hash_sip(const void *p, size_t n)
{
	static const unsigned char key[crypto_shorthash_siphashx24_KEYBYTES] = "waymark outcome";
	struct hash128 h;
	crypto_shorthash_siphashx24(h.b, p, n, key);
	return h;
}

struct hash256 hash_sha256(const void *p, size_t n)
{
	struct hash256 h;
	crypto_hash_sha256(h.b, p, n);
	return h;
}

bool hash128_eq(struct hash128 a, struct hash128 b)
{
	return memcmp(a.b, b.b, sizeof(a.b)) == 0;
}

void hash_hex(const uint8_t *b, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[b[i] >> 4];
		out[2 * i + 1] = digit[b[i] & 15];
	}
}
