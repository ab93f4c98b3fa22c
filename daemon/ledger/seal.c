/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/seal.h"

#include "engine/base/mem.h"

#include <assert.h>
#include <endian.h>
#include <limits.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

#define NONCE_BYTES       crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES         crypto_aead_xchacha20poly1305_ietf_ABYTES
#define INNER_NONCE_BYTES 12

_Static_assert(SEAL_MORE_BYTES == NONCE_BYTES + TAG_BYTES, "as the header says");
_Static_assert(KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "keys fit the cipher");

static const struct str names[] = {
#define X(constant, name) [constant] = STR_INIT(name),
    SEALS(X)
#undef X
};
#define NNAMES (sizeof(names) / sizeof(*names))

/* ---- associated data ---- */

struct place_bytes {
	uint8_t b[32];
	size_t n;
};

static void put(struct place_bytes *p, const void *from, size_t n)
{
	assert(n <= sizeof(p->b) - p->n);
	memcpy(p->b + p->n, from, n);
	p->n += n;
}

static struct place_bytes bytes_of(struct seal_place at)
{
	struct place_bytes p = {.n = 0};
	uint64_t numbers[2] = {htole64(at.case_no), htole64(at.number)};
	put(&p, names[at.what].p, names[at.what].len);
	put(&p, "", 1);
	put(&p, numbers, sizeof(numbers));
	return p;
}

/* ---- sealing and opening ---- */

void sealer_init(struct sealer *s, struct keys *keys)
{
	*s = (struct sealer){.keys = keys,
			     .context = EVP_CIPHER_CTX_new(),
			     .kind = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL)};
	assert(s->context && s->kind); /* a library that cannot do it does not load */
	randombytes_buf(s->start, sizeof(s->start));
}

void sealer_release(struct sealer *s)
{
	EVP_CIPHER_CTX_free(s->context); /* and overwrites the key */
	EVP_CIPHER_free(s->kind);
	*s = (struct sealer){0};
}

void sealer_forget(struct sealer *s)
{
	EVP_CIPHER_CTX_reset(s->context);
	s->keyed = 0;
}

static void next_nonce(struct sealer *s, uint8_t *nonce)
{
	uint64_t count = htole64(++s->count);
	memcpy(nonce, s->start, sizeof(s->start));
	memcpy(nonce + sizeof(s->start), &count, sizeof(count));
}

/* The inner cipher with the case's key and this nonce. */
static bool begin(struct sealer *s, uint64_t case_no, const uint8_t *key, const uint8_t *nonce)
{
	uint8_t sub[KEY_BYTES], inner[INNER_NONCE_BYTES] = {0};
	bool has_key = s->keyed == case_no;
	memcpy(inner + INNER_NONCE_BYTES - 8, nonce + NONCE_BYTES - 8, 8);
	if (!has_key)
		crypto_core_hchacha20(sub, nonce, key, NULL);
	bool fine = EVP_EncryptInit_ex2(s->context, s->keyed ? NULL : s->kind, has_key ? NULL : sub,
					inner, NULL);
	s->keyed = case_no;
	sodium_memzero(sub, sizeof(sub));
	return fine;
}

enum status seal(struct sealer *s, struct seal_place at, struct str text, struct buf *out)
{
	const uint8_t *key;
	uint64_t order;
	int n = 0, end = 0;
	enum status status = keys_get(s->keys, at.case_no, &key, &order);
	if (status)
		return status;
	struct place_bytes more = bytes_of(at);
	buf_reserve(out, text.len + SEAL_MORE_BYTES);
	uint8_t *nonce = (uint8_t *)out->p + out->len, *to = nonce + NONCE_BYTES;
	next_nonce(s, nonce);
	assert(text.len < INT_MAX);
	bool fine =
	    begin(s, at.case_no, key, nonce) &&
	    EVP_EncryptUpdate(s->context, NULL, &n, more.b, (int)more.n) &&
	    EVP_EncryptUpdate(s->context, to, &n, (const uint8_t *)text.p, (int)text.len) &&
	    EVP_EncryptFinal_ex(s->context, to + n, &end) &&
	    EVP_CIPHER_CTX_ctrl(s->context, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, to + text.len);
	assert(fine && (size_t)n + (size_t)end == text.len);
	out->len += text.len + SEAL_MORE_BYTES;
	return STATUS_OK;
}

