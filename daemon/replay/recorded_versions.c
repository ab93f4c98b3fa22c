/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/replay/recorded_versions.h"

#include "engine/base/limits.h"

static bool on_source(void *arg, struct str name, struct str text)
{
	struct loaded *l = arg;
	l->sources[l->n++] =
	    (struct source){arena_str(&l->arena, name), arena_str(&l->arena, text)};
	return l->n < LIMIT_SOURCES;
}

enum status recorded_version(struct ledger_reader *r, uint32_t number, struct loaded *l,
			     struct buf *why)
{
	diag_init(&l->diags, &l->arena);
	l->sources = arena_array(&l->arena, LIMIT_SOURCES, sizeof(*l->sources));
	enum status st = ledger_policy_sources(r, number, on_source, l);
	if (st == STATUS_IO)
		return st;
	if (!st && !load_compile(l))
		return STATUS_OK;
	buf_fmt(why, "version number %u of the policy does not compile with this program", number);
	return STATUS_INVALID;
}
