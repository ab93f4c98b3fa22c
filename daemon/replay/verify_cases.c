/* SPDX-License-Identifier: Apache-2.0
 *
 * The cases of a replay, in memory.
 */
#include "daemon/replay/verify_internal.h"

#include "daemon/replay/recall.h"
#include "daemon/wire/case_read.h"
#include "engine/base/mem.h"

#include <string.h>

/* ---- cases ---- */

struct replay_case *replay_find(struct replay *r, struct str id)
{
	uint32_t at = map_get(&r->by_id, id);
	return at == MAP_NONE ? NULL : &r->cases.at[at];
}

struct replay_case *replay_add(struct replay *r, struct str id, struct case_state *cs,
			       struct replay_version *v)
{
	char *copy = mem_alloc(id.len + 1);
	memcpy(copy, id.p, id.len);
	struct replay_case *c = vec_push(&r->cases);
	*c = (struct replay_case){.id = {copy, id.len}, .cs = cs, .version = v};
	map_put(&r->by_id, c->id, (uint32_t)(r->cases.n - 1));
	return c;
}

static void drop_carried(struct replay_case *c)
{
	if (c->carried)
		case_free(c->carried_to->loaded.rb, c->carried);
	c->carried = NULL;
}

/* What the case has not kept of its days is read from what is recorded of it up to now. */
static enum status read_as(struct replay *r, const struct replay_case *c, struct replay_version *v,
			   struct case_state **out)
{
	const struct rulebook *rb = v->loaded.rb;
	buf_clear(&r->what);
	*out = case_carry(r->other, c->version->loaded.rb, c->cs, rb, &r->what);
	return *out ? recall_days(r->past, r->other, rb, *out, c->last_seq) : STATUS_CONFLICT;
}

bool replay_copy(struct replay *r, const struct replay_case *c, struct replay_case *out)
{
	*out = *c;
	out->carried = NULL;
	return !read_as(r, c, c->version, &out->cs);
}

bool replay_carry(struct replay *r, struct replay_case *c, struct replay_version *v)
{
	struct case_state *cs;
	if (c->version == v) {
		drop_carried(c);
		return true;
	}
	if (c->carried && c->carried_to == v) {
		cs = c->carried;
		c->carried = NULL;
	} else if (read_as(r, c, v, &cs)) {
		return false;
	}
	drop_carried(c);
	case_free(c->version->loaded.rb, c->cs);
	c->cs = cs;
	c->version = v;
	return true;
}

const struct case_state *replay_look(void *arg, uint16_t kind, struct str id)
{
	struct replay_version *v = arg;
	struct replay_case *c = replay_find(v->replay, id);
	const struct case_state *cs = c ? c->cs : NULL;
	if (c ? c->passed : gone_is(&v->replay->gone, id))
		v->replay->unsure = true;
	if (c && c->version != v) {
		if (!c->carried || c->carried_to != v) {
			drop_carried(c);
			if (read_as(v->replay, c, v, &c->carried))
				c->carried = NULL;
			c->carried_to = v;
		}
		cs = c->carried;
	}
	return cs && cs->kind == kind ? cs : NULL;
}

void replay_pass(struct replay *r, struct replay_case *c, uint64_t seq)
{
	if (r->trying)
		return;
	if (c && !c->passed)
		r->report->passed++;
	if (c) {
		c->passed = true;
		c->last_seq = seq;
	}
	if (gone_draw(&r->gone, seq))
		r->failed = STATUS_IO;
}

void replay_release(struct replay *r)
{
	for (size_t i = 0; i < r->cases.n; i++) {
		struct replay_case *c = &r->cases.at[i];
		drop_carried(c);
		case_free(c->version->loaded.rb, c->cs);
		mem_free((char *)c->id.p);
	}
	replay_release_versions(r);
	vec_release(&r->cases);
	vec_release(&r->may);
	gone_release(&r->gone);
	map_release(&r->by_id);
	pots_release(&r->pots);
	event_reader_release(&r->events);
	json_doc_free(r->doc);
	json_doc_free(r->other);
	arena_release(&r->arena);
	buf_release(&r->json);
	buf_release(&r->what);
	buf_release(&r->path);
	ledger_reader_close(r->reader);
	ledger_reader_close(r->past);
}
