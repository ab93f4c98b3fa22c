/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/head.h"

#include "daemon/ledger/file.h"
#include "daemon/wire/load.h"
#include "engine/values/zone.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define FILE_MOST   4096
#define ED25519     1 /* the kind of signature, in C2SP's list */
#define TELL_BYTES  4 /* that tell a key */
#define BASE64_MOST 256
#define SECRET_HEAD "PRIVATE+KEY+"
#define DASH        "\xe2\x80\x94 " /* U+2014 */

_Static_assert(HEAD_KEY_BYTES == crypto_sign_PUBLICKEYBYTES, "Ed25519");
_Static_assert(HEAD_SECRET_BYTES == crypto_sign_SECRETKEYBYTES, "Ed25519");
_Static_assert(HEAD_SIGNATURE_BYTES == crypto_sign_BYTES, "Ed25519");

/* ---- words ---- */

static void put_base64(struct buf *b, const void *p, size_t n)
{
	char text[BASE64_MOST];
	sodium_bin2base64(text, sizeof(text), p, n, sodium_base64_VARIANT_ORIGINAL);
	buf_c(b, text);
}

static bool read_base64(struct str s, void *out, size_t n)
{
	size_t got;
	return sodium_base642bin(out, n, s.p, s.len, NULL, &got, NULL,
				 sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       got == n;
}

/* What stands before the first `end`, which is dropped. False: there is no such. */
static bool take(struct str *rest, char end, struct str *out)
{
	const char *at = rest->len ? memchr(rest->p, end, rest->len) : NULL;
	if (!at)
		return false;
	*out = (struct str){rest->p, (size_t)(at - rest->p)};
	rest->len -= out->len + 1;
	rest->p = at + 1;
	return true;
}

/* The first bytes of SHA-256 over the name, a line feed, the kind and the key. */
static void tell(const struct head_key *k, uint8_t out[TELL_BYTES])
{
	struct buf b = {0};
	buf_fmt(&b, "%s\n%c", k->name, ED25519);
	buf_bytes(&b, k->key, sizeof(k->key));
	struct hash256 h = hash_sha256(b.p, b.len);
	memcpy(out, h.b, TELL_BYTES);
	buf_release(&b);
}

/* ---- keys ---- */

static void put_key(struct buf *b, const struct head_key *k, const uint8_t *bytes)
{
	uint8_t typed[1 + HEAD_KEY_BYTES] = {ED25519}, told[TELL_BYTES];
	tell(k, told);
	buf_fmt(b, "%s+", k->name);
	for (int i = 0; i < TELL_BYTES; i++)
		buf_fmt(b, "%02x", told[i]);
	memcpy(typed + 1, bytes, HEAD_KEY_BYTES);
	buf_char(b, '+');
	put_base64(b, typed, sizeof(typed));
	sodium_memzero(typed, sizeof(typed));
}

void head_key_text(const struct head_key *k, struct buf *b)
{
	put_key(b, k, k->key);
}

void head_key_pem(const struct head_key *k, struct buf *b)
{
	/* SubjectPublicKeyInfo of RFC 8410. */
	static const uint8_t info[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
				       0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
	uint8_t der[sizeof(info) + HEAD_KEY_BYTES];
	memcpy(der, info, sizeof(info));
	memcpy(der + sizeof(info), k->key, sizeof(k->key));
	buf_c(b, "-----BEGIN PUBLIC KEY-----\n");
	put_base64(b, der, sizeof(der));
	buf_c(b, "\n-----END PUBLIC KEY-----\n");
}

static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '+')
			return false;
	return s.len > 0 && s.len <= HEAD_NAME_MOST;
}

