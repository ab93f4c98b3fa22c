/* SPDX-License-Identifier: Apache-2.0
 *
 * The two hashes of the system, both libsodium's: SHA-256 (FIPS 180-4) where a person may compare
 * or sign (versions of policies, tokens), and SipHash-2-4 with 128 bits under a fixed public key
 * for outcome ids, where only collisions by chance matter and speed does.
 */
#ifndef WAYMARK_BASE_HASH_H
#define WAYMARK_BASE_HASH_H

#include "engine/base/str.h"

struct hash128 {
	uint8_t b[16];
};
struct hash256 {
	uint8_t b[32];
};

struct hash128 hash_sip(const void *p, size_t n);
struct hash256 hash_sha256(const void *p, size_t n);
bool hash128_eq(struct hash128 a, struct hash128 b);
void hash_hex(const uint8_t *b, size_t n, char *out); /* 2n lower-case digits, no NUL */

#endif
