/* SPDX-License-Identifier: Apache-2.0
 *
 * Who comes without a valid token, by address. From an address whose failures come faster than
 * FAILURES allows, and from which no valid token has come lately, nothing is looked at any more
 * until a while has passed: guessing is slow. Where good tokens come from (a proxy, an office), a
 * bad one beside them stops nobody. The memory is fixed: addresses that meet in one place of the
 * table share it.
 *
 *     int64_t wait = peers_wait(&d->peers, address, now_us);
 *     if (wait) ... 429 ...
 *     ... peers_failed or peers_passed ...
 */
#ifndef WAYMARK_SERVE_PEERS_H
#define WAYMARK_SERVE_PEERS_H

#include "engine/base/bucket.h"
#include "engine/base/hash.h"
#include "engine/base/str.h"

#define PEERS          4096
#define PEERS_FAILURES ((struct rate){1, 20}) /* one a second, and some mistakes at once */
#define PEERS_TRUST_US ((int64_t)3600 * 1000000)

struct peer {
	struct bucket failures;
	int64_t passed_us; /* when a valid token came last; 0: never */
};

struct peers {
	struct peer at[PEERS];
	unsigned char key[16]; /* of the hash that finds the place: nobody can aim at another's */
};

void peers_init(struct peers *p);
/* An address: 4 or 16 bytes, or none for a Unix socket. Of IPv6 the first 8 count, since a host has
 * all that follow. now_us: above 0, does not go back. */
int64_t peers_wait(struct peers *p, struct str address, int64_t now_us);
void peers_failed(struct peers *p, struct str address, int64_t now_us);
void peers_passed(struct peers *p, struct str address, int64_t now_us);

#endif
