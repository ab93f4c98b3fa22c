/* SPDX-License-Identifier: Apache-2.0
 *
 * The search: dimension after dimension takes each of its pieces, and as soon as something wanted
 * cannot come out any more, the rest of that branch is left out. A condition is worked out with
 * what is left of each dimension, in Kleene's three values as decide does it, so that each gives
 * the set of what it can still be.
 */
#include "engine/analyse/linear.h"
#include "engine/analyse/space_internal.h"

#include <stdlib.h>

/* ---- what a condition can be ---- */

static uint32_t dimension_truths(const struct dimension *d, bool all, bool any)
{
	uint32_t out = 0;
	if (!d->assigned || !d->unknown)
		out |= (any ? TRUTH_MET : 0) | (all ? 0 : TRUTH_NOT_MET);
	if (d->optional && (!d->assigned || d->unknown))
		out |= TRUTH_UNDECIDABLE;
	return out;
}

static uint32_t within_truths(const struct dimension *d, const struct node *n)
{
	return dimension_truths(d, n->low <= d->low && d->high <= n->high,
				n->low <= d->high && d->low <= n->high);
}

static uint32_t steps_truths(const struct dimension *d, const struct node *n)
{
	bool all = true, any = false;
	for (int64_t step = d->low; step <= d->high; step++) {
		all = all && (n->steps >> step & 1);
		any = any || (n->steps >> step & 1);
	}
	return dimension_truths(d, all, any);
}

static uint32_t known_truths(const struct dimension *d)
{
	if (!d->optional)
		return TRUTH_MET;
	return d->assigned ? (d->unknown ? TRUTH_NOT_MET : TRUTH_MET) : TRUTH_MET | TRUTH_NOT_MET;
}

static uint32_t inverse(uint32_t t)
{
	return (t & TRUTH_NOT_MET ? TRUTH_MET : 0) | (t & TRUTH_MET ? TRUTH_NOT_MET : 0) |
	       (t & TRUTH_UNDECIDABLE);
}

static uint32_t conjunction(uint32_t x, uint32_t y)
{
	uint32_t out = (x | y) & TRUTH_NOT_MET;
	out |= x & y & TRUTH_MET;
	if ((x & TRUTH_UNDECIDABLE && y & (TRUTH_MET | TRUTH_UNDECIDABLE)) ||
	    (y & TRUTH_UNDECIDABLE && x & (TRUTH_MET | TRUTH_UNDECIDABLE)))
		out |= TRUTH_UNDECIDABLE;
	return out;
}

/* Nodes stand behind those that they are made of, so one sweep works all of them out. */
static uint32_t node_truths(const struct space *s, const struct node *n)
{
	uint32_t left = s->truths[n->left], right = s->truths[n->right];
	switch (n->kind) {
	case NODE_FIXED:
		return n->truths;
	case NODE_WITHIN:
		return within_truths(&s->dims.at[n->dimension], n);
	case NODE_STEPS:
		return steps_truths(&s->dims.at[n->dimension], n);
	case NODE_KNOWN:
		return known_truths(&s->dims.at[n->dimension]);
	case NODE_DECIDED:
		return (left & (TRUTH_MET | TRUTH_NOT_MET) ? TRUTH_MET : 0) |
		       (left & TRUTH_UNDECIDABLE ? TRUTH_NOT_MET : 0);
	case NODE_MET:
		return (left & TRUTH_MET) |
		       (left & (TRUTH_NOT_MET | TRUTH_UNDECIDABLE) ? TRUTH_NOT_MET : 0);
	case NODE_NOT:
		return inverse(left);
	case NODE_AND:
		return conjunction(left, right);
	case NODE_OR:
		return inverse(conjunction(inverse(left), inverse(right)));
	case NODE_OR_UNKNOWN:
		return (left & TRUTH_NOT_MET) |
		       (left & (TRUTH_MET | TRUTH_UNDECIDABLE) ? TRUTH_MET : 0);
	}
	return TRUTH_MET | TRUTH_NOT_MET | TRUTH_UNDECIDABLE;
}

enum wish { WISH_LOST, WISH_OPEN, WISH_SETTLED };

static enum wish wishes(const struct space *s)
{
	enum wish all = WISH_SETTLED;
	for (size_t i = 0; i < s->nodes.n; i++)
		s->truths[i] = node_truths(s, &s->nodes.at[i]);
	for (size_t i = 0; i < s->wanted.n; i++) {
		uint32_t t = s->truths[s->wanted.at[i].node];
		if (!(t & s->wanted.at[i].truths))
			return WISH_LOST;
		if (t & ~s->wanted.at[i].truths)
			all = WISH_OPEN;
	}
	return all;
}

/* ---- cutting ---- */

