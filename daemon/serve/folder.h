/* SPDX-License-Identifier: Apache-2.0
 *
 * The folder of policies as a way for a version to come in: what it says, whether that may be in
 * force, whether it is new, and what is then recorded.
 *
 *     struct folder f = {.path = "policies", .ledger = "waymark.db", .trust = d->trust};
 *     enum status st = folder_read(&f);           // compiles, checks the signature: any thread
 *     if (!st && folder_is_news(d, &f))
 *             st = folder_fits(&f);               // looks at all cases: any thread
 *     if (st) ... f.text says why; the old one stays ...
 *     else if (!folder_bring(d, &f, landed)) ... nothing new, or f.text says why not ...
 *     folder_release(&f);
 */
#ifndef WAYMARK_SERVE_FOLDER_H
#define WAYMARK_SERVE_FOLDER_H

#include "daemon/serve/trust.h"

struct flight;

struct folder {
	const char *path, *ledger;
	struct trust trust;
	struct rulebook *rb;    /* NULL: it must not be in force */
	struct rulebook *known; /* a version that all cases fit; may be NULL */
	uint64_t looked_at;     /* so many cases, for this version */
	struct buf text;        /* why, or warnings */
	struct buf signature;
	struct minisign_seal seal; /* its comment is in `signature` */
};

/* STATUS_INVALID: it has errors, or no good signature. Anything else: it cannot be read. */
enum status folder_read(struct folder *f);
/* Takes the version in force, which all cases fit, for folder_fits. */
void folder_know(struct daemon *d, struct folder *f);
/* Whether the folder has something that may come to be in force: not what is, and not what it had
 * when it was last read. */
bool folder_is_news(struct daemon *d, const struct folder *f);
/* STATUS_CONFLICT: cases would be left nowhere. STATUS_IO: they could not be looked at. */
enum status folder_fits(struct folder *f);

/* What there is to record. False: nothing; then f->rb is NULL when the version may not come in, and
 * f->text says why. With approval asked for (serve --approval) a version that nobody has approved
 * is recorded as uploaded, and *waits is set. `first`: the ledger has no version yet. */
bool folder_bring(struct daemon *d, struct folder *f, bool first, bool *waits,
		  void (*landed)(struct daemon *d, struct flight *f));

/* Forgets what was read, but not where. */
void folder_reset(struct folder *f);
void folder_release(struct folder *f);

#endif
