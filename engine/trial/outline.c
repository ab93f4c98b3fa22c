/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a case stands, in outline: numbers only as far as they lie between others that are
 * compared, lengths of time likewise, and small counts as they are, so that a counter that must go
 * far is seen to go.
 */
#include "engine/trial/witness_internal.h"

#define COUNTED 12 /* exactly so far */
#define PARTS   16 /* of the way to the greatest number that is compared */

static void put(struct buf *b, int64_t n)
{
	buf_i64(b, n);
	buf_char(b, ' ');
}

static int64_t rank(const struct values *among, int64_t n)
{
	int64_t below = 0;
	for (size_t i = 0; i < among->n; i++)
		below += among->at[i].i <= n;
	return below;
}

static void put_count(struct buf *b, const struct alphabet *a, int64_t n)
{
	const struct values *pool = &a->pool[TYPE_NUMBER];
	int64_t most = 1;
	for (size_t i = 0; i < pool->n; i++)
		most = pool->at[i].i > most ? pool->at[i].i : most;
	put(b, n < COUNTED ? n : COUNTED + rank(pool, n));
	put(b, n < COUNTED || n >= most ? 0 : PARTS * n / most);
}

static void put_days(struct buf *b, const struct alphabet *a, int64_t days)
{
	put(b, days < 0 ? -1 : rank(&a->periods, days));
}

static void put_facts(struct buf *b, const struct rulebook *rb, const struct case_state *cs)
{
	for (uint16_t i = 0; i < rb->kinds[cs->kind].nfacts; i++) {
		struct value v = cs->facts[i];
		if (v.known && type_is_text(v.kind))
			buf_json(b, value_as_str(v));
		else
			put(b, v.known ? v.i : INT64_MIN);
	}
}

static void put_events(struct buf *b, const struct alphabet *a, const struct case_state *cs,
		       int32_t day)
{
	for (size_t i = 0; i < cs->counts.n; i++) {
		put(b, cs->counts.at[i].event);
		put_count(b, a, cs->counts.at[i].n);
		put_days(b, a, day - cs->counts.at[i].last_day);
	}
}

static void put_under_way(struct buf *b, const struct alphabet *a, const struct case_state *cs,
			  int32_t day)
{
	for (size_t i = 0; i < cs->positions.n; i++) {
		put(b, cs->positions.at[i].escalation);
		put(b, cs->positions.at[i].step);
	}
	for (size_t i = 0; i < cs->due.n; i++) {
		put(b, cs->due.at[i].kind);
		put(b, cs->due.at[i].part);
		put(b, cs->due.at[i].action);
		put_days(b, a, cs->due.at[i].day - day);
	}
	for (size_t i = 0; i < cs->running.n; i++) {
		put(b, cs->running.at[i].schedule);
		put_count(b, a, cs->running.at[i].paid);
	}
	for (size_t i = 0; i < cs->proposals.n; i++)
		put(b, cs->proposals.at[i].part);
}

static void put_sums(struct buf *b, const struct alphabet *a, const struct case_state *cs)
{
	put(b, rank(&a->pool[TYPE_MONEY], case_balance(cs)));
	put_count(b, a, (int64_t)cs->owed.n);
	for (size_t i = 0; i < cs->used.n; i++) {
		put(b, cs->used.at[i].limit);
		put(b, rank(&a->pool[TYPE_MONEY], cs->used.at[i].n));
	}
	for (size_t i = 0; i < cs->paid.n; i++)
		put(b, rank(&a->pool[TYPE_MONEY], cs->paid.at[i].cents));
}

struct hash128 case_outline(const struct alphabet *a, const struct rulebook *rb,
			    const struct case_state *cs, int32_t day)
{
	struct buf b = {0};
	if (!cs)
		return (struct hash128){0};
	put_facts(&b, rb, cs);
	buf_char(&b, '/');
	put_events(&b, a, cs, day);
	buf_char(&b, '/');
	put_under_way(&b, a, cs, day);
	buf_char(&b, '/');
	put_sums(&b, a, cs);
	for (size_t i = 0; i < cs->placed.n; i++)
		put(&b, cs->placed.at[i].docket * 2 + (cs->placed.at[i].meeting > day));
	for (size_t i = 0; i < cs->places.n; i++)
		put(&b, cs->places.at[i].capacity * 2 + cs->places.at[i].waiting);
	struct hash128 h = hash_sip(b.p, b.len);
	buf_release(&b);
	return h;
}
