/* SPDX-License-Identifier: Apache-2.0
 *
 * The two hashes of the system, both libsodium's: SHA-256 (FIPS 180-4) where a person may compare
 * or sign (versions of policies, tokens), and SipHash-2-4 with 128 bits under a fixed public key
 * for texts that come from outside (the names and contents of events).
 *
 * What is derived from such hashes, the ids of outcomes, is joined from them by arithmetic. Nobody
 * chooses those bits, so only collisions by chance matter, and it is many times cheaper. For a
 * fixed `b` different `a` never give the same result, nor the other way round: the outcomes of one
 * event that differ in their place, and those of one place that differ in their event, cannot
 * collide; all others do so as rarely as 128 random bits. It does not commute, so that a chain of
 * derivations (event, outcome, what falls due of it, its outcome) depends on its order.
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
struct hash128 hash_join(struct hash128 a, struct hash128 b);
struct hash128 hash128_of(uint64_t low, uint64_t high); /* numbers, to be joined */
struct hash256 hash_sha256(const void *p, size_t n);
bool hash128_eq(struct hash128 a, struct hash128 b);
void hash_hex(const uint8_t *b, size_t n, char *out);   /* 2n lower-case digits, no NUL */
bool hash128_read(struct str hex, struct hash128 *out); /* 32 of them back; false: not that */

#endif
