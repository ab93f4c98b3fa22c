/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/merkle.h"

#include <assert.h>
#include <openssl/evp.h>
#include <string.h>

/* ---- hashing ---- */

void hasher_init(struct hasher *h)
{
	h->context = EVP_MD_CTX_new();
	h->kind = EVP_MD_fetch(NULL, "SHA256", NULL);
	assert(h->context && h->kind); /* a library that cannot do it does not load */
}

void hasher_release(struct hasher *h)
{
	EVP_MD_CTX_free(h->context);
	EVP_MD_free(h->kind);
	*h = (struct hasher){0};
}

static struct hash256 hash_parts(struct hasher *h, const void *head, size_t head_len, const void *p,
				 size_t n)
{
	struct hash256 out;
	int fine = EVP_DigestInit_ex2(h->context, h->kind, NULL) &&
		   EVP_DigestUpdate(h->context, head, head_len) &&
		   EVP_DigestUpdate(h->context, p, n) &&
		   EVP_DigestFinal_ex(h->context, out.b, NULL);
	assert(fine);
	return out;
}

struct hash256 hasher_leaf(struct hasher *h, const void *p, size_t n)
{
	return hash_parts(h, "\0", 1, p, n);
}

struct hash256 hasher_plain(struct hasher *h, const void *p, size_t n)
{
	return hash_parts(h, "", 0, p, n);
}

struct hash256 hasher_node(struct hasher *h, const struct hash256 *l, const struct hash256 *r)
{
	uint8_t both[1 + 2 * sizeof(l->b)];
	both[0] = 1;
	memcpy(both + 1, l->b, sizeof(l->b));
	memcpy(both + 1 + sizeof(l->b), r->b, sizeof(r->b));
	return hasher_plain(h, both, sizeof(both));
}

/* ---- growing ---- */

void merkle_add(struct merkle *t, struct hash256 leaf)
{
	unsigned level = 0;
	for (; t->size >> level & 1; level++) {
		leaf = hasher_node(t->hasher, &t->edge[level], &leaf);
		if (t->on_node)
			t->on_node(t->arg, level + 1, t->size >> (level + 1), &leaf);
	}
	assert(level < MERKLE_LEVELS);
	t->edge[level] = leaf;
	t->size++;
}

struct hash256 merkle_root(const struct merkle *t)
{
	struct hash256 root = {{0}};
	bool any = false;
	for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
		if (!(t->size >> level & 1))
			continue;
		root = any ? hasher_node(t->hasher, &t->edge[level], &root) : t->edge[level];
		any = true;
	}
	return any ? root : hasher_plain(t->hasher, "", 0);
}

/* ---- making proofs ---- */

/* The largest power of two smaller than n, which is over 1. */
static uint64_t split(uint64_t n)
{
	uint64_t k = 1;
	while (k < n - k)
		k <<= 1;
	return k;
}

/* The hash over n leaves from `first`, a multiple of the power of two that n rounds up to. */
static enum status over(const struct merkle_source *s, uint64_t first, uint64_t n,
			struct hash256 *out)
{
	if (!(n & (n - 1))) {
		unsigned level = (unsigned)__builtin_ctzll(n);
		return s->perfect(s->arg, level, first >> level, out);
	}
	struct hash256 l, r;
	uint64_t k = split(n);
	enum status st = over(s, first, k, &l);
	if (!st)
		st = over(s, first + k, n - k, &r);
	if (!st)
		*out = hasher_node(s->hasher, &l, &r);
	return st;
}

enum status merkle_root_at(const struct merkle_source *s, uint64_t size, struct hash256 *out)
{
	if (size)
		return over(s, 0, size, out);
	*out = hasher_plain(s->hasher, "", 0);
	return STATUS_OK;
}

/* Adds the hash over n leaves from `first` at the front: proofs are made from the root down and
 * read from the leaves up. */
static enum status put_front(const struct merkle_source *s, uint64_t first, uint64_t n,
			     struct merkle_proof *p)
{
	memmove(p->at + 1, p->at, p->n * sizeof(p->at[0]));
	p->n++;
	return over(s, first, n, &p->at[0]);
}

enum status merkle_inclusion(const struct merkle_source *s, uint64_t leaf, uint64_t size,
			     struct merkle_proof *out)
{
	enum status st = STATUS_OK;
	out->n = 0;
	for (uint64_t first = 0; !st && size > 1;) {
		uint64_t k = split(size);
		bool left = leaf < first + k;
		st = left ? put_front(s, first + k, size - k, out) : put_front(s, first, k, out);
		first = left ? first : first + k;
		size = left ? k : size - k;
	}
	return st;
}

enum status merkle_consistency(const struct merkle_source *s, uint64_t from, uint64_t size,
			       struct merkle_proof *out)
{
	enum status st = STATUS_OK;
	uint64_t first = 0;
	out->n = 0;
	while (!st && first + size != from) {
		uint64_t k = split(size);
		bool left = from <= first + k;
		st = left ? put_front(s, first + k, size - k, out) : put_front(s, first, k, out);
		first = left ? first : first + k;
		size = left ? k : size - k;
	}
	/* What is the whole of the older tree its receiver has already. */
	return st || first == 0 ? st : put_front(s, first, size, out);
}

/* ---- checking them ---- */

bool merkle_included(struct hasher *h, struct hash256 leaf, uint64_t index, uint64_t size,
		     const struct merkle_proof *proof, struct hash256 root)
{
	if (index >= size)
		return false;
	uint64_t fn = index, sn = size - 1;
	for (size_t i = 0; i < proof->n; i++) {
		if (!sn)
			return false;
		if (fn & 1 || fn == sn) {
			leaf = hasher_node(h, &proof->at[i], &leaf);
			for (; !(fn & 1) && fn; fn >>= 1)
				sn >>= 1;
		} else {
			leaf = hasher_node(h, &leaf, &proof->at[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && !memcmp(leaf.b, root.b, sizeof(root.b));
}

bool merkle_consistent(struct hasher *h, uint64_t from, struct hash256 from_root, uint64_t size,
		       struct hash256 root, const struct merkle_proof *proof)
{
	if (!from || from > size)
		return false;
	if (from == size)
		return !proof->n && !memcmp(from_root.b, root.b, sizeof(root.b));
	bool whole = !(from & (from - 1)); /* the older tree is itself the first node */
	size_t i = 0;
	if (!whole && !proof->n)
		return false;
	struct hash256 fr = whole ? from_root : proof->at[i++], sr = fr;
	uint64_t fn = from - 1, sn = size - 1;
	for (; fn & 1; fn >>= 1)
		sn >>= 1;
	for (; i < proof->n; i++) {
		const struct hash256 *c = &proof->at[i];
		if (!sn)
			return false;
		if (fn & 1 || fn == sn) {
			fr = hasher_node(h, c, &fr);
			sr = hasher_node(h, c, &sr);
			for (; !(fn & 1) && fn; fn >>= 1)
				sn >>= 1;
		} else {
			sr = hasher_node(h, &sr, c);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && !memcmp(fr.b, from_root.b, sizeof(fr.b)) &&
	       !memcmp(sr.b, root.b, sizeof(sr.b));
}
