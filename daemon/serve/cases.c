/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/serve/cases.h"

#include "daemon/replay/recall.h"
#include "engine/base/mem.h"
#include "engine/case/json.h"

/* How many pinned slots one call of cases_trim passes over: they must not make every request walk
 * over all of them. */
#define TRIM_SKIPS 16

void cases_init(struct cases *c, size_t most)
{
	*c = (struct cases){.most = most, .doc = json_doc_new()};
	TAILQ_INIT(&c->in_use);
}

static struct case_slot *slot_new(struct cases *c, struct str id, struct case_state *cs)
{
	struct case_slot *s = mem_alloc(sizeof(*s));
	char *copy = mem_alloc(id.len + 1);
	memcpy(copy, id.p, id.len);
	s->id = (struct str){copy, id.len};
	s->cs = cs;
	s->due = LEDGER_NOT_DUE;
	if (c->vacant.n) {
		s->at = c->vacant.at[--c->vacant.n];
		c->slots.at[s->at] = s;
	} else {
		s->at = (uint32_t)c->slots.n;
		*vec_push(&c->slots) = s;
	}
	map_put(&c->by_id, s->id, s->at);
	TAILQ_INSERT_HEAD(&c->in_use, s, use);
	c->n++;
	return s;
}

void cases_drop(struct cases *c, const struct rulebook *rb, struct case_slot *s)
{
	map_del(&c->by_id, s->id);
	TAILQ_REMOVE(&c->in_use, s, use);
	c->slots.at[s->at] = NULL;
	*vec_push(&c->vacant) = s->at;
	c->n--;
	case_free(rb, s->cs);
	mem_free((char *)s->id.p);
	mem_free(s);
}

static void touch(struct cases *c, struct case_slot *s)
{
	if (TAILQ_FIRST(&c->in_use) == s)
		return;
	TAILQ_REMOVE(&c->in_use, s, use);
	TAILQ_INSERT_HEAD(&c->in_use, s, use);
}

static bool is_whole(const struct rulebook *rb, const struct case_state *cs)
{
	for (size_t i = 0; i < cs->counts.n; i++)
		if (!case_recent_is_whole(rb, cs, &cs->counts.at[i]))
			return false;
	return true;
}

static enum status load(struct cases *c, struct ledger_reader *r, const struct rulebook *rb,
			struct str id, struct case_slot **out, struct buf *why)
{
	struct ledger_case row;
	enum status st = ledger_find_case(r, id, &row);
	if (st) {
		if (st == STATUS_GONE)
			buf_str(why, STR("the case was destroyed"));
		else if (st != STATUS_NOT_FOUND)
			buf_str(why, ledger_reader_error(r));
		return st;
	}
	const struct json *root;
	struct case_state *cs;
	size_t mark = why->len;
	buf_fmt(why, "case number %llu: ", (unsigned long long)row.no);
	st = json_parse(c->doc, row.state, SIZE_MAX, &root, why);
	if (!st)
		st = case_read(rb, root, &cs, why);
	if (st)
		return st;
	if (!is_whole(rb, cs) && (st = recall_days(r, c->doc, rb, cs, 0))) {
		case_free(rb, cs);
		buf_str(why, ledger_reader_error(r));
		return st;
	}
	why->len = mark;
	struct case_slot *s = slot_new(c, id, cs);
	s->no = row.no;
	s->last_seq = row.last_seq;
	s->due = row.next_due;
	*out = s;
	return STATUS_OK;
}

enum status cases_get(struct cases *c, struct ledger_reader *r, const struct rulebook *rb,
		      struct str id, struct case_slot **out, struct buf *why)
{
	uint32_t at = map_get(&c->by_id, id);
	struct case_slot *s = at == MAP_NONE ? NULL : c->slots.at[at];
	if (s && s->gone) {
		buf_str(why, STR("the case is being destroyed"));
		return STATUS_GONE;
	}
	if (s && !s->cs && s->pins) {
		buf_str(why, STR("a case in flight does not fit the new policy"));
		return STATUS_CONFLICT;
	}
	if (s && (!s->cs || s->reads_anew) && !s->pins) {
		cases_drop(c, rb, s);
		s = NULL;
	}
	if (!s) {
		c->misses++;
		return load(c, r, rb, id, out, why);
	}
	c->hits++;
	touch(c, s);
	*out = s;
	return STATUS_OK;
}

struct case_slot *cases_add(struct cases *c, const struct rulebook *rb, struct str id,
			    uint16_t kind, uint16_t county)
{
	return slot_new(c, id, case_new(rb, id, kind, county));
}

void cases_pin(struct case_slot *s)
{
	s->pins++;
}

void cases_unpin(struct case_slot *s)
{
	s->pins--;
}

void cases_trim(struct cases *c, const struct rulebook *rb)
{
	int skipped = 0;
	while (c->n > c->most && skipped < TRIM_SKIPS) {
		struct case_slot *s = TAILQ_LAST(&c->in_use, in_use_list);
		if (s->pins) {
			touch(c, s);
			skipped++;
		} else {
			cases_drop(c, rb, s);
			c->evicted++;
		}
	}
}

bool cases_are_flying(const struct cases *c, struct str id)
{
	uint32_t at = map_get(&c->by_id, id);
	return at != MAP_NONE && c->slots.at[at]->pins;
}

void cases_forget_one(struct cases *c, const struct rulebook *rb, struct str id)
{
	uint32_t at = map_get(&c->by_id, id);
	if (at != MAP_NONE)
		cases_drop(c, rb, c->slots.at[at]);
}

void cases_add_gone(struct cases *c, const struct rulebook *rb, struct str id)
{
	cases_forget_one(c, rb, id);
	struct case_slot *s = slot_new(c, id, NULL);
	s->gone = true;
	s->pins = 1;
}

void cases_forget(struct cases *c, const struct rulebook *rb)
{
	for (struct case_slot *s; (s = TAILQ_FIRST(&c->in_use));)
		cases_drop(c, rb, s);
}

size_t cases_carry(struct cases *c, const struct rulebook *from, const struct rulebook *to)
{
	size_t unfit = 0;
	struct buf why = {0};
	for (struct case_slot *s = TAILQ_FIRST(&c->in_use), *next; s; s = next) {
		next = TAILQ_NEXT(s, use);
		if (!s->pins) {
			cases_drop(c, from, s);
			continue;
		}
		struct case_state *old = s->cs;
		s->cs = old ? case_carry(c->doc, from, old, to, &why) : NULL;
		s->reads_anew = s->cs && !is_whole(to, s->cs);
		unfit += !s->cs && !s->gone;
		case_free(from, old);
	}
	buf_release(&why);
	return unfit;
}

void cases_release(struct cases *c, const struct rulebook *rb)
{
	cases_forget(c, rb);
	map_release(&c->by_id);
	vec_release(&c->slots);
	vec_release(&c->vacant);
	buf_release(&c->json);
	json_doc_free(c->doc);
}
