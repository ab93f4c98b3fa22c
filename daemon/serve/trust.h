/* SPDX-License-Identifier: Apache-2.0
 *
 * Signed policies. With trusted keys (serve --trusted-key FILE) a version is in force only while
 * the ledger has a signature of its manifest by one of them. Without any, signatures are not asked
 * for.
 *
 *     struct signature s;                           // of a version that comes in
 *     if (!trust_check(&d->trust, rb, text, &s, &why)) ... not taken ...
 *     if (!trust_recorded(d, number, rb, &why)) ... not put in force ...
 *
 * The file is read at start and at SIGHUP. Keys under which the version in force would not be
 * trusted are not taken: so a new key is added to the file, what is in force is signed with it,
 * and then the old one is taken out.
 */
#ifndef WAYMARK_SERVE_TRUST_H
#define WAYMARK_SERVE_TRUST_H

#include "daemon/wire/minisign.h"
#include "engine/policy/policy.h"

struct daemon;

struct trust {
	struct minisign_keys keys; /* n 0: no signature is asked for */
};

/* False: the file cannot be read, or has no keys; *why gets a sentence. */
bool trust_load(const char *path, struct trust *out, struct buf *why);
/* Takes the file's keys, or keeps the old ones and logs why. */
void trust_reload(struct daemon *d);

/* Whether this signature is good for a rulebook. Any thread. True without keys, too; then, and when
 * false, the seal has no key. */
bool trust_check(const struct trust *t, const struct rulebook *rb, struct str signature,
		 struct minisign_seal *out, struct buf *why);
/* Whether one of the signatures that the ledger has of the version is. */
bool trust_recorded(struct daemon *d, const struct trust *t, uint32_t number,
		    const struct rulebook *rb, struct buf *why);

#endif
