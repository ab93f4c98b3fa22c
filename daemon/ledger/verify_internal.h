/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WAYMARK_LEDGER_VERIFY_INTERNAL_H
#define WAYMARK_LEDGER_VERIFY_INTERNAL_H

#include "daemon/ledger/log.h"
#include "daemon/ledger/verify.h"

/* What the events say of a case, by its number. */
struct verified_case {
	uint64_t last_seq;
	struct hash256 digest; /* that the last event holds */
	bool has_digest;
};

struct verification {
	const struct verify_config *config;
	struct verify_report *report;
	sqlite3 *db;
	struct hasher hasher;
	VEC(struct verified_case) cases; /* [no - 1] */
	struct buf bytes, row, what;
};

/* Reports v->what about v->row, and clears both. */
void verify_fault(struct verification *v, const char *table);
/* The same in one call: both are formats' results. */
void verify_fault_at(struct verification *v, const char *table, const char *key, int64_t number,
		     const char *what);
/* A statement that cannot be prepared or stepped: a fault of the file when it is that, else
 * STATUS_IO. */
enum status verify_broken(struct verification *v, const char *table);

enum status verify_file(struct verification *v);
enum status verify_schema(struct verification *v);
enum status verify_log(struct verification *v);
enum status verify_tables(struct verification *v);

#endif