static void cut(struct dimension *d, int64_t at)
{
	if (at <= d->min || at > d->max)
		return;
	size_t i = d->cuts.n;
	for (size_t k = 0; k < d->cuts.n; k++)
		if (d->cuts.at[k] == at)
			return;
	(void)vec_push(&d->cuts);
	for (; i > 0 && d->cuts.at[i - 1] > at; i--)
		d->cuts.at[i] = d->cuts.at[i - 1];
	d->cuts.at[i] = at;
}

static int64_t clamp(__int128 x)
{
	return x < -FAR ? -FAR : x > FAR ? FAR : (int64_t)x;
}

static void range_sum(const struct space *s, struct dimension *d)
{
	__int128 low = 0, high = 0;
	for (uint16_t i = 0; i < d->nparts; i++) {
		const struct dimension *p = &s->dims.at[d->part[i]];
		bool up = d->times[i] > 0;
		low += (__int128)d->times[i] * (up ? p->min : p->max);
		high += (__int128)d->times[i] * (up ? p->max : p->min);
	}
	d->min = clamp(low);
	d->max = clamp(high);
}

static void cut_all(struct space *s)
{
	int64_t texts = 0;
	for (size_t i = 0; i < s->dims.n; i++)
		texts += type_is_text(s->dims.at[i].type.kind);
	for (size_t i = 0; i < s->dims.n; i++) {
		struct dimension *d = &s->dims.at[i];
		/* texts that are named nowhere: one for each, so that all may differ */
		if (d->kind == DIMENSION_TERM && type_is_text(d->type.kind))
			d->max = (int64_t)s->texts.n + texts - 1;
	}
	for (size_t i = 0; i < s->dims.n; i++)
		if (s->dims.at[i].kind == DIMENSION_SUM)
			range_sum(s, &s->dims.at[i]);
	for (size_t i = 0; i < s->nodes.n; i++) {
		const struct node *n = &s->nodes.at[i];
		struct dimension *d = s->dims.n ? &s->dims.at[n->dimension] : NULL;
		if (n->kind == NODE_WITHIN) {
			cut(d, n->low);
			cut(d, n->high + 1);
		}
		for (int64_t step = 1; n->kind == NODE_STEPS && step <= d->max; step++)
			cut(d, step);
	}
	for (size_t i = 0; i < s->ties.n; i++) {
		const struct tie *t = &s->ties.at[i];
		if (t->kind == TIE_SINCE)
			cut(&s->dims.at[t->a], t->before + 1);
	}
}

static void order_all(struct space *s)
{
	for (int inexact = 0; inexact < 2; inexact++)
		for (size_t i = 0; i < s->dims.n; i++)
			if (s->dims.at[i].inexact == inexact)
				*vec_push(&s->order) = (uint16_t)i;
}

/* ---- what goes together ---- */

static bool tie_holds(const struct space *s, const struct tie *t)
{
	const struct dimension *a = &s->dims.at[t->a], *b = &s->dims.at[t->b];
	if (!a->assigned || !b->assigned)
		return true;
	switch (t->kind) {
	case TIE_SINCE:
		return b->unknown == (a->high <= t->before);
	case TIE_OPTIONAL:
		return !a->unknown || b->unknown;
	case TIE_KNOWN:
		return a->unknown == b->unknown;
	case TIE_APART:
		return a->low == 0 || b->low == 0;
	case TIE_LESS:
		return a->low <= b->high;
	}
	return true;
}

/* Can a sum be what it has been given, by the ends of its parts? */
static bool sum_holds(const struct space *s, const struct dimension *d)
{
	__int128 low = 0, high = 0;
	bool unknown = false;
	for (uint16_t i = 0; i < d->nparts; i++) {
		const struct dimension *p = &s->dims.at[d->part[i]];
		bool up = d->times[i] > 0;
		if (!p->assigned && p->optional)
			return true; /* its parts come later */
		unknown |= p->assigned && p->unknown;
		low += (__int128)d->times[i] * (up ? p->low : p->high);
		high += (__int128)d->times[i] * (up ? p->high : p->low);
	}
	if (unknown || d->unknown)
		return unknown == d->unknown;
	return low <= d->high && d->low <= high;
}

static bool goes_together(const struct space *s, uint16_t dim)
{
	for (size_t i = 0; i < s->ties.n; i++)
		if ((s->ties.at[i].a == dim || s->ties.at[i].b == dim) &&
		    !tie_holds(s, &s->ties.at[i]))
			return false;
	const struct dimension *d = &s->dims.at[dim];
	return d->kind != DIMENSION_SUM || sum_holds(s, d);
}

/* ---- sums that were given a piece, all at once ---- */

