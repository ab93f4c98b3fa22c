/* SPDX-License-Identifier: Apache-2.0
 *
 * As sections of a page: the sums and the list of what is missing, which can be read without any
 * source; and, apart from that, the source itself, each line coloured by what was seen of it.
 */
#include "engine/trial/coverage_internal.h"
#include "engine/explain/wording.h"
#include "engine/page/html.h"

/* ---- sums ---- */

static void percent(struct buf *b, const struct coverage_sum *s)
{
	struct buf text = {0};
	buf_fmt(&text, "%zu%%", s->of ? 100 * s->seen / s->of : 100);
	html_number(b, buf_view(&text));
	buf_release(&text);
}

static void sums_html(struct buf *b, const struct coverage *c)
{
	static const struct html_column columns[] = {
	    {"what", false}, {"shown", true}, {"of", true}, {"part", true}};
	struct coverage_sum sums[GROUPS];
	coverage_sums(c, sums);
	html_table(b, columns, 4);
	for (enum coverage_group g = 0; g < GROUPS; g++) {
		if (!sums[g].of)
			continue;
		html_row(b);
		html_cell(b, coverage_group_words(g));
		html_count(b, (int64_t)sums[g].seen);
		html_count(b, (int64_t)sums[g].of);
		percent(b, &sums[g]);
	}
	html_table_end(b);
}

/* ---- what is missing ---- */

static void gap_words_and_example(struct buf *words, const struct coverage *c, size_t point)
{
	coverage_told(words, c, point);
	if (c->possible[point].example.len)
		buf_fmt(words, " (it would where " STR_FMT ")",
			STR_ARG(c->possible[point].example));
}

static void gap_row(struct buf *b, const struct coverage *c, size_t point)
{
	struct buf words = {0};
	html_row(b);
	place_words(&words, c->rb, c->points.at[point].span);
	html_cell(b, buf_view(&words));
	buf_clear(&words);
	gap_words_and_example(&words, c, point);
	html_cell(b, buf_view(&words));
	buf_release(&words);
	if (!c->history)
		return;
	html_count(b, (int64_t)coverage_weight(c, point).cases);
	html_money(b, coverage_weight(c, point).cents);
}

static bool is_of(const struct coverage *c, size_t point, const bool *blocks)
{
	const struct block *k = coverage_block(c, &c->points.at[point]);
	return !blocks || (k && blocks[k - c->rb->blocks]);
}

/* With a history those come first that weigh most in it. */
static void gaps_html(struct buf *b, const struct coverage *c, const bool *blocks)
{
	static const struct html_column columns[] = {{"where", false},
						     {"what no scenario shows", false},
						     {"recorded cases", true},
						     {"their money", true}};
	struct arena a = {0};
	const uint32_t *gaps;
	size_t n = coverage_gaps(c, &a, &gaps), shown = 0;
	for (size_t i = 0; i < n; i++) {
		if (!is_of(c, gaps[i], blocks))
			continue;
		if (!shown++)
			html_table(b, columns, c->history ? 4 : 2);
		gap_row(b, c, gaps[i]);
	}
	if (shown)
		html_table_end(b);
	else
		html_p(b, "Nothing is missing%s.", blocks ? " there" : "");
	if (shown < n)
		html_p(b,
		       "Of the rest of the policy %zu things are shown by no scenario; "
		       "`waymark test --coverage` lists them.",
		       n - shown);
	arena_release(&a);
}

void coverage_html_of(struct buf *b, const struct coverage *c, const bool *blocks)
{
	html_section_at(b, STR("covered"), STR("What the scenarios show"));
	html_p(b,
	       "A comparison is shown where the outcome hung on it: with the other answer, and all "
	       "else as it was, the provision would have done something else. Each is to be "
	       "shown both ways; so is whatever else can go one way or the other. What cases share "
	       "(funds, places, meetings) may be shown by a projection that expects something.");
	sums_html(b, c);
	html_section_at(b, STR("not-covered"),
			blocks ? STR("What no scenario shows of what the change touches")
			       : STR("What no scenario shows"));
	gaps_html(b, c, blocks);
}

void coverage_html(struct buf *b, const struct coverage *c)
{
	coverage_html_of(b, c, NULL);
}

/* ---- the source ---- */

struct listing {
	const struct coverage *c;
	const struct coverage_line *at;
	size_t n;
};

static enum html_shade shade_of(const struct listing *l, size_t from, size_t to)
{
	size_t seen = 0;
	for (size_t i = from; i < to; i++)
		seen += l->c->seen[l->at[i].point] > 0;
	return seen == to - from ? HTML_YES : seen ? HTML_PART : HTML_NO;
}

static void line_notes(struct buf *b, const struct listing *l, size_t from, size_t to)
{
	struct buf words = {0};
	bool told = false, missing = false;
	for (size_t i = from; i < to; i++) {
		missing |= !l->c->seen[l->at[i].point];
		if (!coverage_is_gap(l->c, l->at[i].point))
			continue;
		buf_clear(&words);
		gap_words_and_example(&words, l->c, l->at[i].point);
		if (coverage_weight(l->c, l->at[i].point).cases) {
			buf_c(&words, "; in the record: ");
			weight_words(&words, coverage_weight(l->c, l->at[i].point));
		}
		html_source_note(b, buf_view(&words));
		told = true;
	}
	if (missing && !told)
		html_source_note(b, STR("to be shown once its provision is reached and applies"));
	buf_release(&words);
}

static void source_line(struct buf *b, const struct listing *l, size_t *at, uint32_t line,
			struct str text)
{
	size_t from = *at;
	while (*at < l->n && l->at[*at].line == line)
		++*at;
	html_source_line(b, *at > from ? shade_of(l, from, *at) : HTML_PLAIN, line, text);
	line_notes(b, l, from, *at);
}

static void source_html(struct buf *b, const struct listing *l, const struct source *s)
{
	size_t at = 0, off = 0;
	html_subsection(b, s->name);
	html_source(b);
	for (uint32_t line = 1; off < s->text.len; line++) {
		size_t end = off;
		while (end < s->text.len && s->text.p[end] != '\n')
			end++;
		source_line(b, l, &at, line, (struct str){s->text.p + off, end - off});
		off = end + 1;
	}
	html_source_end(b);
}

void coverage_source_html(struct buf *b, const struct coverage *c)
{
	html_section_at(b, STR("policy"), STR("The policy"));
	html_p(
	    b,
	    "Green lines, marked “all”, are shown both ways, yellow ones in part, red ones, marked "
	    "“none”, not at all; below them stands what is missing. On the other lines there is "
	    "nothing to show.");
	for (uint32_t i = 0; i < c->rb->nsources; i++) {
		struct arena a = {0};
		struct listing l;
		l.c = c;
		l.n = coverage_lines(c, &a, (uint16_t)i, &l.at);
		if (l.n)
			source_html(b, &l, &c->rb->sources[i]);
		arena_release(&a);
	}
}
