/* SPDX-License-Identifier: Apache-2.0
 *
 * Signatures in minisign's format: Ed25519 over the BLAKE2b-512 of the text, with a comment that is
 * signed too. Keys and signatures are made with the program minisign; here they are only checked.
 * https://jedisct1.github.io/minisign/#signature-format
 *
 *     struct minisign_keys keys;
 *     if (minisign_keys_read(text, &keys, &why)) ... say why ...
 *     struct minisign_seal seal;
 *     if (!minisign_verify(&keys, signature, message, &seal, &why)) ... say why ...
 */
#ifndef WAYMARK_WIRE_MINISIGN_H
#define WAYMARK_WIRE_MINISIGN_H

#include "engine/base/status.h"
#include "engine/base/str.h"

#define MINISIGN_KEYS_MOST      16
#define MINISIGN_KEY_FILE_BYTES 8192 /* of all keys, comments included */
#define MINISIGN_BYTES          4096 /* of one signature */

struct minisign_key {
	uint8_t id[8]; /* chosen at random when the key is made */
	uint8_t key[32];
};

struct minisign_keys {
	struct minisign_key at[MINISIGN_KEYS_MOST];
	size_t n;
};

/* One .pub file of minisign, or several one after the other: so a key is replaced by a newer one.
 * STATUS_INVALID: *why gets a sentence. */
enum status minisign_keys_read(struct str text, struct minisign_keys *out, struct buf *why);

struct minisign_seal {
	char key[17];       /* the key's id as minisign shows it: 16 hex digits, NUL-terminated */
	struct str comment; /* the trusted comment, in the signature's text */
};

/* Whether the signature is by one of the keys, over this text, its comment included. The old form
 * without BLAKE2b (minisign -l) is refused. When false, *why gets a sentence. */
bool minisign_verify(const struct minisign_keys *keys, struct str signature, struct str message,
		     struct minisign_seal *out, struct buf *why);

#endif