struct unknowns {
	uint16_t dims[LIMIT_UNKNOWNS];
	size_t n;
	struct linear_row *rows;
	size_t nrows;
	bool too_many;
};

static size_t unknown_of(struct unknowns *u, uint16_t dim)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->dims[i] == dim)
			return i;
	if (u->n == LIMIT_UNKNOWNS) {
		u->too_many = true;
		return 0;
	}
	u->dims[u->n] = dim;
	return u->n++;
}

static void bound(struct unknowns *u, const struct linear_row *row, const struct dimension *d)
{
	struct linear_row down = *row;
	for (size_t i = 0; i < LIMIT_UNKNOWNS; i++)
		down.coef[i] = -row->coef[i];
	if (d->high < FAR) {
		u->rows[u->nrows] = *row;
		u->rows[u->nrows++].most = d->high;
	}
	if (d->low > -FAR) {
		u->rows[u->nrows] = down;
		u->rows[u->nrows++].most = -d->low;
	}
}

static void gather_ties(struct space *s, struct unknowns *u)
{
	for (size_t i = 0; i < s->ties.n; i++) {
		const struct tie *t = &s->ties.at[i];
		if (t->kind != TIE_LESS)
			continue;
		struct linear_row row = {0};
		size_t a = unknown_of(u, t->a), b = unknown_of(u, t->b);
		row.coef[a] = 1;
		row.coef[b] -= 1;
		u->rows[u->nrows++] = row;
	}
}

static void gather(struct space *s, struct unknowns *u)
{
	gather_ties(s, u);
	for (size_t i = 0; i < s->dims.n; i++) {
		const struct dimension *d = &s->dims.at[i];
		struct linear_row row = {0};
		if (d->kind != DIMENSION_SUM || !d->assigned || d->unknown)
			continue;
		for (uint16_t k = 0; k < d->nparts; k++)
			row.coef[unknown_of(u, d->part[k])] += d->times[k];
		bound(u, &row, d);
	}
	for (size_t i = 0; i < u->n; i++) {
		struct linear_row row = {0};
		row.coef[i] = 1;
		bound(u, &row, &s->dims.at[u->dims[i]]);
	}
}

#define ELIMINATING 1000 /* the work of it, in nodes: a guess on the high side */

/* Is there a value of each part that gives all the sums? It is put in place where it makes an
 * example. */
static enum linear_answer sums_hold(struct space *s)
{
	struct unknowns u = {0};
	int64_t values[LIMIT_UNKNOWNS];
	size_t sums = 0;
	for (size_t i = 0; i < s->ties.n; i++)
		sums += s->ties.at[i].kind == TIE_LESS;
	for (size_t i = 0; i < s->dims.n; i++)
		sums += s->dims.at[i].kind == DIMENSION_SUM && s->dims.at[i].assigned;
	if (!sums)
		return LINEAR_FOUND;
	s->work += ELIMINATING;
	struct arena arena = {0};
	u.rows = arena_array(&arena, 2 * (sums + LIMIT_UNKNOWNS), sizeof(*u.rows));
	gather(s, &u);
	enum linear_answer answer =
	    u.too_many ? LINEAR_OPEN : linear_solve(&arena, u.n, u.rows, u.nrows, values);
	for (size_t i = 0; answer == LINEAR_FOUND && !s->inexact && i < u.n; i++) {
		struct dimension *d = &s->dims.at[u.dims[i]];
		d->low = d->high = values[i];
		d->assigned = true;
	}
	arena_release(&arena);
	return answer;
}

/* ---- the search ---- */

static bool search(struct space *s, size_t at);

/* Keeps the case that cannot be excluded, for its words. */
static void keep_possible(struct space *s)
{
	s->answer = SPACE_POSSIBLE;
	s->possible = arena_array(&s->arena, s->dims.n, sizeof(*s->possible));
	if (s->dims.n)
		memcpy(s->possible, s->dims.at, s->dims.n * sizeof(*s->possible));
}

static bool arrive(struct space *s)
{
	enum linear_answer sums = sums_hold(s);
	if (sums == LINEAR_FOUND && !s->inexact) {
		s->answer = SPACE_EXAMPLE;
		return true;
	}
	if (sums != LINEAR_NONE && s->answer == SPACE_NONE)
		keep_possible(s);
	return false;
}

static bool try_piece(struct space *s, size_t at, bool unknown, int64_t low, int64_t high)
{
	struct dimension *d = &s->dims.at[s->order.at[at]];
	d->assigned = true;
	d->unknown = unknown;
	d->low = low;
	d->high = high;
	return goes_together(s, s->order.at[at]) && search(s, at + 1);
}

