/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger/divergence.h"

#include "daemon/ledger/ledger_internal.h"

/* Rows of other counties that one call passes over, so that it ends in time. */
#define SCAN_MOST 20000

void ledger_unit_divergence(struct ledger_unit *u, const struct ledger_divergence *d)
{
	struct ledger_divergence_row *row = arena_alloc(&u->arena, sizeof(*row));
	row->divergence = *d;
	row->divergence.county = arena_str(&u->arena, d->county);
	row->divergence.kind = arena_str(&u->arena, d->kind);
	row->divergence.real = arena_str(&u->arena, d->real);
	row->divergence.shadow = arena_str(&u->arena, d->shadow);
	row->divergence.why = arena_str(&u->arena, d->why);
	if (u->last_divergence)
		u->last_divergence->next = row;
	else
		u->divergences = row;
	u->last_divergence = row;
}

static bool wanted(struct str county, const struct str *counties, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(counties[i], county))
			return true;
	return n == 0;
}

enum status ledger_divergences(struct ledger_reader *r, uint32_t policy, uint64_t after,
			       size_t most, const struct str *counties, size_t ncounties,
			       uint64_t *reached, ledger_on_divergence *on, void *arg)
{
	sqlite3_stmt *s = sql_prepare(ledger_reader_db(r),
				      "SELECT number, at_us, seq, county, kind, real, shadow,"
				      " why FROM shadow_divergences"
				      " WHERE policy = ?1 AND number > ?2 ORDER BY number");
	if (!s)
		return STATUS_IO;
	sql_bind_int(s, 1, policy);
	sql_bind_int(s, 2, (int64_t)after);
	enum step step = STEP_DONE;
	*reached = after;
	for (size_t seen = 0; most && seen < SCAN_MOST && (step = sql_step(s)) == STEP_ROW;
	     seen++) {
		struct ledger_divergence d = {
		    .number = (uint64_t)sqlite3_column_int64(s, 0),
		    .at_us = sqlite3_column_int64(s, 1),
		    .policy = policy,
		    .seq = (uint64_t)sqlite3_column_int64(s, 2),
		    .county = sql_text(s, 3),
		    .kind = sql_text(s, 4),
		    .real = sql_text(s, 5),
		    .shadow = sql_text(s, 6),
		    .why = sql_text(s, 7),
		};
		*reached = d.number;
		if (!wanted(d.county, counties, ncounties))
			continue;
		on(arg, &d);
		most--;
	}
	sqlite3_finalize(s);
	return step == STEP_FAILED ? STATUS_IO : STATUS_OK;
}
