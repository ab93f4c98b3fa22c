/* SPDX-License-Identifier: Apache-2.0
 *
 * The keys of the cases: 32 random bytes each, under which all that a case's records say is sealed
 * (seal.h). They lie in a file of their own beside the ledger, LEDGER.keys, mode 0600, and never in
 * the database: when a key is destroyed, the case cannot be read any more in any copy of the
 * ledger.
 *
 *     0    "waymark keys 1\n" and a zero byte
 *     16   the ledger's own name, 16 random bytes: the ledger has the same one, so that no other
 * fits 32   three keys of 16 bytes, for fingerprints of cases, events and outcomes 80   zero 96
 * BLAKE2b-256 of the 96 bytes before 128  the key of case 1, of case 2, and so on. Zero: none was
 * written. "waymark: destroyed by no." and eight bytes, least first: destroyed under the order of
 * that number.
 *
 * Keys are written KEYS_AHEAD at a time and synced before any of them is used, so that a new case
 * costs nothing. One process writes (the one that holds the ledger's lock); any may read.
 */
#ifndef WAYMARK_LEDGER_KEYS_H
#define WAYMARK_LEDGER_KEYS_H

#include "engine/base/hash.h"
#include "engine/base/status.h"

#define KEYS_AHEAD        4096   /* 128 KiB, one sync */
#define KEYS_KEPT         65536  /* keys in the memory of the process that writes: 2.5 MiB */
#define KEYS_READ         262144 /* at most, of who reads many: 10 MiB */
#define KEY_BYTES         32
#define LEDGER_NAME_BYTES 16

enum fingerprint_of { PRINT_CASE, PRINT_EVENT, PRINT_OUTCOME, PRINT_N };

struct keys;

/* A new file for a ledger that has none. It is LEDGER.keys.new until the ledger has recorded its
 * name and keys_settle gives it its name; until then it may be created again. STATUS_CONFLICT:
 * there is a LEDGER.keys, which is left alone. */
enum status keys_create(const char *ledger, struct keys **out, struct buf *why);
enum status keys_settle(struct keys *k, struct buf *why);

/* The file of the ledger with that name; one that keys_settle did not come to is given its name
 * when `writing`. STATUS_NOT_FOUND: there is none. STATUS_INVALID: it is damaged, or of another
 * ledger. */
enum status keys_open(const char *ledger, const uint8_t *name, bool writing, struct keys **out,
		      struct buf *why);
void keys_close(struct keys *k); /* NULL is fine */

const uint8_t *keys_ledger(const struct keys *k); /* LEDGER_NAME_BYTES */
uint64_t keys_count(const struct keys *k);        /* cases that the file has room for */

/* Makes sure that a new case of this number has a key, on disk, and room for those up to it. That
 * of a case of the same number which was destroyed in a later copy of the ledger is replaced. */
enum status keys_reserve(struct keys *k, uint64_t case_no);

/* STATUS_NOT_FOUND: the file has none. STATUS_GONE: it was destroyed, *order says under which. The
 * key stays valid until the next call. */
enum status keys_get(struct keys *k, uint64_t case_no, const uint8_t **key, uint64_t *order);

/* Who only reads must see that another destroys a key, and reads each from the file. Who reads many
 * calls keys_keep before, again every now and then, and keys_done: between these, keys that were
 * read are kept for as long as the file is as it was. */
void keys_keep(struct keys *k);
void keys_done(struct keys *k);

/* Overwrites the key of a case; keys_sync makes it last. Nothing happens to one that is destroyed
 * already. */
enum status keys_destroy(struct keys *k, uint64_t case_no, uint64_t order);
enum status keys_sync(struct keys *k);
/* The next case from this number on whose key is destroyed. STATUS_NOT_FOUND: there is none. */
enum status keys_next_destroyed(struct keys *k, uint64_t from, uint64_t *case_no, uint64_t *order);

/* What a record is found by without saying what it is of: SipHash-2-4 with 128 bits under a key
 * that only this file has. */
struct hash128 keys_fingerprint(const struct keys *k, enum fingerprint_of what, const void *p,
				size_t n);

#endif