/* Pieces from zero upwards come first, then those below, then `unknown`: examples are plain. */
static bool try_pieces(struct space *s, size_t at)
{
	struct dimension *d = &s->dims.at[s->order.at[at]];
	size_t n = d->cuts.n + 1;
	for (int below = 0; below < 2; below++)
		for (size_t i = 0; i < n; i++) {
			int64_t low = i ? d->cuts.at[i - 1] : d->min;
			int64_t high = i < d->cuts.n ? d->cuts.at[i] - 1 : d->max;
			if ((high < 0) == below && try_piece(s, at, false, low, high))
				return true;
		}
	if (d->optional && try_piece(s, at, true, d->min, d->max))
		return true;
	d->assigned = d->unknown = false;
	d->low = d->min;
	d->high = d->max;
	return false;
}

static bool search(struct space *s, size_t at)
{
	enum wish wish = wishes(s);
	if (wish == WISH_LOST)
		return false;
	s->work += s->nodes.n + 1;
	if (s->work > s->at.work) {
		s->answer = s->answer == SPACE_NONE ? SPACE_OPEN : s->answer;
		return true;
	}
	if (at == s->order.n)
		return wish == WISH_SETTLED && arrive(s);
	const struct dimension *d = &s->dims.at[s->order.at[at]];
	if (wish == WISH_SETTLED && (d->inexact || d->kind == DIMENSION_SUM))
		return search(s, at + 1); /* whatever it is */
	bool before = s->inexact;
	s->inexact |= d->inexact;
	bool found = try_pieces(s, at);
	s->inexact = before;
	return found;
}

/* ---- what of the example matters ---- */

/* Takes back all of the example that is not needed for it, and shows of the rest as much as is as
 * good. Where sums are tied, the values of their parts stay. */
static void widen(struct space *s, struct dimension *d)
{
	bool more = true;
	while (more && !d->unknown) {
		more = false;
		for (size_t i = 0; i <= d->cuts.n && !more; i++) {
			int64_t low = i ? d->cuts.at[i - 1] : d->min;
			int64_t high = i < d->cuts.n ? d->cuts.at[i] - 1 : d->max;
			struct dimension old = *d;
			if (low == d->high + 1)
				d->high = high;
			else if (high == d->low - 1)
				d->low = low;
			else
				continue;
			more = wishes(s) == WISH_SETTLED;
			if (!more)
				*d = old;
		}
	}
}

static bool is_part(const struct space *s, uint16_t dim)
{
	for (size_t i = 0; i < s->dims.n; i++)
		for (uint16_t k = 0; s->dims.at[i].matters && k < s->dims.at[i].nparts; k++)
			if (s->dims.at[i].part[k] == dim)
				return true;
	return false;
}

static void find_matters(struct space *s)
{
	for (size_t i = s->dims.n; i-- > 0;) {
		struct dimension *d = &s->dims.at[i], old = *d;
		d->matters = d->assigned && is_part(s, (uint16_t)i);
		if (!d->assigned || d->matters)
			continue;
		d->assigned = d->unknown = false;
		d->low = d->min;
		d->high = d->max;
		if (wishes(s) == WISH_SETTLED)
			continue;
		*d = old;
		d->matters = true;
	}
	for (size_t i = 0; i < s->dims.n; i++) {
		struct dimension *d = &s->dims.at[i];
		if (d->matters && d->kind != DIMENSION_SUM && !is_part(s, (uint16_t)i))
			widen(s, d);
	}
}

/* A value to show from a piece: nearest to zero. */
static int64_t plain_value(const struct dimension *d)
{
	if (d->low > 0 || d->high < 0)
		return d->low > 0 ? d->low : d->high;
	return 0;
}

enum space_answer space_solve(struct space *s)
{
	s->answer = s->too_large ? SPACE_OPEN : SPACE_NONE;
	if (s->too_large)
		return s->answer;
	if (!s->at.work)
		s->at.work = LIMIT_SPACE_WORK;
	s->truths = arena_array(&s->arena, s->nodes.n, sizeof(*s->truths));
	cut_all(s);
	order_all(s);
	for (size_t i = 0; i < s->dims.n; i++) {
		s->dims.at[i].low = s->dims.at[i].min;
		s->dims.at[i].high = s->dims.at[i].max;
	}
	search(s, 0);
	if (s->answer == SPACE_POSSIBLE && s->dims.n)
		memcpy(s->dims.at, s->possible, s->dims.n * sizeof(*s->possible));
	for (size_t i = 0; i < s->dims.n; i++) {
		struct dimension *d = &s->dims.at[i];
		d->missing = d->assigned && d->unknown;
		d->value = plain_value(d);
	}
	if (s->answer == SPACE_EXAMPLE || s->answer == SPACE_POSSIBLE)
		find_matters(s);
	return s->answer;
}

size_t space_work(const struct space *s)
{
	return s->work;
}
