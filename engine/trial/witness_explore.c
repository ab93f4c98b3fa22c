/* SPDX-License-Identifier: Apache-2.0
 *
 * Histories that are too long for all of them to be tried: a few lines by chance are added to one
 * that has led the case to where none had been, again and again; each that does so again joins
 * them. So counters get as far as they must, and steps are reached one after another. The same
 * search goes the same way each time.
 */
#include "engine/trial/witness_internal.h"

#define ADDED_MOST 5u    /* lines at once */
#define GROWN_MOST 4096u /* histories to grow from */

struct exploring {
	struct search *s;
	uint64_t state;
	VEC(struct history_tried) grown;
	VEC(size_t) events; /* in the list of letters, where those of the next event begin */
	struct map known;   /* outlines, in hex */
	struct arena arena;
};

static size_t roll(struct exploring *x, size_t n)
{
	x->state += 0x9E3779B97F4A7C15u;
	uint64_t z = x->state;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (size_t)((z ^ (z >> 31)) % n);
}

/* Each type of event alike, however many values its fields may have. */
static const struct letter *any_letter(struct exploring *x)
{
	const struct alphabet *a = &x->s->alphabet;
	size_t i = roll(x, x->events.n);
	size_t from = x->events.at[i];
	size_t until = i + 1 < x->events.n ? x->events.at[i + 1] : a->letters.n;
	return &a->letters.at[from + roll(x, until - from)];
}

/* Days follow one another, or are the same, as often as all other lengths of time. */
static int32_t any_gap(struct exploring *x)
{
	const struct alphabet *a = &x->s->alphabet;
	size_t few = a->ngaps < 2 ? a->ngaps : 2;
	return a->gaps[roll(x, 2) ? roll(x, few) : roll(x, a->ngaps)];
}

static struct history_tried something(struct exploring *x)
{
	const struct alphabet *a = &x->s->alphabet;
	if (x->grown.n && roll(x, 8)) {
		size_t late = 1 + x->grown.n / 4;
		return x->grown
		    .at[roll(x, 2) ? roll(x, x->grown.n) : x->grown.n - 1 - roll(x, late)];
	}
	return (struct history_tried){.start = a->starts[roll(x, a->nstarts)],
				      .self = a->people.at[roll(x, a->people.n)],
				      .rounds = 1};
}

static void add_lines(struct exploring *x, struct history_tried *h)
{
	for (size_t more = 1 + roll(x, ADDED_MOST); more && h->n < WITNESS_LONGEST; more--) {
		const struct letter *l = any_letter(x);
		int32_t gap = h->n ? any_gap(x) : 0;
		if (l->event == NONE && h->n && !gap)
			gap = 1;
		h->lines[h->n++] = (struct line){l, gap, l->times};
	}
}

static bool is_new(struct exploring *x, struct hash128 outline)
{
	char hex[2 * sizeof(outline.b)];
	hash_hex(outline.b, sizeof(outline.b), hex);
	struct str key = arena_str(&x->arena, (struct str){hex, sizeof(hex)});
	return map_put(&x->known, key, 0);
}

static void keep_new(struct exploring *x, struct history_tried h, size_t from, size_t until,
		     const struct hash128 *outlines)
{
	for (size_t i = from; i < until; i++) {
		h.n = i + 1;
		if (x->grown.n < GROWN_MOST && h.n < WITNESS_LONGEST && is_new(x, outlines[i]))
			*vec_push(&x->grown) = h;
	}
}

static bool one_more(struct exploring *x, struct history_tried *h)
{
	struct hash128 outlines[WITNESS_LONGEST];
	*h = something(x);
	size_t from = h->n;
	add_lines(x, h);
	size_t at = history_walk(x->s, h, outlines);
	keep_new(x, *h, from, at, outlines);
	if (at == h->n)
		return false;
	h->n = at + 1;
	return history_shows(x->s, h);
}

bool explore(struct search *s, struct history_tried *h)
{
	struct exploring x = {.s = s};
	const struct alphabet *a = &s->alphabet;
	bool found = false;
	for (size_t i = 0; i < a->letters.n; i++)
		if (!i || a->letters.at[i].event != a->letters.at[i - 1].event)
			*vec_push(&x.events) = i;
	while (s->left && a->people.n && !found)
		found = one_more(&x, h);
	vec_release(&x.grown);
	vec_release(&x.events);
	map_release(&x.known);
	arena_release(&x.arena);
	return found;
}