enum status unseal(struct keys *keys, struct seal_place at, struct str payload, struct buf *out,
		   uint64_t *order)
{
	const uint8_t *key;
	enum status status = keys_get(keys, at.case_no, &key, order);
	if (status)
		return status;
	if (payload.len < SEAL_MORE_BYTES)
		return STATUS_CONFLICT;
	struct place_bytes more = bytes_of(at);
	const uint8_t *nonce = (const uint8_t *)payload.p;
	buf_reserve(out, payload.len - SEAL_MORE_BYTES);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
		(uint8_t *)out->p + out->len, NULL, NULL, nonce + NONCE_BYTES,
		payload.len - NONCE_BYTES, more.b, more.n, nonce, key))
		return STATUS_CONFLICT;
	out->len += payload.len - SEAL_MORE_BYTES;
	return STATUS_OK;
}

/* ---- opening many ---- */

void opener_init(struct opener *o)
{
	*o = (struct opener){.context = EVP_CIPHER_CTX_new(),
			     .kind = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL)};
	assert(o->context && o->kind);
	int fine = EVP_DecryptInit_ex2(o->context, o->kind, NULL, NULL, NULL);
	assert(fine);
}

void opener_release(struct opener *o)
{
	EVP_CIPHER_CTX_free(o->context);
	EVP_CIPHER_free(o->kind);
	sodium_memzero(o, sizeof(*o));
}

static bool is_keyed(const struct opener *o, const uint8_t *key, const uint8_t *nonce)
{
	return o->keyed && memcmp(o->start, nonce, sizeof(o->start)) == 0 &&
	       memcmp(o->key, key, sizeof(o->key)) == 0;
}

/* The inner cipher with this key and nonce. */
static bool begin_opening(struct opener *o, const uint8_t *key, const uint8_t *nonce)
{
	uint8_t sub[KEY_BYTES], inner[INNER_NONCE_BYTES] = {0};
	memcpy(inner + INNER_NONCE_BYTES - 8, nonce + NONCE_BYTES - 8, 8);
	if (is_keyed(o, key, nonce))
		return EVP_DecryptInit_ex2(o->context, NULL, NULL, inner, NULL);
	crypto_core_hchacha20(sub, nonce, key, NULL);
	o->keyed = EVP_DecryptInit_ex2(o->context, NULL, sub, inner, NULL);
	memcpy(o->key, key, sizeof(o->key));
	memcpy(o->start, nonce, sizeof(o->start));
	sodium_memzero(sub, sizeof(sub));
	return o->keyed;
}

enum status opener_open(struct opener *o, const uint8_t *key, struct seal_place at,
			struct str payload, struct buf *out)
{
	if (payload.len < SEAL_MORE_BYTES)
		return STATUS_CONFLICT;
	struct place_bytes more = bytes_of(at);
	const uint8_t *nonce = (const uint8_t *)payload.p, *from = nonce + NONCE_BYTES;
	size_t len = payload.len - SEAL_MORE_BYTES;
	int n = 0, end = 0;
	buf_reserve(out, len);
	uint8_t *to = (uint8_t *)out->p + out->len;
	assert(len < INT_MAX);
	bool fine = begin_opening(o, key, nonce) &&
		    EVP_CIPHER_CTX_ctrl(o->context, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES,
					(uint8_t *)from + len) &&
		    EVP_DecryptUpdate(o->context, NULL, &n, more.b, (int)more.n) &&
		    EVP_DecryptUpdate(o->context, to, &n, from, (int)len) &&
		    EVP_DecryptFinal_ex(o->context, to + n, &end) > 0;
	if (!fine)
		return STATUS_CONFLICT;
	out->len += len;
	return STATUS_OK;
}

/* ---- in SQL ---- */

static struct str bytes_at(sqlite3_value *v)
{
	const char *p = sqlite3_value_blob(v);
	return (struct str){p ? p : "", p ? (size_t)sqlite3_value_bytes(v) : 0};
}

