/* SPDX-License-Identifier: Apache-2.0
 *
 * Heads of the log: how many leaves it has, and the root over them, signed, to be kept elsewhere.
 * Whoever has one knows for ever what was recorded up to it. The form is that of C2SP's signed
 * notes and checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), Ed25519:
 *
 *     waymark-1a2b3c4d                                     the name of the key, and of the log
 *     738                                                  leaves
 *     vunBF+Zu8kfHzOitsDBqAJ76b7Tg1TK+1fdHlP+2g+8=         the root, in base64
 *     time 2026-11-26T01:15:08.249700Z                     of the last of its transactions
 *                                                          (an empty line ends what is signed)
 *     - waymark-1a2b3c4d rS6YtJ...                         (a dash, U+2014) 4 bytes that tell the
 *                                                          key, and the signature, in base64
 *
 * The secret key lies in LEDGER.head-key, mode 0600; LEDGER.head-key.pub beside it is for all.
 */
#ifndef WAYMARK_LEDGER_HEAD_H
#define WAYMARK_LEDGER_HEAD_H

#include "engine/base/hash.h"
#include "engine/base/status.h"

#define HEAD_NAME_MOST       64
#define HEAD_KEY_BYTES       32
#define HEAD_SECRET_BYTES    64
#define HEAD_SIGNATURE_BYTES 64

struct head_key {
	char name[HEAD_NAME_MOST + 1];
	uint8_t key[HEAD_KEY_BYTES];
	uint8_t secret[HEAD_SECRET_BYTES]; /* of a secret key */
};

struct head {
	uint64_t size;
	struct hash256 root;
	int64_t at_us;
	uint8_t signature[HEAD_SIGNATURE_BYTES];
};

/* The secret key of a file, made when there is none (with PATH.pub beside it). *why gets a
 * sentence. STATUS_INVALID: the file has no such key. */
enum status head_key_open(const char *path, struct head_key *out, struct buf *why);
/* A public key of a file: NAME+HASH+KEY. */
enum status head_key_public(const char *path, struct head_key *out, struct buf *why);
void head_key_text(const struct head_key *k, struct buf *b); /* the same, back */
void head_key_pem(const struct head_key *k, struct buf *b);  /* for OpenSSL */

/* What is signed. */
void head_text(const char *name, const struct head *h, struct buf *b);
void head_sign(const struct head_key *k, struct head *h);
bool head_signed_by(const struct head_key *k, const struct head *h);

void head_note(const struct head_key *k, const struct head *h, struct buf *b);
/* A note back. The signature is checked when `k` is not NULL. STATUS_INVALID: it is no head, or is
 * not signed by that key; *why gets a sentence. */
enum status head_read(struct str note, const struct head_key *k, struct head *out, struct buf *why);

#endif
