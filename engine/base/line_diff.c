/* SPDX-License-Identifier: Apache-2.0
 *
 * Myers' difference ("An O(ND) Difference Algorithm and Its Variations", 1986): the fewest lines
 * taken out and put in.
 */
#include "engine/base/line_diff.h"

#include "engine/base/vec.h"

#define AROUND 3 /* lines shown before and after a change */

struct text {
	VEC(struct str) lines; /* with their line breaks */
};

/* One line of the way from old to new. */
enum move { MOVE_KEEP, MOVE_OUT, MOVE_IN };

struct diff {
	struct text old, new;
	VEC(enum move) moves; /* in order */
};

static void split(struct text *t, struct str s)
{
	while (s.len) {
		const char *end = memchr(s.p, '\n', s.len);
		size_t n = end ? (size_t)(end - s.p) + 1 : s.len;
		*vec_push(&t->lines) = (struct str){s.p, n};
		s = (struct str){s.p + n, s.len - n};
	}
}

static void push(struct diff *d, enum move m, size_t n)
{
	while (n--)
		*vec_push(&d->moves) = m;
}

/* The middle, without what both begin and end with. */
struct middle {
	const struct str *old, *new;
	int32_t n, m;
};

/* How far along the old text one gets with d edits on diagonal k (x - y); -1: nowhere. */
struct trace {
	VEC(int32_t)
	x; /* row d has 2 * d + 1, from diagonal -d; those of the other parity are -1 */
};

static int32_t at(const struct trace *t, int32_t d, int32_t k)
{
	if (k < -d || k > d)
		return -1;
	return t->x.at[(size_t)d * (size_t)d + (size_t)(k + d)];
}

/* Where one arrives on diagonal k with the d-th edit: a line put in (down), or taken out. */
static int32_t arrive(const struct trace *t, const struct middle *mid, int32_t d, int32_t k,
		      bool *down)
{
	int32_t out = d ? at(t, d - 1, k - 1) : -1, in = d ? at(t, d - 1, k + 1) : -1;
	out = out < 0 || out >= mid->n ? -1 : out + 1;
	in = in < 0 || in - k > mid->m ? -1 : in;
	*down = in >= 0 && in >= out; /* taken out first, then put in */
	return d ? (*down ? in : out) : 0;
}

/* The number of edits; -1: more than allowed. */
static int32_t search(struct trace *t, const struct middle *mid)
{
	for (int32_t d = 0; d <= LINE_EDITS_MOST; d++) {
		for (int32_t k = -d; k <= d; k++) {
			bool down;
			int32_t x = (k + d) % 2 ? -1 : arrive(t, mid, d, k, &down);
			while (x >= 0 && x < mid->n && x - k < mid->m &&
			       str_eq(mid->old[x], mid->new[x - k]))
				x++;
			*vec_push(&t->x) = x;
			if (x == mid->n && x - k == mid->m)
				return d;
		}
	}
	return -1;
}

/* Back from the end; the moves come out reversed. */
static void walk_back(struct diff *out, const struct trace *t, const struct middle *mid, int32_t d)
{
	int32_t x = mid->n, y = mid->m;
	for (; d > 0; d--) {
		bool down;
		int32_t k = x - y, from = arrive(t, mid, d, k, &down);
		for (; x > from; x--, y--)
			push(out, MOVE_KEEP, 1);
		push(out, down ? MOVE_IN : MOVE_OUT, 1);
		x = down ? x : x - 1;
		y = down ? y - 1 : y;
	}
	push(out, MOVE_KEEP, (size_t)x);
}

static void reverse(struct diff *d, size_t from)
{
	for (size_t i = from, j = d->moves.n; i + 1 < j; i++) {
		enum move m = d->moves.at[i];
		d->moves.at[i] = d->moves.at[--j];
		d->moves.at[j] = m;
	}
}

static void solve(struct diff *d)
{
	const struct str *a = d->old.lines.at, *b = d->new.lines.at;
	size_t n = d->old.lines.n, m = d->new.lines.n, head = 0, tail = 0;
	while (head < n && head < m && str_eq(a[head], b[head]))
		head++;
	while (tail < n - head && tail < m - head && str_eq(a[n - 1 - tail], b[m - 1 - tail]))
		tail++;
	struct middle mid = {a + head, b + head, (int32_t)(n - head - tail),
			     (int32_t)(m - head - tail)};
	struct trace t = {0};
	push(d, MOVE_KEEP, head);
	int32_t edits = search(&t, &mid);
	if (edits < 0) {
		push(d, MOVE_OUT, (size_t)mid.n);
		push(d, MOVE_IN, (size_t)mid.m);
	} else {
		walk_back(d, &t, &mid, edits);
		reverse(d, head);
	}
	push(d, MOVE_KEEP, tail);
	vec_release(&t.x);
}

/* ---- hunks ---- */

static void put_line(struct buf *b, char mark, struct str line)
{
	buf_char(b, mark);
	buf_str(b, line);
	if (!line.len || line.p[line.len - 1] != '\n')
		buf_c(b, "\n\\ No newline at end of file\n");
}

/* The end of the hunk that begins at a move: the moves up to it have at most 2 * AROUND lines kept
 * in a row. */
static size_t hunk_end(const struct diff *d, size_t from)
{
	size_t last = from; /* after the last change */
	for (size_t i = from; i < d->moves.n && i - last <= 2 * (size_t)AROUND; i++)
		if (d->moves.at[i] != MOVE_KEEP)
			last = i + 1;
	size_t end = last + AROUND;
	return end < d->moves.n ? end : d->moves.n;
}

static void put_hunk(struct buf *b, const struct diff *d, size_t from, size_t to, size_t x,
		     size_t y)
{
	size_t n = 0, m = 0;
	for (size_t i = from; i < to; i++) {
		n += d->moves.at[i] != MOVE_IN;
		m += d->moves.at[i] != MOVE_OUT;
	}
	buf_fmt(b, "@@ -%zu,%zu +%zu,%zu @@\n", n ? x + 1 : x, n, m ? y + 1 : y, m);
	for (size_t i = from; i < to; i++) {
		enum move move = d->moves.at[i];
		if (move == MOVE_IN)
			put_line(b, '+', d->new.lines.at[y]);
		else
			put_line(b, move == MOVE_KEEP ? ' ' : '-', d->old.lines.at[x]);
		x += move != MOVE_IN;
		y += move != MOVE_OUT;
	}
}

static void put_hunks(struct buf *b, const struct diff *d)
{
	size_t x = 0, y = 0; /* lines before move i */
	for (size_t i = 0; i < d->moves.n;) {
		bool near = false;
		for (size_t j = i; j < d->moves.n && j <= i + AROUND; j++)
			near |= d->moves.at[j] != MOVE_KEEP;
		size_t end = near ? hunk_end(d, i) : i + 1;
		if (near)
			put_hunk(b, d, i, end, x, y);
		for (; i < end; i++) {
			x += d->moves.at[i] != MOVE_IN;
			y += d->moves.at[i] != MOVE_OUT;
		}
	}
}

void line_diff(struct buf *b, struct str old, struct str new)
{
	struct diff d = {0};
	if (str_eq(old, new))
		return;
	split(&d.old, old);
	split(&d.new, new);
	solve(&d);
	put_hunks(b, &d);
	vec_release(&d.old.lines);
	vec_release(&d.new.lines);
	vec_release(&d.moves);
}
