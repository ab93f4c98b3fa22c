/* SPDX-License-Identifier: Apache-2.0
 *
 * From a folder on disk to a rulebook: reads the files, gets the time zone, compiles.
 *
 *     struct loaded l = {0};
 *     struct buf why = {0};
 *     enum status s = load_rulebook(&l, "policies", &why);
 *     load_report(&l, &text, ...);      // diagnostics, also when all went well (warnings)
 *     if (s == STATUS_OK) use(l.rb);    // take a reference to keep it beyond load_release
 *     load_release(&l);
 */
#ifndef WAYMARK_WIRE_LOAD_H
#define WAYMARK_WIRE_LOAD_H

#include "engine/base/diag.h"
#include "engine/policy/policy.h"
#include "grammar/compile.h"

struct loaded {
	struct arena arena;
	struct str root;        /* as the user wrote it; shown before the names of the files */
	struct source *sources; /* in order of name */
	size_t n;
	struct diag_list diags;
	struct rulebook *rb; /* NULL unless it compiled */
	struct names *names; /* for the caller to set: what is named where is wanted, too */
};

/* Reads all *.way files below a folder, or one such file. STATUS_IO, STATUS_NOT_FOUND or
 * STATUS_LIMIT: a sentence is appended to *why. */
enum status load_sources(struct loaded *l, const char *path, struct buf *why);

/* The same, and compiles. STATUS_INVALID: the policy has errors, see load_report. */
enum status load_rulebook(struct loaded *l, const char *path, struct buf *why);

/* Compiles sources that are at hand already (from the ledger, say). */
enum status load_compile(struct loaded *l);

/* What the compiler needs of the world; alive as long as *l. */
struct compile_env load_env(struct loaded *l);

void load_report(const struct loaded *l, struct buf *out, bool json, bool colour);
void load_release(struct loaded *l);

/* A whole file, at most `most` bytes; appended. */
enum status load_file(const char *path, size_t most, struct buf *out, struct buf *why);

#endif
