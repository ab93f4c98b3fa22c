/* SPDX-License-Identifier: Apache-2.0
 *
 * The Merkle tree of RFC 6962, section 2.1 (the same in RFC 9162), with SHA-256: a leaf is
 * SHA-256(0x00 || bytes), an inner node SHA-256(0x01 || left || right), the empty tree SHA-256 of
 * nothing. It only grows, and what is kept of it in memory is its right edge, so that adding a leaf
 * costs the same however large the tree is.
 *
 *     struct hasher h;
 *     hasher_init(&h);
 *     struct merkle t = {.hasher = &h};
 *     merkle_add(&t, hasher_leaf(&h, row, n));
 *     root = merkle_root(&t);
 *     hasher_release(&h);
 *
 * SHA-256 is OpenSSL's here, since it uses the processor's own instructions for it and the writing
 * thread hashes all that is recorded.
 */
#ifndef WAYMARK_LEDGER_MERKLE_H
#define WAYMARK_LEDGER_MERKLE_H

#include "engine/base/hash.h"
#include "engine/base/status.h"

#define MERKLE_LEVELS 63 /* sizes are SQLite's integers */

struct hasher {
	void *context, *kind;
};
void hasher_init(struct hasher *h);
void hasher_release(struct hasher *h);
struct hash256 hasher_leaf(struct hasher *h, const void *p, size_t n);
struct hash256 hasher_node(struct hasher *h, const struct hash256 *l, const struct hash256 *r);
struct hash256 hasher_plain(struct hasher *h, const void *p, size_t n); /* SHA-256 */

/* A perfect subtree is complete: the one over the leaves [number << level, (number + 1) << level).
 * Levels from 1. */
typedef void merkle_on_node(void *arg, unsigned level, uint64_t number, const struct hash256 *hash);

struct merkle {
	struct hasher *hasher;
	uint64_t size;
	struct hash256
	    edge[MERKLE_LEVELS]; /* [l] of the subtree of 2^l leaves, if size has bit l */
	merkle_on_node *on_node; /* may be NULL */
	void *arg;
};
void merkle_add(struct merkle *t, struct hash256 leaf);
struct hash256 merkle_root(const struct merkle *t);

/* ---- proofs ---- */

/* Where subtrees come from: the hash of the perfect one of 2^level leaves with that number. */
struct merkle_source {
	struct hasher *hasher;
	enum status (*perfect)(void *arg, unsigned level, uint64_t number, struct hash256 *out);
	void *arg;
};

struct merkle_proof {
	struct hash256 at[2 * MERKLE_LEVELS];
	size_t n;
};

/* The root over the first `size` leaves. */
enum status merkle_root_at(const struct merkle_source *s, uint64_t size, struct hash256 *out);
/* PATH(leaf, D[size]), leaf < size. */
enum status merkle_inclusion(const struct merkle_source *s, uint64_t leaf, uint64_t size,
			     struct merkle_proof *out);
/* PROOF(from, D[size]), 0 < from <= size; empty when they are the same. */
enum status merkle_consistency(const struct merkle_source *s, uint64_t from, uint64_t size,
			       struct merkle_proof *out);

/* The checks that whoever gets a proof makes (RFC 9162, sections 2.1.3.2 and 2.1.4.2). */
bool merkle_included(struct hasher *h, struct hash256 leaf, uint64_t index, uint64_t size,
		     const struct merkle_proof *proof, struct hash256 root);
bool merkle_consistent(struct hasher *h, uint64_t from, struct hash256 from_root, uint64_t size,
		       struct hash256 root, const struct merkle_proof *proof);

#endif
