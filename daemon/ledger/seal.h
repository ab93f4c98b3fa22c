/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealing: what a case's records say is stored as BLOBs that only the case's key opens.
 *
 *     nonce (24 bytes) | XChaCha20-Poly1305 of the text | tag (16 bytes)
 *
 * Associated data: the name of what it is (seal_names), a zero byte, the number of the case and the
 * number of the record in it, eight bytes each, least first. So no payload can be moved to another
 * place. The number of the record is the event's `seq` for events and decisions, `last_seq` for
 * states, `at_us` for disclosures and 0 for ids of cases.
 *
 * XChaCha20-Poly1305 is ChaCha20-Poly1305 (RFC 8439) under a key that HChaCha20 makes of the case's
 * key and the first 16 bytes of the nonce. These stay the same as long as a process writes, so one
 * is made for the payloads of a case that are sealed, or opened, one after another; and the rest
 * is OpenSSL's, which takes half of libsodium's time for it. What is opened singly is libsodium's.
 *
 * In SQL, on the connections of the ledger:
 *
 *     opened(WHAT, CASE_NO, NUMBER, PAYLOAD)
 *         its text; NULL for NULL, and when the key was destroyed; else an error that says why it
 *         does not open
 *     sealed(WHAT, CASE_NO, NUMBER, TEXT), fingerprint(WHICH, VALUE), ledger_name()
 *         for migrations; WHICH is 'case', 'event' or 'outcome'
 */
#ifndef WAYMARK_LEDGER_SEAL_H
#define WAYMARK_LEDGER_SEAL_H

#include "daemon/ledger/keys.h"

#include <sqlite3.h>

enum seal_what {
#define SEALS(X)                                                                                   \
	X(SEAL_CASE, "case")                                                                       \
	X(SEAL_STATE, "state")                                                                     \
	X(SEAL_EVENT, "event")                                                                     \
	X(SEAL_DECISION, "decision")                                                               \
	X(SEAL_PARTNER, "partner")                                                                 \
	X(SEAL_FIELDS, "fields")                                                                   \
	X(SEAL_REASONS, "reasons")
#define X(constant, name) constant,
	SEALS(X)
#undef X
};

#define SEAL_MORE_BYTES 40 /* what a payload has more than its text */

/* In a query: the text of a payload. CASE_ID: of the cases in that table. */
#define OPENED(what, case_no, number, column)                                                      \
	"opened('" what "', " case_no ", " number ", " column ")"
#define CASE_ID(table) OPENED("case", table ".no", "0", table ".id")

/* Which payload it is. */
struct seal_place {
	enum seal_what what;
	uint64_t case_no, number;
};

/* Where nonces come from: none is used twice under a key. */
struct sealer {
	struct keys *keys;
	uint8_t start[16]; /* by chance, once; the rest of a nonce counts */
	uint64_t count;
	void *context, *kind; /* OpenSSL's */
	uint64_t keyed;       /* the case whose key the context has; 0: none */
};

void sealer_init(struct sealer *s, struct keys *keys); /* borrowed */
void sealer_release(struct sealer *s);                 /* one that is all zero is fine */
void sealer_forget(struct sealer *s);                  /* the key that it has: it is destroyed */

/* Appends the payload. STATUS_NOT_FOUND, STATUS_GONE, STATUS_IO: the case has no key. */
enum status seal(struct sealer *s, struct seal_place at, struct str text, struct buf *out);

/* Appends the text. STATUS_CONFLICT: it was altered, moved, or sealed under another key.
 * STATUS_NOT_FOUND, STATUS_GONE (*order), STATUS_IO: the case has no key. */
enum status unseal(struct keys *keys, struct seal_place at, struct str payload, struct buf *out,
		   uint64_t *order);

/* Opens many, one after another, each under a key that is at hand. */
struct opener {
	void *context, *kind; /* OpenSSL's */
	uint8_t key[KEY_BYTES], start[16];
	bool keyed; /* the context has the key that these two make */
};

void opener_init(struct opener *o);
void opener_release(struct opener *o); /* one that is all zero is fine */

/* As unseal. */
enum status opener_open(struct opener *o, const uint8_t *key, struct seal_place at,
			struct str payload, struct buf *out);

/* Gives a connection the functions. `s` must outlive it; only reading: s->keys is enough. */
enum status seal_register(sqlite3 *db, struct sealer *s);

#endif