/* The place that the first three arguments give; false: an error is set. */
static bool place_of(sqlite3_context *c, sqlite3_value **v, struct seal_place *out)
{
	struct str name = bytes_at(v[0]);
	size_t i = 0;
	while (i < NNAMES && !str_eq(names[i], name))
		i++;
	if (i == NNAMES) {
		sqlite3_result_error(c, "there is no payload of this name", -1);
		return false;
	}
	*out = (struct seal_place){(enum seal_what)i, (uint64_t)sqlite3_value_int64(v[1]),
				   (uint64_t)sqlite3_value_int64(v[2])};
	return true;
}

static void complain(sqlite3_context *c, struct seal_place at, enum status status, uint64_t order)
{
	struct buf b = {0};
	unsigned long long no = at.case_no;
	buf_fmt(&b, STR_FMT " of case number %llu: ", STR_ARG(names[at.what]), no);
	switch (status) {
	case STATUS_GONE:
		buf_fmt(&b, "the key was destroyed under order number %llu",
			(unsigned long long)order);
		break;
	case STATUS_NOT_FOUND:
		buf_c(&b, "the file of keys has none for it: it is older than the ledger, or was "
			  "cut short");
		break;
	case STATUS_CONFLICT:
		buf_c(&b, "it was altered or moved, or its key is another");
		break;
	default:
		buf_c(&b, "the file of keys cannot be read");
		break;
	}
	sqlite3_result_error(c, b.p, (int)b.len);
	buf_release(&b);
}

static void sql_opened(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	struct sealer *s = sqlite3_user_data(c);
	struct seal_place at;
	struct buf text = {0};
	uint64_t order = 0;
	if (sqlite3_value_type(v[3]) == SQLITE_NULL || !place_of(c, v, &at))
		return;
	enum status status = unseal(s->keys, at, bytes_at(v[3]), &text, &order);
	if (status == STATUS_GONE) {
		sqlite3_result_null(c);
	} else if (status) {
		complain(c, at, status, order);
		buf_release(&text);
	} else {
		sqlite3_result_text64(c, text.p ? text.p : "", text.len,
				      text.p ? mem_free : SQLITE_STATIC, SQLITE_UTF8);
	}
}

static void sql_sealed(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	struct sealer *s = sqlite3_user_data(c);
	struct seal_place at;
	struct buf payload = {0};
	if (sqlite3_value_type(v[3]) == SQLITE_NULL || !place_of(c, v, &at))
		return;
	enum status status = seal(s, at, bytes_at(v[3]), &payload);
	if (status)
		complain(c, at, status, 0);
	else
		sqlite3_result_blob64(c, payload.p, payload.len, SQLITE_TRANSIENT);
	buf_release(&payload);
}

static void sql_fingerprint(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	const struct sealer *s = sqlite3_user_data(c);
	static const struct str which[PRINT_N] = {STR_INIT("case"), STR_INIT("event"),
						  STR_INIT("outcome")};
	struct str name = bytes_at(v[0]), value = bytes_at(v[1]);
	for (int i = 0; i < PRINT_N; i++) {
		if (!str_eq(which[i], name))
			continue;
		struct hash128 h =
		    keys_fingerprint(s->keys, (enum fingerprint_of)i, value.p, value.len);
		sqlite3_result_blob(c, h.b, sizeof(h.b), SQLITE_TRANSIENT);
		return;
	}
	sqlite3_result_error(c, "there is no fingerprint of this name", -1);
}

static void sql_ledger_name(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n, (void)v;
	const struct sealer *s = sqlite3_user_data(c);
	sqlite3_result_blob(c, keys_ledger(s->keys), LEDGER_NAME_BYTES, SQLITE_TRANSIENT);
}

/* Direct only: no view or trigger of a file that somebody else made gets to call them. */
enum status seal_register(sqlite3 *db, struct sealer *s)
{
	static const struct {
		const char *name;
		int arguments;
		void (*call)(sqlite3_context *, int, sqlite3_value **);
	} functions[] = {{"opened", 4, sql_opened},
			 {"sealed", 4, sql_sealed},
			 {"fingerprint", 2, sql_fingerprint},
			 {"ledger_name", 0, sql_ledger_name}};
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (sqlite3_create_function_v2(db, functions[i].name, functions[i].arguments,
					       SQLITE_UTF8 | SQLITE_DIRECTONLY, s,
					       functions[i].call, NULL, NULL, NULL))
			return STATUS_IO;
	return STATUS_OK;
}