/* NAME+HASH+BASE64; of a secret key the bytes are its seed. The hash is compared by the caller. */
static bool read_key(struct str line, struct head_key *k, uint8_t bytes[HEAD_KEY_BYTES],
		     struct str *hash)
{
	struct str name;
	uint8_t typed[1 + HEAD_KEY_BYTES];
	if (!take(&line, '+', &name) || !is_name(name) || !take(&line, '+', hash) ||
	    !read_base64(line, typed, sizeof(typed)) || typed[0] != ED25519)
		return false;
	*k = (struct head_key){0};
	memcpy(k->name, name.p, name.len);
	memcpy(bytes, typed + 1, HEAD_KEY_BYTES);
	sodium_memzero(typed, sizeof(typed));
	return true;
}

static bool is_told(const struct head_key *k, struct str hash)
{
	uint8_t told[TELL_BYTES];
	char hex[2 * TELL_BYTES];
	tell(k, told);
	hash_hex(told, sizeof(told), hex);
	return str_eq(hash, (struct str){hex, sizeof(hex)});
}

static enum status read_line(const char *path, struct buf *text, struct buf *why)
{
	enum status st = load_file(path, FILE_MOST, text, why);
	while (!st && text->len && text->p[text->len - 1] == '\n')
		text->len--;
	return st;
}

enum status head_key_public(const char *path, struct head_key *out, struct buf *why)
{
	struct buf text = {0};
	struct str hash;
	enum status st = read_line(path, &text, why);
	if (!st && (!read_key(buf_view(&text), out, out->key, &hash) || !is_told(out, hash))) {
		buf_fmt(why, "%s has no public key of heads (NAME+HASH+KEY)", path);
		st = STATUS_INVALID;
	}
	buf_release(&text);
	return st == STATUS_NOT_FOUND ? STATUS_IO : st;
}

static bool read_secret(struct str line, struct head_key *out)
{
	static const struct str head = STR_INIT(SECRET_HEAD);
	uint8_t seed[HEAD_KEY_BYTES];
	struct str hash;
	if (!str_starts(line, head))
		return false;
	line = (struct str){line.p + head.len, line.len - head.len};
	if (!read_key(line, out, seed, &hash))
		return false;
	crypto_sign_seed_keypair(out->key, out->secret, seed);
	sodium_memzero(seed, sizeof(seed));
	return is_told(out, hash);
}

static void make(struct head_key *k)
{
	uint8_t tail[4];
	char hex[2 * sizeof(tail)];
	*k = (struct head_key){0};
	randombytes_buf(tail, sizeof(tail));
	hash_hex(tail, sizeof(tail), hex);
	snprintf(k->name, sizeof(k->name), "waymark-%.8s", hex);
	crypto_sign_keypair(k->key, k->secret);
}

static enum status store(const char *path, const char *end, mode_t mode, struct str text,
			 struct buf *why)
{
	struct buf file = {0}, fresh = {0};
	buf_fmt(&file, "%s%s", path, end);
	buf_fmt(&fresh, "%s%s.new", path, end);
	buf_char(&file, '\0');
	buf_char(&fresh, '\0');
	enum status st = file_replace(file.p, fresh.p, mode, text, why);
	buf_release(&file);
	buf_release(&fresh);
	return st;
}

/* libsodium's secret key begins with the seed. */
static enum status make_files(const char *path, struct head_key *k, struct buf *why)
{
	struct buf secret = {0}, open = {0};
	make(k);
	buf_c(&secret, SECRET_HEAD);
	put_key(&secret, k, k->secret);
	buf_char(&secret, '\n');
	head_key_text(k, &open);
	buf_char(&open, '\n');
	enum status st = store(path, ".pub", 0644, buf_view(&open), why);
	if (!st)
		st = store(path, "", 0600, buf_view(&secret), why);
	sodium_memzero(secret.p, secret.len);
	buf_release(&secret);
	buf_release(&open);
	return st;
}

