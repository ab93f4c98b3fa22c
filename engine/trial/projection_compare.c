/* SPDX-License-Identifier: Apache-2.0
 *
 * What one projection comes to under two rulebooks, fund by fund and line by line.
 */
#include "engine/trial/projection_internal.h"
#include "engine/page/html.h"

/* A sum of one side beside that of the other; cents with what is likely, or the lowest. */
struct pair {
	struct str words;
	int64_t cents[2];
};

struct pairs {
	VEC(struct pair) at;
	struct arena arena;
};

static struct pair *pair_of(struct pairs *p, struct str words)
{
	for (size_t i = 0; i < p->at.n; i++)
		if (str_eq(p->at.at[i].words, words))
			return &p->at.at[i];
	struct pair *new = vec_push(&p->at);
	*new = (struct pair){.words = arena_str(&p->arena, words)};
	return new;
}

/* A fund is the same one when it is called the same. */
static void add_side(struct pairs *p, const struct rulebook *rb, const struct projection_result *r,
		     int side)
{
	struct buf words = {0};
	for (size_t i = 0; i < r->sums.n;) {
		struct projection_group g;
		group_of(r, i, &g);
		group_called(&words, rb, &r->sums.at[i]);
		pair_of(p, buf_view(&words))->cents[side] = projection_span(r, g.cents).likely;
		buf_clear(&words);
		i = g.to;
		group_release(&g);
	}
	buf_release(&words);
}

static void pairs_make(struct pairs *p, const struct rulebook *const rb[2],
		       const struct projection_result *const r[2])
{
	*p = (struct pairs){0};
	for (int side = 0; side < 2; side++)
		add_side(p, rb[side], r[side], side);
}

static void pairs_release(struct pairs *p)
{
	vec_release(&p->at);
	arena_release(&p->arena);
}

bool projection_differs(const struct rulebook *const rb[2],
			const struct projection_result *const r[2])
{
	struct pairs p;
	bool differs = false;
	pairs_make(&p, rb, r);
	for (size_t i = 0; i < p.at.n; i++)
		differs |= p.at.at[i].cents[0] != p.at.at[i].cents[1];
	pairs_release(&p);
	return differs;
}

void projection_compare_html(struct buf *b, const struct rulebook *const rb[2],
			     const struct projection_result *const r[2])
{
	static const struct html_column columns[] = {{"what", false},
						     {"before the change", true},
						     {"after the change", true},
						     {"difference", true}};
	struct pairs p;
	pairs_make(&p, rb, r);
	html_table(b, columns, 4);
	for (size_t i = 0; i < p.at.n; i++) {
		const struct pair *x = &p.at.at[i];
		int64_t more = 0;
		html_row(b);
		html_cell(b, x->words);
		html_money(b, x->cents[0]);
		html_money(b, x->cents[1]);
		if (money_sub(x->cents[1], x->cents[0], &more))
			html_cell(b, STR("out of range"));
		else
			html_money(b, more);
	}
	html_table_end(b);
	pairs_release(&p);
}
