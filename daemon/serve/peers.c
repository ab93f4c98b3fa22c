/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/peers.h"

#include <sodium.h>

void peers_init(struct peers *p)
{
	*p = (struct peers){0};
	randombytes_buf(p->key, sizeof(p->key));
}

static struct peer *find(struct peers *p, struct str address)
{
	uint64_t hash;
	_Static_assert(sizeof(p->key) == crypto_shorthash_KEYBYTES &&
			   sizeof(hash) == crypto_shorthash_BYTES,
		       "SipHash");
	size_t n = address.len == 16 ? 8 : address.len;
	crypto_shorthash((unsigned char *)&hash, (const unsigned char *)address.p, n, p->key);
	return &p->at[hash % PEERS];
}

int64_t peers_wait(struct peers *p, struct str address, int64_t now_us)
{
	const struct peer *at = find(p, address);
	if (at->passed_us && now_us - at->passed_us < PEERS_TRUST_US)
		return 0;
	return bucket_wait(&at->failures, PEERS_FAILURES, now_us);
}

void peers_failed(struct peers *p, struct str address, int64_t now_us)
{
	bucket_take(&find(p, address)->failures, PEERS_FAILURES, now_us);
}

void peers_passed(struct peers *p, struct str address, int64_t now_us)
{
	find(p, address)->passed_us = now_us;
}