enum status head_key_open(const char *path, struct head_key *out, struct buf *why)
{
	struct buf text = {0}, ignored = {0};
	enum status st = read_line(path, &text, &ignored);
	if (st == STATUS_NOT_FOUND) {
		st = make_files(path, out, why);
	} else if (st) {
		buf_str(why, buf_view(&ignored));
		st = STATUS_IO;
	} else if (!read_secret(buf_view(&text), out)) {
		buf_fmt(why, "%s has no secret key of heads", path);
		st = STATUS_INVALID;
	}
	if (text.p)
		sodium_memzero(text.p, text.len);
	buf_release(&text);
	buf_release(&ignored);
	return st;
}

/* ---- heads ---- */

void head_text(const char *name, const struct head *h, struct buf *b)
{
	buf_fmt(b, "%s\n%llu\n", name, (unsigned long long)h->size);
	put_base64(b, h->root.b, sizeof(h->root.b));
	buf_c(b, "\ntime ");
	time_text(b, zone_utc(), h->at_us);
	buf_char(b, '\n');
}

void head_sign(const struct head_key *k, struct head *h)
{
	struct buf b = {0};
	head_text(k->name, h, &b);
	crypto_sign_detached(h->signature, NULL, (const uint8_t *)b.p, b.len, k->secret);
	buf_release(&b);
}

bool head_signed_by(const struct head_key *k, const struct head *h)
{
	struct buf b = {0};
	head_text(k->name, h, &b);
	int fine = crypto_sign_verify_detached(h->signature, (const uint8_t *)b.p, b.len, k->key);
	buf_release(&b);
	return fine == 0;
}

void head_note(const struct head_key *k, const struct head *h, struct buf *b)
{
	uint8_t both[TELL_BYTES + HEAD_SIGNATURE_BYTES];
	head_text(k->name, h, b);
	tell(k, both);
	memcpy(both + TELL_BYTES, h->signature, sizeof(h->signature));
	buf_fmt(b, "\n" DASH "%s ", k->name);
	put_base64(b, both, sizeof(both));
	buf_char(b, '\n');
}

static bool read_size(struct str s, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || *out > INT64_MAX / 10 - 1)
			return false;
		*out = *out * 10 + (uint64_t)(s.p[i] - '0');
	}
	return s.len > 0 && (s.len == 1 || s.p[0] != '0');
}

/* The lines that are signed. */
static bool read_text(struct str *rest, struct str *name, struct head *h)
{
	static const struct str time = STR_INIT("time ");
	struct str size, root, at;
	return take(rest, '\n', name) && is_name(*name) && take(rest, '\n', &size) &&
	       read_size(size, &h->size) && take(rest, '\n', &root) &&
	       read_base64(root, h->root.b, sizeof(h->root.b)) && take(rest, '\n', &at) &&
	       str_starts(at, time) &&
	       time_read((struct str){at.p + time.len, at.len - time.len}, &h->at_us) == STATUS_OK;
}

/* The signature under a name; others may stand beside it. */
static bool find_signature(struct str rest, struct str name, struct head *h)
{
	uint8_t both[TELL_BYTES + HEAD_SIGNATURE_BYTES];
	struct str line, dash, by;
	while (take(&rest, '\n', &line)) {
		if (!take(&line, ' ', &dash) || !take(&line, ' ', &by) || !str_eq(by, name) ||
		    !read_base64(line, both, sizeof(both)))
			continue;
		memcpy(h->signature, both + TELL_BYTES, sizeof(h->signature));
		return true;
	}
	return false;
}

enum status head_read(struct str note, const struct head_key *k, struct head *out, struct buf *why)
{
	struct str rest = note, name, empty;
	*out = (struct head){0};
	if (!read_text(&rest, &name, out) || !take(&rest, '\n', &empty) || empty.len ||
	    !find_signature(rest, name, out)) {
		buf_c(why, "it is not a signed head: `waymark head` and GET /v1/log/head give one");
		return STATUS_INVALID;
	}
	if (k && (!str_eq(name, str_from(k->name)) || !head_signed_by(k, out))) {
		buf_fmt(why, "it is not signed by the key %s", k->name);
		return STATUS_INVALID;
	}
	return STATUS_OK;
}
