/* SPDX-License-Identifier: Apache-2.0
 *
 * The text that is signed for a version of the policy: its digest, and that of each file. It is the
 * same bytes wherever it is made. In a folder of policies its signature is the file
 * manifest.minisig; the manifest itself need not be there.
 *
 *     waymark policy 1
 *     version a51c7b6bb23d27f3… (64 hex digits)
 *     9f86d081884c7d65… (64 hex digits)  counties/alameda.way
 */
#ifndef WAYMARK_WIRE_MANIFEST_H
#define WAYMARK_WIRE_MANIFEST_H

#include "engine/policy/policy.h"

#define MANIFEST_SIGNATURE "manifest.minisig"

void manifest_text(struct buf *b, const struct rulebook *rb);

/* The signature of a rulebook in a folder, or beside the one file that it is; empty when there is
 * none. STATUS_IO, STATUS_LIMIT: it cannot be read; *why gets a sentence. */
enum status manifest_signature(const char *rulebook, struct buf *out, struct buf *why);

#endif
