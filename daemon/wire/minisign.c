/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/minisign.h"

#include <sodium.h>

#define KEY_ALGORITHM    "Ed"
#define HASHED_ALGORITHM "ED" /* over the BLAKE2b-512 of the text */
#define TRUSTED          "trusted comment: "
#define UNTRUSTED        "untrusted comment: "

/* As they stand in the files, in base64. */
struct public_key {
	uint8_t algorithm[2], id[8], key[32];
};
struct signature {
	uint8_t algorithm[2], id[8], bytes[crypto_sign_BYTES];
};
_Static_assert(sizeof(struct public_key) == 42 && sizeof(struct signature) == 74, "no padding");

static struct str next_line(struct str *text)
{
	const char *end = text->len ? memchr(text->p, '\n', text->len) : NULL;
	struct str line = {text->p, end ? (size_t)(end - text->p) : text->len};
	size_t used = line.len + (end != NULL);
	*text = (struct str){text->p + used, text->len - used};
	if (line.len && line.p[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* Exactly `size` bytes. */
static bool decode(struct str line, void *out, size_t size)
{
	size_t got;
	return !sodium_base642bin(out, size, line.p, line.len, NULL, &got, NULL,
				  sodium_base64_VARIANT_ORIGINAL) &&
	       got == size;
}

enum status minisign_keys_read(struct str text, struct minisign_keys *out, struct buf *why)
{
	struct public_key key;
	out->n = 0;
	while (text.len) {
		struct str line = next_line(&text);
		if (!line.len || str_starts(line, STR(UNTRUSTED)))
			continue;
		if (!decode(line, &key, sizeof(key)) || memcmp(key.algorithm, KEY_ALGORITHM, 2)) {
			buf_c(why, "a line is no public key of minisign");
			return STATUS_INVALID;
		}
		if (out->n == MINISIGN_KEYS_MOST) {
			buf_fmt(why, "there are more than %d keys", MINISIGN_KEYS_MOST);
			return STATUS_INVALID;
		}
		struct minisign_key *k = &out->at[out->n++];
		memcpy(k->id, key.id, sizeof(k->id));
		memcpy(k->key, key.key, sizeof(k->key));
	}
	if (!out->n)
		buf_c(why, "there is no public key in it");
	return out->n ? STATUS_OK : STATUS_INVALID;
}

/* minisign shows the id as a number of 64 bits, which it keeps with the least byte first. */
static void put_id(const uint8_t id[8], char out[17])
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < 8; i++) {
		out[2 * i] = digits[id[7 - i] >> 4];
		out[2 * i + 1] = digits[id[7 - i] & 15];
	}
	out[16] = '\0';
}

static bool no(struct buf *why, const char *what)
{
	buf_c(why, what);
	return false;
}

struct parts {
	struct signature signature;
	struct str comment;
	uint8_t whole[crypto_sign_BYTES]; /* over the signature and the comment */
};

static bool read_parts(struct str text, struct parts *out, struct buf *why)
{
	bool fits = text.len <= MINISIGN_BYTES && str_is_utf8(text);
	fits = fits && str_starts(next_line(&text), STR(UNTRUSTED));
	fits = fits && decode(next_line(&text), &out->signature, sizeof(out->signature));
	struct str comment = fits ? next_line(&text) : STR("");
	fits = fits && str_starts(comment, STR(TRUSTED)) &&
	       decode(next_line(&text), out->whole, sizeof(out->whole)) && !next_line(&text).len &&
	       !text.len;
	if (!fits)
		return no(why, "it is not the four lines of a signature of minisign");
	size_t skip = sizeof(TRUSTED) - 1;
	out->comment = (struct str){comment.p + skip, comment.len - skip};
	return true;
}

static const struct minisign_key *find_key(const struct minisign_keys *keys, const uint8_t id[8])
{
	for (size_t i = 0; i < keys->n; i++)
		if (memcmp(keys->at[i].id, id, sizeof(keys->at[i].id)) == 0)
			return &keys->at[i];
	return NULL;
}

static bool comment_is_signed(const struct parts *p, const struct minisign_key *key)
{
	struct buf b = {0};
	buf_bytes(&b, p->signature.bytes, sizeof(p->signature.bytes));
	buf_str(&b, p->comment);
	bool good = !crypto_sign_verify_detached(p->whole, (const uint8_t *)b.p, b.len, key->key);
	buf_release(&b);
	return good;
}

bool minisign_verify(const struct minisign_keys *keys, struct str signature, struct str message,
		     struct minisign_seal *out, struct buf *why)
{
	struct parts p;
	uint8_t hash[crypto_generichash_BYTES_MAX];
	_Static_assert(sizeof(hash) == 64, "BLAKE2b-512");
	if (!read_parts(signature, &p, why))
		return false;
	if (memcmp(p.signature.algorithm, HASHED_ALGORITHM, 2))
		return no(why, "it is not of the algorithm that is taken; sign with minisign -S, "
			       "without -l");
	put_id(p.signature.id, out->key);
	const struct minisign_key *key = find_key(keys, p.signature.id);
	if (!key) {
		buf_fmt(why, "it is by the key %s, which is not trusted here", out->key);
		return false;
	}
	crypto_generichash(hash, sizeof(hash), (const uint8_t *)message.p, message.len, NULL, 0);
	if (crypto_sign_verify_detached(p.signature.bytes, hash, sizeof(hash), key->key))
		return no(why, "it is not over these texts: one of them, or the signature, was "
			       "changed");
	if (!comment_is_signed(&p, key))
		return no(why, "its trusted comment was changed");
	out->comment = p.comment;
	return true;
}
