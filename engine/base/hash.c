/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/hash.h"

#include <endian.h>
#include <sodium.h>
#include <string.h>

struct hash128 hash_sip(const void *p, size_t n)
{
	static const unsigned char key[crypto_shorthash_siphashx24_KEYBYTES] = "waymark outcome";
	struct hash128 h;
	crypto_shorthash_siphashx24(h.b, p, n, key);
	return h;
}

/* ---- joining: two words of 64 bits, in little-endian order on every machine ---- */

struct words {
	uint64_t low, high;
};

static struct words words_of(struct hash128 h)
{
	struct words w;
	memcpy(&w, h.b, sizeof(w));
	return (struct words){le64toh(w.low), le64toh(w.high)};
}

/* The finaliser of MurmurHash3: every bit of the input moves every bit of the output, and no two
 * inputs give the same. */
static uint64_t stir(uint64_t v)
{
	v = (v ^ v >> 33) * 0xff51afd7ed558ccdu;
	v = (v ^ v >> 33) * 0xc4ceb9fe1a85ec53u;
	return v ^ v >> 33;
}

static struct words stir_both(uint64_t low, uint64_t high)
{
	low += high;
	high += low;
	low = stir(low);
	high = stir(high);
	low += high;
	high += low;
	return (struct words){low, high};
}

struct hash128 hash128_of(uint64_t low, uint64_t high)
{
	struct hash128 h;
	struct words w = {htole64(low), htole64(high)};
	memcpy(h.b, &w, sizeof(h.b));
	return h;
}

struct hash128 hash_join(struct hash128 a, struct hash128 b)
{
	struct words x = words_of(a), y = words_of(b);
	x = stir_both(x.low, x.high);
	x = stir_both(x.low + y.low, x.high + y.high);
	return hash128_of(x.low, x.high);
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

/* Plus 1; 0: it is none. */
static const uint8_t HEX_DIGITS[256] = {
    ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16};

bool hash128_read(struct str hex, struct hash128 *out)
{
	const uint8_t *p = (const uint8_t *)hex.p;
	struct hash128 h;
	bool fine = hex.len == 2 * sizeof(h.b);
	for (size_t i = 0; fine && i < sizeof(h.b); i++) {
		unsigned high = HEX_DIGITS[p[2 * i]], low = HEX_DIGITS[p[2 * i + 1]];
		fine = high && low;
		h.b[i] = (uint8_t)((high - 1) * 16 + low - 1);
	}
	if (fine)
		*out = h;
	return fine;
}
