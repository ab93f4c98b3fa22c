/* SPDX-License-Identifier: Apache-2.0
 *
 * Bearer tokens. They stand in a file beside the ledger, LEDGER.tokens: the ledger itself has
 * exactly one writing process, yet `waymark token add` must work while the daemon runs. The file is
 * plain text with one token a line, mode 0600; a change writes a new file, syncs it and renames it
 * over the old one, under the lock LEDGER.tokens.lock. The daemon reads it at start and at SIGHUP.
 *
 *     name role counties sha256 created expires revoked and what it is bound to
 *     ana audit alameda,los_angeles 9f86d0…(64 hex digits) 2026-07-01T00:00:00Z - - 20/40
 *     cms submit alameda 0b1c3e… 2026-07-01T00:00:00Z - - subject=AL- source=/cms/alameda
 *
 * What it is bound to is left out as far as it is not: its own rate (requests a second and at
 * once), subject, source, certificate (64 hex digits), in this order.
 *
 * A token is `wm_` and 43 characters of base64url: 32 random bytes. Only its SHA-256 is kept.
 *
 *     struct tokens t = {0};
 *     if (tokens_load(&t, "waymark.db", &why)) ... say why ...     // no file yet: no tokens
 *     struct token *k = tokens_find(&t, bearer, now_us);     // NULL: 401
 *     if (!token_sees(k, county)) ... 403 ...
 *     tokens_release(&t);
 */
#ifndef WAYMARK_LEDGER_TOKENS_H
#define WAYMARK_LEDGER_TOKENS_H

#include "engine/base/arena.h"
#include "engine/base/bucket.h"
#include "engine/base/hash.h"
#include "engine/base/status.h"
#include "engine/values/zone.h"

enum role {
#define ROLES(X)                                                                                   \
	X(ROLE_SUBMIT, "submit")                                                                   \
	X(ROLE_READ, "read")                                                                       \
	X(ROLE_AUDIT, "audit")                                                                     \
	X(ROLE_AUTHOR, "author")                                                                   \
	X(ROLE_APPROVE, "approve")                                                                 \
	X(ROLE_ADMIN, "admin")
#define X(constant, name) constant,
	ROLES(X)
#undef X
};

struct token {
	struct str name; /* letters, digits, '_', '-', '.'; unique among all, revoked ones too */
	enum role role;
	struct str *counties; /* n 0: all counties, written '*' */
	size_t n;
	struct hash256 hash;
	int64_t created;
	int64_t expires;            /* TIME_NEVER: does not */
	int64_t revoked;            /* TIME_NEVER: is not */
	struct rate rate;           /* per_s 0: none of its own */
	struct str subject;         /* ids of cases that it sends events of begin so; empty: any */
	struct str source;          /* and so the sources of these events */
	struct hash256 certificate; /* SHA-256 of the client's certificate that it needs */
	bool has_certificate;
	struct bucket bucket; /* of what it may ask for now: the daemon's; not in the file */
};

struct tokens {
	struct arena arena;
	struct token *at;
	size_t n, cap;
};

#define TOKEN_CHARS 46 /* wm_ and 43 more */

/* Reads PATH.tokens of the ledger at `path`; any earlier content is released, also on failure.
 * STATUS_INVALID: a line is wrong; STATUS_IO. *why gets a sentence. */
enum status tokens_load(struct tokens *t, const char *path, struct buf *why);
void tokens_release(struct tokens *t);
/* After a reload: what each may ask for now is as it was. */
void tokens_carry(struct tokens *fresh, const struct tokens *old);

/* The token that is neither expired nor revoked; NULL when there is none. The work is the same for
 * every bearer, whether unknown, expired, revoked or good: one hash, compared with that of every
 * token, each comparison in constant time. */
struct token *tokens_find(const struct tokens *t, struct str bearer, int64_t now_us);
bool token_sees(const struct token *k, struct str county);
/* Whether it may send events with this subject and source. */
bool token_names(const struct token *k, struct str subject, struct str source);

/* A copy of its counties, which outlives it. */
struct str *token_counties(const struct token *k, struct arena *a);

struct str role_name(enum role role);
bool role_read(struct str s, enum role *role);

/* What ids begin with: printable ASCII without spaces. */
bool token_prefix_read(struct str s, struct str *out);
/* 64 hexadecimal digits, with or without colons between pairs. */
bool token_certificate_read(struct str s, struct hash256 *out);
/* 20, or 20/40: requests a second, and at once (else twice as many). */
bool rate_read(struct str s, struct rate *out);

/* Adds a token to the file and appends the secret to *secret: it is shown once and kept nowhere.
 * All of `wanted` counts but hash and revoked. STATUS_CONFLICT: the name is taken. STATUS_INVALID:
 * a bad name. */
enum status token_add(const char *path, const struct token *wanted, struct buf *secret,
		      struct buf *why);
/* STATUS_NOT_FOUND: no such name. One that is revoked already stays as it is. */
enum status token_revoke(const char *path, struct str name, int64_t now_us, struct buf *why);

#endif
