/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/diff_said.h"

#include "engine/analyse/difference.h"
#include "engine/base/vec.h"
#include "engine/explain/doc.h"
#include "engine/explain/plain.h"
#include "engine/page/html.h"

struct sentences {
	struct buf text;
	struct {
		struct str *at;
		size_t n, cap;
	} lines;
};

static void read_sentences(struct sentences *s, const struct said_of *of, int side, uint32_t block)
{
	const struct rulebook *rb = of->rb[side];
	struct doc_view view = {NONE, of->county.len ? rulebook_county(rb, of->county) : NONE,
				of->day};
	size_t from = 0;
	if (block == NO_BLOCK)
		return;
	doc_lines(&s->text, rb, &view, block);
	for (size_t i = 0; i < s->text.len; i++) {
		if (s->text.p[i] != '\n')
			continue;
		*vec_push(&s->lines) = (struct str){s->text.p + from, i - from};
		from = i + 1;
	}
}

static bool has(const struct sentences *s, struct str line)
{
	for (size_t i = 0; i < s->lines.n; i++)
		if (str_eq(s->lines.at[i], line))
			return true;
	return false;
}

/* The next sentence from *i on that the other does not have; empty: there is none. */
static struct str next_own(const struct sentences *s, const struct sentences *other, size_t *i)
{
	while (*i < s->lines.n) {
		struct str line = s->lines.at[(*i)++];
		if (!has(other, line))
			return line;
	}
	return STR("");
}

static void put_sentences(struct buf *b, const struct sentences s[2], struct str title)
{
	static const struct html_column columns[] = {{"before the change", false},
						     {"after the change", false}};
	size_t at[2] = {0}, n = 0;
	for (;; n++) {
		struct str line[2];
		for (int side = 0; side < 2; side++)
			line[side] = next_own(&s[side], &s[!side], &at[side]);
		if (!line[0].len && !line[1].len)
			break;
		if (!n) {
			if (title.len)
				html_subsection(b, title);
			html_table(b, columns, 2);
		}
		html_row(b);
		html_cell(b, line[0]);
		html_cell(b, line[1]);
	}
	if (n)
		html_table_end(b);
}

static void put_both(struct buf *b, const struct said_of *of, const uint32_t block[2],
		     struct str title)
{
	struct sentences s[2] = {0};
	for (int side = 0; side < 2; side++)
		read_sentences(&s[side], of, side, block[side]);
	put_sentences(b, s, title);
	for (int side = 0; side < 2; side++) {
		buf_release(&s[side].text);
		vec_release(&s[side].lines);
	}
}

void diff_said(struct buf *b, const struct said_of *of, const uint32_t block[2])
{
	put_both(b, of, block, STR(""));
}

/* ---- tables ---- */

static bool is_same_table(const struct rulebook *a, const struct block *x, const struct rulebook *b,
			  const struct block *y)
{
	bool same = y->kind == BLOCK_TABLE && str_eq(x->name, y->name) &&
		    str_eq(a->programs[x->program].name, b->programs[y->program].name);
	if (!same || x->county == NONE || y->county == NONE)
		return same && x->county == y->county;
	return str_eq(a->counties[x->county].name, b->counties[y->county].name);
}

static uint32_t table_of(const struct rulebook *rb, const struct rulebook *old,
			 const struct block *was)
{
	for (uint32_t i = 0; i < rb->nblocks; i++)
		if (is_same_table(old, was, rb, &rb->blocks[i]))
			return i;
	return NO_BLOCK;
}

void diff_said_tables(struct buf *b, const struct rulebook *const rb[2])
{
	struct buf all = {0}, title = {0};
	for (uint32_t i = 0; i < rb[0]->nblocks; i++) {
		const struct block *k = &rb[0]->blocks[i];
		uint32_t block[2] = {i, NO_BLOCK};
		struct said_of of = {
		    {rb[0], rb[1]}, STR(""), rb[0]->programs[k->program].effective};
		if (k->kind == BLOCK_TABLE)
			block[1] = table_of(rb[1], rb[0], k);
		if (block[1] == NO_BLOCK)
			continue;
		if (k->county != NONE)
			of.county = rb[0]->counties[k->county].name;
		buf_clear(&title);
		plain_block(&title, rb[0], k);
		put_both(&all, &of, block, buf_view(&title));
	}
	if (all.len)
		html_section(b, STR("Tables, line by line"));
	buf_str(b, buf_view(&all));
	buf_release(&all);
	buf_release(&title);
}
