/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/told.h"

#include "daemon/commands/lines.h"
#include "engine/explain/plain.h"
#include "engine/page/html.h"

/* The nth line of what came; false: there are fewer. */
static bool line_of(struct str lines, size_t nth, struct str *out)
{
	size_t start = 0;
	for (size_t i = 0; i < lines.len; i++) {
		if (lines.p[i] != '\n')
			continue;
		*out = (struct str){lines.p + start, i - start};
		if (!nth--)
			return true;
		start = i + 1;
	}
	return false;
}

static void outcome_words_of(struct buf *b, struct str line)
{
	static const struct str unfunded = STR_INIT("unfunded ");
	if (str_starts(line, unfunded)) {
		buf_c(b, "for lack of money not: ");
		line = (struct str){line.p + unfunded.len, line.len - unfunded.len};
	}
	plain_name(b, line);
}

static void cell_outcome(struct buf *b, struct str lines, size_t nth)
{
	struct buf text = {0};
	struct str line;
	if (!line_of(lines, nth, &line))
		line = STR("");
	if (str_eq(line, STR("nothing")))
		buf_str(&text, STR("nothing follows"));
	else if (str_starts(line, STR("refused, for")))
		buf_str(&text, STR("there is no such event"));
	else if (str_eq(line, STR("refused")))
		buf_str(&text, STR("it is refused"));
	else
		outcome_words_of(&text, line);
	html_cell(b, buf_view(&text));
	buf_release(&text);
}

void told_days(struct buf *b, const struct told *t)
{
	if (t->from == DAY_NONE)
		buf_str(b, STR("before"));
	else
		day_text(b, t->from);
	if (t->to != t->from) {
		buf_str(b, STR(" to "));
		day_text(b, t->to);
	}
}

static void cell_days(struct buf *b, const struct told *t)
{
	struct buf text = {0};
	told_days(&text, t);
	html_unbroken(b, buf_view(&text));
	buf_release(&text);
}

static size_t most_lines(const struct witness *w, int first)
{
	struct str line;
	size_t n = 1;
	for (int side = first; side < 2; side++)
		while (line_of(w->came[side], n, &line))
			n++;
	return n;
}

static void rows(struct buf *b, const struct witness *w, int first)
{
	for (size_t i = 0; i < w->ntold; i++) {
		bool last = i + 1 == w->ntold;
		html_row(b);
		cell_days(b, &w->told[i]);
		html_cell(b, w->told[i].words);
		for (int side = first; side < 2; side++)
			cell_outcome(b, last ? w->came[side] : STR(""), 0);
	}
	size_t n = most_lines(w, first);
	for (size_t i = 1; i < n; i++) {
		html_row(b);
		html_cell(b, STR(""));
		html_cell(b, STR(""));
		for (int side = first; side < 2; side++)
			cell_outcome(b, w->came[side], i);
	}
}

void told_both(struct buf *b, const struct witness *w)
{
	static const struct html_column columns[] = {{"when", false},
						     {"what happens", false},
						     {"before the change", false},
						     {"after the change", false}};
	html_table(b, columns, 4);
	rows(b, w, 0);
	html_table_end(b);
}

void told_one(struct buf *b, const struct witness *w)
{
	static const struct html_column columns[] = {
	    {"when", false}, {"what happens", false}, {"what follows", false}};
	html_table(b, columns, 3);
	rows(b, w, 1);
	html_table_end(b);
}

#define LINES_MOST 24u /* of a scenario */

void told_history(struct buf *b, const char *indent, const struct witness *w)
{
	size_t lines = 0;
	for (size_t i = 0; i < w->history.len; i++)
		lines += w->history.p[i] == '\n';
	if (lines <= LINES_MOST)
		lines_indented(b, indent, w->history);
	for (size_t i = 0; lines > LINES_MOST && i < w->ntold; i++) {
		buf_c(b, indent);
		buf_str(b, STR("  "));
		if (w->told[i].from != DAY_NONE) {
			told_days(b, &w->told[i]);
			buf_char(b, ' ');
		}
		buf_str(b, w->told[i].words);
		buf_char(b, '\n');
	}
}
