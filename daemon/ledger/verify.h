/* SPDX-License-Identifier: Apache-2.0
 *
 * Is the ledger as it was written? Everything is looked at once, on a read-only connection and as
 * of one moment, so a ledger in use can be verified, and a copy too:
 *   - the file, as SQLite checks it; the tables, indexes and triggers against those of this
 * version;
 *   - every row against its leaf, every row of the log, every root and stored subtree;
 *   - numbers without gaps, the chains of the cases' events, references;
 *   - the tables that change against the rows that they follow from;
 *   - a head that was kept elsewhere (head.h), against the tree at that size.
 *
 *     struct verify_report report;
 *     struct verify_config config = {.path = "waymark.db", .on_fault = on_fault, .arg = x};
 *     switch (ledger_verify(&config, &report, &why)) {
 *     case STATUS_OK: report.faults == 0: it is
 *     case STATUS_INVALID: not a ledger of this version; why says so
 *     default: it cannot be read; why says so
 *     }
 *
 * Who can write to the file can make a whole new log, which agrees with itself. Only a head that
 * was kept elsewhere, or a signature by a key that is kept elsewhere, tells that from the old one.
 */
#ifndef WAYMARK_LEDGER_VERIFY_H
#define WAYMARK_LEDGER_VERIFY_H

#include "daemon/ledger/head.h"

#define VERIFY_FAULTS_MOST 1000 /* told; the others are counted */

struct verify_fault {
	const char *table; /* "file" of the file as a whole, "head" of the one given */
	struct str row;    /* "seq 17"; empty: no row in particular */
	struct str what;
};

struct verify_config {
	const char *path;
	const struct head *head;    /* that was kept elsewhere; NULL: none */
	const struct head_key *key; /* that the ledger should be signed by; NULL: the one in it */
	void (*on_fault)(void *arg, const struct verify_fault *f);
	void (*on_progress)(void *arg, uint64_t done, uint64_t of); /* leaves; may be NULL */
	void *arg;
};

struct verify_report {
	uint64_t faults;
	uint64_t leaves, later; /* later: for rows that are older than the log */
	uint64_t events, outcomes, cases;
	bool is_signed;
	struct hash256 root;
	int64_t at_us; /* of the last transaction */
};

enum status ledger_verify(const struct verify_config *config, struct verify_report *out,
			  struct buf *why);

#endif
